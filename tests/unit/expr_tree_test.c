/* expr_tree_test.c - the language against chance: random trees print and parse back to themselves, and
 * damaged texts are refused or understood, never worse. The seed is printed; WM_SEED repeats a run. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/os.h"
#include "base/rand.h"
#include "base/vec.h"
#include "expr_world.h"

#define TREES 10000
#define MUTANTS 100000

static struct rand rng;

static uint64_t seed_now(void)
{
    const char *wanted = getenv("WM_SEED");
    uint64_t seed = wanted ? strtoull(wanted, NULL, 10) : (uint64_t)os_now_us();
    print_message("WM_SEED=%llu\n", (unsigned long long)seed);
    rand_seed(&rng, seed);
    return seed;
}

static int below(int n)
{
    return (int)rand_below(&rng, (uint32_t)n);
}

/* ---- random trees ---- */

static struct str random_text(struct arena *a)
{
    static const char *const pieces[] = {"a",  "Z", "\"", "\\", "`", "]",  " ", "'",  "学", "é",
                                         "\n", "%", "..", "=",  "(", "\t", "0", "--", "$",  "not"};
    struct buf b = {0};
    for (int i = below(8); i > 0; i--)
        buf_puts(&b, pieces[below(20)]);
    struct str s = arena_str(a, buf_view(&b));
    buf_done(&b);
    return s;
}

static double random_number(const struct expr_field *f)
{
    if (f->id == EXPR_FIELD_HOUR)
        return below(24);
    if (f->id == EXPR_FIELD_WEEKDAY)
        return 1 + below(7);
    switch (below(4)) {
    case 0: return below(2001) - 1000;
    case 1: return (double)(below(2000001) - 1000000) / 100;
    case 2: return (double)((int64_t)(rand_u64(&rng) >> 10) - (INT64_C(1) << 53));
    default: return (rand_unit(&rng) - 0.5) * 1e-9;
    }
}

/* Written as the canonical text wants it; the times are the vocabulary's. */
static void random_time(struct arena *a, struct expr_literal *l)
{
    static const char *const tails[] = {
        "", " 00:00:00", " 09:30:05", " 23:59:59.999999", " 10:00:00.5", " 10:00:00Z", " 10:00:00.25-03:30"};
    l->text = str_of(
        arena_printf(a, "20%02d-%02d-%02d%s", below(60), 1 + below(12), 1 + below(28), tails[below(7)]));
    assert_true(world_vocabulary.time(NULL, l->text, &l->time, &l->time_end));
}

static int count(const char *const *list)
{
    int n = 0;
    while (list[n])
        n++;
    return n;
}

static struct expr_literal random_value(struct arena *a, const struct expr_field *f)
{
    struct expr_literal l = {.type = f->type};
    if (f->id == EXPR_FIELD_EVENT)
        l.text = str_of(world_events[below(count(world_events))]);
    else if (f->type == EXPR_TEXT)
        l.text = random_text(a);
    else if (f->type == EXPR_NUMBER)
        l.number = random_number(f);
    else if (f->type == EXPR_BOOL)
        l.truth = below(2);
    else
        random_time(a, &l);
    if (l.number == 0)
        l.number = 0; /* no -0 */
    return l;
}

static struct expr_literal random_item(struct arena *a, const struct expr_field *f)
{
    struct expr_literal low = random_value(a, f);
    if ((f->type != EXPR_NUMBER && f->type != EXPR_TIME) || below(2))
        return low;
    struct expr_literal high = random_value(a, f);
    bool swap = f->type == EXPR_TIME ? low.time > high.time_end : low.number > high.number;
    struct expr_literal first = swap ? high : low;
    first.is_range = true;
    first.high = arena_new(a, struct expr_literal);
    *first.high = swap ? low : high;
    return first;
}

static struct expr_field random_field(enum expr_kind kind)
{
    static const struct expr_field fixed[] = {
        {.name = {"event", 5}, .type = EXPR_TEXT, .id = EXPR_FIELD_EVENT},
        {.name = {"time", 4}, .type = EXPR_TIME, .id = EXPR_FIELD_TIME},
        {.name = {"hour", 4}, .type = EXPR_NUMBER, .id = EXPR_FIELD_HOUR},
        {.name = {"weekday", 7}, .type = EXPR_NUMBER, .id = EXPR_FIELD_WEEKDAY}};
    bool of_user = kind == EXPR_USER_COND || below(3) == 0;
    if (!of_user && below(2))
        return fixed[below(4)];
    const struct world_field *list = of_user ? world_attributes : world_properties;
    int n = 0;
    while (list[n].name)
        n++;
    int i = below(n);
    return (struct expr_field){.name = str_of(list[i].name),
                               .type = list[i].type,
                               .id = i,
                               .of_user = of_user,
                               .qualified = of_user && kind == EXPR_EVENT_COND};
}

