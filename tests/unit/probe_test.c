/* probe_test.c - the answers of terminals as they were measured (tui.md 2.3), and what must follow from them.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>
#include "base/os.h"
#include "tui/probe.h"
#include "tui/terminfo.h"

/* Columns: Han, twin, line, block, symbols, acs, repeat; -1 where nothing was asked or said. */
struct measured {
    const char *name;
    enum probe_charset charset;
    const char *term;
    bool tmux, chinese, no_lines, no_utf8, no_gb;
    signed char columns[PROBE_SAMPLES];
    /* what must follow */
    enum tier tier;
    const char *ctype;
    bool notice, english;
};

static const struct measured terminals[] = {
    {"xterm -u8", PROBE_UTF8, "xterm", 0, 1, 0, 0, 0, {4, -1, 1, 1, 2, 1, 4}, TIER_UTF8, NULL, 0, 0},
    {"xterm -u8 -cjk_width",
     PROBE_UTF8,
     "xterm",
     0,
     1,
     0,
     0,
     0,
     {4, -1, 2, 2, 4, 2, 4},
     TIER_ASCII,
     NULL,
     1,
     0},
    {"PuTTY", PROBE_UTF8, "xterm", 0, 1, 0, 0, 0, {4, -1, 1, 1, 2, 1, 4}, TIER_UTF8, NULL, 0, 0},
    {"mlterm, ambiguous wide",
     PROBE_UTF8,
     "xterm",
     0,
     1,
     0,
     0,
     0,
     {4, -1, 2, 2, 4, 1, 4},
     TIER_ASCII,
     NULL,
     1,
     0},
    {"mlterm GB18030", PROBE_GB, "xterm", 0, 1, 0, 0, 0, {4, 4, 2, 2, 4, 1, 4}, TIER_ACS, NULL, 0, 0},
    {"urxvt GB18030", PROBE_GB, "rxvt", 0, 1, 0, 0, 0, {4, 4, 2, 2, 4, 1, 1}, TIER_ACS, NULL, 0, 0},
    {"screen, GBK", PROBE_GB, "screen", 0, 1, 0, 0, 0, {4, 4, 2, 2, 4, 1, 1}, TIER_ACS, NULL, 0, 0},
    {"GB, lines two wide", PROBE_GB, "xterm", 0, 1, 0, 0, 0, {4, 4, 2, 2, 4, 2, 4}, TIER_ASCII, NULL, 0, 0},
    {"GB, no line drawing", PROBE_GB, "xterm", 0, 1, 1, 0, 0, {4, 4, 2, 2, 4, 1, 4}, TIER_ASCII, NULL, 0, 0},
    {"tmux, English", PROBE_UTF8, "tmux", 1, 0, 0, 0, 0, {4, -1, 1, 1, 2, 1, 4}, TIER_UTF8, NULL, 0, 0},
    {"tmux, Chinese", PROBE_UTF8, "tmux", 1, 1, 0, 0, 0, {4, -1, 1, 1, 2, 1, 4}, TIER_UTF8, NULL, 1, 0},
    {"screen -U, Chinese",
     PROBE_UTF8,
     "screen",
     0,
     1,
     0,
     0,
     0,
     {4, -1, 2, 2, 4, 2, 1},
     TIER_ASCII,
     NULL,
     1,
     0},
    {"UTF-8 locale, GB terminal",
     PROBE_UTF8,
     "xterm",
     0,
     1,
     0,
     0,
     0,
     {6, -1, 3, 3, 5, 1, 4},
     TIER_ASCII,
     "gb",
     1,
     0},
    {"the same, no GB locale",
     PROBE_UTF8,
     "xterm",
     0,
     1,
     0,
     0,
     1,
     {6, -1, 3, 3, 5, 1, 4},
     TIER_ASCII,
     NULL,
     1,
     1},
    {"GB locale, UTF-8 terminal",
     PROBE_GB,
     "xterm",
     0,
     1,
     0,
     0,
     0,
     {4, 2, 2, 2, 4, 1, 4},
     TIER_ASCII,
     "utf8",
     1,
     0},
    {"the same in tmux", PROBE_GB, "tmux", 1, 1, 0, 0, 0, {0, 2, 0, 0, 0, 1, 4}, TIER_ASCII, "utf8", 1, 0},
    {"C locale, UTF-8 terminal",
     PROBE_OTHER,
     "xterm",
     0,
     0,
     0,
     0,
     0,
     {4, -1, 1, 1, 2, 1, 4},
     TIER_ASCII,
     "utf8",
     0,
     0},
    {"the same, no UTF-8 locale",
     PROBE_OTHER,
     "xterm",
     0,
     0,
     0,
     1,
     0,
     {4, -1, 1, 1, 2, 1, 4},
     TIER_ASCII,
     NULL,
     0,
     1},
    {"silent, UTF-8",
     PROBE_UTF8,
     "vt100",
     0,
     1,
     0,
     0,
     0,
     {-1, -1, -1, -1, -1, -1, -1},
     TIER_ASCII,
     NULL,
     1,
     1},
    {"silent, GB", PROBE_GB, "vt100", 0, 1, 0, 0, 0, {-1, -1, -1, -1, -1, -1, -1}, TIER_ASCII, NULL, 1, 1},
    {"silent, C", PROBE_OTHER, "vt100", 0, 0, 0, 0, 0, {-1, -1, -1, -1, -1, -1, -1}, TIER_ASCII, NULL, 0, 1},
    {"Linux console", PROBE_UTF8, "linux", 0, 1, 0, 0, 0, {4, -1, 1, 1, 2, 1, 4}, TIER_ACS, NULL, 1, 1},
    {"nonsense", PROBE_UTF8, "xterm", 0, 1, 0, 0, 0, {17, -1, 1, 1, 1, 1, 1}, TIER_ASCII, NULL, 1, 1},
};

