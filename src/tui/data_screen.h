/* data_screen.h - what was loaded, what is being loaded, and what events are called. */
#ifndef WM_DATA_SCREEN_H
#define WM_DATA_SCREEN_H

#include "tui/screen.h"

struct screen *data_screen_new(struct tui *t);

#endif
