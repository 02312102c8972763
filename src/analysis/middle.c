/* middle.c - see middle.h. */
#include "config.h"
#include "analysis/middle.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "analysis/quantile.h"
#include "base/arena.h"

enum { RANGE_BITS = 12, RANGES = 1 << RANGE_BITS };
enum { VALUES_MOST = 1 << 24, SMALL = 1 << 16 }; /* 128 MB; groups of fewer values are collected */

enum mode {
    MODE_WAIT,    /* for room */
    MODE_COLLECT, /* all values of the range */
    MODE_COUNT,   /* values of the range, by part of it */
    MODE_EDGES,   /* the middle two lie in two ranges: the largest of the lower, the least of the upper */
    MODE_DONE
};

struct group {
    enum mode mode;
    uint64_t n, rank;  /* values in the range, and the place of the lower middle one among them */
    bool even;         /* the middle is between two values */
    int64_t low, high; /* the range, inclusive; with MODE_EDGES the lower one */
    int64_t upper_low, upper_high;
    size_t at;                   /* place in collected or counts */
    _Atomic uint64_t filled;     /* MODE_COLLECT */
    _Atomic int64_t most, least; /* MODE_EDGES */
    double median;
};

struct middle {
    struct group *group;
    size_t groups, room, small;
    int64_t unit;
    int64_t *collected;
    _Atomic uint32_t *count;
    size_t counts;
};

struct middle *middle_new(const uint64_t *count, size_t groups, int64_t high, int64_t unit)
{
    struct middle *m = mem_zalloc(sizeof(*m));
    *m = (struct middle){.group = mem_zalloc((groups + 1) * sizeof(*m->group)),
                         .groups = groups,
                         .room = VALUES_MOST,
                         .small = SMALL,
                         .unit = unit};
    for (size_t i = 0; i < groups; i++) {
        struct group *g = &m->group[i];
        g->n = count[i];
        g->rank = count[i] ? (count[i] - 1) / 2 : 0;
        g->even = count[i] % 2 == 0;
        g->high = high / unit;
        g->mode = count[i] ? MODE_WAIT : MODE_DONE;
    }
    return m;
}

void middle_limits(struct middle *m, size_t values, size_t small)
{
    m->room = values;
    m->small = small;
}

void middle_free(struct middle *m)
{
    if (!m)
        return;
    free(m->group);
    free(m->collected);
    free(m->count);
    free(m);
}

/* So many bits of a distance from g->low are left out when it becomes the number of a part. */
static int shift_of(const struct group *g)
{
    uint64_t width = (uint64_t)g->high - (uint64_t)g->low;
    int bits = width ? 64 - __builtin_clzll(width) : 0;
    return bits > RANGE_BITS ? bits - RANGE_BITS : 0;
}

bool middle_begin(struct middle *m)
{
    size_t collected = 0, counts = 0, left = 0;
    for (size_t i = 0; i < m->groups; i++) {
        struct group *g = &m->group[i];
        bool small = g->n <= m->small, first = collected + counts == 0;
        left += g->mode != MODE_DONE;
        if (g->mode != MODE_WAIT)
            continue;
        if (small && (first || collected + g->n <= m->room)) {
            g->mode = MODE_COLLECT;
            g->at = collected;
            atomic_store(&g->filled, 0);
            collected += (size_t)g->n;
        } else if (!small && (first || counts + RANGES <= m->room)) {
            g->mode = MODE_COUNT;
            g->at = counts;
            counts += RANGES;
        }
    }
    free(m->collected);
    free(m->count);
    m->collected = mem_alloc((collected + 1) * sizeof(*m->collected));
    m->count = mem_zalloc((counts + 1) * sizeof(*m->count));
    m->counts = counts;
    return left > 0;
}

static void keep_edge(struct group *g, int64_t v)
{
    if (v >= g->low && v <= g->high) {
        int64_t was = atomic_load_explicit(&g->most, memory_order_relaxed);
        while (v > was && !atomic_compare_exchange_weak(&g->most, &was, v))
            ;
    } else if (v >= g->upper_low && v <= g->upper_high) {
        int64_t was = atomic_load_explicit(&g->least, memory_order_relaxed);
        while (v < was && !atomic_compare_exchange_weak(&g->least, &was, v))
            ;
    }
}

