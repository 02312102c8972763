/* builder_names.c - segments by name in the segment builder: saved, opened, begun anew, and carried to other
 * screens. */
#include "config.h"

#include <stdlib.h>

#include "base/nls.h"
#include "tui/builder_screen_p.h"
#include "tui/result_screen.h"
#include "tui/tui.h"

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
    builder_screen_settle(s);
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
    builder_screen_settle(s);
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
    builder_keys_drop_draft(s);
    s->row = 0;
    builder_screen_settle(s);
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

bool builder_names_open_here(struct builder_screen *s)
{
    size_t n, entry = tag_pane_entry(&s->tags);
    const struct builder_entry *e = builder_entries(s->builder, &n);
    bool saved = entry != SIZE_MAX && !e[entry].tag.category.n;
    if (saved)
        unless_unsaved(s, open_here);
    return saved;
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

bool builder_names_act(struct builder_screen *s, enum action a)
{
    switch (a) {
    case ACTION_SAVE: ask_name(s); return true;
    case ACTION_OPEN_SEGMENT: unless_unsaved(s, ask_open); return true;
    case ACTION_NEW_SEGMENT: unless_unsaved(s, begin_anew); return true;
    case ACTION_CARRY: carry(s); return true;
    case ACTION_PROFILE: open_profile(s, NULL); return true;
    case ACTION_USERS: open_profile(s, "all"); return true;
    default: return false;
    }
}
