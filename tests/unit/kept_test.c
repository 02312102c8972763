/* kept_test.c - questions kept from one start to the next: what is written comes back, stores keep apart, no
 * customer is named. */
#include "config.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "app/kept.h"
#include "base/os.h"

static char folder[] = "/tmp/waymark-kept-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) && setenv("XDG_STATE_HOME", folder, 1) == 0 ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static int drop_folder(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void add(struct kept_file *f, const char *name, const char *text, int64_t customers)
{
    kept_add(f, &(struct kept_line){.name = (char *)(uintptr_t)name,
                                    .text = (char *)(uintptr_t)text,
                                    .time_us = 1795304558554286,
                                    .customers = customers,
                                    .root = 4});
}

static void test_round_trip(void **state)
{
    (void)state;
    static const char odd[] = "a\tb\\n\nc \\t 漏斗";
    struct kept_file mine = {0}, other = {0}, back;
    struct err err = {0};
    add(&mine, "Funnel", "waymark funnel --step 'a\tb'", 48210);
    add(&mine, odd, odd, -1);
    add(&other, "Sankey", "waymark paths", 7);
    assert_true(kept_save(&mine, "session", "/one\tstore", &err));
    assert_true(kept_save(&other, "session", "/two", &err));
    assert_true(kept_load(&back, "session", "/one\tstore", &err)); /* still there */
    assert_int_equal(back.lines.n, 2);
    assert_string_equal(back.lines.at[0].text, "waymark funnel --step 'a\tb'");
    assert_int_equal(back.lines.at[0].customers, 48210);
    assert_int_equal(back.lines.at[0].root, 4);
    assert_true(back.lines.at[0].time_us == 1795304558554286);
    assert_string_equal(back.lines.at[1].name, odd);
    assert_string_equal(back.lines.at[1].text, odd);
    kept_done(&back);
    kept_done(&mine);
    assert_true(kept_save(&mine, "session", "/one\tstore", &err)); /* nothing any more */
    assert_true(kept_load(&back, "session", "/two", &err));
    assert_int_equal(back.lines.n, 1);
    kept_done(&back);
    assert_true(kept_load(&back, "session", "/one\tstore", &err));
    assert_int_equal(back.lines.n, 0);
    kept_done(&other);
}

static void test_spoilt_lines_are_passed_over(void **state)
{
    (void)state;
    char path[96];
    struct kept_file f;
    struct err err = {0};
    snprintf(path, sizeof path, "%s/waymark/recent", folder);
    assert_true(os_replace_file(path,
                                STR("\n/s\n/s\t1\n/s\t1\t4\t5\tx\n/s\tone\t4\t5\tx\ty\n/s\t1\t44\t5\tx\ty\n"
                                    "/s\t1\t4\t5\tFunnel\twaymark funnel\n"),
                                &err));
    assert_true(kept_load(&f, "recent", "/s", &err));
    assert_int_equal(f.lines.n, 1);
    assert_string_equal(f.lines.at[0].name, "Funnel");
    kept_done(&f);
    assert_true(kept_load(&f, "never-written", "/s", &err));
    assert_int_equal(f.lines.n, 0);
}

static void test_remember(void **state)
{
    (void)state;
    struct kept_file f = {0};
    static const char *const asked[] = {"a", "b", "a", "c", "d"};
    for (size_t i = 0; i < 5; i++)
        kept_remember(&f, &(struct kept_line){.name = "x", .text = (char *)(uintptr_t)asked[i]}, 3);
    assert_int_equal(f.lines.n, 3);
    assert_string_equal(f.lines.at[0].text, "d");
    assert_string_equal(f.lines.at[1].text, "c");
    assert_string_equal(f.lines.at[2].text, "a"); /* once, and b has gone */
    kept_remove(&f, 1);
    assert_string_equal(f.lines.at[1].text, "a");
    kept_done(&f);
}

static bool may_keep(const char *analysis, const char *name, const char *value)
{
    struct query q;
    query_init(&q, analysis);
    query_add(&q, name, value);
    bool may = kept_may_keep(&q);
    query_done(&q);
    return may;
}

static void test_no_customer_is_named(void **state)
{
    (void)state;
    assert_true(may_keep("funnel", "step", "home"));
    assert_true(may_keep("funnel", "users", "lost:1")); /* a number of the funnel, whoever that is */
    assert_false(may_keep("user", "id", "C000017"));
    assert_false(may_keep("no-such-analysis", "id", "C000017"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_spoilt_lines_are_passed_over),
        cmocka_unit_test(test_remember),
        cmocka_unit_test(test_no_customer_is_named),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
