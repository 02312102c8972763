/* query_test.c - questions as data: editing, checking against analysis.def, and the command line that repeats
 * them. The command line is read back by a small reader of shell words of the test's own. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/os.h"
#include "base/rand.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "expr_world.h"
#include "model/query.h"
#include "model/registry.h"

/* ---- shell words: blanks separate, 'quotes' keep everything, a backslash keeps the next character */

typedef VEC(char *) words;

static char *shell_word(const char **at)
{
    struct buf b = {0};
    bool quoted = false;
    buf_puts(&b, "");
    for (; **at && (quoted || **at != ' '); (*at)++) {
        if (**at == '\'')
            quoted = !quoted;
        else if (**at == '\\' && !quoted)
            buf_putc(&b, *++*at);
        else
            buf_putc(&b, **at);
    }
    assert_false(quoted);
    return b.p ? b.p : mem_strdup("");
}

static words shell_words(const char *text)
{
    words w = {0};
    for (const char *at = text; *(at += strspn(at, " "));)
        vec_push(&w, shell_word(&at));
    return w;
}

static void words_done(words *w)
{
    for (size_t i = 0; i < w->n; i++)
        free(w->at[i]);
    vec_done(w);
}

static const char *positional(const struct analysis_info *a)
{
    for (const struct param_info *p = a->param; p->name; p++)
        if (p->positional)
            return p->name;
    return NULL;
}

/* Words from `first` on, the first of them the analysis: as a command line would take them. */
static void read_words(struct query *q, const words *w, size_t first)
{
    const struct analysis_info *a = registry_find(w->at[first]);
    assert_non_null(a);
    query_init(q, a->id);
    for (size_t i = first + 1; i < w->n; i++) {
        char *word = w->at[i], *equals = strchr(word, '=');
        if (strncmp(word, "--", 2) != 0) {
            assert_non_null(positional(a));
            query_add(q, positional(a), word);
            continue;
        }
        if (equals)
            *equals = '\0';
        const struct param_info *p = registry_param(a, word + 2);
        assert_non_null(p);
        if (equals)
            query_add(q, p->name, equals + 1);
        else if (p->kind == PARAM_SWITCH)
            query_add(q, p->name, "");
        else {
            assert_true(i + 1 < w->n && w->at[i + 1][0] != '-');
            query_add(q, p->name, w->at[++i]);
        }
    }
}

static void same_query(const struct query *a, const struct query *b)
{
    assert_string_equal(a->analysis, b->analysis);
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        assert_string_equal(a->param[i].name, b->param[i].name);
        assert_string_equal(a->param[i].value, b->param[i].value);
    }
}

/* ---- editing */

