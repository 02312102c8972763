/* page.c - see page.h. Here: what all kinds have in common, and the two that are text. */
#include "config.h"

#include "base/utf8.h"
#include "render/glyph.h"
#include "render/page_p.h"
#include "render/theme.h"

enum { GREY = 240 }; /* what is dim on white */

void page_begin(struct page *p, enum page_kind kind)
{
    *p = (struct page){.kind = kind};
}

/* ---- cells */

static bool same_look(const struct cell *a, const struct cell *b)
{
    return a->role == b->role && a->under == b->under && a->reverse == b->reverse;
}

struct page_ink page_ink_of(const struct cell *cell)
{
    struct look look = theme_look(THEME_LIGHT, (enum role)cell->role, 256),
                body = theme_body(THEME_LIGHT, 256);
    struct page_ink ink = {
        .fg = look.fg, .bg = look.bg, .bold = look.attr & LOOK_BOLD, .underline = look.attr & LOOK_UNDERLINE};
    if (cell->under != ROLE_TEXT)
        ink.bg = theme_look(THEME_LIGHT, (enum role)cell->under, 256).fg;
    if (ink.fg < 0)
        ink.fg = look.attr & LOOK_DIM ? GREY : body.fg;
    if (cell->reverse != ((look.attr & LOOK_REVERSE) != 0)) {
        int fg = ink.fg;
        ink.fg = ink.bg < 0 ? body.bg : ink.bg;
        ink.bg = fg;
    }
    return ink;
}

static enum page_part part_of(uint32_t ch)
{
    if (ch == ' ')
        return PART_BLANK;
    return ch < 0x7F ? PART_ASCII : ch >= 0x2500 && ch <= 0x259F ? PART_MARK : PART_TEXT;
}

static bool is_seen(const struct cell *cell)
{
    return cell->ch != ' ' || cell->mark || page_ink_of(cell).bg >= 0;
}

/* Column behind the last that is to be seen. */
static int end_of(const struct canvas *c, int y)
{
    int end = c->w;
    while (end > 0 && !is_seen(canvas_at(c, y, end - 1)))
        end--;
    return end;
}

bool page_next(const struct canvas *c, int y, int *x, struct page_run *out)
{
    int end = end_of(c, y);
    if (*x >= end)
        return false;
    const struct cell *first = canvas_at(c, y, *x);
    *out = (struct page_run){*x, 0, part_of(first->ch), first};
    for (const struct cell *k = first;
         *x < end && (!k->ch || (same_look(first, k) && part_of(k->ch) == out->part)); k++) {
        out->w++;
        ++*x;
    }
    return true;
}

/* ---- XML */

void page_put_colour(struct buf *out, int colour)
{
    buf_printf(out, "#%06x", (unsigned)theme_rgb(colour));
}

static void put_rune(struct buf *out, uint32_t ch)
{
    switch (ch) {
    case '&': buf_puts(out, "&amp;"); return;
    case '<': buf_puts(out, "&lt;"); return;
    case '>': buf_puts(out, "&gt;"); return;
    case '"': buf_puts(out, "&quot;"); return;
    case '\'': buf_puts(out, "&#39;"); return;
    default: break;
    }
    bool fit = ch >= ' ' && ch != 0x7F && utf8_rune_width(ch) >= 0; /* XML has no control characters */
    buf_rune(out, fit ? ch : '?');
}

void page_put_cell(struct buf *out, const struct cell *cell)
{
    if (cell->ch)
        put_rune(out, cell->ch);
    if (cell->mark)
        put_rune(out, cell->mark);
}

void page_put_text(struct buf *out, struct str text)
{
    while (text.n)
        put_rune(out, utf8_next(&text));
}

/* ---- text with colours: on whatever background the terminal has */

static void put_sgr(struct buf *out, const struct cell *cell)
{
    struct look look = theme_look(THEME_DEFAULT, (enum role)cell->role, 256);
    int bg = cell->under != ROLE_TEXT ? theme_look(THEME_DEFAULT, (enum role)cell->under, 256).fg : look.bg;
    buf_puts(out, "\033[0");
    if (look.attr & LOOK_BOLD)
        buf_puts(out, ";1");
    if (look.attr & LOOK_DIM)
        buf_puts(out, ";2");
    if (look.attr & LOOK_UNDERLINE)
        buf_puts(out, ";4");
    if (cell->reverse != ((look.attr & LOOK_REVERSE) != 0))
        buf_puts(out, ";7");
    if (look.fg >= 0)
        buf_printf(out, ";38;5;%d", look.fg);
    if (bg >= 0)
        buf_printf(out, ";48;5;%d", bg);
    buf_putc(out, 'm');
}

static void ansi_row(struct page *p, const struct canvas *c, int y)
{
    static const struct cell plain = {.ch = ' '};
    const struct cell *last = &plain;
    struct page_run r;
    for (int x = 0; page_next(c, y, &x, &r); last = r.cell) {
        if (!same_look(last, r.cell))
            put_sgr(&p->body, r.cell);
        for (int i = 0; i < r.w; i++) {
            if (r.cell[i].ch)
                buf_rune(&p->body, r.cell[i].ch);
            if (r.cell[i].mark)
                buf_rune(&p->body, r.cell[i].mark);
        }
    }
    if (!same_look(last, &plain))
        buf_puts(&p->body, "\033[0m");
    buf_putc(&p->body, '\n');
}

/* ---- what is put on a page */

static void put_row(struct page *p, const struct canvas *c, int y)
{
    switch (p->kind) {
    case PAGE_ANSI: ansi_row(p, c, y); break;
    case PAGE_HTML: page_html_row(p, c, y); break;
    case PAGE_SVG: page_svg_row(p, c, y); break;
    case PAGE_TEXT: break;
    }
    p->rows++;
    p->w = c->w > p->w ? c->w : p->w;
}

/* Lines and blocks of the acs tier are there on a terminal only. */
static void without_acs(const struct canvas *c, struct canvas *out)
{
    canvas_init(out, c->w, c->h, TIER_ASCII);
    for (size_t i = 0; i < (size_t)c->w * (size_t)c->h; i++) {
        out->cell[i] = c->cell[i];
        out->cell[i].ch = glyph_ascii(c->cell[i].ch);
    }
}

void page_cells(struct page *p, const struct canvas *c)
{
    struct canvas ascii;
    if (p->kind == PAGE_TEXT) {
        canvas_dump(c, &p->body);
        return;
    }
    if (c->tier == TIER_ACS) {
        without_acs(c, &ascii);
        page_cells(p, &ascii);
        canvas_done(&ascii);
        return;
    }
    for (int y = 0; y < c->h; y++)
        put_row(p, c, y);
}

void page_lines(struct page *p, struct str lines)
{
    if (p->kind == PAGE_TEXT || p->kind == PAGE_ANSI) {
        buf_str(&p->body, lines);
        return;
    }
    while (lines.p && lines.n) {
        struct str line = str_cut(&lines, '\n');
        struct canvas c;
        canvas_init(&c, utf8_width(line), 1, TIER_UTF8);
        canvas_text(&c, 0, 0, c.w, ROLE_TEXT, line);
        page_cells(p, &c);
        canvas_done(&c);
    }
}

void page_end(struct page *p, const char *title, struct buf *out)
{
    if (p->kind == PAGE_HTML)
        page_html_end(p, title, out);
    else if (p->kind == PAGE_SVG)
        page_svg_end(p, title, out);
    else
        buf_str(out, buf_view(&p->body));
    buf_done(&p->body);
    *p = (struct page){.kind = p->kind};
}
