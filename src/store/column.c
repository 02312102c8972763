/* column.c - reading encoded columns: one value, or a run of rows in loops that vectorise.
 *
 * Sizes between the machine's own lie in two planes (16 + 8, 32 + 8, 32 + 16 bits), each a plain array: a
 * loop over them is as simple as over one. Sizes below a byte are unpacked to bytes first, some at a time. */
#include "config.h"
#include <limits.h>
#include "store/column.h"
#include "store/column_layout.h"

/* ---- scalars */

static int64_t value_of(const struct column_view *v, uint64_t raw)
{
    /* Modulo 2^64: base + step * raw lies within int64_t by construction. */
    int64_t n = (int64_t)((uint64_t)v->base + v->step * raw);
    if (v->type != COLUMN_NUMBER || v->scale == COLUMN_SCALE_BITS)
        return n;
    return column_of_number((double)n / column_power[v->scale]);
}

static uint64_t null_raw(const struct column_view *v)
{
    return v->bits == 64 ? (uint64_t)COLUMN_NULL : (UINT64_C(1) << v->bits) - 1;
}

static bool present_at(const struct column_view *v, uint32_t row)
{
    return v->present[row / 8] >> row % 8 & 1;
}

/* Number of present rows before `row`. */
static uint32_t rank_of(const struct column_view *v, uint32_t row)
{
    uint32_t rank, group = row / COLUMN_GROUP;
    memcpy(&rank, v->rank + 4 * (size_t)group, sizeof(rank));
    size_t word = (size_t)group * (COLUMN_GROUP / 64);
    for (; word < row / 64; word++)
        rank += (uint32_t)__builtin_popcountll(column_load64(v->present, word));
    if (row % 64)
        rank += (uint32_t)__builtin_popcountll(column_load64(v->present, word) << (64 - row % 64));
    return rank;
}

int64_t column_at(const struct column_view *v, uint32_t row)
{
    if (v->present)
        return present_at(v, row) ? value_of(v, column_raw(v, rank_of(v, row))) : COLUMN_NULL;
    uint64_t raw = column_raw(v, row);
    return v->has_null && raw == null_raw(v) ? COLUMN_NULL : value_of(v, raw);
}

/* ---- values below a byte */

COLUMN_HOT static void unpack_4(const unsigned char *raw, uint32_t bytes, uint8_t *out)
{
    for (uint32_t i = 0; i < bytes; i++) {
        out[2 * i] = raw[i] & 15;
        out[2 * i + 1] = raw[i] >> 4;
    }
}

COLUMN_HOT static void unpack_2(const unsigned char *raw, uint32_t bytes, uint8_t *out)
{
    for (uint32_t i = 0; i < bytes; i++)
        for (unsigned k = 0; k < 4; k++)
            out[4 * i + k] = raw[i] >> 2 * k & 3;
}

COLUMN_HOT static void unpack_1(const unsigned char *raw, uint32_t bytes, uint8_t *out)
{
    for (uint32_t i = 0; i < bytes; i++)
        for (unsigned k = 0; k < 8; k++)
            out[8 * i + k] = raw[i] >> k & 1;
}

const uint8_t *column_bytes(const struct column_view *v, uint32_t row, uint32_t n, uint8_t *room)
{
    if (v->bits == 8 || n == 0)
        return v->raw + row;
    uint32_t per_byte = 8u / v->bits, first = row / per_byte, last = (row + n - 1) / per_byte;
    const unsigned char *raw = v->raw + first;
    if (v->bits == 4)
        unpack_4(raw, last - first + 1, room);
    else if (v->bits == 2)
        unpack_2(raw, last - first + 1, room);
    else
        unpack_1(raw, last - first + 1, room);
    return room + row % per_byte;
}

/* ---- runs of rows: integers */

