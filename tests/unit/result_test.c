/* result_test.c - building a result and reading it back. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "model/result.h"

static const struct column_info columns[] = {
    {"step", "Step", VALUE_INT}, {"name", "Name", VALUE_TEXT}, {"rate", "Rate", VALUE_RATIO}};

static void test_rows(void **state)
{
    (void)state;
    struct result *r = result_new("funnel", PICTURE_STEPS);
    assert_null(rows_get(&r->rows, 0, "step"));
    result_columns(r, columns, 3);
    for (int i = 0; i < 5000; i++) { /* grows many times */
        char name[16];
        struct value *cell = result_row(r);
        for (int c = 0; c < 3; c++)
            assert_int_equal(cell[c].type, VALUE_NONE);
        snprintf(name, sizeof(name), "n%d", i);
        cell[0] = value_int(i);
        cell[1] = value_text(&r->arena, str_of(name)); /* copied: the buffer is used again */
        if (i % 2)
            cell[2] = value_who(value_ratio(i, 5000), "reached:1");
    }
    assert_int_equal(r->rows.n, 5000);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(rows_get(&r->rows, i, "step")->i, i);
    assert_true(str_eq(rows_get(&r->rows, 4321, "name")->text, STR("n4321")));
    assert_int_equal(rows_get(&r->rows, 4321, "rate")->ratio.part, 4321);
    assert_string_equal(rows_get(&r->rows, 4321, "rate")->who, "reached:1");
    assert_int_equal(rows_get(&r->rows, 4320, "rate")->type, VALUE_NONE);
    assert_null(rows_get(&r->rows, 5000, "step"));
    assert_null(rows_get(&r->rows, 0, "users"));
    result_free(r);
}

static void test_objects(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    struct result *r = result_new("user", PICTURE_SEQUENCE);
    for (int i = 0; i < 10; i++)
        object_add(&r->arena, &r->summary, names[i], value_int(i));
    object_add(&r->arena, &r->summary, "c", value_static("again"));
    assert_int_equal(r->summary.n, 10);
    assert_string_equal(r->summary.at[2].name, "c");
    assert_true(str_eq(object_get(&r->summary, "c")->text, STR("again")));
    assert_int_equal(object_get(&r->summary, "j")->i, 9);
    assert_null(object_get(&r->summary, "k"));
    assert_null(object_get(&r->more, "a"));
    result_free(r);
}

static void test_nested(void **state)
{
    (void)state;
    struct result *r = result_new("funnel", PICTURE_STEPS);
    struct rows *users = arena_new(&r->arena, struct rows);
    users->column = columns;
    users->columns = 3;
    for (int i = 0; i < 100; i++)
        rows_add(&r->arena, users)[0] = value_time(i);
    object_add(&r->arena, &r->more, "users", value_rows(users));
    const struct value *v = object_get(&r->more, "users");
    assert_int_equal(v->type, VALUE_ROWS);
    assert_int_equal(v->rows->n, 100);
    assert_int_equal(rows_get(v->rows, 99, "step")->type, VALUE_TIME);
    assert_int_equal(rows_get(v->rows, 99, "step")->i, 99);
    result_free(r);
    result_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_objects),
        cmocka_unit_test(test_nested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
