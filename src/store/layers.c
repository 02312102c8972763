/* layers.c - walks the blocks of attributes that have the column and some of the users.
 *
 * A row of an unmerged part is its user's only one there; in a merged part each import's row is kept beside
 * the others, and the journal knows which columns each of them had. */
#include "config.h"
#include <stdlib.h>
#include "base/arena.h"
#include "store/layers.h"
#include "store/part_view.h"

enum { WINDOW = 4096 };

struct reading {
    const struct snapshot *s;
    const struct part *part;
    uint16_t column;
    uint32_t from, to;
    layers_fn *each;
    void *arg;
    uint8_t *known, *had; /* per import: it had the column; had: NULL in a part of one import */
    uint32_t imports;
    uint32_t user[WINDOW], import[WINDOW];
    int64_t value[WINDOW], number[WINDOW];
};

/* The block under way. */
struct block {
    uint32_t number, rows;
    struct run_view runs;
    struct column_view value, import;
    uint32_t run, end; /* runs of users asked for */
};

static bool has_column(const uint16_t *column, size_t n, uint16_t wanted)
{
    for (size_t i = 0; i < n; i++)
        if (column[i] == wanted)
            return true;
    return false;
}

/* Which imports had the column, for rows of a merged part. */
static void ask_imports(struct reading *r)
{
    const struct import_def *import;
    if (r->known)
        return;
    size_t n = snapshot_imports(r->s, &import);
    r->imports = (uint32_t)n + 1;
    r->known = mem_zalloc(n + 1);
    for (size_t i = 0; i < n; i++)
        r->known[i + 1] = has_column(import[i].column, import[i].columns, r->column);
}

static bool damaged(const struct reading *r, const struct block *b, struct err *err)
{
    return part_view_damaged(r->part, b->number, err);
}

/* ---- rows */

/* Users of rows [row, row + n): the run under way goes on. */
static bool expand(struct reading *r, struct block *b, uint32_t row, uint32_t n)
{
    for (uint32_t i = 0; i < n; b->run++) {
        int64_t stop = b->run + 1 < b->runs.n ? column_at(&b->runs.start, b->run + 1) : (int64_t)b->rows;
        if (b->run >= b->end || stop <= (int64_t)(row + i))
            return false;
        uint32_t user = (uint32_t)column_at(&b->runs.user, b->run);
        while (i < n && (int64_t)(row + i) < stop)
            r->user[i++] = user;
        if (stop > (int64_t)(row + n))
            break;
    }
    return true;
}

static bool in_range(const struct reading *r, uint32_t n)
{
    bool bad = false;
    for (uint32_t i = 0; i < n; i++)
        bad |= r->user[i] - r->from >= r->to - r->from;
    return !bad;
}

/* Leaves out the rows of imports without the column. */
static bool choose(struct reading *r, uint32_t *n)
{
    uint32_t kept = 0;
    bool bad = false;
    for (uint32_t i = 0; i < *n; i++) {
        bool known = r->number[i] > 0 && r->number[i] < (int64_t)r->imports;
        bad |= !known;
        if (!known || !r->had[r->number[i]])
            continue;
        r->user[kept] = r->user[i];
        r->import[kept] = (uint32_t)r->number[i];
        r->value[kept++] = r->value[i];
    }
    *n = kept;
    return !bad;
}

static bool hand_on(struct reading *r, struct block *b, uint32_t row, uint32_t n, struct err *err)
{
    if (b->runs.n == b->rows)
        column_decode_u32(&b->runs.user, row, n, r->user);
    else if (!expand(r, b, row, n))
        return damaged(r, b, err);
    if (!in_range(r, n))
        return damaged(r, b, err);
    column_decode(&b->value, row, n, r->value);
    if (r->had) {
        column_decode(&b->import, row, n, r->number);
        if (!choose(r, &n))
            return damaged(r, b, err);
    }
    if (n)
        r->each(r->arg, &(struct layer_rows){n, r->user, r->import, r->value});
    return true;
}

static bool read_block(struct reading *r, uint32_t number, struct err *err)
{
    struct block b = {.number = number, .rows = r->part->block[number].rows};
    if (!part_runs(r->s, r->part, number, &b.runs, err))
        return false;
    b.run = part_view_find(&b.runs, r->from);
    b.end = part_view_find(&b.runs, r->to);
    if (b.run >= b.end)
        return true;
    if (!part_column(r->s, r->part, number, r->column, &b.value, err) ||
        (r->had && !part_column(r->s, r->part, number, COL_IMPORT, &b.import, err)))
        return false;
    int64_t row = column_at(&b.runs.start, b.run);
    int64_t end = b.end < b.runs.n ? column_at(&b.runs.start, b.end) : (int64_t)b.rows;
    if (row < 0 || row >= end || end > (int64_t)b.value.rows || end > (int64_t)b.rows)
        return damaged(r, &b, err);
    for (; row < end; row += WINDOW)
        if (!hand_on(r, &b, (uint32_t)row, end - row < WINDOW ? (uint32_t)(end - row) : WINDOW, err))
            return false;
    return true;
}

static bool read_part(struct reading *r, struct err *err)
{
    const struct part *p = r->part;
    bool ok = true;
    bool merged = has_column(p->column, p->columns, COL_IMPORT);
    if (merged)
        ask_imports(r);
    r->had = merged ? r->known : NULL;
    for (uint32_t i = 0; !merged && i < WINDOW; i++)
        r->import[i] = p->import;
    for (uint32_t b = 0; ok && b < p->blocks; b++)
        if (p->block[b].last_user >= r->from && p->block[b].first_user < r->to)
            ok = read_block(r, b, err);
    return ok;
}

bool layers_read(const struct snapshot *s, uint16_t column, uint32_t from, uint32_t to, layers_fn *each,
                 void *arg, struct err *err)
{
    const struct part *part;
    size_t parts = snapshot_parts(s, TABLE_USERS, &part);
    struct reading *r = NULL;
    bool ok = true;
    for (size_t i = 0; ok && from < to && i < parts; i++) {
        if (!has_column(part[i].column, part[i].columns, column))
            continue;
        if (!r) {
            r = mem_alloc(sizeof(*r));
            r->s = s, r->column = column, r->from = from, r->to = to, r->each = each, r->arg = arg;
            r->known = NULL;
        }
        r->part = &part[i];
        ok = read_part(r, err);
    }
    if (r)
        free(r->known);
    free(r);
    return ok;
}
