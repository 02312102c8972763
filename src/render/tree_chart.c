/* tree_chart.c - see tree_chart.h. Every row says how many paths begin so, which share that is of all and of
 * the row above it, how many stop there and how many go on in ways too rare to be listed: count = ended +
 * children + rest, at every row. */
#include "config.h"

#include "base/nls.h"
#include "base/num.h"
#include "render/charts.h"
#include "render/glyph.h"
#include "render/show.h"
#include "render/tree_chart.h"

enum {
    COUNT = 11,
    SHARE = 9,
    NUMBERS = COUNT + 2 * SHARE + 2 * COUNT, /* paths, % of all, % of above, ended, rest */
    BAR = 24,
    BAR_LEAST = 8,
    INDENT = 2,
    NAME_LEAST = 16,
    OPEN_FROM = 20 /* a row is open at first when one path in so many goes through it */
};

static int64_t number(const struct result *r, size_t row, const char *column)
{
    const struct value *v = show_cell(r, row, column);

    return v->type == VALUE_INT ? v->i : v->type == VALUE_RATIO ? v->ratio.part : 0;
}

static int64_t level_of(const struct result *r, size_t row)
{
    return number(r, row, "level");
}

bool tree_chart_has_children(const struct result *r, size_t row)
{
    return row + 1 < r->rows.n && level_of(r, row + 1) > level_of(r, row);
}

size_t tree_chart_parent(const struct result *r, size_t row)
{
    size_t at = row;

    while (at > 0)
        if (level_of(r, --at) < level_of(r, row))
            return at;
    return r->rows.n;
}

void tree_chart_begin(const struct result *r, bool *open)
{
    for (size_t i = 0; i < r->rows.n; i++) {
        const struct value *share = show_cell(r, i, "share");

        open[i] = share->type == VALUE_RATIO && share->ratio.part * OPEN_FROM >= share->ratio.whole;
    }
}

static bool is_open(const struct result *r, const struct chart_view *v, size_t row)
{
    const struct value *share = show_cell(r, row, "share");

    if (v->open)
        return v->open[row];
    return share->type == VALUE_RATIO && share->ratio.part * OPEN_FROM >= share->ratio.whole;
}

/* Rows whose ancestors are all open, in order. */
static size_t *visible(const struct result *r, const struct chart_view *v, struct arena *a, size_t *n)
{
    size_t *list = arena_array(a, size_t, r->rows.n + 1);
    int64_t shut = INT64_MAX; /* level of the closed row we are below */

    *n = 0;
    for (size_t i = 0; i < r->rows.n; i++) {
        int64_t level = level_of(r, i);

        if (level > shut)
            continue;
        shut = is_open(r, v, i) ? INT64_MAX : level;
        list[(*n)++] = i;
    }
    return list;
}

/* Paths that go on in ways not listed. */
static int64_t rest_of(const struct result *r, size_t row)
{
    int64_t level = level_of(r, row), rest = number(r, row, "count") - number(r, row, "ended");

    for (size_t i = row + 1; i < r->rows.n && level_of(r, i) > level; i++)
        if (level_of(r, i) == level + 1)
            rest -= number(r, i, "count");
    return rest;
}

static struct str name_of(const struct result *r, size_t row)
{
    const struct value *path = show_cell(r, row, "path");

    return path->type == VALUE_LIST && path->list.n ? value_seen(&path->list.at[path->list.n - 1]) : STR("?");
}

struct columns {
    int name, bar, numbers; /* widths; numbers: how many of the five columns have room */
};

static struct columns columns_for(int w)
{
    struct columns c = {.numbers = w >= NAME_LEAST + NUMBERS             ? 5
                                   : w >= NAME_LEAST + COUNT + 2 * SHARE ? 3
                                                                         : 1};
    int used = c.numbers == 5 ? NUMBERS : c.numbers == 3 ? COUNT + 2 * SHARE : COUNT;

    c.bar = w - used - NAME_LEAST - 8;
    c.bar = c.bar > BAR ? BAR : c.bar < BAR_LEAST ? 0 : c.bar;
    c.name = w - used - c.bar - 1;
    return c;
}

static void put_heading(struct canvas *c, struct rect at, struct columns col)
{
    const char *const title[] = {_("Paths"), _("of total"), _("of above"), _("ended"), _("rest")};
    static const int width[] = {COUNT, SHARE, SHARE, COUNT, COUNT};
    int x = at.x + col.name;

    canvas_text(c, at.y, at.x + 1, col.name - 1, ROLE_HEAD, str_of(_("How paths begin")));
    for (int i = 0; i < col.numbers; i++) {
        canvas_right(c, at.y, x, width[i], ROLE_HEAD, str_of(title[i]));
        x += width[i];
    }
}

