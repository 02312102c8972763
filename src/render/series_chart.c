/* series_chart.c - counts over time: a column chart (or, with groups, marks for the three largest) above a
 * table of the numbers with bars. The y axis begins at 0; a missing value leaves a gap, not a zero. When
 * there are more buckets than columns each column shows the mean of as many buckets as the note says.
 *
 * Rows are buckets by groups as `events` makes them: bucket, group, events, users, value; or a funnel's
 * trend: bucket, users, converted, and as value the share of them. Numbers of buckets that are not wholly
 * covered, the summary's `partial`, stand in parentheses. Low places (under 10 rows) get the chart alone; one
 * single bucket gets the table alone. */
#include "config.h"

#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/utf8.h"
#include "render/charts.h"
#include "render/glyph.h"
#include "render/show.h"

enum {
    AXIS = 8, /* columns left of the chart */
    CHART_MAX = 10,
    CHART_TALL = 30,
    CHART_MIN = 4,
    ALONE_BELOW = 10,
    SERIES = 3,
    NUMBER = 12,
    GROUP_MAX = 24,
    BAR_MIN = 8,
};

static const char marks[SERIES] = {'*', 'o', '+'};
static const enum role series_role[SERIES] = {ROLE_SERIES1, ROLE_SERIES2, ROLE_SERIES3};

struct series {
    const struct result *r;
    size_t buckets;
    size_t *bucket; /* per row: which bucket */
    size_t *group;  /* per row: which group */
    size_t groups;
    struct str *name;   /* per group: what identifies it */
    struct str *shown;  /* per group: what people see */
    double *total;      /* per group: sum of values, of shares that of their customers */
    size_t top[SERIES]; /* groups charted, the largest first */
    size_t charted;
    double max;                        /* of the rows' values */
    bool days;                         /* every bucket begins at local midnight */
    bool has_group, has_value, shares; /* shares: values are parts of a whole */
};

static double row_value(const struct result *r, size_t row)
{
    const struct value *v = rows_get(&r->rows, row, "value");

    return show_amount(v && v->type != VALUE_NONE ? v : show_cell(r, row, "events"));
}

static struct str group_name(const struct result *r, size_t row)
{
    const struct value *v = show_cell(r, row, "group");

    return v->type == VALUE_TEXT ? v->text : (struct str){"", 0};
}

static struct str shown_name(const struct result *r, size_t row)
{
    const struct value *v = show_cell(r, row, "group");

    return v->type == VALUE_TEXT ? value_seen(v) : (struct str){"", 0};
}

/* Buckets list their groups in one order: the group after that of the row before is tried first. */
static size_t find_group(struct series *s, struct str name, size_t guess)
{
    if (guess < s->groups && str_eq(s->name[guess], name))
        return guess;
    for (size_t g = 0; g < s->groups; g++)
        if (str_eq(s->name[g], name))
            return g;
    s->name[s->groups] = name;
    return s->groups++;
}

static bool at_midnight(const struct result *r, const struct value *v)
{
    int64_t local = v->type == VALUE_TIME && r->zone ? zone_local(r->zone, v->i)
                    : v->type == VALUE_TIME          ? v->i
                                                     : 0;

    return local % US_PER_DAY == 0;
}

static bool same_bucket(const struct value *a, const struct value *b)
{
    return a->type == b->type && (a->type != VALUE_TIME || a->i == b->i);
}

static void read_row(struct series *s, size_t row)
{
    const struct value *bucket = show_cell(s->r, row, "bucket"), *value = show_cell(s->r, row, "value");
    double amount = row_value(s->r, row);

    bool new_bucket = row == 0 || !same_bucket(bucket, show_cell(s->r, row - 1, "bucket"));

    s->buckets += new_bucket;
    s->bucket[row] = s->buckets - 1;
    s->group[row] = find_group(s, group_name(s->r, row), new_bucket ? 0 : s->group[row - 1] + 1);
    s->shown[s->group[row]] = shown_name(s->r, row);
    /* Shares do not add up: there the largest group is the one with most customers. */
    s->total[s->group[row]] +=
        value->type == VALUE_RATIO ? show_amount(show_cell(s->r, row, "users")) : amount;
    s->max = amount > s->max ? amount : s->max;
    s->days = s->days && at_midnight(s->r, bucket);
    s->has_group = s->has_group || group_name(s->r, row).n > 0;
    s->shares = s->shares || value->type == VALUE_RATIO;
    s->has_value = s->has_value || value->type == VALUE_REAL || s->shares;
}

