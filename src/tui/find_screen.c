/* find_screen.c - finding a customer: by an id or a part of one, by a failure he had and when, by an event,
 * by attributes.
 *
 * The lines of the form are parameters of the analysis `find`; every line that is filled in narrows the list
 * below it. A whole id, or a part that only one customer has, leads straight to his sequence. */
#include "config.h"

#include <stdlib.h>

#include "app/job.h"
#include "app/mask.h"
#include "app/settings.h"
#include "base/nls.h"
#include "render/show.h"
#include "render/wrap.h"
#include "tui/chart_widget.h"
#include "tui/find_screen.h"
#include "tui/question.h"
#include "tui/result_screen.h"
#include "tui/tui.h"
#include "tui/view_export.h"

struct line {
    const char *param, *label, *hint; /* label, hint: N_() */
    char names;                       /* for completion */
};
static const struct line lines[] = {
    {"id", N_("Customer id"), N_("whole, or a part of it; any of his ids"), 0},
    {"error", N_("Failure"), N_("a code, such as E2001"), 0},
    {"did", N_("Event"), N_("an event, or a condition such as amount > 5000"), 'e'},
    {"from", N_("From"), N_("2026-10-05 or 2026-10-05 10:20"), 0},
    {"to", N_("To"), N_("2026-10-05 or 2026-10-05 10:40"), 0},
    {"segment", N_("Attributes"), N_("such as age >= 60 and city = \"Beijing\""), 'a'},
};
enum { LINES = sizeof lines / sizeof *lines, LABEL = 14, VALUE = 30, FORM = LINES + 2 };

struct find {
    struct screen screen;
    struct question question;
    struct job *job;
    struct result *result, masked; /* as it came, and as it is shown */
    struct arena masks;            /* of masked */
    struct err err;
    struct chart_widget list;
    int line; /* of the form */
    bool in_list;
    bool typed_id; /* the id was just typed: one match opens at once */
};

static struct find *of(struct screen *s)
{
    return (struct find *)s;
}

/* ---- asking */

static const struct query *now(const struct find *f)
{
    return question_now(&f->question);
}

static void drop_job(struct find *f)
{
    if (!f->job)
        return;
    job_cancel(f->job);
    result_free(job_take(f->job, NULL));
    f->job = NULL;
}

static bool is_asked(const struct find *f)
{
    for (size_t i = 0; i < LINES; i++)
        if (query_get(now(f), lines[i].param))
            return true;
    return false;
}

static void find_look(struct screen *s)
{
    struct find *f = of(s);
    arena_done(&f->masks);
    if (f->result)
        mask_result(tui_settings(s->tui), f->result, MASK_SEEN, &f->masks, &f->masked);
    chart_widget_result(&f->list, f->result ? &f->masked : NULL);
}

static void show(struct find *f, struct result *r)
{
    result_free(f->result);
    f->result = r;
    f->list.row = 0;
    f->list.view.scroll = 0;
    find_look(&f->screen);
}

static void ask(struct find *f)
{
    drop_job(f);
    f->err = (struct err){0};
    if (is_asked(f))
        f->job = job_start(tui_workspace(f->screen.tui), now(f), tui_wake_fd(f->screen.tui));
    else
        show(f, NULL);
}

static void open_user(struct find *f, struct str user)
{
    struct query q;
    struct buf id = {0};
    buf_str(&id, user);
    query_init(&q, "user");
    query_add(&q, "id", id.p);
    tui_push(f->screen.tui, sequence_screen_new(f->screen.tui, &q, &f->screen));
    query_done(&q);
    buf_done(&id);
}

static const struct value *user_here(const struct find *f)
{
    return f->result ? rows_get(&f->result->rows, f->list.row, "user") : NULL;
}

static bool find_moment(const struct screen *s, int64_t *us)
{
    const struct find *f = (const struct find *)s;
    const struct value *at = f->result ? rows_get(&f->result->rows, f->list.row, "at") : NULL;
    return value_is_time(at, us);
}

static bool take_answer(struct find *f)
{
    struct err err = {0};
    struct result *r = job_take(f->job, &err);
    f->job = NULL;
    show(f, r);
    f->err = err;
    f->in_list = r && r->rows.n;
    if (f->in_list && f->typed_id && r->rows.n == 1)
        open_user(f, user_here(f)->text);
    f->typed_id = false;
    return true;
}

static bool find_tick(struct screen *s)
{
    struct find *f = of(s);
    if (f->job && job_done(f->job))
        return take_answer(f);
    return f->job && job_age_us(f->job) > 150000;
}

static bool find_busy(const struct screen *s)
{
    return ((const struct find *)s)->job;
}

static bool find_cancel(struct screen *s)
{
    if (!of(s)->job)
        return false;
    job_cancel(of(s)->job);
    return true;
}

