/* Random numbers against published values, and against what chance allows. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/rand.h"

/* splitmix64 from seed 0, as published with the algorithm and in many libraries' tests. */
static void seeding(void **state)
{
    (void)state;
    struct rand r;
    rand_seed(&r, 0);
    assert_int_equal(r.s[0], UINT64_C(0xE220A8397B1DCDAF));
    assert_int_equal(r.s[1], UINT64_C(0x6E789E6AA1B965F4));
    assert_int_equal(r.s[2], UINT64_C(0x06C45D188009454F));
    assert_int_equal(r.s[3], UINT64_C(0xF88BB8A8724C81EC));
}

/* The reference program's first numbers from the state 1 2 3 4. */
static void sequence(void **state)
{
    (void)state;
    static const uint64_t want[] = {
        UINT64_C(11520),
        UINT64_C(0),
        UINT64_C(1509978240),
        UINT64_C(1215971899390074240),
        UINT64_C(1216172134540287360),
        UINT64_C(607988272756665600),
        UINT64_C(16172922978634559625),
        UINT64_C(8476171486693032832),
        UINT64_C(10595114339597558777),
        UINT64_C(2904607092377533576),
    };
    struct rand r = {{1, 2, 3, 4}};
    for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++)
        assert_int_equal(rand_u64(&r), want[i]);
}

/* Chi-squared over n cells: for d degrees of freedom mean d, deviation sqrt(2d); six deviations never happen.
 */
static void below_is_uniform(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 2, 3, 7, 10, 100};
    struct rand r;
    rand_seed(&r, 42);
    for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
        uint32_t n = sizes[k], counts[100] = {0};
        for (uint32_t i = 0; i < n * 1000; i++) {
            uint32_t x = rand_below(&r, n);
            assert_true(x < n);
            counts[x]++;
        }
        double chi = 0;
        for (uint32_t i = 0; i < n; i++)
            chi += ((double)counts[i] - 1000) * ((double)counts[i] - 1000) / 1000;
        double d = n - 1;
        assert_true((chi - d) * (chi - d) <= 36 * 2 * d);
    }
}

/* For n = 3 * 2^30 a plain product would give the first of each four draws double weight: 1/2 instead of 1/3.
 */
static void below_is_unbiased_for_large_n(void **state)
{
    (void)state;
    struct rand r;
    rand_seed(&r, 43);
    uint32_t n = UINT32_C(3) << 30, by_rest[3] = {0};
    for (int i = 0; i < 30000; i++)
        by_rest[rand_below(&r, n) % 3]++;
    for (int i = 0; i < 3; i++)
        assert_in_range(by_rest[i], 9510, 10490); /* 10,000 +- 6 deviations of 82 */
}

static void unit_interval(void **state)
{
    (void)state;
    struct rand r;
    rand_seed(&r, 44);
    double sum = 0, least = 1, most = 0;
    for (int i = 0; i < 100000; i++) {
        double x = rand_unit(&r);
        assert_true(x >= 0 && x < 1);
        sum += x;
        least = x < least ? x : least;
        most = x > most ? x : most;
    }
    assert_true(sum > 49450 && sum < 50550); /* 6 deviations of 91.3 */
    assert_true(least < 0.001 && most > 0.999);
    struct rand top = {{0, 0, 0, 0}};
    assert_true(rand_unit(&top) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeding),          cmocka_unit_test(sequence),
        cmocka_unit_test(below_is_uniform), cmocka_unit_test(below_is_unbiased_for_large_n),
        cmocka_unit_test(unit_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
