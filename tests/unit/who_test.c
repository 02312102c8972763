/* who_test.c - who("…"): the same customers that --users lists, for every analysis that lists any, and a
 * funnel's lost counted by hand; alone, negated, inside one another, and inside segments. WAYMARK_SEED
 * repeats a run. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/audience.h"
#include "analysis_log.h"
#include "model/registry.h"

struct world {
    struct log log;
    struct env *env;
    struct snapshot *snapshot;
    struct schema *schema;
    struct audience audience;
    uint64_t seed;
};

/* What segment(saved) stands for. */
static void save(struct world *w, const char *text)
{
    struct err err = {0};
    assert_true(segments_save(schema_segments(w->schema), STR("saved"), str_of(text), 1, &err));
}

static void open_world(struct world *w, struct rand *r, uint64_t seed)
{
    struct err err = {0};
    *w = (struct world){.seed = seed};
    log_random(&w->log, r, log_small(r));
    w->env = log_fake(&w->log);
    w->snapshot = snapshot_open(w->env, &err);
    w->schema = schema_new(w->snapshot, NULL, &err);
    if (!w->schema)
        fail_msg("%s", err.text);
    w->audience = (struct audience){w->snapshot,          w->schema, schema_zone(w->schema), pool_new(2),
                                    audience_cache_new(), NULL};
}

static void close_world(struct world *w)
{
    audience_cache_free(w->audience.cache);
    pool_free(w->audience.pool);
    schema_free(w->schema);
    snapshot_close(w->snapshot);
    log_fake_free(w->env);
    log_done(&w->log);
}

static struct userset *find(struct world *w, const char *text)
{
    struct arena a = {0};
    struct err err = {0};
    const struct expr *e = expr_parse(&a, str_of(text), EXPR_USER_COND, schema_vocabulary(w->schema), &err);
    struct userset *set = e ? audience_find(&w->audience, e, &err) : NULL;
    if (!set)
        fail_msg("seed %llu: %s: %s", (unsigned long long)w->seed, text, err.text);
    arena_done(&a);
    return set;
}

static void expect_fails(struct world *w, const char *text, int column, int width, const char *message)
{
    struct arena a = {0};
    struct err err = {0};
    const struct expr *e = expr_parse(&a, str_of(text), EXPR_USER_COND, schema_vocabulary(w->schema), &err);
    if (e || err.column != column || err.width != width || !strstr(err.text, message))
        fail_msg("%s: wanted %d+%d %s, got %d+%d %s", text, column, width, message, err.column, err.width,
                 e ? "no error" : err.text);
    arena_done(&a);
}

static void expect_prints(struct world *w, const char *text, const char *canonical)
{
    struct arena a = {0};
    struct err err = {0};
    struct buf once = {0};
    const struct expr *e = expr_parse(&a, str_of(text), EXPR_USER_COND, schema_vocabulary(w->schema), &err);
    if (!e)
        fail_msg("%s: %s", text, err.text);
    expr_print(&once, e);
    assert_string_equal(once.p, canonical);
    buf_done(&once);
    arena_done(&a);
}

/* ---- every analysis that lists somebody ---- */

/* What it must be asked, as simple as can be. False: this test does not know how. */
static bool simplest(struct query *q, const struct analysis_info *a)
{
    query_init(q, a->id);
    for (const struct param_info *p = a->param; p->name; p++) {
        if (!p->required)
            continue;
        if (p->kind != PARAM_CONDITION && p->kind != PARAM_SEGMENT)
            return false;
        query_add(q, p->name, p->kind == PARAM_SEGMENT ? "did(home) >= 1 or age > 30" : "home");
        if (p->repeat)
            query_add(q, p->name, "event != \"home\"");
    }
    if (registry_param(a, "did")) /* one of several that look for somebody */
        query_add(q, "did", "home");
    return true;
}

