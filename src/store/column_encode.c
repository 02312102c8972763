/* column_encode.c - from values to the smallest form of fixed size that gives them back exactly.
 *
 * Two passes: one for the range, one that writes. Times of an export are often whole seconds or milliseconds,
 * so a common divisor makes them fit in 4 bytes; its division is exact and therefore one multiplication by an
 * inverse modulo 2^64. */
#include "config.h"
#include "base/buf.h"
#include "base/err.h"
#include "store/column.h"
#include "store/column_layout.h"

struct range {
    int64_t min, max; /* of present values; min > max when there is none */
    uint32_t nulls;
};

/* Exact division by `step`: (x >> shift) * inverse. */
struct divider {
    uint64_t step, inverse, mask, limit;
    unsigned shift;
};

struct plan {
    struct column_layout h;
    struct divider by;
    uint32_t nulls;
};

/* ---- first pass */

COLUMN_HOT static struct range scan(const int64_t *v, uint32_t n)
{
    int64_t min = INT64_MAX, max = INT64_MIN, nulls = 0;
    for (uint32_t i = 0; i < n; i++) {
        int64_t low = v[i] == COLUMN_NULL ? INT64_MAX : v[i]; /* as a maximum COLUMN_NULL is harmless */
        min = low < min ? low : min;
        max = v[i] > max ? v[i] : max;
        nulls += v[i] == COLUMN_NULL;
    }
    return (struct range){min, max, (uint32_t)nulls};
}

/* The order of doubles is the order of their bits once those of negative ones are flipped. */
static int64_t number_order(int64_t bits)
{
    return bits ^ (int64_t)((uint64_t)(bits >> 63) >> 1);
}

static struct range scan_numbers(const int64_t *v, uint32_t n)
{
    int64_t min = INT64_MAX, max = INT64_MIN;
    uint32_t nulls = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (v[i] == COLUMN_NULL) {
            nulls++;
            continue;
        }
        int64_t order = number_order(v[i]);
        min = order < min ? order : min;
        max = order > max ? order : max;
    }
    return (struct range){number_order(min), number_order(max), nulls};
}

/* ---- decimals */

/* v * 10^scale as integers, when each gives its double back exactly. */
static bool scaled(const int64_t *v, uint32_t n, unsigned scale, int64_t *out, uint32_t *failed_at)
{
    const double power = column_power[scale], limit = 9007199254740992.0; /* 2^53 */
    for (uint32_t i = *failed_at; i < n; i++) {
        double d = column_number(v[i]), x = d * power;
        bool fits = x > -limit && x < limit;
        int64_t r = fits ? (int64_t)(x < 0 ? x - 0.5 : x + 0.5) : 0;
        out[i] = v[i] == COLUMN_NULL ? COLUMN_NULL : r;
        if (v[i] != COLUMN_NULL && !(fits && column_of_number((double)r / power) == v[i])) {
            *failed_at = i;
            return false;
        }
    }
    return true;
}

/* Scale at which all values are whole, or COLUMN_SCALE_BITS. A value whole at one scale is so at the next,
 * hence the search goes on where it failed; the values before it are then scaled again. */
static uint8_t find_scale(const int64_t *v, uint32_t n, int64_t *out)
{
    uint32_t from = 0;
    for (uint8_t scale = 0; scale <= COLUMN_SCALE_MAX; scale++) {
        uint32_t start = from, zero = 0;
        if (!scaled(v, n, scale, out, &from))
            continue;
        if (start == 0 || scaled(v, start, scale, out, &zero))
            return scale;
        break;
    }
    return COLUMN_SCALE_BITS;
}

/* ---- common divisor */

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}

static struct divider divider_for(uint64_t step)
{
    struct divider d = {.step = step, .shift = (unsigned)__builtin_ctzll(step)};
    uint64_t odd = step >> d.shift, x = odd;
    for (int i = 0; i < 6; i++) /* Newton: the number of right low bits doubles each time, from 3 */
        x *= 2 - odd * x;
    d.inverse = x;
    d.mask = step == 0 ? 0 : (UINT64_C(1) << d.shift) - 1;
    d.limit = UINT64_MAX / odd;
    return d;
}

/* Whether all of v - base are multiples: an odd number divides x exactly when x * inverse is at most 2^64 /
 * odd. */
