/* row_order.c - the rows of an answer in the order of one of their columns. */
#include "config.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "tui/row_order.h"

struct key {
    size_t row;
    bool missing;
    double number;
    struct str text; /* folded; p NULL: a number */
};

bool row_order_has(const struct rows *rows, size_t column)
{
    for (size_t row = 0; row < rows->n; row++)
        switch (rows->cell[row * rows->columns + column].type) {
        case VALUE_NONE: break;
        case VALUE_LIST:
        case VALUE_OBJECT:
        case VALUE_ROWS: return false;
        case VALUE_INT:
        case VALUE_REAL:
        case VALUE_TEXT:
        case VALUE_BOOL:
        case VALUE_TIME:
        case VALUE_SECONDS:
        case VALUE_RATIO: return true;
        }
    return rows->n > 0;
}

static struct str folded(struct arena *a, struct str s)
{
    struct buf text = {0};
    utf8_fold(&text, s);
    struct str copy = arena_str(a, buf_view(&text));
    buf_done(&text);
    return copy;
}

static struct key key_of(const struct value *v, size_t row, struct arena *a)
{
    struct key k = {.row = row};
    switch (v->type) {
    case VALUE_INT:
    case VALUE_TIME: k.number = (double)v->i; break;
    case VALUE_REAL:
    case VALUE_SECONDS: k.number = v->d; break;
    case VALUE_BOOL: k.number = v->truth; break;
    case VALUE_RATIO:
        k.missing = !v->ratio.whole;
        k.number = k.missing ? 0 : (double)v->ratio.part / (double)v->ratio.whole;
        break;
    case VALUE_TEXT: k.text = folded(a, value_seen(v)); break;
    default: k.missing = true; break;
    }
    return k;
}

static int compare(const struct key *x, const struct key *y)
{
    if (x->text.p && y->text.p)
        return str_cmp(x->text, y->text);
    return x->number < y->number ? -1 : x->number > y->number;
}

static int in_order(const struct key *x, const struct key *y, int direction)
{
    int c = x->missing != y->missing ? (x->missing ? direction : -direction) : compare(x, y);
    return c ? c * direction : x->row < y->row ? -1 : 1;
}

static int ascending(const void *x, const void *y)
{
    return in_order(x, y, 1);
}

static int descending_order(const void *x, const void *y)
{
    return in_order(x, y, -1);
}

static bool find_column(const struct rows *rows, const char *name, size_t *column)
{
    for (*column = 0; *column < rows->columns; (*column)++)
        if (strcmp(rows->column[*column].name, name) == 0)
            return row_order_has(rows, *column);
    return false;
}

bool row_order(const struct result *r, const char *column, bool descending, struct arena *a,
               struct result *out)
{
    const struct rows *rows = &r->rows;
    size_t at, width = rows->columns;
    if (!find_column(rows, column, &at))
        return false;
    struct key *key = arena_array(a, struct key, rows->n);
    for (size_t i = 0; i < rows->n; i++)
        key[i] = key_of(&rows->cell[i * width + at], i, a);
    qsort(key, rows->n, sizeof *key, descending ? descending_order : ascending);
    *out = *r;
    out->rows.cell = arena_alloc(a, mem_size(rows->n * width, sizeof *out->rows.cell));
    for (size_t i = 0; i < rows->n; i++)
        memcpy(&out->rows.cell[i * width], &rows->cell[key[i].row * width], width * sizeof *out->rows.cell);
    return true;
}
