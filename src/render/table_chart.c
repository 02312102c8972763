/* table_chart.c - any result as a table: the summary on top, then columns sized by their content.
 *
 * Numbers are right-aligned with thousands separators. When the columns do not fit, the widest text column
 * shrinks first (cut texts end in '~'); columns that still do not fit are left out and a '~' at the right end
 * of the heading says so. In a text nothing is left out: what has no room in its row stands below it, each
 * value with the title of its column. A list of customers has no room for columns that are empty. On a
 * screen times lose their seconds before a column is left out. */
#include "config.h"

#include "base/nls.h"
#include "base/utf8.h"
#include "render/charts.h"
#include "render/glyph.h"
#include "render/show.h"
#include "render/table_chart.h"
#include "render/wrap.h"

enum {
    GAP = 2,       /* blanks between columns */
    LEFT = 1,      /* column of the '>' */
    NARROWEST = 8, /* a text column shrinks no further */
    READABLE = 20, /* the same in a text, where another line costs nothing */
    SAMPLE = 1000, /* rows measured from the top, beside those shown */
    SLAB = 256,    /* rows written at a time */
    MINUTES = 16,  /* columns of 2026-10-05 10:23 */
};

struct table {
    const struct result *r;
    int *width;    /* per column; 0: left out */
    size_t shown;  /* columns that fit */
    int top, rows; /* first row shown and how many */
    int narrowest; /* a text column shrinks no further */
    bool minutes;  /* times without seconds */
    bool cut;      /* some column has less than it wants */
    int home; /* the first column with customers behind it: rows without any, such as (other), go with it */
};

static bool is_scalar(const struct value *v)
{
    return v->type != VALUE_ROWS &&
           !(v->type == VALUE_LIST && v->list.n && v->list.at[0].type == VALUE_OBJECT);
}

/* That all are shown goes without saying. */
static bool is_told(const struct result *r, const struct field *f)
{
    const struct value *users = strcmp(f->name, "shown") == 0 ? show_summary(r, "users") : NULL;

    return is_scalar(&f->value) && !(users && show_count(users) == show_count(&f->value));
}

static int summary_lines(const struct result *r, const struct chart_view *v)
{
    int n = 0;

    for (size_t i = 0; i < r->summary.n && !v->rows_only; i++)
        n += is_told(r, &r->summary.at[i]);
    return n;
}

static bool is_empty(const struct result *r, size_t column)
{
    bool empty = r->picture == PICTURE_LIST && column > 0 && r->rows.n > 0 && r->rows.n <= SAMPLE;

    for (size_t row = 0; row < r->rows.n && empty; row++)
        empty = r->rows.cell[row * r->rows.columns + column].type == VALUE_NONE;
    return empty;
}

static bool column_is_number(const struct result *r, size_t column)
{
    enum value_type t = r->rows.column[column].type;

    for (size_t row = 0; t == VALUE_NONE && row < r->rows.n && row < SAMPLE; row++)
        t = r->rows.cell[row * r->rows.columns + column].type;
    return show_is_number(t);
}

/* A number or a time cut short would mislead; a text cut short is still recognised. */
static bool column_shrinks(const struct result *r, size_t column)
{
    return !column_is_number(r, column) && r->rows.column[column].type != VALUE_TIME;
}

static int shown_width(const struct result *r, const struct value *v, struct buf *work)
{
    buf_clear(work);
    show_value(work, r, v);
    struct buf clean = {0};

    utf8_clean(&clean, buf_view(work), CLEAN_LABEL);
    int width = utf8_width(buf_view(&clean));

    buf_done(&clean);
    return width;
}

static int natural_width(const struct table *t, size_t column, struct buf *work)
{
    const struct rows *rows = &t->r->rows;
    int width = utf8_width(str_of(show_column(&rows->column[column])));

    for (size_t row = 0; row < rows->n; row++) {
        if (row == SAMPLE && (size_t)t->top > SAMPLE)
            row = (size_t)t->top;
        if (row >= SAMPLE && row >= (size_t)(t->top + t->rows))
            break;
        int w = shown_width(t->r, &rows->cell[row * rows->columns + column], work);

        width = w > width ? w : width;
    }
    return width;
}

static int total_width(const struct table *t)
{
    int total = LEFT;

    for (size_t i = 0; i < t->shown; i++)
        total += t->width[i] ? t->width[i] + (i ? GAP : 0) : 0;
    return total;
}

