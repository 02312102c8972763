/* result_keep.c - the customers behind a number: as a segment to keep, and who they are. They are named by
 * the question itself, who("..."), so that a segment follows the data; a fixed list of those of today is the
 * other choice. */
#include "config.h"

#include "base/nls.h"
#include "tui/result_kind.h"
#include "tui/tui.h"

/* What is being asked for, from the first prompt to the second. */
static struct {
    struct buf condition, name;
} wanted;

/* False: nobody is behind the cursor; that is said. */
static bool put_condition(struct result_screen *s, struct buf *out)
{
    const char *who = result_who_here(s);
    if (who && query_who(result_question(s), who, out))
        return true;
    tui_status(result_tui(s), ROLE_STATUS, "%s", _("There is no list of users behind this"));
    return false;
}

static void save(void *arg, const char *how)
{
    struct result_screen *s = arg;
    struct query q;
    struct buf done = {0};
    query_init(&q, "segment save");
    query_add(&q, "name", wanted.name.p);
    query_add(&q, "condition", wanted.condition.p);
    if (strcmp(how, "list") == 0)
        query_add(&q, "fixed", "");
    buf_printf(&done, _("Saved as a segment: %s"), wanted.name.p);
    tui_keep(result_tui(s), &q, done.p);
    query_done(&q);
    buf_done(&done);
}

static void ask_how(void *arg, const char *name)
{
    struct result_screen *s = arg;
    const struct prompt_choice list[] = {
        {"rule", _("follows the data: whoever is behind this number when it is looked at"), NULL, NULL},
        {"list", _("exactly the customers of now, whatever they do later"), NULL, NULL},
    };
    if (!*name)
        return;
    buf_clear(&wanted.name);
    buf_puts(&wanted.name, name);
    tui_choose(result_tui(s), _("Save as:"), list, 2, save, s);
}

static void ask_name(struct result_screen *s)
{
    struct buf condition = {0};
    if (put_condition(s, &condition)) {
        buf_done(&wanted.condition);
        wanted.condition = condition;
        tui_ask(result_tui(s), _("Name of the segment:"), "", 'g', ask_how, s);
    } else {
        buf_done(&condition);
    }
}

static void open_profile(struct result_screen *s)
{
    struct buf condition = {0};
    if (put_condition(s, &condition)) {
        struct query q;
        query_init(&q, "profile");
        query_add(&q, "condition", condition.p);
        result_open_query(s, &q);
        query_done(&q);
    }
    buf_done(&condition);
}

bool result_keep_act(struct result_screen *s, enum action a)
{
    switch (a) {
    case ACTION_SAVE: ask_name(s); return true;
    case ACTION_PROFILE: open_profile(s); return true;
    default: return false;
    }
}
