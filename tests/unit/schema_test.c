/* schema_test.c - what columns and notes mean, on a snapshot that is a few tables in this file; libstore is
 * not linked. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/nls.h"
#include "model/schema.h"

/* ---- the snapshot */

struct snapshot {
    const char *tz, *names, *failure;
    bool damaged;
};

#define NAME(s) .name = {s, sizeof(s) - 1}
static const struct column_def columns[] = {
    {.id = COL_TIME, .table = TABLE_EVENTS, .type = COLUMN_TIME, NAME("page_tm")},
    {.id = COL_EVENT, .table = TABLE_EVENTS, .type = COLUMN_CODE, NAME("page_no")},
    {.id = 16, .table = TABLE_EVENTS, .type = COLUMN_CODE, NAME("channel")},
    {.id = 17, .table = TABLE_EVENTS, .type = COLUMN_NUMBER, NAME("amount")},
    {.id = 18, .table = TABLE_USERS, .type = COLUMN_BOOL, NAME("holds_loan")},
    {.id = 19, .table = TABLE_USERS, .type = COLUMN_TIME, NAME("registered")},
};
static const char *const events[] = {"home", "login", "fund_buy"};
#define COLUMNS (sizeof(columns) / sizeof(*columns))

size_t snapshot_columns(const struct snapshot *s, const struct column_def **out)
{
    (void)s;
    *out = columns;
    return COLUMNS;
}

const struct column_def *snapshot_column(const struct snapshot *s, enum table t, struct str name)
{
    (void)s;
    for (size_t i = 0; i < COLUMNS; i++)
        if (columns[i].table == t && str_eq(columns[i].name, name))
            return &columns[i];
    return NULL;
}

struct str snapshot_note(const struct snapshot *s, const char *key)
{
    const char *text = strcmp(key, NOTE_TZ) == 0      ? s->tz
                       : strcmp(key, NOTE_NAMES) == 0 ? s->names
                                                      : s->failure;
    return text ? str_of(text) : (struct str){NULL, 0};
}

uint32_t dict_count(const struct snapshot *s, uint16_t column)
{
    (void)s;
    return column == COL_EVENT ? 3 : 0;
}

bool dict_get(const struct snapshot *s, uint16_t column, uint32_t code, struct str *out, struct err *err)
{
    (void)column;
    if (s->damaged)
        return err_set(err, ERR_DAMAGED, "damaged");
    *out = str_of(events[code]);
    return true;
}

bool dict_find(const struct snapshot *s, uint16_t column, struct str text, uint32_t *code, struct err *err)
{
    (void)column;
    if (s->damaged)
        return err_set(err, ERR_DAMAGED, "damaged");
    *code = UINT32_MAX;
    for (uint32_t i = 0; i < 3; i++)
        if (str_eq(str_of(events[i]), text))
            *code = i;
    return true;
}

static struct schema *open_schema(const struct snapshot *s, const char *tz)
{
    struct err err = {0};
    struct schema *m = schema_new(s, tz, &err);
    if (!m)
        fail_msg("%s", err.text);
    return m;
}

/* ---- vocabulary */

static struct expr *parse(struct arena *a, const struct schema *m, const char *text, enum expr_kind kind,
                          struct err *err)
{
    return expr_parse(a, str_of(text), kind, schema_vocabulary(m), err);
}

static void test_vocabulary(void **state)
{
    (void)state;
    struct snapshot s = {.tz = "Asia/Shanghai"};
    struct arena a = {0};
    struct err err = {0};
    struct schema *m = open_schema(&s, NULL);
    struct expr *e = parse(&a, m, "amount > 5", EXPR_EVENT_COND, &err);
    assert_non_null(e);
    assert_int_equal(e->field.id, 17);
    assert_int_equal(e->field.type, EXPR_NUMBER);
    e = parse(&a, m, "user.holds_loan = true", EXPR_EVENT_COND, &err);
    assert_non_null(e);
    assert_int_equal(e->field.id, 18);
    assert_true(e->field.of_user && e->field.qualified);
    e = parse(&a, m, "registered >= 2017-01-01", EXPR_USER_COND, &err);
    assert_non_null(e);
    assert_true(e->literal->time ==
                INT64_C(1483200000000000)); /* 2016-12-31T16:00:00Z: midnight in Shanghai */
    assert_non_null(parse(&a, m, "fund_buy", EXPR_EVENT_COND, &err));
    assert_null(
        parse(&a, m, "page_no = \"home\"", EXPR_EVENT_COND, &err)); /* the event column is called event */
    assert_null(parse(&a, m, "fund_by", EXPR_EVENT_COND, &err));
    assert_non_null(strstr(err.text, "did you mean fund_buy?"));
    assert_null(parse(&a, m, "chanel = \"x\"", EXPR_EVENT_COND, &err));
    assert_non_null(strstr(err.text, "did you mean channel?"));
    assert_null(parse(&a, m, "holds_lone = true", EXPR_USER_COND, &err));
    assert_non_null(strstr(err.text, "did you mean holds_loan?"));
    assert_null(parse(&a, m, "[pages]", EXPR_EVENT_COND, &err));
    schema_free(m);
    arena_done(&a);
}

