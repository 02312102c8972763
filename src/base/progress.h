/* progress.h - how far long work is, and the wish to stop it; shared between threads. */
#ifndef WM_PROGRESS_H
#define WM_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct progress {
    _Atomic uint64_t done, total; /* in any one unit; total 0 = unknown */
    _Atomic uint64_t rows;        /* import: rows read */
    _Atomic uint64_t rejected;    /* import: rows rejected */
    _Atomic int stage;            /* import: enum load_stage; else 0 */
    _Atomic bool cancel;          /* set by the asker; the worker stops within 100 ms with ERR_CANCELLED */
    _Atomic bool pause;           /* import: set and taken back by the asker; the worker waits meanwhile */
    struct board *board;          /* import: more in words; NULL: nobody looks. Set before the work begins */
};
struct board;

static inline bool progress_cancelled(const struct progress *p) /* p may be NULL */
{
    return p && atomic_load_explicit(&p->cancel, memory_order_relaxed);
}
/* Waits while p is paused and not cancelled. p may be NULL. */
void progress_hold(const struct progress *p);

#endif
