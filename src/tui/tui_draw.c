/* tui_draw.c - the rows around a screen: the path of screens and what the top one speaks of above, what goes
 * on and the keys below. The keys come from the action table. */
#include "config.h"

#include <stdlib.h>

#include "app/mask.h"
#include "base/nls.h"
#include "base/utf8.h"
#include "base/zone.h"
#include "model/registry.h"
#include "render/wrap.h"
#include "tui/keymap.h"
#include "tui/tui_p.h"

static const char *const tier_titles[TIERS] = {"ASCII", "ACS", "UTF-8", "HD"};

static int depth_of(const struct screen *s)
{
    return s->below ? 1 + depth_of(s->below) : 0;
}

/* Without the lowest `left_out` screens. */
static void put_path(struct buf *out, const struct screen *s, int left_out)
{
    if (depth_of(s) > left_out) {
        put_path(out, s->below, left_out);
        buf_puts(out, " > ");
    } else if (left_out) {
        buf_puts(out, "~ > ");
    }
    s->type->title(s, out);
}

/* As much of the path as there is room for: where somebody is now comes before where he came from. */
static void put_title(struct buf *out, const struct screen *top, int w)
{
    for (int left_out = 0; left_out <= depth_of(top); left_out++) {
        buf_clear(out);
        buf_puts(out, " waymark | ");
        put_path(out, top, left_out);
        if (utf8_width(buf_view(out)) <= w)
            return;
    }
}

/* The day of a time in the summary of what the store holds; "" when there is none. */
static void put_day(struct buf *out, const struct result *info, const char *name)
{
    const struct value *v = info ? object_get(&info->summary, name) : NULL;
    struct buf time = {0};
    if (v && v->type == VALUE_TIME && info->zone)
        zone_put_local(info->zone, &time, v->i);
    buf_printf(out, "%.10s", time.n ? time.p : "");
    buf_done(&time);
}

/* The path of screens; at the end how far the data go and what pictures are drawn with. */
static void draw_path(struct tui *t, struct canvas *c)
{
    struct buf title = {0}, least = {0}, end = {0}, day = {0};
    const char *mask = mask_is_on(t->settings) ? _("masked") : "";
    buf_printf(&least, "%s%s%s", mask, *mask ? "  " : "", tier_titles[c->tier]);
    put_title(&title, t->places.top, c->w - 2 - utf8_width(buf_view(&least)));
    put_day(&day, tui_info(t, NULL), "last");
    if (day.n)
        buf_printf(&end, _("data to %s"), day.p);
    buf_printf(&end, "  %s", least.p);
    if (utf8_width(buf_view(&title)) + utf8_width(buf_view(&end)) + 2 > c->w) { /* where we are goes first */
        buf_clear(&end);
        buf_puts(&end, least.p);
    }
    int room = utf8_width(buf_view(&end));
    canvas_clear(c, (struct rect){0, 0, 1, c->w}, ROLE_TITLE);
    canvas_text(c, 0, 0, c->w - room - 2, ROLE_TITLE, buf_view(&title));
    canvas_right(c, 0, c->w - room - 1, room, ROLE_TITLE, buf_view(&end));
    buf_done(&title);
    buf_done(&least);
    buf_done(&end);
    buf_done(&day);
}

/* "2026-10-02..10-31": the year once when it is the same. */
static void put_period(struct tui *t, const struct query *q, struct buf *out)
{
    struct buf first = {0}, last = {0};
    const char *from = query_get(q, "from"), *to = query_get(q, "to");
    put_day(&first, tui_info(t, NULL), "first");
    put_day(&last, tui_info(t, NULL), "last");
    from = from ? from : first.p ? first.p : "";
    to = to ? to : last.p ? last.p : "";
    bool same = strlen(to) == 10 && strncmp(from, to, 5) == 0;
    buf_printf(out, "%s..%s", from, same ? to + 5 : to);
    buf_done(&first);
    buf_done(&last);
}

/* Whether a parameter is worth a word in front of the rule, which may be cut: the picture does not show it,
 * nor do the rule's first words. */
