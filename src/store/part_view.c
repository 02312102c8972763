/* part_view.c - places in blocks of parts. */
#include "config.h"
#include "base/nls.h"
#include "store/part_view.h"

uint32_t part_view_find(const struct run_view *runs, uint32_t user)
{
    uint32_t lo = 0, hi = runs->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (column_at(&runs->user, mid) < (int64_t)user)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

uint32_t part_view_block(const struct part *p, uint32_t user)
{
    uint32_t lo = 0, hi = p->blocks;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (p->block[mid].last_user < user)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool part_view_damaged(const struct part *p, uint32_t block, struct err *err)
{
    return err_set(err, ERR_DAMAGED,
                   _("part %u block %u of the store: its contents contradict each other; run check to see "
                     "what is damaged"),
                   p->id, block);
}
