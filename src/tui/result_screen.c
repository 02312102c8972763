/* result_screen.c - one screen for every answer.
 *
 * A chart draws itself and says where its numbers stand (spots); this screen moves the cursor among them.
 * Enter on a number asks the same question with `users` set to what the number stands for; Enter on a user
 * asks for the sequence. Changing the question is left to question.c. */
#include "config.h"

#include <stdlib.h>

#include "app/job.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "base/utf8.h"
#include "model/registry.h"
#include "render/writer.h"
#include "tui/chart_widget.h"
#include "tui/options_screen.h"
#include "tui/question.h"
#include "tui/result_screen.h"
#include "tui/tui.h"

struct result_screen {
    struct screen screen;
    struct question question;
    struct job *job;
    struct result *result;
    struct err err; /* of the last run when there is no result */
    struct chart_widget chart;
    char *needle; /* of the last search, folded */
};

static struct result_screen *of(struct screen *s)
{
    return (struct result_screen *)s;
}

/* ---- asking */

static unsigned context_of(const struct query *q, const struct result *r)
{
    if (query_get(q, "users") || (r && r->picture == PICTURE_LIST))
        return CONTEXT_LIST;
    if (strcmp(q->analysis, "funnel") == 0)
        return CONTEXT_FUNNEL;
    if (strcmp(q->analysis, "paths") == 0)
        return CONTEXT_FLOW;
    if (strcmp(q->analysis, "user") == 0)
        return CONTEXT_SEQUENCE;
    return CONTEXT_CHART;
}

static bool lacks_steps(const struct query *q)
{
    return strcmp(q->analysis, "funnel") == 0 && query_count(q, "step") == 0;
}

static void drop_job(struct result_screen *s)
{
    if (!s->job)
        return;
    job_cancel(s->job);
    result_free(job_take(s->job, NULL));
    s->job = NULL;
}

static void ask(struct result_screen *s)
{
    const struct query *q = question_now(&s->question);
    drop_job(s);
    s->screen.context = context_of(q, NULL);
    if (lacks_steps(q)) {
        result_free(s->result);
        s->result = NULL;
        chart_widget_result(&s->chart, NULL);
        return;
    }
    s->job = job_start(tui_workspace(s->screen.tui), q, tui_wake_fd(s->screen.tui));
}

static void set_param(struct result_screen *s, const char *name, const char *value)
{
    query_set(question_change(&s->question), name, value);
    ask(s);
}

static bool result_tick(struct screen *screen)
{
    struct result_screen *s = of(screen);
    if (!s->job)
        return false;
    if (!job_done(s->job))
        return job_age_us(s->job) > 150000;
    struct err err = {0};
    struct result *r = job_take(s->job, &err);
    s->job = NULL;
    if (r) {
        result_free(s->result);
        s->result = r;
        chart_widget_result(&s->chart, r);
        s->screen.context = context_of(question_now(&s->question), r);
    } else {
        if (err.code == ERR_CANCELLED && s->result)
            tui_status(screen->tui, ROLE_WARN, "%s", _("Cancelled; the answer shown is the one before"));
        else if (s->result)
            tui_fail(screen->tui, &err);
        s->err = err;
    }
    return true;
}

static void result_refresh(struct screen *screen)
{
    ask(of(screen));
}

/* One customer's sequence is that customer's whatever everyone else looks at. */
static void result_carry(struct screen *screen, const char *condition)
{
    struct result_screen *s = of(screen);
    if (strcmp(question_now(&s->question)->analysis, "user") != 0)
        set_param(s, "segment", condition);
}

static bool result_busy(const struct screen *screen)
{
    return ((const struct result_screen *)screen)->job;
}

static bool result_cancel(struct screen *screen)
{
    struct result_screen *s = of(screen);
    if (!s->job)
        return false;
    job_cancel(s->job);
    return true;
}

/* ---- drawing */

/* Whose list it is: of a funnel in words, of the rest as the number is named. */
static void put_who(struct buf *out, const struct query *q)
{
    struct str step = str_of(query_get(q, "users")), kind = str_cut(&step, ':');
    if (strcmp(q->analysis, "funnel") != 0 || !step.p)
        buf_printf(out, "%s %s", _("Users"), query_get(q, "users"));
    else if (str_eq(kind, STR("reached")))
        buf_printf(out, _("Reached step %.*s"), (int)step.n, step.p);
    else if (str_eq(kind, STR("lost")))
        buf_printf(out, _("Lost after step %.*s"), (int)step.n, step.p);
    else
        buf_printf(out, _("Still open after step %.*s"), (int)step.n, step.p);
}

