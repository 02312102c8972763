/* flow_kind.c - what is special to flows: a Sankey moves sideways by steps and begins anew at the event under
 * the cursor. */
#include "config.h"

#include <string.h>

#include "base/nls.h"
#include "tui/result_kind.h"

/* The event of a Sankey node: its `who` is "STEP NAME". */
static void reroot(struct result_screen *s)
{
    struct chart_widget *chart = result_chart(s);
    const struct spot *spot = result_result(s) ? chart_widget_spot(chart) : NULL;
    const char *name = spot && spot->who ? strchr(spot->who, ' ') : NULL;
    if (!name || name[1] == '(')
        return;
    struct buf condition = {0};
    buf_printf(&condition, "`%s`", name + 1);
    chart->row = 0;
    chart->group = 0;
    chart->view.scroll = 0;
    result_set(s, "start", condition.p);
    buf_done(&condition);
}

/* Of a node its event, of a link the event it goes to. */
static bool paths_put_event(struct result_screen *s, struct buf *out)
{
    const struct spot *spot = result_result(s) ? chart_widget_spot(result_chart(s)) : NULL;
    const char *name = spot && spot->who ? strchr(spot->who, ' ') : NULL;
    if (!name)
        return false;
    const char *to = strstr(name, " > ");
    buf_puts(out, to ? to + 3 : name + 1);
    return out->n > 0 && out->p[0] != '('; /* (other), (exit) are no events */
}

static void step_sideways(struct result_screen *s, int direction)
{
    struct chart_widget *chart = result_chart(s);
    chart->view.scroll += direction;
    if (chart->view.scroll < 0)
        chart->view.scroll = 0;
}

static bool paths_act(struct result_screen *s, enum action a)
{
    switch (a) {
    case ACTION_REROOT: reroot(s); return true;
    case ACTION_PREVIOUS_STEP: step_sideways(s, -1); return true;
    case ACTION_NEXT_STEP: step_sideways(s, 1); return true;
    default: return false;
    }
}

static void paths_put_title(const struct result_screen *s, struct buf *out)
{
    (void)s;
    buf_puts(out, _("Sankey"));
}

const struct result_kind paths_kind = {
    .analysis = "paths",
    .context = CONTEXT_FLOW,
    .act = paths_act,
    .put_title = paths_put_title,
    .put_event = paths_put_event,
};

const struct result_kind transitions_kind = {
    .analysis = "transitions",
    .context = CONTEXT_CHART,
};