static void find_refresh(struct screen *s)
{
    ask(of(s));
}

/* ---- drawing */

static void find_title(const struct screen *s, struct buf *out)
{
    (void)s;
    buf_puts(out, _("Find a customer"));
}

static void find_subtitle(const struct screen *s, struct buf *out)
{
    const struct find *f = (const struct find *)s;
    buf_puts(out, f->result ? f->masked.rule
                            : _("Enter fills in a line; every line narrows the list. Tab: the list"));
}

static void draw_line(const struct find *f, struct canvas *c, struct rect at, int i)
{
    const char *value = query_get(now(f), lines[i].param);
    bool here = i == f->line && !f->in_list;
    enum role role = here ? ROLE_SELECTED : ROLE_TEXT;
    int y = at.y + i, width = at.w / 2 - LABEL > VALUE ? at.w / 2 - LABEL : VALUE;
    canvas_clear(c, (struct rect){y, at.x, 1, at.w}, role);
    canvas_text(c, y, at.x, 1, role, str_of(here ? ">" : " "));
    canvas_text(c, y, at.x + 2, LABEL - 1, role, str_of(_(lines[i].label)));
    canvas_text(c, y, at.x + 2 + LABEL, width, here ? role : ROLE_STRONG, str_of(value ? value : "-"));
    canvas_text(c, y, at.x + 4 + LABEL + width, at.w - LABEL - width - 4, here ? role : ROLE_DIM,
                str_of(_(lines[i].hint)));
    if (here) {
        c->cursor_y = y;
        c->cursor_x = at.x + 2 + LABEL;
    }
}

static int64_t number(const struct find *f, const char *name)
{
    const struct value *v = object_get(&f->result->summary, name);
    return v && v->type == VALUE_INT ? v->i : 0;
}

static void draw_found(const struct find *f, struct canvas *c, int y, int x, int w)
{
    int64_t users = number(f, "users"), shown = number(f, "shown");
    struct arena a = {0};
    const char *all = show_thousands(&a, users);
    if (users > shown)
        canvas_printf(c, y, x, w, ROLE_STRONG,
                      _("%s customers, of them %s shown: fill in another line; u all"), all,
                      show_thousands(&a, shown));
    else
        canvas_printf(c, y, x, w, ROLE_STRONG, ngettext("%s customer", "%s customers", (unsigned long)users),
                      all);
    arena_done(&a);
}

static void find_draw(struct screen *s, struct canvas *c, struct rect at)
{
    struct find *f = of(s);
    struct rect list = {at.y + FORM, at.x, at.h - FORM, at.w};
    for (int i = 0; i < LINES && i < at.h; i++)
        draw_line(f, c, at, i);
    if (list.h < 3)
        return;
    if (f->job && job_age_us(f->job) > 150000)
        canvas_text(c, at.y + LINES, at.x + 2, at.w - 2, ROLE_STATUS, str_of(_("Looking...  ^C cancels")));
    else if (f->err.code)
        wrap_draw(c, at.y + LINES, at.x + 2, at.w - 2, ROLE_ERROR, str_of(f->err.text));
    else if (f->result)
        draw_found(f, c, at.y + LINES, at.x + 2, at.w - 2);
    if (!f->result || !f->result->rows.n)
        return;
    int y = c->cursor_y, x = c->cursor_x;
    chart_widget_draw(&f->list, c, list);
    const struct spot *spot = chart_widget_spot(&f->list);
    if (!f->in_list && spot) { /* the cursor is in the form */
        canvas_mark(c, spot->at, ROLE_TEXT, false);
        c->cursor_y = y;
        c->cursor_x = x;
    }
}

/* ---- actions */

static void set_line(void *arg, const char *text)
{
    struct find *f = arg;
    const struct line *l = &lines[f->line];
    query_set(question_change(&f->question), l->param, *text ? text : NULL);
    f->typed_id = *text && strcmp(l->param, "id") == 0;
    ask(f);
}

static void edit_line(struct find *f)
{
    const struct line *l = &lines[f->line];
    const char *value = query_get(now(f), l->param);
    struct buf label = {0};
    buf_printf(&label, "%s:", _(l->label));
    tui_ask(f->screen.tui, label.p, value ? value : "", l->names, set_line, f);
    buf_done(&label);
}

static bool has_rows(const struct find *f)
{
    return f->result && f->result->rows.n;
}

static bool act_in_form(struct find *f, enum action a)
{
    switch (a) {
    case ACTION_UP: f->line -= f->line > 0; return true;
    case ACTION_DOWN:
        if (f->line + 1 < LINES)
            f->line++;
        else
            f->in_list = has_rows(f);
        return true;
    case ACTION_FIRST: f->line = 0; return true;
    case ACTION_LAST: f->line = LINES - 1; return true;
    case ACTION_ENTER: edit_line(f); return true;
    case ACTION_RESET: set_line(f, ""); return true;
    default: return false;
    }
}

