/* home_view.c - Home's two columns: numbers, active customers per day and the commonest events; the analyses,
 * questions asked lately, and the quality of what was loaded. */
#include "config.h"

#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "base/zone.h"
#include "model/registry.h"
#include "render/chart.h"
#include "render/glyph.h"
#include "tui/home_p.h"
#include "tui/keymap.h"

enum { SPLIT = 49, LEFT_MIN = 40, DAYS_MIN = 5, DAYS_MAX = 18, QUALITY_ROWS = 3 };

/* Of a summary; 0 when there is none. */
static int64_t number_of(const struct result *r, const char *name)
{
    const struct value *v = r ? object_get(&r->summary, name) : NULL;
    return v && v->type == VALUE_INT ? v->i : 0;
}

/* ---- the context row */

static void put_day(struct buf *out, const struct result *r, const char *name)
{
    const struct value *v = object_get(&r->summary, name);
    struct buf time = {0};
    if (v && v->type == VALUE_TIME && r->zone)
        zone_put_local(r->zone, &time, v->i);
    buf_put(out, time.n ? time.p : "-", time.n > 10 ? 10 : time.n ? time.n : 1);
    buf_done(&time);
}

void home_view_subtitle(const struct home *h, struct buf *out)
{
    if (!h->info)
        return;
    buf_printf(out, "%s ", _("Users"));
    num_put_thousands(out, number_of(h->info, "users"));
    buf_printf(out, "   %s ", _("Events"));
    num_put_thousands(out, number_of(h->info, "events"));
    buf_printf(out, "   %s ", _("Period"));
    put_day(out, h->info, "first");
    buf_puts(out, "..");
    put_day(out, h->info, "last");
}

/* ---- numbers */

static int heading(struct canvas *c, int y, int x, int w, const char *text)
{
    int used = canvas_text(c, y, x, w, ROLE_HEAD, str_of(text));
    if (used + 1 < w)
        glyph_hline(c, y, x + used + 1, w - used - 1, ROLE_RULE);
    return y + 1;
}

/* Label, number, share and change stand in columns of fixed width, so that they can be compared at a glance.
 */
static void number_line(struct canvas *c, int y, struct rect at, const char *label, int64_t n,
                        const char *share, const char *change)
{
    struct buf text = {0};
    num_put_thousands(&text, n);
    canvas_text(c, y, at.x + 1, at.w - 25, ROLE_TEXT, str_of(label));
    canvas_right(c, y, at.x + at.w - 24, 9, ROLE_STRONG, buf_view(&text));
    canvas_right(c, y, at.x + at.w - 15, 7, ROLE_TEXT, str_of(share));
    canvas_right(c, y, at.x + at.w - 8, 7, ROLE_DIM, str_of(change));
    buf_done(&text);
}

static void put_share(struct buf *out, int64_t part, int64_t whole)
{
    if (whole)
        buf_printf(out, "%.1f%%", 100.0 * (double)part / (double)whole);
}

static int64_t first_users(const struct result *r)
{
    const struct value *v = r && r->rows.n ? rows_get(&r->rows, 0, "users") : NULL;
    return v && v->type == VALUE_INT ? v->i : -1;
}

static void draw_active(const struct home *h, struct canvas *c, int y, struct rect at)
{
    int64_t now = first_users(h->result[HOME_ACTIVE]), before = first_users(h->result[HOME_BEFORE]);
    struct buf share = {0}, change = {0};
    if (now >= 0) {
        put_share(&share, now, number_of(h->info, "users"));
        if (before > 0)
            buf_printf(&change, "%+.1f%%", 100.0 * (double)(now - before) / (double)before);
        number_line(c, y, at, _("active, 30 days"), now, share.p ? share.p : "", change.p ? change.p : "");
    }
    buf_done(&share);
    buf_done(&change);
}

static void draw_conversion(const struct home *h, struct canvas *c, int y, struct rect at)
{
    const struct result *r = h->result[HOME_FUNNEL];
    const struct value *last = r && r->rows.n ? rows_get(&r->rows, r->rows.n - 1, "users") : NULL;
    const struct value *name = last ? rows_get(&r->rows, r->rows.n - 1, "name") : NULL;
    struct buf share = {0}, label = {0};
    if (!name || last->type != VALUE_INT)
        return;
    put_share(&share, last->i, first_users(r));
    buf_str(&label, value_seen(name));
    number_line(c, y, at, label.p ? label.p : "", last->i, share.p ? share.p : "", "");
    buf_done(&share);
    buf_done(&label);
}