static void test_edit(void **state)
{
    (void)state;
    struct query q;
    query_init(&q, "funnel");
    query_add(&q, "step", "a");
    query_add(&q, "window", "7d");
    query_add(&q, "step", "c");
    query_insert(&q, "step", 1, "b");
    query_insert(&q, "step", 9, "d");
    assert_int_equal(query_count(&q, "step"), 4);
    const char *wanted[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(query_nth(&q, "step", i), wanted[i]);
    assert_null(query_nth(&q, "step", 4));
    query_remove(&q, "step", 1);
    query_remove(&q, "step", 7); /* not there */
    assert_string_equal(query_nth(&q, "step", 1), "c");
    query_set(&q, "window", "1d");
    assert_string_equal(query_get(&q, "window"), "1d");
    query_set(&q, "step", query_nth(&q, "step", 1)); /* its own memory */
    assert_int_equal(query_count(&q, "step"), 1);
    assert_string_equal(query_get(&q, "step"), "c");
    query_set(&q, "step", NULL);
    query_set(&q, "top", "3");
    assert_null(query_get(&q, "step"));
    assert_int_equal(q.n, 2);
    query_done(&q);
}

/* What means nothing without a parameter goes with it. */
static void test_needs(void **state)
{
    (void)state;
    struct query q;
    query_init(&q, "funnel");
    query_add(&q, "by", "channel");
    query_add(&q, "attribute", "last");
    query_add(&q, "exclude", "a");
    query_add(&q, "exclude", "b");
    query_add(&q, "exclude-effect", "drop");
    query_set(&q, "by", NULL);
    assert_null(query_get(&q, "attribute"));
    query_remove(&q, "exclude", 0);
    assert_string_equal(query_get(&q, "exclude-effect"), "drop");
    query_remove(&q, "exclude", 0);
    assert_null(query_get(&q, "exclude-effect"));
    assert_int_equal(q.n, 0);
    query_done(&q);
}

static void test_copy_is_its_own(void **state)
{
    (void)state;
    struct query q, copy;
    query_init(&q, "funnel");
    for (int i = 0; i < 40; i++)
        query_add(&q, "step", i % 2 ? "home" : "login");
    query_copy(&copy, &q);
    same_query(&q, &copy);
    query_set(&q, "step", "x");
    assert_int_equal(copy.n, 40);
    query_done(&q);
    assert_string_equal(query_nth(&copy, "step", 39), "home");
    query_done(&copy);
}

/* ---- checking: analysis, then name and value pairs; NULL message: fine */

static void check(const char *message, const char *analysis, const char *const *pairs)
{
    struct query q;
    struct err err = {0};
    query_init(&q, analysis);
    for (; *pairs; pairs += 2)
        query_add(&q, pairs[0], pairs[1]);
    bool ok = query_check(&q, &err);
    if (!message && !ok)
        fail_msg("%s", err.text);
    if (message && (ok || err.code != ERR_USAGE || !strstr(err.text, message)))
        fail_msg("wanted '%s', got '%s'", message, ok ? "no error" : err.text);
    query_done(&q);
}
#define CHECK(message, analysis, ...) check(message, analysis, (const char *const[]){__VA_ARGS__, NULL})

static void test_check_accepts(void **state)
{
    (void)state;
    CHECK(NULL, "events", "unit", "month", "from", "2017-01-01", "to", "2017-01-31 23:59:59", "top", "0");
    CHECK(NULL, "funnel", "step", "home", "step", "login", "window", "same-day", "detail", "");
    CHECK(NULL, "funnel", "step", "home", "window", "1.5h", "where", "channel = \"app\"");
    CHECK(NULL, "paths", "gap", "none", "depth", "32", "collapse", "");
    CHECK(NULL, "user", "id", "-17", "at", "2017-01-01T00:00:00Z", "errors", "");
    CHECK(NULL, "transitions", "users", "a b");
}

static void test_check_refuses(void **state)
{
    (void)state;
    CHECK("no such analysis; did you mean funnel?", "funel", "step", "home");
    CHECK("no such analysis; --help lists them", "zzzzzzzz", "step", "home");
    CHECK("no option --stepp; did you mean --step?", "funnel", "stepp", "home");
    CHECK("no option --form; did you mean --from?", "funnel", "form", "2017-01-01");
    CHECK("no option --something; see funnel --help", "funnel", "something", "1");
    CHECK("no option --step", "paths", "step", "home");
    CHECK("--step is missing", "funnel", "window", "7d");
    CHECK("user: ID is missing", "user", "gap", "30m");
    CHECK("--window is given more than once", "funnel", "step", "a", "window", "1d", "window", "2d");
    CHECK("--detail takes no value; remove yes", "funnel", "step", "a", "detail", "yes");
    CHECK("--step: the value is empty", "funnel", "step", "");
    CHECK("--unit: year is none of the choices; use one of hour|day|week|month", "events", "unit", "year");
    CHECK("--unit: hour|day is none", "events", "unit", "hour|day");
    CHECK("--unit: da is none", "events", "unit", "da");
    CHECK("--window: ", "funnel", "step", "a", "window", "7");
    CHECK("--window: ", "funnel", "step", "a", "window", "same");
    CHECK("--window: ", "funnel", "step", "a", "window", "-7d");
    CHECK("--depth 4.5: write a whole number of 1 or more", "paths", "depth", "4.5");
    CHECK("--depth -1: write a whole number of 1 or more", "paths", "depth", "-1");
    CHECK("--top all: write a whole number of 0 or more", "paths", "top", "all");
    CHECK("--limit 5 means nothing without --users", "tag", "limit", "5");
    CHECK("--columns city means nothing without --users", "paths", "columns", "city");
    CHECK("--attribute last means nothing without --by", "funnel", "step", "a", "attribute", "last");
    CHECK("--from: ", "paths", "from", "2017-02-30");
    CHECK("--to: ", "paths", "to", "yesterday");
}

/* ---- the command line */

static void command_is(const char *wanted, const char *store, const char *analysis, const char *const *pairs)
{
    struct arena a = {0};
    struct query q;
    query_init(&q, analysis);
    for (; *pairs; pairs += 2)
        query_add(&q, pairs[0], pairs[1]);
    assert_string_equal(query_command(&q, store, &a), wanted);
    query_done(&q);
    arena_done(&a);
}
#define COMMAND(wanted, store, analysis, ...)                                                                \
    command_is(wanted, store, analysis, (const char *const[]){__VA_ARGS__, NULL})

static void test_command(void **state)
{
    (void)state;
    COMMAND("waymark funnel --step home --step login --detail", NULL, "funnel", "step", "home", "step",
            "login", "detail", "");
    COMMAND("waymark -s 'my store' user C000001 --errors", "my store", "user", "id", "C000001", "errors", "");
    COMMAND("waymark user --id=-17", NULL, "user", "id", "-17");
    COMMAND("waymark paths --start 'channel = \"app\"'", NULL, "paths", "start", "channel = \"app\"");
}

static const char *random_value(struct arena *a, struct rand *r)
{
    static const char *const pieces[] = {"a",  "'", "\"", " ",  "\\", "$HOME", "`id`",
                                         "\n", "-", "=",  "学", "!",  "*",     "--step"};
    struct buf b = {0};
    for (uint32_t i = 1 + rand_below(r, 6); i > 0; i--)
        buf_puts(&b, pieces[rand_below(r, 14)]);
    const char *s = arena_strdup(a, b.p);
    buf_done(&b);
    return s;
}

static void test_command_reads_back(void **state)
{
    (void)state;
    static const char *const names[] = {"step", "window", "detail", "from", "users"};
    uint64_t seed = (uint64_t)os_now_us();
    struct rand r;
    rand_seed(&r, seed);
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int round = 0; round < 2000; round++) {
        struct arena a = {0};
        struct query q, back;
        bool user = rand_below(&r, 3) == 0;
        query_init(&q, user ? "user" : "funnel");
        for (uint32_t i = rand_below(&r, 8); i > 0; i--) {
            const char *name = user ? "id" : names[rand_below(&r, 5)];
            query_add(&q, name, strcmp(name, "detail") == 0 ? "" : random_value(&a, &r));
        }
        words w = shell_words(query_command(&q, random_value(&a, &r), &a));
        assert_string_equal(w.at[0], "waymark");
        assert_string_equal(w.at[1], "-s");
        read_words(&back, &w, 3);
        same_query(&q, &back);
        query_done(&q);
        query_done(&back);
        words_done(&w);
        arena_done(&a);
    }
}

