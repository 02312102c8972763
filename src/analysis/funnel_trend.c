/* funnel_trend.c - conversion by the day, week or month of the first step; broken down, a row for each group
 * that began in a bucket. Which groups are shown is decided once, for all buckets. */
#include "config.h"

#include <stdlib.h>

#include "analysis/funnel_p.h"
#include "analysis/partial.h"
#include "base/nls.h"

/* ---- keys that are two */

void funnel_doubles_init(struct funnel_doubles *x)
{
    *x = (struct funnel_doubles){.cap = 0};
    pthread_mutex_init(&x->lock, NULL);
}

void funnel_doubles_done(struct funnel_doubles *x)
{
    vec_done(&x->list);
    free(x->place);
    pthread_mutex_destroy(&x->lock);
}

static size_t place_of(const struct funnel_doubles *x, struct funnel_double pair)
{
    uint64_t mixed = ((uint64_t)pair.first * UINT64_C(0x9E3779B97F4A7C15)) ^ (uint64_t)pair.group;
    size_t i = (size_t)(mixed * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (x->cap - 1);
    while (x->place[i]) {
        const struct funnel_double *p = &x->list.at[x->place[i] - 1];
        if (p->first == pair.first && p->group == pair.group)
            break;
        i = (i + 1) & (x->cap - 1);
    }
    return i;
}

static void grow(struct funnel_doubles *x)
{
    free(x->place);
    x->cap = x->cap ? 2 * x->cap : 64;
    x->place = mem_zalloc(x->cap * sizeof(*x->place));
    for (size_t i = 0; i < x->list.n; i++)
        x->place[place_of(x, x->list.at[i])] = (uint32_t)i + 1;
}

int64_t funnel_double(struct funnel_doubles *x, int64_t first, int64_t group)
{
    struct funnel_double pair = {first, group};
    pthread_mutex_lock(&x->lock);
    if (2 * (x->list.n + 1) > x->cap)
        grow(x);
    size_t at = place_of(x, pair);
    if (!x->place[at]) {
        vec_push(&x->list, pair);
        x->place[at] = (uint32_t)x->list.n;
    }
    int64_t number = (int64_t)x->place[at] - 1;
    pthread_mutex_unlock(&x->lock);
    return number;
}

/* ---- groups */

struct str funnel_day_name(struct funnel_plan *p, int64_t bucket)
{
    struct buf b = {0};
    zone_put_local(p->ask->zone, &b, bucket);
    struct str s = arena_str(&p->ask->arena, (struct str){b.p, b.n > 10 ? 10 : b.n});
    buf_done(&b);
    return s;
}

/* A row to be, and the place of its group among those of all buckets. */
struct trend_row {
    struct funnel_group group;
    size_t rank;
};

static int row_cmp(const void *a, const void *b)
{
    const struct trend_row *x = a, *y = b;
    if (x->group.bucket != y->group.bucket)
        return x->group.bucket < y->group.bucket ? -1 : 1;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

/* How large each group is in all buckets together. */
static void rank_all(struct funnel_groups *all, const struct funnel_groups *g, struct funnel_plan *p,
                     struct funnel_ranks *ranks)
{
    for (size_t i = 0; i < g->list.n; i++) {
        int64_t group = p->grouped ? funnel_double_of(&p->doubles, g->list.at[i]->key).group : 0;
        funnel_tally(all, p, group)->did[1] += g->list.at[i]->did[1];
    }
    if (p->grouped)
        funnel_ranks_init(ranks, all, p);
}

static struct trend_row row_of(struct funnel_plan *p, const struct funnel_ranks *ranks,
                               struct funnel_tally *t)
{
    struct funnel_group g = {.tally = t, .bucket = t->key};
    if (!p->grouped) {
        g.name = funnel_day_name(p, t->key);
        return (struct trend_row){g, 0};
    }
    struct funnel_double pair = funnel_double_of(&p->doubles, t->key);
    size_t rank = funnel_ranks_find(ranks, pair.group);
    struct str day = funnel_day_name(p, pair.first);
    g.bucket = pair.first;
    g.part = ranks->group[rank].name;
    g.other = ranks->group[rank].other;
    g.none = ranks->group[rank].none;
    g.name = str_of(arena_printf(&p->ask->arena, "%.*s %.*s", (int)day.n, day.p, (int)g.part.n, g.part.p));
    return (struct trend_row){g, rank};
}

struct funnel_group *funnel_trend_groups(struct funnel_groups *g, struct funnel_plan *p, size_t *n)
{
    struct trend_row *row = arena_array(&p->ask->arena, struct trend_row, g->list.n + 1);
    struct funnel_group *out = arena_array(&p->ask->arena, struct funnel_group, g->list.n + 1);
    struct funnel_groups all = {0};
    struct funnel_ranks ranks = {0};
    rank_all(&all, g, p, &ranks);
    for (size_t i = 0; i < g->list.n; i++)
        row[i] = row_of(p, &ranks, g->list.at[i]);
    if (g->list.n)
        qsort(row, g->list.n, sizeof(*row), row_cmp);
    *n = 0;
    for (size_t i = 0; i < g->list.n; i++)
        if (i && row_cmp(&row[i - 1], &row[i]) == 0)
            funnel_tally_merge(out[*n - 1].tally, row[i].group.tally, p); /* of (other) */
        else
            out[(*n)++] = row[i].group;
    funnel_groups_done(&all, p);
    return out;
}

/* ---- rows */

static int64_t open_of(const struct funnel_plan *p, const struct funnel_tally *t)
{
    int64_t open = 0;
    for (size_t k = 1; k <= p->steps; k++)
        open += p->counting[0].rule.optional >> (k - 1) & 1 ? 0 : t->open[k];
    return open;
}

static void put_row(const struct funnel_plan *p, const struct funnel_group *g, struct result *r)
{
    const struct funnel_tally *t = g->tally;
    struct value *v = result_row(r);
    size_t last = match_last_step(&p->counting[0].rule), c = 0;
    v[c++] = value_time(g->bucket);
    if (p->grouped)
        v[c++] = funnel_cell_group(p, r, g);
    v[c++] = funnel_cell_who(p, r, t->did[1], "reached", 1, g);
    v[c++] = funnel_cell_who(p, r, t->did[last], "reached", last, g);
    v[c++] = value_int(open_of(p, t));
    v[c++] = value_ratio(t->did[last], t->did[1]);
    v[c++] = funnel_cell_median(t, 0);
}

void funnel_trend_rows(struct funnel_plan *p, const struct funnel_group *g, size_t groups, struct result *r)
{
    static const struct column_info columns[] = {
        {"bucket", N_("First step"), VALUE_TIME},
        {"group", N_("Group"), VALUE_TEXT},
        {"users", N_("Customers"), VALUE_INT},
        {"converted", N_("Converted"), VALUE_INT},
        {"open", N_("Open"), VALUE_INT},
        {"value", N_("Conversion"), VALUE_RATIO},
        {"median_s", N_("Median time"), VALUE_SECONDS},
    };
    enum { N = sizeof(columns) / sizeof(*columns) };
    struct column_info *shown = arena_array(&r->arena, struct column_info, N);
    size_t n = 0;
    for (size_t i = 0; i < N; i++)
        if (p->grouped || strcmp(columns[i].name, "group") != 0)
            shown[n++] = columns[i];
    result_columns(r, shown, n);
    int64_t *start = arena_array(&p->ask->arena, int64_t, groups + 1);
    size_t buckets = 0;
    for (size_t i = 0; i < groups; i++) {
        if (!buckets || start[buckets - 1] != g[i].bucket)
            start[buckets++] = g[i].bucket;
        put_row(p, &g[i], r);
    }
    partial_put(p->ask, p->trend, start, buckets, r);
    r->picture = PICTURE_SERIES;
}
