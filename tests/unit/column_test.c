/* Encoded columns against the plain values they came from: every width, form and edge, and bytes that are no
 * column. */
#include "config.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/rand.h"
#include "store/column.h"

#define MAX_ROWS 4000

static void assert_same(const int64_t *values, uint32_t rows, const struct column_view *v)
{
    static int64_t out[MAX_ROWS];
    assert_int_equal(v->rows, rows);
    column_decode(v, 0, rows, out);
    assert_memory_equal(out, values, rows * sizeof(*values));
    for (uint32_t i = 0; i < rows; i++)
        assert_true(column_at(v, i) == values[i]);
    /* Any piece of the column, so that vector loops begin and end anywhere. */
    for (uint32_t from = 0; from < rows; from += 1 + rows / 7)
        for (uint32_t n = 0; n <= rows - from; n += 1 + rows / 5) {
            memset(out, 0x55, sizeof(out));
            column_decode(v, from, n, out);
            assert_memory_equal(out, values + from, n * sizeof(*values));
            assert_true(n == MAX_ROWS || out[n] == 0x5555555555555555);
        }
}

static void assert_range(enum column_type type, const int64_t *values, uint32_t rows,
                         const struct column_view *v)
{
    bool any = false;
    int64_t min = 0, max = 0;
    for (uint32_t i = 0; i < rows; i++) {
        if (values[i] == COLUMN_NULL)
            continue;
        bool number = type == COLUMN_NUMBER;
        if (!any || (number ? column_number(values[i]) < column_number(min) : values[i] < min))
            min = values[i];
        if (!any || (number ? column_number(values[i]) > column_number(max) : values[i] > max))
            max = values[i];
        any = true;
    }
    if (!any)
        assert_true(v->min > v->max);
    else
        assert_true(v->min == min && v->max == max);
}

/* Encodes after `odd` bytes, so that payloads lie at any address; returns the encoded length. */
static size_t round_trip(enum column_type type, const int64_t *values, uint32_t rows, struct column_view *v)
{
    static struct buf b; /* lives until the next call: the view points into it */
    size_t odd = rows % 5;
    buf_clear(&b);
    buf_put(&b, "......", odd);
    column_encode(&b, type, values, rows);
    assert_true(column_open(v, b.p + odd, b.n - odd));
    assert_same(values, rows, v);
    assert_range(type, values, rows, v);
    assert_false(rows > 0 && v->bits > 0 && column_open(v, b.p + odd, b.n - odd - 1));
    assert_true(column_open(v, b.p + odd, b.n - odd));
    return b.n - odd;
}