/* ---- and back by query_parse */

static uint32_t rune_at(const char *text, int column)
{
    struct str rest = str_of(text);
    uint32_t c = 0;
    while (column-- > 0)
        c = utf8_next(&rest);
    return c;
}

/* Each character of a value stands in the line where its place says. */
static void check_places(const struct query *q, const char *line)
{
    for (size_t i = 0; i < q->n; i++) {
        struct str rest = str_of(q->param[i].value);
        for (const int *place = q->param[i].place; rest.n; place++)
            assert_int_equal(utf8_next(&rest), rune_at(line, *place));
    }
}

static void test_parse_reads_back(void **state)
{
    (void)state;
    uint64_t seed = (uint64_t)os_now_us();
    struct rand r;
    rand_seed(&r, seed);
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int round = 0; round < 2000; round++) {
        struct arena a = {0};
        struct err err = {0};
        struct query q, back;
        query_init(&q, "funnel");
        for (uint32_t i = 1 + rand_below(&r, 5); i > 0; i--)
            query_add(&q, "step", random_value(&a, &r));
        if (rand_below(&r, 2))
            query_add(&q, "detail", "");
        query_add(&q, "users", random_value(&a, &r));
        query_add(&q, "where", random_value(&a, &r));
        const char *line = query_command(&q, NULL, &a);
        if (!query_parse(&back, str_of(rand_below(&r, 2) ? line : line + strlen("waymark ")), &err))
            fail_msg("%s: %s", line, err.text);
        same_query(&q, &back);
        query_done(&back);
        assert_true(query_parse(&back, str_of(line), &err));
        check_places(&back, line);
        query_done(&q);
        query_done(&back);
        arena_done(&a);
    }
}

