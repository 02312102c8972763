/* Strings to numbers, against a table kept beside it; and collisions forced through the hashed calls. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/intern.h"
#include "base/rand.h"

static void numbers_in_order_of_appearance(void **state)
{
    (void)state;
    struct intern *t = intern_new();
    assert_int_equal(intern_count(t), 0);
    assert_int_equal(intern_find(t, STR("a")), INTERN_NONE);
    assert_int_equal(intern_add(t, STR("a")), 0);
    assert_int_equal(intern_add(t, STR("")), 1);
    assert_int_equal(intern_add(t, (struct str){"a\0", 2}), 2);
    assert_int_equal(intern_add(t, (struct str){NULL, 0}), 1);
    assert_int_equal(intern_add(t, STR("a")), 0);
    assert_int_equal(intern_find(t, STR("")), 1);
    assert_int_equal(intern_find(t, STR("b")), INTERN_NONE);
    assert_int_equal(intern_count(t), 3);
    assert_true(str_eq(intern_get(t, 2), (struct str){"a\0", 2}));
    intern_free(t);
    intern_free(NULL);
}

static void copies_and_keeps_still(void **state)
{
    (void)state;
    struct intern *t = intern_new();
    char text[] = "volatile";
    intern_add(t, str_of(text));
    const char *first = intern_get(t, 0).p;
    memset(text, 'x', sizeof(text) - 1);
    for (int i = 0; i < 100000; i++) {
        char name[16];
        int n = snprintf(name, sizeof(name), "%d", i);
        intern_add(t, (struct str){name, (size_t)n});
    }
    assert_ptr_equal(intern_get(t, 0).p, first);
    assert_true(str_eq(intern_get(t, 0), STR("volatile")));
    intern_free(t);
}

/* 200,000 operations over 20,000 possible keys; `known` is the second opinion. */
static void against_a_plain_table(void **state)
{
    (void)state;
    enum { KEYS = 20000 };
    uint32_t *known = malloc(KEYS * sizeof(*known)), count = 0;
    assert_non_null(known);
    for (int i = 0; i < KEYS; i++)
        known[i] = INTERN_NONE;
    struct intern *t = intern_new();
    struct rand r;
    rand_seed(&r, 77);
    for (int i = 0; i < 200000; i++) {
        uint32_t key = rand_below(&r, KEYS);
        char text[64];
        int n = snprintf(text, sizeof(text), "%.*s%u", (int)(key % 40),
                         "a common beginning for many different keys", key);
        struct str s = {text, (size_t)n};
        if (rand_below(&r, 4) == 0) {
            assert_int_equal(intern_find(t, s), known[key]);
            continue;
        }
        if (known[key] == INTERN_NONE)
            known[key] = count++;
        assert_int_equal(intern_add(t, s), known[key]);
        assert_true(str_eq(intern_get(t, known[key]), s));
        assert_int_equal(intern_hash_of(t, known[key]), intern_hash(s));
    }
    assert_int_equal(intern_count(t), count);
    intern_free(t);
    free(known);
}

/* Equal hashes, and hashes that meet in one slot only: the bytes decide, and no number is lost when the table
 * grows. */
static void collisions(void **state)
{
    (void)state;
    struct intern *t = intern_new();
    for (uint32_t i = 0; i < 2000; i++) {
        char text[16];
        int n = snprintf(text, sizeof(text), "k%u", i);
        uint64_t hash = i % 2 ? UINT64_C(0x1234567800000007) : (uint64_t)i << 32 | 7;
        assert_int_equal(intern_add_hashed(t, (struct str){text, (size_t)n}, hash), i);
    }
    for (uint32_t i = 0; i < 2000; i++) {
        char text[16];
        int n = snprintf(text, sizeof(text), "k%u", i);
        uint64_t hash = i % 2 ? UINT64_C(0x1234567800000007) : (uint64_t)i << 32 | 7;
        struct str s = {text, (size_t)n};
        assert_int_equal(intern_find_hashed(t, s, hash), i);
        assert_int_equal(intern_hash_of(t, i), hash);
        assert_int_equal(intern_find_hashed(t, s, hash ^ 1), INTERN_NONE); /* another hash is another key */
    }
    intern_free(t);
}

static void long_strings(void **state)
{
    (void)state;
    size_t n = 10 << 20;
    char *big = malloc(n);
    assert_non_null(big);
    memset(big, 'q', n);
    struct intern *t = intern_new();
    assert_int_equal(intern_add(t, (struct str){big, n}), 0);
    assert_int_equal(intern_add(t, (struct str){big, n - 1}), 1);
    assert_int_equal(intern_add(t, STR("small")), 2);
    assert_int_equal(intern_find(t, (struct str){big, n}), 0);
    assert_true(str_eq(intern_get(t, 1), (struct str){big, n - 1}));
    intern_free(t);
    free(big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_in_order_of_appearance),
        cmocka_unit_test(copies_and_keeps_still),
        cmocka_unit_test(against_a_plain_table),
        cmocka_unit_test(collisions),
        cmocka_unit_test(long_strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
