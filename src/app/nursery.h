/* nursery.h - a helper process that begins others: forked before the program has threads or a store open, so that what it forks in
 * turn is sound (a process with threads, or LMDB's maps, must not be carried over a fork). It has no terminal and outlives none:
 * when the program is gone it ends; what it began goes on. */
#ifndef WM_NURSERY_H
#define WM_NURSERY_H

#include <sys/types.h>
#include "base/err.h"

struct nursery;
/* NULL: no process can be made; the program then does the work itself. */
struct nursery *nursery_open(void);
void nursery_close(struct nursery *n); /* NULL is fine */
pid_t nursery_process(const struct nursery *n);
/* Begins a process that works at a note (load_worker.h) in the language of now, and waits until it has claimed it. From any thread. */
bool nursery_begin(struct nursery *n, const char *store, unsigned note, struct err *err);

#endif
