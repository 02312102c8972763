/* cross_chart.c - two categories of tags against each other: a row for each tag of one, a column for each of
 * the other, in every cell how many have both, their share, or the index (`%` changes which). The shade is
 * the cell's part of its row, on a fixed scale, so that rows and pictures compare. The category with more
 * tags goes down the side when the other way round not all columns have room. */
#include "config.h"

#include "base/nls.h"
#include "base/num.h"
#include "base/utf8.h"
#include "render/charts.h"
#include "render/glyph.h"
#include "render/profile_chart.h"
#include "render/show.h"

enum {
    LEFT = 1,
    HEAD = 3 /* who, a blank line, names */,
    LABEL_MOST = 24,
    CELL_LEAST = 7,
    CELL_MOST = 16,
    SHADE = 2
};

static const char *const bases[] = {N_("Customers"), N_("Share"), N_("Index")};

/* One side of the table: which row of the result begins each of its tags. */
struct side {
    const char *column;
    size_t n, step; /* tag i is in row i * step */
};

struct cross {
    const struct result *r;
    struct side down, across;
    int label, cell;
    size_t shown; /* columns that have room */
};

/* The second category runs through its tags once for each tag of the first. */
static size_t inner_count(const struct result *r)
{
    size_t n = 0;
    while (n < r->rows.n && str_eq(show_cell(r, n, "tag")->text, show_cell(r, 0, "tag")->text))
        n++;
    return n;
}

static size_t row_of(const struct cross *x, size_t down, size_t across)
{
    return down * x->down.step + across * x->across.step;
}

static struct str name_of(const struct cross *x, const struct side *s, size_t i)
{
    return value_seen(show_cell(x->r, i * s->step, s->column));
}

static int widest(const struct cross *x, const struct side *s, int least, int most)
{
    int width = least;
    for (size_t i = 0; i < s->n; i++) {
        int w = utf8_width(name_of(x, s, i));
        width = w > width ? w : width;
    }
    return width < most ? width : most;
}

/* Of the names down the side, with the blank behind them and room for what the cells are. */
static int label_width(const struct cross *x)
{
    int title = 0;
    for (int i = 0; i < 3; i++) {
        int w = utf8_width(str_of(_(bases[i])));
        title = w > title ? w : title;
    }
    return widest(x, &x->down, title, LABEL_MOST) + 1;
}

static size_t columns_in(const struct cross *x, int w)
{
    int n = (w - LEFT - x->label) / CELL_LEAST;
    return n < 1 ? 1 : (size_t)n < x->across.n ? (size_t)n : x->across.n;
}

static struct cross plan(const struct result *r, int w)
{
    size_t inner = inner_count(r);
    struct cross x = {
        .r = r, .down = {"tag", inner ? r->rows.n / inner : 0, inner}, .across = {"with", inner, 1}};
    x.label = label_width(&x);
    if (columns_in(&x, w) < x.across.n && x.down.n < x.across.n) {
        struct side other = x.down;
        x.down = x.across;
        x.across = other;
        x.label = label_width(&x);
    }
    x.shown = columns_in(&x, w);
    int room = x.shown ? (w - LEFT - x.label) / (int)x.shown : 0,
        wish = widest(&x, &x.across, 0, CELL_MOST - 1) + 1;
    x.cell = room < wish ? room : wish > CELL_LEAST ? wish : CELL_LEAST;
    return x;
}

/* ---- drawing */

/* With as many decimals, two at most, as have room. */
static void put_share(struct buf *out, const struct value *v, int w)
{
    size_t before = out->n;
    for (int decimals = 2; decimals >= 0; decimals--) {
        out->n = before;
        num_put_percent(out, v->ratio.part, v->ratio.whole, decimals);
        if (out->n - before <= (size_t)w)
            break;
    }
}

static void put_number(struct buf *out, const struct cross *x, size_t row, int base)
{
    const struct value *users = show_cell(x->r, row, "users"), *index = show_cell(x->r, row, "index");
    int w = x->cell - SHADE;
    if (base == 1)
        put_share(out, show_cell(x->r, row, "share"), w);
    else if (base == 0 || index->type == VALUE_REAL)
        num_put_short(out, show_count(base ? index : users), w);
    else
        buf_putc(out, '-');
}

