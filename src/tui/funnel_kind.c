/* funnel_kind.c - what is special to funnels: steps are added, edited, moved and taken out at the cursor; the
 * lost are one key away; below the steps stands what those lost after the step under the cursor did next,
 * asked for while the cursor rests there (funnel_pane.h). */
#include "config.h"

#include <stdlib.h>

#include "base/nls.h"
#include "tui/funnel_pane.h"
#include "tui/options_screen.h"
#include "tui/question.h"
#include "tui/result_kind.h"
#include "tui/tui.h"

/* Where the cursor is to be when the answer comes: on the step and group it was on, or where a step was
 * changed. */
struct funnel {
    struct funnel_pane *pane;
    int64_t step; /* from 1; 0: not known yet */
    struct buf group;
    bool changed; /* a step was added, moved or taken out: there, wherever the cursor was */
};

/* Of a broken down funnel a step has several rows. What was changed counts before the answer is there: keys
 * do not wait for it. */
static size_t step_here(struct result_screen *s)
{
    const struct funnel *f = result_own(s);
    size_t n = query_count(result_question(s), "step"), row = result_chart(s)->row;
    const struct result *r = result_result(s);
    if (f->changed && n)
        return (size_t)f->step <= n ? (size_t)f->step - 1 : n - 1;
    const struct value *step = r && row < r->rows.n ? rows_get(&r->rows, row, "step") : NULL;
    if (step && step->type == VALUE_INT && step->i >= 1 && (size_t)step->i <= n)
        return (size_t)step->i - 1;
    return row < n ? row : n ? n - 1 : 0;
}

static void stand_on(struct result_screen *s, size_t at)
{
    struct funnel *f = result_own(s);
    f->step = (int64_t)at + 1;
    f->changed = true;
}

static void add_step(void *arg, const char *text)
{
    struct result_screen *s = arg;
    if (!*text)
        return;
    size_t at = query_count(result_question(s), "step") ? step_here(s) + 1 : 0;
    query_insert(result_change(s), "step", at, text);
    stand_on(s, at);
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
    size_t n = query_count(result_question(s), "step"), at = step_here(s);
    if (!n)
        return;
    query_remove(result_change(s), "step", at);
    if (at + 1 == n) /* the last: the cursor stays at the end */
        stand_on(s, at ? at - 1 : 0);
    result_ask(s);
}

static void move_step(struct result_screen *s, int direction)
{
    size_t here = step_here(s), n = query_count(result_question(s), "step");
    if (direction < 0 ? here == 0 : here + 1 >= n)
        return;
    question_swap_steps(result_change(s), direction < 0 ? here - 1 : here);
    stand_on(s, here + (size_t)direction);
    result_ask(s);
}

static void open_lost(struct result_screen *s)
{
    if (!result_result(s))
        return;
    const struct value *lost = rows_get(&result_result(s)->rows, result_chart(s)->row, "lost");
    if (lost && lost->who)
        result_open_users(s, lost->who);
    else if (!lost || lost->i > 0) /* chains and times have none; of other systems' rules not all are told */
        tui_status(result_tui(s), ROLE_STATUS, "%s", _("There is no list of users behind this"));
    else
        tui_status(result_tui(s), ROLE_STATUS, "%s", _("Nobody is lost after the last step"));
}

/* ---- one customer of a list */

static bool explain(struct result_screen *s)
{
    const struct result *r = result_result(s);
    const struct value *user = r ? rows_get(&r->rows, result_chart(s)->row, "user") : NULL;
    struct query q;
    if (!user || user->type != VALUE_TEXT)
        return false;
    query_copy(&q, result_question(s));
    funnel_pane_make_plain(&q);
    query_set(&q, "explain", arena_str(&q.arena, user->text).p);
    result_open_query(s, &q);
    query_done(&q);
    return true;
}

/* ---- the answer */

static void *funnel_open(struct result_screen *s)
{
    struct funnel *f = mem_zalloc(sizeof *f);
    (void)s;
    f->pane = funnel_pane_new();
    return f;
}

static void funnel_close(void *own)
{
    struct funnel *f = own;
    funnel_pane_free(f->pane);
    buf_done(&f->group);
    free(f);
}

