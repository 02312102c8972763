/* funnel_kind.c - what is special to funnels: steps are added, edited, moved and taken out at the cursor; the
 * lost are one key away; below the steps stands what those lost after the step under the cursor did next,
 * asked for while the cursor rests there. */
#include "config.h"

#include <stdlib.h>

#include "app/job.h"
#include "base/nls.h"
#include "render/glyph.h"
#include "render/show.h"
#include "tui/question.h"
#include "tui/result_kind.h"
#include "tui/tui.h"

enum { PANE_ROWS = 5, PANE_MOST = 16, STEPS_LEAST = 12, NAME = 28, NUMBER = 11, SHARE = 9 };

struct pane {
    struct job *job;
    struct result *next;
    struct query asked; /* about which question */
    bool has_asked;
    int64_t step; /* and which step, from 1 */
    int rows;     /* of the pane: so many events, the last line for all others */
};

/* Of a broken down funnel a step has several rows. */
static size_t step_here(struct result_screen *s)
{
    size_t n = query_count(result_question(s), "step"), row = result_chart(s)->row;
    const struct result *r = result_result(s);
    const struct value *step = r && row < r->rows.n ? rows_get(&r->rows, row, "step") : NULL;
    if (step && step->type == VALUE_INT && step->i >= 1 && (size_t)step->i <= n)
        return (size_t)step->i - 1;
    return row < n ? row : n ? n - 1 : 0;
}

/* How many rows a step of the answer has. */
static size_t groups_of(const struct result *r)
{
    size_t n = 0;
    while (n < r->rows.n) {
        const struct value *step = rows_get(&r->rows, n, "step");
        if (!step || step->type != VALUE_INT || step->i != 1)
            break;
        n++;
    }
    return n ? n : 1;
}

