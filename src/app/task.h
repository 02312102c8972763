/* task.h - a function on a thread of its own, with progress, cancel and a wake-up byte: what jobs are made
 * of.
 */
#ifndef WM_TASK_H
#define WM_TASK_H

#include "base/err.h"
#include "base/progress.h"

struct task;
/* Runs fn(arg) on a new thread; arg stays the caller's and is the thread's until task_end. Stop early, with
 * ERR_CANCELLED in err, when progress_cancelled(p). wake_fd >= 0: one byte is written there when it is over.
 */
struct task *task_start(bool (*fn)(void *arg, struct progress *p, struct err *err), void *arg, int wake_fd);
bool task_over(const struct task *t);
struct progress *task_progress(struct task *t);
void task_cancel(struct task *t);
int64_t task_age_us(const struct task *t);
/* Waits for the end, frees the task; what fn returned and why. */
bool task_end(struct task *t, struct err *err);

#endif
