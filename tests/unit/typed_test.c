/* typed_test.c - bytes to keys: sequences whole and in pieces, answers that come late, Chinese in two
 * encodings, and anything at all. */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/rand.h"
#include "tui/term.h"
#include "tui/typed.h"

static struct typed *t;

static int fresh(void **state)
{
    (void)state;
    t = typed_new();
    return 0;
}

static int gone(void **state)
{
    (void)state;
    typed_free(t);
    return 0;
}

static void feed(const char *bytes)
{
    typed_feed(t, bytes, strlen(bytes));
}

static void assert_key(uint32_t want)
{
    assert_int_equal(typed_next(t, false), want);
}

static void letters_and_controls(void **state)
{
    (void)state;
    feed("q\r\n\t\x7f\x08\x03");
    static const uint32_t want[] = {'q', TERM_ENTER, TERM_ENTER, TERM_TAB, TERM_BACKSPACE, TERM_BACKSPACE,
                                    3,   0};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        assert_key(want[i]);
}

/* tui.md 2.2 and 8.3: F1 of PuTTY, xterm, the Linux console; arrows in both modes. */
static void every_terminals_keys(void **state)
{
    static const struct {
        const char *bytes;
        uint32_t key;
    } cases[] = {
        {"\033[11~", TERM_F0 + 1},
        {"\033OP", TERM_F0 + 1},
        {"\033[[A", TERM_F0 + 1},
        {"\033[A", TERM_UP},
        {"\033OA", TERM_UP},
        {"\033[21~", TERM_F0 + 10},
        {"\033[1~", TERM_HOME},
        {"\033[H", TERM_HOME},
        {"\033[6~", TERM_PAGE_DOWN},
        {"\033[Z", TERM_BACKTAB},
        {"\033[200~", TERM_PASTE_BEGIN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        feed(cases[i].bytes);
        assert_key(cases[i].key);
        for (const char *p = cases[i].bytes; *p; p++) { /* a slow line: byte by byte */
            assert_key(TERM_NONE);
            typed_feed(t, p, 1);
        }
        assert_key(cases[i].key);
        assert_false(typed_pending(t));
    }
    typed_define(t, "\033[x9", TERM_F0 + 7);
    feed("\033[x9");
    assert_key(TERM_F0 + 7);
}

static void escape_alone_is_a_key_when_nothing_follows(void **state)
{
    (void)state;
    feed("\033");
    assert_key(TERM_NONE);
    assert_true(typed_pending(t));
    assert_int_equal(typed_next(t, true), TERM_ESC);
    feed("\033\033");
    assert_key(TERM_ESC);
    assert_int_equal(typed_next(t, true), TERM_ESC);
    feed("\033j"); /* typed ahead */
    assert_key(TERM_ESC);
    assert_key('j');
    feed("\033[");
    assert_int_equal(typed_next(t, true), TERM_ESC);
    assert_int_equal(typed_next(t, true), '[');
}

static void what_nobody_knows_does_nothing(void **state)
{
    static const char *const unknown[] = {
        "\033[1;5A",        "\033[24;80R",      "\033[?62;1;2c", "\033[>41;354;0c",
        "\033[<0;10;20M",   "\033[I",           "\033Oz",        "\033]11;rgb:0000/0000/0000\033\\",
        "\033]0;title\007", "\033P1$r0m\033\\", "\033_x\033\\",
    };
    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        feed(unknown[i]);
        feed("q");
        assert_key('q');
        assert_key(TERM_NONE);
    }
}

/* On a bad line an answer comes in halves with seconds between them. */
static void half_an_answer_waits_for_its_rest(void **state)
{
    (void)state;
    feed("\033[24");
    assert_int_equal(typed_next(t, true), TERM_NONE);
    assert_int_equal(typed_next(t, true), TERM_NONE);
    feed(";5Rq");
    assert_key('q');
    assert_false(typed_pending(t));
}

static void chinese_in_the_locale(void **state)
{
    (void)state;
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    feed("\xE7\x90");
    assert_key(TERM_NONE);
    feed("\x86\xEF\xBC\x9A\xFFz"); /* 理：, a stray byte */
    assert_key(0x7406);
    assert_key(0xFF1A);
    assert_key('z');
    feed("\xE7");
    assert_int_equal(typed_next(t, true), TERM_NONE);
    assert_false(typed_pending(t)); /* never completed: dropped */
    feed("\xC2\x9Bx");              /* C1 is no key */
    assert_key('x');
    if (!setlocale(LC_CTYPE, "zh_CN.GB18030")) {
        print_message("locale zh_CN.GB18030 is not installed: its part is left out\n");
        return;
    }
    feed("\xC0");
    assert_key(TERM_NONE);
    feed("\xED\xA3\xBA");
    assert_key(0x7406);
    assert_key(0xFF1A);
    feed("\x81\x37\x99\x32"); /* U+2580 in four bytes */
    assert_key(0x2580);
    setlocale(LC_CTYPE, "C.UTF-8");
}

/* Whatever comes: keys are keys, everything is used up in the end, and after it q is q. */
static void noise(void **state)
{
    static const char pieces[] = "\033\033\033[[]OP?;0123456789~RcABMm\\\007\x9b\xe7\x90\x86q\r\177";
    struct rand rng;
    (void)state;
    unsigned seed = 20261121;
    rand_seed(&rng, seed);
    for (int round = 0; round < 2000; round++) {
        char bytes[40];
        size_t n = rand_below(&rng, sizeof bytes);
        for (size_t i = 0; i < n; i++)
            bytes[i] = pieces[rand_below(&rng, sizeof pieces - 1)];
        for (size_t i = 0; i < n; i += 5) {
            typed_feed(t, bytes + i, n - i < 5 ? n - i : 5);
            for (uint32_t key; (key = typed_next(t, rand_below(&rng, 4) == 0)) != TERM_NONE;)
                assert_true(key < 0x80 || (key >= 0xA0 && key < 0x110000) ||
                            (key > TERM_SPECIAL && key <= TERM_PASTE_END));
        }
        feed("m\033\\\007"); /* ends whatever was begun */
        for (int i = 0; typed_pending(t); i++) {
            typed_next(t, true);
            if (i > 200)
                fail_msg("seed %u, round %d: not used up", seed, round);
        }
        feed("q");
        assert_key('q');
    }
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(letters_and_controls, fresh, gone),
        cmocka_unit_test_setup_teardown(every_terminals_keys, fresh, gone),
        cmocka_unit_test_setup_teardown(escape_alone_is_a_key_when_nothing_follows, fresh, gone),
        cmocka_unit_test_setup_teardown(what_nobody_knows_does_nothing, fresh, gone),
        cmocka_unit_test_setup_teardown(half_an_answer_waits_for_its_rest, fresh, gone),
        cmocka_unit_test_setup_teardown(chinese_in_the_locale, fresh, gone),
        cmocka_unit_test_setup_teardown(noise, fresh, gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
