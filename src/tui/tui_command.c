/* tui_command.c - the palette: every action by its name, and three commands with arguments. A setting is
 * offered with each of its values, so that typing a few letters of either is enough. */
#include "config.h"

#include <stdlib.h>

#include "base/nls.h"
#include "tui/keymap.h"
#include "tui/tui_p.h"

enum { LINES_MAX = 50 };

/* What is offered; texts live in the arena until the prompt has copied them. */
struct offer {
    struct arena arena;
    VEC(struct prompt_choice) list;
};

static void offer_action(struct offer *o, enum action a)
{
    const struct action_info *info = action_get(a);
    struct buf key = {0};
    keymap_label(&key, a);
    struct prompt_choice c = {info->name, _(info->help), info->help, NULL};
    c.key = key.n ? arena_strdup(&o->arena, key.p) : NULL;
    vec_push(&o->list, c);
    buf_done(&key);
}

static void offer_actions(struct offer *o, unsigned context)
{
    for (int a = ACTION_NONE + 1; a < ACTIONS; a++) {
        unsigned of = action_get((enum action)a)->context;
        if (a != ACTION_PALETTE && (!of || (of & context)))
            offer_action(o, (enum action)a);
    }
}

static void offer_settings(struct offer *o, const struct settings *s)
{
    for (int i = 0; i < SETTINGS; i++) {
        const struct setting_info *info = setting_info((enum setting)i);
        struct str rest = str_of(info->choices ? info->choices : settings_get(s, (enum setting)i));
        while (!settings_is_locked(s, (enum setting)i) && rest.p) {
            struct str value = str_cut(&rest, '|');
            const char *text = arena_printf(&o->arena, "set %s %.*s", info->name, (int)value.n, value.p);
            vec_push(&o->list, (struct prompt_choice){text, _(info->help), info->help, NULL});
        }
    }
}

static void offer_segment(void *arg, struct str name, struct str display)
{
    struct offer *o = arg;
    (void)display;
    const char *text = arena_printf(&o->arena, "segment %.*s", (int)name.n, name.p);
    vec_push(&o->list, (struct prompt_choice){text, _("look at this segment on all screens"), NULL, NULL});
}

static void run_line(void *arg, const char *line)
{
    struct tui *t = arg;
    if (!*line)
        return;
    if (t->lines.n == LINES_MAX) {
        free(t->lines.at[0]);
        memmove(t->lines.at, t->lines.at + 1, --t->lines.n * sizeof *t->lines.at);
    }
    vec_push(&t->lines, mem_strdup(line));
    tui_command(t, line);
}

void tui_open_palette(struct tui *t)
{
    struct offer o = {0};
    offer_actions(&o, t->places.top->context);
    vec_push(&o.list,
             (struct prompt_choice){"goto ", _("go to a day or time: goto 2026-10-05"), "goto", NULL});
    workspace_names(t->workspace, 'g', offer_segment, &o,
                    NULL); /* without names there is just nothing to offer */
    offer_settings(&o, t->settings);
    prompt_free(t->prompt);
    t->prompt = prompt_palette(o.list.at, o.list.n, t->lines.at, t->lines.n);
    t->answer = run_line;
    t->arg = t;
    vec_done(&o.list);
    arena_done(&o.arena);
}

/* ---- commands */

static void set(struct tui *t, struct str what)
{
    struct err err = {0};
    struct str value = what, key = str_cut(&value, memchr(what.p, '=', what.n) ? '=' : ' ');
    if (!value.p)
        err_set(&err, ERR_USAGE, "%s", _("set: write it as: set KEY VALUE"));
    else if (settings_put(t->settings, key, value, &err))
        tui_apply_settings(t);
    if (err.code)
        tui_fail(t, &err);
    else
        tui_status(t, ROLE_STATUS, "%.*s = %.*s", (int)str_trim(key).n, str_trim(key).p,
                   (int)str_trim(value).n, str_trim(value).p);
    if (!err.code && !term_has_tier(t->tier))
        tui_status(
            t, ROLE_WARN, "%s",
            _("This terminal does not seem to show these glyphs; ~ changes them, :termcheck says why"));
}

static void go_to(struct tui *t, struct str when)
{
    struct err err = {0};
    struct buf text = {0};
    struct screen *s = t->places.top;
    buf_str(&text, when);
    if (!s->type->go_to)
        tui_status(t, ROLE_WARN, "%s", _("There are no days to go to on this screen"));
    else if (!s->type->go_to(s, text.p ? text.p : "", &err))
        tui_fail(t, &err);
    buf_done(&text);
}

struct wanted {
    struct str name;
    bool found;
};

static void compare_name(void *arg, struct str name, struct str display)
{
    struct wanted *w = arg;
    (void)display;
    w->found |= str_eq(name, w->name);
}

static void use_segment(struct tui *t, struct str name)
{
    struct wanted w = {name, false};
    struct buf condition = {0}, label = {0};
    workspace_names(t->workspace, 'g', compare_name, &w, NULL);
    buf_str(&label, name);
    if (w.found) {
        workspace_put_segment(&condition, name);
        tui_carry(t, condition.p, label.p);
    } else {
        tui_status(t, ROLE_WARN, _("There is no segment called %s; 2 makes one"), label.p ? label.p : "");
    }
    buf_done(&condition);
    buf_done(&label);
}

void tui_command(struct tui *t, const char *line)
{
    struct str rest = str_trim(str_of(line)), word = str_cut(&rest, ' ');
    struct str argument = rest.p ? str_trim(rest) : STR("");
    enum action a = argument.n ? ACTION_NONE : action_named(word);
    if (a)
        tui_act(t, a);
    else if (str_eq(word, STR("set")))
        set(t, argument);
    else if (str_eq(word, STR("goto")))
        go_to(t, argument);
    else if (str_eq(word, STR("segment")))
        use_segment(t, argument);
    else
        tui_status(t, ROLE_WARN, _("There is no command called %s"), line);
}
