/* builder_view.c - draws the panes of the segment builder. */
#include "config.h"

#include <stdlib.h>

#include "app/mask.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/utf8.h"
#include "render/glyph.h"
#include "tui/builder_view.h"
#include "tui/tag_pane.h"

enum { NUMBER_W = 11 };

size_t builder_view_entry(const struct builder_view *v, const char *text)
{
    for (size_t i = 0; i < v->entries; i++)
        if (strcmp(v->entry[i].text, text) == 0)
            return i;
    return SIZE_MAX;
}

static int heading(struct canvas *c, int y, int x, int w, const char *text)
{
    int used = canvas_text(c, y, x, w, ROLE_HEAD, str_of(text));
    if (used + 1 < w)
        glyph_hline(c, y, x + used + 1, w - used - 1, ROLE_RULE);
    return used;
}

/* ---- conditions */

static void put_leaf(const struct builder_view *v, const char *text, struct buf *out)
{
    size_t entry = builder_view_entry(v, text);
    if (entry == SIZE_MAX) {
        buf_puts(out, text);
        return;
    }
    const struct tag *t = &v->entry[entry].tag;
    buf_str(out, t->category.n ? catalogue_category(t->category) : str_of(_("Segment")));
    buf_puts(out, ": ");
    buf_str(out, catalogue_name(t));
}

static const char *group_words(const struct condition *node)
{
    if (node->op == CONDITION_AND)
        return node->negated ? _("Not all of these (NOT AND)") : _("All of these (AND)");
    return node->negated ? _("None of these (NOT OR)") : _("Any of these (OR)");
}

static void put_words(const struct builder_view *v, const struct condition *node, struct buf *out)
{
    if (node->op != CONDITION_LEAF) {
        buf_puts(out, group_words(node));
        return;
    }
    if (node->negated)
        buf_printf(out, "%s ", _("not"));
    put_leaf(v, node->text, out);
}

/* "3.1": which of the row's fathers are which of theirs. */
static void put_number(struct condition *root, size_t row, struct buf *out)
{
    struct condition_place at, other;
    condition_at(root, row, &at);
    for (size_t r = 0; at.depth > 0 && condition_at(root, r, &other); r++)
        if (other.node == at.parent) {
            put_number(root, r, out);
            buf_putc(out, '.');
        }
    buf_printf(out, "%zu", at.index + 1);
}

static void draw_numbers(const struct builder_view *v, struct canvas *c, struct rect at, enum role role)
{
    struct buf number = {0};
    struct condition_place place;
    const struct builder_row *row = &v->counts->row[v->row];
    num_put_thousands(&number, (int64_t)row->alone);
    canvas_right(c, at.y, at.x + at.w - 2 * NUMBER_W, NUMBER_W, role, buf_view(&number));
    buf_clear(&number);
    if (condition_at(v->tree, v->row, &place) && place.depth == 0) {
        num_put_thousands(&number, (int64_t)row->so_far);
        canvas_right(c, at.y, at.x + at.w - NUMBER_W, NUMBER_W, role, buf_view(&number));
    }
    buf_done(&number);
}

static void draw_condition(const struct builder_view *v, struct canvas *c, struct rect at, size_t row)
{
    struct condition_place place;
    bool here = row == v->row;
    enum role role = here && v->focused ? ROLE_SELECTED : ROLE_TEXT;
    struct buf words = {0};
    canvas_clear(c, at, role);
    canvas_text(c, at.y, at.x, 1, role, str_of(here ? ">" : " "));
    if (condition_at(v->tree, row, &place)) {
        put_number(v->tree, row, &words);
        buf_putc(&words, ' ');
        put_words(v, place.node, &words);
        int indent = 1 + 2 * place.depth;
        canvas_text(c, at.y, at.x + indent, at.w - indent - 2 * NUMBER_W, role, buf_view(&words));
        if (v->fresh && v->counts && row < v->counts->rows) {
            struct builder_view one = *v;
            one.row = row;
            draw_numbers(&one, c, at, role);
        }
    } else {
        canvas_text(c, at.y, at.x + 1, at.w - 1, here ? role : ROLE_DIM,
                    str_of(condition_rows(v->tree) ? _("+ add a condition (Enter)")
                                                   : _("+ everyone: add a tag, or Enter for a condition")));
    }
    buf_done(&words);
    if (here && v->focused) {
        c->cursor_y = at.y;
        c->cursor_x = at.x;
    }
}