static void random_leaf(struct arena *a, enum expr_kind kind, struct expr *e)
{
    static const char *const patterns[] = {"^a", "\\d+\"", "学|生", "", "\\\\"};
    static const enum expr_op ops[] = {EXPR_EQ, EXPR_NE, EXPR_IN, EXPR_IS_NULL, EXPR_NOT_NULL, EXPR_LT,
                                       EXPR_LE, EXPR_GT, EXPR_GE, EXPR_MATCH,   EXPR_NMATCH};
    e->field = random_field(kind);
    bool order = e->field.type == EXPR_NUMBER || e->field.type == EXPR_TIME;
    do
        e->op = ops[below(11)];
    while ((e->op >= EXPR_LT && e->op <= EXPR_GE && !order) ||
           ((e->op == EXPR_MATCH || e->op == EXPR_NMATCH) && e->field.type != EXPR_TEXT));
    if (e->op == EXPR_IS_NULL || e->op == EXPR_NOT_NULL)
        return;
    e->n = e->op == EXPR_IN ? 1 + (size_t)below(4) : 1;
    e->literal = arena_array(a, struct expr_literal, e->n);
    for (size_t i = 0; i < e->n; i++)
        e->literal[i] = e->op == EXPR_IN ? random_item(a, &e->field) : random_value(a, &e->field);
    if (e->op == EXPR_MATCH || e->op == EXPR_NMATCH)
        e->literal->text = str_of(patterns[below(5)]);
}

static void random_set(struct arena *a, struct expr *e)
{
    e->op = EXPR_SET;
    e->n = 1;
    e->field = (struct expr_field){.name = {"event", 5}, .type = EXPR_TEXT, .id = EXPR_FIELD_EVENT};
    e->literal = arena_new(a, struct expr_literal);
    *e->literal =
        (struct expr_literal){.type = EXPR_TEXT, .text = str_of(world_sets[below(count(world_sets))])};
}

static struct expr *random_tree(struct arena *a, enum expr_kind kind, int depth, enum expr_op above)
{
    struct expr *e = arena_new(a, struct expr);
    int what = depth > 0 ? below(5) : 4;
    if (what <= 2) {
        e->op = what == 0 ? EXPR_NOT : what == 1 ? EXPR_AND : EXPR_OR;
        if (e->op != EXPR_NOT && e->op == above)
            e->op = above == EXPR_AND ? EXPR_OR : EXPR_AND;
        e->n = e->op == EXPR_NOT ? 1 : 2 + (size_t)below(3);
        e->child = arena_array(a, struct expr *, e->n);
        for (size_t i = 0; i < e->n; i++)
            e->child[i] = random_tree(a, kind, depth - 1, e->op);
    } else if (kind == EXPR_EVENT_COND && below(8) == 0) {
        random_set(a, e);
    } else {
        random_leaf(a, kind, e);
    }
    return e;
}

static void check_tree(enum expr_kind kind)
{
    struct arena a = {0};
    struct err err = {0};
    struct buf text = {0}, again = {0};
    struct expr *e = random_tree(&a, kind, below(5), EXPR_NOT);
    expr_print(&text, e);
    struct expr *back = expr_parse(&a, buf_view(&text), kind, &world_vocabulary, &err);
    if (!back || !world_same(e, back))
        fail_msg("%s: %s", text.p, back ? "another tree" : err.text);
    expr_print(&again, back);
    assert_string_equal(text.p, again.p);
    buf_done(&text);
    buf_done(&again);
    arena_done(&a);
}

static void test_round_trip(void **state)
{
    (void)state;
    seed_now();
    for (int i = 0; i < TREES; i++)
        check_tree(i % 3 ? EXPR_EVENT_COND : EXPR_USER_COND);
}

/* ---- damaged texts ---- */

