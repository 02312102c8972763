/* Decoding, widths and the sanitiser, over every code point there is. What is forbidden is listed here by
 * hand, from the code charts, not taken from the table under test; well-formedness is Unicode's table 3-7,
 * written out. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <wchar.h>

#include "base/rand.h"
#include "base/utf8.h"

#define LAST 0x10FFFF

struct range {
    uint32_t first, last;
};

static const struct range forbidden[] = {
    {0x00, 0x1F},       /* C0 */
    {0x7F, 0x9F},       /* DEL, C1 */
    {0xAD, 0xAD},       /* soft hyphen */
    {0x34F, 0x34F},     /* combining grapheme joiner */
    {0x590, 0x8FF},     /* Hebrew, Arabic, Syriac, Thaana, NKo, Samaritan, Mandaic; with it U+061C */
    {0x115F, 0x11FF},   /* jamo fillers, vowels, finals */
    {0x17B4, 0x17B5},   /* invisible Khmer vowels */
    {0x180B, 0x180F},   /* Mongolian selectors and vowel separator */
    {0x200B, 0x200F},   /* zero width, LRM, RLM */
    {0x2028, 0x202E},   /* separators, bidi embedding and override */
    {0x2060, 0x206F},   /* word joiner, invisible operators, isolates, deprecated */
    {0x3164, 0x3164},   /* Hangul filler */
    {0x4DC0, 0x4DFF},   /* hexagrams: wide since Unicode 16 only */
    {0xD800, 0xF8FF},   /* surrogates, private use */
    {0xFB1D, 0xFDFF},   /* Hebrew and Arabic presentation forms, with U+FDD0..FDEF */
    {0xFE00, 0xFE0F},   /* variation selectors */
    {0xFE70, 0xFEFF},   /* Arabic presentation forms B, BOM */
    {0xFFA0, 0xFFA0},   /* half-width Hangul filler */
    {0xFFF0, 0xFFFB},   /* unassigned, interlinear annotation */
    {0xFFFE, 0xFFFF},   /* non-characters */
    {0x10800, 0x10FFF}, /* right-to-left scripts */
    {0x1BCA0, 0x1BCA3}, /* shorthand format controls */
    {0x1D173, 0x1D17A}, /* musical format controls */
    {0x1E800, 0x1EFFF}, /* right-to-left scripts */
    {0x1F1E6, 0x1F1FF}, /* regional indicators */
    {0x1F300, 0x1F320}, /* emoji: weather */
    {0x1F400, 0x1F53D}, /* emoji: animals, things */
    {0x1F600, 0x1F64F}, /* emoji: faces */
    {0x1F90C, 0x1F93A}, /* emoji: supplement, but for the two text symbols in it */
    {0x1F947, 0x1F9FF},  {0x1FFFE, 0x1FFFF},
    {0x2FFFE, 0x2FFFF},  {0x3FFFE, 0xE00FF}, /* planes 4 to 13, tags */
    {0xE0100, 0xE01EF},                      /* variation selectors */
    {0xE01F0, 0x10FFFF},                     /* unassigned, private use */
};

static bool in(const struct range *ranges, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n; i++) {
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    }
    return false;
}

static bool is_forbidden(uint32_t c)
{
    return in(forbidden, sizeof(forbidden) / sizeof(*forbidden), c);
}

/* Table 3-7 of the standard: the second byte's range depends on the first. Returns the length, 0 when
 * ill-formed. */
