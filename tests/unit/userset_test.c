/* userset_test.c - sets of users against an array of flags. WM_SEED repeats a run. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/os.h"
#include "base/rand.h"
#include "model/userset.h"

#define USERS_MOST 200003

struct flags {
    uint8_t at[USERS_MOST];
};

static struct rand rng;

/* Dense, sparse, runs and single members; every container kind occurs. */
static void fill(struct flags *f, uint32_t users)
{
    uint32_t u = 0;
    memset(f, 0, sizeof(*f));
    while (u < users) {
        uint32_t n = 1 + rand_below(&rng, 70000), kind = rand_below(&rng, 4);
        for (uint32_t i = 0; i < n && u < users; i++, u++)
            f->at[u] = kind == 0   ? 0
                       : kind == 1 ? 1
                       : kind == 2 ? rand_below(&rng, 2) == 0
                                   : rand_below(&rng, 300) == 0;
    }
}

static struct userset *set_of(const struct flags *f, uint32_t users)
{
    uint64_t *word = mem_alloc((users / 64 + 1) * sizeof(*word));
    memset(word, 0xA5, (users / 64 + 1) * sizeof(*word)); /* bits behind the last user are anything */
    for (uint32_t u = 0; u < users; u++) {
        word[u / 64] &= ~(UINT64_C(1) << (u % 64));
        word[u / 64] |= (uint64_t)f->at[u] << (u % 64);
    }
    struct userset *s = userset_of_words(word, users);
    free(word);
    return s;
}

static void check(const struct userset *s, uint32_t users, const struct flags *a, const struct flags *b,
                  int op)
{
    uint64_t *word = userset_words(s, users);
    uint64_t n = 0;
    for (uint32_t u = 0; u < users; u++) {
        int x = a->at[u], y = b->at[u];
        int wanted = op == 0 ? x && y : op == 1 ? x || y : op == 2 ? x && !y : !x;
        n += (uint64_t)wanted;
        if ((word[u / 64] >> (u % 64) & 1) != (uint64_t)wanted)
            fail_msg("operation %d, user %u of %u", op, u, users);
    }
    assert_int_equal(userset_count(s), n);
    free(word);
}

static void test_operations(void **state)
{
    (void)state;
    const char *wanted = getenv("WM_SEED");
    uint64_t seed = wanted ? strtoull(wanted, NULL, 10) : (uint64_t)os_now_us();
    struct flags *a = mem_alloc(sizeof(*a)), *b = mem_alloc(sizeof(*b));
    print_message("WM_SEED=%llu\n", (unsigned long long)seed);
    rand_seed(&rng, seed);
    for (int round = 0; round < 60; round++) {
        uint32_t users = round < 3 ? (uint32_t[]){0, 1, 65536}[round] : 1 + rand_below(&rng, USERS_MOST);
        fill(a, users);
        fill(b, users);
        struct userset *x = set_of(a, users), *y = set_of(b, users);
        struct userset *made[] = {userset_and(x, y), userset_or(x, y), userset_andnot(x, y),
                                  userset_not(x, users)};
        for (int op = 0; op < 4; op++) {
            check(made[op], users, a, b, op);
            userset_free(made[op]);
        }
        struct userset *both = userset_and(x, y), *copy = userset_copy(both);
        assert_int_equal(userset_and_count(x, y), userset_count(both));
        check(copy, users, a, b, 0);
        uint64_t *xs = userset_words(x, users), *ys = userset_words(y, users);
        assert_int_equal(userset_words_and_count(xs, ys, users / 64 + 1), userset_count(both));
        free(xs);
        free(ys);
        userset_add(copy, users);
        assert_true(userset_has(copy, users) && !userset_has(both, users));
        userset_free(copy);
        userset_free(both);
        userset_free(x);
        userset_free(y);
    }
    free(a);
    free(b);
}

static void test_list(void **state)
{
    (void)state;
    struct userset *s = userset_new();
    uint32_t got[4];
    assert_int_equal(userset_list(s, 0, got, 4), 0);
    static const uint32_t members[] = {0, 7, 65535, 65536, 4294967295u};
    for (int i = 0; i < 5; i++)
        userset_add(s, members[i]);
    assert_int_equal(userset_list(s, 0, got, 4), 4);
    assert_memory_equal(got, members, sizeof(got));
    assert_int_equal(userset_list(s, 8, got, 2), 2);
    assert_int_equal(got[0], 65535);
    assert_int_equal(got[1], 65536);
    assert_int_equal(userset_list(s, 65537, got, 4), 1);
    assert_int_equal(got[0], 4294967295u);
    struct userset *all = userset_all(70000);
    assert_int_equal(userset_count(all), 70000);
    assert_true(userset_has(all, 69999) && !userset_has(all, 70000));
    userset_free(all);
    userset_free(s);
    userset_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_operations), cmocka_unit_test(test_list)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
