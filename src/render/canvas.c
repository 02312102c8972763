/* canvas.c - the grid of cells; see canvas.h.
 *
 * Text enters through canvas_text only, which sanitises; charts place their own marks with canvas_put. A wide
 * character is two cells, and whoever overwrites one half blanks the other, so that a row always adds up to w
 * columns. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/utf8.h"
#include "render/canvas.h"
#include "render/glyph.h"

static const char *const tier_names[TIERS] = {"ascii", "acs", "utf8", "hd"};

static const struct cell blank = {.ch = ' '};

static bool inside(const struct canvas *c, int y, int x)
{
    return y >= 0 && y < c->h && x >= 0 && x < c->w;
}

static struct cell *cell_at(const struct canvas *c, int y, int x)
{
    return &c->cell[(size_t)y * (size_t)c->w + (size_t)x];
}

static bool is_wide(const struct canvas *c, int y, int x)
{
    return x + 1 < c->w && cell_at(c, y, x)->ch != 0 && cell_at(c, y, x + 1)->ch == 0;
}

/* The other half of a wide character at (y, x) becomes a blank. */
static void split_wide(struct canvas *c, int y, int x)
{
    if (cell_at(c, y, x)->ch == 0 && x > 0)
        cell_at(c, y, x - 1)->ch = ' ';
    else if (is_wide(c, y, x))
        cell_at(c, y, x + 1)->ch = ' ';
}

static void set_cell(struct canvas *c, int y, int x, uint32_t ch, enum role role)
{
    split_wide(c, y, x);
    *cell_at(c, y, x) = (struct cell){.ch = ch, .role = (uint8_t)role};
}

static void fill_blank(struct canvas *c)
{
    for (size_t i = 0; i < (size_t)c->w * (size_t)c->h; i++)
        c->cell[i] = blank;
}

/* What stands for an ambiguous character where it may be drawn wide; NULL: nothing does. */
static const char *transliterate(uint32_t ch)
{
    static const struct {
        uint32_t ch;
        const char *ascii;
    } table[] = {
        {0xA7, "S"},    {0xA8, "\""},   {0xB0, "deg"},  {0xB1, "+/-"},   {0xB2, "2"},     {0xB3, "3"},
        {0xB4, "'"},    {0xB7, "."},    {0xB9, "1"},    {0xD7, "x"},     {0xE0, "a"},     {0xE1, "a"},
        {0xE8, "e"},    {0xE9, "e"},    {0xEA, "e"},    {0xEC, "i"},     {0xED, "i"},     {0xF2, "o"},
        {0xF3, "o"},    {0xF7, "/"},    {0xF9, "u"},    {0xFA, "u"},     {0xFC, "u"},     {0x2010, "-"},
        {0x2013, "-"},  {0x2014, "--"}, {0x2015, "--"}, {0x2016, "||"},  {0x2018, "'"},   {0x2019, "'"},
        {0x201C, "\""}, {0x201D, "\""}, {0x2022, "*"},  {0x2025, ".."},  {0x2026, "..."}, {0x2030, "o/oo"},
        {0x2032, "'"},  {0x2033, "\""}, {0x203B, "*"},  {0x20AC, "EUR"}, {0x2103, "C"},   {0x2116, "No."},
        {0x2122, "TM"}, {0x2190, "<-"}, {0x2191, "^"},  {0x2192, "->"},  {0x2193, "v"},   {0x2194, "<->"},
        {0x21D2, "=>"}, {0x2212, "-"},  {0x2236, ":"},  {0x223C, "~"},   {0x2248, "~"},   {0x2260, "!="},
        {0x2264, "<="}, {0x2265, ">="}, {0x25A0, "#"},  {0x25A1, "[]"},  {0x25B2, "^"},   {0x25B3, "^"},
        {0x25B6, ">"},  {0x25BC, "v"},  {0x25C6, "*"},  {0x25CB, "o"},   {0x25CF, "*"},   {0x2605, "*"},
        {0x2606, "*"},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].ch == ch)
            return table[i].ascii;
    return NULL;
}

static void put_narrow(struct buf *out, uint32_t ch)
{
    const char *ascii = transliterate(ch);

    if (ascii)
        buf_puts(out, ascii);
    else if (ch >= 0x2460 && ch <= 0x2473)
        buf_printf(out, "(%u)", (unsigned)(ch - 0x2460 + 1));
    else if (ch >= 0x2160 && ch <= 0x216B)
        buf_puts(out, (const char *[]){"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI",
                                       "XII"}[ch - 0x2160]);
    else if (glyph_ascii(ch) != ch)
        buf_rune(out, glyph_ascii(ch));
    else
        buf_putc(out, '?');
}

/* Ambiguous characters out of text already clean. */
static void narrow(struct buf *out, struct str clean)
{
    while (clean.n > 0) {
        uint32_t ch = utf8_next(&clean);

        if (utf8_rune_ambiguous(ch))
            put_narrow(out, ch);
        else
            buf_rune(out, ch);
    }
}

static bool plain_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 0x20 || s.p[i] > 0x7E)
            return false;
    return true;
}

static bool tier_is_narrow(enum tier t)
{
    return t == TIER_ASCII || t == TIER_ACS;
}

/* Text as this canvas may show it, in `work`. */
static struct str prepare(const struct canvas *c, struct str text, struct buf *work)
{
    if (plain_ascii(text))
        return text;
    utf8_clean(work, text, CLEAN_LABEL);
    if (tier_is_narrow(c->tier)) {
        struct buf clean = *work;

        *work = (struct buf){0};
        narrow(work, buf_view(&clean));
        buf_done(&clean);
    }
    return buf_view(work);
}

