/* funnel_p.h - what the files of funnel share; private to them.
 *
 *     funnel_plan.c    options to a plan
 *     funnel_count.c   one customer: units, held values, every way of counting asked for
 *     funnel_tally.c   numbers of each group
 *     funnel_result.c  rows, summary, further tables;  funnel_rule.c the sentence
 *     funnel_trend.c   --trend;  funnel_next.c  --next;  funnel_explain.c  --explain
 *     funnel_who.c     --users: whose number it is
 *     funnel.c         the analysis: the fast way for whole blocks, and who goes which way */
#ifndef WM_FUNNEL_P_H
#define WM_FUNNEL_P_H

#include "analysis/amount.h"
#include "analysis/analysis.h"
#include "analysis/breakdown.h"
#include "analysis/chain.h"
#include "analysis/dialect.h"
#include "analysis/match.h"
#include "base/vec.h"

#include <pthread.h>

enum { FUNNEL_COUNTINGS = 8, FUNNEL_HOLDS = 8, FUNNEL_COLUMNS = FUNNEL_HOLDS + 3 };

/* One way of counting. */
struct funnel_counting {
    const char *name;
    const struct dialect *dialect; /* NULL: our own rule */
    unsigned modes;
    struct match_rule rule;
};

enum funnel_unit { FUNNEL_USER, FUNNEL_SESSION, FUNNEL_PROPERTY };
/* What the numbers are split by. */
enum funnel_split { SPLIT_NONE, SPLIT_BY, SPLIT_COMPARE, SPLIT_TREND, SPLIT_RULE };
enum funnel_attribute { ATTRIBUTE_FIRST, ATTRIBUTE_LAST, ATTRIBUTE_STEP };
enum funnel_who {
    WHO_NOBODY,
    WHO_REACHED,
    WHO_LOST,
    WHO_OPEN,
    WHO_DIFFER,   /* counted otherwise by a rule than by the first one */
    WHO_EXCLUDED, /* whose best chain an exclusion broke */
    WHO_NEXT,     /* lost after a step, and did this next */
    WHO_LAST,     /* lost after a step, and did this last of all */
};
/* Keys of SPLIT_COMPARE: customers of the first set alone, of the second alone, of both. */
enum { COMPARE_FIRST, COMPARE_SECOND, COMPARE_BOTH };
#define FUNNEL_NO_KEY COLUMN_NULL /* no value */

/* Where numbers are split twice, the key is the number of a double: a bucket of the trend, or the code of
 * what the lost did next, and the key of the break-down. Numbers are given by whoever meets one first. */
struct funnel_double {
    int64_t first, group;
};
struct funnel_doubles {
    pthread_mutex_t lock;
    VEC(struct funnel_double) list;
    uint32_t *place; /* open addressing: number in the list + 1 */
    size_t cap;
};

struct funnel_plan {
    struct ask *ask;
    size_t steps;
    const char **name;             /* of each step, canonical */
    const struct select *selector; /* the steps, then the exclusions */
    struct funnel_counting counting[FUNNEL_COUNTINGS];
    size_t countings;
    const char *excluded[MATCH_EXCLUSIONS]; /* their conditions, canonical */
    bool drop;                              /* --exclude-effect */
    struct match_rule unbroken;             /* the rule without exclusions */
    enum funnel_unit unit;
    enum funnel_split split;
    enum bucket_unit trend;
    enum funnel_attribute attribute;
    size_t attribute_step; /* from 0 */
    bool grouped;          /* --by; alone, or with --trend or --next */
    struct breakdown by;
    struct funnel_doubles doubles;
    uint64_t *compared; /* bitmaps of users: --compare, and the rest of the question's */
    struct userset *compared_set;
    const char *compare_text;
    int hold[FUNNEL_HOLDS], by_column, sum_column,
        unit_column; /* places among the scan's columns; -1: none */
    size_t holds;
    uint16_t column[FUNNEL_COLUMNS];
    size_t columns;
    const char *sum;
    bool times, detail;
    size_t next; /* --next, from 1; 0: not asked */
    bool explain;
    uint32_t explained; /* --explain: the user */
    enum funnel_who who;
    uint32_t who_step;
    size_t who_counting; /* WHO_DIFFER */
    struct str who_group;
    bool plain;      /* chain.h does it */
    bool leads;      /* and who only takes the first step need not be fed */
    bool whole;      /* and the others come whole blocks of users at a time */
    bool beginners;  /* who only takes the first step is only counted */
    bool everything; /* the scan hands on every event in view */
};

