/* write_stage.c - rows to a part of the store: windows are taken in order, sorted by all threads, and
 * appended in order. */
#include "config.h"

#include <stdlib.h>
#include "base/nls.h"
#include "import/compose.h"
#include "import/relay.h"
#include "import/stage.h"
#include "import/window.h"
#include "store/echo.h"

struct window_item {
    struct run_window window;
    struct window_columns columns;
    uint64_t echoes;
    struct composed composed;
    struct err err;
};
struct writing {
    struct stage *s;
    bool merging;
    struct echo *echo;            /* NULL: nothing to compare with */
    const struct row_cell **cell; /* columns of the part */
    size_t columns;
    struct compose compose;   /* s->map.as_of >= 0: how attributes of different times become one row */
    struct part_writer *part; /* NULL: dry run */
    uint32_t last_user;
    struct err take_err, put_err;
};

/* ---- Spilling. */

static enum relay_take take_window(void *arg, void *item)
{
    struct writing *g = arg;
    struct run_window *w = &((struct window_item *)item)->window;
    if (stage_cancelled(g->s, &g->take_err))
        return RELAY_FAIL;
    if (g->merging)
        return runs_merge(g->s->runs, w) ? RELAY_ITEM : RELAY_END;
    runs_take(g->s->runs, w);
    return w->n ? RELAY_ITEM : RELAY_END;
}

static bool spill_window(void *arg, void *item, unsigned worker)
{
    struct writing *g = arg;
    struct window_item *it = item;
    (void)worker;
    return runs_sort(g->s->runs, &it->window, &it->err) && runs_write(g->s->runs, &it->window, &it->err);
}

static bool put_nothing(void *arg, void *item)
{
    (void)arg, (void)item;
    return true;
}

/* ---- Appending. */

/* Events that the store has already. */
static bool drop_echoes(const struct writing *g, struct window_item *it)
{
    struct window_columns *c = &it->columns;
    size_t left;
    if (!echo_drop(g->echo, c->n, c->user, c->value, &left, &it->err))
        return false;
    it->echoes = c->n - left;
    c->n = left;
    window_count(c);
    return true;
}

static bool make_window(void *arg, void *item, unsigned worker)
{
    struct writing *g = arg;
    struct stage *s = g->s;
    struct window_item *it = item;
    bool as_of = s->map.as_of >= 0;
    enum window_repeats repeats = as_of || s->o->keep_duplicates ? WINDOW_KEEP
                                  : s->o->kind == LOAD_USERS     ? WINDOW_LAST
                                                                 : WINDOW_FIRST;
    (void)worker;
    if (!runs_sort(s->runs, &it->window, &it->err))
        return false;
    window_make(&it->columns, &it->window, s->layout.stride, g->cell, g->columns, repeats);
    it->echoes = 0;
    if (as_of)
        return compose_rows(&g->compose, &it->columns, &it->composed, &it->err);
    return !g->echo || it->columns.n == 0 || drop_echoes(g, it);
}

/* Codes for the texts that name older values; and what was left out. */
static bool append_composed(struct writing *g, struct window_item *it)
{
    struct stage *s = g->s;
    struct repair_tally older = {0};
    uint32_t code;
    older.n[REPAIR_OLDER] = it->composed.older;
    repairs_add(s->repairs, &older, source_file(s->src, 0)->label, 0);
    s->report->duplicates += it->composed.older;
    for (size_t i = 0; s->batch && i < it->composed.age.n; i++) {
        const struct composed_age *a = &it->composed.age.at[i];
        if (!batch_code(s->batch, COL_AGES, a->text, &code, &g->put_err))
            return false;
        it->columns.value[g->columns - 1][a->row] = code;
    }
    return true;
}

static bool append_window(void *arg, void *item)
{
    struct writing *g = arg;
    struct stage *s = g->s;
    struct window_item *it = item;
    const struct window_columns *c = &it->columns;
    if (s->map.as_of >= 0 && !append_composed(g, it))
        return false;
    s->report->duplicates += c->repeats + it->echoes;
    s->report->echoes += it->echoes;
    if (s->progress)
        atomic_fetch_add(&s->progress->done, c->n + c->repeats + it->echoes);
    if (c->n == 0)
        return true;
    s->report->stored += c->n;
    s->report->users += c->users - (s->report->users && c->user[0] == g->last_user);
    g->last_user = c->user[c->n - 1];
    return !g->part || part_append(g->part, c->n, c->user, (const int64_t *const *)c->value, &g->put_err);
}

