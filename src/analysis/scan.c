/* scan.c - shares ids out in tasks and merges the parts of the store id by id; join.c puts the ids of a
 * customer together.
 *
 * A user whose events lie in one block of one part - nearly all of them - is handed on in place, together
 * with its neighbours; only users in several blocks or parts are copied together. */
#include "config.h"
#include "analysis/scan.h"

#include <stdlib.h>

#include "analysis/cursor_p.h"
#include "analysis/join.h"
#include "base/nls.h"
#include "base/vec.h"

enum {
    MERGE_HITS = 16384, /* hits copied together before they are handed on */
    SPAN_USERS = 16,    /* fewer neighbours than this are cheaper to copy than to hand on */
    TASKS_PER_THREAD = 16,
    WANTED_CODES = 32, /* more kept codes than this are not looked for in the blocks' lists */
};

struct worker {
    struct cursor *cursor; /* one per part */
    struct merged merged;
    uint64_t users, hits;
    struct err err;
};

struct run {
    const struct scan *scan;
    const struct links *links; /* NULL: nobody has several ids, and there is no join */
    struct join *join;
    bool imports; /* the last column is the import, for the join */
    struct cursor_plan plan;
    struct merged_form form;
    const struct part *part;
    size_t parts;
    VEC(struct join_span) task;
    struct worker *worker;
    struct progress *progress;
};

/* ---- handing on */

static bool is_member(const struct scan *s, uint32_t user)
{
    return !s->member || (s->member[user / 64] >> (user % 64) & 1);
}

/* Customers with several ids are counted when they are put together. */
static void count(struct run *r, struct worker *w, const uint32_t *user, size_t n)
{
    if (!r->scan->member && !r->join)
        w->users += n;
    else
        for (size_t i = 0; i < n; i++)
            w->users += is_member(r->scan, user[i]) && !(r->links && links_is_joined(r->links, user[i]));
}

static bool has_masks(const struct scan *s)
{
    return s->selectors && !s->no_masks;
}

static void hand_on(struct run *r, unsigned worker, struct join_view v)
{
    struct worker *w = &r->worker[worker];
    const struct scan *s = r->scan;
    if (s->count_users)
        count(r, w, v.user, v.users);
    if (r->join)
        join_take(r->join, worker, &v);
    w->hits += v.start[v.users] - v.start[0];
    if (v.start[v.users] == v.start[0])
        return;
    s->feed(s->state[worker],
            &(struct journeys){v.users, v.user, v.start, s->no_times ? NULL : v.hits.time,
                               s->no_codes ? NULL : v.hits.code, has_masks(s) ? v.hits.mask : NULL,
                               (const int64_t *const *)v.hits.prop});
}

static void hand_on_merged(struct run *r, unsigned worker)
{
    struct merged *m = &r->worker[worker].merged;
    if (!m->users)
        return;
    merged_close(m);
    hand_on(r, worker, (struct join_view){m->users, m->user, m->start, m->hits});
    merged_clear(m);
}

static struct hits hits_of(const struct cursor *c)
{
    return (struct hits){c->time, c->code, c->mask, c->prop};
}

/* ---- copying together */

/* All of the user the cursor stands at, over as many blocks as it takes; the cursor moves on. */
static bool take_user(struct merged *m, struct cursor *c, struct err *err)
{
    bool more = true;
    if (!c->users)
        return true;
    while (more) {
        struct hits hits = hits_of(c);
        uint32_t from = c->start[c->at];
        merged_add(m, &hits, from, c->start[c->at + 1] - from);
        more = c->more && c->at + 1 == c->users;
        if (!cursor_advance(c, 1, err))
            return false;
    }
    return true;
}

/* Collects `user` from every cursor that stands at it. */
static bool merge_user(struct run *r, struct worker *w, uint32_t user, struct err *err)
{
    merged_begin(&w->merged, user);
    for (size_t p = 0; p < r->parts; p++) {
        if (cursor_user(&w->cursor[p]) != user)
            continue;
        if (!take_user(&w->merged, &w->cursor[p], err))
            return false;
        merged_end_piece(&w->merged);
    }
    merged_end(&w->merged);
    return true;
}

/* ---- tasks */

/* The cursor at the smallest user, and the next larger user any other stands at (CURSOR_NONE: none). */
static size_t find_least(const struct worker *w, size_t parts, uint32_t *user, uint32_t *other)
{
    size_t least = 0;
    *user = *other = CURSOR_NONE;
    for (size_t p = 0; p < parts; p++) {
        uint32_t u = cursor_user(&w->cursor[p]);
        if (u < *user) {
            *other = *user;
            *user = u;
            least = p;
        } else if (u < *other) {
            *other = u;
        }
    }
    return least;
}

