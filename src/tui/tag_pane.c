/* tag_pane.c - the tree of tags. Lines are made anew whenever something changed: there are few, and so
 * nothing can be out of step. */
#include "config.h"

#include <stdlib.h>

#include "app/initials.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/utf8.h"
#include "render/glyph.h"
#include "tui/needle.h"
#include "tui/tag_pane.h"

void tag_pane_init(struct tag_pane *p)
{
    *p = (struct tag_pane){0};
}

void tag_pane_done(struct tag_pane *p)
{
    for (size_t i = 0; i < p->open.n; i++)
        free(p->open.at[i]);
    vec_done(&p->lines);
    vec_done(&p->open);
    free(p->needle);
}

/* ---- what is shown */

static size_t opened(const struct tag_pane *p, struct str category)
{
    size_t i = 0;
    while (i < p->open.n && !str_eq(str_of(p->open.at[i]), category))
        i++;
    return i;
}

static bool is_open(const struct tag_pane *p, struct str category)
{
    return p->needle || opened(p, category) < p->open.n;
}

static void fold(struct tag_pane *p, struct str category, bool open)
{
    size_t at = opened(p, category);
    if (open && at == p->open.n) {
        char *copy = mem_zalloc(category.n + 1);
        memcpy(copy, category.p, category.n);
        vec_push(&p->open, copy);
    } else if (!open && at < p->open.n) {
        free(p->open.at[at]);
        p->open.at[at] = p->open.at[--p->open.n];
    }
}

static bool matches(const struct tag_pane *p, const struct tag *t)
{
    const char *n = p->needle;
    return !n || needle_is_in(n, t->id) || needle_is_in(n, t->name_zh) || needle_is_in(n, t->name_en) ||
           needle_is_in(n, t->condition) || needle_is_in(n, catalogue_category(t->category)) ||
           initials_match(t->name_zh, str_of(n));
}

static bool is_first(const struct tag_view *v, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (str_eq(v->entry[k].tag.category, v->entry[i].tag.category))
            return false;
    return true;
}

static void add_category(struct tag_pane *p, const struct tag_view *v, size_t first)
{
    size_t heading = p->lines.n, n = 0;
    vec_push(&p->lines, (struct tag_line){true, first, 0});
    for (size_t i = first; i < v->entries; i++) {
        if (!str_eq(v->entry[i].tag.category, v->entry[first].tag.category) || !matches(p, &v->entry[i].tag))
            continue;
        n++;
        if (is_open(p, v->entry[first].tag.category))
            vec_push(&p->lines, (struct tag_line){false, i, 0});
    }
    p->lines.at[heading].count = n;
    if (!n)
        p->lines.n = heading;
}

void tag_pane_update(struct tag_pane *p, const struct tag_view *v)
{
    p->lines.n = 0;
    if (v->entries && !p->begun)
        fold(p, v->entry[0].tag.category, p->begun = true);
    for (size_t i = 0; i < v->entries; i++)
        if (is_first(v, i))
            add_category(p, v, i);
    if (p->line >= p->lines.n)
        p->line = p->lines.n ? p->lines.n - 1 : 0;
}

size_t tag_pane_entry(const struct tag_pane *p)
{
    bool none = p->line >= p->lines.n || p->lines.at[p->line].heading;
    return none ? SIZE_MAX : p->lines.at[p->line].entry;
}

/* ---- drawing */

static void put_size(const struct tag_pane *p, const struct tag_view *v, size_t entry, struct buf *out)
{
    const struct builder_size *s = v->counts && entry < v->counts->sizes ? &v->counts->size[entry] : NULL;
    if (!v->entry[entry].known || !s || !s->known)
        buf_puts(out, v->counts || !v->entry[entry].known ? "-" : "");
    else if (p->base == TAG_SHARE)
        num_put_percent(out, (int64_t)s->within, (int64_t)v->counts->chosen, 1);
    else
        num_put_thousands(out, (int64_t)(p->base == TAG_ALL ? s->users : s->within));
}

static void draw_line(const struct tag_pane *p, const struct tag_view *v, struct canvas *c, struct rect at,
                      size_t line)
{
    const struct tag_line *l = &p->lines.at[line];
    const struct builder_entry *e = &v->entry[l->entry];
    bool here = line == p->line;
    enum role role = here && v->focused ? ROLE_SELECTED : l->heading ? ROLE_STRONG : ROLE_TEXT;
    struct buf number = {0};
    canvas_clear(c, at, role);
    canvas_text(c, at.y, at.x, 1, role, str_of(here ? ">" : " "));
    if (l->heading) {
        buf_printf(&number, "%zu", l->count);
        canvas_text(c, at.y, at.x + 1, 3, role, str_of(is_open(p, e->tag.category) ? "[-]" : "[+]"));
        canvas_text(c, at.y, at.x + 5, at.w - 10, role, catalogue_category(e->tag.category));
    } else {
        put_size(p, v, l->entry, &number);
        bool chosen = condition_find(v->tree, str_of(e->text)) != SIZE_MAX;
        canvas_text(c, at.y, at.x + 3, 1, role, str_of(chosen ? "*" : " "));
        canvas_text(c, at.y, at.x + 5, at.w - 16, role, catalogue_name(&e->tag));
    }
    canvas_right(c, at.y, at.x + at.w - 11, 10, role, buf_view(&number));
    buf_done(&number);
    if (here && v->focused) {
        c->cursor_y = at.y;
        c->cursor_x = at.x;
    }
}

