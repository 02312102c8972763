/* env.h - the one LMDB environment of the process, opened on a store directory.
 *
 * A store is a directory with data.mdb, lock.mdb and, while something writes, a held lock on the file
 * `writer`. Everything in it is a block (block.h): small fixed keys, values with magic, identity and
 * checksum. */
#ifndef WM_ENV_H
#define WM_ENV_H

#include "base/err.h"

struct env;

enum env_mode {
    ENV_READ,  /* the store must exist */
    ENV_WRITE, /* create it when missing */
};

/* Opens or creates. Refuses: a directory that is no store, another format version (says which), a network
 * file system (unless WAYMARK_ALLOW_NETWORK_FS=1), wrong owner or group/other-writable files, damaged meta
 * pages. One environment per process: a second env_open of the same directory shares the first (counted). Not
 * to be used on the far side of a fork. WAYMARK_MAP_SIZE (bytes, K, M, G) overrides the 64 GiB reserved at
 * first. */
struct env *env_open(const char *dir, enum env_mode mode, struct err *err);
void env_close(struct env *env); /* NULL is fine; no snapshot or batch may be open */
const char *env_dir(const struct env *env);
/* Whether this process has the store of this folder open. */
bool env_is_open(const char *dir);
/* What to do when LMDB gives up on damaged pages while writing, before the process aborts: restore the
 * terminal, say so. Called with LMDB's words; must not return into LMDB's data. One for the process; NULL:
 * LMDB prints and aborts. */
void env_on_fatal(void (*fn)(const char *text));

#endif