static bool is_at(const struct result *r, size_t row, int64_t step, struct str group)
{
    const struct value *k = rows_get(&r->rows, row, "step"), *g = rows_get(&r->rows, row, "group");
    return k && k->type == VALUE_INT && k->i == step &&
           (!group.p || (g && g->type == VALUE_TEXT && str_eq(g->text, group)));
}

static bool find_row(const struct result *r, int64_t step, struct str group, size_t *row)
{
    for (*row = 0; *row < r->rows.n; (*row)++)
        if (is_at(r, *row, step, group))
            return true;
    return false;
}

/* On the step, and of a broken down funnel on the group if it is there still; of fewer steps on the last. */
static void place_cursor(struct result_screen *s)
{
    struct funnel *f = result_own(s);
    const struct result *r = result_result(s);
    size_t row;
    bool found = f->step && r->picture == PICTURE_STEPS;
    found = found && (find_row(r, f->step, f->group.n ? buf_view(&f->group) : (struct str){0}, &row) ||
                      find_row(r, f->step, (struct str){0}, &row) ||
                      find_row(r, (int64_t)query_count(result_question(s), "step"), (struct str){0}, &row));
    if (found)
        chart_widget_show(result_chart(s), row);
    f->changed = false;
}

static void remember_cursor(struct result_screen *s)
{
    struct funnel *f = result_own(s);
    const struct rows *rows = &result_result(s)->rows;
    size_t row = result_chart(s)->row;
    const struct value *step = row < rows->n ? rows_get(rows, row, "step") : NULL,
                       *group = row < rows->n ? rows_get(rows, row, "group") : NULL;
    if (f->changed || !step || step->type != VALUE_INT)
        return;
    f->step = step->i;
    buf_clear(&f->group);
    if (group && group->type == VALUE_TEXT)
        buf_str(&f->group, group->text);
}

/* Nobody is lost after the last step. */
static bool has_pane(struct result_screen *s)
{
    return result_result(s)->picture == PICTURE_STEPS && !result_chart(s)->view.table &&
           step_here(s) + 1 < query_count(result_question(s), "step");
}

static void funnel_answered(struct result_screen *s)
{
    struct funnel *f = result_own(s);
    funnel_pane_forget(f->pane); /* another question, or other data */
    place_cursor(s);
    if (has_pane(s))
        funnel_pane_ask(f->pane, s, result_chart(s)->row);
}

static bool funnel_tick(struct result_screen *s)
{
    return funnel_pane_tick(((struct funnel *)result_own(s))->pane);
}

static bool funnel_is_busy(const struct result_screen *s)
{
    return funnel_pane_is_busy(((const struct funnel *)result_own(s))->pane);
}

/* The chart's last row says what the cursor is on: it stays above the pane. Returns the lines of the pane. */
static int draw_steps(struct result_screen *s, struct canvas *c, struct rect at)
{
    struct funnel_pane *pane = ((struct funnel *)result_own(s))->pane;
    int h = has_pane(s) ? funnel_pane_fit(pane, result_result(s), at.h, at.w) : 0;
    chart_widget_draw(result_chart(s), c, (struct rect){at.y, at.x, at.h - h, at.w});
    return h;
}

static void funnel_draw(struct result_screen *s, struct canvas *c, struct rect at)
{
    struct funnel_pane *pane = ((struct funnel *)result_own(s))->pane;
    bool had = has_pane(s);
    int h = draw_steps(s, c, at);
    if (has_pane(s) != had) /* a cursor sent to the first or last number is there when it is drawn */
        h = draw_steps(s, c, at);
    remember_cursor(s);
    if (!h)
        return;
    funnel_pane_ask(pane, s, result_chart(s)->row);
    funnel_pane_draw(pane, c, (struct rect){at.y + at.h - h, at.x, h, at.w});
}

/* Why a chain was rejected is longer than a column is wide. */
static bool open_verdict(struct result_screen *s)
{
    const struct result *r = result_result(s);
    if (!r || !r->rows.n || !rows_get(&r->rows, 0, "verdict"))
        return false;
    result_open_row(s, _("Chain"), result_chart(s)->row);
    return true;
}

