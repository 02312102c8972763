/* failure.h - which property values mark an event as failed; schema.h is the way in for everyone else. */
#ifndef WM_FAILURE_H
#define WM_FAILURE_H

#include "base/str.h"

struct failure;
/* note: lines of `property=value,value`, or `property=` for any value; empty: guess from names. Copied. */
struct failure *failure_new(struct str note);
void failure_free(struct failure *f); /* NULL is fine */
bool failure_is(const struct failure *f, struct str property, struct str value);

#endif
