/* chain.c - best chains, one user or one block of users at a time. */
#include "config.h"
#include "analysis/chain.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/uncleared.h"

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
    UNCLEARED struct begin begin[SCAN_SELECTORS + 1];
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

static void room(struct chain_batch *b, size_t users)
{
    if (users <= b->users)
        return;
    chain_batch_done(b);
    b->users = users;
    b->best = mem_alloc(users * sizeof(*b->best));
    b->open = mem_alloc(users);
}

void chain_batch_done(struct chain_batch *b)
{
    free(b->best);
    free(b->open);
}

/* One user's hits, each of one step. The scan has left out most first steps that another one follows, so that
 * first and later steps mostly take turns, which processors learn to foresee. */
static void walk(struct chain_batch *b, const struct chain_rule *r, int64_t late, const struct journeys *js,
                 size_t u)
{
    UNCLEARED int64_t time[SCAN_SELECTORS + 1]; /* when the latest chain of so many steps began */
    UNCLEARED uint32_t at[SCAN_SELECTORS + 1];  /* with which hit */
    uint32_t level = 0, best = 0;
    const int64_t *when = js->time + js->start[0];
    const uint64_t *mask = js->mask + js->start[0];
    int64_t window = r->window, to = r->to, open = 0;
    for (size_t k = 1; k <= r->steps; k++)
        time[k] = NEVER;
    for (uint32_t i = js->start[u] - js->start[0], end = js->start[u + 1] - js->start[0]; i < end; i++) {
        int64_t t = when[i];
        uint32_t k = (uint32_t)__builtin_ctzll(mask[i]);
        if (k == 0 ? t > to : t - time[k] > window)
            continue;
        time[k + 1] = k == 0 ? t : time[k];
        at[k + 1] = k == 0 ? i : at[k];
        open |= k == 0 && t >= late;
        if (k + 1 > level) {
            level = k + 1;
            best = at[level];
        }
    }
    b->best[b->n] = (uint64_t)level << 32 | best;
    b->open[b->n++] = (uint8_t)open;
}

/* First hit from i on that is no first step. */
static size_t next_later(const uint64_t *mask, size_t i, size_t n)
{
    enum { TOGETHER = 8 };
    for (uint64_t other = 0; i + TOGETHER <= n; i += TOGETHER) {
        for (size_t k = 0; k < TOGETHER; k++)
            other |= mask[i + k] ^ 1;
        if (other)
            break;
    }
    while (i < n && mask[i] == 1)
        i++;
    return i;
}

void chain_batch_best(struct chain_batch *b, const struct chain_rule *r, const struct journeys *js)
{
    int64_t late = r->endless ? INT64_MAX : r->last - r->window;
    size_t end = js->start[js->users], later = next_later(js->mask, js->start[0], end);
    room(b, js->users);
    b->n = b->beginners = b->beginners_open = 0;
    for (size_t u = 0; u < js->users; u++) {
        size_t first = js->start[u], behind = js->start[u + 1];
        if (first == behind)
            continue;
        if (later < behind) {
            walk(b, r, late, js, u);
            later = next_later(js->mask, behind, end);
        } else if (js->time[behind - 1] <= r->to) {
            b->beginners++;
            b->beginners_open += js->time[behind - 1] >= late;
        } else { /* the period ends between his first steps, or before them */
            walk(b, r, late, js, u);
        }
    }
}
