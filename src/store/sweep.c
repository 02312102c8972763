/* sweep.c - collects what dead batches left behind and what live ones made superfluous.
 *
 * Nothing is ever marked for deletion: a block is dead when no live record names it. So there is no state
 * that a kill could leave wrong. Deleting needs pages itself (copy on write), hence small slices. */
#include "config.h"
#include "base/nls.h"
#include "store/batch_open.h"

#define SLICE 500

struct finding {
    const struct catalog *c;
    VEC(struct key) dead;
    uint32_t next_part, next_run; /* above every number met, so that none is given out twice */
    struct key damaged;           /* n > 0: a key that is not its block's */
};

/* A stale page may still show a dead block: its key must never become that of a live one. */
static void note_numbers(struct finding *f, const struct key *k)
{
    struct key_numbers n;
    if (!key_numbers(k, &n))
        return;
    if (k->b[0] == BLOCK_HASHES && n.at[1] >= f->next_run)
        f->next_run = n.at[1] + 1;
    else if (k->b[0] >= BLOCK_DIRECTORY && n.at[0] >= f->next_part)
        f->next_part = n.at[0] + 1;
}

static bool look(void *arg, const struct key *k, const struct tree_value *v)
{
    struct finding *f = arg;
    if (catalog_lives(f->c, k))
        return true;
    /* A live block whose key was damaged looks dead too. */
    if (!block_named(k, v->p, v->n)) {
        f->damaged = *k;
        return false;
    }
    vec_push(&f->dead, *k);
    note_numbers(f, k);
    return true;
}

static bool delete_slice(struct env *env, struct root_record *root, const struct key *k, size_t n,
                         struct err *err)
{
    MDB_txn *txn = env_write(env, 16u << 20, err);
    if (!txn)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!env_delete(env, txn, &k[i], err)) {
            mdb_txn_abort(txn);
            return false;
        }
    return env_commit(env, txn, root, err);
}

bool sweep(struct env *env, struct err *err)
{
    struct snapshot *s = snapshot_open(env, err);
    if (!s)
        return false;
    struct key every = {.n = 0};
    const char *why;
    struct root_record root; /* the catalog's may be older: sweeping does not make a new version */
    if (!env_root(env, &s->tree, &root, err)) {
        snapshot_close(s);
        return false;
    }
    struct finding f = {.c = s->catalog, .next_part = root.next_part, .next_run = root.next_run};
    bool ok = tree_each(&s->tree, &every, look, &f, &why);
    if (!ok)
        env_damaged(env, "data.mdb", why, err);
    else if (f.damaged.n)
        ok = env_block_damaged(env, &f.damaged, N_("another block lies in its place"), err);
    root.next_part = f.next_part;
    root.next_run = f.next_run;
    snapshot_close(s); /* before deleting: its pages may be reused */
    for (size_t i = 0; ok && i < f.dead.n; i += SLICE)
        ok = delete_slice(env, &root, f.dead.at + i, f.dead.n - i < SLICE ? f.dead.n - i : SLICE, err);
    vec_done(&f.dead);
    return ok;
}
