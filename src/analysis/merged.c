/* merged.c - growing arrays of hits, and a merge of sorted pieces. */
#include "config.h"
#include "analysis/merged.h"

#include <stdlib.h>

#include "base/uncleared.h"

/* ---- arrays */

void hits_room(struct hits *h, const struct merged_form *form, size_t n)
{
    if (form->times)
        h->time = mem_realloc(h->time, mem_size(n, sizeof(*h->time)));
    if (form->codes)
        h->code = mem_realloc(h->code, mem_size(n, sizeof(*h->code)));
    if (form->marks)
        h->mask = mem_realloc(h->mask, mem_size(n, sizeof(*h->mask)));
    if (!h->prop)
        h->prop = mem_zalloc((form->columns + 1) * sizeof(*h->prop));
    for (size_t k = 0; k < form->columns; k++)
        h->prop[k] = mem_realloc(h->prop[k], mem_size(n, sizeof(**h->prop)));
    if (n == 0) {
        free(h->prop);
        h->prop = NULL;
    }
}

struct chunk {
    uint64_t word[4];
};

/* Most stretches are a few hits: a loop is there before memmove has begun. Forward, as to never lies behind
 * from in the same array. */
static inline void copy_words(void *to, const void *from, size_t n, size_t size)
{
    if (n * size > 256) {
        memmove(to, from, n * size);
        return;
    }
    size_t i = 0;
    for (; i + sizeof(struct chunk) <= n * size; i += sizeof(struct chunk)) {
        struct chunk c;
        memcpy(&c, (const char *)from + i, sizeof(c));
        memcpy((char *)to + i, &c, sizeof(c));
    }
    for (; i < n * size; i += sizeof(uint32_t)) {
        uint32_t word;
        memcpy(&word, (const char *)from + i, sizeof(word));
        memcpy((char *)to + i, &word, sizeof(word));
    }
}

void hits_copy(const struct hits *to, size_t dst, const struct hits *from, size_t src, size_t n,
               const struct merged_form *form)
{
    if (form->times)
        copy_words(to->time + dst, from->time + src, n, sizeof(*to->time));
    if (form->codes)
        copy_words(to->code + dst, from->code + src, n, sizeof(*to->code));
    if (form->marks)
        copy_words(to->mask + dst, from->mask + src, n, sizeof(*to->mask));
    for (size_t k = 0; k < form->columns; k++)
        copy_words(to->prop[k] + dst, from->prop[k] + src, n, sizeof(**to->prop));
}

void merged_init(struct merged *m, const struct merged_form *form)
{
    *m = (struct merged){.form = *form};
    hits_room(&m->hits, form, 1);
    m->cap = 1;
}

void merged_done(struct merged *m)
{
    hits_room(&m->hits, &m->form, 0);
    free(m->user);
    free(m->start);
    free(m->order);
    free(m->spare);
    vec_done(&m->piece);
}

/* ---- one user */

void merged_begin(struct merged *m, uint32_t user)
{
    if (m->users + 2 > m->user_cap) {
        m->user_cap = m->user_cap ? 2 * m->user_cap : 1024;
        m->user = mem_realloc(m->user, m->user_cap * sizeof(*m->user));
        m->start = mem_realloc(m->start, m->user_cap * sizeof(*m->start));
    }
    m->user[m->users] = user;
    m->start[m->users++] = (uint32_t)m->n;
    m->piece.n = 0;
    vec_push(&m->piece, m->n);
}

void merged_add(struct merged *m, const struct hits *from, size_t at, size_t n)
{
    if (!n)
        return;
    if (m->n + n > m->cap) {
        m->cap = 2 * (m->n + n);
        hits_room(&m->hits, &m->form, m->cap);
    }
    hits_copy(&m->hits, m->n, from, at, n, &m->form);
    m->n += n;
}

void merged_end_piece(struct merged *m)
{
    vec_push(&m->piece, m->n);
}

static void *spare(struct merged *m, size_t bytes)
{
    if (bytes > m->spare_cap) {
        m->spare_cap = 2 * bytes;
        m->spare = mem_realloc(m->spare, m->spare_cap);
    }
    return m->spare;
}

/* Permute `n` elements at p by m->order. */
static void reorder_64(struct merged *m, void *p, size_t n)
{
    uint64_t *to = spare(m, n * sizeof(*to)), *from = p;
    for (size_t i = 0; i < n; i++)
        to[i] = from[m->order[i]];
    memcpy(p, to, n * sizeof(*to));
}

