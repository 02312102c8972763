/* result_screen.h - shows the answer to any query, picture or table, and lets the cursor enter every number. */
#ifndef WM_RESULT_SCREEN_H
#define WM_RESULT_SCREEN_H

#include "tui/screen.h"

struct screen *result_screen_new(struct tui *t, const struct query *q); /* the query is copied */
/* The same for a customer's sequence, q being of `user`: with the cursor on what happened when `list` says that something did,
 * else on the first event. */
struct screen *sequence_screen_new(struct tui *t, const struct query *q, const struct screen *list);
/* The question as it stands now, to be changed by an options screen. */
const struct query *result_screen_query(const struct screen *s);
/* Asks another question in the same place; the old one can be had back by undo. Copied. */
void result_screen_ask(struct screen *s, const struct query *q);

#endif
