/* builder_screen.c - the segment builder: keys to edits of the builder, which outlives the screen, so that
 * going elsewhere loses nothing. */
#include "config.h"

#include <stdlib.h>

#include "base/nls.h"
#include "base/num.h"
#include "render/glyph.h"
#include "tui/builder_screen.h"
#include "tui/builder_screen_p.h"
#include "tui/builder_view.h"
#include "tui/tui.h"

enum { WIDE = 120, TALL = 34, SOON_US = 150000 /* what is over before the eye sees it is not announced */ };

static struct builder_screen *of(struct screen *s)
{
    return (struct builder_screen *)s;
}

/* ---- what the panes show */

static const char *leaf_here(struct builder_screen *s)
{
    struct condition_place at;
    bool leaf = condition_at(builder_tree(s->builder), s->row, &at) && at.node->op == CONDITION_LEAF;
    return leaf ? at.node->text : NULL;
}

static struct tag_view tag_view(struct builder_screen *s)
{
    struct tag_view v = {.tree = builder_tree(s->builder), .focused = s->on_tags};
    bool fresh;
    v.entry = builder_entries(s->builder, &v.entries);
    v.counts = builder_counts(s->builder, &fresh);
    return v;
}

static struct builder_view view(struct builder_screen *s)
{
    struct builder_view v = {
        .tree = builder_tree(s->builder), .focused = !s->on_tags, .row = s->row, .top = s->top};
    v.settings = tui_settings(s->screen.tui);
    v.entry = builder_entries(s->builder, &v.entries);
    v.counts = builder_counts(s->builder, &v.fresh);
    v.text = builder_text(s->builder);
    v.draft = s->draft;
    v.wrong = &s->wrong;
    const char *leaf = leaf_here(s);
    v.near = s->on_tags ? tag_pane_entry(&s->tags) : leaf ? builder_view_entry(&v, leaf) : SIZE_MAX;
    if (v.near != SIZE_MAX && !v.entry[v.near].tag.category.n)
        v.near = SIZE_MAX; /* saved segments are no kinds of one thing */
    return v;
}

/* Asks for the spread of what the cursor is on, unless tags tell it already. */
static void look(struct builder_screen *s)
{
    struct builder_view v = view(s);
    builder_look(s->builder, s->on_tags || v.near != SIZE_MAX ? NULL : leaf_here(s));
}

void builder_screen_settle(struct builder_screen *s)
{
    size_t rows = condition_rows(builder_tree(s->builder));
    struct tag_view v = tag_view(s);
    if (s->row > rows)
        s->row = rows;
    tag_pane_update(&s->tags, &v);
    look(s);
    builder_tick(s->builder); /* begins counting at once */
}

/* ---- drawing */

static void builder_title(const struct screen *screen, struct buf *out)
{
    const struct builder_screen *s = (const struct builder_screen *)screen;
    buf_puts(out, _("Segments"));
    if (!s->builder)
        return;
    if (builder_name(s->builder))
        buf_printf(out, " > %s", builder_name(s->builder));
    if (!builder_is_saved(s->builder))
        buf_puts(out, " *");
}

static void put_state(const struct builder_screen *s, struct buf *out)
{
    int64_t age = builder_counting_us(s->builder);
    if (age > SOON_US) {
        int percent = builder_percent(s->builder);
        if (percent >= 0)
            buf_printf(out, _("   counting... %d%%  %.1f s  ^C cancels"), percent, (double)age / 1e6);
        else
            buf_printf(out, _("   counting... %.1f s  ^C cancels"), (double)age / 1e6);
    } else if (!builder_is_saved(s->builder)) {
        buf_printf(out,
                   ngettext("   not saved, %zu undo step", "   not saved, %zu undo steps",
                            builder_undos(s->builder)),
                   builder_undos(s->builder));
    }
}

static void builder_subtitle(const struct screen *screen, struct buf *out)
{
    const struct builder_screen *s = (const struct builder_screen *)screen;
    bool fresh;
    const struct builder_counts *n = s->builder ? builder_counts(s->builder, &fresh) : NULL;
    if (!s->builder)
        return;
    if (n && fresh) {
        struct buf chosen = {0}, all = {0}, share = {0};
        num_put_thousands(&chosen, (int64_t)n->chosen);
        num_put_thousands(&all, (int64_t)n->users);
        num_put_percent(&share, (int64_t)n->chosen, (int64_t)n->users, 2);
        buf_printf(out, _("%s of %s customers  %s"), chosen.p, all.p, share.p);
        buf_done(&chosen);
        buf_done(&all);
        buf_done(&share);
    } else if (builder_error(s->builder)) {
        buf_puts(out, _("not counted"));
    } else if (builder_counting_us(s->builder) <= SOON_US) {
        buf_puts(out, _("counting..."));
    }
    put_state(s, out);
}