/* One unit's events, or a part of them. */
struct funnel_view {
    struct match_events e;
    const struct journey *j;
    const uint32_t *event; /* which event of the journey each is; NULL: first + i */
    size_t first;
};
static inline size_t funnel_event(const struct funnel_view *v, size_t i)
{
    return v->event ? v->event[i] : v->first + i;
}
static inline int64_t funnel_property(const struct funnel_view *v, int column, size_t i)
{
    return v->j->prop[column][v->j->first + funnel_event(v, i)];
}

/* While events are put in groups by value. */
struct funnel_sorted {
    uint64_t group;
    int64_t value;
    uint32_t event;
};

/* A part of a view that is copied together: events with one value. */
struct funnel_piece {
    VEC(int64_t) time;
    VEC(uint64_t) mask;
    VEC(uint32_t) session;
    VEC(uint32_t) event;
    VEC(struct funnel_sorted) sorted;
};
/* The numbers of one group. All arrays are by step from 1; [0] is the whole. */
struct funnel_tally {
    int64_t key;
    int64_t *did, *open, *lost;
    VEC(int64_t) * gap; /* [0]: from first to last; [k]: to step k + 1 */
    double *median;     /* of each, once funnel_result has found them */
    struct amount *sum;
};
/* Tallies by key. All zero is empty. */
struct funnel_groups {
    VEC(struct funnel_tally *) list;
    uint32_t *place; /* open addressing: number in the list + 1 */
    size_t cap;
    struct funnel_tally **direct; /* by slot */
    int64_t *lone; /* two for each slot: began and lost, began and open; not yet in the tallies */
};
/* Most keys are codes: small numbers, or none. FUNNEL_SLOTS for the others. */
enum { FUNNEL_SLOTS = 4096 };
static inline size_t funnel_slot(int64_t key)
{
    uint64_t slot = key == FUNNEL_NO_KEY ? 0 : (uint64_t)key + 1;
    return slot < FUNNEL_SLOTS ? slot : FUNNEL_SLOTS;
}
void funnel_tally_merge(struct funnel_tally *into, const struct funnel_tally *from,
                        const struct funnel_plan *p);
struct funnel_tally *funnel_tally(struct funnel_groups *g, const struct funnel_plan *p, int64_t key);
void funnel_tally_add(struct funnel_tally *t, const struct funnel_plan *p, const struct match_rule *r,
                      const struct match *m, const struct funnel_view *v);
/* One who took the first step alone. */
void funnel_groups_add_lone(struct funnel_groups *g, const struct funnel_plan *p, int64_t key, bool open);
/* Puts them into the tallies; to be called before these are looked at. */
void funnel_groups_close(struct funnel_groups *g, const struct funnel_plan *p);
void funnel_groups_merge(struct funnel_groups *into, const struct funnel_groups *from,
                         const struct funnel_plan *p);
void funnel_groups_done(struct funnel_groups *g, const struct funnel_plan *p);

/* The groups in the order they are shown. */
struct funnel_group {
    struct str name;   /* of a trend: "2019-06-03 app" */
    struct str part;   /* and the group alone */
    int64_t bucket;    /* of a trend */
    const char *shown; /* what people see; NULL: the name */
    struct funnel_tally *tally;
    bool other, none;
};
/* The largest --top by name, then (other), then (none); all memory but the tallies' is the ask's. Tallies of
 * (other) are merged into one. */
struct funnel_group *funnel_groups_list(struct funnel_groups *g, struct funnel_plan *p, size_t *n);
/* What a key is called; what a key of --by is called. */
struct str funnel_key_name(struct funnel_plan *p, int64_t key);
struct str funnel_by_name(struct funnel_plan *p, int64_t key);
/* The groups of --by alone by key, whatever else the numbers are split by, in the order of funnel_groups_list: a key
 * that is not shown is one of (other). */
struct funnel_ranks {
    struct funnel_rank {
        int64_t key;
        size_t rank;
    } * at;
    size_t n, other;
    const struct funnel_group *group; /* by rank */
};
void funnel_ranks_init(struct funnel_ranks *r, struct funnel_groups *g, struct funnel_plan *p);
size_t funnel_ranks_find(const struct funnel_ranks *r, int64_t key);

/* How many came to an event, by the group they are of. All zero is empty. */
struct funnel_count {
    int64_t key;
    uint32_t event; /* ask->events: none */
    uint64_t n;
};
struct funnel_counts {
    VEC(struct funnel_count) list;
    uint32_t *place; /* open addressing: number in the list + 1 */
    size_t cap;
};

