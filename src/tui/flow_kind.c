/* flow_kind.c - what is special to flows: a Sankey moves sideways by steps, begins anew at the event under
 * the cursor, marks exactly who passes it, folds and unfolds. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/nls.h"
#include "base/num.h"
#include "render/tree_chart.h"
#include "tui/flow_focus.h"
#include "tui/flow_name.h"
#include "tui/result_kind.h"
#include "tui/tui.h"

enum { FOLD_MOST = 20 };

struct flow {
    struct flow_focus *focus;
    bool *open; /* of a tree, per row */
};

static const char *who_here(struct result_screen *s)
{
    const struct spot *spot = result_result(s) ? chart_widget_spot(result_chart(s)) : NULL;
    const char *who = spot ? spot->who : NULL;
    return who && strncmp(who, "path ", 5) != 0 ? who : NULL; /* of whole paths there is no event */
}

static bool is_picture(struct result_screen *s)
{
    return result_result(s) && result_result(s)->picture == PICTURE_FLOW && !result_chart(s)->view.table;
}

static void say(struct result_screen *s, const char *text)
{
    tui_status(result_tui(s), ROLE_STATUS, "%s", text);
}

/* ---- the focus */

static void *paths_open(struct result_screen *s)
{
    struct flow *f = mem_zalloc(sizeof *f);
    (void)s;
    f->focus = flow_focus_new();
    return f;
}

static void paths_close(void *own)
{
    struct flow *f = own;
    flow_focus_free(f->focus);
    free(f->open);
    free(f);
}

static bool is_tree(struct result_screen *s)
{
    return result_result(s) && result_result(s)->picture == PICTURE_TREE && !result_chart(s)->view.table;
}

static void paths_answered(struct result_screen *s)
{
    struct flow *f = result_own(s);
    const struct result *r = result_result(s);
    flow_focus_forget(f->focus);
    result_chart(s)->view.through = NULL;
    free(f->open);
    f->open = NULL;
    if (r && r->picture == PICTURE_TREE) {
        f->open = mem_zalloc(r->rows.n + 1);
        tree_chart_begin(r, f->open);
    }
    result_chart(s)->view.open = f->open;
}

static bool paths_tick(struct result_screen *s)
{
    struct flow *f = result_own(s);
    return flow_focus_tick(f->focus);
}

static bool paths_is_busy(const struct result_screen *s)
{
    return flow_focus_is_busy(((const struct flow *)result_own(s))->focus);
}