static int draw_overview(const struct home *h, struct canvas *c, struct rect at)
{
    int y = heading(c, at.y, at.x, at.w - 1, _("Overview"));
    struct buf share = {0};
    number_line(c, y, at, _("customers known"), number_of(h->info, "users"), "", "");
    put_share(&share, number_of(h->info, "users_with_events"), number_of(h->info, "users"));
    number_line(c, y + 1, at, _("with events"), number_of(h->info, "users_with_events"),
                share.p ? share.p : "", "");
    draw_active(h, c, y + 2, at);
    draw_conversion(h, c, y + 3, at);
    buf_done(&share);
    return y + 4;
}

/* ---- items */

static void add_item(struct home *h, struct canvas *c, struct rect at, struct home_item item)
{
    item.at = at;
    bool here = (int)h->items.n == h->selected;
    vec_push(&h->items, item);
    if (!here)
        return;
    canvas_mark(c, at, ROLE_SELECTED, false);
    canvas_text(c, at.y, at.x, 1, ROLE_SELECTED, STR(">"));
    c->cursor_y = at.y;
    c->cursor_x = at.x;
}

static int draw_analyses(struct home *h, struct canvas *c, struct rect at)
{
    static const struct {
        enum action action;
        const char *what, *needs;
    } lines[] = {
        {ACTION_SEGMENTS, N_("Segments  choose customers by tags"), NULL},
        {ACTION_SEQUENCE, N_("Sequence  replay one customer"), NULL},
        {ACTION_FUNNEL, N_("Funnel    steps, who leaves where"), NULL},
        {ACTION_SANKEY, N_("Sankey    where people go next"), NULL},
        {ACTION_RETENTION, N_("Retention who comes back"), "retention"},
        {ACTION_TREND, N_("Trend     events over time"), NULL},
        {ACTION_DISTRIBUTION, N_("Distribution  how often, how much"), "distribution"},
        {ACTION_DATA, N_("Data      imports, loading files"), NULL},
    };
    int y = heading(c, at.y, at.x, at.w, _("Analyses (digit or Enter)"));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct buf key = {0};
        if (lines[i].needs && !registry_find(lines[i].needs))
            continue;
        keymap_label(&key, lines[i].action);
        canvas_text(c, y, at.x + 2, 2, ROLE_STRONG, buf_view(&key));
        canvas_text(c, y, at.x + 4, at.w - 4, ROLE_TEXT, str_of(_(lines[i].what)));
        add_item(h, c, (struct rect){y++, at.x, 1, at.w}, (struct home_item){.action = lines[i].action});
        buf_done(&key);
    }
    return y;
}

/* ---- questions asked lately */

/* "09:12" of today, "11-18" of another day. */
static void put_when(struct buf *out, int64_t time_us)
{
    struct zone *zone = zone_open(NULL, NULL);
    struct buf then = {0}, now = {0};
    if (zone) {
        zone_put_local(zone, &then, time_us);
        zone_put_local(zone, &now, os_now_us());
        bool today = then.n > 10 && now.n > 10 && memcmp(then.p, now.p, 10) == 0;
        buf_printf(out, "%.5s", then.p + (today ? 11 : 5));
    }
    zone_free(zone);
    buf_done(&then);
    buf_done(&now);
}

/* What was asked, in few words: a funnel's steps, else the parameters. */
static void put_words(struct buf *out, const char *command)
{
    struct query q;
    if (!query_parse(&q, str_of(command), NULL))
        return;
    for (size_t i = 0; i < q.n; i++) {
        bool step = strcmp(q.param[i].name, "step") == 0, first = !out->n;
        if (strcmp(q.param[i].name, "segment") == 0 || strcmp(q.param[i].name, "tz") == 0)
            continue;
        if (!first)
            buf_puts(out, step ? " > " : "  ");
        if (!step)
            buf_printf(out, "%s ", q.param[i].name);
        buf_puts(out, q.param[i].value);
    }
    query_done(&q);
}

static void draw_recent_line(struct canvas *c, struct rect at, const struct kept_line *l)
{
    struct buf n = {0}, when = {0}, words = {0};
    int x = at.x + 2 + canvas_text(c, at.y, at.x + 2, 12, ROLE_TEXT, str_of(l->name)) + 1;
    put_words(&words, l->text);
    num_put_short(&n, l->customers, 6);
    put_when(&when, l->time_us);
    canvas_text(c, at.y, x, at.x + at.w - 14 - x, ROLE_DIM, buf_view(&words));
    canvas_right(c, at.y, at.x + at.w - 13, 7, ROLE_TEXT, buf_view(&n));
    canvas_right(c, at.y, at.x + at.w - 5, 5, ROLE_DIM, buf_view(&when));
    buf_done(&n);
    buf_done(&when);
    buf_done(&words);
}