COLUMN_HOT static bool divides(const struct divider *d, const int64_t *v, uint32_t n, uint64_t base)
{
    const uint64_t inverse = d->inverse, mask = d->mask, limit = d->limit;
    const unsigned shift = d->shift;
    uint64_t bad = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t x = v[i] == COLUMN_NULL ? 0 : (uint64_t)v[i] - base;
        bad |= (x & mask) | (uint64_t)((x >> shift) * inverse > limit);
    }
    return bad == 0;
}

static struct divider common_step(const int64_t *v, uint32_t n, int64_t base)
{
    enum { CHUNK = 256 };
    struct divider d = {0};
    for (uint32_t at = 0; at < n && d.step != 1; at += CHUNK) {
        uint32_t m = n - at < CHUNK ? n - at : CHUNK;
        if (d.step && divides(&d, v + at, m, (uint64_t)base))
            continue;
        uint64_t g = d.step;
        for (uint32_t i = at; i < at + m && g != 1; i++)
            g = gcd(v[i] == COLUMN_NULL ? 0 : (uint64_t)v[i] - (uint64_t)base, g);
        if (g)
            d = divider_for(g);
    }
    return d.step ? d : divider_for(1);
}

/* ---- second pass */

#define NARROW(name, raw_type)                                                                               \
    COLUMN_HOT static void name(unsigned char *to, const int64_t *v, uint32_t n, uint64_t base,              \
                                uint64_t inverse, unsigned shift)                                            \
    {                                                                                                        \
        for (uint32_t i = 0; i < n; i++) {                                                                   \
            raw_type r = (raw_type)((((uint64_t)v[i] - base) >> shift) * inverse);                           \
            r = v[i] == COLUMN_NULL ? (raw_type)-1 : r;                                                      \
            memcpy(to + i * sizeof(r), &r, sizeof(r));                                                       \
        }                                                                                                    \
    }                                                                                                        \
    COLUMN_HOT static void name##_plain(unsigned char *to, const int64_t *v, uint32_t n, uint64_t base)      \
    {                                                                                                        \
        for (uint32_t i = 0; i < n; i++) {                                                                   \
            raw_type r = (raw_type)((uint64_t)v[i] - base);                                                  \
            memcpy(to + i * sizeof(r), &r, sizeof(r));                                                       \
        }                                                                                                    \
    }
NARROW(narrow_8, uint8_t)
NARROW(narrow_16, uint16_t)
NARROW(narrow_32, uint32_t)

/* The same for values in two planes. */
#define NARROW_PLANES(name, raw_type, low_type, high_type)                                                   \
    COLUMN_HOT static void name(unsigned char *to, unsigned char *high, const int64_t *v, uint32_t n,        \
                                uint64_t base, uint64_t inverse, unsigned shift)                             \
    {                                                                                                        \
        for (uint32_t i = 0; i < n; i++) {                                                                   \
            raw_type r = (raw_type)((((uint64_t)v[i] - base) >> shift) * inverse);                           \
            r = v[i] == COLUMN_NULL ? (raw_type)-1 : r;                                                      \
            low_type l = (low_type)r;                                                                        \
            high_type h = (high_type)(r >> 8 * sizeof(l));                                                   \
            memcpy(to + i * sizeof(l), &l, sizeof(l));                                                       \
            memcpy(high + i * sizeof(h), &h, sizeof(h));                                                     \
        }                                                                                                    \
    }
NARROW_PLANES(narrow_24, uint32_t, uint16_t, uint8_t)
NARROW_PLANES(narrow_40, uint64_t, uint32_t, uint8_t)
NARROW_PLANES(narrow_48, uint64_t, uint32_t, uint16_t)

/* Bytes that hold `bits` bits each into `bytes` full ones. */
COLUMN_HOT static void pack_4(unsigned char *to, const uint8_t *v, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        to[i] = (unsigned char)((v[2 * i] & 15) | v[2 * i + 1] << 4);
}

COLUMN_HOT static void pack_2(unsigned char *to, const uint8_t *v, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++, v += 4)
        to[i] = (unsigned char)((v[0] & 3) | (v[1] & 3) << 2 | (v[2] & 3) << 4 | v[3] << 6);
}

