/* The thread pool: every task once, nobody shares a worker number, an early stop stops. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <pthread.h>
#include <unistd.h>

#include "base/pool.h"

enum { TASKS = 20000 };

struct tally {
    _Atomic int runs[TASKS];
    _Atomic int inside[64]; /* tasks running as this worker now */
    _Atomic bool shared;
    _Atomic size_t done;
    size_t stop_at;
    unsigned threads;
};

static bool count(void *arg, size_t task, unsigned worker)
{
    struct tally *t = arg;
    if (worker >= t->threads || atomic_fetch_add(&t->inside[worker], 1) != 0)
        atomic_store(&t->shared, true);
    atomic_fetch_add(&t->runs[task], 1);
    atomic_fetch_add(&t->done, 1);
    atomic_fetch_sub(&t->inside[worker], 1);
    return task != t->stop_at;
}

static void each_task_once(void **state)
{
    (void)state;
    static struct tally t;
    for (unsigned threads = 1; threads <= 8; threads++) {
        struct pool *p = pool_new(threads);
        assert_int_equal(pool_threads(p), threads);
        static const size_t sizes[] = {0, 1, 2, 3, 17, TASKS};
        for (int run = 0; run < 60; run++) {
            size_t tasks = run == 59 ? TASKS : sizes[run % 5];
            t = (struct tally){.stop_at = SIZE_MAX, .threads = threads};
            assert_true(pool_run(p, tasks, count, &t));
            assert_int_equal(t.done, tasks);
            assert_false(t.shared);
            for (size_t i = 0; i < tasks; i++)
                assert_int_equal(t.runs[i], 1);
        }
        pool_free(p);
    }
}

static void stops_early(void **state)
{
    (void)state;
    static struct tally t;
    struct pool *p = pool_new(4);
    for (int run = 0; run < 100; run++) {
        t = (struct tally){.stop_at = 100, .threads = 4};
        assert_false(pool_run(p, TASKS, count, &t));
        assert_true(t.done >= 101); /* tasks are begun in order */
        assert_int_equal(t.runs[100], 1);
        for (size_t i = 0; i < TASKS; i++)
            assert_true(t.runs[i] <= 1);
        t = (struct tally){.stop_at = SIZE_MAX, .threads = 4}; /* the next run starts afresh */
        assert_true(pool_run(p, 50, count, &t));
        assert_int_equal(t.done, 50);
    }
    pool_free(p);
    t = (struct tally){.stop_at = 3, .threads = 1};
    p = pool_new(1);
    assert_false(pool_run(p, TASKS, count, &t));
    assert_int_equal(t.done, 4);
    pool_free(p);
}

struct meeting {
    pthread_barrier_t barrier;
};

static bool meet(void *arg, size_t task, unsigned worker)
{
    (void)task;
    (void)worker;
    pthread_barrier_wait(&((struct meeting *)arg)->barrier); /* hangs unless all three run at the same time */
    return true;
}

static void tasks_run_side_by_side(void **state)
{
    (void)state;
    struct meeting m;
    pthread_barrier_init(&m.barrier, NULL, 3);
    struct pool *p = pool_new(3);
    assert_true(pool_run(p, 3, meet, &m));
    pool_free(p);
    pthread_barrier_destroy(&m.barrier);
}

static void number_of_threads(void **state)
{
    (void)state;
    setenv("WAYMARK_THREADS", "5", 1);
    struct pool *p = pool_new(0);
    assert_int_equal(pool_threads(p), 5);
    pool_free(p);
    p = pool_new(2);
    assert_int_equal(pool_threads(p), 2);
    pool_free(p);
    setenv("WAYMARK_THREADS", "9999", 1);
    p = pool_new(0);
    assert_int_equal(pool_threads(p), 64);
    pool_free(p);
    setenv("WAYMARK_THREADS", "many", 1);
    p = pool_new(0);
    unsigned fallback = pool_threads(p);
    pool_free(p);
    unsetenv("WAYMARK_THREADS");
    p = pool_new(0);
    assert_int_equal(pool_threads(p), fallback);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    assert_in_range(pool_threads(p), 1, online > 1 ? (unsigned long)online : 1);
    pool_free(p);
    pool_free(NULL);
}

struct runner {
    struct pool *pool;
    struct tally tally;
    bool ok;
};

static void *run_many(void *arg)
{
    struct runner *r = arg;
    r->ok = true;
    for (int i = 0; i < 200; i++) {
        r->tally = (struct tally){.stop_at = SIZE_MAX, .threads = 3};
        r->ok = pool_run(r->pool, 40, count, &r->tally) && r->tally.done == 40 && !r->tally.shared && r->ok;
    }
    return NULL;
}

static void two_callers_take_turns(void **state)
{
    (void)state;
    static struct runner a, b;
    struct pool *p = pool_new(3);
    a.pool = b.pool = p;
    pthread_t other;
    assert_int_equal(pthread_create(&other, NULL, run_many, &a), 0);
    run_many(&b);
    pthread_join(other, NULL);
    assert_true(a.ok);
    assert_true(b.ok);
    pool_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_once),         cmocka_unit_test(stops_early),
        cmocka_unit_test(tasks_run_side_by_side), cmocka_unit_test(number_of_threads),
        cmocka_unit_test(two_callers_take_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
