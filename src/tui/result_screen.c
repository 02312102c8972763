/* result_screen.c - one screen for every answer.
 *
 * A chart draws itself and says where its numbers stand (spots); this screen moves the cursor among them.
 * Enter on a number asks the same question with `users` set to what the number stands for; Enter on a user
 * asks for the sequence. What only one analysis needs is in its kind (result_kind.h); changing the question
 * is left to question.c. */
#include "config.h"

#include <stdlib.h>

#include "app/job.h"
#include "app/mask.h"
#include "base/nls.h"
#include "base/utf8.h"
#include "model/registry.h"
#include "render/wrap.h"
#include "tui/options_screen.h"
#include "tui/progress_line.h"
#include "tui/result_kind.h"
#include "tui/result_screen.h"
#include "tui/row_order.h"
#include "tui/tui.h"

struct result_screen {
    struct screen screen;
    const struct result_kind *kind;
    void *own; /* of the kind */
    struct question question;
    struct job *job;
    struct result *result, masked,
        sorted;                 /* as it came, with what is personal hidden, and in another order */
    const struct result *shown; /* one of them; NULL: no answer yet */
    struct arena order;         /* of masked and sorted */
    struct err err;             /* of the last run when there is no result */
    struct chart_widget chart;
    char *needle; /* of the last search, folded */
};

static const struct screen_type result_type;
static const struct result_kind *const kinds[] = {&funnel_kind,   &paths_kind,   &transitions_kind,
                                                  &sequence_kind, &failure_kind, &profile_kind};
static const struct result_kind plain_kind = {.context = CONTEXT_CHART};

static const struct result_kind *kind_of(const char *analysis)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i]->analysis, analysis) == 0)
            return kinds[i];
    return &plain_kind;
}

static struct result_screen *of(struct screen *s)
{
    return (struct result_screen *)s;
}

/* ---- asking */

struct tui *result_tui(const struct result_screen *s)
{
    return s->screen.tui;
}

void *result_own(const struct result_screen *s)
{
    return s->own;
}

struct screen *result_as_screen(struct result_screen *s)
{
    return &s->screen;
}

struct result_screen *result_of_screen(struct screen *s)
{
    return of(s);
}

struct screen *result_below(const struct result_screen *s)
{
    return s->screen.below;
}

const struct result_kind *result_kind(const struct result_screen *s)
{
    return s->kind;
}

char **result_needle(struct result_screen *s)
{
    return &s->needle;
}

const struct query *result_question(const struct result_screen *s)
{
    return question_now(&s->question);
}

const struct result *result_result(const struct result_screen *s)
{
    return s->shown;
}

struct chart_widget *result_chart(struct result_screen *s)
{
    return &s->chart;
}

struct query *result_change(struct result_screen *s)
{
    return question_change(&s->question);
}

const struct view_options *result_view(const struct result_screen *s)
{
    return question_view(&s->question);
}

struct view_options *result_change_view(struct result_screen *s)
{
    return question_change_view(&s->question);
}

bool result_takes(const struct result_screen *s, const char *param)
{
    const struct analysis_info *info = registry_find(result_question(s)->analysis);
    return info && registry_param(info, param);
}

static bool is_list(const struct result_screen *s)
{
    return query_get(result_question(s), "users") || (s->result && s->result->picture == PICTURE_LIST);
}

static void set_context(struct result_screen *s)
{
    unsigned list = s->kind->context == CONTEXT_FUNNEL ? CONTEXT_LIST | CONTEXT_FUNNEL_LIST : CONTEXT_LIST;
    s->screen.context = is_list(s) ? list : s->kind->context;
}

static bool is_ready(const struct result_screen *s)
{
    return !s->kind->is_ready || s->kind->is_ready(result_question(s));
}

static void drop_job(struct result_screen *s)
{
    if (!s->job)
        return;
    job_cancel(s->job);
    result_free(job_take(s->job, NULL));
    s->job = NULL;
}

static bool is_table(const struct result *r, const struct view_options *v)
{
    return v->table || r->picture == PICTURE_LIST || r->picture == PICTURE_TABLE ||
           r->picture == PICTURE_PROFILE;
}

