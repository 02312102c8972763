/* chains_chart.c - one customer's chains: the one taken with its times, then those rejected; what a step
 * broke stands below it in as many lines as it takes.
 *
 *     taken: the deepest chain
 *       1 Home                 2026-10-13 21:43:17
 *       2 Credit card tab      2026-10-13 21:43:31   14s
 *       3 Bill detail
 *         no such event after it */
#include "config.h"

#include "base/nls.h"
#include "base/utf8.h"
#include "render/charts.h"
#include "render/show.h"
#include "render/wrap.h"

enum { STEP = 4, NAME_MIN = 8, NAME_MAX = 24, TIME = 19, AFTER = 10, INDENT = STEP + 1 };

struct chains {
    const struct result *r;
    const struct chart_view *v;
    struct canvas *c;
    struct arena *a;
    struct spots *spots;
    struct rect at;
};

/* Several units of a customer may each have a chain 0. */
static bool begins_chain(const struct result *r, size_t row)
{
    return row == 0 || show_count(show_cell(r, row, "chain")) != show_count(show_cell(r, row - 1, "chain")) ||
           show_count(show_cell(r, row, "step")) <= show_count(show_cell(r, row - 1, "step"));
}

static bool has_verdict(const struct result *r, size_t row)
{
    return show_cell(r, row, "verdict")->type == VALUE_TEXT;
}

/* The verdict in lines of the width that is there below a step. */
static int verdict_lines(const struct result *r, size_t row, int w)
{
    struct str rest = show_cell(r, row, "verdict")->text;
    int n = 0;

    while (rest.p && ++n)
        wrap_line(&rest, w - INDENT > 1 ? w - INDENT : 1);
    return n;
}

static int lines_of(const struct result *r, size_t row, int w)
{
    int own = has_verdict(r, row) ? verdict_lines(r, row, w) : 0;

    return 1 + own + (begins_chain(r, row) && row > 0); /* a blank line before the next chain */
}

static int all_lines(const struct result *r, int w)
{
    int n = 2;

    for (size_t i = 0; i < r->rows.n; i++)
        n += lines_of(r, i, w);
    return r->rows.n ? n : n + 1;
}

/* Returns the line behind the last. */
static int draw_verdict(const struct chains *s, size_t row, int y, enum role role)
{
    struct str rest = show_cell(s->r, row, "verdict")->text;
    bool heads = begins_chain(s->r, row);
    int64_t chain = show_count(show_cell(s->r, row, "chain"));
    int x = s->at.x + (heads ? 1 : INDENT), w = s->at.w - INDENT;

    if (heads && chain > 0)
        x += canvas_printf(s->c, y, x, w, role, "%d ", (int)chain);
    while (rest.p)
        canvas_text(s->c, y++, x, s->at.x + s->at.w - x, role, wrap_line(&rest, w > 1 ? w : 1));
    return y;
}

static void draw_step(const struct chains *s, size_t row, int y)
{
    const struct value *step = show_cell(s->r, row, "step"), *time = show_cell(s->r, row, "time"),
                       *after = show_cell(s->r, row, "gap_s");
    int name = s->at.w - STEP - 1 - TIME - AFTER - 2, x = s->at.x;
    bool missed = has_verdict(s->r, row) && !begins_chain(s->r, row);

    name = name < NAME_MIN ? NAME_MIN : name > NAME_MAX ? NAME_MAX : name;
    canvas_right(s->c, y, x, STEP, ROLE_DIM, show_str(s->a, s->r, step));
    x += INDENT;
    canvas_text(s->c, y, x, name, missed ? ROLE_DIM : ROLE_TEXT,
                show_str(s->a, s->r, show_cell(s->r, row, "name")));
    x += name + 1;
    if (time->type == VALUE_TIME && !missed)
        canvas_text(s->c, y, x, s->at.x + s->at.w - x, ROLE_TEXT, show_str(s->a, s->r, time));
    x += TIME + 1;
    if (after->type != VALUE_NONE && !missed && x + AFTER <= s->at.x + s->at.w)
        canvas_right(s->c, y, x, AFTER, ROLE_DIM, show_str(s->a, s->r, after));
    if (s->spots)
        show_spot(s->c, s->spots, s->v,
                  (struct spot){{y, s->at.x + INDENT, 1, s->at.w - INDENT},
                                NULL,
                                show_str(s->a, s->r, show_cell(s->r, row, "name")).p,
                                -1,
                                row,
                                0},
                  s->at.x);
}

