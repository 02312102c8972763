/* match.c - the sweep over a customer's places, and the best chain's end. */
#include "config.h"
#include "analysis/match_p.h"

#include <stdlib.h>

#include "base/date.h"

/* ---- places */

static int64_t local_day(const struct match_rule *r, int64_t t)
{
    int64_t local = zone_local(r->chain.zone, t);
    return local / US_PER_DAY - (local % US_PER_DAY < 0);
}

static bool in_window(const struct matcher *m, const struct place *a, const struct place *b)
{
    const struct match_rule *r = m->r;
    if (r->chain.same_day)
        return a->day == b->day;
    if (r->same_session)
        return m->e->session[a->event] == m->e->session[b->event];
    return r->chain.endless || b->time - a->time <= r->chain.window;
}

bool match_in_window(const struct match_rule *r, const struct match_events *e, size_t a, size_t b)
{
    if (r->chain.same_day)
        return local_day(r, e->time[a]) == local_day(r, e->time[b]);
    if (r->same_session)
        return e->session[a] == e->session[b];
    return r->chain.endless || e->time[b] - e->time[a] <= r->chain.window;
}

static void find_places(struct matcher *m, const struct match_events *e)
{
    uint32_t floor = 0;
    m->e = e;
    m->place.n = 0;
    for (uint32_t i = 0; i < e->n; i++) {
        struct place *last = m->place.n ? &m->place.at[m->place.n - 1] : NULL;
        if (m->r->order != MATCH_STRICT && !(e->mask[i] & m->watched))
            continue;
        if (m->r->order == MATCH_FREE && e->time[i] < m->r->chain.from)
            continue; /* every event of the chain may be its first */
        if (last && m->r->ties == MATCH_ANY && last->time == e->time[i] && m->r->order != MATCH_FREE) {
            last->mask |= e->mask[i];
            last->end = i + 1;
            continue;
        }
        struct place p = {.time = e->time[i], .mask = e->mask[i], .event = i, .end = i + 1};
        p.day = m->r->chain.same_day ? local_day(m->r, p.time) : 0;
        vec_push(&m->place, p);
        while (!in_window(m, &m->place.at[floor], &p))
            floor++;
        m->place.at[m->place.n - 1].floor = floor;
    }
}

/* ---- one place's events to several steps */

static bool deal_event(struct deal *d, unsigned step, uint64_t *tried)
{
    const struct place *p = d->place;
    *tried |= UINT64_C(1) << step;
    for (uint32_t i = p->event; i < p->end; i++) {
        unsigned holder = SCAN_SELECTORS;
        if (!(d->events->mask[i] >> step & 1))
            continue;
        for (uint64_t left = d->steps; left; left &= left - 1) {
            unsigned k = (unsigned)__builtin_ctzll(left);
            if (d->event[k] == i)
                holder = k;
        }
        if (holder == SCAN_SELECTORS || (!(*tried >> holder & 1) && deal_event(d, holder, tried))) {
            d->event[step] = i;
            return true;
        }
    }
    return false;
}

bool deal_add(struct deal *d, unsigned step)
{
    uint64_t tried = 0;
    struct deal before = *d;
    if (deal_event(d, step, &tried)) {
        d->steps |= UINT64_C(1) << step;
        return true;
    }
    *d = before;
    return false;
}

/* ---- sweep */

uint32_t match_bar(const struct matcher *m, size_t p, size_t k, size_t i)
{
    uint32_t bar = m->r->order == MATCH_STRICT && i ? (uint32_t)i : 0;
    for (size_t x = 0; x < m->r->exclusions; x++) {
        const struct match_exclusion *ex = &m->r->exclusion[x];
        uint32_t b = m->barred.at[x * m->place.n + i];
        if (p + 1 < ex->to && k + 1 > ex->from && b > bar)
            bar = b;
    }
    return bar;
}

static void note_bars(struct matcher *m)
{
    size_t n = m->place.n;
    vec_reserve(&m->barred, m->r->exclusions * n);
    for (size_t x = 0; x < m->r->exclusions; x++) {
        uint32_t last = 0;
        for (size_t i = 0; i < n; i++) {
            m->barred.at[x * n + i] = last;
            if (m->place.at[i].mask >> m->r->exclusion[x].bit & 1)
                last = (uint32_t)i + 1;
        }
    }
}

