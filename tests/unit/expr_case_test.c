/* expr_case_test.c - runs the three-line cases of tests/expr: condition, row, value. The format is told in
 * tests/expr/README. Every condition that parses must also print to a text that parses to the same tree. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/os.h"
#include "expr_world.h"
#include "model/query.h"

static struct expr_vocabulary vocabulary; /* the world's, which can be asked, too */

struct block {
    const char *file;
    int line;
    enum expr_kind kind;
    struct str text[3];
};

static int failures, cases;

static void complain(const struct block *b, const char *what, struct str got)
{
    fprintf(stderr, "%s:%d: %.*s: %s: %.*s\n", b->file, b->line, (int)b->text[0].n, b->text[0].p, what,
            (int)got.n, got.p);
    failures++;
}

static void check_round_trip(const struct block *b, struct arena *a, const struct expr *e)
{
    struct err err = {0};
    struct buf once = {0}, twice = {0};
    expr_print(&once, e);
    struct expr *again = expr_parse(a, buf_view(&once), b->kind, &vocabulary, &err);
    if (!again)
        complain(b, "prints to what does not parse", buf_view(&once));
    else if (!world_same(e, again))
        complain(b, "prints to another tree", buf_view(&once));
    else
        expr_print(&twice, again);
    if (again && !str_eq(buf_view(&once), buf_view(&twice)))
        complain(b, "prints differently the second time", buf_view(&twice));
    buf_done(&once);
    buf_done(&twice);
}

static void check_print(const struct block *b, const struct expr *e)
{
    struct buf out = {0};
    expr_print(&out, e);
    if (!str_eq(buf_view(&out), b->text[2]))
        complain(b, "printed", buf_view(&out));
    buf_done(&out);
}

static void check_value(const struct block *b, const struct expr *e)
{
    bool wanted = str_eq(b->text[2], STR("true"));
    char *text = strndup(b->text[1].p, b->text[1].n);
    struct world_row *row = world_row_new(text);
    if (!row || (!wanted && !str_eq(b->text[2], STR("false"))))
        complain(b, "the case itself is malformed", b->text[1]);
    else if (world_eval(e, row) != wanted)
        complain(b, "is not", b->text[2]);
    if (row)
        world_row_free(row);
    free(text);
}

static bool contains(const char *text, struct str part)
{
    char *s = strndup(part.p, part.n);
    bool found = strstr(text, s) != NULL;
    free(s);
    return found;
}

static void check_error(const struct block *b, const struct err *err)
{
    int column = 0, width = 0;
    char *text = strndup(b->text[1].p, b->text[1].n);
    if (sscanf(text, "error %d %d", &column, &width) < 1)
        complain(b, "fails", str_of(err->text));
    else if (column != err->column || (width && width != err->width) || err->code != ERR_USAGE) {
        char got[64];
        snprintf(got, sizeof(got), "column %d width %d", err->column, err->width);
        complain(b, got, str_of(err->text));
    } else if (!contains(err->text, b->text[2]))
        complain(b, "has another message", str_of(err->text));
    free(text);
}

static void run(const struct block *b)
{
    struct arena a = {0};
    struct err err = {0};
    struct expr *e = expr_parse(&a, b->text[0], b->kind, &vocabulary, &err);
    bool wants_error = b->text[1].n >= 6 && memcmp(b->text[1].p, "error ", 6) == 0;
    cases++;
    if (!e)
        check_error(b, &err);
    else if (wants_error)
        complain(b, "parses, but should fail with", b->text[2]);
    else if (str_eq(b->text[1], STR("prints")))
        check_print(b, e);
    else
        check_value(b, e);
    if (e)
        check_round_trip(b, &a, e);
    arena_done(&a);
}

static void run_file(const char *path)
{
    struct buf content = {0};
    struct err err = {0};
    if (!os_read_file(path, 1 << 20, &content, &err))
        fail_msg("%s", err.text);
    struct block b = {.file = path, .kind = strstr(path, "user") ? EXPR_USER_COND : EXPR_EVENT_COND};
    int have = 0, number = 0;
    for (struct str rest = buf_view(&content); rest.p && rest.n;) {
        struct str line = str_cut(&rest, '\n');
        number++;
        if (have == 0 && (line.n == 0 || line.p[0] == '#'))
            continue;
        if (have == 0)
            b.line = number;
        b.text[have++] = line;
        if (have < 3)
            continue;
        run(&b);
        have = 0;
    }
    assert_int_equal(have, 0);
    buf_done(&content);
}

static void test_cases(void **state)
{
    (void)state;
    const char *top = getenv("top_srcdir");
    char pattern[4096];
    glob_t found;
    snprintf(pattern, sizeof(pattern), "%s/tests/expr/*.test", top ? top : ".");
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        run_file(found.gl_pathv[i]);
    globfree(&found);
    print_message("%d cases, %d failures\n", cases, failures);
    assert_int_equal(failures, 0);
    assert_true(cases >= 600);
}

/* The examples at the head of doc/LANGUAGE.md: the first two indented blocks, each up to its explanation; of
 * events, then of customers; and all that begin with who( further down. */
