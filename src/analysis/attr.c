/* attr.c - reads the layers of user attributes, oldest first, so that the newest has the last word. */
#include "config.h"
#include "analysis/attr.h"

#include <stdlib.h>

#include "base/arena.h"

static bool has_column(const struct part *p, uint16_t column)
{
    for (uint32_t i = 0; i < p->columns; i++)
        if (p->column[i] == column)
            return true;
    return false;
}

/* A user with several rows in one import keeps the last. */
static bool overlay_block(const struct snapshot *s, const struct part *p, uint32_t block, uint16_t column,
                          int64_t *value, uint32_t users, struct err *err)
{
    struct run_view runs;
    struct column_view view;
    if (!part_runs(s, p, block, &runs, err) || !part_column(s, p, block, column, &view, err))
        return false;
    for (uint32_t r = 0; r < runs.n; r++) {
        int64_t user = column_at(&runs.user, r);
        int64_t end = r + 1 < runs.n ? column_at(&runs.start, r + 1) : (int64_t)p->block[block].rows;
        if (user < 0 || user >= (int64_t)users || end <= 0 || end > (int64_t)view.rows)
            return err_set(err, ERR_DAMAGED,
                           "part %u block %u: a user or row number lies outside the store; run check", p->id,
                           block);
        value[user] = column_at(&view, (uint32_t)(end - 1));
    }
    return true;
}

int64_t *attr_load(const struct snapshot *s, uint16_t column, uint32_t *users, struct err *err)
{
    const struct part *part;
    size_t parts = snapshot_parts(s, TABLE_USERS, &part);
    *users = dict_count(s, COL_USER);
    int64_t *value = mem_alloc(sizeof(int64_t) * ((size_t)*users + 1));
    for (uint32_t i = 0; i < *users; i++)
        value[i] = COLUMN_NULL;
    for (size_t i = 0; i < parts; i++) {
        if (!has_column(&part[i], column))
            continue;
        for (uint32_t b = 0; b < part[i].blocks; b++)
            if (!overlay_block(s, &part[i], b, column, value, *users, err)) {
                free(value);
                return NULL;
            }
    }
    return value;
}

/* The last row of `user` in the block: sets *value and *found when there is one. */
static bool find_in_block(const struct snapshot *s, const struct part *p, uint32_t block, uint16_t column,
                          uint32_t user, int64_t *value, bool *found, struct err *err)
{
    struct run_view runs;
    struct column_view view;
    if (!part_runs(s, p, block, &runs, err))
        return false;
    uint32_t lo = 0, hi = runs.n; /* first run beyond the user */
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (column_at(&runs.user, mid) <= (int64_t)user)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == 0 || column_at(&runs.user, lo - 1) != (int64_t)user)
        return true;
    if (!part_column(s, p, block, column, &view, err))
        return false;
    int64_t end = lo < runs.n ? column_at(&runs.start, lo) : (int64_t)p->block[block].rows;
    if (end <= 0 || end > (int64_t)view.rows)
        return err_set(err, ERR_DAMAGED, "part %u block %u: rows of a user lie outside the block; run check",
                       p->id, block);
    *value = column_at(&view, (uint32_t)(end - 1));
    return *found = true;
}

bool attr_get(const struct snapshot *s, uint16_t column, uint32_t user, int64_t *value, struct err *err)
{
    const struct part *part;
    size_t parts = snapshot_parts(s, TABLE_USERS, &part);
    bool found = false;
    *value = COLUMN_NULL;
    for (size_t i = parts; i-- > 0 && !found;) {
        if (!has_column(&part[i], column))
            continue;
        for (uint32_t b = part[i].blocks; b-- > 0 && !found;) {
            const struct block_info *info = &part[i].block[b];
            if (user >= info->first_user && user <= info->last_user &&
                !find_in_block(s, &part[i], b, column, user, value, &found, err))
                return false;
        }
    }
    return true;
}
