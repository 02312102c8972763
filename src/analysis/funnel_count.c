/* funnel_count.c - one customer: his units, within them the events that share the held values, and every way
 * of counting that was asked for. */
#include "config.h"

#include <stdlib.h>

#include "analysis/funnel_p.h"
#include "base/date.h"
#include "base/uncleared.h"

/* ---- sessions */

static void view_of(struct funnel_state *st, const struct journey *j, struct funnel_view *v)
{
    const struct funnel_plan *p = st->plan;
    const struct match_rule *r = &p->counting[0].rule;
    *v = (struct funnel_view){.e = {.n = j->n, .time = j->time, .mask = j->mask}, .j = j};
    if (!r->same_session && p->unit != FUNNEL_SESSION)
        return;
    uint32_t session = 0;
    st->session.n = 0;
    vec_reserve(&st->session, j->n + 1);
    for (size_t i = 0; i < j->n; i++) {
        session += i && j->time[i] - j->time[i - 1] > r->session_gap;
        st->session.at[st->session.n++] = session;
    }
    v->e.session = st->session.at;
    v->e.last_session = session;
    v->e.session_end = j->n ? j->time[j->n - 1] : 0;
}

/* ---- parts of a view */

static int sorted_cmp(const void *a, const void *b)
{
    const struct funnel_sorted *x = a, *y = b;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (x->event > y->event) - (x->event < y->event);
}

/* Splits the groups further by a property; events without a value are in none. */
static void sort_by(struct funnel_piece *w, const struct funnel_view *v, int column)
{
    size_t n = 0;
    for (size_t i = 0; i < w->sorted.n; i++) {
        struct funnel_sorted s = w->sorted.at[i];
        s.value = funnel_property(v, column, s.event);
        if (s.value != COLUMN_NULL)
            w->sorted.at[n++] = s;
    }
    w->sorted.n = n;
    if (n)
        qsort(w->sorted.at, n, sizeof(*w->sorted.at), sorted_cmp);
    uint64_t group = 0, before = 0;
    int64_t value = 0;
    for (size_t i = 0; i < n; i++) {
        struct funnel_sorted *s = &w->sorted.at[i];
        group += i && (s->group != before || s->value != value);
        before = s->group;
        value = s->value;
        s->group = group;
    }
}

/* Copies the sorted events [from, to) together. */
static void copy(struct funnel_piece *w, const struct funnel_view *v, size_t from, size_t to,
                 struct funnel_view *out)
{
    w->time.n = w->mask.n = w->session.n = w->event.n = 0;
    for (size_t i = from; i < to; i++) {
        uint32_t e = w->sorted.at[i].event;
        vec_push(&w->time, v->e.time[e]);
        vec_push(&w->mask, v->e.mask[e]);
        vec_push(&w->event, e);
        if (v->e.session)
            vec_push(&w->session, v->e.session[e]);
    }
    *out = (struct funnel_view){.e = v->e, .j = v->j, .event = w->event.at};
    out->e.n = to - from;
    out->e.time = w->time.at;
    out->e.mask = w->mask.at;
    out->e.session = v->e.session ? w->session.at : NULL;
}

/* Calls fn for the events of each combination of values; their numbers are those of the view. */
static void each_part(struct funnel_piece *w, const struct funnel_view *v, const int *column, size_t columns,
                      void (*fn)(void *arg, const struct funnel_view *part), void *arg)
{
    w->sorted.n = 0;
    for (size_t i = 0; i < v->e.n; i++)
        vec_push(&w->sorted, (struct funnel_sorted){0, 0, (uint32_t)i});
    for (size_t c = 0; c < columns; c++)
        sort_by(w, v, column[c]);
    for (size_t from = 0, to; from < w->sorted.n; from = to) {
        struct funnel_view part;
        for (to = from + 1; to < w->sorted.n && w->sorted.at[to].group == w->sorted.at[from].group; to++)
            ;
        copy(w, v, from, to, &part);
        fn(arg, &part);
    }
}

