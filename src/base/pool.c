/* pool.c - threads that share out numbered tasks by one atomic counter.
 *
 * Started by the first run that has work for them, woken by later ones: starting threads for each query would
 * cost more than a short query, and many a command needs none. Tasks are taken in order, so neighbouring
 * tasks run at about the same time and find the same pages warm. */
#include "config.h"

#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/num.h"

#define THREADS_MOST 64

struct pool {
    pthread_mutex_t run_lock; /* one run at a time */
    pthread_mutex_t lock;     /* of what follows, down to `closing` */
    pthread_cond_t wake, idle;
    uint64_t run; /* counts runs; a worker that has not seen this one has work */
    unsigned busy;
    bool closing;

    bool (*fn)(void *arg, size_t task, unsigned worker);
    void *arg;
    size_t tasks;
    _Atomic size_t next;
    _Atomic bool stopped;

    unsigned threads, started; /* wanted, and working so far; with the caller */
    pthread_t ids[THREADS_MOST];
};

struct start {
    struct pool *pool;
    unsigned worker;
    uint64_t seen; /* runs before it */
};

static _Thread_local bool inside; /* a run: running another from within a task would wait for itself */

static void work(struct pool *p, unsigned worker)
{
    inside = true;
    while (!atomic_load_explicit(&p->stopped, memory_order_relaxed)) {
        size_t task = atomic_fetch_add_explicit(&p->next, 1, memory_order_relaxed);
        if (task >= p->tasks)
            break;
        if (!p->fn(p->arg, task, worker))
            atomic_store_explicit(&p->stopped, true, memory_order_relaxed);
    }
    inside = false;
}

static void *worker_main(void *arg)
{
    struct start start = *(struct start *)arg;
    struct pool *p = start.pool;
    free(arg);
    uint64_t seen = start.seen;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (p->run == seen && !p->closing)
            pthread_cond_wait(&p->wake, &p->lock);
        if (p->closing)
            break;
        seen = p->run;
        pthread_mutex_unlock(&p->lock);
        work(p, start.worker);
        pthread_mutex_lock(&p->lock);
        if (--p->busy == 0)
            pthread_cond_signal(&p->idle);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static unsigned wanted(unsigned threads)
{
    uint64_t n = threads;
    const char *text = getenv("WAYMARK_THREADS");
    if (n == 0 && text && !num_u64(str_of(text), &n))
        n = 0;
    cpu_set_t set;
    if (n == 0 && sched_getaffinity(0, sizeof(set), &set) == 0)
        n = (uint64_t)CPU_COUNT(&set);
    return n < 1 ? 1 : n > THREADS_MOST ? THREADS_MOST : (unsigned)n;
}

/* A thread the system refuses is done without: the caller always works too. */
static void start_workers(struct pool *p)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals belong to the thread that owns the terminal */
    while (p->started < p->threads) {
        struct start *start = mem_alloc(sizeof(*start));
        *start = (struct start){p, p->started, p->run};
        if (pthread_create(&p->ids[p->started], NULL, worker_main, start) != 0) {
            free(start);
            break;
        }
        p->started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct pool *pool_new(unsigned threads)
{
    struct pool *p = mem_zalloc(sizeof(*p));
    pthread_mutex_init(&p->run_lock, NULL);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    pthread_cond_init(&p->idle, NULL);
    p->threads = wanted(threads);
    p->started = 1;
    return p;
}

void pool_free(struct pool *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->closing = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 1; i < p->started; i++)
        pthread_join(p->ids[i], NULL);
    pthread_cond_destroy(&p->idle);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
    pthread_mutex_destroy(&p->run_lock);
    free(p);
}

unsigned pool_threads(const struct pool *p)
{
    return p->threads;
}

bool pool_run(struct pool *p, size_t tasks, bool (*fn)(void *arg, size_t task, unsigned worker), void *arg)
{
    if (inside)
        bug("pool_run from within a task");
    pthread_mutex_lock(&p->run_lock);
    if (tasks > 1 && p->started == 1)
        start_workers(p);
    pthread_mutex_lock(&p->lock);
    p->fn = fn;
    p->arg = arg;
    p->tasks = tasks;
    atomic_store(&p->next, 0);
    atomic_store(&p->stopped, false);
    if (tasks > 1) {
        p->busy = p->started - 1;
        p->run++;
        pthread_cond_broadcast(&p->wake);
    }
    pthread_mutex_unlock(&p->lock);
    work(p, 0);
    pthread_mutex_lock(&p->lock);
    while (p->busy > 0)
        pthread_cond_wait(&p->idle, &p->lock);
    pthread_mutex_unlock(&p->lock);
    bool done = !atomic_load(&p->stopped);
    pthread_mutex_unlock(&p->run_lock);
    return done;
}
