/* funnel_explain.c - one customer's chains: the one that counts, and those that do not with what rejected
 * each.
 *
 * Every event of the first step begins a chain: the deepest from there. A chain that stops short is shown
 * with the first later event of the step it lacks, and with the rule which that event breaks; a chain as deep
 * as the one taken with what made the other one better. */
#include "config.h"

#include <stdlib.h>

#include "analysis/funnel_p.h"
#include "base/date.h"
#include "base/nls.h"

enum { SHOWN = 10 };

/* A copy of the customer's events: there is one journey, and it ends with the scan. */
struct funnel_explained {
    struct journey j;
    int64_t *time, **prop;
    uint32_t *code;
    uint64_t *mask;
};

static void *copy(const void *from, size_t n, size_t size)
{
    void *to = mem_alloc(n * size + 1);
    memcpy(to, from, n * size);
    return to;
}

void funnel_explain_feed(struct funnel_state *st, const struct journey *j)
{
    if (!j->n || st->explained)
        return;
    struct funnel_explained *x = st->explained = mem_zalloc(sizeof(*x));
    size_t columns = st->plan->columns;
    x->time = copy(j->time, j->n, sizeof(*j->time));
    x->code = copy(j->code, j->n, sizeof(*j->code));
    x->mask = copy(j->mask, j->n, sizeof(*j->mask));
    x->prop = mem_zalloc((columns + 1) * sizeof(*x->prop));
    for (size_t c = 0; c < columns; c++)
        x->prop[c] = copy(j->prop[c] + j->first, j->n, sizeof(int64_t));
    x->j = (struct journey){j->user, j->n, x->time, x->code, x->mask, (const int64_t *const *)x->prop, 0};
}

void funnel_explain_done(struct funnel_state *st)
{
    struct funnel_explained *x = st->explained;
    if (!x)
        return;
    for (size_t c = 0; c < st->plan->columns; c++)
        free(x->prop[c]);
    free(x->prop);
    free(x->time);
    free(x->code);
    free(x->mask);
    free(x);
    st->explained = NULL;
}

/* ---- rows */

static const struct column_info columns[] = {
    {"chain", N_("Chain"), VALUE_INT},  {"step", N_("Step"), VALUE_INT},
    {"name", N_("Name"), VALUE_TEXT},   {"event", N_("Event"), VALUE_TEXT},
    {"time", N_("Time"), VALUE_TIME},   {"gap_s", N_("After"), VALUE_SECONDS},
    {"verdict", N_("Why"), VALUE_TEXT},
};

struct telling {
    struct funnel_plan *p;
    struct funnel_state *st;
    struct result *r;
    const struct funnel_view *unit;
    struct match taken; /* of the unit */
    int64_t chains, shown, most;
    uint32_t level;
    bool open;
};

static const char *at_time(struct telling *t, int64_t us)
{
    struct buf b = {0};
    zone_put_local(t->p->ask->zone, &b, us);
    const char *text = arena_str(&t->r->arena, buf_view(&b)).p;
    buf_done(&b);
    return text;
}

static const char *span(struct telling *t, int64_t us)
{
    struct buf b = {0};
    duration_put_human(&b, (double)us / (double)US_PER_S);
    const char *text = arena_str(&t->r->arena, buf_view(&b)).p;
    buf_done(&b);
    return text;
}

static struct value event_value(struct telling *t, const struct funnel_view *v, size_t i)
{
    return ask_event_value(t->p->ask, &t->r->arena, ask_event(t->p->ask, v->j->code[i]));
}

/* Numbers of events are those of the journey from here on: `at` maps. */
static void put_row(struct telling *t, int64_t chain, size_t step, size_t event, int64_t gap,
                    const char *verdict)
{
    struct value *v = result_row(t->r);
    const struct journey *j = t->unit->j;
    v[0] = value_int(chain);
    if (step) {
        v[1] = value_int((int64_t)step);
        v[2] = ask_event_value(t->p->ask, &t->r->arena, str_of(t->p->name[step - 1]));
    }
    if (event != SIZE_MAX) {
        v[3] = event_value(t, t->unit, event);
        v[4] = value_time(j->time[event]);
    }
    if (gap >= 0)
        v[5] = value_seconds((double)gap / (double)US_PER_S);
    if (verdict)
        v[6] = value_text(&t->r->arena, str_of(verdict));
}

