/* theme_test.c - every theme can be read: contrasts computed by the formula of WCAG 2.1 from the palette of
 * xterm, and nothing told by colour alone. */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "render/glyph.h"
#include "render/theme.h"

/* xterm's palette beyond the first sixteen: a cube of 6 and 24 greys. */
static void rgb_of(int colour, double rgb[3])
{
    static const int steps[] = {0, 95, 135, 175, 215, 255};
    assert_in_range(colour, 16, 255);
    for (int i = 0; i < 3; i++) {
        int cube[] = {(colour - 16) / 36, (colour - 16) / 6 % 6, (colour - 16) % 6};
        rgb[i] = (colour >= 232 ? 8 + 10 * (colour - 232) : steps[cube[i]]) / 255.0;
    }
}

static double luminance(int colour)
{
    static const double weight[] = {0.2126, 0.7152, 0.0722};
    double rgb[3], sum = 0;
    rgb_of(colour, rgb);
    for (int i = 0; i < 3; i++)
        sum += weight[i] * (rgb[i] <= 0.03928 ? rgb[i] / 12.92 : pow((rgb[i] + 0.055) / 1.055, 2.4));
    return sum;
}

static double contrast(int a, int b)
{
    double x = luminance(a), y = luminance(b);
    return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

static void the_formula_is_right(void **state)
{
    (void)state;
    assert_true(fabs(contrast(16, 231) - 21) < 0.01);    /* black and white */
    assert_true(fabs(contrast(231, 244) - 3.95) < 0.01); /* #808080 on white */
}

static const int black = 16, white = 231;

static void colours_can_be_read(void **state)
{
    (void)state;
    for (int role = 0; role < ROLE_HEAT0; role++) {
        struct look any = theme_look(THEME_DEFAULT, (enum role)role, 256);
        struct look light = theme_look(THEME_LIGHT, (enum role)role, 256);
        struct look dark = theme_look(THEME_DARK, (enum role)role, 256);
        if (any.fg >= 0 && (contrast(any.fg, black) < 2.5 || contrast(any.fg, white) < 2.5))
            fail_msg("role %d of the default theme: %.1f on black, %.1f on white", role,
                     contrast(any.fg, black), contrast(any.fg, white));
        if (light.fg >= 0 && contrast(light.fg, theme_body(THEME_LIGHT, 256).bg) < 3)
            fail_msg("role %d of light: %.1f", role, contrast(light.fg, white));
        if (dark.fg >= 0 && contrast(dark.fg, theme_body(THEME_DARK, 256).bg) < 3)
            fail_msg("role %d of dark: %.1f", role, contrast(dark.fg, black));
        bool text = role == ROLE_WARN || role == ROLE_ERROR;
        assert_true(!text || contrast(light.fg, white) >= 4.5);
        assert_true(!text || contrast(dark.fg, black) >= 4.5);
    }
    for (int level = 1; level < 10; level++) {
        struct look cell = theme_look(THEME_DEFAULT, glyph_heat(level), 256);
        assert_true(contrast(cell.fg, cell.bg) >= 4.5);
    }
}

static void heat_gets_darker(void **state)
{
    (void)state;
    assert_int_equal(theme_look(THEME_DEFAULT, glyph_heat(0), 256).bg, -1);
    for (int level = 2; level < 10; level++) {
        int lighter = theme_look(THEME_DARK, glyph_heat(level - 1), 256).bg;
        assert_true(luminance(theme_look(THEME_DARK, glyph_heat(level), 256).bg) <= luminance(lighter));
    }
}

/* With no colours, or few, there is none; what differs by colour differs by attribute, glyph or a mark in the
 * text too. */
static void no_colour_where_there_is_none(void **state)
{
    (void)state;
    for (int role = 0; role < ROLES; role++)
        for (int theme = 0; theme < THEMES; theme++) {
            struct look none = theme_look((enum theme)theme, (enum role)role, 0);
            struct look mono = theme_look(THEME_MONO, (enum role)role, 256);
            struct look few = theme_look((enum theme)theme, (enum role)role, 8);
            assert_true(none.fg == -1 && none.bg == -1 && mono.fg == -1 && mono.bg == -1);
            assert_true(few.fg < 8 && few.bg < 8);
            assert_int_equal(none.attr, theme_look((enum theme)theme, (enum role)role, 256).attr);
        }
    assert_true(theme_look(THEME_MONO, ROLE_SELECTED, 0).attr & LOOK_REVERSE);
    assert_true(theme_look(THEME_CONTRAST, ROLE_SELECTED, 0).attr & LOOK_UNDERLINE);
    assert_int_equal(theme_look(THEME_CONTRAST, ROLE_DIM, 0).attr, 0);
}

/* Blue letters on black cannot be read where the palette is the old one. */
static void text_is_never_dark_blue(void **state)
{
    (void)state;
    static const enum role text[] = {ROLE_TEXT,   ROLE_DIM,  ROLE_STRONG, ROLE_CONTEXT, ROLE_HEAD,
                                     ROLE_STATUS, ROLE_WARN, ROLE_ERROR,  ROLE_SERIES1};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        assert_int_not_equal(theme_look(THEME_DEFAULT, text[i], 8).fg, 4);
        assert_int_not_equal(theme_look(THEME_DARK, text[i], 8).fg, 4);
    }
}

static void themes_have_names_and_a_ring(void **state)
{
    (void)state;
    enum theme t = THEME_DEFAULT, back;
    for (int i = 0; i < THEMES; i++, t = theme_next(t)) {
        assert_int_equal(t, i);
        assert_true(theme_named(str_of(theme_name(t)), &back));
        assert_int_equal(back, t);
    }
    assert_int_equal(t, THEME_DEFAULT);
    assert_false(theme_named(STR("solarized"), &back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_formula_is_right),    cmocka_unit_test(colours_can_be_read),
        cmocka_unit_test(heat_gets_darker),        cmocka_unit_test(no_colour_where_there_is_none),
        cmocka_unit_test(text_is_never_dark_blue), cmocka_unit_test(themes_have_names_and_a_ring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