/* The column that can give most: the widest that holds text; t->shown when none can. */
static size_t widest_text(const struct table *t)
{
    size_t best = t->shown;

    for (size_t i = 0; i < t->shown; i++)
        if (t->width[i] > t->narrowest && column_shrinks(t->r, i) &&
            (best == t->shown || t->width[i] > t->width[best]))
            best = i;
    return best;
}

/* On a screen times can do without seconds, before a column is left out. */
static bool shorten_times(struct table *t)
{
    bool can = !t->minutes && t->narrowest == NARROWEST;

    for (size_t i = 0; can && i < t->shown; i++)
        if (t->r->rows.column[i].type == VALUE_TIME && t->width[i] > MINUTES) {
            int title = utf8_width(str_of(show_column(&t->r->rows.column[i])));

            t->width[i] = title > MINUTES ? title : MINUTES;
            t->minutes = true;
        }
    return can && t->minutes;
}

static void fit_columns(struct table *t, int w)
{
    while (total_width(t) > w) {
        size_t wide = widest_text(t);

        if (wide < t->shown)
            t->width[wide]--;
        else if (shorten_times(t))
            continue;
        else if (t->shown > 1)
            t->shown--;
        else
            break;
    }
}

/* What a column left out has freed goes back to the texts, leftmost first. */
static void give_back(struct table *t, const int *natural, int w)
{
    int spare = w - total_width(t);

    for (size_t i = 0; i < t->shown && spare > 0; i++) {
        int more = natural[i] - t->width[i] < spare ? natural[i] - t->width[i] : spare;

        if (t->r->rows.column[i].type == VALUE_TIME) /* half of the seconds are of no use */
            continue;
        t->width[i] += more;
        spare -= more;
    }
}

static struct table plan(const struct result *r, int top, int rows, int narrowest, int w, struct arena *a)
{
    struct table t = {.r = r, .shown = r->rows.columns, .top = top, .rows = rows, .narrowest = narrowest};
    struct buf work = {0};

    t.width = arena_array(a, int, t.shown + 1);
    for (size_t i = 0; i < t.shown; i++)
        t.width[i] = is_empty(r, i) ? 0 : natural_width(&t, i, &work);
    buf_done(&work);
    int *natural = arena_array(a, int, t.shown + 1);

    memcpy(natural, t.width, t.shown * sizeof *natural);
    fit_columns(&t, w);
    give_back(&t, natural, w);
    t.cut = t.shown < r->rows.columns || memcmp(t.width, natural, t.shown * sizeof *natural) != 0;
    return t;
}

/* Left of the title of the column that the rows are in the order of. */
static void mark_order(const struct table *t, size_t column, struct canvas *c, int y, int x, bool descending)
{
    int title = utf8_width(str_of(show_column(&t->r->rows.column[column])));
    int left = column_is_number(t->r, column) && title < t->width[column] ? t->width[column] - title : 0;

    canvas_put(c, y, x + left - 1, descending ? 'v' : '^', ROLE_STRONG);
}

static void draw_heading(const struct table *t, const struct chart_view *v, struct canvas *c, struct rect at)
{
    int x = at.x + LEFT;

    for (size_t i = 0; i < t->shown; i++) {
        struct str title = str_of(show_column(&t->r->rows.column[i]));

        if (!t->width[i])
            continue;
        if (column_is_number(t->r, i))
            canvas_right(c, at.y, x, t->width[i], ROLE_HEAD, title);
        else
            canvas_text(c, at.y, x, t->width[i], ROLE_HEAD, title);
        if (v && v->sort && strcmp(v->sort, t->r->rows.column[i].name) == 0)
            mark_order(t, i, c, at.y, x, v->descending);
        x += t->width[i] + GAP;
    }
    if (t->shown < t->r->rows.columns && t->narrowest == NARROWEST)
        canvas_put(c, at.y, at.x + at.w - 1, '~', ROLE_WARN);
    glyph_hline(c, at.y + 1, at.x, at.w, ROLE_RULE);
}

/* "Home: users", from the first text of the row. */
static const char *cell_label(const struct result *r, size_t row, size_t column, struct arena *a)
{
    const struct rows *t = &r->rows;

    for (size_t i = 0; i < t->columns; i++) {
        const struct value *v = &t->cell[row * t->columns + i];

        if (i != column && v->type == VALUE_TEXT) {
            struct str seen = value_seen(v);

            return arena_printf(a, "%.*s: %s", (int)seen.n, seen.p, show_column(&t->column[column]));
        }
    }
    return show_column(&t->column[column]);
}

