/* sequence_chart.c - one customer's events in order, cut in sessions (tui.md 9.3): who it is, a density strip
 * over the whole time, then one line per event with the pause before it and what is worth telling of its
 * properties. Failures carry a '!' in a column of their own, and their reason in plain words.
 *
 * A life can have a hundred thousand events: nothing here walks over all rows. Times and sessions ascend, so
 * what is not in view is found by halving. */
#include "config.h"

#include <limits.h>

#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/utf8.h"
#include "render/charts.h"
#include "render/glyph.h"
#include "render/show.h"
#include "render/wrap.h"

enum {
    HEAD = 6,       /* attributes (one line of them), counts, dates, strip, legend, headings */
    HEAD_FROM = 14, /* rows from which the head is shown */
    MARK = 2,       /* '>' and '!' */
    TIME = 14,
    GAP = 10,
    NAME_MIN = 10,
    NAME_MOST = 26,
    DATE = 10,
};

struct sequence {
    const struct result *r;
    const struct chart_view *v;
    struct canvas *c;
    struct arena *a;
    struct spots *spots;
    struct rect at;
    size_t n;                   /* rows there are: all, or those replayed so far */
    const struct object *roles; /* which property is the channel, which tell failures; NULL: not known */
    int64_t first, last;        /* times of the whole life */
    int name;                   /* width of the event's name */
    size_t top;                 /* first event shown */
    size_t selected;            /* event under the cursor, or rows.n */
};

static int64_t local_time(const struct result *r, size_t row)
{
    const struct value *v = show_cell(r, row, "time");

    return v->type != VALUE_TIME ? 0 : r->zone ? zone_local(r->zone, v->i) : v->i;
}

static int64_t session_of(const struct result *r, size_t row)
{
    return show_count(show_cell(r, row, "session"));
}

static bool starts_session(const struct result *r, size_t row)
{
    return row == 0 || session_of(r, row) != session_of(r, row - 1);
}

