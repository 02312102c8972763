/* mask_test.c - what masks look like, and which values of a result get one. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "app/mask.h"
#include "app/mask_text.h"

static void check(enum mask_kind kind, const char *value, const char *want)
{
    struct buf got = {0};
    mask_put(&got, kind, str_of(value));
    assert_string_equal(got.p ? got.p : "", want);
    buf_done(&got);
}

/* The examples of reliability.md 4.2, and values that are not of their kind's form. */
static void masks_by_kind(void **state)
{
    (void)state;
    check(MASK_CARD, "6222021234561234", "622202******1234");
    check(MASK_CARD, "62220212", "******");
    check(MASK_ACCOUNT, "1234567890121234", "************1234");
    check(MASK_PHONE, "13812341234", "138****1234");
    check(MASK_PHONE, "1381", "****");
    check(MASK_PERSON, "110101199001013432", "110***********3432");
    check(MASK_NAME, "张三", "张*");
    check(MASK_NAME, "欧阳修", "欧阳**");
    check(MASK_NAME, "欧阳", "欧*");
    check(MASK_NAME, "John Smith", "J. S.");
    check(MASK_NAME, "42", "***");
    check(MASK_MAIL, "anna@example.com", "a***@example.com");
    check(MASK_MAIL, "no address", "***");
    check(MASK_PLACE, "上海市浦东新区世纪大道1号", "上海市浦东新***");
    check(MASK_PLACE, "北京", "***");
    check(MASK_DEVICE, "a8f3-99021-9f3c", "****9f3c");
    check(MASK_ADDRESS, "10.2.33.44", "10.2.*.*");
    check(MASK_ADDRESS, "localhost", "***");
    check(MASK_ID, "C000123817", "C****3817");
    check(MASK_ID, "85468709", "****8709");
    check(MASK_ID, "u1234", "u****34");
    check(MASK_ID, "17", "****");
    check(MASK_ID, "客户一二三四五", "****");
    check(MASK_ALL, "anything", "***");
    check(MASK_ALL, "", "***");
}

static void names_tell_the_kind(void **state)
{
    (void)state;
    assert_int_equal(mask_kind_of(STR("Mobile_No")), MASK_PHONE);
    assert_int_equal(mask_kind_of(STR("ID card")), MASK_PERSON);
    assert_int_equal(mask_kind_of(STR("手机号")), MASK_PHONE);
    assert_int_equal(mask_kind_of(STR("e-mail")), MASK_MAIL);
    assert_int_equal(mask_kind_of(STR("ip")), MASK_ADDRESS);
    assert_int_equal(mask_kind_of(STR("city")), MASK_NOTHING);
    assert_int_equal(mask_kind_of(STR("recipe")), MASK_NOTHING);
    assert_int_equal(mask_kind_of(STR("")), MASK_NOTHING);
}

static void check_inside(const char *text, const char *want)
{
    struct buf got = {0};
    assert_int_equal(mask_put_inside(&got, str_of(text)), want != NULL);
    assert_string_equal(got.n ? got.p : "", want ? want : "");
    buf_done(&got);
}

/* Published test numbers of cards keep the check digit's rule; one digit off does not. */
static void numbers_inside_text(void **state)
{
    (void)state;
    check_inside("call 13812341234, or 13998765432.", "call 138****1234, or 139****5432.");
    check_inside("card 4111111111111111 declined", "card 411111******1111 declined");
    check_inside("order 4111111111111112 of 1200 items", NULL);
    check_inside("id 11010119900101343X ok", "id 110***********343X ok");
    check_inside("12345678901", NULL); /* no telephone begins with 12 */
    check_inside("138123412345", NULL);
    check_inside("", NULL);
}

/* ---- results */

