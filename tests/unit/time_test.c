/* Times as text. Expected values are written as calendar fields and made into instants by the C library. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <time.h>

#include "base/date.h"
#include "base/rand.h"

static int64_t at(int year, int month, int day, int hour, int minute, int second, int micro)
{
    struct tm tm = {.tm_year = year - 1900,
                    .tm_mon = month - 1,
                    .tm_mday = day,
                    .tm_hour = hour,
                    .tm_min = minute,
                    .tm_sec = second};
    return (int64_t)timegm(&tm) * 1000000 + micro;
}

static void reads(const char *text, enum time_format format, int64_t us, bool has_offset)
{
    struct time_text t = {0};
    if (!time_parse(str_of(text), format, &t))
        fail_msg("\"%s\" was refused", text);
    if (t.us != us || t.has_offset != has_offset)
        fail_msg("\"%s\" was read as %lld, not %lld", text, (long long)t.us, (long long)us);
}

static void civil_forms(void **state)
{
    (void)state;
    int64_t day = at(2019, 6, 1, 0, 0, 0, 0), minute = at(2019, 6, 1, 9, 5, 0, 0),
            second = at(2019, 6, 1, 9, 5, 7, 0);
    static const enum time_format formats[] = {TIME_AUTO, TIME_CIVIL};
    for (size_t i = 0; i < 2; i++) {
        enum time_format f = formats[i];
        reads("2019-06-01", f, day, false);
        reads("2019/06/01", f, day, false);
        reads("2019.06.01", f, day, false);
        reads("2019/6/1", f, day, false);
        reads("2019-06-01 09", f, at(2019, 6, 1, 9, 0, 0, 0), false);
        reads("2019-06-01 09:05", f, minute, false);
        reads("2019/6/1 9:05", f, minute, false);
        reads("2019-06-01 09:05:07", f, second, false);
        reads("2019-06-01T09:05:07", f, second, false);
        reads("2019/06/01 09:05:07", f, second, false);
        reads("2019.06.01 09:05:07", f, second, false);
        reads("2019-06-01 09:05:07.5", f, second + 500000, false);
        reads("2019-06-01 09:05:07,250", f, second + 250000, false);
        reads("2022-08-30T08:22:54.681", f, at(2022, 8, 30, 8, 22, 54, 681000), false);
        reads("2019-06-01 09:05:07.123456", f, second + 123456, false);
        reads("2019-06-01 09:05:07.123456999", f, second + 123456, false);
        reads("2019-06-01T09:05:07Z", f, second, true);
        reads("2019-06-01 09:05:07 UTC", f, second, true);
        reads("2019-06-01T09:05:07+08:00", f, at(2019, 6, 1, 1, 5, 7, 0), true);
        reads("2019-06-01T09:05:07 +0800", f, at(2019, 6, 1, 1, 5, 7, 0), true);
        reads("2019-06-01T09:05+08", f, at(2019, 6, 1, 1, 5, 0, 0), true);
        reads("2019-06-01T09:05:07.5-03:30", f, at(2019, 6, 1, 12, 35, 7, 500000), true);
    }
}

static void ends_of_time(void **state)
{
    (void)state;
    reads("0001-01-01 00:00:00", TIME_CIVIL, TIME_MIN, false);
    reads("9999-12-31 23:59:59.999999", TIME_CIVIL, TIME_MAX, false);
    reads("0001-01-01 08:00:00+08:00", TIME_CIVIL, TIME_MIN, true);
    reads("-62135596800", TIME_EPOCH_S, TIME_MIN, true);
    reads("253402300799999999", TIME_EPOCH_US, TIME_MAX, true);
}

static void epochs(void **state)
{
    (void)state;
    int64_t us = at(2019, 6, 1, 9, 5, 7, 0);
    reads("1559379907", TIME_EPOCH_S, us, true);
    reads("1559379907", TIME_AUTO, us, true);
    reads("1559379907.25", TIME_EPOCH_S, us + 250000, true);
    reads("1559379907.25", TIME_AUTO, us + 250000, true);
    reads("1559379907.1234567", TIME_EPOCH_S, us + 123456, true);
    reads("1559379907123", TIME_EPOCH_MS, us + 123000, true);
    reads("1559379907123", TIME_AUTO, us + 123000, true);
    reads("1559379907123.5", TIME_EPOCH_MS, us + 123500, true);
    reads("1559379907123456", TIME_EPOCH_US, us + 123456, true);
    reads("1559379907123456", TIME_AUTO, us + 123456, true);
    reads("0", TIME_EPOCH_S, 0, true);
    reads("-1.5", TIME_EPOCH_S, -1500000, true);
    reads("-0.0000001", TIME_EPOCH_S, -1, true); /* cut off downwards, never forwards */
}