void middle_add(struct middle *m, size_t group, int64_t value)
{
    struct group *g = &m->group[group];
    int64_t v = m->unit == 1 ? value : value / m->unit;
    if (g->mode == MODE_EDGES) {
        keep_edge(g, v);
        return;
    }
    if (v < g->low || v > g->high)
        return;
    if (g->mode == MODE_COLLECT)
        m->collected[g->at + atomic_fetch_add_explicit(&g->filled, 1, memory_order_relaxed)] = v;
    else if (g->mode == MODE_COUNT)
        atomic_fetch_add_explicit(&m->count[g->at + ((uint64_t)(v - g->low) >> shift_of(g))], 1,
                                  memory_order_relaxed);
}

static void found(const struct middle *m, struct group *g, int64_t lower, int64_t upper)
{
    double sum = (double)lower * (double)m->unit + (double)upper * (double)m->unit;
    g->median = g->even ? sum / 2 : (double)lower * (double)m->unit;
    g->mode = MODE_DONE;
}

/* The part with the k-th value; *before: values in the parts before it. */
static size_t part_with(const _Atomic uint32_t *count, uint64_t k, uint64_t *before)
{
    size_t i = 0;
    for (*before = 0; *before + count[i] <= k; i++)
        *before += count[i];
    return i;
}

/* The range becomes the part with the middle value. */
static void narrow(struct middle *m, struct group *g)
{
    const _Atomic uint32_t *count = m->count + g->at;
    int shift = shift_of(g);
    uint64_t before, unused;
    size_t a = part_with(count, g->rank, &before), b = g->even ? part_with(count, g->rank + 1, &unused) : a;
    int64_t low = g->low, width = (INT64_C(1) << shift) - 1;
    g->low = low + ((int64_t)a << shift);
    g->high = g->low + width;
    g->rank -= before;
    g->n = count[a];
    g->mode = MODE_WAIT;
    if (shift == 0) {
        found(m, g, g->low, low + (int64_t)b);
    } else if (a != b) {
        g->upper_low = low + ((int64_t)b << shift);
        g->upper_high = g->upper_low + width;
        atomic_store(&g->most, INT64_MIN);
        atomic_store(&g->least, INT64_MAX);
        g->mode = MODE_EDGES;
    }
}

static bool end_group(void *arg, size_t i, unsigned worker)
{
    struct middle *m = arg;
    struct group *g = &m->group[i];
    (void)worker;
    if (g->mode == MODE_COLLECT) {
        int64_t next, low = quantile_pick(m->collected + g->at, (size_t)g->n, (size_t)g->rank, &next);
        found(m, g, low, next);
    } else if (g->mode == MODE_COUNT) {
        narrow(m, g);
    } else if (g->mode == MODE_EDGES) {
        found(m, g, g->most, g->least);
    }
    return true;
}

void middle_end(struct middle *m, struct pool *pool)
{
    pool_run(pool, m->groups, end_group, m);
}

double middle_of(const struct middle *m, size_t group)
{
    return m->group[group].median;
}

static int64_t gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t r = a % b;
        a = b;
        b = r;
    }
    return a < 0 ? -a : a;
}

int64_t middle_unit(const struct snapshot *s, int64_t from, int64_t to)
{
    const struct part *part;
    size_t parts = snapshot_parts(s, TABLE_EVENTS, &part);
    int64_t unit = 0, base = 0;
    bool any = false;
    for (size_t i = 0; i < parts; i++)
        for (uint32_t b = 0; b < part[i].blocks && unit != 1; b++) {
            const struct block_info *info = &part[i].block[b];
            struct column_view v;
            if (info->max_time < from || info->min_time > to)
                continue;
            if (!part_column(s, &part[i], b, COL_TIME, &v, NULL))
                return 1; /* the scan will say so */
            base = any ? base : v.base;
            any = true;
            unit = gcd(gcd(unit, v.bits ? (int64_t)v.step : 0), v.base - base);
        }
    return unit ? unit : 1;
}
