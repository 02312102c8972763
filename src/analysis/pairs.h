/* pairs.h - the direct steps in a block of users, as arrays: which pair of names, and a bucket for the pause.
 *
 * Made in loops that the compiler vectorises; what is no step (a user's first event, a pause that is too
 * long, outside the period) has a key of its own, so that whoever counts needs no branch either. */
#ifndef WM_PAIRS_H
#define WM_PAIRS_H

#include <string.h>

#include "analysis/scan.h"

struct pairs_rule {
    uint32_t names;       /* key of a step: from * names + to; names * names: no step */
    const uint32_t *name; /* of an event's code; NULL: the code */
    int64_t gap;          /* longest pause */
    int64_t from, to;     /* period of the step's first event */
};

enum { PAIRS_MOST = 2048 }; /* so many at a time stay in the first-level cache */

/* All zero is empty. */
struct pairs {
    /* some neighbouring events of the block */
    size_t n;
    const int64_t *time; /* time[-1] too, unless bump[0] */
    const uint8_t *bump; /* 1: its user's first event */
    uint32_t key[PAIRS_MOST];
    uint16_t bucket[PAIRS_MOST];
    /* the block */
    const struct pairs_rule *rule;
    const int64_t *all_time;
    const uint32_t *all_name;
    size_t at, hits;
    uint8_t *all_bump;
    uint32_t *named;
    size_t cap;
};

/* A pause's bucket: quarters of octaves of microseconds, in order. */
enum { PAIRS_SHIFT = 21, PAIRS_BIAS = (0x3f800000 >> PAIRS_SHIFT) - 1 };
static inline uint32_t pairs_bucket(int64_t pause)
{
    float f = (float)pause; /* its bits are in order of size, exponent first */
    uint32_t bits;
    memcpy(&bits, &f, sizeof(bits));
    bits >>= PAIRS_SHIFT;
    return bits > PAIRS_BIAS ? bits - PAIRS_BIAS : 0;
}

/* A new block; then pairs_next fills in some events after the other, false at the end. */
void pairs_begin(struct pairs *p, const struct pairs_rule *r, const struct journeys *js);
bool pairs_next(struct pairs *p);
void pairs_done(struct pairs *p);

#endif
