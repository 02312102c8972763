/* text_writer.c - a result as the picture the screen would show, with its note, its rule and its command
 * below. No escapes, nothing unprintable. Also the table of writers. */
#include "config.h"

#include "base/nls.h"
#include "base/utf8.h"
#include "render/charts.h"
#include "render/table_chart.h"
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

/* Full-width punctuation that closes something never begins a line. */
static bool closes(uint32_t ch)
{
    static const uint32_t marks[] = {0x3001, 0x3002, 0x300B, 0x300D, 0x300F, 0x3011, 0xFF01,
                                     0xFF09, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF1F, 0x201D};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (marks[i] == ch)
            return true;
    return false;
}

/* Bytes of the longest beginning of clean text that fits in w columns, broken after a blank or beside a wide
 * character; at least one character. */
static size_t break_at(struct str text, int w)
{
    struct str rest = text;
    size_t good = 0;
    int used = 0, last = 0;

    while (rest.n > 0) {
        size_t at = text.n - rest.n;
        uint32_t ch = utf8_next(&rest);
        int width = utf8_rune_width(ch);

        if (at > 0 && ch != ' ' && !closes(ch) && (text.p[at - 1] == ' ' || width == 2 || last == 2))
            good = at;
        if (used + width > w && ch != ' ')
            return good ? good : at ? at : text.n - rest.n;
        used += width;
        last = width;
    }
    return text.n;
}

/* The same in lines of at most w columns, the later ones indented. */
static void put_wrapped(struct buf *out, const char *name, struct str text, int w)
{
    struct buf clean = {0};
    int indent = utf8_width(str_of(name)) + 3;

    utf8_clean(&clean, text, CLEAN_DETAIL);
    struct str rest = buf_view(&clean);

    buf_printf(out, " %s: ", name);
    while (rest.n > 0) {
        size_t n = break_at(rest, w - indent > 20 ? w - indent : 20);

        buf_str(out, str_trim((struct str){rest.p, n}));
        rest = str_trim((struct str){rest.p + n, rest.n - n});
        buf_putc(out, '\n');
        if (rest.n > 0)
            buf_printf(out, "%*s", indent, "");
    }
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

    canvas_init(&c, w, h, o->tier);
    chart->draw(r, &view, &c, (struct rect){0, 0, h, w}, &a, NULL);
    canvas_dump(&c, out);
    chart->note(r, &view, w, h, &note);
    if (note.n)
        put_line(out, NULL, buf_view(&note));
    buf_done(&note);
    arena_done(&a);
    canvas_done(&c);
}

static void write_text(const struct result *r, const struct writer_options *o, struct buf *out)
{
    draw_picture(r, o, o->w > 0 ? o->w : WIDTH, out);
    if (o->quiet)
        return;
    if (r->rule)
        put_wrapped(out, _("rule"), str_of(r->rule), o->w > 0 ? o->w : WIDTH);
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