static int draw_recent(struct home *h, struct canvas *c, struct rect at)
{
    const struct kept_file *recent = tui_recent(h->screen.tui);
    int y = heading(c, at.y, at.x, at.w, _("Recent (Enter opens)"));
    if (!recent->lines.n)
        canvas_text(c, y, at.x + 2, at.w - 2, ROLE_DIM, str_of(_("what you ask appears here")));
    for (size_t i = 0; i < recent->lines.n && (int)i < at.h - 1; i++) {
        struct rect line = {y++, at.x, 1, at.w};
        draw_recent_line(c, line, &recent->lines.at[i]);
        add_item(h, c, line, (struct home_item){.recent = i + 1});
    }
    return at.y + at.h;
}

/* ---- questions kept in the store */

static int saved_questions(const struct home *h)
{
    return h->saved ? (int)h->saved->rows.n : 0;
}

static void draw_saved_line(struct canvas *c, struct rect at, struct str name, struct str command)
{
    struct buf words = {0}, text = {0};
    int w = at.w / 3;
    buf_str(&text, command);
    put_words(&words, text.p ? text.p : "");
    canvas_text(c, at.y, at.x + 2, w, ROLE_TEXT, name);
    canvas_text(c, at.y, at.x + 3 + w, at.w - 3 - w, ROLE_DIM, buf_view(&words));
    buf_done(&words);
    buf_done(&text);
}

static int draw_saved(struct home *h, struct canvas *c, struct rect at)
{
    int y = heading(c, at.y, at.x, at.w, _("Saved questions (Enter opens)"));
    for (size_t i = 0; i < h->saved->rows.n && (int)i < at.h - 1; i++) {
        struct rect line = {y++, at.x, 1, at.w};
        draw_saved_line(c, line, rows_get(&h->saved->rows, i, "name")->text,
                        rows_get(&h->saved->rows, i, "question")->text);
        add_item(h, c, line, (struct home_item){.saved = i + 1});
    }
    return at.y + at.h;
}

/* ---- quality */

static int64_t sum_of(const struct result *info, const char *column)
{
    int64_t sum = 0;
    for (size_t i = 0; i < info->rows.n; i++) {
        const struct value *v = rows_get(&info->rows, i, column);
        sum += v && v->type == VALUE_INT ? v->i : 0;
    }
    return sum;
}

static void draw_last_import(struct home *h, struct canvas *c, struct rect at)
{
    enum { WHEN = 16 /* to the minute */ };
    const struct rows *rows = &h->info->rows;
    const struct value *finished = rows_get(rows, rows->n - 1, "finished");
    struct buf time = {0};
    if (finished && finished->type == VALUE_TIME && h->info->zone)
        zone_put_local(h->info->zone, &time, finished->i);
    time.n = time.n > WHEN ? WHEN : time.n;
    int x = at.x + 2 + canvas_text(c, at.y, at.x + 2, at.w / 2, ROLE_TEXT, str_of(_("last import"))) + 1;
    canvas_text(c, at.y, x, at.x + at.w - WHEN - 1 - x, ROLE_TEXT,
                rows_get(rows, rows->n - 1, "source")->text);
    canvas_right(c, at.y, at.x + at.w - WHEN, WHEN, ROLE_DIM, buf_view(&time));
    add_item(h, c, at, (struct home_item){.action = ACTION_DATA});
    buf_done(&time);
}

static void draw_quality(struct home *h, struct canvas *c, struct rect at)
{
    int y = heading(c, at.y, at.x, at.w, _("Quality"));
    if (!h->info->rows.n)
        return;
    int64_t rejected = sum_of(h->info, "rejected"), rows = sum_of(h->info, "rows");
    struct buf text = {0}, n = {0};
    if (at.h > 1)
        draw_last_import(h, c, (struct rect){y, at.x, 1, at.w});
    num_put_thousands(&n, rejected);
    buf_printf(&text, "%s %s  ", _("rejected rows"), n.p);
    put_share(&text, rejected, rows);
    if (at.h > 2)
        canvas_text(c, y + 1, at.x + 2, at.w - 2, rejected ? ROLE_WARN : ROLE_TEXT, buf_view(&text));
    buf_clear(&text);
    buf_printf(&text, _("event names %lld"), (long long)number_of(h->info, "event_names"));
    if (at.h > 3)
        canvas_text(c, y + 2, at.x + 2, at.w - 2, ROLE_TEXT, buf_view(&text));
    buf_done(&text);
    buf_done(&n);
}

/* ---- activity and events */

