/* echo.c - looks sorted rows up in sorted parts, side by side.
 *
 * Three sieves before values are compared: a block's users and times (from the directory, in memory), a
 * user's first and last time in the block, and the rows of the very moment. */
#include "config.h"
#include <stdlib.h>
#include "store/catalog.h"
#include "store/column_layout.h"
#include "store/echo.h"
#include "store/part_view.h"

struct echo {
    const struct snapshot *s;
    size_t columns;
    uint16_t *column;
    size_t time; /* index */
    size_t parts;
    const struct part *part;
};

/* One part beside one call's rows. */
struct beside {
    const struct echo *e;
    const struct part *p;
    uint32_t block;
    const uint32_t *user;
    const int64_t *const *value;
    unsigned char *seen; /* per row */
    struct run_view runs;
    struct column_view time;
    bool opened;                     /* the views below */
    struct column_view *own, *other; /* of the columns asked for; of those only the part has */
    uint32_t others;
    uint16_t *other_column;
};

struct echo *echo_new(const struct snapshot *s, const uint16_t *columns, size_t n)
{
    const struct part *part;
    size_t parts = snapshot_parts(s, TABLE_EVENTS, &part);
    if (parts == 0)
        return NULL;
    struct echo *e = mem_zalloc(sizeof(*e));
    *e = (struct echo){.s = s, .columns = n, .parts = parts, .part = part};
    e->column = mem_alloc((n + 1) * sizeof(*e->column));
    for (size_t i = 0; i < n; i++) {
        e->column[i] = columns[i];
        if (columns[i] == COL_TIME)
            e->time = i;
    }
    return e;
}

void echo_free(struct echo *e)
{
    if (!e)
        return;
    free(e->column);
    free(e);
}

/* ---- the rows of one moment */

static bool asked_for(const struct echo *e, uint16_t column)
{
    bool any = column == COL_IMPORT;
    for (size_t i = 0; i < e->columns && !any; i++)
        any = e->column[i] == column;
    return any;
}

/* Opened only when some moment is the same. */
static bool open_columns(struct beside *b, struct err *err)
{
    if (b->opened)
        return true;
    for (size_t i = 0; i < b->e->columns; i++)
        if (!part_column(b->e->s, b->p, b->block, b->e->column[i], &b->own[i], err))
            return false;
    for (uint32_t i = 0; i < b->others; i++)
        if (!part_column(b->e->s, b->p, b->block, b->other_column[i], &b->other[i], err))
            return false;
    b->opened = true;
    return true;
}

static bool same(const struct beside *b, size_t row, uint32_t at)
{
    for (size_t i = 0; i < b->e->columns; i++)
        if (i != b->e->time && column_at(&b->own[i], at) != b->value[i][row])
            return false;
    for (uint32_t i = 0; i < b->others; i++)
        if (column_at(&b->other[i], at) != COLUMN_NULL)
            return false;
    return true;
}

/* First row of [from, to) whose time is not below t; near `from` most of the time. */
static uint32_t first_at(const struct column_view *time, uint32_t from, uint32_t to, int64_t t)
{
    uint32_t step = 1;
    while (from < to && column_at(time, from) < t) {
        uint32_t next = to - from > step ? from + step : to;
        if (next < to && column_at(time, next) < t) {
            from = next;
            step *= 2;
        } else if (step == 1) {
            return next;
        } else {
            to = next;
            step = 1;
        }
    }
    return from;
}

/* Rows [row, end) are one user's, who has the rows [from, to) in the block. */
static bool look_up_user(struct beside *b, size_t row, size_t end, uint32_t from, uint32_t to,
                         struct err *err)
{
    const int64_t *time = b->value[b->e->time];
    int64_t last = column_at(&b->time, to - 1);
    for (; row < end && from < to && time[row] <= last; row++) {
        from = first_at(&b->time, from, to, time[row]);
        for (uint32_t at = from; at < to && !b->seen[row] && column_at(&b->time, at) == time[row]; at++) {
            if (!open_columns(b, err))
                return false;
            b->seen[row] = same(b, row, at);
        }
    }
    return true;
}

/* ---- the rows of one block */

