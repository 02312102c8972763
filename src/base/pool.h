/* pool.h - a fixed set of threads that share out numbered tasks. */
#ifndef WM_POOL_H
#define WM_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool;

/* threads = 0: one per processor this process may use (at most 64), or $WAYMARK_THREADS. */
struct pool *pool_new(unsigned threads);
void pool_free(struct pool *p);
unsigned pool_threads(const struct pool *p);
/* Calls fn(arg, task, worker) for task 0..tasks-1, each once, worker in 0..pool_threads-1 (the caller is one
 * of them); returns when all are done. fn returns false to stop tasks not yet begun; then pool_run returns
 * false. */
bool pool_run(struct pool *p, size_t tasks, bool (*fn)(void *arg, size_t task, unsigned worker), void *arg);

#endif
