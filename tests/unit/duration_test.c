/* Lengths of time. Expected values are worked out by hand. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "base/date.h"
#include "base/rand.h"

static void parses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t us;
    } cases[] = {
        {"0s", 0},
        {"1us", 1},
        {"250ms", 250000},
        {"10s", 10000000},
        {"5m", 300000000},
        {"1.5h", 5400000000},
        {"7d", 604800000000},
        {"2w", 1209600000000},
        {"0.5w", 302400000000},
        {"0.000001s", 1},
        {"0.25us", -1},
        {"0.3333s", 333300},
        {"1.50000000000000000000h", 5400000000},
        {"106751991d", 9223372022400000000},
        {"007m", 420000000},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int64_t us = -2;
        struct err err = {0};
        if (cases[i].us < 0) {
            assert_false(duration_parse(str_of(cases[i].text), &us, &err));
            continue;
        }
        assert_true(duration_parse(str_of(cases[i].text), &us, &err));
        assert_int_equal(us, cases[i].us);
    }
}

static void refuses(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "7",
                                        "d",
                                        "7 d",
                                        " 7d",
                                        "7d ",
                                        "-7d",
                                        "+7d",
                                        "7D",
                                        "7M",
                                        "1.h",
                                        ".5h",
                                        "1e3s",
                                        "7days",
                                        "7min",
                                        "1,5h",
                                        "0.0000001s",
                                        "1.0000000000001h",
                                        "1h30m",
                                        "106751992d",
                                        "99999999999999999999s",
                                        "15250284452.5w",
                                        "x7d",
                                        "0x7d",
                                        "inf",
                                        "same-day"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        int64_t us = 77;
        struct err err = {0};
        if (duration_parse(str_of(texts[i]), &us, &err))
            fail_msg("\"%s\" was taken for %lld", texts[i], (long long)us);
        assert_int_equal(us, 77);
        assert_int_equal(err.code, ERR_USAGE);
        assert_non_null(strstr(err.text, texts[i]));
    }
    struct err err = {0}; /* of what is very long the beginning is told */
    assert_false(
        duration_parse(STR("7777777777888888888899999999990000000000 and more"), &(int64_t){0}, &err));
    assert_non_null(strstr(err.text, "\"7777777777888888888899999999990000000000\""));
    assert_false(duration_parse(STR("7"), &(int64_t){0}, NULL));
    assert_false(duration_parse((struct str){NULL, 0}, &(int64_t){0}, NULL));
}

static void puts_canonically(void **state)
{
    (void)state;
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        {0, "0s"},
        {1, "1us"},
        {1000, "1ms"},
        {1500, "1500us"},
        {1000000, "1s"},
        {90000000, "90s"},
        {5400000000, "90m"},
        {604800000000, "7d"},
        {3600000000, "1h"},
        {129600000000, "36h"},
        {1209600000000, "14d"},
        {60000001, "60000001us"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf b = {0};
        duration_put(&b, cases[i].us);
        assert_string_equal(b.p, cases[i].text);
        buf_done(&b);
    }
}

static void reads_what_it_writes(void **state)
{
    (void)state;
    struct rand r;
    rand_seed(&r, 21);
    for (int i = 0; i < 20000; i++) {
        static const int64_t units[] = {1, 1000, 1000000, 60000000, 3600000000, 86400000000};
        int64_t us = (int64_t)rand_below(&r, 100000) * units[rand_below(&r, 6)], back = -1;
        struct buf b = {0};
        duration_put(&b, us);
        assert_true(duration_parse(buf_view(&b), &back, NULL));
        assert_int_equal(back, us);
        buf_done(&b);
    }
}

static void for_people(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {0, "0s"},          {0.4, "0.4s"},     {0.04, "40ms"},     {0.0004, "400us"}, {0.000001, "1us"},
        {0.0009996, "1ms"}, {0.0994, "99ms"},  {0.0996, "0.1s"},   {1, "1s"},         {4.25, "4.3s"},
        {9.94, "9.9s"},     {9.96, "10s"},     {38, "38s"},        {59.4, "59s"},     {59.6, "1m00s"},
        {130, "2m10s"},     {125.4, "2m05s"},  {3599.4, "59m59s"}, {3599.6, "1h00m"}, {3660, "1h01m"},
        {11100, "3h05m"},   {86369, "23h59m"}, {86371, "1d00h"},   {273600, "3d04h"}, {86400e3, "1000d00h"},
        {-38, "-38s"},      {NAN, "-"},        {INFINITY, "-"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf b = {0};
        duration_put_human(&b, cases[i].seconds);
        assert_string_equal(b.p, cases[i].text);
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),           cmocka_unit_test(refuses),
        cmocka_unit_test(puts_canonically), cmocka_unit_test(reads_what_it_writes),
        cmocka_unit_test(for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