/* Whether the row's bucket is one that the data or the period do not wholly cover. */
static bool is_partial(const struct result *r, size_t row)
{
    const struct value *list = show_summary(r, "partial"), *bucket = show_cell(r, row, "bucket");
    size_t low = 0, high = list->type == VALUE_LIST ? list->list.n : 0;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (list->list.at[middle].i == bucket->i)
            return true;
        if (list->list.at[middle].i < bucket->i)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static void choose_top(struct series *s)
{
    for (; s->charted < SERIES && s->charted < s->groups; s->charted++) {
        size_t best = s->groups;

        for (size_t g = 0; g < s->groups; g++) {
            bool taken = false;

            for (size_t i = 0; i < s->charted; i++)
                taken = taken || s->top[i] == g;
            if (!taken && (best == s->groups || s->total[g] > s->total[best]))
                best = g;
        }
        s->top[s->charted] = best;
    }
}

static struct series read_series(const struct result *r, struct arena *a)
{
    struct series s = {.r = r, .days = true};
    size_t n = r->rows.n;

    s.bucket = arena_array(a, size_t, n + 1);
    s.group = arena_array(a, size_t, n + 1);
    s.name = arena_array(a, struct str, n + 1);
    s.shown = arena_array(a, struct str, n + 1);
    s.total = arena_array(a, double, n + 1);
    for (size_t row = 0; row < n; row++)
        read_row(&s, row);
    choose_top(&s);
    return s;
}

/* Local time as text, in `part`: 0 all that matters, 1 month and day, 2 hour and minute. */
static struct str time_text(struct arena *a, const struct result *r, const struct value *v, bool days,
                            int part)
{
    struct civil t;

    if (v->type != VALUE_TIME)
        return show_str(a, r, v);
    date_civil(r->zone ? zone_local(r->zone, v->i) : v->i, &t);
    if (part == 1)
        return str_of(arena_printf(a, "%02d-%02d", t.month, t.day));
    if (part == 2)
        return str_of(arena_printf(a, "%02d:%02d", t.hour, t.minute));
    if (days)
        return str_of(arena_printf(a, "%04d-%02d-%02d", t.year, t.month, t.day));
    return str_of(arena_printf(a, "%04d-%02d-%02d %02d:%02d", t.year, t.month, t.day, t.hour, t.minute));
}

/* How buckets lie over the columns of the plot. */
struct plot {
    struct rect at; /* the columns, without axis */
    size_t per;     /* buckets per column */
    int pitch, bar; /* columns per bucket, of them filled */
    size_t columns;
};

static struct plot plan_plot(const struct series *s, struct rect at)
{
    struct plot p = {.at = {at.y, at.x + AXIS, at.h, at.w - AXIS}, .per = 1, .pitch = 1, .bar = 1};

    if (p.at.w < 1)
        p.at.w = 1;
    p.per = (s->buckets + (size_t)p.at.w - 1) / (size_t)p.at.w;
    p.per = p.per ? p.per : 1;
    p.columns = (s->buckets + p.per - 1) / p.per;
    if (p.columns)
        p.pitch = p.at.w / (int)p.columns;
    p.pitch = p.pitch > 4 ? 4 : p.pitch < 1 ? 1 : p.pitch;
    p.bar = p.pitch > 1 ? p.pitch - 1 : 1;
    return p;
}

/* Mean value of each column for one group; below 0 where nothing is known. */
static double *column_means(const struct series *s, const struct plot *p, size_t group, struct arena *a)
{
    double *mean = arena_array(a, double, p->columns + 1);
    size_t *n = arena_array(a, size_t, p->columns + 1);

    for (size_t row = 0; row < s->r->rows.n; row++)
        if (s->group[row] == group) {
            mean[s->bucket[row] / p->per] += row_value(s->r, row);
            n[s->bucket[row] / p->per]++;
        }
    for (size_t i = 0; i < p->columns; i++)
        mean[i] = n[i] ? mean[i] / (double)n[i] : -1;
    return mean;
}

static void draw_axis(const struct plot *p, struct canvas *c, double max, bool shares)
{
    int x = p->at.x - AXIS;
    struct buf top = {0};

    if (shares)
        buf_printf(&top, max < 0.1 ? "%.2f%%" : "%.1f%%", 100 * max);
    else
        num_put_short(&top, (int64_t)(max + 0.5), AXIS - 2);
    canvas_right(c, p->at.y, x, AXIS - 2, ROLE_DIM, buf_view(&top));
    if (p->at.h > 1)
        canvas_right(c, p->at.y + p->at.h - 1, x, AXIS - 2, ROLE_DIM, STR("0"));
    for (int y = 0; y < p->at.h; y++)
        glyph_put(c, p->at.y + y, p->at.x - 1, GLYPH_VLINE, ROLE_RULE);
    buf_done(&top);
}

/* First row of each bucket in row order. */
static size_t row_of_bucket(const struct series *s, size_t bucket)
{
    size_t low = 0, high = s->r->rows.n;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (s->bucket[middle] < bucket)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void draw_dates(const struct series *s, const struct plot *p, struct canvas *c, int y, struct arena *a)
{
    int free_from = p->at.x;

    for (size_t i = 0; i < p->columns; i++) {
        const struct value *v = show_cell(s->r, row_of_bucket(s, i * p->per), "bucket");
        int x = p->at.x + (int)i * p->pitch;
        struct str text = time_text(a, s->r, v, s->days, s->days || at_midnight(s->r, v) || i == 0 ? 1 : 2);

        if (x < free_from || x + (int)text.n > p->at.x + p->at.w)
            continue;
        canvas_text(c, y, x, (int)text.n, ROLE_DIM, text);
        free_from = x + (int)text.n + (p->pitch == 1 && s->days ? 5 : 2);
    }
}

static void draw_columns(const struct series *s, const struct plot *p, struct canvas *c, const double *mean,
                         double max)
{
    for (size_t i = 0; i < p->columns; i++) {
        bool partial = p->per == 1 && is_partial(s->r, row_of_bucket(s, i));

        for (int b = 0; b < p->bar; b++)
            glyph_column(c, p->at.y + p->at.h - 1, p->at.x + (int)i * p->pitch + b, p->at.h, mean[i], max,
                         partial ? ROLE_DIM : ROLE_BAR);
    }
}

static void draw_marks(const struct plot *p, struct canvas *c, const double *mean, double max, int series)
{
    for (size_t i = 0; i < p->columns; i++) {
        int row = max > 0 ? (int)(mean[i] / max * (p->at.h - 1) + 0.5) : 0;

        if (mean[i] >= 0)
            canvas_put(c, p->at.y + p->at.h - 1 - row, p->at.x + (int)i * p->pitch, (uint32_t)marks[series],
                       series_role[series]);
    }
}

static double largest(double *const *mean, size_t series, size_t columns)
{
    double max = 0;

    for (size_t k = 0; k < series; k++)
        for (size_t i = 0; i < columns; i++)
            max = mean[k][i] > max ? mean[k][i] : max;
    return max;
}

/* The chart with its axes in at.h rows, the last of them for dates. */
static void draw_plot(const struct series *s, struct canvas *c, struct rect at, struct arena *a)
{
    struct plot p = plan_plot(s, (struct rect){at.y, at.x, at.h - 1, at.w});
    double *mean[SERIES];

    for (size_t i = 0; i < s->charted; i++)
        mean[i] = column_means(s, &p, s->top[i], a);
    double max = largest(mean, s->charted, p.columns);

    draw_axis(&p, c, max, s->shares);
    if (s->groups == 1)
        draw_columns(s, &p, c, mean[0], max);
    for (size_t i = s->groups > 1 ? s->charted : 0; i > 0; i--)
        draw_marks(&p, c, mean[i - 1], max, (int)i - 1);
    draw_dates(s, &p, c, at.y + at.h - 1, a);
}

static void draw_legend(const struct series *s, struct canvas *c, int y, int x, int right)
{
    for (size_t i = 0; i < s->charted; i++) {
        canvas_put(c, y, x, (uint32_t)marks[i], series_role[i]);
        x += 2;
        x += canvas_text(c, y, x, right - x < GROUP_MAX ? right - x : GROUP_MAX, ROLE_TEXT,
                         s->shown[s->top[i]]) +
             2;
    }
    if (s->groups > s->charted)
        canvas_printf(c, y, x, right - x, ROLE_DIM, _("(%d more below)"), (int)(s->groups - s->charted));
}

/* Columns of the table under the chart. */
struct listing {
    const struct series *s;
    const struct chart_view *v;
    struct canvas *c;
    struct arena *a;
    struct spots *spots;
    struct rect at;
    int time, group, bar; /* widths */
    size_t numbers;
    const char *column[3];
};

static int group_width(const struct series *s)
{
    int width = 0;

    for (size_t g = 0; g < s->groups; g++) {
        int w = utf8_width(s->shown[g]);

        width = w > width ? w : width;
    }
    return !s->has_group ? 0 : width > GROUP_MAX ? GROUP_MAX : width < 6 ? 6 : width;
}

static struct listing plan_listing(const struct series *s, const struct chart_view *v, struct canvas *c,
                                   struct rect at, struct arena *a, struct spots *spots)
{
    struct listing l = {s, v, c, a, spots, at, s->days ? 10 : 16, group_width(s), 0, 0, {NULL}};
    int used;

    bool trend = show_cell(s->r, 0, "events")->type == VALUE_NONE;
    l.column[l.numbers++] = trend ? "users" : "events";
    l.column[l.numbers++] = trend ? "converted" : "users";
    if (s->has_value)
        l.column[l.numbers++] = "value";
    used = 1 + l.time + (l.group ? 2 + l.group : 0) + (int)l.numbers * NUMBER;
    if (used > at.w && l.group > 8) {
        l.group = l.group - (used - at.w) > 8 ? l.group - (used - at.w) : 8;
        used = 1 + l.time + 2 + l.group + (int)l.numbers * NUMBER;
    }
    l.bar = at.w - used - 2 >= BAR_MIN ? at.w - used - 2 : 0;
    return l;
}

static const char *column_title(const struct result *r, const char *name)
{
    for (size_t i = 0; i < r->rows.columns; i++)
        if (strcmp(r->rows.column[i].name, name) == 0)
            return show_column(&r->rows.column[i]);
    return show_key(name);
}

static void draw_heading(const struct listing *l)
{
    int x = l->at.x + 1;
    const struct result *r = l->s->r;

    canvas_text(l->c, l->at.y, x, l->time, ROLE_HEAD, str_of(column_title(r, "bucket")));
    x += l->time;
    if (l->group) {
        canvas_text(l->c, l->at.y, x + 2, l->group, ROLE_HEAD, str_of(column_title(r, "group")));
        x += 2 + l->group;
    }
    for (size_t i = 0; i < l->numbers; i++, x += NUMBER)
        canvas_right(l->c, l->at.y, x, NUMBER, ROLE_HEAD, str_of(column_title(r, l->column[i])));
    if (l->bar && show_summary(r, "partial")->type == VALUE_LIST)
        canvas_text(l->c, l->at.y, x + 2, l->bar, ROLE_DIM, str_of(_("( ) not wholly covered")));
}

static void draw_number(const struct listing *l, size_t row, size_t i, int y, int x, struct str when)
{
    const struct value *v = show_cell(l->s->r, row, l->column[i]);
    struct str name = l->s->shown[l->s->group[row]];

    struct str text = show_str(l->a, l->s->r, v);

    if (is_partial(l->s->r, row)) /* the last parenthesis stands right of the other numbers */
        canvas_right(l->c, y, x, NUMBER + 1, ROLE_TEXT, str_of(arena_printf(l->a, "(%s)", text.p)));
    else
        canvas_right(l->c, y, x, NUMBER, ROLE_TEXT, text);
    if (!v->who || !l->spots)
        return;
    const char *label = arena_printf(l->a, "%.*s%s%.*s: %s", (int)when.n, when.p, name.n ? " " : "",
                                     (int)name.n, name.p, column_title(l->s->r, l->column[i]));

    show_spot(l->c, l->spots, l->v,
              (struct spot){{y, x + 2, 1, NUMBER - 2}, v->who, label, show_count(v), row, (int)i}, l->at.x);
}

static void draw_line(const struct listing *l, size_t row, int y)
{
    int x = l->at.x + 1;
    struct str when = time_text(l->a, l->s->r, show_cell(l->s->r, row, "bucket"), l->s->days, 0);

    canvas_text(l->c, y, x, l->time, ROLE_TEXT, when);
    x += l->time;
    if (l->group) {
        canvas_text(l->c, y, x + 2, l->group, ROLE_TEXT, l->s->shown[l->s->group[row]]);
        x += 2 + l->group;
    }
    for (size_t i = 0; i < l->numbers; i++, x += NUMBER)
        draw_number(l, row, i, y, x, when);
    if (l->bar)
        glyph_bar(l->c, y, x + 2, l->bar, row_value(l->s->r, row), l->s->max, GLYPH_BAR,
                  is_partial(l->s->r, row) ? ROLE_DIM : ROLE_BAR);
}

static size_t first_line(const struct result *r, const struct chart_view *v, int room)
{
    size_t last = r->rows.n > (size_t)room ? r->rows.n - (size_t)room : 0;

    return v->scroll < 0 ? 0 : (size_t)v->scroll > last ? last : (size_t)v->scroll;
}

static void draw_listing(const struct listing *l)
{
    int room = l->at.h - 1;

    if (room < 1)
        return;
    size_t first = first_line(l->s->r, l->v, room);

    draw_heading(l);
    for (size_t i = 0; i < (size_t)room && first + i < l->s->r->rows.n; i++)
        draw_line(l, first + i, l->at.y + 1 + (int)i);
}

/* Rows of the chart, its dates and its legend in a place of h rows; 0: the table alone, h: the chart alone.
 * The chart takes half of the place, up to a height at which it reads well, or all that the table leaves. */
static int chart_rows(const struct series *s, int h, bool brief)
{
    int extra = 1 + (s->groups > 1 ? 1 : 0), listing = 2 + (int)s->r->rows.n;
    int half = h / 2 - 2 < CHART_MAX ? h / 2 - 2 : CHART_MAX, left = h - extra - listing;
    int rows = left < half ? half : left < CHART_TALL ? left : CHART_TALL;

    if (s->buckets < 2)
        return 0;
    if (brief || h < ALONE_BELOW)
        return h;
    return (rows < CHART_MIN ? CHART_MIN : rows) + extra;
}

static void series_draw(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                        struct arena *a, struct spots *spots)
{
    struct series s = read_series(r, a);
    int rows = chart_rows(&s, at.h, v->brief), legend = s.groups > 1 && rows < at.h ? 1 : 0;

    if (at.w < AXIS + 10 || at.h < 2) {
        chart_table.draw(r, v, c, at, a, spots);
        return;
    }
    if (rows > 0)
        draw_plot(&s, c, (struct rect){at.y, at.x, rows - legend, at.w}, a);
    if (rows > 0 && legend)
        draw_legend(&s, c, at.y + rows - 1, at.x + AXIS, at.x + at.w);
    if (rows == at.h)
        return;
    int gap = rows > 0 ? 1 : 0;
    struct listing l =
        plan_listing(&s, v, c, (struct rect){at.y + rows + gap, at.x, at.h - rows - gap, at.w}, a, spots);

    draw_listing(&l);
}

static int series_height(const struct result *r, const struct chart_view *v, int w)
{
    struct arena a = {0};
    struct series s = read_series(r, &a);
    int chart = s.buckets < 2 ? 0 : CHART_MAX + 1 + (s.groups > 1 ? 1 : 0) + 1;
    int rows = chart + 1 + (int)r->rows.n;

    (void)v, (void)w;
    arena_done(&a);
    return rows;
}

static void series_note(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out)
{
    struct arena a = {0};
    struct series s = read_series(r, &a);
    const struct value *events = show_summary(r, "events"), *users = show_summary(r, "users");
    int rows = chart_rows(&s, h, v->brief), room = h - rows - (rows > 0 ? 1 : 0) - 1;
    struct plot p = plan_plot(&s, (struct rect){0, 0, 1, w});

    if (events->type != VALUE_NONE && users->type != VALUE_NONE)
        buf_printf(out, _("events %s, customers %s"), show_str(&a, r, events).p, show_str(&a, r, users).p);
    if (rows > 0 && p.per > 1)
        buf_printf(out, _("   1 column = mean of %d buckets"), (int)p.per);
    if (room > 0 && r->rows.n > (size_t)room) {
        int first = (int)first_line(r, v, room);

        buf_printf(out, _("   rows %d-%d of %s"), first + 1, first + room,
                   show_thousands(&a, (int64_t)r->rows.n));
    }
    arena_done(&a);
}

const struct chart chart_series = {PICTURE_SERIES, series_height, series_draw, series_note, true};
