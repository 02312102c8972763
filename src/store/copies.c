/* copies.c - every import brings blocks so small that they are copied when they are read, and the parts they
 * belong to are merged soon; who keeps the store open for weeks would keep all of them.
 *
 * Slots are the only lasting pointers to copies, and catalogs the only holders of slots. So with one catalog,
 * which nobody reads by yet, what its slots do not name is of no use to anybody. */
#include "config.h"
#include <stdlib.h>
#include "store/copies.h"

#define FEW 256 /* copies; not worth looking */

typedef VEC(const unsigned char *) pointers;

static void add_slots(pointers *to, block_slot *slot, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const unsigned char *p = atomic_load_explicit(&slot[i], memory_order_relaxed);
        if (p)
            vec_push(to, p);
    }
}

static int by_address(const void *a, const void *b)
{
    const unsigned char *const *x = a, *const *y = b;
    return (*x > *y) - (*x < *y);
}

static pointers pointers_of(const struct catalog *c)
{
    pointers all = {0};
    for (uint32_t i = 0; i < c->live_parts; i++) {
        const struct catalog_part *p = c->by_id[i];
        add_slots(&all, p->cell, (size_t)p->part.blocks * (p->part.columns + 1));
    }
    for (size_t i = 0; i < c->dicts; i++) {
        const struct catalog_dict *d = &c->dict[i];
        add_slots(&all, d->strings, d->blocks);
        for (uint32_t r = 0; r < d->runs; r++)
            add_slots(&all, d->run[r].bucket, (size_t)1 << d->run[r].run.bits);
    }
    if (all.n)
        qsort(all.at, all.n, sizeof(*all.at), by_address);
    return all;
}

static void free_others(struct env *env, const struct catalog *c)
{
    pointers used = pointers_of(c);
    size_t n = 0;
    for (size_t i = 0; i < env->kept.n; i++) {
        const unsigned char *p = env->kept.at[i];
        if (used.n && bsearch(&p, used.at, used.n, sizeof(p), by_address))
            env->kept.at[n++] = env->kept.at[i];
        else
            free(env->kept.at[i]);
    }
    env->kept.n = n;
    env->kept_after = n;
    vec_done(&used);
}

void copies_sweep(struct env *env, struct catalog *c)
{
    pthread_mutex_lock(&env->mutex); /* nobody else gets at c meanwhile */
    bool many = env->kept.n > FEW && env->kept.n > 2 * env->kept_after;
    if (many && env->catalog == c && env->catalogs == 1 && atomic_load(&c->users) == 2)
        free_others(env, c);
    pthread_mutex_unlock(&env->mutex);
}
