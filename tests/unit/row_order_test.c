/* row_order_test.c - the order of rows against a naive one, and looking for rows by text and time. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tui/osc52.h"
#include "tui/progress_line.h"
#include "tui/question.h"
#include "tui/row_order.h"
#include "tui/row_search.h"

static const struct column_info columns[] = {
    {"name", "Name", VALUE_TEXT}, {"users", "Users", VALUE_INT},  {"rate", "Rate", VALUE_RATIO},
    {"time", "Time", VALUE_TIME}, {"list", "List", VALUE_OBJECT},
};

static void add(struct result *r, const char *name, int64_t users, int64_t part, int64_t whole)
{
    static struct object empty;
    struct value *cell = result_row(r);
    cell[0] = value_text(&r->arena, str_of(name));
    cell[1] = users < 0 ? value_none() : value_int(users);
    cell[2] = value_ratio(part, whole);
    cell[3] = value_time(users * 3600000000LL);
    cell[4] = value_object(&empty);
}

static struct result *sample(void)
{
    struct result *r = result_new("x", PICTURE_TABLE);
    result_columns(r, columns, 5);
    add(r, "Transfer", 7, 1, 2);
    add(r, "accounts", 100, 1, 3);
    add(r, "Home", -1, 0, 0); /* nothing known */
    add(r, "bills", 7, 2, 3);
    return r;
}

static void names_are(const struct result *r, const char *a, const char *b, const char *c, const char *d)
{
    const char *const expected[] = {a, b, c, d};
    for (size_t i = 0; i < 4; i++)
        assert_true(str_eq(rows_get(&r->rows, i, "name")->text, str_of(expected[i])));
}

static void test_order(void **state)
{
    (void)state;
    struct result *r = sample(), out;
    struct arena a = {0};
    assert_true(row_order(r, "name", false, &a, &out));
    names_are(&out, "accounts", "bills", "Home", "Transfer"); /* without regard to case */
    assert_true(row_order(r, "name", true, &a, &out));
    names_are(&out, "Transfer", "Home", "bills", "accounts");
    assert_true(row_order(r, "users", true, &a, &out));
    names_are(&out, "accounts", "Transfer", "bills", "Home"); /* equals as they came; missing last */
    assert_true(row_order(r, "users", false, &a, &out));
    names_are(&out, "Transfer", "bills", "accounts", "Home");
    assert_true(row_order(r, "rate", true, &a, &out));
    names_are(&out, "bills", "Transfer", "accounts", "Home");
    assert_false(row_order(r, "list", true, &a, &out));
    assert_false(row_order(r, "nosuch", true, &a, &out));
    names_are(r, "Transfer", "accounts", "Home", "bills"); /* the original is as it was */
    arena_done(&a);
    result_free(r);
}

/* Every pair of neighbours is in order, and no row is lost: each number once. */
static void test_random_order(void **state)
{
    (void)state;
    unsigned seed = 42;
    print_message("seed %u\n", seed);
    for (int round = 0; round < 50; round++) {
        struct result *r = result_new("x", PICTURE_TABLE), out;
        struct arena a = {0};
        bool seen[200] = {false};
        result_columns(r, columns, 5);
        for (int i = 0; i < 200; i++) {
            seed = seed * 1103515245u + 12345u;
            add(r, "x", (int64_t)(seed >> 16) % 40 - 4, i, 1);
        }
        assert_true(row_order(r, "users", round % 2, &a, &out));
        for (size_t i = 0; i < 200; i++) {
            const struct value *v = rows_get(&out.rows, i, "users"),
                               *w = i ? rows_get(&out.rows, i - 1, "users") : v;
            int64_t id = rows_get(&out.rows, i, "rate")->ratio.part;
            assert_false(seen[id]);
            seen[id] = true;
            if (v->type == VALUE_INT)
                assert_true(w->type == VALUE_INT && (round % 2 ? w->i >= v->i : w->i <= v->i));
        }
        arena_done(&a);
        result_free(r);
    }
}