static struct probe_choice choose(const struct measured *m, int64_t round_trip_us)
{
    struct probe_found found = {.asked = true, .round_trip_us = round_trip_us};
    memcpy(found.columns, m->columns, sizeof found.columns);
    for (int i = 0; i < PROBE_SAMPLES; i++)
        found.answered = found.answered || m->columns[i] >= 0;
    struct probe_setting s = {.charset = m->charset,
                              .term = m->term,
                              .utf8 = m->no_utf8 ? NULL : "utf8",
                              .gb = m->no_gb ? NULL : "gb",
                              .tmux = m->tmux,
                              .has_lines = !m->no_lines,
                              .chinese = m->chinese};
    return probe_choose(&found, &s);
}

static void measured_terminals_get_their_tier(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof terminals / sizeof *terminals; i++) {
        const struct measured *m = &terminals[i];
        struct probe_choice c = choose(m, 1000);
        if (c.tier != m->tier || (c.ctype ? str_of(c.ctype).n : 0) != (m->ctype ? str_of(m->ctype).n : 0) ||
            (c.notice != NULL) != m->notice || c.english != m->english)
            fail_msg("%s: tier %s, locale %s, notice %s, english %d", m->name, tier_name(c.tier),
                     c.ctype ? c.ctype : "kept", c.notice ? c.notice : "none", c.english);
        assert_true(c.tiers[c.tier] && c.tiers[TIER_ASCII]);
        assert_false(c.slow);
        bool wide = m->columns[PROBE_LINE] > 1;
        assert_false(wide && (c.tiers[TIER_UTF8] || c.tiers[TIER_HD])); /* never, not even by ~ */
        assert_false(m->charset == PROBE_GB && (c.tiers[TIER_UTF8] || c.tiers[TIER_HD]));
    }
    assert_true(choose(&terminals[0], 200000).slow);
    /* Where nothing is known the person may try. */
    assert_true(choose(&terminals[18], 1000).tiers[TIER_UTF8]);
}

static void the_question_is_in_the_locales_encoding(void **state)
{
    struct buf q = {0};
    (void)state;
    probe_question(&q, PROBE_UTF8);
    assert_string_equal(
        q.p,
        "\r中文\033[6n\r─\033[6n\r█\033[6n\r①·\033[6n\r\033(0q\033(B\033[6n\r#\033[3b\033[6n\r\033[K\033[c");
    buf_clear(&q);
    probe_question(&q, PROBE_GB);
    assert_non_null(strstr(q.p, "\r\xD6\xD0\xCE\xC4\033[6n\r\xC4\xA3\xC4\xA3\033[6n"));
    buf_done(&q);
    assert_int_equal(probe_charset("UTF-8"), PROBE_UTF8);
    assert_int_equal(probe_charset("GB18030"), PROBE_GB);
    assert_int_equal(probe_charset("GBK"), PROBE_GB);
    assert_int_equal(probe_charset("ANSI_X3.4-1968"), PROBE_OTHER);
}

/* Keys before, between and behind the answers stay; answers are never among them. */
static void typing_ahead_is_kept_apart(void **state)
{
    struct probe_found f = {0};
    struct buf in = {0};
    (void)state;
    memset(f.columns, -1, sizeof f.columns);
    buf_puts(&in, "4\033[1;5R\033[1;2Rj\033[12;3R\033[A\033[1;3R\033[1;2R\033[1;5R\033[?62;4cq");
    assert_true(probe_answers(&f, &in, PROBE_UTF8));
    assert_string_equal(in.p, "4j\033[Aq");
    static const signed char want[PROBE_SAMPLES] = {4, -1, 1, 2, 2, 1, 4};
    assert_memory_equal(f.columns, want, sizeof want);
    assert_true(f.answered);
    buf_done(&in);
    struct probe_found silent = {0};
    memset(silent.columns, -1, sizeof silent.columns);
    buf_puts(&in, "\033[B:x");
    assert_false(probe_answers(&silent, &in, PROBE_GB));
    assert_string_equal(in.p, "\033[B:x");
    assert_false(silent.answered);
    buf_done(&in);
}

/* REP goes, all else stays; against the entry of this machine, and bytes that are no entry. */
static void repeat_is_taken_out(void **state)
{
    struct buf entry = {0}, before = {0}, hex = {0};
    struct err err;
    (void)state;
    if (!os_read_file("/lib/terminfo/x/xterm-256color", 1 << 16, &entry, &err))
        skip();
    buf_put(&before, entry.p, entry.n);
    assert_true(terminfo_drop_repeat(&entry));
    size_t changed = 0;
    for (size_t i = 0; i < entry.n; i++)
        changed += entry.p[i] != before.p[i];
    assert_int_equal(entry.n, before.n);
    assert_int_equal(changed, 2);
    assert_false(terminfo_drop_repeat(&entry)); /* gone already */
    assert_true(terminfo_without_repeat(&hex, "xterm-256color"));
    assert_int_equal(hex.n, 4 + 2 * entry.n);
    assert_false(terminfo_without_repeat(&hex, "../xterm"));
    assert_false(terminfo_without_repeat(&hex, "no-such-terminal"));
    for (size_t n = 0; n < 700 && n < before.n; n++) { /* cut short anywhere */
        struct buf cut = {0};
        buf_put(&cut, before.p, n);
        terminfo_drop_repeat(&cut);
        buf_done(&cut);
    }
    buf_done(&entry);
    buf_done(&before);
    buf_done(&hex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measured_terminals_get_their_tier),
        cmocka_unit_test(the_question_is_in_the_locales_encoding),
        cmocka_unit_test(typing_ahead_is_kept_apart),
        cmocka_unit_test(repeat_is_taken_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