static void draw_panes(struct builder_screen *s, struct canvas *c, struct rect at)
{
    struct tag_view tags = tag_view(s);
    struct builder_view v = view(s);
    int left = at.w * 3 / 8 < 44 ? at.w * 3 / 8 : 44, text_h = s->draft || at.h >= TALL - 4 ? 4 : 3;
    int h = at.h - text_h, x = at.x + left + 1, w = at.w - left - 1;
    bool wide = at.w >= WIDE;
    int lower = wide ? h * 2 / 5 : h / 2;
    tag_pane_draw(&s->tags, &tags, c, (struct rect){at.y, at.x, h, left});
    for (int y = at.y; y < at.y + h; y++)
        glyph_put(c, y, at.x + left, GLYPH_VLINE, ROLE_RULE);
    builder_view_conditions(&v, c, (struct rect){at.y, x, h - lower, w});
    s->top = v.top;
    struct rect under = {at.y + h - lower, x, lower, wide ? w / 2 - 1 : w};
    if (wide || !s->sample)
        builder_view_spread(&v, c, under);
    if (wide)
        under = (struct rect){under.y, x + w / 2, lower, w - w / 2};
    if (wide || s->sample)
        builder_view_sample(&v, c, under);
    builder_view_text(&v, c, (struct rect){at.y + h, at.x, text_h, at.w});
}

static void builder_draw(struct screen *screen, struct canvas *c, struct rect at)
{
    struct builder_screen *s = of(screen);
    if (!s->builder) {
        canvas_text(c, at.y + 1, at.x + 2, at.w - 4, ROLE_ERROR, str_of(s->err.text));
        return;
    }
    draw_panes(s, c, at);
}

/* ---- actions */

static void search(void *arg, const char *text)
{
    struct builder_screen *s = arg;
    struct tag_view v = tag_view(s);
    tag_pane_search(&s->tags, &v, text);
    s->on_tags = true;
}

static bool act_on_panes(struct builder_screen *s, enum action a)
{
    switch (a) {
    case ACTION_SAMPLE: s->sample = !s->sample; return true;
    case ACTION_SEARCH: tui_ask(s->screen.tui, _("Search tags:"), "", 0, search, s); return true;
    case ACTION_EDIT_TEXT: builder_keys_ask_text(s); return true;
    default: return false;
    }
}

static bool move(struct builder_screen *s, enum action a)
{
    size_t last = condition_rows(builder_tree(s->builder));
    switch (a) {
    case ACTION_UP: s->row -= s->row > 0; return true;
    case ACTION_DOWN: s->row += s->row < last; return true;
    case ACTION_PAGE_UP:
    case ACTION_FIRST: s->row = 0; return true;
    case ACTION_PAGE_DOWN:
    case ACTION_LAST: s->row = last; return true;
    case ACTION_LEFT: s->on_tags = true; return true;
    case ACTION_ENTER: builder_keys_enter(s); return true;
    default: return false;
    }
}

static bool act_on_tags(struct builder_screen *s, enum action a)
{
    struct tag_view v = tag_view(s);
    if (tag_pane_act(&s->tags, &v, a))
        return true;
    if (a == ACTION_ENTER && !builder_names_open_here(s)) /* on a tag it adds it */
        builder_keys_pick(s, ACTION_PICK);
    else if (a == ACTION_RIGHT)
        s->on_tags = false;
    return a == ACTION_ENTER || a == ACTION_RIGHT;
}

static bool act(struct builder_screen *s, enum action a)
{
    if (a == ACTION_NEXT_PANE || a == ACTION_PREVIOUS_PANE) {
        s->on_tags = !s->on_tags;
        return true;
    }
    if (a == ACTION_BASE) {
        struct tag_view v = tag_view(s);
        return tag_pane_act(&s->tags, &v, a);
    }
    if (builder_keys_act(s, a) || builder_names_act(s, a) || act_on_panes(s, a))
        return true;
    return s->on_tags ? act_on_tags(s, a) : move(s, a);
}

static bool builder_act(struct screen *screen, enum action a)
{
    struct builder_screen *s = of(screen);
    if (!s->builder || !act(s, a))
        return false;
    builder_screen_settle(s);
    return true;
}

/* ---- the frame's questions */

static bool builder_screen_tick(struct screen *screen)
{
    struct builder_screen *s = of(screen);
    bool changed = s->builder && builder_tick(s->builder);
    const struct err *err = changed ? builder_error(s->builder) : NULL;
    if (err)
        tui_fail(screen->tui, err);
    return changed;
}

static bool builder_busy(const struct screen *screen)
{
    const struct builder_screen *s = (const struct builder_screen *)screen;
    return s->builder && builder_counting(s->builder);
}

static bool builder_screen_cancel(struct screen *screen)
{
    struct builder_screen *s = of(screen);
    return s->builder && builder_cancel(s->builder);
}

static void builder_screen_refresh(struct screen *screen)
{
    struct builder_screen *s = of(screen);
    struct err err = {0};
    if (s->builder && !builder_refresh(s->builder, &err))
        tui_fail(screen->tui, &err);
    if (s->builder)
        builder_screen_settle(s);
}

static void builder_close(struct screen *screen)
{
    struct builder_screen *s = of(screen);
    tag_pane_done(&s->tags);
    builder_keys_drop_draft(s);
}

static const struct screen_type builder_type = {
    .name = "builder",
    .context = CONTEXT_BUILDER,
    .title = builder_title,
    .subtitle = builder_subtitle,
    .draw = builder_draw,
    .act = builder_act,
    .tick = builder_screen_tick,
    .busy = builder_busy,
    .refresh = builder_screen_refresh,
    .cancel = builder_screen_cancel,
    .close = builder_close,
};

struct screen *builder_screen_new(struct tui *t)
{
    struct builder_screen *s = mem_zalloc(sizeof *s);
    s->screen.type = &builder_type;
    s->screen.tui = t;
    s->on_tags = true;
    tag_pane_init(&s->tags);
    s->builder = tui_builder(t, &s->err);
    if (s->builder)
        builder_screen_settle(s);
    return &s->screen;
}
