/* job.h - a query run in a thread of its own, with progress and cancel. The user interface never computes. */
#ifndef WM_JOB_H
#define WM_JOB_H

#include "app/workspace.h"

struct job;
/* Copies the query. wake_fd >= 0: one byte is written there when the job is done. */
struct job *job_start(struct workspace *w, const struct query *q, int wake_fd);
bool job_done(const struct job *j);
struct progress *job_progress(struct job *j);
void job_cancel(struct job *j);
int64_t job_age_us(const struct job *j);
/* Waits for the end; gives the result (caller's) or NULL with err; frees the job. */
struct result *job_take(struct job *j, struct err *err);

#endif