/* raw values and step below 2^32 need one multiplication of halves instead of three. */
#define DECODE(name, raw_type, load)                                                                         \
    COLUMN_HOT static void name(const unsigned char *raw, const unsigned char *high, uint32_t n,             \
                                uint64_t base, raw_type step, int64_t *out)                                  \
    {                                                                                                        \
        (void)high;                                                                                          \
        for (uint32_t i = 0; i < n; i++)                                                                     \
            out[i] = (int64_t)(base + (uint64_t)(raw_type)(load)*step);                                      \
    }                                                                                                        \
    COLUMN_HOT static void name##_null(const unsigned char *raw, const unsigned char *high, uint32_t n,      \
                                       uint64_t base, raw_type step, raw_type null, int64_t *out)            \
    {                                                                                                        \
        (void)high;                                                                                          \
        for (uint32_t i = 0; i < n; i++) {                                                                   \
            raw_type r = (load);                                                                             \
            int64_t value = (int64_t)(base + (uint64_t)r * step);                                            \
            out[i] = r == null ? COLUMN_NULL : value;                                                        \
        }                                                                                                    \
    }
DECODE(decode_8, uint32_t, raw[i])
DECODE(decode_16, uint32_t, column_load16(raw, i))
DECODE(decode_24, uint32_t, column_load16(raw, i) | (uint32_t)high[i] << 16)
DECODE(decode_32, uint32_t, column_load32(raw, i))
DECODE(decode_40, uint64_t, column_load32(raw, i) | (uint64_t)high[i] << 32)
DECODE(decode_48, uint64_t, column_load32(raw, i) | (uint64_t)column_load16(high, i) << 32)

static void fill(int64_t *out, uint32_t n, int64_t value)
{
    for (uint32_t i = 0; i < n; i++)
        out[i] = value;
}

static void decode_slow(const struct column_view *v, uint32_t first, uint32_t n, int64_t *out)
{
    uint64_t null = v->has_null ? null_raw(v) : UINT64_MAX;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t raw = column_raw(v, first + i);
        out[i] = raw == null ? COLUMN_NULL : (int64_t)((uint64_t)v->base + v->step * raw);
    }
}

static void decode_small(const struct column_view *v, uint32_t first, uint32_t n, int64_t *out)
{
    uint8_t room[COLUMN_GROUP + COLUMN_BYTES_SLACK];
    uint64_t base = (uint64_t)v->base;
    uint32_t step = (uint32_t)v->step, null = (uint32_t)null_raw(v);
    for (uint32_t piece; n > 0; n -= piece, first += piece, out += piece) {
        piece = n < COLUMN_GROUP ? n : COLUMN_GROUP;
        const uint8_t *raw = column_bytes(v, first, piece, room);
        if (v->has_null)
            decode_8_null(raw, NULL, piece, base, step, null, out);
        else
            decode_8(raw, NULL, piece, base, step, out);
    }
}

