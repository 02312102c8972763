/* dialect_clickhouse.c - windowFunnel, with its modes and with what it misses.
 *
 * "Stable sort by (ts, condition); result = deepest level; latest step-1 overwrites; strict_deduplication
 * stops at the first repeated step; strict_order stops at any unlisted row or skipped step, and at a
 * returning step 1 unless allow_reentry; strict_increase needs strictly growing ts; strict_once keeps all
 * chains and counts a row once."
 *
 * A row that meets several conditions stands in the list once for each. Without strict_once each step keeps
 * one chain, which the next one overwrites - also where the older one could have gone on. */
#include "config.h"
#include "analysis/dialect.h"

#include <stdlib.h>

#include "base/nls.h"

/* ---- the list */

static int row_cmp(const void *a, const void *b)
{
    const struct dialect_row *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->step != y->step)
        return x->step < y->step ? -1 : 1;
    return (x->event > y->event) - (x->event < y->event);
}

static void list_rows(struct dialect_memory *d, const struct match_rule *r, const struct match_events *e,
                      unsigned modes)
{
    d->row.n = 0;
    for (size_t i = 0; i < e->n; i++) {
        uint64_t steps = dialect_steps(r, e, i);
        if (!steps && (modes & CLICKHOUSE_ORDER))
            vec_push(&d->row, (struct dialect_row){e->time[i], 0, (uint32_t)i});
        for (; steps; steps &= steps - 1)
            vec_push(&d->row,
                     (struct dialect_row){e->time[i], (uint32_t)__builtin_ctzll(steps) + 1, (uint32_t)i});
    }
    for (size_t i = 1; i < d->row.n; i++)
        if (row_cmp(&d->row.at[i - 1], &d->row.at[i]) > 0) { /* seldom */
            qsort(d->row.at, d->row.n, sizeof(*d->row.at), row_cmp);
            return;
        }
}

/* ---- what one more row does, as far as both ways agree */

enum verdict { GO_ON, SKIP, BEGIN, STOP_DEEPEST, STOP_FIRST_GAP, STOP_LIST };

/* reached: bit k, step k + 1 has a chain. */
static enum verdict judge(const struct dialect_row *row, uint64_t reached, unsigned modes)
{
    uint64_t bit = row->step ? UINT64_C(1) << (row->step - 1) : 0;
    if (!row->step)
        return reached & 1 ? STOP_LIST : SKIP;
    if (row->step == 1)
        return BEGIN;
    if ((modes & CLICKHOUSE_DEDUPLICATION) && (reached & bit))
        return STOP_DEEPEST;
    if (reached & bit >> 1)
        return GO_ON;
    if (!(modes & CLICKHOUSE_ORDER) || !(reached & 1) || (modes & CLICKHOUSE_REENTRY))
        return SKIP;
    return STOP_FIRST_GAP;
}

static unsigned level_of(uint64_t reached, enum verdict stop)
{
    if (stop == STOP_FIRST_GAP)
        return (unsigned)__builtin_ctzll(~reached);
    return reached ? 64 - (unsigned)__builtin_clzll(reached) : 0;
}

/* ---- one chain for each step */

static void count_overwriting(struct dialect_memory *d, const struct match_rule *r, unsigned modes,
                              struct match *out)
{
    struct dialect_path path[SCAN_SELECTORS];
    uint64_t reached = 0;
    enum verdict v = GO_ON;
    for (size_t i = 0; i < d->row.n && v < STOP_DEEPEST && !(reached >> (r->chain.steps - 1) & 1); i++) {
        const struct dialect_row *row = &d->row.at[i];
        size_t k = row->step - 1;
        v = judge(row, reached, modes);
        if (v == BEGIN) {
            path[0] = (struct dialect_path){row->time, row->time, dialect_add(d, 0, row->event, 0)};
            reached |= 1;
        } else if (v == GO_ON) {
            const struct dialect_path *p = &path[k - 1];
            if (row->time - p->first > r->chain.window ||
                ((modes & CLICKHOUSE_INCREASE) && p->last >= row->time))
                continue;
            path[k] = (struct dialect_path){p->first, row->time, dialect_add(d, p->link, row->event, k)};
            reached |= UINT64_C(1) << k;
        }
    }
    out->level = level_of(reached, v);
    if (out->level)
        dialect_put(d, path[out->level - 1].link, out);
}

/* ---- strict_once: every chain, each row once */

static bool holds(const struct dialect_memory *d, uint32_t link, uint32_t event)
{
    for (; link; link = d->link.at[link].before)
        if (d->link.at[link].event == event)
            return true;
    return false;
}

