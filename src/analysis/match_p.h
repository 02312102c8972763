/* match_p.h - what the files of match share; private to them. */
#ifndef WM_MATCH_P_H
#define WM_MATCH_P_H

#include "analysis/match.h"
#include "base/vec.h"

struct place {
    int64_t time, day; /* day: only with same_day */
    uint64_t mask;
    uint32_t event, end; /* its events: [event, end) */
    uint32_t floor;      /* the earliest place that a chain through here may have begun at */
};

/* From step p to step k, and the places of p that k may come from: begins fall and places rise from head on.
 */
struct lane {
    uint32_t from, to; /* steps from 0 */
    size_t next;       /* first place not yet offered */
    size_t head;
    VEC(uint32_t) queue;
};

/* Events of one place handed out to steps, one each (Kuhn). */
struct deal {
    uint64_t steps;                 /* that have an event */
    uint32_t event[SCAN_SELECTORS]; /* of each such step */
    const struct match_events *events;
    const struct place *place;
};
bool deal_add(struct deal *d,
              unsigned step); /* false: no event is left however they are dealt; d is as before */

struct matcher {
    const struct match_rule *r;
    const struct match_events *e;
    uint64_t watched;                          /* bits of mask that make an event a place */
    size_t lanes, lane_of[SCAN_SELECTORS + 1]; /* lanes into step k: [lane_of[k], lane_of[k + 1]) */
    struct lane *lane;
    VEC(struct place) place;
    VEC(uint32_t) begin;  /* [step * places + place]: place of the latest begin + 1; 0: no such chain */
    VEC(uint64_t) entry;  /* of each place: steps reached from places before it, or begun here */
    VEC(uint32_t) barred; /* [exclusion * places + place]: last place before it with the exclusion + 1 */
    /* the deepest node */
    uint32_t level;
    size_t step, at;
    VEC(size_t) scratch; /* match_free.c's */
};

static inline bool match_is_optional(const struct match_rule *r, size_t k)
{
    return r->optional >> k & 1;
}
static inline uint32_t *match_node(const struct matcher *m, size_t k, size_t i)
{
    return &m->begin.at[k * m->place.n + i];
}
/* Places at or before this one lie behind a bar between steps p and k when k is filled at place i. */
uint32_t match_bar(const struct matcher *m, size_t p, size_t k, size_t i);
/* Least time from the step before to step k: strictly later is one microsecond. */
static inline int64_t match_least(const struct match_rule *r, size_t k)
{
    return r->ties == MATCH_LATER && r->least[k] < 1 ? 1 : r->least[k];
}

/* Fills the nodes. only: SIZE_MAX, or the one place chains begin at. Stops at the first place that fills the
 * last step that must be done, and at `until`. */
void match_sweep(struct matcher *m, size_t only, size_t until);
/* The events of the deepest node's chain. */
void match_trace(struct matcher *m, struct match *out);
bool match_is_open(const struct matcher *m);
/* Whether something at time t may still belong to a chain begun at the place. */
bool match_window_holds(const struct matcher *m, size_t begin, int64_t t);
void match_free_order(struct matcher *m, struct match *out);

#endif
