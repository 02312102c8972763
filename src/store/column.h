/* column.h - one column of one block: numbers of one size, scanned in place.
 *
 * Every value is an int64_t to the caller: a dictionary code, a time in microseconds, 0/1, or the bits of a
 * double. COLUMN_NULL is "missing". On disk: value = base + step * raw, raw in as few bits as hold it, but
 * only in sizes that vector loops read fast (frame of reference with a common divisor); doubles that are
 * decimals are stored as scaled integers; columns mostly missing keep a presence bitmap and only the values
 * present (when that saves a quarter at least: dense columns are read faster). */
#ifndef WM_COLUMN_H
#define WM_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define COLUMN_HEADER 48 /* bytes before the raw values */
#define COLUMN_NULL INT64_MIN

enum column_type {
    COLUMN_CODE = 1, /* dictionary code */
    COLUMN_TIME,
    COLUMN_BOOL,
    COLUMN_NUMBER, /* bits of a double; -0.0 never occurs */
};

/* A decoded header with borrowed pointers to the raw values; valid until the snapshot closes. */
struct column_view {
    const unsigned char *raw;     /* rows values of `bits` bits, little endian, any alignment */
    const unsigned char *high;    /* 24, 40 and 48 bits: the upper 8, 8, 16 of each value; raw has the rest */
    const unsigned char *present; /* sparse columns: bitmap of rows, else NULL (then raw holds every row) */
    const unsigned char *rank;    /* sparse: uint32 count of present rows before each 512-row group */
    uint32_t rows;
    uint8_t bits;  /* 0, 1, 2, 4, 8, 16, 24, 32, 40, 48, 64; below 8 the first value has the lowest bits */
    uint8_t type;  /* enum column_type */
    uint8_t scale; /* COLUMN_NUMBER: value = (base + step*raw) / 10^scale; 255: raw are double bits */
    bool has_null; /* dense columns: the all-ones raw value means missing (64 bits: COLUMN_NULL; 0 bits: all
                      rows are missing) */
    int64_t base;  /* 64 bits: base 0, step 1, raw is the value itself (or the double's bits) */
    uint64_t step; /* >= 1 */
    int64_t min, max; /* of present values, as caller's values; min > max when none is present */
};

/* Values lie at any address in LMDB pages (reliability.md 1.2 no. 17), hence memcpy. */
static inline uint16_t column_load16(const unsigned char *p, size_t i)
{
    uint16_t x;
    memcpy(&x, p + 2 * i, sizeof(x));
    return x;
}

static inline uint32_t column_load32(const unsigned char *p, size_t i)
{
    uint32_t x;
    memcpy(&x, p + 4 * i, sizeof(x));
    return x;
}

static inline uint64_t column_load64(const unsigned char *p, size_t i)
{
    uint64_t x;
    memcpy(&x, p + 8 * i, sizeof(x));
    return x;
}

static inline uint64_t column_raw(const struct column_view *v, uint32_t row)
{
    size_t i = row;
    switch (v->bits) {
    case 1:
    case 2:
    case 4: return (unsigned)v->raw[i * v->bits / 8] >> (i * v->bits % 8) & ((1u << v->bits) - 1);
    case 8: return v->raw[i];
    case 16: return column_load16(v->raw, i);
    case 24: return column_load16(v->raw, i) | (uint64_t)v->high[i] << 16;
    case 32: return column_load32(v->raw, i);
    case 40: return column_load32(v->raw, i) | (uint64_t)v->high[i] << 32;
    case 48: return column_load32(v->raw, i) | (uint64_t)column_load16(v->high, i) << 32;
    case 64: return column_load64(v->raw, i);
    default: return 0;
    }
}

/* One value; any kind of column. */
int64_t column_at(const struct column_view *v, uint32_t row);
/* Values of rows [row, row + n) into out; vectorisable loops per size. */
void column_decode(const struct column_view *v, uint32_t row, uint32_t n, int64_t *out);
/* The same for codes and small numbers known to be in 0..2^32-2; missing becomes UINT32_MAX. */
void column_decode_u32(const struct column_view *v, uint32_t row, uint32_t n, uint32_t *out);

/* Raw values of rows [row, row + n) as bytes, for dense columns of 1 to 8 bits: where they lie, or unpacked
 * into room (for n + COLUMN_BYTES_SLACK). */
#define COLUMN_BYTES_SLACK 16
const uint8_t *column_bytes(const struct column_view *v, uint32_t row, uint32_t n, uint8_t *room);

/* Bits to double; value must not be COLUMN_NULL. */
static inline double column_number(int64_t value)
{
    double d;
    memcpy(&d, &value, sizeof(d));
    return d;
}

/* Double to bits; -0.0 becomes 0.0; d must be finite. */
static inline int64_t column_of_number(double d)
{
    int64_t v;
    d += 0.0;
    memcpy(&v, &d, sizeof(v));
    return v;
}

/* Encodes rows values into a growing byte buffer (header and payload, without the block's outer header).
 * Encoding is deterministic. */
struct buf;
void column_encode(struct buf *out, enum column_type type, const int64_t *values, uint32_t rows);
/* Reads what column_encode wrote; false when the bytes cannot be that: then nothing read through the view
 * leaves them. */
bool column_open(struct column_view *out, const void *bytes, size_t n);
/* A view of `rows` missing values. */
struct column_view column_missing(enum column_type type, uint32_t rows);

#endif
