/* result_open.c - the screens that are opened from an answer: other questions, customers behind a number, one
 * customer, one row. */
#include "config.h"

#include "base/nls.h"
#include "base/num.h"
#include "base/utf8.h"
#include "render/show.h"
#include "tui/result_kind.h"
#include "tui/result_screen.h"
#include "tui/tui.h"

enum { TITLE = 16 }; /* columns for what a value is called */

void result_open_query(struct result_screen *s, const struct query *q)
{
    tui_push(result_tui(s), result_screen_new(result_tui(s), q));
}

void result_open_users(struct result_screen *s, const char *who)
{
    struct query q;
    query_copy(&q, result_question(s));
    query_set(&q, "users", who);
    result_open_query(s, &q);
    query_done(&q);
}

void result_open_sequence(struct result_screen *s, struct str user)
{
    struct query q;
    query_init(&q, "user");
    struct buf id = {0};
    buf_str(&id, user);
    query_add(&q, "id", id.p);
    const char *tz = query_get(result_question(s), "tz");
    if (tz)
        query_add(&q, "tz", tz);
    tui_push(result_tui(s), sequence_screen_new(result_tui(s), &q, result_as_screen(s)));
    query_done(&q);
    buf_done(&id);
}

static void put_value(struct buf *out, const struct result *r, const struct value *v)
{
    if (v->shown) {
        utf8_clean(out, str_of(v->shown), CLEAN_DETAIL);
        return;
    }
    switch (v->type) {
    case VALUE_INT: num_put_thousands(out, v->i); break;
    case VALUE_REAL: num_put_double(out, v->d); break;
    case VALUE_SECONDS: buf_printf(out, _("%g seconds"), v->d); break;
    case VALUE_TEXT: utf8_clean(out, v->text, CLEAN_DETAIL); break;
    case VALUE_BOOL: buf_puts(out, v->truth ? _("yes") : _("no")); break;
    case VALUE_TIME: zone_put_local(r->zone, out, v->i); break;
    default: buf_puts(out, "-"); break;
    }
}

static void put_line(struct buf *out, const struct result *r, const char *title, const struct value *v)
{
    int pad = TITLE - utf8_width(str_of(title));
    buf_printf(out, "%s%*s ", title, pad > 0 ? pad : 0, "");
    put_value(out, r, v);
    buf_putc(out, '\n');
}

void result_open_row(struct result_screen *s, const char *title, size_t row)
{
    struct buf text = {0};
    const struct result *r = result_result(s);
    const struct rows *rows = &r->rows;
    for (size_t i = 0; i < rows->columns; i++) {
        const struct value *v = &rows->cell[row * rows->columns + i];
        bool ours = strcmp(rows->column[i].name, "properties") != 0; /* those are called as in the data */
        for (size_t k = 0; v->type == VALUE_OBJECT && k < v->object->n; k++)
            put_line(&text, r, ours ? show_key(v->object->at[k].name) : v->object->at[k].name,
                     &v->object->at[k].value);
        if (v->type != VALUE_OBJECT)
            put_line(&text, r, _(rows->column[i].title), v);
    }
    tui_page(result_tui(s), title, text.p ? text.p : "");
    buf_done(&text);
}
