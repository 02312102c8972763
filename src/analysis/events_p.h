/* events_p.h - what the rooms of `events` share: events.c counts, events_rows.c says it. Nobody else includes
 * this. */
#ifndef WM_EVENTS_P_H
#define WM_EVENTS_P_H

#include "analysis/amount.h"
#include "analysis/breakdown.h"
#include "analysis/pick.h"
#include "model/result.h"

enum metric { METRIC_EVENTS, METRIC_USERS, METRIC_PER_USER, METRIC_SUM, METRIC_AVG };

struct plan {
    struct ask *ask;
    const char *by, *metric_text;
    enum metric metric;
    uint16_t column; /* of sum and avg */
    struct breakdown by_what;
    bool counting;           /* this pass counts groups */
    int prop_by, prop_value; /* places among the scan's columns, -1: none */
    bool all;                /* one bucket */
    enum bucket_unit unit;
    int64_t *bound; /* starts of buckets, and the end of the last */
    size_t buckets;
    double per_us; /* buckets per µs, for a first guess */
    bool even;     /* which is always right */
    struct pick_table table;
    struct select where;
    size_t who_bucket; /* SIZE_MAX: any */
    struct str who_group;
    uint32_t who_number;
};

struct cell {
    uint64_t events;
    uint32_t users, stamp;
};

/* What the scan has come to: of cells bucket * groups + group, and of all. */
struct counted {
    const struct cell *cell;
    const struct amount *sum; /* NULL: not asked for */
    uint64_t events, users;
};

/* Rows, summary and rule. */
void events_put(struct plan *p, const struct counted *c, struct result *r);

#endif
