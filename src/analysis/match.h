/* match.h - chains of steps under every rule of semantics.md 4; chain.h is the fast way for the plain one.
 *
 * A chain takes one event for each step it fills, in order. Which chains there are: steps may be optional, a
 * step may have to follow the one before within a time or after one, some events must not lie between, all
 * lie within the window of the first. Which of them counts: the one that fills the deepest step that must be
 * done; of those the one completed earliest; of those the one begun latest. Between its ends each step is the
 * first event that fits, and an optional step is filled where one can be, seen from the end; optional steps
 * behind the deepest are filled in order, each by the first event that fits.
 *
 * How: events are seen as places in time (with free ties one place is all events of an instant). Node (k, i)
 * is "a chain fills step k at place i"; it keeps the latest place such a chain may have begun at, which is
 * all the window needs to know. The places a node may come from are a stretch whose ends only move forward,
 * so that the best of them comes from a queue: the Pareto set of (begin, place) of the step before.
 * Everything is exact in O(places x steps). */
#ifndef WM_MATCH_H
#define WM_MATCH_H

#include "analysis/chain.h"

enum match_order {
    MATCH_ORDERED,
    MATCH_STRICT, /* nothing in view lies between two neighbours of a chain */
    MATCH_FREE,   /* the steps in any order; the level is how many are filled */
};
enum match_ties {
    MATCH_ARRIVAL, /* equal times in order of arrival */
    MATCH_ANY,     /* events of one time in any order; only what is strictly between in time lies between */
    MATCH_LATER,   /* the next step is strictly later */
};
enum match_begin { MATCH_BEST, MATCH_FIRST, MATCH_LATEST }; /* which first steps may begin a chain */

enum { MATCH_EXCLUSIONS = 16 };

/* Events of selector `bit` between neighbours p < k of a chain break it when p < to and k > from (steps count
 * from 1). With MATCH_FREE: between its first and last event. */
struct match_exclusion {
    size_t bit, from, to;
};

struct match_rule {
    struct chain_rule chain; /* steps, window, period, last, zone; endless and same_day as there */
    bool same_session;       /* instead of a window */
    int64_t session_gap;
    enum match_order order;
    enum match_ties ties;
    enum match_begin begin;
    uint64_t optional; /* bit k: step k + 1 may be left out; never the first */
    /* of step k + 1 after the step chosen before it, inclusive; CHAIN_ENDLESS and 0 when free */
    int64_t most[SCAN_SELECTORS], least[SCAN_SELECTORS];
    struct match_exclusion exclusion[MATCH_EXCLUSIONS];
    size_t exclusions;
};

/* What a matcher looks at: one customer's events, or those of one unit, in order. */
struct match_events {
    size_t n;
    const int64_t *time;
    const uint64_t *mask;    /* selectors 0 … steps - 1 are the steps */
    const uint32_t *session; /* number of each event's session; only for same_session */
    uint32_t last_session;   /* the number of the last one, and the time of its last event */
    int64_t session_end;
};

struct match {
    uint32_t
        level;    /* the deepest step filled that must be done (MATCH_FREE: how many steps); 0: never began */
    uint64_t did; /* bit k: step k + 1 is filled */
    bool open;    /* not converted, and a chain could still go deeper with events from the store's last on */
    size_t at[SCAN_SELECTORS]; /* event of each step filled (MATCH_FREE: of the first, second, …) */
};

/* Works on one customer after another; one for each thread. */
struct matcher;
struct matcher *matcher_new(const struct match_rule *r); /* the rule must outlive it */
void matcher_free(struct matcher *m);                    /* NULL is fine */
void match_find(struct matcher *m, const struct match_events *e, struct match *out);
/* The same among the chains begun with event `begin`, in the period or not. Not for MATCH_FREE. */
void match_begun(struct matcher *m, const struct match_events *e, size_t begin, struct match *out);
/* The deepest step that must be done, and the one that must follow `step`, both from 1 (0: none). */
uint32_t match_last_step(const struct match_rule *r);
uint32_t match_next_step(const struct match_rule *r, uint32_t step);
/* Whether a chain that begins with event a may still hold event b. */
bool match_in_window(const struct match_rule *r, const struct match_events *e, size_t a, size_t b);

#endif
