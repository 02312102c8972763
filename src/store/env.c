/* env.c - LMDB transactions, our own mapping beside them, and blocks by key.
 *
 * LMDB does transactions, page allocation and writing. Reading goes through tree.c over a mapping of our own,
 * so that damage becomes an error instead of a signal. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "base/nls.h"
#include "base/os.h"
#include "store/catalog.h"
#include "store/env_lmdb.h"
#include "store/guard.h"

/* ---- errors */

bool env_damaged(const struct env *env, const char *where, const char *why, struct err *err)
{
    return err_set(
        err, ERR_DAMAGED,
        _("store %s: %s: %s; run 'waymark check', then restore a backup or import again into a new store"),
        env->dir, where, why);
}

bool env_block_damaged(const struct env *env, const struct key *k, const char *why, struct err *err)
{
    struct buf where = {0};
    key_describe(k, &where);
    env_damaged(env, where.p, _(why), err);
    buf_done(&where);
    return false;
}

bool env_unreadable(const struct env *env, struct err *err)
{
    return err_set(err, ERR_SYSTEM, _("store %s: data.mdb cannot be read: %s; look after the disk"), env->dir,
                   strerror(pager_error(env->pager)));
}

static bool disk_low(const struct env *env)
{
    return os_free_bytes(env->dir) < (UINT64_C(1) << 20);
}

bool env_error(const struct env *env, int rc, const char *doing, struct err *err)
{
    if (rc == MDB_PANIC && env->lost)
        rc = env->lost;
    if (rc == MDB_READERS_FULL)
        return err_set(err, ERR_STORE, _("store %s: %s: more than %d readers at once; close some"), env->dir,
                       doing, ENV_READERS);
    /* LMDB reports a full disk as EIO after a short write. */
    if (rc == ENOSPC || rc == EDQUOT || (rc == EIO && disk_low(env)))
        return err_set(err, ERR_STORE, _("store %s: %s: disk full; free some space"), env->dir, doing);
    if (rc == EACCES || rc == EPERM) /* also of a reader: its place is written to lock.mdb */
        return err_set(
            err, ERR_SYSTEM,
            _("store %s: %s: permission denied; to read it, too, you must be allowed to write lock.mdb: "
              "ask for that or copy the store"),
            env->dir, doing);
    if (rc == MDB_MAP_FULL || rc == ENOMEM)
        return err_set(err, ERR_STORE, _("store %s: %s: no room in the address space; set WAYMARK_MAP_SIZE"),
                       env->dir, doing);
    if (rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND || rc == MDB_PANIC || rc == MDB_INVALID ||
        rc == MDB_BAD_TXN)
        return env_damaged(env, doing, mdb_strerror(rc), err);
    return err_set(err, ERR_SYSTEM, _("store %s: %s: %s"), env->dir, doing, mdb_strerror(rc));
}

bool env_read_only(const struct env *env, struct err *err)
{
    struct statvfs fs;
    if (statvfs(env->dir, &fs) == 0 && fs.f_flag & ST_RDONLY)
        return err_set(
            err, ERR_STORE,
            _("store %s: lies on a file system that is mounted read-only; mount it for writing, or "
              "copy the store to another disk"),
            env->dir);
    return err_set(err, ERR_STORE, _("store %s: may only be read by you; ask for write permission"),
                   env->dir);
}

/* ---- our mapping */

/* Reserves addresses for `want` bytes of the file, fewer when the machine has no more; never fewer than
 * `need`. */
static bool map_more(struct env *env, uint64_t want, uint64_t need, struct err *err)
{
    void *p = MAP_FAILED;
    for (; want >= need && want > 0; want /= 2) {
        p = mmap(NULL, want, PROT_READ, MAP_SHARED, env->fd, 0);
        if (p != MAP_FAILED)
            break;
    }
    if (p == MAP_FAILED)
        return env_error(env, ENOMEM, _("mapping the file"), err);
    vec_push(&env->maps, (struct mapping){p, want});
    return true;
}

/* All meta pages, whatever their size, and with them the whole of a tiny file. */
#define META_BYTES (2 * 65536)

static bool newest_pages(struct env *env, struct mapping *out, uint64_t *bytes, struct err *err)
{
    *bytes = (uint64_t)guard_size(env->fd);
    if (!pager_reset(env->pager, env->fd, *bytes))
        return env_error(env, ENOMEM, _("reading the file"), err);
    if (!pager_need(env->pager, 0, *bytes < META_BYTES ? *bytes : META_BYTES))
        return pager_error(env->pager) ? env_unreadable(env, err)
                                       : env_damaged(env, "data.mdb", _("page cannot be read"), err);
    *out = (struct mapping){(unsigned char *)(uintptr_t)pager_map(env->pager), *bytes};
    return true;
}

