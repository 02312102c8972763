/* canvas_test.c - cells, wide characters, clipping, tiers, glyphs. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/rand.h"
#include "base/utf8.h"
#include "render/canvas.h"
#include "render/glyph.h"

static struct canvas c;
static struct buf out;

static int fresh(void **state)
{
    (void)state;
    canvas_init(&c, 12, 2, TIER_UTF8);
    buf_clear(&out);
    return 0;
}

static int gone(void **state)
{
    (void)state;
    canvas_done(&c);
    buf_done(&out);
    return 0;
}

static void assert_dump(const char *want)
{
    buf_clear(&out);
    canvas_dump(&c, &out);
    assert_string_equal(out.p, want);
}

static void text_is_clipped_with_a_mark(void **state)
{
    (void)state;
    assert_int_equal(canvas_text(&c, 0, 1, 5, ROLE_TEXT, STR("abcdefgh")), 5);
    assert_int_equal(canvas_text(&c, 1, 9, 50, ROLE_TEXT, STR("xyz0")), 3);
    assert_dump(" abcd~\n         xy~\n");
}

static void wide_characters_take_two_cells(void **state)
{
    (void)state;
    assert_int_equal(canvas_text(&c, 0, 0, 12, ROLE_TEXT, STR("理财a")), 5);
    assert_int_equal(c.cell[0].ch, 0x7406);
    assert_int_equal(c.cell[1].ch, 0);
    assert_int_equal(canvas_text(&c, 1, 0, 4, ROLE_TEXT, STR("理财频")), 3);
    assert_dump("理财a\n理~\n");
}

static void half_a_wide_character_is_blanked(void **state)
{
    (void)state;
    canvas_text(&c, 0, 0, 12, ROLE_TEXT, STR("理财"));
    canvas_put(&c, 0, 1, 'x', ROLE_TEXT);
    canvas_text(&c, 1, 0, 12, ROLE_TEXT, STR("理财"));
    canvas_put(&c, 1, 2, 'y', ROLE_TEXT);
    assert_dump(" x财\n理y\n");
}

static void right_aligned(void **state)
{
    (void)state;
    canvas_right(&c, 0, 2, 8, ROLE_TEXT, STR("1,204"));
    canvas_right(&c, 1, 2, 4, ROLE_TEXT, STR("123456"));
    assert_dump("     1,204\n  123~\n");
}

static void outside_is_nothing(void **state)
{
    (void)state;
    assert_int_equal(canvas_text(&c, -1, 0, 5, ROLE_TEXT, STR("a")), 0);
    assert_int_equal(canvas_text(&c, 2, 0, 5, ROLE_TEXT, STR("a")), 0);
    assert_int_equal(canvas_text(&c, 0, -1, 5, ROLE_TEXT, STR("a")), 0);
    assert_int_equal(canvas_text(&c, 0, 12, 5, ROLE_TEXT, STR("a")), 0);
    assert_int_equal(canvas_text(&c, 0, 0, 0, ROLE_TEXT, STR("a")), 0);
    canvas_put(&c, 5, 5, 'x', ROLE_TEXT);
    canvas_mark(&c, (struct rect){-3, -3, 100, 100}, ROLE_HOT, true);
    canvas_clear(&c, (struct rect){-3, -3, 100, 100}, ROLE_TEXT);
    assert_dump("\n\n");
}

static void controls_become_question_marks(void **state)
{
    (void)state;
    canvas_text(&c, 0, 0, 12, ROLE_TEXT, STR("a\x1b[2Jb\tc\n"));
    canvas_text(&c, 1, 0, 12, ROLE_TEXT, STR("x\xe2\x80\xaey\xc2\x9bz"));
    assert_dump("a?[2Jb?c?\nx?y?z\n");
}

static void one_combining_mark_stays(void **state)
{
    (void)state;
    canvas_text(&c, 0, 0, 12, ROLE_TEXT, STR("e\xcc\x81x"));
    assert_int_equal(c.cell[0].mark, 0x301);
    assert_dump("e\xcc\x81x\n\n");
}

static void ambiguous_characters_are_transliterated(void **state)
{
    (void)state;
    canvas_done(&c);
    canvas_init(&c, 24, 3, TIER_ASCII);
    canvas_text(&c, 0, 0, 24, ROLE_TEXT, STR("“a”…→①─█é±"));
    canvas_text(&c, 1, 0, 24, ROLE_TEXT, STR("Ⅳα理财·×"));
    assert_dump("\"a\"...->(1)-#e+/-\nIV?理财.x\n\n");
}

static void acs_dumps_as_ascii(void **state)
{
    (void)state;
    canvas_done(&c);
    canvas_init(&c, 8, 2, TIER_ACS);
    glyph_hline(&c, 0, 0, 3, ROLE_RULE);
    glyph_put(&c, 0, 3, GLYPH_WIRE_LEFT_DOWN, ROLE_RULE);
    assert_int_equal(c.cell[0].ch, 0x2500);
    glyph_bar(&c, 1, 0, 8, 1, 2, GLYPH_BAR, ROLE_BAR);
    assert_int_equal(c.cell[8].ch, 0x2588); /* the terminal file makes a reverse-video blank of it */
    canvas_mark(&c, (struct rect){0, 5, 1, 2}, ROLE_SELECTED, true); /* a cursor is no bar */
    assert_dump("---.\n####\n");
}

