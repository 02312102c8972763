/* builder_screen.c - the segment builder: keys to edits of the builder, which outlives the screen, so that
 * going elsewhere loses nothing. */
#include "config.h"

#include <stdlib.h>

#include "app/builder.h"
#include "base/nls.h"
#include "base/num.h"
#include "render/glyph.h"
#include "tui/builder_screen.h"
#include "tui/builder_view.h"
#include "tui/result_screen.h"
#include "tui/tag_pane.h"
#include "tui/tui.h"

enum { WIDE = 120, TALL = 34, SOON_US = 150000 /* what is over before the eye sees it is not announced */ };

struct builder_screen {
    struct screen screen;
    struct builder *builder; /* the explorer's; NULL: it could not be made, for the reason in err */
    struct err err;
    struct tag_pane tags;
    bool on_tags;
    size_t row, top; /* of the conditions */
    bool sample;
    char *draft; /* text that could not be taken, and why */
    struct err wrong;
};

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

static void settle(struct builder_screen *s)
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

/* ---- edits */

static void done(struct builder_screen *s, size_t row)
{
    row = builder_commit(s->builder, row);
    if (row != SIZE_MAX)
        s->row = row;
    else
        tui_status(s->screen.tui, ROLE_STATUS, "%s", _("There is nothing to change here"));
}

static void drop_draft(struct builder_screen *s)
{
    free(s->draft);
    s->draft = NULL;
}

static void add(struct builder_screen *s, enum action how, struct condition *more)
{
    struct condition *tree = builder_edit(s->builder);
    if (how == ACTION_NEGATE)
        more->negated = !more->negated;
    if (how == ACTION_ANY_OF || how == ACTION_ALL_OF)
        done(s, condition_join(tree, s->row, how == ACTION_ANY_OF ? CONDITION_OR : CONDITION_AND, more));
    else
        done(s, condition_add(tree, s->row, more));
}

/* What Space made of the tag is not what every tool makes of it: it is said, with the way out. */
static void say_either(struct builder_screen *s, const struct builder_entry *e)
{
    struct str category = catalogue_category(e->tag.category);
    tui_status(s->screen.tui, ROLE_STATUS,
               _("%.*s: any of these is enough (OR)   & demands both, z takes it back"), (int)category.n,
               category.p);
}

static void pick(struct builder_screen *s, enum action how)
{
    size_t n, entry = tag_pane_entry(&s->tags);
    const struct builder_entry *e = builder_entries(s->builder, &n);
    if (entry == SIZE_MAX)
        return;
    if (!e[entry].known) {
        tui_status(s->screen.tui, ROLE_WARN, _("This store has not what the tag speaks of: %.*s"),
                   (int)e[entry].tag.condition.n, e[entry].tag.condition.p);
        return;
    }
    if (how != ACTION_PICK && how != ACTION_ALL_OF) {
        add(s, how, condition_leaf(str_of(e[entry].text)));
        return;
    }
    bool either;
    size_t row = builder_pick(s->builder, s->row, entry, how == ACTION_ALL_OF, &either);
    s->row = row != SIZE_MAX ? row : s->row;
    if (either)
        say_either(s, &e[entry]);
}

static void take_new(void *arg, const char *text)
{
    struct builder_screen *s = arg;
    struct err err = {0};
    struct condition *more = *text ? builder_parse(s->builder, text, &err) : NULL;
    if (more)
        add(s, ACTION_PICK, more);
    else if (*text)
        tui_fail(s->screen.tui, &err);
    settle(s);
}

static void take_changed(void *arg, const char *text)
{
    struct builder_screen *s = arg;
    struct err err = {0};
    struct condition *by = *text ? builder_parse(s->builder, text, &err) : NULL;
    if (by)
        done(s, condition_replace(builder_edit(s->builder), s->row, by));
    else if (*text)
        tui_fail(s->screen.tui, &err);
    settle(s);
}

static void enter_condition(struct builder_screen *s)
{
    struct condition_place at;
    struct condition *tree = builder_tree(s->builder);
    struct buf text = {0};
    if (!condition_at(tree, s->row, &at)) {
        tui_ask(s->screen.tui, _("New condition:"), "", 'a', take_new, s);
    } else if (at.node->op == CONDITION_LEAF) {
        condition_put(&text, at.node);
        tui_ask(s->screen.tui, _("Condition:"), text.p, 'a', take_changed, s);
    } else {
        enum condition_op other = at.node->op == CONDITION_AND ? CONDITION_OR : CONDITION_AND;
        done(s, condition_wrap(builder_edit(s->builder), s->row, other));
    }
    buf_done(&text);
}

