/* data.c - see data.h. */
#include "config.h"

#include <math.h>
#include "base/date.h"
#include "base/num.h"
#include "base/utf8.h"
#include "render/data.h"

void data_time(struct buf *out, const struct result *r, int64_t us)
{
    struct civil t;

    if (r->zone) {
        zone_put_rfc3339(r->zone, out, us);
        return;
    }
    date_civil(us, &t);
    buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d", t.year, t.month, t.day, t.hour, t.minute, t.second);
    if (t.micro)
        buf_printf(out, ".%06d", t.micro);
    buf_putc(out, 'Z');
}

/* null when it is not finite */
static void json_number(struct buf *out, double d)
{
    if (isfinite(d))
        num_put_double(out, d);
    else
        buf_puts(out, "null");
}

static void json_escape(struct buf *out, uint32_t ch)
{
    if (ch < 0x10000) {
        buf_printf(out, "\\u%04x", (unsigned)ch);
        return;
    }
    uint32_t rest = ch - 0x10000;

    buf_printf(out, "\\u%04x\\u%04x", (unsigned)(0xD800 + (rest >> 10)), (unsigned)(0xDC00 + (rest & 0x3FF)));
}

static void json_rune(struct buf *out, uint32_t ch)
{
    switch (ch) {
    case '"': buf_puts(out, "\\\""); return;
    case '\\': buf_puts(out, "\\\\"); return;
    case '\n': buf_puts(out, "\\n"); return;
    case '\r': buf_puts(out, "\\r"); return;
    case '\t': buf_puts(out, "\\t"); return;
    default: break;
    }
    if (ch == UTF8_BAD)
        buf_puts(out, "\\ufffd");
    else if (ch < 0x20 || utf8_rune_width(ch) < 0)
        json_escape(out, ch);
    else
        buf_rune(out, ch);
}

void data_json_text(struct buf *out, struct str s)
{
    buf_putc(out, '"');
    while (s.n > 0)
        json_rune(out, utf8_next(&s));
    buf_putc(out, '"');
}

static void json_ratio(struct buf *out, const struct value *v)
{
    json_number(out, v->ratio.whole ? (double)v->ratio.part / (double)v->ratio.whole : NAN);
}

static void json_list(struct buf *out, const struct result *r, const struct value *v)
{
    buf_putc(out, '[');
    for (size_t i = 0; i < v->list.n; i++) {
        if (i)
            buf_puts(out, ", ");
        data_json(out, r, &v->list.at[i]);
    }
    buf_putc(out, ']');
}

static void json_field(struct buf *out, const struct result *r, const char *name, const struct value *v,
                       bool first)
{
    if (!first)
        buf_puts(out, ", ");
    data_json_text(out, str_of(name));
    buf_puts(out, ": ");
    data_json(out, r, v);
}

static void json_object(struct buf *out, const struct result *r, const struct object *o)
{
    buf_putc(out, '{');
    for (size_t i = 0; i < o->n; i++)
        json_field(out, r, o->at[i].name, &o->at[i].value, i == 0);
    buf_putc(out, '}');
}

static void json_rows(struct buf *out, const struct result *r, const struct rows *t)
{
    buf_putc(out, '[');
    for (size_t i = 0; i < t->n; i++) {
        if (i)
            buf_puts(out, ", ");
        data_json_row(out, r, t, i);
    }
    buf_putc(out, ']');
}

void data_json_row(struct buf *out, const struct result *r, const struct rows *t, size_t row)
{
    buf_putc(out, '{');
    for (size_t i = 0; i < t->columns; i++)
        json_field(out, r, t->column[i].name, &t->cell[row * t->columns + i], i == 0);
    buf_putc(out, '}');
}

static void json_time(struct buf *out, const struct result *r, int64_t us)
{
    buf_putc(out, '"');
    data_time(out, r, us);
    buf_putc(out, '"');
}

void data_json(struct buf *out, const struct result *r, const struct value *v)
{
    switch (v->type) {
    case VALUE_NONE: buf_puts(out, "null"); break;
    case VALUE_INT: num_put_i64(out, v->i); break;
    case VALUE_REAL:
    case VALUE_SECONDS: json_number(out, v->d); break;
    case VALUE_TEXT: data_json_text(out, v->text); break;
    case VALUE_BOOL: buf_puts(out, v->truth ? "true" : "false"); break;
    case VALUE_TIME: json_time(out, r, v->i); break;
    case VALUE_RATIO: json_ratio(out, v); break;
    case VALUE_LIST: json_list(out, r, v); break;
    case VALUE_OBJECT: json_object(out, r, v->object); break;
    case VALUE_ROWS: json_rows(out, r, v->rows); break;
    }
}
