/* scan.c - shares users out in tasks and merges the parts of the store user by user.
 *
 * A user whose events lie in one block of one part - nearly all of them - is handed on in place, together
 * with its neighbours; only users in several blocks or parts are copied together. */
#include "config.h"
#include "analysis/scan.h"

#include <stdlib.h>

#include "analysis/cursor.h"
#include "base/nls.h"
#include "base/uncleared.h"
#include "base/vec.h"

enum {
    MERGE_HITS = 16384, /* hits copied together before they are handed on */
    SPAN_USERS = 16,    /* fewer neighbours than this are cheaper to copy than to hand on */
    TASKS_PER_THREAD = 16,
    WANTED_CODES = 32, /* more kept codes than this are not looked for in the blocks' lists */
};

/* Users copied together from several blocks or parts. */
struct merged {
    size_t users, user_cap;
    uint32_t *user, *start;
    size_t n, cap;
    int64_t *time;
    uint32_t *code;
    uint64_t *mask;
    int64_t **prop;
    /* one user's hits before sorting, and the pieces they came in */
    VEC(size_t) piece;
    uint32_t *order;
    size_t order_cap;
    void *spare;
    size_t spare_cap;
};

struct worker {
    struct cursor *cursor; /* one per part */
    struct merged merged;
    uint64_t users, hits;
    struct err err;
};

struct run {
    const struct scan *scan;
    struct cursor_plan plan;
    const struct part *part;
    size_t parts;
    uint32_t *cut; /* tasks + 1 user numbers */
    size_t tasks;
    struct worker *worker;
    struct progress *progress;
};

/* ---- handing on */

static bool is_member(const struct scan *s, uint32_t user)
{
    return !s->member || (s->member[user / 64] >> (user % 64) & 1);
}

static void count(struct run *r, struct worker *w, const uint32_t *user, size_t n)
{
    if (!r->scan->member)
        w->users += n;
    else
        for (size_t i = 0; i < n; i++)
            w->users += is_member(r->scan, user[i]);
}

static void hand_on(struct run *r, struct worker *w, void *state, const struct journeys *j)
{
    if (r->scan->count_users)
        count(r, w, j->user, j->users);
    w->hits += j->start[j->users] - j->start[0];
    if (j->start[j->users] > j->start[0])
        r->scan->feed(state, j);
}

static bool has_masks(const struct scan *s)
{
    return s->selectors && !s->no_masks;
}

static void hand_on_merged(struct run *r, struct worker *w, void *state)
{
    struct merged *m = &w->merged;
    if (!m->users)
        return;
    m->start[m->users] = (uint32_t)m->n;
    hand_on(r, w, state,
            &(struct journeys){m->users, m->user, m->start, r->scan->no_times ? NULL : m->time,
                               r->scan->no_codes ? NULL : m->code, has_masks(r->scan) ? m->mask : NULL,
                               (const int64_t *const *)m->prop});
    m->users = m->n = 0;
}

static void hand_on_span(struct run *r, struct worker *w, void *state, const struct cursor *c, uint32_t users)
{
    hand_on(r, w, state,
            &(struct journeys){users, c->user + c->at, c->start + c->at, r->scan->no_times ? NULL : c->time,
                               r->scan->no_codes ? NULL : c->code, has_masks(r->scan) ? c->mask : NULL,
                               (const int64_t *const *)c->prop});
}

/* ---- copying together */

static void room_for_users(struct merged *m)
{
    if (m->users + 2 <= m->user_cap)
        return;
    m->user_cap = m->user_cap ? 2 * m->user_cap : 1024;
    m->user = mem_realloc(m->user, m->user_cap * sizeof(*m->user));
    m->start = mem_realloc(m->start, m->user_cap * sizeof(*m->start));
}

static void room_for_hits(struct merged *m, size_t more, size_t props)
{
    if (m->n + more <= m->cap)
        return;
    m->cap = 2 * (m->n + more);
    m->time = mem_realloc(m->time, m->cap * sizeof(*m->time));
    m->code = mem_realloc(m->code, m->cap * sizeof(*m->code));
    m->mask = mem_realloc(m->mask, m->cap * sizeof(*m->mask));
    for (size_t k = 0; k < props; k++)
        m->prop[k] = mem_realloc(m->prop[k], m->cap * sizeof(**m->prop));
}

static void copy_hits(const struct run *r, struct merged *m, const struct cursor *c, uint32_t at, uint32_t n)
{
    size_t columns = r->scan->columns;
    if (!n)
        return;
    room_for_hits(m, n, columns);
    if (!r->scan->no_times)
        memcpy(m->time + m->n, c->time + at, n * sizeof(*m->time));
    if (!r->scan->no_codes)
        memcpy(m->code + m->n, c->code + at, n * sizeof(*m->code));
    if (r->plan.marks)
        memcpy(m->mask + m->n, c->mask + at, n * sizeof(*m->mask));
    for (size_t k = 0; k < columns; k++)
        memcpy(m->prop[k] + m->n, c->prop[k] + at, n * sizeof(**m->prop));
    m->n += n;
}