static void draw_heading(const struct tag_pane *p, const struct tag_view *v, struct canvas *c, struct rect at)
{
    static const char *const bases[] = {N_("in the set"), N_("share"), N_("of all")};
    struct buf text = {0};
    if (p->needle)
        buf_printf(&text, "%s /%s", _("Tags"), p->needle);
    else
        buf_printf(&text, "%s %zu", _("Tags"), v->entries);
    int used = canvas_text(c, at.y, at.x, at.w - 14, ROLE_HEAD, buf_view(&text));
    glyph_hline(c, at.y, at.x + used + 1, at.w - used - 14, ROLE_RULE);
    canvas_right(c, at.y, at.x + at.w - 12, 11, ROLE_HEAD, str_of(_(bases[p->base])));
    buf_done(&text);
}

/* What the tag under the cursor means, in two rows. */
static void draw_meaning(const struct tag_pane *p, const struct tag_view *v, struct canvas *c, struct rect at)
{
    size_t entry = tag_pane_entry(p);
    if (entry == SIZE_MAX)
        return;
    const struct builder_entry *e = &v->entry[entry];
    canvas_text(c, at.y, at.x + 1, at.w - 2, ROLE_DIM,
                e->known ? str_of(e->text) : str_of(_("not in this store:")));
    canvas_text(c, at.y + 1, at.x + 1, at.w - 2, ROLE_DIM, e->tag.condition);
}

void tag_pane_draw(struct tag_pane *p, const struct tag_view *v, struct canvas *c, struct rect at)
{
    p->height = at.h - 3;
    if ((int)p->line < p->top)
        p->top = (int)p->line;
    if ((int)p->line >= p->top + p->height)
        p->top = (int)p->line - p->height + 1;
    if (p->top > 0 && p->top + p->height > (int)p->lines.n)
        p->top = (int)p->lines.n > p->height ? (int)p->lines.n - p->height : 0;
    draw_heading(p, v, c, at);
    for (int i = 0; i < p->height && p->top + i < (int)p->lines.n; i++)
        draw_line(p, v, c, (struct rect){at.y + 1 + i, at.x, 1, at.w}, (size_t)(p->top + i));
    if (!p->lines.n)
        canvas_text(c, at.y + 1, at.x + 2, at.w - 3, ROLE_DIM,
                    str_of(_("none; / Enter shows all")));
    draw_meaning(p, v, c, (struct rect){at.y + at.h - 2, at.x, 2, at.w});
}

/* ---- acting */

static bool turn_fold(struct tag_pane *p, const struct tag_view *v, int direction)
{
    if (p->line >= p->lines.n)
        return false;
    const struct tag_line *l = &p->lines.at[p->line];
    struct str category = v->entry[l->entry].tag.category;
    if (!l->heading && direction < 0) { /* up to the heading */
        while (p->line > 0 && !p->lines.at[p->line].heading)
            p->line--;
        return true;
    }
    if (!l->heading || (direction > 0 && is_open(p, category)))
        return false;
    fold(p, category, direction ? direction > 0 : !is_open(p, category));
    tag_pane_update(p, v);
    return true;
}

bool tag_pane_act(struct tag_pane *p, const struct tag_view *v, enum action a)
{
    int to = (int)p->line, last = (int)p->lines.n - 1;
    switch (a) {
    case ACTION_UP: to--; break;
    case ACTION_DOWN: to++; break;
    case ACTION_PAGE_UP: to -= p->height; break;
    case ACTION_PAGE_DOWN: to += p->height; break;
    case ACTION_FIRST: to = 0; break;
    case ACTION_LAST: to = last; break;
    case ACTION_LEFT: return turn_fold(p, v, -1);
    case ACTION_RIGHT: return turn_fold(p, v, 1);
    case ACTION_ENTER: return p->line < p->lines.n && p->lines.at[p->line].heading && turn_fold(p, v, 0);
    case ACTION_BASE: p->base = (p->base + 1) % TAG_BASES; return true;
    default: return false;
    }
    p->line = (size_t)(to < 0 || last < 0 ? 0 : to > last ? last : to);
    return true;
}

void tag_pane_search(struct tag_pane *p, const struct tag_view *v, const char *needle)
{
    needle_set(&p->needle, needle);
    tag_pane_update(p, v);
    p->line = p->needle && p->lines.n > 1 ? 1 : 0; /* the first find */
    p->top = 0;
}