/* The rows in the order that was chosen: of tables and lists, since a picture has its own. */
void result_look(struct result_screen *s)
{
    const struct view_options *v = result_view(s);
    struct chart_view *view = &s->chart.view;
    if (view->table != v->table) {
        view->scroll = 0;
        view->selected = -1;
    }
    view->table = v->table;
    view->base = v->base;
    view->sort = NULL;
    view->descending = v->descending;
    arena_done(&s->order);
    s->shown = s->result;
    if (s->result) {
        mask_result(tui_settings(s->screen.tui), s->result, MASK_SEEN, &s->order, &s->masked);
        s->shown = &s->masked;
    }
    if (s->shown && *v->sort && is_table(s->shown, v) &&
        row_order(s->shown, v->sort, v->descending, &s->order, &s->sorted)) {
        s->shown = &s->sorted;
        view->sort = v->sort;
    }
    chart_widget_result(&s->chart, s->shown);
}

static void show_result(struct result_screen *s, struct result *r)
{
    result_free(s->result);
    s->result = r;
    result_look(s);
    set_context(s);
    if (r && s->kind->answered)
        s->kind->answered(s);
}

void result_ask(struct result_screen *s)
{
    struct err err = {0};
    drop_job(s);
    if (!mask_allows(tui_settings(s->screen.tui), result_question(s), &err)) {
        show_result(s, NULL);
        s->err = err;
    } else if (is_ready(s)) {
        set_context(s);
        s->job = job_start(tui_workspace(s->screen.tui), result_question(s), tui_wake_fd(s->screen.tui));
    } else {
        show_result(s, NULL);
    }
}

void result_set(struct result_screen *s, const char *name, const char *value)
{
    query_set(result_change(s), name, value);
    result_ask(s);
}

/* A part of the customers counted would be no part of the answer: what was done is said, not shown. */
static void tell_cancelled(const struct result_screen *s, uint64_t done, uint64_t total, struct err *err)
{
    int share = total && done < total ? (int)(done * 100 / total) : 0;
    err_set(err, ERR_CANCELLED,
            s->result ? _("Cancelled at %d%%; the answer shown is the one before, R asks again")
                      : _("Cancelled at %d%%: nothing is shown of it; R asks again"),
            share);
    tui_status(s->screen.tui, ROLE_WARN, "%s", err->text);
}

static bool take_answer(struct result_screen *s)
{
    struct err err = {0};
    const struct progress *p = job_progress(s->job);
    uint64_t done = atomic_load(&p->done), total = atomic_load(&p->total);
    struct result *r = job_take(s->job, &err);
    s->job = NULL;
    if (err.code == ERR_CANCELLED)
        tell_cancelled(s, done, total, &err);
    if (r) {
        s->err = (struct err){0};
        show_result(s, r);
        return true;
    }
    if (s->result && err.code != ERR_CANCELLED)
        tui_fail(s->screen.tui, &err);
    s->err = err;
    return true;
}

static bool result_tick(struct screen *screen)
{
    struct result_screen *s = of(screen);
    bool changed = s->kind->tick && s->kind->tick(s);
    if (s->job && job_done(s->job))
        return take_answer(s);
    return changed || (s->job && job_age_us(s->job) > PROGRESS_SOON_US);
}

static void result_look_again(struct screen *screen)
{
    result_look(of(screen));
}

static void result_refresh(struct screen *screen)
{
    result_ask(of(screen));
}

/* One customer's sequence is that customer's whatever everyone else looks at. */
static void result_carry(struct screen *screen, const char *condition)
{
    if (!of(screen)->kind->alone)
        result_set(of(screen), "segment", condition);
}

static bool result_busy(const struct screen *screen)
{
    const struct result_screen *s = (const struct result_screen *)screen;
    return s->job || (s->kind->is_busy && s->kind->is_busy(s));
}

static bool result_cancel(struct screen *screen)
{
    struct result_screen *s = of(screen);
    if (!s->job)
        return false;
    job_cancel(s->job);
    return true;
}