static size_t well_formed(const unsigned char *p, size_t n)
{
    static const struct {
        unsigned char first_low, first_high, second_low, second_high;
        size_t length;
    } rows[] = {
        {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (p[0] < rows[i].first_low || p[0] > rows[i].first_high)
            continue;
        if (rows[i].length > n ||
            (rows[i].length > 1 && (p[1] < rows[i].second_low || p[1] > rows[i].second_high)))
            return 0;
        for (size_t k = 2; k < rows[i].length; k++) {
            if (p[k] < 0x80 || p[k] > 0xBF)
                return 0;
        }
        return rows[i].length;
    }
    return 0;
}

static uint32_t decode(const unsigned char *p, size_t n)
{
    if (n == 1)
        return p[0];
    uint32_t c = p[0] & (0xFFU >> (n + 1));
    for (size_t i = 1; i < n; i++)
        c = c * 64 + (p[i] - 0x80U);
    return c;
}

/* Well-formed, nothing forbidden, no two marks in a row, no mark at the beginning; returns the columns. */
static int examine(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    int columns = 0, last = 0;
    for (size_t i = 0; i < s.n;) {
        size_t n = well_formed(p + i, s.n - i);
        if (n == 0)
            fail_msg("ill-formed at byte %zu of \"%.*s\"", i, (int)s.n, s.p);
        uint32_t c = decode(p + i, n);
        int w = utf8_rune_width(c);
        if (is_forbidden(c) || w < 0)
            fail_msg("U+%04X came through", (unsigned)c);
        if (w == 0 && last == 0)
            fail_msg("U+%04X has no base of its own", (unsigned)c);
        columns += w;
        last = w;
        i += n;
    }
    return columns;
}

static void decodes_as_table_3_7_says(void **state)
{
    (void)state;
    struct rand r;
    rand_seed(&r, 31);
    for (int i = 0; i < 1000000; i++) {
        unsigned char text[4];
        for (size_t k = 0; k < 4; k++) /* mostly lead and continuation bytes near the limits */
            text[k] = (unsigned char)(rand_below(&r, 3) ? 0x80 + rand_below(&r, 128) : rand_below(&r, 256));
        size_t n = 1 + rand_below(&r, 4), want = well_formed(text, n);
        struct str s = {(const char *)text, n};
        uint32_t c = utf8_next(&s);
        if (want == 0 ? c != UTF8_BAD || s.n != n - 1 : c != decode(text, want) || s.n != n - want)
            fail_msg("seed 31, case %d: %02X %02X %02X %02X of length %zu", i, text[0], text[1], text[2],
                     text[3], n);
    }
    assert_true(utf8_valid(STR("plain")));
    assert_true(utf8_valid(STR("中文 \xF0\x9F\x98\x80")));
    assert_true(utf8_valid((struct str){NULL, 0}));
    assert_false(utf8_valid(STR("a\xC0\x80")));    /* overlong */
    assert_false(utf8_valid(STR("\xED\xA0\x80"))); /* surrogate */
    assert_false(utf8_valid(STR("\xF4\x90\x80\x80")));
    assert_false(utf8_valid(STR("\xE4\xB8"))); /* cut short */
}

/* Each code point alone and behind an 'x', in both modes. */
static void every_code_point(void **state)
{
    (void)state;
    struct buf raw = {0}, out = {0};
    for (uint32_t c = 0; c <= LAST; c++) {
        int w = utf8_rune_width(c);
        assert_in_range(w + 1, 0, 3);
        if (c >= 0xD800 && c <= 0xDFFF) {
            assert_int_equal(w, -1);
            continue;
        }
        buf_clear(&raw);
        buf_rune(&raw, c);
        struct str s = buf_view(&raw);
        struct str copy = s;
        assert_int_equal(utf8_next(&copy), c);
        bool shown = w > 0;

        buf_clear(&out);
        utf8_clean(&out, s, CLEAN_LABEL);
        assert_int_equal(examine(buf_view(&out)), shown ? w : 1);
        assert_true(str_eq(buf_view(&out), shown ? s : STR("?")));
        assert_int_equal(utf8_width(buf_view(&out)), shown ? w : 1);

        buf_clear(&out);
        utf8_clean(&out, s, CLEAN_DETAIL);
        char want[16];
        snprintf(want, sizeof(want), c < 0x80 ? "<%02X>" : "<U+%04X>", (unsigned)c);
        assert_true(str_eq(buf_view(&out), shown ? s : str_of(want)));
        assert_int_equal(examine(buf_view(&out)), utf8_width(buf_view(&out)));

        buf_clear(&raw);
        buf_putc(&raw, 'x');
        buf_rune(&raw, c);
        for (int mode = CLEAN_LABEL; mode <= CLEAN_DETAIL; mode++) {
            buf_clear(&out);
            utf8_clean(&out, buf_view(&raw), (enum clean_mode)mode);
            int columns = examine(buf_view(&out));
            if (w >= 0 || mode == CLEAN_LABEL)
                assert_int_equal(columns, 1 + (w < 0 ? 1 : w));
            assert_int_equal(str_eq(buf_view(&out), buf_view(&raw)), w >= 0);
        }
    }
    buf_done(&raw);
    buf_done(&out);
}

static void forbidden_are_hidden(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= LAST; c++) {
        if (is_forbidden(c) && utf8_rune_width(c) != -1)
            fail_msg("U+%04X has width %d", (unsigned)c, utf8_rune_width(c));
    }
    assert_int_equal(utf8_rune_width(0x110000), -1);
    assert_int_equal(utf8_rune_width(UTF8_BAD), -1);
}