static void draw_days(struct home *h, struct canvas *c, struct rect at)
{
    struct result *days = h->result[HOME_DAYS];
    int mark = h->selected == (int)h->items.n ? 2 : 0; /* room for the cursor's mark */
    heading(c, at.y, at.x + mark, at.w - 1 - mark, _("Active customers per day"));
    if (days) {
        struct chart_view view = {.table = c->plain, .rows_only = true, .selected = -1, .brief = true};
        struct arena labels = {0};
        chart_of(days, &view)
            ->draw(days, &view, c, (struct rect){at.y + 1, at.x, at.h - 1, at.w - 1}, &labels, NULL);
        arena_done(&labels);
    }
    add_item(h, c, (struct rect){at.y, at.x, 1, at.w - 1}, (struct home_item){.action = ACTION_TREND});
}

static void draw_event(struct canvas *c, struct rect at, struct str name, int64_t n, int64_t most)
{
    struct buf text = {0};
    int label = at.w / 2 - 8;
    num_put_short(&text, n, 7);
    canvas_text(c, at.y, at.x + 2, label, ROLE_TEXT, name);
    canvas_right(c, at.y, at.x + 2 + label, 8, ROLE_TEXT, buf_view(&text));
    glyph_bar(c, at.y, at.x + label + 11, at.w - label - 12, (double)n, (double)most, GLYPH_BAR, ROLE_BAR);
    buf_done(&text);
}

static void draw_events(struct home *h, struct canvas *c, struct rect at)
{
    const struct result *r = h->result[HOME_EVENTS];
    int64_t most = 0;
    int y = heading(c, at.y, at.x, at.w - 1, _("Commonest events"));
    for (size_t i = 0; r && i < r->rows.n && (int)i < at.h - 1; i++) {
        const struct value *name = rows_get(&r->rows, i, "group"), *n = rows_get(&r->rows, i, "events");
        struct rect line = {y + (int)i, at.x, 1, at.w - 1};
        if (n->i > most)
            most = n->i;
        draw_event(c, line, value_seen(name), n->i, most);
        add_item(h, c, line, (struct home_item){.event = name->text});
    }
}

/* ---- an empty store */

static bool is_empty(const struct home *h)
{
    return number_of(h->info, "events") == 0 && number_of(h->info, "users") == 0;
}

/* What to do first, in place of the chart. */
static void draw_first_step(const struct home *h, struct canvas *c, struct rect at)
{
    struct buf key = {0}, text = {0};
    keymap_label(&key, ACTION_DATA);
    buf_printf(&text, _("press %s to load event exports, or run"), key.p);
    heading(c, at.y, at.x, at.w - 1, _("Nothing is loaded yet"));
    canvas_text(c, at.y + 1, at.x + 1, at.w - 1, ROLE_TEXT, buf_view(&text));
    buf_clear(&text);
    buf_printf(&text, "waymark -s %s import events FILE", workspace_dir(tui_workspace(h->screen.tui)));
    canvas_text(c, at.y + 2, at.x + 1, at.w - 1, ROLE_STRONG, buf_view(&text));
    buf_done(&key);
    buf_done(&text);
}

/* ---- both columns */

static void draw_right(struct home *h, struct canvas *c, struct rect at)
{
    int y = draw_analyses(h, c, at), end = at.y + at.h;
    int quality = end - y > 6 ? QUALITY_ROWS + 1 : 2;
    int saved = saved_questions(h) ? saved_questions(h) + 1 : 0, room = end - y - quality;
    if (saved > room / 2)
        saved = room / 2;
    int recent = room - saved;
    if (saved > 1)
        y = draw_saved(h, c, (struct rect){y, at.x, saved, at.w});
    if (recent > 1)
        y = draw_recent(h, c, (struct rect){y, at.x, recent, at.w});
    if (y + 1 < end)
        draw_quality(h, c, (struct rect){y, at.x, end - y, at.w});
}

static void draw_left(struct home *h, struct canvas *c, struct rect at)
{
    int y = draw_overview(h, c, at), end = at.y + at.h, days = (end - y) * 3 / 5;
    days = days < DAYS_MIN ? DAYS_MIN : days > DAYS_MAX ? DAYS_MAX : days;
    if (is_empty(h)) {
        draw_first_step(h, c, (struct rect){y + 1, at.x, days, at.w});
        return;
    }
    draw_days(h, c, (struct rect){y, at.x, days, at.w});
    if (y + days + 1 < end)
        draw_events(h, c, (struct rect){y + days, at.x, end - y - days, at.w});
}

void home_view_draw(struct home *h, struct canvas *c, struct rect at)
{
    h->items.n = 0;
    if (!h->info) {
        canvas_text(c, at.y + 1, at.x + 2, at.w - 4, ROLE_ERROR, str_of(h->err.text));
        return;
    }
    int left = at.w * SPLIT / 100 < LEFT_MIN ? LEFT_MIN : at.w * SPLIT / 100;
    draw_right(h, c, (struct rect){at.y, at.x + left, at.h, at.w - left});
    draw_left(h, c, (struct rect){at.y, at.x, at.h, left});
}
