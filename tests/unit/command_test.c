/* command_test.c - the command table: what is promised about every entry, the checks, and the command line it
 * prints. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/command.h"

static size_t times_named(const struct param_info *p, const char *name)
{
    size_t n = 0;
    for (; p->name; p++)
        n += strcmp(p->name, name) == 0;
    return n;
}

/* An option must mean one thing: own, common to analyses and common to all never share a name. */
static void options_are_unique(void **state)
{
    (void)state;
    size_t n = 0;
    const struct command_info *c = command_all(&n);
    for (size_t i = 0; i < n; i++)
        for (const struct param_info *p = c[i].option; p->name; p++) {
            assert_int_equal(times_named(c[i].option, p->name), 1);
            assert_int_equal(times_named(command_common(), p->name), 0);
            assert_false(c[i].is_analysis && times_named(registry_common(), p->name));
            assert_ptr_equal(command_option(&c[i], p->name), p);
        }
}

static void entries_are_whole(void **state)
{
    (void)state;
    size_t n = 0;
    const struct command_info *c = command_all(&n);
    assert_true(n >= 13);
    for (size_t i = 0; i < n; i++) {
        assert_ptr_equal(command_find(c[i].name), &c[i]);
        assert_true(*c[i].summary);
        size_t length = strlen(c[i].name);
        assert_memory_equal(c[i].example, c[i].name, length);
        assert_true(c[i].example[length] == ' ' || c[i].example[length] == '\0');
        bool repeated = false; /* nothing can follow a positional parameter that takes all that is left */
        for (const struct param_info *p = c[i].option; p->name; p++) {
            assert_true(*p->help);
            assert_false(p->positional && repeated);
            repeated |= p->positional && p->repeat;
            assert_true(p->kind != PARAM_CHOICE || !p->def || registry_choice(p->choices, p->def));
        }
    }
}

static void every_analysis_is_a_command(void **state)
{
    (void)state;
    size_t n = 0;
    const struct analysis_info *a = registry_all(&n);
    for (size_t i = 0; i < n; i++) {
        const struct command_info *c = command_find(a[i].id);
        assert_non_null(c);
        assert_true(c->is_analysis);
        assert_non_null(command_option(c, "from"));
        assert_non_null(command_option(c, "format"));
    }
    assert_string_equal(command_find("user")->args, "ID");
    assert_null(command_option(command_find("info"), "from"));
}

static bool checks(const char *command, const char *name, const char *value, struct err *err)
{
    struct query q;
    query_init(&q, command);
    if (strncmp(command, "import", 6) == 0)
        query_add(&q, "file", "a.csv");
    else if (strcmp(command, "generate") == 0)
        query_add(&q, "dir", "d");
    if (name)
        query_add(&q, name, value);
    bool ok = command_check(command_find(command), &q, err);
    query_done(&q);
    return ok;
}

static void values_are_checked(void **state)
{
    (void)state;
    struct err err = {0};
    assert_true(checks("import events", NULL, NULL, &err));
    assert_true(checks("import events", "file", "b.csv", &err));
    assert_true(checks("import events", "time-format", "ms", &err));
    assert_true(checks("generate", "seed", "18446744073709551615", &err));
    static const struct {
        const char *command, *name, *value, *says;
    } bad[] = {
        {"import events", "time-format", "hours", "auto|civil"},
        {"import events", "user", "", "empty"},
        {"import events", "users", "3", "--users"},
        {"import names", "file", "b.csv", "more than once"},
        {"generate", "users", "-1", "whole number"},
        {"generate", "seed", "18446744073709551616", "whole number"},
        {"generate", "dir", "e", "more than once"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err = (struct err){0};
        assert_false(checks(bad[i].command, bad[i].name, bad[i].value, &err));
        assert_int_equal(err.code, ERR_USAGE);
        assert_non_null(strstr(err.text, bad[i].says));
    }
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    struct query q;
    struct err err = {0};
    query_init(&q, "generate");
    assert_false(command_check(command_find("generate"), &q, &err));
    assert_non_null(strstr(err.text, "DIR"));
    query_done(&q);
}

/* What a shell makes of the line is what was asked: blanks and dashes survive. */
static void lines_can_be_pasted(void **state)
{
    (void)state;
    struct query q;
    query_init(&q, "import events");
    query_add(&q, "file", "a b.csv");
    query_add(&q, "tz", "Asia/Shanghai");
    query_add(&q, "delimiter", "-");
    query_add(&q, "keep-duplicates", "");
    query_add(&q, "file", "-odd");
    query_add(&q, "file", "-");
    const struct command_info *c = command_find("import events");
    assert_string_equal(
        command_line(c, &q, NULL, &q.arena),
        "waymark import events --tz Asia/Shanghai --delimiter=- --keep-duplicates 'a b.csv' -- -odd -");
    assert_string_equal(
        command_line(c, &q, "/s t", &q.arena),
        "waymark -s '/s t' import events --tz Asia/Shanghai --delimiter=- --keep-duplicates 'a b.csv' -- "
        "-odd -");
    query_done(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_unique),          cmocka_unit_test(entries_are_whole),
        cmocka_unit_test(every_analysis_is_a_command), cmocka_unit_test(values_are_checked),
        cmocka_unit_test(what_is_missing_is_named),    cmocka_unit_test(lines_can_be_pasted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