/* First run in [from, runs) whose user is not below u. */
static uint32_t run_of(const struct run_view *r, uint32_t from, uint32_t u)
{
    uint32_t step = 1, to = r->n;
    while (from < to && (uint32_t)column_at(&r->user, from) < u) {
        uint32_t next = to - from > step ? from + step : to;
        if (next < to && (uint32_t)column_at(&r->user, next) < u) {
            from = next;
            step *= 2;
        } else if (step == 1) {
            return next;
        } else {
            to = next;
            step = 1;
        }
    }
    return from;
}

static bool look_up_block(struct beside *b, size_t row, size_t end, struct err *err)
{
    uint32_t rows = b->p->block[b->block].rows, run = 0;
    b->opened = false;
    if (!part_runs(b->e->s, b->p, b->block, &b->runs, err) ||
        !part_column(b->e->s, b->p, b->block, COL_TIME, &b->time, err))
        return false;
    while (row < end) {
        size_t next = row + 1;
        while (next < end && b->user[next] == b->user[row])
            next++;
        run = run_of(&b->runs, run, b->user[row]);
        if (run == b->runs.n)
            break;
        if ((uint32_t)column_at(&b->runs.user, run) == b->user[row]) {
            uint32_t from = (uint32_t)column_at(&b->runs.start, run);
            uint32_t to = run + 1 < b->runs.n ? (uint32_t)column_at(&b->runs.start, run + 1) : rows;
            if (from < to && to <= rows && !look_up_user(b, row, next, from, to, err))
                return false;
        }
        row = next;
    }
    return true;
}

/* ---- the blocks of one part */

struct span {
    int64_t min, max;
};

COLUMN_HOT static struct span span_of(const int64_t *time, size_t n)
{
    struct span s = {INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < n; i++) {
        s.min = time[i] < s.min ? time[i] : s.min;
        s.max = time[i] > s.max ? time[i] : s.max;
    }
    return s;
}

static bool apart(const struct block_info *b, struct span s)
{
    return b->max_time < s.min || b->min_time > s.max;
}

static size_t first_user(const uint32_t *user, size_t from, size_t to, uint64_t wanted)
{
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (user[mid] < wanted)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

static bool look_up_part(struct beside *b, size_t rows, struct span all, struct err *err)
{
    const int64_t *time = b->value[b->e->time];
    size_t row = 0;
    for (b->block = part_view_block(b->p, b->user[0]); b->block < b->p->blocks; b->block++) {
        const struct block_info *info = &b->p->block[b->block];
        if (info->first_user > b->user[rows - 1])
            break;
        if (apart(info, all))
            continue;
        row = first_user(b->user, row, rows, info->first_user);
        size_t end = first_user(b->user, row, rows, (uint64_t)info->last_user + 1);
        if (row < end && !apart(info, span_of(time + row, end - row)) && !look_up_block(b, row, end, err))
            return false;
    }
    return true;
}

static bool look_up(struct beside *b, size_t rows, struct span all, struct err *err)
{
    const struct echo *e = b->e;
    bool ok = true;
    b->own = mem_alloc((e->columns + 1) * sizeof(*b->own));
    b->other = NULL;
    b->other_column = NULL;
    for (size_t i = 0; ok && i < e->parts; i++) {
        b->p = &e->part[i];
        b->others = 0;
        b->other = mem_realloc(b->other, (b->p->columns + 1) * sizeof(*b->other));
        b->other_column = mem_realloc(b->other_column, (b->p->columns + 1) * sizeof(*b->other_column));
        for (uint32_t c = 0; c < b->p->columns; c++)
            if (!asked_for(e, b->p->column[c]))
                b->other_column[b->others++] = b->p->column[c];
        ok = look_up_part(b, rows, all, err);
    }
    free(b->own);
    free(b->other);
    free(b->other_column);
    return ok;
}

bool echo_drop(const struct echo *e, size_t rows, uint32_t *user, int64_t *const *value, size_t *left,
               struct err *err)
{
    *left = rows;
    if (rows == 0)
        return true;
    struct beside b = {.e = e, .user = user, .value = (const int64_t *const *)value};
    b.seen = mem_zalloc(rows);
    bool ok = look_up(&b, rows, span_of(value[e->time], rows), err);
    size_t n = 0;
    for (size_t i = 0; ok && i < rows; i++) {
        if (b.seen[i])
            continue;
        user[n] = user[i];
        for (size_t c = 0; c < e->columns && n < i; c++)
            value[c][n] = value[c][i];
        n++;
    }
    *left = ok ? n : rows;
    free(b.seen);
    return ok;
}
