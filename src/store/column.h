/* column.h - one column of one block: fixed-width numbers scanned in place.
 *
 * Every value is an int64_t to the caller: a dictionary code, a time in microseconds, 0/1, or the bits of a
 * double. COLUMN_NULL is "missing". On disk: value = base + step * raw, raw in 0, 1, 2, 4 or 8 bytes (frame
 * of reference with a common divisor); doubles that are decimals are stored as scaled integers; columns
 * mostly missing keep a presence bitmap and only the values present (when that saves a quarter at least:
 * dense columns are read faster). */
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

/* A decoded header with a borrowed pointer to the raw values; valid until the snapshot closes. */
struct column_view {
    const unsigned char *raw;     /* rows values of `width` bytes, little endian, any alignment */
    const unsigned char *present; /* sparse columns: bitmap of rows, else NULL (then raw holds every row) */
    const unsigned char *rank;    /* sparse: uint32 count of present rows before each 512-row group */
    uint32_t rows;
    uint8_t width; /* 0, 1, 2, 4, 8 */
    uint8_t type;  /* enum column_type */
    uint8_t scale; /* COLUMN_NUMBER: value = (base + step*raw) / 10^scale; 255: raw are double bits */
    bool has_null; /* dense columns: the all-ones raw value means missing (width 8: COLUMN_NULL; width 0: all
                      rows are missing) */
    int64_t base;  /* width 8: base 0, step 1, raw is the value itself (or the double's bits) */
    uint64_t step; /* >= 1 */
    int64_t min, max; /* of present values, as caller's values; min > max when none is present */
};

static inline uint64_t column_raw(const struct column_view *v, uint32_t row)
{
    uint64_t r = 0;
    /* memcpy: values lie at any address in LMDB pages (reliability.md 1.2 no. 17). */
    switch (v->width) {
    case 1: return v->raw[row];
    case 2: {
        uint16_t x;
        memcpy(&x, v->raw + 2 * (size_t)row, 2);
        return x;
    }
    case 4: {
        uint32_t x;
        memcpy(&x, v->raw + 4 * (size_t)row, 4);
        return x;
    }
    case 8: memcpy(&r, v->raw + 8 * (size_t)row, 8); return r;
    default: return 0;
    }
}

/* One value; any kind of column. */
int64_t column_at(const struct column_view *v, uint32_t row);
/* Values of rows [row, row + n) into out; vectorisable loops per width. */
void column_decode(const struct column_view *v, uint32_t row, uint32_t n, int64_t *out);
/* The same for codes and small numbers known to be in 0..2^32-2; missing becomes UINT32_MAX. */
void column_decode_u32(const struct column_view *v, uint32_t row, uint32_t n, uint32_t *out);

double column_number(int64_t value); /* bits to double; value must not be COLUMN_NULL */
int64_t column_of_number(double d);  /* double to bits; -0.0 becomes 0.0; d must be finite */

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