static bool act_in_list(struct find *f, enum action a)
{
    const struct spot *spot = chart_widget_spot(&f->list);
    if (a == ACTION_ENTER && user_here(f)) {
        open_user(f, user_here(f)->text);
        return true;
    }
    if (a == ACTION_UP && (!spot || spot->row == 0)) {
        f->in_list = false;
        return true;
    }
    return chart_widget_act(&f->list, a);
}

static void export_to(void *arg, const char *path)
{
    struct find *f = arg;
    struct err err = {0};
    if (!*path || !f->result)
        return;
    if (view_export(f->result, tui_settings(f->screen.tui), true, path, &err))
        tui_status(f->screen.tui, ROLE_STATUS, _("Written: %s"), path);
    else
        tui_fail(f->screen.tui, &err);
}

/* All that were found, as a list of customers with everything that such a list can do; or who they are. */
static void open_found(struct find *f, enum action a)
{
    struct query q;
    struct buf condition = {0};
    if (!has_rows(f)) {
        tui_status(f->screen.tui, ROLE_STATUS, "%s", _("Nobody is found yet; fill in a line"));
        return;
    }
    if (a == ACTION_PROFILE) {
        query_init(&q, "profile");
        query_who(now(f), "all", &condition);
        query_add(&q, "condition", condition.p);
    } else {
        query_copy(&q, now(f));
        query_set(&q, "users", "all");
    }
    tui_push(f->screen.tui, result_screen_new(f->screen.tui, &q));
    if (a == ACTION_SAVE)
        tui_status(f->screen.tui, ROLE_STATUS, "%s", _("These are all that were found; w saves them"));
    query_done(&q);
    buf_done(&condition);
}

static void go_back_to(struct find *f, bool redo)
{
    bool asks;
    if (redo ? question_redo(&f->question, &asks) : question_undo(&f->question, &asks))
        ask(f);
    else
        tui_status(f->screen.tui, ROLE_STATUS, "%s", redo ? _("Nothing to redo") : _("Nothing to undo"));
}

static bool find_act(struct screen *s, enum action a)
{
    struct find *f = of(s);
    switch (a) {
    case ACTION_NEXT_PANE:
    case ACTION_PREVIOUS_PANE: f->in_list = !f->in_list && has_rows(f); return true;
    case ACTION_USERS:
    case ACTION_SAVE:
    case ACTION_PROFILE: open_found(f, a); return true;
    case ACTION_UNDO: go_back_to(f, false); return true;
    case ACTION_REDO: go_back_to(f, true); return true;
    case ACTION_EXPORT:
        if (!settings_is(tui_settings(s->tui), SETTING_EXPORT, "on"))
            tui_status(s->tui, ROLE_WARN, "%s", _("Writing files is switched off (setting export)"));
        else if (has_rows(f))
            tui_ask(s->tui, _("Write to (.txt .html .svg .csv .json):"), "", 0, export_to, f);
        return true;
    default: return f->in_list && has_rows(f) ? act_in_list(f, a) : act_in_form(f, a);
    }
}

static bool find_neighbour(struct screen *s, struct str user, int direction, struct str *out, size_t *place,
                           size_t *total)
{
    struct find *f = of(s);
    return f->result && chart_widget_neighbour(&f->list, user, direction, out, place, total);
}

static void find_close(struct screen *s)
{
    struct find *f = of(s);
    drop_job(f);
    result_free(f->result);
    arena_done(&f->masks);
    question_done(&f->question);
    chart_widget_done(&f->list);
}

static const struct screen_type find_type = {
    .name = "find",
    .context = CONTEXT_FIND,
    .title = find_title,
    .subtitle = find_subtitle,
    .draw = find_draw,
    .act = find_act,
    .tick = find_tick,
    .busy = find_busy,
    .cancel = find_cancel,
    .refresh = find_refresh,
    .look = find_look,
    .neighbour = find_neighbour,
    .moment = find_moment,
    .close = find_close,
};

struct screen *find_screen_new(struct tui *t, const char *id)
{
    struct find *f = mem_zalloc(sizeof *f);
    struct query q;
    f->screen.type = &find_type;
    f->screen.tui = t;
    query_init(&q, "find");
    if (id)
        query_add(&q, "id", id);
    chart_widget_init(&f->list);
    f->list.view.rows_only = true; /* draw_found has told how many */
    question_init(&f->question, &q);
    query_done(&q);
    f->typed_id = id;
    ask(f);
    return &f->screen;
}
