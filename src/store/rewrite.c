/* rewrite.c - a merge of parts in bounded memory: a window of each part, a window of the result.
 *
 * Rows move in stretches: as many from one part as come before the next row of all others. */
#include "config.h"
#include <stdlib.h>
#include "base/nls.h"
#include "store/rewrite.h"
#include "store/rows.h"

struct rewrite {
    struct part_writer *to;
    size_t sources, columns;
    struct rows *source;
    VEC(uint16_t) column; /* ascending */
    size_t time, import;  /* indexes; time: `columns` for attributes, which have none */
    uint32_t without;
    struct progress *progress;
    uint64_t kept;
    uint32_t n; /* rows of the window that is next to be written */
    uint32_t *user;
    int64_t **value;
};

/* ---- columns */

static int by_number(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

static void add_column(struct rewrite *w, uint16_t column)
{
    for (size_t i = 0; i < w->column.n; i++)
        if (w->column.at[i] == column)
            return;
    vec_push(&w->column, column);
}

static size_t index_of(const struct rewrite *w, uint16_t column)
{
    size_t i = 0;
    while (i < w->columns && w->column.at[i] != column)
        i++;
    return i;
}

static void unite_columns(struct rewrite *w, const struct part *part, size_t n)
{
    add_column(w, COL_IMPORT);
    for (size_t i = 0; i < n; i++)
        for (uint32_t c = 0; c < part[i].columns; c++)
            add_column(w, part[i].column[c]);
    qsort(w->column.at, w->column.n, sizeof(*w->column.at), by_number);
    w->columns = w->column.n;
    w->time = index_of(w, COL_TIME);
    w->import = index_of(w, COL_IMPORT);
}

/* ---- rows */

/* Drops the rows of import `without` from the window. */
static void leave_out(struct rewrite *w)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->n; i++) {
        if (w->value[w->import][i] == (int64_t)w->without)
            continue;
        w->user[n] = w->user[i];
        for (size_t c = 0; c < w->columns; c++)
            w->value[c][n] = w->value[c][i];
        n++;
    }
    w->n = n;
}

static bool flush(struct rewrite *w, struct err *err)
{
    if (w->progress)
        atomic_fetch_add(&w->progress->done, w->n);
    if (w->without)
        leave_out(w);
    w->kept += w->n;
    bool ok = part_append(w->to, w->n, w->user, (const int64_t *const *)w->value, err);
    w->n = 0;
    if (progress_cancelled(w->progress))
        return err_set(err, ERR_CANCELLED, _("stopped; the store is as before"));
    return ok;
}

static bool take(struct rewrite *w, struct rows *from, uint32_t rows, struct err *err)
{
    while (rows > 0) {
        uint32_t room = ROWS_WINDOW - w->n, n = rows < room ? rows : room;
        memcpy(w->user + w->n, from->user + from->at, n * sizeof(*w->user));
        for (size_t c = 0; c < w->columns; c++)
            memcpy(w->value[c] + w->n, from->value[c] + from->at, n * sizeof(**w->value));
        w->n += n;
        from->at += n;
        rows -= n;
        if (w->n == ROWS_WINDOW && !flush(w, err))
            return false;
    }
    return from->at < from->n || rows_fill(from, err);
}

/* ---- order */

/* Row `i` of one source comes before row `j` of another: parts are in order of arrival. */
static bool before(const struct rewrite *w, size_t a, uint32_t i, size_t b, uint32_t j)
{
    const struct rows *x = &w->source[a], *y = &w->source[b];
    if (x->user[i] != y->user[j])
        return x->user[i] < y->user[j];
    if (w->time == w->columns)
        return a < b;
    int64_t s = x->value[w->time][i], t = y->value[w->time][j];
    return s != t ? s < t : a < b;
}

/* The source with the next row and the one that is next when its rows are not counted; `sources` when there
 * is none. */