/* A dictionary that cannot be read must not turn into "there is no such event". */
static void test_damage_is_no_unknown_name(void **state)
{
    (void)state;
    struct snapshot s = {.tz = "UTC", .damaged = true};
    struct arena a = {0};
    struct err err = {0};
    struct schema *m = open_schema(&s, NULL);
    assert_non_null(parse(&a, m, "home", EXPR_EVENT_COND, &err));
    assert_null(parse(&a, m, "nothing = 1", EXPR_EVENT_COND, &err)); /* suggestions survive it too */
    schema_free(m);
    arena_done(&a);
}

static void test_zone(void **state)
{
    (void)state;
    struct snapshot s = {.tz = "Asia/Shanghai"};
    struct err err = {0};
    struct schema *m = open_schema(&s, NULL);
    assert_string_equal(zone_name(schema_zone(m)), "Asia/Shanghai");
    schema_free(m);
    m = open_schema(&s, "UTC");
    assert_int_equal(zone_offset(schema_zone(m), 0), 0);
    schema_free(m);
    assert_null(schema_new(&s, "No/Such_Zone", &err));
    assert_true(err.text[0] != '\0');
    schema_free(NULL);
}

/* ---- names of events */

static void name_is(const struct schema *m, const char *event, const char *wanted)
{
    struct str s = schema_event_name(m, str_of(event));
    if (!str_eq(s, str_of(wanted)))
        fail_msg("%s: %.*s, not %s", event, (int)s.n, s.p, wanted);
}

static void test_event_names(void **state)
{
    (void)state;
    struct snapshot s = {.tz = "UTC",
                         .names = "home\t首页\tHome page\nlogin\t登录\nfund_buy\t旧\tOld\n\nbroken\n"
                                  "fund_buy\t购买基金\tBuy a fund\r\n\t无\tnone\npay\t\tPay"};
    struct schema *m = open_schema(&s, NULL);
    nls_init("zh_CN");
    assert_string_equal(nls_lang(), "zh_CN");
    name_is(m, "home", "首页");
    name_is(m, "login", "登录");
    name_is(m, "fund_buy", "购买基金");
    name_is(m, "pay", "pay");
    name_is(m, "broken", "broken");
    nls_init("en");
    name_is(m, "home", "Home page");
    name_is(m, "login", "login");
    name_is(m, "fund_buy", "Buy a fund");
    name_is(m, "pay", "Pay");
    name_is(m, "other", "other");
    schema_free(m);
}

/* ---- failures */

static bool failed(const struct schema *m, const char *property, const char *value)
{
    return schema_is_failure(m, str_of(property), str_of(value));
}

static void test_guessed_failures(void **state)
{
    (void)state;
    struct snapshot s = {.tz = "UTC"};
    struct schema *m = open_schema(&s, NULL);
    static const char *const yes[][2] = {
        {"result", "fail"},     {"result", "FAILED"},  {"Status", "timeout"},   {"pay_result", "失败"},
        {"payResult", "error"}, {"success", "false"},  {"is_success", "0"},     {"login.status", "rejected"},
        {"结果", "失败"},       {"交易结果", "超时"},  {"error_code", "E1042"}, {"error_code", "7"},
        {"errCode", "-1"},      {"error", "no route"}, {"是否成功", "否"},      {"error_code", "000001"}};
    static const char *const no[][2] = {
        {"result", "ok"},         {"result", ""},         {"channel", "fail"},  {"consult", "fail"},
        {"success", "true"},      {"success", "1"},       {"error_code", ""},   {"error_code", "0"},
        {"error_code", "000000"}, {"error_code", "none"}, {"error_code", "OK"}, {"result", "failover done"},
        {"amount", "0"},          {"book", "0"},          {"memo", "失败"},     {"", "fail"}};
    for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
        if (!failed(m, yes[i][0], yes[i][1]))
            fail_msg("%s=%s is no failure", yes[i][0], yes[i][1]);
    for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
        if (failed(m, no[i][0], no[i][1]))
            fail_msg("%s=%s is a failure", no[i][0], no[i][1]);
    schema_free(m);
}

static void test_noted_failures(void **state)
{
    (void)state;
    struct snapshot s = {.tz = "UTC", .failure = "result=F, X\r\ncode=\n"};
    struct schema *m = open_schema(&s, NULL);
    assert_true(failed(m, "result", "F"));
    assert_true(failed(m, "result", "X"));
    assert_false(failed(m, "result", "fail")); /* the note alone counts */
    assert_true(failed(m, "code", "17"));
    assert_false(failed(m, "code", ""));
    assert_false(failed(m, "error_code", "17"));
    schema_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vocabulary),
        cmocka_unit_test(test_damage_is_no_unknown_name),
        cmocka_unit_test(test_zone),
        cmocka_unit_test(test_event_names),
        cmocka_unit_test(test_guessed_failures),
        cmocka_unit_test(test_noted_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