void builder_view_conditions(struct builder_view *v, struct canvas *c, struct rect at)
{
    size_t lines = condition_rows(v->tree) + 1, height = (size_t)at.h - 1;
    bool any = v->tree->op == CONDITION_OR;
    heading(c, at.y, at.x, at.w - 2 * NUMBER_W, group_words(v->tree));
    canvas_right(c, at.y, at.x + at.w - 2 * NUMBER_W, NUMBER_W, ROLE_HEAD, str_of(_("alone")));
    canvas_right(c, at.y, at.x + at.w - NUMBER_W, NUMBER_W, ROLE_HEAD,
                 str_of(any ? _("so far") : _("remaining")));
    if (v->row < v->top)
        v->top = v->row;
    if (v->row >= v->top + height)
        v->top = v->row - height + 1;
    for (size_t i = 0; i < height && v->top + i < lines; i++)
        draw_condition(v, c, (struct rect){at.y + 1 + (int)i, at.x, 1, at.w}, v->top + i);
}

/* ---- how it is spread */

struct bar {
    struct str label;
    uint64_t users;
    char mark;
};

static void draw_bars(struct canvas *c, struct rect at, const struct bar *bar, size_t n)
{
    uint64_t most = 1;
    int label = at.w * 2 / 5 < 24 ? at.w * 2 / 5 : 24;
    for (size_t i = 0; i < n; i++)
        most = bar[i].users > most ? bar[i].users : most;
    for (size_t i = 0; i < n && (int)i < at.h; i++) {
        int y = at.y + (int)i, x = at.x + 2 + label;
        struct buf number = {0};
        num_put_short(&number, (int64_t)bar[i].users, 7);
        canvas_text(c, y, at.x, 1, ROLE_STRONG, (struct str){&bar[i].mark, 1});
        canvas_text(c, y, at.x + 1, label, ROLE_TEXT, bar[i].label);
        canvas_right(c, y, at.x + at.w - 8, 7, ROLE_TEXT, buf_view(&number));
        glyph_bar(c, y, x, at.w - label - 12, (double)bar[i].users, (double)most, GLYPH_BAR,
                  bar[i].mark == ' ' ? ROLE_COLD : ROLE_HOT);
        buf_done(&number);
    }
}

/* The bars around the one that matters when not all have room. */
static void draw_around(struct canvas *c, struct rect at, const struct bar *bar, size_t n, size_t middle)
{
    size_t h = at.h > 0 ? (size_t)at.h : 0, first = middle > h / 2 ? middle - h / 2 : 0;
    if (first + h > n)
        first = n > h ? n - h : 0;
    draw_bars(c, at, bar + first, n - first);
}

static void draw_category(const struct builder_view *v, struct canvas *c, struct rect at)
{
    struct bar *bar = mem_zalloc((v->entries + 1) * sizeof *bar);
    struct str category = v->entry[v->near].tag.category;
    size_t n = 0, middle = 0;
    for (size_t i = 0; i < v->entries; i++) {
        if (!str_eq(v->entry[i].tag.category, category) || i >= v->counts->sizes)
            continue;
        if (i == v->near)
            middle = n;
        bool chosen = condition_find(v->tree, str_of(v->entry[i].text)) != SIZE_MAX;
        bar[n++] =
            (struct bar){catalogue_name(&v->entry[i].tag), v->counts->size[i].users, chosen ? '^' : ' '};
    }
    draw_around(c, at, bar, n, middle);
    free(bar);
}

static void draw_spread(const struct spread *s, struct canvas *c, struct rect at)
{
    struct bar bar[SPREAD_BARS];
    size_t middle = 0;
    for (size_t i = 0; i < s->bars; i++) {
        const struct spread_bar *b = &s->bar[i];
        bar[i] = (struct bar){str_of(b->label), b->users, !b->taken ? ' ' : b->taken == b->users ? '^' : '~'};
        if (b->taken && !middle)
            middle = i;
    }
    draw_around(c, at, bar, s->bars, middle);
}

