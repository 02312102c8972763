/* transitions_p.h - what the rooms of `transitions` share: transitions.c counts, transitions_median.c finds the middle pauses.
 * Nobody else includes this. */
#ifndef WM_TRANSITIONS_P_H
#define WM_TRANSITIONS_P_H

#include <stdatomic.h>

#include "analysis/around.h"
#include "analysis/middle.h"
#include "analysis/pairs.h"
#include "analysis/tally.h"

enum { NAMES_DIRECT = 256 }; /* more names than this are hashed */
enum pass { PASS_COUNT, PASS_COLLECT };

/* The pauses of a pair that the second pass collects. */
struct catch
{
    uint64_t low, high; /* pauses in units, inclusive */
    size_t at, n;       /* place in plan->caught */
    size_t rank;        /* of the lower middle one among them */
    _Atomic size_t filled;
};

/* The buckets they are in. */
struct aim {
    uint16_t low, high;
};

struct transitions {
    struct ask *ask;
    struct select where;
    struct pairs_rule rule;
    enum pass pass;
    uint32_t *code;       /* event of a name, when folded */
    bool folding, folded; /* (other) is the last name */
    bool direct;          /* buckets per pair */
    uint32_t buckets;
    int64_t unit;          /* of pauses, in µs */
    struct aim *aim;       /* per pair, direct only */
    struct catch *catch;   /* per pair, direct only */
    struct middle *middle; /* per entry of `pair`, hashed only */
    struct pair *pair;     /* pairs that occur, by key */
    size_t pairs;
    int64_t *caught;
    bool has_who;
    uint32_t who_from, who_to;
    struct around *around; /* --event: everything else is unused */
};

struct pair {
    uint64_t key;
    uint64_t count, users;
    double median; /* µs */
};

struct transitions_state {
    struct transitions *plan;
    struct tally pair; /* hashed */
    /* direct: per pair, one more for what is no step */
    uint32_t *bucket; /* pair * buckets + bucket */
    uint32_t *users, *stamp;
    uint32_t user; /* users met so far, as stamp */
    struct pairs block;
    struct crowd crowd;
    struct around_state *around;
};

static inline size_t transitions_cells(const struct transitions *p)
{
    return (size_t)p->rule.names * p->rule.names;
}
/* Pairs that occur, from *i on. */
bool transitions_next(const struct transitions_state *st, size_t *i, struct pair *out);
/* After counting: lists the pairs and plans the second pass; false: none is needed. */
bool transitions_begin_medians(struct transitions *p, const struct transitions_state *st);
/* A pause that the second pass looks for. */
static inline void transitions_catch(const struct transitions *p, struct catch *c, int64_t pause)
{
    p->caught[c->at + atomic_fetch_add_explicit(&c->filled, 1, memory_order_relaxed)] = pause;
}
/* After it. */
void transitions_find_medians(struct transitions *p);

#endif