static void first_two(const struct rewrite *w, size_t *first, size_t *second)
{
    *first = *second = w->sources;
    for (size_t i = 0; i < w->sources; i++) {
        if (w->source[i].n == 0)
            continue;
        if (*first == w->sources || before(w, i, w->source[i].at, *first, w->source[*first].at)) {
            *second = *first;
            *first = i;
        } else if (*second == w->sources || before(w, i, w->source[i].at, *second, w->source[*second].at)) {
            *second = i;
        }
    }
}

/* Rows of `first` that come before the next one of `second`: at least one. */
static uint32_t stretch(const struct rewrite *w, size_t first, size_t second)
{
    const struct rows *r = &w->source[first];
    if (second == w->sources || before(w, first, r->n - 1, second, w->source[second].at))
        return r->n - r->at;
    uint32_t i = r->at + 1;
    while (i < r->n && before(w, first, i, second, w->source[second].at))
        i++;
    return i - r->at;
}

static bool merge_rows(struct rewrite *w, struct err *err)
{
    size_t first, second;
    for (size_t i = 0; i < w->sources; i++)
        if (!rows_fill(&w->source[i], err))
            return false;
    for (first_two(w, &first, &second); first < w->sources; first_two(w, &first, &second))
        if (!take(w, &w->source[first], stretch(w, first, second), err))
            return false;
    return w->n == 0 || flush(w, err);
}

/* ---- the whole */

static void open_all(struct rewrite *w, const struct snapshot *s, const struct part *part, size_t n)
{
    w->sources = n;
    w->source = mem_zalloc((n + 1) * sizeof(*w->source));
    for (size_t i = 0; i < n; i++)
        rows_init(&w->source[i], s, &part[i], w->column.at, w->columns);
    w->user = mem_alloc(ROWS_WINDOW * sizeof(*w->user));
    w->value = mem_alloc(w->columns * sizeof(*w->value));
    for (size_t c = 0; c < w->columns; c++)
        w->value[c] = mem_alloc(ROWS_WINDOW * sizeof(**w->value));
}

static void close_all(struct rewrite *w)
{
    for (size_t i = 0; i < w->sources; i++)
        rows_done(&w->source[i]);
    for (size_t c = 0; c < w->columns; c++)
        free(w->value[c]);
    free(w->value);
    free(w->user);
    free(w->source);
    vec_done(&w->column);
}

bool rewrite_parts(struct batch *b, const struct part *part, size_t n, uint32_t without,
                   struct progress *progress, uint64_t *kept, struct err *err)
{
    struct rewrite w = {.without = without, .progress = progress};
    size_t parts = b->part.n;
    unite_columns(&w, part, n);
    w.to = part_begin(b, w.column.at, w.columns, err);
    if (!w.to) {
        vec_done(&w.column);
        return false;
    }
    open_all(&w, b->base, part, n);
    bool ok = merge_rows(&w, err);
    if (ok)
        ok = part_end(w.to, err);
    else
        part_drop(w.to);
    close_all(&w);
    *kept = w.kept;
    for (size_t i = 0; i < n; i++)
        batch_replace(b, part[i].id, i + 1 == n && b->part.n > parts ? parts : BATCH_NOTHING);
    return ok;
}

bool rewrite_has(const struct snapshot *s, const struct part *part, uint32_t import, bool *has,
                 struct err *err)
{
    *has = part->import == import && catalog_part_column(part, COL_IMPORT) == part->columns;
    int64_t value[ROWS_WINDOW];
    for (uint32_t block = 0; block < part->blocks && !*has; block++) {
        struct column_view v;
        if (!part_column(s, part, block, COL_IMPORT, &v, err))
            return false;
        if (v.min > (int64_t)import || v.max < (int64_t)import)
            continue;
        for (uint32_t row = 0; row < v.rows && !*has; row += ROWS_WINDOW) {
            uint32_t n = v.rows - row < ROWS_WINDOW ? v.rows - row : ROWS_WINDOW;
            column_decode(&v, row, n, value);
            for (uint32_t i = 0; i < n; i++)
                *has |= value[i] == (int64_t)import;
        }
    }
    return true;
}
