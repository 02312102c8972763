/* home_screen.c - the first screen. Two questions run as jobs: events per day, and events by name; the rest
 * is the store's own journal. Every line that leads somewhere is an item; Enter opens it. */
#include "config.h"

#include <stdlib.h>

#include "app/job.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/vec.h"
#include "render/chart.h"
#include "render/glyph.h"
#include "tui/home_screen.h"
#include "tui/keymap.h"
#include "tui/result_screen.h"
#include "tui/tui.h"

enum { SPLIT = 48, LEFT_MIN = 40, TOP_EVENTS = 8, IMPORT_WIDE = 60 };
enum part { PART_DAYS, PART_EVENTS, PARTS };

struct item {
    struct rect at;
    enum action action; /* ACTION_NONE: an event */
    struct str event;   /* borrowed from the result */
};

struct home {
    struct screen screen;
    struct result *info;
    struct err err;
    struct job *job[PARTS];
    struct result *result[PARTS];
    VEC(struct item) items; /* of the last drawing */
    int selected;
};

static void ask(struct home *h, enum part part)
{
    struct query q;
    query_init(&q, "events");
    query_set(&q, "segment", tui_carried(h->screen.tui));
    if (part == PART_DAYS) {
        query_add(&q, "unit", "day");
        query_add(&q, "metric", "users");
    } else {
        query_add(&q, "unit", "all");
        query_add(&q, "by", "event");
        query_add(&q, "top", "12");
    }
    if (h->job[part]) {
        job_cancel(h->job[part]);
        result_free(job_take(h->job[part], NULL));
    }
    h->job[part] = job_start(tui_workspace(h->screen.tui), &q, tui_wake_fd(h->screen.tui));
    query_done(&q);
}

static void home_refresh(struct screen *s)
{
    struct home *h = (struct home *)s;
    result_free(h->info);
    h->err = (struct err){0};
    h->info = workspace_info(tui_workspace(s->tui), &h->err);
    for (int part = 0; part < PARTS; part++)
        ask(h, (enum part)part);
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
    for (int part = 0; part < PARTS; part++) {
        if (!h->job[part] || !job_done(h->job[part]))
            continue;
        struct result *r = job_take(h->job[part], &h->err);
        h->job[part] = NULL;
        if (r) {
            result_free(h->result[part]);
            h->result[part] = r;
        }
        changed = true;
    }
    return changed;
}

static bool home_busy(const struct screen *s)
{
    const struct home *h = (const struct home *)s;
    return h->job[PART_DAYS] || h->job[PART_EVENTS];
}

static void home_title(const struct screen *s, struct buf *out)
{
    (void)s;
    buf_puts(out, _("Home"));
}

static int64_t summary_int(const struct result *r, const char *name)
{
    const struct value *v = object_get(&r->summary, name);
    return v && v->type == VALUE_INT ? v->i : 0;
}

static void put_time(struct buf *out, const struct result *r, const char *name)
{
    const struct value *v = object_get(&r->summary, name);
    struct buf time = {0};
    if (v && v->type == VALUE_TIME && r->zone)
        zone_put_local(r->zone, &time, v->i);
    buf_put(out, time.n ? time.p : "-", time.n > 10 ? 10 : time.n ? time.n : 1);
    buf_done(&time);
}

static void home_subtitle(const struct screen *s, struct buf *out)
{
    const struct home *h = (const struct home *)s;
    if (!h->info)
        return;
    buf_printf(out, "%s ", _("Users"));
    num_put_thousands(out, summary_int(h->info, "users"));
    buf_printf(out, "   %s ", _("Events"));
    num_put_thousands(out, summary_int(h->info, "events"));
    buf_printf(out, "   %s ", _("Period"));
    put_time(out, h->info, "first");
    buf_puts(out, "..");
    put_time(out, h->info, "last");
}

static void heading(struct canvas *c, int y, int x, int w, const char *text)
{
    int used = canvas_text(c, y, x, w, ROLE_HEAD, str_of(text));
    for (int i = x + used + 1; i < x + w; i++)
        glyph_put(c, y, i, GLYPH_HLINE, ROLE_RULE);
}

