/* match_free.c - steps in any order: the most steps that different events of one window fill.
 *
 * Which events can be dealt to steps, one each, is a matroid: the first events that can stay together are as
 * many as there can be. So the deepest level at an event is the rank of the window that ends there, and
 * greedy choices are best. Of each step only its latest few events count: with as many of them as there are
 * steps, one is always left over. */
#include "config.h"
#include "analysis/match_p.h"

struct handed {
    const struct matcher *m;
    size_t filled;
    size_t holder[SCAN_SELECTORS]; /* place + 1 of each step's event; 0: free */
};

static uint64_t steps_of(const struct matcher *m)
{
    return m->r->chain.steps == 64 ? UINT64_MAX : (UINT64_C(1) << m->r->chain.steps) - 1;
}

static bool hand(struct handed *h, size_t place, uint64_t *tried)
{
    for (uint64_t left = h->m->place.at[place].mask & steps_of(h->m); left; left &= left - 1) {
        unsigned k = (unsigned)__builtin_ctzll(left);
        if (*tried >> k & 1)
            continue;
        *tried |= UINT64_C(1) << k;
        if (!h->holder[k] || hand(h, h->holder[k] - 1, tried)) {
            h->holder[k] = place + 1;
            return true;
        }
    }
    return false;
}

/* Gives the place's event a step, others changing theirs when need be. */
static bool add(struct handed *h, size_t place)
{
    uint64_t tried = 0;
    bool ok = h->filled < h->m->r->chain.steps && hand(h, place, &tried);
    h->filled += ok;
    return ok;
}

static bool holds(const struct handed *h, size_t place)
{
    for (size_t k = 0; k < h->m->r->chain.steps; k++)
        if (h->holder[k] == place + 1)
            return true;
    return false;
}

/* The latest places of each step, a ring of as many as there are steps: scratch[k * steps + n % steps], how
 * many there were in scratch[steps * steps + k]. */
static void remember(struct matcher *m, size_t i)
{
    size_t steps = m->r->chain.steps, *count = m->scratch.at + steps * steps;
    for (uint64_t left = m->place.at[i].mask & steps_of(m); left; left &= left - 1) {
        size_t k = (size_t)__builtin_ctzll(left);
        m->scratch.at[k * steps + count[k]++ % steps] = i;
    }
}

/* Whether the remembered places from `floor` on fill `level` steps. */
static bool fills(const struct matcher *m, size_t floor, size_t level)
{
    size_t steps = m->r->chain.steps;
    const size_t *count = m->scratch.at + steps * steps;
    struct handed h = {.m = m};
    for (size_t k = 0; k < steps; k++)
        for (size_t j = 0; j < steps && j < count[k] && h.filled < level; j++) {
            size_t place = m->scratch.at[k * steps + j];
            if (place >= floor && !holds(&h, place))
                add(&h, place);
        }
    return h.filled >= level;
}

/* Walking back from `end`, the place that fills the level: no chain of that level begins later. */
static size_t latest(const struct matcher *m, size_t end, size_t level)
{
    struct handed h = {.m = m};
    size_t i = end + 1;
    while (h.filled < level)
        add(&h, --i);
    return i;
}

/* Chains that end at place i begin here or later: the window's begin, or the last exclusion. */
static size_t floor_of(const struct matcher *m, size_t i)
{
    size_t floor = m->place.at[i].floor;
    for (size_t x = 0; x < m->r->exclusions; x++) {
        uint32_t bar = m->barred.at[x * m->place.n + i];
        floor = bar && bar - 1 > floor ? bar - 1 : floor;
    }
    return floor;
}

static bool may_begin(const struct matcher *m, size_t i)
{
    const struct place *p = &m->place.at[i];
    return (p->mask & steps_of(m)) && p->time >= m->r->chain.from && p->time <= m->r->chain.to;
}

/* The last place in [from, to] where a chain may begin; SIZE_MAX: none. */
static size_t last_begin(const struct matcher *m, size_t from, size_t to)
{
    for (size_t i = to + 1; i-- > from;)
        if (may_begin(m, i))
            return i;
    return SIZE_MAX;
}

/* The events: the first and the last, and between them the first ones that can stay together. */
static void choose(const struct matcher *m, size_t begin, size_t end, struct match *out)
{
    struct handed h = {.m = m};
    size_t n = 0;
    add(&h, end);
    out->at[n++] = m->place.at[begin].event;
    if (begin != end)
        add(&h, begin);
    for (size_t i = begin + 1; i < end && h.filled < out->level; i++)
        if (add(&h, i))
            out->at[n++] = m->place.at[i].event;
    if (n < out->level)
        out->at[n++] = m->place.at[end].event;
    out->did = n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

static bool is_open(const struct matcher *m)
{
    const struct match_rule *r = m->r;
    if (r->chain.endless && !r->chain.same_day && !r->same_session)
        return false;
    for (size_t i = m->place.n; i-- > 0;) {
        if (!match_window_holds(m, i, r->chain.last))
            return false;
        if (may_begin(m, i))
            return true;
        for (size_t x = 0; x < r->exclusions; x++) /* nothing before it can still go on */
            if (m->place.at[i].mask >> r->exclusion[x].bit & 1)
                return false;
    }
    return false;
}

/* A place in the window that may begin a chain can take the place of another event of its step, so only that
 * there is one matters. The latest is looked for behind everything the level needs. */
void match_free_order(struct matcher *m, struct match *out)
{
    size_t steps = m->r->chain.steps, begin = 0, end = 0, begins = SIZE_MAX;
    m->scratch.n = 0;
    vec_reserve(&m->scratch, steps * steps + steps);
    memset(m->scratch.at, 0, (steps * steps + steps) * sizeof(*m->scratch.at));
    for (size_t i = 0; i < m->place.n && out->level < steps; i++) {
        size_t floor = floor_of(m, i);
        remember(m, i);
        begins = may_begin(m, i) ? i : begins;
        if (begins == SIZE_MAX || begins < floor || !fills(m, floor, out->level + 1))
            continue;
        out->level++;
        end = i;
        begin = last_begin(m, floor, latest(m, end, out->level));
    }
    if (!out->level)
        return;
    out->open = out->level < steps && is_open(m);
    choose(m, begin, end, out);
}