void funnel_each_held(struct funnel_state *st, const struct funnel_view *v,
                      void (*fn)(void *arg, const struct funnel_view *part), void *arg)
{
    each_part(&st->held, v, st->plan->hold, st->plan->holds, fn, arg);
}

/* ---- the chain of a unit */

struct contest {
    struct funnel_state *st;
    struct matcher *matcher;          /* NULL: a dialect */
    const struct funnel_counting *by; /* of the dialect */
    const struct match_rule *rule;
    struct match *best;
    bool open;
};

/* Events are compared by their numbers in the unit. With a fixed begin the values of that event decide. */
static bool is_better(const struct match_rule *r, const struct match *x, const struct match *y)
{
    if (!x->level || !y->level)
        return x->level > 0;
    if (r->begin != MATCH_BEST)
        return r->begin == MATCH_FIRST ? x->at[0] < y->at[0] : x->at[0] > y->at[0];
    if (x->level != y->level)
        return x->level > y->level;
    if (x->at[x->level - 1] != y->at[y->level - 1])
        return x->at[x->level - 1] < y->at[y->level - 1];
    return x->at[0] > y->at[0];
}

static void run_part(void *arg, const struct funnel_view *part)
{
    struct contest *c = arg;
    UNCLEARED struct match m;
    m.level = 0;
    m.did = 0;
    m.open = false;
    if (c->matcher)
        match_find(c->matcher, &part->e, &m);
    else
        c->by->dialect->count(&c->st->memory, c->rule, &part->e, c->by->modes, &m);
    for (uint64_t left = m.did; left; left &= left - 1) {
        size_t k = (size_t)__builtin_ctzll(left);
        m.at[k] = funnel_event(part, m.at[k]);
    }
    c->open |= m.open;
    if (is_better(c->rule, &m, c->best))
        *c->best = m;
}

/* Most customers do nothing but the first step: the earliest counts, the latest says how much time is left.
 */
static bool only_begins(const struct match_rule *r, const struct funnel_view *v, struct match *out)
{
    size_t n = v->e.n;
    if (r->chain.steps < 2 || r->chain.same_day || !n || v->e.time[n - 1] > r->chain.to ||
        v->e.time[0] < r->chain.from)
        return false;
    for (size_t i = 0; i < n; i++)
        if (v->e.mask[i] != 1)
            return false;
    out->level = 1;
    out->did = 1;
    out->at[0] = 0;
    out->open = !r->chain.endless && r->chain.last - v->e.time[n - 1] <= r->chain.window;
    return true;
}

/* The plain rule needs no matcher. */
static void find_plain(const struct match_rule *r, const struct funnel_view *v, struct match *out)
{
    struct journey j = {.n = v->e.n, .time = v->e.time, .mask = v->e.mask};
    if (only_begins(r, v, out))
        return;
    struct chain c = chain_best(&r->chain, &j);
    size_t k = 0;
    out->level = c.level;
    out->open = c.open;
    out->did = c.level >= 64 ? UINT64_MAX : (UINT64_C(1) << c.level) - 1;
    for (size_t i = c.begin; k < c.level; i++)
        if (j.mask[i] >> k & 1)
            out->at[k++] = i;
}

static void contest(struct contest *c, const struct funnel_view *v)
{
    c->best->level = 0;
    c->best->did = 0;
    c->best->open = false;
    if (c->matcher && c->st->plan->plain) {
        find_plain(c->rule, v, c->best);
        return;
    }
    if (c->st->plan->holds) {
        funnel_each_held(c->st, v, run_part, c);
        uint32_t next = match_next_step(c->rule, c->best->level);
        c->best->open = next && c->open;
    } else if (c->matcher) {
        match_find(c->matcher, &v->e, c->best);
    } else {
        c->by->dialect->count(&c->st->memory, c->rule, &v->e, c->by->modes, c->best);
    }
}

/* The chain of the view under our own rule `r`, whose matcher is m. */
static void match_by(struct funnel_state *st, struct matcher *m, const struct match_rule *r,
                     const struct funnel_view *v, struct match *out)
{
    contest(&(struct contest){.st = st, .matcher = m, .rule = r, .best = out}, v);
}