static bool same_who(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Which node is under the cursor may turn out while drawing; then it is drawn once more with what is known of
 * that one. */
static void paths_draw(struct result_screen *s, struct canvas *c, struct rect at)
{
    struct chart_widget *chart = result_chart(s);
    for (int pass = 0; pass < 2; pass++) {
        const char *who = chart->who;
        bool asked = is_picture(s) && who && strncmp(who, "compare ", 8) != 0;
        chart->view.through = asked ? flow_focus_get(((struct flow *)result_own(s))->focus, s, who) : NULL;
        chart_widget_draw(chart, c, at);
        if (!is_picture(s) || same_who(who, chart->who))
            break;
    }
}

/* ---- changing the question */

static void begin_anew(struct result_screen *s)
{
    struct chart_widget *chart = result_chart(s);
    chart->row = 0;
    chart->group = 0;
    chart->who = NULL; /* or the cursor would go back to that node while the answer is waited for */
    chart->view.scroll = 0;
    result_ask(s);
}

static bool is_now(struct result_screen *s, const char *param, const char *value)
{
    const char *now = query_get(result_question(s), param);
    return now && strcmp(now, value) == 0;
}

/* Paths begin at the event; asked again they end there, then lie around it, then are whole again. */
static void reroot(struct result_screen *s)
{
    static const char *const param[] = {"start", "end", "centre"};
    struct buf condition = {0};
    const char *who = who_here(s);
    int next = 0;
    if (!who || !flow_name_condition(result_question(s), who, false, &condition)) {
        say(s, _("There is no event under the cursor to begin at"));
        buf_done(&condition);
        return;
    }
    for (int i = 0; i < 3; i++)
        next = is_now(s, param[i], condition.p) ? i + 1 : next;
    struct query *q = result_change(s);
    for (int i = 0; i < 3; i++)
        query_set(q, param[i], i == next ? condition.p : NULL);
    begin_anew(s);
    say(s, next == 0   ? _("Paths begin here; r again: they end here")
           : next == 1 ? _("Paths end here, counted backwards; r again: around it")
           : next == 2 ? _("Paths lie around it; r again: whole paths")
                       : _("Whole paths"));
    buf_done(&condition);
}

static void hide(struct result_screen *s)
{
    struct buf event = {0}, both = {0};
    const char *who = who_here(s), *now = query_get(result_question(s), "hide");
    if (!who || !flow_name_condition(result_question(s), who, true, &event)) {
        say(s, _("There is no event under the cursor to leave out"));
    } else {
        if (now)
            buf_printf(&both, "(%s) or ", now);
        buf_str(&both, buf_view(&event));
        result_set(s, "hide", both.p);
    }
    buf_done(&event);
    buf_done(&both);
}

/* Only the paths through what the cursor is on; the same again: without. */
static void toggle_through(struct result_screen *s)
{
    const char *who = who_here(s);
    if (!who || strncmp(who, "compare ", 8) == 0) {
        say(s, _("There is no node or flow under the cursor"));
        return;
    }
    size_t n = query_count(result_question(s), "through"), at = 0;
    while (at < n && strcmp(query_nth(result_question(s), "through", at), who) != 0)
        at++;
    struct buf name = {0};
    buf_puts(&name, who);
    struct query *q = result_change(s);
    if (at < n)
        query_remove(q, "through", at);
    else
        query_add(q, "through", name.p);
    result_ask(s);
    tui_status(result_tui(s), ROLE_STATUS,
               at < n ? _("No longer only paths through %s")
                      : _("Only paths through %s; v again: all of them"),
               name.p);
    buf_done(&name);
}

static void set_sets(void *arg, const char *text)
{
    struct result_screen *s = arg;
    struct str rest = str_of(text);
    struct query *q = result_change(s);
    query_set(q, "set", NULL);
    while (rest.p && rest.n) {
        struct str one = str_trim(str_cut(&rest, ','));
        struct buf name = {0};
        buf_str(&name, one);
        if (one.n)
            query_add(q, "set", name.p);
        buf_done(&name);
    }
    result_ask(s);
}

static void ask_sets(struct result_screen *s)
{
    struct buf now = {0};
    for (size_t i = 0; i < query_count(result_question(s), "set"); i++)
        buf_printf(&now, "%s%s", i ? ", " : "", query_nth(result_question(s), "set", i));
    tui_ask(result_tui(s), _("Page sets, or fund_*, with commas:"), now.p ? now.p : "", 0, set_sets, s);
    buf_done(&now);
}

static void open_around(struct result_screen *s)
{
    static const char *const kept[] = {"segment", "where",    "from",          "to",         "tz",
                                       "gap",     "midnight", "session-start", "session-end"};
    struct buf condition = {0};
    const char *who = who_here(s);
    if (!who || !flow_name_condition(result_question(s), who, false, &condition)) {
        say(s, _("There is no event under the cursor"));
    } else {
        struct query q;
        query_init(&q, "transitions");
        query_add(&q, "event", condition.p);
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
            if (query_get(result_question(s), kept[i]))
                query_add(&q, kept[i], query_get(result_question(s), kept[i]));
        result_open_query(s, &q);
        query_done(&q);
    }
    buf_done(&condition);
}

/* ---- looking */

static void show_step(struct result_screen *s, int to)
{
    result_chart(s)->view.scroll = to < 0 ? 0 : to; /* the chart clamps what is too far */
}

static void fold(struct result_screen *s, int direction)
{
    struct chart_view *v = &result_chart(s)->view;
    v->fold += direction;
    v->fold = v->fold < -FOLD_MOST ? -FOLD_MOST : v->fold > FOLD_MOST ? FOLD_MOST : v->fold;
}

/* What the picture folded together is unfolded by drawing more; what the answer folded by asking for more
 * names. False: neither. */
static bool unfold(struct result_screen *s)
{
    const struct spot *spot = result_result(s) ? chart_widget_spot(result_chart(s)) : NULL;
    if (!spot || !is_picture(s) || spot->group >= 1000)
        return false;
    if (!spot->who) {
        fold(s, -2);
        say(s, _("More nodes are drawn; - folds them again"));
        return true;
    }
    if (!flow_name_is_other(spot->who))
        return false;
    const struct value *top = object_get(&result_result(s)->parameters, "top");
    struct buf more = {0};
    num_put_i64(&more, top && top->type == VALUE_INT && top->i > 0 ? 2 * top->i : 0);
    fold(s, -2);
    result_set(s, "top", more.p);
    tui_status(result_tui(s), ROLE_STATUS,
               _("The %s most frequent names of each step have nodes of their own now; z undoes"), more.p);
    buf_done(&more);
    return true;
}

static bool act_on_picture(struct result_screen *s, enum action a)
{
    struct chart_widget *chart = result_chart(s);
    switch (a) {
    case ACTION_ENTER: return unfold(s);
    case ACTION_NEXT_PANE:
    case ACTION_PREVIOUS_PANE: chart_widget_flows(chart); return true;
    case ACTION_PREVIOUS_STEP: show_step(s, chart->view.scroll - 1); return true;
    case ACTION_NEXT_STEP: show_step(s, chart->view.scroll + 1); return true;
    case ACTION_FIRST_STEP: show_step(s, 0); return true;
    case ACTION_LAST_STEP: show_step(s, 1000); return true;
    case ACTION_FINER: fold(s, -1); return true;
    case ACTION_COARSER: fold(s, 1); return true;
    default: return false;
    }
}

/* ---- the tree */

static bool set_open(struct result_screen *s, bool open)
{
    struct flow *f = result_own(s);
    size_t row = result_chart(s)->row;
    if (row >= result_result(s)->rows.n || !tree_chart_has_children(result_result(s), row) ||
        f->open[row] == open)
        return false;
    f->open[row] = open;
    return true;
}

/* Left closes a row, on a closed one it goes to the row above it. */
static void close_row(struct result_screen *s)
{
    const struct result *r = result_result(s);
    size_t parent = set_open(s, false) ? r->rows.n : tree_chart_parent(r, result_chart(s)->row);
    if (parent < r->rows.n)
        result_chart(s)->row = parent;
}

static void open_all(struct result_screen *s, bool open)
{
    struct flow *f = result_own(s);
    for (size_t i = 0; i < result_result(s)->rows.n; i++)
        f->open[i] = open;
}

static bool act_on_tree(struct result_screen *s, enum action a)
{
    switch (a) {
    case ACTION_ENTER:
        if (!set_open(s, true))
            set_open(s, false);
        return true;
    case ACTION_RIGHT: set_open(s, true); return true;
    case ACTION_LEFT: close_row(s); return true;
    case ACTION_FINER: open_all(s, true); return true;
    case ACTION_COARSER: open_all(s, false); return true;
    default: return false;
    }
}

/* From the picture to the table, to the tree and back to the picture. */
static bool next_view(struct result_screen *s)
{
    const struct query *q = result_question(s);
    if (query_get(q, "list") || query_get(q, "rare") || is_picture(s))
        return false; /* the common way: the table */
    if (query_get(q, "tree")) {
        result_set(s, "tree", NULL);
        return true;
    }
    result_change_view(s)->table = false;
    struct query *tree = result_change(s);
    query_set(tree, "tree", "");
    query_set(tree, "compare", NULL);
    query_set(tree, "top", NULL);
    result_ask(s);
    say(s, _("How paths begin; Enter opens and closes, u lists the customers, t: the Sankey again"));
    return true;
}

static bool paths_act(struct result_screen *s, enum action a)
{
    if (is_picture(s) && act_on_picture(s, a))
        return true;
    if (is_tree(s) && act_on_tree(s, a))
        return true;
    if (a == ACTION_TABLE && result_result(s))
        return next_view(s);
    switch (a) {
    case ACTION_REROOT: reroot(s); return true;
    case ACTION_HIDE: hide(s); return true;
    case ACTION_THROUGH: toggle_through(s); return true;
    case ACTION_SETS: ask_sets(s); return true;
    case ACTION_AROUND: open_around(s); return true;
    default: return false;
    }
}

static bool paths_put_event(struct result_screen *s, struct buf *out)
{
    const char *who = who_here(s);
    return who && flow_name_event(result_question(s), who, true, out);
}

static void paths_put_title(const struct result_screen *s, struct buf *out)
{
    const struct query *q = result_question(s);
    buf_puts(out, query_get(q, "tree")   ? _("How paths begin")
                  : query_get(q, "rare") ? _("Unusual paths")
                  : query_get(q, "list") ? _("Whole paths")
                                         : _("Sankey"));
}

const struct result_kind paths_kind = {
    .analysis = "paths",
    .context = CONTEXT_FLOW,
    .open = paths_open,
    .close = paths_close,
    .act = paths_act,
    .draw = paths_draw,
    .tick = paths_tick,
    .is_busy = paths_is_busy,
    .answered = paths_answered,
    .put_title = paths_put_title,
    .put_event = paths_put_event,
};

const struct result_kind transitions_kind = {
    .analysis = "transitions",
    .context = CONTEXT_CHART,
};
