/* home_screen.h - the first screen: what the store holds, daily activity, the commonest events, where to go. */
#ifndef WM_HOME_SCREEN_H
#define WM_HOME_SCREEN_H

#include "tui/screen.h"

struct screen *home_screen_new(struct tui *t);
/* The question an analysis begins with on this store: for a funnel, the first example whose events all occur.
 * Initialises q; the caller frees it with query_done. */
void home_screen_question(struct workspace *w, const char *analysis, struct query *q);

#endif