/* Returns the line behind the last. */
static int draw_row(const struct chains *s, size_t row, int y)
{
    if (!begins_chain(s->r, row)) {
        draw_step(s, row, y++);
        return has_verdict(s->r, row) ? draw_verdict(s, row, y, ROLE_WARN) : y;
    }
    y += row > 0;
    if (has_verdict(s->r, row))
        y = draw_verdict(s, row, y, ROLE_STRONG);
    draw_step(s, row, y);
    return y + 1;
}

/* "Customer 85468709 came to step 3 and still has time; other chains: 4, 2 of them below" */
static void draw_head(const struct chains *s)
{
    int64_t level = show_count(show_summary(s->r, "level"));
    const char *who = show_str(s->a, s->r, show_summary(s->r, "user")).p;
    int64_t others = show_count(show_summary(s->r, "chains")) - 1;
    int64_t shown = show_count(show_summary(s->r, "rejected_shown"));
    struct buf text = {0};

    if (level < 1)
        buf_printf(&text, _("Customer %s never did the first step"), who);
    else if (show_summary(s->r, "open")->truth)
        buf_printf(&text, _("Customer %s came to step %d and still has time"), who, (int)level);
    else
        buf_printf(&text, _("Customer %s came to step %d"), who, (int)level);
    if (level >= 1 && others > 0 && shown < others)
        buf_printf(&text, _("; other chains: %s, %s below"), show_thousands(s->a, others),
                   show_thousands(s->a, shown));
    else if (level >= 1 && others > 0)
        buf_printf(&text, _("; other chains: %s"), show_thousands(s->a, others));
    canvas_text(s->c, s->at.y, s->at.x + 1, s->at.w - 1, ROLE_TEXT, buf_view(&text));
    buf_done(&text);
}

/* As scrolled, but no further than the last page. */
static size_t first_row(const struct chains *s)
{
    size_t last = s->r->rows.n;
    int room = s->at.h - 2;

    while (last > 0 && room >= lines_of(s->r, last - 1, s->at.w))
        room -= lines_of(s->r, --last, s->at.w);
    return s->v->scroll < 0 ? 0 : (size_t)s->v->scroll < last ? (size_t)s->v->scroll : last;
}

static void chains_draw(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                        struct arena *a, struct spots *spots)
{
    struct chains s = {r, v, c, a, spots, at};
    int y = at.y + 2;

    if (at.h < 3 || at.w < INDENT + NAME_MIN + TIME)
        return;
    draw_head(&s);
    for (size_t row = first_row(&s); row < r->rows.n; row++) {
        if (y + lines_of(r, row, at.w) > at.y + at.h)
            break;
        y = draw_row(&s, row, y);
    }
}

static int chains_height(const struct result *r, const struct chart_view *v, int w)
{
    (void)v;
    return all_lines(r, w);
}

static void chains_note(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out)
{
    struct chains s = {.r = r, .v = v, .at = {0, 0, h, w}};
    size_t first = first_row(&s), end = first;
    int room = h - 2;

    while (end < r->rows.n && room >= lines_of(r, end, w))
        room -= lines_of(r, end++, w);
    struct arena a = {0};

    if (first > 0 || end < r->rows.n)
        buf_printf(out, _("rows %d-%d of %s"), (int)first + 1, (int)end,
                   show_thousands(&a, (int64_t)r->rows.n));
    arena_done(&a);
}

const struct chart chart_chains = {PICTURE_CHAINS, chains_height, chains_draw, chains_note, false};
