/* env_open.c - making, opening and closing a store; each is open once in a process and shared by who asks for
 * it. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "base/rand.h"
#include "store/catalog.h"
#include "store/env_lmdb.h"
#include "store/guard.h"

#define MAP_DEFAULT (UINT64_C(64) << 30)

static pthread_mutex_t all_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct env *all;
static void (*fatal)(const char *text);

static void on_assert(MDB_env *lmdb, const char *text)
{
    (void)lmdb;
    if (fatal)
        fatal(text);
}

static bool make_store(struct env *env, struct err *err)
{
    struct root_record root = {.order = BYTE_ORDER_MARK, .format = FORMAT_VERSION};
    struct rand r;
    root.created_us = (uint64_t)os_now_us();
    rand_seed(&r, root.created_us ^ (uint64_t)getpid() << 40 ^ (uint64_t)os_monotonic_us() << 20);
    root.store[0] = rand_u64(&r);
    root.store[1] = rand_u64(&r);
    root.next_part = root.next_run = 1;
    root.next_column = COL_FIRST;
    MDB_txn *txn = env_write(env, 1 << 20, err);
    if (!txn)
        return false;
    if (mdb_txn_id(txn) == 1)
        return env_commit(env, txn, &root, err);
    mdb_txn_abort(txn); /* another process made it at the same moment */
    return true;
}

/* The store's root is there and ours, or is made. */
static bool check_root(struct env *env, enum env_mode mode, struct err *err)
{
    MDB_txn *txn;
    struct tree t;
    struct root_record root;
    if (!env_read(env, &txn, &t, err))
        return false;
    bool empty = t.main.entries == 0 && t.txnid == 0, ok = false;
    if (!empty)
        ok = env_root(env, &t, &root, err);
    else if (mode != ENV_WRITE)
        err_set(err, ERR_STORE, _("%s: no store here; import something first"), env->dir);
    mdb_txn_abort(txn);
    return empty && mode == ENV_WRITE ? make_store(env, err) : ok;
}

static uint64_t map_size_wanted(const char *dir)
{
    uint64_t size = MAP_DEFAULT, wanted;
    const char *text = getenv("WAYMARK_MAP_SIZE");
    if (text && num_size(str_of(text), &wanted) && wanted >= (1 << 16))
        size = wanted & ~UINT64_C(65535);
    char *path = mem_alloc(strlen(dir) + 10);
    strcpy(path, dir);
    strcat(path, "/data.mdb");
    struct stat st;
    if (stat(path, &st) == 0 && (uint64_t)st.st_size > size / 2)
        size = 2 * (((uint64_t)st.st_size + 65535) & ~UINT64_C(65535));
    free(path);
    return size < ENV_MAP_LIMIT ? size : ENV_MAP_LIMIT;
}

static int open_lmdb(struct env *env, uint64_t map_size)
{
    int rc = mdb_env_create(&env->lmdb);
    if (rc)
        return rc;
    mdb_env_set_assert(env->lmdb, on_assert);
    mdb_env_set_mapsize(env->lmdb, map_size);
    mdb_env_set_maxreaders(env->lmdb, ENV_READERS);
    rc = mdb_env_open(env->lmdb, env->dir, MDB_NOTLS | (env->writable ? 0 : MDB_RDONLY), 0600);
    if (rc) {
        mdb_env_close(env->lmdb);
        env->lmdb = NULL;
    }
    return rc;
}

static bool open_dbi(struct env *env, struct err *err)
{
    int dead, rc = mdb_reader_check(env->lmdb, &dead);
    MDB_txn *txn;
    if (rc == 0)
        rc = mdb_env_get_fd(env->lmdb, &env->fd);
    if (rc == 0)
        rc = env_begin(env, MDB_RDONLY, &txn);
    if (rc)
        return env_error(env, rc, _("opening"), err);
    rc = mdb_dbi_open(txn, NULL, 0, &env->dbi); /* the main database: no look-up, so no page is read */
    if (rc) {
        mdb_txn_abort(txn);
        return env_error(env, rc, _("opening"), err);
    }
    rc = mdb_txn_commit(txn);
    return rc == 0 || env_error(env, rc, _("opening"), err);
}

