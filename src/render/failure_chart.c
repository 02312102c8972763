/* failure_chart.c - one failure and everyone who had it: what it means, how many, day by day, and the values
 * in which it concentrates, those with the largest lift first. */
#include "config.h"

#include <limits.h>

#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/utf8.h"
#include "render/charts.h"
#include "render/glyph.h"
#include "render/show.h"

enum {
    TEXT = 3,       /* lines that say what and how many */
    DAYS = 7,       /* a heading, numbers, bars, dates */
    BARS = 3,       /* rows of bars */
    HEAD = 2,       /* a blank line and the headings */
    DAYS_FROM = 16, /* rows from which the days are drawn */
    DAY_GROUP = 100,
    DAY_WIDE = 10,
    GAP = 2,
    VALUE_MIN = 8,
};

struct failure {
    const struct result *r;
    const struct chart_view *v;
    struct canvas *c;
    struct arena *a;
    struct spots *spots;
    struct rect at;
};

static const char *said(const struct failure *f, const char *name)
{
    return show_str(f->a, f->r, show_summary(f->r, name)).p;
}

static const struct rows *trend_of(const struct result *r)
{
    const struct value *v = object_get(&r->more, "trend");

    return v && v->type == VALUE_ROWS ? v->rows : NULL;
}

static void add_spot(const struct failure *f, struct rect at, const struct value *number, const char *label,
                     size_t row, int group)
{
    if (f->spots && number->who)
        show_spot(f->c, f->spots, f->v, (struct spot){at, number->who, label, show_count(number), row, group},
                  -1);
}

static void draw_text(const struct failure *f, int y)
{
    int x = f->at.x + 1, w = f->at.w - 2;
    const struct value *text = show_summary(f->r, "text"), *tell = show_summary(f->r, "tell");
    const struct value *users = show_summary(f->r, "users");
    int used = canvas_text(f->c, y, x, w, ROLE_STRONG, show_str(f->a, f->r, show_summary(f->r, "reason")));

    if (text->type == VALUE_TEXT)
        canvas_text(f->c, y, x + used + 2, w - used - 2, ROLE_ERROR, text->text);
    if (tell->type == VALUE_TEXT)
        canvas_printf(f->c, y + 1, x, w, ROLE_TEXT, _("Tell the customer: %s"), show_str(f->a, f->r, tell).p);
    used = canvas_printf(f->c, y + 2, x, w, ROLE_STRONG, _("%s customers, %s failures"), said(f, "users"),
                         said(f, "failures"));
    add_spot(f, (struct rect){y + 2, x, 1, used}, users, said(f, "reason"), 0, 0);
    canvas_printf(f->c, y + 2, x + used, w - used, ROLE_TEXT,
                  _(" of %s attempts (%s); %s in the %s days before"), said(f, "attempts"), said(f, "rate"),
                  said(f, "failures_before"), said(f, "days"));
}

/* ---- days */

struct days {
    const struct rows *t;
    size_t columns, each; /* columns, and days in each */
    int wide;             /* of a column */
    int64_t most;
};

static int64_t count_of(const struct days *d, size_t column)
{
    int64_t n = 0;

    for (size_t i = column * d->each; i < (column + 1) * d->each && i < d->t->n; i++)
        n += rows_get(d->t, i, "count")->i;
    return n;
}

static void lay_out(struct days *d, const struct rows *t, int w)
{
    size_t room = w > 1 ? (size_t)w : 1;

    *d = (struct days){.t = t, .each = (t->n + room - 1) / room};
    d->each = d->each ? d->each : 1;
    d->columns = (t->n + d->each - 1) / d->each;
    d->wide = d->columns ? (int)(room / d->columns) : 1;
    d->wide = d->wide > DAY_WIDE ? DAY_WIDE : d->wide;
    for (size_t i = 0; i < d->columns; i++)
        d->most = count_of(d, i) > d->most ? count_of(d, i) : d->most;
}

static void draw_day(const struct failure *f, const struct days *d, size_t i, int y)
{
    int x = f->at.x + 1 + (int)i * d->wide, bar = d->wide > 2 ? d->wide - 1 : d->wide;
    const struct value *day = rows_get(d->t, i * d->each, "day"),
                       *count = rows_get(d->t, i * d->each, "count");
    struct value n = value_int(count_of(d, i));
    struct str label = value_seen(day);
    size_t step = (size_t)(6 / d->wide + 1);

    if (d->wide >= 5)
        canvas_right(f->c, y, x, bar, ROLE_TEXT, show_str(f->a, f->r, &n));
    for (int k = 0; k < bar; k++)
        glyph_column(f->c, y + BARS, x + k, BARS, (double)n.i, (double)d->most, ROLE_BAR);
    if (i % step == 0 && label.n >= 10)
        canvas_text(f->c, y + BARS + 1, x, 5, ROLE_DIM, (struct str){label.p + 5, 5});
    if (d->each == 1 && d->wide >= 5)
        add_spot(f, (struct rect){y, x, 1, bar}, count, day->shown, i, DAY_GROUP + (int)i);
}

