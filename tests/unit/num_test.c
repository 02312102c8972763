/* Numbers as text. Reading doubles is held against strtod, writing against reading; the rest by hand. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/num.h"
#include "base/rand.h"

static void integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t v;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"+5", true, 5},
        {"-5", true, -5},
        {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"18446744073709551616", false, 0},
        {"99999999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+", false, 0},
        {"-+5", false, 0},
        {"--5", false, 0},
        {" 5", false, 0},
        {"5 ", false, 0},
        {"1_000", false, 0},
        {"1,000", false, 0},
        {"0x10", false, 0},
        {"1.0", false, 0},
        {"1e3", false, 0},
        {"/", false, 0},
        {":", false, 0},
        {"\xEF\xBC\x95", false, 0}, /* a full-width 5 */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int64_t v = 0;
        if (num_i64(str_of(cases[i].text), &v) != cases[i].ok || v != cases[i].v)
            fail_msg("\"%s\" gave %lld", cases[i].text, (long long)v);
    }
    int64_t v;
    assert_false(num_i64((struct str){NULL, 0}, &v));
    assert_false(num_i64((struct str){"1\0", 2}, &v));
    uint64_t u;
    assert_true(num_u64(STR("18446744073709551615"), &u));
    assert_int_equal(u, UINT64_MAX);
    assert_false(num_u64(STR("18446744073709551616"), &u));
    assert_false(num_u64(STR("-1"), &u));
}

static void double_forms(void **state)
{
    (void)state;
    static const char *const good[] = {"0",
                                       "-0",
                                       "1.5",
                                       "+1.5",
                                       ".5",
                                       "5.",
                                       "1e3",
                                       "1E+3",
                                       "1e-3",
                                       "0.1",
                                       "1e22",
                                       "1e23",
                                       "1e-22",
                                       "1e-23",
                                       "1e308",
                                       "1e-400",
                                       "4.9e-324",
                                       "2.2250738585072011e-308",
                                       "-12.25e1",
                                       "0.000000000000000000000000000000001",
                                       "9007199254740992",
                                       "123456789012345.678901234567890",
                                       "1.7976931348623157e308",
                                       "0e999999999999",
                                       "0000000000000000000000001.5",
                                       "1180591620717411303424",
                                       "100000000000000000000",
                                       "9007199254740993.0",
                                       "3.14159265358979323846264338327950288"};
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        double v = NAN;
        if (!num_double(str_of(good[i]), &v) || v != strtod(good[i], NULL))
            fail_msg("\"%s\" gave %.17g", good[i], v);
    }
    static const char *const bad[] = {"",
                                      "-",
                                      ".",
                                      "e5",
                                      "1e",
                                      "1e+",
                                      "1e5x",
                                      "1.5.5",
                                      "0x10",
                                      "inf",
                                      "nan",
                                      "-inf",
                                      "1,5",
                                      "1_0",
                                      " 1",
                                      "1 ",
                                      "1e1.5",
                                      "--1",
                                      "1f",
                                      "1e400",
                                      "-1e309",
                                      "9007199254740993",
                                      "-9007199254740993",
                                      "18446744073709551615",
                                      "123456789012345678901234567890",
                                      "009007199254740993"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        double v = 7;
        if (num_double(str_of(bad[i]), &v) || v != 7)
            fail_msg("\"%s\" was taken for %.17g", bad[i], v);
    }
    double v;
    assert_false(num_double((struct str){NULL, 0}, &v));
    assert_false(num_double((struct str){"1\0", 2}, &v));
    assert_true(num_double(STR("-0"), &v) && signbit(v));
}

/* A thousand digits: the part that does not fit on the stack. */
static void long_doubles(void **state)
{
    (void)state;
    char text[1100] = "0.";
    for (size_t i = 2; i < 1000; i++)
        text[i] = (char)('0' + i * 7 % 10);
    double v;
    assert_true(num_double(str_of(text), &v));
    assert_true(v == strtod(text, NULL));
    text[1] = '1';
    assert_false(num_double((struct str){text, 1000}, &v));
}