struct str result_seen(const struct result_screen *s, struct str name)
{
    const struct screen *below = s->screen.below;
    const struct result *r =
        below && below->type == &result_type ? ((const struct result_screen *)below)->shown : NULL;
    for (size_t i = 0; r && i < r->rows.n * r->rows.columns; i++) {
        const struct value *v = &r->rows.cell[i];
        if (v->type == VALUE_TEXT && v->shown && str_eq(v->text, name))
            return str_of(v->shown);
    }
    return name;
}

/* ---- drawing */

static void result_title(const struct screen *screen, struct buf *out)
{
    const struct result_screen *s = (const struct result_screen *)screen;
    const struct query *q = result_question(s);
    const struct analysis_info *info = registry_find(q->analysis);
    const char *who = query_get(q, "users");
    if (who && s->kind->put_who)
        s->kind->put_who(s, who, out);
    else if (who && strcmp(who, "all") == 0)
        buf_puts(out, _("Users"));
    else if (who)
        buf_printf(out, "%s %s", _("Users"), who);
    else if (s->kind->put_title)
        s->kind->put_title(s, out);
    else
        buf_puts(out, info ? _(info->title) : q->analysis);
}

static void result_subtitle(const struct screen *screen, struct buf *out)
{
    const struct result_screen *s = (const struct result_screen *)screen;
    if (s->shown)
        buf_puts(out, s->shown->rule);
}

static bool result_progress(const struct screen *screen, struct screen_progress *out)
{
    const struct result_screen *s = (const struct result_screen *)screen;
    if (!s->job)
        return false;
    struct progress *p = job_progress(s->job);
    *out = (struct screen_progress){atomic_load(&p->done), atomic_load(&p->total), job_age_us(s->job)};
    return true;
}

static void draw_progress(const struct result_screen *s, struct canvas *c, int y)
{
    struct screen_progress p;
    struct buf line = {0};
    if (!result_progress(&s->screen, &p) || p.age_us < PROGRESS_SOON_US)
        return; /* what is over before the eye sees it is not announced */
    canvas_clear(c, (struct rect){y, 0, 1, c->w}, ROLE_STATUS);
    int x = 1 + canvas_text(c, y, 1, c->w - 2, ROLE_STATUS, str_of(_("Counting... ")));
    const char *keys = _("  ^C cancels");
    int w = utf8_width(str_of(keys));
    progress_line_put(&line, &p, c->w - x - w - 1, c->plain);
    x += canvas_text(c, y, x, c->w - x - w - 1, ROLE_STATUS, buf_view(&line));
    canvas_text(c, y, x, c->w - x, ROLE_STATUS, str_of(keys));
    buf_done(&line);
}

static void draw_nothing(struct result_screen *s, struct canvas *c, struct rect at)
{
    if (!is_ready(s)) {
        s->kind->draw_unready(s, c, at);
    } else if (!s->job && s->err.code) {
        int lines = wrap_draw(c, at.y + 1, at.x + 2, at.w - 4, ROLE_ERROR, str_of(s->err.text));
        canvas_text(c, at.y + 2 + lines, at.x + 2, at.w - 4, ROLE_TEXT,
                    str_of(_("o options   z undo   Esc back")));
    }
}

/* The head tells the question, and what stands below answers the one before: as long as that is so, it is
 * said. */
static void draw_refusal(const struct result_screen *s, struct canvas *c, int y)
{
    canvas_clear(c, (struct rect){y, 0, 1, c->w}, ROLE_ERROR);
    canvas_text(c, y, 1, c->w - 2, ROLE_ERROR, str_of(s->err.text));
}

static void result_draw(struct screen *screen, struct canvas *c, struct rect at)
{
    struct result_screen *s = of(screen);
    if (!s->result)
        draw_nothing(s, c, at);
    else if (s->kind->draw && !is_list(s))
        s->kind->draw(s, c, at);
    else
        chart_widget_draw(&s->chart, c, at);
    if (s->job)
        draw_progress(s, c, at.y + at.h - 1);
    else if (s->result && s->err.code)
        draw_refusal(s, c, at.y + at.h - 1);
}

/* ---- looking */

