/* failure.h - which property values mark an event as failed; schema.h is the way in for everyone else. */
#ifndef WM_FAILURE_H
#define WM_FAILURE_H

#include "base/str.h"

struct failure;
/* note: lines of `property=value,value`, or `property=` for any value; empty: guess from names. Copied. */
struct failure *failure_new(struct str note);
void failure_free(struct failure *f); /* NULL is fine */
bool failure_is(const struct failure *f, struct str property, struct str value);

/* How much a property says about a failure: of several that say an event failed, the one of the highest rank
 * is the reason that people are told. */
enum failure_rank {
    FAILURE_SILENT,  /* says nothing about failures, whatever its value */
    FAILURE_OUTCOME, /* that it failed: result = fail */
    FAILURE_MESSAGE, /* in words why: error_msg */
    FAILURE_CODE,    /* by a code why: error_code */
};
enum failure_rank failure_rank(const struct failure *f, struct str property);
/* NULL when the text of a note is well formed, else what is wrong with it (translatable by _()). */
const char *failure_check(struct str note);

#endif
