/* transitions_median.c - the middle pause of every pair, exactly.
 *
 * An aim reaches so many ranks to each side of the sample's middle that even customers who are much alike
 * within a block hardly put the true middle outside of it. Being wrong costs one more scan, nothing else. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/quantile.h"
#include "analysis/transitions_p.h"

#define MEDIAN_UNKNOWN (-1.0)

struct transitions_limits transitions_limits = {
    .whole = 1 << 20, .buckets = 1 << 23, .sampled = 32, .room = 1 << 23, .doubt = 5};

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

/* The larger the store, the smaller a share of it says as much. */
uint32_t transitions_sample(const struct transitions *p)
{
    uint64_t rows = scan_rows(p->ask->snapshot);
    double share = sqrt((double)rows) / 200; /* of 10 million rows one in 15 */
    if (rows <= transitions_limits.whole || p->rule.scale.buckets <= p->rule.scale.fine + 2)
        return 1;
    return share < 2 ? 2 : (uint32_t)share;
}

void transitions_drop_pauses(struct transitions *p)
{
    for (size_t i = 0; i < p->pieces; i++)
        vec_done(&p->pauses[i].kept);
    p->pieces = 0;
}

/* ---- aims */

static const uint32_t *buckets_of(const struct transitions *p, const struct transitions_state *st,
                                  uint64_t key)
{
    return st->bucket + key * p->rule.scale.buckets;
}

/* The bucket with the k-th pause. */
static uint32_t bucket_with(const uint32_t *bucket, uint64_t k)
{
    uint32_t b = 0;
    for (uint64_t before = 0; before + bucket[b] <= k; b++)
        before += bucket[b];
    return b;
}

/* Whether it holds one pause only. */
static bool is_fine(const struct transitions *p, uint32_t bucket)
{
    return bucket < p->rule.scale.fine;
}

/* Buckets that hold the middle pause if n of a pair, seen in `bucket`, are a fair sample of it. */
static struct aim guess(const uint32_t *bucket, uint64_t n)
{
    uint64_t reach = (uint64_t)(transitions_limits.doubt * (sqrt((double)n) + 3));
    uint64_t low = (n - 1) / 2, high = n / 2;
    return (struct aim){bucket_with(bucket, low > reach ? low - reach : 0),
                        bucket_with(bucket, high + reach < n ? high + reach : n - 1)};
}

/* Without a sample of a pair everything is kept that no bucket tells. */
static void aim_at(struct transitions *p, const struct transitions_state *sample, const struct pair *x)
{
    uint32_t first = (uint32_t)x->key * p->rule.scale.buckets, last = p->rule.scale.buckets - 1;
    struct aim a = {0, last};
    if (x->count >= transitions_limits.sampled)
        a = guess(buckets_of(p, sample, x->key), x->count);
    if (is_fine(p, a.high)) {
        p->aim[x->key] = (struct aim){UINT32_MAX, UINT32_MAX};
        return;
    }
    p->aim[x->key] = (struct aim){first + (is_fine(p, a.low) ? p->rule.scale.fine : a.low), first + a.high};
}

void transitions_take_aim(struct transitions *p, const struct transitions_state *sample)
{
    size_t cells = transitions_cells(p), i = 0;
    struct pair x;
    p->aim = arena_array(&p->ask->arena, struct aim, cells + 1);
    for (uint64_t k = 0; k < cells; k++)
        aim_at(p, sample, &(struct pair){.key = k});
    p->aim[cells] = (struct aim){UINT32_MAX, UINT32_MAX};
    while (sample && transitions_next(sample, &i, &x))
        aim_at(p, sample, &x);
    for (size_t k = 0; k < cells; k++)
        p->keeps |= p->aim[k].low != UINT32_MAX;
}

/* ---- kept pauses, sorted by pair */

struct sorted {
    struct transitions *plan;
    const struct transitions_state *state;
    size_t *begin; /* per pair; one more */
    int64_t *pause;
};

static bool is_full(const struct transitions *p)
{
    bool full = false;
    for (size_t i = 0; i < p->pieces; i++)
        full |= p->pauses[i].full;
    return full;
}

/* Pauses of the buckets [from, to). */
static uint64_t sum_of(const uint32_t *bucket, uint32_t from, uint32_t to)
{
    uint64_t n = 0;
    while (from < to)
        n += bucket[from++];
    return n;
}

static void sort(struct sorted *s, struct transitions *p, const struct transitions_state *st)
{
    size_t cells = transitions_cells(p), *fill = mem_zalloc((cells + 1) * sizeof(*fill));
    *s = (struct sorted){.plan = p, .state = st};
    s->begin = mem_alloc((cells + 1) * sizeof(*s->begin));
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

static void sorted_done(struct sorted *s)
{
    free(s->begin);
    free(s->pause);
}

/* ---- medians */

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
        p->pair[n] = (struct pair){x.key, x.count, x.users, MEDIAN_UNKNOWN};
    if (p->pairs)
        qsort(p->pair, p->pairs, sizeof(*p->pair), pair_cmp);
}

/* Whether all pauses of the pair from bucket a to b are known: by the bucket itself, or as they were kept. */
static bool is_known(const struct transitions *p, uint64_t key, uint32_t a, uint32_t b)
{
    uint32_t first = (uint32_t)key * p->rule.scale.buckets;
    struct aim aim = p->aim[key];
    for (uint32_t k = a; k <= b; k += b > a ? b - a : 1)
        if (!is_fine(p, k) && (aim.low == UINT32_MAX || first + k < aim.low || first + k > aim.high))
            return false;
    return true;
}

/* The k-th pause, *next the one after it. */
static int64_t pause_at(const struct sorted *s, const struct pair *x, uint64_t k)
{
    const struct transitions *p = s->plan;
    const uint32_t *bucket = buckets_of(p, s->state, x->key);
    uint32_t b = bucket_with(bucket, k);
    if (is_fine(p, b))
        return b * p->unit;
    uint32_t first = p->aim[x->key].low - (uint32_t)x->key * p->rule.scale.buckets;
    size_t from = s->begin[x->key];
    return quantile_pick(s->pause + from, s->begin[x->key + 1] - from, (size_t)(k - sum_of(bucket, 0, first)),
                         NULL);
}

/* Unknown when the middle, or one of the middle two, was not kept. */
static double median_of(const struct sorted *s, const struct pair *x)
{
    const uint32_t *bucket = buckets_of(s->plan, s->state, x->key);
    uint64_t low = (x->count - 1) / 2, high = x->count / 2;
    if (!is_known(s->plan, x->key, bucket_with(bucket, low), bucket_with(bucket, high)))
        return MEDIAN_UNKNOWN;
    int64_t a = pause_at(s, x, low), b = high > low ? pause_at(s, x, high) : a;
    return ((double)a + (double)b) / 2;
}

static bool median_task(void *arg, size_t task, unsigned worker)
{
    struct sorted *s = arg;
    struct transitions *p = s->plan;
    (void)worker;
    for (size_t i = task * PAIRS_PER_TASK; i < p->pairs && i < (task + 1) * PAIRS_PER_TASK; i++)
        p->pair[i].median = median_of(s, &p->pair[i]);
    return true;
}

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

bool transitions_find_medians(struct transitions *p, struct transitions_state *st)
{
    struct sorted s;
    list_pairs(p, st);
    if (st->bucket && !is_full(p)) {
        sort(&s, p, st);
        pool_run(p->ask->pool, p->pairs / PAIRS_PER_TASK + 1, median_task, &s);
        sorted_done(&s);
    }
    return begin_middle(p);
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