/* The customers that a list names are those of the condition, and nobody else. */
static void compare(struct world *w, const struct query *q, const char *who)
{
    struct query list;
    struct buf text = {0};
    query_copy(&list, q);
    query_set(&list, "users", who);
    assert_true(query_who(q, who, &text));
    struct result *r = log_ask(w->env, &list, w->seed);
    struct userset *set = find(w, text.p);
    log_expect(userset_count(set) == r->rows.n, w->seed, &list, "as many");
    for (size_t i = 0; i < r->rows.n; i++) {
        uint32_t user;
        struct err err = {0};
        assert_true(dict_find(w->snapshot, COL_USER, rows_get(&r->rows, i, "user")->text, &user, &err));
        log_expect(userset_has(set, user), w->seed, &list, "the same");
    }
    userset_free(set);
    result_free(r);
    query_done(&list);
    buf_done(&text);
}

static size_t compare_all(struct world *w, const struct query *q)
{
    enum { MOST = 12 };
    struct result *r = log_ask(w->env, q, w->seed);
    size_t n = 0;
    for (size_t i = 0; i < r->rows.n && n < MOST; i++)
        for (size_t c = 0; c < r->rows.columns && n < MOST; c++)
            if (r->rows.cell[i * r->rows.columns + c].who) {
                compare(w, q, r->rows.cell[i * r->rows.columns + c].who);
                n++;
            }
    result_free(r);
    return n;
}

static void test_every_analysis(void **state)
{
    (void)state;
    size_t analyses, compared = 0;
    const struct analysis_info *all = registry_all(&analyses);
    uint64_t first = log_first_seed(), rounds = log_rounds(60);
    for (uint64_t seed = first; seed < first + rounds; seed++) {
        struct rand r;
        struct world w;
        rand_seed(&r, seed);
        open_world(&w, &r, seed);
        for (size_t i = 0; i < analyses; i++) {
            struct query q;
            bool lists = registry_param(&all[i], "users") != NULL;
            bool simple = simplest(&q, &all[i]);
            if (!simple && lists && strcmp(all[i].id, "failure") != 0) /* nothing fails here */
                fail_msg("%s: say here how it is asked", all[i].id);
            lists = lists && simple;
            if (lists)
                compared += compare_all(&w, &q);
            if (rand_below(&r, 2)) {
                query_add(&q, "segment", "age > 30 or age is null");
                if (lists)
                    compared += compare_all(&w, &q);
            }
            query_done(&q);
        }
        close_world(&w);
    }
    assert_true(compared > rounds * 10);
}

/* ---- a funnel's lost by hand: never the second after the first ---- */

static bool is_lost(const struct log *l, uint32_t user, bool *began)
{
    bool done = false;
    *began = false;
    for (size_t i = 0; i < l->row.n; i++)
        if (l->row.at[i].user == user) {
            done |= *began && strcmp(log_event[l->row.at[i].event], "pay") == 0;
            *began |= strcmp(log_event[l->row.at[i].event], "home") == 0;
        }
    return *began && !done;
}

static void expect(struct world *w, const char *text, bool (*wanted)(bool began, bool lost))
{
    struct userset *set = find(w, text);
    for (uint32_t u = 0; u < w->log.users; u++) {
        bool began, lost = is_lost(&w->log, u, &began);
        if (userset_has(set, u) != wanted(began, lost))
            fail_msg("seed %llu: %s: customer %u", (unsigned long long)w->seed, text, u);
    }
    userset_free(set);
}

static bool w_lost(bool began, bool lost)
{
    return began && lost;
}
static bool w_not_lost(bool began, bool lost)
{
    return !(began && lost);
}
static bool w_paid(bool began, bool lost)
{
    return began && !lost;
}
static bool w_nobody(bool began, bool lost)
{
    return began && lost && false;
}

#define LOST "who(\"funnel --step home --step pay --window none --users lost:1\")"

static void test_by_hand(void **state)
{
    (void)state;
    uint64_t first = log_first_seed(), rounds = log_rounds(300);
    for (uint64_t seed = first; seed < first + rounds; seed++) {
        struct rand r;
        struct world w;
        rand_seed(&r, seed);
        open_world(&w, &r, seed);
        save(&w, LOST);
        expect(&w, LOST, w_lost);
        expect(&w, "not " LOST, w_not_lost);
        expect(&w, "segment(saved)", w_lost);
        expect(&w, LOST " and who(\"funnel --step home --step pay --window none --users reached:2\")",
               w_nobody);
        expect(&w, "who(\"funnel --step home --segment 'not segment(saved)' --users reached:1\")", w_paid);
        expect(&w,
               "who(\"funnel --step home --segment "
               "'not who(\"\"funnel --step home --step pay --window none --users lost:1\"\")' --users "
               "reached:1\")",
               w_paid);
        save(&w, "not " LOST); /* the name has another meaning now: what is kept must not be it */
        expect(&w, "who(\"funnel --step home --segment 'not segment(saved)' --users reached:1\")", w_lost);
        close_world(&w);
    }
}

