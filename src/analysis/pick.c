/* pick.c - branchless selection of rows and gathering of values.
 *
 * A hit or miss per event cannot be predicted, so nothing here branches on one. Flags of eight rows become a
 * byte, and a table turns the byte into up to eight row numbers, which are stored all; the place moves on by
 * the hits only. */
#include "config.h"
#include "analysis/pick.h"

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

PICK_CLONES static void flag_few(const uint8_t *raw, uint32_t n, const uint8_t v[PICK_FEW], uint8_t *flag)
{
    uint8_t a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
    for (uint32_t i = 0; i < n; i++) {
        uint8_t x = raw[i];
        flag[i] =
            (uint8_t)((x == a) | (x == b) | (x == c) | (x == d) | (x == e) | (x == f) | (x == g) | (x == h));
    }
}

void pick_flag_bytes(const uint8_t *raw, uint32_t n, const uint8_t keep[256], uint8_t *flag)
{
    uint8_t few[PICK_FEW];
    size_t kept = 0;
    for (unsigned b = 0; b < 256; b++)
        if (keep[b] && kept++ < PICK_FEW)
            few[kept - 1] = (uint8_t)b;
    if (kept > 0 && kept <= PICK_FEW) {
        for (size_t k = kept; k < PICK_FEW; k++)
            few[k] = few[0];
        flag_few(raw, n, few, flag);
    } else {
        for (uint32_t i = 0; i < n; i++)
            flag[i] = keep[raw[i]];
    }
    memset(flag + n, 0, PICK_SLACK);
}

void pick_flag_codes(const uint32_t *code, uint32_t n, const uint8_t *keep, uint8_t *flag)
{
    for (uint32_t i = 0; i < n; i++)
        flag[i] = keep[code[i]];
    memset(flag + n, 0, PICK_SLACK);
}

PICK_CLONES uint32_t pick_largest(const uint32_t *code, uint32_t n)
{
    uint32_t top = 0;
    for (uint32_t i = 0; i < n; i++)
        top = code[i] > top ? code[i] : top;
    return top;
}

static inline uint8_t byte_of(const uint8_t flag[PICK_GROUP])
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    /* Moves the lowest bit of byte i to bit 56 + i; no two products meet. */
    uint64_t x;
    memcpy(&x, flag, sizeof(x));
    return (uint8_t)((x * UINT64_C(0x0102040810204080)) >> 56);
#else
    unsigned b = 0;
    for (unsigned i = 0; i < PICK_GROUP; i++)
        b |= (unsigned)flag[i] << i;
    return (uint8_t)b;
#endif
}

PICK_CLONES void pick_flagged(const uint8_t *flag, uint32_t n, const struct pick_table *t, struct picked *out)
{
    uint32_t *restrict pos = out->pos, *restrict before = out->before, k = 0, groups = n / PICK_GROUP + 1;
    uint8_t *restrict bits = out->bits;
    for (uint32_t g = 0; g < groups; g++) {
        uint8_t b = byte_of(flag + g * PICK_GROUP), place[PICK_GROUP];
        uint32_t *restrict at = pos + k;
        bits[g] = b;
        before[g] = k;
        memcpy(place, t->place[b], sizeof(place)); /* a copy, so that no store can be thought to change it */
        for (uint32_t i = 0; i < PICK_GROUP; i++)
            at[i] = g * PICK_GROUP + place[i];
        k += t->count[b];
    }
    out->n = k;
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
    for (unsigned i = 0; i < 64 / PICK_GROUP; i++)
        word |= (uint64_t)byte_of(flag + PICK_GROUP * i) << PICK_GROUP * i;
    return word;
}
#endif

void pick_bits(const uint8_t *flag, uint32_t n, uint64_t *word)
{
    uint8_t rest[64] = {0};
    for (uint32_t w = 0; w < n / 64; w++)
        word[w] = word_of(flag + 64 * (size_t)w);
    memcpy(rest, flag + n / 64 * 64, n % 64);
    word[n / 64] = word_of(rest);
}

/* Adding a run's rows to all ones up to its last row but one carries into the last row when there is a row
 * to add: one addition answers 64 rows, however many runs they are. */
void pick_any(const uint64_t *row, const uint64_t *end, size_t words, uint64_t *any)
{
    uint64_t carry = 0;
    for (size_t w = 0; w < words; w++) {
        uint64_t inner = ~end[w], some = row[w] & inner, sum = some + inner, whole = sum + carry;
        carry = (uint64_t)(sum < some) | (uint64_t)(whole < sum);
        any[w] = (whole | row[w]) & end[w];
    }
}

/* Comparing raw values saves decoding them. */
#define AT_LEAST(name, type, load)                                                                           \
    PICK_CLONES static void name(const struct column_view *v, size_t first, uint32_t n, type limit,          \
                                 uint8_t *flag)                                                              \
    {                                                                                                        \
        const unsigned char *raw = v->raw, *high = v->high;                                                  \
        (void)high;                                                                                          \
        for (uint32_t i = 0; i < n; i++) {                                                                   \
            size_t at = first + i;                                                                           \
            flag[i] = (uint64_t)(load) >= limit;                                                             \
        }                                                                                                    \
    }
AT_LEAST(at_least_16, uint32_t, column_load16(raw, at))
AT_LEAST(at_least_32, uint32_t, column_load32(raw, at))
AT_LEAST(at_least_40, uint64_t, (column_load32(raw, at) | (uint64_t)high[at] << 32))

/* In two halves, which stay small enough for many to be compared at once. */
PICK_CLONES static void at_least_24(const struct column_view *v, size_t first, uint32_t n, uint32_t limit,
                                    uint8_t *flag)
{
    const unsigned char *raw = v->raw + 2 * first, *high = v->high + first;
    uint16_t low_limit = (uint16_t)limit;
    uint8_t high_limit = (uint8_t)(limit >> 16);
    for (uint32_t i = 0; i < n; i++)
        flag[i] = column_load16(raw, i) >= low_limit;
    for (uint32_t i = 0; i < n; i++)
        flag[i] = (uint8_t)((high[i] > high_limit) | ((high[i] == high_limit) & flag[i]));
}

static void at_least_any(const struct column_view *v, uint32_t first, uint32_t n, int64_t limit,
                         uint8_t *flag)
{
    for (uint32_t i = 0; i < n; i++)
        flag[i] = column_at(v, first + i) >= limit;
}

void pick_at_least(const struct column_view *v, uint32_t first, uint32_t n, int64_t limit, uint8_t *flag)
{
    if (limit <= v->min || limit > v->max) {
        memset(flag, limit <= v->min, n);
    } else {
        /* base <= min < limit <= max: the difference is that of two values of the column. */
        uint64_t least = ((uint64_t)limit - (uint64_t)v->base + v->step - 1) / v->step;
        switch (v->bits) {
        case 16: at_least_16(v, first, n, (uint32_t)least, flag); break;
        case 24: at_least_24(v, first, n, (uint32_t)least, flag); break;
        case 32: at_least_32(v, first, n, (uint32_t)least, flag); break;
        case 40: at_least_40(v, first, n, least, flag); break;
        default: at_least_any(v, first, n, limit, flag); break;
        }
    }
    memset(flag + n, 0, PICK_SLACK);
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
GATHER(gather_1, raw[at / 8] >> at % 8 & 1u)
GATHER(gather_2, raw[at / 4] >> at % 4 * 2 & 3u)
GATHER(gather_4, raw[at / 2] >> at % 2 * 4 & 15u)
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
