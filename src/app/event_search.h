/* event_search.h - finds events of a sequence by a regular expression. */
#ifndef WM_EVENT_SEARCH_H
#define WM_EVENT_SEARCH_H

#include "base/err.h"
#include "model/result.h"

/* The next row after `from` (direction 1) or before it (-1), round and round, whose event, name, reason or
 * some `property=value` matches the pattern, in any case. *row is rows->n when none does. False: the pattern
 * is wrong or takes too long. */
bool event_search(const struct rows *rows, size_t from, int direction, const char *pattern, size_t *row,
                  struct err *err);

#endif
