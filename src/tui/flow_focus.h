/* flow_focus.h - of those who passed the node or flow under the cursor: where did they come from, where did they go?
 *
 * The same question is asked once more in the background, of the paths through it alone, so the picture's marks are exact over
 * all steps. Answers are kept until the question changes. */
#ifndef WM_FLOW_FOCUS_H
#define WM_FLOW_FOCUS_H

#include "tui/result_kind.h"

struct flow_focus;

struct flow_focus *flow_focus_new(void);
void flow_focus_free(struct flow_focus *f);
void flow_focus_forget(struct flow_focus *f); /* the question has changed */
/* The answer for `who`; NULL: not there yet, it is being asked. */
const struct result *flow_focus_get(struct flow_focus *f, struct result_screen *s, const char *who);
/* True when an answer has come. */
bool flow_focus_tick(struct flow_focus *f);
bool flow_focus_is_busy(const struct flow_focus *f);

#endif
