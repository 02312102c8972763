/* vocab.c - texts to codes, read by many while one adds.
 *
 * Open addressing, at most two thirds full. A slot is filled before its code is published, and a published
 * slot never changes; so readers need no lock, and the worst that a reader sees is that a text is not there
 * yet. */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/intern.h"
#include "import/huge.h"
#include "import/vocab.h"

struct vocab {
    struct vocab_table *table;
    uint32_t count;
    struct arena texts;
    pthread_mutex_t lock; /* of `table`, between pinning and doubling */
};

#define LONG_MARK 0xffu

/* Sizes are far below 2^56. */
static uint64_t long_size(size_t n)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return (uint64_t)n << 8 | vocab_mark(LONG_MARK);
#else
    return n | vocab_mark(LONG_MARK);
#endif
}

void vocab_key_long(struct vocab_key *k, struct str text)
{
    uint64_t h = intern_hash(text);
    k->key[0] = h;
    k->key[1] = (uint64_t)(uintptr_t)text.p; /* equal only when it is the very copy in the table */
    k->key[2] = long_size(text.n);
    k->hash = (uint32_t)(h >> 32);
}

bool vocab_same_long(const struct vocab_slot *s, struct str text)
{
    return s->key[2] == long_size(text.n) && memcmp((const char *)(uintptr_t)s->key[1], text.p, text.n) == 0;
}

static struct vocab_table *table_new(uint32_t slots)
{
    struct vocab_table *t = mem_zalloc(sizeof(*t));
    size_t bytes = slots * sizeof(*t->slot), page = bytes < HUGE_PAGE ? 64 : HUGE_PAGE;
    t->slot = aligned_alloc(page, bytes); /* a slot must not straddle cache lines */
    if (!t->slot)
        t->slot = mem_alloc(bytes); /* or fails in its way */
    huge_wish((void *)t->slot, bytes);
    memset((void *)t->slot, 0, bytes);
    t->mask = slots - 1;
    atomic_store(&t->pins, 1);
    return t;
}

static void table_put(struct vocab_table *t, const struct vocab_key *k, uint32_t code1)
{
    uint32_t at = k->hash & t->mask;
    while (atomic_load_explicit(&t->slot[at].code1, memory_order_relaxed) != 0)
        at = (at + 1) & t->mask;
    t->slot[at].hash = k->hash;
    memcpy(t->slot[at].key, k->key, sizeof(k->key));
    atomic_store_explicit(&t->slot[at].code1, code1, memory_order_release);
}

static void grow(struct vocab *v)
{
    struct vocab_table *old = v->table, *t = table_new((old->mask + 1) * 2);
    for (uint32_t i = 0; i <= old->mask; i++) {
        const struct vocab_slot *s = &old->slot[i];
        uint32_t code1 = atomic_load_explicit(&s->code1, memory_order_relaxed);
        struct vocab_key k = {.hash = s->hash};
        memcpy(k.key, s->key, sizeof(k.key));
        if (code1)
            table_put(t, &k, code1);
    }
    pthread_mutex_lock(&v->lock);
    v->table = t;
    pthread_mutex_unlock(&v->lock);
    vocab_unpin(old);
}

struct vocab *vocab_new(void)
{
    struct vocab *v = mem_zalloc(sizeof(*v));
    v->table = table_new(1024);
    arena_init(&v->texts);
    if (pthread_mutex_init(&v->lock, NULL) != 0)
        bug("pthread_mutex_init");
    return v;
}

void vocab_free(struct vocab *v)
{
    if (!v)
        return;
    vocab_unpin(v->table);
    arena_done(&v->texts);
    pthread_mutex_destroy(&v->lock);
    free(v);
}

uint32_t vocab_find(const struct vocab *v, struct str text)
{
    struct vocab_key k;
    vocab_key_of(&k, text);
    return vocab_lookup(v->table, &k, text);
}

void vocab_ahead(const struct vocab *v, struct str text)
{
    struct vocab_key k;
    vocab_key_of(&k, text);
    vocab_prefetch(v->table, &k);
}

void vocab_add(struct vocab *v, struct str text, uint32_t code)
{
    struct vocab_key k;
    if ((uint64_t)(v->count + 1) * 3 > (uint64_t)(v->table->mask + 1) * 2)
        grow(v);
    if (text.n > VOCAB_INLINE)
        text = arena_str(&v->texts, text);
    vocab_key_of(&k, text);
    table_put(v->table, &k, code + 1);
    v->count++;
}

uint32_t vocab_count(const struct vocab *v)
{
    return v->count;
}

struct vocab_table *vocab_pin(struct vocab *v)
{
    pthread_mutex_lock(&v->lock);
    struct vocab_table *t = v->table;
    atomic_fetch_add(&t->pins, 1);
    pthread_mutex_unlock(&v->lock);
    return t;
}

void vocab_unpin(struct vocab_table *t)
{
    if (atomic_fetch_sub(&t->pins, 1) == 1) {
        free(t->slot);
        free(t);
    }
}
