/* scan_test.c - the sizes that random small stores do not have: users over many blocks of a real store, more
 * names than pairs are counted for directly, a user of 100,000 events, and stopping in the middle. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analysis/local.h"
#include "analysis_log.h"
#include "store/batch.h"

enum { USERS = 40, ROWS = 300000, SPAN_S = 400000 };

/* Few users with many events each: every user spans blocks and imports. */
static void big_log(struct log *l, struct rand *r, uint32_t imports)
{
    log_random(l, r,
               (struct log_shape){.users = USERS,
                                  .rows = ROWS,
                                  .imports = imports,
                                  .block_rows = 1,
                                  .span = (int64_t)SPAN_S * 1000000,
                                  .unit = 1000000});
}

/* ordered, window in seconds: the latest begin per level, one user after the other, written the long way */
static void count_levels(const struct log *l, const int *step, size_t steps, int64_t window, int64_t *reached)
{
    const struct log_row *row;
    size_t at = 0, n;
    while (log_next_user(l, &at, &row, &n)) {
        size_t best = 0;
        for (size_t s = 0; s < n; s++) { /* every begin, greedily onwards */
            size_t level = 0;
            if (row[s].event != step[0])
                continue;
            for (size_t i = s; i < n && level < steps && row[i].time - row[s].time <= window; i++)
                level += row[i].event == step[level];
            best = level > best ? level : best;
        }
        for (size_t k = 0; k < best; k++)
            reached[k]++;
    }
}

static void test_users_over_blocks(void **state)
{
    (void)state;
    struct rand r;
    struct log l;
    struct query q;
    const int step[] = {3, 4, 5, 3, 4, 5};
    int64_t reached[6] = {0};
    rand_seed(&r, 11);
    big_log(&l, &r, 3);
    struct env *e = log_fake(&l);
    query_init(&q, "funnel");
    for (int k = 0; k < 6; k++) {
        char text[64];
        snprintf(text, sizeof(text), "event = \"%s\"", log_event[step[k]]);
        query_add(&q, "step", text);
    }
    query_add(&q, "window", "2h");
    count_levels(&l, step, 6, 7200000000, reached);
    struct result *res = log_ask(e, &q, 11);
    for (size_t k = 0; k < 6; k++)
        assert_int_equal(rows_get(&res->rows, k, "users")->i, reached[k]);
    assert_true(reached[5] > 0);
    result_free(res);
    query_done(&q);
    query_init(&q, "events");
    query_add(&q, "unit", "all");
    query_add(&q, "by", "event");
    res = log_ask(e, &q, 11);
    int64_t events = 0;
    for (size_t i = 0; i < res->rows.n; i++) {
        events += rows_get(&res->rows, i, "events")->i;
        assert_int_equal(rows_get(&res->rows, i, "users")->i, USERS);
    }
    assert_int_equal(events, ROWS);
    result_free(res);
    query_done(&q);
    log_fake_free(e);
    log_done(&l);
}

static void test_long_sequence(void **state)
{
    (void)state;
    struct rand r;
    struct log l;
    struct query q;
    rand_seed(&r, 12);
    log_random(
        &l, &r,
        (struct log_shape){
            .users = 1, .rows = 100000, .imports = 2, .block_rows = 1, .span = 10000000000, .unit = 1000});
    struct env *e = log_fake(&l);
    query_init(&q, "user");
    query_add(&q, "id", log_user(0));
    struct result *res = log_ask(e, &q, 12);
    assert_int_equal(res->rows.n, 100000);
    for (size_t i = 0; i < 100000; i++)
        assert_int_equal(rows_get(&res->rows, i, "time")->i, l.row.at[i].time);
    result_free(res);
    query_add(&q, "at", "2024-03-09T17:00:00Z");
    query_add(&q, "top", "10");
    res = log_ask(e, &q, 12);
    assert_int_equal(res->rows.n, 10);
    assert_true(rows_get(&res->rows, 4, "time")->i < 1710003600000000 &&
                rows_get(&res->rows, 5, "time")->i >= 1710003600000000);
    result_free(res);
    query_set(&q, "id", "nobody");
    struct err err = {0};
    struct engine *engine = engine_local(e, 1, &err);
    assert_null(engine->run(engine, &q, NULL, &err));
    assert_int_equal(err.code, ERR_ABSENT);
    engine->close(engine);
    query_done(&q);
    log_fake_free(e);
    log_done(&l);
}