static bool is_choice(const struct param_info *info, const char *value)
{
    static const char *const told[] = {"step",     "condition", "depth", "top",     "limit",
                                       "property", "users",     "where", "segment", "from",
                                       "to",       "window",    "order", "unit",    "gap"};
    for (size_t i = 0; info && i < sizeof told / sizeof *told; i++)
        if (strcmp(info->name, told[i]) == 0)
            return false;
    return info && !info->required && info->kind != PARAM_USER &&
           !(info->def && strcmp(info->def, value) == 0);
}

/* Of a condition that names one event the name will do. */
static struct str short_value(const char *value)
{
    struct str v = str_of(value), head = STR("event = \"");
    bool one = strncmp(value, head.p, head.n) == 0 && strchr(value + head.n, '"') == value + v.n - 1;
    return one ? (struct str){v.p + head.n, v.n - head.n - 1} : v;
}

/* "hide: login  collapse": how the question differs from the plain one. */
static void put_choices(const struct query *q, struct buf *out)
{
    const struct analysis_info *analysis = registry_find(q->analysis);
    for (size_t i = 0; analysis && i < q->n; i++) {
        const struct param *p = &q->param[i];
        if (!is_choice(registry_param(analysis, p->name), p->value))
            continue;
        buf_printf(out, "%s%s%s", out->n ? "  " : "", p->name, *p->value ? ": " : "");
        buf_str(out, short_value(p->value));
    }
}

/* Who is looked at, when, and what is left out; then what the screen itself has to say. */
static void draw_context(struct tui *t, struct canvas *c)
{
    const struct screen *top = t->places.top;
    const struct query *q = top->type->question ? top->type->question(top) : NULL;
    const char *where = q ? query_get(q, "where") : NULL;
    struct buf text = {0};
    bool about_many = q && kept_may_keep(q); /* not about one customer */
    if (t->carried)
        buf_printf(&text, "[%s]", t->carried_label);
    else if (about_many)
        buf_puts(&text, _("Everyone"));
    int x = 1 + canvas_text(c, 1, 1, c->w / 3, ROLE_STRONG, buf_view(&text));
    x += text.n ? 2 : 0;
    buf_clear(&text);
    if (about_many)
        put_period(t, q, &text);
    if (where)
        buf_printf(&text, "%s%s: %s", text.n ? "  " : "", _("filter"), where);
    if (q)
        put_choices(q, &text);
    x += canvas_text(c, 1, x, (c->w - x) * 3 / 4, ROLE_CONTEXT, buf_view(&text));
    x += text.n ? 2 : 0;
    buf_clear(&text);
    if (top->type->subtitle)
        top->type->subtitle(top, &text);
    canvas_text(c, 1, x, c->w - 1 - x, q ? ROLE_DIM : ROLE_CONTEXT, buf_view(&text));
    buf_done(&text);
}

struct hint {
    enum action action;
    int priority;
};

static int by_priority(const void *a, const void *b)
{
    const struct hint *x = a, *y = b;
    return x->priority != y->priority ? y->priority - x->priority : (int)x->action - (int)y->action;
}

/* The keys of this screen by priority until the width is used; help and back always stand at the end. */
static void draw_footer(struct tui *t, struct canvas *c)
{
    struct hint hint[ACTIONS];
    size_t n = 0;
    const struct screen *top = t->places.top;
    for (int a = 1; a < ACTIONS; a++) {
        const struct action_info *info = action_get((enum action)a);
        if (info->priority > 2 && (!info->context || (info->context & top->context)) &&
            !(top->type->lacks && top->type->lacks(top, (enum action)a)))
            hint[n++] = (struct hint){(enum action)a, info->priority};
    }
    qsort(hint, n, sizeof hint[0], by_priority);
    int y = c->h - 1;
    canvas_clear(c, (struct rect){y, 0, 1, c->w}, ROLE_FOOTER);
    struct buf text = {0};
    buf_printf(&text, "? %s  Esc %s ", _(action_get(ACTION_HELP)->label), _(action_get(ACTION_BACK)->label));
    int end = c->w - utf8_width(buf_view(&text));
    canvas_text(c, y, end, c->w - end, ROLE_FOOTER, buf_view(&text));
    int x = 1;
    for (size_t i = 0; i < n; i++) {
        buf_clear(&text);
        keymap_label(&text, hint[i].action);
        buf_printf(&text, " %s", _(action_get(hint[i].action)->label));
        int w = utf8_width(buf_view(&text));
        if (x + w + 2 > end)
            break;
        x += canvas_text(c, y, x, w, ROLE_FOOTER, buf_view(&text)) + 2;
    }
    buf_done(&text);
}