static void draw_row(const struct table *t, size_t row, struct canvas *c, struct rect at,
                     const struct chart_view *v, struct arena *a, struct spots *spots)
{
    const struct rows *rows = &t->r->rows;
    int x = at.x + LEFT;
    bool any = false;

    for (size_t i = 0; i < t->shown; i++) {
        const struct value *cell = &rows->cell[row * rows->columns + i];

        if (!t->width[i])
            continue;
        struct str text = show_str(a, t->r, cell);

        if (t->minutes && cell->type == VALUE_TIME && !cell->shown && text.n > MINUTES)
            text.n = MINUTES;
        struct rect place = {at.y, x, 1, t->width[i]};

        if (column_is_number(t->r, i))
            canvas_right(c, at.y, x, t->width[i], ROLE_TEXT, text);
        else
            canvas_text(c, at.y, x, t->width[i], ROLE_TEXT, text);
        if (cell->who && spots) {
            show_spot(
                c, spots, v,
                (struct spot){place, cell->who, cell_label(t->r, row, i, a), show_count(cell), row, (int)i},
                at.x);
            any = true;
        }
        x += t->width[i] + GAP;
    }
    if (any || rows->columns == 0 || !spots)
        return;
    const char *label = show_str(a, t->r, &rows->cell[row * rows->columns]).p;

    show_spot(c, spots, v, (struct spot){{at.y, at.x + LEFT, 1, at.w - LEFT}, NULL, label, -1, row, t->home},
              at.x);
}

static int key_width(const struct result *r)
{
    int width = 0;

    for (size_t i = 0; i < r->summary.n; i++) {
        int w = utf8_width(str_of(show_key(r->summary.at[i].name)));

        if (is_told(r, &r->summary.at[i]) && w > width)
            width = w;
    }
    return width;
}

static void draw_summary(const struct result *r, struct canvas *c, struct rect at, const struct chart_view *v,
                         struct arena *a, struct spots *spots)
{
    int keys = key_width(r), y = at.y;

    for (size_t i = 0; i < r->summary.n && y < at.y + at.h; i++) {
        const struct field *f = &r->summary.at[i];
        int x = at.x + LEFT + keys + GAP;

        if (!is_told(r, f))
            continue;
        canvas_text(c, y, at.x + LEFT, keys, ROLE_DIM, str_of(show_key(f->name)));
        int used = canvas_text(c, y, x, at.x + at.w - x, ROLE_TEXT, show_str(a, r, &f->value));

        if (f->value.who)
            show_spot(
                c, spots, v,
                (struct spot){{y, x, 1, used}, f->value.who, show_key(f->name), show_count(&f->value), 0, 0},
                at.x);
        y++;
    }
}

static int clamp_scroll(int scroll, int rows, int room)
{
    int last = rows > room ? rows - room : 0;

    return scroll < 0 ? 0 : scroll > last ? last : scroll;
}

/* Rows the table itself takes; an empty one is left out when the summary says what there is to say. */
static int row_lines(const struct result *r, const struct chart_view *v)
{
    if (r->rows.columns == 0 || (r->rows.n == 0 && summary_lines(r, v) > 0))
        return 0;
    return 2 + (r->rows.n ? (int)r->rows.n : 1);
}

/* Lines of the summary in a place of h rows, with the blank one below it: it gives way when rows would have
 * no room. */
static int summary_room(const struct result *r, const struct chart_view *v, int h)
{
    int summary = summary_lines(r, v), rows = row_lines(r, v);

    if (summary == 0 || rows == 0)
        return summary;
    return h >= summary + 1 + (rows < 5 ? rows : 5) ? summary + 1 : 0;
}

static int table_height(const struct result *r, const struct chart_view *v, int w)
{
    int summary = summary_lines(r, v), rows = row_lines(r, v);

    (void)w;
    return summary + (summary && rows ? 1 : 0) + rows;
}

static int first_column(const struct rows *rows)
{
    for (size_t i = 0; i < rows->columns; i++)
        for (size_t row = 0; row < rows->n && row < SAMPLE; row++)
            if (rows->cell[row * rows->columns + i].who)
                return (int)i;
    return 0;
}

