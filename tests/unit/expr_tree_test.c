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

/* A page set, tag or segment: the first three of each are sound. Its definition is what parsing makes of it.
 */
static void random_name(struct arena *a, enum expr_kind kind, struct expr *e)
{
    bool of_event = kind == EXPR_EVENT_COND, tag = !of_event && below(2);
    const struct world_name *d = (of_event ? world_sets : tag ? world_tags : world_segments) + below(3);
    struct err err = {0};
    e->op = of_event ? EXPR_SET : tag ? EXPR_TAG : EXPR_SEGMENT;
    e->n = 1;
    if (of_event)
        e->field = (struct expr_field){.name = {"event", 5}, .type = EXPR_TEXT, .id = EXPR_FIELD_EVENT};
    e->literal = arena_new(a, struct expr_literal);
    *e->literal = (struct expr_literal){.type = EXPR_TEXT, .text = str_of(d->name)};
    e->definition = expr_parse(a, str_of(d->condition), kind, &world_vocabulary, &err);
    assert_non_null(e->definition);
}

/* ---- random calls ---- */

static struct expr *random_tree(struct arena *a, enum expr_kind kind, int depth, enum expr_op above);

static struct expr_step random_step(struct arena *a)
{
    struct expr_step s = {.event = random_tree(a, EXPR_EVENT_COND, below(3), EXPR_NOT)};
    if (below(3) == 0)
        s.where = random_tree(a, EXPR_EVENT_COND, below(3), EXPR_NOT);
    return s;
}

static struct str random_duration(struct arena *a, int64_t *us, int64_t *days)
{
    static const struct {
        const char *unit;
        int64_t us, days;
    } units[] = {{"s", 1000000, 0},
                 {"m", 60000000, 0},
                 {"h", 3600000000, 0},
                 {"d", 86400000000, 1},
                 {"w", 604800000000, 7}};
    int u = below(5), n = 1 + below(99);
    *us = n * units[u].us;
    *days = n * units[u].days;
    return str_of(arena_printf(a, "%d%s", n, units[u].unit));
}

static void random_period(struct arena *a, struct expr_period *p)
{
    int64_t us, days, first;
    struct expr_literal low = {0}, high = {0};
    *p = (struct expr_period){.from = INT64_MIN, .to = INT64_MAX, .kind = (enum expr_period_kind)below(4)};
    if (p->kind == EXPR_LAST_SPAN || p->kind == EXPR_OLDER_SPAN) {
        p->text[0] = random_duration(a, &us, &days);
        world_vocabulary.since(NULL, us, days, &first);
        if (p->kind == EXPR_LAST_SPAN)
            p->from = first;
        else
            p->to = first - 1;
    } else if (p->kind == EXPR_BETWEEN) {
        random_time(a, &low);
        random_time(a, &high);
        bool swap = low.time > high.time_end, single = below(3) == 0;
        const struct expr_literal *from = swap ? &high : &low, *to = single ? from : swap ? &low : &high;
        *p = (struct expr_period){
            EXPR_BETWEEN, {from->text, single ? (struct str){0} : to->text}, from->time, to->time_end};
    }
}

static void random_sequence(struct arena *a, struct expr_call *c)
{
    int64_t unused;
    c->steps = 2 + (size_t)below(4);
    c->step = arena_array(a, struct expr_step, c->steps);
    for (size_t i = 0; i < c->steps; i++) {
        c->step[i] = random_step(a);
        c->step[i].absent = i > 0 && i + 1 < c->steps && below(3) == 0;
    }
    c->within = INT64_MAX;
    if (below(2))
        c->within_text = random_duration(a, &c->within, &unused);
}

/* Values of amount, a number; or of booked, a time, for min and max; or of anything for distinct. */
static struct expr_field random_of(const struct expr_call *c)
{
    bool any = c->function == EXPR_DISTINCT, ordered = c->function == EXPR_MIN || c->function == EXPR_MAX;
    int i = any ? below(12) : ordered && below(2) ? 4 : 2;
    return (struct expr_field){
        .name = str_of(world_properties[i].name), .type = world_properties[i].type, .id = i};
}

