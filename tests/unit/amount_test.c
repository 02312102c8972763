/* amount_test.c - sums against the same sum in four times the precision; in any order, over any threads. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analysis/amount.h"
#include "base/os.h"
#include "base/rand.h"

__extension__ typedef __float128 wide;

static double sum_of(const double *v, size_t n, size_t parts)
{
    struct amount all = {0};
    for (size_t p = 0; p < parts; p++) {
        struct amount some = {0};
        for (size_t i = p; i < n; i += parts)
            amount_add(&some, column_of_number(v[i]));
        amount_merge(&all, &some);
    }
    assert_int_equal(all.n, n);
    return amount_value(&all);
}

/* Cents, in whatever order and parts: exactly the double nearest to the true sum. */
static void test_money(void **state)
{
    (void)state;
    enum { N = 5000 };
    double v[N];
    struct rand r;
    uint64_t seed = (uint64_t)os_now_us();
    print_message("seed %llu\n", (unsigned long long)seed);
    rand_seed(&r, seed);
    for (int round = 0; round < 50; round++) {
        int64_t cents = 0;
        for (int i = 0; i < N; i++) {
            int64_t c = (int64_t)rand_below(&r, 2000000000) - 1000000000;
            cents += c;
            v[i] = (double)c / 100;
        }
        for (size_t parts = 1; parts <= 4; parts++)
            assert_true(sum_of(v, N, parts) == (double)cents / 100);
    }
}

/* Long tails and large numbers: within one step of the true sum, as doubles go, however much cancels out. */
static void test_others(void **state)
{
    (void)state;
    enum { N = 5000 };
    static const double scale[] = {1e-9, 1e-7, 0.1, 1e9, 1e10, 1e14, 1e17};
    double v[N];
    struct rand r;
    rand_seed(&r, 5);
    for (int round = 0; round < 70; round++) {
        wide sum = 0, size = 0;
        for (int i = 0; i < N; i++) {
            v[i] = ((double)rand_below(&r, 4000000000u) - 2e9) / 3e9 *
                   scale[rand_below(&r, 1 + (uint32_t)round % 7)];
            sum += (wide)v[i];
            size += v[i] < 0 ? -(wide)v[i] : (wide)v[i];
        }
        for (size_t parts = 1; parts <= 3; parts++) {
            double off = (double)((wide)sum_of(v, N, parts) - sum);
            assert_true(fabs(off) <= fabs((double)sum) * 2.3e-16 + (double)size * 1e-22 + 1.2e-16);
        }
    }
}

static void test_edges(void **state)
{
    (void)state;
    struct amount s = {0};
    assert_true(amount_value(&s) == 0);
    amount_add(&s, COLUMN_NULL);
    assert_int_equal(s.n, 0);
    amount_add(&s, column_of_number(1e-9));
    assert_true(amount_value(&s) == 1e-9);
    amount_add(&s, column_of_number(1e17));
    amount_add(&s, column_of_number(-1e17));
    assert_true(amount_value(&s) == 1e-9);
    amount_add(&s, column_of_number(DBL_MAX));
    amount_add(&s, column_of_number(DBL_MAX));
    assert_true(amount_value(&s) == DBL_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_money),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
