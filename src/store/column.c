/* column.c - reading encoded columns: one value, or a run of rows in loops that vectorise.
 *
 * Raw values lie at any address, so each load is a memcpy, which compilers turn into plain (vector) loads. */
#include "config.h"
#include <limits.h>
#include "store/column.h"
#include "store/column_layout.h"

/* ---- scalars */

double column_number(int64_t value)
{
    double d;
    memcpy(&d, &value, sizeof(d));
    return d;
}

int64_t column_of_number(double d)
{
    int64_t v;
    d += 0.0; /* -0.0 becomes 0.0 */
    memcpy(&v, &d, sizeof(v));
    return v;
}

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
    return v->width == 8 ? (uint64_t)COLUMN_NULL : (UINT64_C(1) << 8 * v->width) - 1;
}

static uint64_t word_at(const unsigned char *p, size_t index)
{
    uint64_t w;
    memcpy(&w, p + 8 * index, sizeof(w));
    return w;
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
        rank += (uint32_t)__builtin_popcountll(word_at(v->present, word));
    if (row % 64)
        rank += (uint32_t)__builtin_popcountll(word_at(v->present, word) << (64 - row % 64));
    return rank;
}

int64_t column_at(const struct column_view *v, uint32_t row)
{
    if (v->present)
        return present_at(v, row) ? value_of(v, column_raw(v, rank_of(v, row))) : COLUMN_NULL;
    uint64_t raw = column_raw(v, row);
    return v->has_null && raw == null_raw(v) ? COLUMN_NULL : value_of(v, raw);
}

/* ---- runs of rows: integers. step32: step and raw below 2^32, one multiplication of halves instead of
 * three. */

#define DECODE(name, raw_type)                                                                               \
    COLUMN_HOT static void name(const unsigned char *raw, uint32_t n, uint64_t base, uint32_t step,          \
                                int64_t *out)                                                                \
    {                                                                                                        \
        for (uint32_t i = 0; i < n; i++) {                                                                   \
            raw_type r;                                                                                      \
            memcpy(&r, raw + i * sizeof(r), sizeof(r));                                                      \
            out[i] = (int64_t)(base + (uint64_t)(uint32_t)r * step);                                         \
        }                                                                                                    \
    }                                                                                                        \
    COLUMN_HOT static void name##_null(const unsigned char *raw, uint32_t n, uint64_t base, uint32_t step,   \
                                       int64_t *out)                                                         \
    {                                                                                                        \
        for (uint32_t i = 0; i < n; i++) {                                                                   \
            raw_type r;                                                                                      \
            memcpy(&r, raw + i * sizeof(r), sizeof(r));                                                      \
            int64_t value = (int64_t)(base + (uint64_t)(uint32_t)r * step);                                  \
            out[i] = r == (raw_type)-1 ? COLUMN_NULL : value;                                                \
        }                                                                                                    \
    }
DECODE(decode_1, uint8_t)
DECODE(decode_2, uint16_t)
DECODE(decode_4, uint32_t)

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

/* n raw values from index `first` on as integers: codes, times, scaled decimals. */
static void decode_raw(const struct column_view *v, uint32_t first, uint32_t n, int64_t *out)
{
    const unsigned char *raw = v->raw + (size_t)v->width * first;
    uint64_t base = (uint64_t)v->base;
    uint32_t step = (uint32_t)v->step;
    if (v->width == 0)
        fill(out, n, v->has_null ? COLUMN_NULL : v->base);
    else if (v->width == 8)
        memcpy(out, raw, 8 * (size_t)n);
    else if (v->step > UINT32_MAX)
        decode_slow(v, first, n, out);
    else if (v->width == 1)
        (v->has_null ? decode_1_null : decode_1)(raw, n, base, step, out);
    else if (v->width == 2)
        (v->has_null ? decode_2_null : decode_2)(raw, n, base, step, out);
    else
        (v->has_null ? decode_4_null : decode_4)(raw, n, base, step, out);
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
    if (v->present)
        decode_sparse(v, row, n, out);
    else
        decode_dense(v, row, n, out);
}

/* ---- runs of codes */

#define DECODE_U32(name, raw_type)                                                                           \
    COLUMN_HOT static void name(const unsigned char *raw, uint32_t n, uint32_t base, uint32_t step,          \
                                bool null, uint32_t *out)                                                    \
    {                                                                                                        \
        const uint32_t missing = null ? (raw_type)-1 : UINT32_MAX;                                           \
        const uint32_t any = null ? UINT32_MAX : 0;                                                          \
        for (uint32_t i = 0; i < n; i++) {                                                                   \
            raw_type r;                                                                                      \
            memcpy(&r, raw + i * sizeof(r), sizeof(r));                                                      \
            out[i] = (base + r * step) | (r == missing ? any : 0);                                           \
        }                                                                                                    \
    }
DECODE_U32(codes_1, uint8_t)
DECODE_U32(codes_2, uint16_t)
DECODE_U32(codes_4, uint32_t)

void column_decode_u32(const struct column_view *v, uint32_t row, uint32_t n, uint32_t *out)
{
    const unsigned char *raw = v->raw + (size_t)v->width * row;
    uint32_t base = (uint32_t)v->base, step = (uint32_t)v->step;
    bool plain = !v->present && v->type != COLUMN_NUMBER;
    if (plain && v->width == 1) {
        codes_1(raw, n, base, step, v->has_null, out);
    } else if (plain && v->width == 2) {
        codes_2(raw, n, base, step, v->has_null, out);
    } else if (plain && v->width == 4) {
        codes_4(raw, n, base, step, v->has_null, out);
    } else {
        int64_t wide[COLUMN_GROUP];
        for (uint32_t piece; n > 0; n -= piece, row += piece, out += piece) {
            piece = n < COLUMN_GROUP ? n : COLUMN_GROUP;
            column_decode(v, row, piece, wide);
            for (uint32_t i = 0; i < piece; i++)
                out[i] = wide[i] == COLUMN_NULL ? UINT32_MAX : (uint32_t)wide[i];
        }
    }
}

/* ---- opening */

static bool header_sound(const struct column_layout *h)
{
    bool width = h->width <= 2 || h->width == 4 || h->width == 8;
    bool type = h->type >= COLUMN_CODE && h->type <= COLUMN_NUMBER;
    bool scale = h->type == COLUMN_NUMBER ? h->scale <= COLUMN_SCALE_MAX || h->scale == COLUMN_SCALE_BITS
                                          : h->scale == 0;
    bool sparse = h->flags & LAYOUT_SPARSE;
    if (!width || !type || !scale || h->flags > 3 || h->zero || h->step == 0 ||
        (sparse && h->flags != LAYOUT_SPARSE))
        return false;
    if (h->width == 8 && (h->base != 0 || h->step != 1 || (h->scale != COLUMN_SCALE_BITS && h->scale != 0)))
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
        uint64_t word = word_at(bitmap, row / 64);
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
    uint64_t raw = (uint64_t)(sparse ? h.present : h.rows) * h.width;
    if (n != sizeof(h) + bitmap + rank + raw)
        return false;
    const unsigned char *p = (const unsigned char *)bytes + sizeof(h);
    if (sparse && !sparse_sound(&h, p, p + bitmap))
        return false;
    *out = (struct column_view){
        .raw = p + bitmap + rank,
        .present = sparse ? p : NULL,
        .rank = sparse ? p + bitmap : NULL,
        .rows = h.rows,
        .width = h.width,
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
