/* builder_keys.c - the segment builder's keys that change the condition. */
#include "config.h"

#include <stdlib.h>

#include "base/nls.h"
#include "tui/builder_screen_p.h"
#include "tui/tui.h"

static void done(struct builder_screen *s, size_t row)
{
    row = builder_commit(s->builder, row);
    if (row != SIZE_MAX)
        s->row = row;
    else
        tui_status(s->screen.tui, ROLE_STATUS, "%s", _("There is nothing to change here"));
}

void builder_keys_drop_draft(struct builder_screen *s)
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

void builder_keys_pick(struct builder_screen *s, enum action how)
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
    builder_screen_settle(s);
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
    builder_screen_settle(s);
}

void builder_keys_enter(struct builder_screen *s)
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
    builder_keys_drop_draft(s);
    if (builder_set_text(s->builder, text, &err)) {
        free(kept);
    } else {
        s->draft = kept;
        s->wrong = err;
        tui_ask(s->screen.tui, _("Text:"), kept, 0, take_text, s);
    }
    builder_screen_settle(s);
}

void builder_keys_ask_text(struct builder_screen *s)
{
    tui_ask(s->screen.tui, _("Text:"), s->draft ? s->draft : builder_text(s->builder), 'a', take_text, s);
}

static void step(struct builder_screen *s, bool back)
{
    if (s->draft && back) {
        builder_keys_drop_draft(s);
        return;
    }
    if (!(back ? builder_undo(s->builder) : builder_redo(s->builder)))
        tui_status(s->screen.tui, ROLE_STATUS, "%s", back ? _("Nothing to undo") : _("Nothing to redo"));
}

bool builder_keys_act(struct builder_screen *s, enum action a)
{
    struct condition *tree;
    if (s->on_tags && (a == ACTION_PICK || a == ACTION_ALL_OF || a == ACTION_ANY_OF || a == ACTION_NEGATE)) {
        builder_keys_pick(s, a);
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
