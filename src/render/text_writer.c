/* text_writer.c - a result as the picture the screen would show, with its note, its rule and its command
 * below. No escapes, nothing unprintable. Also the table of writers. */
#include "config.h"

#include "base/nls.h"
#include "base/utf8.h"
#include "render/charts.h"
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

static void draw_picture(const struct result *r, const struct writer_options *o, int w, struct buf *out)
{
    struct chart_view view = {.table = o->table, .selected = -1};
    const struct chart *chart = chart_of(r, &view);

    if (o->h <= 0 && (chart == &chart_table || chart == &chart_list)) {
        table_chart_write(r, w, o->tier, out);
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
    chart->draw(r, &view, &c, (struct rect){0, 0, h, w}, &a, NULL);
    canvas_dump(&c, out);
    if (note.n)
        put_line(out, NULL, buf_view(&note));
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

static void write_text(const struct result *r, const struct writer_options *o, struct buf *out)
{
    if (r->picture == PICTURE_NOTE && !o->table) {
        ticket_note_put(r, 0, r->rows.n, out);
        return;
    }
    draw_picture(r, o, o->w > 0 ? o->w : WIDTH, out);
    if (o->quiet)
        return;
    put_changes(r, o->w > 0 ? o->w : WIDTH, out);
    if (r->rule)
        wrap_put(out, 1, _("rule"), str_of(r->rule), o->w > 0 ? o->w : WIDTH);
    if (r->command)
        put_line(out, _("command"), str_of(r->command));
}

const struct writer writer_text = {"text", write_text};

static const struct writer *const writers[] = {&writer_text, &writer_csv, &writer_json};

const struct writer *writer_named(const char *name)
{
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        if (strcmp(writers[i]->name, name) == 0)
            return writers[i];
    return NULL;
}
