/* userset.c - the one file that knows CRoaring: exact sets that stay small when they are sparse and fast when
 * they are dense.
 *
 * Sets arrive as plain bitmaps, one bit per user. CRoaring 0.2 takes members one by one only, which is ten
 * times slower than the rest of the work; so a bitmap is written down in the portable serial form (a
 * published, stable format) and read in one go. */
#include "config.h"
#include "model/userset.h"

#include <roaring/roaring.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

enum {
    CHUNK = 65536, /* users of one container */
    CHUNK_WORDS = CHUNK / 64,
    ARRAY_MOST = 4096, /* members that are listed; more are a bitmap */
    NO_RUNS = 12346,   /* of the serial form without runs */
    WITH_RUNS = 12347, /* and with them: then small forms say nothing of where containers begin */
    OFFSETS_FROM = 4,
};

/* Every processor of the last fifteen years counts bits in one step; the plain one is for the others. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__gnu_linux__) &&             \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define USERSET_HOT __attribute__((target_clones("popcnt", "default")))
#else
#define USERSET_HOT
#endif

struct userset {
    roaring_bitmap_t *bits;
};

static roaring_bitmap_t *need(roaring_bitmap_t *bits)
{
    if (!bits)
        mem_alloc(SIZE_MAX); /* memory is gone: the program says so and ends */
    return bits;
}

static struct userset *set_of(roaring_bitmap_t *bits)
{
    struct userset *s = mem_alloc(sizeof(*s));
    s->bits = need(bits);
    return s;
}

struct userset *userset_new(void)
{
    return set_of(roaring_bitmap_create());
}

void userset_free(struct userset *s)
{
    if (!s)
        return;
    roaring_bitmap_free(s->bits);
    free(s);
}

struct userset *userset_copy(const struct userset *s)
{
    return set_of(roaring_bitmap_copy(s->bits));
}

struct userset *userset_all(uint32_t users)
{
    return users ? set_of(roaring_bitmap_from_range(0, users, 1)) : userset_new();
}

/* ---- from and to plain bitmaps ---- */

static void put16(struct buf *b, uint32_t v)
{
    buf_put(b, (unsigned char[]){(unsigned char)v, (unsigned char)(v >> 8)}, 2);
}

static void put32(struct buf *b, uint32_t v)
{
    put16(b, v);
    put16(b, v >> 16);
}

static uint32_t count_words(const uint64_t *word, size_t n)
{
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += (uint32_t)__builtin_popcountll(word[i]);
    return count;
}

/* Room for n bytes at the end, which are taken: a container is too large to go in piece by piece. */
static unsigned char *extend(struct buf *b, size_t n)
{
    buf_reserve(b, n + 1);
    unsigned char *p = (unsigned char *)b->p + b->n;
    b->n += n;
    b->p[b->n] = '\0';
    return p;
}

static void put_array(struct buf *b, const uint64_t *word, uint32_t n)
{
    unsigned char *p = extend(b, 2 * (size_t)n);
    for (uint32_t w = 0; w < CHUNK_WORDS; w++)
        for (uint64_t left = word[w]; left; left &= left - 1, p += 2) {
            uint32_t v = w * 64 + (uint32_t)__builtin_ctzll(left);
            p[0] = (unsigned char)v;
            p[1] = (unsigned char)(v >> 8);
        }
}

static void put_bitmap(struct buf *b, const uint64_t *word)
{
    unsigned char *p = extend(b, CHUNK / 8);
    for (uint32_t w = 0; w < CHUNK_WORDS; w++, p += 8)
        for (int k = 0; k < 8; k++)
            p[k] = (unsigned char)(word[w] >> (8 * k));
}

/* The chunk's words, with nothing behind the last user. */
static void chunk_words(uint64_t *to, const uint64_t *word, uint32_t chunk, uint32_t users)
{
    uint32_t first = chunk * CHUNK, n = users - first < CHUNK ? users - first : CHUNK;
    memset(to, 0, CHUNK_WORDS * sizeof(*to));
    memcpy(to, word + first / 64, (n + 63) / 64 * sizeof(*to));
    if (n % 64)
        to[n / 64] &= (UINT64_C(1) << (n % 64)) - 1;
}

/* Header: cookie, number of containers, key and size of each, where each begins; then the containers. */
static void serialize(struct buf *out, const uint64_t *word, uint32_t users)
{
    uint32_t chunks = users / CHUNK + (users % CHUNK != 0), kept = 0;
    uint64_t one[CHUNK_WORDS];
    struct buf body = {0}, keys = {0}, places = {0};
    for (uint32_t c = 0; c < chunks; c++) {
        chunk_words(one, word, c, users);
        uint32_t n = count_words(one, CHUNK_WORDS);
        if (!n)
            continue;
        kept++;
        put16(&keys, c);
        put16(&keys, n - 1);
        put32(&places, (uint32_t)body.n);
        if (n <= ARRAY_MOST)
            put_array(&body, one, n);
        else
            put_bitmap(&body, one);
    }
    put32(out, NO_RUNS);
    put32(out, kept);
    buf_str(out, buf_view(&keys));
    for (uint32_t i = 0; i < kept; i++) {
        const unsigned char *p = (const unsigned char *)places.p + 4 * (size_t)i;
        uint32_t at = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        put32(out, at + 8 + 8 * kept);
    }
    buf_str(out, buf_view(&body));
    buf_done(&body);
    buf_done(&keys);
    buf_done(&places);
}