/* All of the user the cursor stands at, over as many blocks as it takes; the cursor moves on. */
static bool take_user(const struct run *r, struct merged *m, struct cursor *c, struct err *err)
{
    bool more = true;
    if (!c->users)
        return true;
    while (more) {
        uint32_t from = c->start[c->at];
        copy_hits(r, m, c, from, c->start[c->at + 1] - from);
        more = c->more && c->at + 1 == c->users;
        if (!cursor_advance(c, 1, err))
            return false;
    }
    return true;
}

/* Permutes `n` elements of `size` bytes at p by m->order. */
static void reorder(struct merged *m, void *p, size_t size, size_t n)
{
    if (n * size > m->spare_cap) {
        m->spare_cap = 2 * n * size;
        m->spare = mem_realloc(m->spare, m->spare_cap);
    }
    unsigned char *to = m->spare;
    for (size_t i = 0; i < n; i++)
        memcpy(to + i * size, (unsigned char *)p + m->order[i] * size, size);
    memcpy(p, m->spare, n * size);
}

/* Merges m->piece's sorted stretches into m->order: by time, the earlier piece first. */
static void merge_order(struct merged *m, size_t first, size_t n)
{
    UNCLEARED size_t at[64];
    size_t pieces = m->piece.n;
    const int64_t *time = m->time + first;
    for (size_t p = 0; p + 1 < pieces; p++)
        at[p] = m->piece.at[p] - first;
    for (size_t i = 0; i < n; i++) {
        size_t best = SIZE_MAX;
        for (size_t p = 0; p + 1 < pieces; p++)
            if (at[p] < m->piece.at[p + 1] - first && (best == SIZE_MAX || time[at[p]] < time[at[best]]))
                best = p;
        m->order[i] = (uint32_t)at[best]++;
    }
}

/* More pieces than merge_order keeps places for: a stable sort by halves does the same. */
static void sort_order(struct merged *m, size_t first, size_t n)
{
    const int64_t *time = m->time + first;
    uint32_t *from = m->order, *to = mem_alloc(n * sizeof(*to)), *spare = to;
    for (size_t i = 0; i < n; i++)
        from[i] = (uint32_t)i;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t lo = 0; lo < n; lo += 2 * width) {
            size_t mid = lo + width < n ? lo + width : n, hi = lo + 2 * width < n ? lo + 2 * width : n;
            for (size_t a = lo, b = mid, k = lo; k < hi; k++)
                to[k] = b >= hi || (a < mid && time[from[a]] <= time[from[b]]) ? from[a++] : from[b++];
        }
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != m->order)
        memcpy(m->order, from, n * sizeof(*from));
    free(spare);
}

/* Sorts the hits from `first` on, which came in several pieces, by time and order of pieces. */
static void sort_user(const struct run *r, struct merged *m, size_t first)
{
    size_t n = m->n - first;
    bool sorted = true;
    for (size_t p = 1; p + 1 < m->piece.n; p++) {
        size_t at = m->piece.at[p];
        sorted &= at == first || at == m->n || m->time[at - 1] <= m->time[at];
    }
    if (sorted)
        return;
    if (n > m->order_cap) {
        m->order_cap = 2 * n;
        m->order = mem_realloc(m->order, m->order_cap * sizeof(*m->order));
    }
    if (m->piece.n <= 64)
        merge_order(m, first, n);
    else
        sort_order(m, first, n);
    reorder(m, m->time + first, sizeof(*m->time), n);
    if (!r->scan->no_codes)
        reorder(m, m->code + first, sizeof(*m->code), n);
    if (r->plan.marks)
        reorder(m, m->mask + first, sizeof(*m->mask), n);
    for (size_t k = 0; k < r->scan->columns; k++)
        reorder(m, m->prop[k] + first, sizeof(**m->prop), n);
}

