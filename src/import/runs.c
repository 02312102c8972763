/* runs.c - sorting more rows than fit in memory.
 *
 * In memory: a counting sort of row numbers by user, which keeps the order of arrival, then each user's rows
 * by time within a window that fits the cache. Exports are mostly in time order already, so the sort of a
 * window looks for ascending stretches first. */
#include "config.h"

#include <stdlib.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/vec.h"
#include "import/huge.h"
#include "import/row.h"
#include "import/runs.h"

#define WINDOW 16384        /* rows; with its keys about 1 MiB */
#define MERGED 1024         /* rows of each run in a window, or more: so that reading is not all seeking */
#define GIANT (16 * WINDOW) /* a user with more rows is brought in order before windows are cut */
#define STOP_EVERY 65536    /* rows between two looks whether it is all cancelled */
#define STRETCH 16          /* shorter ascending stretches are made this long by insertion */
#define OVERSHOOT ((size_t)1 << 19) /* rows */

struct runs {
    uint32_t stride;
    uint64_t memory;
    size_t cap_rows, mapped; /* mapped: bytes at `rows` */
    unsigned char *rows;
    size_t n, cap;
    uint32_t *count; /* rows in memory per user; once ordered: where the user's rows end in `order` */
    size_t users, users_cap;
    uint32_t *order;
    size_t taken;
    size_t next_user; /* of the next window */
    size_t giant_end; /* rows of `order` up to here are in order already */
    const char *dir;
    struct run_file *file;
};

/* ---- Gathering. */

static size_t budget_rows(const struct runs *r)
{
    uint64_t n = r->memory / (r->stride + sizeof(*r->order));
    return n < 4 * WINDOW ? 4 * WINDOW : n > UINT32_MAX / 2 ? UINT32_MAX / 2 : (size_t)n;
}

struct runs *runs_new(uint32_t stride, uint64_t memory, const char *dir)
{
    struct runs *r = mem_zalloc(sizeof(*r));
    r->stride = stride;
    r->memory = memory;
    r->dir = dir;
    r->cap_rows = budget_rows(r);
    return r;
}

void runs_free(struct runs *r)
{
    if (!r)
        return;
    huge_unmap(r->rows, r->mapped);
    free(r->count);
    free(r->order);
    run_file_close(r->file);
    free(r);
}

/* The whole budget is mapped at once and touched as rows come: growing step by step would copy. Where a
 * system grants no more address space than is used, a smaller budget does, with more runs. */
static void map_rows(struct runs *r)
{
    while (!(r->rows = huge_map((r->cap_rows + OVERSHOOT) * r->stride)) && r->cap_rows > 4 * WINDOW)
        r->cap_rows /= 2;
    r->cap = r->rows ? r->cap_rows + OVERSHOOT : 0;
    r->mapped = r->cap * r->stride;
}

/* Chunks under way when the budget is used up still come in. They fit but for the strangest input. */
static void reserve_rows(struct runs *r, size_t more)
{
    if (!r->rows)
        map_rows(r);
    if (r->n + more <= r->cap)
        return;
    size_t cap = (r->n + more) * 2;
    unsigned char *rows = huge_map(cap * r->stride);
    if (!rows)
        (void)mem_alloc(SIZE_MAX / 2); /* says that memory is gone, and ends */
    if (r->n)
        memcpy(rows, r->rows, r->n * r->stride);
    huge_unmap(r->rows, r->mapped);
    r->rows = rows;
    r->cap = cap;
    r->mapped = cap * r->stride;
}

static void reserve_users(struct runs *r, uint32_t user)
{
    if (user < r->users)
        return;
    if (user >= r->users_cap) {
        size_t cap = r->users_cap ? r->users_cap * 2 : 4096;
        while (cap <= user)
            cap *= 2;
        r->count = mem_realloc(r->count, cap * sizeof(*r->count));
        huge_wish(r->count + r->users_cap, (cap - r->users_cap) * sizeof(*r->count));
        memset(r->count + r->users_cap, 0, (cap - r->users_cap) * sizeof(*r->count));
        r->users_cap = cap;
    }
    r->users = (size_t)user + 1;
}