static void enter(struct result_screen *s)
{
    const struct spot *spot = chart_widget_spot(&s->chart);
    if (!spot)
        return;
    const struct value *user = rows_get(&s->shown->rows, s->chart.row, "user");
    if (s->shown->picture == PICTURE_LIST && user && user->type == VALUE_TEXT)
        result_open_sequence(s, user->text);
    else if (spot->who)
        result_open_users(s, spot->who);
    else
        tui_status(s->screen.tui, ROLE_STATUS, "%s", _("There is no list of users behind this"));
}

/* ---- for the frame */

static const struct query *result_asked(const struct screen *s)
{
    return result_question((const struct result_screen *)s);
}

const char *result_who_here(struct result_screen *s)
{
    const char *list = query_get(result_question(s), "users");
    const struct spot *spot = s->shown ? chart_widget_spot(&s->chart) : NULL;
    return list ? list : spot ? spot->who : NULL;
}

/* A customer's id in a list, elsewhere the number under the cursor and what it is. */
static bool result_item(const struct screen *screen, struct buf *out)
{
    const struct result_screen *s = (const struct result_screen *)screen;
    const struct spot *spot = s->shown ? chart_widget_spot(&s->chart) : NULL;
    const struct value *user = spot ? rows_get(&s->shown->rows, s->chart.row, "user") : NULL;
    if (user && user->type == VALUE_TEXT && is_list(s))
        utf8_clean(out, value_seen(user), CLEAN_DETAIL);
    else if (spot && spot->label && spot->count >= 0)
        buf_printf(out, "%s\t%lld", spot->label, (long long)spot->count);
    return out->n > 0;
}

static bool go_to(struct screen *screen, const char *when, struct err *err)
{
    return result_read_go_to(of(screen), when, err);
}

static bool result_neighbour(struct screen *screen, struct str user, int direction, struct str *out,
                             size_t *place, size_t *total)
{
    struct result_screen *s = of(screen);
    return s->shown && s->shown->picture == PICTURE_LIST &&
           chart_widget_neighbour(&s->chart, user, direction, out, place, total);
}

/* Of a failure that he had, or of the step of a funnel that he came to. */
static bool result_moment(const struct screen *screen, int64_t *us)
{
    const struct result_screen *s = (const struct result_screen *)screen;
    if (!s->shown || s->shown->picture != PICTURE_LIST)
        return false;
    const struct value *at = rows_get(&s->shown->rows, s->chart.row, "at");
    const struct value *reached = rows_get(&s->shown->rows, s->chart.row, "reached");
    return value_is_time(at, us) || value_is_time(reached, us);
}

static int result_pace(const struct screen *screen)
{
    const struct result_screen *s = (const struct result_screen *)screen;
    return s->kind->pace ? s->kind->pace(s) : -1;
}

/* The first number of the answer, when it counts customers. */
static int64_t result_customers(const struct screen *screen)
{
    const struct result_screen *s = (const struct result_screen *)screen;
    const struct value *users = s->result ? object_get(&s->result->summary, "users") : NULL;
    if (!users && s->result && s->result->rows.n)
        users = rows_get(&s->result->rows, 0, "users");
    return users && users->type == VALUE_INT ? users->i : -1;
}

/* ---- actions */

static void step_finer(struct result_screen *s, int direction)
{
    const char *name, *value;
    if (!question_step(result_question(s), direction, &name, &value)) {
        tui_status(s->screen.tui, ROLE_STATUS, "%s", _("There is nothing further this way"));
        return;
    }
    result_set(s, name, value);
    tui_status(s->screen.tui, ROLE_STATUS, "%s: %s", name, value);
}

static void go_back_to(struct result_screen *s, bool redo)
{
    bool asks = false, done = redo ? question_redo(&s->question, &asks) : question_undo(&s->question, &asks);
    if (done)
        result_look(s);
    if (done && asks)
        result_ask(s);
    else if (!done)
        tui_status(s->screen.tui, ROLE_STATUS, "%s", redo ? _("Nothing to redo") : _("Nothing to undo"));
}

static bool act_on_question(struct result_screen *s, enum action a)
{
    switch (a) {
    case ACTION_OPTIONS: tui_push(s->screen.tui, options_screen_new(&s->screen)); return true;
    case ACTION_FINER: step_finer(s, 1); return true;
    case ACTION_COARSER: step_finer(s, -1); return true;
    case ACTION_UNDO: go_back_to(s, false); return true;
    case ACTION_REDO: go_back_to(s, true); return true;
    default: return false;
    }
}

