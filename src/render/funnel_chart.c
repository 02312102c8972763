/* funnel_chart.c - steps with bars, and between them who was lost (tui.md 9.4).
 *
 *     # Step                  Users    Step%   Total%   Median  0%       50%      100%
 *     1 Wealth channel       48,210  100.00%  100.00%        -  ##########################
 *         dropped 12,204  25.31%   lost 12,173   still open 31
 *     2 Product detail       36,006   74.69%   74.69%    2m10s  ###################
 *
 * Every number is the result's own. When the picture is too low for the lines between, they become columns.
 * With a `group` column (a breakdown or a comparison) each step is a line of its own with one line per group
 * beneath it; of a comparison the second line says how much it differs in points, and between which bounds
 * that lies. */
#include "config.h"

#include "base/nls.h"
#include "base/num.h"
#include "base/utf8.h"
#include "render/charts.h"
#include "render/glyph.h"
#include "render/show.h"

enum {
    NUMBER = 3,
    INDENT = 2, /* of groups */
    DIFFERENCE = 24,
    NAME_MIN = 8,
    NAME_MAX = 28,
    USERS = 11,
    PERCENT = 9,
    MEDIAN = 9,
    SUM = 16,
    BAR_MIN = 10,
    BAR_LOW = 8,
};

struct steps {
    const struct result *r;
    const struct chart_view *v;
    struct canvas *c;
    struct arena *a;
    struct spots *spots;
    struct rect at;
    bool grouped, lines;                  /* lines: losses between the steps */
    bool median, losses, difference, sum; /* columns shown */
    bool rules;    /* groups are rules: in place of the lost who is counted otherwise */
    int name, bar; /* widths; bar 0: none */
};

static bool has_groups(const struct result *r)
{
    return rows_get(&r->rows, 0, "group") != NULL;
}

static bool starts_step(const struct result *r, size_t row)
{
    return row == 0 || show_count(show_cell(r, row, "step")) != show_count(show_cell(r, row - 1, "step"));
}

/* Lines the step's row takes: a heading in grouped form, in line form the loss after it (none after the last
 * step). */
static int lines_of(const struct result *r, size_t row, bool grouped, bool lines)
{
    if (grouped)
        return starts_step(r, row) ? 2 : 1;
    return lines && row + 1 < r->rows.n ? 2 : 1;
}

static int all_lines(const struct result *r, bool lines)
{
    bool grouped = has_groups(r);
    int n = 1;

    for (size_t i = 0; i < r->rows.n; i++)
        n += lines_of(r, i, grouped, lines);
    return n;
}

static int width_of(struct str text)
{
    struct buf clean = {0};

    utf8_clean(&clean, text, CLEAN_LABEL);
    int width = utf8_width(buf_view(&clean));

    buf_done(&clean);
    return width;
}

/* Of what stands before the numbers: steps, or groups, which are indented below their step. */
static int widest_name(const struct result *r, struct arena *a)
{
    int width = NAME_MIN;

    for (size_t i = 0; i < r->rows.n; i++) {
        int name = has_groups(r) ? INDENT + width_of(show_str(a, r, show_cell(r, i, "group")))
                                 : width_of(show_str(a, r, show_cell(r, i, "name")));

        width = name > width ? name : width;
    }
    return width < NAME_MAX ? width : NAME_MAX;
}

/* Columns give way in this order when it is narrow: the bar shrinks, the name, losses, the bar, the median,
 * the sum. Of a comparison the difference goes before the sum. */