static void known_widths(void **state)
{
    (void)state;
    static const struct {
        uint32_t c;
        int width;
        bool ambiguous;
    } cases[] = {
        {'a', 1, false},     {' ', 1, false},     {'~', 1, false},      {0xA0, 1, false},
        {0xE9, 1, true},     {0xC9, 1, false},    {0xB7, 1, true},      {0x300, 0, false},
        {0x391, 1, true},    {0x416, 1, true},    {0x20DD, 0, false},   {0x2500, 1, true},
        {0x2588, 1, true},   {0x2605, 1, true},   {0x201C, 1, true},    {0x3000, 2, false},
        {0x3001, 2, false},  {0x3042, 2, false},  {0x4E00, 2, false},   {0x9FFF, 2, false},
        {0xAC00, 2, false},  {0xFF01, 2, false},  {0xFF5E, 2, false},   {0xFF61, 1, false},
        {0xFFE5, 2, false},  {0x20000, 2, false}, {0x2A6D6, 2, false},  {0xFFFD, 1, true},
        {0x1100, 2, false},  {0x302A, 0, false},  {0x20AC, 1, true},    {0xA5, 1, false},
        {0x2026, 1, true},   {0x2192, 1, true},   {0x1F600, -1, false}, {0x231A, -1, false},
        {0x26A1, -1, false}, {0x2B50, -1, false}, {0x1F004, -1, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        if (utf8_rune_width(cases[i].c) != cases[i].width ||
            utf8_rune_ambiguous(cases[i].c) != cases[i].ambiguous)
            fail_msg("U+%04X has width %d", (unsigned)cases[i].c, utf8_rune_width(cases[i].c));
    }
}

/* A second opinion on everything shown. The C library may know an older or newer Unicode, so a few are
 * allowed to differ; a table shifted by one would differ in thousands. */
static void agrees_with_the_c_library(void **state)
{
    (void)state;
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        print_message("no C.UTF-8 locale on this host\n");
        skip();
    }
    unsigned shown = 0, differ = 0;
    for (uint32_t c = 0x20; c <= LAST; c++) {
        int w = utf8_rune_width(c);
        if (w < 0)
            continue;
        shown++;
        if (wcwidth((wchar_t)c) != w && differ++ < 5)
            print_message("U+%04X: here %d, C library %d\n", (unsigned)c, w, wcwidth((wchar_t)c));
    }
    assert_true(shown > 100000);
    assert_true(differ * 1000 < shown);
}

static void clean(const char *text, enum clean_mode mode, const char *want)
{
    struct buf b = {0};
    buf_puts(&b, ">");
    utf8_clean(&b, str_of(text), mode);
    assert_string_equal(b.p + 1, want);
    buf_done(&b);
}

static void sanitises(void **state)
{
    (void)state;
    clean("plain 学生 ★", CLEAN_LABEL, "plain 学生 ★");
    clean("\x1B[31mred\x07", CLEAN_LABEL, "?[31mred?");
    clean("\x1B[31mred\x07", CLEAN_DETAIL, "<1B>[31mred<07>");
    clean("a\tb\r\n", CLEAN_LABEL, "a?b??");
    clean("a\tb\r\n\x7F", CLEAN_DETAIL, "a<09>b<0D><0A><7F>");
    clean("\xC2\x9B"
          "31m",
          CLEAN_DETAIL, "<U+009B>31m");
    clean("\x9B"
          "31m",
          CLEAN_DETAIL, "<9B>31m");
    clean("\xD6\xD0\xCE\xC4", CLEAN_LABEL, "????"); /* GBK read as UTF-8 */
    clean("abc\xE2\x80\xAEtxt.exe", CLEAN_DETAIL, "abc<U+202E>txt.exe");
    clean("abc\xE2\x80\xAEtxt.exe", CLEAN_LABEL, "abc?txt.exe");
    clean("\xD7\xA9\xD7\x9C", CLEAN_DETAIL, "<U+05E9><U+05DC>");
    clean("\xF0\x9F\x98\x80", CLEAN_DETAIL, "<U+1F600>");
    clean("e\xCC\x81\xCC\x82\xCC\x83x", CLEAN_LABEL, "e\xCC\x81x"); /* one mark per base */
    clean("e\xCC\x81\xCC\x82x", CLEAN_DETAIL, "e\xCC\x81<U+0302>x");
    clean("\xCC\x81"
          "e",
          CLEAN_LABEL, "?e");
    clean("\x01\xCC\x81"
          "e",
          CLEAN_LABEL, "??e");
    clean("", CLEAN_LABEL, "");
    struct buf b = {0};
    utf8_clean(&b, (struct str){"a\0b", 3}, CLEAN_DETAIL);
    assert_string_equal(b.p, "a<00>b");
    buf_done(&b);
}