static void pack_1(unsigned char *to, const uint8_t *v, uint32_t bytes)
{
    memset(to, 0, bytes);
    for (uint32_t i = 0; i < 8 * bytes; i++)
        to[i / 8] |= (unsigned char)((v[i] & 1) << i % 8);
}

static void narrow_small(unsigned char *to, const struct plan *p, const int64_t *v, uint32_t n)
{
    uint8_t room[COLUMN_GROUP];
    unsigned bits = column_bits_of_size(p->h.size);
    while (n > 0) {
        uint32_t piece = n < COLUMN_GROUP ? n : COLUMN_GROUP, bytes = (piece * bits + 7) / 8;
        memset(room, 0, sizeof(room)); /* what follows the last value in its byte */
        narrow_8(room, v, piece, (uint64_t)p->h.base, p->by.inverse, p->by.shift);
        if (bits == 4)
            pack_4(to, room, bytes);
        else if (bits == 2)
            pack_2(to, room, bytes);
        else
            pack_1(to, room, bytes);
        n -= piece;
        v += piece;
        to += bytes;
    }
}

static void narrow_planes(unsigned char *to, const struct plan *p, const int64_t *v, uint32_t n)
{
    uint64_t base = (uint64_t)p->h.base, inverse = p->by.inverse;
    unsigned bits = column_bits_of_size(p->h.size);
    unsigned char *high = to + column_low_bytes(bits, n);
    if (bits == 24)
        narrow_24(to, high, v, n, base, inverse, p->by.shift);
    else if (bits == 40)
        narrow_40(to, high, v, n, base, inverse, p->by.shift);
    else
        narrow_48(to, high, v, n, base, inverse, p->by.shift);
}

static void narrow(unsigned char *to, const struct plan *p, const int64_t *v, uint32_t n, bool nulls)
{
    uint64_t base = (uint64_t)p->h.base, inverse = p->by.inverse;
    unsigned shift = p->by.shift;
    bool plain = p->h.step == 1 && !nulls;
    switch (column_bits_of_size(p->h.size)) {
    case 0: break;
    case 8: plain ? narrow_8_plain(to, v, n, base) : narrow_8(to, v, n, base, inverse, shift); break;
    case 16: plain ? narrow_16_plain(to, v, n, base) : narrow_16(to, v, n, base, inverse, shift); break;
    case 32: plain ? narrow_32_plain(to, v, n, base) : narrow_32(to, v, n, base, inverse, shift); break;
    case 64: memcpy(to, v, 8 * (size_t)n); break;
    default: p->h.size > 16 ? narrow_small(to, p, v, n) : narrow_planes(to, p, v, n);
    }
}

/* Bitmap, rank table, then the present values gathered into `scratch` and narrowed like a column without
 * missing ones. */
static void write_sparse(unsigned char *to, const struct plan *p, const int64_t *v, int64_t *scratch)
{
    uint32_t rows = p->h.rows, count = 0;
    size_t bitmap = column_bitmap_bytes(rows), rank = column_rank_bytes(rows);
    memset(to, 0, bitmap + rank);
    for (uint32_t i = 0; i < rows; i++) {
        if (i % COLUMN_GROUP == 0)
            memcpy(to + bitmap + 4 * (size_t)(i / COLUMN_GROUP), &count, sizeof(count));
        bool here = v[i] != COLUMN_NULL;
        to[i / 8] |= (unsigned char)(here << i % 8);
        scratch[count] = v[i]; /* scratch may be v itself: count <= i */
        count += here;
    }
    narrow(to + bitmap + rank, p, scratch, count, false);
}

/* ---- plan */

static uint8_t size_for(uint64_t raw_max, bool null)
{
    static const uint8_t bits[] = {1, 2, 4, 8, 16, 24, 32, 40, 48};
    if (raw_max == 0 && !null)
        return 0;
    if (raw_max < UINT64_MAX) {
        raw_max += null; /* the highest raw value is taken */
        for (size_t i = 0; i < sizeof(bits); i++)
            if (raw_max >> bits[i] == 0)
                return column_size_of_bits(bits[i]);
    }
    return 8;
}

