/* relay.h - work in three strides: take in order, work in parallel, put in order.
 *
 * `take` and `put` are each called by one thread at a time and in the order of the items; `work` by all
 * threads at once on different items. Whoever has finished an item puts all items that are due, so no thread
 * only waits for another. */
#ifndef WM_RELAY_H
#define WM_RELAY_H

#include "base/pool.h"

enum relay_take { RELAY_ITEM, RELAY_END, RELAY_FAIL };

struct relay {
    enum relay_take (*take)(void *arg, void *item);
    bool (*work)(void *arg, void *item, unsigned worker); /* false: all stop */
    bool (*put)(void *arg, void *item);                   /* false: all stop */
    void *arg;
    void **item;  /* room for items, used again and again; in any order */
    size_t items; /* at least 1; twice the threads keep them busy */
};

/* False when one of the three failed; then nothing further is called. */
bool relay_run(const struct relay *r, struct pool *pool);

#endif