static size_t session_end(const struct sequence *s, size_t row)
{
    size_t from = row + 1, to = s->n;
    int64_t session = session_of(s->r, row);

    while (from < to) {
        size_t mid = from + (to - from) / 2;

        if (session_of(s->r, mid) <= session)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

static size_t session_begin(const struct sequence *s, size_t row)
{
    size_t from = 0, to = row;
    int64_t session = session_of(s->r, row);

    while (from < to) {
        size_t mid = from + (to - from) / 2;

        if (session_of(s->r, mid) < session)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

static int64_t utc_time(const struct result *r, size_t row)
{
    const struct value *v = show_cell(r, row, "time");

    return v->type == VALUE_TIME ? v->i : 0;
}

/* The first row not before t. */
static size_t row_at(const struct sequence *s, int64_t t)
{
    size_t from = 0, to = s->n;

    while (from < to) {
        size_t mid = from + (to - from) / 2;

        if (utc_time(s->r, mid) < t)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

static bool is_failure(const struct result *r, size_t row)
{
    const struct value *v = show_cell(r, row, "failed");

    return v->type == VALUE_BOOL && v->truth;
}

/* The display name; the event itself when there is none. */
static const struct value *name_of(const struct result *r, size_t row)
{
    const struct value *name = show_cell(r, row, "name");

    return name->type == VALUE_TEXT && name->text.n ? name : show_cell(r, row, "event");
}

static int widest_name(const struct sequence *s)
{
    int width = NAME_MIN;

    for (size_t i = s->top; i < s->n && i < s->top + (size_t)s->at.h; i++) {
        struct buf clean = {0};
        struct str text = show_str(s->a, s->r, name_of(s->r, i));

        utf8_clean(&clean, text, CLEAN_LABEL);
        int w = utf8_width(buf_view(&clean));

        width = w > width ? w : width;
        buf_done(&clean);
    }
    return width > NAME_MOST ? NAME_MOST : width;
}

/* Column of the strip for a time. */
static int strip_column(const struct sequence *s, int64_t t, int w)
{
    int64_t span = s->last - s->first;

    return span > 0 ? (int)((double)(t - s->first) / (double)span * (w - 1) + 0.5) : 0;
}

/* The first instant of a column; of the one behind the last: after the last event. */
static int64_t column_begin(const struct sequence *s, int i, int w)
{
    if (i <= 0)
        return INT64_MIN;
    return i >= w || w < 2 ? INT64_MAX
                           : s->first + (int64_t)(((double)i - 0.5) / (w - 1) * (double)(s->last - s->first));
}

static void draw_strip(const struct sequence *s, int y, int x, int w)
{
    static const size_t from[] = {1, 3, 6, 10};
    size_t before = 0;

    for (int i = 0; i < w; i++) {
        size_t end = s->first == s->last ? s->n : row_at(s, column_begin(s, i + 1, w)), count = end - before;
        int level = 0;

        while (level < 4 && count >= from[level])
            level++;
        glyph_density_put(s->c, y, x + i, level, ROLE_BAR);
        before = end;
    }
}

/* Days where they differ from label to label, else times of day. */
static void draw_strip_dates(const struct sequence *s, int y, int x, int w)
{
    int step = DATE + 4, n = w / step < 1 ? 1 : w / step;
    int64_t span = s->last - s->first;

    for (int i = 0; i < (span ? n : 1); i++) {
        struct civil t;

        int64_t at = s->first + (int64_t)((double)span * i * step / (w > 1 ? w - 1 : 1));

        date_civil(s->r->zone ? zone_local(s->r->zone, at) : at, &t);
        if (span >= 3 * US_PER_DAY)
            canvas_printf(s->c, y, x + i * step, step, ROLE_DIM, "%04d-%02d-%02d", t.year, t.month, t.day);
        else if (span >= 600 * US_PER_S)
            canvas_printf(s->c, y, x + i * step, step, ROLE_DIM, "%02d-%02d %02d:%02d", t.month, t.day,
                          t.hour, t.minute);
        else
            canvas_printf(s->c, y, x + i * step, step, ROLE_DIM, "%02d:%02d:%02d", t.hour, t.minute,
                          t.second);
    }
}

static void draw_strip_mark(const struct sequence *s, int y, int x, int w)
{
    struct str legend = str_of(_("density .1-2 :3-5 |6-9 #10+"));
    int legend_w = utf8_width(legend), column;

    if (s->c->plain)
        return;
    if (s->selected < s->n) {
        column = strip_column(s, utc_time(s->r, s->selected), w);
        canvas_put(s->c, y, x + column, '^', ROLE_STRONG);
    }
    column = s->selected < s->n ? strip_column(s, utc_time(s->r, s->selected), w) : 0;
    if (column < w - legend_w - 2)
        canvas_right(s->c, y, x, w, ROLE_DIM, legend);
    else
        canvas_text(s->c, y, x, w, ROLE_DIM, legend);
}

/* Tags, then attributes; the rows they take. */
static int draw_who(const struct sequence *s, int y)
{
    const struct value *attributes = show_summary(s->r, "attributes"), *tags = show_summary(s->r, "tags");
    bool tagged = tags->type == VALUE_LIST && tags->list.n,
         known = attributes->type == VALUE_OBJECT && attributes->object->n;
    struct str tag = tagged ? show_str(s->a, s->r, tags) : STR(""),
               rest = known ? show_str(s->a, s->r, attributes) : STR("");
    int x = s->at.x + 1, w = s->at.w - 1, used = tagged ? utf8_width(tag) + 2 : 0;

    if (s->v->whole && used + utf8_width(rest) > w) {
        int lines = wrap_draw(s->c, y, x, w, ROLE_TEXT, tag);

        lines += wrap_draw(s->c, y + lines, x, w, ROLE_DIM, rest);
        return lines;
    }
    if (s->c) {
        used = tagged ? canvas_text(s->c, y, x, w, ROLE_TEXT, tag) + 2 : 0;
        canvas_text(s->c, y, x + used, w - used, ROLE_DIM, rest);
    }
    return 1;
}

static void draw_counts(const struct sequence *s, int y)
{
    const char *first = show_str(s->a, s->r, show_summary(s->r, "first")).p;
    const char *last = show_str(s->a, s->r, show_summary(s->r, "last")).p;

    if (show_count(show_summary(s->r, "events")) == 0)
        return; /* the list says so */
    canvas_printf(s->c, y, s->at.x + 1, s->at.w - 1, ROLE_TEXT, _("sessions %s, events %s   %s .. %s"),
                  show_str(s->a, s->r, show_summary(s->r, "sessions")).p,
                  show_str(s->a, s->r, show_summary(s->r, "events")).p, first, last);
}

/* Returns the row below it. */
static int draw_head(const struct sequence *s)
{
    int x = s->at.x + 1, w = s->at.w - 2, y = s->at.y + draw_who(s, s->at.y);

    draw_counts(s, y);
    if (s->n) {
        draw_strip_dates(s, y + 1, x, w);
        draw_strip(s, y + 2, x, w);
        draw_strip_mark(s, y + 3, x, w);
    }
    return y + HEAD - 2;
}

static void draw_headings(const struct sequence *s, int y)
{
    int x = s->at.x + MARK;

    canvas_text(s->c, y, x, TIME, ROLE_HEAD, str_of(_("Time")));
    canvas_right(s->c, y, x += TIME, GAP, ROLE_HEAD, str_of(_("Gap")));
    canvas_text(s->c, y, x += GAP + 2, s->name, ROLE_HEAD, str_of(_("Event")));
    x += s->name + 2;
    canvas_text(s->c, y, x, s->at.x + s->at.w - x, ROLE_HEAD, str_of(_("Properties")));
}

/* ---- what is told of an event */

static bool is_named(const struct value *name, const char *property)
{
    return name && name->type == VALUE_TEXT && str_eq(name->text, str_of(property));
}

/* The value of the property that says over which channel it came; NULL: there is none. */
static const struct value *channel_of(const struct sequence *s, size_t row)
{
    const struct value *properties = show_cell(s->r, row, "properties");
    const struct value *name = s->roles ? object_get(s->roles, "channel") : NULL;

    if (properties->type == VALUE_OBJECT)
        for (size_t i = 0; i < properties->object->n; i++)
            if (is_named(name, properties->object->at[i].name))
                return &properties->object->at[i].value;
    return NULL;
}

static bool is_same(const struct value *a, const struct value *b)
{
    return a && b && a->type == VALUE_TEXT && b->type == VALUE_TEXT && str_eq(a->text, b->text);
}

/* What failures are read from is told by their reason. */
static bool tells_failure(const struct sequence *s, const char *property)
{
    const struct value *names = s->roles ? object_get(s->roles, "failure") : NULL;

    for (size_t i = 0; names && names->type == VALUE_LIST && i < names->list.n; i++)
        if (is_named(&names->list.at[i], property))
            return true;
    return false;
}

/* "E2001 the balance is too low"; empty when it did not fail. */
static struct str reason_text(const struct sequence *s, size_t row)
{
    const struct value *reason = show_cell(s->r, row, "reason");
    struct buf text = {0};

    if (reason->type != VALUE_OBJECT)
        return (struct str){"", 0};
    const struct value *code = object_get(reason->object, "value"),
                       *means = object_get(reason->object, "text");

    if (code)
        show_value(&text, s->r, code);
    if (means && means->type == VALUE_TEXT) {
        buf_puts(&text, text.n ? " " : "");
        buf_str(&text, means->text);
    }
    struct str out = arena_str(s->a, buf_view(&text));

    buf_done(&text);
    return out;
}

/* What is told of its properties. */
static struct str properties_text(const struct sequence *s, size_t row)
{
    const struct value *properties = show_cell(s->r, row, "properties");
    const struct value *channel = channel_of(s, session_begin(s, row)), *mine = channel_of(s, row);
    struct buf text = {0};

    for (size_t i = 0; properties->type == VALUE_OBJECT && i < properties->object->n; i++) {
        const struct field *f = &properties->object->at[i];

        if (tells_failure(s, f->name) || (&f->value == mine && is_same(mine, channel)))
            continue;
        buf_puts(&text, text.n ? "  " : "");
        buf_printf(&text, "%s=", f->name);
        show_field(&text, s->r, &f->value);
    }
    struct str out = arena_str(s->a, buf_view(&text));

    buf_done(&text);
    return out;
}

/* Beside the event, or what has no room there below it. The rows the event takes. */
static int draw_details(const struct sequence *s, size_t row, int y)
{
    struct str reason = reason_text(s, row), text = properties_text(s, row);
    int name = s->at.x + MARK + TIME + GAP + 2, x = name + s->name + 2, right = s->at.x + s->at.w;
    int used = reason.n ? utf8_width(reason) + 2 : 0, w = right - x;

    if (s->v->whole && used + utf8_width(text) > w) {
        int lines = reason.n ? wrap_draw(s->c, y, x, w, ROLE_ERROR, reason) : 1;

        return lines + wrap_draw(s->c, y + lines, name + 2, right - name - 2, ROLE_DIM, text);
    }
    if (s->c) {
        used = reason.n ? canvas_text(s->c, y, x, w, ROLE_ERROR, reason) + 2 : 0;
        canvas_text(s->c, y, x + used, w - used, ROLE_DIM, text);
    }
    return 1;
}

static const char *events_text(const struct sequence *s, int n)
{
    bool all = show_count(show_summary(s->r, "events")) == (int64_t)s->r->rows.n && s->n == s->r->rows.n;

    if (all)
        return arena_printf(s->a, ngettext("%d event", "%d events", (unsigned long)n), n);
    return arena_printf(s->a, ngettext("%d event shown", "%d events shown", (unsigned long)n), n);
}

/* The pause before a session; when its first events are not shown the pause before the row is another. */
static bool follows_pause(const struct sequence *s, size_t begin, const struct value *gap)
{
    const struct value *rule = object_get(&s->r->parameters, "gap");
    int64_t us = 0;

    if (gap->type != VALUE_SECONDS || begin == 0)
        return false;
    return !rule || rule->type != VALUE_TEXT || !duration_parse(rule->text, &us, NULL) ||
           gap->d > (double)us / (double)US_PER_S;
}

/* "-- session 14  2026-10-17 20:41:05  app  9 events, 6m12s  after 2d12h ----"; when only some events are
 * rows, it says how many are shown. */
static void draw_session(const struct sequence *s, size_t row, int y)
{
    size_t begin = session_begin(s, row), end = session_end(s, row);
    const struct value *gap = show_cell(s->r, begin, "gap_s"), *channel = channel_of(s, begin);
    struct value length =
        value_seconds((double)(utc_time(s->r, end - 1) - utc_time(s->r, begin)) / (double)US_PER_S);
    const char *from = show_str(s->a, s->r, show_cell(s->r, begin, "time")).p;
    const char *lasts = show_str(s->a, s->r, &length).p;
    int x = s->at.x + 2, right = s->at.x + s->at.w;

    glyph_hline(s->c, y, s->at.x, s->at.w, ROLE_RULE);
    x += canvas_printf(s->c, y, x, right - x, ROLE_CONTEXT, _(" session %d  %s  "),
                       (int)session_of(s->r, row), from);
    if (channel)
        x += canvas_printf(s->c, y, x, right - x, ROLE_CONTEXT, "%s  ", show_str(s->a, s->r, channel).p);
    x += canvas_printf(s->c, y, x, right - x, ROLE_CONTEXT, _("%s, %s "), events_text(s, (int)(end - begin)),
                       lasts);
    if (follows_pause(s, begin, gap))
        canvas_printf(s->c, y, x, right - x, ROLE_CONTEXT, _(" after a pause of %s "),
                      show_str(s->a, s->r, gap).p);
}

static void draw_gap(const struct sequence *s, size_t row, int y, int x)
{
    const struct value *gap = show_cell(s->r, row, "gap_s");
    struct buf text = {0};

    if (gap->type == VALUE_SECONDS && !starts_session(s->r, row)) {
        buf_putc(&text, '+');
        duration_put_human(&text, gap->d);
    } else {
        buf_putc(&text, '-');
    }
    canvas_right(s->c, y, x, GAP, ROLE_DIM, buf_view(&text));
    buf_done(&text);
}

/* Returns the row below it. */
static int draw_event(const struct sequence *s, size_t row, int y)
{
    int x = s->at.x + MARK;
    const struct value *who = show_cell(s->r, row, "event");
    bool failed = is_failure(s->r, row);
    enum role role = failed ? ROLE_ERROR : ROLE_TEXT;
    struct str name = show_str(s->a, s->r, name_of(s->r, row));
    struct civil t;

    date_civil(local_time(s->r, row), &t);
    if (failed)
        canvas_put(s->c, y, s->at.x + 1, '!', ROLE_ERROR);
    canvas_printf(s->c, y, x, TIME, ROLE_TEXT, "%02d-%02d %02d:%02d:%02d", t.month, t.day, t.hour, t.minute,
                  t.second);
    draw_gap(s, row, y, x += TIME);
    canvas_text(s->c, y, x += GAP + 2, s->name, role, name);
    if (s->spots)
        show_spot(s->c, s->spots, s->v,
                  (struct spot){{y, s->at.x + MARK, 1, s->at.w - MARK}, who->who, name.p, -1, row, 0},
                  s->at.x);
    return y + draw_details(s, row, y);
}

static void draw_events(const struct sequence *s, int y)
{
    int bottom = s->at.y + s->at.h;

    for (size_t row = s->top; row < s->n && y < bottom; row++) {
        if (row == s->top || starts_session(s->r, row)) {
            if (y + 1 >= bottom)
                return; /* a heading without an event says nothing */
            draw_session(s, row, y++);
        }
        y = draw_event(s, row, y);
    }
}

/* The first event shown: as scrolled, but no further than the last page, counted back from the end with its
 * headings. */
static size_t first_shown(const struct result *r, size_t n, int scroll, int room)
{
    size_t last = n;
    int lines = 1; /* the page's own first heading */

    for (; last > 0; last--) {
        lines += last < n && starts_session(r, last) ? 2 : 1;
        if (lines > room)
            break;
    }
    return scroll < 0 ? 0 : (size_t)scroll < last ? (size_t)scroll : last;
}

/* The strip is as long as the whole life, whatever is shown of it. */
static void life_of(struct sequence *s)
{
    const struct value *first = show_summary(s->r, "first"), *last = show_summary(s->r, "last");

    s->first = first->type == VALUE_TIME ? first->i : s->n ? utc_time(s->r, 0) : 0;
    s->last = last->type == VALUE_TIME ? last->i : s->n ? utc_time(s->r, s->n - 1) : 0;
}

static void sequence_draw(const struct result *r, const struct chart_view *v, struct canvas *c,
                          struct rect at, struct arena *a, struct spots *spots)
{
    struct sequence s = {.r = r, .v = v, .c = c, .a = a, .spots = spots, .at = at};
    int y = at.y;
    size_t before = spots ? spots->list.n : 0;

    if (at.w < MARK + TIME + GAP + NAME_MIN || at.h < 3) {
        chart_table.draw(r, v, c, at, a, spots);
        return;
    }
    s.n = v->upto && v->upto < r->rows.n ? v->upto : r->rows.n;
    const struct value *roles = show_summary(r, "roles");
    s.roles = roles->type == VALUE_OBJECT ? roles->object : NULL;
    s.top = first_shown(r, s.n, v->scroll, at.h - (at.h >= HEAD_FROM ? HEAD : 1));
    s.selected =
        v->selected >= 0 && (size_t)v->selected >= before ? s.top + (size_t)v->selected - before : s.n;
    life_of(&s);
    s.name = widest_name(&s);
    if (at.h >= HEAD_FROM)
        y = draw_head(&s);
    draw_headings(&s, y);
    draw_events(&s, y + 1);
    if (r->rows.n == 0)
        canvas_text(c, y + 1, at.x + MARK, at.w - MARK, ROLE_DIM, str_of(_("(no events)")));
}

/* Of rows that may be very many: the analysis has counted them already. */
static int64_t counted(const struct result *r, const char *summary,
                       bool (*counts)(const struct result *r, size_t row))
{
    const struct value *v = show_summary(r, summary);
    int64_t n = 0;

    if (v->type == VALUE_INT)
        return v->i;
    for (size_t i = 0; i < r->rows.n; i++)
        n += counts(r, i);
    return n;
}

/* Rows beyond one for each event and one for the head, of texts that go on below. */
static int64_t more_rows(const struct result *r, const struct chart_view *v, int w)
{
    struct arena a = {0};
    struct sequence s = {.r = r, .v = v, .a = &a, .at = {0, 0, INT_MAX, w}, .n = r->rows.n};
    const struct value *roles = show_summary(r, "roles");
    int64_t rows = draw_who(&s, 0) - 1;

    s.roles = roles->type == VALUE_OBJECT ? roles->object : NULL;
    s.name = widest_name(&s);
    for (size_t row = 0; row < s.n; row++)
        rows += draw_details(&s, row, 0) - 1;
    arena_done(&a);
    return rows;
}

static int sequence_height(const struct result *r, const struct chart_view *v, int w)
{
    int64_t rows =
        HEAD + (r->rows.n ? 0 : 1) + (int64_t)r->rows.n + counted(r, "sessions_shown", starts_session);

    rows += v->whole ? more_rows(r, v, w) : 0;
    return rows > INT_MAX / 2 ? INT_MAX / 2 : rows > HEAD_FROM ? (int)rows : HEAD_FROM;
}

static void sequence_note(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out)
{
    struct arena a = {0};
    int64_t failures = counted(r, "failures_shown", is_failure),
            hidden = show_count(show_summary(r, "hidden"));

    (void)v, (void)w, (void)h;
    buf_printf(out, _("events %s of %s"), show_thousands(&a, (int64_t)r->rows.n),
               show_str(&a, r, show_summary(r, "events")).p);
    if (failures > 0)
        buf_printf(out, _(", %s failed (!)"), show_thousands(&a, failures));
    if (hidden > 0)
        buf_printf(out, _(", %s hidden"), show_thousands(&a, hidden));
    arena_done(&a);
}

const struct chart chart_sequence = {PICTURE_SEQUENCE, sequence_height, sequence_draw, sequence_note, false};
