/* csv_writer.c - a result's rows as CSV with a header (RFC 4180, lines end in LF).
 *
 * Two readers must not be fooled. A spreadsheet: a text cell that begins like a formula gets an apostrophe
 * before it. A terminal the file is shown on: control characters, bidi controls and ill-formed bytes are
 * written visibly as <1B>, except that line ends and tabs inside quoted text stay. */
#include "config.h"

#include <math.h>
#include "base/utf8.h"
#include "render/data.h"
#include "render/writers.h"

static bool is_bidi(uint32_t ch)
{
    return ch == 0x061C || ch == 0x200E || ch == 0x200F || (ch >= 0x202A && ch <= 0x202E) ||
           (ch >= 0x2066 && ch <= 0x2069);
}

static bool is_hidden(uint32_t ch)
{
    bool control = (ch < 0x20 && ch != '\n' && ch != '\t') || (ch >= 0x7F && ch <= 0x9F);

    return control || is_bidi(ch) || ch == 0x2028 || ch == 0x2029;
}

static void put_visible(struct buf *out, struct str s)
{
    while (s.n > 0) {
        unsigned char byte = (unsigned char)*s.p;
        uint32_t ch = utf8_next(&s);

        if (ch == UTF8_BAD)
            buf_printf(out, "<%02X>", byte);
        else if (is_hidden(ch))
            buf_printf(out, ch < 0x100 ? "<%02X>" : "<U+%04X>", (unsigned)ch);
        else
            buf_rune(out, ch);
    }
}

static bool like_a_formula(struct str s)
{
    return s.n > 0 && strchr("=+-@\t\r", s.p[0]) && s.p[0] != '\0';
}

static void put_quoted(struct buf *out, struct str s)
{
    bool quote = false;

    for (size_t i = 0; i < s.n && !quote; i++)
        quote = s.p[i] == '"' || s.p[i] == ',' || s.p[i] == '\n' || s.p[i] == '\r';
    if (!quote) {
        buf_str(out, s);
        return;
    }
    buf_putc(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_putc(out, '"');
        buf_putc(out, s.p[i]);
    }
    buf_putc(out, '"');
}

static void put_text(struct buf *out, struct str s)
{
    struct buf cell = {0};

    if (like_a_formula(s))
        buf_putc(&cell, '\'');
    put_visible(&cell, s);
    put_quoted(out, buf_view(&cell));
    buf_done(&cell);
}

static void put_nested(struct buf *out, const struct result *r, const struct value *v)
{
    struct buf json = {0};

    data_json(&json, r, v);
    put_quoted(out, buf_view(&json));
    buf_done(&json);
}

static void put_cell(struct buf *out, const struct result *r, const struct value *v)
{
    switch (v->type) {
    case VALUE_NONE: break;
    case VALUE_TEXT: put_text(out, v->text); break;
    case VALUE_TIME: data_time(out, r, v->i); break;
    case VALUE_LIST:
    case VALUE_OBJECT:
    case VALUE_ROWS: put_nested(out, r, v); break;
    case VALUE_RATIO:
        if (v->ratio.whole)
            data_json(out, r, v);
        break;
    case VALUE_REAL:
    case VALUE_SECONDS:
        if (isfinite(v->d))
            data_json(out, r, v);
        break;
    default: data_json(out, r, v);
    }
}

/* A summary without rows (import, info) is one row of its scalar fields. */
static void write_summary(const struct result *r, struct buf *out)
{
    for (size_t i = 0; i < r->summary.n; i++) {
        buf_puts(out, i ? "," : "");
        put_text(out, str_of(r->summary.at[i].name));
    }
    buf_putc(out, '\n');
    for (size_t i = 0; i < r->summary.n; i++) {
        buf_puts(out, i ? "," : "");
        put_cell(out, r, &r->summary.at[i].value);
    }
    buf_putc(out, '\n');
}

static void write_csv(const struct result *r, const struct writer_options *o, struct buf *out)
{
    const struct rows *t = &r->rows;

    (void)o;
    if (t->columns == 0) {
        write_summary(r, out);
        return;
    }
    for (size_t i = 0; i < t->columns; i++) {
        buf_puts(out, i ? "," : "");
        put_text(out, str_of(t->column[i].name));
    }
    buf_putc(out, '\n');
    for (size_t row = 0; row < t->n; row++) {
        for (size_t i = 0; i < t->columns; i++) {
            buf_puts(out, i ? "," : "");
            put_cell(out, r, &t->cell[row * t->columns + i]);
        }
        buf_putc(out, '\n');
    }
}

const struct writer writer_csv = {.name = "csv", .write = write_csv};
