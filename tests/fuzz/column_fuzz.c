/* column_fuzz.c - columns of blocks: bytes that are none are refused or read without leaving them, all ways
 * of reading agree, and values that are encoded come back.
 *
 * Input: 0 and the bytes of a column, or a type (1..4), a shape, and values of 8 bytes each. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include "base/buf.h"
#include "fuzz.h"
#include "store/column.h"

enum { ROWS_MOST = 4096 };

/* Rows one by one, in a stretch, and as codes. */
static void check_view(const struct column_view *v)
{
    uint32_t rows = v->rows < ROWS_MOST ? v->rows : ROWS_MOST, from = rows / 3;
    int64_t *value = malloc((rows + !rows) * sizeof(*value));
    uint32_t *code = malloc((rows + !rows) * sizeof(*code));
    if (!value || !code)
        abort();
    column_decode(v, from, rows - from, value);
    for (uint32_t i = from; i < rows; i++)
        FUZZ_PROMISE(column_at(v, i) == value[i - from]);
    if (v->rows > rows) /* the last one too */
        (void)column_at(v, v->rows - 1);
    /* Where a base is no code a sum may wrap to what means missing: forged, and whoever reads it checks
     * codes. */
    if (v->type == COLUMN_CODE && v->base >= 0 && v->base <= UINT32_MAX && v->step <= UINT32_MAX) {
        column_decode_u32(v, from, rows - from, code);
        for (uint32_t i = from; i < rows; i++) {
            int64_t x = value[i - from];
            if (x == COLUMN_NULL || (x >= 0 && x < UINT32_MAX))
                FUZZ_PROMISE(code[i - from] == (x == COLUMN_NULL ? UINT32_MAX : (uint32_t)x));
        }
    }
    free(value);
    free(code);
}

static void check_bytes(struct str s)
{
    struct column_view v;
    char *p = fuzz_copy(s, 0);
    if (column_open(&v, p, s.n))
        check_view(&v);
    free(p);
}

/* A value the type allows, from any 8 bytes. */
static int64_t legal(enum column_type type, unsigned shape, int64_t x)
{
    double d;
    switch (type) {
    case COLUMN_CODE: return x == COLUMN_NULL ? x : (int64_t)((uint64_t)x & (shape & 1 ? 0xff : 0xfffffffe));
    case COLUMN_BOOL: return x & 1;
    case COLUMN_TIME: return shape & 2 ? x / 1000000 * 1000000 : x;
    case COLUMN_NUMBER:
        memcpy(&d, &x, sizeof(d));
        if (shape & 4)
            d = (double)(x % 100000) / 100;
        return isfinite(d) ? column_of_number(d) : COLUMN_NULL;
    }
    return x;
}

static void check_values(enum column_type type, struct fuzz_input *in)
{
    unsigned shape = fuzz_byte(in);
    uint32_t rows = (uint32_t)(in->n / 8), repeat = shape & 8 ? 40 : 1;
    int64_t *value = malloc((rows * repeat + 1) * sizeof(*value));
    struct column_view v;
    struct buf out = {0};
    if (!value)
        abort();
    for (uint32_t i = 0; i < rows * repeat; i++) {
        int64_t x;
        memcpy(&x, in->p + 8 * (i % rows), 8);
        bool missing = (shape & 16 && i % 16) || (shape & 32 && i % 7 == 0);
        value[i] = missing ? COLUMN_NULL : legal(type, shape, x);
    }
    column_encode(&out, type, value, rows * repeat);
    char *p = fuzz_copy(buf_view(&out), 0);
    FUZZ_PROMISE(column_open(&v, p, out.n) && v.rows == rows * repeat && v.type == type);
    for (uint32_t i = 0; i < v.rows; i++)
        FUZZ_PROMISE(column_at(&v, i) == value[i]);
    check_view(&v);
    free(p);
    buf_done(&out);
    free(value);
}

FUZZ_TARGET(column)
{
    struct fuzz_input in = {data, n};
    unsigned type = fuzz_byte(&in) % 5;
    if (type == 0)
        check_bytes(fuzz_rest(&in));
    else if (in.n >= 9 && in.n < 8 * ROWS_MOST)
        check_values((enum column_type)type, &in);
    return 0;
}