static void random_doubles(void **state)
{
    (void)state;
    struct rand r;
    rand_seed(&r, 99);
    for (int i = 0; i < 300000; i++) {
        char text[64];
        size_t n = 0;
        if (rand_below(&r, 2))
            text[n++] = '-';
        uint32_t whole = 1 + rand_below(&r, 20), part = rand_below(&r, 20);
        for (uint32_t k = 0; k < whole; k++)
            text[n++] = (char)('0' + rand_below(&r, 10));
        text[n++] = '.';
        for (uint32_t k = 0; k < part; k++)
            text[n++] = (char)('0' + rand_below(&r, 10));
        text[n] = '\0';
        if (rand_below(&r, 2))
            n += (size_t)snprintf(text + n, sizeof(text) - n, "e%d", (int)rand_below(&r, 60) - 30);
        double v = NAN;
        if (!num_double((struct str){text, n}, &v) || v != strtod(text, NULL))
            fail_msg("seed 99, case %d: \"%s\" gave %.17g", i, text, v);
    }
}

static void put_double(double v, const char *want)
{
    struct buf b = {0};
    num_put_double(&b, v);
    assert_string_equal(b.p, want);
    buf_done(&b);
}

static void doubles_written(void **state)
{
    (void)state;
    put_double(0, "0");
    put_double(-3, "-3");
    put_double(0.1, "0.1");
    put_double(1.5, "1.5");
    put_double(0.1 + 0.2, "0.30000000000000004");
    put_double(1e15, "1000000000000000");
    put_double(123456.789, "123456.789");
    put_double(1e22, "1e+22");
    put_double(-2.5e-7, "-2.5e-07");
    struct rand r;
    rand_seed(&r, 12);
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = rand_u64(&r);
        double v;
        memcpy(&v, &bits, sizeof(v));
        if (!isfinite(v))
            continue;
        struct buf b = {0};
        num_put_double(&b, v);
        if (strtod(b.p, NULL) != v)
            fail_msg("%a was written as %s", v, b.p);
        buf_done(&b);
    }
}

/* A locale with a decimal comma must change nothing; skipped where none is installed. */
static void locale_free(void **state)
{
    (void)state;
    static const char *const comma[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "ru_RU.UTF-8", "es_ES.UTF-8"};
    bool found = false;
    for (size_t i = 0; i < 4 && !found; i++)
        found = setlocale(LC_NUMERIC, comma[i]) != NULL;
    if (!found) {
        print_message("no locale with a decimal comma on this host\n");
        skip();
    }
    double v = 0;
    bool read = num_double(STR("1234567890123456789.5e-3"), &v);
    struct buf b = {0};
    num_put_double(&b, 0.5);
    setlocale(LC_NUMERIC, "C");
    assert_true(read);
    assert_true(v == 1234567890123456789.5e-3);
    assert_string_equal(b.p, "0.5");
    buf_done(&b);
}

static void sizes(void **state)
{
    (void)state;
    uint64_t v;
    assert_true(num_size(STR("123"), &v) && v == 123);
    assert_true(num_size(STR("64M"), &v) && v == UINT64_C(67108864));
    assert_true(num_size(STR("2G"), &v) && v == UINT64_C(2147483648));
    assert_true(num_size(STR("500k"), &v) && v == 512000);
    assert_true(num_size(STR("1t"), &v) && v == UINT64_C(1099511627776));
    assert_true(num_size(STR("16777215T"), &v) && v == UINT64_C(16777215) << 40);
    assert_false(num_size(STR("16777216T"), &v));
    assert_false(num_size(STR(""), &v));
    assert_false(num_size(STR("M"), &v));
    assert_false(num_size(STR("-1k"), &v));
    assert_false(num_size(STR("1.5G"), &v));
    assert_false(num_size(STR("64MB"), &v));
    assert_false(num_size((struct str){"5\0", 2}, &v));
    assert_false(num_size((struct str){"5\x0B", 2}, &v)); /* 0x0B | 0x20 is a '+' */
}

typedef void (*put_int)(struct buf *out, int64_t v);

static void expect_int(put_int put, int64_t v, const char *want)
{
    struct buf b = {0};
    put(&b, v);
    assert_string_equal(b.p, want);
    buf_done(&b);
}

static void integers_written(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 7, -7, 999, 1000, -1000, 999999, 1204338, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        char want[32];
        snprintf(want, sizeof(want), "%lld", (long long)values[i]);
        expect_int(num_put_i64, values[i], want);
    }
    expect_int(num_put_thousands, 0, "0");
    expect_int(num_put_thousands, 999, "999");
    expect_int(num_put_thousands, 1000, "1,000");
    expect_int(num_put_thousands, -12345, "-12,345");
    expect_int(num_put_thousands, 1204338, "1,204,338");
    expect_int(num_put_thousands, INT64_MIN, "-9,223,372,036,854,775,808");
}