static void parse_is(const char *line, const char *command)
{
    struct arena a = {0};
    struct err err = {0};
    struct query q;
    if (!query_parse(&q, str_of(line), &err))
        fail_msg("%s: %s", line, err.text);
    assert_string_equal(query_command(&q, NULL, &a), command);
    query_done(&q);
    arena_done(&a);
}

static void parse_fails(const char *line, int column, int width, const char *message)
{
    struct err err = {0};
    struct query q;
    bool ok = query_parse(&q, str_of(line), &err);
    if (ok || err.code != ERR_USAGE || err.column != column || err.width != width ||
        !strstr(err.text, message))
        fail_msg("%s: wanted %d+%d %s, got %d+%d %s", line, column, width, message, err.column, err.width,
                 err.text);
    query_done(&q);
}

static void test_parse(void **state)
{
    (void)state;
    parse_is("funnel --step=home  --step \"a \\\"b\\\"\" --detail",
             "waymark funnel --step home --step 'a \"b\"' --detail");
    parse_is("  waymark user a\\ b", "waymark user 'a b'");
    parse_is("user --id=-17", "waymark user --id=-17");
    parse_is("paths --start 'it'\\''s' --users ''x''", "waymark paths --start 'it'\\''s' --users x");
    parse_is("transitions --users \"\\a $\"", "waymark transitions --users '\\a $'");
    parse_fails("", 1, 1, "name of an analysis is missing");
    parse_fails("waymark", 1, 1, "name of an analysis is missing");
    parse_fails("fannel --step x", 1, 6, "did you mean funnel?");
    parse_fails("funnel --stp 学", 8, 5, "did you mean --step?");
    parse_fails("funnel --step 学 --window 7x", 26, 2, "not a duration");
    parse_fails("funnel --step a --window='7x'", 17 + 10, 2, "not a duration");
    parse_fails("funnel --step", 8, 6, "the value is missing");
    parse_fails("funnel --step 'a", 15, 1, "never closed; add '");
    parse_fails("funnel --step \"a", 15, 1, "never closed; add \"");
    parse_fails("funnel --step a --users x --users 'y z'", 36, 3, "given more than once");
    parse_fails("funnel --step ''", 15, 1, "the value is empty");
    parse_fails("funnel --step a --detail=x", 26, 1, "takes no value");
    parse_fails("funnel --window 7d", 1, 6, "--step is missing");
    parse_fails("funnel --step a b", 17, 1, "one argument too many");
    parse_fails("user a b", 8, 1, "one argument too many");
    parse_fails("-s store funnel --step a", 1, 2, "leave -s and its value out");
    parse_fails("funnel -s store --step a", 8, 2, "leave -s and its value out");
}

static void test_who(void **state)
{
    (void)state;
    struct query q;
    struct buf b = {0};
    query_init(&q, "funnel");
    query_add(&q, "step", "event in (\"home\", \"a b\")");
    query_add(&q, "users", "all");
    assert_true(query_who(&q, "lost:1", &b));
    assert_string_equal(b.p, "who(\"funnel --step 'event in (\"\"home\"\", \"\"a b\"\")' --users lost:1\")");
    assert_string_equal(query_get(&q, "users"), "all");
    query_done(&q);
    query_init(&q, "user");
    assert_false(query_who(&q, "all", &b));
    query_done(&q);
    buf_done(&b);
}