static void number_line(struct canvas *c, int y, struct rect at, const char *label, int64_t n)
{
    struct buf text = {0};
    num_put_thousands(&text, n);
    canvas_text(c, y, at.x + 1, 24, ROLE_TEXT, str_of(label));
    canvas_right(c, y, at.x + 25, 14, ROLE_STRONG, buf_view(&text));
    buf_done(&text);
}

static int draw_overview(const struct home *h, struct canvas *c, struct rect at)
{
    heading(c, at.y, at.x, at.w, _("Overview"));
    number_line(c, at.y + 1, at, _("customers known"), summary_int(h->info, "users"));
    number_line(c, at.y + 2, at, _("with events"), summary_int(h->info, "users_with_events"));
    number_line(c, at.y + 3, at, _("events"), summary_int(h->info, "events"));
    number_line(c, at.y + 4, at, _("event names"), summary_int(h->info, "event_names"));
    return at.y + 5;
}

static void draw_days(const struct home *h, struct canvas *c, struct rect at)
{
    heading(c, at.y, at.x, at.w, _("Active customers per day"));
    if (!h->result[PART_DAYS])
        return;
    struct chart_view view = {.selected = -1, .brief = true};
    struct arena labels = {0};
    chart_of(h->result[PART_DAYS], &view)
        ->draw(h->result[PART_DAYS], &view, c, (struct rect){at.y + 1, at.x, at.h - 1, at.w - 1}, &labels,
               NULL);
    arena_done(&labels);
}

static void add_item(struct home *h, struct canvas *c, struct rect at, struct item item)
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

static void draw_analyses(struct home *h, struct canvas *c, struct rect at)
{
    static const struct {
        enum action action;
        const char *what;
    } lines[] = {
        {ACTION_SEGMENTS, N_("Segments  choose customers by tags")},
        {ACTION_SEQUENCE, N_("Sequence  replay one customer")},
        {ACTION_FUNNEL, N_("Funnel    conversion and where people leave")},
        {ACTION_SANKEY, N_("Sankey    where people go, step by step")},
        {ACTION_TREND, N_("Trend     events and customers over time")},
        {ACTION_DATA, N_("Data      imports, loading files")},
    };
    heading(c, at.y, at.x, at.w, _("Analyses (digit or Enter)"));
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct buf key = {0};
        keymap_label(&key, lines[i].action);
        int y = at.y + 1 + (int)i;
        canvas_text(c, y, at.x + 2, 2, ROLE_STRONG, buf_view(&key));
        canvas_text(c, y, at.x + 4, at.w - 4, ROLE_TEXT, str_of(_(lines[i].what)));
        add_item(h, c, (struct rect){y, at.x, 1, at.w}, (struct item){.action = lines[i].action});
        buf_done(&key);
    }
}

static void draw_event(struct canvas *c, struct rect at, struct str name, int64_t n, int64_t most)
{
    struct buf text = {0};
    num_put_short(&text, n, 7);
    int label = at.w / 2 - 8;
    canvas_text(c, at.y, at.x + 2, label, ROLE_TEXT, name);
    canvas_right(c, at.y, at.x + 2 + label, 8, ROLE_TEXT, buf_view(&text));
    int room = at.w - label - 12, bar = most ? (int)(n * room / most) : 0;
    for (int i = 0; i < bar; i++)
        glyph_put(c, at.y, at.x + label + 11 + i, GLYPH_BAR, ROLE_BAR);
    buf_done(&text);
}

static void draw_events(struct home *h, struct canvas *c, struct rect at)
{
    heading(c, at.y, at.x, at.w, _("Commonest events"));
    const struct result *r = h->result[PART_EVENTS];
    int64_t most = 0;
    for (size_t i = 0; r && i < r->rows.n && (int)i < at.h - 1; i++) {
        const struct value *name = rows_get(&r->rows, i, "group"), *n = rows_get(&r->rows, i, "events");
        struct rect line = {at.y + 1 + (int)i, at.x, 1, at.w};
        if (n->i > most)
            most = n->i;
        draw_event(c, line, value_seen(name), n->i, most);
        add_item(h, c, line, (struct item){.event = name->text});
    }
}