static void short_numbers(void **state)
{
    (void)state;
    static const struct {
        int64_t v;
        int columns;
        const char *text;
    } cases[] = {
        {0, 1, "0"},
        {8611, 8, "8,611"},
        {8611, 4, "8611"},
        {8611, 3, "9k"},
        {9999, 5, "9,999"},
        {23300, 6, "23.3k"},
        {23349, 6, "23.3k"},
        {23350, 6, "23.4k"},
        {23300, 4, "23k"},
        {12000, 6, "12.0k"},
        {123456, 6, "123k"},
        {99949, 6, "99.9k"},
        {99951, 6, "100k"},
        {999499, 6, "999k"},
        {999950, 6, "1.0M"},
        {1204338, 9, "1.2M"},
        {1204338, 3, "1M"},
        {-23300, 6, "-23.3k"},
        {-23300, 5, "-23k"},
        {123456, 3, "###"},
        {5, 0, ""},
        {12, 1, "#"},
        {INT64_MAX, 9, "9.2E"},
        {INT64_MIN, 9, "-9.2E"},
        {999999999, 9, "1.0G"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf b = {0};
        buf_puts(&b, ">");
        num_put_short(&b, cases[i].v, cases[i].columns);
        assert_string_equal(b.p + 1, cases[i].text);
        buf_done(&b);
    }
    struct rand r;
    rand_seed(&r, 4);
    for (int i = 0; i < 100000; i++) {
        struct buf b = {0};
        int64_t v = (int64_t)rand_u64(&r) >> rand_below(&r, 64);
        int columns = (int)rand_below(&r, 12);
        num_put_short(&b, v, columns);
        assert_true(b.n <= (size_t)columns);
        buf_done(&b);
    }
}

static void percents(void **state)
{
    (void)state;
    static const struct {
        int64_t part, whole;
        int decimals;
        const char *text;
    } cases[] = {
        {32240, 241770, 2, "13.33%"}, /* the published losses: 86.67, 95.07, 62.85 and 89.68 going on */
        {241770 - 32240, 241770, 2, "86.67%"},
        {32240 - 1591, 32240, 2, "95.07%"},
        {1591 - 591, 1591, 2, "62.85%"},
        {530, 591, 2, "89.68%"},
        {0, 5, 2, "0.00%"},
        {5, 0, 2, "-"},
        {0, 0, 2, "-"},
        {1, 1, 2, "100.00%"},
        {3, 2, 1, "150.0%"},
        {1, 200000, 2, "0.00%"}, /* 0.0005 */
        {1, 20000, 2, "0.01%"},  /* 0.005: half away from zero */
        {1, 8, 0, "13%"},
        {-1, 8, 1, "-12.5%"},
        {-1, 1000000, 1, "0.0%"},
        {INT64_MAX, INT64_MAX, 2, "100.00%"},
        {INT64_MAX, 1, 0, "922337203685477580700%"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf b = {0};
        num_put_percent(&b, cases[i].part, cases[i].whole, cases[i].decimals);
        assert_string_equal(b.p, cases[i].text);
        buf_done(&b);
    }
}

static void byte_counts(void **state)
{
    (void)state;
    static const struct {
        uint64_t v;
        const char *text;
    } cases[] = {
        {0, "0 B"},
        {999, "999 B"},
        {1000, "1.0 kB"},
        {1049, "1.0 kB"},
        {1050, "1.1 kB"},
        {999949, "999.9 kB"},
        {999950, "1.0 MB"},
        {UINT64_C(4900000000), "4.9 GB"},
        {UINT64_MAX, "18.4 EB"},
        {UINT64_C(999949999999), "999.9 GB"},
        {UINT64_C(1000000000000), "1.0 TB"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf b = {0};
        num_put_bytes(&b, cases[i].v);
        assert_string_equal(b.p, cases[i].text);
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),       cmocka_unit_test(double_forms),     cmocka_unit_test(long_doubles),
        cmocka_unit_test(random_doubles), cmocka_unit_test(doubles_written),  cmocka_unit_test(locale_free),
        cmocka_unit_test(sizes),          cmocka_unit_test(integers_written), cmocka_unit_test(short_numbers),
        cmocka_unit_test(percents),       cmocka_unit_test(byte_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
