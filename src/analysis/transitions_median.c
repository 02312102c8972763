/* transitions_median.c - the middle pause of every pair, exactly. */
#include "config.h"

#include <stdlib.h>

#include "analysis/quantile.h"
#include "analysis/transitions_p.h"

#define MEDIAN_UNKNOWN (-1.0)

struct transitions_limits transitions_limits = {.buckets = 1 << 23, .room = 1 << 24};

enum { PAIRS_PER_TASK = 64 };

static int64_t longest(const struct transitions *p)
{
    int64_t gap = p->rule.session.gap, span = p->ask->has_events ? p->ask->last - p->ask->first : 0;
    return gap < span ? gap : span;
}

void transitions_plan_buckets(struct transitions *p)
{
    int64_t unit = middle_unit(p->ask->snapshot, INT64_MIN, INT64_MAX);
    p->unit = unit;
    p->rule.scale =
        pairs_scale_for(longest(p), unit, transitions_limits.buckets / (transitions_cells(p) + 1));
}

void transitions_drop_pauses(struct transitions *p)
{
    for (size_t i = 0; i < p->pieces; i++)
        vec_done(&p->pauses[i].kept);
    p->pieces = 0;
}

/* ---- by buckets */

static int pair_cmp(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static void list_pairs(struct transitions *p, const struct transitions_state *st)
{
    size_t i = 0;
    struct pair x;
    while (transitions_next(st, &i, &x))
        p->pairs++;
    p->pair = arena_array(&p->ask->arena, struct pair, p->pairs + 1);
    for (size_t n = i = 0; transitions_next(st, &i, &x); n++)
        p->pair[n] = (struct pair){x.key, x.count, x.users, MEDIAN_UNKNOWN, 0};
    if (p->pairs)
        qsort(p->pair, p->pairs, sizeof(*p->pair), pair_cmp);
}

/* The bucket with the k-th pause; *before: pauses in those before it. */
static uint32_t bucket_with(const uint32_t *bucket, uint64_t k, uint64_t *before)
{
    uint32_t b = 0;
    for (*before = 0; *before + bucket[b] <= k; b++)
        *before += bucket[b];
    return b;
}

/* Of fine buckets each holds one pause only. Returns how many pauses the others hold that must be looked at.
 */
static uint64_t look_at(struct transitions *p, const struct transitions_state *st, struct pair *x)
{
    uint32_t buckets = p->rule.scale.buckets, first = (uint32_t)x->key * buckets;
    const uint32_t *bucket = st->bucket + first;
    uint64_t low = (x->count - 1) / 2, high = x->count / 2, unused, n = 0;
    uint32_t a = bucket_with(bucket, low, &x->below), b = bucket_with(bucket, high, &unused);
    if (b < p->rule.scale.fine) {
        x->median = ((double)a + (double)b) * (double)p->unit / 2;
        return 0;
    }
    p->aim[x->key] = (struct aim){first + a, first + b};
    for (uint32_t k = a; k <= b; k++)
        n += bucket[k];
    return n;
}

/* ---- kept pauses, sorted by pair */

struct sorted {
    struct transitions *plan;
    size_t *begin; /* per pair; one more */
    int64_t *pause;
};

static void sort(struct sorted *s, struct transitions *p)
{
    size_t cells = transitions_cells(p), *fill = mem_zalloc((cells + 1) * sizeof(*fill));
    *s = (struct sorted){.plan = p, .begin = mem_alloc((cells + 1) * sizeof(*s->begin))};
    for (size_t i = 0; i < p->pieces; i++)
        for (size_t k = 0; k < p->pauses[i].kept.n; k++)
            fill[p->pauses[i].kept.at[k].key]++;
    s->begin[0] = 0;
    for (size_t k = 0; k < cells; k++) {
        s->begin[k + 1] = s->begin[k] + fill[k];
        fill[k] = s->begin[k];
    }
    s->pause = mem_alloc((s->begin[cells] + 1) * sizeof(*s->pause));
    for (size_t i = 0; i < p->pieces; i++)
        for (size_t k = 0; k < p->pauses[i].kept.n; k++) {
            struct kept x = p->pauses[i].kept.at[k];
            s->pause[fill[x.key]++] = x.pause;
        }
    free(fill);
}

/* Both middle ones were aimed at. */
static double median_of(const struct sorted *s, const struct pair *x)
{
    size_t from = s->begin[x->key], n = s->begin[x->key + 1] - from;
    int64_t next, low = quantile_pick(s->pause + from, n, (size_t)((x->count - 1) / 2 - x->below), &next);
    return ((double)low + (double)(x->count % 2 ? low : next)) / 2;
}

static bool median_task(void *arg, size_t task, unsigned worker)
{
    struct sorted *s = arg;
    struct transitions *p = s->plan;
    (void)worker;
    for (size_t i = task * PAIRS_PER_TASK; i < p->pairs && i < (task + 1) * PAIRS_PER_TASK; i++)
        if (p->pair[i].median == MEDIAN_UNKNOWN)
            p->pair[i].median = median_of(s, &p->pair[i]);
    return true;
}

void transitions_find_medians(struct transitions *p)
{
    struct sorted s;
    sort(&s, p);
    transitions_drop_pauses(p);
    pool_run(p->ask->pool, p->pairs / PAIRS_PER_TASK + 1, median_task, &s);
    free(s.begin);
    free(s.pause);
}

/* ---- by middle.h */

/* False: every pair's middle is known. */
static bool begin_middle(struct transitions *p)
{
    uint64_t left = 0, *count = mem_zalloc((p->pairs + 1) * sizeof(*count));
    for (size_t i = 0; i < p->pairs; i++) {
        count[i] = p->pair[i].median == MEDIAN_UNKNOWN ? p->pair[i].count : 0;
        left += count[i];
    }
    if (left)
        p->middle = middle_new(count, p->pairs, longest(p), p->unit);
    free(count);
    return left && middle_begin(p->middle);
}

enum pass transitions_list(struct transitions *p, const struct transitions_state *st)
{
    size_t cells = transitions_cells(p);
    uint64_t n = 0;
    list_pairs(p, st);
    if (st->bucket) {
        p->aim = arena_array(&p->ask->arena, struct aim, cells + 1);
        for (size_t k = 0; k <= cells; k++)
            p->aim[k] = (struct aim){UINT32_MAX, UINT32_MAX};
        for (size_t i = 0; i < p->pairs; i++)
            n += look_at(p, st, &p->pair[i]);
        if (n <= transitions_limits.room)
            return n ? PASS_KEEP : PASS_COUNT;
    }
    return begin_middle(p) ? PASS_MIDDLE : PASS_COUNT;
}

bool transitions_more_medians(struct transitions *p)
{
    middle_end(p->middle, p->ask->pool);
    if (middle_begin(p->middle))
        return true;
    for (size_t i = 0; i < p->pairs; i++)
        if (p->pair[i].median == MEDIAN_UNKNOWN)
            p->pair[i].median = middle_of(p->middle, i);
    return false;
}
