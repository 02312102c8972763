/* node_name_test.c - every name, and every link of two names, is read back as it was written; names that look
 * like a special one, or a set, do not mean it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/rand.h"
#include "model/node_name.h"

enum { ROUNDS = 200000 };

static struct str random_name(struct rand *r, char *out)
{
    static const char *const piece[] = {"\\",    ">",       " ",     " > ",  "a",
                                        "(end)", "(other)", "[set]", "支付", "(...)"};
    size_t n = 0;
    for (uint32_t k = 1 + rand_below(r, 6); k > 0; k--)
        n += (size_t)snprintf(out + n, 64 - n, "%s", piece[rand_below(r, 10)]);
    return (struct str){out, n};
}

static void reads_back(void **state)
{
    struct rand r;
    struct arena a = {0};
    (void)state;
    rand_seed(&r, 20261122);
    for (int i = 0; i < ROUNDS; i++) {
        char one[64], other[64];
        struct buf b = {0};
        struct str from = random_name(&r, one), to = random_name(&r, other), x, y;
        node_name_put_link(&b, from, to);
        assert_true(node_name_read(buf_view(&b), &x, &y, &a));
        assert_true(str_eq(x, from) && str_eq(y, to));
        buf_clear(&b);
        node_name_put(&b, from);
        assert_false(node_name_read(buf_view(&b), &x, &y, &a));
        assert_true(str_eq(x, from));
        buf_done(&b);
        arena_done(&a);
    }
}

static void events_are_told_from_nodes(void **state)
{
    struct rand r;
    struct arena a = {0};
    const struct str set[] = {{"[set]", 5}};
    (void)state;
    rand_seed(&r, 7);
    for (int i = 0; i < ROUNDS; i++) {
        char text[64];
        struct str event = random_name(&r, text), name = node_name_of(event, set, 1, &a);
        assert_false(node_name_is_special(name) || str_eq(name, set[0]));
        assert_true(str_eq(node_name_event(name, set, 1), event));
        arena_done(&a);
    }
    assert_true(node_name_is_special(STR("(...)")) && node_name_is_special(STR("(start)")));
}

/* As doc/PATHS.md says it. */
static void is_written_as_documented(void **state)
{
    struct buf b = {0};
    struct arena a = {0};
    (void)state;
    node_name_put_link(&b, STR("a > b"), STR("c"));
    assert_string_equal(b.p, "a \\> b > c");
    assert_true(str_eq(node_name_of(STR("(end)"), NULL, 0, &a), STR("\\(end)")));
    assert_true(str_eq(node_name_of(STR("\\(end)"), NULL, 0, &a), STR("\\\\(end)")));
    buf_done(&b);
    arena_done(&a);
}

/* A > that has no word on one of its sides is no link's when it leads, and leads nowhere when it ends the
 * text. */
static void half_a_link(void **state)
{
    struct arena a = {0};
    struct str from, to;
    (void)state;
    assert_false(node_name_read(STR("> a"), &from, &to, &a));
    assert_true(str_eq(from, STR("> a")));
    assert_true(node_name_read(STR("a > "), &from, &to, &a));
    assert_true(str_eq(from, STR("a")) && to.n == 0);
    assert_false(node_name_read(STR("a >"), &from, &to, &a));
    assert_true(str_eq(from, STR("a >")));
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back), cmocka_unit_test(events_are_told_from_nodes),
        cmocka_unit_test(is_written_as_documented), cmocka_unit_test(half_a_link)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
