/* funnel_pane.c - asked for while the cursor rests on a step. Of a broken down funnel it is the group under
 * the cursor, of a comparison the segment, of all rules side by side the rule. It takes what the steps leave:
 * no step gives way for it. */
#include "config.h"

#include <stdlib.h>

#include "app/job.h"
#include "base/nls.h"
#include "base/vec.h"
#include "render/chart.h"
#include "render/glyph.h"
#include "render/show.h"
#include "tui/funnel_pane.h"
#include "tui/tui.h"

enum { ROWS_LEAST = 3, ROWS_MOST = 16, NAME = 28, NUMBER = 11, SHARE = 9 };

struct funnel_pane {
    struct job *job;
    struct result *next;
    struct query asked;
    bool has_asked;
    int64_t step;           /* about which step, from 1 */
    size_t nth;             /* and which of its rows, where each is a question of its own */
    struct buf group, seen; /* whose numbers are shown, and how it is written */
    bool by;                /* of the groups in the answer */
    int rows;               /* so many events, the last line for all others */
};

struct funnel_pane *funnel_pane_new(void)
{
    struct funnel_pane *p = mem_zalloc(sizeof *p);
    p->rows = ROWS_LEAST;
    return p;
}

void funnel_pane_forget(struct funnel_pane *p)
{
    if (p->job) {
        job_cancel(p->job);
        result_free(job_take(p->job, NULL));
    }
    result_free(p->next);
    if (p->has_asked)
        query_done(&p->asked);
    p->job = NULL;
    p->next = NULL;
    p->has_asked = false;
}

void funnel_pane_free(struct funnel_pane *p)
{
    funnel_pane_forget(p);
    buf_done(&p->group);
    buf_done(&p->seen);
    free(p);
}

/* ---- asking */

void funnel_pane_make_plain(struct query *q)
{
    static const char *const drop[] = {"users", "by",   "compare", "trend",  "times",
                                       "sum",   "next", "detail",  "explain"};
    const char *rule = query_get(q, "rule");
    for (size_t i = 0; i < sizeof(drop) / sizeof(*drop); i++)
        query_set(q, drop[i], NULL);
    if (rule && strcmp(rule, "all") == 0)
        query_set(q, "rule", NULL);
}

static struct str group_at(const struct result *r, size_t row)
{
    const struct value *v = rows_get(&r->rows, row, "group");
    return v && v->type == VALUE_TEXT ? v->text : STR("");
}

/* Which of its step's rows it is. */
static size_t place_in_step(const struct result *r, size_t row)
{
    size_t n = 0;
    while (n < row &&
           show_count(rows_get(&r->rows, row - n - 1, "step")) == show_count(rows_get(&r->rows, row, "step")))
        n++;
    return n;
}

static void copy_param(struct query *to, const struct query *from, const char *name)
{
    if (query_get(from, name))
        query_set(to, name, query_get(from, name));
}

/* Numbers of groups come all together; a segment compared and a rule are asked alone. */
static void put_question(const struct funnel_pane *p, const struct query *q, struct query *out)
{
    const char *rule = query_get(q, "rule"), *compare = query_get(q, "compare");
    query_copy(out, q);
    funnel_pane_make_plain(out);
    copy_param(out, q, "by");
    copy_param(out, q, "attribute");
    if (compare && p->nth)
        query_set(out, "segment", compare);
    if (rule && strcmp(rule, "all") == 0)
        query_set(out, "rule", p->group.p);
    query_set(out, "next", arena_printf(&out->arena, "%lld", (long long)p->step));
    if (!p->by)
        query_set(out, "top", arena_printf(&out->arena, "%d", ROWS_MOST - 1));
}

void funnel_pane_ask(struct funnel_pane *p, struct result_screen *s, size_t row)
{
    const struct result *r = result_result(s);
    const struct query *q = result_question(s);
    int64_t step = show_count(rows_get(&r->rows, row, "step"));
    bool by = query_get(q, "by") != NULL;
    size_t nth = by ? 0 : place_in_step(r, row);
    buf_clear(&p->group);
    buf_str(&p->group, group_at(r, row));
    buf_clear(&p->seen);
    if (p->group.n)
        buf_str(&p->seen, value_seen(rows_get(&r->rows, row, "group")));
    if (p->has_asked && p->step == step && p->nth == nth)
        return;
    funnel_pane_forget(p);
    p->step = step;
    p->nth = nth;
    p->by = by;
    put_question(p, q, &p->asked);
    p->has_asked = true;
    p->job = job_start(tui_workspace(result_tui(s)), &p->asked, tui_wake_fd(result_tui(s)));
}

