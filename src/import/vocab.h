/* vocab.h - one column's texts and their store codes while loading: many threads look up, one adds.
 *
 * A worker pins the table as it is, looks up the texts of a whole chunk in it without any lock, and leaves
 * what it does not find to the one thread that adds. That thread may double the table meanwhile: pinned ones
 * stay until unpinned. A text up to 23 bytes lies in its slot, so a hit costs one cache line. */
#ifndef WM_VOCAB_H
#define WM_VOCAB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "base/str.h"

#define VOCAB_NONE UINT32_MAX
#define VOCAB_INLINE 23

struct vocab;
struct vocab *vocab_new(void);
void vocab_free(struct vocab *v);
/* Only by the adding thread. The code of a text, VOCAB_NONE when absent. */
uint32_t vocab_find(const struct vocab *v, struct str text);
/* Says that vocab_find(text) comes soon. */
void vocab_ahead(const struct vocab *v, struct str text);
/* text must be absent; code < VOCAB_NONE. text.p must be readable for 24 bytes. */
void vocab_add(struct vocab *v, struct str text, uint32_t code);
uint32_t vocab_count(const struct vocab *v);

/* ---- looking up in a pinned table; text.p must be readable for 24 bytes. */
struct vocab_slot {
    _Atomic uint32_t code1; /* code + 1; 0: free. Written last */
    uint32_t hash;
    uint64_t
        key[3]; /* the text, zero padded, its size in the last byte; or hash, pointer, size with 0xff there */
};
struct vocab_table {
    struct vocab_slot *slot;
    uint32_t mask;
    _Atomic uint32_t pins; /* the vocab's own included */
};
struct vocab_key {
    uint64_t key[3];
    uint32_t hash;
};

struct vocab_table *vocab_pin(struct vocab *v);
void vocab_unpin(struct vocab_table *t);
void vocab_key_long(struct vocab_key *k, struct str text);
bool vocab_same_long(const struct vocab_slot *s, struct str text);

/* The first n (0 to 8) bytes at p, zero padded. */
static inline uint64_t vocab_word(const char *p, size_t n)
{
    uint64_t w;
    memcpy(&w, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return n == 0 ? 0 : n >= 8 ? w : w & ~(UINT64_MAX >> (8 * n));
#else
    return n == 0 ? 0 : n >= 8 ? w : w & (UINT64_MAX >> (64 - 8 * n));
#endif
}

/* n as the last byte of a word: by arithmetic, since a byte written into a word delays reading the word. */
static inline uint64_t vocab_mark(uint64_t n)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return n;
#else
    return n << 56;
#endif
}

static inline void vocab_key_of(struct vocab_key *k, struct str text)
{
    if (text.n > VOCAB_INLINE) {
        vocab_key_long(k, text);
        return;
    }
    size_t n = text.n;
    k->key[0] = vocab_word(text.p, n);
    k->key[1] = n > 8 ? vocab_word(text.p + 8, n - 8) : 0;
    k->key[2] = (n > 16 ? vocab_word(text.p + 16, n - 16) : 0) | vocab_mark(n);
    uint64_t h = (k->key[0] ^ 0x9e3779b97f4a7c15ULL) * 0xbf58476d1ce4e5b9ULL;
    h = ((h ^ (h >> 32)) + k->key[1]) * 0x94d049bb133111ebULL;
    h = ((h ^ (h >> 29)) + k->key[2]) * 0xd6e8feb86659fd93ULL;
    k->hash = (uint32_t)(h >> 32);
}

static inline void vocab_prefetch(const struct vocab_table *t, const struct vocab_key *k)
{
    __builtin_prefetch(&t->slot[k->hash & t->mask]);
}

static inline uint32_t vocab_lookup(const struct vocab_table *t, const struct vocab_key *k, struct str text)
{
    for (uint32_t at = k->hash & t->mask;; at = (at + 1) & t->mask) {
        const struct vocab_slot *s = &t->slot[at];
        uint32_t code1 = atomic_load_explicit(&s->code1, memory_order_acquire);
        if (code1 == 0)
            return VOCAB_NONE;
        if (s->hash != k->hash)
            continue;
        if (s->key[0] == k->key[0] && s->key[1] == k->key[1] && s->key[2] == k->key[2])
            return code1 - 1;
        if (text.n > VOCAB_INLINE && vocab_same_long(s, text))
            return code1 - 1;
    }
}

#endif