static void compact_forms(void **state)
{
    (void)state;
    reads("20190601", TIME_COMPACT, at(2019, 6, 1, 0, 0, 0, 0), false);
    reads("20190601", TIME_AUTO, at(2019, 6, 1, 0, 0, 0, 0), false);
    reads("20190601090507", TIME_COMPACT, at(2019, 6, 1, 9, 5, 7, 0), false);
    reads("20190601090507", TIME_AUTO, at(2019, 6, 1, 9, 5, 7, 0), false);
}

static void refuses(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        " ",
        "yesterday",
        "2019",
        "2019-06",
        "2019-06-",
        "2019-06-01 ",
        " 2019-06-01",
        "2019-06/01",
        "19-06-01",
        "06/01/2019",
        "01.06.2019",
        "2019-00-01",
        "2019-13-01",
        "2019-02-29",
        "2019-06-31",
        "2019-06-00",
        "2019-06-011",
        "0000-01-01",
        "10000-01-01",
        "2019-06-01x",
        "2019-06-01Z",
        "2019-06-01 24:00:00",
        "2019-06-01 23:60:00",
        "2019-06-01 23:59:60",
        "2019-06-01 9:5:7",
        "2019-06-01 09:05:",
        "2019-06-01 09:05:7",
        "2019-06-01 09:05:07.",
        "2019-06-01 09:05:07x",
        "2019-06-01 09:05:0\xFF",
        "2019-06-01_09:05:07",
        "2019-06-01 09-05-07",
        "2019-06-01 09:05:07+",
        "2019-06-01 09:05:07+8",
        "2019-06-01 09:05:07+08:",
        "2019-06-01 09:05:07+24:00",
        "2019-06-01 09:05:07+08:60",
        "2019-06-01 09:05:07 CST",
        "2019-06-01  09:05:07",
        "0001-01-01 00:00:00+00:01",
        "9999-12-31 23:59:59-00:01",
        "20190631",
        "20190601246060",
        "2019060109",
        "1",
        "12345678",
        "155937990712345678",
        "99999999999999999999",
        "1559379907.",
        "1559379907.2.5",
        "+1559379907",
        "1.5e9",
        "/019-06-01 09:05:07",
        ":019-06-01 09:05:07",
        "2019-06-01 0::05:07",
        "2019-06-01\t09:05:07",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct time_text t;
        struct str s = str_of(texts[i]);
        bool ten_digits = strcmp(texts[i], "2019060109") == 0; /* no compact date; as seconds it is 2033 */
        if (time_parse(s, TIME_CIVIL, &t) || time_parse(s, TIME_COMPACT, &t) ||
            (!ten_digits && time_parse(s, TIME_AUTO, &t)))
            fail_msg("\"%s\" was taken for %lld", texts[i], (long long)t.us);
    }
    struct time_text t;
    assert_false(time_parse((struct str){"2019-06-01\0"
                                         "09:05:07",
                                         19},
                            TIME_AUTO, &t));
    assert_false(time_parse(STR("253402300800"), TIME_EPOCH_S, &t)); /* year 10000 */
    assert_false(time_parse(STR("1.5"), TIME_EPOCH_US, &t));
    assert_false(time_parse(STR("-"), TIME_EPOCH_S, &t));
    assert_false(time_parse((struct str){NULL, 0}, TIME_AUTO, &t));
}