void runs_add(struct runs *r, const unsigned char *rows, size_t n)
{
    if (n == 0)
        return;
    reserve_rows(r, n);
    memcpy(r->rows + r->n * r->stride, rows, n * r->stride);
    r->n += n;
    for (size_t i = 0; i < n; i++) {
        uint32_t user = row_user(rows + i * r->stride);
        reserve_users(r, user);
        r->count[user]++;
    }
}

bool runs_full(const struct runs *r)
{
    return r->n >= r->cap_rows;
}

bool runs_widen(struct runs *r, uint32_t stride, const unsigned char *empty)
{
    size_t cap = r->mapped / stride;
    if (r->n > cap)
        return false;
    if (r->n)
        row_widen(r->rows, r->n, r->stride, stride, empty);
    r->stride = stride;
    r->cap_rows = budget_rows(r);
    r->cap = cap;
    if (cap && r->cap_rows > cap)
        r->cap_rows = cap;
    if (r->file)
        run_file_widen(r->file, stride, empty);
    return true;
}

/* ---- Order in memory. */

/* Two threads at once: one places the first half of the rows from each user's front on, in order, the other
 * the second half from his end, backwards. They meet without having to know where. */
struct placing {
    struct runs *r;
    const struct progress *progress;
    uint32_t *front, *back; /* per user: where the next of his rows goes, and behind the last free place */
};

static bool is_stopped(const struct placing *p, size_t i)
{
    return i % STOP_EVERY == 0 && progress_cancelled(p->progress);
}

static bool place_half(void *arg, size_t half, unsigned worker)
{
    const struct placing *p = arg;
    const struct runs *r = p->r;
    if (r->n == 0)
        return true; /* there is no memory for rows either */
    size_t middle = r->n / 2, stride = r->stride;
    const unsigned char *row = half ? r->rows + r->n * stride : r->rows;
    (void)worker;
    if (half == 0)
        for (size_t i = 0; i < middle && !is_stopped(p, i); i++, row += stride)
            r->order[p->front[row_user(row)]++] = (uint32_t)i;
    else
        for (size_t i = r->n; i > middle && !is_stopped(p, i); i--)
            r->order[--p->back[row_user(row -= stride)]] = (uint32_t)(i - 1);
    return true;
}

void runs_order(struct runs *r, struct pool *pool, const struct progress *progress)
{
    size_t users = r->users ? r->users : 1;
    struct placing p = {r, progress, mem_alloc(users * sizeof(*p.front)), mem_alloc(users * sizeof(*p.back))};
    uint32_t sum = 0;
    r->order = mem_alloc((r->n ? r->n : 1) * sizeof(*r->order));
    huge_wish(r->order, r->n * sizeof(*r->order));
    huge_wish(p.front, users * sizeof(*p.front));
    huge_wish(p.back, users * sizeof(*p.back));
    for (size_t u = 0; u < r->users; u++) {
        p.front[u] = sum;
        sum += r->count[u];
        p.back[u] = r->count[u] = sum;
    }
    pool_run(pool, 2, place_half, &p);
    free(p.front);
    free(p.back);
    r->taken = r->next_user = r->giant_end = 0;
}

static int64_t time_at(const struct runs *r, size_t i)
{
    return row_time(r->rows + (size_t)r->order[i] * r->stride);
}

static bool key_after(const struct run_key *a, const struct run_key *b)
{
    return a->user != b->user ? a->user > b->user : a->time > b->time;
}

/* Stable merge of [lo, mid) and [mid, hi) of `from` to `to`. */
static void merge(const struct run_key *from, struct run_key *to, size_t lo, size_t mid, size_t hi)
{
    size_t a = lo, b = mid;
    for (size_t i = lo; i < hi; i++)
        to[i] = b >= hi || (a < mid && !key_after(&from[a], &from[b])) ? from[a++] : from[b++];
}

