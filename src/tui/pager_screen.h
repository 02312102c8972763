/* pager_screen.h - lines of text on a page of their own, scrolled. */
#ifndef WM_PAGER_SCREEN_H
#define WM_PAGER_SCREEN_H

#include "tui/screen.h"

struct screen *pager_screen_new(const char *title, const char *text); /* both copied */

#endif
