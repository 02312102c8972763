/* home_screen.c - the first screen: what is known of the data at a glance, and the ways from here. Its
 * questions run as jobs; every line that leads somewhere is an item, Enter opens it. */
#include "config.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/nls.h"
#include "tui/first_question.h"
#include "tui/home_p.h"
#include "tui/home_screen.h"
#include "tui/result_screen.h"

enum { DAYS = 30 };

/* ---- asking */

/* The local day so many days before the last event, as --from and --to take it; false: there are no events.
 */
static bool put_day(const struct result *info, int before, struct buf *out)
{
    const struct value *last = object_get(&info->summary, "last");
    struct civil day;
    if (!last || last->type != VALUE_TIME)
        return false;
    date_civil(zone_local(info->zone, last->i) - before * US_PER_DAY, &day);
    buf_clear(out);
    buf_printf(out, "%04d-%02d-%02d", day.year, day.month, day.day);
    return true;
}

static bool put_range(const struct home *h, struct query *q, int from, int to)
{
    struct buf day = {0};
    bool ok = h->info && put_day(h->info, from, &day);
    if (ok) {
        query_add(q, "from", day.p);
        put_day(h->info, to, &day);
        query_add(q, "to", day.p);
    }
    buf_done(&day);
    return ok;
}

/* False: there is nothing to ask. The query is to be freed either way. */
static bool put_question(const struct home *h, enum home_part part, struct query *q)
{
    if (part == HOME_FUNNEL) {
        first_question(tui_workspace(h->screen.tui), "funnel", q);
        return query_count(q, "step") > 0;
    }
    query_init(q, "events");
    query_add(q, "unit", part == HOME_DAYS ? "day" : "all");
    if (part == HOME_EVENTS) {
        query_add(q, "by", "event");
        query_add(q, "top", "40"); /* as many as a tall screen has room for */
        return true;
    }
    query_add(q, "metric", "users");
    if (part == HOME_ACTIVE)
        return put_range(h, q, DAYS - 1, 0);
    return part == HOME_DAYS || put_range(h, q, 2 * DAYS - 1, DAYS);
}

static void drop_job(struct home *h, enum home_part part)
{
    if (!h->job[part])
        return;
    job_cancel(h->job[part]);
    result_free(job_take(h->job[part], NULL));
    h->job[part] = NULL;
}

static void ask(struct home *h, enum home_part part)
{
    struct query q;
    struct tui *t = h->screen.tui;
    drop_job(h, part);
    if (put_question(h, part, &q)) {
        query_set(&q, "segment", tui_carried(t));
        h->job[part] = job_start(tui_workspace(t), &q, tui_wake_fd(t));
    }
    query_done(&q);
}

/* One note of the store: nothing to wait for. */
static void read_saved(struct home *h)
{
    struct query q;
    result_free(h->saved);
    h->items.n = 0; /* they point into it, until the next drawing */
    query_init(&q, "question list");
    h->saved = workspace_keep(workspace_dir(tui_workspace(h->screen.tui)), &q, NULL, NULL);
    query_done(&q);
}

static void home_refresh(struct screen *s)
{
    struct home *h = (struct home *)s;
    h->err = (struct err){0};
    h->info = tui_info(s->tui, &h->err);
    read_saved(h);
    for (int part = 0; part < HOME_PARTS; part++)
        ask(h, (enum home_part)part);
}

static void home_carry(struct screen *s, const char *condition)
{
    (void)condition; /* asking again asks about it */
    home_refresh(s);
}

static bool home_tick(struct screen *s)
{
    struct home *h = (struct home *)s;
    bool changed = false;
    for (int part = 0; part < HOME_PARTS; part++) {
        if (!h->job[part] || !job_done(h->job[part]))
            continue;
        struct result *r = job_take(h->job[part], &h->err);
        h->job[part] = NULL;
        if (r) {
            result_free(h->result[part]);
            h->result[part] = r;
            h->items.n = 0; /* they point into it, until the next drawing */
        }
        changed = true;
    }
    return changed;
}

static bool home_busy(const struct screen *s)
{
    const struct home *h = (const struct home *)s;
    for (int part = 0; part < HOME_PARTS; part++)
        if (h->job[part])
            return true;
    return false;
}

static bool home_cancel(struct screen *s)
{
    struct home *h = (struct home *)s;
    bool busy = home_busy(s);
    for (int part = 0; part < HOME_PARTS; part++)
        if (h->job[part])
            job_cancel(h->job[part]);
    return busy;
}

/* ---- looking */