static struct str percent(struct arena *a, const struct value *v)
{
    struct buf b = {0};

    if (v->type == VALUE_RATIO)
        num_put_percent(&b, v->ratio.part, v->ratio.whole, 1);
    struct str s = arena_str(a, buf_view(&b));

    buf_done(&b);
    return s;
}

static void put_numbers(const struct result *r, size_t row, struct canvas *c, int y, int x, int n,
                        struct arena *a)
{
    const struct str text[] = {
        str_of(show_thousands(a, number(r, row, "count"))), percent(a, show_cell(r, row, "share")),
        percent(a, show_cell(r, row, "parent_share")), str_of(show_thousands(a, number(r, row, "ended"))),
        str_of(show_thousands(a, rest_of(r, row)))};
    static const int width[] = {COUNT, SHARE, SHARE, COUNT, COUNT};

    for (int i = 0; i < n; i++) {
        canvas_right(c, y, x, width[i], i ? ROLE_DIM : ROLE_TEXT, text[i]);
        x += width[i];
    }
}

static void put_row(const struct result *r, const struct chart_view *v, size_t row, struct canvas *c,
                    struct rect at, struct columns col, struct arena *a, struct spots *spots)
{
    int indent = INDENT * (int)(level_of(r, row) - 1), room = col.name - 3;
    const struct value *count = show_cell(r, row, "count"), *share = show_cell(r, row, "share");
    const char *mark = !tree_chart_has_children(r, row) ? " " : is_open(r, v, row) ? "-" : "+";

    indent = indent > room - NAME_LEAST / 2 ? room - NAME_LEAST / 2 : indent;
    canvas_text(c, at.y, at.x + 1 + indent, 1, ROLE_DIM, str_of(mark));
    canvas_text(c, at.y, at.x + 3 + indent, room - indent, ROLE_TEXT, name_of(r, row));
    put_numbers(r, row, c, at.y, at.x + col.name, col.numbers, a);
    if (col.bar && share->type == VALUE_RATIO)
        glyph_bar(c, at.y, at.x + at.w - col.bar, col.bar, (double)share->ratio.part,
                  (double)share->ratio.whole, GLYPH_BAR, ROLE_BAR);
    const struct value *path = show_cell(r, row, "path");
    struct rect spot = {at.y, at.x + 3 + indent, 1, col.name - 4 - indent};

    show_spot(c, spots, v, (struct spot){spot, count->who, path->shown, count->i, row, 0}, at.x);
}

static int first_line(const struct chart_view *v, size_t n, int room)
{
    int last = (int)n > room ? (int)n - room : 0;

    return v->scroll < 0 ? 0 : v->scroll > last ? last : v->scroll;
}

static void tree_draw(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                      struct arena *a, struct spots *spots)
{
    struct columns col = columns_for(at.w);
    size_t n, *list = visible(r, v, a, &n);
    int top = first_line(v, n, at.h - 1);

    if (at.h < 2 || at.w < NAME_LEAST + COUNT) {
        chart_table.draw(r, v, c, at, a, spots);
        return;
    }
    put_heading(c, at, col);
    for (int i = 0; i < at.h - 1 && (size_t)(top + i) < n; i++)
        put_row(r, v, list[top + i], c, (struct rect){at.y + 1 + i, at.x, 1, at.w}, col, a, spots);
    if (n == 0)
        canvas_text(c, at.y + 1, at.x + 1, at.w - 1, ROLE_DIM, str_of(_("(nothing)")));
}

static int tree_height(const struct result *r, const struct chart_view *v, int w)
{
    struct arena a = {0};
    size_t n;

    (void)w;
    visible(r, v, &a, &n);
    arena_done(&a);
    return (int)n + 1;
}

static void tree_note(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out)
{
    struct arena a = {0};
    size_t n;

    (void)w;
    visible(r, v, &a, &n);
    int top = first_line(v, n, h - 1);

    if ((int)n > h - 1)
        buf_printf(out, _("rows %d-%d of %s"), top + 1, top + h - 1, show_thousands(&a, (int64_t)n));
    arena_done(&a);
}

const struct chart chart_tree = {PICTURE_TREE, tree_height, tree_draw, tree_note, false};
