/* home_screen.h - the first screen: what the store holds, daily activity, the commonest events, where to go. */
#ifndef WM_HOME_SCREEN_H
#define WM_HOME_SCREEN_H

#include "tui/screen.h"

struct screen *home_screen_new(struct tui *t);

#endif
