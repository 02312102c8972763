/* intern.c - strings to dense numbers by open addressing.
 *
 * A slot is eight bytes: the hash's upper half beside the number, so that eight slots share a cache line and
 * a probe that fails costs no second line. The hash's lower half picks the slot; linear probing, at most two
 * thirds full. Strings lie in large chunks, each with its length in front, and never move. Nothing is ever
 * removed. */
#include "config.h"

#include "base/intern.h"

#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/arena.h"
#include "base/err.h"

#define SLOTS_FIRST ((size_t)64)
#define CHUNK_FIRST ((size_t)4096)
#define CHUNK_MOST ((size_t)4 << 20)

struct entry {
    uint64_t hash;
    const char *text; /* uint32_t length, then the bytes */
};

struct chunk {
    struct chunk *next;
    size_t size;
    char bytes[];
};

struct intern {
    uint64_t *slots; /* upper half of the hash << 32 | number + 1; 0 is free */
    size_t mask;     /* slots - 1 */
    struct entry *entries;
    uint32_t count;
    size_t cap; /* of entries */
    struct chunk *chunk;
    size_t used; /* in the newest chunk */
    size_t bytes;
};

static struct str text_of(const struct entry *e)
{
    uint32_t n;
    memcpy(&n, e->text, sizeof(n));
    return (struct str){e->text + sizeof(n), n};
}

static uint64_t slot_of(uint64_t hash, uint32_t number)
{
    return (hash & UINT64_C(0xFFFFFFFF00000000)) | (number + 1U);
}

static void slots_fill(struct intern *t, size_t slots)
{
    free(t->slots);
    t->slots = mem_zalloc(mem_size(slots, sizeof(*t->slots)));
    t->mask = slots - 1;
    for (uint32_t i = 0; i < t->count; i++) {
        size_t at = t->entries[i].hash & t->mask;
        while (t->slots[at])
            at = (at + 1) & t->mask;
        t->slots[at] = slot_of(t->entries[i].hash, i);
    }
}

static char *chunk_room(struct intern *t, size_t size)
{
    if (!t->chunk || size > t->chunk->size - t->used) {
        size_t room = t->chunk ? t->chunk->size * 2 : CHUNK_FIRST;
        room = room > CHUNK_MOST ? CHUNK_MOST : room;
        room = room < size ? size : room;
        struct chunk *c = mem_alloc(sizeof(*c) + room);
        *c = (struct chunk){.next = t->chunk, .size = room};
        t->chunk = c;
        t->used = 0;
        t->bytes += sizeof(*c) + room;
    }
    t->used += size;
    return t->chunk->bytes + t->used - size;
}

static const char *text_keep(struct intern *t, struct str s)
{
    uint32_t n = (uint32_t)s.n;
    char *p = chunk_room(t, sizeof(n) + s.n);
    memcpy(p, &n, sizeof(n));
    if (s.n > 0)
        memcpy(p + sizeof(n), s.p, s.n);
    return p;
}

struct intern *intern_new(void)
{
    struct intern *t = mem_zalloc(sizeof(*t));
    slots_fill(t, SLOTS_FIRST);
    return t;
}

void intern_free(struct intern *t)
{
    if (!t)
        return;
    while (t->chunk) {
        struct chunk *next = t->chunk->next;
        free(t->chunk);
        t->chunk = next;
    }
    free(t->entries);
    free(t->slots);
    free(t);
}

uint64_t intern_hash(struct str s)
{
    return XXH3_64bits(s.n ? s.p : "", s.n);
}

/* The slot that holds s, or the free one where it belongs. */
static size_t probe(const struct intern *t, struct str s, uint64_t hash)
{
    size_t at = hash & t->mask;
    for (;; at = (at + 1) & t->mask) {
        uint64_t slot = t->slots[at];
        if (slot == 0)
            return at;
        if ((slot ^ hash) >> 32 == 0 && str_eq(text_of(&t->entries[(uint32_t)slot - 1]), s))
            return at;
    }
}

uint32_t intern_find_hashed(const struct intern *t, struct str s, uint64_t hash)
{
    uint64_t slot = t->slots[probe(t, s, hash)];
    return (uint32_t)slot - 1; /* a free slot gives INTERN_NONE */
}

uint32_t intern_add_hashed(struct intern *t, struct str s, uint64_t hash)
{
    size_t at = probe(t, s, hash);
    if (t->slots[at])
        return (uint32_t)t->slots[at] - 1;
    if (t->count == INTERN_NONE - 1 || s.n > UINT32_MAX)
        bug("intern: more strings, or a longer one, than 32 bits can number");
    if (t->count == t->cap) {
        t->cap = t->cap ? t->cap * 2 : SLOTS_FIRST / 2;
        t->entries = mem_realloc(t->entries, mem_size(t->cap, sizeof(*t->entries)));
    }
    uint32_t number = t->count++;
    t->entries[number] = (struct entry){hash, text_keep(t, s)};
    t->slots[at] = slot_of(hash, number);
    if ((size_t)t->count * 3 > (t->mask + 1) * 2)
        slots_fill(t, (t->mask + 1) * 2);
    return number;
}

uint32_t intern_add(struct intern *t, struct str s)
{
    return intern_add_hashed(t, s, intern_hash(s));
}

uint32_t intern_find(const struct intern *t, struct str s)
{
    return intern_find_hashed(t, s, intern_hash(s));
}

struct str intern_get(const struct intern *t, uint32_t number)
{
    if (number >= t->count)
        bug("intern_get: no such number");
    return text_of(&t->entries[number]);
}

uint64_t intern_hash_of(const struct intern *t, uint32_t number)
{
    if (number >= t->count)
        bug("intern_hash_of: no such number");
    return t->entries[number].hash;
}

uint32_t intern_count(const struct intern *t)
{
    return t->count;
}
