/* compact.c - everything in one part, and a file without holes.
 *
 * A file cannot be exchanged under a process that has it mapped: it would go on reading the old one, which is
 * harmless, and writing to it, which is not. LMDB holds a read lock on lock.mdb while it has a store open;
 * whoever gets the write lock is alone. A process that comes in that moment waits at this lock and then finds
 * in lock.mdb the number of the last transaction; therefore the new file goes on with the old one's numbers.
 */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/nls.h"
#include "base/os.h"
#include "store/compact.h"
#include "store/copy.h"
#include "store/env_lmdb.h"
#include "store/merge.h"
#include "store/snapshot_open.h"
#include "store/upkeep.h"
#include "store/writer_lock.h"

static char *path_in(const char *dir, const char *name)
{
    char *path = mem_alloc(strlen(dir) + strlen(name) + 2);
    sprintf(path, "%s/%s", dir, name);
    return path;
}

static bool fail(const char *dir, const char *doing, struct err *err)
{
    return err_set(err, ERR_SYSTEM, _("store %s: %s: %s"), dir, doing, strerror(errno));
}

static uint64_t file_bytes(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

void compact_clean(const char *dir)
{
    char *work = path_in(dir, "compact.tmp");
    copy_remove(work);
    free(work);
}

/* ---- alone */

/* The write lock on lock.mdb, or -1: another process has the store open, or the lock cannot be had
 * (*failed). This process has not: closing the descriptor would drop LMDB's own lock. */
static int lock_alone(const char *dir, bool *failed, struct err *err)
{
    char *path = path_in(dir, "lock.mdb");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    free(path);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    *failed = fd < 0;
    if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &whole) == 0)
        return fd;
    *failed = fd < 0 || (errno != EAGAIN && errno != EACCES);
    if (*failed)
        fail(dir, _("locking it"), err);
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool is_alone(const char *dir, bool *alone, struct err *err)
{
    bool failed;
    int fd = lock_alone(dir, &failed, err);
    *alone = fd >= 0;
    if (fd >= 0)
        close(fd);
    return !failed;
}

/* ---- numbers of transactions */

static bool newest_of(struct env *env, struct root_record *root, struct err *err)
{
    struct snapshot *s = snapshot_open(env, err);
    bool ok = s && env_root(env, &s->tree, root, err);
    snapshot_close(s);
    return ok;
}

/* Commits the root as it is until its transaction has this number at least. */
static bool commit_until(struct env *env, uint64_t txnid, uint64_t *now, struct err *err)
{
    struct root_record root;
    if (!newest_of(env, &root, err))
        return false;
    while (root.txnid < txnid) {
        MDB_txn *txn = env_write(env, 1u << 20, err);
        if (!txn || !env_commit(env, txn, &root, err))
            return false;
    }
    *now = root.txnid;
    return true;
}

static bool renumber_file(const char *dir, uint64_t newest, struct err *err)
{
    size_t size = 2 * 65536; /* both meta pages, whatever their size */
    unsigned char *bytes = mem_alloc(size);
    char *path = path_in(dir, "data.mdb");
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = fd >= 0 ? pread(fd, bytes, size, 0) : -1;
    bool ok =
        (n > 0 && tree_renumber(bytes, (size_t)n, newest)) || fail(path, _("numbering transactions"), err);
    ok = ok && os_write_all(fd, bytes, (size_t)n, path, err) && /* from the beginning: pread has not moved */
         (fsync(fd) == 0 || fail(path, _("numbering transactions"), err));
    if (fd >= 0)
        close(fd);
    free(path);
    free(bytes);
    return ok;
}

/* The copy's last commit gets the number `last`, which is two more than it has now at least. */
static bool continue_numbers(const char *work, uint64_t last, struct err *err)
{
    struct root_record root;
    struct env *copy = env_open_private(work, ENV_WRITE, err);
    bool ok = copy && newest_of(copy, &root, err);
    if (copy)
        env_close_private(copy);
    uint64_t other = last - 1 - (last - 1 - root.txnid) % 2; /* on the meta page that is the newest now */
    if (!ok || !renumber_file(work, other, err))
        return false;
    /* The root's own number is stale until it is committed again, which env_open_unread does not mind. */
    copy = env_open_unread(work, err);
    while ((ok = copy != NULL) && root.txnid < last) {
        MDB_txn *txn = env_write(copy, 1u << 20, err);
        if (!txn || !(ok = env_commit(copy, txn, &root, err)))
            break;
    }
    if (copy)
        env_close_private(copy);
    return ok && root.txnid == last;
}

/* ---- steps */

/* A copy beside the store that can take its place. */
static bool make_copy(struct env *env, const char *work, struct progress *progress, struct err *err)
{
    uint64_t last;
    struct root_record copied;
    if (mkdir(work, 0700) != 0)
        return fail(work, _("making the folder"), err);
    struct snapshot *s = snapshot_open(env, err);
    bool ok = s && copy_store(s, work, progress, err);
    snapshot_close(s);
    if (!ok)
        return false;
    struct env *copy = env_open_private(work, ENV_READ, err);
    ok = copy && newest_of(copy, &copied, err);
    if (copy)
        env_close_private(copy);
    return ok && commit_until(env, copied.txnid + 2, &last, err) && continue_numbers(work, last, err);
}

static bool exchange(const char *dir, const char *work, bool *shared, struct err *err)
{
    bool failed;
    int alone = lock_alone(dir, &failed, err);
    *shared = alone < 0 && !failed;
    if (alone < 0)
        return !failed;
    char *from = path_in(work, "data.mdb"), *to = path_in(dir, "data.mdb");
    bool ok = rename(from, to) == 0 || fail(dir, _("replacing the file"), err);
    ok = ok && copy_sync_folder(dir, err);
    free(from);
    free(to);
    close(alone);
    return ok;
}

/* With the writer lock held from before the copy to behind the exchange: nothing is committed in between. */
static bool shorten(struct env *env, const char *dir, struct progress *progress, bool *shared,
                    struct err *err)
{
    char *work = path_in(dir, "compact.tmp");
    bool busy;
    int lock = writer_lock(dir, &busy, err);
    bool ok = lock >= 0;
    if (ok) {
        compact_clean(dir);
        ok = make_copy(env, work, progress, err);
    }
    env_close(env);
    ok = ok && exchange(dir, work, shared, err);
    if (lock >= 0)
        copy_remove(work);
    writer_unlock(lock);
    free(work);
    return ok;
}

bool store_compact(const char *dir, struct progress *progress, struct compact_report *report, struct err *err)
{
    struct compact_report r = {0};
    bool alone = false;
    if (!os_exists(dir))
        return err_set(err, ERR_STORE, _("%s: no store here; import something first"), dir);
    if (env_is_open(dir))
        bug("store_compact of a store that this process has open");
    char *data = path_in(dir, "data.mdb");
    struct env *env = NULL;
    bool ok = (env = env_open(dir, ENV_READ, err)) != NULL;
    r.before = file_bytes(data);
    ok = ok && merge_everything(env, progress, err);
    env_close(env);
    ok = ok && is_alone(dir, &alone, err);
    r.shared = !alone;
    if (ok && alone)
        ok = (env = env_open(dir, ENV_READ, err)) && shorten(env, dir, progress, &r.shared, err);
    r.after = file_bytes(data);
    free(data);
    if (report)
        *report = r;
    return ok;
}
