/* regex_test.c - patterns match what they should, hostile ones end soon and say so. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/buf.h"
#include "base/os.h"
#include "expr/regex.h"

static bool hits(const char *pattern, struct str subject)
{
    struct err err = {0};
    bool hit = false;
    struct regex *r = regex_new(str_of(pattern), &err);
    if (!r)
        fail_msg("%s: %s", pattern, err.text);
    if (!regex_match(r, subject, 0, &hit, &err))
        fail_msg("%s: %s", pattern, err.text);
    regex_free(r);
    return hit;
}

static void test_matches(void **state)
{
    (void)state;
    assert_true(hits("und_", STR("fund_buy")));
    assert_false(hits("^und_", STR("fund_buy")));
    assert_true(hits("^fund_", STR("fund_buy")));
    assert_true(hits("buy$", STR("fund_buy")));
    assert_true(hits("退款|refund", STR("已退款。")));
    assert_true(hits("^.{2}$", STR("学生"))); /* a point is a character, not a byte */
    assert_true(hits("(?i)é", STR("É")));
    assert_true(hits("", STR("")));
    assert_true(hits("^$", STR("")));
    assert_true(hits("^$", (struct str){NULL, 0}));
    assert_false(hits("a", STR("")));
    assert_true(hits("a\\x00b", STR("a\0b")));
    assert_true(hits("(?<=ab)c", STR("abc")));
}

/* Slices of start offsets must not cut a match, a look-behind or a character. */
static void test_long_subjects(void **state)
{
    (void)state;
    char text[REGEX_SUBJECT_MAX + 1];
    for (size_t at = 0; at < REGEX_SUBJECT_MAX - 3; at += 7) {
        memset(text, '.', REGEX_SUBJECT_MAX);
        memcpy(text + at, "abc", 3);
        struct str s = {text, REGEX_SUBJECT_MAX};
        assert_true(hits("abc", s));
        assert_true(hits("(?<=b)c", s));
        assert_false(hits("abcabc", s));
        assert_true(hits("^a", s) == (at == 0));
    }
    for (size_t i = 0; i < REGEX_SUBJECT_MAX / 3; i++)
        memcpy(text + 3 * i, "学", 3);
    assert_true(hits("(学){1300}", (struct str){text, 3 * (REGEX_SUBJECT_MAX / 3)}));
    assert_true(hits("学$", (struct str){text, 3 * (REGEX_SUBJECT_MAX / 3)}));
    assert_false(hits("生", (struct str){text, 3 * (REGEX_SUBJECT_MAX / 3)}));
    memset(text, 'a', REGEX_SUBJECT_MAX);
    for (size_t n = 250; n < 520;
         n++) /* an empty match behind the last byte, on and beside a slice's border */
        assert_true(hits("(?<=a)(?!a)", (struct str){text, n}));
}

static void test_bytes_that_are_no_text(void **state)
{
    (void)state;
    assert_true(hits("b", STR("\xFF\xFE"
                              "b")));
    assert_false(hits("x", STR("\xE5\xAD")));
    char text[1024];
    memset(text, 0x80, sizeof(text));
    assert_false(hits("x", (struct str){text, sizeof(text)}));
    memcpy(text + 600, "x", 1);
    assert_true(hits("x", (struct str){text, sizeof(text)}));
}