static void result_title(const struct screen *screen, struct buf *out)
{
    const struct result_screen *s = (const struct result_screen *)screen;
    const struct query *q = question_now(&s->question);
    const struct analysis_info *info = registry_find(q->analysis);
    if (query_get(q, "users"))
        put_who(out, q);
    else if (strcmp(q->analysis, "user") == 0)
        buf_printf(out, "%s %s", _("Sequence"), query_get(q, "id"));
    else if (strcmp(q->analysis, "paths") == 0)
        buf_puts(out, _("Sankey"));
    else
        buf_puts(out, info ? _(info->title) : q->analysis);
}

static void result_subtitle(const struct screen *screen, struct buf *out)
{
    const struct result_screen *s = (const struct result_screen *)screen;
    if (s->result)
        buf_puts(out, s->result->rule);
}

static void draw_progress(const struct result_screen *s, struct canvas *c, int y)
{
    if (job_age_us(s->job) < 150000)
        return; /* what is over before the eye sees it is not announced */
    struct progress *p = job_progress(s->job);
    uint64_t done = atomic_load(&p->done), total = atomic_load(&p->total);
    double age = (double)job_age_us(s->job) / 1e6;
    if (total)
        canvas_printf(c, y, 1, c->w - 2, ROLE_STATUS, _("Counting... %d%%  %.1f s  ^C cancels"),
                      (int)(done * 100 / total), age);
    else
        canvas_printf(c, y, 1, c->w - 2, ROLE_STATUS, _("Counting... %.1f s  ^C cancels"), age);
}

static void draw_nothing(const struct result_screen *s, struct canvas *c, struct rect at)
{
    if (lacks_steps(question_now(&s->question))) {
        canvas_text(c, at.y + 1, at.x + 2, at.w - 4, ROLE_TEXT, str_of(_("This funnel has no steps yet.")));
        canvas_text(c, at.y + 3, at.x + 2, at.w - 4, ROLE_STRONG,
                    str_of(_("Press a to add the first step.")));
        canvas_text(
            c, at.y + 4, at.x + 2, at.w - 4, ROLE_DIM,
            str_of(_("A step is an event name, or a condition such as  transfer and result = \"fail\".")));
    } else if (!s->job && s->err.code) {
        canvas_text(c, at.y + 1, at.x + 2, at.w - 4, ROLE_ERROR, str_of(s->err.text));
        canvas_text(c, at.y + 3, at.x + 2, at.w - 4, ROLE_TEXT, str_of(_("o options   z undo   Esc back")));
    }
}

static void result_draw(struct screen *screen, struct canvas *c, struct rect at)
{
    struct result_screen *s = of(screen);
    if (s->result)
        chart_widget_draw(&s->chart, c, at);
    else
        draw_nothing(s, c, at);
    if (s->job)
        draw_progress(s, c, at.y + at.h - 1);
}

/* ---- going deeper */

static void open_query(struct result_screen *s, const struct query *q)
{
    tui_push(s->screen.tui, result_screen_new(s->screen.tui, q));
}

static void open_users(struct result_screen *s, const char *who)
{
    struct query q;
    query_copy(&q, question_now(&s->question));
    query_set(&q, "users", who);
    open_query(s, &q);
    query_done(&q);
}

static void open_sequence(struct result_screen *s, const struct value *user)
{
    struct query q;
    query_init(&q, "user");
    struct buf id = {0};
    buf_str(&id, user->text);
    query_add(&q, "id", id.p);
    const char *tz = query_get(question_now(&s->question), "tz");
    if (tz)
        query_add(&q, "tz", tz);
    open_query(s, &q);
    query_done(&q);
    buf_done(&id);
}