static void widths(void **state)
{
    (void)state;
    static const struct {
        int64_t low, high;
        int bits;
    } cases[] = {
        {5, 5, 0},
        {0, 1, 1},
        {9, 12, 2},
        {0, 4, 4},
        {-8, 7, 4},
        {0, 16, 8},
        {0, 255, 8},
        {0, 256, 16},
        {-3, 65532, 16},
        {-3, 65533, 24},
        {0, 16777215, 24},
        {0, 16777216, 32},
        {7, 4294967302, 32},
        {0, 4294967296, 40},
        {-1, 1099511627774, 40},
        {-1, 1099511627775, 48},
        {0, 281474976710655, 48},
        {0, 281474976710656, 64},
        {INT64_MIN + 1, INT64_MAX, 64},
        {INT64_MAX - 1, INT64_MAX, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int64_t values[4] = {cases[i].low, cases[i].high, cases[i].low, cases[i].high};
        struct column_view v;
        round_trip(COLUMN_CODE, values, 4, &v);
        assert_int_equal(v.bits, cases[i].bits);
    }
}

static void widths_with_missing(void **state)
{
    (void)state;
    /* The highest raw value means missing, so 0..255 needs more than 8 bits. */
    static const int sizes[] = {1, 2, 4, 8, 16, 24, 32, 40, 48, 64};
    struct column_view v;
    for (size_t i = 0; i + 1 < sizeof(sizes) / sizeof(*sizes); i++) {
        int64_t high = (INT64_C(1) << sizes[i]) - 2;
        int64_t fits[8] = {0, high, COLUMN_NULL, 1, 0, 0, high / 2, high / 3};
        int64_t not [8] = {0, high + 1, COLUMN_NULL, 1, 0, 0, high / 2, high / 3};
        fits[3] = high ? 1 : 0;
        round_trip(COLUMN_CODE, fits, 8, &v);
        assert_int_equal(v.bits, sizes[i]);
        round_trip(COLUMN_CODE, not, 8, &v);
        assert_int_equal(v.bits, sizes[i + 1]);
    }
}

static void steps(void **state)
{
    (void)state;
    /* A month of seconds in microseconds needs 42 bits; by the step of one second 22. */
    int64_t values[MAX_ROWS];
    struct rand r;
    struct column_view v;
    rand_seed(&r, 1);
    for (int i = 0; i < MAX_ROWS; i++)
        values[i] = 1700000000000000 + (int64_t)rand_below(&r, 2592000) * 1000000;
    values[0] = 1700000000000000;
    values[1] = 1700000001000000;
    size_t n = round_trip(COLUMN_TIME, values, MAX_ROWS, &v);
    assert_int_equal(v.step, 1000000);
    assert_int_equal(n, COLUMN_HEADER + 3 * MAX_ROWS);
    /* One value off the step, at the very end. */
    values[MAX_ROWS - 1] += 500000;
    round_trip(COLUMN_TIME, values, MAX_ROWS, &v);
    assert_int_equal(v.step, 500000);
    values[MAX_ROWS / 2] = COLUMN_NULL;
    round_trip(COLUMN_TIME, values, MAX_ROWS, &v);
    assert_true(v.has_null);
    /* A step above 2^32. */
    for (int i = 0; i < 300; i++)
        values[i] = (int64_t)i * 86400000000;
    round_trip(COLUMN_TIME, values, 300, &v);
    assert_true(v.step == 86400000000);
    assert_int_equal(v.bits, 16);
}

static void numbers(void **state)
{
    (void)state;
    struct column_view v;
    int64_t cents[500], thirds[500], mixed[500];
    for (int i = 0; i < 500; i++) {
        cents[i] = column_of_number((i - 100) / 100.0);
        thirds[i] = column_of_number(i / 3.0);
        mixed[i] = i % 3 ? column_of_number(i * 0.25) : COLUMN_NULL;
    }
    round_trip(COLUMN_NUMBER, cents, 500, &v);
    assert_int_equal(v.scale, 2);
    assert_int_equal(v.bits, 16);
    round_trip(COLUMN_NUMBER, thirds, 500, &v);
    assert_int_equal(v.scale, 255);
    round_trip(COLUMN_NUMBER, mixed, 500, &v);
    assert_int_equal(v.scale, 2);
    const double hard[] = {0, 1e300, -1e300, 5e-324, 9007199254740993.0, 0.1, -0.1, 123456789.123456, 1e-7};
    int64_t bits[9];
    for (int i = 0; i < 9; i++)
        bits[i] = column_of_number(hard[i]);
    round_trip(COLUMN_NUMBER, bits, 9, &v);
    assert_true(column_of_number(-0.0) == column_of_number(0.0));
    assert_true(column_number(column_of_number(2.5)) == 2.5);
    /* Ascending scales found late: the earlier values must be scaled again. */
    int64_t late[4] = {column_of_number(3), column_of_number(0.5), column_of_number(0.25),
                       column_of_number(0.125)};
    round_trip(COLUMN_NUMBER, late, 4, &v);
    assert_int_equal(v.scale, 3);
}

static void sparse(void **state)
{
    (void)state;
    int64_t values[MAX_ROWS];
    struct column_view v;
    for (uint32_t every = 2; every < 2000; every *= 2) {
        for (uint32_t i = 0; i < MAX_ROWS; i++)
            values[i] = i % every == every - 1 ? (int64_t)i * 100003 : COLUMN_NULL;
        for (uint32_t rows = MAX_ROWS - 600; rows <= MAX_ROWS; rows += 75) {
            round_trip(COLUMN_CODE, values, rows, &v);
            assert_true(v.present);
        }
    }
    for (uint32_t i = 0; i < MAX_ROWS; i++)
        values[i] = i % 9 ? COLUMN_NULL : 7; /* one value or none: one bit says it all */
    size_t n = round_trip(COLUMN_CODE, values, MAX_ROWS, &v);
    assert_int_equal(v.bits, 1);
    assert_true(n < COLUMN_HEADER + MAX_ROWS / 4);
    for (uint32_t i = 0; i < MAX_ROWS; i++)
        values[i] = COLUMN_NULL;
    assert_int_equal(round_trip(COLUMN_NUMBER, values, MAX_ROWS, &v), COLUMN_HEADER);
    round_trip(COLUMN_CODE, values, 0, &v);
    round_trip(COLUMN_CODE, values, 1, &v);
}

static int64_t random_value(struct rand *r, enum column_type type, unsigned bits, int64_t step)
{
    uint64_t raw = bits ? rand_u64(r) >> (64 - bits) : 0;
    if (type == COLUMN_NUMBER) {
        double d = (double)(int64_t)(raw >> 1) / (double)step;
        return column_of_number(rand_below(r, 2) ? d : -d);
    }
    int64_t v = (int64_t)((raw * (uint64_t)step) & INT64_MAX);
    return type == COLUMN_TIME && rand_below(r, 2) ? -v : v;
}

static void random_columns(void **state)
{
    (void)state;
    static const int64_t step[] = {1, 2, 3, 10, 1000, 1000000, 7919, 4294967296, 4294967297};
    int64_t values[MAX_ROWS];
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        struct rand r;
        struct column_view v;
        rand_seed(&r, seed);
        enum column_type type = COLUMN_CODE + rand_below(&r, 4);
        uint32_t rows = rand_below(&r, 10) ? rand_below(&r, 700) : rand_below(&r, MAX_ROWS);
        unsigned bits = rand_below(&r, 63);
        int64_t s = type == COLUMN_BOOL ? 1 : step[rand_below(&r, 9)];
        uint32_t missing = rand_below(&r, 3) ? 0 : 1 + rand_below(&r, 100);
        for (uint32_t i = 0; i < rows; i++)
            values[i] = rand_below(&r, 100) < missing ? COLUMN_NULL : random_value(&r, type, bits, s);
        print_message(seed % 1000 ? "" : "seed %llu\n", (unsigned long long)seed);
        round_trip(type, values, rows, &v);
    }
}