static bool same_chain(const struct match *x, const struct match *y)
{
    if (x->did != y->did)
        return false;
    for (uint64_t left = x->did; left; left &= left - 1)
        if (x->at[__builtin_ctzll(left)] != y->at[__builtin_ctzll(left)])
            return false;
    return true;
}

/* Whether the unit's best chain, exclusions aside, is broken by one. A chain that is not broken is still the
 * best one there is. */
static bool is_broken(struct funnel_state *st, const struct funnel_view *v, const struct match *m)
{
    const struct funnel_plan *p = st->plan;
    UNCLEARED struct match whole;
    uint64_t bars = 0, seen = 0;
    for (size_t x = 0; x < p->counting[0].rule.exclusions; x++)
        bars |= UINT64_C(1) << p->counting[0].rule.exclusion[x].bit;
    for (size_t i = 0; i < v->e.n; i++)
        seen |= v->e.mask[i];
    if (!(seen & bars))
        return false;
    match_by(st, st->unbroken, &p->unbroken, v, &whole);
    return !same_chain(&whole, m);
}

void funnel_chain(struct funnel_state *st, size_t way, const struct funnel_view *v, struct match *out)
{
    const struct funnel_counting *c = &st->plan->counting[way];
    if (c->dialect && !(c->dialect == &dialect_posthog && c->rule.order == MATCH_FREE))
        contest(&(struct contest){.st = st, .by = c, .rule = &c->rule, .best = out}, v);
    else
        match_by(st, st->matcher[way], &c->rule, v, out);
}

/* ---- what becomes of it */

/* The deepest step filled and its event. */
static size_t last_event(const struct match *m)
{
    return m->at[63 - (unsigned)__builtin_clzll(m->did)];
}

static bool is_lost(const struct funnel_plan *p, const struct match_rule *r, const struct match *m,
                    uint32_t step, bool open)
{
    uint32_t next = match_next_step(r, step);
    (void)p;
    return next && (m->did >> (step - 1) & 1) && m->level < next && m->open == open;
}

static bool is_wanted(const struct funnel_plan *p, const struct match_rule *r, const struct match *m)
{
    switch (p->who) {
    case WHO_REACHED: return m->did >> (p->who_step - 1) & 1;
    case WHO_LOST:
    case WHO_NEXT:
    case WHO_LAST: return is_lost(p, r, m, p->who_step, false);
    case WHO_OPEN: return is_lost(p, r, m, p->who_step, true);
    default: return false;
    }
}

static void add_candidate(struct funnel_state *st, const struct funnel_view *v, const struct match *m,
                          int64_t key)
{
    struct funnel_plan *p = st->plan;
    if (p->who == WHO_NEXT || p->who == WHO_LAST) {
        int64_t code = funnel_next_code(p, v, m, p->who == WHO_LAST);
        key = p->grouped ? funnel_double(&p->doubles, code, key) : code;
    }
    struct member x = {v->j->user, m->level, m->level ? v->e.time[last_event(m)] : TIME_NONE};
    vec_push(&st->candidate, (struct funnel_candidate){x, key});
}

static void add_person(struct funnel_state *st, const struct funnel_view *v, const struct match *m,
                       int64_t key)
{
    uint32_t steps = 64 - (uint32_t)__builtin_clzll(m->did);
    vec_push(&st->person,
             (struct funnel_person){v->j->user, m->level, (uint32_t)st->times.n, steps, key, m->did});
    for (uint32_t k = 0; k < steps; k++)
        vec_push(&st->times, m->did >> k & 1 ? v->e.time[m->at[k]] : TIME_NONE);
}

static void take(struct funnel_state *st, const struct match_rule *r, const struct funnel_view *v,
                 const struct match *m, int64_t key)
{
    struct funnel_plan *p = st->plan;
    if (!m->level)
        return;
    if ((p->who || p->next) && (p->split == SPLIT_BY || p->split == SPLIT_TREND))
        funnel_tally(&st->groups, p, key)->did[1]++; /* how large the group is */
    if (p->who) {
        if (is_wanted(p, r, m))
            add_candidate(st, v, m, key);
        return;
    }
    if (p->next) {
        if (is_lost(p, r, m, (uint32_t)p->next, false))
            funnel_next_add(st, v, m, key);
        return;
    }
    funnel_tally_add(funnel_tally(&st->groups, p, key), p, r, m, v);
    if (p->detail)
        add_person(st, v, m, key);
}