struct userset *userset_of_words(const uint64_t *word, uint32_t users)
{
    struct buf serial = {0};
    serialize(&serial, word, users);
    struct userset *s = set_of(roaring_bitmap_portable_deserialize_safe(serial.p, serial.n));
    buf_done(&serial);
    return s;
}

/* ---- and back: the serial form read container by container, which is many times faster than member by
 * member */

static uint32_t get16(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t get32(const unsigned char *p)
{
    return get16(p) | get16(p + 2) << 16;
}

static void set_bit(uint64_t *word, uint32_t user, uint32_t users)
{
    if (user < users)
        word[user / 64] |= UINT64_C(1) << (user % 64);
}

/* Bits first … last. */
static void set_run(uint64_t *word, uint32_t first, uint32_t last, uint32_t users)
{
    if (first >= users)
        return;
    last = last < users ? last : users - 1;
    uint64_t low = UINT64_MAX << (first % 64), high = UINT64_MAX >> (63 - last % 64);
    if (first / 64 == last / 64) {
        word[first / 64] |= low & high;
        return;
    }
    word[first / 64] |= low;
    for (uint32_t w = first / 64 + 1; w < last / 64; w++)
        word[w] = UINT64_MAX;
    word[last / 64] |= high;
}

static const unsigned char *take_runs(const unsigned char *p, uint64_t *word, uint32_t base, uint32_t users)
{
    uint32_t runs = get16(p);
    for (p += 2; runs; runs--, p += 4)
        set_run(word, base + get16(p), base + get16(p) + get16(p + 2), users);
    return p;
}

static const unsigned char *take_array(const unsigned char *p, uint64_t *word, uint32_t base, uint32_t n,
                                       uint32_t users)
{
    for (; n; n--, p += 2)
        set_bit(word, base + get16(p), users);
    return p;
}

static const unsigned char *take_bitmap(const unsigned char *p, uint64_t *word, uint32_t base, uint32_t users)
{
    for (uint32_t w = 0; w < CHUNK_WORDS; w++, p += 8) {
        uint64_t bits = get32(p) | (uint64_t)get32(p + 4) << 32;
        uint32_t first = base + w * 64;
        if (first >= users || !bits)
            continue;
        word[first / 64] = users - first < 64 ? bits & ((UINT64_C(1) << (users - first)) - 1) : bits;
    }
    return p;
}

uint64_t *userset_words(const struct userset *s, uint32_t users)
{
    uint64_t *word = mem_zalloc(((size_t)users / 64 + 1) * sizeof(*word));
    unsigned char *serial = mem_alloc(roaring_bitmap_portable_size_in_bytes(s->bits));
    roaring_bitmap_portable_serialize(s->bits, (char *)serial);
    bool runs = get16(serial) == WITH_RUNS;
    uint32_t n = runs ? get16(serial + 2) + 1 : get32(serial + 4);
    const unsigned char *run = serial + 4, *key = runs ? run + (n + 7) / 8 : serial + 8,
                        *p = key + 4 * (size_t)n;
    if (!runs || n >= OFFSETS_FROM)
        p += 4 * (size_t)n;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t base = get16(key + 4 * (size_t)i) * CHUNK, members = get16(key + 4 * (size_t)i + 2) + 1;
        if (runs && run[i / 8] >> (i % 8) & 1)
            p = take_runs(p, word, base, users);
        else if (members <= ARRAY_MOST)
            p = take_array(p, word, base, members, users);
        else
            p = take_bitmap(p, word, base, users);
    }
    free(serial);
    return word;
}

USERSET_HOT uint64_t userset_words_and_count(const uint64_t *a, const uint64_t *b, size_t n)
{
    uint64_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += (uint64_t)__builtin_popcountll(a[i] & b[i]);
    return count;
}

/* ---- operations ---- */

struct userset *userset_and(const struct userset *a, const struct userset *b)
{
    return set_of(roaring_bitmap_and(a->bits, b->bits));
}

struct userset *userset_or(const struct userset *a, const struct userset *b)
{
    return set_of(roaring_bitmap_or(a->bits, b->bits));
}

struct userset *userset_andnot(const struct userset *a, const struct userset *b)
{
    return set_of(roaring_bitmap_andnot(a->bits, b->bits));
}

struct userset *userset_not(const struct userset *s, uint32_t users)
{
    struct userset *all = userset_all(users);
    struct userset *rest = userset_andnot(all, s);
    userset_free(all);
    return rest;
}

void userset_add(struct userset *s, uint32_t user)
{
    roaring_bitmap_add(s->bits, user);
}

bool userset_has(const struct userset *s, uint32_t user)
{
    return roaring_bitmap_contains(s->bits, user);
}

uint64_t userset_count(const struct userset *s)
{
    return roaring_bitmap_get_cardinality(s->bits);
}

uint64_t userset_and_count(const struct userset *a, const struct userset *b)
{
    return roaring_bitmap_and_cardinality(a->bits, b->bits);
}

size_t userset_bytes(const struct userset *s)
{
    return sizeof(*s) + roaring_bitmap_size_in_bytes(s->bits);
}

size_t userset_list(const struct userset *s, uint32_t from, uint32_t *out, size_t n)
{
    roaring_uint32_iterator_t it;
    roaring_init_iterator(s->bits, &it);
    if (!it.has_value || !roaring_move_uint32_iterator_equalorlarger(&it, from))
        return 0;
    return roaring_read_uint32_iterator(&it, out, (uint32_t)n);
}
