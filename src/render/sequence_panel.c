/* sequence_panel.c - panes beside a sequence. Names stand in a column of their own, long values go on below.
 */
#include "config.h"

#include "base/nls.h"
#include "base/utf8.h"
#include "render/glyph.h"
#include "render/sequence_panel.h"
#include "render/show.h"
#include "render/wrap.h"

enum { LOW = 60 }; /* a pane that wide is a low one */

struct panel {
    const struct result *r;
    struct canvas *c;
    struct rect at;
    int y;
    bool full;
};

static void begin(struct panel *p, const char *title)
{
    glyph_hline(p->c, p->at.y, p->at.x, p->at.w, ROLE_RULE);
    canvas_printf(p->c, p->at.y, p->at.x + 1, p->at.w - 1, ROLE_HEAD, " %s ", title);
    p->y = p->at.y + 1;
}

static void put_line(struct panel *p, enum role role, struct str line)
{
    if (p->y < p->at.y + p->at.h)
        canvas_text(p->c, p->y++, p->at.x + 1, p->at.w - 1, role, line);
    else
        p->full = true;
}

static void put_text(struct panel *p, enum role role, const char *name, struct str text)
{
    struct buf lines = {0};

    wrap_put(&lines, 0, name, text, p->at.w - 1);
    for (struct str rest = buf_view(&lines); rest.p && rest.n;)
        put_line(p, role, str_cut(&rest, '\n'));
    buf_done(&lines);
}

static void put_value(struct panel *p, enum role role, const char *name, const struct value *v)
{
    struct buf text = {0};

    if (!v || v->type == VALUE_NONE || (v->type == VALUE_LIST && !v->list.n))
        return;
    show_field(&text, p->r, v);
    put_text(p, role, name, buf_view(&text));
    buf_done(&text);
}

/* A line each in a narrow pane beside the events, one after the other in a low one below them. */
static void put_object(struct panel *p, const char *title, const struct value *v)
{
    if (v->type != VALUE_OBJECT)
        return;
    if (p->at.w >= LOW)
        put_value(p, ROLE_TEXT, title, v->object->n ? v : NULL);
    else
        for (size_t i = 0; i < v->object->n; i++)
            put_value(p, ROLE_TEXT, v->object->at[i].name, &v->object->at[i].value);
}

/* "E2001, the balance is too low" */
static void put_pair(struct panel *p, enum role role, const char *name, const struct value *a,
                     const struct value *b)
{
    struct buf text = {0};

    show_value(&text, p->r, a);
    if (b && b->type != VALUE_NONE) {
        buf_puts(&text, _(", "));
        show_value(&text, p->r, b);
    }
    put_text(p, role, name, buf_view(&text));
    buf_done(&text);
}

static void put_when(struct panel *p, size_t row)
{
    const struct value *name = show_cell(p->r, row, "name"), *event = show_cell(p->r, row, "event");
    const struct value *gap = show_cell(p->r, row, "gap_s");
    struct buf text = {0};

    show_value(&text, p->r, name);
    if (!str_eq(name->text, event->text)) {
        buf_puts(&text, " (");
        buf_str(&text, event->text);
        buf_putc(&text, ')');
    }
    put_text(p, ROLE_STRONG, _("Event"), buf_view(&text));
    buf_clear(&text);
    show_value(&text, p->r, show_cell(p->r, row, "time"));
    if (gap->type == VALUE_SECONDS) {
        buf_puts(&text, "  +");
        show_value(&text, p->r, gap);
    }
    put_text(p, ROLE_TEXT, _("Time"), buf_view(&text));
    buf_done(&text);
}

bool sequence_panel_change(const struct result *r, size_t i, struct str *name, struct buf *out)
{
    const struct value *changes = object_get(&r->more, "changes");
    if (!changes || changes->type != VALUE_ROWS || i >= changes->rows->n)
        return false;
    const struct value *v =
        changes->rows->cell + i * changes->rows->columns; /* as user_sequence.c puts them */
    struct buf since = {0}, before = {0};
    buf_clear(out);
    *name = v[0].text;
    if (v[3].type == VALUE_NONE)
        return true;
    show_value(&since, r, &v[2]);
    show_value(&before, r, &v[3]);
    buf_printf(out, _("since import %lld of %.*s; before: %.*s"), (long long)v[1].i, (int)since.n, since.p,
               (int)before.n, before.p);
    buf_done(&since);
    buf_done(&before);
    return true;
}

/* "city  since import 3 of 2026-11-22 01:08; before: Beijing": the attributes that an import has changed. */
static void put_changes(struct panel *p)
{
    struct buf text = {0};
    struct str name;
    for (size_t i = 0; sequence_panel_change(p->r, i, &name, &text); i++)
        if (text.n)
            put_text(p, ROLE_DIM, name.p, buf_view(&text));
    buf_done(&text);
}

static void end(struct panel *p)
{
    if (p->full)
        canvas_text(p->c, p->at.y + p->at.h - 1, p->at.x + p->at.w - 1, 1, ROLE_DIM, STR("~"));
}

void sequence_panel_event(const struct result *r, size_t row, struct canvas *c, struct rect at)
{
    struct panel p = {.r = r, .c = c, .at = at};
    const struct value *reason = show_cell(r, row, "reason");

    begin(&p, _("Event"));
    put_when(&p, row);
    if (reason->type == VALUE_OBJECT) {
        put_pair(&p, ROLE_ERROR, _("Failed"), object_get(reason->object, "value"),
                 object_get(reason->object, "text"));
        put_value(&p, ROLE_STRONG, _("Tell the customer"), object_get(reason->object, "tell"));
    }
    put_object(&p, _("Properties"), show_cell(r, row, "properties"));
    end(&p);
}

void sequence_panel_person(const struct result *r, struct canvas *c, struct rect at)
{
    struct panel p = {.r = r, .c = c, .at = at};

    begin(&p, _("Customer"));
    put_value(&p, ROLE_STRONG, _("Id"), show_summary(r, "user"));
    put_value(&p, ROLE_TEXT, _("Other ids"), show_summary(r, "other_ids"));
    put_value(&p, ROLE_TEXT, _("Segments"), show_summary(r, "segments"));
    put_value(&p, ROLE_TEXT, _("Tags"), show_summary(r, "tags"));
    put_value(&p, ROLE_DIM, _("Not judged here"), show_summary(r, "not_judged"));
    put_object(&p, _("Attributes"), show_summary(r, "attributes"));
    put_changes(&p);
    end(&p);
}
