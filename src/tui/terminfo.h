/* terminfo.h - a terminfo entry without REP, the "repeat this character" of the VT family.
 *
 * ncurses uses REP wherever characters are single bytes, rxvt-unicode, screen and old PuTTY ignore it, and ncurses keeps
 * what it once read to itself: the entry has to be changed before it is read. No curses here. */
#ifndef WM_TERMINFO_H
#define WM_TERMINFO_H

#include <stdbool.h>
#include "base/buf.h"

/* Blanks the capability in a compiled entry; false when the bytes are no entry or have none. */
bool terminfo_drop_repeat(struct buf *entry);
/* The entry of a terminal type from the usual folders, changed, in the form that ncurses takes from $TERMINFO itself
 * ("hex:…"). False when there is none to be found or nothing to change. */
bool terminfo_without_repeat(struct buf *out, const char *term);

#endif
