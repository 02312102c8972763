/* scan.h - the one scan: from parts and blocks to each user's events in order.
 *
 * An analysis says which events it wants (selectors, or everything), which properties, which users and times,
 * and gets journeys: the hits of whole users, in (time, order of arrival), as structure of arrays. Many users
 * come in one call, so that an analysis can work on a whole block in one loop; no user is ever split between
 * calls or workers.
 *
 * Users are shared out in ranges over the threads of a pool; each worker has its own state.
 *
 * A user here is a customer (store/links.h): his journey holds the events of all his ids, and his other ids
 * never appear, neither in journeys nor in members, ranges of users or totals. Events of one moment come in
 * the order of their imports; those of one import and one moment by id, the customer's own first. Where
 * nobody has several ids that costs one look; else see join.h. Two ids that recorded the same thing count it
 * twice: what is stored once for one id is known only of that id. */
#ifndef WM_SCAN_H
#define WM_SCAN_H

#include "analysis/select.h"
#include "base/pool.h"
#include "base/progress.h"
#include "store/links.h"

#define SCAN_SELECTORS 64

/* One user's hits. */
struct journey {
    uint32_t user;
    size_t n;
    const int64_t *time;        /* NULL when the scan said no_times */
    const uint32_t *code;       /* event codes; NULL when the scan said no_codes */
    const uint64_t *mask;       /* bit k: selector k matches; NULL without selectors or with no_masks */
    const int64_t *const *prop; /* prop[c] + first is column c */
    size_t first;
};

/* Users ascending; user i owns hits [start[i], start[i + 1]), possibly none. All memory is the scan's, until
 * feed returns. */
struct journeys {
    size_t users;
    const uint32_t *user;
    const uint32_t *start; /* users + 1 */
    const int64_t *time;
    const uint32_t *code;
    const uint64_t *mask;
    const int64_t *const
        *prop; /* one array per wanted column; numbers as double bits, COLUMN_NULL = missing */
};

static inline struct journey journeys_at(const struct journeys *j, size_t i)
{
    size_t at = j->start[i];
    return (struct journey){j->user[i],
                            j->start[i + 1] - at,
                            j->time + at,
                            j->code ? j->code + at : NULL,
                            j->mask ? j->mask + at : NULL,
                            j->prop,
                            at};
}

/* Users told instead of being fed: those with leading hits and nothing behind them, or those who went on to a
 * hit of selector 1 and no further. Codes and properties are those of one hit of each: of the former the
 * first leading one, of the latter the one before the pair's second, or that. Memory is the scan's until it
 * returns. */
struct scan_told {
    size_t n;
    const uint32_t *user; /* pairs: NULL without `lead`, as are code and prop */
    const uint8_t *late;  /* whether a leading hit is late */
    const int64_t *gap;   /* pairs: from the leading hit to the one of selector 1, in µs */
    const uint32_t *code; /* NULL when the scan said no_codes */
    const int64_t *const *prop;
};

struct scan {
    const struct snapshot *snapshot;
    /* Hits are the events that match any selector; with `everything` all events, which the selectors then
     * only mark. */
    const struct select *selector;
    size_t selectors; /* at most SCAN_SELECTORS, one less with where */
    bool everything;
    const struct select *where; /* only with everything: events that fail it are no hits; NULL: none */
    const uint16_t *column;     /* wanted properties */
    size_t columns;
    int64_t from, to;            /* only hits in [from, to]; INT64_MIN, INT64_MAX: no limit */
    uint32_t user_from, user_to; /* only customers in [user_from, user_to) */
    const uint64_t *member;      /* bitmap of customers, one bit per known id; NULL: all */
    /* What the analysis does not read is not fetched, and journeys come without it. Without times a user's
     * hits are in no particular order. */
    bool no_times, no_codes, no_masks;
    bool count_users; /* fill totals.users exactly */
    /* Selector 0 leads: only its last hit before one of another selector, or before the end, matters, and
     * only from `from` to `lead_to`; and nothing matters without a hit of selector 1 behind a leading one.
     * Where the scan finds that cheaper, it leaves out the others, and counts users without such a hit in
     * totals.lone instead of feeding them; a leading hit from lead_late on is counted as late. Users whose
     * first hit of selector 1 behind a leading one - with pair_last their last one - comes at most
     * pair_longest µs after the last leading one before it, and who have no hits of further selectors, are
     * not fed, either, but told to `pair`, and counted among totals.lone.users. */
    bool leads;
    int64_t lead_to, lead_late;
    /* With leads: is told who leads and does no more, in no order, besides their being counted. The first
     * leading hit of the others is not left out then. NULL: their number is enough. */
    void (*lead)(void *state, const struct scan_told *l);
    void (*pair)(void *state, const struct scan_told *l);
    int64_t pair_longest;
    bool pair_last, pair_second; /* pair_second: codes and properties are those of the hit of selector 1 */
    /* With leads: hits of one time are in no order. No leading hit is left out then, and users whose hit of
     * selector 1 is not the last event of its time are fed. */
    bool unordered;
    void (*feed)(void *state, const struct journeys *j);
    void **state; /* one per thread of the pool */
};

/* Users counted instead of being fed. */
struct scan_lone {
    uint64_t users, lead, late; /* all of them, those with a leading hit, those with a late one */
};

struct scan_totals {
    uint64_t users; /* with events, among the members; only with count_users */
    uint64_t hits;  /* that were fed */
    struct scan_lone lone;
};

/* No condition, no limit. */
void scan_init(struct scan *s, const struct snapshot *snapshot);
/* False: damage, or ERR_CANCELLED. progress->done and ->total are in rows; both may be NULL. */
bool scan_run(const struct scan *s, struct pool *pool, struct progress *progress, struct scan_totals *totals,
              struct err *err);
/* Times of the first and the last event in the store; false when there is none. */
bool scan_span(const struct snapshot *s, int64_t *first, int64_t *last);
uint64_t scan_rows(const struct snapshot *s);

#endif