static bool report(struct run *r, struct worker *w, struct err *err)
{
    uint64_t rows = 0;
    for (size_t p = 0; p < r->parts; p++) {
        rows += w->cursor[p].rows;
        w->cursor[p].rows = 0;
    }
    if (r->progress && rows)
        atomic_fetch_add_explicit(&r->progress->done, rows, memory_order_relaxed);
    if (progress_cancelled(r->progress))
        return err_set(err, ERR_CANCELLED, _("stopped as asked"));
    return true;
}

static bool walk(struct run *r, unsigned worker, struct err *err)
{
    struct worker *w = &r->worker[worker];
    for (;;) {
        uint32_t user, other;
        size_t p = find_least(w, r->parts, &user, &other);
        if (user == CURSOR_NONE)
            break;
        struct cursor *c = &w->cursor[p];
        uint32_t whole = cursor_whole(c, other);
        if (whole >= SPAN_USERS || (r->parts == 1 && whole)) {
            hand_on_merged(r, worker);
            hand_on(r, worker, (struct join_view){whole, c->user + c->at, c->start + c->at, hits_of(c)});
            if (!cursor_advance(c, whole, err) || !report(r, w, err))
                return false;
            continue;
        }
        if (!merge_user(r, w, user, err))
            return false;
        if (w->merged.n >= MERGE_HITS || w->merged.users >= MERGE_HITS) {
            hand_on_merged(r, worker);
            if (!report(r, w, err))
                return false;
        }
    }
    hand_on_merged(r, worker);
    return report(r, w, err);
}

static bool run_task(void *arg, size_t task, unsigned worker)
{
    struct run *r = arg;
    struct worker *w = &r->worker[worker];
    struct join_span users = r->task.at[task];
    for (size_t p = 0; p < r->parts; p++)
        if (!cursor_open(&w->cursor[p], &r->part[p], users.from, users.to, &w->err))
            return false;
    return walk(r, worker, &w->err);
}

struct edge {
    uint32_t user; /* first of a block */
    uint32_t rows;
};

static int edge_cmp(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    return (x->user > y->user) - (x->user < y->user);
}

/* Cuts a span of users where blocks begin, so that each task has about the same number of rows. */
static void cut_span(struct run *r, struct join_span span, unsigned threads)
{
    VEC(struct edge) edge = {0};
    uint64_t rows = 0, seen = 0, tasks = 0;
    for (size_t p = 0; p < r->parts; p++)
        for (uint32_t b = 0; b < r->part[p].blocks; b++) {
            const struct block_info *info = &r->part[p].block[b];
            if (info->last_user >= span.from && info->first_user < span.to) {
                vec_push(&edge, (struct edge){info->first_user, info->rows});
                rows += info->rows;
            }
        }
    if (edge.n)
        qsort(edge.at, edge.n, sizeof(*edge.at), edge_cmp);
    size_t want = threads == 1 ? 1 : (size_t)threads * TASKS_PER_THREAD;
    for (size_t i = 0; i < edge.n; i++) {
        if (seen * want >= rows * (tasks + 1) && edge.at[i].user > span.from) {
            vec_push(&r->task, (struct join_span){span.from, edge.at[i].user});
            span.from = edge.at[i].user;
            tasks++;
        }
        seen += edge.at[i].rows;
    }
    vec_push(&r->task, span);
    vec_done(&edge);
}

static void cut_tasks(struct run *r, unsigned threads)
{
    struct join_span all = {r->scan->user_from, r->scan->user_to};
    const struct join_span *span = &all;
    size_t n = 1;
    if (r->join)
        span = join_spans(r->join, &n);
    for (size_t i = 0; i < n; i++)
        cut_span(r, span[i], threads);
}

/* ---- planning */

static bool need_prop(uint16_t *prop, size_t *props, uint16_t column)
{
    for (size_t i = 0; i < *props; i++)
        if (prop[i] == column)
            return false;
    prop[(*props)++] = column;
    return true;
}

static void add_select(struct cursor_plan *p, const struct select *s, unsigned bit, uint64_t *mask,
                       uint16_t *prop)
{
    for (uint32_t c = 0; c < p->codes; c++)
        mask[c] |= (uint64_t)(s->answer[c] != SELECT_NO) << bit;
    p->ask |= (uint64_t)s->asks << bit;
    p->needs_user |= select_needs_user(s);
    for (size_t i = 0; i < s->columns; i++)
        need_prop(prop, &p->props, s->column[i]);
}

