/* match_trace.c - which events the best chain takes, and whether some chain is still under way at the store's
 * last event. */
#include "config.h"
#include "analysis/match_p.h"

#include "base/date.h"

/* ---- the chain, from its end */

struct trace {
    struct matcher *m;
    size_t step, place; /* filled last */
    size_t at[SCAN_SELECTORS];
    uint64_t did;
};

static bool may_follow(const struct matcher *m, size_t p, size_t j, size_t k, size_t i)
{
    int64_t apart = m->place.at[i].time - m->place.at[j].time;
    return apart >= match_least(m->r, k) && apart <= m->r->most[k] && j + 1 >= match_bar(m, p, k, i);
}

/* Steps of the chain at the place of step k. */
static uint64_t steps_at(const struct trace *t, size_t place)
{
    uint64_t steps = 0;
    for (uint64_t left = t->did; left; left &= left - 1)
        if (t->at[__builtin_ctzll(left)] == place)
            steps |= left & -left;
    return steps;
}

static bool can_deal(const struct matcher *m, size_t place, uint64_t steps, struct deal *d)
{
    *d = (struct deal){.events = m->e, .place = &m->place.at[place]};
    for (; steps; steps &= steps - 1)
        if (!deal_add(d, (unsigned)__builtin_ctzll(steps)))
            return false;
    return true;
}

/* Whether step p, at the place of the step filled last, can come before it: some step entered there leads to
 * p, and all of them find an event. */
static bool runs_through(const struct trace *t, size_t p)
{
    const struct match_rule *r = t->m->r;
    uint64_t steps = steps_at(t, t->place) | UINT64_C(1) << p;
    struct deal d;
    if (r->least[t->step] > 0)
        return false;
    for (size_t a = p;; a--) {
        steps |= UINT64_C(1) << a;
        if ((t->m->entry.at[t->place] >> a & 1) && can_deal(t->m, t->place, steps, &d))
            return true;
        if (match_is_optional(r, a) && a != p)
            steps &= ~(UINT64_C(1) << a);
        else if (r->least[a] > 0)
            return false;
        if (a == 0)
            return false;
    }
}

static bool step_back(struct trace *t)
{
    const struct matcher *m = t->m;
    size_t k = t->step, i = t->place;
    for (size_t l = m->lane_of[k]; l < m->lane_of[k + 1]; l++) {
        size_t p = m->lane[l].from, j = i;
        if (m->entry.at[i] >> k & 1)
            for (j = 0; j < i && !(*match_node(m, p, j) && may_follow(m, p, j, k, i)); j++)
                ;
        if (j == i && !(m->r->ties == MATCH_ANY && *match_node(m, p, i) && runs_through(t, p)))
            continue;
        t->step = p;
        t->place = t->at[p] = j;
        t->did |= UINT64_C(1) << p;
        return true;
    }
    return false;
}

/* ---- optional steps behind the deepest */

static bool can_take(const struct trace *t, size_t k, size_t i, uint32_t begin)
{
    const struct matcher *m = t->m;
    struct deal d;
    if (!(m->place.at[i].mask >> k & 1) || m->place.at[i].floor > begin)
        return false;
    if (i == t->place)
        return m->r->ties == MATCH_ANY && m->r->least[k] <= 0 &&
               can_deal(m, i, steps_at(t, i) | UINT64_C(1) << k, &d);
    return may_follow(m, t->step, t->place, k, i);
}

static void take_optional(struct trace *t, uint32_t begin)
{
    const struct matcher *m = t->m;
    for (size_t k = t->step + 1; k < m->r->chain.steps && match_is_optional(m->r, k); k++)
        for (size_t i = t->place; i < m->place.n; i++)
            if (can_take(t, k, i, begin)) {
                t->step = k;
                t->place = t->at[k] = i;
                t->did |= UINT64_C(1) << k;
                break;
            }
}

static void put_events(const struct trace *t, struct match *out)
{
    struct deal d;
    out->did = t->did;
    for (uint64_t left = t->did; left; left &= left - 1) {
        unsigned k = (unsigned)__builtin_ctzll(left);
        can_deal(t->m, t->at[k], steps_at(t, t->at[k]), &d);
        out->at[k] = d.event[k];
    }
}

void match_trace(struct matcher *m, struct match *out)
{
    struct trace t = {.m = m, .step = m->step, .place = m->at};
    size_t step = m->step, at = m->at, begin = *match_node(m, step, at) - 1;
    t.did = UINT64_C(1) << step;
    t.at[step] = at;
    match_sweep(m, begin, at);
    while (t.step && step_back(&t))
        ;
    t.step = step;
    t.place = at;
    take_optional(&t, (uint32_t)begin);
    put_events(&t, out);
}

/* ---- open */

static uint32_t bar_at_end(const struct matcher *m, size_t p, size_t k)
{
    size_t n = m->place.n;
    uint32_t bar = m->r->order == MATCH_STRICT ? (uint32_t)n : match_bar(m, p, k, n - 1);
    for (size_t x = 0; x < m->r->exclusions; x++) {
        const struct match_exclusion *ex = &m->r->exclusion[x];
        if (p + 1 < ex->to && k + 1 > ex->from && (m->place.at[n - 1].mask >> ex->bit & 1))
            bar = (uint32_t)n;
    }
    return bar;
}

bool match_window_holds(const struct matcher *m, size_t begin, int64_t t)
{
    const struct match_rule *r = m->r;
    const struct place *b = &m->place.at[begin];
    if (r->same_session)
        return m->e->session[b->event] == m->e->last_session &&
               r->chain.last - m->e->session_end <= r->session_gap;
    if (!r->chain.same_day)
        return !r->chain.endless && t - b->time <= r->chain.window;
    int64_t local = zone_local(r->chain.zone, t);
    return local / US_PER_DAY - (local % US_PER_DAY < 0) == b->day;
}

/* Whether a chain at node (k, i) reaches step `target` when everything it needs happens as early as it may,
 * from the store's last event on. */
static bool goes_on(const struct matcher *m, size_t k, size_t i, size_t target)
{
    const struct match_rule *r = m->r;
    int64_t when[SCAN_SELECTORS];
    for (size_t q = k; q <= target; q++)
        when[q] = q == k ? m->place.at[i].time : INT64_MAX;
    for (size_t q = k + 1; q <= target; q++)
        for (size_t l = m->lane_of[q]; l < m->lane_of[q + 1]; l++) {
            size_t p = m->lane[l].from;
            if (p < k || when[p] == INT64_MAX || (p == k && i + 1 < bar_at_end(m, p, q)))
                continue;
            int64_t t = when[p] + match_least(r, q);
            t = t < r->chain.last ? r->chain.last : t;
            if (t - when[p] <= r->most[q] && t < when[q])
                when[q] = t;
        }
    return when[target] != INT64_MAX && match_window_holds(m, *match_node(m, k, i) - 1, when[target]);
}

bool match_is_open(const struct matcher *m)
{
    uint32_t next = match_next_step(m->r, m->level);
    if (!next || (m->r->chain.endless && !m->r->chain.same_day && !m->r->same_session))
        return false;
    for (size_t i = m->place.n; i-- > 0;) {
        if (!match_window_holds(m, i, m->r->chain.last)) /* nor any place before it */
            return false;
        for (size_t k = 0; k + 1 < next; k++)
            if (*match_node(m, k, i) && goes_on(m, k, i, next - 1))
                return true;
    }
    return false;
}
