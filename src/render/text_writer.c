/* text_writer.c - a result as the picture the screen would show, with its note, its rule and its command
 * below, on a page of any kind. Nothing unprintable of the data. Also the table of writers. */
#include "config.h"

#include "base/nls.h"
#include "base/utf8.h"
#include "render/charts.h"
#include "render/page.h"
#include "render/sequence_panel.h"
#include "render/table_chart.h"
#include "render/ticket_note.h"
#include "render/wrap.h"
#include "render/writers.h"

enum { WIDTH = 80 };

/* " name: text" on one line, to be copied as it is; everything unprintable made visible. */
static void put_line(struct buf *out, const char *name, struct str text)
{
    struct buf clean = {0};

    utf8_clean(&clean, text, CLEAN_DETAIL);
    buf_putc(out, ' ');
    if (name)
        buf_printf(out, "%s: ", name);
    buf_str(out, buf_view(&clean));
    buf_putc(out, '\n');
    buf_done(&clean);
}

static void put_note(struct page *p, const struct buf *note)
{
    struct buf line = {0};
    if (note->n)
        put_line(&line, NULL, buf_view(note));
    page_lines(p, buf_view(&line));
    buf_done(&line);
}

static void draw_picture(const struct result *r, const struct writer_options *o, int w, struct page *p)
{
    struct chart_view view = {
        .table = o->table || (o->plain && chart_is_drawn(r)), .selected = -1, .whole = o->h <= 0};
    const struct chart *chart = chart_of(r, &view);

    if (o->h <= 0 && (chart == &chart_table || chart == &chart_list)) {
        table_chart_write(r, w, o->tier, o->plain, p);
        return;
    }
    int h = o->h > 0 ? o->h : chart->height(r, &view, w);
    struct canvas c;
    struct arena a = {0};
    struct buf note = {0};

    chart->note(r, &view, w, h, &note);
    if (note.n && o->h > 0) { /* it is one of the lines asked for */
        buf_clear(&note);
        chart->note(r, &view, w, --h, &note);
    }
    canvas_init(&c, w, h, o->tier);
    c.plain = o->plain;
    chart->draw(r, &view, &c, (struct rect){0, 0, h, w}, &a, NULL);
    page_cells(p, &c);
    put_note(p, &note);
    buf_done(&note);
    arena_done(&a);
    canvas_done(&c);
}

/* What attributes of a customer were before, which the picture has no room for. */
static void put_changes(const struct result *r, int w, struct buf *out)
{
    struct buf text = {0}, clean = {0};
    struct str name;
    for (size_t i = 0; sequence_panel_change(r, i, &name, &text); i++) {
        if (text.n == 0)
            continue;
        buf_clear(&clean);
        utf8_clean(&clean, name, CLEAN_LABEL);
        wrap_put(out, 1, clean.p, buf_view(&text), w);
    }
    buf_done(&text);
    buf_done(&clean);
}

/* The file's name for people: HTML and SVG have one. */
static const char *title_of(const struct result *r)
{
    return r->command ? r->command : r->analysis;
}

static void put_below(const struct result *r, int w, struct buf *out)
{
    put_changes(r, w, out);
    if (r->rule)
        wrap_put(out, 1, _("rule"), str_of(r->rule), w);
    if (r->command)
        put_line(out, _("command"), str_of(r->command));
}

static void write_page(const struct result *r, const struct writer_options *o, enum page_kind kind,
                       struct buf *out)
{
    struct page p;
    struct buf lines = {0};
    int w = o->w > 0 ? o->w : WIDTH;
    bool note = r->picture == PICTURE_NOTE && !o->table;
    page_begin(&p, kind);
    if (note)
        ticket_note_put(r, 0, r->rows.n, &lines);
    else
        draw_picture(r, o, w, &p);
    if (!note && !o->quiet)
        put_below(r, w, &lines);
    page_lines(&p, buf_view(&lines));
    page_end(&p, title_of(r), out);
    buf_done(&lines);
}

static void write_text(const struct result *r, const struct writer_options *o, struct buf *out)
{
    write_page(r, o, PAGE_TEXT, out);
}

static void write_ansi(const struct result *r, const struct writer_options *o, struct buf *out)
{
    write_page(r, o, PAGE_ANSI, out);
}

static void write_html(const struct result *r, const struct writer_options *o, struct buf *out)
{
    write_page(r, o, PAGE_HTML, out);
}

static void write_svg(const struct result *r, const struct writer_options *o, struct buf *out)
{
    write_page(r, o, PAGE_SVG, out);
}

const struct writer writer_text = {"text", true, PAGE_TEXT, true, write_text};
const struct writer writer_ansi = {"ansi", true, PAGE_ANSI, true, write_ansi};
const struct writer writer_html = {"html", true, PAGE_HTML, false, write_html};
const struct writer writer_svg = {"svg", true, PAGE_SVG, false, write_svg};

static const struct writer *const writers[] = {&writer_text, &writer_ansi, &writer_html,
                                               &writer_svg,  &writer_csv,  &writer_json};

const struct writer *writer_named(const char *name)
{
    name = strcmp(name, "txt") == 0 ? "text" : strcmp(name, "htm") == 0 ? "html" : name;
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        if (strcmp(writers[i]->name, name) == 0)
            return writers[i];
    return NULL;
}
