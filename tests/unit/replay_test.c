/* replay_test.c - replaying, marking and searching events, heart-beats, error codes: by hand. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analysis/beats.h"
#include "app/event_search.h"
#include "app/marks.h"
#include "app/replay.h"
#include "base/nls.h"
#include "model/failure.h"
#include "model/reasons.h"

/* ---- replay */

static double gap_of(const void *arg, size_t i)
{
    return ((const double *)arg)[i];
}

static void test_replay(void **state)
{
    (void)state;
    static const double gap[] = {0, 6, 0, 36000, 12};
    struct replay r = {.speed = 2}; /* 60 times */
    assert_int_equal(replay_times(&r), 60);
    replay_start(&r, 0, 1000000);
    assert_int_equal(r.shown, 1);
    assert_true(
        replay_tick(&r, 1000000, 5, gap_of, gap)); /* the second is due at once; then 0 s become 30 ms */
    assert_int_equal(r.shown, 2);
    assert_false(replay_tick(&r, 1029999, 5, gap_of, gap));
    assert_true(replay_tick(&r, 1030000, 5, gap_of, gap));
    assert_int_equal(r.shown, 3);
    assert_int_equal(r.due_us, 1030000 + 2000000); /* ten hours are two seconds at most */
    replay_stop(&r);
    assert_false(replay_tick(&r, 9000000, 5, gap_of, gap));
    replay_start(&r, 0, 9000000); /* goes on where it was */
    assert_true(replay_tick(&r, 9000000, 5, gap_of, gap));
    assert_int_equal(r.shown, 4);
    assert_int_equal(r.due_us, 9000000 + 200000); /* 12 s / 60 */
    assert_true(replay_tick(&r, 9200000, 5, gap_of, gap));
    assert_false(r.playing);
    assert_int_equal(r.shown, 0); /* the end: all is shown */
}

static void test_speed(void **state)
{
    (void)state;
    struct replay r = {0};
    replay_faster(&r, -1);
    assert_int_equal(replay_times(&r), 1);
    for (int i = 0; i < 20; i++)
        replay_faster(&r, 1);
    assert_int_equal(replay_times(&r), 6000);
    r.speed = 0;
    assert_int_equal(replay_pause(&r, 0.5), 500000);
    assert_int_equal(replay_pause(&r, 0), REPLAY_SHORTEST_US);
    assert_int_equal(replay_pause(&r, 1e300), REPLAY_LONGEST_US);
    assert_int_equal(replay_pause(&r, -3), REPLAY_SHORTEST_US);
}

/* ---- marks */

static void test_marks(void **state)
{
    (void)state;
    struct marks m = {0};
    int64_t next = 0;
    assert_false(marks_next(&m, STR("A"), 0, &next));
    assert_true(marks_toggle(&m, STR("A"), 30));
    assert_true(marks_toggle(&m, STR("A"), 10));
    assert_true(marks_toggle(&m, STR("B"), 20));
    assert_true(marks_has(&m, STR("B"), 20));
    assert_false(marks_has(&m, STR("A"), 20));
    assert_true(marks_next(&m, STR("A"), 10, &next));
    assert_int_equal(next, 30);
    assert_true(marks_next(&m, STR("A"), 30, &next));
    assert_int_equal(next, 10); /* round and round */
    assert_false(marks_toggle(&m, STR("A"), 10));
    assert_true(marks_next(&m, STR("A"), 30, &next));
    assert_int_equal(next, 30);
    marks_done(&m);
}

/* ---- search */

static struct result *three_events(void)
{
    static const struct column_info columns[] = {{"event", NULL, VALUE_TEXT},
                                                 {"name", NULL, VALUE_TEXT},
                                                 {"properties", NULL, VALUE_OBJECT},
                                                 {"reason", NULL, VALUE_OBJECT}};
    static const char *const event[] = {"login", "transfer", "transfer"}, *const name[] = {"登录", "转账",
                                                                                           "转账"};
    static const char *const memo[] = {"a.b", "Rent 2026", "axb"};
    struct result *r = result_new("user", PICTURE_SEQUENCE);
    result_columns(r, columns, 4);
    for (int i = 0; i < 3; i++) {
        struct value *v = result_row(r);
        struct object *o = arena_new(&r->arena, struct object);
        object_add(&r->arena, o, "memo", value_static(memo[i]));
        v[0] = value_static(event[i]);
        v[1] = value_static(name[i]);
        v[2] = value_object(o);
    }
    return r;
}