static void sanitises_noise(void **state)
{
    (void)state;
    struct rand r;
    rand_seed(&r, 17);
    struct buf raw = {0}, out = {0}, again = {0};
    for (int i = 0; i < 30000; i++) {
        buf_clear(&raw);
        for (uint32_t n = rand_below(&r, 30); n > 0; n--) {
            uint32_t kind = rand_below(&r, 5);
            if (kind == 0)
                buf_putc(&raw, (char)rand_below(&r, 256));
            else if (kind == 1)
                buf_rune(&raw, 0x300 + rand_below(&r, 0x70));
            else if (kind == 2)
                buf_rune(&raw, 0x4E00 + rand_below(&r, 0x5200));
            else
                buf_rune(&raw, rand_below(&r, kind == 3 ? 0x250 : 0x110000));
        }
        for (int mode = CLEAN_LABEL; mode <= CLEAN_DETAIL; mode++) {
            buf_clear(&out);
            utf8_clean(&out, buf_view(&raw), (enum clean_mode)mode);
            assert_int_equal(examine(buf_view(&out)), utf8_width(buf_view(&out)));
            buf_clear(&again); /* clean text stays as it is */
            utf8_clean(&again, buf_view(&out), (enum clean_mode)mode);
            assert_true(str_eq(buf_view(&out), buf_view(&again)));
            int columns = (int)rand_below(&r, 40);
            buf_clear(&again);
            int used = utf8_fit(&again, buf_view(&out), columns);
            assert_true(used <= columns);
            assert_int_equal(examine(buf_view(&again)), used);
        }
    }
    buf_done(&raw);
    buf_done(&out);
    buf_done(&again);
}

static void fit(const char *text, int columns, const char *want, int used)
{
    struct buf b = {0};
    buf_puts(&b, ">");
    assert_int_equal(utf8_fit(&b, str_of(text), columns), used);
    assert_string_equal(b.p + 1, want);
    buf_done(&b);
}

static void fits(void **state)
{
    (void)state;
    fit("hello", 9, "hello", 5);
    fit("hello", 5, "hello", 5);
    fit("hello", 4, "hel~", 4);
    fit("hello", 1, "~", 1);
    fit("hello", 0, "", 0);
    fit("hello", -3, "", 0);
    fit("", 5, "", 0);
    fit("学生卡", 6, "学生卡", 6);
    fit("学生卡", 5, "学生~", 5);
    fit("学生卡", 4, "学~", 3);
    fit("学生卡", 2, "~", 1);
    fit("a学生", 4, "a学~", 4);
    fit("ae\xCC\x81i", 2, "a~", 2);
    fit("ae\xCC\x81i", 3, "ae\xCC\x81i", 3);
    fit("ae\xCC\x81ix", 3, "ae\xCC\x81~", 3);
    fit("ae\xCC\x81", 2, "ae\xCC\x81", 2);
}

static void fold(const char *text, const char *want)
{
    struct buf b = {0};
    buf_puts(&b, ">");
    utf8_fold(&b, str_of(text));
    assert_string_equal(b.p + 1, want);
    buf_done(&b);
}

static void folds(void **state)
{
    (void)state;
    fold("ABCxyz 09_@[`{", "abcxyz 09_@[`{");
    fold("ÀÉÖØÞ ×÷ß", "àéöøþ ×÷ß");
    fold("ΑΒΩΆΈΉΊΌΎΏΪΫ ΟΔΟΣ οδος", "αβωάέήίόύώϊϋ οδοσ οδοσ");
    fold("АЯЀЏЁҐҀӀӁӐԮ", "аяѐџёґҁӏӂӑԯ");
    fold("ａＢＣ１２！～　x", "abc12!~ x");
    fold("学生STUDENT", "学生student");
    fold("A\xFF\xC3", "a\xFF\xC3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_as_table_3_7_says),
        cmocka_unit_test(every_code_point),
        cmocka_unit_test(forbidden_are_hidden),
        cmocka_unit_test(known_widths),
        cmocka_unit_test(agrees_with_the_c_library),
        cmocka_unit_test(sanitises),
        cmocka_unit_test(sanitises_noise),
        cmocka_unit_test(fits),
        cmocka_unit_test(folds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