bool funnel_pane_tick(struct funnel_pane *p)
{
    if (!p->job || !job_done(p->job))
        return false;
    p->next = job_take(p->job, NULL);
    p->job = NULL;
    return true;
}

bool funnel_pane_is_busy(const struct funnel_pane *p)
{
    return p->job != NULL;
}

/* ---- drawing */

/* The chart with its lines between the steps, or when that is too much without them. */
int funnel_pane_fit(struct funnel_pane *p, const struct result *r, int h, int w)
{
    static const struct chart_view view = {.selected = -1};
    int whole = chart_of(r, &view)->height(r, &view, w), low = 1 + (int)r->rows.n;
    for (size_t row = 0; rows_get(&r->rows, 0, "group") && row < r->rows.n; row++)
        low += place_in_step(r, row) == 0; /* the step's name stands above its groups */
    h -= 2;                                /* what the cursor is on, and the pane's title */
    int left = h - whole >= ROWS_LEAST ? h - whole : h - low;
    int rows = left > ROWS_MOST ? ROWS_MOST : left;
    p->rows = rows;
    return rows < ROWS_LEAST ? 0 : rows + 1;
}

struct line {
    const struct value *event; /* NULL: all others */
    int64_t users;
};

struct lines {
    VEC(struct line) list;
    int64_t users;
};

/* Of the group; what is more than fits goes into the last line. */
static void read_lines(const struct funnel_pane *p, struct lines *l)
{
    const struct result *r = p->next;
    for (size_t i = 0; i < r->rows.n; i++) {
        if (!str_eq(show_cell(r, i, "when")->text, STR("next")) ||
            (p->by && !str_eq(group_at(r, i), buf_view(&p->group))))
            continue;
        int64_t users = show_count(show_cell(r, i, "users"));
        vec_push(&l->list, (struct line){show_cell(r, i, "event"), users});
        l->users += users;
    }
    while ((int)l->list.n > p->rows) {
        struct line last = l->list.at[--l->list.n];
        l->list.at[l->list.n - 1].users += last.users;
        l->list.at[l->list.n - 1].event = NULL;
    }
}

/* "logout   163  42.67%  ██████" */
static void draw_line(const struct funnel_pane *p, const struct line *l, int64_t all, struct canvas *c,
                      struct rect at, struct arena *a)
{
    int bar = at.w - NAME - NUMBER - SHARE - 6;
    struct value share = value_ratio(l->users, all);
    struct str name = l->event ? show_str(a, p->next, l->event) : str_of(_("(other)"));
    canvas_text(c, at.y, at.x + 3, NAME, ROLE_TEXT, name);
    canvas_right(c, at.y, at.x + 3 + NAME, NUMBER, ROLE_TEXT, str_of(show_thousands(a, l->users)));
    canvas_right(c, at.y, at.x + 3 + NAME + NUMBER, SHARE, ROLE_TEXT, show_str(a, p->next, &share));
    if (bar > 0)
        glyph_bar(c, at.y, at.x + 5 + NAME + NUMBER + SHARE, bar, (double)l->users, (double)all, GLYPH_BAR,
                  ROLE_BAR);
}

/* "Step 2, app: what the 430 lost after it did next" */
static const char *title(const struct funnel_pane *p, int64_t lost, struct arena *a)
{
    struct buf step = {0};
    buf_printf(&step, _("Step %lld"), (long long)p->step);
    if (p->seen.n)
        buf_printf(&step, ", %s", p->seen.p);
    const char *s = arena_str(a, buf_view(&step)).p;
    buf_done(&step);
    return !p->next ? arena_printf(a, _("%s: what those lost after it did next"), s)
           : lost == 0
               ? arena_printf(a, _("%s: nobody is lost after it"), s)
               : arena_printf(a, _("%s: what the %s lost after it did next"), s, show_thousands(a, lost));
}

void funnel_pane_draw(const struct funnel_pane *p, struct canvas *c, struct rect at)
{
    struct arena a = {0};
    struct lines l = {0};
    if (p->next)
        read_lines(p, &l);
    glyph_hline(c, at.y, at.x, at.w, ROLE_RULE);
    canvas_text(c, at.y, at.x + 1, at.w - 2, ROLE_HEAD, str_of(title(p, l.users, &a)));
    for (size_t i = 0; i < l.list.n; i++)
        draw_line(p, &l.list.at[i], l.users, c, (struct rect){at.y + 1 + (int)i, at.x, 1, at.w}, &a);
    if (!p->next)
        canvas_text(c, at.y + 1, at.x + 3, at.w - 6, ROLE_DIM,
                    str_of(p->job ? _("counting ...") : _("no answer")));
    vec_done(&l.list);
    arena_done(&a);
}