/* The 19-byte path and the general one must agree: a blank and a fraction of zero lead to the other path.
 * Each byte in turn becomes every other byte; only digits and separators may pass, and then mean what the
 * general path says. */
static void fast_path_agrees(void **state)
{
    (void)state;
    for (size_t i = 0; i < 19; i++) {
        for (int byte = 0; byte < 256; byte++) {
            char text[22] = "2019-11-12 10:11:12.0";
            text[i] = (char)byte;
            struct time_text fast = {0}, slow = {0};
            bool fast_ok = time_parse((struct str){text, 19}, TIME_CIVIL, &fast);
            bool slow_ok = time_parse((struct str){text, 21}, TIME_CIVIL, &slow);
            /* "2019-11-12 10:11:1Z" is a time in one of the two layouts only, and so on: compare real 19-byte
             * times. */
            if (fast_ok && !fast.has_offset && !slow_ok)
                fail_msg("byte %zu = %d passes the fast path alone", i, byte);
            if (slow_ok && !slow.has_offset && (!fast_ok || fast.us != slow.us))
                fail_msg("byte %zu = %d is read in two ways", i, byte);
        }
    }
}

static void random_times(void **state)
{
    (void)state;
    struct rand r;
    rand_seed(&r, 8);
    for (int i = 0; i < 100000; i++) {
        time_t s = (time_t)(TIME_MIN / US_PER_S) + (time_t)(rand_u64(&r) % 315537897600U);
        struct tm tm;
        gmtime_r(&s, &tm);
        char text[64];
        snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1,
                 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
        reads(text, TIME_CIVIL, (int64_t)s * US_PER_S, false);
    }
}

static void guesses(void **state)
{
    (void)state;
    const struct str civil[] = {STR("2019-06-01"), STR(""), STR("2019/06/01 09:05")};
    assert_int_equal(time_guess(civil, 3), TIME_CIVIL);
    const struct str seconds[] = {STR("1559379907"), STR("1559379907.5")};
    assert_int_equal(time_guess(seconds, 2), TIME_EPOCH_S);
    const struct str millis[] = {STR("1559379907123"), {NULL, 0}};
    assert_int_equal(time_guess(millis, 2), TIME_EPOCH_MS);
    const struct str micros[] = {STR("1559379907123456")};
    assert_int_equal(time_guess(micros, 1), TIME_EPOCH_US);
    const struct str compact[] = {STR("20190601"), STR("20190601090507")};
    assert_int_equal(time_guess(compact, 2), TIME_COMPACT);
    const struct str mixed[] = {STR("20190601"), STR("2019-06-01")};
    assert_int_equal(time_guess(mixed, 2), TIME_AUTO);
    const struct str words[] = {STR("2019-06-01"), STR("login")};
    assert_int_equal(time_guess(words, 2), TIME_AUTO);
    assert_int_equal(time_guess(NULL, 0), TIME_AUTO);
    const struct str blank[] = {STR("")};
    assert_int_equal(time_guess(blank, 1), TIME_AUTO);
}

static void names(void **state)
{
    (void)state;
    static const char *const want[] = {"auto", "civil", "s", "ms", "us", "compact"};
    for (int f = TIME_AUTO; f <= TIME_COMPACT; f++) {
        enum time_format back;
        assert_string_equal(time_format_name((enum time_format)f), want[f]);
        assert_true(time_format_named(str_of(want[f]), &back));
        assert_int_equal(back, f);
    }
    enum time_format f;
    assert_true(time_format_named(STR("CIVIL"), &f));
    assert_false(time_format_named(STR("minutes"), &f));
    assert_false(time_format_named(STR(""), &f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(civil_forms),   cmocka_unit_test(ends_of_time), cmocka_unit_test(epochs),
        cmocka_unit_test(compact_forms), cmocka_unit_test(refuses),      cmocka_unit_test(fast_path_agrees),
        cmocka_unit_test(random_times),  cmocka_unit_test(guesses),      cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
