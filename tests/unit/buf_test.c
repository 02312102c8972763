/* The text buffer: growth, formatting, UTF-8 and shell words (held against a real shell's reading, by hand).
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/buf.h"

static void grows_and_terminates(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_string_equal(buf_view(&b).p, "");
    for (int i = 0; i < 1000; i++) {
        buf_putc(&b, (char)('a' + i % 26));
        assert_int_equal(b.n, i + 1);
        assert_int_equal(b.p[b.n], 0);
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(b.p[i], 'a' + i % 26);
    char *kept = b.p;
    buf_clear(&b);
    assert_ptr_equal(b.p, kept);
    assert_string_equal(b.p, "");
    buf_puts(&b, "one ");
    buf_str(&b, STR("two "));
    buf_put(&b, "x\0y", 3);
    assert_int_equal(b.n, 11);
    assert_memory_equal(b.p, "one two x\0y", 12);
    buf_done(&b);
    assert_null(b.p);
    assert_int_equal(b.n + b.cap, 0);
}

static void empty_pieces(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_put(&b, NULL, 0);
    buf_str(&b, (struct str){NULL, 0});
    assert_int_equal(b.n, 0);
    assert_string_equal(b.p, "");
    buf_done(&b);
    buf_clear(&b);
}

/* Around the size of the first allocation, where vsnprintf's result just fits or just does not. */
static void printf_at_every_length(void **state)
{
    (void)state;
    for (int n = 0; n < 300; n++) {
        struct buf b = {0};
        buf_puts(&b, ">");
        buf_printf(&b, "%*s|%d", n, "", n);
        char want[400];
        snprintf(want, sizeof(want), ">%*s|%d", n, "", n);
        assert_string_equal(b.p, want);
        assert_int_equal(b.n, strlen(want));
        buf_done(&b);
    }
}

static void runes(void **state)
{
    (void)state;
    static const struct {
        uint32_t c;
        const char *text;
    } cases[] = {
        {0x41, "A"},
        {0x7F, "\x7F"},
        {0x80, "\xC2\x80"},
        {0x7FF, "\xDF\xBF"},
        {0x800, "\xE0\xA0\x80"},
        {0x4E2D, "中"},
        {0xFFFF, "\xEF\xBF\xBF"},
        {0x10000, "\xF0\x90\x80\x80"},
        {0x10FFFF, "\xF4\x8F\xBF\xBF"},
        {0x110000, "\xEF\xBF\xBD"},
        {0xD800, "\xEF\xBF\xBD"},
        {0xDFFF, "\xEF\xBF\xBD"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf b = {0};
        buf_rune(&b, cases[i].c);
        assert_string_equal(b.p, cases[i].text);
        buf_done(&b);
    }
}

static void shell_words(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"plain", "plain"},
        {"a=b/c.d:e,f+g@h%i-j_k", "a=b/c.d:e,f+g@h%i-j_k"},
        {"", "''"},
        {"two words", "'two words'"},
        {"it's", "'it'\\''s'"},
        {"'", "''\\'''"},
        {"$HOME", "'$HOME'"},
        {"~", "'~'"},
        {"=ls", "'=ls'"},
        {"a*", "'a*'"},
        {"x;y", "'x;y'"},
        {"a\nb", "'a\nb'"},
        {"result != \"ok\"", "'result != \"ok\"'"},
        {"学生", "学生"},
        {"back`tick`", "'back`tick`'"},
        {"#c", "'#c'"},
        {"!1", "'!1'"},
        {"a\\b", "'a\\b'"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf b = {0};
        buf_shell(&b, str_of(cases[i][0]));
        assert_string_equal(b.p, cases[i][1]);
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_terminates),
        cmocka_unit_test(empty_pieces),
        cmocka_unit_test(printf_at_every_length),
        cmocka_unit_test(runes),
        cmocka_unit_test(shell_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
