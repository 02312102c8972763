/* options_screen.h - a question as a form: one line per parameter of the analysis, made from its table. */
#ifndef WM_OPTIONS_SCREEN_H
#define WM_OPTIONS_SCREEN_H

#include "tui/screen.h"

/* about: a result screen; leaving the form asks the changed question there. */
struct screen *options_screen_new(struct screen *about);
/* The same with the cursor on the line of this parameter. */
struct screen *options_screen_at(struct screen *about, const char *param);

#endif
