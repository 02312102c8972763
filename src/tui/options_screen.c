/* options_screen.c - a question as a form. The lines come from the analysis's parameters and the common ones,
 * so a new parameter has its line without a word here. Repeated parameters (steps) have one line each and one
 * to add. */
#include "config.h"

#include <stdlib.h>

#include "base/nls.h"
#include "base/vec.h"
#include "model/registry.h"
#include "tui/keymap.h"
#include "tui/list_widget.h"
#include "tui/options_screen.h"
#include "tui/result_screen.h"
#include "tui/tui.h"

enum { NAME = 14, VALUE = 22 };

struct line {
    const struct param_info *param;
    size_t nth; /* of a repeated parameter; == count: the line that adds one */
};

struct options {
    struct screen screen;
    struct screen *about;
    struct query query;
    bool changed;
    VEC(struct line) lines;
    struct list_widget list;
};

static void add_lines(struct options *o, const struct param_info *p)
{
    for (; p->name; p++) {
        if (strcmp(p->name, "users") == 0 || strcmp(p->name, "detail") == 0)
            continue; /* reached by Enter on a number, and only of use to programs */
        size_t n = p->repeat ? query_count(&o->query, p->name) + 1 : 1;
        for (size_t i = 0; i < n; i++)
            vec_push(&o->lines, (struct line){p, i});
    }
}

static void rebuild(struct options *o)
{
    o->lines.n = 0;
    add_lines(o, registry_find(o->query.analysis)->param);
    add_lines(o, registry_common());
    if (o->list.selected >= (int)o->lines.n)
        o->list.selected = (int)o->lines.n - 1;
}

static const char *value_of(const struct options *o, const struct line *l)
{
    const char *value = query_nth(&o->query, l->param->name, l->nth);
    if (l->param->kind == PARAM_SWITCH)
        return value ? _("yes") : _("no");
    if (value)
        return value;
    if (l->param->repeat)
        return _("(add)");
    return l->param->def ? l->param->def : "-";
}

static void options_title(const struct screen *s, struct buf *out)
{
    (void)s;
    buf_puts(out, _("Options"));
}

static void options_subtitle(const struct screen *s, struct buf *out)
{
    struct buf key = {0};
    (void)s;
    keymap_label(&key, ACTION_RESET);
    buf_printf(out, _("Enter changes a line, %s takes it back to its default; Esc applies"),
               key.n ? key.p : ":reset");
    buf_done(&key);
}

static void draw_line(const struct options *o, struct canvas *c, int y, struct rect at, int i)
{
    const struct line *l = &o->lines.at[i];
    enum role role = i == o->list.selected ? ROLE_SELECTED : ROLE_TEXT;
    canvas_clear(c, (struct rect){y, at.x, 1, at.w}, role);
    canvas_text(c, y, at.x, 1, role, str_of(i == o->list.selected ? ">" : " "));
    canvas_text(c, y, at.x + 2, NAME, role, str_of(l->param->name));
    canvas_text(c, y, at.x + 3 + NAME, VALUE, role, str_of(value_of(o, l)));
    canvas_text(c, y, at.x + 4 + NAME + VALUE, at.w - NAME - VALUE - 5, role, str_of(_(l->param->help)));
    if (i == o->list.selected) {
        c->cursor_y = y;
        c->cursor_x = at.x;
    }
}

static void options_draw(struct screen *s, struct canvas *c, struct rect at)
{
    struct options *o = (struct options *)s;
    int here = o->list.selected;
    at = list_widget_foot(c, at, _(o->lines.at[here].param->help));
    list_widget_fit(&o->list, at.h, here, here);
    for (int i = o->list.top; i < (int)o->lines.n && i - o->list.top < at.h; i++)
        draw_line(o, c, at.y + i - o->list.top, at, i);
}

