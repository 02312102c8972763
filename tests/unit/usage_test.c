/* usage_test.c - help fits the screen and names everything; the manual is troff; text in the locale's
 * character set. */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "base/encode.h"
#include "cli/manual.h"
#include "cli/usage.h"

static void lines_fit(struct str text, int columns)
{
    while (text.p && text.n) {
        struct str line = str_cut(&text, '\n');
        assert_true(utf8_width(line) <= columns);
        assert_true(!line.n || line.p[line.n - 1] != ' ');
    }
}

static void help_fits(void **state)
{
    (void)state;
    static const int columns[] = {60, 80, 120};
    for (size_t i = 0; i < 3; i++) {
        struct buf b = {0};
        usage_overview(&b, columns[i]);
        lines_fit(buf_view(&b), columns[i]);
        buf_done(&b);
    }
}

static void every_topic(void **state)
{
    (void)state;
    size_t n = 0;
    const struct command_info *c = command_all(&n);
    for (size_t i = 0; i < n; i++) {
        struct buf b = {0};
        struct err err = {0};
        assert_true(usage_topic(&b, c[i].name, 80, &err));
        assert_non_null(strstr(b.p, c[i].example));
        for (const struct param_info *p = c[i].option; p->name; p++)
            assert_true(p->positional || strstr(b.p, p->name));
        buf_done(&b);
    }
}

static void topics_that_are_none(void **state)
{
    (void)state;
    static const char *const topic[] = {"", "imp", "import e", "none"};
    for (size_t i = 0; i < 4; i++) {
        struct buf b = {0};
        struct err err = {0};
        assert_false(usage_topic(&b, topic[i], 80, &err));
        buf_done(&b);
    }
}

static void pieces(void **state)
{
    (void)state;
    struct buf b = {0};
    usage_synopsis(&b, command_find("funnel"));
    assert_string_equal(b.p, "funnel --step COND... [OPTION]...");
    buf_clear(&b);
    usage_option(&b, command_option(command_find("paths"), "gap"));
    assert_string_equal(b.p, "--gap DURATION|none");
    buf_clear(&b);
    usage_notes(&b, command_option(command_find("paths"), "gap"));
    assert_string_equal(b.p, " (default 30m)");
    buf_done(&b);
}

/* A line that begins with a dot is a request; each request in the page is one of those we mean. */
static void manual_is_troff(void **state)
{
    (void)state;
    static const char *const known[] = {".TH ", ".SH ", ".SS ", ".TP", ".B ",
                                        ".br",  ".PP",  ".EX",  ".EE", ".I "};
    struct buf b = {0};
    manual_put(&b);
    struct str rest = buf_view(&b);
    size_t headings = 0;
    while (rest.p && rest.n) {
        struct str line = str_cut(&rest, '\n');
        if (!line.n || (line.p[0] != '.' && line.p[0] != '\''))
            continue;
        bool is_known = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            is_known |= line.n >= strlen(known[i]) && memcmp(line.p, known[i], strlen(known[i])) == 0;
        assert_true(is_known);
        headings += line.n > 3 && memcmp(line.p, ".SH", 3) == 0;
    }
    assert_int_equal(headings, 11);
    buf_done(&b);
}

/* As GB 18030 has them: 登 B5C7, 录 C2BC. */
static void text_in_gb18030(void **state)
{
    (void)state;
    if (!setlocale(LC_CTYPE, "zh_CN.gb18030"))
        skip();
    struct buf b = {0};
    encode_locale(&b, STR("a登录"));
    assert_int_equal(b.n, 5);
    assert_memory_equal(b.p, "a\xB5\xC7\xC2\xBC", 5);
    buf_done(&b);
}

static void text_in_ascii(void **state)
{
    (void)state;
    setlocale(LC_CTYPE, "C");
    struct buf b = {0};
    buf_puts(&b, "[");
    encode_locale(&b, STR("a登b\n"));
    assert_string_equal(b.p, "[a??b\n"); /* two columns, so that what follows stays where it was */
    assert_false(encode_is_utf8());
    buf_clear(&b);
    setlocale(LC_CTYPE, "C.UTF-8");
    encode_locale(&b, STR("a登b"));
    assert_string_equal(b.p, "a登b");
    assert_true(encode_is_utf8());
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_fits),
        cmocka_unit_test(every_topic),
        cmocka_unit_test(topics_that_are_none),
        cmocka_unit_test(pieces),
        cmocka_unit_test(manual_is_troff),
        cmocka_unit_test(text_in_gb18030),
        cmocka_unit_test(text_in_ascii),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