static void random_call(struct arena *a, struct expr *e)
{
    static const char *const names[] = {"did",      "sum",   "avg",  "min",  "max",
                                        "distinct", "first", "last", "days", "sequence"};
    struct expr_call *c = e->call = arena_new(a, struct expr_call);
    c->function = (enum expr_function)below(10);
    e->field =
        (struct expr_field){.name = str_of(names[c->function]), .type = EXPR_NUMBER, .id = EXPR_FIELD_CALL};
    random_period(a, &c->period);
    if (c->function == EXPR_IN_ORDER) {
        e->op = EXPR_SEQUENCE;
        e->field.type = EXPR_BOOL;
        random_sequence(a, c);
        return;
    }
    c->steps = 1;
    c->step = arena_new(a, struct expr_step);
    *c->step = random_step(a);
    if (c->function >= EXPR_SUM && c->function <= EXPR_DISTINCT)
        c->of = random_of(c);
    bool time = c->function == EXPR_FIRST || c->function == EXPR_LAST ||
                (c->function != EXPR_DISTINCT && c->of.type == EXPR_TIME);
    e->field.type = time ? EXPR_TIME : EXPR_NUMBER;
    e->op = (enum expr_op)(EXPR_EQ + below(7)); /* = != < <= > >= in */
    e->n = e->op == EXPR_IN ? 1 + (size_t)below(3) : 1;
    e->literal = arena_array(a, struct expr_literal, e->n);
    for (size_t i = 0; i < e->n; i++)
        e->literal[i] = e->op == EXPR_IN ? random_item(a, &e->field) : random_value(a, &e->field);
    if (time && below(4) == 0) {
        int64_t us, days;
        e->op = EXPR_OLDER;
        e->n = 1;
        *e->literal = (struct expr_literal){.type = EXPR_TIME, .text = random_duration(a, &us, &days)};
        world_vocabulary.since(NULL, us, days, &e->literal->time);
        e->literal->time_end = e->literal->time;
    }
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
    } else if (below(8) == 0) {
        random_name(a, kind, e);
    } else if (kind == EXPR_USER_COND && below(3) == 0) {
        random_call(a, e);
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
    static const char *const words[] = {"and ",       "or ",
                                        "not ",       "in ",
                                        "(",          ")",
                                        "..",         ",",
                                        "\"",         "`",
                                        "[",          "]",
                                        "is null ",   "user.",
                                        "\\",         "\xE5",
                                        "\xFF",       "2017-01-",
                                        "~ \"(",      "\"",
                                        "1e9",        "null",
                                        "weekday ",   "=",
                                        "!",          "\xEF\xBC\x88",
                                        "\n",         "home ",
                                        "hour ",      "0x",
                                        "did(",       "sum(amount of ",
                                        " where ",    ", last 30d",
                                        "sequence(",  " > not ",
                                        " within 7d", "tag.",
                                        "segment(",   " older than 2w"};
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
        buf_puts(b, words[below(40)]);
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

static void cut_everywhere(const char *rich, enum expr_kind kind)
{
    size_t size = strlen(rich) + 1;
    for (size_t n = 0; n < size; n++) {
        char *copy = malloc(size); /* of its own, so that reading past the end is seen */
        memcpy(copy, rich, n);
        char *cut = realloc(copy, n ? n : 1);
        check_mutant((struct str){cut, n}, kind);
        free(cut);
        struct buf hole = {0};
        buf_put(&hole, rich, n);
        if (n + 1 < size)
            buf_puts(&hole, rich + n + 1);
        check_mutant(buf_view(&hole), kind);
        buf_done(&hole);
    }
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
    cut_everywhere(rich, EXPR_EVENT_COND);
}

static void test_every_cut_of_user(void **state)
{
    (void)state;
    static const char rich[] =
        "tag.young and not segment(\"high intent\") or did(transfer where result != \"ok\", last 30d) >= 2 "
        "and sum(amount of [fund pages] where ok = true, 2017-01-01..2017-01-31) > 5_0 and "
        "last(login, older than 12h) older than 2w and sequence(home > not login > (amount > 5) where home "
        "within 7d, 2017-01-05) or distinct(event of event is not null) in (1, 3..5) and first(home) is null";
    assert_true(check_mutant(str_of(rich), EXPR_USER_COND));
    cut_everywhere(rich, EXPR_USER_COND);
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
        cmocka_unit_test(test_every_cut_of_user),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