/* Columns of a line about an import; `source` takes what the others leave. Without much room there is none
 * for kind and date. */
struct import_columns {
    int kind, source, rows, finished; /* where they begin */
    bool all;
};

static struct import_columns place_import(struct rect at)
{
    enum { ID = 7, KIND = 11, ROWS = 14, FINISHED = 18 };
    int finished = at.x + at.w - FINISHED, rows = finished - ROWS;
    if (at.w < IMPORT_WIDE)
        return (struct import_columns){0, at.x + 2 + ID, at.x + at.w - ROWS, 0, false};
    return (struct import_columns){at.x + 2 + ID, at.x + 2 + ID + KIND, rows, finished, true};
}

static void import_line(struct canvas *c, struct rect at, enum role role, const struct str text[5])
{
    struct import_columns k = place_import(at);
    canvas_text(c, at.y, at.x + 2, 6, role, text[0]);
    if (k.all)
        canvas_text(c, at.y, k.kind, 10, role, text[1]);
    canvas_text(c, at.y, k.source, k.rows - k.source - 1, role, text[2]);
    canvas_right(c, at.y, k.rows, 12, role, text[3]);
    if (k.all)
        canvas_text(c, at.y, k.finished, 16, role, text[4]);
}

static void draw_import(struct canvas *c, struct rect at, const struct result *info, size_t row)
{
    const struct value *kind = rows_get(&info->rows, row, "kind"),
                       *finished = rows_get(&info->rows, row, "finished");
    bool users = str_eq(kind->text, STR("users"));
    struct buf id = {0}, rows = {0}, time = {0};
    num_put_thousands(&id, rows_get(&info->rows, row, "import")->i);
    num_put_thousands(&rows, rows_get(&info->rows, row, "rows")->i);
    if (finished->type == VALUE_TIME && info->zone)
        zone_put_local(info->zone, &time, finished->i);
    time.n = time.n > 16 ? 16 : time.n; /* to the minute */
    const struct str text[5] = {buf_view(&id), users ? str_of(_("customers")) : kind->text,
                                rows_get(&info->rows, row, "source")->text, buf_view(&rows), buf_view(&time)};
    import_line(c, at, ROLE_TEXT, text);
    buf_done(&id);
    buf_done(&rows);
    buf_done(&time);
}

static void draw_imports(struct home *h, struct canvas *c, struct rect at)
{
    const struct rows *rows = &h->info->rows;
    const struct str titles[5] = {str_of(_("Import")), str_of(_("Kind")), str_of(_("Source")),
                                  str_of(_("Rows")), str_of(_("Finished"))};
    heading(c, at.y, at.x, at.w, _("Imports"));
    int head = rows->n && at.h > 2; /* with one line of room it is for an import */
    if (head)
        import_line(c, (struct rect){at.y + 1, at.x, 1, at.w}, ROLE_DIM, titles);
    for (size_t i = 0; i < rows->n && (int)i < at.h - 1 - head; i++) {
        struct rect line = {at.y + 1 + head + (int)i, at.x, 1, at.w};
        draw_import(c, line, h->info, rows->n - 1 - i); /* newest first */
        add_item(h, c, line, (struct item){.action = ACTION_DATA});
    }
}

static bool is_empty(const struct home *h)
{
    return summary_int(h->info, "events") == 0 && summary_int(h->info, "users") == 0;
}

/* What to do first, in place of the chart. */
static void draw_first_step(const struct home *h, struct canvas *c, struct rect at)
{
    struct buf key = {0}, text = {0};
    keymap_label(&key, ACTION_DATA);
    buf_printf(&text, _("press %s to load event exports, or run"), key.p);
    heading(c, at.y, at.x, at.w, _("Nothing is loaded yet"));
    canvas_text(c, at.y + 1, at.x + 1, at.w - 1, ROLE_TEXT, buf_view(&text));
    buf_clear(&text);
    buf_printf(&text, "waymark -s %s import events FILE", workspace_dir(tui_workspace(h->screen.tui)));
    canvas_text(c, at.y + 2, at.x + 1, at.w - 1, ROLE_STRONG, buf_view(&text));
    buf_done(&key);
    buf_done(&text);
}

