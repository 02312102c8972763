/* sequence_kind.c - one customer's sequence on the screen: stepped through by session and by failure,
 * replayed, searched, marked; with panes for the event under the cursor and the customer; and on to everyone
 * with the same failure. */
#include "config.h"

#include <stdlib.h>

#include "app/event_search.h"
#include "app/marks.h"
#include "app/mask.h"
#include "app/replay.h"
#include "base/nls.h"
#include "base/os.h"
#include "render/sequence_panel.h"
#include "render/ticket_note.h"
#include "tui/result_kind.h"
#include "tui/result_screen.h"
#include "tui/tui.h"

enum { WIDE = 120, SIDE = 42, BOTTOM = 9, BOTTOM_FROM = 18 };
enum pane { PANE_NONE, PANE_EVENT, PANE_PERSON, PANES };

struct own {
    enum pane pane; /* under the events, where there is no room beside them */
    struct replay replay;
    char *pattern;           /* of the last search */
    bool has_time, is_ahead; /* is_ahead: the time belongs to the customer who is waited for */
    int64_t time;            /* of the event under the cursor: another filter must not lose it */
};

static struct own *own_of(const struct result_screen *s)
{
    return result_own(s);
}

static const struct rows *rows_of(const struct result_screen *s)
{
    return &result_result(s)->rows;
}

static size_t row_here(struct result_screen *s)
{
    return result_chart(s)->row;
}

static const struct value *cell(struct result_screen *s, size_t row, const char *column)
{
    return rows_get(rows_of(s), row, column);
}

/* As the answer names him; as he was asked for until there is one. */
static struct str customer(const struct result_screen *s)
{
    const struct result *r = result_result(s);
    const struct value *user = r ? object_get(&r->summary, "user") : NULL;
    return user && user->type == VALUE_TEXT ? user->text : str_of(query_get(result_question(s), "id"));
}

static void say(struct result_screen *s, const char *text)
{
    tui_status(result_tui(s), ROLE_STATUS, "%s", text);
}

/* ---- stepping */

