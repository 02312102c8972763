/* progress.c - waiting while work is paused: short naps, since pauses are rare and end by a person's hand. */
#include "config.h"

#include <time.h>

#include "base/progress.h"

void progress_hold(const struct progress *p)
{
    while (p && atomic_load_explicit(&p->pause, memory_order_relaxed) && !progress_cancelled(p))
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
}