/* The latest begin of a chain that may go on to place i over this lane; 0: none. A place stays in the queue
 * while no later one has as late a begin. */
static uint32_t arrive(struct matcher *m, struct lane *l, size_t i)
{
    const struct match_rule *r = m->r;
    const uint32_t *begin = match_node(m, l->from, 0);
    const struct place *place = m->place.at;
    int64_t behind = place[i].time - match_least(r, l->to);
    uint32_t bar = match_bar(m, l->from, l->to, i);
    for (; l->next < i && place[l->next].time <= behind; l->next++) {
        if (!begin[l->next])
            continue;
        while (l->queue.n > l->head && begin[l->queue.at[l->queue.n - 1]] <= begin[l->next])
            l->queue.n--;
        vec_push(&l->queue, (uint32_t)l->next);
    }
    while (l->head < l->queue.n && (l->queue.at[l->head] + 1 < bar ||
                                    place[i].time - place[l->queue.at[l->head]].time > r->most[l->to]))
        l->head++;
    return l->head < l->queue.n ? begin[l->queue.at[l->head]] : 0;
}

static uint32_t enter(struct matcher *m, size_t k, size_t i)
{
    uint32_t best = 0;
    for (size_t l = m->lane_of[k]; l < m->lane_of[k + 1]; l++) {
        uint32_t begin = arrive(m, &m->lane[l], i);
        best = begin > best ? begin : best;
    }
    return best > m->place.at[i].floor ? best : 0;
}

/* With free ties a chain may go on within the place: from step a, entered here, over all steps that must be
 * done, as far as the events go round. */
static void run_on(struct matcher *m, size_t a, size_t i, uint32_t begin)
{
    const struct match_rule *r = m->r;
    struct deal d = {.events = m->e, .place = &m->place.at[i]};
    deal_add(&d, (unsigned)a);
    for (size_t k = a + 1; k < r->chain.steps; k++) {
        struct deal before = d;
        bool fits = r->least[k] <= 0 && deal_add(&d, (unsigned)k);
        if (fits && begin > *match_node(m, k, i))
            *match_node(m, k, i) = begin;
        if (match_is_optional(r, k))
            d = before;
        else if (!fits)
            return;
    }
}

static bool may_begin(const struct matcher *m, size_t i, size_t only)
{
    int64_t t = m->place.at[i].time;
    return only == SIZE_MAX ? t >= m->r->chain.from && t <= m->r->chain.to : i == only;
}

static void fill_place(struct matcher *m, size_t i, size_t only)
{
    const struct place *p = &m->place.at[i];
    uint64_t steps = m->r->chain.steps == 64 ? UINT64_MAX : (UINT64_C(1) << m->r->chain.steps) - 1;
    uint64_t entry = 0;
    for (uint64_t left = p->mask & steps; left; left &= left - 1) {
        size_t k = (size_t)__builtin_ctzll(left);
        uint32_t begin = k ? enter(m, k, i) : may_begin(m, i, only) ? (uint32_t)i + 1 : 0;
        *match_node(m, k, i) = begin;
        entry |= (uint64_t)(begin != 0) << k;
    }
    m->entry.at[i] = entry;
    if (p->end - p->event < 2 || m->r->ties != MATCH_ANY)
        return;
    uint32_t from[SCAN_SELECTORS];
    for (uint64_t left = entry; left; left &= left - 1)
        from[__builtin_ctzll(left)] = *match_node(m, (size_t)__builtin_ctzll(left), i);
    for (uint64_t left = entry; left; left &= left - 1)
        run_on(m, (size_t)__builtin_ctzll(left), i, from[__builtin_ctzll(left)]);
}

static void note_deepest(struct matcher *m, size_t i)
{
    for (size_t k = m->r->chain.steps; k > m->level; k--)
        if (!match_is_optional(m->r, k - 1) && *match_node(m, k - 1, i)) {
            m->level = (uint32_t)k;
            m->step = k - 1;
            m->at = i;
            return;
        }
}

