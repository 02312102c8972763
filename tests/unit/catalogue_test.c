/* catalogue_test.c - tables of tags and lines of saved conditions: what is read, written and refused. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/nls.h"
#include "base/os.h"
#include "expr_world.h"
#include "model/catalogue.h"
#include "model/segment.h"

#define HEAD "id,category,name_zh,name_en,condition\n"

/* ---- tags ---- */

static void test_builtin(void **state)
{
    (void)state;
    const struct catalogue *c = catalogue_builtin();
    assert_int_equal(c->n, 54);
    const struct tag *t = catalogue_find(c, STR("occ_student"));
    assert_non_null(t);
    assert_true(str_eq(t->condition, STR("occupation ~ \"^(学生|student)$\"")));
    assert_true(str_eq(t->category, STR("occupation")));
    t = catalogue_find(c, STR("aum_under_1k"));
    assert_true(str_eq(t->name_en, STR("under 1,000 yuan"))); /* a comma inside quotes */
    assert_true(str_eq(catalogue_find(c, STR("star_7"))->name_zh, STR("七星级")));
    assert_null(catalogue_find(c, STR("star_8")));
    size_t kinds[4] = {0};
    static const char *const names[] = {"age", "occupation", "assets", "star"};
    for (size_t i = 0; i < c->n; i++)
        for (int k = 0; k < 4; k++)
            kinds[k] += str_eq(c->tag[i].category, str_of(names[k]));
    assert_int_equal(kinds[0] + kinds[1] + kinds[2] + kinds[3], 54);
}

static void test_names(void **state)
{
    (void)state;
    struct err err = {0};
    struct catalogue *c = catalogue_parse(
        STR("\xEF\xBB\xBF" HEAD "a,k,甲,first,age > 1\r\n\n# a remark\nb,k,乙,,age > 2\nc,k,,,age > 3"),
        "x.csv", &err);
    assert_non_null(c);
    assert_int_equal(c->n, 3);
    assert_true(str_eq(catalogue_name(&c->tag[0]), STR("first")));
    assert_true(str_eq(catalogue_name(&c->tag[1]), STR("乙")));
    assert_true(str_eq(catalogue_name(&c->tag[2]), STR("c")));
    assert_int_equal(c->tag[2].line, 6);
    catalogue_free(c);
}

static void refused(const char *text, const char *line, const char *why)
{
    struct err err = {0};
    assert_null(catalogue_parse(str_of(text), "my tags.csv", &err));
    assert_int_equal(err.code, ERR_INPUT);
    if (!strstr(err.text, line) || !strstr(err.text, why) || !strstr(err.text, "my tags.csv"))
        fail_msg("%s: %s", text, err.text);
}

static void test_refused(void **state)
{
    (void)state;
    refused("", "line 0", "no tag");
    refused(HEAD, "line 1", "no tag");
    refused("id,name,condition\n", "line 1", "5 fields");
    refused("id,category,zh,en,condition\n", "line 1", "header");
    refused(HEAD "a,k,x,y\n", "line 2", "5 fields");
    refused(HEAD "a,k,x,y,age > 1,more\n", "line 2", "5 fields");
    refused(HEAD "a,k,x,y,age > 1\na,k,x,y,age > 2\n", "line 3", "earlier line");
    refused(HEAD "\n\na b,k,x,y,age > 1\n", "line 4", "letters, digits");
    refused(HEAD "a,,x,y,age > 1\n", "line 2", "cannot be empty");
    refused(HEAD "a,k,x,y,\n", "line 2", "cannot be empty");
    refused(HEAD "a,k,x,y,\"age > 1\n", "line 2", "quote does not close");
    refused(HEAD "a,k,x,y,\"age\" > 1\n", "line 2", "quote does not close");
    refused(HEAD "a,k,\xFF,y,age > 1\n", "line 2", "UTF-8");
}

static void test_check(void **state)
{
    (void)state;
    struct err err = {0};
    struct catalogue *c = catalogue_parse(
        STR(HEAD "a,k,x,y,age > 1\n\nb,k,x,y,\"occupation in (\"\"学生\"\")\"\nc,k,x,y,agee > 3\n"), "t.csv",
        &err);
    assert_non_null(c);
    assert_false(catalogue_check(c, "t.csv", &world_vocabulary, &err));
    assert_non_null(strstr(err.text, "t.csv line 5: tag c: column 1"));
    assert_non_null(strstr(err.text, "did you mean age?"));
    c->n = 2;
    assert_true(catalogue_check(c, "t.csv", &world_vocabulary, &err));
    catalogue_free(c);
}

