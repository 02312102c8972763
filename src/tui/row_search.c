/* row_search.c - finds text in the rows of an answer: in the cells as they are and as people see them. */
#include "config.h"

#include "base/utf8.h"
#include "tui/row_search.h"

static bool cell_has(const struct value *v, struct str needle)
{
    if (v->type == VALUE_OBJECT) {
        for (size_t i = 0; i < v->object->n; i++)
            if (cell_has(&v->object->at[i].value, needle))
                return true;
        return false;
    }
    if (v->type != VALUE_TEXT)
        return false;
    struct buf folded = {0};
    utf8_fold(&folded, v->text);
    if (v->shown) {
        buf_putc(&folded, '\n');
        utf8_fold(&folded, str_of(v->shown));
    }
    bool found = memmem(folded.p ? folded.p : "", folded.n, needle.p, needle.n) != NULL;
    buf_done(&folded);
    return found;
}

bool row_search(const struct rows *rows, size_t from, int direction, struct str needle, size_t *row)
{
    for (size_t k = 1; k <= rows->n; k++) {
        *row = (from + rows->n + (direction > 0 ? k : rows->n - k)) % rows->n;
        for (size_t i = 0; i < rows->columns; i++)
            if (cell_has(&rows->cell[*row * rows->columns + i], needle))
                return true;
    }
    return false;
}

bool row_at_time(const struct result *r, int64_t local_us, size_t *row)
{
    const struct rows *rows = &r->rows;
    size_t column = 0;
    while (column < rows->columns && !(rows->n && rows->cell[column].type == VALUE_TIME))
        column++;
    for (*row = 0; column < rows->columns && *row < rows->n; (*row)++) {
        const struct value *v = &rows->cell[*row * rows->columns + column];
        if (v->type == VALUE_TIME && zone_local(r->zone, v->i) >= local_us)
            return true;
    }
    return false;
}
