/* utf8.c - decoding, display width, and the one sanitiser between data and every terminal.
 *
 * Text that customers typed reaches the screen, so whatever could move the cursor, reorder a row, hide itself
 * or pass for something else is made visible here (CWE-150). Nothing is shown because it is merely not known
 * to be bad: unassigned code points stay hidden until the table knows them. */
#include "config.h"

#include "base/utf8.h"

#include "base/utf8_table.h"

#define RUNS (sizeof(kind_runs) / sizeof(*kind_runs))

static enum kind kind_of(uint32_t c)
{
    if (c >= 0x20 && c < 0x7F)
        return NARROW;
    if (c >= 0x4E00 && c <= 0x9FFF) /* the Han that Chinese text is made of: assigned in full, all wide */
        return WIDE;
    if (c > 0x10FFFF)
        return HIDDEN;
    size_t low = 0, high = RUNS; /* run low begins at or before c, run high after it */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (kind_runs[middle] >> 3 <= c)
            low = middle;
        else
            high = middle;
    }
    return (enum kind)(kind_runs[low] & 7);
}

static bool follows(struct str s, size_t i)
{
    return i < s.n && ((unsigned char)s.p[i] & 0xC0) == 0x80;
}

/* The length of the sequence a lead byte promises; 0 for bytes that lead nothing. */
static size_t length_of(unsigned char lead)
{
    return lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
}

uint32_t utf8_next(struct str *s)
{
    static const unsigned char bits[5] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = (unsigned char)s->p[0];
    size_t n = length_of(lead);
    uint32_t c = lead & bits[n];
    bool ok = n > 0;
    for (size_t i = 1; ok && i < n; i++) {
        ok = follows(*s, i);
        if (ok)
            c = c << 6 | ((unsigned char)s->p[i] & 0x3F);
    }
    if (!ok || c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
        n = 1;
        c = UTF8_BAD;
    }
    *s = (struct str){s->p + n, s->n - n};
    return c;
}

/* The number of leading bytes that are ASCII and printable, or just ASCII. */
static size_t ascii_run(struct str s, unsigned char least, unsigned char most)
{
    size_t i = 0;
    while (i < s.n && (unsigned char)s.p[i] >= least && (unsigned char)s.p[i] <= most)
        i++;
    return i;
}

static struct str behind(struct str s, size_t n)
{
    return (struct str){s.p + n, s.n - n};
}

bool utf8_valid(struct str s)
{
    while (s.n > 0) {
        size_t n = ascii_run(s, 0, 0x7F);
        s = behind(s, n);
        if (s.n > 0 && utf8_next(&s) == UTF8_BAD)
            return false;
    }
    return true;
}

int utf8_count(struct str s)
{
    int n = 0;
    for (; s.n; n++)
        utf8_next(&s);
    return n;
}

int utf8_rune_width(uint32_t c)
{
    static const signed char columns[] = {
        [NARROW] = 1, [AMBIGUOUS] = 1, [WIDE] = 2, [COMBINING] = 0, [HIDDEN] = -1};
    return columns[kind_of(c)];
}

bool utf8_rune_ambiguous(uint32_t c)
{
    return kind_of(c) == AMBIGUOUS;
}

int utf8_width(struct str s)
{
    int64_t columns = 0;
    while (s.n > 0) {
        size_t n = ascii_run(s, 0x20, 0x7E);
        columns += (int64_t)n;
        s = behind(s, n);
        if (s.n > 0) {
            int w = utf8_rune_width(utf8_next(&s));
            columns += w > 0 ? w : 0;
        }
    }
    return columns > INT32_MAX ? INT32_MAX : (int)columns;
}

/* ---- The sanitiser ---- */

static void put_hidden(struct buf *out, uint32_t c, unsigned char byte, enum clean_mode mode)
{
    if (mode == CLEAN_LABEL)
        buf_putc(out, '?');
    else if (c == UTF8_BAD || c < 0x80)
        buf_printf(out, "<%02X>", byte);
    else
        buf_printf(out, "<U+%04X>", (unsigned)c);
}