/* The mapping to read the present file through. env->mutex is held. */
static bool newest_map(struct env *env, struct mapping *out, uint64_t *bytes, struct err *err)
{
    if (env->pager)
        return newest_pages(env, out, bytes, err);
    uint64_t size = (uint64_t)guard_size(env->fd);
    if (env->maps.n == 0 || env->maps.at[env->maps.n - 1].bytes < size) {
        MDB_envinfo info;
        mdb_env_info(env->lmdb, &info);
        if (!map_more(env, size > info.me_mapsize ? 2 * size : info.me_mapsize, size, err))
            return false;
    }
    *out = env->maps.at[env->maps.n - 1];
    *bytes = size < out->bytes ? size : out->bytes;
    return true;
}

/* ---- transactions */

int env_begin(struct env *env, unsigned flags, MDB_txn **txn)
{
    int rc = mdb_txn_begin(env->lmdb, NULL, flags, txn);
    if (rc == MDB_READERS_FULL) {
        int dead;
        mdb_reader_check(env->lmdb, &dead);
        rc = mdb_txn_begin(env->lmdb, NULL, flags, txn);
    }
    if (rc == MDB_MAP_RESIZED && (rc = mdb_env_set_mapsize(env->lmdb, 0)) == 0)
        rc = mdb_txn_begin(env->lmdb, NULL, flags, txn);
    return rc;
}

static void check_process(const struct env *env)
{
    if (env->pid != getpid())
        bug("a store opened before fork");
}

/* A meta page that was read while a commit wrote it is not the same when read again; tree_open sees to that
 * itself in a mapping. */
static bool same_again(struct env *env, const struct tree *t, uint64_t bytes)
{
    struct tree again;
    if (!env->pager)
        return true;
    pager_release(env->pager, t->map, bytes < META_BYTES ? bytes : META_BYTES);
    return pager_need(env->pager, 0, bytes < META_BYTES ? bytes : META_BYTES) &&
           tree_open(&again, t->map, bytes, t->txnid) && memcmp(&again, t, sizeof(again)) == 0;
}

/* *again: the state was gone before it could be read. */
static bool try_read(struct env *env, MDB_txn **txn, struct tree *t, bool *again, struct err *err)
{
    struct mapping map = {0};
    uint64_t bytes;
    int rc = env_begin(env, MDB_RDONLY, txn);
    *again = false;
    if (rc)
        return env_error(env, rc, _("beginning to read"), err);
    if (newest_map(env, &map, &bytes, err)) {
        if (tree_open(t, map.p, bytes, mdb_txn_id(*txn)) && same_again(env, t, bytes)) {
            t->pager = env->pager;
            return true;
        }
        *again = true;
    }
    mdb_txn_abort(*txn);
    return false;
}

bool env_read(struct env *env, MDB_txn **txn, struct tree *t, struct err *err)
{
    check_process(env);
    pthread_mutex_lock(&env->mutex);
    bool again = true, ok = false;
    /* The meta page of our transaction is overwritten by the second commit after it: when that happens
     * between the two calls, take the newer state. */
    for (int attempt = 0; attempt < 100 && again && !ok; attempt++)
        ok = try_read(env, txn, t, &again, err);
    pthread_mutex_unlock(&env->mutex);
    if (!ok && again)
        env_damaged(env, "data.mdb", _("damaged meta page"), err);
    return ok;
}

/* Grows the map when fewer than `room` bytes are left in it. env->mutex is held, no write transaction is
 * open. */
static int make_room(struct env *env, uint64_t room)
{
    MDB_envinfo info;
    mdb_env_info(env->lmdb, &info);
    uint64_t used = (info.me_last_pgno + 1) * (uint64_t)sysconf(_SC_PAGESIZE), size = info.me_mapsize;
    if (used + room <= size)
        return 0;
    while (size < used + room && size < ENV_MAP_LIMIT)
        size *= 2;
    return size < used + room ? MDB_MAP_FULL : mdb_env_set_mapsize(env->lmdb, size);
}

MDB_txn *env_write(struct env *env, uint64_t room, struct err *err)
{
    check_process(env);
    if (!env->writable) {
        env_read_only(env, err);
        return NULL;
    }
    MDB_txn *txn = NULL;
    pthread_mutex_lock(&env->mutex);
    int rc = make_room(env, room);
    if (rc == 0)
        rc = env_begin(env, 0, &txn);
    pthread_mutex_unlock(&env->mutex);
    if (rc == 0)
        return txn;
    env_error(env, rc, _("beginning to write"), err);
    return NULL;
}

bool env_put(struct env *env, MDB_txn *txn, const struct key *k, struct str block, struct err *err)
{
    MDB_val key = {k->n, (void *)(uintptr_t)k->b}, value = {block.n, (void *)(uintptr_t)block.p};
    int rc = mdb_put(txn, env->dbi, &key, &value, 0);
    return rc == 0 || env_error(env, rc, _("writing"), err);
}