#define DECODE_WITH(name)                                                                                    \
    (v->has_null ? name##_null(raw, high, n, base, step, null, out) : name(raw, high, n, base, step, out))

/* Of 16, 24 or 32 bits. */
static void decode_halves(const struct column_view *v, uint32_t first, uint32_t n, int64_t *out)
{
    uint64_t base = (uint64_t)v->base;
    uint32_t step = (uint32_t)v->step, null = (uint32_t)null_raw(v);
    const unsigned char *raw = v->raw + (size_t)(v->bits == 32 ? 4 : 2) * first;
    const unsigned char *high = v->bits == 24 ? v->high + first : NULL;
    if (v->bits == 16)
        DECODE_WITH(decode_16);
    else if (v->bits == 24)
        DECODE_WITH(decode_24);
    else
        DECODE_WITH(decode_32);
}

/* Of 40 or 48 bits. */
static void decode_wide(const struct column_view *v, uint32_t first, uint32_t n, int64_t *out)
{
    uint64_t base = (uint64_t)v->base, step = v->step, null = null_raw(v);
    const unsigned char *raw = v->raw + 4 * (size_t)first;
    const unsigned char *high = v->high + (size_t)(v->bits == 48 ? 2 : 1) * first;
    if (v->bits == 40)
        DECODE_WITH(decode_40);
    else
        DECODE_WITH(decode_48);
}

/* n raw values from index `first` on as integers: codes, times, scaled decimals. */
static void decode_raw(const struct column_view *v, uint32_t first, uint32_t n, int64_t *out)
{
    if (v->bits == 0)
        fill(out, n, v->has_null ? COLUMN_NULL : v->base);
    else if (v->bits == 64)
        memcpy(out, v->raw + 8 * (size_t)first, 8 * (size_t)n);
    else if (v->bits > 32)
        decode_wide(v, first, n, out);
    else if (v->step > UINT32_MAX)
        decode_slow(v, first, n, out);
    else if (v->bits <= 8)
        decode_small(v, first, n, out);
    else
        decode_halves(v, first, n, out);
}

/* Scaled integers to bits of doubles, in place. */
COLUMN_HOT static void unscale(int64_t *out, uint32_t n, double power)
{
    for (uint32_t i = 0; i < n; i++) {
        double d = (double)out[i] / power;
        int64_t bits;
        memcpy(&bits, &d, sizeof(bits));
        out[i] = out[i] == COLUMN_NULL ? COLUMN_NULL : bits;
    }
}

static void decode_dense(const struct column_view *v, uint32_t first, uint32_t n, int64_t *out)
{
    decode_raw(v, first, n, out);
    if (v->type == COLUMN_NUMBER && v->scale != COLUMN_SCALE_BITS)
        unscale(out, n, column_power[v->scale]);
}

/* ---- runs of rows: sparse */

static void decode_sparse(const struct column_view *v, uint32_t row, uint32_t n, int64_t *out)
{
    int64_t dense[COLUMN_GROUP];
    uint32_t at = rank_of(v, row);
    while (n > 0) {
        uint32_t piece = n < COLUMN_GROUP ? n : COLUMN_GROUP, have = 0, used = 0;
        for (uint32_t i = 0; i < piece; i++)
            have += present_at(v, row + i);
        decode_dense(v, at, have, dense);
        for (uint32_t i = 0; i < piece; i++)
            out[i] = present_at(v, row + i) ? dense[used++] : COLUMN_NULL;
        at += have;
        row += piece;
        out += piece;
        n -= piece;
    }
}

void column_decode(const struct column_view *v, uint32_t row, uint32_t n, int64_t *out)
{
    if (n == 0)
        return; /* behind the last row there may be nothing to look at */
    if (v->present)
        decode_sparse(v, row, n, out);
    else
        decode_dense(v, row, n, out);
}

/* ---- runs of codes */

#define DECODE_U32(name, load)                                                                               \
    COLUMN_HOT static void name(const unsigned char *raw, const unsigned char *high, uint32_t n,             \
                                uint32_t base, uint32_t step, uint32_t null, uint32_t missing,               \
                                uint32_t *out)                                                               \
    {                                                                                                        \
        (void)high;                                                                                          \
        for (uint32_t i = 0; i < n; i++) {                                                                   \
            uint32_t r = (load);                                                                             \
            out[i] = (base + r * step) | (r == null ? missing : 0);                                          \
        }                                                                                                    \
    }
DECODE_U32(codes_8, raw[i])
DECODE_U32(codes_16, column_load16(raw, i))
DECODE_U32(codes_24, column_load16(raw, i) | (uint32_t)high[i] << 16)
DECODE_U32(codes_32, column_load32(raw, i))

static void codes_small(const struct column_view *v, uint32_t row, uint32_t n, uint32_t missing,
                        uint32_t *out)
{
    uint8_t room[COLUMN_GROUP + COLUMN_BYTES_SLACK];
    uint32_t base = (uint32_t)v->base, step = (uint32_t)v->step, null = (uint32_t)null_raw(v);
    for (uint32_t piece; n > 0; n -= piece, row += piece, out += piece) {
        piece = n < COLUMN_GROUP ? n : COLUMN_GROUP;
        codes_8(column_bytes(v, row, piece, room), NULL, piece, base, step, null, missing, out);
    }
}

static void codes_any(const struct column_view *v, uint32_t row, uint32_t n, uint32_t *out)
{
    int64_t wide[COLUMN_GROUP];
    for (uint32_t piece; n > 0; n -= piece, row += piece, out += piece) {
        piece = n < COLUMN_GROUP ? n : COLUMN_GROUP;
        column_decode(v, row, piece, wide);
        for (uint32_t i = 0; i < piece; i++)
            out[i] = wide[i] == COLUMN_NULL ? UINT32_MAX : (uint32_t)wide[i];
    }
}

void column_decode_u32(const struct column_view *v, uint32_t row, uint32_t n, uint32_t *out)
{
    uint32_t base = (uint32_t)v->base, step = (uint32_t)v->step;
    uint32_t missing = v->has_null ? UINT32_MAX : 0;
    if (v->present || v->type == COLUMN_NUMBER || v->bits == 0 || v->bits > 32)
        codes_any(v, row, n, out);
    else if (v->bits <= 8)
        codes_small(v, row, n, missing, out);
    else if (v->bits == 16)
        codes_16(v->raw + 2 * (size_t)row, NULL, n, base, step, UINT16_MAX, missing, out);
    else if (v->bits == 24)
        codes_24(v->raw + 2 * (size_t)row, v->high + row, n, base, step, 0xffffff, missing, out);
    else
        codes_32(v->raw + 4 * (size_t)row, NULL, n, base, step, UINT32_MAX, missing, out);
}

/* ---- opening */

static bool header_sound(const struct column_layout *h)
{
    bool size = h->size <= 6 || h->size == 8 || h->size == 17 || h->size == 18 || h->size == 20;
    bool type = h->type >= COLUMN_CODE && h->type <= COLUMN_NUMBER;
    bool scale = h->type == COLUMN_NUMBER ? h->scale <= COLUMN_SCALE_MAX || h->scale == COLUMN_SCALE_BITS
                                          : h->scale == 0;
    bool sparse = h->flags & LAYOUT_SPARSE;
    if (!size || !type || !scale || h->flags > 3 || h->zero || h->step == 0 ||
        (sparse && (h->flags != LAYOUT_SPARSE || h->rows == 0)))
        return false;
    if (h->size == 8 && (h->base != 0 || h->step != 1 || (h->scale != COLUMN_SCALE_BITS && h->scale != 0)))
        return false;
    return h->present <= h->rows && (sparse || h->present == 0);
}

/* Bitmap and rank table agree with the number of values kept: what rank_of yields stays within them. */
static bool sparse_sound(const struct column_layout *h, const unsigned char *bitmap,
                         const unsigned char *rank)
{
    uint32_t count = 0;
    for (uint32_t row = 0; row < h->rows; row += 64) {
        uint32_t expected;
        memcpy(&expected, rank + 4 * (size_t)(row / COLUMN_GROUP), sizeof(expected));
        if (row % COLUMN_GROUP == 0 && expected != count)
            return false;
        uint64_t word = column_load64(bitmap, row / 64);
        if (h->rows - row < 64 && word >> (h->rows - row))
            return false;
        count += (uint32_t)__builtin_popcountll(word);
    }
    return count == h->present;
}

bool column_open(struct column_view *out, const void *bytes, size_t n)
{
    struct column_layout h;
    if (n < sizeof(h))
        return false;
    memcpy(&h, bytes, sizeof(h));
    if (!header_sound(&h))
        return false;
    bool sparse = h.flags & LAYOUT_SPARSE;
    size_t bitmap = sparse ? column_bitmap_bytes(h.rows) : 0, rank = sparse ? column_rank_bytes(h.rows) : 0;
    uint32_t kept = sparse ? h.present : h.rows;
    unsigned bits = column_bits_of_size(h.size);
    if (n != sizeof(h) + bitmap + rank + column_raw_bytes(bits, kept))
        return false;
    const unsigned char *p = (const unsigned char *)bytes + sizeof(h);
    if (sparse && !sparse_sound(&h, p, p + bitmap))
        return false;
    *out = (struct column_view){
        .raw = p + bitmap + rank,
        .high = column_has_high(bits) ? p + bitmap + rank + column_low_bytes(bits, kept) : NULL,
        .present = sparse ? p : NULL,
        .rank = sparse ? p + bitmap : NULL,
        .rows = h.rows,
        .bits = (uint8_t)bits,
        .type = h.type,
        .scale = h.scale,
        .has_null = h.flags & LAYOUT_HAS_NULL,
        .base = h.base,
        .step = h.step,
        .min = h.min,
        .max = h.max,
    };
    return true;
}

struct column_view column_missing(enum column_type type, uint32_t rows)
{
    static const unsigned char none[8];
    return (struct column_view){
        .raw = none, .rows = rows, .type = (uint8_t)type, .has_null = true, .step = 1, .min = 1, .max = 0};
}
