/* rows.c - decodes a part's columns side by side, in pieces small enough for the cache. */
#include "config.h"
#include <stdlib.h>
#include "base/arena.h"
#include "store/rows.h"

void rows_init(struct rows *r, const struct snapshot *s, const struct part *part, const uint16_t *column,
               size_t columns)
{
    *r = (struct rows){.s = s, .part = part, .columns = columns, .column = column};
    r->user = mem_alloc(ROWS_WINDOW * sizeof(*r->user));
    r->view = mem_alloc((columns + 1) * sizeof(*r->view));
    r->value = mem_alloc((columns + 1) * sizeof(*r->value));
    for (size_t i = 0; i < columns; i++)
        r->value[i] = mem_alloc(ROWS_WINDOW * sizeof(**r->value));
}

static bool open_block(struct rows *r, struct err *err)
{
    if (!part_runs(r->s, r->part, r->block, &r->runs, err))
        return false;
    for (size_t i = 0; i < r->columns; i++)
        if (!part_column(r->s, r->part, r->block, r->column[i], &r->view[i], err))
            return false;
    r->run = 0;
    return true;
}

static uint32_t run_end(const struct rows *r)
{
    return r->run + 1 < r->runs.n ? (uint32_t)column_at(&r->runs.start, r->run + 1)
                                  : r->part->block[r->block].rows;
}

static void expand_users(struct rows *r)
{
    for (uint32_t i = 0; i < r->n;) {
        uint32_t user = (uint32_t)column_at(&r->runs.user, r->run), end = run_end(r) - r->row;
        for (uint32_t to = end < r->n ? end : r->n; i < to; i++)
            r->user[i] = user;
        if (end <= r->n && r->run + 1 < r->runs.n)
            r->run++;
        else if (i < r->n)
            break; /* a run that does not reach the block's end: not from our writer */
    }
}

bool rows_fill(struct rows *r, struct err *err)
{
    r->at = r->n = 0;
    if (r->block < r->part->blocks && r->row == r->part->block[r->block].rows) {
        r->block++;
        r->row = 0;
    }
    if (r->block == r->part->blocks)
        return true;
    if (r->row == 0 && !open_block(r, err))
        return false;
    uint32_t left = r->part->block[r->block].rows - r->row;
    r->n = left < ROWS_WINDOW ? left : ROWS_WINDOW;
    expand_users(r);
    for (size_t i = 0; i < r->columns; i++)
        column_decode(&r->view[i], r->row, r->n, r->value[i]);
    r->row += r->n;
    return true;
}

void rows_done(struct rows *r)
{
    for (size_t i = 0; i < r->columns; i++)
        free(r->value[i]);
    free(r->value);
    free(r->view);
    free(r->user);
    *r = (struct rows){0};
}
