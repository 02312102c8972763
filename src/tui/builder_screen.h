/* builder_screen.h - choosing customers: tags on the left, the condition on the right, its text below. */
#ifndef WM_BUILDER_SCREEN_H
#define WM_BUILDER_SCREEN_H

#include "tui/screen.h"

struct screen *builder_screen_new(struct tui *t);

#endif