static void put_value(struct buf *out, const struct result *r, const struct value *v)
{
    switch (v->type) {
    case VALUE_INT: num_put_thousands(out, v->i); break;
    case VALUE_REAL:
    case VALUE_SECONDS: num_put_double(out, v->d); break;
    case VALUE_TEXT: utf8_clean(out, v->text, CLEAN_DETAIL); break;
    case VALUE_BOOL: buf_puts(out, v->truth ? _("yes") : _("no")); break;
    case VALUE_TIME: zone_put_local(r->zone, out, v->i); break;
    default: buf_puts(out, "-"); break;
    }
}

/* Everything known of one event: its columns, then its properties. */
static void open_event(struct result_screen *s)
{
    struct buf text = {0};
    const struct rows *rows = &s->result->rows;
    for (size_t i = 0; i < rows->columns; i++) {
        const struct value *v = &rows->cell[s->chart.row * rows->columns + i];
        if (v->type == VALUE_OBJECT) {
            for (size_t k = 0; k < v->object->n; k++) {
                buf_printf(&text, "%-16s ", v->object->at[k].name);
                put_value(&text, s->result, &v->object->at[k].value);
                buf_putc(&text, '\n');
            }
        } else {
            buf_printf(&text, "%-16s ", _(rows->column[i].title));
            put_value(&text, s->result, v);
            buf_putc(&text, '\n');
        }
    }
    tui_page(s->screen.tui, _("Event"), text.p ? text.p : "");
    buf_done(&text);
}

static void enter(struct result_screen *s)
{
    const struct spot *spot = chart_widget_spot(&s->chart);
    if (!spot)
        return;
    const struct value *user = rows_get(&s->result->rows, s->chart.row, "user");
    if (s->result->picture == PICTURE_LIST && user && user->type == VALUE_TEXT)
        open_sequence(s, user);
    else if (s->result->picture == PICTURE_SEQUENCE)
        open_event(s);
    else if (spot->who)
        open_users(s, spot->who);
    else
        tui_status(s->screen.tui, ROLE_STATUS, "%s", _("There is no list of users behind this"));
}

static void open_lost(struct result_screen *s)
{
    const struct value *lost = rows_get(&s->result->rows, s->chart.row, "lost");
    if (lost && lost->who)
        open_users(s, lost->who);
    else
        tui_status(s->screen.tui, ROLE_STATUS, "%s", _("Nobody is lost after the last step"));
}

/* ---- changing the question */

static size_t step_here(const struct result_screen *s)
{
    size_t n = query_count(question_now(&s->question), "step");
    return s->chart.row < n ? s->chart.row : n ? n - 1 : 0;
}

static void add_step(void *arg, const char *text)
{
    struct result_screen *s = arg;
    if (!*text)
        return;
    size_t at = query_count(question_now(&s->question), "step") ? step_here(s) + 1 : 0;
    query_insert(question_change(&s->question), "step", at, text);
    s->chart.row = at;
    ask(s);
}

static void replace_step(void *arg, const char *text)
{
    struct result_screen *s = arg;
    if (!*text)
        return;
    size_t at = step_here(s);
    struct query *q = question_change(&s->question);
    query_remove(q, "step", at);
    query_insert(q, "step", at, text);
    ask(s);
}

static void delete_step(struct result_screen *s)
{
    if (!query_count(question_now(&s->question), "step"))
        return;
    query_remove(question_change(&s->question), "step", step_here(s));
    ask(s);
}

static void move_step(struct result_screen *s, int direction)
{
    size_t here = step_here(s), n = query_count(question_now(&s->question), "step");
    if (direction < 0 ? here == 0 : here + 1 >= n)
        return;
    question_swap_steps(question_change(&s->question), direction < 0 ? here - 1 : here);
    s->chart.row = here + (size_t)direction;
    ask(s);
}

static void step_finer(struct result_screen *s, int direction)
{
    const char *name, *value;
    if (!question_step(question_now(&s->question), direction, &name, &value)) {
        tui_status(s->screen.tui, ROLE_STATUS, "%s", _("There is nothing further this way"));
        return;
    }
    set_param(s, name, value);
    tui_status(s->screen.tui, ROLE_STATUS, "%s: %s", name, value);
}

