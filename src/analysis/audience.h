/* audience.h - which users a condition on customers holds for.
 *
 * A condition falls into leaves: comparisons of attributes, of what customers did, and questions: who("…").
 * All leaves of one attribute are answered in one pass over its column, all behaviour in one scan of the
 * events (per 64 different conditions on events), each question by a run of its analysis; then the tree is a
 * matter of set operations. Answered leaves are kept, so that a changed condition costs only what is new in
 * it.
 *
 * `not` is relative to all known customers, with events or without. Answers are of customers: what his other
 * ids did and have is his (store/links.h). */
#ifndef WM_AUDIENCE_H
#define WM_AUDIENCE_H

#include "base/pool.h"
#include "base/progress.h"
#include "base/zone.h"
#include "expr/expr.h"
#include "model/schema.h"
#include "model/userset.h"
#include "store/snapshot.h"

/* Answers by canonical text. They are forgotten when the data changed, and when they take more than 512 MiB.
 * One thread at a time. */
struct audience_cache;
struct audience_cache *audience_cache_new(void);
void audience_cache_free(struct audience_cache *c);            /* NULL is fine */
uint64_t audience_cache_scans(const struct audience_cache *c); /* passes over events so far, for tests */

struct audience {
    const struct snapshot *snapshot;
    struct schema *schema;   /* for questions: what their names mean */
    const struct zone *zone; /* the schema's */
    struct pool *pool;
    struct audience_cache *cache;
    struct progress *progress; /* may be NULL: nothing is told, nothing can be cancelled */
};

/* Answers the leaves of all n conditions together. False: damage, a pattern that gives up, or cancelled. */
bool audience_prepare(const struct audience *a, const struct expr *const *e, size_t n, struct err *err);
/* The users, for the caller to free; NULL as above. */
struct userset *audience_find(const struct audience *a, const struct expr *e, struct err *err);
/* The same without a copy of what is kept: *own is the caller's to free, and NULL when the users are the
 * cache's, until the next call for it. */
const struct userset *audience_see(const struct audience *a, const struct expr *e, struct userset **own,
                                   struct err *err);

/* A leaf being answered. */
struct audience_leaf {
    const struct expr *e;
    struct userset *set;
};

#endif
