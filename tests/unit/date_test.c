/* The calendar against the C library's timegm and gmtime, and against facts of the calendar. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <time.h>

#include "base/date.h"
#include "base/rand.h"

/* Every day of a whole cycle and more: 1 January 0001 to 31 December 2500. */
static void days_against_timegm(void **state)
{
    (void)state;
    struct tm tm = {.tm_year = 1 - 1900, .tm_mon = 0, .tm_mday = 1};
    int64_t first = timegm(&tm) / 86400;
    assert_int_equal(date_days(1, 1, 1), first);
    assert_int_equal(first * US_PER_DAY, TIME_MIN);
    for (int64_t day = first; day < 194000; day++) {
        time_t t = (time_t)day * 86400;
        gmtime_r(&t, &tm);
        struct civil c;
        date_civil(day * US_PER_DAY, &c);
        if (c.year != tm.tm_year + 1900 || c.month != tm.tm_mon + 1 || c.day != tm.tm_mday ||
            date_days(c.year, c.month, c.day) != day || date_weekday(day) != (tm.tm_wday + 6) % 7)
            fail_msg("day %lld is %d-%d-%d", (long long)day, c.year, c.month, c.day);
    }
}

static void cycle_of_400_years(void **state)
{
    (void)state;
    for (int year = -1000; year <= 9599; year += 7) {
        for (int month = 1; month <= 12; month++) {
            int64_t day = date_days(year, month, 28);
            assert_int_equal(date_days(year + 400, month, 28) - day, 146097);
            assert_int_equal(date_weekday(day + 146097), date_weekday(day));
        }
    }
}

static void known_days(void **state)
{
    (void)state;
    assert_int_equal(date_days(1970, 1, 1), 0);
    assert_int_equal(date_days(2000, 3, 1), 11017);
    assert_int_equal(date_days(9999, 12, 31), 2932896);
    assert_int_equal((date_days(9999, 12, 31) + 1) * US_PER_DAY - 1, TIME_MAX);
    assert_int_equal(date_weekday(date_days(2019, 6, 3)), 0);  /* a Monday */
    assert_int_equal(date_weekday(date_days(1949, 10, 1)), 5); /* a Saturday */
    assert_int_equal(date_weekday(date_days(1582, 10, 15)), 4);
}

static void random_instants_both_ways(void **state)
{
    (void)state;
    struct rand r;
    rand_seed(&r, 3);
    for (int i = 0; i < 200000; i++) {
        int64_t us = TIME_MIN + (int64_t)(rand_u64(&r) % (uint64_t)(TIME_MAX - TIME_MIN));
        struct civil c;
        date_civil(us, &c);
        assert_true(date_valid(&c));
        assert_int_equal(date_us(&c), us);
        time_t t = (time_t)((us - (us % US_PER_S + US_PER_S) % US_PER_S) / US_PER_S);
        struct tm tm;
        gmtime_r(&t, &tm);
        assert_int_equal(c.hour, tm.tm_hour);
        assert_int_equal(c.minute, tm.tm_min);
        assert_int_equal(c.second, tm.tm_sec);
        assert_int_equal(c.year, tm.tm_year + 1900);
    }
}

static void validity(void **state)
{
    (void)state;
    static const struct {
        struct civil c;
        bool valid;
    } cases[] = {
        {{2020, 2, 29, 0, 0, 0, 0}, true},  {{2019, 2, 29, 0, 0, 0, 0}, false},
        {{1900, 2, 29, 0, 0, 0, 0}, false}, {{2000, 2, 29, 0, 0, 0, 0}, true},
        {{2019, 4, 31, 0, 0, 0, 0}, false}, {{2019, 12, 31, 0, 0, 0, 0}, true},
        {{2019, 13, 1, 0, 0, 0, 0}, false}, {{2019, 0, 1, 0, 0, 0, 0}, false},
        {{2019, 1, 0, 0, 0, 0, 0}, false},  {{0, 1, 1, 0, 0, 0, 0}, false},
        {{1, 1, 1, 0, 0, 0, 0}, true},      {{9999, 12, 31, 23, 59, 59, 999999}, true},
        {{10000, 1, 1, 0, 0, 0, 0}, false}, {{2019, 1, 1, 24, 0, 0, 0}, false},
        {{2019, 1, 1, 0, 60, 0, 0}, false}, {{2019, 1, 1, 0, 0, 60, 0}, false},
        {{2019, 1, 1, -1, 0, 0, 0}, false}, {{2019, 1, 1, 0, 0, 0, 1000000}, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_int_equal(date_valid(&cases[i].c), cases[i].valid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_against_timegm),
        cmocka_unit_test(cycle_of_400_years),
        cmocka_unit_test(known_days),
        cmocka_unit_test(random_instants_both_ways),
        cmocka_unit_test(validity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
