/* rejected.h - the files that hold rejected rows, for people to look at. */
#ifndef WM_REJECTED_H
#define WM_REJECTED_H

#include "base/buf.h"
#include "base/err.h"

/* Appends the beginning of the file as text, under its path. */
bool rejected_put(const char *path, struct buf *out, struct err *err);
/* Where the rows of an import lie in the store's folder, unless they were kept elsewhere; false: nowhere. */
bool rejected_find(const char *dir, unsigned import, struct buf *path);

#endif