static void set_param(struct query *q, const struct line *l, const char *value)
{
    if (!l->param->repeat) {
        query_set(q, l->param->name, value && (*value || l->param->kind == PARAM_SWITCH) ? value : NULL);
        return;
    }
    bool replaced = l->nth < query_count(q, l->param->name), given = value && *value;
    if (given) /* first: with the last of them goes what means nothing without it */
        query_insert(q, l->param->name, l->nth, value);
    if (replaced)
        query_remove(q, l->param->name, l->nth + given);
}

/* What makes no sense is refused at once, so that the form can always be left. */
static void set_line(struct options *o, const struct line *l, const char *value)
{
    struct query tried;
    struct err err = {0};
    query_copy(&tried, &o->query);
    set_param(&tried, l, value);
    if (!query_check(&tried, &err)) {
        tui_fail(o->screen.tui, &err);
        query_done(&tried);
        return;
    }
    query_done(&o->query);
    o->query = tried;
    o->changed = true;
    rebuild(o);
}

static void typed(void *arg, const char *text)
{
    struct options *o = arg;
    struct line l = o->lines.at[o->list.selected];
    set_line(o, &l, text);
}

/* The next of "a|b|c" after the present value, round and round. */
static void next_choice(struct options *o, const struct line *l)
{
    const char *now = value_of(o, l);
    struct str rest = str_of(l->param->choices), first = {0}, next = {0};
    bool take = false;
    while (rest.p) {
        struct str choice = str_cut(&rest, '|');
        if (!first.p)
            first = choice;
        if (take) {
            next = choice;
            break;
        }
        take = str_eq(choice, str_of(now));
    }
    struct buf value = {0};
    buf_str(&value, next.p ? next : first);
    set_line(o, l, value.p);
    buf_done(&value);
}

static char names_for(const struct param_info *p)
{
    if (p->kind == PARAM_CONDITION)
        return 'e';
    return strcmp(p->name, "by") == 0 ? 'p' : strcmp(p->name, "columns") == 0 ? 'a' : 0;
}

static void change(struct options *o)
{
    struct line l = o->lines.at[o->list.selected];
    const char *now = query_nth(&o->query, l.param->name, l.nth);
    if (l.param->kind == PARAM_SWITCH)
        set_line(o, &l, now ? NULL : "");
    else if (l.param->kind == PARAM_CHOICE)
        next_choice(o, &l);
    else
        tui_ask(o->screen.tui, _(l.param->help), now, names_for(l.param), typed, o);
}

static void apply(struct options *o)
{
    if (o->changed)
        result_screen_ask(o->about, &o->query);
    tui_pop(o->screen.tui);
}

static bool options_act(struct screen *s, enum action a)
{
    struct options *o = (struct options *)s;
    switch (a) {
    case ACTION_ENTER: change(o); return true;
    case ACTION_RESET: {
        struct line l = o->lines.at[o->list.selected];
        set_line(o, &l, NULL);
        return true;
    }
    case ACTION_BACK: apply(o); return true;
    default: return list_widget_act(&o->list, a, (int)o->lines.n);
    }
}

static void options_close(struct screen *s)
{
    struct options *o = (struct options *)s;
    query_done(&o->query);
    vec_done(&o->lines);
}

static const struct screen_type options_type = {
    .name = "options",
    .overlay = true,
    .context = CONTEXT_FORM,
    .title = options_title,
    .subtitle = options_subtitle,
    .draw = options_draw,
    .act = options_act,
    .close = options_close,
};

struct screen *options_screen_new(struct screen *about)
{
    struct options *o = mem_zalloc(sizeof *o);
    o->screen.type = &options_type;
    o->about = about;
    query_copy(&o->query, result_screen_query(about));
    rebuild(o);
    return &o->screen;
}

struct screen *options_screen_at(struct screen *about, const char *param)
{
    struct screen *s = options_screen_new(about);
    struct options *o = (struct options *)s;
    for (size_t i = 0; i < o->lines.n; i++)
        if (strcmp(o->lines.at[i].param->name, param) == 0) {
            o->list.selected = (int)i;
            break;
        }
    return s;
}
