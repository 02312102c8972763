/* json_writer.c - a result as one JSON object; each row of a table on a line of its own, so that outputs diff
 * well. */
#include "config.h"

#include "render/data.h"
#include "render/writers.h"

static void key(struct buf *out, const char *name, bool first)
{
    buf_puts(out, first ? "\n  " : ",\n  ");
    data_json_text(out, str_of(name));
    buf_puts(out, ": ");
}

static void text_field(struct buf *out, const char *name, const char *text, bool first)
{
    key(out, name, first);
    if (text)
        data_json_text(out, str_of(text));
    else
        buf_puts(out, "null");
}

static void table_lines(struct buf *out, const struct result *r, const struct rows *t, const char *indent)
{
    buf_putc(out, '[');
    for (size_t i = 0; i < t->n; i++) {
        buf_printf(out, "%s\n%s  ", i ? "," : "", indent);
        data_json_row(out, r, t, i);
    }
    if (t->n)
        buf_printf(out, "\n%s", indent);
    buf_putc(out, ']');
}

static void spread(struct buf *out, const struct result *r, const struct value *v, const char *indent)
{
    if (v->type == VALUE_ROWS)
        table_lines(out, r, v->rows, indent);
    else
        data_json(out, r, v);
}

static void object_lines(struct buf *out, const struct result *r, const struct object *o)
{
    buf_putc(out, '{');
    for (size_t i = 0; i < o->n; i++) {
        buf_puts(out, i ? ",\n    " : "\n    ");
        data_json_text(out, str_of(o->at[i].name));
        buf_puts(out, ": ");
        spread(out, r, &o->at[i].value, "    ");
    }
    buf_puts(out, o->n ? "\n  }" : "}");
}

static void write_json(const struct result *r, const struct writer_options *o, struct buf *out)
{
    (void)o;
    buf_putc(out, '{');
    text_field(out, "analysis", r->analysis, true);
    text_field(out, "rule", r->rule, false);
    text_field(out, "command", r->command, false);
    key(out, "parameters", false);
    object_lines(out, r, &r->parameters);
    key(out, "summary", false);
    object_lines(out, r, &r->summary);
    key(out, "rows", false);
    table_lines(out, r, &r->rows, "  ");
    for (size_t i = 0; i < r->more.n; i++) {
        key(out, r->more.at[i].name, false);
        spread(out, r, &r->more.at[i].value, "  ");
    }
    buf_puts(out, "\n}\n");
}

const struct writer writer_json = {.name = "json", .write = write_json};