/* ---- why not */

static bool is_barred(const struct telling *t, const struct funnel_view *v, size_t s, size_t p, size_t k,
                      size_t i, size_t *by)
{
    const struct match_rule *r = &t->p->counting[0].rule;
    for (*by = p + 1; *by < i; ++*by) {
        if (r->ties == MATCH_ANY && (v->e.time[*by] == v->e.time[p] || v->e.time[*by] == v->e.time[i]))
            continue;
        if (r->order == MATCH_STRICT)
            return true;
        for (size_t x = 0; x < r->exclusions; x++)
            if ((v->e.mask[*by] >> r->exclusion[x].bit & 1) && s < r->exclusion[x].to &&
                k > r->exclusion[x].from)
                return true;
    }
    return false;
}

static const char *past_window(struct telling *t, const struct match_rule *r, int64_t begin, int64_t time)
{
    if (r->chain.same_day)
        return _("lies on another day than the first step");
    if (r->same_session)
        return _("lies in another session than the first step");
    return arena_printf(&t->r->arena, _("is %s after the window"), span(t, time - begin - r->chain.window));
}

/* The rule that event i breaks as step k, after step s at event p of a chain begun at `begin`; steps from 1.
 */
static const char *why_not(struct telling *t, const struct funnel_view *v, size_t begin, size_t s, size_t p,
                           size_t k, size_t i)
{
    const struct match_rule *r = &t->p->counting[0].rule;
    struct arena *a = &t->r->arena;
    int64_t apart = v->e.time[i] - v->e.time[p];
    size_t by;
    if (!match_in_window(r, &v->e, begin, i))
        return past_window(t, r, v->e.time[begin], v->e.time[i]);
    if (apart > r->most[k - 1])
        return arena_printf(a, _("is %s later than the longest time from the step before"),
                            span(t, apart - r->most[k - 1]));
    if (apart < r->least[k - 1])
        return arena_printf(a, _("is %s earlier than the shortest time from the step before"),
                            span(t, r->least[k - 1] - apart));
    if (r->ties == MATCH_LATER && apart <= 0)
        return _("is not strictly later than the step before");
    if (is_barred(t, v, s, p, k, i, &by))
        return arena_printf(a, _("comes after %s at %s, which breaks the chain"),
                            ask_event(t->p->ask, v->j->code[funnel_event(v, by)]).p,
                            at_time(t, v->e.time[by]));
    return _("is the event of another step of this chain");
}

/* The first event of step k after the chain, and what it breaks; or that there is none. */
static void put_missing(struct telling *t, const struct funnel_view *v, const size_t *journey, int64_t chain,
                        const struct match *m)
{
    const struct match_rule *r = &t->p->counting[0].rule;
    size_t k = match_next_step(r, m->level), s = 64 - (unsigned)__builtin_clzll(m->did), p = m->at[s - 1];
    size_t first = r->ties == MATCH_ANY ? 0 : p + 1;
    for (size_t i = first; i < v->e.n; i++)
        if ((v->e.mask[i] >> (k - 1) & 1) && i != p && v->e.time[i] >= v->e.time[p]) {
            const char *text = arena_printf(&t->r->arena, _("step %zu at %s %s"), k, at_time(t, v->e.time[i]),
                                            why_not(t, v, m->at[0], s, p, k, i));
            put_row(t, chain, k, journey[i], v->e.time[i] - v->e.time[p], text);
            return;
        }
    put_row(t, chain, k, SIZE_MAX, -1,
            m->open ? _("no such event after it; there is still time") : _("no such event after it"));
}

static void put_chain(struct telling *t, const struct funnel_view *v, const size_t *journey, int64_t chain,
                      const struct match *m, const char *verdict)
{
    int64_t before = 0;
    for (uint64_t left = m->did; left; left &= left - 1) {
        size_t k = (size_t)__builtin_ctzll(left);
        int64_t now = v->e.time[m->at[k]];
        put_row(t, chain, k + 1, journey[m->at[k]], left == m->did ? -1 : now - before,
                left == m->did ? verdict : NULL);
        before = now;
    }
}

