/* funnel_kind.c - what is special to funnels: steps are added, edited, moved and taken out at the cursor; the
 * lost are one key away. */
#include "config.h"

#include "base/nls.h"
#include "tui/question.h"
#include "tui/result_kind.h"
#include "tui/tui.h"

static size_t step_here(struct result_screen *s)
{
    size_t n = query_count(result_question(s), "step"), row = result_chart(s)->row;
    return row < n ? row : n ? n - 1 : 0;
}

static void add_step(void *arg, const char *text)
{
    struct result_screen *s = arg;
    if (!*text)
        return;
    size_t at = query_count(result_question(s), "step") ? step_here(s) + 1 : 0;
    query_insert(result_change(s), "step", at, text);
    result_chart(s)->row = at;
    result_ask(s);
}

static void replace_step(void *arg, const char *text)
{
    struct result_screen *s = arg;
    if (!*text)
        return;
    size_t at = step_here(s);
    struct query *q = result_change(s);
    query_remove(q, "step", at);
    query_insert(q, "step", at, text);
    result_ask(s);
}

static void edit_step(struct result_screen *s)
{
    const struct query *q = result_question(s);
    if (query_count(q, "step"))
        tui_ask(result_tui(s), _("Step:"), query_nth(q, "step", step_here(s)), 'e', replace_step, s);
}

static void delete_step(struct result_screen *s)
{
    if (!query_count(result_question(s), "step"))
        return;
    query_remove(result_change(s), "step", step_here(s));
    result_ask(s);
}

static void move_step(struct result_screen *s, int direction)
{
    size_t here = step_here(s), n = query_count(result_question(s), "step");
    if (direction < 0 ? here == 0 : here + 1 >= n)
        return;
    question_swap_steps(result_change(s), direction < 0 ? here - 1 : here);
    result_chart(s)->row = here + (size_t)direction;
    result_ask(s);
}

static void open_lost(struct result_screen *s)
{
    if (!result_result(s))
        return;
    const struct value *lost = rows_get(&result_result(s)->rows, result_chart(s)->row, "lost");
    if (lost && lost->who)
        result_open_users(s, lost->who);
    else
        tui_status(result_tui(s), ROLE_STATUS, "%s", _("Nobody is lost after the last step"));
}

static bool funnel_act(struct result_screen *s, enum action a)
{
    switch (a) {
    case ACTION_ADD_STEP: tui_ask(result_tui(s), _("New step:"), "", 'e', add_step, s); return true;
    case ACTION_EDIT_STEP: edit_step(s); return true;
    case ACTION_DELETE_STEP: delete_step(s); return true;
    case ACTION_MOVE_UP: move_step(s, -1); return true;
    case ACTION_MOVE_DOWN: move_step(s, 1); return true;
    case ACTION_LOST: open_lost(s); return true;
    default: return false;
    }
}

static void funnel_put_who(const struct query *q, const char *who, struct buf *out)
{
    (void)q;
    struct str step = str_of(who), kind = str_cut(&step, ':');
    if (!step.p)
        buf_printf(out, "%s %s", _("Users"), who);
    else if (str_eq(kind, STR("reached")))
        buf_printf(out, _("Reached step %.*s"), (int)step.n, step.p);
    else if (str_eq(kind, STR("lost")))
        buf_printf(out, _("Lost after step %.*s"), (int)step.n, step.p);
    else
        buf_printf(out, _("Still open after step %.*s"), (int)step.n, step.p);
}

static bool funnel_is_ready(const struct query *q)
{
    return query_count(q, "step") > 0;
}

static void funnel_draw_unready(struct result_screen *s, struct canvas *c, struct rect at)
{
    (void)s;
    canvas_text(c, at.y + 1, at.x + 2, at.w - 4, ROLE_TEXT, str_of(_("This funnel has no steps yet.")));
    canvas_text(c, at.y + 3, at.x + 2, at.w - 4, ROLE_STRONG, str_of(_("Press a to add the first step.")));
    canvas_text(
        c, at.y + 4, at.x + 2, at.w - 4, ROLE_DIM,
        str_of(_("A step is an event name, or a condition such as  transfer and result = \"fail\".")));
}

const struct result_kind funnel_kind = {
    .analysis = "funnel",
    .context = CONTEXT_FUNNEL,
    .act = funnel_act,
    .put_who = funnel_put_who,
    .is_ready = funnel_is_ready,
    .draw_unready = funnel_draw_unready,
};