static void test_search(void **state)
{
    (void)state;
    struct result *r = sample();
    struct err err = {0};
    size_t row;
    r->zone = zone_open("+08:00", &err);
    assert_true(row_search(&r->rows, 0, 1, STR("bill"), &row));
    assert_int_equal(row, 3);
    assert_true(row_search(&r->rows, 3, 1, STR("a"), &row)); /* round to the first */
    assert_int_equal(row, 0);
    assert_true(row_search(&r->rows, 0, -1, STR("acc"), &row));
    assert_int_equal(row, 1);
    assert_false(row_search(&r->rows, 0, 1, STR("nothing"), &row));
    assert_true(
        row_at_time(r, 10 * 3600000000LL, &row)); /* 10:00 there is 02:00 UTC: the first row, 07:00 UTC */
    assert_int_equal(row, 0);
    assert_true(row_at_time(r, 16 * 3600000000LL, &row));
    assert_int_equal(row, 1);
    assert_false(row_at_time(r, 1000 * 3600000000LL, &row));
    result_free(r);
}

/* Undo of a way of looking asks nothing; undo of a question does. */
static void test_versions(void **state)
{
    (void)state;
    struct question h;
    struct query q;
    bool asks;
    query_init(&q, "paths");
    question_init(&h, &q);
    query_done(&q);
    question_change_view(&h)->table = true;
    query_set(question_change(&h), "depth", "6");
    question_change_view(&h)->base = 2;
    assert_true(question_view(&h)->table && question_view(&h)->base == 2);
    assert_true(question_undo(&h, &asks) && !asks && question_view(&h)->base == 0);
    assert_true(question_undo(&h, &asks) && asks && !query_get(question_now(&h), "depth"));
    assert_true(question_view(&h)->table);
    assert_true(question_undo(&h, &asks) && !asks && !question_view(&h)->table);
    assert_false(question_undo(&h, &asks));
    assert_true(question_redo(&h, &asks) && !asks);
    assert_true(question_redo(&h, &asks) && asks);
    assert_string_equal(query_get(question_now(&h), "depth"), "6");
    question_done(&h);
}

/* The vectors of RFC 4648. */
static void test_osc52(void **state)
{
    (void)state;
    static const char *const vector[][2] = {{"", ""},
                                            {"f", "Zg=="},
                                            {"fo", "Zm8="},
                                            {"foo", "Zm9v"},
                                            {"foob", "Zm9vYg=="},
                                            {"fooba", "Zm9vYmE="},
                                            {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof vector / sizeof *vector; i++) {
        struct buf out = {0}, expected = {0};
        osc52_put(&out, str_of(vector[i][0]));
        buf_printf(&expected, "\033]52;c;%s\a", vector[i][1]);
        assert_true(str_eq(buf_view(&out), buf_view(&expected)));
        buf_done(&out);
        buf_done(&expected);
    }
}

static void line_is(uint64_t done, uint64_t total, double age_s, int w, const char *expected)
{
    struct buf out = {0};
    struct screen_progress p = {done, total, (int64_t)(age_s * 1e6)};
    progress_line_put(&out, &p, w, false);
    assert_string_equal(out.p, expected);
    buf_done(&out);
}

static void test_progress(void **state)
{
    (void)state;
    struct buf plain = {0};
    progress_line_put(&plain, &(struct screen_progress){2500, 10000, 2000000}, 56, true);
    assert_string_equal(plain.p, "25%  2.0 s  1,250/s  about 6s left");
    buf_done(&plain);
    line_is(0, 0, 0.5, 70, "0.5 s");
    line_is(25, 100, 0.5, 70, "25%  0.5 s");
    line_is(2500, 10000, 2, 56, "[###.......] 25%  2.0 s  1,250/s  about 6s left");
    line_is(0, 100, 9, 70, "0%  9.0 s"); /* nothing to reckon with */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),    cmocka_unit_test(test_random_order), cmocka_unit_test(test_search),
        cmocka_unit_test(test_versions), cmocka_unit_test(test_osc52),        cmocka_unit_test(test_progress),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