/* Collects `user` from every cursor that stands at it. */
static bool merge_user(struct run *r, struct worker *w, uint32_t user, struct err *err)
{
    struct merged *m = &w->merged;
    size_t first = m->n;
    room_for_users(m);
    m->user[m->users] = user;
    m->start[m->users++] = (uint32_t)first;
    m->piece.n = 0;
    vec_push(&m->piece, first);
    for (size_t p = 0; p < r->parts; p++) {
        if (cursor_user(&w->cursor[p]) != user)
            continue;
        if (!take_user(r, m, &w->cursor[p], err))
            return false;
        vec_push(&m->piece, m->n);
    }
    if (m->piece.n > 2 && !r->scan->no_times)
        sort_user(r, m, first);
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

static bool walk(struct run *r, struct worker *w, void *state, struct err *err)
{
    for (;;) {
        uint32_t user, other;
        size_t p = find_least(w, r->parts, &user, &other);
        if (user == CURSOR_NONE)
            break;
        struct cursor *c = &w->cursor[p];
        uint32_t whole = cursor_whole(c, other);
        if (whole >= SPAN_USERS || (r->parts == 1 && whole)) {
            hand_on_merged(r, w, state);
            hand_on_span(r, w, state, c, whole);
            if (!cursor_advance(c, whole, err) || !report(r, w, err))
                return false;
            continue;
        }
        if (!merge_user(r, w, user, err))
            return false;
        if (w->merged.n >= MERGE_HITS || w->merged.users >= MERGE_HITS) {
            hand_on_merged(r, w, state);
            if (!report(r, w, err))
                return false;
        }
    }
    hand_on_merged(r, w, state);
    return report(r, w, err);
}

static bool run_task(void *arg, size_t task, unsigned worker)
{
    struct run *r = arg;
    struct worker *w = &r->worker[worker];
    uint32_t lo = r->cut[task], hi = r->cut[task + 1];
    for (size_t p = 0; p < r->parts; p++)
        if (!cursor_open(&w->cursor[p], &r->part[p], lo, hi, &w->err))
            return false;
    return walk(r, w, r->scan->state[worker], &w->err);
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

/* Cuts the users where blocks begin, so that each task has about the same number of rows. */
static void cut_tasks(struct run *r, unsigned threads)
{
    VEC(struct edge) edge = {0};
    uint64_t rows = 0, seen = 0;
    uint32_t lo = r->scan->user_from, hi = r->scan->user_to;
    for (size_t p = 0; p < r->parts; p++)
        for (uint32_t b = 0; b < r->part[p].blocks; b++) {
            const struct block_info *info = &r->part[p].block[b];
            if (info->last_user >= lo && info->first_user < hi) {
                vec_push(&edge, (struct edge){info->first_user, info->rows});
                rows += info->rows;
            }
        }
    if (edge.n)
        qsort(edge.at, edge.n, sizeof(*edge.at), edge_cmp);
    size_t want = threads == 1 ? 1 : (size_t)threads * TASKS_PER_THREAD;
    r->cut = mem_alloc((want + 2) * sizeof(*r->cut));
    r->cut[0] = lo;
    for (size_t i = 0; i < edge.n; i++) {
        if (seen * want >= rows * (r->tasks + 1) && edge.at[i].user > r->cut[r->tasks])
            r->cut[++r->tasks] = edge.at[i].user;
        seen += edge.at[i].rows;
    }
    r->cut[++r->tasks] = hi;
    vec_done(&edge);
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
    pick_table_init(&p->table);
    plan_keep(p, mask, a);
}

static void workers_new(struct run *r, unsigned threads)
{
    r->worker = mem_zalloc(sizeof(*r->worker) * threads);
    for (unsigned t = 0; t < threads; t++) {
        struct worker *w = &r->worker[t];
        w->cursor = mem_zalloc(sizeof(*w->cursor) * (r->parts + 1));
        for (size_t p = 0; p < r->parts; p++)
            cursor_init(&w->cursor[p], &r->plan);
        w->merged.prop = mem_zalloc(sizeof(*w->merged.prop) * (r->scan->columns + 1));
    }
}

static void worker_done(struct run *r, struct worker *w)
{
    struct merged *m = &w->merged;
    for (size_t p = 0; p < r->parts; p++)
        cursor_done(&w->cursor[p]);
    for (size_t k = 0; k < r->scan->columns; k++)
        free(m->prop[k]);
    free(w->cursor);
    free(m->user);
    free(m->start);
    free(m->time);
    free(m->code);
    free(m->mask);
    free(m->prop);
    free(m->order);
    free(m->spare);
    vec_done(&m->piece);
}

static void sum_up(struct run *r, unsigned threads, struct scan_totals *totals, struct err *err)
{
    struct scan_totals sum = {0};
    for (unsigned t = 0; t < threads; t++) {
        sum.users += r->worker[t].users;
        sum.hits += r->worker[t].hits;
        for (size_t p = 0; p < r->parts; p++) {
            const struct scan_lone *lone = &r->worker[t].cursor[p].lone;
            sum.users += lone->users;
            sum.lone.users += lone->users;
            sum.lone.lead += lone->lead;
            sum.lone.late += lone->late;
        }
        if (r->worker[t].err.code && err && err->code != ERR_DAMAGED)
            *err = r->worker[t].err;
        worker_done(r, &r->worker[t]);
    }
    if (totals)
        *totals = sum;
}

void scan_init(struct scan *s, const struct snapshot *snapshot)
{
    *s = (struct scan){.snapshot = snapshot, .from = INT64_MIN, .to = INT64_MAX, .user_to = UINT32_MAX};
}

bool scan_run(const struct scan *s, struct pool *pool, struct progress *progress, struct scan_totals *totals,
              struct err *err)
{
    struct arena arena = {0};
    struct run r = {.scan = s, .progress = progress};
    unsigned threads = pool_threads(pool);
    r.parts = snapshot_parts(s->snapshot, TABLE_EVENTS, &r.part);
    make_plan(&r.plan, s, &arena);
    /* What is told from one block holds for the user only when no other part has rows of his. */
    r.plan.leads = s->leads && r.parts == 1 && !r.plan.ask && !r.plan.gate && !s->everything;
    cut_tasks(&r, threads);
    workers_new(&r, threads);
    if (err)
        err->code = ERR_NONE;
    bool ok = pool_run(pool, r.tasks, run_task, &r);
    sum_up(&r, threads, totals, err);
    free(r.worker);
    free(r.cut);
    arena_done(&arena);
    return ok;
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