static bool is_keyed_by_user(const struct funnel_plan *p)
{
    return p->split == SPLIT_COMPARE || p->by.of_user;
}

static inline int64_t key_of_user(const struct funnel_plan *p, uint32_t user)
{
    if (p->by.of_user)
        return p->by.of_user[user];
    bool first = !p->ask->member || (p->ask->member[user / 64] >> (user % 64) & 1);
    bool second = p->compared[user / 64] >> (user % 64) & 1;
    return !second ? COMPARE_FIRST : first ? COMPARE_BOTH : COMPARE_SECOND;
}

/* The value the numbers are split by; the step it is taken from may not have been reached. */
static int64_t key_of(const struct funnel_plan *p, const struct funnel_view *v, const struct match *m)
{
    if (is_keyed_by_user(p))
        return key_of_user(p, v->j->user);
    if (!p->grouped || !m->level)
        return 0;
    size_t step = p->attribute == ATTRIBUTE_FIRST  ? 0
                  : p->attribute == ATTRIBUTE_STEP ? p->attribute_step
                                                   : 63 - (unsigned)__builtin_clzll(m->did);
    if (!(m->did >> step & 1))
        return FUNNEL_NO_KEY;
    size_t i = m->at[step];
    return p->by.by_event ? (int64_t)v->j->code[funnel_event(v, i)] : funnel_property(v, p->by_column, i);
}

/* Each bucket is counted as a period of its own. */
static void count_trend(struct funnel_state *st, const struct funnel_view *v)
{
    struct funnel_plan *p = st->plan;
    const struct match_rule *r = &p->counting[0].rule;
    int64_t next = INT64_MIN;
    for (size_t i = 0; i < v->e.n; i++) {
        int64_t t = v->e.time[i];
        uint64_t first = r->order == MATCH_FREE ? UINT64_MAX : 1;
        if (!(v->e.mask[i] & first) || t < r->chain.from || t > r->chain.to || t < next)
            continue;
        int64_t bucket = zone_bucket(r->chain.zone, p->trend, t, &next);
        UNCLEARED struct match m;
        st->trend.chain.from = bucket > r->chain.from ? bucket : r->chain.from;
        st->trend.chain.to = next - 1 < r->chain.to ? next - 1 : r->chain.to;
        match_by(st, st->trending, &st->trend, v, &m);
        if (m.level)
            take(st, &st->trend, v, &m,
                 p->grouped ? funnel_double(&p->doubles, bucket, key_of(p, v, &m)) : bucket);
    }
}

static void count_rules(struct funnel_state *st, const struct funnel_view *v)
{
    struct funnel_plan *p = st->plan;
    UNCLEARED struct match first, m;
    for (size_t c = 0; c < p->countings; c++) {
        funnel_chain(st, c, v, c ? &m : &first);
        const struct match *now = c ? &m : &first;
        bool differs = now->level != first.level;
        st->differ[c] += differs;
        if (p->who == WHO_DIFFER && c == p->who_counting && differs)
            add_candidate(st, v, now, 0);
        else if (p->who != WHO_DIFFER && (c == 0 || !p->who))
            take(st, &p->counting[c].rule, v, now, (int64_t)c);
    }
    st->began += first.level > 0;
}

static void count_unit(void *arg, const struct funnel_view *v)
{
    struct funnel_state *st = arg;
    struct funnel_plan *p = st->plan;
    UNCLEARED struct match m;
    st->considered++;
    if (p->split == SPLIT_RULE) {
        count_rules(st, v);
        return;
    }
    if (p->split == SPLIT_TREND) {
        count_trend(st, v);
        return;
    }
    funnel_chain(st, 0, v, &m);
    st->began += m.level > 0;
    bool broken = !p->counting[0].dialect && p->counting[0].rule.exclusions && is_broken(st, v, &m);
    st->excluded += broken;
    if (broken && p->who == WHO_EXCLUDED)
        add_candidate(st, v, &m, 0);
    if (!broken || !p->drop)
        take(st, &p->counting[0].rule, v, &m, key_of(p, v, &m));
}

