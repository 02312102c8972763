/* relay.c - the pipeline both halves of a load run on: chunks of input to rows, and rows to columns of the
 * part.
 *
 * A ring of slots, one lock. A slot goes FREE -> TAKEN -> DONE -> FREE; slot k of the ring always holds item
 * number k, k + items, ... so the order of putting is the order of the ring. */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "import/relay.h"

struct run {
    const struct relay *r;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool *done;           /* per slot: worked on, not yet put */
    size_t taken, put;    /* numbers of items */
    bool taking, putting; /* somebody is in take or put */
    bool over, failed;
};

static bool fail(struct run *x)
{
    x->failed = true;
    pthread_cond_broadcast(&x->moved);
    return false;
}

/* Puts what is due, unless another thread is at it (it then sees this item too). Called and returns locked.
 */
static bool put_due(struct run *x)
{
    const struct relay *r = x->r;
    while (!x->putting && !x->failed && x->put < x->taken && x->done[x->put % r->items]) {
        size_t slot = x->put % r->items;
        x->putting = true;
        pthread_mutex_unlock(&x->lock);
        bool ok = r->put(r->arg, r->item[slot]);
        pthread_mutex_lock(&x->lock);
        x->putting = false;
        if (!ok)
            return fail(x);
        x->done[slot] = false;
        x->put++;
        pthread_cond_broadcast(&x->moved);
    }
    return !x->failed;
}

/* Waits for its turn to take. Called and returns locked; false: nothing (more) to take. */
static bool take_next(struct run *x, size_t *slot)
{
    const struct relay *r = x->r;
    while (!x->over && !x->failed && (x->taking || x->taken - x->put >= r->items))
        pthread_cond_wait(&x->moved, &x->lock);
    if (x->over || x->failed)
        return false;
    *slot = x->taken % r->items;
    x->taking = true;
    pthread_mutex_unlock(&x->lock);
    enum relay_take t = r->take(r->arg, r->item[*slot]);
    pthread_mutex_lock(&x->lock);
    x->taking = false;
    x->over |= t == RELAY_END;
    x->failed |= t == RELAY_FAIL;
    x->taken += t == RELAY_ITEM;
    pthread_cond_broadcast(&x->moved);
    return t == RELAY_ITEM;
}

static bool run_thread(void *arg, size_t task, unsigned worker)
{
    struct run *x = arg;
    size_t slot;
    (void)task;
    pthread_mutex_lock(&x->lock);
    while (take_next(x, &slot)) {
        pthread_mutex_unlock(&x->lock);
        bool ok = x->r->work(x->r->arg, x->r->item[slot], worker);
        pthread_mutex_lock(&x->lock);
        x->done[slot] = true;
        if (!ok)
            fail(x);
        put_due(x);
    }
    bool ok = !x->failed;
    pthread_mutex_unlock(&x->lock);
    return ok;
}

bool relay_run(const struct relay *r, struct pool *pool)
{
    struct run x = {.r = r, .done = mem_zalloc(r->items * sizeof(bool))};
    if (pthread_mutex_init(&x.lock, NULL) != 0 || pthread_cond_init(&x.moved, NULL) != 0)
        bug("no lock for the pipeline");
    pool_run(pool, pool_threads(pool), run_thread, &x);
    pthread_cond_destroy(&x.moved);
    pthread_mutex_destroy(&x.lock);
    free(x.done);
    return !x.failed;
}