static void plan(struct steps *s)
{
    int fixed = NUMBER + USERS + 2 * PERCENT + 2;

    int others = fixed + NAME_MIN + (rows_get(&s->r->rows, 0, "difference") ? DIFFERENCE : 0);
    s->sum = rows_get(&s->r->rows, 0, "sum") && s->at.w >= others + SUM;
    fixed += s->sum ? SUM : 0;
    s->grouped = has_groups(s->r);
    s->lines = !s->grouped && all_lines(s->r, true) <= s->at.h;
    s->losses = !s->lines && rows_get(&s->r->rows, 0, "lost") &&
                s->at.w >= fixed + NAME_MIN + MEDIAN + USERS + BAR_MIN;
    s->rules = rows_get(&s->r->rows, 0, "differ") != NULL;
    s->difference = rows_get(&s->r->rows, 0, "difference") && s->at.w >= fixed + NAME_MIN + DIFFERENCE;
    s->losses = s->losses && !s->difference;
    s->median = !s->difference && s->at.w >= fixed + NAME_MIN + MEDIAN;
    s->name = widest_name(s->r, s->a);
    fixed += (s->median ? MEDIAN : 0) + (s->losses ? USERS : 0) + (s->difference ? DIFFERENCE : 0);
    int bar = s->grouped ? BAR_LOW : BAR_MIN; /* which group it is matters more than a long bar */
    if (s->at.w - fixed - s->name < bar)
        s->name = s->at.w - fixed - bar < NAME_MIN ? s->at.w - fixed : s->at.w - fixed - bar;
    s->name = s->name < NAME_MIN ? NAME_MIN : s->name > NAME_MAX ? NAME_MAX : s->name;
    s->bar = s->at.w - fixed - s->name;
    s->bar = s->bar < bar ? 0 : s->bar;
}

static void draw_axis(struct steps *s, int x)
{
    if (s->c->plain)
        return;
    canvas_text(s->c, s->at.y, x, 2, ROLE_HEAD, STR("0%"));
    if (s->bar >= 20)
        canvas_text(s->c, s->at.y, x + s->bar / 2 - 1, 3, ROLE_HEAD, STR("50%"));
    canvas_right(s->c, s->at.y, x, s->bar, ROLE_HEAD, STR("100%"));
}

static void draw_heading(struct steps *s)
{
    int y = s->at.y, x = s->at.x;

    canvas_text(s->c, y, x + 1, 1, ROLE_HEAD, STR("#"));
    canvas_text(s->c, y, x += NUMBER, s->name, ROLE_HEAD, str_of(_("Step")));
    canvas_right(s->c, y, x += s->name, USERS, ROLE_HEAD, str_of(_("Users")));
    canvas_right(s->c, y, x += USERS, PERCENT, ROLE_HEAD, str_of(_("Step%")));
    canvas_right(s->c, y, x += PERCENT, PERCENT, ROLE_HEAD, str_of(_("Total%")));
    x += PERCENT;
    if (s->losses) {
        canvas_right(s->c, y, x, USERS, ROLE_HEAD, str_of(s->rules ? _("Otherwise") : _("Lost")));
        x += USERS;
    }
    if (s->median) {
        canvas_right(s->c, y, x, MEDIAN, ROLE_HEAD, str_of(_("Median")));
        x += MEDIAN;
    }
    if (s->difference) {
        canvas_right(s->c, y, x, DIFFERENCE, ROLE_HEAD, str_of(_("Difference, 95%")));
        x += DIFFERENCE;
    }
    if (s->sum) {
        canvas_right(s->c, y, x, SUM, ROLE_HEAD, str_of(_("Sum")));
        x += SUM;
    }
    if (s->bar)
        draw_axis(s, x + 2);
}

static const char *label_of(struct steps *s, size_t row, const char *what)
{
    struct str name = show_str(s->a, s->r, show_cell(s->r, row, "name"));

    return arena_printf(s->a, "%lld %.*s: %s", (long long)show_count(show_cell(s->r, row, "step")),
                        (int)name.n, name.p, what);
}

static void add_spot(struct steps *s, size_t row, const struct value *v, struct rect at, const char *what,
                     int group)
{
    if (v->who && s->spots)
        show_spot(s->c, s->spots, s->v,
                  (struct spot){at, v->who, label_of(s, row, what), show_count(v), row, group}, s->at.x);
}

static void number(struct steps *s, int y, int x, int w, const struct value *v, enum role role)
{
    canvas_right(s->c, y, x, w, role, show_str(s->a, s->r, v));
}

/* "+8.35 (-1.20..+17.90)" in points. */
static void draw_difference(struct steps *s, size_t row, int y, int x)
{
    const struct value *d = show_cell(s->r, row, "difference");

    if (d->type == VALUE_REAL)
        canvas_right(s->c, y, x, DIFFERENCE, ROLE_TEXT,
                     str_of(arena_printf(s->a, "%+.2f (%+.2f..%+.2f)", 100 * d->d,
                                         100 * show_amount(show_cell(s->r, row, "low")),
                                         100 * show_amount(show_cell(s->r, row, "high")))));
}

