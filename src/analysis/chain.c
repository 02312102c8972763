/* chain.c - best chains, one user or one block of users at a time. */
#include "config.h"
#include "analysis/chain.h"

#include <stdlib.h>

#include "base/date.h"

/* "No begin yet": further from every time than any window, without overflow when subtracted. */
#define NEVER (-(INT64_C(1) << 61))

/* The latest event that a chain of some level may have begun with. */
struct begin {
    int64_t time, day;
    size_t at;
};

static int64_t local_day(const struct zone *z, int64_t t)
{
    int64_t local = zone_local(z, t);
    return local / US_PER_DAY - (local % US_PER_DAY < 0);
}

static bool fits(const struct chain_rule *r, const struct begin *b, int64_t t, int64_t day)
{
    return r->same_day ? b->day == day : t - b->time <= r->window;
}

static bool is_open(const struct chain_rule *r, int64_t latest)
{
    if (r->endless || latest == NEVER)
        return false;
    return r->same_day ? local_day(r->zone, latest) == local_day(r->zone, r->last)
                       : r->last - latest <= r->window;
}

/* Event i for the steps in its mask, from the last one down, so that it fills one step of any chain. */
static void offer(const struct chain_rule *r, const struct journey *j, size_t i, struct begin *begin,
                  struct chain *c)
{
    int64_t t = j->time[i], day = r->same_day ? local_day(r->zone, t) : 0;
    for (uint64_t left = j->mask[i]; left;) {
        unsigned k = 63 - (unsigned)__builtin_clzll(left);
        left &= ~(UINT64_C(1) << k);
        begin[0] = (struct begin){t, day, i};
        if (k == 0 ? t < r->from || t > r->to : !fits(r, &begin[k], t, day))
            continue;
        begin[k + 1] = begin[k];
        if (k + 1 > c->level) {
            c->level = k + 1;
            c->begin = begin[k].at;
        }
    }
}

struct chain chain_best(const struct chain_rule *r, const struct journey *j)
{
    struct begin begin[SCAN_SELECTORS + 1];
    struct chain c = {0};
    for (size_t k = 0; k <= r->steps; k++)
        begin[k] = (struct begin){NEVER, NEVER, 0};
    for (size_t i = 0; i < j->n; i++)
        offer(r, j, i, begin, &c);
    c.open = c.level > 0 && c.level < r->steps && is_open(r, begin[1].time);
    return c;
}

void chain_times(const struct journey *j, const struct chain *c, int64_t *time)
{
    size_t k = 0;
    for (size_t i = c->begin; k < c->level; i++) {
        time[k] = j->time[i];
        k += j->mask[i] >> k & 1;
    }
}

/* ---- many users */

static void room(struct chain_batch *b, const struct journeys *js)
{
    size_t hits = js->start[js->users] - js->start[0];
    if (js->users > b->users) {
        b->users = js->users;
        free(b->best);
        free(b->open);
        b->best = mem_alloc(b->users * sizeof(*b->best));
        b->open = mem_alloc(b->users);
    }
    if (hits + 1 > b->hits) {
        b->hits = hits + 1;
        free(b->bump);
        b->bump = mem_alloc(b->hits);
    }
}

void chain_batch_done(struct chain_batch *b)
{
    free(b->best);
    free(b->open);
    free(b->bump);
}

/* A user's hits are told from his neighbour's by their place: what began before his first hit is not his, so
 * nothing is reset between users. Slot 0 holds the event at hand, which is how a first step begins a chain
 * without being a special case. */
static size_t walk(struct chain_batch *b, const struct chain_rule *r, const int64_t *time,
                   const uint64_t *mask, size_t n)
{
    struct {
        int64_t time;
        uint64_t at;
    } begin[SCAN_SELECTORS + 1];
    int64_t window = r->window, to = r->to, late = r->endless ? INT64_MAX : r->last - window;
    uint64_t first = 0, best = 0;
    size_t user = (size_t)-1;
    for (size_t k = 0; k <= r->steps; k++)
        begin[k].time = NEVER, begin[k].at = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t t = time[i];
        size_t k = (size_t)__builtin_ctzll(mask[i]), bump = b->bump[i];
        user += bump;
        first = bump ? i : first;
        begin[0].time = t;
        begin[0].at = i;
        int64_t from = begin[k].time;
        uint64_t at = begin[k].at;
        uint64_t ok = (uint64_t)(at >= first) & (uint64_t)(t - from <= window) &
                      ((uint64_t)(k != 0) | (uint64_t)(t <= to));
        uint64_t all = -ok; /* every bit or none: selecting with it is never a jump */
        begin[k + 1].time ^= (begin[k + 1].time ^ from) & (int64_t)all;
        begin[k + 1].at ^= (begin[k + 1].at ^ at) & all;
        uint64_t candidate = ((uint64_t)(k + 1) << 32 | at) & all;
        best &= bump - 1;
        best = candidate > (best | UINT32_MAX) ? candidate : best;
        b->best[user] = best;
        if (t >= late && k == 0 && ok)
            b->open[user] = 1;
    }
    return user + 1;
}

void chain_batch_best(struct chain_batch *b, const struct chain_rule *r, const struct journeys *js)
{
    size_t base = js->start[0], hits = js->start[js->users] - base;
    room(b, js);
    memset(b->bump, 0, hits + 1);
    memset(b->open, 0, js->users);
    for (size_t u = 0; u < js->users; u++)
        b->bump[js->start[u] - base] = 1;
    b->n = walk(b, r, js->time + base, js->mask + base, hits);
}