static bool act_on_result(struct result_screen *s, enum action a)
{
    switch (a) {
    case ACTION_ENTER: enter(s); return true;
    case ACTION_USERS: enter(s); return true;
    case ACTION_TABLE: result_change_view(s)->table = !s->chart.view.table; break;
    case ACTION_BASE: result_change_view(s)->base = (s->chart.view.base + 1) % 3; break;
    default: return chart_widget_act(&s->chart, a) || result_read_act(s, a) || result_keep_act(s, a);
    }
    result_look(s);
    return true;
}

/* What goes on from a number of the answer: of the question before, it would not be who is meant. */
static bool goes_on(enum action a)
{
    return a == ACTION_ENTER || a == ACTION_USERS || a == ACTION_LOST || a == ACTION_SAVE ||
           a == ACTION_PROFILE || a == ACTION_EXPLAIN;
}

static bool refuse_older(struct result_screen *s)
{
    tui_status(s->screen.tui, ROLE_WARN, "%s",
               s->err.code == ERR_CANCELLED
                   ? _("This answers the question before; R asks again, z takes the change back")
                   : _("This answers the question before; change what was refused, or z takes it back"));
    return true;
}

static bool result_act(struct screen *screen, enum action a)
{
    struct result_screen *s = of(screen);
    if (s->result && s->err.code && !s->job && goes_on(a))
        return refuse_older(s);
    if (s->kind->act && (!is_list(s) || a == ACTION_EXPLAIN) && s->kind->act(s, a))
        return true;
    return act_on_question(s, a) || result_change_act(s, a) || (s->result && act_on_result(s, a));
}

static void result_close(struct screen *screen)
{
    struct result_screen *s = of(screen);
    drop_job(s);
    if (s->kind->close)
        s->kind->close(s->own);
    result_free(s->result);
    question_done(&s->question);
    chart_widget_done(&s->chart);
    arena_done(&s->order);
    free(s->needle);
}

static bool result_lacks(const struct screen *screen, enum action a)
{
    const struct result_screen *s = (const struct result_screen *)screen;
    if (s->kind->lacks && s->kind->lacks(s, a))
        return true;
    switch (a) {
    case ACTION_FILTER: return !result_takes(s, "where");
    case ACTION_BREAK_DOWN: return !result_takes(s, "by") && s->kind->alone;
    case ACTION_COMPARE: return !result_takes(s, "compare") && !result_takes(s, "against");
    case ACTION_HIDE: return !result_takes(s, "hide");
    case ACTION_SAVE:
    case ACTION_PROFILE: return s->kind->alone;
    default: return false;
    }
}

static const struct screen_type result_type = {
    .name = "result",
    .title = result_title,
    .subtitle = result_subtitle,
    .draw = result_draw,
    .act = result_act,
    .lacks = result_lacks,
    .tick = result_tick,
    .busy = result_busy,
    .refresh = result_refresh,
    .look = result_look_again,
    .carry = result_carry,
    .cancel = result_cancel,
    .progress = result_progress,
    .question = result_asked,
    .customers = result_customers,
    .item = result_item,
    .go_to = go_to,
    .neighbour = result_neighbour,
    .moment = result_moment,
    .pace = result_pace,
    .close = result_close,
};

struct screen *result_screen_new(struct tui *t, const struct query *q)
{
    struct result_screen *s = mem_zalloc(sizeof *s);
    s->screen.type = &result_type;
    s->screen.tui = t;
    s->kind = kind_of(q->analysis);
    chart_widget_init(&s->chart);
    question_init(&s->question, q);
    if (s->kind->open)
        s->own = s->kind->open(s);
    result_ask(s);
    return &s->screen;
}

const struct query *result_screen_query(const struct screen *s)
{
    return result_question((const struct result_screen *)s);
}

void result_screen_ask(struct screen *screen, const struct query *q)
{
    struct result_screen *s = of(screen);
    struct query *changed = result_change(s);
    query_done(changed);
    query_copy(changed, q);
    result_ask(s);
}
