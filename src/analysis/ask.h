/* ask.h - a query in hand: its parameters read against a store, with the words for what cannot be understood.
 */
#ifndef WM_ASK_H
#define WM_ASK_H

#include "analysis/audience.h"
#include "analysis/select.h"
#include "base/pool.h"
#include "model/query.h"
#include "model/result.h"
#include "model/registry.h"
#include "model/schema.h"

struct ask {
    struct arena arena; /* plans live here */
    const struct query *query;
    const struct analysis_info *info;
    const struct snapshot *snapshot;
    struct schema *schema;
    const struct zone *zone;
    struct pool *pool;
    /* common parameters */
    bool has_from, has_to;
    int64_t from, to;                /* INT64_MIN, INT64_MAX when not given */
    const struct expr *where;        /* NULL: none */
    int64_t top;                     /* -1: not given; 0: all */
    const char *who;                 /* --users; NULL: the numbers themselves are asked for */
    const struct audience *audience; /* answers conditions on customers */
    const struct expr *segment;      /* NULL: none */
    struct userset *chosen;          /* its customers; NULL: everyone */
    uint64_t *member;                /* the same as a bitmap for the scan */
    /* the store */
    bool has_events;
    int64_t first, last; /* times of its events */
    uint32_t events;     /* event names */
    uint32_t users;      /* known ids: users have numbers below it */
    uint32_t customers;  /* of them, those that are not another id of somebody */
};

/* Opens nothing: query, snapshot and schema are the caller's and must outlive the ask. False when a common
 * parameter is wrong, or on damage. */
bool ask_init(struct ask *a, const struct query *q, const struct snapshot *s, struct schema *m,
              struct pool *pool, struct err *err);
/* A group of a breakdown: its name, or (other) and (none) in words. */
struct value ask_group_value(struct arena *arena, struct str group);
/* An event's name, with what people see of it when it has a display name. */
struct value ask_event_value(const struct ask *a, struct arena *arena, struct str event);
/* Answers --segment, when there is one; `audience` must outlive the ask. */
bool ask_segment(struct ask *a, const struct audience *audience, struct err *err);
void ask_done(struct ask *a);

/* The parameter's text, or its default, or NULL. */
const char *ask_text(const struct ask *a, const char *name);
bool ask_flag(const struct ask *a, const char *name);
/* The parameter as a whole number from low to high (INT64_MAX: no upper end). */
bool ask_number(const struct ask *a, const char *name, int64_t low, int64_t high, int64_t *out,
                struct err *err);
/* A duration in µs, or INT64_MAX for "none". */
bool ask_duration(const struct ask *a, const char *name, int64_t *us, struct err *err);
bool ask_bound(const struct ask *a, const char *name, int64_t *first, int64_t *last, struct err *err);
/* Parses an event condition; `name` is the parameter's, for messages. */
const struct expr *ask_condition(struct ask *a, const char *name, const char *text, struct err *err);
/* The same for a condition on customers. */
const struct expr *ask_segment_condition(struct ask *a, const char *name, const char *text, struct err *err);
/* Compiles `tree` (NULL: everything), together with --where when `with_where`. */
bool ask_select(struct ask *a, const struct expr *tree, bool with_where, struct select *out, struct err *err);
/* The canonical text of a condition. */
const char *ask_print(struct ask *a, const struct expr *tree);
/* Name of an event code, in the arena; "?" when the dictionary is damaged there. */
/* The properties of events, those called most like `wrong` first, for a message; numbers: only such as hold
 * numbers. */
const char *ask_properties(struct ask *a, struct str wrong, bool numbers);
struct str ask_event(const struct ask *a, uint32_t code);
/* Whether t lies in the period. */
static inline bool ask_in_period(const struct ask *a, int64_t t)
{
    return t >= a->from && t <= a->to;
}

#endif