/* Thousands of tags, and any number of categories. */
static void test_many(void **state)
{
    (void)state;
    struct buf text = {0};
    struct err err = {0};
    buf_puts(&text, HEAD);
    for (int i = 0; i < 5000; i++)
        buf_printf(&text, "t%d,category %d,,,age = %d\n", i, i % 300, i);
    struct catalogue *c = catalogue_parse(buf_view(&text), "big.csv", &err);
    assert_non_null(c);
    assert_int_equal(c->n, 5000);
    catalogue_free(c);
    buf_done(&text);
}

/* ---- saved conditions ---- */

static void test_lines(void **state)
{
    (void)state;
    static const char text[] = "high intent\tage in 23..25 and star >= 5\t2026-11-21T20:00:00Z\t"
                               "812@2026-11-21T20:00:00Z 790@2026-11-22T06:30:00Z\n"
                               "名单\t`segment.名单` = true\t1999-12-31T23:59:59Z\t\n";
    struct segments s;
    struct err err = {0};
    struct buf out = {0};
    assert_true(segments_read(&s, str_of(text), "f", &err));
    assert_int_equal(s.n, 2);
    const struct segment *one = segments_find(&s, STR("high intent"));
    assert_non_null(one);
    assert_int_equal(one->sizes, 2);
    assert_int_equal(one->size[1].users, 790);
    assert_true(one->size[1].at == INT64_C(1795329000000000));
    segments_put(&out, &s);
    assert_string_equal(out.p, text);
    buf_done(&out);
    segments_done(&s);
    assert_true(segments_read(&s, STR("# by hand\r\nshort\tage > 5\r\n"), "f", &err));
    assert_int_equal(s.n, 1);
    assert_true(str_eq(s.at[0].condition, STR("age > 5")));
    segments_done(&s);
}

static void test_bad_lines(void **state)
{
    (void)state;
    static const char *const bad[] = {"name\n",
                                      "\tage > 5\n",
                                      "name\t\n",
                                      "a\tb\tyesterday\t\n",
                                      "a\tb\t2026-11-21T20:00:00Z\t5\n",
                                      "a\tb\t2026-11-21T20:00:00\t\n",
                                      "a\tb\t\tx@2026-11-21T20:00:00Z\n",
                                      "\xFF\tage > 5\n"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct segments s;
        struct err err = {0};
        char text[200];
        snprintf(text, sizeof(text), "ok\tage > 1\n%s", bad[i]);
        if (segments_read(&s, str_of(text), "mine.txt", &err))
            fail_msg("read: %s", bad[i]);
        assert_non_null(strstr(err.text, "mine.txt line 2"));
        segments_done(&s);
    }
    struct segments s;
    struct err err = {0};
    assert_false(segments_read(&s, STR("a\tx\na\ty\n"), "f", &err));
    assert_non_null(strstr(err.text, "earlier line"));
    segments_done(&s);
}

static void test_changes(void **state)
{
    (void)state;
    struct segments s = {0};
    struct err err = {0};
    assert_true(segments_save(&s, STR("a"), STR("age > 1"), 1000000, &err));
    assert_true(segments_save(&s, STR("b"), STR("age > 2"), 2000000, &err));
    assert_true(segments_size(&s, STR("a"), 5, 1000000));
    assert_false(segments_size(&s, STR("a"), 5, 3000000)); /* the same size is no news */
    assert_true(segments_size(&s, STR("a"), 6, 3000000));
    assert_true(segments_size(&s, STR("a"), 5, 4000000));
    assert_true(segments_save(&s, STR("a"), STR("age > 3"), 5000000, &err));
    const struct segment *a = segments_find(&s, STR("a"));
    assert_int_equal(a->sizes, 3);
    assert_int_equal(a->saved, 5000000);
    assert_true(str_eq(a->condition, STR("age > 3")));
    assert_int_equal(s.n, 2);
    for (uint64_t i = 0; i < 2000; i++)
        segments_size(&s, STR("b"), i, (int64_t)i * 1000000);
    const struct segment *b = segments_find(&s, STR("b"));
    assert_int_equal(b->sizes, 1000);
    assert_int_equal(b->size[999].users, 1999);
    assert_int_equal(b->size[0].users, 1000);
    assert_true(segments_drop(&s, STR("a")));
    assert_false(segments_drop(&s, STR("a")));
    assert_non_null(segments_find(&s, STR("b")));
    static const char *const names[] = {"", " a", "a ", "a\tb", "a\nb", "#a", "\x7F"};
    for (size_t i = 0; i < 7; i++)
        assert_false(segments_save(&s, str_of(names[i]), STR("age > 1"), 0, &err));
    assert_false(segments_save(&s, STR("c"), STR("memo = \"a\tb\""), 0, &err));
    segments_done(&s);
}

static int open_world(void **state)
{
    (void)state;
    world_open();
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builtin),   cmocka_unit_test(test_names),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_check),     cmocka_unit_test(test_many),    cmocka_unit_test(test_lines),
        cmocka_unit_test(test_bad_lines), cmocka_unit_test(test_changes),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