static void reorder_32(struct merged *m, uint32_t *p, size_t n)
{
    uint32_t *to = spare(m, n * sizeof(*to));
    for (size_t i = 0; i < n; i++)
        to[i] = p[m->order[i]];
    memcpy(p, to, n * sizeof(*to));
}

/* What a hit is sorted by. */
struct keys {
    const int64_t *time, *import; /* import: NULL when the order of pieces settles equal times */
};

static struct keys keys_of(const struct merged *m, size_t first)
{
    size_t k = m->form.import;
    return (struct keys){m->hits.time + first, k < m->form.columns ? m->hits.prop[k] + first : NULL};
}

/* Whether hit a of a later piece goes before hit b of an earlier one. */
static inline bool goes_before(const struct keys *k, size_t a, size_t b)
{
    if (k->time[a] != k->time[b] || !k->import)
        return k->time[a] < k->time[b];
    return k->import[a] < k->import[b];
}

/* Two pieces, as most have: [0, middle) and [middle, n). */
static void merge_two(struct merged *m, size_t first, size_t middle, size_t n)
{
    struct keys k = keys_of(m, first);
    uint32_t *order = m->order;
    size_t a = 0, b = middle;
    while (a < middle && b < n) {
        bool later = goes_before(&k, b, a);
        *order++ = (uint32_t)(later ? b : a);
        b += later;
        a += !later;
    }
    for (; a < middle; a++)
        *order++ = (uint32_t)a;
    for (; b < n; b++)
        *order++ = (uint32_t)b;
}

/* Merges m->piece's sorted stretches into m->order. */
static void merge_order(struct merged *m, size_t first, size_t n)
{
    UNCLEARED size_t at[64];
    size_t pieces = m->piece.n;
    struct keys k = keys_of(m, first);
    for (size_t p = 0; p + 1 < pieces; p++)
        at[p] = m->piece.at[p] - first;
    for (size_t i = 0; i < n; i++) {
        size_t best = SIZE_MAX;
        for (size_t p = 0; p + 1 < pieces; p++)
            if (at[p] < m->piece.at[p + 1] - first && (best == SIZE_MAX || goes_before(&k, at[p], at[best])))
                best = p;
        m->order[i] = (uint32_t)at[best]++;
    }
}

/* More pieces than merge_order keeps places for: a stable sort by halves does the same. */
static void sort_order(struct merged *m, size_t first, size_t n)
{
    struct keys key = keys_of(m, first);
    uint32_t *from = m->order, *to = mem_alloc(n * sizeof(*to)), *spare = to;
    for (size_t i = 0; i < n; i++)
        from[i] = (uint32_t)i;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t lo = 0; lo < n; lo += 2 * width) {
            size_t mid = lo + width < n ? lo + width : n, hi = lo + 2 * width < n ? lo + 2 * width : n;
            for (size_t a = lo, b = mid, k = lo; k < hi; k++)
                to[k] = b >= hi || (a < mid && !goes_before(&key, from[b], from[a])) ? from[a++] : from[b++];
        }
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != m->order)
        memcpy(m->order, from, n * sizeof(*from));
    free(spare);
}

static bool is_sorted(const struct merged *m, size_t first)
{
    struct keys k = keys_of(m, first);
    for (size_t p = 1; p + 1 < m->piece.n; p++) {
        size_t at = m->piece.at[p];
        if (at != first && at != m->n && goes_before(&k, at - first, at - first - 1))
            return false;
    }
    return true;
}

static void sort_user(struct merged *m, size_t first)
{
    size_t n = m->n - first;
    if (n > m->order_cap) {
        m->order_cap = 2 * n;
        m->order = mem_realloc(m->order, m->order_cap * sizeof(*m->order));
    }
    if (m->piece.n == 3)
        merge_two(m, first, m->piece.at[1] - first, n);
    else if (m->piece.n <= 64)
        merge_order(m, first, n);
    else
        sort_order(m, first, n);
    reorder_64(m, m->hits.time + first, n);
    if (m->form.codes)
        reorder_32(m, m->hits.code + first, n);
    if (m->form.marks)
        reorder_64(m, m->hits.mask + first, n);
    for (size_t k = 0; k < m->form.columns; k++)
        reorder_64(m, m->hits.prop[k] + first, n);
}

void merged_end(struct merged *m)
{
    size_t first = m->piece.at[0];
    if (m->form.times && m->piece.n > 2 && !is_sorted(m, first))
        sort_user(m, first);
}

void merged_close(struct merged *m)
{
    if (m->users)
        m->start[m->users] = (uint32_t)m->n;
}

void merged_clear(struct merged *m)
{
    m->users = m->n = 0;
}