/* ---- units */

static void each_session(const struct funnel_view *whole,
                         void (*fn)(void *arg, const struct funnel_view *unit), void *arg)
{
    for (size_t from = 0, to; from < whole->e.n; from = to) {
        struct funnel_view v = *whole;
        for (to = from + 1; to < whole->e.n && whole->e.session[to] == whole->e.session[from]; to++)
            ;
        v.first = from;
        v.e.n = to - from;
        v.e.time += from;
        v.e.mask += from;
        v.e.session += from;
        fn(arg, &v);
    }
}

void funnel_each_unit(struct funnel_state *st, const struct journey *j,
                      void (*fn)(void *arg, const struct funnel_view *unit), void *arg)
{
    const struct funnel_plan *p = st->plan;
    struct funnel_view v;
    view_of(st, j, &v);
    if (p->unit == FUNNEL_USER)
        fn(arg, &v);
    else if (p->unit == FUNNEL_SESSION)
        each_session(&v, fn, arg);
    else
        each_part(&st->unit, &v, &p->unit_column, 1, fn, arg);
}

/* Most customers of most funnels do nothing but the first step; where only their number matters they are
 * counted without looking for a chain. False: not such a customer. */
static bool count_beginner(struct funnel_state *st, const struct journey *j)
{
    const struct funnel_plan *p = st->plan;
    const struct match_rule *r = &p->counting[0].rule;
    UNCLEARED struct match m;
    struct funnel_view v = {.e = {.n = j->n, .time = j->time, .mask = j->mask}, .j = j};
    if (!p->beginners || !only_begins(r, &v, &m))
        return false;
    funnel_groups_add_lone(&st->groups, p, key_of(p, &v, &m), m.open);
    st->considered++;
    st->began++;
    return true;
}

/* Of one who reached so many steps; the hit told is that of the step. */
static int64_t key_of_told(const struct funnel_plan *p, const struct scan_told *l, size_t i, uint32_t level)
{
    if (is_keyed_by_user(p))
        return key_of_user(p, l->user[i]);
    if (p->attribute == ATTRIBUTE_STEP && p->attribute_step >= level)
        return FUNNEL_NO_KEY;
    return p->by.by_event ? (int64_t)l->code[i] : l->prop[p->by_column][i];
}

void funnel_lead(void *state, const struct scan_told *l)
{
    struct funnel_state *st = state;
    for (size_t i = 0; i < l->n; i++)
        funnel_groups_add_lone(&st->groups, st->plan, key_of_told(st->plan, l, i, 1), l->late[i]);
}

static void add_pair(struct funnel_tally *t, const struct funnel_plan *p, int64_t gap, bool late)
{
    t->did[1]++;
    t->did[2]++;
    (late ? t->open : t->lost)[2] += p->steps > 2;
    vec_push(&t->gap[1], gap);
    if (p->steps == 2)
        vec_push(&t->gap[0], gap);
}

void funnel_pair(void *state, const struct scan_told *l)
{
    struct funnel_state *st = state;
    const struct funnel_plan *p = st->plan;
    struct funnel_tally *t = p->whole ? funnel_tally(&st->groups, p, 0) : NULL;
    st->began += (int64_t)l->n;
    for (size_t i = 0; i < l->n; i++) {
        if (!p->whole)
            t = funnel_tally(&st->groups, p, key_of_told(p, l, i, 2));
        add_pair(t, p, l->gap[i], l->late[i]);
    }
}

void funnel_count(struct funnel_state *st, const struct journey *j)
{
    if (count_beginner(st, j))
        return;
    int column = st->plan->unit_column;
    for (size_t i = 0; column >= 0 && i < j->n; i++)
        st->no_unit += j->prop[column][j->first + i] == COLUMN_NULL;
    funnel_each_unit(st, j, count_unit, st);
}