/* ---- the text ---- */

static void test_text(void **state)
{
    (void)state;
    struct rand r;
    struct world w;
    rand_seed(&r, 1);
    open_world(&w, &r, 1);
    expect_prints(&w, LOST, LOST);
    expect_prints(&w,
                  "WHO( \"waymark funnel  --step=\\\"home\\\" --step 'event=\"\"pay\"\" AND (amount>1_000)' "
                  "--users 'lost:1'\" )",
                  "who(\"funnel --step home --step 'pay and amount > 1000' --users lost:1\")");
    expect_prints(&w, "not not who(\"transitions --users 'home > pay'\")",
                  "not not who(\"transitions --users 'home > pay'\")");
    static const char saved[] =
        "age > 3 and who(\"funnel --step home --segment segment(saved) --users reached:1\")";
    save(&w, saved);
    expect_fails(&w, "segment(saved)", 9, 5,
                 "segment saved → segment saved: a condition cannot stand for itself");
    expect_fails(&w, saved, 55, 5, "a condition cannot stand for itself");
    expect_fails(&w, "who(\"funnel --step \"\"hom\"\" --users lost:1\")", 22, 3, "did you mean home?");
    expect_fails(&w, "who(\"funnel --step '登录 or `a  b`' --users lost:1\")", 27, 6, "did you mean `a b`?");
    expect_fails(&w, "who(\"funnel --step 'amount > \"\"x\"\"' --users lost:1\")", 30, 5,
                 "amount is a number");
    expect_fails(&w, "who(\"funnel --step home --segment 'agee > 3' --users lost:1\")", 36, 4,
                 "did you mean age?");
    expect_fails(&w, "who(\"fannel --step home\")", 6, 6, "did you mean funnel?");
    expect_fails(&w, "who(\"funnel --step home\")", 6, 6, "add --users");
    expect_fails(&w, "who(\"user u1\")", 6, 4, "no customers to list");
    expect_fails(&w, "who(\"tag --catalogue x.csv --users a\")", 22, 5, "names a file");
    expect_fails(&w, "who(home)", 5, 4, "write: who(");
    expect_fails(&w, "who(\"tag --users a\"", 4, 1, "never closed");
    expect_fails(&w, "who(\"tag --users a\", 3)", 20, 1, "behind the question stands )");
    expect_fails(&w, "who(\"tag --users a\") > 3", 22, 1, "> is one too many here");
    close_world(&w);
}

static void test_depth(void **state)
{
    (void)state;
    struct rand r;
    struct world w;
    struct err err = {0};
    rand_seed(&r, 1);
    open_world(&w, &r, 1);
    for (int deep = 1; deep <= 9; deep++) {
        struct arena a = {0};
        struct buf text = {0};
        struct query q;
        buf_puts(&text, "age > 3");
        for (int i = 0; i < deep; i++) {
            struct buf outer = {0};
            query_init(&q, "profile");
            query_add(&q, "condition", text.p);
            assert_true(query_who(&q, "all", &outer));
            query_done(&q);
            buf_done(&text);
            text = outer;
        }
        bool ok = expr_parse(&a, buf_view(&text), EXPR_USER_COND, schema_vocabulary(w.schema), &err) != NULL;
        assert_true(ok == (deep <= 8));
        assert_true(ok || strstr(err.text, "more than 8 deep"));
        if (deep == 4) {
            struct userset *set = find(&w, text.p), *plain = find(&w, "age > 3");
            assert_int_equal(userset_count(set), userset_count(plain));
            assert_int_equal(userset_and_count(set, plain), userset_count(plain));
            userset_free(set);
            userset_free(plain);
        }
        buf_done(&text);
        arena_done(&a);
    }
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_every_analysis),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
