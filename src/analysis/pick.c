/* pick.c - branchless selection of rows and gathering of values.
 *
 * A hit or miss per event cannot be predicted, so nothing here branches on one. Tests of 64 rows become a
 * word; a table turns each byte of it into up to eight row numbers, which are stored all, and the place moves
 * on by the hits only. */
#include "config.h"
#include "analysis/pick.h"

#include "base/uncleared.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

void pick_table_init(struct pick_table *t)
{
    *t = (struct pick_table){0};
    for (unsigned b = 0; b < 256; b++)
        for (unsigned i = 0; i < PICK_GROUP; i++)
            if (b >> i & 1)
                t->place[b][t->count[b]++] = (uint8_t)i;
}

/* How many bytes are kept; the first of them, the last places filled with repeats. */
static size_t few_kept(const uint8_t keep[256], uint8_t few[PICK_FEW])
{
    size_t kept = 0;
    memset(few, 0, PICK_FEW);
    for (unsigned b = 0; b < 256; b++)
        if (keep[b] && kept++ < PICK_FEW)
            few[kept - 1] = (uint8_t)b;
    for (size_t k = kept; k < PICK_FEW; k++)
        few[k] = few[0];
    return kept;
}

PICK_CLONES uint32_t pick_largest(const uint32_t *code, uint32_t n)
{
    uint32_t top = 0;
    for (uint32_t i = 0; i < n; i++)
        top = code[i] > top ? code[i] : top;
    return top;
}

#if defined(__SSE2__)
static inline uint64_t word_of(const uint8_t *flag)
{
    uint64_t word = 0;
    for (unsigned i = 0; i < 4; i++) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(flag + 16 * i));
        word |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_slli_epi16(x, 7)) << 16 * i;
    }
    return word;
}
#else
static inline uint64_t word_of(const uint8_t *flag)
{
    uint64_t word = 0;
    for (unsigned i = 0; i < 64; i++)
        word |= (uint64_t)flag[i] << i;
    return word;
}
#endif

/* The set of those of n rows that pass a test of row `at`. Flags of 64 rows are made and packed at a time:
 * they never leave the first cache. */
#define PICK_SET(n, word, test)                                                                              \
    do {                                                                                                     \
        UNCLEARED uint8_t flag[64];                                                                          \
        size_t at = 0, whole = (n) / 64;                                                                     \
        for (size_t w = 0; w < whole; w++) {                                                                 \
            for (size_t i = 0; i < 64; i++, at++)                                                            \
                flag[i] = (uint8_t)(test);                                                                   \
            (word)[w] = word_of(flag);                                                                       \
        }                                                                                                    \
        memset(flag, 0, sizeof(flag));                                                                       \
        for (size_t i = 0; at < (n); i++, at++)                                                              \
            flag[i] = (uint8_t)(test);                                                                       \
        (word)[whole] = word_of(flag);                                                                       \
    } while (0)

PICK_CLONES static void bytes_one(const uint8_t *raw, uint32_t n, uint8_t a, uint64_t *word)
{
    PICK_SET(n, word, raw[at] == a);
}

PICK_CLONES static void bytes_four(const uint8_t *raw, uint32_t n, const uint8_t v[PICK_FEW], uint64_t *word)
{
    uint8_t a = v[0], b = v[1], c = v[2], d = v[3];
    PICK_SET(n, word, (raw[at] == a) | (raw[at] == b) | (raw[at] == c) | (raw[at] == d));
}

PICK_CLONES static void bytes_few(const uint8_t *raw, uint32_t n, const uint8_t v[PICK_FEW], uint64_t *word)
{
    uint8_t a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
    PICK_SET(n, word,
             (raw[at] == a) | (raw[at] == b) | (raw[at] == c) | (raw[at] == d) | (raw[at] == e) |
                 (raw[at] == f) | (raw[at] == g) | (raw[at] == h));
}

void pick_bytes(const uint8_t *raw, uint32_t n, const uint8_t keep[256], uint64_t *word)
{
    uint8_t few[PICK_FEW];
    size_t kept = few_kept(keep, few);
    if (kept == 1)
        bytes_one(raw, n, few[0], word);
    else if (kept > 0 && kept <= 4)
        bytes_four(raw, n, few, word);
    else if (kept > 0 && kept <= PICK_FEW)
        bytes_few(raw, n, few, word);
    else
        PICK_SET(n, word, keep[raw[at]]);
}