/* What goes on behind the screen. */
static void draw_loading(struct tui *t, struct canvas *c, int y)
{
    const struct progress *p = t->loader ? loader_progress(t->loader) : NULL;
    if (!p || (t->places.top->context & (CONTEXT_DATA | CONTEXT_LOAD)))
        return;
    if (loader_asks(t->loader)) {
        canvas_text(c, y, 1, c->w - 2, ROLE_WARN,
                    str_of(_("A file to be loaded waits for your word   (9 shows it)")));
        return;
    }
    uint64_t done = atomic_load(&p->done), total = atomic_load(&p->total);
    canvas_printf(c, y, 1, c->w - 2, ROLE_STATUS, _("Loading a file: %d%%   (9 shows it)"),
                  total ? (int)(done * 100 / total) : 0);
}

/* What was said, ending in row y: a long message takes rows of the screen until the next key, for what helps
 * is said at its end. */
static void draw_said(struct tui *t, struct canvas *c, int y, int above)
{
    int lines = wrap_draw(NULL, 0, 0, c->w - 2, t->status_role, buf_view(&t->status));
    int first = y + 1 - (lines < above ? lines : above);
    canvas_clear(c, (struct rect){first, 0, y + 1 - first, c->w}, ROLE_TEXT);
    wrap_draw(c, first, 1, c->w - 2, t->status_role, buf_view(&t->status));
}

static void draw_status(struct tui *t, struct canvas *c, int y, int above)
{
    if (t->prompt) {
        prompt_draw(t->prompt, c, y, above);
    } else if (t->question) {
        int w = canvas_text(c, y, 1, c->w - 2, ROLE_WARN, str_of(t->question));
        c->cursor_y = y;
        c->cursor_x = w + 2;
    } else if (t->status.n) {
        draw_said(t, c, y, above);
    } else {
        draw_loading(t, c, y);
    }
}

static bool fits(const struct tui *t, const struct canvas *c, int *w, int *h)
{
    bool small = settings_is(t->settings, SETTING_SMALL, "on");
    *w = small ? SMALL_W : MIN_W;
    *h = small ? SMALL_H : MIN_H;
    return c->w >= *w && c->h >= *h;
}

void tui_draw(struct tui *t, struct canvas *c)
{
    int w, h;
    struct screen *top = t->places.top;
    t->w = c->w;
    t->h = c->h;
    c->tier = t->tier;
    c->plain = settings_is(t->settings, SETTING_PLAIN, "on");
    canvas_clear(c, (struct rect){0, 0, c->h, c->w}, ROLE_TEXT);
    c->cursor_y = c->cursor_x = -1;
    if (!fits(t, c, &w, &h)) {
        canvas_printf(c, c->h / 2, 0, c->w, ROLE_WARN, _("needs %dx%d, now %dx%d"), w, h, c->w, c->h);
        return;
    }
    draw_path(t, c);
    if (t->maximised) { /* one row more on top and below; the status row stays, prompts stand there */
        top->type->draw(top, c, (struct rect){1, 0, c->h - 2, c->w});
        draw_status(t, c, c->h - 1, c->h - 5);
        return;
    }
    draw_context(t, c);
    top->type->draw(top, c, (struct rect){2, 0, c->h - 4, c->w});
    draw_status(t, c, c->h - 2, c->h - 6);
    draw_footer(t, c);
}