/* One who may be behind a number. */
struct funnel_candidate {
    struct member member;
    int64_t key;
};
struct funnel_person {
    uint32_t user, level, at, steps; /* `steps` times at `at` */
    int64_t key;
    uint64_t did;
};

struct funnel_state {
    struct funnel_plan *plan;
    struct matcher *matcher[FUNNEL_COUNTINGS], *unbroken;
    struct match_rule trend; /* the rule, its period cut to a bucket */
    struct matcher *trending;
    struct dialect_memory memory;
    struct funnel_piece unit, held;
    VEC(uint32_t) session;
    struct funnel_groups groups;
    int64_t considered, began, excluded, no_unit, differ[FUNNEL_COUNTINGS];
    VEC(struct funnel_candidate) candidate;
    VEC(struct funnel_person) person;
    VEC(int64_t) times;
    struct crowd crowd;
    /* the fast way */
    int64_t *reached, *open; /* per level, index 1.. */
    struct chain_batch batch;
    int64_t time[SCAN_SELECTORS];
    struct funnel_counts next, last;    /* --next */
    struct funnel_explained *explained; /* --explain: the customer's events */
};

/* funnel_plan.c: NULL with a message. */
struct funnel_plan *funnel_plan(struct ask *a, struct scan *scan, struct err *err);
/* funnel_count.c */
void funnel_count(struct funnel_state *st, const struct journey *j);
/* Customers with plan->leads who only take the first step. */
void funnel_lead(void *state, const struct scan_told *l);
/* Those who get from it to the second step and take no other. */
void funnel_pair(void *state, const struct scan_told *l);
/* The chain of one unit by one of the ways of counting. */
void funnel_chain(struct funnel_state *st, size_t way, const struct funnel_view *v, struct match *out);
/* Splits the view by held values and calls fn for each part. */
void funnel_each_held(struct funnel_state *st, const struct funnel_view *v,
                      void (*fn)(void *arg, const struct funnel_view *part), void *arg);
void funnel_each_unit(struct funnel_state *st, const struct journey *j,
                      void (*fn)(void *arg, const struct funnel_view *unit), void *arg);
/* funnel_result.c */
bool funnel_result(struct funnel_plan *p, struct funnel_state *st, const struct scan_totals *totals,
                   struct result *r, struct err *err);
/* funnel_trend.c */
void funnel_doubles_init(struct funnel_doubles *x);
void funnel_doubles_done(struct funnel_doubles *x);
int64_t funnel_double(struct funnel_doubles *x, int64_t first, int64_t group);
/* Once all are counted. */
static inline struct funnel_double funnel_double_of(const struct funnel_doubles *x, int64_t key)
{
    return x->list.at[key];
}
struct str funnel_day_name(struct funnel_plan *p, int64_t bucket);
struct funnel_group *funnel_trend_groups(struct funnel_groups *g, struct funnel_plan *p, size_t *n);
void funnel_trend_rows(struct funnel_plan *p, const struct funnel_group *g, size_t groups, struct result *r);
/* funnel_result.c: cells of further tables. "reached:2", with groups "reached:2 home". */
struct value funnel_cell_who(const struct funnel_plan *p, struct result *r, int64_t n, const char *kind,
                             size_t step, const struct funnel_group *g);
struct value funnel_cell_group(const struct funnel_plan *p, struct result *r, const struct funnel_group *g);
struct value funnel_cell_median(const struct funnel_tally *t, size_t k);
/* funnel_who.c */
struct crowd *funnel_who(void *state);
/* funnel_rule.c */
void funnel_rule(struct funnel_plan *p, const struct funnel_state *st, struct result *r);
/* funnel_next.c */
void funnel_next_add(struct funnel_state *st, const struct funnel_view *v, const struct match *m,
                     int64_t key);
void funnel_next_merge(struct funnel_state *into, const struct funnel_state *from);
void funnel_next_done(struct funnel_state *st);
void funnel_next_rows(struct funnel_plan *p, struct funnel_state *st, struct result *r);
/* What a lost unit did next, and last, after its chain: event codes; ask->events for nothing. */
uint32_t funnel_next_code(const struct funnel_plan *p, const struct funnel_view *v, const struct match *m,
                          bool last);
/* funnel_explain.c */
void funnel_explain_feed(struct funnel_state *st, const struct journey *j);
void funnel_explain_done(struct funnel_state *st);
bool funnel_explain_rows(struct funnel_plan *p, struct funnel_state *st, struct result *r, struct err *err);

#endif