void pick_codes(const uint32_t *code, uint32_t n, const uint8_t *keep, uint64_t *word)
{
    PICK_SET(n, word, keep[code[at]]);
}

PICK_CLONES void pick_flags(const uint8_t *flagged, uint32_t n, uint64_t *word)
{
    PICK_SET(n, word, flagged[at]);
}

PICK_CLONES void pick_count(struct picked *p, uint32_t rows)
{
    uint32_t n = 0;
    for (size_t w = 0; w < pick_words(rows); w++) {
        p->before[w] = n;
        n += (uint32_t)__builtin_popcountll(p->set[w]);
    }
    p->n = n;
}

PICK_CLONES void pick_starts(const struct picked *p, uint32_t *restrict start, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t w = start[i] / 64;
        uint64_t below = (UINT64_C(1) << start[i] % 64) - 1;
        start[i] = p->before[w] + (uint32_t)__builtin_popcountll(p->set[w] & below);
    }
}

PICK_CLONES void pick_rows(struct picked *p, uint32_t rows, const struct pick_table *t)
{
    enum { GROUPS = 64 / PICK_GROUP };
    for (uint32_t w = 0; w < pick_words(rows); w++) {
        uint32_t *restrict at = p->pos + p->before[w];
        uint64_t word = p->set[w];
        for (uint32_t g = 0; word && g < GROUPS; g++) {
            uint8_t b = (uint8_t)(word >> g * PICK_GROUP), place[PICK_GROUP];
            memcpy(place, t->place[b],
                   sizeof(place)); /* a copy, so that no store can be thought to change it */
            for (uint32_t i = 0; i < PICK_GROUP; i++)
                at[i] = w * 64 + g * PICK_GROUP + place[i];
            at += t->count[b];
        }
    }
}

PICK_CLONES uint32_t pick_list(const uint64_t *set, size_t words, uint32_t *pos)
{
    uint32_t n = 0;
    for (size_t w = 0; w < words; w++)
        for (uint64_t left = set[w]; left; left &= left - 1)
            pos[n++] = (uint32_t)(64 * w) + (uint32_t)__builtin_ctzll(left);
    return n;
}

/* Comparing raw values saves decoding them. */
#define AT_LEAST(name, type, load)                                                                           \
    PICK_CLONES static void name(const unsigned char *raw, const unsigned char *high, uint32_t n,            \
                                 type limit, uint64_t *word)                                                 \
    {                                                                                                        \
        (void)high;                                                                                          \
        PICK_SET(n, word, (load) >= limit);                                                                  \
    }
AT_LEAST(at_least_16, uint16_t, column_load16(raw, at))
AT_LEAST(at_least_32, uint32_t, column_load32(raw, at))
AT_LEAST(at_least_40, uint64_t, (column_load32(raw, at) | (uint64_t)high[at] << 32))

/* In two halves, which stay small enough for many to be compared at once. */
PICK_CLONES static void at_least_24(const unsigned char *raw, const unsigned char *high, uint32_t n,
                                    uint32_t limit, uint64_t *word)
{
    uint16_t low = (uint16_t)limit;
    uint8_t top = (uint8_t)(limit >> 16);
    PICK_SET(n, word, (high[at] > top) | ((high[at] == top) & (uint8_t)(column_load16(raw, at) >= low)));
}

static void at_least_any(const struct column_view *v, uint32_t first, uint32_t n, int64_t limit,
                         uint64_t *word)
{
    PICK_SET(n, word, column_at(v, first + (uint32_t)at) >= limit);
}

/* The same answer for all rows. */
static void set_all(uint32_t n, bool yes, uint64_t *word)
{
    memset(word, yes ? 0xff : 0, pick_words(n) * sizeof(*word));
    word[n / 64] &= (UINT64_C(1) << n % 64) - 1;
}

