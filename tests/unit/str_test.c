/* Counted strings; the edit distance against the textbook recursion. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/rand.h"
#include "base/str.h"

static void equality_and_order(void **state)
{
    (void)state;
    assert_true(str_eq(STR("ab"), STR("ab")));
    assert_false(str_eq(STR("ab"), STR("abc")));
    assert_true(str_eq((struct str){NULL, 0}, STR("")));
    assert_int_equal(str_of(NULL).n, 0);
    assert_true(str_cmp(STR("a"), STR("b")) < 0);
    assert_true(str_cmp(STR("b"), STR("a")) > 0);
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("ab"), STR("a")) > 0);
    assert_int_equal(str_cmp(STR("ab"), STR("ab")), 0);
    assert_int_equal(str_cmp((struct str){NULL, 0}, STR("")), 0);
    assert_true(str_cmp(STR("\xFF"), STR("a")) > 0); /* bytes are unsigned */
    assert_true(str_cmp((struct str){"a\0b", 3}, (struct str){"a\0c", 3}) < 0);
}

static void case_of_ascii_only(void **state)
{
    (void)state;
    assert_true(str_ieq(STR("AnD"), STR("aNd")));
    assert_false(str_ieq(STR("and"), STR("ands")));
    assert_false(str_ieq(STR("@"), STR("`"))); /* neighbours of A and a */
    assert_false(str_ieq(STR("["), STR("{")));
    assert_false(str_ieq(STR("\xC3\x89"), STR("\xC3\xA9"))); /* É é */
}

static void trims(void **state)
{
    (void)state;
    assert_true(str_eq(str_trim(STR(" \t\r\n a b \n")), STR("a b")));
    assert_int_equal(str_trim(STR(" \t ")).n, 0);
    assert_int_equal(str_trim((struct str){NULL, 0}).n, 0);
    assert_true(str_eq(str_trim(STR("\va")), STR("\va")));
}

static void cuts(void **state)
{
    (void)state;
    struct str rest = STR("a,,bc,");
    assert_true(str_eq(str_cut(&rest, ','), STR("a")));
    assert_true(str_eq(str_cut(&rest, ','), STR("")));
    assert_true(str_eq(str_cut(&rest, ','), STR("bc")));
    assert_non_null(rest.p); /* one empty piece is left */
    assert_true(str_eq(str_cut(&rest, ','), STR("")));
    assert_null(rest.p);
    rest = STR("");
    assert_int_equal(str_cut(&rest, ',').n, 0);
    assert_null(rest.p);
}

static size_t distance_by_definition(struct str a, struct str b)
{
    if (a.n == 0 || b.n == 0)
        return a.n + b.n;
    struct str a1 = {a.p + 1, a.n - 1}, b1 = {b.p + 1, b.n - 1};
    if (a.p[0] == b.p[0])
        return distance_by_definition(a1, b1);
    size_t x = distance_by_definition(a1, b), y = distance_by_definition(a, b1),
           z = distance_by_definition(a1, b1);
    size_t least = x < y ? x : y;
    return 1 + (least < z ? least : z);
}

static void distances(void **state)
{
    (void)state;
    assert_int_equal(str_distance(STR("kitten"), STR("sitting"), 9), 3);
    assert_int_equal(str_distance(STR("saturday"), STR("sunday"), 9), 3);
    assert_int_equal(str_distance(STR("saturday"), STR("sunday"), 2), 3);
    assert_int_equal(str_distance(STR("saturday"), STR("x"), 2), 3);
    assert_int_equal(str_distance(STR(""), STR(""), 0), 0);
    struct rand r;
    rand_seed(&r, 5);
    for (int i = 0; i < 3000; i++) {
        char x[6], y[6];
        struct str a = {x, rand_below(&r, 7)}, b = {y, rand_below(&r, 7)};
        for (size_t k = 0; k < 6; k++) {
            x[k] = (char)('a' + rand_below(&r, 3));
            y[k] = (char)('a' + rand_below(&r, 3));
        }
        size_t want = distance_by_definition(a, b), limit = rand_below(&r, 8);
        assert_int_equal(str_distance(a, b, limit), want > limit ? limit + 1 : want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality_and_order),
        cmocka_unit_test(case_of_ascii_only),
        cmocka_unit_test(trims),
        cmocka_unit_test(cuts),
        cmocka_unit_test(distances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
