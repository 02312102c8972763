/* cursor.h - one part's hits, user after user, in one task of the scan. */
#ifndef WM_CURSOR_H
#define WM_CURSOR_H

#include "analysis/pick.h"
#include "analysis/scan.h"

/* What all cursors of a scan share; made once by scan.c. */
struct cursor_plan {
    const struct scan *scan;
    const struct links *links; /* NULL: nobody has several ids */
    uint32_t codes;            /* size of the event dictionary */
    const uint64_t *mask;      /* per code: the selectors that match or may match */
    const uint8_t *keep;       /* per code: 1 when its rows are hits, or may be */
    const uint32_t *wanted;    /* the kept codes, when few enough to look for in a block's list of codes */
    size_t wanteds;
    bool dense;          /* every code is kept */
    bool leads;          /* users who did nothing but lead are only counted */
    bool marks;          /* hits carry masks */
    uint64_t gate;       /* the bit that a hit needs, besides matching anything; 0: none */
    struct select gated; /* `where`, when it is the gate */
    uint64_t ask;        /* selectors with a residual test, the gate among them */
    bool early;          /* and early.c can make these tests */
    bool needs_code;     /* hits carry codes */
    bool needs_time;     /* hits carry times */
    bool needs_rows; /* something is fetched for hits: it matters which rows they are, not only how many */
    struct pick_table table;
    bool needs_user; /* some test reads attributes */
    const uint16_t
        *prop; /* columns fetched for hits: the wanted ones first, then those that only tests read */
    size_t props;
};

#define CURSOR_NONE UINT32_MAX

struct cursor {
    const struct cursor_plan *plan;
    void *state;
    const struct part *part;
    uint32_t lo, hi; /* users in [lo, hi) */
    uint32_t next;   /* block to load next */
    bool more;       /* the last user loaded goes on in the next block */
    /* the loaded block: users and their hits */
    uint32_t users, at;
    uint32_t *user, *start;
    size_t run_cap;
    bool tested; /* the residual tests are behind us */
    uint32_t n;
    size_t cap;
    struct picked picked; /* the last choice */
    uint32_t *code, *owner;
    int64_t *time;
    uint64_t *mask;
    uint8_t *flag, *byte; /* byte: event codes unpacked */
    int64_t **prop;       /* per entry of plan->prop */
    size_t props;         /* so many of which hits have */
    uint64_t *set;        /* lone.c's */
    size_t set_cap;
    struct scan_lone lone;
    const int64_t **by_column; /* for tests */
    size_t by_columns;
    uint64_t rows; /* looked at since the last reset by the caller, for progress */
};

/* state: of the scan's worker. */
void cursor_init(struct cursor *c, const struct cursor_plan *plan, void *state);
void cursor_done(struct cursor *c);
/* Stands before the first of the part's users in [lo, hi). */
bool cursor_open(struct cursor *c, const struct part *part, uint32_t lo, uint32_t hi, struct err *err);
/* The user the cursor stands at, CURSOR_NONE at the end. */
static inline uint32_t cursor_user(const struct cursor *c)
{
    return c->at < c->users ? c->user[c->at] : CURSOR_NONE;
}
/* How many users from here on are below `limit` and complete in this block. */
uint32_t cursor_whole(const struct cursor *c, uint32_t limit);
/* Moves on by `users` of the loaded block, loading further blocks when it is used up. */
bool cursor_advance(struct cursor *c, uint32_t users, struct err *err);

#endif
