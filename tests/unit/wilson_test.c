/* wilson_test.c - intervals against published figures, and against the normal approximation where that is
 * good. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "analysis/wilson.h"

static void near(double got, double wanted, double by)
{
    if (!(fabs(got - wanted) <= by))
        fail_msg("%.6f is not %.6f", got, wanted);
}

/* Newcombe, Statistics in Medicine 17 (1998) 857-872, table I: score method without correction. */
static void test_share(void **state)
{
    (void)state;
    struct interval i = wilson_share(81, 263);
    near(i.low, 0.2553, 0.00005);
    near(i.high, 0.3662, 0.00005);
    i = wilson_share(15, 148);
    near(i.low, 0.0624, 0.00005);
    near(i.high, 0.1605, 0.00005);
    i = wilson_share(0, 20);
    near(i.low, 0, 0);
    near(i.high, 0.1611, 0.00005);
    i = wilson_share(1, 29);
    near(i.low, 0.0061, 0.00005);
    near(i.high, 0.1718, 0.00005);
    i = wilson_share(29, 29);
    near(i.low, 0.8830, 0.00005);
    near(i.high, 1, 0);
    i = wilson_share(0, 0);
    near(i.low, 0, 0);
    near(i.high, 1, 0);
}

static void check(uint64_t a, uint64_t m, uint64_t b, uint64_t n, double low, double high)
{
    struct interval i;
    double d = wilson_difference((struct wilson_part){a, m}, (struct wilson_part){b, n},
                                 (struct wilson_part){0, 0}, &i);
    near(d, (double)a / (double)m - (double)b / (double)n, 1e-12);
    near(i.low, low, 0.00005);
    near(i.high, high, 0.00005);
}

/* Newcombe, Statistics in Medicine 17 (1998) 873-890, table II: method 10. */
static void test_disjoint(void **state)
{
    (void)state;
    check(56, 70, 48, 80, 0.0524, 0.3339);
    check(9, 10, 3, 10, 0.1705, 0.8090);
    check(10, 10, 0, 20, 0.6791, 1.0000);
    check(10, 10, 0, 10, 0.6075, 1.0000);
}

/* A set against all, itself included: the difference to the rest, scaled by the share of the rest. */
static void test_inside(void **state)
{
    (void)state;
    struct interval all, rest;
    double d = wilson_difference((struct wilson_part){0, 0}, (struct wilson_part){48, 80},
                                 (struct wilson_part){56, 70}, &all);
    double e = wilson_difference((struct wilson_part){56, 70}, (struct wilson_part){48, 80},
                                 (struct wilson_part){0, 0}, &rest);
    near(d, 56.0 / 70 - 104.0 / 150, 1e-12);
    near(d, e * 80 / 150, 1e-12);
    near(all.low, rest.low * 80 / 150, 1e-12);
    near(all.high, rest.high * 80 / 150, 1e-12);
}

/* Half overlapping, large: the normal interval of a/2 - b/2 is near. */
static void test_overlap(void **state)
{
    (void)state;
    struct interval i;
    double d = wilson_difference((struct wilson_part){60000, 100000}, (struct wilson_part){50000, 100000},
                                 (struct wilson_part){1000, 100000}, &i);
    double half = 1.959964 * 0.5 * sqrt(0.6 * 0.4 / 1e5 + 0.5 * 0.5 / 1e5);
    near(d, 0.05, 1e-12);
    near(i.low, 0.05 - half, 1e-5);
    near(i.high, 0.05 + half, 1e-5);
    d = wilson_difference((struct wilson_part){0, 0}, (struct wilson_part){0, 0},
                          (struct wilson_part){30, 100}, &i); /* a set against itself */
    near(d, 0, 0);
    near(i.low, 0, 0);
    near(i.high, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_share), cmocka_unit_test(test_disjoint),
                                       cmocka_unit_test(test_inside), cmocka_unit_test(test_overlap)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
