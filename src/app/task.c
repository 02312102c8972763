/* task.c - a function on a thread of its own.
 *
 * The asker polls or waits for a byte on its pipe; nothing here calls back into a front end. What the
 * function made changes hands when the thread is joined, so it needs no lock. */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/task.h"
#include "base/arena.h"
#include "base/nls.h"
#include "base/os.h"

struct task {
    bool (*fn)(void *arg, struct progress *p, struct err *err);
    void *arg;
    struct progress progress;
    bool ok;
    struct err err;
    pthread_t thread;
    bool started;
    int wake_fd;
    int64_t begun_us;
    _Atomic bool over;
};

static void finish(struct task *t)
{
    int fd = t->wake_fd;
    atomic_store(&t->over, true); /* from here on the asker may free t once it has joined us */
    while (fd >= 0 && write(fd, "", 1) < 0 && errno == EINTR)
        ;
}

static void *work(void *arg)
{
    struct task *t = arg;
    t->ok = t->fn(t->arg, &t->progress, &t->err);
    finish(t);
    return NULL;
}

/* Signals belong to the front end's thread. */
static int start_thread(struct task *t)
{
    sigset_t every, before;
    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, &before);
    int failed = pthread_create(&t->thread, NULL, work, t);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

struct task *task_start(bool (*fn)(void *arg, struct progress *p, struct err *err), void *arg, int wake_fd)
{
    struct task *t = mem_zalloc(sizeof *t);
    t->fn = fn;
    t->arg = arg;
    t->wake_fd = wake_fd;
    t->begun_us = os_monotonic_us();
    int failed = start_thread(t);
    t->started = failed == 0;
    if (failed) {
        err_set(&t->err, ERR_SYSTEM, _("start a job: %s; close other programs and try again"),
                strerror(failed));
        finish(t);
    }
    return t;
}

bool task_over(const struct task *t)
{
    return atomic_load(&t->over);
}

struct progress *task_progress(struct task *t)
{
    return &t->progress;
}

void task_cancel(struct task *t)
{
    atomic_store(&t->progress.cancel, true);
}

int64_t task_age_us(const struct task *t)
{
    return os_monotonic_us() - t->begun_us;
}

bool task_end(struct task *t, struct err *err)
{
    if (t->started)
        pthread_join(t->thread, NULL);
    bool ok = t->ok;
    if (!ok && err)
        *err = t->err;
    free(t);
    return ok;
}