void pick_at_least(const struct column_view *v, uint32_t first, uint32_t n, int64_t limit, uint64_t *word)
{
    if (limit <= v->min || limit > v->max) {
        set_all(n, limit <= v->min, word);
        return;
    }
    /* base <= min < limit <= max: the difference is that of two values of the column. */
    uint64_t least = ((uint64_t)limit - (uint64_t)v->base + v->step - 1) / v->step;
    const unsigned char *raw = v->raw + (size_t)first * (v->bits == 16 || v->bits == 24 ? 2 : 4);
    const unsigned char *high = v->high ? v->high + first : NULL;
    switch (v->bits) {
    case 16: at_least_16(raw, high, n, (uint16_t)least, word); break;
    case 24: at_least_24(raw, high, n, (uint32_t)least, word); break;
    case 32: at_least_32(raw, high, n, (uint32_t)least, word); break;
    case 40: at_least_40(raw, high, n, least, word); break;
    default: at_least_any(v, first, n, limit, word); break;
    }
}

PICK_CLONES static void repeated_24(const unsigned char *raw, const unsigned char *high, uint32_t n,
                                    uint64_t *word)
{
    PICK_SET(n, word,
             (uint8_t)(column_load16(raw, at) == column_load16(raw, at + 1)) & (high[at] == high[at + 1]));
}

void pick_repeated(const struct column_view *v, uint32_t first, uint32_t n, uint64_t *word)
{
    word[n / 64] = 0; /* the last row is compared with none */
    n -= n > 0;
    if (v->bits == 24)
        repeated_24(v->raw + (size_t)first * 2, v->high + first, n, word);
    else
        PICK_SET(n, word, column_at(v, first + (uint32_t)at) == column_at(v, first + (uint32_t)at + 1));
}

/* Dense column without missing values: base + step * raw, rows counted from where the pointers stand. */
#define GATHER(name, load)                                                                                   \
    PICK_CLONES static void name(const struct column_view *v, uint32_t first, const uint32_t *pos,           \
                                 uint32_t n, int64_t *out)                                                   \
    {                                                                                                        \
        const unsigned char *raw = v->raw, *high = v->high;                                                  \
        uint64_t base = (uint64_t)v->base, step = v->step;                                                   \
        (void)high;                                                                                          \
        for (uint32_t i = 0; i < n; i++) {                                                                   \
            size_t at = (size_t)first + pos[i];                                                              \
            out[i] = (int64_t)(base + step * (load));                                                        \
        }                                                                                                    \
    }
GATHER(gather_1, (uint32_t)raw[at / 8] >> at % 8 & 1u)
GATHER(gather_2, (uint32_t)raw[at / 4] >> at % 4 * 2 & 3u)
GATHER(gather_4, (uint32_t)raw[at / 2] >> at % 2 * 4 & 15u)
GATHER(gather_8, raw[at])
GATHER(gather_16, column_load16(raw, at))
GATHER(gather_24, (column_load16(raw, at) | (uint32_t)high[at] << 16))
GATHER(gather_32, column_load32(raw, at))
GATHER(gather_40, (column_load32(raw, at) | (uint64_t)high[at] << 32))
GATHER(gather_48, (column_load32(raw, at) | (uint64_t)column_load16(high, at) << 32))
GATHER(gather_64, column_load64(raw, at))

static void gather_any(const struct column_view *v, uint32_t first, const uint32_t *pos, uint32_t n,
                       int64_t *out)
{
    for (uint32_t i = 0; i < n; i++)
        out[i] = column_at(v, first + pos[i]);
}

void pick_values(const struct column_view *v, uint32_t first, const uint32_t *pos, uint32_t n, int64_t *out)
{
    bool plain = !v->present && !v->has_null && v->type != COLUMN_NUMBER;
    switch (plain ? v->bits : 0) {
    case 1: gather_1(v, first, pos, n, out); break;
    case 2: gather_2(v, first, pos, n, out); break;
    case 4: gather_4(v, first, pos, n, out); break;
    case 8: gather_8(v, first, pos, n, out); break;
    case 16: gather_16(v, first, pos, n, out); break;
    case 24: gather_24(v, first, pos, n, out); break;
    case 32: gather_32(v, first, pos, n, out); break;
    case 40: gather_40(v, first, pos, n, out); break;
    case 48: gather_48(v, first, pos, n, out); break;
    case 64: gather_64(v, first, pos, n, out); break;
    default: gather_any(v, first, pos, n, out); break;
    }
}
