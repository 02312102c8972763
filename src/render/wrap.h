/* wrap.h - text in lines of a width. */
#ifndef WM_WRAP_H
#define WM_WRAP_H

#include "base/buf.h"
#include "render/canvas.h"

/* "name: text" that begins in column `left`, in lines of at most w columns, the later ones below the text's
 * first word; everything unprintable made visible. */
void wrap_put(struct buf *out, int left, const char *name, struct str text, int w);

/* Takes a line of at most w columns off *rest, broken where the text has a line end, after a blank or beside a wide character;
 * rest->p is NULL behind the last. */
struct str wrap_line(struct str *rest, int w);

/* Draws text in lines of w columns from row y on, everything unprintable made visible; returns how many it takes, also when
 * c is NULL. */
int wrap_draw(struct canvas *c, int y, int x, int w, enum role role, struct str text);

#endif
