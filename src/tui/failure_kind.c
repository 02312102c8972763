/* failure_kind.c - what is special to one failure and everyone who had it: its title, and whose list a number
 * leads to. */
#include "config.h"

#include "base/nls.h"
#include "tui/result_kind.h"

static void put_title(const struct result_screen *s, struct buf *out)
{
    buf_printf(out, "%s %s", _("Failure"), query_get(result_question(s), "reason"));
}

static void put_who(const struct result_screen *s, const char *who, struct buf *out)
{
    const struct query *q = result_question(s);
    const char *reason = query_get(q, "reason");
    if (strcmp(who, "all") == 0)
        buf_printf(out, _("Had %s"), reason);
    else
        buf_printf(out, _("Had %s: %s"), reason, who);
}

const struct result_kind failure_kind = {
    .analysis = "failure",
    .context = CONTEXT_CHART,
    .put_title = put_title,
    .put_who = put_who,
};
