/* regex.h - PCRE2 behind three functions; bounded in time and memory (reliability.md 3.4). */
#ifndef WM_REGEX_H
#define WM_REGEX_H

#include <stdint.h>
#include "base/err.h"
#include "base/str.h"

#define REGEX_PATTERN_MAX 1024 /* bytes */
#define REGEX_SUBJECT_MAX 4096 /* bytes; longer texts are refused, not cut */

/* One thread at a time. */
struct regex;
/* UTF-8, unanchored, without \C. err->column points into the pattern, in characters. */
struct regex *regex_new(struct str pattern, struct err *err);
/* Sets *hit. False (ERR_INPUT) when a limit was met: never "no match". deadline_us: os_monotonic_us time, 0 =
 * none; one value never takes more than about a second. */
bool regex_match(struct regex *r, struct str subject, int64_t deadline_us, bool *hit, struct err *err);
void regex_free(struct regex *r); /* NULL is fine */

#endif