static void plan_keep(struct cursor_plan *p, const uint64_t *mask, struct arena *a)
{
    uint8_t *keep = arena_alloc(a, (size_t)p->codes + 1);
    uint32_t *wanted = arena_array(a, uint32_t, WANTED_CODES + 1);
    uint64_t need = p->gate ? p->gate : UINT64_MAX;
    size_t kept = 0;
    for (uint32_t c = 0; c < p->codes; c++) {
        keep[c] = (p->scan->everything && !p->gate) || (mask[c] & need) != 0;
        if (keep[c] && kept++ < WANTED_CODES)
            wanted[kept - 1] = c;
    }
    p->keep = keep;
    p->dense = kept == p->codes;
    p->wanted = kept <= WANTED_CODES ? wanted : NULL;
    p->wanteds = kept;
}

static void make_plan(struct cursor_plan *p, const struct scan *s, struct arena *a)
{
    size_t props = s->columns + (s->where ? s->where->columns : 0);
    for (size_t k = 0; k < s->selectors; k++)
        props += s->selector[k].columns;
    *p = (struct cursor_plan){.scan = s, .codes = dict_count(s->snapshot, COL_EVENT), .props = s->columns};
    uint64_t *mask = arena_zalloc(a, sizeof(*mask) * ((size_t)p->codes + 1));
    uint16_t *prop = arena_array(a, uint16_t, props + 1);
    for (size_t i = 0; i < s->columns; i++)
        prop[i] = s->column[i];
    for (size_t k = 0; k < s->selectors; k++)
        add_select(p, &s->selector[k], (unsigned)k, mask, prop);
    if (s->where) {
        if (s->selectors >= SCAN_SELECTORS)
            bug("scan: no selector left for the condition on events");
        p->gate = UINT64_C(1) << s->selectors;
        p->gated = *s->where;
        add_select(p, s->where, (unsigned)s->selectors, mask, prop);
    }
    p->mask = mask;
    p->prop = prop;
    p->marks = p->ask || p->gate || has_masks(s);
    p->needs_time = !s->no_times || p->ask || s->from != INT64_MIN || s->to != INT64_MAX;
    p->needs_code = !s->no_codes || p->ask;
    p->needs_rows = p->needs_time || p->needs_code || p->marks || p->props;
    pick_table_init(&p->table);
    plan_keep(p, mask, a);
    p->early = early_can(p);
}

static void workers_new(struct run *r, unsigned threads)
{
    r->worker = mem_zalloc(sizeof(*r->worker) * threads);
    for (unsigned t = 0; t < threads; t++) {
        struct worker *w = &r->worker[t];
        w->cursor = mem_zalloc(sizeof(*w->cursor) * (r->parts + 1));
        for (size_t p = 0; p < r->parts; p++)
            cursor_init(&w->cursor[p], &r->plan, r->scan->state[t]);
        merged_init(&w->merged, &r->form);
    }
}

static void worker_done(struct run *r, struct worker *w)
{
    for (size_t p = 0; p < r->parts; p++)
        cursor_done(&w->cursor[p]);
    free(w->cursor);
    merged_done(&w->merged);
}

static void sum_up(struct run *r, unsigned threads, struct scan_totals *totals, struct err *err)
{
    for (unsigned t = 0; t < threads; t++) {
        totals->users += r->worker[t].users;
        totals->hits += r->worker[t].hits;
        for (size_t p = 0; p < r->parts; p++) {
            const struct scan_lone *lone = &r->worker[t].cursor[p].lone;
            totals->users += lone->users;
            totals->lone.users += lone->users;
            totals->lone.lead += lone->lead;
            totals->lone.late += lone->late;
        }
        if (r->worker[t].err.code && err && err->code != ERR_DAMAGED)
            *err = r->worker[t].err;
        worker_done(r, &r->worker[t]);
    }
}

void scan_init(struct scan *s, const struct snapshot *snapshot)
{
    *s = (struct scan){.snapshot = snapshot, .from = INT64_MIN, .to = INT64_MAX, .user_to = UINT32_MAX};
}

/* imports: the last column is the import. */
static struct merged_form form_of(const struct scan *s, bool marks, bool imports)
{
    return (struct merged_form){!s->no_times, !s->no_codes, marks, s->columns,
                                imports ? s->columns - 1 : SIZE_MAX};
}

