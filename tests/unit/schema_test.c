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
    const char *tz, *names, *failure, *segments, *sets, *tags, *errors;
    bool damaged;
    int64_t last; /* event; 0: there is none */
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
    const char *text = strcmp(key, NOTE_TZ) == 0         ? s->tz
                       : strcmp(key, NOTE_NAMES) == 0    ? s->names
                       : strcmp(key, NOTE_SEGMENTS) == 0 ? s->segments
                       : strcmp(key, NOTE_SETS) == 0     ? s->sets
                       : strcmp(key, NOTE_TAGS) == 0     ? s->tags
                       : strcmp(key, NOTE_ERRORS) == 0   ? s->errors
                                                         : s->failure;
    return text ? str_of(text) : (struct str){NULL, 0};
}

size_t snapshot_parts(const struct snapshot *s, enum table t, const struct part **out)
{
    static struct block_info block[2];
    static struct part part = {.blocks = 2, .block = block};
    block[0] = (struct block_info){.max_time = s->last};
    block[1] = (struct block_info){.max_time = s->last - 5};
    *out = &part;
    return t == TABLE_EVENTS && s->last;
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

/* ---- what names stand for, and spans that end with the last event */

static void test_definitions(void **state)
{
    (void)state;
    struct snapshot s = {.tz = "UTC",
                         .segments = "big\tholds_loan = true\t2026-11-21T20:00:00Z\t5@2026-11-21T20:00:00Z\n"
                                     "two words\tsegment(big)\t2026-11-21T20:00:00Z\t\n",
                         .sets = "pages\thome or fund_buy\t\t\n",
                         .tags = "id,category,name_zh,name_en,condition\nlender,a,,,holds_loan = true\n"};
    struct arena a = {0};
    struct err err = {0};
    struct schema *m = open_schema(&s, NULL);
    struct expr *e = parse(&a, m, "segment(\"two words\") and tag.lender", EXPR_USER_COND, &err);
    assert_non_null(e);
    assert_int_equal(e->child[0]->definition->definition->field.id, 18);
    assert_non_null(parse(&a, m, "did([pages])", EXPR_USER_COND, &err));
    assert_null(parse(&a, m, "tag.lander", EXPR_USER_COND, &err));
    assert_non_null(strstr(err.text, "did you mean tag.lender?"));
    assert_null(parse(&a, m, "segment(bog)", EXPR_USER_COND, &err));
    assert_non_null(strstr(err.text, "did you mean big?"));
    assert_null(parse(&a, m, "[pagse]", EXPR_EVENT_COND, &err));
    assert_non_null(strstr(err.text, "did you mean [pages]?"));
    schema_free(m);
    arena_done(&a);
}

static void test_unreadable_notes(void **state)
{
    (void)state;
    struct err err = {0};
    assert_null(schema_new(&(struct snapshot){.tz = "UTC", .segments = "no tab\n"}, NULL, &err));
    assert_non_null(strstr(err.text, "line 1"));
    assert_null(schema_new(&(struct snapshot){.tz = "UTC", .tags = "x\n"}, NULL, &err));
    assert_non_null(strstr(err.text, "line 1"));
}

static int64_t since(const struct schema *m, const char *duration)
{
    struct arena a = {0};
    struct err err = {0};
    char text[80];
    snprintf(text, sizeof(text), "did(home, last %s)", duration);
    struct expr *e = parse(&a, m, text, EXPR_USER_COND, &err);
    if (!e)
        fail_msg("%s", err.text);
    int64_t from = e->call->period.from;
    arena_done(&a);
    return from;
}

/* Berlin put the clock forward on 2017-03-26: that day has 23 hours. */
static void test_since(void **state)
{
    (void)state;
    struct err err = {0};
    struct arena a = {0};
    struct snapshot s = {.tz = "Asia/Shanghai",
                         .last = INT64_C(1490932800000000)}; /* 2017-03-31T12:00+08:00 */
    struct schema *m = open_schema(&s, NULL);
    assert_true(since(m, "1d") == INT64_C(1490889600000000));  /* midnight of that day */
    assert_true(since(m, "30d") == INT64_C(1488384000000000)); /* 2017-03-02T00:00+08:00 */
    assert_true(since(m, "1w") == INT64_C(1490371200000000));
    assert_true(since(m, "24h") == INT64_C(1490846400000000));
    schema_free(m);
    m = schema_new(&s, "Europe/Berlin", &err);
    if (m) {                                                      /* a host without zone files cannot know */
        assert_true(since(m, "1d") == INT64_C(1490911200000000)); /* 2017-03-30T22:00Z */
        assert_true(since(m, "6d") == INT64_C(1490482800000000)); /* 2017-03-25T23:00Z: before the change */
        schema_free(m);
    }
    s.last = 0;
    m = open_schema(&s, NULL);
    assert_null(parse(&a, m, "did(home, last 1d)", EXPR_USER_COND, &err));
    assert_non_null(strstr(err.text, "no event to count back from"));
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
        cmocka_unit_test(test_definitions),
        cmocka_unit_test(test_unreadable_notes),
        cmocka_unit_test(test_since),
        cmocka_unit_test(test_damage_is_no_unknown_name),
        cmocka_unit_test(test_zone),
        cmocka_unit_test(test_event_names),
        cmocka_unit_test(test_guessed_failures),
        cmocka_unit_test(test_noted_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