static void draw_numbers(struct steps *s, size_t row, int y)
{
    int x = s->at.x + NUMBER + s->name;
    const struct value *users = show_cell(s->r, row, "users");
    const struct value *lost = show_cell(s->r, row, s->rules ? "differ" : "lost");

    number(s, y, x, USERS, users, ROLE_STRONG);
    add_spot(s, row, users, (struct rect){y, x + 1, 1, USERS - 1}, _("customers"), 0);
    number(s, y, x += USERS, PERCENT, show_cell(s->r, row, "rate"), ROLE_TEXT);
    number(s, y, x += PERCENT, PERCENT, show_cell(s->r, row, "total_rate"), ROLE_TEXT);
    x += PERCENT;
    if (s->losses) {
        number(s, y, x, USERS, lost, ROLE_DIM);
        add_spot(s, row, lost, (struct rect){y, x + 1, 1, USERS - 1},
                 s->rules ? _("counted otherwise") : _("lost"), 1);
        x += USERS;
    }
    if (s->median) {
        number(s, y, x, MEDIAN, show_cell(s->r, row, "median_s"), ROLE_TEXT);
        x += MEDIAN;
    }
    if (s->difference) {
        draw_difference(s, row, y, x);
        x += DIFFERENCE;
    }
    if (s->sum) {
        number(s, y, x, SUM, show_cell(s->r, row, "sum"), ROLE_TEXT);
        x += SUM;
    }
    if (s->bar)
        glyph_bar(s->c, y, x + 2, s->bar, show_amount(show_cell(s->r, row, "total_rate")), 1,
                  s->grouped && !starts_step(s->r, row) ? GLYPH_BAR2 : GLYPH_BAR,
                  s->grouped && !starts_step(s->r, row) ? ROLE_BAR2 : ROLE_BAR);
}

/* "lost 8,243" at x, a spot when somebody is behind it; nothing when the number would be cut. Returns the
 * columns used and three more. */
static int draw_part(struct steps *s, size_t row, int y, int x, const char *what, const struct value *v,
                     int group)
{
    struct str number = show_str(s->a, s->r, v);
    int right = s->at.x + s->at.w, word = utf8_width(str_of(what)) + 1, digits = utf8_width(number);

    if (x + word + digits > right)
        return 0;
    canvas_text(s->c, y, x, word, ROLE_DIM, str_of(what));
    canvas_text(s->c, y, x + word, digits, ROLE_TEXT, number);
    add_spot(s, row, v, (struct rect){y, x + word, 1, digits}, what, group);
    return word + digits + 3;
}

/* "dropped 8,255  39.06%   lost 8,243   still open 12": who reached this step but not the next. The share is
 * of all who left, lost for good or with time yet, so that it and the next step's rate add up to the whole.
 */
static void draw_loss(struct steps *s, size_t row, int y)
{
    const struct value *lost = show_cell(s->r, row, "lost"), *open = show_cell(s->r, row, "open");
    int64_t left = show_count(lost) + (open->type == VALUE_NONE ? 0 : show_count(open));
    int x = s->at.x + NUMBER + 2, right = s->at.x + s->at.w;
    struct buf text = {0};

    buf_printf(&text, "%s %s  ", _("dropped"), show_thousands(s->a, left));
    num_put_percent(&text, left, show_count(show_cell(s->r, row, "users")), 2);
    x += canvas_text(s->c, y, x, right - x, ROLE_DIM, buf_view(&text)) + 3;
    buf_done(&text);
    x += draw_part(s, row, y, x, _("lost"), lost, 1);
    if (open->type != VALUE_NONE)
        draw_part(s, row, y, x, _("still open"), open, 2);
}

/* A step with its groups below it has the line to itself. */
static void draw_name(struct steps *s, size_t row, int y, const char *column)
{
    bool step = strcmp(column, "name") == 0;
    int x = s->at.x + NUMBER + (step ? 0 : INDENT), end = s->at.x + NUMBER + s->name;

    end = s->grouped && step ? s->at.x + s->at.w : end;
    canvas_text(s->c, y, x, end - x, ROLE_TEXT, show_str(s->a, s->r, show_cell(s->r, row, column)));
}

