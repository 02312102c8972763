/* pairs.h - the direct steps in a block of users, as arrays: which pair of names, and a bucket for the pause.
 *
 * Made in loops that the compiler vectorises; what is no step (a session's first event, one outside the
 * period) has a pair of its own, so that whoever counts needs no branch either. */
#ifndef WM_PAIRS_H
#define WM_PAIRS_H

#include <string.h>

#include "analysis/session.h"

/* A pause's bucket: in order of size, one for each multiple of `unit` below `fine` units, from there on `fine` of them for each
 * doubling. */
struct pairs_scale {
    uint32_t fine; /* a power of two */
    uint32_t buckets;
    int shift; /* of the bits of a float: exponent first, then the leading bits, so they are in order of size */
    float per_unit, origin;
};
/* For pauses up to `longest` that are multiples of `unit`, all in µs, in at most so many buckets if that can be. */
struct pairs_scale pairs_scale_for(int64_t longest, int64_t unit, uint64_t most);

struct pairs_rule {
    uint32_t names;       /* number of a pair: from * names + to; names * names: no step */
    const uint32_t *name; /* of an event's code; NULL: the code */
    struct session_rule session;
    int64_t from, to; /* period of the step's first event */
    struct pairs_scale scale;
};

enum { PAIRS_MOST = 2048 }; /* so many at a time stay in the first-level cache */

/* All zero is empty. */
struct pairs {
    /* some neighbouring events of the block */
    size_t n;
    const int64_t *time; /* time[-1] too, unless bump[0] */
    const uint8_t *bump; /* 1: its user's first event */
    uint32_t key[PAIRS_MOST];
    uint32_t spot[PAIRS_MOST]; /* key * buckets + bucket */
    /* the block */
    const struct pairs_rule *rule;
    const int64_t *all_time;
    const uint32_t *all_name;
    const uint8_t *all_cut; /* 1: its session's first event, for another reason than a pause */
    size_t at, hits;
    uint8_t *all_bump, *cut;
    uint32_t *named;
    size_t cap;
};

/* A new block; then pairs_next fills in some events after the other, false at the end. */
void pairs_begin(struct pairs *p, const struct pairs_rule *r, const struct journeys *js);
bool pairs_next(struct pairs *p);
void pairs_done(struct pairs *p);

#endif