static void home_draw(struct screen *s, struct canvas *c, struct rect at)
{
    struct home *h = (struct home *)s;
    h->items.n = 0;
    if (!h->info) {
        canvas_text(c, at.y + 1, at.x + 2, at.w - 4, ROLE_ERROR, str_of(h->err.text));
        return;
    }
    int left = at.w * SPLIT / 100 < LEFT_MIN ? LEFT_MIN : at.w * SPLIT / 100;
    struct rect l = {at.y, at.x, at.h, left}, r = {at.y, at.x + left + 1, at.h, at.w - left - 1};
    int y = draw_overview(h, c, l) + 1;
    struct rect days = {y, l.x, at.y + at.h - y, l.w};
    if (is_empty(h))
        draw_first_step(h, c, days);
    else
        draw_days(h, c, days);
    draw_analyses(h, c, r);
    int events_h = at.h - 13 > TOP_EVENTS + 1 ? at.h - 13 : TOP_EVENTS + 1;
    draw_events(h, c, (struct rect){r.y + 8, r.x, events_h, r.w});
    y = r.y + 8 + events_h + 1;
    if (y < at.y + at.h - 1)
        draw_imports(h, c, (struct rect){y, r.x, at.y + at.h - y, r.w});
    if (!is_empty(h))
        add_item(h, c, (struct rect){days.y, days.x, 1, days.w}, (struct item){.action = ACTION_TREND});
}

static void open_event(struct home *h, struct str event)
{
    struct query q;
    query_init(&q, "events");
    struct buf where = {0};
    buf_putc(&where, '`');
    buf_str(&where, event);
    buf_putc(&where, '`');
    query_add(&q, "where", where.p);
    query_set(&q, "segment", tui_carried(h->screen.tui));
    tui_push(h->screen.tui, result_screen_new(h->screen.tui, &q));
    query_done(&q);
    buf_done(&where);
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
    case ACTION_ENTER:
        if (to <= last && h->items.at[to].action)
            tui_act(s->tui, h->items.at[to].action);
        else if (to <= last && h->items.at[to].event.n && h->items.at[to].event.p[0] != '(')
            open_event(h, h->items.at[to].event);
        return true;
    default: return false;
    }
    h->selected = to < 0 ? 0 : to > last ? last : to;
    return true;
}

static void home_close(struct screen *s)
{
    struct home *h = (struct home *)s;
    for (int part = 0; part < PARTS; part++) {
        if (h->job[part]) {
            job_cancel(h->job[part]);
            result_free(job_take(h->job[part], NULL));
        }
        result_free(h->result[part]);
    }
    result_free(h->info);
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

/* ---- first questions */

static const char *const funnels[][8] = {
    {"home", "card_tab", "bill_detail", "instal_confirm", "instal_success"}, /* the published five pages */
    {"catalog", "cart", "payment_done"},
};

struct names {
    const char *const *wanted;
    unsigned found;
};

static void look_up(void *ctx, struct str name, struct str display)
{
    struct names *n = ctx;
    (void)display;
    for (unsigned i = 0; n->wanted[i]; i++)
        if (str_eq(name, str_of(n->wanted[i])))
            n->found |= 1u << i;
}

static bool all_occur(struct workspace *w, const char *const *wanted)
{
    struct names n = {.wanted = wanted};
    unsigned all = 0;
    while (wanted[all])
        all++;
    return workspace_names(w, 'e', look_up, &n, NULL) && n.found == (1u << all) - 1;
}

void home_screen_question(struct workspace *w, const char *analysis, struct query *q)
{
    query_init(q, analysis);
    if (strcmp(analysis, "funnel") == 0) {
        for (size_t i = 0; i < sizeof funnels / sizeof funnels[0]; i++)
            if (all_occur(w, funnels[i])) {
                for (size_t k = 0; funnels[i][k]; k++)
                    query_add(q, "step", funnels[i][k]);
                return;
            }
    } else if (strcmp(analysis, "paths") == 0) {
        query_add(q, "depth", "6");
    } else if (strcmp(analysis, "events") == 0) {
        query_add(q, "unit", "day");
    }
}
