/* condition_test.c - the editable condition: random edits beside a list of texts, and its text beside the
 * language's own parser and printer and the truth of both. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "app/condition.h"
#include "app/initials.h"
#include "base/rand.h"

/* ---- a vocabulary without a store: attributes a … h, numbers */

static bool field(void *arg, struct str name, bool of_user, struct expr_field *out)
{
    (void)arg;
    if (name.n != 1 || name.p[0] < 'a' || name.p[0] > 'h' || !of_user)
        return false;
    out->id = 100 + name.p[0];
    out->type = EXPR_NUMBER;
    return true;
}

static bool event(void *arg, struct str name)
{
    (void)arg, (void)name;
    return false;
}

static void names(void *arg, char kind, void (*each)(void *ctx, struct str name), void *ctx)
{
    (void)arg, (void)kind, (void)each, (void)ctx;
}

static bool no_time(void *arg, struct str text, int64_t *first, int64_t *last)
{
    (void)arg, (void)text, (void)first, (void)last;
    return false;
}

static const struct expr_vocabulary vocabulary = {
    .field = field, .event = event, .names = names, .time = no_time};

/* ---- truth: bit k of `world` says whether the leaf "x = 1" with x = 'a' + k holds */

static bool holds(const struct condition *c, unsigned world)
{
    bool truth = c->op == CONDITION_AND;
    if (c->op == CONDITION_LEAF)
        truth = world >> (c->text[0] - 'a') & 1;
    for (size_t i = 0; i < c->child.n; i++) {
        const struct condition *child = c->child.at[i];
        if (child->op != CONDITION_LEAF && !condition_rows(child))
            continue; /* an empty group asks for nothing */
        bool one = holds(child, world);
        truth = c->op == CONDITION_AND ? truth && one : truth || one;
    }
    return truth != c->negated;
}

static bool expr_holds(const struct expr *e, unsigned world)
{
    bool truth = e->op == EXPR_AND;
    switch (e->op) {
    case EXPR_NOT: return !expr_holds(e->child[0], world);
    case EXPR_AND:
    case EXPR_OR:
        for (size_t i = 0; i < e->n; i++)
            truth = e->op == EXPR_AND ? truth && expr_holds(e->child[i], world)
                                      : truth || expr_holds(e->child[i], world);
        return truth;
    default: return world >> (e->field.name.p[0] - 'a') & 1;
    }
}

/* Whether somewhere a group has no leaf below it: what it asks for is then left to the text. */
static bool has_empty_group(struct condition *root)
{
    struct condition_place at;
    for (size_t row = 0; condition_at(root, row, &at); row++)
        if (at.node->op != CONDITION_LEAF) {
            struct buf text = {0};
            condition_put(&text, at.node);
            bool empty = text.n == 0;
            buf_done(&text);
            if (empty)
                return true;
        }
    return false;
}

static void check_text(struct condition *root, uint64_t seed)
{
    struct buf text = {0}, again = {0};
    struct arena arena = {0};
    struct err err = {0};
    condition_put(&text, root);
    struct condition *back = condition_parse(buf_view(&text), &vocabulary, &err);
    if (!back)
        fail_msg("seed %llu: %s: %s", (unsigned long long)seed, text.p, err.text);
    condition_put(&again, back);
    if (!str_eq(buf_view(&text), buf_view(&again)))
        fail_msg("seed %llu: %s became %s", (unsigned long long)seed, text.p, again.p);
    const struct expr *e =
        text.n ? expr_parse(&arena, buf_view(&text), EXPR_USER_COND, &vocabulary, &err) : NULL;
    if (e) {
        buf_clear(&again);
        expr_print(&again, e);
        if (!str_eq(buf_view(&text), buf_view(&again)))
            fail_msg("seed %llu: not canonical: %s, %s", (unsigned long long)seed, text.p, again.p);
    }
    bool whole = e && !has_empty_group(root);
    for (unsigned world = 0; whole && world < 256; world++)
        if (holds(root, world) != expr_holds(e, world))
            fail_msg("seed %llu: %s is not what the tree says in world %x", (unsigned long long)seed, text.p,
                     world);
    condition_free(back);
    arena_done(&arena);
    buf_done(&text);
    buf_done(&again);
}

/* ---- random edits */

static struct condition *some_leaf(struct rand *r)
{
    char text[] = "a = 1";
    text[0] = (char)('a' + rand_below(r, 8));
    struct condition *leaf = condition_leaf(str_of(text));
    leaf->negated = rand_below(r, 4) == 0;
    return leaf;
}