static void test_cancel(void **state)
{
    (void)state;
    struct rand r;
    struct log l;
    struct query q;
    struct err err = {0};
    struct progress p = {0};
    rand_seed(&r, 13);
    big_log(&l, &r, 1);
    struct env *e = log_fake(&l);
    struct engine *engine = engine_local(e, 2, &err);
    query_init(&q, "transitions");
    struct result *res = engine->run(engine, &q, &p, &err);
    assert_non_null(res);
    assert_int_equal(atomic_load(&p.total), ROWS);
    assert_int_equal(atomic_load(&p.done), ROWS);
    result_free(res);
    atomic_store(&p.cancel, true);
    assert_null(engine->run(engine, &q, &p, &err));
    assert_int_equal(err.code, ERR_CANCELLED);
    engine->close(engine);
    query_done(&q);
    log_fake_free(e);
    log_done(&l);
}

/* ---- more names than transitions counts directly */

enum { NAMES = 400, STEPS = 30000 };

static struct env *store_of_names(char *dir, const uint32_t *name, const int64_t *time)
{
    struct err err = {0};
    uint32_t code, users[STEPS] = {0};
    static int64_t event[STEPS];
    assert_non_null(mkdtemp(dir));
    struct env *e = env_open(dir, ENV_WRITE, &err);
    struct batch *b = batch_begin(e, TABLE_EVENTS, 0, &err);
    assert_non_null(b);
    for (uint32_t i = 0; i < NAMES; i++) {
        char text[16];
        snprintf(text, sizeof(text), "e%u", i);
        assert_true(batch_code(b, COL_EVENT, str_of(text), &code, &err));
    }
    assert_true(batch_code(b, COL_USER, STR("u"), &code, &err));
    for (size_t i = 0; i < STEPS; i++)
        event[i] = name[i];
    struct part_writer *w = part_begin(b, (const uint16_t[]){COL_TIME, COL_EVENT}, 2, &err);
    assert_true(part_append(w, STEPS, users, (const int64_t *const[]){time, event}, &err));
    assert_true(part_end(w, &err));
    assert_true(batch_commit(b, &(struct import_def){.source = STR("a test")}, &err));
    return e;
}

static uint32_t number_of(struct str name)
{
    return (uint32_t)strtoul(name.p + 1, NULL, 10);
}

static int i64_cmp(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double slow_median(const uint32_t *name, const int64_t *time, uint32_t from, uint32_t to, int64_t gap,
                          int64_t *n)
{
    static int64_t pause[STEPS];
    size_t k = 0;
    for (size_t i = 1; i < STEPS; i++)
        if (name[i - 1] == from && name[i] == to && time[i] - time[i - 1] <= gap)
            pause[k++] = time[i] - time[i - 1];
    qsort(pause, k, sizeof(*pause), i64_cmp);
    *n = (int64_t)k;
    return k ? ((double)pause[(k - 1) / 2] + (double)pause[k / 2]) / 2e6 : 0;
}

static void test_many_names(void **state)
{
    (void)state;
    static uint32_t name[STEPS];
    static int64_t time[STEPS];
    char dir[] = "/tmp/waymark-test-XXXXXX";
    struct rand r;
    struct query q;
    rand_seed(&r, 14);
    for (size_t i = 0; i < STEPS; i++) {
        name[i] = rand_below(&r, rand_below(&r, 4) ? 12 : NAMES);
        time[i] = (i ? time[i - 1] : 0) + rand_below(&r, 4000000);
    }
    struct env *e = store_of_names(dir, name, time);
    query_init(&q, "transitions");
    query_add(&q, "gap", "3s");
    for (int top = 0; top < 2; top++) { /* all names; then so few that pairs are direct again */
        int64_t steps = 0, n;
        struct result *res = log_ask(e, &q, 14);
        for (size_t i = 0; i < res->rows.n; i++) {
            struct str from = rows_get(&res->rows, i, "from")->text, to = rows_get(&res->rows, i, "to")->text;
            steps += rows_get(&res->rows, i, "count")->i;
            if (*from.p == '(' || *to.p == '(')
                continue;
            double median = slow_median(name, time, number_of(from), number_of(to), 3000000, &n);
            assert_int_equal(rows_get(&res->rows, i, "count")->i, n);
            assert_true(rows_get(&res->rows, i, "median_s")->d == median);
        }
        int64_t expected = 0;
        for (size_t i = 1; i < STEPS; i++)
            expected += time[i] - time[i - 1] <= 3000000;
        assert_int_equal(steps, expected);
        assert_true(top ? res->rows.n <= 36 : res->rows.n > 1000);
        result_free(res);
        query_add(&q, "top", "5");
    }
    query_done(&q);
    log_fake_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_users_over_blocks),
                                       cmocka_unit_test(test_long_sequence), cmocka_unit_test(test_cancel),
                                       cmocka_unit_test(test_many_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