static void take_text(void *arg, const char *text)
{
    struct builder_screen *s = arg;
    struct err err = {0};
    char *kept = mem_strdup(text);
    drop_draft(s);
    if (builder_set_text(s->builder, text, &err)) {
        free(kept);
    } else {
        s->draft = kept;
        s->wrong = err;
        tui_ask(s->screen.tui, _("Text:"), kept, 0, take_text, s);
    }
    settle(s);
}

static void step(struct builder_screen *s, bool back)
{
    if (s->draft && back) {
        drop_draft(s);
        return;
    }
    if (!(back ? builder_undo(s->builder) : builder_redo(s->builder)))
        tui_status(s->screen.tui, ROLE_STATUS, "%s", back ? _("Nothing to undo") : _("Nothing to redo"));
}

static bool act_on_tree(struct builder_screen *s, enum action a)
{
    struct condition *tree;
    if (s->on_tags && (a == ACTION_PICK || a == ACTION_ALL_OF || a == ACTION_ANY_OF || a == ACTION_NEGATE)) {
        pick(s, a);
        return true;
    }
    switch (a) {
    case ACTION_PICK: tui_ask(s->screen.tui, _("New condition:"), "", 'a', take_new, s); return true;
    case ACTION_UNDO:
    case ACTION_REDO: step(s, a == ACTION_UNDO); return true;
    case ACTION_ALL_OF:
    case ACTION_ANY_OF:
        tree = builder_edit(s->builder);
        done(s, condition_wrap(tree, s->row, a == ACTION_ANY_OF ? CONDITION_OR : CONDITION_AND));
        return true;
    case ACTION_NEGATE: done(s, condition_negate(builder_edit(s->builder), s->row)); return true;
    case ACTION_GROUP: done(s, condition_group_with_next(builder_edit(s->builder), s->row)); return true;
    case ACTION_UNGROUP: done(s, condition_ungroup(builder_edit(s->builder), s->row)); return true;
    case ACTION_DELETE_CONDITION: done(s, condition_delete(builder_edit(s->builder), s->row)); return true;
    case ACTION_CONDITION_UP: done(s, condition_move(builder_edit(s->builder), s->row, -1)); return true;
    case ACTION_CONDITION_DOWN: done(s, condition_move(builder_edit(s->builder), s->row, 1)); return true;
    default: return false;
    }
}

/* ---- segments by name */

static void save_as(void *arg, const char *name)
{
    struct builder_screen *s = arg;
    struct err err = {0};
    if (!*name)
        return;
    if (builder_save(s->builder, name, &err)) {
        tui_know_version(s->screen.tui);
        tui_status(s->screen.tui, ROLE_STATUS, _("Saved: %s"), name);
    } else {
        tui_fail(s->screen.tui, &err);
    }
    settle(s);
}

static void ask_name(struct builder_screen *s)
{
    if (*builder_text(s->builder))
        tui_ask(s->screen.tui, _("Save as:"), builder_name(s->builder), 'g', save_as, s);
    else
        tui_status(s->screen.tui, ROLE_WARN, "%s", _("Everyone is no segment; add a condition first"));
}

static void open_named(void *arg, const char *name)
{
    struct builder_screen *s = arg;
    struct err err = {0};
    if (!*name)
        return;
    if (builder_open(s->builder, name, &err))
        s->row = 0;
    else
        tui_fail(s->screen.tui, &err);
    settle(s);
}

static void open_here(void *arg)
{
    struct builder_screen *s = arg;
    size_t n, entry = tag_pane_entry(&s->tags);
    const struct builder_entry *e = builder_entries(s->builder, &n);
    if (entry != SIZE_MAX)
        open_named(s, e[entry].tag.id.p);
}

static void begin_anew(void *arg)
{
    struct builder_screen *s = arg;
    builder_open(s->builder, NULL, NULL);
    drop_draft(s);
    s->row = 0;
    settle(s);
}

static void ask_open(void *arg)
{
    struct builder_screen *s = arg;
    tui_ask(s->screen.tui, _("Open segment:"), "", 'g', open_named, s);
}