static void test_manual(void **state)
{
    (void)state;
    const char *top = getenv("top_srcdir");
    char path[4096];
    struct buf content = {0};
    struct err err = {0};
    int examples = 0, blocks = 0;
    bool inside = false;
    snprintf(path, sizeof(path), "%s/doc/LANGUAGE.md", top ? top : ".");
    if (!os_read_file(path, 1 << 20, &content, &err))
        fail_msg("%s", err.text);
    for (struct str rest = buf_view(&content); rest.p && rest.n;) {
        struct str line = str_cut(&rest, '\n');
        bool example = line.n > 4 && memcmp(line.p, "    ", 4) == 0;
        blocks += example && !inside;
        inside = example;
        if (!example)
            continue;
        line = (struct str){line.p + 4, line.n - 4};
        bool asks = line.n > 4 && memcmp(line.p, "who(", 4) == 0; /* a block of its own, further down */
        if (blocks > 2 && !asks)
            continue;
        char *gap = memmem(line.p, line.n, "   ", 3);
        struct arena a = {0};
        line.n = gap ? (size_t)(gap - line.p) : line.n;
        enum expr_kind kind = blocks == 1 ? EXPR_EVENT_COND : EXPR_USER_COND;
        if (!expr_parse(&a, line, kind, &vocabulary, &err))
            fail_msg("%.*s: %s", (int)line.n, line.p, err.text);
        arena_done(&a);
        examples++;
    }
    assert_true(examples >= 22);
    buf_done(&content);
}

static void check_caret(const char *text, const char *wanted)
{
    struct arena a = {0};
    struct err err = {0};
    struct buf out = {0};
    assert_null(expr_parse(&a, str_of(text), EXPR_EVENT_COND, &vocabulary, &err));
    snprintf(err.text, sizeof(err.text), "why");
    expr_caret(&out, str_of(text), &err);
    assert_string_equal(out.p, wanted);
    buf_done(&out);
    arena_done(&a);
}

static void test_caret(void **state)
{
    (void)state;
    check_caret("hom and login", "  hom and login\n  ^^^ why");
    check_caret("登录 or 登陆",
                "  登录 or 登陆\n          ^^^^ why"); /* each Han character takes two columns */
    check_caret("login and", "  login and\n           ^ why");
    check_caret("memo = \"\033[31m\" x",
                "  memo = \"?[31m\" x\n                 ^ why"); /* no escape gets through */
    check_caret("home\nand hom", "  home?and hom\n           ^^^ why");
}

static void test_caret_without_column(void **state)
{
    (void)state;
    struct err err = {0};
    struct buf out = {0};
    err_set(&err, ERR_USAGE, "why");
    expr_caret(&out, STR("home"), &err);
    assert_string_equal(out.p, "  home\n  why");
    buf_done(&out);
}

static void test_limits(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err err = {0};
    struct buf text = {0};
    for (int i = 0; i < 100; i++)
        buf_putc(&text, '(');
    buf_puts(&text, "home");
    for (int i = 0; i < 100; i++)
        buf_putc(&text, ')');
    assert_non_null(expr_parse(&a, buf_view(&text), EXPR_EVENT_COND, &vocabulary, &err));
    buf_clear(&text);
    for (int i = 0; i < 200000; i++)
        buf_puts(&text, "not ");
    buf_puts(&text, "home");
    assert_null(expr_parse(&a, buf_view(&text), EXPR_EVENT_COND, &vocabulary, &err));
    assert_int_equal(err.column, 401);
    buf_clear(&text);
    for (int i = 0; i < 300; i++) /* side by side is not deep */
        buf_puts(&text, "(home) and not login and ");
    buf_puts(&text, "home");
    assert_non_null(expr_parse(&a, buf_view(&text), EXPR_EVENT_COND, &vocabulary, &err));
    while (text.n <= 1 << 20)
        buf_puts(&text, " and home");
    assert_null(expr_parse(&a, buf_view(&text), EXPR_EVENT_COND, &vocabulary, &err));
    assert_non_null(strstr(err.text, "1 MiB"));
    buf_done(&text);
    arena_done(&a);
}

/* A list of many values takes time and memory in proportion to its length. */
static void test_long_list(void **state)
{
    (void)state;
    struct arena a = {0};
    struct err err = {0};
    struct buf text = {0};
    buf_puts(&text, "memo in (\"0\"");
    for (int i = 1; i < 80000; i++)
        buf_printf(&text, ",\"%d\"", i);
    buf_putc(&text, ')');
    int64_t start = os_monotonic_us();
    struct expr *e = expr_parse(&a, buf_view(&text), EXPR_EVENT_COND, &vocabulary, &err);
    assert_non_null(e);
    assert_int_equal(e->n, 80000);
    assert_true(str_eq(e->literal[79999].text, STR("79999")));
    assert_true(os_monotonic_us() - start < 5000000);
    buf_done(&text);
    arena_done(&a);
}

static int open_world(void **state)
{
    (void)state;
    world_open();
    vocabulary = world_vocabulary;
    vocabulary.question = query_question;
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
        cmocka_unit_test(test_cases),  cmocka_unit_test(test_manual),
        cmocka_unit_test(test_caret),  cmocka_unit_test(test_caret_without_column),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_long_list),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
