/* join.h - customers with several ids, taken as one by the scan.
 *
 * A scan reads the store from front to back, user by user, and the ids of a customer may lie anywhere.
 * Looking for each of them would be a random access per id; so the hits of joined ids are set aside as the
 * scan meets them, and when it is through, they are put together by customer and handed on like everybody
 * else's.
 *
 * What is set aside is kept in bounded memory. When a worker's share of it is full, the customers with the
 * highest numbers are let go - as many as halve the groups in hand - and the scan runs once more for them,
 * and so on. Which of them a pass takes has no influence on what is handed on. */
#ifndef WM_JOIN_H
#define WM_JOIN_H

#include "analysis/merged.h"
#include "analysis/scan.h"

/* A stretch of users as the scan meets them: user i owns hits [start[i], start[i + 1]). */
struct join_view {
    size_t users;
    const uint32_t *user, *start;
    struct hits hits;
};

/* Bytes of hits set aside at a time. $WAYMARK_JOIN_BYTES makes it smaller, for tests. */
#define JOIN_BYTES ((size_t)384 << 20)

struct join;
/* For scan *s, whose hits have the given form and whose users are ids; threads: of the pool. */
struct join *join_new(const struct links *l, const struct scan *s, const struct merged_form *form,
                      unsigned threads);
void join_free(struct join *j); /* NULL is fine */

/* The ids that this pass needs: those of the customers the scan asks for, by s->member and s->user_from to
 * user_to. NULL: all there are. */
const uint64_t *join_members(const struct join *j);
/* Where they are: stretches of users, ascending, n of them. Some within may not be needed. */
struct join_span {
    uint32_t from, to;
};
const struct join_span *join_spans(const struct join *j, size_t *n);

/* Takes the hits of joined ids out of the view, whose `start` is then the worker's until the next call. */
void join_take(struct join *j, unsigned worker, struct join_view *v);
/* After the scan: hands on the customers of this pass; adds up the hits. False: cancelled. */
bool join_feed(struct join *j, struct pool *pool, const struct progress *progress, uint64_t *hits);
/* Whether customers are left for one more pass, which it prepares. */
bool join_next(struct join *j);
/* How many joined customers have events, of those asked for; once every id was met. */
uint64_t join_users(const struct join *j);

#endif
