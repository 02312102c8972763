/* pick_test.c - sets of rows against loops over rows. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "analysis/pick.h"
#include "base/buf.h"
#include "base/rand.h"

enum { ROWS = 1000, ROUNDS = 400 };

static bool has(const uint64_t *set, uint32_t row)
{
    return set[row / 64] >> (row % 64) & 1;
}

/* Flags of which about one in `sparse` is set. */
static void flags(struct rand *r, uint32_t n, uint32_t sparse, uint8_t *flag)
{
    memset(flag, 0, n + PICK_SLACK);
    for (uint32_t i = 0; i < n; i++)
        flag[i] = rand_below(r, sparse) == 0;
}

static void set_of(const uint8_t *flag, uint32_t n, uint64_t *set)
{
    memset(set, 0, pick_words(n) * sizeof(*set));
    for (uint32_t i = 0; i < n; i++)
        set[i / 64] |= (uint64_t)flag[i] << i % 64;
}

static void test_kept_bytes(void **state)
{
    (void)state;
    struct rand r;
    rand_seed(&r, 6);
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t raw[ROWS], keep[256] = {0};
        uint64_t set[ROWS / 64 + 1];
        uint32_t n = rand_below(&r, ROWS), values = 1 + rand_below(&r, 256), kept = rand_below(&r, 14);
        for (uint32_t i = 0; i < n; i++)
            raw[i] = (uint8_t)rand_below(&r, values);
        for (uint32_t i = 0; i < kept; i++)
            keep[rand_below(&r, values)] = 1;
        pick_bytes(raw, n, keep, set);
        for (uint32_t i = 0; i < pick_words(n) * 64; i++)
            assert_int_equal(has(set, i), i < n && keep[raw[i]]);
    }
}

static void test_any_of_a_run(void **state)
{
    (void)state;
    struct rand r;
    rand_seed(&r, 7);
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t row[ROWS + PICK_SLACK], end[ROWS + PICK_SLACK];
        uint64_t rows[ROWS / 64 + 1], ends[ROWS / 64 + 1], any[ROWS / 64 + 1];
        uint32_t n = 1 + rand_below(&r, ROWS - 1);
        flags(&r, n, 1 + rand_below(&r, 90), row);
        flags(&r, n, 1 + rand_below(&r, 200), end);
        end[n - 1] = 1;
        set_of(row, n, rows);
        set_of(end, n, ends);
        for (uint64_t w = 0, carry = 0; w < pick_words(n); w++)
            any[w] = pick_any(rows[w], ends[w], &carry);
        bool some = false;
        for (uint32_t i = 0; i < n; i++) {
            some |= row[i];
            assert_int_equal(has(any, i), end[i] && some);
            some &= !end[i];
        }
    }
}

static void test_first_of_a_run(void **state)
{
    (void)state;
    struct rand r;
    rand_seed(&r, 9);
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t row[ROWS + PICK_SLACK], end[ROWS + PICK_SLACK];
        uint64_t rows[ROWS / 64 + 1], ends[ROWS / 64 + 1], first[ROWS / 64 + 1];
        uint32_t n = 1 + rand_below(&r, ROWS - 1), pos[ROWS], listed = 0;
        flags(&r, n, 1 + rand_below(&r, 90), row);
        flags(&r, n, 1 + rand_below(&r, 200), end);
        end[n - 1] = 1;
        pick_flags(row, n, rows);
        pick_flags(end, n, ends);
        for (uint64_t w = 0, begin = 1, carry = 0; w < pick_words(n); w++)
            first[w] = pick_first(rows[w], ends[w], &begin, &carry);
        uint32_t found = pick_list(first, pick_words(n), pos);
        bool before = false;
        for (uint32_t i = 0; i < n; i++) {
            bool expected = row[i] && !before;
            assert_int_equal(has(first, i), expected);
            if (expected)
                assert_int_equal(pos[listed++], i);
            before = (before || row[i]) && !end[i];
        }
        assert_int_equal(found, listed);
    }
}

/* Values of every width, few enough of them for repeats. */
static void test_repeated(void **state)
{
    (void)state;
    struct rand r;
    rand_seed(&r, 10);
    for (int round = 0; round < ROUNDS; round++) {
        int64_t value[ROWS], spread = INT64_C(1) << (1 + rand_below(&r, 42));
        uint32_t n = 1 + rand_below(&r, ROWS - 1), first = rand_below(&r, n + 1);
        for (uint32_t i = 0; i < n; i++)
            value[i] = i && rand_below(&r, 2) ? value[i - 1] : (int64_t)rand_u64(&r) & (spread - 1);
        struct buf bytes = {0};
        struct column_view view;
        uint64_t set[ROWS / 64 + 1];
        column_encode(&bytes, COLUMN_TIME, value, n);
        assert_true(column_open(&view, bytes.p, bytes.n));
        pick_repeated(&view, first, n - first, set);
        for (uint32_t i = first; i < first + pick_words(n - first) * 64; i++)
            assert_int_equal(has(set, i - first), i + 1 < n && value[i] == value[i + 1]);
        buf_done(&bytes);
    }
}

static void test_at_least(void **state)
{
    (void)state;
    struct rand r;
    rand_seed(&r, 8);
    for (int round = 0; round < ROUNDS; round++) {
        int64_t value[ROWS], low = (int64_t)(rand_u64(&r) >> 8) - (INT64_C(1) << 54);
        uint64_t step = 1 + rand_u64(&r) % 1000000, spread = UINT64_C(1) << (1 + rand_below(&r, 42));
        uint32_t n = 1 + rand_below(&r, ROWS - 1), first = rand_below(&r, n);
        for (uint32_t i = 0; i < n; i++)
            value[i] = low + (int64_t)(step * (rand_u64(&r) % spread));
        struct buf bytes = {0};
        struct column_view view;
        column_encode(&bytes, COLUMN_TIME, value, n);
        assert_true(column_open(&view, bytes.p, bytes.n));
        for (int k = 0; k < 6; k++) {
            uint64_t set[ROWS / 64 + 1];
            int64_t limit = k == 0   ? INT64_MIN + 1
                            : k == 1 ? INT64_MAX
                                     : value[rand_below(&r, n)] + (int64_t)rand_below(&r, 3) - 1;
            pick_at_least(&view, first, n - first, limit, set);
            for (uint32_t i = 0; i < pick_words(n - first) * 64; i++)
                assert_int_equal(has(set, i), first + i < n && value[first + i] >= limit);
        }
        buf_done(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept_bytes),     cmocka_unit_test(test_any_of_a_run),
        cmocka_unit_test(test_first_of_a_run), cmocka_unit_test(test_at_least),
        cmocka_unit_test(test_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
