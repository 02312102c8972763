/* page_html.c - rows of cells as one file of HTML: a <pre> with colours, nothing loaded, nothing run.
 *
 * A browser's font may lack Chinese or blocks and take them from another, of another width: what is not ASCII
 * stands in a box as wide as its columns, so that what is right of it stays in its place. */
#include "config.h"

#include "base/nls.h"
#include "render/page_p.h"

static const char head[] = "<meta charset=\"utf-8\">\n"
                           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                           "style-src 'unsafe-inline'\">\n"
                           "<meta name=\"viewport\" content=\"width=device-width\">\n";
static const char style[] = "<style>\n"
                            "body{background:#fff;color:#000}\n"
                            "pre{font:15px/18px \"DejaVu Sans Mono\",Menlo,Consolas,\"Noto Sans Mono CJK "
                            "SC\",\"Microsoft YaHei\",monospace}\n"
                            "i{display:inline-block;height:18px;overflow:hidden;vertical-align:top;font-"
                            "style:normal;white-space:pre}\n"
                            "</style>\n";

static void put_style(struct buf *out, struct page_ink ink)
{
    buf_puts(out, "color:");
    page_put_colour(out, ink.fg);
    if (ink.bg >= 0) {
        buf_puts(out, ";background:");
        page_put_colour(out, ink.bg);
    }
    if (ink.bold)
        buf_puts(out, ";font-weight:bold");
    if (ink.underline)
        buf_puts(out, ";text-decoration:underline");
}

static bool same_ink(struct page_ink a, struct page_ink b)
{
    return a.fg == b.fg && a.bg == b.bg && a.bold == b.bold && a.underline == b.underline;
}

static void change_ink(struct buf *out, struct page_ink *now, struct page_ink to, struct page_ink body)
{
    if (same_ink(*now, to))
        return;
    if (!same_ink(*now, body))
        buf_puts(out, "</span>");
    if (!same_ink(to, body)) {
        buf_puts(out, "<span style=\"");
        put_style(out, to);
        buf_puts(out, "\">");
    }
    *now = to;
}

static void put_run(struct buf *out, const struct page_run *r)
{
    bool boxed = r->part == PART_TEXT || r->part == PART_MARK;
    if (boxed)
        buf_printf(out, "<i style=\"width:%dch\">", r->w);
    for (int i = 0; i < r->w; i++)
        page_put_cell(out, &r->cell[i]);
    if (boxed)
        buf_puts(out, "</i>");
}

void page_html_row(struct page *p, const struct canvas *c, int y)
{
    const struct page_ink body = page_ink_of(&(struct cell){.ch = ' '});
    struct page_ink now = body;
    struct page_run r;
    for (int x = 0; page_next(c, y, &x, &r);) {
        change_ink(&p->body, &now, page_ink_of(r.cell), body);
        put_run(&p->body, &r);
    }
    change_ink(&p->body, &now, body, body);
    buf_putc(&p->body, '\n');
}

void page_html_end(const struct page *p, const char *title, struct buf *out)
{
    buf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n%s<title>",
               nls_lang()[0] == 'z' ? "zh-CN" : "en", head);
    page_put_text(out, str_of(title));
    buf_printf(out, "</title>\n%s</head>\n<body>\n<pre>\n", style);
    buf_str(out, buf_view(&p->body));
    buf_puts(out, "</pre>\n</body>\n</html>\n");
}
