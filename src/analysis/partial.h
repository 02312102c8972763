/* partial.h - the buckets of a time series that its period, or the data, fills only in part: a first week
 * that begins on a Thursday looks like a fall that was none. */
#ifndef WM_PARTIAL_H
#define WM_PARTIAL_H

#include "analysis/ask.h"
#include "base/buf.h"

/* Of n buckets in order of time, by their starts: puts those not wholly covered into the summary as
 * "partial", a list of times in order; nothing when there are none. Data cover whole days of weeks and
 * months, whole hours of days; within an hour nobody can tell. */
void partial_put(const struct ask *a, enum bucket_unit unit, const int64_t *start, size_t n,
                 struct result *r);
/* Names them in the rule, or some of very many. */
void partial_rule(struct buf *b, const struct ask *a, const struct result *r);

#endif