static void refused(struct str pattern, int column)
{
    struct err err = {0};
    assert_null(regex_new(pattern, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_true(err.text[0] != '\0');
    if (column)
        assert_int_equal(err.column, column);
}

static void test_refused_patterns(void **state)
{
    (void)state;
    struct buf b = {0};
    refused(STR("("), 0);
    refused(STR("a)"), 2);
    refused(STR("学)"), 2);
    refused(STR("\\C"), 0);
    refused(STR("(*UCP)a"), 0);
    refused(STR("\xFF"), 0);
    refused(STR("[z-a]"), 0);
    refused(STR("(?<=a+)b"), 0); /* look-behind without a bound */
    refused(STR("(((a{1,1000}){1,1000}){1,1000}){1,1000}"), 0);
    for (int i = 0; i <= REGEX_PATTERN_MAX; i++)
        buf_putc(&b, 'a');
    refused(buf_view(&b), 1);
    b.n--;
    struct err err = {0};
    struct regex *r = regex_new(buf_view(&b), &err);
    assert_non_null(r);
    regex_free(r);
    buf_clear(&b);
    for (int i = 0; i < 51; i++)
        buf_putc(&b, '(');
    for (int i = 0; i < 51; i++)
        buf_putc(&b, ')');
    refused(buf_view(&b), 0);
    buf_done(&b);
}

static void test_long_subject_is_refused(void **state)
{
    (void)state;
    char text[REGEX_SUBJECT_MAX + 1];
    struct err err = {0};
    bool hit;
    memset(text, 'a', sizeof(text));
    struct regex *r = regex_new(STR("a"), &err);
    assert_true(regex_match(r, (struct str){text, REGEX_SUBJECT_MAX}, 0, &hit, &err));
    assert_false(regex_match(r, (struct str){text, REGEX_SUBJECT_MAX + 1}, 0, &hit, &err));
    assert_int_equal(err.code, ERR_INPUT);
    regex_free(r);
}

/* Of this process alone, so that a busy machine fails no test. */
static int64_t cpu_us(void)
{
    return (int64_t)clock() * 1000000 / CLOCKS_PER_SEC;
}

/* Peak memory of this process; sanitizers have their own ideas about it. */
static long peak_kib(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return use.ru_maxrss;
}

/* One line of evil.txt. True: it met a limit. */
static bool try_evil(struct str pattern, struct str piece, struct str end)
{
    struct buf text = {0};
    struct err err = {0};
    bool hit = true;
    while (text.n < 3000)
        buf_str(&text, piece);
    buf_str(&text, end);
    struct regex *r = regex_new(pattern, &err);
    if (!r)
        fail_msg("%.*s: %s", (int)pattern.n, pattern.p, err.text);
    int64_t start = cpu_us();
    bool ok = regex_match(r, buf_view(&text), 0, &hit, &err);
    int64_t took = cpu_us() - start;
    print_message("%-56.*s %6.1f ms  %s\n", (int)pattern.n, pattern.p, (double)took / 1000,
                  ok ? "answered" : "limit");
    if (took > 2000000 || (ok ? hit : err.code != ERR_INPUT || !strstr(err.text, "pattern")))
        fail_msg("%.*s: ok %d, hit %d, %s, %lld us", (int)pattern.n, pattern.p, ok, hit, err.text,
                 (long long)took);
    regex_free(r);
    buf_done(&text);
    return !ok;
}

/* Each ends within two seconds, all of them together within 64 MiB. */
static void test_evil_patterns(void **state)
{
    (void)state;
    struct buf text = {0};
    struct err err = {0};
    char path[512];
    int patterns = 0, limits = 0;
    const char *source = getenv("top_srcdir");
    snprintf(path, sizeof(path), "%s/tests/expr/evil.txt", source ? source : ".");
    if (!os_read_file(path, 1 << 16, &text, &err))
        fail_msg("%s", err.text);
    long before = peak_kib();
    for (struct str rest = buf_view(&text); rest.p && rest.n;) {
        struct str line = str_cut(&rest, '\n');
        if (!line.n || *line.p == '#')
            continue;
        struct str pattern = str_cut(&line, '\t'), piece = str_cut(&line, '\t');
        limits += try_evil(pattern, piece, line);
        patterns++;
    }
    print_message("%d patterns, %d met a limit, %ld KiB\n", patterns, limits, peak_kib() - before);
    assert_int_equal(patterns, 100);
    assert_true(limits >= 90); /* else they are not evil */
#ifndef __SANITIZE_ADDRESS__
    assert_true(peak_kib() - before < 64 * 1024);
#endif
    buf_done(&text);
}

/* Without a deadline too: near the match limit 4096 start offsets would add up to many seconds. */
static void test_bounded_repeats(void **state)
{
    (void)state;
    char text[REGEX_SUBJECT_MAX], pattern[64];
    memset(text, 'a', sizeof(text));
    for (int width = 20; width <= 80; width += 20) {
        struct err err = {0};
        bool hit = true;
        snprintf(pattern, sizeof(pattern), "a{0,%d}a{0,%d}a{0,%d}[bc]", width, width, width);
        struct regex *r = regex_new(str_of(pattern), &err);
        assert_non_null(r);
        int64_t start = cpu_us();
        bool ok = regex_match(r, (struct str){text, sizeof(text)}, 0, &hit, &err);
        int64_t took = cpu_us() - start;
        print_message("%-56s %6.1f ms  %s\n", pattern, (double)took / 1000, ok ? "answered" : "limit");
        assert_true(took < 2000000);
        if (ok)
            assert_false(hit);
        else
            assert_int_equal(err.code, ERR_INPUT);
        regex_free(r);
    }
}

/* Bounded repeats stay below the match limit at every offset and still cost; the deadline ends them. */
static void test_deadline(void **state)
{
    (void)state;
    char text[REGEX_SUBJECT_MAX];
    struct err err = {0};
    bool hit = true;
    memset(text, 'a', sizeof(text));
    struct str s = {text, sizeof(text)};
    struct regex *r = regex_new(STR("a{0,190}a{0,190}[bc]"), &err);
    assert_non_null(r);
    int64_t start = os_monotonic_us();
    assert_false(regex_match(r, s, start + 20000, &hit, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_true(os_monotonic_us() - start < 2000000);
    assert_false(regex_match(r, STR("b"), 1, &hit, &err)); /* passed long ago */
    assert_true(regex_match(r, STR("b"), os_monotonic_us() + 60000000, &hit, &err));
    assert_true(hit);
    regex_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_long_subjects),
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_refused_patterns),
        cmocka_unit_test(test_long_subject_is_refused),
        cmocka_unit_test(test_evil_patterns),
        cmocka_unit_test(test_bounded_repeats),
        cmocka_unit_test(test_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