static int64_t row_total(const struct cross *x, size_t down)
{
    int64_t sum = 0;
    for (size_t k = 0; k < x->across.n; k++)
        sum += show_count(show_cell(x->r, row_of(x, down, k), "users"));
    return sum;
}

static void draw_cell(const struct cross *x, size_t down, size_t across, int64_t total,
                      const struct chart_view *v, struct canvas *c, int y, int left, struct arena *a,
                      struct spots *spots)
{
    size_t row = row_of(x, down, across);
    const struct value *users = show_cell(x->r, row, "users");
    int64_t n = show_count(users);
    int level = total > 0 ? (int)((double)n / (double)total * 9.999) : 0, w = x->cell - SHADE;
    struct str tag = name_of(x, &x->down, down), with = name_of(x, &x->across, across);
    struct buf text = {0};
    put_number(&text, x, row, v->base);
    canvas_clear(c, (struct rect){y, left, 1, x->cell - 1}, glyph_heat(level));
    canvas_right(c, y, left, w, glyph_heat(level), buf_view(&text));
    glyph_shade_put(c, y, left + w, level);
    buf_done(&text);
    if (spots && users->who)
        show_spot(c, spots, v,
                  (struct spot){{y, left, 1, w},
                                users->who,
                                arena_printf(a, "%.*s, %.*s", (int)tag.n, tag.p, (int)with.n, with.p),
                                n,
                                row,
                                (int)across + 1},
                  -1);
}

static void draw_row(const struct cross *x, size_t down, const struct chart_view *v, struct canvas *c,
                     struct rect at, struct arena *a, struct spots *spots)
{
    int64_t total = row_total(x, down);
    canvas_text(c, at.y, at.x + LEFT, x->label - 1, ROLE_TEXT, name_of(x, &x->down, down));
    for (size_t k = 0; k < x->shown; k++)
        draw_cell(x, down, k, total, v, c, at.y, at.x + LEFT + x->label + (int)k * x->cell, a, spots);
}

static void draw_heading(const struct cross *x, const struct chart_view *v, struct canvas *c, struct rect at)
{
    canvas_text(c, at.y, at.x + LEFT, x->label - 1, ROLE_HEAD, str_of(_(bases[v->base])));
    for (size_t k = 0; k < x->shown; k++)
        canvas_right(c, at.y, at.x + LEFT + x->label + (int)k * x->cell, x->cell - 1, ROLE_HEAD,
                     name_of(x, &x->across, k));
}

static int room_of(const struct cross *x, const struct chart_view *v, int h, int *top)
{
    int room = h > HEAD ? h - HEAD : 0, last = (int)x->down.n > room ? (int)x->down.n - room : 0;
    *top = v->scroll < 0 ? 0 : v->scroll > last ? last : v->scroll;
    return room;
}

static int cross_height(const struct result *r, const struct chart_view *v, int w)
{
    (void)v;
    return HEAD + (int)plan(r, w).down.n;
}

static void cross_draw(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                       struct arena *a, struct spots *spots)
{
    struct cross x = plan(r, at.w);
    int top, room = room_of(&x, v, at.h, &top);
    if (at.h <= 0 || x.cell < CELL_LEAST)
        return;
    profile_chart_who(r, v, c, at, a, spots);
    if (room > 0)
        draw_heading(&x, v, c, (struct rect){at.y + HEAD - 1, at.x, 1, at.w});
    for (int i = 0; i < room && (size_t)(top + i) < x.down.n; i++)
        draw_row(&x, (size_t)(top + i), v, c, (struct rect){at.y + HEAD + i, at.x, 1, at.w}, a, spots);
}

static void cross_note(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out)
{
    struct cross x = plan(r, w);
    int top, room = room_of(&x, v, h, &top);
    struct arena a = {0};
    if (room > 0 && (int)x.down.n > room)
        buf_printf(out, _("rows %d-%d of %s"), top + 1, top + room, show_thousands(&a, (int64_t)x.down.n));
    arena_done(&a);
    if (out->n)
        buf_puts(out, "   ");
    if (x.shown < x.across.n)
        buf_printf(out, _("%d of %d columns, all in the table   "), (int)x.shown, (int)x.across.n);
    buf_puts(out, _("shade: share of the row, 0 to 100%"));
}

const struct chart chart_cross = {PICTURE_CROSS, cross_height, cross_draw, cross_note, false};
