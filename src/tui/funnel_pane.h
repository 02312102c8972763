/* funnel_pane.h - below the steps of a funnel: what those lost after the step under the cursor did next. */
#ifndef WM_FUNNEL_PANE_H
#define WM_FUNNEL_PANE_H

#include "tui/result_kind.h"

struct funnel_pane;

struct funnel_pane *funnel_pane_new(void);
void funnel_pane_free(struct funnel_pane *p);
/* The answer is another one: what was found out is forgotten. */
void funnel_pane_forget(struct funnel_pane *p);
/* Asks about the step and group of a row of the answer, unless it has. */
void funnel_pane_ask(struct funnel_pane *p, struct result_screen *s, size_t row);
bool funnel_pane_tick(struct funnel_pane *p);
bool funnel_pane_is_busy(const struct funnel_pane *p);
/* Lines of a place of so many that are left for it when all steps are seen; 0: too few. */
int funnel_pane_fit(struct funnel_pane *p, const struct result *r, int h, int w);
void funnel_pane_draw(const struct funnel_pane *p, struct canvas *c, struct rect at);
/* What is asked about one customer or one step goes without the splits that do not go with it. */
void funnel_pane_make_plain(struct query *q);

#endif