static void bars_have_eighths(void **state)
{
    (void)state;
    glyph_bar(&c, 0, 0, 4, 17, 32, GLYPH_BAR, ROLE_BAR); /* 17 eighths */
    glyph_bar(&c, 1, 0, 4, 1, 1e9, GLYPH_BAR, ROLE_BAR); /* the least that shows */
    glyph_bar(&c, 1, 6, 4, 0, 5, GLYPH_BAR, ROLE_BAR);
    assert_dump("██▏\n▏\n");
    canvas_clear(&c, (struct rect){0, 0, 2, 12}, ROLE_TEXT);
    glyph_column(&c, 1, 0, 2, 5, 16, ROLE_BAR); /* 5 eighths of the lower cell */
    glyph_column(&c, 1, 1, 2, 16, 16, ROLE_BAR);
    glyph_column(&c, 1, 2, 2, 99, 16, ROLE_BAR); /* never higher than its place */
    assert_dump(" ██\n▅██\n");
}

static void every_glyph_is_one_column_and_ascii_is_ascii(void **state)
{
    (void)state;
    for (int g = 0; g < GLYPHS; g++) {
        uint32_t ascii = glyph_of(TIER_ASCII, (enum glyph)g);

        assert_true(ascii > 0x20 && ascii < 0x7F);
        for (int t = 0; t < TIERS; t++) {
            uint32_t ch = glyph_of((enum tier)t, (enum glyph)g);

            assert_int_equal(utf8_rune_width(ch), 1);
            assert_true(glyph_allowed((enum tier)t, ch));
            assert_true(t != TIER_ASCII || ch < 0x7F);
            assert_true(glyph_ascii(ch) < 0x7F);
        }
    }
    for (int level = -2; level < 12; level++)
        for (int t = 0; t < TIERS; t++)
            assert_int_equal(utf8_rune_width(glyph_shade((enum tier)t, level)), 1);
}

/* What VT100 line drawing has (its table is in the VT100 user guide): corners, tees, cross, lines,
 * checkerboard; and the full block, which is a reverse-video blank. */
static void acs_stays_within_line_drawing(void **state)
{
    static const uint32_t vt100[] = {0x2500, 0x2502, 0x250C, 0x2510, 0x2514, 0x2518, 0x251C,
                                     0x2524, 0x252C, 0x2534, 0x253C, 0x2592, 0x2588};

    (void)state;
    for (int g = 0; g < GLYPHS; g++) {
        uint32_t ch = glyph_of(TIER_ACS, (enum glyph)g);
        bool known = ch < 0x7F;

        for (size_t i = 0; i < sizeof vt100 / sizeof *vt100; i++)
            known = known || ch == vt100[i];
        assert_true(known);
    }
    assert_false(glyph_allowed(TIER_ASCII, 0x2500));
    assert_false(glyph_allowed(TIER_ACS, 0x2501));
    assert_false(glyph_allowed(TIER_UTF8, 0x2580));
    assert_true(glyph_allowed(TIER_HD, 0x2580));
    assert_false(glyph_allowed(TIER_HD, 0x2026));
}

/* Two colours in one cell, in any order of painting; a whole cell has the fill of its flow; elsewhere a
 * sample is a cell. */