/* Returns the lines used. */
static int draw_step(struct steps *s, size_t row, int y)
{
    int lines = lines_of(s->r, row, s->grouped, s->lines);
    int numbers_y = s->grouped ? y + lines - 1 : y;

    if (!s->grouped || starts_step(s->r, row)) {
        canvas_right(s->c, y, s->at.x, NUMBER - 1, ROLE_DIM,
                     show_str(s->a, s->r, show_cell(s->r, row, "step")));
        draw_name(s, row, y, "name");
    }
    if (s->grouped)
        draw_name(s, row, numbers_y, "group");
    draw_numbers(s, row, numbers_y);
    if (s->lines && lines > 1)
        draw_loss(s, row, y + 1);
    return lines;
}

/* The first row shown when not all fit: as scrolled, but no further than the last page. */
static size_t first_row(const struct steps *s)
{
    size_t last = s->r->rows.n;
    int room = s->at.h - 1;

    while (last > 0 && room >= lines_of(s->r, last - 1, s->grouped, s->lines))
        room -= lines_of(s->r, --last, s->grouped, s->lines);
    return s->v->scroll < 0 ? 0 : (size_t)s->v->scroll < last ? (size_t)s->v->scroll : last;
}

static void funnel_draw(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                        struct arena *a, struct spots *spots)
{
    struct steps s = {.r = r, .v = v, .c = c, .a = a, .spots = spots, .at = at};
    int y = at.y + 1;

    if (at.h < 2 || at.w < NUMBER + NAME_MIN + USERS) {
        chart_table.draw(r, v, c, at, a, spots);
        return;
    }
    plan(&s);
    draw_heading(&s);
    for (size_t row = first_row(&s); row < r->rows.n; row++) {
        if (y + lines_of(r, row, s.grouped, s.lines) > at.y + at.h)
            break;
        y += draw_step(&s, row, y);
    }
}

static int funnel_height(const struct result *r, const struct chart_view *v, int w)
{
    (void)v, (void)w;
    return all_lines(r, true);
}

/* "rows 1-16 of 24" when not all fit. */
static void put_hidden(const struct result *r, const struct chart_view *v, int w, int h, struct arena *a,
                       struct buf *out)
{
    struct steps s = {.r = r, .v = v, .a = a, .at = {0, 0, h, w}};
    plan(&s);
    size_t first = first_row(&s), end = first;
    int room = h - 1;

    while (end < r->rows.n && room >= lines_of(r, end, s.grouped, s.lines))
        room -= lines_of(r, end++, s.grouped, s.lines);
    if (first > 0 || end < r->rows.n)
        buf_printf(out, _("rows %d-%d of %s"), (int)first + 1, (int)end,
                   show_thousands(a, (int64_t)r->rows.n));
}

/* "653 of 3,611 users converted: 18.08%, median time 33s": of those who did the first step, as the ratio is.
 */
static void funnel_note(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out)
{
    const struct value *conversion = show_summary(r, "conversion"),
                       *median = show_summary(r, "median_total_s");
    struct arena a = {0};

    if (h >= 2 && w >= NUMBER + NAME_MIN + USERS)
        put_hidden(r, v, w, h, &a, out);
    if (conversion->type == VALUE_RATIO && out->n)
        buf_puts(out, ";  ");
    if (conversion->type == VALUE_RATIO && median->type == VALUE_NONE)
        buf_printf(out, _("%s of %s users converted: %s"), show_thousands(&a, conversion->ratio.part),
                   show_thousands(&a, conversion->ratio.whole), show_str(&a, r, conversion).p);
    else if (conversion->type == VALUE_RATIO)
        buf_printf(out, _("%s of %s users converted: %s, median time %s"),
                   show_thousands(&a, conversion->ratio.part), show_thousands(&a, conversion->ratio.whole),
                   show_str(&a, r, conversion).p, show_str(&a, r, median).p);
    arena_done(&a);
}

const struct chart chart_funnel = {PICTURE_STEPS, funnel_height, funnel_draw, funnel_note, false};
