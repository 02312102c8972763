/* page_svg.c - rows of cells as a drawing, exact whatever fonts there are: each word has its place and its
 * length, and lines and blocks are drawn, not written. */
#include "config.h"

#include "render/page_p.h"

enum { CELL_W = 9, CELL_H = 18, BASE = 14, FONT = 15 };
enum { LEFT = 1, RIGHT = 2, UP = 4, DOWN = 8 };

/* ---- marks */

/* Nine digits: a list of 60,000 rows is more than a million high. */
static void put_rect(struct buf *out, double x, double y, double w, double h, int colour, double opacity)
{
    buf_printf(out, "<rect x=\"%.9g\" y=\"%.9g\" width=\"%.9g\" height=\"%.9g\" fill=\"", x, y, w, h);
    page_put_colour(out, colour);
    if (opacity < 1)
        buf_printf(out, "\" opacity=\"%g", opacity);
    buf_puts(out, "\"/>");
}

/* n cells of the same block side by side; false: it is none. */
static bool put_block(struct buf *out, uint32_t ch, double x, double y, int n, int colour)
{
    double w = (double)CELL_W * n, h = CELL_H;
    if (ch == 0x2580)
        put_rect(out, x, y, w, h / 2, colour, 1);
    else if (ch >= 0x2581 && ch <= 0x2588)
        put_rect(out, x, y + h - h * (ch - 0x2580) / 8, w, h * (ch - 0x2580) / 8, colour, 1);
    else if (ch >= 0x2589 && ch <= 0x258F)
        for (int i = 0; i < n; i++)
            put_rect(out, x + CELL_W * i, y, CELL_W * (double)(0x2590 - ch) / 8, h, colour, 1);
    else if (ch >= 0x2591 && ch <= 0x2593)
        put_rect(out, x, y, w, h, colour, (ch - 0x2590) / 4.0);
    else
        return false;
    return true;
}

/* 0: it is no line of ours. */
static unsigned arms_of(uint32_t ch)
{
    switch (ch) {
    case 0x2500:
    case 0x2501: return LEFT | RIGHT;
    case 0x2502:
    case 0x2503:
    case 0x250A: return UP | DOWN;
    case 0x250C:
    case 0x250F:
    case 0x256D: return RIGHT | DOWN;
    case 0x2510:
    case 0x2513:
    case 0x256E: return LEFT | DOWN;
    case 0x2514:
    case 0x2517:
    case 0x2570: return UP | RIGHT;
    case 0x2518:
    case 0x251B:
    case 0x256F: return UP | LEFT;
    case 0x251C: return UP | DOWN | RIGHT;
    case 0x2524: return UP | DOWN | LEFT;
    case 0x252C: return LEFT | RIGHT | DOWN;
    case 0x2534: return LEFT | RIGHT | UP;
    case 0x253C: return LEFT | RIGHT | UP | DOWN;
    default: return 0;
    }
}

static bool is_heavy(uint32_t ch)
{
    return ch == 0x2501 || ch == 0x2503 || ch == 0x250F || ch == 0x2513 || ch == 0x2517 || ch == 0x251B;
}

/* n cells of the same line side by side, as one path. */
static void put_line(struct buf *out, uint32_t ch, double x, double y, int n, int colour)
{
    unsigned arms = arms_of(ch);
    double middle = y + CELL_H / 2.0;
    buf_puts(out, "<path d=\"");
    if (arms == (LEFT | RIGHT))
        buf_printf(out, "M%.9g %.9gh%d", x, middle, CELL_W * n);
    for (int i = 0; i < n && arms != (LEFT | RIGHT); i++) {
        double at = x + CELL_W * i, centre = at + CELL_W / 2.0;
        if (arms & (LEFT | RIGHT))
            buf_printf(out, "M%.9g %.9gH%.9g", arms & LEFT ? at : centre, middle,
                       arms & RIGHT ? at + CELL_W : centre);
        if (arms & (UP | DOWN))
            buf_printf(out, "M%.9g %.9gV%.9g", centre, arms & UP ? y : middle,
                       arms & DOWN ? y + CELL_H : middle);
    }
    buf_puts(out, "\" stroke=\"");
    page_put_colour(out, colour);
    buf_printf(out, "\" stroke-width=\"%d\"%s/>", is_heavy(ch) ? 3 : 1,
               ch == 0x250A ? " stroke-dasharray=\"3\"" : "");
}

/* ---- text */

static void put_word(struct buf *out, const struct page_run *r, double y, struct page_ink ink)
{
    buf_printf(out, "<text x=\"%d\" y=\"%.9g\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" fill=\"",
               CELL_W * r->x, y + BASE, CELL_W * r->w);
    page_put_colour(out, ink.fg);
    buf_printf(out, "\"%s%s>", ink.bold ? " font-weight=\"bold\"" : "",
               ink.underline ? " text-decoration=\"underline\"" : "");
    for (int i = 0; i < r->w; i++)
        page_put_cell(out, &r->cell[i]);
    buf_puts(out, "</text>");
}

/* Names in the data may have marks that no picture is made of: they are text. */
static void put_marks(struct buf *out, const struct page_run *r, double y, struct page_ink ink)
{
    for (int i = 0, n; i < r->w; i += n) {
        uint32_t ch = r->cell[i].ch;
        for (n = 1; i + n < r->w && r->cell[i + n].ch == ch; n++)
            ;
        double x = CELL_W * (double)(r->x + i);
        if (arms_of(ch))
            put_line(out, ch, x, y, n, ink.fg);
        else if (!put_block(out, ch, x, y, n, ink.fg))
            put_word(out, &(struct page_run){r->x + i, n, PART_TEXT, r->cell + i}, y, ink);
    }
}

void page_svg_row(struct page *p, const struct canvas *c, int y)
{
    double top = (double)CELL_H * p->rows;
    struct page_run r;
    for (int x = 0; page_next(c, y, &x, &r);) {
        struct page_ink ink = page_ink_of(r.cell);
        if (ink.bg >= 0)
            put_rect(&p->body, (double)CELL_W * r.x, top, (double)CELL_W * r.w, CELL_H, ink.bg, 1);
        if (r.part == PART_MARK)
            put_marks(&p->body, &r, top, ink);
        else if (r.part != PART_BLANK)
            put_word(&p->body, &r, top, ink);
    }
    buf_putc(&p->body, '\n');
}

void page_svg_end(const struct page *p, const char *title, struct buf *out)
{
    int w = CELL_W * p->w, h = CELL_H * p->rows;
    buf_printf(out,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
               "role=\"img\">\n<title>",
               w, h, w, h);
    page_put_text(out, str_of(title));
    buf_printf(out,
               "</title>\n<style>text{font:%dpx \"DejaVu Sans Mono\",Menlo,Consolas,\"Noto Sans Mono CJK "
               "SC\",\"Microsoft YaHei\","
               "monospace;white-space:pre}rect{shape-rendering:crispEdges}path{fill:none}</style>\n"
               "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n",
               FONT, w, h);
    buf_str(out, buf_view(&p->body));
    buf_puts(out, "</svg>\n");
}