static void codes_as_u32(void **state)
{
    (void)state;
    int64_t values[1000];
    uint32_t out[1000];
    for (int form = 0; form < 12; form++) {
        const int64_t range[] = {1, 200, 60000, 4000000000, 200, 60000, 2, 4, 12, 3, 1000000, 15};
        struct rand r;
        struct column_view v;
        rand_seed(&r, (uint64_t)form);
        for (int i = 0; i < 1000; i++) {
            bool null = form / 2 == 2 ? rand_below(&r, 10) > 0 : form % 2 && rand_below(&r, 10) == 0;
            values[i] = null ? COLUMN_NULL : (int64_t)(rand_u64(&r) % (uint64_t)range[form]);
        }
        round_trip(COLUMN_CODE, values, 1000, &v);
        column_decode_u32(&v, 3, 997, out);
        for (int i = 3; i < 1000; i++)
            assert_int_equal(out[i - 3], values[i] == COLUMN_NULL ? UINT32_MAX : (uint32_t)values[i]);
    }
}

static void bytes_in_place_or_unpacked(void **state)
{
    (void)state;
    int64_t values[700];
    uint8_t room[700 + COLUMN_BYTES_SLACK];
    for (int bits = 1; bits <= 8; bits *= 2) {
        struct rand r;
        struct column_view v;
        rand_seed(&r, (uint64_t)bits);
        for (int i = 0; i < 700; i++)
            values[i] = i < 2 ? i * ((1 << bits) - 1) : (int)rand_below(&r, 1u << bits);
        round_trip(COLUMN_CODE, values, 700, &v);
        assert_int_equal(v.bits, bits);
        for (uint32_t from = 0; from < 700; from += 13)
            for (uint32_t n = 0; n <= 700 - from; n += 29) {
                const uint8_t *p = column_bytes(&v, from, n, room);
                for (uint32_t i = 0; i < n; i++)
                    assert_int_equal(p[i], values[from + i]);
            }
    }
}

/* Damaged bytes: refused, or a view whose reads stay inside (for the sanitizers to see). */
static void damaged_bytes(void **state)
{
    (void)state;
    int64_t values[1100], out[1100];
    unsigned opened = 0;
    for (uint64_t seed = 1; seed <= 20000; seed++) {
        struct rand r;
        struct buf b = {0};
        struct column_view v;
        rand_seed(&r, seed);
        uint32_t rows = rand_below(&r, 1100), keep = 1 + rand_below(&r, 12);
        for (uint32_t i = 0; i < rows; i++)
            values[i] = rand_below(&r, keep) ? COLUMN_NULL : (int64_t)rand_below(&r, 100000);
        column_encode(&b, COLUMN_CODE, values, rows);
        size_t n = b.n, at = rand_below(&r, 2) ? rand_below(&r, COLUMN_HEADER) : rand_below(&r, (uint32_t)n);
        char *copy = malloc(n);
        memcpy(copy, b.p, n);
        copy[at] = (char)(copy[at] ^ 1 << rand_below(&r, 8));
        if (column_open(&v, copy, n) && v.rows <= 1100) {
            opened++;
            column_decode(&v, 0, v.rows, out);
            for (uint32_t i = 0; i < v.rows; i++)
                out[i] = column_at(&v, i);
        }
        free(copy);
        buf_done(&b);
    }
    assert_true(opened > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths),        cmocka_unit_test(widths_with_missing),
        cmocka_unit_test(steps),         cmocka_unit_test(numbers),
        cmocka_unit_test(sparse),        cmocka_unit_test(random_columns),
        cmocka_unit_test(codes_as_u32),  cmocka_unit_test(bytes_in_place_or_unpacked),
        cmocka_unit_test(damaged_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
