/* quantile_test.c - selection against sorting. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analysis/quantile.h"
#include "base/rand.h"

static int i64_cmp(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int64_t random_value(struct rand *r, int kind)
{
    switch (kind) {
    case 0: return rand_below(r, 5);
    case 1: return (int64_t)rand_u64(r); /* the whole range, both signs */
    case 2: return (int64_t)(rand_u64(r) >> rand_below(r, 64)) - 100;
    default: return rand_below(r, 100) ? 7 : INT64_MAX;
    }
}

static void test_pick(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        struct rand r;
        rand_seed(&r, seed);
        int64_t v[700], sorted[700], next;
        size_t n = 1 + rand_below(&r, 700);
        int kind = (int)rand_below(&r, 4);
        for (size_t i = 0; i < n; i++)
            v[i] = sorted[i] = random_value(&r, kind);
        qsort(sorted, n, sizeof(*sorted), i64_cmp);
        for (int question = 0; question < 6; question++) { /* the same values stand any number */
            size_t k = rand_below(&r, (uint32_t)n);
            if (quantile_pick(v, n, k, &next) != sorted[k] || next != sorted[k + 1 < n ? k + 1 : k])
                fail_msg("seed %llu: n %zu, k %zu, question %d", (unsigned long long)seed, n, k, question);
        }
    }
}

static void test_median(void **state)
{
    (void)state;
    int64_t odd[] = {9, 1, 5}, even[] = {4, 1, 3, 2}, one[] = {-7};
    assert_true(quantile_median(odd, 3) == 5);
    assert_true(quantile_median(even, 4) == 2.5);
    assert_true(quantile_median(one, 1) == -7);
    assert_true(quantile_median(one, 0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pick), cmocka_unit_test(test_median)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
