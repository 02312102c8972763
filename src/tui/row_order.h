/* row_order.h - the rows of an answer in the order of one of their columns. */
#ifndef WM_ROW_ORDER_H
#define WM_ROW_ORDER_H

#include "model/result.h"

/* Makes `out` a copy of `r` whose rows are in that order: it borrows everything from r but the rows themselves, which are in the
 * arena. Numbers and times go by size, the greatest first when descending; texts as people see them, folded; what is missing stands
 * last either way, equals keep their order. False: r has no such column, or it holds tables and lists. */
bool row_order(const struct result *r, const char *column, bool descending, struct arena *a, struct result *out);
/* Whether rows can be put in its order. */
bool row_order_has(const struct rows *rows, size_t column);

#endif