static size_t raw_bytes(const struct column_layout *h)
{
    unsigned bits = column_bits_of_size(h->size);
    if (!(h->flags & LAYOUT_SPARSE))
        return column_raw_bytes(bits, h->rows);
    return column_bitmap_bytes(h->rows) + column_rank_bytes(h->rows) + column_raw_bytes(bits, h->present);
}

/* Chooses step, size and form for integers v within r. */
static void plan_integers(struct plan *p, const int64_t *v, struct range r, bool divide)
{
    uint32_t rows = p->h.rows;
    p->nulls = r.nulls;
    p->by = divider_for(1);
    if (r.nulls == rows) {
        p->h.flags = rows ? LAYOUT_HAS_NULL : 0;
        p->h.step = 1;
        return;
    }
    uint64_t spread = (uint64_t)r.max - (uint64_t)r.min;
    if (divide && spread > UINT8_MAX - 1)
        p->by = common_step(v, rows, r.min);
    uint64_t raw_max = spread / p->by.step;
    p->h.base = r.min;
    p->h.step = p->by.step;
    p->h.size = size_for(raw_max, r.nulls > 0);
    p->h.flags = r.nulls ? LAYOUT_HAS_NULL : 0;
    struct column_layout sparse = p->h;
    sparse.flags = LAYOUT_SPARSE;
    sparse.present = rows - r.nulls;
    sparse.size = size_for(raw_max, false);
    if (r.nulls && 4 * raw_bytes(&sparse) < 3 * raw_bytes(&p->h))
        p->h = sparse;
    if (p->h.size == 8) {
        p->h.base = 0;
        p->h.step = 1;
        p->by = divider_for(1);
    }
}

static const int64_t *plan_numbers(struct plan *p, const int64_t *v, int64_t *scratch)
{
    struct range r = scan_numbers(v, p->h.rows);
    bool any = r.nulls < p->h.rows;
    p->h.scale = find_scale(v, p->h.rows, scratch);
    p->h.min = any ? r.min : 1;
    p->h.max = any ? r.max : 0;
    if (p->h.scale != COLUMN_SCALE_BITS) {
        plan_integers(p, scratch, scan(scratch, p->h.rows), true);
        if (p->h.size != 8)
            return scratch;
    }
    /* Wider than 48 bits: then the doubles themselves. */
    struct column_layout raw = {.size = 8, .type = p->h.type, .scale = COLUMN_SCALE_BITS, .rows = p->h.rows};
    raw.min = p->h.min;
    raw.max = p->h.max;
    raw.step = 1;
    raw.flags = r.nulls ? LAYOUT_HAS_NULL : 0;
    struct column_layout sparse = raw;
    sparse.flags = LAYOUT_SPARSE;
    sparse.present = raw.rows - r.nulls;
    p->h = r.nulls && 4 * raw_bytes(&sparse) < 3 * raw_bytes(&raw) ? sparse : raw;
    p->by = divider_for(1);
    return v;
}

void column_encode(struct buf *out, enum column_type type, const int64_t *values, uint32_t rows)
{
    struct plan p = {.h = {.type = (uint8_t)type, .rows = rows, .step = 1}};
    /* Room for the widest form and, behind it, for a copy of the values: no allocation per column. */
    size_t widest = sizeof(p.h) + 8 * (size_t)rows + column_bitmap_bytes(rows) + column_rank_bytes(rows);
    buf_reserve(out, widest + 8 * (size_t)rows + 16);
    unsigned char *to = (unsigned char *)out->p + out->n;
    int64_t *scratch = (int64_t *)(((uintptr_t)(to + widest) + 7) & ~(uintptr_t)7);
    if (type == COLUMN_NUMBER) {
        values = plan_numbers(&p, values, scratch);
    } else {
        struct range r = scan(values, rows);
        plan_integers(&p, values, r, type == COLUMN_TIME);
        p.h.min = r.nulls < rows ? r.min : 1;
        p.h.max = r.nulls < rows ? r.max : 0;
    }
    memcpy(to, &p.h, sizeof(p.h));
    if (p.h.flags & LAYOUT_SPARSE)
        write_sparse(to + sizeof(p.h), &p, values, scratch);
    else
        narrow(to + sizeof(p.h), &p, values, rows, p.nulls > 0);
    out->n += sizeof(p.h) + raw_bytes(&p.h);
}