bool env_delete(struct env *env, MDB_txn *txn, const struct key *k, struct err *err)
{
    MDB_val key = {k->n, (void *)(uintptr_t)k->b};
    int rc = mdb_del(txn, env->dbi, &key, NULL);
    return rc == 0 || rc == MDB_NOTFOUND || env_error(env, rc, _("deleting"), err);
}

/* After the commit, which stands whether this succeeds or not. */
static void write_seal(const struct env *env, uint64_t txnid)
{
    unsigned char bytes[TREE_SEAL_BYTES];
    size_t at = tree_seal(bytes, txnid, (uint32_t)sysconf(_SC_PAGESIZE));
    ssize_t ignored = pwrite(env->fd, bytes, sizeof(bytes), (off_t)at);
    (void)ignored;
}

bool env_commit(struct env *env, MDB_txn *txn, struct root_record *root, struct err *err)
{
    struct key k = key_root();
    struct buf b = {0};
    root->txnid = mdb_txn_id(txn);
    size_t start = block_begin(&b);
    buf_put(&b, root, sizeof(*root));
    block_seal(&b, start, &k);
    bool ok = env_put(env, txn, &k, buf_view(&b), err);
    buf_done(&b);
    if (!ok) {
        mdb_txn_abort(txn);
        return false;
    }
    int rc = mdb_txn_commit(txn);
    if (rc)
        env->lost = rc;
    if (rc)
        return env_error(env, rc, _("committing"), err);
    write_seal(env, root->txnid);
    return true;
}

/* ---- blocks */

bool env_block(const struct env *env, const struct tree *t, const struct key *k, struct str *payload,
               struct err *err)
{
    struct tree_value v;
    const char *why = N_("missing");
    enum tree_found found = tree_find(t, k, &v, &why);
    if (found == TREE_FOUND)
        why = block_check(k, v.p, v.n);
    if (found != TREE_FOUND || why)
        return env_block_damaged(env, k, why, err);
    *payload = block_payload(v.p);
    return true;
}

void env_release_value(struct env *env, const struct tree_value *v)
{
    if (env->pager && !v->in_leaf)
        pager_release(env->pager, v->p, v->n);
}

void env_release(struct env *env, block_slot *slot)
{
    const unsigned char *p = atomic_load(slot);
    if (!env->pager || !p)
        return;
    pager_release(env->pager, p, BLOCK_HEADER + block_payload(p).n);
    atomic_store(slot, NULL);
}

/* A lasting address for a verified block: LMDB copies leaf pages when they change, so small blocks are copied
 * once. */
static const unsigned char *keep(struct env *env, const struct tree_value *v)
{
    if (!v->in_leaf)
        return v->p;
    void *copy = mem_alloc(v->n);
    memcpy(copy, v->p, v->n);
    pthread_mutex_lock(&env->mutex);
    vec_push(&env->kept, copy);
    pthread_mutex_unlock(&env->mutex);
    return copy;
}

bool env_block_once(struct env *env, const struct tree *t, const struct key *k, block_slot *slot,
                    struct str *payload, struct err *err)
{
    const unsigned char *p = atomic_load_explicit(slot, memory_order_acquire);
    if (!p) {
        struct tree_value v;
        const char *why = N_("missing");
        enum tree_found found = tree_find(t, k, &v, &why);
        if (found == TREE_FOUND)
            why = block_check(k, v.p, v.n);
        if (found != TREE_FOUND || why)
            return env_block_damaged(env, k, why, err);
        /* Two threads may both come here; either result is right. */
        p = keep(env, &v);
        atomic_store_explicit(slot, p, memory_order_release);
    }
    *payload = block_payload(p);
    return true;
}

bool env_root(const struct env *env, const struct tree *t, struct root_record *out, struct err *err)
{
    struct key k = key_root();
    struct str payload;
    if (!env_block(env, t, &k, &payload, err))
        return false;
    if (payload.n < 8)
        return env_block_damaged(env, &k, N_("length differs"), err);
    uint32_t first[2];
    memcpy(first, payload.p, sizeof(first));
    if (first[0] == __builtin_bswap32(BYTE_ORDER_MARK))
        return err_set(err, ERR_STORE,
                       _("store %s: written on a machine of the other byte order; import again here"),
                       env->dir);
    if (first[1] < FORMAT_OLDEST || first[1] > FORMAT_VERSION)
        return err_set(err, ERR_STORE,
                       _("store %s: has format %u, this program reads formats %d to %d; use the waymark that "
                         "wrote it or import again"),
                       env->dir, first[1], FORMAT_OLDEST, FORMAT_VERSION);
    if (payload.n != sizeof(*out))
        return env_block_damaged(env, &k, N_("length differs"), err);
    memcpy(out, payload.p, sizeof(*out));
    if (out->txnid != t->txnid)
        return env_block_damaged(env, &k, N_("stale: belongs to another commit than the meta page"), err);
    return true;
}