static size_t edit(struct condition *root, struct rand *r)
{
    size_t row = (size_t)rand_below(r, (uint32_t)condition_rows(root) + 1);
    switch (rand_below(r, 10)) {
    case 0:
    case 1: return condition_add(root, row, some_leaf(r));
    case 2: return condition_join(root, row, CONDITION_OR, some_leaf(r));
    case 3: return condition_join(root, row, CONDITION_AND, some_leaf(r));
    case 4: return condition_wrap(root, row, rand_below(r, 2) ? CONDITION_OR : CONDITION_AND);
    case 5: return condition_negate(root, row);
    case 6: return condition_group_with_next(root, row);
    case 7: return condition_ungroup(root, row);
    case 8:
        return rand_below(r, 2) ? condition_delete(root, row) : condition_replace(root, row, some_leaf(r));
    default: return condition_move(root, row, rand_below(r, 2) ? 1 : -1);
    }
}

static void test_random_edits(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct rand r;
        rand_seed(&r, seed);
        struct condition *root = condition_group(CONDITION_AND);
        for (int i = 0; i < 40; i++) {
            size_t row = edit(root, &r), rows = condition_rows(root);
            if (row != SIZE_MAX && row > rows)
                fail_msg("seed %llu: cursor %zu of %zu rows", (unsigned long long)seed, row, rows);
            check_text(root, seed);
            struct condition *copy = condition_copy(root);
            check_text(copy, seed);
            condition_free(root);
            root = copy;
        }
        condition_free(root);
    }
}

/* ---- single edits, by hand */

static void check_edit(const char *from, size_t row, char what, const char *to)
{
    struct err err = {0};
    struct buf text = {0};
    struct condition *root = condition_parse(str_of(from), &vocabulary, &err);
    assert_non_null(root);
    switch (what) {
    case '|': condition_wrap(root, row, CONDITION_OR); break;
    case '!': condition_negate(root, row); break;
    case '(': condition_group_with_next(root, row); break;
    case ')': condition_ungroup(root, row); break;
    case 'd': condition_delete(root, row); break;
    case '.': condition_move(root, row, 1); break;
    case 'o': condition_join(root, row, CONDITION_OR, condition_leaf(STR("h = 1"))); break;
    default: condition_add(root, row, condition_leaf(STR("h = 1"))); break;
    }
    condition_put(&text, root);
    assert_string_equal(text.n ? text.p : "", to);
    buf_done(&text);
    condition_free(root);
}

static void test_edits(void **state)
{
    (void)state;
    check_edit("", 0, 'a', "h = 1");
    check_edit("a = 1", 0, 'a', "a = 1 and h = 1");
    check_edit("a = 1 and b = 1", 0, 'a', "a = 1 and h = 1 and b = 1");
    check_edit("a = 1 and b = 1", 1, 'o', "a = 1 and (b = 1 or h = 1)");
    check_edit("a = 1 and (b = 1 or c = 1)", 1, 'a', "a = 1 and (b = 1 or c = 1 or h = 1)");
    check_edit("a = 1 and b = 1", 2, 'o',
               "a = 1 and b = 1 or h = 1"); /* the last line stands for the whole */
    check_edit("a = 1 and b = 1 and c = 1", 0, '(', "(a = 1 or b = 1) and c = 1");
    check_edit("a = 1 and (b = 1 or c = 1)", 1, ')', "a = 1 and b = 1 and c = 1");
    check_edit("a = 1 and not (b = 1 or c = 1)", 2, ')', "a = 1 and not b = 1 and not c = 1");
    check_edit("a = 1 and b = 1", 1, '!', "a = 1 and not b = 1");
    check_edit("a = 1 and not b = 1", 1, '!', "a = 1 and b = 1");
    check_edit("a = 1 and b = 1", 0, '.', "b = 1 and a = 1");
    check_edit("a = 1 or b = 1", 1, 'd', "a = 1");
    check_edit("a = 1 and (b = 1 or c = 1)", 2, 'd', "a = 1 and c = 1");
    check_edit("not (a = 1 and b = 1)", 0, 'd', "");
    check_edit("not not a = 1", 0, '!', "not a = 1");
    check_edit("a = 1 and b = 1", 2, '|', "a = 1 or b = 1");
}

static void test_wrong_text(void **state)
{
    (void)state;
    struct err err = {0};
    assert_null(condition_parse(STR("a = 1 and z = 2"), &vocabulary, &err));
    assert_int_equal(err.column, 11);
}

static void test_initials(void **state)
{
    (void)state;
    assert_true(initials_match(STR("持有理财"), STR("cylc")));
    assert_true(initials_match(STR("持有理财"), STR("lc")));
    assert_true(initials_match(STR("5万–20万元"), STR("20wy")));
    assert_true(initials_match(STR("银行"), STR("yh"))); /* a second sound */
    assert_true(initials_match(STR("银行"), STR("yx")));
    assert_true(initials_match(STR("持有信用卡"), STR("xyk")));
    assert_false(initials_match(STR("持有理财"), STR("cl")));
    assert_false(initials_match(STR("理财"), STR("lcx")));
    assert_false(initials_match(STR("理财"), STR("")));
    assert_false(initials_match(STR("\xff\xfe"), STR("a")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_random_edits),
        cmocka_unit_test(test_wrong_text),
        cmocka_unit_test(test_initials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