static void insert_sorted(struct run_key *k, size_t sorted, size_t n)
{
    for (size_t i = sorted; i < n; i++) {
        struct run_key x = k[i];
        size_t j = i;
        for (; j > 0 && key_after(&k[j - 1], &x); j--)
            k[j] = k[j - 1];
        k[j] = x;
    }
}

/* The end of the ascending stretch that begins at `at`, made STRETCH long at least. */
static size_t stretch_end(struct run_key *k, size_t at, size_t n)
{
    size_t end = at + 1;
    while (end < n && !key_after(&k[end - 1], &k[end]))
        end++;
    if (end - at >= STRETCH || end == n)
        return end;
    size_t longer = n - at < STRETCH ? n : at + STRETCH;
    insert_sorted(k + at, end - at, longer - at);
    return longer;
}

/* Stable: by (user, time), equals stay in place. Returns whichever of k and spare holds the result. */
static struct run_key *keys_sort(struct run_key *k, struct run_key *spare, size_t n)
{
    VEC(size_t) end = {0};
    for (size_t at = 0; at < n; at = end.at[end.n - 1])
        vec_push(&end, stretch_end(k, at, n));
    while (end.n > 1) {
        size_t lo = 0, kept = 0;
        for (size_t i = 0; i < end.n; i += 2) {
            size_t hi = end.at[i + 1 < end.n ? i + 1 : i];
            merge(k, spare, lo, end.at[i], hi);
            end.at[kept++] = lo = hi;
        }
        end.n = kept;
        struct run_key *t = k;
        k = spare;
        spare = t;
    }
    vec_done(&end);
    return k;
}

/* ---- Windows. */

void run_window_done(struct run_window *w)
{
    free(w->rows);
    free(w->key);
    free(w->spare);
    *w = (struct run_window){0};
}

static void window_reserve(struct run_window *w, size_t n, uint32_t stride)
{
    if (n <= w->cap)
        return;
    w->cap = n > WINDOW ? n : WINDOW;
    w->rows = mem_realloc(w->rows, w->cap * stride);
    w->key = mem_realloc(w->key, w->cap * sizeof(*w->key));
    w->spare = mem_realloc(w->spare, w->cap * sizeof(*w->spare));
}

/* One user with more rows than a window should hold: order all of them, so that a window may end between any
 * two times. */
static void sort_giant(struct runs *r, size_t from, size_t to)
{
    size_t n = to - from;
    struct run_key *k = mem_alloc(n * sizeof(*k)), *spare = mem_alloc(n * sizeof(*k));
    for (size_t i = 0; i < n; i++)
        k[i] = (struct run_key){time_at(r, from + i), 0, r->order[from + i]};
    const struct run_key *sorted = keys_sort(k, spare, n);
    for (size_t i = 0; i < n; i++)
        r->order[from + i] = sorted[i].at;
    free(k);
    free(spare);
    r->giant_end = to;
}

/* Where the window that begins at `from` may end. Whole users, but for giants. */
static size_t window_end(struct runs *r, size_t from)
{
    if (from >= r->giant_end) {
        while (r->next_user < r->users && r->count[r->next_user] - from <= WINDOW)
            r->next_user++;
        size_t before = r->next_user ? r->count[r->next_user - 1] : 0;
        if (before > from || r->next_user == r->users)
            return before;
        size_t user_end = r->count[r->next_user++]; /* one user fills more than a window */
        if (user_end - from <= GIANT)
            return user_end;
        sort_giant(r, from, user_end);
    }
    size_t end = from + WINDOW < r->giant_end ? from + WINDOW : r->giant_end;
    while (end < r->giant_end && time_at(r, end) == time_at(r, end - 1))
        end++;
    return end;
}

void runs_take(struct runs *r, struct run_window *w)
{
    size_t end = window_end(r, r->taken);
    w->first = r->taken;
    w->n = end - r->taken;
    r->taken = end;
    window_reserve(w, w->n, r->stride);
}

/* A row lies across two lines of the cache as often as not. */
static inline void prefetch_row(const unsigned char *row, uint32_t stride)
{
    __builtin_prefetch(row);
    __builtin_prefetch(row + stride - 1);
}

