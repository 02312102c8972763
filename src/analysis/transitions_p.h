/* transitions_p.h - what the rooms of `transitions` share: transitions.c reads the question and leads through the scans,
 * transitions_count.c counts, transitions_median.c finds the middle pauses, transitions_rows.c says it. Nobody else includes
 * this.
 *
 * A middle pause takes one scan. Pauses are counted in buckets. Exports know whole seconds, as a rule, and then the bucket of
 * the middle pause holds nothing else (pairs.h). Where it does, a sample of a few per cent of the blocks tells before which
 * buckets that will be, so the scan keeps what falls there. Pairs whose middle pause was not kept - or all, should too many be
 * kept - go to middle.h, which takes scans of its own. Where pairs are too many for buckets they are hashed, and middle.h does
 * it all. */
#ifndef WM_TRANSITIONS_P_H
#define WM_TRANSITIONS_P_H

#include "analysis/around.h"
#include "analysis/middle.h"
#include "analysis/pairs.h"
#include "analysis/tally.h"

enum { NAMES_DIRECT = 256 }; /* more names than this are hashed */
enum pass {
    PASS_FOLD,   /* how often names occur, for --top */
    PASS_SAMPLE, /* a few blocks, for the aims */
    PASS_COUNT,  /* everything, and what is aimed at is kept */
    PASS_MIDDLE, /* what middle.h still looks for */
};

/* How much is kept. Tests change it, so that small stores go every way. */
struct transitions_limits {
    uint64_t whole;   /* rows up to which no sample is taken: all that may be in the middle is kept */
    uint64_t buckets; /* of all pairs together */
    uint64_t sampled; /* a pair seen less often in the sample may have its middle pause anywhere */
    size_t room;      /* pauses that all threads together may keep */
    double doubt;     /* how far from the sample's middle an aim reaches, in square roots of the sample's size */
};
extern struct transitions_limits transitions_limits;

/* Spots of a pair, inclusive: pauses there are kept. */
struct aim {
    uint32_t low, high;
};

/* A pause that was kept. */
struct kept {
    uint32_t key;
    int64_t pause;
};
struct pauses {
    VEC(struct kept) kept;
    bool full; /* more than there is room for: `kept` is of no use */
};

/* Distinct users of a pair. */
struct users {
    uint32_t n, stamp;
};

struct pair {
    uint64_t key;
    uint64_t count, users;
    double median; /* µs */
};

struct transitions {
    struct ask *ask;
    struct select mark[2], where;
    struct pairs_rule rule;
    enum pass pass;
    int64_t unit;           /* all pauses are multiples of it, in µs */
    uint32_t *code;         /* event of a name, when folded */
    bool folding, folded;   /* (other) is the last name */
    bool direct;            /* buckets per pair */
    struct aim *aim;        /* per pair, direct only; NULL: nothing is kept */
    bool keeps;             /* anything is */
    struct pauses *pauses;  /* of the pass that is over, one per thread */
    size_t pieces, room;    /* of them; how many a thread may keep */
    struct pair *pair;      /* pairs that occur, by key */
    size_t pairs;
    struct middle *middle;  /* per entry of `pair` */
    bool has_who;
    uint32_t who_from, who_to;
    struct around *around; /* --event: everything else is unused */
};

struct transitions_state {
    struct transitions *plan;
    struct tally pair; /* hashed */
    /* direct: per pair, one more for what is no step */
    uint32_t *bucket; /* by spot */
    struct users *users;
    uint32_t user; /* users met so far, as stamp */
    struct pairs block;
    struct pauses pauses;
    struct crowd crowd;
    struct around_state *around;
};

static inline size_t transitions_cells(const struct transitions *p)
{
    return (size_t)p->rule.names * p->rule.names;
}
static inline uint32_t transitions_name(const struct transitions *p, uint32_t code)
{
    return p->rule.name ? p->rule.name[code] : code;
}

/* ---- transitions_count.c */

void *transitions_init(void *plan);
void transitions_feed(void *state, const struct journeys *js);
void transitions_merge(void *into, void *from);
void transitions_done(void *state);
/* Pairs that occur, from *i on. */
bool transitions_next(const struct transitions_state *st, size_t *i, struct pair *out);

/* ---- transitions_median.c */

/* Chooses the buckets. */
void transitions_plan_buckets(struct transitions *p);
/* One of so many blocks is a sample; 1: none is needed. */
uint32_t transitions_sample(const struct transitions *p);
/* Before counting; `sample` is the state of PASS_SAMPLE, or NULL without one. */
void transitions_take_aim(struct transitions *p, const struct transitions_state *sample);
/* After PASS_COUNT: lists the pairs with the middle pauses known by now; false: those are all. */
bool transitions_find_medians(struct transitions *p, struct transitions_state *st);
/* After a scan of PASS_MIDDLE; false: nothing is left to find. */
bool transitions_more_medians(struct transitions *p);
void transitions_drop_pauses(struct transitions *p);

/* ---- transitions_rows.c */

void transitions_put(struct transitions *p, struct result *r);

#endif