static void draw_days(const struct failure *f, int y)
{
    struct days d;

    lay_out(&d, trend_of(f->r), f->at.w - 2);
    canvas_text(f->c, y, f->at.x + 1, f->at.w - 2, ROLE_HEAD,
                str_of(d.each == 1 ? _("Failures per day") : _("Failures, several days a column")));
    for (size_t i = 0; i < d.columns; i++)
        draw_day(f, &d, i, y + 1);
}

/* ---- values */

struct column {
    const char *name;
    int w, from; /* from: the picture's width from which it is shown */
};
static const struct column columns[] = {{"count", 9, 0},      {"users", 9, 0},       {"share", 7, 0},
                                        {"attempts", 9, 100}, {"base_share", 11, 0}, {"rate", 8, 100},
                                        {"lift", 6, 0}};
enum { COLUMNS = sizeof columns / sizeof *columns, PROPERTY = 12 };

static bool is_shown(const struct failure *f, size_t k)
{
    return f->at.w >= columns[k].from;
}

static int value_width(const struct failure *f)
{
    int w = f->at.w - 1 - PROPERTY - GAP;

    for (size_t k = 0; k < COLUMNS; k++)
        w -= is_shown(f, k) ? columns[k].w + GAP : 0;
    return w > 40 ? 40 : w;
}

static const char *title_of(const struct failure *f, const char *name)
{
    for (size_t i = 0; i < f->r->rows.columns; i++)
        if (strcmp(f->r->rows.column[i].name, name) == 0)
            return show_column(&f->r->rows.column[i]);
    return name;
}

static void draw_headings(const struct failure *f, int y)
{
    int x = f->at.x + 1, value = value_width(f);

    canvas_text(f->c, y, x, PROPERTY, ROLE_HEAD, str_of(title_of(f, "property")));
    canvas_text(f->c, y, x += PROPERTY + GAP, value, ROLE_HEAD, str_of(title_of(f, "value")));
    x += value + GAP;
    for (size_t k = 0; k < COLUMNS; k++)
        if (is_shown(f, k)) {
            canvas_right(f->c, y, x, columns[k].w, ROLE_HEAD, str_of(title_of(f, columns[k].name)));
            x += columns[k].w + GAP;
        }
}

static void draw_value(const struct failure *f, size_t row, int y)
{
    int x = f->at.x + 1, value = value_width(f);
    const struct value *what = show_cell(f->r, row, "value"), *lift = show_cell(f->r, row, "lift");
    bool hot = lift->type == VALUE_REAL && lift->d >= 1.5;
    struct str name = show_str(f->a, f->r, what);

    canvas_text(f->c, y, x, PROPERTY, ROLE_DIM, show_str(f->a, f->r, show_cell(f->r, row, "property")));
    canvas_text(f->c, y, x += PROPERTY + GAP, value, hot ? ROLE_STRONG : ROLE_TEXT, name);
    x += value + GAP;
    for (size_t k = 0; k < COLUMNS; k++) {
        const struct value *v = show_cell(f->r, row, columns[k].name);

        if (!is_shown(f, k))
            continue;
        canvas_right(f->c, y, x, columns[k].w, hot ? ROLE_STRONG : ROLE_TEXT, show_str(f->a, f->r, v));
        add_spot(f, (struct rect){y, x, 1, columns[k].w}, v, name.p, row, (int)k);
        x += columns[k].w + GAP;
    }
}

static int lines_above(int h)
{
    return TEXT + HEAD + (h >= DAYS_FROM ? DAYS : 0);
}

static void failure_draw(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                         struct arena *a, struct spots *spots)
{
    struct failure f = {r, v, c, a, spots, at};
    int y = at.y, room = at.h - lines_above(at.h), top = v->scroll, last = (int)r->rows.n - room;

    if (room < 1 || value_width(&f) < VALUE_MIN) {
        chart_table.draw(r, v, c, at, a, spots);
        return;
    }
    top = top > last ? last : top;
    top = top < 0 ? 0 : top;
    draw_text(&f, y);
    y += TEXT;
    if (at.h >= DAYS_FROM && trend_of(r)) {
        draw_days(&f, y + 1);
        y += DAYS;
    }
    draw_headings(&f, y + 1);
    for (int i = 0; i < room && (size_t)(top + i) < r->rows.n; i++)
        draw_value(&f, (size_t)(top + i), y + HEAD + i);
    if (r->rows.n == 0)
        canvas_text(c, y + HEAD, at.x + 1, at.w - 1, ROLE_DIM, str_of(_("(no such failure in these days)")));
}

static int failure_height(const struct result *r, const struct chart_view *v, int w)
{
    size_t rows = r->rows.n ? r->rows.n : 1;

    (void)v, (void)w;
    return TEXT + HEAD + DAYS + (rows > INT_MAX / 2 ? INT_MAX / 2 : (int)rows);
}

static void failure_note(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out)
{
    (void)r, (void)v, (void)w, (void)h;
    buf_puts(out, _("share among failures / among attempts = lift"));
}

const struct chart chart_failure = {PICTURE_FAILURE, failure_height, failure_draw, failure_note, false};