/* Splices, deletions, flips, and words and marks of the language in wrong places. */
static void mutate(struct buf *b)
{
    static const char *const words[] = {"and ",     "or ",
                                        "not ",     "in ",
                                        "(",        ")",
                                        "..",       ",",
                                        "\"",       "`",
                                        "[",        "]",
                                        "is null ", "user.",
                                        "\\",       "\xE5",
                                        "\xFF",     "2017-01-",
                                        "~ \"(",    "\"",
                                        "1e9",      "null",
                                        "weekday ", "=",
                                        "!",        "\xEF\xBC\x88",
                                        "\n",       "home ",
                                        "hour ",    "0x"};
    size_t n = b->n;
    char *old = malloc(n + 1); /* not strndup: a mutant may hold NUL */
    memcpy(old, buf_view(b).p, n);
    size_t at = rand_below(&rng, (uint32_t)n + 1);
    size_t gone = rand_below(&rng, 4);
    gone = gone > n - at ? n - at : gone;
    buf_clear(b);
    buf_put(b, old, at);
    int what = below(4);
    if (what == 0)
        buf_puts(b, words[below(30)]);
    else if (what == 1)
        buf_putc(b, (char)below(256));
    else if (what == 2 && n)
        buf_put(b, old, rand_below(&rng, (uint32_t)n));
    buf_put(b, old + at + gone, n - at - gone);
    if (b->n > 400)
        b->n = 400;
    free(old);
}

/* Either a tree that survives printing, or an error that points into the text (or just behind it). */
static bool check_mutant(struct str text, enum expr_kind kind)
{
    struct arena a = {0};
    struct err err = {0};
    struct buf out = {0};
    struct expr *e = expr_parse(&a, text, kind, &world_vocabulary, &err);
    if (e) {
        expr_print(&out, e);
        struct expr *back = expr_parse(&a, buf_view(&out), kind, &world_vocabulary, &err);
        if (!back || !world_same(e, back))
            fail_msg("%.*s: prints to %s: %s", (int)text.n, text.p, out.p, back ? "another tree" : err.text);
    } else {
        assert_int_equal(err.code, ERR_USAGE);
        assert_true(err.text[0] != '\0');
        if (err.column < 1 || err.column > (int)text.n + 1 || err.width < 1 || err.width > (int)text.n + 1)
            fail_msg("%.*s: column %d width %d: %s", (int)text.n, text.p, err.column, err.width, err.text);
        expr_caret(&out, text, &err);
    }
    buf_done(&out);
    arena_done(&a);
    return e != NULL;
}

static void test_mutants(void **state)
{
    (void)state;
    int parsed = 0;
    struct buf text = {0};
    seed_now();
    for (int i = 0; i < MUTANTS; i++) {
        enum expr_kind kind = i % 4 ? EXPR_EVENT_COND : EXPR_USER_COND;
        if (i % 3 == 0) { /* fresh, and then damaged one to three times */
            struct arena a = {0};
            buf_clear(&text);
            expr_print(&text, random_tree(&a, kind, below(4), EXPR_NOT));
            arena_done(&a);
        }
        mutate(&text);
        parsed += check_mutant(buf_view(&text), kind);
    }
    buf_done(&text);
    print_message("%d of %d mutants parse\n", parsed, MUTANTS);
    assert_true(parsed > MUTANTS / 100 && parsed < MUTANTS * 99 / 100); /* both ways were tried */
}

/* Every prefix and every single-byte hole of a rich condition. */
static void test_every_cut(void **state)
{
    (void)state;
    static const char rich[] =
        "not (home or [fund pages]) and user.`home city` in (\"a\"\"b\", \"学\\\"\") and "
        "`3d secure` or time in 2017-01-01..2017-01-31 09:30:00.5Z and weekday in mon..fri "
        "and amount >= -1_000.5e2 and memo !~ \"^\\d+$\" and channel is not null";
    assert_true(check_mutant(str_of(rich), EXPR_EVENT_COND));
    for (size_t n = 0; n < sizeof(rich); n++) {
        char *copy = malloc(sizeof(rich)); /* of its own, so that reading past the end is seen */
        memcpy(copy, rich, n);
        char *cut = realloc(copy, n ? n : 1);
        check_mutant((struct str){cut, n}, EXPR_EVENT_COND);
        free(cut);
        struct buf hole = {0};
        buf_put(&hole, rich, n);
        if (n + 1 < sizeof(rich))
            buf_puts(&hole, rich + n + 1);
        check_mutant(buf_view(&hole), EXPR_EVENT_COND);
        buf_done(&hole);
    }
}

static int open_world(void **state)
{
    (void)state;
    world_open();
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_mutants),
        cmocka_unit_test(test_every_cut),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
