/* dialect.h - how other systems count a funnel, each as small as its definition; the sentence that defines it
 * stands beside it.
 *
 * All see the same rows: those in view, in order of (time, arrival); a row outside the period is no first
 * step. Windows are inclusive. They know no open users, no gaps, no optional steps, no exclusions, except
 * where their definition names them. */
#ifndef WM_DIALECT_H
#define WM_DIALECT_H

#include "analysis/match.h"
#include "base/err.h"
#include "base/vec.h"

enum {
    CLICKHOUSE_DEDUPLICATION = 1,
    CLICKHOUSE_ORDER = 2,
    CLICKHOUSE_INCREASE = 4,
    CLICKHOUSE_ONCE = 8,
    CLICKHOUSE_REENTRY = 16,
    DORIS_DEDUPLICATION = 1,
    DORIS_FIXED = 2,
    DORIS_INCREASE = 4,
};

/* A chain under construction: one more event behind another chain. Number 0 is the empty one. */
struct dialect_link {
    uint32_t before, event, step;
};
/* A row of a customer's list. */
struct dialect_row {
    int64_t time;
    uint32_t step; /* from 1; 0: a row that is no step */
    uint32_t event;
};
/* A chain: times of its first and last event. */
struct dialect_path {
    int64_t first, last;
    uint32_t link;
};
/* What a dialect needs while it looks at one customer; one for each thread. All zero is empty. */
struct dialect_memory {
    VEC(struct dialect_link) link;
    VEC(struct dialect_row) row;
    VEC(struct dialect_path) path[SCAN_SELECTORS];
};
void dialect_done(struct dialect_memory *d);

struct dialect {
    const char *name, *modes;        /* modes: "a|b" or NULL */
    bool several;                    /* modes can be joined with + */
    const char *sentence;            /* N_() */
    bool excludes, optional, strict; /* it knows exclusions, optional steps, strict order */
    unsigned rows;                   /* modes that also look at rows that are no step */
    void (*count)(struct dialect_memory *d, const struct match_rule *r, const struct match_events *e,
                  unsigned modes, struct match *out);
};

/* All there are; *n of them. */
const struct dialect *const *dialect_all(size_t *n);
/* "clickhouse:strict_order+allow_reentry"; NULL with a message: none is called so, or it has no such mode. */
const struct dialect *dialect_named(const char *text, unsigned *modes, struct err *err);

/* For the dialects themselves. */
uint32_t dialect_add(struct dialect_memory *d, uint32_t before, size_t event, size_t step);
/* Fills did and at from a chain. */
void dialect_put(const struct dialect_memory *d, uint32_t link, struct match *out);
/* The steps that event i is, in the period's terms. */
uint64_t dialect_steps(const struct match_rule *r, const struct match_events *e, size_t i);
extern const struct dialect dialect_clickhouse, dialect_posthog, dialect_mixpanel, dialect_doris,
    dialect_retentioneering;

#endif
