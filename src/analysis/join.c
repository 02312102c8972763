/* join.c - hits set aside by worker, found again by id, put together by customer. */
#include "config.h"
#include "analysis/join.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/num.h"

enum {
    FEED_HITS = 16384, /* hits put together before they are handed on */
    TASKS_PER_THREAD = 16,
    NEAR = 4096, /* ids this close are looked for in one go */
};

/* The hits of one id, in order. */
struct piece {
    uint32_t place, n;
    size_t at;
};

struct aside {
    VEC(struct piece) piece;
    struct hits hits;
    size_t n, cap;
    uint32_t hi;    /* pieces are of groups below */
    uint64_t *seen; /* a bit per group: it has events */
    uint32_t *start;
    size_t starts;
};

/* Where an id's hits are; n == 0: it has none. */
struct found {
    size_t at;
    uint32_t n;
    unsigned worker;
};

struct join {
    const struct links *l;
    const struct scan *scan;
    struct merged_form form, rest; /* rest: of what is not set aside; its imports do not matter */
    unsigned threads;
    size_t share;        /* hits that a worker may set aside */
    size_t expected;     /* those it will, at most, if ids have equally many */
    uint32_t end;        /* behind the last group asked for */
    uint32_t lo;         /* groups of this pass: from lo on, */
    _Atomic uint32_t hi; /* up to hi, which falls when there are too many hits */
    uint64_t *asked;     /* a bit per id asked for; NULL: all */
    uint64_t *member;    /* of a further pass: the ids of its groups */
    VEC(struct join_span) span;
    struct aside *aside;
    /* feeding */
    struct found *found; /* by place */
    struct merged *merged;
    size_t tasks;
    const struct progress *progress;
    _Atomic uint64_t hits;
};

/* ---- whom the scan asks for */

static bool has_bit(const uint64_t *word, uint32_t user)
{
    return word[user / 64] >> user % 64 & 1;
}

static void set_bit(uint64_t *word, uint32_t user)
{
    word[user / 64] |= UINT64_C(1) << user % 64;
}

