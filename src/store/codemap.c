/* codemap.c - open addressing over 16-byte slots with the whole hash, and strings with their length in large
 * chunks.
 *
 * A look-up touches one slot line and one string line. Places are in units of 8 bytes, so 32 bits reach 32
 * GiB of strings. */
#include "config.h"
#include <stdlib.h>
#include <stdint.h>
#include <sys/mman.h>
#include "base/vec.h"
#include "store/codemap.h"

#define UNIT 8u
#define CHUNK_UNITS (1u << 19) /* 4 MiB */
#define HUGE_BYTES (1u << 21)
#define WINDOW 32 /* look-ups under way at once in codemap_find_many */

struct slot {
    uint64_t hash;
    uint32_t code, place; /* place 0: empty */
};

struct codemap {
    struct slot *slot;
    size_t mask, used;
    VEC(char *) chunk;  /* of CHUNK_UNITS; a longer string owns several in a row */
    uint32_t next, end; /* places free in the newest chunk */
    VEC(char *) owned;
};

/* Large tables are read at random: with huge pages a look-up misses the TLB less. A wish only. */
static void prefer_huge(void *p, size_t n)
{
#ifdef MADV_HUGEPAGE
    uintptr_t from = ((uintptr_t)p + HUGE_BYTES - 1) & ~(uintptr_t)(HUGE_BYTES - 1), end = (uintptr_t)p + n;
    if (from < end)
        madvise((void *)from, end - from, MADV_HUGEPAGE);
#else
    (void)p;
    (void)n;
#endif
}

struct codemap *codemap_new(void)
{
    struct codemap *m = mem_zalloc(sizeof(*m));
    m->mask = 1023;
    m->slot = mem_zalloc((m->mask + 1) * sizeof(*m->slot));
    return m;
}

void codemap_free(struct codemap *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->owned.n; i++)
        free(m->owned.at[i]);
    vec_done(&m->owned);
    vec_done(&m->chunk);
    free(m->slot);
    free(m);
}

static const char *at(const struct codemap *m, uint32_t place)
{
    return m->chunk.at[place / CHUNK_UNITS] + (size_t)(place % CHUNK_UNITS) * UNIT;
}

struct str codemap_text(const struct codemap *m, uint32_t place)
{
    const char *p = at(m, place);
    uint32_t n;
    memcpy(&n, p, sizeof(n));
    return (struct str){p + sizeof(n), n};
}

/* The slot of the string, or the empty one where it would go. */
static struct slot *probe(const struct codemap *m, struct str text, uint64_t hash)
{
    for (size_t i = hash & m->mask;; i = (i + 1) & m->mask) {
        struct slot *s = &m->slot[i];
        if (s->place == 0 || (s->hash == hash && str_eq(codemap_text(m, s->place), text)))
            return s;
    }
}

uint32_t codemap_find(const struct codemap *m, struct str text, uint64_t hash)
{
    const struct slot *s = probe(m, text, hash);
    return s->place ? s->code : CODEMAP_NONE;
}

void codemap_find_many(const struct codemap *m, size_t n, const struct str *text, const uint64_t *hash,
                       uint32_t *code)
{
    for (size_t from = 0; from < n; from += WINDOW) {
        size_t to = n - from < WINDOW ? n : from + WINDOW;
        for (size_t i = from; i < to; i++)
            __builtin_prefetch(&m->slot[hash[i] & m->mask]);
        for (size_t i = from; i < to; i++) {
            const struct slot *s = &m->slot[hash[i] & m->mask];
            if (s->place)
                __builtin_prefetch(at(m, s->place));
        }
        for (size_t i = from; i < to; i++)
            code[i] = codemap_find(m, text[i], hash[i]);
    }
}

static void grow(struct codemap *m)
{
    size_t mask = m->mask * 2 + 1;
    struct slot *slot = mem_zalloc((mask + 1) * sizeof(*slot));
    prefer_huge(slot, (mask + 1) * sizeof(*slot));
    for (size_t i = 0; i <= m->mask; i++) {
        if (!m->slot[i].place)
            continue;
        size_t j = m->slot[i].hash & mask;
        while (slot[j].place)
            j = (j + 1) & mask;
        slot[j] = m->slot[i];
    }
    free(m->slot);
    m->slot = slot;
    m->mask = mask;
}

/* Room for `units`; place 0 is never given out. */
static uint32_t place_for(struct codemap *m, uint32_t units)
{
    if (m->end - m->next < units) {
        uint32_t chunks =
            (units + CHUNK_UNITS) / CHUNK_UNITS; /* one unit to spare: the first place of all is skipped */
        char *p = mem_alloc((size_t)chunks * CHUNK_UNITS * UNIT);
        if (m->owned.n > 0) /* the first one may stay nearly empty */
            prefer_huge(p, (size_t)chunks * CHUNK_UNITS * UNIT);
        vec_push(&m->owned, p);
        m->next = (uint32_t)m->chunk.n * CHUNK_UNITS;
        for (uint32_t i = 0; i < chunks; i++)
            vec_push(&m->chunk, p + (size_t)i * CHUNK_UNITS * UNIT);
        m->end = (uint32_t)m->chunk.n * CHUNK_UNITS;
        m->next += m->next == 0;
    }
    uint32_t place = m->next;
    m->next += units;
    return place;
}

uint32_t codemap_add(struct codemap *m, struct str text, uint64_t hash, uint32_t code)
{
    if (++m->used * 2 > m->mask)
        grow(m);
    struct slot *s = probe(m, text, hash);
    uint32_t n = (uint32_t)text.n;
    uint32_t place = place_for(m, (uint32_t)((text.n + sizeof(n) + UNIT - 1) / UNIT));
    char *p = m->chunk.at[place / CHUNK_UNITS] + (size_t)(place % CHUNK_UNITS) * UNIT;
    memcpy(p, &n, sizeof(n));
    if (n)
        memcpy(p + sizeof(n), text.p, n);
    *s = (struct slot){hash, code, place};
    return place;
}
