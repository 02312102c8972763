/* utf8_fuzz.c - the sanitiser: whatever goes in, only what a terminal shows in place comes out, and it is
 * counted right. */
#include "config.h"
#include <stdlib.h>
#include "base/utf8.h"
#include "fuzz.h"

/* Valid, printable, at most one combining mark in a row. */
static void check_clean(struct str s)
{
    int marks = 0;
    FUZZ_PROMISE(utf8_valid(s));
    while (s.n > 0) {
        uint32_t c = utf8_next(&s);
        int w = utf8_rune_width(c);
        FUZZ_PROMISE(c != UTF8_BAD && c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0));
        FUZZ_PROMISE(w >= 0 && w <= 2);
        marks = w == 0 ? marks + 1 : 0;
        FUZZ_PROMISE(marks <= 1);
    }
}

static int runes_width(struct str s)
{
    int width = 0;
    while (s.n > 0)
        width += utf8_rune_width(utf8_next(&s));
    return width;
}

static void check_mode(struct str s, enum clean_mode mode, int columns)
{
    struct buf once = {0}, twice = {0}, cut = {0};
    utf8_clean(&once, s, mode);
    struct str clean = buf_view(&once);
    check_clean(clean);
    FUZZ_PROMISE(utf8_width(clean) == runes_width(clean));
    utf8_clean(&twice, clean, mode);
    FUZZ_PROMISE(str_eq(clean, buf_view(&twice)));
    int used = utf8_fit(&cut, clean, columns);
    check_clean(buf_view(&cut));
    FUZZ_PROMISE(used <= columns && used == utf8_width(buf_view(&cut)));
    FUZZ_PROMISE(utf8_width(clean) > columns || str_eq(clean, buf_view(&cut)));
    buf_done(&once);
    buf_done(&twice);
    buf_done(&cut);
}

/* Every byte is passed once; a text is valid when none of its characters is bad. */
static void check_steps(struct str s)
{
    struct str rest = s;
    bool bad = false;
    while (rest.n > 0) {
        size_t before = rest.n;
        uint32_t c = utf8_next(&rest);
        size_t step = before - rest.n;
        FUZZ_PROMISE(step >= 1 && step <= 4 && (c != UTF8_BAD || step == 1));
        bad |= c == UTF8_BAD;
    }
    FUZZ_PROMISE(utf8_valid(s) == !bad);
}

FUZZ_TARGET(utf8)
{
    struct fuzz_input in = {data, n};
    int columns = fuzz_byte(&in) % 40;
    struct str rest = fuzz_rest(&in);
    char *p = fuzz_copy(rest, 0);
    struct str s = {p, rest.n};
    struct buf folded = {0};
    check_steps(s);
    check_mode(s, CLEAN_LABEL, columns);
    check_mode(s, CLEAN_DETAIL, columns);
    utf8_fold(&folded, s);
    FUZZ_PROMISE(!utf8_valid(s) || utf8_valid(buf_view(&folded)));
    buf_done(&folded);
    free(p);
    return 0;
}
