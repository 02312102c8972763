/* row_search.h - finds text in the rows of an answer. */
#ifndef WM_ROW_SEARCH_H
#define WM_ROW_SEARCH_H

#include "model/result.h"

/* The next row after `from` (direction 1) or before it (-1), round and round, one of whose cells has the folded (utf8_fold)
 * needle in what it is or what people see of it. False: none has. */
bool row_search(const struct rows *rows, size_t from, int direction, struct str needle, size_t *row);
/* The first row with a time in its first column of times that is not before `local_us`, microseconds of the answer's zone. */
bool row_at_time(const struct result *r, int64_t local_us, size_t *row);

#endif