static bool funnel_act(struct result_screen *s, enum action a)
{
    switch (a) {
    case ACTION_ENTER: return open_verdict(s);
    case ACTION_ADD_STEP: tui_ask(result_tui(s), _("New step:"), "", 'e', add_step, s); return true;
    case ACTION_EDIT_STEP: edit_step(s); return true;
    case ACTION_WINDOW:
        tui_push(result_tui(s), options_screen_at(result_as_screen(s), "window"));
        return true;
    case ACTION_DELETE_STEP: delete_step(s); return true;
    case ACTION_MOVE_UP: move_step(s, -1); return true;
    case ACTION_MOVE_DOWN: move_step(s, 1); return true;
    case ACTION_LOST: open_lost(s); return true;
    case ACTION_EXPLAIN: return explain(s);
    default: ((struct funnel *)result_own(s))->changed = false; return false;
    }
}

static bool has_customers(const struct result *r)
{
    for (size_t i = 0; i < r->rows.n * r->rows.columns; i++)
        if (r->rows.cell[i].who)
            return true;
    return false;
}

/* Chains and times are nobody's number; a customer's chains are neither broken down nor compared. */
static bool funnel_lacks(const struct result_screen *s, enum action a)
{
    const struct result *r = result_result(s);
    const struct query *q = result_question(s);
    if (query_get(q, "users"))
        return false;
    switch (a) {
    case ACTION_USERS:
    case ACTION_SAVE:
    case ACTION_PROFILE: return r && !has_customers(r);
    case ACTION_LOST: return r && !rows_get(&r->rows, 0, "lost");
    case ACTION_BREAK_DOWN:
    case ACTION_COMPARE: return query_get(q, "explain");
    default: return false;
    }
}

static void funnel_put_title(const struct result_screen *s, struct buf *out)
{
    const struct query *q = result_question(s);
    if (query_get(q, "explain"))
        buf_printf(out, _("Chains of %s"), query_get(q, "explain"));
    else if (query_get(q, "next"))
        buf_printf(out, _("What those lost after step %s did"), query_get(q, "next"));
    else
        buf_puts(out, _("Funnel"));
}

/* ": app", ": app > Log out": what the numbers are split by. */
static void put_group(const struct result_screen *s, struct str group, struct buf *out)
{
    const char *arrow = memmem(group.p, group.n, " > ", 3);
    struct str first = arrow ? (struct str){group.p, (size_t)(arrow - group.p)} : group;
    buf_puts(out, ": ");
    buf_str(out, result_seen(s, first));
    if (!arrow)
        return;
    buf_puts(out, " > ");
    buf_str(out, result_seen(s, (struct str){arrow + 3, group.n - first.n - 3}));
}

/* "lost:2 app" -> "Lost after step 2: app". */
static void funnel_put_who(const struct result_screen *s, const char *who, struct buf *out)
{
    static const struct {
        const char *kind, *text;
    } kinds[] = {
        {"reached", N_("Reached step")},
        {"lost", N_("Lost after step")},
        {"open", N_("Still open after step")},
        {"next", N_("Next, of those lost after step")},
        {"last", N_("Last of all, of those lost after step")},
        {"differ", N_("Counted otherwise by")},
    };
    struct str group = str_of(who), kind = str_cut(&group, ':'),
               step = group.p ? str_cut(&group, ' ') : group;
    for (size_t i = 0; step.p && i < sizeof(kinds) / sizeof(*kinds); i++)
        if (str_eq(kind, str_of(kinds[i].kind))) {
            buf_printf(out, "%s %.*s", _(kinds[i].text), (int)step.n, step.p);
            if (group.p)
                put_group(s, group, out);
            return;
        }
    buf_printf(out, "%s %s", str_eq(kind, STR("excluded")) ? _("Best chain broken:") : _("Users"), who);
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
    .open = funnel_open,
    .close = funnel_close,
    .act = funnel_act,
    .lacks = funnel_lacks,
    .draw = funnel_draw,
    .tick = funnel_tick,
    .is_busy = funnel_is_busy,
    .answered = funnel_answered,
    .put_title = funnel_put_title,
    .put_who = funnel_put_who,
    .is_ready = funnel_is_ready,
    .draw_unready = funnel_draw_unready,
};
