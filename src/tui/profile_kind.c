/* profile_kind.c - what is special to who they are: crossing two categories of tags, and whose list a number
 * leads to. */
#include "config.h"

#include "base/nls.h"
#include "tui/result_kind.h"
#include "tui/tui.h"

static void set_cross(void *arg, const char *text)
{
    result_set(arg, "cross", *text ? text : NULL);
}

static bool act(struct result_screen *s, enum action a)
{
    const char *now = query_get(result_question(s), "cross");
    if (a != ACTION_BREAK_DOWN)
        return false;
    tui_ask(result_tui(s), _("Cross two categories of tags, such as age,star:"), now ? now : "", 0, set_cross,
            s);
    return true;
}

static void put_who(const struct result_screen *s, const char *who, struct buf *out)
{
    const char *condition = query_get(result_question(s), "condition");
    if (strcmp(who, "all") == 0)
        buf_puts(out, condition);
    else
        buf_printf(out, "%s: %s", condition, who);
}

const struct result_kind profile_kind = {
    .analysis = "profile",
    .context = CONTEXT_CHART | CONTEXT_PROFILE,
    .act = act,
    .put_who = put_who,
};