static void home_title(const struct screen *s, struct buf *out)
{
    (void)s;
    buf_puts(out, _("Home"));
}

static void home_subtitle(const struct screen *s, struct buf *out)
{
    home_view_subtitle((const struct home *)s, out);
}

static void home_draw(struct screen *s, struct canvas *c, struct rect at)
{
    home_view_draw((struct home *)s, c, at);
}

/* ---- acting */

static void open_event(struct home *h, struct str event)
{
    struct query q;
    query_init(&q, "events");
    struct buf where = {0};
    buf_printf(&where, "`%.*s`", (int)event.n, event.p);
    query_add(&q, "where", where.p);
    query_set(&q, "segment", tui_carried(h->screen.tui));
    tui_push(h->screen.tui, result_screen_new(h->screen.tui, &q));
    query_done(&q);
    buf_done(&where);
}

/* The digit that leads to answers of this kind; Home's own for others. */
static int root_of(const char *analysis)
{
    static const struct {
        const char *analysis;
        int root;
    } roots[] = {{"user", 3},        {"find", 3},      {"funnel", 4}, {"paths", 5},
                 {"transitions", 5}, {"retention", 6}, {"events", 7}, {"distribution", 8}};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (strcmp(analysis, roots[i].analysis) == 0)
            return roots[i].root;
    return 1;
}

static void open_saved(struct home *h, size_t nth)
{
    struct query q;
    struct err err = {0};
    struct tui *t = h->screen.tui;
    struct buf command = {0};
    buf_str(&command, rows_get(&h->saved->rows, nth, "question")->text);
    if (query_parse(&q, buf_view(&command), &err)) {
        struct kept_line line = {.text = command.p, .customers = -1, .root = root_of(q.analysis)};
        query_done(&q);
        tui_open_kept(t, &line);
    } else {
        tui_fail(t, &err);
    }
    buf_done(&command);
}

static void enter(struct home *h)
{
    struct tui *t = h->screen.tui;
    if (h->selected < 0 || (size_t)h->selected >= h->items.n)
        return;
    struct home_item item = h->items.at[h->selected];
    if (item.action)
        tui_act(t, item.action);
    else if (item.recent)
        tui_open_kept(t, &tui_recent(t)->lines.at[item.recent - 1]);
    else if (item.saved)
        open_saved(h, item.saved - 1);
    else if (item.event.n && item.event.p[0] != '(')
        open_event(h, item.event);
}

/* The item of the other column that is nearest in height. */
static int other_column(const struct home *h)
{
    int best = h->selected;
    if ((size_t)h->selected >= h->items.n)
        return best;
    const struct rect here = h->items.at[h->selected].at;
    for (size_t i = 0; i < h->items.n; i++) {
        const struct rect at = h->items.at[i].at;
        bool other = (at.x < here.w / 2) != (here.x < here.w / 2);
        if (other && (best == h->selected || abs(at.y - here.y) < abs(h->items.at[best].at.y - here.y)))
            best = (int)i;
    }
    return best;
}

static bool home_act(struct screen *s, enum action a)
{
    struct home *h = (struct home *)s;
    int last = (int)h->items.n - 1, to = h->selected;
    switch (a) {
    case ACTION_UP: to--; break;
    case ACTION_DOWN: to++; break;
    case ACTION_FIRST: to = 0; break;
    case ACTION_LAST: to = last; break;
    case ACTION_LEFT:
    case ACTION_RIGHT:
    case ACTION_NEXT_PANE:
    case ACTION_PREVIOUS_PANE: to = other_column(h); break;
    case ACTION_ENTER: enter(h); return true;
    default: return false;
    }
    h->selected = to < 0 || last < 0 ? 0 : to > last ? last : to;
    return true;
}

static void home_close(struct screen *s)
{
    struct home *h = (struct home *)s;
    for (int part = 0; part < HOME_PARTS; part++) {
        drop_job(h, (enum home_part)part);
        result_free(h->result[part]);
    }
    result_free(h->saved);
    vec_done(&h->items);
}

static const struct screen_type home_type = {
    .name = "home",
    .context = CONTEXT_HOME,
    .title = home_title,
    .subtitle = home_subtitle,
    .draw = home_draw,
    .act = home_act,
    .tick = home_tick,
    .busy = home_busy,
    .refresh = home_refresh,
    .carry = home_carry,
    .cancel = home_cancel,
    .close = home_close,
};

struct screen *home_screen_new(struct tui *t)
{
    struct home *h = mem_zalloc(sizeof *h);
    h->screen.type = &home_type;
    h->screen.tui = t;
    home_refresh(&h->screen);
    return &h->screen;
}
