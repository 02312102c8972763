/* chain.h - the best chain of steps in a user's events (semantics.md 4, rule `best`).
 *
 * Of all feasible chains - one event per step, in order, the first step in the period, the last within the
 * window of the first - the deepest counts; of those the one completed earliest; of those the one begun
 * latest; between its ends each step is the first event that fits.
 *
 * For every level the latest possible begin is kept: a later begin serves every window that an earlier one
 * does, so one per level decides feasibility exactly, in O(events x steps). The begin that first reaches the
 * deepest level is that of the chain to report; a second walk from it gives the times of the steps. */
#ifndef WM_CHAIN_H
#define WM_CHAIN_H

#include "analysis/scan.h"
#include "base/zone.h"

#define CHAIN_ENDLESS (INT64_C(1) << 60) /* a window without end */

struct chain_rule {
    size_t steps;   /* selectors 0.. are the steps */
    int64_t window; /* µs, inclusive; CHAIN_ENDLESS */
    bool same_day;  /* instead of a window: all on the local day of the first */
    bool endless;
    int64_t from, to; /* period of the first step */
    int64_t last;     /* the store's last event */
    const struct zone *zone;
};

struct chain {
    uint32_t level; /* 0: the user never began */
    bool open;      /* not converted, and a first step of his still has time left at the store's last event */
    size_t begin;   /* index of the first event */
};

/* Any rule, one user. */
struct chain chain_best(const struct chain_rule *r, const struct journey *j);
/* Times of the chain's `level` events. */
void chain_times(const struct journey *j, const struct chain *c, int64_t *time);

/* Many users at once, for rules where every event matches one step, all hits are at or after `from` and the
 * window is in µs. Most customers of most funnels do nothing but the first step: they are only counted. All
 * zero is empty. */
struct chain_batch {
    size_t beginners, beginners_open; /* users with first steps alone who began, and those with time left */
    size_t n;                         /* the other users that have hits */
    uint64_t *best; /* of each: level << 32 | index of the chain's first event, from the batch's first hit on;
                       0: none */
    uint8_t *open;  /* 1: a first step of his still has time left at the store's last event */
    size_t users;   /* room */
};
void chain_batch_done(struct chain_batch *b);
void chain_batch_best(struct chain_batch *b, const struct chain_rule *r, const struct journeys *js);

#endif
