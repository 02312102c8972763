/* help_screen.h - the keys of a screen, made from the action table; Enter does what a line says. */
#ifndef WM_HELP_SCREEN_H
#define WM_HELP_SCREEN_H

#include "tui/screen.h"

struct screen *help_screen_new(const struct screen *about);

#endif