/* Whether the second chain blocks, of the rows of this time, only rows that the first blocks too: rows that
 * are also a later step. */
static bool blocks_no_less(const struct dialect_memory *d, const struct match_rule *r,
                           const struct match_events *e, uint32_t first, uint32_t second, int64_t time)
{
    uint32_t step = d->link.at[second].step;
    for (uint32_t l = second; l && e->time[d->link.at[l].event] == time; l = d->link.at[l].before)
        if (dialect_steps(r, e, d->link.at[l].event) >> step > 1 && !holds(d, first, d->link.at[l].event))
            return false;
    return true;
}

/* Adds the chain unless one there can do all it can; drops those that can do no more than it. */
static void keep(struct dialect_memory *d, const struct match_rule *r, const struct match_events *e, size_t k,
                 struct dialect_path p)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->path[k].n; i++) {
        const struct dialect_path *q = &d->path[k].at[i];
        if (q->first >= p.first && q->last <= p.last && blocks_no_less(d, r, e, p.link, q->link, p.last))
            return;
    }
    for (size_t i = 0; i < d->path[k].n; i++) {
        struct dialect_path q = d->path[k].at[i];
        if (!(p.first >= q.first && p.last <= q.last && blocks_no_less(d, r, e, q.link, p.link, p.last)))
            d->path[k].at[kept++] = q;
    }
    d->path[k].n = kept;
    vec_push(&d->path[k], p);
}

static void extend(struct dialect_memory *d, const struct match_rule *r, const struct match_events *e,
                   unsigned modes, const struct dialect_row *row)
{
    size_t k = row->step - 1;
    for (size_t i = 0; i < d->path[k - 1].n; i++) {
        struct dialect_path p = d->path[k - 1].at[i];
        if (row->time - p.first > r->chain.window || holds(d, p.link, row->event) ||
            ((modes & CLICKHOUSE_INCREASE) && p.last >= row->time))
            continue;
        keep(d, r, e, k, (struct dialect_path){p.first, row->time, dialect_add(d, p.link, row->event, k)});
    }
}

/* Once time moves on, all rows of a chain are earlier: only when it began still matters, and the latest begin
 * serves best. */
static void collapse(struct dialect_memory *d, size_t steps)
{
    for (size_t k = 0; k < steps; k++) {
        for (size_t i = 1; i < d->path[k].n; i++)
            if (d->path[k].at[i].first > d->path[k].at[0].first)
                d->path[k].at[0] = d->path[k].at[i];
        d->path[k].n = d->path[k].n > 0;
    }
}

static void count_once(struct dialect_memory *d, const struct match_rule *r, const struct match_events *e,
                       unsigned modes, struct match *out)
{
    uint64_t reached = 0;
    enum verdict v = GO_ON;
    for (size_t k = 0; k < r->chain.steps; k++)
        d->path[k].n = 0;
    for (size_t i = 0; i < d->row.n && v < STOP_DEEPEST && !(reached >> (r->chain.steps - 1) & 1); i++) {
        const struct dialect_row *row = &d->row.at[i];
        if (i && row->time != d->row.at[i - 1].time)
            collapse(d, r->chain.steps);
        v = judge(row, reached, modes);
        if (v == BEGIN)
            keep(d, r, e, 0, (struct dialect_path){row->time, row->time, dialect_add(d, 0, row->event, 0)});
        else if (v == GO_ON)
            extend(d, r, e, modes, row);
        if (row->step && d->path[row->step - 1].n)
            reached |= UINT64_C(1) << (row->step - 1);
    }
    out->level = level_of(reached, v);
    if (out->level)
        dialect_put(d, d->path[out->level - 1].at[0].link, out);
}

static void count(struct dialect_memory *d, const struct match_rule *r, const struct match_events *e,
                  unsigned modes, struct match *out)
{
    d->link.n = 0;
    list_rows(d, r, e, modes);
    if (modes & CLICKHOUSE_ONCE)
        count_once(d, r, e, modes, out);
    else
        count_overwriting(d, r, modes, out);
}

const struct dialect dialect_clickhouse = {
    .name = "clickhouse",
    .modes = "strict_deduplication|strict_order|strict_increase|strict_once|allow_reentry",
    .several = true,
    .sentence =
        N_("as windowFunnel of ClickHouse counts: rows in order of time, then of step; each new chain "
           "overwrites the one before; without strict_once a row may fill several steps"),
    .rows = CLICKHOUSE_ORDER,
    .count = count,
};