static int place_rune(struct canvas *c, int y, int x, uint32_t ch, enum role role)
{
    int width = utf8_rune_width(ch);

    if (width == 0) {
        if (x > 0)
            cell_at(c, y, cell_at(c, y, x - 1)->ch || x < 2 ? x - 1 : x - 2)->mark = ch;
        return 0;
    }
    set_cell(c, y, x, ch, role);
    if (width == 2) {
        set_cell(c, y, x + 1, ' ', role);
        cell_at(c, y, x + 1)->ch = 0;
    }
    return width < 0 ? 1 : width;
}

/* Places text already prepared; it must fit. */
static int place(struct canvas *c, int y, int x, enum role role, struct str text)
{
    int used = 0;

    while (text.n > 0)
        used += place_rune(c, y, x + used, utf8_next(&text), role);
    return used;
}

static int place_fitted(struct canvas *c, int y, int x, int w, enum role role, struct str prepared)
{
    struct buf fitted = {0};

    utf8_fit(&fitted, prepared, w);
    int used = place(c, y, x, role, buf_view(&fitted));

    buf_done(&fitted);
    return used;
}

const char *tier_name(enum tier t)
{
    return tier_names[t];
}

bool tier_named(struct str name, enum tier *out)
{
    for (int t = 0; t < TIERS; t++)
        if (str_eq(name, str_of(tier_names[t]))) {
            *out = (enum tier)t;
            return true;
        }
    return false;
}

void canvas_init(struct canvas *c, int w, int h, enum tier tier)
{
    *c = (struct canvas){.tier = tier};
    canvas_resize(c, w, h);
}

void canvas_resize(struct canvas *c, int w, int h)
{
    c->w = w > 0 ? w : 0;
    c->h = h > 0 ? h : 0;
    size_t cells = (size_t)c->w * (size_t)c->h;

    c->cell = mem_realloc(c->cell, (cells ? cells : 1) * sizeof *c->cell);
    c->cursor_y = c->cursor_x = -1;
    fill_blank(c);
}

void canvas_done(struct canvas *c)
{
    free(c->cell);
    *c = (struct canvas){0};
}

static struct rect clip(const struct canvas *c, struct rect r)
{
    int y1 = r.y + r.h < c->h ? r.y + r.h : c->h;
    int x1 = r.x + r.w < c->w ? r.x + r.w : c->w;
    int y0 = r.y > 0 ? r.y : 0;
    int x0 = r.x > 0 ? r.x : 0;

    return (struct rect){y0, x0, y1 > y0 ? y1 - y0 : 0, x1 > x0 ? x1 - x0 : 0};
}

void canvas_clear(struct canvas *c, struct rect r, enum role role)
{
    struct rect in = clip(c, r);

    for (int y = in.y; y < in.y + in.h; y++)
        for (int x = in.x; x < in.x + in.w; x++)
            set_cell(c, y, x, ' ', role);
}

int canvas_text(struct canvas *c, int y, int x, int max_w, enum role role, struct str text)
{
    int room = x >= 0 && max_w > c->w - x ? c->w - x : max_w;

    if (!inside(c, y, x) || room <= 0)
        return 0;
    struct buf work = {0};
    int used = place_fitted(c, y, x, room, role, prepare(c, text, &work));

    buf_done(&work);
    return used;
}

int canvas_right(struct canvas *c, int y, int x, int w, enum role role, struct str text)
{
    struct buf work = {0};
    struct str prepared = prepare(c, text, &work);
    int width = utf8_width(prepared);
    int start = width < w ? x + w - width : x;
    int room = w - (start - x) < c->w - start ? w - (start - x) : c->w - start;
    int used = inside(c, y, start) && room > 0 ? place_fitted(c, y, start, room, role, prepared) : 0;

    buf_done(&work);
    return used;
}

int canvas_printf(struct canvas *c, int y, int x, int max_w, enum role role, const char *fmt, ...)
{
    char text[2048];
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    /* Longer than any row is wide: what vsnprintf cut would have been clipped. */
    return n < 0 ? 0 : canvas_text(c, y, x, max_w, role, str_of(text));
}

void canvas_put(struct canvas *c, int y, int x, uint32_t ch, enum role role)
{
    if (inside(c, y, x))
        set_cell(c, y, x, ch, role);
}

void canvas_under(struct canvas *c, int y, int x, enum role role)
{
    if (inside(c, y, x))
        cell_at(c, y, x)->under = (uint8_t)role;
}

const struct cell *canvas_at(const struct canvas *c, int y, int x)
{
    return inside(c, y, x) ? cell_at(c, y, x) : NULL;
}

void canvas_mark(struct canvas *c, struct rect r, enum role role, bool reverse)
{
    struct rect in = clip(c, r);

    for (int y = in.y; y < in.y + in.h; y++)
        for (int x = in.x; x < in.x + in.w; x++) {
            cell_at(c, y, x)->role = (uint8_t)role;
            cell_at(c, y, x)->reverse = reverse;
        }
}

/* The acs tier's lines and blocks exist on a terminal only: as text they are ASCII. */
static uint32_t dump_char(const struct canvas *c, const struct cell *cell)
{
    return c->tier == TIER_ACS ? glyph_ascii(cell->ch) : cell->ch;
}

static int used_columns(const struct canvas *c, int y)
{
    int x = c->w;

    while (x > 0 && dump_char(c, cell_at(c, y, x - 1)) == ' ')
        x--;
    return x;
}

void canvas_dump(const struct canvas *c, struct buf *out)
{
    for (int y = 0; y < c->h; y++) {
        int end = used_columns(c, y);

        for (int x = 0; x < end; x++) {
            const struct cell *cell = cell_at(c, y, x);

            if (cell->ch)
                buf_rune(out, dump_char(c, cell));
            if (cell->mark)
                buf_rune(out, cell->mark);
        }
        buf_putc(out, '\n');
    }
}