static struct result *sample(void)
{
    static const struct column_info columns[] = {
        {"user", "Customer", VALUE_TEXT}, {"properties", "Properties", VALUE_OBJECT}, {"n", "N", VALUE_INT}};
    struct result *r = result_new("user", PICTURE_LIST);
    struct object *properties = arena_new(&r->arena, struct object);
    object_add(&r->arena, properties, "mobile", value_int(13812341234));
    object_add(&r->arena, properties, "hobby", value_static("chess"));
    object_add(&r->arena, properties, "note", value_static("call 13812341234"));
    object_add(&r->arena, properties, "city", value_static("Beijing"));
    result_columns(r, columns, 3);
    struct value *cell = result_row(r);
    cell[0] = value_static("C000123817");
    cell[1] = value_object(properties);
    cell[2] = value_int(13812341234);
    object_add(&r->arena, &r->summary, "user", value_static("C000123817"));
    object_add(&r->arena, &r->parameters, "id", value_static("123817"));
    r->rule = "All events of customer C000123817; C0001238170 is another one.";
    r->command = "waymark user 123817";
    return r;
}

static void check_text(const struct value *v, const char *seen, const char *text)
{
    assert_non_null(v);
    assert_string_equal(v->shown ? v->shown : v->text.p, seen);
    if (text)
        assert_true(v->type == VALUE_TEXT && str_eq(v->text, str_of(text)));
}

static struct settings *masking(void)
{
    struct settings *s = settings_new();
    assert_true(settings_put(s, STR("mask"), STR("on"), NULL));
    assert_true(settings_put(s, STR("mask-names"), STR("income, hobby"), NULL));
    return s;
}

static void results_on_screen(void **state)
{
    (void)state;
    struct result *r = sample(), out;
    struct settings *s = masking();
    struct arena a = {0};
    mask_result(s, r, MASK_SEEN, &a, &out);
    check_text(rows_get(&out.rows, 0, "user"), "C****3817", "C000123817"); /* so that Enter still opens it */
    const struct object *p = rows_get(&out.rows, 0, "properties")->object;
    assert_string_equal(object_get(p, "mobile")->shown, "***"); /* a number has no form */
    check_text(object_get(p, "hobby"), "***", "chess");
    check_text(object_get(p, "note"), "call 138****1234", NULL);
    check_text(object_get(p, "city"), "Beijing", "Beijing");
    assert_null(rows_get(&out.rows, 0, "n")->shown); /* a count is no telephone */
    assert_string_equal(out.rule, "All events of customer C****3817; C0001238170 is another one.");
    assert_string_equal(out.command, "waymark user ****17");
    check_text(rows_get(&r->rows, 0, "user"), "C000123817", "C000123817"); /* as it was */
    arena_done(&a);
    settings_free(s);
    result_free(r);
}

static void results_written(void **state)
{
    (void)state;
    struct result *r = sample(), out;
    struct settings *s = masking();
    struct arena a = {0};
    mask_result(s, r, MASK_WHOLE, &a, &out);
    check_text(rows_get(&out.rows, 0, "user"), "C****3817", "C****3817");
    const struct object *p = rows_get(&out.rows, 0, "properties")->object;
    check_text(object_get(p, "mobile"), "***", "***");
    check_text(object_get(p, "hobby"), "***", "***");
    check_text(object_get(&out.summary, "user"), "C****3817", "C****3817");
    check_text(object_get(&out.parameters, "id"), "****17", "****17");
    arena_done(&a);
    settings_free(s);
    result_free(r);
}

static void off_changes_nothing(void **state)
{
    (void)state;
    struct result *r = sample(), out;
    struct settings *s = settings_new();
    mask_result(s, r, MASK_WHOLE, NULL, &out);
    assert_ptr_equal(out.rows.cell, r->rows.cell);
    assert_ptr_equal(out.rule, r->rule);
    settings_free(s);
    result_free(r);
}

static void hidden_does_not_group(void **state)
{
    (void)state;
    struct settings *s = masking();
    struct query q;
    struct err err = {0};
    query_init(&q, "events");
    assert_true(mask_allows(s, &q, &err));
    query_set(&q, "by", "channel");
    assert_true(mask_allows(s, &q, &err));
    query_set(&q, "by", "user.mobile");
    assert_false(mask_allows(s, &q, &err));
    assert_int_equal(err.code, ERR_USAGE);
    query_set(&q, "by", "hobby");
    assert_false(mask_allows(s, &q, &err));
    query_done(&q);
    settings_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_by_kind),         cmocka_unit_test(names_tell_the_kind),
        cmocka_unit_test(numbers_inside_text),   cmocka_unit_test(results_on_screen),
        cmocka_unit_test(results_written),       cmocka_unit_test(off_changes_nothing),
        cmocka_unit_test(hidden_does_not_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