/* The event of a Sankey node: its `who` is "STEP NAME". */
static void reroot(struct result_screen *s)
{
    const struct spot *spot = chart_widget_spot(&s->chart);
    const char *name = spot && spot->who ? strchr(spot->who, ' ') : NULL;
    if (!name || name[1] == '(')
        return;
    struct buf condition = {0};
    buf_putc(&condition, '`');
    buf_puts(&condition, name + 1);
    buf_putc(&condition, '`');
    s->chart.row = 0;
    s->chart.group = 0;
    s->chart.view.scroll = 0;
    set_param(s, "start", condition.p);
    buf_done(&condition);
}

static void toggle_failures(struct result_screen *s)
{
    set_param(s, "errors", query_get(question_now(&s->question), "errors") ? NULL : "");
}

static void step_sideways(struct result_screen *s, int direction)
{
    const struct rows *rows = &s->result->rows;
    if (s->result->picture == PICTURE_FLOW) {
        s->chart.view.scroll += direction;
        if (s->chart.view.scroll < 0)
            s->chart.view.scroll = 0;
        return;
    }
    const struct value *session = rows_get(rows, s->chart.row, "session");
    if (!session)
        return;
    int64_t here = session->i;
    size_t row = s->chart.row;
    while (row + (size_t)direction < rows->n) { /* wraps to a huge number below 0 */
        row += (size_t)direction;
        if (rows_get(rows, row, "session")->i != here)
            break;
    }
    int64_t there = rows_get(rows, row, "session")->i;
    while (row > 0 && rows_get(rows, row - 1, "session")->i == there)
        row--;
    chart_widget_show(&s->chart, row);
}

/* ---- looking */

static bool cell_has(const struct value *v, struct str needle)
{
    if (v->type == VALUE_OBJECT) {
        for (size_t i = 0; i < v->object->n; i++)
            if (cell_has(&v->object->at[i].value, needle))
                return true;
        return false;
    }
    if (v->type != VALUE_TEXT)
        return false;
    struct buf folded = {0};
    utf8_fold(&folded, v->text);
    if (v->shown) {
        buf_putc(&folded, '\n');
        utf8_fold(&folded, str_of(v->shown));
    }
    bool found = memmem(folded.p ? folded.p : "", folded.n, needle.p, needle.n) != NULL;
    buf_done(&folded);
    return found;
}

static void search(struct result_screen *s, int direction)
{
    if (!s->needle || !s->result || !s->result->rows.n)
        return;
    const struct rows *rows = &s->result->rows;
    for (size_t k = 1; k <= rows->n; k++) {
        size_t row = (s->chart.row + rows->n + (direction > 0 ? k : rows->n - k)) % rows->n;
        for (size_t i = 0; i < rows->columns; i++)
            if (cell_has(&rows->cell[row * rows->columns + i], str_of(s->needle))) {
                chart_widget_show(&s->chart, row);
                return;
            }
    }
    tui_status(s->screen.tui, ROLE_WARN, _("Not found: %s"), s->needle);
}

static void begin_search(void *arg, const char *text)
{
    struct result_screen *s = arg;
    struct buf folded = {0};
    utf8_fold(&folded, str_of(text));
    free(s->needle);
    s->needle = folded.n ? mem_strdup(folded.p) : NULL;
    buf_done(&folded);
    search(s, 1);
}

static void show_rule(struct result_screen *s)
{
    struct buf text = {0};
    buf_printf(&text, "%s\n\n%s\n  %s\n\n", s->result->rule, _("The same on the command line:"),
               s->result->command);
    buf_printf(&text, _("Answered in %.3f s."), s->result->elapsed_s);
    tui_page(s->screen.tui, _("Rule"), text.p);
    buf_done(&text);
}

static const char *format_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    if (dot && strcmp(dot, ".csv") == 0)
        return "csv";
    if (dot && strcmp(dot, ".json") == 0)
        return "json";
    return "text";
}

static void export_to(void *arg, const char *path)
{
    struct result_screen *s = arg;
    if (!*path || !s->result)
        return;
    struct err err = {0};
    if (os_exists(path)) {
        tui_status(s->screen.tui, ROLE_ERROR, _("! %s exists already; choose another name"), path);
        return;
    }
    struct writer_options options = {.tier = TIER_UTF8, .w = 100, .table = s->chart.view.table};
    struct buf out = {0};
    writer_named(format_of(path))->write(s->result, &options, &out);
    if (os_replace_file(path, buf_view(&out), &err))
        tui_status(s->screen.tui, ROLE_STATUS, _("Written: %s"), path);
    else
        tui_fail(s->screen.tui, &err);
    buf_done(&out);
}

