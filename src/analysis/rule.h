/* rule.h - the sentence under every result: what was counted, over which period, with which filters. */
#ifndef WM_RULE_H
#define WM_RULE_H

#include "analysis/ask.h"
#include "base/buf.h"
#include "model/result.h"

/* Adds "; <text>" to a sentence begun with its subject. */
void rule_add(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Period, and rule_filters. `what` names what the period selects: "first step". */
void rule_common(struct buf *b, struct ask *a, const char *what);
/* Zone, segment, condition on events and joined ids, as far as there are such. */
void rule_filters(struct buf *b, struct ask *a);
/* The segment, if any. */
void rule_segment(struct buf *b, const struct ask *a);
/* How many ids were taken as another id of a customer, when there are such. */
void rule_joined(struct buf *b, struct ask *a);
/* "7d" or the word for none. */
const char *rule_duration(struct ask *a, int64_t us, const char *none);
/* A whole number as people write it. */
const char *rule_count(struct ask *a, int64_t n);
/* Ends the sentence and puts it into the result. */
void rule_end(struct buf *b, struct result *r);

#endif
