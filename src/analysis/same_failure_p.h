/* same_failure_p.h - what the rooms of `failure` share: same_failure.c counts, same_failure_rows.c says it.
 * Nobody else includes this. */
#ifndef WM_SAME_FAILURE_P_H
#define WM_SAME_FAILURE_P_H

#include "analysis/failing.h"
#include "analysis/tally.h"
#include "model/result.h"

enum { FAILURE_FEW = 5 }; /* values of fewer failures come last: their lift is chance */

/* A property whose values are compared; the first is the event itself. */
struct failure_side {
    const struct column_def *def; /* NULL: the event */
    bool dropped;
};

/* What a pass counts. */
struct failure_counts {
    uint64_t events, users;
    uint64_t before, before_users; /* in as many days before */
    struct tally *side;            /* per side, by value */
    struct tally day;
};

enum failure_who { WHO_NOBODY, WHO_ALL, WHO_DAY, WHO_SIDE };

struct failure_plan {
    struct ask *ask;
    struct failing failing;
    const char *condition;
    size_t why; /* its column in `failing` */
    struct select select;
    struct failure_side *side;
    size_t sides;
    uint16_t *column; /* of the sides but the first */
    int64_t from, to, before;
    int64_t *day; /* their first instants, days + 1 of them */
    size_t days;
    bool has_failures; /* the first pass is over */
    struct failure_counts failures;
    enum failure_who who;
    int64_t who_from, who_to;
    size_t who_side;
    int64_t who_value;
};

/* Rows, trend, summary and rule; attempts: what the second pass counted. False: damage. */
bool same_failure_put(const struct failure_plan *p, const struct failure_counts *attempts, struct result *r,
                      struct err *err);

#endif
