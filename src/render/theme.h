/* theme.h - what a role looks like: attributes that carry the meaning, and colours on top of them.
 *
 * Attributes are there in every theme, so that nothing is lost on a terminal without colours, with NO_COLOR or for eyes
 * that do not tell them apart. No curses here: term.c translates. */
#ifndef WM_THEME_H
#define WM_THEME_H

#include "render/canvas.h"

/* default keeps the terminal's own background; light and dark set theirs; contrast is black and white and bold. */
enum theme { THEME_DEFAULT, THEME_LIGHT, THEME_DARK, THEME_MONO, THEME_CONTRAST, THEMES };

enum { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_REVERSE = 4, LOOK_UNDERLINE = 8 };

struct look {
    unsigned attr;
    int fg, bg; /* a colour of the terminal's palette; -1: the theme's body, or the terminal's own */
};

const char *theme_name(enum theme t); /* "default", "light", … as in the settings */
bool theme_named(struct str name, enum theme *out);
const char *theme_title(enum theme t); /* for people, translated */
enum theme theme_next(enum theme t);
/* How a role is shown on a terminal with so many colours (0, 8, 16, 256 or more). With fewer than 8, and in
 * THEME_MONO, fg and bg are -1. */
struct look theme_look(enum theme t, enum role role, int colors);
/* Text and background of the whole screen; both -1 where the terminal's own are kept. */
struct look theme_body(enum theme t, int colors);

/* A colour of xterm's palette as 0xRRGGBB; 0..15 are the usual ones. */
uint32_t theme_rgb(int colour);

#endif