/* A mark without a base would sit on whatever stands before this text on the screen; a second mark on one
 * base can climb over the lines above. In labels the surplus is dropped, in details it is shown. */
void utf8_clean(struct buf *out, struct str s, enum clean_mode mode)
{
    enum { NO_BASE, BASE, MARKED } state = NO_BASE;
    while (s.n > 0) {
        size_t n = ascii_run(s, 0x20, 0x7E);
        if (n > 0) {
            buf_put(out, s.p, n);
            s = behind(s, n);
            state = BASE;
            continue;
        }
        const char *from = s.p;
        uint32_t c = utf8_next(&s);
        enum kind kind = c == UTF8_BAD ? HIDDEN : kind_of(c);
        if (kind == HIDDEN || (kind == COMBINING && state == NO_BASE)) {
            put_hidden(out, c, (unsigned char)*from, mode);
            state = NO_BASE;
        } else if (kind == COMBINING && state == MARKED) {
            if (mode == CLEAN_DETAIL)
                put_hidden(out, c, (unsigned char)*from, mode);
        } else {
            buf_put(out, from, (size_t)(s.p - from));
            state = kind == COMBINING ? MARKED : BASE;
        }
    }
}

int utf8_fit(struct buf *out, struct str clean, int columns)
{
    struct str rest = clean;
    size_t cut = 0; /* bytes that leave a column for the '~' */
    int used = 0, cut_used = 0;
    while (rest.n > 0) {
        int w = utf8_rune_width(utf8_next(&rest));
        w = w > 0 ? w : 0;
        if (used + w > columns)
            break;
        used += w;
        if (used < columns) {
            cut = clean.n - rest.n;
            cut_used = used;
        }
        if (rest.n == 0) {
            buf_str(out, clean);
            return used;
        }
    }
    if (clean.n == 0 || columns <= 0)
        return 0;
    buf_put(out, clean.p, cut);
    buf_putc(out, '~');
    return cut_used + 1;
}

/* ---- Folding for search ---- */

static uint32_t fold_greek(uint32_t c)
{
    if (c >= 0x391 && c <= 0x3AB && c != 0x3A2)
        return c + 0x20;
    switch (c) {
    case 0x386: return 0x3AC;
    case 0x388:
    case 0x389:
    case 0x38A: return c + 0x25;
    case 0x38C: return 0x3CC;
    case 0x38E:
    case 0x38F: return c + 0x3F;
    case 0x3C2: return 0x3C3; /* the sigma at the end of a word */
    default: return c;
    }
}

static uint32_t fold_cyrillic(uint32_t c)
{
    if (c <= 0x40F)
        return c + 0x50;
    if (c <= 0x42F)
        return c + 0x20;
    if (c == 0x4C0)
        return 0x4CF;
    if (c > 0x4C0 && c < 0x4CF) /* here capitals are odd */
        return c + (c & 1);
    bool pairs = (c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F);
    return pairs ? c | 1 : c;
}

static uint32_t fold(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E) /* full-width forms stand in the order of ASCII */
        c -= 0xFF01 - 0x21;
    if (c == 0x3000)
        return ' ';
    if (c >= 'A' && c <= 'Z')
        return c + 0x20;
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7)
        return c + 0x20;
    if (c >= 0x386 && c <= 0x3C2)
        return fold_greek(c);
    if (c >= 0x400 && c <= 0x52F)
        return fold_cyrillic(c);
    return c;
}

void utf8_fold(struct buf *out, struct str s)
{
    while (s.n > 0) {
        const char *from = s.p;
        uint32_t c = utf8_next(&s);
        if (c == UTF8_BAD)
            buf_putc(out, *from); /* kept, so that ill-formed text still finds itself */
        else if (c < 0x80)
            buf_putc(out, (char)fold(c));
        else
            buf_rune(out, fold(c));
    }
}