/* First row of the session or a later one; sessions ascend, so halving finds it. */
static size_t session_row(struct result_screen *s, int64_t session)
{
    size_t from = 0, to = rows_of(s)->n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (cell(s, mid, "session")->i < session)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

static void step_session(struct result_screen *s, int direction)
{
    size_t row = row_here(s), n = rows_of(s)->n;
    if (row >= n)
        return;
    int64_t here = cell(s, row, "session")->i;
    size_t first = session_row(s, here), next = session_row(s, here + 1);
    if (direction > 0)
        row = next < n ? next : row;
    else
        row = first > 0 ? session_row(s, cell(s, first - 1, "session")->i) : first;
    chart_widget_show(result_chart(s), row);
}

static void step_failure(struct result_screen *s, int direction)
{
    for (size_t row = row_here(s) + (size_t)direction; row < rows_of(s)->n; row += (size_t)direction)
        if (cell(s, row, "failed")->truth) {
            chart_widget_show(result_chart(s), row);
            return;
        }
    say(s, direction > 0 ? _("No failure further on") : _("No failure before"));
}

/* With what the customer is in this list for; else with his first event. */
static void begin_at(struct result_screen *s, const struct screen *list)
{
    struct own *o = own_of(s);
    o->has_time = list->type->moment && list->type->moment(list, &o->time);
    o->is_ahead = true;
}

/* To the customer before or behind in the list this one was opened from. */
static void step_customer(struct result_screen *s, int direction)
{
    struct screen *list = result_below(s);
    struct str next;
    size_t place, of;
    if (!list || !list->type->neighbour ||
        !list->type->neighbour(list, customer(s), direction, &next, &place, &of)) {
        say(s, _("There is no list of customers to go on in, or this is its end"));
        return;
    }
    struct buf id = {0};
    buf_str(&id, next);
    result_chart(s)->row = 0;
    result_chart(s)->view.scroll = 0;
    begin_at(s, list);
    own_of(s)->replay = (struct replay){.speed = own_of(s)->replay.speed};
    result_set(s, "id", id.p);
    buf_done(&id);
}

/* ---- what is shown */

static void toggle(struct result_screen *s, const char *param, const char *value)
{
    result_set(s, param, query_get(result_question(s), param) ? NULL : value);
}

static void next_pane(struct result_screen *s, int direction)
{
    struct own *o = own_of(s);
    o->pane = (enum pane)(((int)o->pane + direction + PANES) % PANES);
}

static void search(struct result_screen *s, int direction)
{
    struct err err = {0};
    size_t row;
    const char *pattern = own_of(s)->pattern;
    if (!pattern)
        return;
    if (!event_search(rows_of(s), row_here(s), direction, pattern, &row, &err))
        tui_fail(result_tui(s), &err);
    else if (row < rows_of(s)->n)
        chart_widget_show(result_chart(s), row);
    else
        tui_status(result_tui(s), ROLE_WARN, _("Not found: %s"), pattern);
}

static void begin_search(void *arg, const char *text)
{
    struct result_screen *s = arg;
    struct own *o = own_of(s);
    free(o->pattern);
    o->pattern = *text ? mem_strdup(text) : NULL;
    if (result_result(s))
        search(s, 1);
}

/* ---- bookmarks */

static int64_t time_here(struct result_screen *s)
{
    return cell(s, row_here(s), "time")->i;
}

static void mark(struct result_screen *s)
{
    if (row_here(s) >= rows_of(s)->n)
        return;
    bool set = marks_toggle(tui_marks(result_tui(s)), customer(s), time_here(s));
    say(s, set ? _("Marked with *; ' goes from mark to mark") : _("The mark is gone"));
}

/* The first row not before `time`. */
static size_t row_at(struct result_screen *s, int64_t time)
{
    size_t from = 0, to = rows_of(s)->n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (cell(s, mid, "time")->i < time)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

static void go_to_time(struct result_screen *s, int64_t time)
{
    size_t row = row_at(s, time), n = rows_of(s)->n;
    if (n)
        chart_widget_show(result_chart(s), row < n ? row : n - 1);
}

/* False: there is none, and the frame may go to its own bookmarks. */
static bool go_to_mark(struct result_screen *s)
{
    int64_t time;
    if (row_here(s) >= rows_of(s)->n ||
        !marks_next(tui_marks(result_tui(s)), customer(s), time_here(s), &time))
        return false;
    go_to_time(s, time);
    return true;
}

static void draw_marks(struct result_screen *s, struct canvas *c, struct rect at)
{
    const struct chart_widget *w = result_chart(s);
    const struct marks *m = tui_marks(result_tui(s));
    for (size_t i = 0; m->list.n && i < w->spots.list.n; i++) {
        const struct spot *spot = &w->spots.list.at[i];
        const struct value *time = rows_get(&w->result->rows, spot->row, "time");
        if (time && marks_has(m, customer(s), time->i))
            canvas_text(c, spot->at.y, at.x, 1, ROLE_STRONG, STR("*"));
    }
}

/* ---- replaying */

static double gap_before(const void *arg, size_t row)
{
    const struct value *gap = rows_get(arg, row, "gap_s");
    return gap && gap->type == VALUE_SECONDS ? gap->d : 0;
}

/* The newest event is the one under the cursor, on the last line. */
static void follow(struct result_screen *s)
{
    struct chart_widget *w = result_chart(s);
    const struct replay *r = &own_of(s)->replay;
    w->view.upto = r->shown;
    if (r->shown) {
        w->row = r->shown - 1;
        w->view.scroll = (int)r->shown;
        w->view.selected = -1;
    }
}

static void play(struct result_screen *s)
{
    struct replay *r = &own_of(s)->replay;
    if (!rows_of(s)->n)
        return;
    if (r->playing)
        replay_stop(r);
    else
        replay_start(r, row_here(s), os_monotonic_us());
    follow(s);
}

/* All events again. */
static bool leave_replay(struct result_screen *s)
{
    struct own *o = own_of(s);
    if (!o->replay.shown)
        return false;
    o->replay = (struct replay){.speed = o->replay.speed};
    result_chart(s)->view.upto = 0;
    chart_widget_show(result_chart(s), row_here(s));
    return true;
}

static void change_speed(struct result_screen *s, int direction)
{
    struct replay *r = &own_of(s)->replay;
    replay_faster(r, direction);
    tui_status(result_tui(s), ROLE_STATUS, _("Replay at %d times the speed"), replay_times(r));
}

static bool sequence_tick(struct result_screen *s)
{
    struct own *o = own_of(s);
    if (!o->replay.playing || !result_result(s))
        return false;
    bool changed = replay_tick(&o->replay, os_monotonic_us(), rows_of(s)->n, gap_before, rows_of(s));
    if (!changed)
        return false;
    if (o->replay.shown) {
        follow(s);
    } else { /* the end: everything is there */
        result_chart(s)->view.upto = 0;
        say(s, _("The replay is over"));
    }
    return true;
}

static int sequence_pace(const struct result_screen *s)
{
    const struct replay *r = &own_of(s)->replay;
    int64_t wait = (r->due_us - os_monotonic_us()) / 1000;
    return !r->playing ? -1 : wait < 0 ? 0 : wait > 1000 ? 1000 : (int)wait + 1;
}

/* ---- on from here */

static void open_event(struct result_screen *s)
{
    if (row_here(s) < rows_of(s)->n)
        result_open_row(s, _("Event"), row_here(s));
}

/* A reason that only says "fail" is common to much that has nothing else in common: then the event counts,
 * too. */
static bool is_plain(const struct result_screen *s, struct str property)
{
    const struct value *roles = object_get(&result_result(s)->summary, "roles");
    const struct value *outcome =
        roles && roles->type == VALUE_OBJECT ? object_get(roles->object, "outcome") : NULL;
    for (size_t i = 0; outcome && outcome->type == VALUE_LIST && i < outcome->list.n; i++)
        if (str_eq(outcome->list.at[i].text, property))
            return true;
    return false;
}

static void open_same(struct result_screen *s)
{
    const struct value *reason = row_here(s) < rows_of(s)->n ? cell(s, row_here(s), "reason") : NULL;
    struct buf text = {0};
    struct query q;
    if (!reason || reason->type != VALUE_OBJECT) {
        say(s, _("This event did not fail; . goes to the next failure"));
        return;
    }
    struct str property = object_get(reason->object, "property")->text,
               value = object_get(reason->object, "value")->text;
    query_init(&q, "failure");
    buf_str(&text, value);
    query_add(&q, "reason", text.p);
    buf_clear(&text);
    buf_str(&text, property);
    query_add(&q, "property", text.p);
    if (is_plain(s, property)) {
        buf_clear(&text);
        buf_putc(&text, '`');
        buf_str(&text, cell(s, row_here(s), "event")->text);
        buf_putc(&text, '`');
        query_add(&q, "where", text.p);
    }
    result_open_query(s, &q);
    query_done(&q);
    buf_done(&text);
}

static void open_note(struct result_screen *s)
{
    struct buf text = {0};
    size_t row = row_here(s), n = rows_of(s)->n;
    if (row >= n)
        return;
    int64_t session = cell(s, row, "session")->i;
    ticket_note_put(result_result(s), session_row(s, session), session_row(s, session + 1), &text);
    tui_page(result_tui(s), _("Note for a ticket"), text.p);
    buf_done(&text);
}

static bool put_event(struct result_screen *s, struct buf *out)
{
    if (!result_result(s) || row_here(s) >= rows_of(s)->n)
        return false;
    buf_str(out, cell(s, row_here(s), "event")->text);
    return true;
}

/* ---- the kind */

static bool act_on_rows(struct result_screen *s, enum action a)
{
    switch (a) {
    case ACTION_ENTER: open_event(s); return true;
    case ACTION_USERS: open_same(s); return true;
    case ACTION_TICKET_NOTE: open_note(s); return true;
    case ACTION_PREVIOUS_STEP: step_session(s, -1); return true;
    case ACTION_NEXT_STEP: step_session(s, 1); return true;
    case ACTION_PREVIOUS_FAILURE: step_failure(s, -1); return true;
    case ACTION_NEXT_FAILURE: step_failure(s, 1); return true;
    case ACTION_SEARCH:
        tui_ask(result_tui(s), _("Search (a regular expression):"),
                own_of(s)->pattern ? own_of(s)->pattern : "", 0, begin_search, s);
        return true;
    case ACTION_SEARCH_NEXT: search(s, 1); return true;
    case ACTION_SEARCH_PREVIOUS: search(s, -1); return true;
    case ACTION_BOOKMARK: mark(s); return true;
    case ACTION_BOOKMARKS: return go_to_mark(s);
    case ACTION_PLAY: play(s); return true;
    default: return false;
    }
}

/* Moving about ends a replay: what was hidden is there again. */
static void end_replay_on(struct result_screen *s, enum action a)
{
    if (a != ACTION_PLAY && a != ACTION_FINER && a != ACTION_COARSER && a != ACTION_NEXT_PANE &&
        a != ACTION_PREVIOUS_PANE && a != ACTION_ENTER && a != ACTION_BOOKMARK && a != ACTION_TICKET_NOTE)
        leave_replay(s);
}

static bool sequence_act(struct result_screen *s, enum action a)
{
    bool replaying = own_of(s)->replay.shown;
    if (result_result(s))
        end_replay_on(s, a);
    if (a == ACTION_BACK && replaying)
        return true; /* out of the replay first */
    switch (a) {
    case ACTION_FAILURES: toggle(s, "errors", ""); return true;
    case ACTION_BEATS: toggle(s, "beats", "hide"); return true;
    case ACTION_FIRST_STEP: step_customer(s, -1); return true;
    case ACTION_LAST_STEP: step_customer(s, 1); return true;
    case ACTION_NEXT_PANE: next_pane(s, 1); return true;
    case ACTION_PREVIOUS_PANE: next_pane(s, -1); return true;
    case ACTION_FINER: change_speed(s, 1); return true;
    case ACTION_COARSER: change_speed(s, -1); return true;
    default: return result_result(s) && act_on_rows(s, a);
    }
}

static bool sequence_lacks(const struct result_screen *s, enum action a)
{
    const struct result *r = result_result(s);
    const struct value *failures = r ? object_get(&r->summary, "failures") : NULL;
    switch (a) {
    case ACTION_NEXT_FAILURE:
    case ACTION_FAILURES:
    case ACTION_USERS: return !failures || failures->i == 0;
    case ACTION_PLAY:
    case ACTION_TICKET_NOTE: return !r || !r->rows.n;
    default: return false;
    }
}

static void draw_pane(struct result_screen *s, enum pane pane, struct canvas *c, struct rect at)
{
    canvas_clear(c, at, ROLE_TEXT);
    if (pane == PANE_EVENT && row_here(s) < rows_of(s)->n)
        sequence_panel_event(result_result(s), row_here(s), c, at);
    else
        sequence_panel_person(result_result(s), c, at);
}

static void draw_replay(const struct result_screen *s, struct canvas *c, struct rect at)
{
    const struct replay *r = &own_of(s)->replay;
    struct buf text = {0};
    if (!r->shown)
        return;
    buf_printf(&text, r->playing ? _("playing %dx  %zu of %zu") : _("stopped %dx  %zu of %zu"),
               replay_times(r), r->shown, rows_of(s)->n);
    canvas_right(c, at.y + at.h - 1, at.x, at.w, ROLE_STATUS, buf_view(&text));
    buf_done(&text);
}

/* A pane that opens, or a smaller window, must not lose the event the cursor is on. */
static void stay_in_view(struct result_screen *s, int h)
{
    struct chart_widget *w = result_chart(s);
    if (w->area_h == h || !w->area_h || own_of(s)->replay.shown)
        return;
    w->area_h = h;
    chart_widget_show(w, w->row);
}

static void keep_time(struct result_screen *s)
{
    struct own *o = own_of(s);
    if (o->is_ahead)
        return;
    o->has_time = row_here(s) < rows_of(s)->n;
    if (o->has_time)
        o->time = time_here(s);
}

static void sequence_draw(struct result_screen *s, struct canvas *c, struct rect at)
{
    struct rect events = at;
    enum pane pane = own_of(s)->pane;
    bool wide = at.w >= WIDE && !result_chart(s)->view.table,
         below = !wide && pane != PANE_NONE && at.h >= BOTTOM_FROM;
    events.w -= wide ? SIDE : 0;
    events.h -= below ? BOTTOM : 0;
    stay_in_view(s, events.h - 1);
    chart_widget_draw(result_chart(s), c, events);
    draw_marks(s, c, events);
    draw_replay(s, c, events);
    keep_time(s);
    if (wide) {
        struct rect side = {at.y, at.x + events.w + 1, at.h / 2, SIDE - 1};
        draw_pane(s, PANE_EVENT, c, side);
        side.y += side.h;
        side.h = at.h - side.h;
        draw_pane(s, PANE_PERSON, c, side);
    } else if (below) {
        draw_pane(s, pane, c, (struct rect){at.y + events.h, at.x, BOTTOM, at.w});
    }
}

static void sequence_put_title(const struct result_screen *s, struct buf *out)
{
    struct screen *list = result_below(s);
    struct str id = customer(s), same;
    size_t place, of;
    buf_printf(out, "%s ", _("Sequence"));
    mask_put_id(out, tui_settings(result_tui(s)), id);
    if (list && list->type->neighbour && list->type->neighbour(list, id, 0, &same, &place, &of) && of > 1)
        buf_printf(out, "  %zu/%zu", place, of);
}

/* The answer has changed, and with it what the numbers of its rows mean. */
static void sequence_answered(struct result_screen *s)
{
    struct own *o = own_of(s);
    o->replay = (struct replay){.speed = o->replay.speed};
    result_chart(s)->view.upto = 0;
    o->is_ahead = false;
    if (o->has_time && result_result(s))
        go_to_time(s, o->time);
}

static void *sequence_open(struct result_screen *s)
{
    struct own *o = mem_zalloc(sizeof(*o));
    (void)s;
    o->replay.speed = 2;
    return o;
}

static void sequence_close(void *own)
{
    struct own *o = own;
    free(o->pattern);
    free(o);
}

struct screen *sequence_screen_new(struct tui *t, const struct query *q, const struct screen *list)
{
    struct screen *s = result_screen_new(t, q);
    begin_at(result_of_screen(s), list);
    return s;
}

const struct result_kind sequence_kind = {
    .analysis = "user",
    .context = CONTEXT_SEQUENCE,
    .open = sequence_open,
    .close = sequence_close,
    .act = sequence_act,
    .lacks = sequence_lacks,
    .draw = sequence_draw,
    .put_title = sequence_put_title,
    .put_event = put_event,
    .tick = sequence_tick,
    .pace = sequence_pace,
    .answered = sequence_answered,
    .alone = true,
};