static void draw_rows(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                      struct arena *a, struct spots *spots)
{
    int room = at.h > 2 ? at.h - 2 : 0;
    int top = clamp_scroll(v->scroll, (int)r->rows.n, room);
    struct table t = plan(r, top, room, NARROWEST, at.w, a);

    t.home = first_column(&r->rows);
    draw_heading(&t, v, c, at);
    for (int i = 0; i < room && (size_t)(top + i) < r->rows.n; i++)
        draw_row(&t, (size_t)(top + i), c, (struct rect){at.y + 2 + i, at.x, 1, at.w}, v, a, spots);
    if (r->rows.n == 0 && room > 0)
        canvas_text(c, at.y + 2, at.x + LEFT, at.w - LEFT, ROLE_DIM, str_of(_("(nothing)")));
}

static void table_draw(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                       struct arena *a, struct spots *spots)
{
    int summary = summary_room(r, v, at.h);

    if (at.h <= 0 || at.w <= LEFT)
        return;
    if (summary > 0)
        draw_summary(r, c, at, v, a, spots);
    if (row_lines(r, v) > 0)
        draw_rows(r, v, c, (struct rect){at.y + summary, at.x, at.h - summary, at.w}, a, spots);
}

static void table_note(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out)
{
    int room = h - 2 - summary_room(r, v, h);
    int rows = (int)r->rows.n;

    (void)w;
    if (room <= 0 || rows <= room)
        return;
    int top = clamp_scroll(v->scroll, rows, room);
    struct arena a = {0};

    buf_printf(out, _("rows %d-%d of %s"), top + 1, top + room, show_thousands(&a, rows));
    arena_done(&a);
}

/* Rows top.. of a table planned for all of them, on a canvas of `slab` rows. */
static void write_slab(const struct table *t, size_t top, size_t slab, struct canvas *c, struct page *out)
{
    static const struct chart_view view = {.selected = -1};
    struct arena a = {0};
    int rows = (int)(t->r->rows.n - top < slab ? t->r->rows.n - top : slab);

    canvas_resize(c, c->w, rows);
    for (int i = 0; i < rows; i++)
        draw_row(t, top + (size_t)i, c, (struct rect){i, 0, 1, c->w}, &view, &a, NULL);
    page_cells(out, c);
    arena_done(&a);
}

/* What has no room in its row, below it. */
static void write_rest(const struct table *t, size_t row, int w, struct page *out)
{
    const struct rows *rows = &t->r->rows;
    struct arena a = {0};
    struct buf work = {0}, lines = {0};

    for (size_t i = 0; i < rows->columns; i++) {
        const struct value *v = &rows->cell[row * rows->columns + i];
        bool whole = i < t->shown && shown_width(t->r, v, &work) <= t->width[i];

        if (v->type != VALUE_NONE && !whole)
            wrap_put(&lines, LEFT + 4, show_column(&rows->column[i]), show_str(&a, t->r, v), w);
    }
    page_lines(out, buf_view(&lines));
    buf_done(&lines);
    buf_done(&work);
    arena_done(&a);
}

void table_chart_write(const struct result *r, int w, enum tier tier, bool plain, struct page *out)
{
    static const struct chart_view view = {.selected = -1};
    int head = table_height(r, &view, w) - (int)r->rows.n;
    struct arena a = {0};
    struct table t = plan(r, 0, (int)r->rows.n, READABLE, w, &a);
    struct canvas c;

    canvas_init(&c, w, head, tier);
    c.plain = plain;
    draw_summary(r, &c, (struct rect){0, 0, head, w}, &view, &a, NULL);
    if (row_lines(r, &view) > 0)
        draw_heading(&t, NULL, &c, (struct rect){head - (r->rows.n ? 2 : 3), 0, 2, w});
    if (row_lines(r, &view) > 0 && r->rows.n == 0)
        canvas_text(&c, head - 1, LEFT, w - LEFT, ROLE_DIM, str_of(_("(nothing)")));
    page_cells(out, &c);
    size_t slab = t.cut ? 1 : SLAB;

    for (size_t top = 0; top < r->rows.n; top += slab) {
        write_slab(&t, top, slab, &c, out);
        if (t.cut)
            write_rest(&t, top, w, out);
    }
    canvas_done(&c);
    arena_done(&a);
}

const struct chart chart_table = {PICTURE_TABLE, table_height, table_draw, table_note, false};
const struct chart chart_list = {PICTURE_LIST, table_height, table_draw, table_note, false};