static void test_search(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        size_t from;
        int direction;
        size_t found;
    } cases[] = {
        {"^transfer", 0, 1, 1},   {"^transfer", 1, 1, 2},  {"^transfer", 2, 1, 1}, {"^transfer", 1, -1, 2},
        {"RENT\\s\\d+", 2, 1, 1}, {"memo=a\\.b", 1, 1, 0}, {"登", 0, 1, 0},        {"nothing", 0, 1, 3},
    };
    struct result *r = three_events();
    struct err err = {0};
    size_t row;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(event_search(&r->rows, cases[i].from, cases[i].direction, cases[i].pattern, &row, &err));
        assert_int_equal(row, cases[i].found);
    }
    assert_false(event_search(&r->rows, 0, 1, "(", &row, &err));
    assert_int_equal(row, 3);
    result_free(r);
}

/* ---- heart-beats */

static void test_beats(void **state)
{
    (void)state;
    int64_t time[60];
    uint32_t code[60], beat = 99;
    for (int i = 0; i < 60; i++) {
        time[i] = i * 10000000LL;
        code[i] = i % 3 == 2 ? (uint32_t)i : 7; /* two in three */
    }
    assert_false(
        beats_find(time, code, 60, INT64_MAX, &beat)); /* pauses of 10 s and 20 s in turn are not even */
    for (int i = 0; i < 60; i++)
        code[i] = i % 10 == 9 ? (uint32_t)i : 7;
    assert_true(beats_find(time, code, 60, INT64_MAX, &beat));
    assert_int_equal(beat, 7);
    assert_false(beats_find(time, code, 19, INT64_MAX, &beat)); /* too short a life */
    for (int i = 0; i < 60; i++)
        code[i] = i % 2 ? 7 : 8; /* half is not most */
    assert_false(beats_find(time, code, 60, INT64_MAX, &beat));
}

/* ---- failures and their reasons */

static void test_ranks(void **state)
{
    (void)state;
    struct failure *guessed = failure_new((struct str){"", 0}), *said = failure_new(STR("code=\nflag=N,X\n"));
    assert_int_equal(failure_rank(guessed, STR("error_code")), FAILURE_CODE);
    assert_int_equal(failure_rank(guessed, STR("pay.errCode")), FAILURE_CODE);
    assert_int_equal(failure_rank(guessed, STR("error_msg")), FAILURE_MESSAGE);
    assert_int_equal(failure_rank(guessed, STR("login_result")), FAILURE_OUTCOME);
    assert_int_equal(failure_rank(guessed, STR("channel")), FAILURE_SILENT);
    assert_int_equal(failure_rank(said, STR("code")), FAILURE_CODE);
    assert_int_equal(failure_rank(said, STR("flag")), FAILURE_OUTCOME);
    assert_int_equal(failure_rank(said, STR("error_code")), FAILURE_SILENT); /* what is said alone counts */
    failure_free(guessed);
    failure_free(said);
    assert_null(failure_check(STR("a=b,c\n\nd=\n")));
    assert_non_null(failure_check(STR("a=b\nresult\n")));
    assert_non_null(failure_check(STR("=b")));
}

static void refused(const char *text, const char *line)
{
    struct err err = {0};
    assert_null(reasons_parse(str_of(text), "codes.csv", &err));
    if (!strstr(err.text, "codes.csv") || !strstr(err.text, line))
        fail_msg("%s: %s", text, err.text);
}

static void test_reasons(void **state)
{
    (void)state;
    struct err err = {0};
    struct reasons *r = reasons_parse(
        STR("code,zh,en,tell_zh,tell_en\n# note\nE9,没有,\"none, at all\",,say so\n"), "codes.csv", &err);
    assert_non_null(r);
    assert_int_equal(reasons_count(r), 1);
    const struct reason *one = reasons_find(r, STR("E9"));
    assert_true(str_eq(reason_text(one), STR("none, at all")));
    assert_true(str_eq(reason_tell(one), STR("say so")));
    assert_null(reasons_find(r, STR("e9")));
    reasons_free(r);
    refused("code,zh,en\nE9,a,b\n", "line 1");
    refused("code,zh,en,tell_zh,tell_en\nE9,a,b,c\n", "line 2");
    refused("code,zh,en,tell_zh,tell_en\nE9,a,b,c,d\nE9,a,b,c,d\n", "line 3");
    refused("code,zh,en,tell_zh,tell_en\n,a,b,c,d\n", "line 2");
    refused("code,zh,en,tell_zh,tell_en\n", "no code");
    assert_true(reasons_count(reasons_builtin()) > 20);
}

int main(void)
{
    nls_init("en");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replay),  cmocka_unit_test(test_speed), cmocka_unit_test(test_marks),
        cmocka_unit_test(test_search),  cmocka_unit_test(test_beats), cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