/* First group of a customer >= `user`. */
static uint32_t group_from(const struct links *l, uint32_t user)
{
    uint32_t lo = 0, hi = (uint32_t)l->groups;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (links_canonical(l, mid) < user)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Customers asked for, without their other ids. */
static void ask_customers(struct join *j, uint32_t from, uint32_t to)
{
    const struct links *l = j->l;
    const uint64_t *member = j->scan->member;
    j->asked = mem_zalloc((l->users / 64 + 1) * sizeof(*j->asked));
    for (uint32_t u = from; u < to;) {
        if (u % 64 == 0 && to - u >= 64 && !l->joined[u / 64]) {
            j->asked[u / 64] = member ? member[u / 64] : UINT64_MAX;
            u += 64;
            continue;
        }
        if (l->customer[u] == u && (!member || has_bit(member, u)))
            set_bit(j->asked, u);
        u++;
    }
}

static int span_cmp(const void *a, const void *b)
{
    const struct join_span *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

/* Spans that are near each other become one. */
static void unite_spans(struct join *j)
{
    size_t n = 0;
    if (j->span.n)
        qsort(j->span.at, j->span.n, sizeof(*j->span.at), span_cmp);
    for (size_t i = 0; i < j->span.n; i++) {
        struct join_span s = j->span.at[i];
        if (n && (s.from <= j->span.at[n - 1].to || s.from - j->span.at[n - 1].to <= NEAR))
            j->span.at[n - 1].to = s.to > j->span.at[n - 1].to ? s.to : j->span.at[n - 1].to;
        else
            j->span.at[n++] = s;
    }
    j->span.n = n;
}

/* The other ids of the customers asked for; those outside [from, to) are further spans. */
static void ask_others(struct join *j, uint32_t from, uint32_t to)
{
    const struct links *l = j->l;
    for (uint32_t g = j->lo; g < j->end; g++) {
        if (!has_bit(j->asked, links_canonical(l, g)))
            continue;
        for (uint32_t m = l->start[g] + 1; m < l->start[g + 1]; m++) {
            uint32_t u = l->member[m];
            set_bit(j->asked, u);
            if (u < from || u >= to)
                vec_push(&j->span, (struct join_span){u, u + 1});
        }
    }
}

static void ask(struct join *j)
{
    const struct scan *s = j->scan;
    uint32_t from = s->user_from, to = s->user_to < j->l->users ? s->user_to : j->l->users;
    from = from < to ? from : to;
    j->lo = group_from(j->l, from);
    j->end = group_from(j->l, to);
    atomic_store(&j->hi, j->end);
    vec_push(&j->span, (struct join_span){s->user_from, s->user_to});
    if (!s->member && from == 0 && to == j->l->users)
        return;
    ask_customers(j, from, to);
    ask_others(j, from, to);
    unite_spans(j);
}

/* ---- life */

static size_t bytes_per_hit(const struct merged_form *f)
{
    size_t bytes = sizeof(int64_t) * (f->times + f->columns) + f->codes * sizeof(uint32_t) +
                   f->marks * sizeof(uint64_t);
    return bytes ? bytes : 1; /* a scan may ask for nothing but how many hits there are */
}

static size_t budget(void)
{
    uint64_t n;
    const char *text = getenv("WAYMARK_JOIN_BYTES");
    return text && num_size(str_of(text), &n) && n < JOIN_BYTES ? (size_t)n : JOIN_BYTES;
}

/* Room for the hits of a worker's share of the joined ids, should every event be one, so that they need not be
 * moved as they grow. What is not used is never touched and costs nothing. */
static size_t expected(const struct join *j)
{
    const struct links *l = j->l;
    double part = (double)l->start[l->groups] / (double)l->users / j->threads;
    double hits = (double)scan_rows(j->scan->snapshot) * part * 1.25;
    return hits < (double)j->share ? (size_t)hits : j->share;
}

static void begin_pass(struct join *j)
{
    for (unsigned t = 0; t < j->threads; t++) {
        j->aside[t].n = j->aside[t].piece.n = 0;
        j->aside[t].hi = j->end;
    }
}

struct join *join_new(const struct links *l, const struct scan *s, const struct merged_form *form,
                      unsigned threads)
{
    struct join *j = mem_zalloc(sizeof(*j));
    j->l = l;
    j->scan = s;
    j->form = j->rest = *form;
    j->rest.columns -= form->import < form->columns;
    j->threads = threads;
    j->share = budget() / threads / bytes_per_hit(form);
    j->expected = expected(j);
    j->aside = mem_zalloc(threads * sizeof(*j->aside));
    for (unsigned t = 0; t < threads; t++)
        j->aside[t].seen = mem_zalloc((l->groups / 64 + 1) * sizeof(uint64_t));
    ask(j);
    begin_pass(j);
    return j;
}

void join_free(struct join *j)
{
    if (!j)
        return;
    for (unsigned t = 0; t < j->threads; t++) {
        struct aside *a = &j->aside[t];
        vec_done(&a->piece);
        hits_room(&a->hits, &j->form, 0);
        free(a->seen);
        free(a->start);
    }
    free(j->aside);
    free(j->asked);
    free(j->member);
    vec_done(&j->span);
    free(j);
}

const uint64_t *join_members(const struct join *j)
{
    return j->member ? j->member : j->asked;
}

const struct join_span *join_spans(const struct join *j, size_t *n)
{
    *n = j->span.n;
    return j->span.at;
}

/* ---- setting aside */

/* Lets go of what is not of this pass's groups any more. */
static void drop_others(struct join *j, struct aside *a)
{
    uint32_t hi = atomic_load(&j->hi);
    size_t n = 0, at = 0;
    if (hi == a->hi)
        return;
    a->hi = hi;
    for (size_t i = 0; i < a->piece.n; i++) {
        struct piece p = a->piece.at[i];
        if (j->l->group[p.place] >= hi)
            continue;
        hits_copy(&a->hits, at, &a->hits, p.at, p.n, &j->form);
        a->piece.at[n++] = (struct piece){p.place, p.n, at};
        at += p.n;
    }
    a->piece.n = n;
    a->n = at;
}

/* Half of the groups stay, at least one. */
static void take_fewer(struct join *j, struct aside *a)
{
    uint32_t hi = atomic_load(&j->hi);
    drop_others(j, a); /* another worker may have lowered it already */
    while (a->n > j->share && hi - j->lo > 1) {
        uint32_t less = j->lo + (hi - j->lo) / 2;
        if (atomic_compare_exchange_strong(&j->hi, &hi, less))
            hi = less;
        drop_others(j, a);
    }
}

static void keep_hits(struct join *j, struct aside *a, uint32_t place, const struct join_view *v, size_t i)
{
    uint32_t n = v->start[i + 1] - v->start[i];
    if (a->n + n > a->cap) {
        a->cap = a->cap ? a->cap + a->cap / 2 + n : j->expected + n + 1024;
        hits_room(&a->hits, &j->form, a->cap);
    }
    hits_copy(&a->hits, a->n, &v->hits, v->start[i], n, &j->form);
    vec_push(&a->piece, (struct piece){place, n, a->n});
    a->n += n;
    if (a->n > j->share)
        take_fewer(j, a);
}

static void set_aside(struct join *j, struct aside *a, const struct join_view *v, size_t i)
{
    uint32_t user = v->user[i], place = links_place(j->l, user), g = j->l->group[place];
    if (j->asked && !has_bit(j->asked, user))
        return;
    set_bit(a->seen, g);
    if (v->start[i + 1] > v->start[i] && g >= j->lo && g < atomic_load_explicit(&j->hi, memory_order_relaxed))
        keep_hits(j, a, place, v, i);
}

static void room_for_starts(struct aside *a, size_t users)
{
    if (users + 1 <= a->starts)
        return;
    a->starts = 2 * (users + 1);
    free(a->start);
    a->start = mem_alloc(a->starts * sizeof(*a->start));
}

void join_take(struct join *j, unsigned worker, struct join_view *v)
{
    struct aside *a = &j->aside[worker];
    uint32_t at = v->start[0], from = at; /* hits before `at` stay; those from `from` on are to follow them */
    room_for_starts(a, v->users);
    for (size_t i = 0; i < v->users; i++) {
        a->start[i] = at + (v->start[i] - from);
        if (!links_is_joined(j->l, v->user[i]))
            continue;
        set_aside(j, a, v, i);
        if (at != from)
            hits_copy(&v->hits, at, &v->hits, from, v->start[i] - from, &j->rest);
        at += v->start[i] - from;
        from = v->start[i + 1];
    }
    if (at != from)
        hits_copy(&v->hits, at, &v->hits, from, v->start[v->users] - from, &j->rest);
    a->start[v->users] = at + (v->start[v->users] - from);
    v->start = a->start;
}

/* ---- handing on */

static void find_pieces(struct join *j)
{
    const struct links *l = j->l;
    j->found = mem_zalloc((l->n + l->groups + 1) * sizeof(*j->found));
    for (unsigned t = 0; t < j->threads; t++) {
        drop_others(j, &j->aside[t]);
        for (size_t i = 0; i < j->aside[t].piece.n; i++) {
            struct piece p = j->aside[t].piece.at[i];
            j->found[p.place] = (struct found){p.at, p.n, t};
        }
    }
}

/* The ids of a group lie anywhere in memory. What is to be read is asked for some groups ahead: first where
 * the hits are, then the hits. */
enum { AHEAD = 12 };

static void ask_places(const struct join *j, uint32_t g)
{
    for (uint32_t k = j->l->start[g]; k < j->l->start[g + 1]; k++)
        __builtin_prefetch(&j->found[j->l->place[k]]);
}

static void ask_hits(const struct join *j, uint32_t g)
{
    for (uint32_t k = j->l->start[g]; k < j->l->start[g + 1]; k++) {
        const struct found *f = &j->found[j->l->place[k]];
        const struct hits *h = &j->aside[f->worker].hits;
        if (!f->n)
            continue;
        if (j->form.times)
            __builtin_prefetch(h->time + f->at);
        if (j->form.codes)
            __builtin_prefetch(h->code + f->at);
        if (j->form.marks)
            __builtin_prefetch(h->mask + f->at);
        for (size_t c = 0; c < j->form.columns; c++)
            __builtin_prefetch(h->prop[c] + f->at);
    }
}

static void put_group(struct join *j, struct merged *m, uint32_t g)
{
    const struct links *l = j->l;
    bool any = false;
    for (uint32_t k = l->start[g]; k < l->start[g + 1]; k++) {
        struct found f = j->found[l->place[k]];
        if (!f.n)
            continue;
        if (!any)
            merged_begin(m, links_canonical(l, g));
        any = true;
        merged_add(m, &j->aside[f.worker].hits, f.at, f.n);
        merged_end_piece(m);
    }
    if (any)
        merged_end(m);
}

static void hand_on(struct join *j, struct merged *m, void *state)
{
    const struct scan *s = j->scan;
    if (!m->users)
        return;
    merged_close(m);
    atomic_fetch_add(&j->hits, m->n);
    s->feed(state,
            &(struct journeys){m->users, m->user, m->start, j->form.times ? m->hits.time : NULL,
                               j->form.codes ? m->hits.code : NULL, j->form.marks ? m->hits.mask : NULL,
                               (const int64_t *const *)m->hits.prop});
    merged_clear(m);
}

static bool feed_task(void *arg, size_t task, unsigned worker)
{
    struct join *j = arg;
    struct merged *m = &j->merged[worker];
    uint64_t groups = atomic_load(&j->hi) - j->lo;
    uint32_t from = j->lo + (uint32_t)(groups * task / j->tasks),
             to = j->lo + (uint32_t)(groups * (task + 1) / j->tasks);
    for (uint32_t g = from; g < to; g++) {
        if (g + 2 * AHEAD < to)
            ask_places(j, g + 2 * AHEAD);
        if (g + AHEAD < to)
            ask_hits(j, g + AHEAD);
        put_group(j, m, g);
        if (m->n >= FEED_HITS)
            hand_on(j, m, j->scan->state[worker]);
    }
    hand_on(j, m, j->scan->state[worker]);
    return !progress_cancelled(j->progress);
}

bool join_feed(struct join *j, struct pool *pool, const struct progress *progress, uint64_t *hits)
{
    find_pieces(j);
    j->progress = progress;
    j->tasks = (size_t)j->threads * TASKS_PER_THREAD;
    j->merged = mem_alloc(j->threads * sizeof(*j->merged));
    for (unsigned t = 0; t < j->threads; t++)
        merged_init(&j->merged[t], &j->form);
    bool ok = pool_run(pool, j->tasks, feed_task, j);
    for (unsigned t = 0; t < j->threads; t++)
        merged_done(&j->merged[t]);
    free(j->merged);
    free(j->found);
    *hits += atomic_exchange(&j->hits, 0);
    return ok;
}

bool join_next(struct join *j)
{
    const struct links *l = j->l;
    j->lo = atomic_load(&j->hi);
    if (j->lo >= j->end)
        return false;
    atomic_store(&j->hi, j->end);
    free(j->member);
    j->member = mem_zalloc((l->users / 64 + 1) * sizeof(*j->member));
    for (uint32_t m = l->start[j->lo]; m < l->start[j->end]; m++)
        if (!j->asked || has_bit(j->asked, l->member[m]))
            set_bit(j->member, l->member[m]);
    begin_pass(j);
    return true;
}

uint64_t join_users(const struct join *j)
{
    uint64_t users = 0;
    for (size_t w = 0; w <= j->l->groups / 64; w++) {
        uint64_t seen = 0;
        for (unsigned t = 0; t < j->threads; t++)
            seen |= j->aside[t].seen[w];
        users += (uint64_t)__builtin_popcountll(seen);
    }
    return users;
}
