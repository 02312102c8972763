/* window.c - drops repeats and turns rows into columns.
 *
 * Equal rows have the same user and time, so they are neighbours up to other rows of that very moment. */
#include "config.h"

#include <stdlib.h>
#include "base/arena.h"
#include "base/intern.h"
#include "import/window.h"

#define FEW 16 /* rows of one moment that are compared each with each */

struct drop {
    const struct run_window *w;
    uint32_t stride;
    uint32_t *kept; /* numbers of rows in order, `n` of them */
    size_t n;
};

static const unsigned char *row_at(const struct drop *d, uint32_t at)
{
    return d->w->rows + (size_t)at * d->stride;
}

static bool same(const struct drop *d, uint32_t a, uint32_t b)
{
    return memcmp(row_at(d, a), row_at(d, b), d->stride) == 0;
}

static void keep_first_few(struct drop *d, size_t from, size_t to)
{
    size_t begin = d->n;
    for (size_t i = from; i < to; i++) {
        size_t k = begin;
        while (k < d->n && !same(d, d->kept[k], d->w->key[i].at))
            k++;
        if (k == d->n)
            d->kept[d->n++] = d->w->key[i].at;
    }
}

/* A bot may fire thousands of events at one moment. */
static void keep_first_many(struct drop *d, size_t from, size_t to)
{
    size_t slots = 64;
    while (slots < (to - from) * 2)
        slots *= 2;
    uint32_t *slot = mem_zalloc(slots * sizeof(*slot)); /* row + 1 */
    for (size_t i = from; i < to; i++) {
        uint32_t row = d->w->key[i].at;
        size_t at = intern_hash((struct str){(const char *)row_at(d, row), d->stride}) & (slots - 1);
        while (slot[at] && !same(d, slot[at] - 1, row))
            at = (at + 1) & (slots - 1);
        if (slot[at])
            continue;
        slot[at] = row + 1;
        d->kept[d->n++] = row;
    }
    free(slot);
}

static void keep_rows(struct drop *d, enum window_repeats repeats)
{
    const struct run_key *k = d->w->key;
    for (size_t from = 0, to; from < d->w->n; from = to) {
        to = from + 1;
        /* Of a user's attributes the last row counts, whenever it is from. */
        while (to < d->w->n && k[to].user == k[from].user &&
               (k[to].time == k[from].time || repeats == WINDOW_LAST))
            to++;
        if (repeats == WINDOW_LAST)
            d->kept[d->n++] = k[to - 1].at;
        else if (to == from + 1)
            d->kept[d->n++] = k[from].at;
        else if (to - from <= FEW)
            keep_first_few(d, from, to);
        else
            keep_first_many(d, from, to);
    }
}

static void reserve(struct window_columns *c, size_t n, size_t columns)
{
    if (n <= c->cap && columns == c->columns)
        return;
    window_done(c);
    c->cap = n;
    c->columns = columns;
    c->user = mem_alloc(n * sizeof(*c->user));
    c->value = mem_alloc((columns ? columns : 1) * sizeof(*c->value));
    for (size_t i = 0; i < columns; i++)
        c->value[i] = mem_alloc(n * sizeof(**c->value));
}

static void fill_codes(int64_t *to, const struct drop *d, uint32_t offset)
{
    for (size_t i = 0; i < d->n; i++) {
        uint32_t code;
        memcpy(&code, row_at(d, d->kept[i]) + offset, sizeof(code));
        to[i] = code == VOCAB_NONE ? COLUMN_NULL : code;
    }
}

static void fill_words(int64_t *to, const struct drop *d, uint32_t offset)
{
    for (size_t i = 0; i < d->n; i++)
        memcpy(&to[i], row_at(d, d->kept[i]) + offset, sizeof(to[i]));
}

/* As row_value, with the type looked at once. */
static void fill_column(int64_t *to, const struct drop *d, const struct row_cell *c)
{
    if (!c)
        for (size_t i = 0; i < d->n; i++)
            to[i] = COLUMN_NULL;
    else if (c->type == COLUMN_CODE)
        fill_codes(to, d, c->offset);
    else if (c->type != COLUMN_BOOL)
        fill_words(to, d, c->offset);
    else
        for (size_t i = 0; i < d->n; i++)
            to[i] = row_value(c, row_at(d, d->kept[i]));
}

void window_make(struct window_columns *out, const struct run_window *w, uint32_t stride,
                 const struct row_cell *const *cell, size_t columns, enum window_repeats repeats)
{
    struct drop d = {.w = w, .stride = stride, .kept = mem_alloc((w->n ? w->n : 1) * sizeof(*d.kept))};
    reserve(out, w->n, columns);
    if (repeats == WINDOW_KEEP)
        for (size_t i = 0; i < w->n; i++)
            d.kept[d.n++] = w->key[i].at;
    else
        keep_rows(&d, repeats);
    out->n = d.n;
    out->repeats = w->n - d.n;
    for (size_t i = 0; i < d.n; i++)
        out->user[i] = row_user(row_at(&d, d.kept[i]));
    window_count(out);
    for (size_t c = 0; c < columns; c++)
        fill_column(out->value[c], &d, cell[c]);
    free(d.kept);
}

void window_count(struct window_columns *c)
{
    c->users = 0;
    for (size_t i = 0; i < c->n; i++)
        c->users += i == 0 || c->user[i] != c->user[i - 1];
}

void window_done(struct window_columns *c)
{
    for (size_t i = 0; i < c->columns; i++)
        free(c->value[i]);
    free(c->value);
    free(c->user);
    *c = (struct window_columns){0};
}
