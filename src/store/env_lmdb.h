/* env_lmdb.h - the environment from inside store/: LMDB's handles, our own mapping, the shared catalog. */
#ifndef WM_ENV_LMDB_H
#define WM_ENV_LMDB_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include "base/vec.h"
#include "store/env.h"
#include "store/pager.h"
#include "store/record.h"
#include "store/tree.h"

struct catalog;

#define ENV_MAP_LIMIT (UINT64_C(16) << 40) /* bytes that LMDB may map */
#define ENV_READERS 512                    /* read transactions at a time, of all processes */

struct mapping {
    unsigned char *p;
    size_t bytes;
};

struct env {
    struct env *next; /* all environments of the process */
    char *dir;
    dev_t dev;
    ino_t ino;
    pid_t pid;
    unsigned users;
    bool writable;
    MDB_env *lmdb;
    MDB_dbi dbi;
    int fd;                /* LMDB's, of data.mdb */
    pthread_mutex_t mutex; /* everything below; beginning and resizing of LMDB transactions */
    /* Newest last. Ours, beside LMDB's own: LMDB does not tell where it mapped. Old ones stay until
     * env_close, for what points into them. */
    VEC(struct mapping) maps;
    struct catalog *catalog;   /* of the newest version seen; NULL at first */
    struct pager *pager;       /* pages are read, not mapped: for the check; NULL otherwise */
    _Atomic unsigned catalogs; /* that there are, of any version */
    VEC(void *) kept;          /* copies of small verified blocks: see copies.h */
    size_t kept_after;         /* how many were left when they were last looked through */
    _Atomic unsigned snapshots;
    _Atomic int lost; /* why a commit failed: after some failures LMDB only says MDB_PANIC until reopened */
};

/* LMDB's complaint in our words. */
bool env_error(const struct env *env, int rc, const char *doing, struct err *err);
/* "store …: where: why; what to do" as ERR_DAMAGED. */
bool env_damaged(const struct env *env, const char *where, const char *why, struct err *err);
/* "store …: data.mdb cannot be read: why", when the pager of a check has met an error. */
bool env_unreadable(const struct env *env, struct err *err);
bool env_block_damaged(const struct env *env, const struct key *k, const char *why, struct err *err);

/* Why this process may not write, as ERR_STORE. */
bool env_read_only(const struct env *env, struct err *err);

/* mdb_txn_begin, tried again when dead readers fill the table or another process grew the map (then its size
 * is taken; open read transactions do not matter, as we never read through LMDB's own mapping). env->mutex is
 * held, or env is not shared yet. An LMDB error number. */
int env_begin(struct env *env, unsigned flags, MDB_txn **txn);
/* A read transaction and the state it sees. The transaction keeps that state's pages from reuse:
 * mdb_txn_abort ends it. */
bool env_read(struct env *env, MDB_txn **txn, struct tree *t, struct err *err);
/* A write transaction of the calling thread, with at least `room` bytes free in the map (grown when needed).
 */
MDB_txn *env_write(struct env *env, uint64_t room, struct err *err);
bool env_put(struct env *env, MDB_txn *txn, const struct key *k, struct str block, struct err *err);
/* Missing keys are no error. */
bool env_delete(struct env *env, MDB_txn *txn, const struct key *k, struct err *err);
/* Writes *root with this transaction's number and commits; the transaction is gone also on failure. */
bool env_commit(struct env *env, MDB_txn *txn, struct root_record *root, struct err *err);
bool env_root(const struct env *env, const struct tree *t, struct root_record *out, struct err *err);

/* Payload of the block under k, checked. An absent block is ERR_DAMAGED too: whoever asks knows it must be
 * there. */
bool env_block(const struct env *env, const struct tree *t, const struct key *k, struct str *payload,
               struct err *err);
/* The same, remembered in *slot after the first time: checksums are verified once per process. Thread-safe.
 */
typedef _Atomic(const unsigned char *) block_slot;
bool env_block_once(struct env *env, const struct tree *t, const struct key *k, block_slot *slot,
                    struct str *payload, struct err *err);

/* A private environment, not shared: for verify's child process. */
struct env *env_open_private(const char *dir, enum env_mode mode, struct err *err);
/* The same for the check: reads by pread where the machine lets it, and trusts no mapping. */
struct env *env_open_check(const char *dir, struct err *err);
/* The block in *slot will not be looked at soon: forget it, and its pages where they were read. */
void env_release(struct env *env, block_slot *slot);
/* The same for a value met by walking. */
void env_release_value(struct env *env, const struct tree_value *v);
/* The same for an existing store whose root is not looked at: for compact.c, which then writes it. */
struct env *env_open_unread(const char *dir, struct err *err);
void env_close_private(struct env *env);

#endif
