/* times_chart.c - how long the steps took: a table of quantiles, and below it how many took how long for the
 * whole. Where the picture is too low for all lengths of time, neighbours are taken together. */
#include "config.h"

#include "base/nls.h"
#include "render/charts.h"
#include "render/glyph.h"
#include "render/show.h"

enum { HEAD = 2, LEFT = 1, LABEL = 20, COUNT = 12, SHARE = 10, BAR_MIN = 8, LINES_MIN = 3 };

static const struct rows *lengths_of(const struct result *r)
{
    const struct value *v = object_get(&r->more, "histogram");

    return v && v->type == VALUE_ROWS && v->rows->n ? v->rows : NULL;
}

static bool same_group(const struct rows *t, size_t a, size_t b)
{
    const struct value *x = rows_get(t, a, "group"), *y = rows_get(t, b, "group");

    return !x || !y || str_eq(value_seen(x), value_seen(y));
}

/* The first row of the group behind that of `row`. */
static size_t group_end(const struct rows *t, size_t row)
{
    size_t end = row + 1;

    while (end < t->n && same_group(t, row, end))
        end++;
    return end;
}

/* Lines of all groups when `together` lengths are one. */
static int lines_of(const struct rows *t, size_t together)
{
    int n = 0;

    for (size_t row = 0, end; row < t->n; row = end) {
        end = group_end(t, row);
        n += (int)((end - row + together - 1) / together) + (rows_get(t, row, "group") != NULL);
    }
    return n;
}

/* How many lengths are taken together to fit in so many lines; 0: however many, they do not. */
static size_t fit(const struct rows *t, int room)
{
    for (size_t together = 1; together < 64; together *= 2)
        if (lines_of(t, together) <= room)
            return room >= LINES_MIN ? together : 0;
    return 0;
}

/* "30s to 1m00s"; the last length has no end. */
static struct str label(const struct result *r, const struct rows *t, size_t from, size_t last,
                        struct arena *a)
{
    const struct value *to = rows_get(t, last, "to_s");
    const char *least = show_str(a, r, rows_get(t, from, "from_s")).p;

    if (!to || to->type == VALUE_NONE)
        return str_of(arena_printf(a, _("%s and more"), least));
    return str_of(arena_printf(a, _("%s to %s"), least, show_str(a, r, to).p));
}

struct drawing {
    const struct result *r;
    struct canvas *c;
    struct arena *a;
    struct rect at;
    double most; /* the greatest share of one line: groups of any size are seen side by side */
};

static int64_t sum(const struct rows *t, size_t from, size_t end)
{
    int64_t n = 0;

    for (size_t i = from; i < end; i++)
        n += show_count(rows_get(t, i, "users"));
    return n;
}

/* Of the customers of their group. */
static struct value share_of(const struct rows *t, size_t from, size_t end)
{
    return value_ratio(sum(t, from, end), rows_get(t, from, "share")->ratio.whole);
}

static double length_of(struct value share)
{
    return (double)share.ratio.part / (double)share.ratio.whole;
}

/* Rows [from, end) as one line. */
static void draw_line(const struct drawing *d, const struct rows *t, size_t from, size_t end, int y)
{
    struct value share = share_of(t, from, end);
    int x = d->at.x + LEFT, right = d->at.x + d->at.w;

    canvas_text(d->c, y, x, LABEL, ROLE_TEXT, label(d->r, t, from, end - 1, d->a));
    canvas_right(d->c, y, x += LABEL, COUNT, ROLE_TEXT, str_of(show_thousands(d->a, share.ratio.part)));
    canvas_right(d->c, y, x += COUNT, SHARE, ROLE_DIM, show_str(d->a, d->r, &share));
    x += SHARE + 2;
    if (right - x >= BAR_MIN)
        glyph_bar(d->c, y, x, right - x, length_of(share), d->most, GLYPH_BAR, ROLE_BAR);
}

static double most_of(const struct rows *t, size_t together)
{
    double most = 0;

    for (size_t row = 0, end; row < t->n; row = end)
        for (end = group_end(t, row); row < end; row += together) {
            double n = length_of(share_of(t, row, row + together < end ? row + together : end));

            most = n > most ? n : most;
        }
    return most;
}

static void draw_heading(const struct drawing *d, int y)
{
    int x = d->at.x + LEFT;
    const struct rows *t = lengths_of(d->r);

    for (size_t i = 0; i < t->columns; i++) {
        if (strcmp(t->column[i].name, "users") == 0)
            canvas_right(d->c, y, x + LABEL, COUNT, ROLE_HEAD, str_of(show_column(&t->column[i])));
        if (strcmp(t->column[i].name, "share") == 0)
            canvas_right(d->c, y, x + LABEL + COUNT, SHARE, ROLE_HEAD, str_of(show_column(&t->column[i])));
    }
    canvas_text(d->c, y, x, LABEL, ROLE_HEAD, str_of(_("First step to last")));
}

static void draw_lengths(const struct drawing *d, const struct rows *t, size_t together, int y)
{
    draw_heading(d, y++);
    for (size_t row = 0, end; row < t->n; row = end) {
        end = group_end(t, row);
        if (rows_get(t, row, "group"))
            canvas_text(d->c, y++, d->at.x + LEFT, d->at.w - LEFT, ROLE_STRONG,
                        show_str(d->a, d->r, rows_get(t, row, "group")));
        for (size_t i = row; i < end; i += together)
            draw_line(d, t, i, i + together < end ? i + together : end, y++);
    }
}

/* Rows of the table above the lengths, and how many of these are taken together; 0: there is room for the
 * table alone. */
static int split(const struct result *r, const struct chart_view *v, int w, int h, size_t *together)
{
    const struct rows *t = lengths_of(r);
    int whole = chart_table.height(r, v, w), least = (int)r->rows.n + 2;

    *together = 0;
    if (!t)
        return h;
    int rest = h - HEAD - lines_of(t, 1), table = rest >= whole ? whole : rest > least ? rest : least;

    *together = h > table + HEAD ? fit(t, h - table - HEAD) : 0;
    return *together ? table : h;
}

static void times_draw(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                       struct arena *a, struct spots *spots)
{
    size_t together;
    int table = split(r, v, at.w, at.h, &together);
    const struct rows *t = lengths_of(r);

    chart_table.draw(r, v, c, (struct rect){at.y, at.x, table, at.w}, a, spots);
    if (together)
        draw_lengths(&(struct drawing){r, c, a, at, most_of(t, together)}, t, together, at.y + table + 1);
}

static int times_height(const struct result *r, const struct chart_view *v, int w)
{
    const struct rows *t = lengths_of(r);

    return chart_table.height(r, v, w) + (t ? HEAD + lines_of(t, 1) : 0);
}

static void times_note(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out)
{
    size_t together;
    int table = split(r, v, w, h, &together);

    chart_table.note(r, v, w, table, out);
}

const struct chart chart_times = {PICTURE_TIMES, times_height, times_draw, times_note, false};