/* ---- actions */

static bool act_on_question(struct result_screen *s, enum action a)
{
    struct tui *t = s->screen.tui;
    const struct query *q = question_now(&s->question);
    switch (a) {
    case ACTION_OPTIONS: tui_push(t, options_screen_new(&s->screen)); return true;
    case ACTION_ADD_STEP: tui_ask(t, _("New step:"), "", 'e', add_step, s); return true;
    case ACTION_EDIT_STEP:
        if (query_count(q, "step"))
            tui_ask(t, _("Step:"), query_nth(q, "step", step_here(s)), 'e', replace_step, s);
        return true;
    case ACTION_DELETE_STEP: delete_step(s); return true;
    case ACTION_MOVE_UP: move_step(s, -1); return true;
    case ACTION_MOVE_DOWN: move_step(s, 1); return true;
    case ACTION_FINER: step_finer(s, 1); return true;
    case ACTION_COARSER: step_finer(s, -1); return true;
    case ACTION_FAILURES: toggle_failures(s); return true;
    case ACTION_UNDO:
    case ACTION_REDO:
        if (a == ACTION_UNDO ? question_undo(&s->question) : question_redo(&s->question))
            ask(s);
        else
            tui_status(t, ROLE_STATUS, "%s", a == ACTION_UNDO ? _("Nothing to undo") : _("Nothing to redo"));
        return true;
    default: return false;
    }
}

static bool act_on_result(struct result_screen *s, enum action a)
{
    struct tui *t = s->screen.tui;
    switch (a) {
    case ACTION_ENTER: enter(s); return true;
    case ACTION_USERS: enter(s); return true;
    case ACTION_LOST: open_lost(s); return true;
    case ACTION_REROOT: reroot(s); return true;
    case ACTION_PREVIOUS_STEP: step_sideways(s, -1); return true;
    case ACTION_NEXT_STEP: step_sideways(s, 1); return true;
    case ACTION_TABLE: chart_widget_toggle_table(&s->chart); return true;
    case ACTION_BASE: s->chart.view.base = (s->chart.view.base + 1) % 3; return true;
    case ACTION_RULE: show_rule(s); return true;
    case ACTION_EXPORT: tui_ask(t, _("Write to (.txt .csv .json):"), "", 0, export_to, s); return true;
    case ACTION_SEARCH: tui_ask(t, _("Search:"), "", 0, begin_search, s); return true;
    case ACTION_SEARCH_NEXT: search(s, 1); return true;
    case ACTION_SEARCH_PREVIOUS: search(s, -1); return true;
    default: return chart_widget_act(&s->chart, a);
    }
}

static bool result_act(struct screen *screen, enum action a)
{
    struct result_screen *s = of(screen);
    return act_on_question(s, a) || (s->result && act_on_result(s, a));
}

static void result_close(struct screen *screen)
{
    struct result_screen *s = of(screen);
    drop_job(s);
    result_free(s->result);
    question_done(&s->question);
    chart_widget_done(&s->chart);
    free(s->needle);
}

static const struct screen_type result_type = {
    .name = "result",
    .title = result_title,
    .subtitle = result_subtitle,
    .draw = result_draw,
    .act = result_act,
    .tick = result_tick,
    .busy = result_busy,
    .refresh = result_refresh,
    .carry = result_carry,
    .cancel = result_cancel,
    .close = result_close,
};

struct screen *result_screen_new(struct tui *t, const struct query *q)
{
    struct result_screen *s = mem_zalloc(sizeof *s);
    s->screen.type = &result_type;
    s->screen.tui = t;
    chart_widget_init(&s->chart);
    question_init(&s->question, q);
    ask(s);
    return &s->screen;
}

const struct query *result_screen_query(const struct screen *s)
{
    return question_now(&((const struct result_screen *)s)->question);
}

void result_screen_ask(struct screen *screen, const struct query *q)
{
    struct result_screen *s = of(screen);
    struct query *changed = question_change(&s->question);
    query_done(changed);
    query_copy(changed, q);
    ask(s);
}
