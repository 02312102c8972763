/* find_screen.h - which customer is it? A form, and below it those it finds. */
#ifndef WM_FIND_SCREEN_H
#define WM_FIND_SCREEN_H

#include "tui/screen.h"

/* With `id` it looks for that at once; NULL: an empty form, which asks for an id first. */
struct screen *find_screen_new(struct tui *t, const char *id);

#endif
