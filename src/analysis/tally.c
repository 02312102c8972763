/* tally.c - the two kinds of a tally. */
#include "config.h"
#include "analysis/tally.h"

#include <stdlib.h>

#include "base/arena.h"

enum { DIRECT_MOST = 1 << 19, FIRST_CAP = 4096 };
#define FREE UINT64_MAX

static void hashed_new(struct tally *t, size_t cap)
{
    t->cap = cap;
    t->n = 0;
    t->cell = mem_zalloc(cap * sizeof(*t->cell));
    t->key = mem_alloc(cap * sizeof(*t->key));
    for (size_t i = 0; i < cap; i++)
        t->key[i] = FREE;
}

void tally_init(struct tally *t, uint64_t keys)
{
    *t = (struct tally){0};
    if (keys > DIRECT_MOST) {
        hashed_new(t, FIRST_CAP);
        return;
    }
    t->cap = (size_t)keys;
    t->cell = mem_zalloc((t->cap + 1) * sizeof(*t->cell));
}

void tally_done(struct tally *t)
{
    free(t->cell);
    free(t->key);
    *t = (struct tally){0};
}

static size_t place(const struct tally *t, uint64_t key)
{
    size_t i = (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (t->cap - 1);
    while (t->key[i] != FREE && t->key[i] != key)
        i = (i + 1) & (t->cap - 1);
    return i;
}

static void grow(struct tally *t)
{
    struct tally old = *t;
    hashed_new(t, 2 * old.cap);
    for (size_t i = 0; i < old.cap; i++)
        if (old.key[i] != FREE) {
            size_t at = place(t, old.key[i]);
            t->key[at] = old.key[i];
            t->cell[at] = old.cell[i];
        }
    t->n = old.n;
    tally_done(&old);
}

struct tally_cell *tally_hashed(struct tally *t, uint64_t key)
{
    size_t i = place(t, key);
    if (t->key[i] == key)
        return &t->cell[i];
    if (2 * (t->n + 1) > t->cap) {
        grow(t);
        i = place(t, key);
    }
    t->n++;
    t->key[i] = key;
    return &t->cell[i];
}

const struct tally_cell *tally_find(const struct tally *t, uint64_t key)
{
    if (!t->key)
        return &t->cell[key];
    size_t i = place(t, key);
    return t->key[i] == key ? &t->cell[i] : NULL;
}

bool tally_next(const struct tally *t, size_t *i, uint64_t *key, const struct tally_cell **cell)
{
    for (; *i < t->cap; ++*i)
        if (t->cell[*i].count) {
            *key = t->key ? t->key[*i] : *i;
            *cell = &t->cell[(*i)++];
            return true;
        }
    return false;
}

void tally_merge(struct tally *into, const struct tally *from)
{
    size_t i = 0;
    uint64_t key;
    const struct tally_cell *c;
    while (tally_next(from, &i, &key, &c)) {
        struct tally_cell *to = tally_at(into, key);
        to->count += c->count;
        to->users += c->users;
    }
}
