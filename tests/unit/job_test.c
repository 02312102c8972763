/* job_test.c - a workspace and its jobs on a small store: the answer arrives, the pipe wakes, cancelled is
 * cancelled. */
#include "config.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/job.h"
#include "base/buf.h"
#include "base/os.h"

struct fixture {
    char dir[64];
    struct buf store, csv;
    struct workspace *w;
};

static void put_events(const char *path)
{
    struct buf b = {0};
    struct err err = {0};
    buf_puts(&b, "user,time,event\n");
    for (int i = 0; i < 500; i++)
        buf_printf(&b, "u%d,2024-01-%02d 08:00:00,home\nu%d,2024-01-%02d 08:01:00,%s\n", i, 1 + i % 28, i,
                   1 + i % 28, i % 5 ? "list" : "buy");
    assert_true(os_replace_file(path, buf_view(&b), &err));
    buf_done(&b);
}

static void import(struct fixture *f)
{
    struct query q;
    struct err err = {0};
    query_init(&q, "import events");
    query_add(&q, "file", f->csv.p);
    query_add(&q, "tz", "UTC");
    query_add(&q, "again", ""); /* the same file is loaded twice */
    query_add(&q, "keep-duplicates", "");
    struct result *r = workspace_import(f->store.p, &q, NULL, NULL, NULL, &err);
    assert_non_null(r);
    assert_int_equal(object_get(&r->summary, "events")->i, 1000);
    result_free(r);
    query_done(&q);
}

static int set_up(void **state)
{
    struct fixture *f = mem_zalloc(sizeof *f);
    struct err err = {0};
    snprintf(f->dir, sizeof f->dir, "job_test.XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    buf_printf(&f->store, "%s/store", f->dir);
    buf_printf(&f->csv, "%s/events.csv", f->dir);
    put_events(f->csv.p);
    import(f);
    f->w = workspace_open(f->store.p, false, &err);
    assert_non_null(f->w);
    *state = f;
    return 0;
}

static void remove_store(struct fixture *f)
{
    static const char *const name[] = {"store/data.mdb", "store/lock.mdb", "store/writer",
                                       "store/rejects",  "store",          "events.csv"};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        struct buf path = {0};
        buf_printf(&path, "%s/%s", f->dir, name[i]);
        remove(path.p);
        buf_done(&path);
    }
    remove(f->dir);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    workspace_close(f->w);
    remove_store(f);
    buf_done(&f->store);
    buf_done(&f->csv);
    free(f);
    return 0;
}

static void ask_funnel(struct query *q)
{
    query_init(q, "funnel");
    query_add(q, "step", "home");
    query_add(q, "step", "buy");
}

/* 500 users see home; every fifth buys. */
static void answer_arrives(void **state)
{
    struct fixture *f = *state;
    struct query q;
    struct err err = {0};
    int wake[2];
    assert_int_equal(pipe(wake), 0);
    ask_funnel(&q);
    struct job *j = job_start(f->w, &q, wake[1]);
    query_done(&q); /* the job has its own */
    assert_int_equal(poll(&(struct pollfd){.fd = wake[0], .events = POLLIN}, 1, 60000), 1);
    assert_true(job_done(j));
    assert_true(job_age_us(j) >= 0);
    struct result *r = job_take(j, &err);
    assert_non_null(r);
    assert_int_equal(rows_get(&r->rows, 0, "users")->i, 500);
    assert_int_equal(rows_get(&r->rows, 1, "users")->i, 100);
    assert_non_null(strstr(r->command, f->store.p));
    result_free(r);
    close(wake[0]);
    close(wake[1]);
}

static void errors_arrive(void **state)
{
    struct fixture *f = *state;
    struct query q;
    struct err err = {0};
    struct buf caret = {0};
    ask_funnel(&q);
    query_add(&q, "step", "home and chanel = 1");
    struct job *j = job_start(f->w, &q, -1);
    assert_null(job_take(j, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_int_equal(err.column, 10); /* of "chanel" */
    workspace_caret(f->w, &q, &err, &caret);
    assert_non_null(strstr(caret.p, "home and chanel = 1"));
    assert_non_null(strstr(caret.p, "^^^^^^"));
    buf_done(&caret);
    query_done(&q);
}

static void cancelled_is_cancelled(void **state)
{
    struct fixture *f = *state;
    struct query q;
    struct err err = {0};
    struct progress p = {.cancel = true};
    ask_funnel(&q);
    assert_null(workspace_run(f->w, &q, &p, &err));
    assert_int_equal(err.code, ERR_CANCELLED);
    struct job *j = job_start(f->w, &q, -1);
    job_cancel(j); /* at any time: either it was quicker, or it says so */
    err = (struct err){0};
    struct result *r = job_take(j, &err);
    assert_true(r != NULL || err.code == ERR_CANCELLED);
    result_free(r);
    query_done(&q);
}

static void count_name(void *ctx, struct str name, struct str display)
{
    assert_true(str_eq(name, display));
    *(int *)ctx += str_eq(name, STR("home")) || str_eq(name, STR("list")) || str_eq(name, STR("buy"));
}

static void names_and_versions(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    int seen = 0;
    assert_true(workspace_names(f->w, 'e', count_name, &seen, &err));
    assert_int_equal(seen, 3);
    uint64_t before = workspace_version(f->w, &err);
    assert_true(before > 0);
    put_events(f->csv.p);
    import(f);
    assert_true(workspace_version(f->w, &err) > before);
}

/* The explorer's first screen asks two questions at once, each with the segment that is carried along. */
static void two_at_once(void **state)
{
    struct fixture *f = *state;
    static const char *const segment[] = {"did(home) >= 2 or did(buy) >= 1", "did(list) >= 1 and did(home) < 5"};
    struct err err = {0};
    for (int round = 0; round < 20; round++) {
        struct job *job[2];
        for (int i = 0; i < 2; i++) {
            struct query q;
            query_init(&q, "events");
            query_add(&q, "unit", "all");
            query_add(&q, "segment", segment[(round + i) % 2]);
            job[i] = job_start(f->w, &q, -1);
            query_done(&q);
        }
        for (int i = 0; i < 2; i++) {
            struct result *r = job_take(job[i], &err);
            assert_non_null(r);
            /* every fifth user bought, the others saw a list: two events each */
            assert_int_equal(rows_get(&r->rows, 0, "events")->i, (round + i) % 2 ? 800 : 200);
            result_free(r);
        }
    }
}

static void stores_that_are_none(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct buf path = {0};
    buf_printf(&path, "%s/none", f->dir);
    assert_null(workspace_open(path.p, false, &err));
    assert_int_equal(err.code, ERR_STORE);
    assert_non_null(strstr(err.text, "import events"));
    assert_false(os_exists(path.p));
    buf_done(&path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_arrives),         cmocka_unit_test(errors_arrive),
        cmocka_unit_test(cancelled_is_cancelled), cmocka_unit_test(two_at_once),
        cmocka_unit_test(names_and_versions), /* loads the events once more: later tests see them twice */
        cmocka_unit_test(stores_that_are_none),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
