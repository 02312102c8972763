/* middle_test.c - medians of many groups against sorting, with room for all values, for a few, and for hardly
 * any. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analysis/middle.h"
#include "base/rand.h"
#include "base/vec.h"

enum { GROUPS = 12 };

struct values {
    VEC(int64_t) group[GROUPS];
    int64_t unit, high;
};

static int64_t random_value(struct rand *r, int64_t high, uint32_t kind)
{
    switch (kind) {
    case 0: return (int64_t)(rand_u64(r) % (uint64_t)(high + 1)); /* anywhere */
    case 1: return rand_below(r, 2) ? 0 : high;                   /* far apart: the middle may lie between */
    case 2: return high / 3;                                      /* all the same */
    case 3: return high / 2 + (int64_t)rand_below(r, 3) - 1;      /* close together */
    default: return (int64_t)(rand_u64(r) % (uint64_t)(high / 100 + 1)); /* small ones */
    }
}

static void fill(struct values *v, struct rand *r)
{
    static const int64_t unit[] = {1, 1000, 1000000};
    v->unit = unit[rand_below(r, 3)];
    v->high = (INT64_C(1) << (2 + rand_below(r, 40))) - 1;
    for (int g = 0; g < GROUPS; g++) {
        uint32_t n = rand_below(r, rand_below(r, 3) ? 9 : 3000), kind = rand_below(r, 5);
        for (uint32_t i = 0; i < n; i++) {
            int64_t x = random_value(r, v->high, kind);
            x = x < 0 ? 0 : x > v->high ? v->high : x;
            vec_push(&v->group[g], x * v->unit);
        }
    }
    v->high *= v->unit;
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double sorted_median(int64_t *v, size_t n)
{
    if (!n)
        return 0;
    qsort(v, n, sizeof(*v), compare);
    return ((double)v[(n - 1) / 2] + (double)v[n / 2]) / 2;
}

static void one_round(uint64_t seed, struct pool *pool)
{
    struct rand r;
    struct values v = {0};
    uint64_t count[GROUPS];
    int scans = 0;
    rand_seed(&r, seed);
    fill(&v, &r);
    for (int g = 0; g < GROUPS; g++)
        count[g] = v.group[g].n;
    struct middle *m = middle_new(count, GROUPS, v.high, v.unit);
    if (rand_below(&r, 2))
        middle_limits(m, 1 + rand_below(&r, 20000), rand_below(&r, 2000));
    for (; middle_begin(m); scans++) {
        assert_true(scans < 100);
        for (int g = 0; g < GROUPS; g++)
            for (size_t i = 0; i < v.group[g].n; i++)
                middle_add(m, (size_t)g, v.group[g].at[i]);
        middle_end(m, pool);
    }
    for (int g = 0; g < GROUPS; g++) {
        double expected = sorted_median(v.group[g].at, v.group[g].n);
        if (middle_of(m, (size_t)g) != expected)
            fail_msg("seed %llu group %d: %.1f instead of %.1f", (unsigned long long)seed, g,
                     middle_of(m, (size_t)g), expected);
        vec_done(&v.group[g]);
    }
    middle_free(m);
}

static void test_medians(void **state)
{
    (void)state;
    const char *given = getenv("WAYMARK_SEED");
    uint64_t first = given ? strtoull(given, NULL, 10) : 1;
    struct pool *pool = pool_new(2);
    for (uint64_t i = 0; i < 1500; i++)
        one_round(first + i, pool);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_medians)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