void builder_view_spread(const struct builder_view *v, struct canvas *c, struct rect at)
{
    bool category = v->near != SIZE_MAX;
    const struct spread *s = v->counts ? v->counts->spread : NULL;
    struct rect under = {at.y + 1, at.x, at.h - 1, at.w};
    struct buf title = {0};
    buf_puts(&title, _("Distribution"));
    if (category) {
        buf_puts(&title, ": ");
        buf_str(&title, catalogue_category(v->entry[v->near].tag.category));
        buf_printf(&title, "  (^ %s)", _("chosen"));
    } else if (s)
        buf_printf(&title, ": %s  (^ %s, ~ %s)", s->name, _("chosen"), _("in part"));
    heading(c, at.y, at.x, at.w, title.p);
    buf_done(&title);
    if (!v->counts)
        return;
    if (category)
        draw_category(v, c, under);
    else if (s)
        draw_spread(s, c, under);
    else
        canvas_text(c, at.y + 1, at.x + 1, at.w - 2, ROLE_DIM,
                    str_of(_("of tags, attributes, deeds; p: some customers")));
}

void builder_view_sample(const struct builder_view *v, struct canvas *c, struct rect at)
{
    heading(c, at.y, at.x, at.w, _("Some of them, spread over all (u lists them)"));
    if (!v->counts)
        return;
    int columns = at.w >= 40 ? 2 : 1, w = at.w / columns, rows = at.h - 1;
    for (size_t i = 0; i < v->counts->samples && (int)i < rows * columns; i++) {
        struct buf id = {0};
        mask_put_id(&id, v->settings, str_of(v->counts->sample[i]));
        canvas_text(c, at.y + 1 + (int)i % rows, at.x + 1 + (int)i / rows * w, w - 2, ROLE_TEXT,
                    buf_view(&id));
        buf_done(&id);
    }
    if (!v->counts->samples)
        canvas_text(c, at.y + 1, at.x + 1, at.w - 2, ROLE_DIM, str_of(_("nobody")));
}

/* ---- the text */

/* Bytes of s that fit into w columns, cut at a blank where there is one. */
static size_t fit(struct str s, int w)
{
    struct str rest = s;
    size_t blank = 0, end = 0;
    int used = 0;
    while (rest.n) {
        struct str before = rest;
        int width = utf8_rune_width(utf8_next(&rest));
        used += width > 0 ? width : 1;
        if (used > w)
            return blank ? blank : end;
        end = s.n - rest.n;
        if (*before.p == ' ')
            blank = end;
    }
    return s.n;
}

static void draw_wrapped(struct canvas *c, struct rect at, struct str text)
{
    for (int i = 0; i < at.h && text.n; i++) {
        bool last = i == at.h - 1;
        size_t n = last ? text.n : fit(text, at.w);
        canvas_text(c, at.y + i, at.x, at.w, ROLE_TEXT, (struct str){text.p, n});
        text = (struct str){text.p + n, text.n - n};
    }
}

/* The line with what is wrong in sight, and marks under it. */
static void draw_wrong(const struct builder_view *v, struct canvas *c, struct rect at)
{
    struct str all = str_of(v->draft), before = all;
    int column = v->wrong->column;
    while (before.n && column > 1) {
        utf8_next(&before);
        column--;
    }
    size_t offset = all.n - before.n, start = 0;
    while (utf8_width((struct str){all.p + start, offset - start}) > at.w / 2) {
        struct str rest = {all.p + start, all.n - start};
        utf8_next(&rest);
        start = all.n - rest.n;
    }
    int x = utf8_width((struct str){all.p + start, offset - start});
    canvas_text(c, at.y, at.x, at.w, ROLE_TEXT, (struct str){all.p + start, all.n - start});
    struct buf marks = {0};
    for (int i = 0; v->wrong->column > 0 && i < v->wrong->width && x + i < at.w; i++)
        buf_putc(&marks, '^');
    canvas_text(c, at.y + 1, at.x + x, at.w - x, ROLE_ERROR, buf_view(&marks));
    buf_done(&marks);
    canvas_text(c, at.y + 2, at.x, at.w, ROLE_ERROR, str_of(v->wrong->text));
}

void builder_view_text(const struct builder_view *v, struct canvas *c, struct rect at)
{
    struct rect under = {at.y + 1, at.x + 1, at.h - 1, at.w - 2};
    heading(c, at.y, at.x, at.w,
            v->draft ? _("Text that could not be taken (e goes on with it, z drops it)")
                     : _("Text (e edits it)"));
    if (v->draft)
        draw_wrong(v, c, under);
    else
        draw_wrapped(c, under, *v->text ? str_of(v->text) : str_of(_("(everyone)")));
}
