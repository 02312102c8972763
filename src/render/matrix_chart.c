/* matrix_chart.c - from what to what: the busiest names against each other, a number and a shade in every
 * cell. The shade is the share of the row's total (all steps that leave the name, also to names not shown) on
 * a fixed scale from 0 to 100 %, so that two pictures compare. Columns are numbered like the rows. */
#include "config.h"

#include <stdlib.h>
#include "base/nls.h"
#include "base/num.h"
#include "render/charts.h"
#include "render/glyph.h"
#include "render/show.h"

enum { LABEL = 20, CELL = 7, NAMES_MAX = 16, NAMES_MIN = 2 };

struct name {
    struct str text, shown; /* what identifies, what people see */
    int64_t out, traffic;   /* leaving; leaving and arriving */
};

struct matrix {
    const struct result *r;
    struct name *name; /* the busiest first */
    size_t names, shown;
};

static int compare_text(const void *a, const void *b)
{
    const struct name *x = a, *y = b;

    return str_cmp(x->text, y->text);
}

static int compare_traffic(const void *a, const void *b)
{
    const struct name *x = a, *y = b;

    if (x->traffic != y->traffic)
        return x->traffic > y->traffic ? -1 : 1;
    return str_cmp(x->text, y->text);
}

static struct str text_of(const struct result *r, size_t row, const char *column)
{
    const struct value *v = show_cell(r, row, column);

    return v->type == VALUE_TEXT ? v->text : STR("(none)");
}

static struct str seen_of(const struct result *r, size_t row, const char *column)
{
    const struct value *v = show_cell(r, row, column);

    return v->type == VALUE_TEXT ? value_seen(v) : STR("(none)");
}

static int64_t count_of(const struct result *r, size_t row)
{
    const struct value *v = show_cell(r, row, "count");

    return v->type == VALUE_INT ? v->i : 0;
}

/* All names with their traffic, the busiest first: both ends of each row, sorted and summed. */
static struct matrix read_matrix(const struct result *r, struct arena *a)
{
    struct matrix m = {.r = r};

    m.name = arena_array(a, struct name, 2 * r->rows.n + 1);
    for (size_t row = 0; row < r->rows.n; row++) {
        int64_t n = count_of(r, row);

        m.name[2 * row] = (struct name){text_of(r, row, "from"), seen_of(r, row, "from"), n, n};
        m.name[2 * row + 1] = (struct name){text_of(r, row, "to"), seen_of(r, row, "to"), 0, n};
    }
    qsort(m.name, 2 * r->rows.n, sizeof *m.name, compare_text);
    for (size_t i = 0; i < 2 * r->rows.n; i++) {
        if (m.names && str_eq(m.name[m.names - 1].text, m.name[i].text)) {
            m.name[m.names - 1].out += m.name[i].out;
            m.name[m.names - 1].traffic += m.name[i].traffic;
        } else {
            m.name[m.names++] = m.name[i];
        }
    }
    qsort(m.name, m.names, sizeof *m.name, compare_traffic);
    return m;
}

/* How many names a place of that size can show; 0: too small for a matrix. */
static size_t room_for(const struct matrix *m, int w, int h)
{
    int n = (w - LABEL) / CELL < h - 1 ? (w - LABEL) / CELL : h - 1;

    n = n > NAMES_MAX ? NAMES_MAX : n;
    return n < NAMES_MIN || m->names == 0 ? 0 : (size_t)n < m->names ? (size_t)n : m->names;
}

static size_t place_of(const struct matrix *m, struct str text)
{
    for (size_t i = 0; i < m->shown; i++)
        if (str_eq(m->name[i].text, text))
            return i;
    return m->shown;
}

static void draw_labels(const struct matrix *m, struct canvas *c, struct rect at)
{
    canvas_text(c, at.y, at.x + 1, LABEL - 1, ROLE_HEAD, str_of(_("From / to")));
    for (size_t i = 0; i < m->shown; i++) {
        int y = at.y + 1 + (int)i, x = at.x + LABEL + (int)i * CELL;

        canvas_printf(c, at.y, x, CELL, ROLE_HEAD, "%5zu", i + 1);
        canvas_printf(c, y, at.x + 1, 3, ROLE_DIM, "%2zu", i + 1);
        canvas_text(c, y, at.x + 4, LABEL - 5, ROLE_TEXT, m->name[i].shown);
    }
}

static void draw_cell(const struct matrix *m, size_t row, size_t from, size_t to, const struct chart_view *v,
                      struct canvas *c, struct rect at, struct arena *a, struct spots *spots)
{
    int y = at.y + 1 + (int)from, x = at.x + LABEL + (int)to * CELL;
    int64_t n = count_of(m->r, row), out = m->name[from].out;
    const struct value *count = show_cell(m->r, row, "count");
    const char *who = count->who ? count->who : show_cell(m->r, row, "users")->who;
    struct buf text = {0};

    int level = out > 0 ? (int)((double)n / (double)out * 9.999) : 0;

    num_put_short(&text, n, 5);
    canvas_clear(c, (struct rect){y, x, 1, CELL}, glyph_heat(level));
    canvas_right(c, y, x, 5, glyph_heat(level), buf_view(&text));
    glyph_shade_put(c, y, x + 5, level);
    buf_done(&text);
    if (who && spots)
        show_spot(
            c, spots, v,
            (struct spot){{y, x, 1, 5},
                          who,
                          arena_printf(a, "%.*s > %.*s", (int)m->name[from].shown.n, m->name[from].shown.p,
                                       (int)m->name[to].shown.n, m->name[to].shown.p),
                          n,
                          row,
                          (int)to},
            at.x);
}

static void matrix_draw(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                        struct arena *a, struct spots *spots)
{
    struct matrix m = read_matrix(r, a);

    m.shown = room_for(&m, at.w, at.h);
    if (m.shown == 0) {
        chart_table.draw(r, v, c, at, a, spots);
        return;
    }
    draw_labels(&m, c, at);
    size_t *cell = arena_array(a, size_t, m.shown * m.shown); /* row of the result + 1 */

    for (size_t row = 0; row < r->rows.n; row++) {
        size_t from = place_of(&m, text_of(r, row, "from")), to = place_of(&m, text_of(r, row, "to"));

        if (from < m.shown && to < m.shown)
            cell[from * m.shown + to] = row + 1;
    }
    for (size_t i = 0; i < m.shown * m.shown; i++)
        if (cell[i])
            draw_cell(&m, cell[i] - 1, i / m.shown, i % m.shown, v, c, at, a, spots);
}

static int matrix_height(const struct result *r, const struct chart_view *v, int w)
{
    struct arena a = {0};
    struct matrix m = read_matrix(r, &a);
    size_t n = room_for(&m, w, NAMES_MAX + 1);

    arena_done(&a);
    return n ? (int)n + 1 : chart_table.height(r, v, w);
}

static void matrix_note(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out)
{
    struct arena a = {0};
    struct matrix m = read_matrix(r, &a);

    m.shown = room_for(&m, w, h);
    if (m.shown && m.shown < m.names)
        buf_printf(out, _("the %d busiest of the table's %d names   shade: share of the row, 0 to 100%%"),
                   (int)m.shown, (int)m.names);
    else if (m.shown)
        buf_puts(out, _("shade: share of the row, 0 to 100%"));
    else
        chart_table.note(r, v, w, h, out);
    arena_done(&a);
}

const struct chart chart_matrix = {PICTURE_MATRIX, matrix_height, matrix_draw, matrix_note, false};
