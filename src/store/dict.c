/* dict.c - dictionaries of a snapshot: code to string by block and offset, string to code by hash.
 *
 * Each import that brought strings added a run of hash buckets (runs are merged as they grow, dict_write.c):
 * a look-up asks the runs from the largest, the oldest, to the newest, and proves a match by comparing the
 * string itself. */
#include "config.h"
#define XXH_INLINE_ALL
#include <xxhash.h>
#include "base/nls.h"
#include "store/dict.h"

uint32_t dict_count(const struct snapshot *s, uint16_t column)
{
    const struct catalog_dict *d = catalog_dict(s->catalog, column);
    return d ? d->count : 0;
}

/* ---- code to string */

/* Index of the block that holds the code: the last one that does not begin behind it. */
static uint32_t block_of(const struct catalog_dict *d, uint32_t code)
{
    uint32_t from = 0, n = d->blocks;
    while (n > 1) {
        uint32_t half = n / 2;
        from = d->first[from + half] <= code ? from + half : from;
        n -= half;
    }
    return from;
}

/* One string of a strings block's payload; false when it does not hold the code. */
static bool strings_at(struct str bytes, uint32_t code, struct str *out)
{
    struct strings_record h;
    if (bytes.n < sizeof(h))
        return false;
    memcpy(&h, bytes.p, sizeof(h));
    size_t heads = sizeof(h) + 4 * (size_t)h.count;
    if (code < h.first || code - h.first >= h.count || heads > bytes.n)
        return false;
    uint32_t at = code - h.first, from = 0, to;
    const char *ends = bytes.p + sizeof(h) + 4 * (size_t)at;
    memcpy(&to, ends, 4);
    if (at > 0)
        memcpy(&from, ends - 4, 4);
    if (from > to || to > bytes.n - heads)
        return false;
    *out = (struct str){bytes.p + heads + from, to - from};
    return true;
}

bool dict_get(const struct snapshot *s, uint16_t column, uint32_t code, struct str *out, struct err *err)
{
    const struct catalog_dict *d = catalog_dict(s->catalog, column);
    struct str bytes;
    if (!d || code >= d->count) {
        struct key k = key_dict(column);
        return env_block_damaged(s->env, &k, N_("a code is beyond the dictionary"), err);
    }
    uint32_t block = block_of(d, code);
    struct key k = key_strings(column, d->first[block]);
    if (!env_block_once(s->env, &s->tree, &k, &d->strings[block], &bytes, err))
        return false;
    return strings_at(bytes, code, out) || env_block_damaged(s->env, &k, N_("a string is missing"), err);
}

/* ---- string to code */

static uint32_t tail_at(const char *hashes, uint32_t i)
{
    uint32_t h;
    memcpy(&h, hashes + 4 * (size_t)i, sizeof(h));
    return h;
}

/* First entry not below `tail`: hashes are evenly spread, so a guess by proportion is a few entries off. */
static uint32_t first_at(const char *hashes, uint32_t n, uint32_t tail)
{
    uint32_t i = (uint32_t)((uint64_t)n * tail >> 32);
    while (i > 0 && tail_at(hashes, i - 1) >= tail)
        i--;
    while (i < n && tail_at(hashes, i) < tail)
        i++;
    return i;
}

static bool find_in_bucket(const struct snapshot *s, uint16_t column, struct str bucket, uint32_t tail,
                           struct str text, uint32_t *code, struct err *err)
{
    struct hashes_record h;
    memcpy(&h, bucket.p, sizeof(h));
    const char *hashes = bucket.p + sizeof(h), *codes = hashes + 4 * (size_t)h.count;
    for (uint32_t i = first_at(hashes, h.count, tail); i < h.count && tail_at(hashes, i) == tail; i++) {
        struct str found;
        uint32_t candidate = tail_at(codes, i);
        if (!dict_get(s, column, candidate, &found, err))
            return false;
        if (str_eq(found, text)) {
            *code = candidate;
            return true;
        }
    }
    return true;
}

bool hashes_sound(struct str bytes)
{
    struct hashes_record h;
    if (bytes.n < sizeof(h))
        return false;
    memcpy(&h, bytes.p, sizeof(h));
    return bytes.n == sizeof(h) + 8 * (size_t)h.count;
}

uint32_t hash_bucket(uint64_t hash, uint32_t bits)
{
    return bits ? (uint32_t)(hash >> (64 - bits)) : 0;
}

uint32_t hash_tail(uint64_t hash, uint32_t bits)
{
    return (uint32_t)(hash << bits >> 32);
}

bool dict_find_hashed(const struct snapshot *s, uint16_t column, struct str text, uint64_t hash,
                      uint32_t *code, struct err *err)
{
    const struct catalog_dict *d = catalog_dict(s->catalog, column);
    *code = UINT32_MAX;
    for (uint32_t i = 0; d && i < d->runs && *code == UINT32_MAX; i++) {
        const struct catalog_run *run = &d->run[i];
        uint32_t bucket = hash_bucket(hash, run->run.bits);
        struct key k = key_hashes(column, run->run.run, bucket);
        struct str bytes;
        if (!env_block_once(s->env, &s->tree, &k, &run->bucket[bucket], &bytes, err))
            return false;
        if (!hashes_sound(bytes))
            return env_block_damaged(s->env, &k, N_("length differs"), err);
        if (!find_in_bucket(s, column, bytes, hash_tail(hash, run->run.bits), text, code, err))
            return false;
    }
    return true;
}

uint64_t dict_hash(struct str text)
{
    return XXH3_64bits(text.p ? text.p : "", text.n);
}

bool dict_find(const struct snapshot *s, uint16_t column, struct str text, uint32_t *code, struct err *err)
{
    return dict_find_hashed(s, column, text, dict_hash(text), code, err);
}