/* store_compact may have put another file in the place of the one just opened. */
static bool still_there(const struct env *env)
{
    struct stat opened, named;
    char *path = mem_alloc(strlen(env->dir) + 10);
    strcpy(path, env->dir);
    strcat(path, "/data.mdb");
    bool same = fstat(env->fd, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino &&
                opened.st_dev == named.st_dev;
    free(path);
    return same;
}

static bool open_once(struct env *env, bool *again, struct err *err)
{
    uint64_t size = map_size_wanted(env->dir);
    int rc = open_lmdb(env, size);
    while (rc == ENOMEM && (size /= 2) >= (1 << 20)) /* a limit on address space */
        rc = open_lmdb(env, size);
    if (rc)
        return env_error(env, rc, _("opening"), err);
    if (!open_dbi(env, err))
        return false;
    *again = !still_there(env);
    if (*again) {
        mdb_env_close(env->lmdb);
        env->lmdb = NULL;
    }
    return true;
}

static bool open_files(struct env *env, enum env_mode mode, struct err *err)
{
    enum guard_found found = guard_check(env->dir, &env->writable, err);
    if (found == GUARD_REFUSED)
        return false;
    if (found == GUARD_EMPTY && mode != ENV_WRITE)
        return err_set(err, ERR_STORE, _("%s: no store here; import something first"), env->dir);
    if (found == GUARD_EMPTY && (!os_make_dirs(env->dir, err) || !guard_clear(env->dir, err)))
        return false;
    bool again = true;
    for (int attempt = 0; attempt < 10 && again; attempt++)
        if (!open_once(env, &again, err))
            return false;
    return !again || err_set(err, ERR_STORE, _("store %s: is being replaced; try again"), env->dir);
}

static void env_free(struct env *env)
{
    catalog_drop(env->catalog);
    if (env->lmdb)
        mdb_env_close(env->lmdb);
    for (size_t i = 0; i < env->maps.n; i++)
        munmap(env->maps.at[i].p, env->maps.at[i].bytes);
    for (size_t i = 0; i < env->kept.n; i++)
        free(env->kept.at[i]);
    vec_done(&env->maps);
    vec_done(&env->kept);
    pager_free(env->pager);
    pthread_mutex_destroy(&env->mutex);
    free(env->dir);
    free(env);
}

static struct env *env_new(const char *dir)
{
    struct env *env = mem_zalloc(sizeof(*env));
    env->dir = mem_strdup(dir);
    env->pid = getpid();
    env->users = 1;
    pthread_mutex_init(&env->mutex, NULL);
    return env;
}

/* ---- public */

void env_on_fatal(void (*fn)(const char *text))
{
    fatal = fn;
}

struct env *env_open_private(const char *dir, enum env_mode mode, struct err *err)
{
    struct env *env = env_new(dir);
    if (open_files(env, mode, err) && check_root(env, mode, err))
        return env;
    env_free(env);
    return NULL;
}

struct env *env_open_check(const char *dir, struct err *err)
{
    struct env *env = env_new(dir);
    env->pager = pager_new();
    if (!pager_reset(env->pager, -1, UINT64_C(1) << 30)) { /* no addresses to spare: a mapping will do */
        pager_free(env->pager);
        env->pager = NULL;
    }
    if (open_files(env, ENV_READ, err) && check_root(env, ENV_READ, err))
        return env;
    env_free(env);
    return NULL;
}

struct env *env_open_unread(const char *dir, struct err *err)
{
    struct env *env = env_new(dir);
    if (open_files(env, ENV_READ, err))
        return env;
    env_free(env);
    return NULL;
}

void env_close_private(struct env *env)
{
    env_free(env);
}

/* all_mutex is held. */
static struct env *find_open(const char *dir)
{
    struct stat st;
    if (stat(dir, &st) != 0)
        return NULL;
    for (struct env *e = all; e; e = e->next)
        if (e->dev == st.st_dev && e->ino == st.st_ino && e->pid == getpid())
            return e;
    return NULL;
}

struct env *env_open(const char *dir, enum env_mode mode, struct err *err)
{
    pthread_mutex_lock(&all_mutex);
    struct env *env = find_open(dir);
    if (env) {
        env->users++;
    } else if ((env = env_open_private(dir, mode, err))) {
        struct stat st = {0};
        stat(dir, &st);
        env->dev = st.st_dev;
        env->ino = st.st_ino;
        env->next = all;
        all = env;
    }
    pthread_mutex_unlock(&all_mutex);
    return env;
}

bool env_is_open(const char *dir)
{
    pthread_mutex_lock(&all_mutex);
    bool open = find_open(dir) != NULL;
    pthread_mutex_unlock(&all_mutex);
    return open;
}

void env_close(struct env *env)
{
    if (!env)
        return;
    pthread_mutex_lock(&all_mutex);
    if (--env->users == 0) {
        if (atomic_load(&env->snapshots))
            bug("env_close with open snapshots");
        for (struct env **p = &all; *p; p = &(*p)->next)
            if (*p == env) {
                *p = env->next;
                break;
            }
        env_free(env);
    }
    pthread_mutex_unlock(&all_mutex);
}

const char *env_dir(const struct env *env)
{
    return env->dir;
}
