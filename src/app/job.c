/* job.c - one question, or one command that keeps conditions, as a task. */
#include "config.h"

#include <stdlib.h>

#include "app/job.h"
#include "app/keep.h"
#include "app/task.h"

struct job {
    struct workspace *workspace;
    struct query query;
    struct result *result;
    struct task *task;
};

static bool run(void *arg, struct progress *p, struct err *err)
{
    struct job *j = arg;
    if (keep_knows(j->query.analysis))
        j->result = workspace_keep(workspace_dir(j->workspace), &j->query, p, err);
    else
        j->result = workspace_run(j->workspace, &j->query, p, err);
    return j->result != NULL;
}

struct job *job_start(struct workspace *w, const struct query *q, int wake_fd)
{
    struct job *j = mem_zalloc(sizeof *j);
    j->workspace = w;
    query_copy(&j->query, q);
    j->task = task_start(run, j, wake_fd);
    return j;
}

bool job_done(const struct job *j)
{
    return task_over(j->task);
}

struct progress *job_progress(struct job *j)
{
    return task_progress(j->task);
}

void job_cancel(struct job *j)
{
    task_cancel(j->task);
}

int64_t job_age_us(const struct job *j)
{
    return task_age_us(j->task);
}

struct result *job_take(struct job *j, struct err *err)
{
    task_end(j->task, err);
    struct result *r = j->result;
    query_done(&j->query);
    free(j);
    return r;
}