/* What made the chain taken better than this one, which is as good as it gets from its first event. */
static const char *verdict_on(const struct telling *t, const struct funnel_view *v, const struct match *m,
                              const size_t *unit)
{
    const struct match_rule *r = &t->p->counting[0].rule;
    const struct match *best = &t->taken;
    int64_t begin = v->e.time[m->at[0]];
    if (begin < r->chain.from || begin > r->chain.to)
        return _("rejected: begins outside the period");
    if (r->begin == MATCH_FIRST)
        return _("rejected: the clock starts at an earlier first step");
    if (r->begin == MATCH_LATEST)
        return _("rejected: the clock starts at a later first step");
    if (m->level < best->level)
        return _("rejected: not as deep as the chain taken");
    if (unit[m->at[m->level - 1]] != best->at[best->level - 1])
        return _("rejected: as deep as the chain taken, but completed later");
    return _("rejected: as deep as the chain taken and completed with it, but begun earlier");
}

/* ---- all chains of a part */

static size_t *numbers(struct telling *t, const struct funnel_view *part, bool journey)
{
    size_t *at = arena_array(&t->r->arena, size_t, part->e.n + 1);
    for (size_t i = 0; i < part->e.n; i++) {
        at[i] = part == t->unit ? i : funnel_event(part, i);
        if (journey)
            at[i] = funnel_event(t->unit, at[i]);
    }
    return at;
}

static void explain_part(void *arg, const struct funnel_view *part)
{
    struct telling *t = arg;
    struct matcher *matcher = t->st->matcher[0];
    size_t *journey = numbers(t, part, true), *unit = numbers(t, part, false);
    for (size_t i = 0; i < part->e.n; i++) {
        struct match m;
        if (!(part->e.mask[i] & 1))
            continue;
        match_begun(matcher, &part->e, i, &m);
        bool taken = t->taken.level && unit[m.at[0]] == t->taken.at[0];
        if (taken || !m.level || m.at[0] != i)
            continue;
        t->chains++;
        if (t->most && t->shown >= t->most)
            continue;
        t->shown++;
        put_chain(t, part, journey, t->shown, &m, verdict_on(t, part, &m, unit));
        if (match_next_step(&t->p->counting[0].rule, m.level))
            put_missing(t, part, journey, t->shown, &m);
    }
}

static void put_taken(struct telling *t)
{
    const struct match_rule *r = &t->p->counting[0].rule;
    size_t *journey = numbers(t, t->unit, true);
    if (!t->taken.level)
        return;
    put_chain(t, t->unit, journey, 0, &t->taken,
              match_next_step(r, t->taken.level) ? _("taken: the deepest chain")
                                                 : _("taken: all steps done"));
    if (r->order != MATCH_FREE && !t->p->counting[0].dialect && !t->p->holds &&
        match_next_step(r, t->taken.level))
        put_missing(t, t->unit, journey, 0, &t->taken);
    t->level = t->taken.level > t->level ? t->taken.level : t->level;
    t->open |= t->taken.open;
}

static void explain_unit(void *arg, const struct funnel_view *v)
{
    struct telling *t = arg;
    struct funnel_plan *p = t->p;
    t->unit = v;
    funnel_chain(t->st, 0, v, &t->taken);
    t->chains += t->taken.level > 0;
    put_taken(t);
    if (p->counting[0].dialect || p->counting[0].rule.order == MATCH_FREE)
        return;
    if (p->holds)
        funnel_each_held(t->st, v, explain_part, t);
    else
        explain_part(t, v);
}

bool funnel_explain_rows(struct funnel_plan *p, struct funnel_state *st, struct result *r, struct err *err)
{
    struct str id;
    struct telling t = {.p = p, .st = st, .r = r, .most = p->ask->top >= 0 ? p->ask->top : SHOWN};
    result_columns(r, columns, sizeof(columns) / sizeof(*columns));
    if (!dict_get(p->ask->snapshot, COL_USER, p->explained, &id, err))
        return false;
    if (st->explained)
        funnel_each_unit(st, &st->explained->j, explain_unit, &t);
    object_add(&r->arena, &r->summary, "user", value_text(&r->arena, id));
    object_add(&r->arena, &r->summary, "level", value_int(t.level));
    object_add(&r->arena, &r->summary, "open", value_bool(t.open));
    object_add(&r->arena, &r->summary, "chains", value_int(t.chains));
    object_add(&r->arena, &r->summary, "rejected_shown", value_int(t.shown));
    r->picture = PICTURE_CHAINS;
    funnel_rule(p, st, r);
    return true;
}
