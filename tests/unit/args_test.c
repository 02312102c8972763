/* args_test.c - the command line as data. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/args.h"

#define PARSE(a, err, ...)                                                                                   \
    parse((a), (err), (char *[]){(char[]){"waymark"}, __VA_ARGS__},                                          \
          sizeof((const char *[]){"waymark", __VA_ARGS__}) / sizeof(char *))

static bool parse(struct args *a, struct err *err, char *const *argv, size_t n)
{
    *err = (struct err){0};
    return args_parse(a, (int)n, argv, err);
}

static void nothing_is_the_explorer(void **state)
{
    (void)state;
    struct args a;
    struct err err = {0};
    assert_true(args_parse(&a, 1, (char *[]){(char[]){"waymark"}}, &err));
    assert_null(a.command);
    assert_false(a.help || a.version || a.quiet || a.table);
    assert_string_equal(a.writer->name, "text");
    args_done(&a);
}

static void options_stand_anywhere(void **state)
{
    (void)state;
    struct args a;
    struct err err;
    assert_true(PARSE(&a, &err, "--quiet", "-s", "/a b", "funnel", "--step", "x", "--format=json",
                      "--step=y = \"=\"", "--size", "100x30"));
    assert_string_equal(a.command->name, "funnel");
    assert_string_equal(a.query.analysis, "funnel");
    assert_string_equal(a.store, "/a b");
    assert_int_equal(a.query.n, 2);
    assert_string_equal(query_nth(&a.query, "step", 0), "x");
    assert_string_equal(query_nth(&a.query, "step", 1), "y = \"=\"");
    assert_string_equal(a.writer->name, "json");
    assert_true(a.quiet);
    assert_int_equal(a.w, 100);
    assert_int_equal(a.h, 30);
    args_done(&a);
}

static void short_ones(void **state)
{
    (void)state;
    struct args a;
    struct err err;
    assert_true(PARSE(&a, &err, "info", "-sdir", "-h"));
    assert_string_equal(a.store, "dir");
    assert_true(a.help);
    args_done(&a);
    assert_true(PARSE(&a, &err, "-V"));
    assert_true(a.version);
    args_done(&a);
}

/* Two words are one command; what follows is a file, even when it is named like a command or an option. */
static void words(void **state)
{
    (void)state;
    struct args a;
    struct err err;
    assert_true(PARSE(&a, &err, "import", "events", "info", "-", "--tz", "UTC", "--", "--tz", "-s"));
    assert_string_equal(a.command->name, "import events");
    assert_int_equal(query_count(&a.query, "file"), 4);
    assert_string_equal(query_nth(&a.query, "file", 1), "-");
    assert_string_equal(query_nth(&a.query, "file", 2), "--tz");
    assert_string_equal(query_nth(&a.query, "file", 3), "-s");
    assert_int_equal(query_count(&a.query, "tz"), 1);
    args_done(&a);
    assert_true(PARSE(&a, &err, "user", "--id", "U1"));
    assert_string_equal(query_get(&a.query, "id"), "U1");
    args_done(&a);
}

static void a_value_may_look_like_an_option(void **state)
{
    (void)state;
    struct args a;
    struct err err;
    assert_true(PARSE(&a, &err, "user", "--id", "--quiet", "--at="));
    assert_string_equal(query_get(&a.query, "id"), "--quiet");
    assert_string_equal(query_get(&a.query, "at"), "");
    assert_false(a.quiet);
    args_done(&a);
}

static void refusals(void **state)
{
    (void)state;
    static char *const line[][4] = {
        {"funel", NULL, NULL, "funnel"},        {"funnel", "--steps", NULL, "--step?"},
        {"import", NULL, NULL, "import names"}, {"import", "event", NULL, "import events"},
        {"info", "x", NULL, "too many"},        {"info", "--size", "9x9", "120x40"},
        {"info", "--size", "80x", "120x40"},    {"info", "--lang", "fr", "en|zh|zh_CN"},
        {"info", "--output", "", "empty"},      {"info", "--quiet=1", NULL, "no value"},
        {"info", "-q", NULL, "-s STORE"},       {"--step", "a", NULL, "--step"},
        {"--format", NULL, NULL, "missing"},    {"info", "--unit", "day", "--unit"},
    };
    for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
        struct args a;
        struct err err = {0};
        char *argv[] = {(char[]){"waymark"}, line[i][0], line[i][1], line[i][2]};
        int n = line[i][2] ? 4 : line[i][1] ? 3 : 2;
        assert_false(args_parse(&a, n, argv, &err));
        assert_int_equal(err.code, ERR_USAGE);
        assert_non_null(strstr(err.text, line[i][3]));
        args_done(&a);
    }
}

static void help_of_several_commands(void **state)
{
    (void)state;
    struct args a;
    struct err err;
    assert_true(PARSE(&a, &err, "import", "--help"));
    assert_true(a.help);
    assert_null(a.command);
    assert_string_equal(a.topic, "import");
    args_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_the_explorer),
        cmocka_unit_test(options_stand_anywhere),
        cmocka_unit_test(short_ones),
        cmocka_unit_test(words),
        cmocka_unit_test(a_value_may_look_like_an_option),
        cmocka_unit_test(refusals),
        cmocka_unit_test(help_of_several_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