static void samples_are_half_cells_in_hd(void **state)
{
    (void)state;
    canvas_done(&c);
    canvas_init(&c, 4, 2, TIER_HD);
    assert_int_equal(glyph_samples(TIER_HD), 2);
    glyph_sample(&c, 0, 0, GLYPH_FLOW_HOT, ROLE_HOT);
    glyph_sample(&c, 3, 1, GLYPH_FLOW_HOT, ROLE_HOT);
    glyph_sample(&c, 1, 2, GLYPH_FLOW_HOT, ROLE_HOT);
    glyph_sample(&c, 0, 2, GLYPH_FLOW_COLD, ROLE_COLD);
    glyph_sample(&c, 2, 3, GLYPH_FLOW_HOT, ROLE_HOT);
    glyph_sample(&c, 3, 3, GLYPH_FLOW_HOT, ROLE_HOT);
    glyph_sample(&c, 9, 0, GLYPH_FLOW_HOT, ROLE_HOT);
    glyph_sample(&c, -1, 0, GLYPH_FLOW_HOT, ROLE_HOT);
    assert_dump("▀ ▀\n ▄ ▓\n");
    assert_int_equal(c.cell[2].role, ROLE_COLD);
    assert_int_equal(c.cell[2].under, ROLE_HOT);
    c.tier = TIER_UTF8;
    assert_int_equal(glyph_samples(TIER_UTF8), 1);
    glyph_sample(&c, 1, 0, GLYPH_FLOW_COLD, ROLE_COLD);
    assert_dump("▀ ▀\n░▄ ▓\n");
}

static void tiers_have_names(void **state)
{
    enum tier t;

    (void)state;
    for (int i = 0; i < TIERS; i++) {
        assert_true(tier_named(str_of(tier_name((enum tier)i)), &t));
        assert_int_equal(t, i);
    }
    assert_false(tier_named(STR("braille"), &t));
}

/* Whatever is written where: every row adds up to its columns, and a continuation cell always follows a wide
 * character. */
static void rows_stay_whole(void **state)
{
    static const char *const pieces[] = {"理财频道", "abc", "a\xcc\x81\xcc\x81", "é…①", "\xff\x80", "x理"};
    struct rand rng;

    (void)state;
    rand_seed(&rng, 7);
    for (int i = 0; i < 20000; i++) {
        int y = (int)rand_below(&rng, 4) - 1, x = (int)rand_below(&rng, 16) - 2,
            w = (int)rand_below(&rng, 14);

        if (rand_below(&rng, 3) == 0)
            canvas_put(&c, y, x, 'q', ROLE_TEXT);
        else if (rand_below(&rng, 4) == 0)
            canvas_right(&c, y, x, w, ROLE_TEXT, str_of(pieces[rand_below(&rng, 6)]));
        else
            assert_true(canvas_text(&c, y, x, w, ROLE_TEXT, str_of(pieces[rand_below(&rng, 6)])) <= w);
        for (int j = 0; j < c.w * c.h; j++) {
            bool wide = c.cell[j].ch && utf8_rune_width(c.cell[j].ch) == 2;

            assert_true(!wide || (j % c.w + 1 < c.w && c.cell[j + 1].ch == 0));
            assert_true(c.cell[j].ch != 0 || (j % c.w > 0 && utf8_rune_width(c.cell[j - 1].ch) == 2));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_is_clipped_with_a_mark, fresh, gone),
        cmocka_unit_test_setup_teardown(wide_characters_take_two_cells, fresh, gone),
        cmocka_unit_test_setup_teardown(half_a_wide_character_is_blanked, fresh, gone),
        cmocka_unit_test_setup_teardown(right_aligned, fresh, gone),
        cmocka_unit_test_setup_teardown(outside_is_nothing, fresh, gone),
        cmocka_unit_test_setup_teardown(controls_become_question_marks, fresh, gone),
        cmocka_unit_test_setup_teardown(one_combining_mark_stays, fresh, gone),
        cmocka_unit_test_setup_teardown(ambiguous_characters_are_transliterated, fresh, gone),
        cmocka_unit_test_setup_teardown(acs_dumps_as_ascii, fresh, gone),
        cmocka_unit_test_setup_teardown(bars_have_eighths, fresh, gone),
        cmocka_unit_test_setup_teardown(rows_stay_whole, fresh, gone),
        cmocka_unit_test_setup_teardown(samples_are_half_cells_in_hd, fresh, gone),
        cmocka_unit_test(acs_stays_within_line_drawing),
        cmocka_unit_test(every_glyph_is_one_column_and_ascii_is_ascii),
        cmocka_unit_test(tiers_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