/* ---- the registry */

static void check_params(const struct param_info *p)
{
    for (; p->name; p++) {
        assert_true(strspn(p->name, "abcdefghijklmnopqrstuvwxyz-") == strlen(p->name));
        assert_true(p->help && *p->help);
        assert_true(p->kind != PARAM_CHOICE || (p->choices && *p->choices));
        assert_true(p->kind != PARAM_SWITCH || (!p->repeat && !p->required && !p->def && !p->positional));
        assert_true(p->kind != PARAM_CHOICE || !p->def || registry_choice(p->choices, p->def));
    }
}

/* The example of analysis.def is a question that is well formed, with conditions that parse. */
static void check_example(const struct analysis_info *a)
{
    struct arena arena = {0};
    struct err err = {0};
    struct query q;
    words w = shell_words(a->example);
    read_words(&q, &w, 0);
    assert_string_equal(q.analysis, a->id);
    if (!query_check(&q, &err))
        fail_msg("%s: %s", a->example, err.text);
    for (size_t i = 0; i < q.n; i++)
        if (registry_param(a, q.param[i].name)->kind == PARAM_CONDITION &&
            !expr_parse(&arena, str_of(q.param[i].value), EXPR_EVENT_COND, &world_vocabulary, &err))
            fail_msg("%s: %s", a->example, err.text);
    query_done(&q);
    words_done(&w);
    arena_done(&arena);
}

/* A parameter's default must itself pass the check. */
static void check_defaults(const struct analysis_info *a)
{
    struct err err = {0};
    struct query q;
    query_init(&q, a->id);
    for (const struct param_info *p = a->param; p->name; p++)
        if (p->def || p->required)
            query_add(&q, p->name, p->def ? p->def : "home");
    for (const struct param_info *p = a->param; p->name; p++)
        if (p->def && p->needs && !query_count(&q, p->needs))
            query_add(&q, p->needs, "home");
    if (!query_check(&q, &err))
        fail_msg("%s", err.text);
    query_done(&q);
}

static void test_registry(void **state)
{
    (void)state;
    size_t n;
    const struct analysis_info *all = registry_all(&n);
    const char *const promised[] = {"events", "funnel", "paths", "transitions", "user"};
    for (size_t i = 0; i < 5; i++)
        assert_non_null(registry_find(promised[i]));
    assert_null(registry_find("nothing"));
    for (size_t i = 0; i < n; i++) {
        assert_ptr_equal(registry_find(all[i].id), &all[i]);
        assert_true(*all[i].title && *all[i].summary);
        check_params(all[i].param);
        check_example(&all[i]);
        check_defaults(&all[i]);
        for (const struct param_info *p = registry_common(); p->name;
             p++) /* own ones never hide the common */
            assert_ptr_equal(registry_param(&all[i], p->name), p);
    }
    check_params(registry_common());
}

static void test_choices(void **state)
{
    (void)state;
    assert_true(registry_choice("hour|day|week", "hour"));
    assert_true(registry_choice("hour|day|week", "week"));
    assert_false(registry_choice("hour|day|week", "wee"));
    assert_false(registry_choice("hour|day|week", "weeks"));
    assert_false(registry_choice("hour|day|week", ""));
    assert_false(registry_choice(NULL, "day"));
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
        cmocka_unit_test(test_edit),
        cmocka_unit_test(test_needs),
        cmocka_unit_test(test_copy_is_its_own),
        cmocka_unit_test(test_check_accepts),
        cmocka_unit_test(test_check_refuses),
        cmocka_unit_test(test_command),
        cmocka_unit_test(test_command_reads_back),
        cmocka_unit_test(test_parse_reads_back),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_who),
        cmocka_unit_test(test_registry),
        cmocka_unit_test(test_choices),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
