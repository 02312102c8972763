/* around.h - transitions --event: what comes directly before and after one event inside a session.
 *
 * Every occurrence counts once on each side: a session that begins or ends with it counts as (start) or (end), so both sides add
 * up to the occurrences. */
#ifndef WM_AROUND_H
#define WM_AROUND_H

#include "analysis/ask.h"
#include "analysis/crowd.h"
#include "analysis/scan.h"

struct around;
struct around_state;

struct around *around_plan(struct ask *a, struct scan *scan, struct err *err); /* NULL on error */
void around_close(struct around *p);                                          /* NULL is fine */
struct around_state *around_state_new(struct around *p);
void around_state_free(struct around_state *st); /* NULL is fine */
void around_feed(struct around_state *st, const struct journeys *js);
void around_merge(struct around_state *into, const struct around_state *from);
bool around_again(struct around *p, struct around_state *st);
void around_put(struct around *p, struct around_state *st, struct result *r);
struct crowd *around_crowd(struct around_state *st);

#endif