/* What was changed and not saved is only given up when the user says so. */
static void unless_unsaved(struct builder_screen *s, void (*go_on)(void *arg))
{
    if (builder_is_saved(s->builder))
        go_on(s);
    else
        tui_confirm(s->screen.tui, _("The segment is not saved. Give up the changes? (y/n)"), go_on, s);
}

/* Enter on a tag adds it, on a saved segment opens it. */
static void enter_tag(struct builder_screen *s)
{
    size_t n, entry = tag_pane_entry(&s->tags);
    const struct builder_entry *e = builder_entries(s->builder, &n);
    if (entry != SIZE_MAX && !e[entry].tag.category.n)
        unless_unsaved(s, open_here);
    else
        pick(s, ACTION_PICK);
}

/* ---- elsewhere with it */

/* The condition as other screens take it: by name while the name stands for just this. */
static const char *carried(struct builder_screen *s, struct buf *text)
{
    size_t n;
    const struct builder_entry *e = builder_entries(s->builder, &n);
    const char *name = builder_name(s->builder);
    for (size_t i = 0; name && builder_is_saved(s->builder) && i < n; i++)
        if (!e[i].tag.category.n && str_eq(e[i].tag.id, str_of(name)))
            buf_puts(text, e[i].text);
    if (!text->n)
        buf_puts(text, builder_text(s->builder));
    return text->p ? text->p : "";
}

static void carry(struct builder_screen *s)
{
    struct buf text = {0};
    const char *condition = carried(s, &text);
    const char *name = builder_is_saved(s->builder) ? builder_name(s->builder) : NULL;
    tui_carry(s->screen.tui, *condition ? condition : NULL, name ? name : condition);
    if (*condition)
        tui_status(s->screen.tui, ROLE_STATUS, _("All screens now look at: %s   (F: everyone again)"),
                   name ? name : condition);
    buf_done(&text);
}

static void open_profile(struct builder_screen *s, const char *users)
{
    struct buf text = {0};
    const char *condition = carried(s, &text);
    struct query q;
    query_init(&q, "profile");
    query_add(&q, "condition", condition);
    if (users)
        query_add(&q, "users", users);
    if (*condition)
        tui_push(s->screen.tui, result_screen_new(s->screen.tui, &q));
    else
        tui_status(s->screen.tui, ROLE_WARN, "%s", _("Everyone is no segment; add a condition first"));
    query_done(&q);
    buf_done(&text);
}

/* ---- actions */

static void search(void *arg, const char *text)
{
    struct builder_screen *s = arg;
    struct tag_view v = tag_view(s);
    tag_pane_search(&s->tags, &v, text);
    s->on_tags = true;
}

static bool act_on_segment(struct builder_screen *s, enum action a)
{
    struct tui *t = s->screen.tui;
    switch (a) {
    case ACTION_SAVE: ask_name(s); return true;
    case ACTION_OPEN_SEGMENT: unless_unsaved(s, ask_open); return true;
    case ACTION_NEW_SEGMENT: unless_unsaved(s, begin_anew); return true;
    case ACTION_CARRY: carry(s); return true;
    case ACTION_PROFILE: open_profile(s, NULL); return true;
    case ACTION_USERS: open_profile(s, "all"); return true;
    case ACTION_SAMPLE: s->sample = !s->sample; return true;
    case ACTION_SEARCH: tui_ask(t, _("Search tags:"), "", 0, search, s); return true;
    case ACTION_EDIT_TEXT:
        tui_ask(t, _("Text:"), s->draft ? s->draft : builder_text(s->builder), 'a', take_text, s);
        return true;
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
    case ACTION_ENTER: enter_condition(s); return true;
    default: return false;
    }
}

static bool act_on_tags(struct builder_screen *s, enum action a)
{
    struct tag_view v = tag_view(s);
    if (tag_pane_act(&s->tags, &v, a))
        return true;
    if (a == ACTION_ENTER)
        enter_tag(s);
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
    if (act_on_tree(s, a) || act_on_segment(s, a))
        return true;
    return s->on_tags ? act_on_tags(s, a) : move(s, a);
}

static bool builder_act(struct screen *screen, enum action a)
{
    struct builder_screen *s = of(screen);
    if (!s->builder || !act(s, a))
        return false;
    settle(s);
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
        settle(s);
}

static void builder_close(struct screen *screen)
{
    struct builder_screen *s = of(screen);
    tag_pane_done(&s->tags);
    drop_draft(s);
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
        settle(s);
    return &s->screen;
}
