/* transitions_p.h - what the rooms of `transitions` share: transitions.c reads the question and leads through the scans,
 * transitions_count.c counts, transitions_median.c finds the middle pauses, transitions_rows.c says it. Nobody else includes
 * this.
 *
 * Pauses are counted in buckets. Exports know whole seconds, as a rule, and then the bucket of a middle pause holds nothing else
 * (pairs.h), so one scan is all. Where it does, a second scan keeps what falls into the buckets aimed at. Should that be too much
 * for memory, or pairs too many for buckets, so that they are hashed, middle.h finds the middle in scans of its own. */
#ifndef WM_TRANSITIONS_P_H
#define WM_TRANSITIONS_P_H

#include "analysis/around.h"
#include "analysis/middle.h"
#include "analysis/pairs.h"
#include "analysis/tally.h"

enum { NAMES_DIRECT = 256 }; /* more names than this are hashed */
enum pass {
    PASS_FOLD,   /* how often names occur, for --top */
    PASS_COUNT,  /* everything, in buckets */
    PASS_KEEP,   /* pauses that are aimed at */
    PASS_MIDDLE, /* what middle.h looks for */
};

/* Tests change them, so that small stores go every way. */
struct transitions_limits {
    uint64_t buckets; /* of all pairs together */
    uint64_t room;    /* pauses that may be kept */
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
};

/* Distinct users of a pair. */
struct users {
    uint32_t n, stamp;
};

struct pair {
    uint64_t key;
    uint64_t count, users;
    double median; /* µs */
    uint64_t below; /* of them, pauses below those aimed at */
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
    struct aim *aim;        /* per pair, from PASS_KEEP on */
    struct pauses *pauses;  /* of that pass, one per thread */
    size_t pieces;          /* of them */
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
/* After PASS_COUNT: lists the pairs, with the middle pauses that the buckets tell. The pass that comes next, PASS_COUNT: none. */
enum pass transitions_list(struct transitions *p, const struct transitions_state *st);
/* After PASS_KEEP. */
void transitions_find_medians(struct transitions *p);
/* After a scan of PASS_MIDDLE; false: nothing is left to find. */
bool transitions_more_medians(struct transitions *p);
void transitions_drop_pauses(struct transitions *p);

/* ---- transitions_rows.c */

void transitions_put(struct transitions *p, struct result *r);

#endif
