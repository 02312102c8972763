/* lex_time.h - dates and times inside a condition; private to this folder. */
#ifndef WM_LEX_TIME_H
#define WM_LEX_TIME_H

#include "base/arena.h"

/* Bytes at the beginning of s that are meant as a date or time (four digits, '-' or '/', a digit …), valid or
 * not; 0: none. */
size_t lex_time_length(struct str s);
/* The one way to write it: 2017-01-05, 2017-01-05 09:30:00, fraction without trailing zeros, Z or +08:00.
 * What has not the shape of a time comes back as it is. */
struct str lex_time_canonical(struct arena *a, struct str s);

#endif