/* ---- Public. */

static bool run_windows(struct writing *g, bool (*work)(void *, void *, unsigned),
                        bool (*put)(void *, void *), struct err *err)
{
    size_t items = (size_t)pool_threads(g->s->pool) * 4;
    struct window_item *item = mem_zalloc(items * sizeof(*item));
    void **slot = mem_alloc(items * sizeof(*slot));
    for (size_t i = 0; i < items; i++)
        slot[i] = &item[i];
    const struct relay relay = {take_window, work, put, g, slot, items};
    bool ok = relay_run(&relay, g->s->pool);
    for (size_t i = 0; i < items; i++) {
        if (item[i].err.code)
            g->put_err = item[i].err;
        run_window_done(&item[i].window);
        window_done(&item[i].columns);
        composed_done(&item[i].composed);
    }
    free(slot);
    free(item);
    if (!ok && err)
        *err = g->put_err.code ? g->put_err : g->take_err;
    return ok;
}

bool write_stage_spill(struct stage *s, struct err *err)
{
    struct writing g = {.s = s};
    stage_enter(s, LOAD_SORTING);
    runs_order(s->runs, s->pool, s->progress);
    bool ok = runs_spill(s->runs, err) && run_windows(&g, spill_window, put_nothing, err);
    runs_spilled(s->runs);
    stage_enter(s, LOAD_READING);
    return ok;
}

/* Columns of the part and their numbers, time and event first. */
static size_t part_columns(const struct stage *s, const struct row_cell **cell, uint16_t *id)
{
    static const enum role order[] = {ROLE_TIME, ROLE_EVENT, ROLE_AS_OF, ROLE_VALUE};
    size_t n = 0;
    for (size_t o = 0; o < sizeof(order) / sizeof(*order); o++) {
        for (size_t i = 0; i < s->layout.n; i++) {
            if (s->layout.cell[i].role != order[o])
                continue;
            id[n] = s->id[i];
            cell[n++] = &s->layout.cell[i];
        }
    }
    if (s->map.as_of >= 0) {
        id[n] = COL_AGES;
        cell[n++] = NULL;
    }
    return n;
}

static bool write_windows(struct writing *g, struct err *err)
{
    struct stage *s = g->s;
    stage_enter(s, LOAD_SORTING);
    g->merging = runs_count(s->runs) > 0;
    if (g->merging)
        runs_merge_begin(s->runs);
    else
        runs_order(s->runs, s->pool, s->progress);
    if (s->progress) {
        atomic_store(&s->progress->done, 0);
        atomic_store(&s->progress->total, s->report->rows - rejects_count(s->rejects));
    }
    stage_enter(s, LOAD_WRITING);
    return run_windows(g, make_window, append_window, err);
}

bool write_stage(struct stage *s, struct err *err)
{
    struct writing g = {.s = s};
    bool ok = true;
    uint16_t *id = mem_alloc((s->layout.n + 2) * sizeof(*id));
    g.cell = mem_alloc((s->layout.n + 2) * sizeof(*g.cell));
    g.columns = part_columns(s, g.cell, id);
    g.compose = (struct compose){s->snapshot, id, g.columns, 0}; /* part_columns puts the times in front */
    if (s->batch && g.columns) {
        g.part = part_begin(s->batch, id, g.columns, err);
        ok = g.part != NULL;
    }
    if (ok && s->snapshot && s->o->kind == LOAD_EVENTS && !s->o->keep_duplicates && s->batch)
        g.echo = echo_new(s->snapshot, id, g.columns);
    ok = ok && write_windows(&g, err);
    echo_free(g.echo);
    if (g.part && ok)
        ok = part_end(g.part, err);
    else if (g.part)
        part_drop(g.part);
    free(id);
    free(g.cell);
    return ok;
}