/* From front to back, once. */
static bool run_pass(struct run *r, struct pool *pool, struct scan_totals *totals, struct err *err)
{
    struct arena arena = {0};
    unsigned threads = pool_threads(pool);
    r->parts = snapshot_parts(r->scan->snapshot, TABLE_EVENTS, &r->part);
    make_plan(&r->plan, r->scan, &arena);
    r->plan.links = r->links;
    /* What is told from one block holds for the user only when no other part has rows of his. */
    r->plan.leads = r->scan->leads && r->parts == 1 && (!r->plan.ask || r->plan.early) && !r->plan.gate &&
                    !r->scan->everything;
    r->form = form_of(r->scan, r->plan.marks, r->imports);
    cut_tasks(r, threads);
    workers_new(r, threads);
    bool ok = pool_run(pool, r->task.n, run_task, r);
    sum_up(r, threads, totals, err);
    free(r->worker);
    vec_done(&r->task);
    arena_done(&arena);
    return ok;
}

/* ---- customers with several ids */

/* Whether rows differ in their imports. */
static bool has_imports(const struct snapshot *s)
{
    const struct part *part;
    size_t parts = snapshot_parts(s, TABLE_EVENTS, &part);
    for (size_t i = 0; parts == 1 && i < part->columns; i++)
        if (part->column[i] == COL_IMPORT)
            return true;
    return parts > 1;
}

/* The same scan, with the import of each hit as its last column. */
static struct scan with_import(const struct scan *s, uint16_t *column)
{
    struct scan own = *s;
    memcpy(column, s->column ? s->column : column, s->columns * sizeof(*column));
    column[own.columns++] = COL_IMPORT;
    own.column = column;
    return own;
}

static bool one_more(struct join *j, struct scan *s, struct progress *progress)
{
    if (!join_next(j))
        return false;
    s->count_users = false;
    if (progress)
        atomic_fetch_add(&progress->total, scan_rows(s->snapshot));
    return true;
}

static bool run_joined(const struct scan *s, const struct links *links, struct pool *pool,
                       struct progress *progress, struct scan_totals *totals, struct err *err)
{
    uint16_t *column = mem_alloc((s->columns + 1) * sizeof(*column));
    bool imports = has_imports(s->snapshot);
    struct scan own = imports ? with_import(s, column) : *s, asked = own;
    struct merged_form form = form_of(&own, has_masks(s), imports);
    struct join *j = join_new(links, &asked, &form, pool_threads(pool));
    struct run r = {.scan = &own, .links = links, .join = j, .imports = imports, .progress = progress};
    bool ok;
    do {
        own.member = join_members(j);
        ok = run_pass(&r, pool, totals, err) && (join_feed(j, pool, progress, &totals->hits) ||
                                                 err_set(err, ERR_CANCELLED, _("stopped as asked")));
    } while (ok && one_more(j, &own, progress));
    totals->users += s->count_users ? join_users(j) : 0;
    join_free(j);
    free(column);
    return ok;
}

bool scan_run(const struct scan *s, struct pool *pool, struct progress *progress, struct scan_totals *totals,
              struct err *err)
{
    struct scan_totals unused;
    const struct links *links;
    totals = totals ? totals : &unused;
    *totals = (struct scan_totals){0};
    if (err)
        err->code = ERR_NONE;
    if (!snapshot_links(s->snapshot, &links, err))
        return false;
    if (links)
        return run_joined(s, links, pool, progress, totals, err);
    return run_pass(&(struct run){.scan = s, .progress = progress}, pool, totals, err);
}

bool scan_span(const struct snapshot *s, int64_t *first, int64_t *last)
{
    const struct part *part;
    size_t parts = snapshot_parts(s, TABLE_EVENTS, &part);
    *first = INT64_MAX;
    *last = INT64_MIN;
    for (size_t p = 0; p < parts; p++)
        for (uint32_t b = 0; b < part[p].blocks; b++) {
            const struct block_info *info = &part[p].block[b];
            *first = info->min_time < *first ? info->min_time : *first;
            *last = info->max_time > *last ? info->max_time : *last;
        }
    return *first <= *last;
}

uint64_t scan_rows(const struct snapshot *s)
{
    const struct part *part;
    uint64_t rows = 0;
    size_t parts = snapshot_parts(s, TABLE_EVENTS, &part);
    for (size_t p = 0; p < parts; p++)
        rows += part[p].rows;
    return rows;
}