static void copy_rows(const struct runs *r, struct run_window *w)
{
    enum { AHEAD = 16 };
    const uint32_t *order = r->order + w->first;
    for (size_t i = 0; i < w->n; i++) {
        unsigned char *row = w->rows + i * r->stride;
        if (i + AHEAD < w->n)
            prefetch_row(r->rows + (size_t)order[i + AHEAD] * r->stride, r->stride);
        row_copy(row, r->rows + (size_t)order[i] * r->stride, r->stride);
        w->key[i] = (struct run_key){row_time(row), row_user(row), (uint32_t)i};
    }
}

static void swap_keys(struct run_window *w)
{
    struct run_key *t = w->key;
    w->key = w->spare;
    w->spare = t;
}

/* Users together, in the order of the runs: later runs mostly hold later times. Where users lie far apart the
 * sort that follows does it all. */
static void gather_users(struct run_window *w)
{
    uint32_t least = UINT32_MAX, most = 0;
    for (size_t i = 0; i < w->n; i++) {
        least = w->key[i].user < least ? w->key[i].user : least;
        most = w->key[i].user > most ? w->key[i].user : most;
    }
    if (w->n == 0 || most - least >= w->n)
        return;
    uint32_t *next = mem_zalloc(((size_t)(most - least) + 2) * sizeof(*next));
    for (size_t i = 0; i < w->n; i++)
        next[w->key[i].user - least + 1]++;
    for (size_t u = 1; u <= most - least; u++)
        next[u] += next[u - 1];
    for (size_t i = 0; i < w->n; i++)
        w->spare[next[w->key[i].user - least]++] = w->key[i];
    free(next);
    swap_keys(w);
}

static bool read_rows(const struct runs *r, struct run_window *w, struct err *err)
{
    window_reserve(w, run_file_room(r->file, &w->slice), r->stride);
    if (!run_file_read(r->file, &w->slice, w->rows, w->key, &w->n, err))
        return false;
    gather_users(w);
    return true;
}

bool runs_sort(const struct runs *r, struct run_window *w, struct err *err)
{
    if (r->order)
        copy_rows(r, w);
    else if (!read_rows(r, w, err))
        return false;
    if (keys_sort(w->key, w->spare, w->n) != w->key)
        swap_keys(w);
    return true;
}

/* ---- Spilling. */

bool runs_spill(struct runs *r, struct err *err)
{
    if (!r->file)
        r->file = run_file_new(r->dir, r->stride, err);
    if (!r->file)
        return false;
    run_file_begin(r->file, r->n);
    return true;
}

static bool is_in_order(const struct run_window *w)
{
    size_t i = 0;
    while (i < w->n && w->key[i].at == i)
        i++;
    return i == w->n;
}

bool runs_write(struct runs *r, const struct run_window *w, struct err *err)
{
    if (is_in_order(w))
        return run_file_put(r->file, w->first, w->rows, w->n, err);
    unsigned char *rows = mem_alloc(w->n * r->stride);
    for (size_t i = 0; i < w->n; i++)
        row_copy(rows + i * r->stride, w->rows + (size_t)w->key[i].at * r->stride, r->stride);
    bool ok = run_file_put(r->file, w->first, rows, w->n, err);
    free(rows);
    return ok;
}

void runs_spilled(struct runs *r)
{
    free(r->order);
    r->order = NULL;
    r->n = 0;
    if (r->count)
        memset(r->count, 0, r->users_cap * sizeof(*r->count));
    r->users = 0;
}

size_t runs_count(const struct runs *r)
{
    return r->file ? run_file_runs(r->file) : 0;
}

void runs_merge_begin(struct runs *r)
{
    huge_unmap(r->rows, r->mapped);
    free(r->count);
    r->rows = NULL;
    r->count = NULL;
    r->cap = r->mapped = r->users_cap = 0;
}

bool runs_merge(struct runs *r, struct run_window *w)
{
    size_t rows = runs_count(r) * MERGED;
    return run_file_next(r->file, rows > WINDOW ? rows : WINDOW, &w->slice);
}
