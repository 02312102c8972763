/* job.c - one query on a thread of its own.
 *
 * The asker polls or waits for a byte on its pipe; nothing here calls back into a front end. The result
 * changes hands when the thread is joined, so it needs no lock. */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/job.h"
#include "base/nls.h"
#include "base/os.h"

struct job {
    struct workspace *workspace;
    struct query query;
    struct progress progress;
    struct result *result;
    struct err err;
    pthread_t thread;
    bool started;
    int wake_fd;
    int64_t begun_us;
    _Atomic bool done;
};

static void wake(int fd)
{
    while (fd >= 0 && write(fd, "", 1) < 0 && errno == EINTR)
        ;
}

static void *work(void *arg)
{
    struct job *j = arg;
    j->result = workspace_run(j->workspace, &j->query, &j->progress, &j->err);
    atomic_store(&j->done, true);
    wake(j->wake_fd);
    return NULL;
}

/* Signals belong to the front end's thread. */
static int start_thread(struct job *j)
{
    sigset_t every, before;
    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, &before);
    int failed = pthread_create(&j->thread, NULL, work, j);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

struct job *job_start(struct workspace *w, const struct query *q, int wake_fd)
{
    struct job *j = mem_zalloc(sizeof *j);
    j->workspace = w;
    j->wake_fd = wake_fd;
    j->begun_us = os_monotonic_us();
    query_copy(&j->query, q);
    int failed = start_thread(j);
    j->started = failed == 0;
    if (failed) {
        err_set(&j->err, ERR_SYSTEM, _("start a job: %s; close other programs and try again"),
                strerror(failed));
        atomic_store(&j->done, true);
        wake(wake_fd);
    }
    return j;
}

bool job_done(const struct job *j)
{
    return atomic_load(&j->done);
}

struct progress *job_progress(struct job *j)
{
    return &j->progress;
}

void job_cancel(struct job *j)
{
    atomic_store(&j->progress.cancel, true);
}

int64_t job_age_us(const struct job *j)
{
    return os_monotonic_us() - j->begun_us;
}

struct result *job_take(struct job *j, struct err *err)
{
    if (j->started)
        pthread_join(j->thread, NULL);
    struct result *r = j->result;
    if (!r && err)
        *err = j->err;
    query_done(&j->query);
    free(j);
    return r;
}
