/* transitions_median.c - the middle pause of every pair, exactly.
 *
 * With few names the first pass has spread the pauses over buckets; the second looks for those of the bucket
 * in the middle. With many names middle.h does it. */
#include "config.h"

#include <stdlib.h>

#include "analysis/quantile.h"
#include "analysis/transitions_p.h"

/* Pairs that occur, from *i on. */
bool transitions_next(const struct transitions_state *st, size_t *i, struct pair *out)
{
    const struct transitions *p = st->plan;
    const struct tally_cell *c;
    *out = (struct pair){0};
    if (!p->direct) {
        bool more = tally_next(&st->pair, i, &out->key, &c);
        if (more)
            *out = (struct pair){out->key, c->count, c->users, 0};
        return more;
    }
    while (*i < transitions_cells(p) && !st->users[*i])
        ++*i;
    if (*i == transitions_cells(p))
        return false;
    for (uint32_t b = 0; b < p->buckets; b++)
        out->count += st->bucket[*i * p->buckets + b];
    out->users = st->users[*i];
    out->key = (*i)++;
    return true;
}

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
        p->pair[n] = x;
    if (p->pairs)
        qsort(p->pair, p->pairs, sizeof(*p->pair), pair_cmp);
}

/* Bucket with the k-th smallest pause; *before: pauses in smaller ones. */
static uint32_t bucket_with(const uint32_t *bucket, uint64_t k, uint64_t *before)
{
    uint32_t b = 0;
    for (*before = 0; *before + bucket[b] <= k; b++)
        *before += bucket[b];
    return b;
}

/* The only pause that falls into a bucket; false when there are several. */
static bool only_pause(const struct transitions *p, uint32_t bucket, double *pause)
{
    int64_t lo = 0, hi = (p->rule.gap < INT32_MAX ? p->rule.gap : INT32_MAX) / p->unit;
    while (lo < hi) { /* the least one that is not below the bucket */
        int64_t mid = lo + (hi - lo) / 2;
        if (pairs_bucket(mid * p->unit) < bucket)
            lo = mid + 1;
        else
            hi = mid;
    }
    *pause = (double)(lo * p->unit);
    return pairs_bucket(lo * p->unit) == bucket && pairs_bucket((lo + 1) * p->unit) != bucket;
}

/* The buckets of the middle pause, or of the middle two and what lies between. */
static void aim_at(struct transitions *p, struct pair *pair, const uint32_t *bucket)
{
    struct catch *c = &p->catch[pair->key];
    uint64_t low = (pair->count - 1) / 2, before, unused;
    uint32_t a = bucket_with(bucket, low, &before), b = bucket_with(bucket, pair->count / 2, &unused);
    double first, second;
    if (only_pause(p, a, &first) && only_pause(p, b, &second)) {
        pair->median = pair->count % 2 ? first : (first + second) / 2;
        return;
    }
    p->aim[pair->key] = (struct aim){(uint16_t)a, (uint16_t)b};
    c->rank = (size_t)(low - before);
    for (uint32_t k = a; k <= b; k++)
        c->n += bucket[k];
}

/* What the second pass looks for; false: nothing. */
static bool aim_all(struct transitions *p, const struct transitions_state *st)
{
    size_t total = 0, n = transitions_cells(p) + 1;
    p->catch = mem_zalloc(n * sizeof(*p->catch));
    p->aim = mem_alloc(n * sizeof(*p->aim));
    for (size_t k = 0; k < n; k++)
        p->aim[k] = (struct aim){1, 0}; /* nothing lies between */
    for (size_t i = 0; i < p->pairs; i++) {
        struct pair *x = &p->pair[i];
        aim_at(p, x, st->bucket + x->key * p->buckets);
        p->catch[x->key].at = total;
        total += p->catch[x->key].n;
    }
    p->caught = mem_alloc((total + 1) * sizeof(*p->caught));
    return total > 0;
}

static bool begin_middle(struct transitions *p)
{
    uint64_t *count = mem_alloc((p->pairs + 1) * sizeof(*count));
    int64_t span = p->ask->has_events ? p->ask->last - p->ask->first : 0;
    for (size_t i = 0; i < p->pairs; i++)
        count[i] = p->pair[i].count;
    p->middle = middle_new(count, p->pairs, span < p->rule.gap ? span : p->rule.gap, p->unit);
    free(count);
    return middle_begin(p->middle);
}

/* Times that make steps: a step that begins in the period may end so much later. */
static int64_t unit_of(const struct transitions *p)
{
    int64_t to = p->rule.to > INT64_MAX - p->rule.gap ? INT64_MAX : p->rule.to + p->rule.gap;
    return middle_unit(p->ask->snapshot, p->rule.from, to);
}

bool transitions_begin_medians(struct transitions *p, const struct transitions_state *st)
{
    list_pairs(p, st);
    p->unit = unit_of(p);
    p->pass = PASS_COLLECT;
    return p->direct ? aim_all(p, st) : begin_middle(p);
}

/* Each pair's on its own, some at a time. */
enum { PAIRS_PER_TASK = 64 };

static bool median_task(void *arg, size_t task, unsigned worker)
{
    struct transitions *p = arg;
    (void)worker;
    for (size_t i = task * PAIRS_PER_TASK; i < p->pairs && i < (task + 1) * PAIRS_PER_TASK; i++) {
        struct catch *c = p->direct ? &p->catch[p->pair[i].key] : NULL;
        if (!c)
            p->pair[i].median = middle_of(p->middle, i);
        if (!c || !c->n)
            continue; /* known without looking */
        int64_t next, low = quantile_pick(p->caught + c->at, c->n, c->rank, &next);
        p->pair[i].median = p->pair[i].count % 2 ? (double)low : ((double)low + (double)next) / 2;
    }
    return true;
}

void transitions_find_medians(struct transitions *p)
{
    pool_run(p->ask->pool, p->pairs / PAIRS_PER_TASK + 1, median_task, p);
}
