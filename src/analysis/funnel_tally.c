/* funnel_tally.c - the numbers of each group, and which groups are shown. */
#include "config.h"

#include <stdlib.h>

#include "analysis/funnel_p.h"
#include "base/nls.h"

enum { GROUPS_SHOWN = 10 };

/* ---- by key */

static size_t place_of(const struct funnel_groups *g, int64_t key)
{
    size_t i = (size_t)((uint64_t)key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (g->cap - 1);
    while (g->place[i] && g->list.at[g->place[i] - 1]->key != key)
        i = (i + 1) & (g->cap - 1);
    return i;
}

static void grow(struct funnel_groups *g)
{
    free(g->place);
    g->cap = g->cap ? 2 * g->cap : 16;
    g->place = mem_zalloc(g->cap * sizeof(*g->place));
    for (size_t i = 0; i < g->list.n; i++)
        g->place[place_of(g, g->list.at[i]->key)] = (uint32_t)i + 1;
}

static struct funnel_tally *tally_new(const struct funnel_plan *p, int64_t key)
{
    struct funnel_tally *t = mem_zalloc(sizeof(*t));
    size_t n = p->steps + 1;
    t->key = key;
    t->did = mem_zalloc(3 * n * sizeof(*t->did));
    t->open = t->did + n;
    t->lost = t->open + n;
    t->gap = mem_zalloc(n * sizeof(*t->gap));
    t->median = mem_zalloc(n * sizeof(*t->median));
    if (p->sum)
        t->sum = mem_zalloc(n * sizeof(*t->sum));
    return t;
}

static void tally_free(struct funnel_tally *t, const struct funnel_plan *p)
{
    for (size_t k = 0; k <= p->steps; k++)
        vec_done(&t->gap[k]);
    free(t->gap);
    free(t->median);
    free(t->did);
    free(t->sum);
    free(t);
}

static struct funnel_tally *find_hashed(struct funnel_groups *g, const struct funnel_plan *p, int64_t key)
{
    if (2 * (g->list.n + 1) > g->cap)
        grow(g);
    size_t at = place_of(g, key);
    if (!g->place[at]) {
        vec_push(&g->list, tally_new(p, key));
        g->place[at] = (uint32_t)g->list.n;
    }
    return g->list.at[g->place[at] - 1];
}

struct funnel_tally *funnel_tally(struct funnel_groups *g, const struct funnel_plan *p, int64_t key)
{
    size_t slot = funnel_slot(key);
    if (slot == FUNNEL_SLOTS)
        return find_hashed(g, p, key);
    if (!g->direct)
        g->direct = mem_zalloc(FUNNEL_SLOTS * sizeof(struct funnel_tally *));
    if (!g->direct[slot])
        g->direct[slot] = find_hashed(g, p, key);
    return g->direct[slot];
}

/* ---- adding */

void funnel_tally_add(struct funnel_tally *t, const struct funnel_plan *p, const struct match_rule *r,
                      const struct match *m, const struct funnel_view *v)
{
    int64_t before = 0, first = v->e.time[m->at[__builtin_ctzll(m->did)]];
    for (uint64_t left = m->did; left; left &= left - 1) {
        size_t k = (size_t)__builtin_ctzll(left);
        uint32_t next = match_next_step(r, (uint32_t)k + 1);
        int64_t now = v->e.time[m->at[k]];
        t->did[k + 1]++;
        if (next && m->level < next)
            (m->open ? t->open : t->lost)[k + 1]++;
        if (left != m->did)
            vec_push(&t->gap[k], now - before);
        if (p->sum)
            amount_add(&t->sum[k + 1], funnel_property(v, p->sum_column, m->at[k]));
        if (k + 1 == m->level && !next)
            vec_push(&t->gap[0], now - first);
        before = now;
    }
}

void funnel_tally_merge(struct funnel_tally *into, const struct funnel_tally *from,
                        const struct funnel_plan *p)
{
    for (size_t k = 0; k <= p->steps; k++) {
        into->did[k] += from->did[k];
        into->open[k] += from->open[k];
        into->lost[k] += from->lost[k];
        vec_reserve(&into->gap[k], from->gap[k].n);
        if (from->gap[k].n)
            memcpy(into->gap[k].at + into->gap[k].n, from->gap[k].at,
                   from->gap[k].n * sizeof(*from->gap[k].at));
        into->gap[k].n += from->gap[k].n;
        if (p->sum)
            amount_merge(&into->sum[k], &from->sum[k]);
    }
}

static void add_lone(struct funnel_tally *t, int64_t open, int64_t lost)
{
    t->did[1] += open + lost;
    t->open[1] += open;
    t->lost[1] += lost;
}

void funnel_groups_add_lone(struct funnel_groups *g, const struct funnel_plan *p, int64_t key, bool open)
{
    size_t slot = funnel_slot(key);
    if (!g->lone)
        g->lone = mem_zalloc(2 * FUNNEL_SLOTS * sizeof(*g->lone));
    if (slot < FUNNEL_SLOTS)
        g->lone[2 * slot + open]++;
    else
        add_lone(funnel_tally(g, p, key), open, !open);
}

void funnel_groups_close(struct funnel_groups *g, const struct funnel_plan *p)
{
    for (size_t slot = 0; g->lone && slot < FUNNEL_SLOTS; slot++) {
        const int64_t *n = &g->lone[2 * slot];
        if (n[0] || n[1])
            add_lone(funnel_tally(g, p, slot ? (int64_t)slot - 1 : FUNNEL_NO_KEY), n[1], n[0]);
    }
    free(g->lone);
    g->lone = NULL;
}

void funnel_groups_merge(struct funnel_groups *into, const struct funnel_groups *from,
                         const struct funnel_plan *p)
{
    for (size_t i = 0; i < from->list.n; i++)
        funnel_tally_merge(funnel_tally(into, p, from->list.at[i]->key), from->list.at[i], p);
}

void funnel_groups_done(struct funnel_groups *g, const struct funnel_plan *p)
{
    for (size_t i = 0; i < g->list.n; i++)
        tally_free(g->list.at[i], p);
    vec_done(&g->list);
    free(g->place);
    free(g->direct);
    free(g->lone);
}

/* ---- names and order */

struct str funnel_by_name(struct funnel_plan *p, int64_t key)
{
    return key == FUNNEL_NO_KEY ? STR("(none)") : breakdown_value_name(&p->by, key);
}

/* "2019-06-03", "2019-06-03 app". */
static struct str trend_name(struct funnel_plan *p, int64_t key)
{
    if (!p->grouped)
        return funnel_day_name(p, key);
    struct funnel_double pair = funnel_double_of(&p->doubles, key);
    struct str day = funnel_day_name(p, pair.first), group = funnel_by_name(p, pair.group);
    return str_of(arena_printf(&p->ask->arena, "%.*s %.*s", (int)day.n, day.p, (int)group.n, group.p));
}

struct str funnel_key_name(struct funnel_plan *p, int64_t key)
{
    const struct ask *a = p->ask;
    switch (p->split) {
    case SPLIT_RULE: return str_of(p->counting[key].name);
    case SPLIT_TREND: return trend_name(p, key);
    case SPLIT_COMPARE:
        return key == COMPARE_SECOND ? str_of(p->compare_text)
               : a->segment          ? str_of(ask_print(p->ask, a->segment))
                                     : STR("(all)");
    case SPLIT_BY: return funnel_by_name(p, key);
    default: return STR("");
    }
}

static int by_size(const void *a, const void *b)
{
    const struct funnel_group *x = a, *y = b;
    if (x->none != y->none)
        return x->none - y->none;
    if (x->tally->did[1] != y->tally->did[1])
        return x->tally->did[1] < y->tally->did[1] ? 1 : -1;
    return str_cmp(x->name, y->name);
}

static int by_key(const void *a, const void *b)
{
    const struct funnel_group *x = a, *y = b;
    return (x->tally->key > y->tally->key) - (x->tally->key < y->tally->key);
}

/* Everything between the `top` largest and (none) becomes one group. */
static size_t fold(struct funnel_group *g, size_t n, size_t top, struct funnel_plan *p)
{
    size_t none = n && g[n - 1].none, named = n - none;
    if (!top || named <= top)
        return n;
    for (size_t i = top + 1; i < named; i++)
        funnel_tally_merge(g[top].tally, g[i].tally, p);
    g[top].name = STR("(other)");
    g[top].other = true;
    if (none)
        g[top + 1] = g[n - 1];
    return top + 1 + none;
}

/* Customers of both sets belong to either. */
static struct funnel_group *list_compared(struct funnel_groups *g, struct funnel_plan *p, size_t *n)
{
    struct funnel_group *out = arena_array(&p->ask->arena, struct funnel_group, 2);
    const struct funnel_tally *both = funnel_tally(g, p, COMPARE_BOTH);
    for (int64_t key = COMPARE_FIRST; key <= COMPARE_SECOND; key++) {
        out[key] = (struct funnel_group){.name = funnel_key_name(p, key), .tally = funnel_tally(g, p, key)};
        funnel_tally_merge(out[key].tally, both, p);
        both = funnel_tally(g, p, COMPARE_BOTH);
    }
    *n = 2;
    return out;
}

static struct funnel_group *list_by(struct funnel_groups *g, struct funnel_plan *p, size_t *n)
{
    struct funnel_group *out = arena_array(&p->ask->arena, struct funnel_group, g->list.n + 1);
    int64_t top = p->ask->top >= 0 ? p->ask->top : GROUPS_SHOWN;
    for (size_t i = 0; i < g->list.n; i++) {
        struct funnel_tally *t = g->list.at[i];
        out[i] = (struct funnel_group){
            .name = funnel_by_name(p, t->key), .tally = t, .none = t->key == FUNNEL_NO_KEY};
    }
    if (g->list.n)
        qsort(out, g->list.n, sizeof(*out), by_size);
    *n = fold(out, g->list.n, (size_t)top, p);
    for (size_t i = 0; i < *n; i++)
        out[i].part = out[i].name;
    return out;
}

static int rank_cmp(const void *a, const void *b)
{
    const struct funnel_rank *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

void funnel_ranks_init(struct funnel_ranks *r, struct funnel_groups *g, struct funnel_plan *p)
{
    size_t n;
    const struct funnel_group *group = list_by(g, p, &n);
    *r = (struct funnel_ranks){
        .at = arena_array(&p->ask->arena, struct funnel_rank, n + 1), .other = n, .group = group};
    for (size_t i = 0; i < n; i++)
        if (group[i].other)
            r->other = i;
        else
            r->at[r->n++] = (struct funnel_rank){group[i].tally->key, i};
    if (r->n)
        qsort(r->at, r->n, sizeof(*r->at), rank_cmp);
}

size_t funnel_ranks_find(const struct funnel_ranks *r, int64_t key)
{
    const struct funnel_rank *found =
        r->n ? bsearch(&(struct funnel_rank){.key = key}, r->at, r->n, sizeof(*r->at), rank_cmp) : NULL;
    return found ? found->rank : r->other;
}

struct funnel_group *funnel_groups_list(struct funnel_groups *g, struct funnel_plan *p, size_t *n)
{
    if (p->split == SPLIT_COMPARE)
        return list_compared(g, p, n);
    if (p->split == SPLIT_TREND)
        return funnel_trend_groups(g, p, n);
    if (p->split == SPLIT_BY)
        return list_by(g, p, n);
    if (p->split == SPLIT_NONE)
        funnel_tally(g, p, 0);
    for (size_t c = 0; p->split == SPLIT_RULE && c < p->countings; c++)
        funnel_tally(g, p, (int64_t)c);
    struct funnel_group *out = arena_array(&p->ask->arena, struct funnel_group, g->list.n + 1);
    for (size_t i = 0; i < g->list.n; i++)
        out[i] =
            (struct funnel_group){.name = funnel_key_name(p, g->list.at[i]->key), .tally = g->list.at[i]};
    if (g->list.n)
        qsort(out, g->list.n, sizeof(*out), by_key);
    *n = g->list.n;
    return out;
}