void match_sweep(struct matcher *m, size_t only, size_t until)
{
    size_t n = m->place.n, nodes = m->r->chain.steps * n;
    m->begin.n = m->entry.n = 0;
    vec_reserve(&m->begin, nodes + 1);
    vec_reserve(&m->entry, n + 1);
    memset(m->begin.at, 0, nodes * sizeof(*m->begin.at));
    for (size_t l = 0; l < m->lanes; l++)
        m->lane[l].next = m->lane[l].head = m->lane[l].queue.n = 0;
    m->level = 0;
    uint32_t last = match_last_step(m->r);
    for (size_t i = only == SIZE_MAX ? 0 : only; i < n && i <= until && m->level < last; i++) {
        fill_place(m, i, only);
        note_deepest(m, i);
    }
}

/* ---- the matcher */

uint32_t match_last_step(const struct match_rule *r)
{
    size_t k = r->chain.steps;
    while (k > 1 && match_is_optional(r, k - 1))
        k--;
    return (uint32_t)k;
}

uint32_t match_next_step(const struct match_rule *r, uint32_t step)
{
    for (size_t k = step; k < r->chain.steps; k++)
        if (!match_is_optional(r, k))
            return (uint32_t)k + 1;
    return 0;
}

/* A step may come from the one before it, and over optional ones from those before them. */
static void make_lanes(struct matcher *m)
{
    size_t steps = m->r->chain.steps;
    m->lane = mem_zalloc((steps * steps + 1) * sizeof(*m->lane));
    for (size_t k = 0; k < steps; k++) {
        m->lane_of[k] = m->lanes;
        for (size_t p = k; p-- > 0;) {
            m->lane[m->lanes].from = (uint32_t)p;
            m->lane[m->lanes++].to = (uint32_t)k;
            if (!match_is_optional(m->r, p))
                break;
        }
    }
    m->lane_of[steps] = m->lanes;
}

struct matcher *matcher_new(const struct match_rule *r)
{
    struct matcher *m = mem_zalloc(sizeof(*m));
    m->r = r;
    m->watched = r->chain.steps == 64 ? UINT64_MAX : (UINT64_C(1) << r->chain.steps) - 1;
    for (size_t x = 0; x < r->exclusions; x++)
        m->watched |= UINT64_C(1) << r->exclusion[x].bit;
    make_lanes(m);
    return m;
}

void matcher_free(struct matcher *m)
{
    if (!m)
        return;
    for (size_t l = 0; l < m->lanes; l++)
        vec_done(&m->lane[l].queue);
    free(m->lane);
    vec_done(&m->place);
    vec_done(&m->begin);
    vec_done(&m->entry);
    vec_done(&m->barred);
    vec_done(&m->scratch);
    free(m);
}

/* The first, or the last, place in the period that a chain may begin at; SIZE_MAX: none. */
static size_t only_begin(const struct matcher *m)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < m->place.n; i++)
        if ((m->place.at[i].mask & 1) && may_begin(m, i, SIZE_MAX) &&
            (found == SIZE_MAX || m->r->begin == MATCH_LATEST))
            found = i;
    return found;
}

static void find(struct matcher *m, size_t only, struct match *out)
{
    match_sweep(m, only, SIZE_MAX);
    out->level = m->level;
    if (!m->level)
        return;
    out->open = m->level < match_last_step(m->r) && match_is_open(m);
    match_trace(m, out);
}

void match_find(struct matcher *m, const struct match_events *e, struct match *out)
{
    out->level = 0;
    out->did = 0;
    out->open = false;
    find_places(m, e);
    note_bars(m);
    if (m->r->order == MATCH_FREE) {
        match_free_order(m, out);
        return;
    }
    size_t only = m->r->begin == MATCH_BEST ? SIZE_MAX : only_begin(m);
    if (m->r->begin == MATCH_BEST || only != SIZE_MAX)
        find(m, only, out);
}

void match_begun(struct matcher *m, const struct match_events *e, size_t begin, struct match *out)
{
    size_t i = 0;
    out->level = 0;
    out->did = 0;
    out->open = false;
    find_places(m, e);
    note_bars(m);
    while (i < m->place.n && m->place.at[i].end <= begin)
        i++;
    find(m, i, out);
}