/* The first row of step `at`. */
static void stand_on(struct result_screen *s, size_t at)
{
    const struct result *r = result_result(s);
    result_chart(s)->row = at * (r ? groups_of(r) : 1);
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

/* What is asked about one customer or one step goes without the splits that do not go with it. */
static void make_plain(struct query *q)
{
    static const char *const drop[] = {"users", "by",  "attribute", "compare", "trend",
                                       "times", "sum", "next",      "detail",  "explain"};
    const char *rule = query_get(q, "rule");
    for (size_t i = 0; i < sizeof(drop) / sizeof(*drop); i++)
        query_set(q, drop[i], NULL);
    if (rule && strcmp(rule, "all") == 0)
        query_set(q, "rule", NULL);
}

static bool explain(struct result_screen *s)
{
    const struct result *r = result_result(s);
    const struct value *user = r ? rows_get(&r->rows, result_chart(s)->row, "user") : NULL;
    struct query q;
    if (!user || user->type != VALUE_TEXT)
        return false;
    query_copy(&q, result_question(s));
    make_plain(&q);
    query_set(&q, "explain", arena_str(&q.arena, user->text).p);
    result_open_query(s, &q);
    query_done(&q);
    return true;
}

/* ---- what the lost did next */

static void *funnel_open(struct result_screen *s)
{
    struct pane *p = mem_zalloc(sizeof *p);
    (void)s;
    p->rows = PANE_ROWS;
    return p;
}

static void forget(struct pane *p)
{
    if (p->job) {
        job_cancel(p->job);
        result_free(job_take(p->job, NULL));
    }
    result_free(p->next);
    if (p->has_asked)
        query_done(&p->asked);
    *p = (struct pane){.rows = p->rows};
}

static void funnel_close(void *own)
{
    forget(own);
    free(own);
}

static bool has_pane(struct result_screen *s, struct rect at)
{
    const struct result *r = result_result(s);
    return r->picture == PICTURE_STEPS && !result_chart(s)->view.table &&
           at.h >= STEPS_LEAST + PANE_ROWS + 1 && step_here(s) + 1 < query_count(result_question(s), "step");
}

static void ask_next(struct result_screen *s)
{
    struct pane *p = result_own(s);
    int64_t step = (int64_t)step_here(s) + 1;
    if (p->has_asked && p->step == step)
        return;
    forget(p);
    query_copy(&p->asked, result_question(s));
    p->has_asked = true;
    p->step = step;
    make_plain(&p->asked);
    query_set(&p->asked, "next", arena_printf(&p->asked.arena, "%lld", (long long)step));
    query_set(&p->asked, "top", arena_printf(&p->asked.arena, "%d", p->rows - 1));
    p->job = job_start(tui_workspace(result_tui(s)), &p->asked, tui_wake_fd(result_tui(s)));
}

static void funnel_answered(struct result_screen *s)
{
    forget(result_own(s)); /* another question, or other data */
    if (result_result(s)->picture == PICTURE_STEPS &&
        step_here(s) + 1 < query_count(result_question(s), "step"))
        ask_next(s);
}

static bool funnel_tick(struct result_screen *s)
{
    struct pane *p = result_own(s);
    if (!p->job || !job_done(p->job))
        return false;
    p->next = job_take(p->job, NULL);
    p->job = NULL;
    return true;
}

static bool funnel_is_busy(const struct result_screen *s)
{
    return ((const struct pane *)result_own(s))->job != NULL;
}

/* "logout   163  42.67%  ██████" */
static void draw_next(const struct result *r, struct canvas *c, struct rect at, struct arena *a)
{
    int y = at.y, bar = at.w - NAME - NUMBER - SHARE - 6;
    for (size_t i = 0; i < r->rows.n && y < at.y + at.h; i++) {
        if (!str_eq(show_cell(r, i, "when")->text, STR("next")))
            continue;
        canvas_text(c, y, at.x + 3, NAME, ROLE_TEXT, show_str(a, r, show_cell(r, i, "event")));
        canvas_right(c, y, at.x + 3 + NAME, NUMBER, ROLE_TEXT, show_str(a, r, show_cell(r, i, "users")));
        canvas_right(c, y, at.x + 3 + NAME + NUMBER, SHARE, ROLE_TEXT,
                     show_str(a, r, show_cell(r, i, "share")));
        if (bar > 0)
            glyph_bar(c, y, at.x + 5 + NAME + NUMBER + SHARE, bar, show_amount(show_cell(r, i, "share")), 1,
                      GLYPH_BAR, ROLE_BAR);
        y++;
    }
}

static void draw_pane(struct result_screen *s, struct canvas *c, struct rect at)
{
    const struct pane *p = result_own(s);
    struct arena a = {0};
    int64_t lost = p->next ? show_count(show_summary(p->next, "lost")) : 0;
    const char *title =
        !p->next    ? arena_printf(&a, _("Step %lld: what those lost after it did next"), (long long)p->step)
        : lost == 0 ? arena_printf(&a, _("Step %lld: nobody is lost after it"), (long long)p->step)
                    : arena_printf(&a, _("Step %lld: what the %s lost after it did next"), (long long)p->step,
                                   show_thousands(&a, lost));
    glyph_hline(c, at.y, at.x, at.w, ROLE_RULE);
    canvas_text(c, at.y, at.x + 1, at.w - 2, ROLE_HEAD, str_of(title));
    if (p->next)
        draw_next(p->next, c, (struct rect){at.y + 1, at.x, at.h - 1, at.w}, &a);
    else
        canvas_text(c, at.y + 1, at.x + 3, at.w - 6, ROLE_DIM,
                    str_of(p->job ? _("counting ...") : _("no answer")));
    arena_done(&a);
}

/* The pane has what the steps leave of a tall screen. */
static void size_to(struct result_screen *s, int h)
{
    struct pane *p = result_own(s);
    int left = h - STEPS_LEAST - 2 * (int)result_result(s)->rows.n, rows = left < PANE_ROWS   ? PANE_ROWS
                                                                           : left < PANE_MOST ? left
                                                                                              : PANE_MOST;
    if (rows == p->rows)
        return;
    p->rows = rows;
    forget(p);
}

static void funnel_draw(struct result_screen *s, struct canvas *c, struct rect at)
{
    if (!has_pane(s, at)) {
        chart_widget_draw(result_chart(s), c, at);
        return;
    }
    size_to(s, at.h);
    /* The last row says what the cursor is on: it stays the last. */
    int pane = ((struct pane *)result_own(s))->rows + 1;
    chart_widget_draw(result_chart(s), c, (struct rect){at.y, at.x, at.h - pane, at.w});
    ask_next(s);
    draw_pane(s, c, (struct rect){at.y + at.h - pane, at.x, pane, at.w});
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
    case ACTION_DELETE_STEP: delete_step(s); return true;
    case ACTION_MOVE_UP: move_step(s, -1); return true;
    case ACTION_MOVE_DOWN: move_step(s, 1); return true;
    case ACTION_LOST: open_lost(s); return true;
    case ACTION_EXPLAIN: return explain(s);
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

/* "lost:2 app" -> "Lost after step 2: app". */
static void funnel_put_who(const struct query *q, const char *who, struct buf *out)
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
    (void)q;
    for (size_t i = 0; step.p && i < sizeof(kinds) / sizeof(*kinds); i++)
        if (str_eq(kind, str_of(kinds[i].kind))) {
            buf_printf(out, "%s %.*s", _(kinds[i].text), (int)step.n, step.p);
            if (group.p)
                buf_printf(out, ": %.*s", (int)group.n, group.p);
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
    .draw = funnel_draw,
    .tick = funnel_tick,
    .is_busy = funnel_is_busy,
    .answered = funnel_answered,
    .put_title = funnel_put_title,
    .put_who = funnel_put_who,
    .is_ready = funnel_is_ready,
    .draw_unready = funnel_draw_unready,
};
