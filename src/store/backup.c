/* backup.c - a checked copy under a temporary name that becomes the backup in one step. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/nls.h"
#include "store/copy.h"
#include "store/upkeep.h"

/* The folder that holds `path`, which has no slash at its end. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return mem_strdup(".");
    size_t n = slash == path ? 1 : (size_t)(slash - path);
    char *folder = mem_zalloc(n + 1);
    memcpy(folder, path, n);
    return folder;
}

static bool refuse_existing(const char *to, struct err *err)
{
    struct stat st;
    if (lstat(to, &st) != 0)
        return errno == ENOENT ||
               err_set(err, ERR_SYSTEM, _("backup %s: cannot be made: %s"), to, strerror(errno));
    return err_set(err, ERR_USAGE, _("backup %s: exists already; name a new folder"), to);
}

/* The last step. Nothing that came to be there meanwhile is replaced. */
static bool give_name(const char *temporary, const char *to, struct err *err)
{
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return true;
    /* Old file systems have no such flag; an empty folder or none is all that rename replaces. */
    if (errno == EINVAL && rename(temporary, to) == 0)
        return true;
    if (errno == EEXIST || errno == ENOTEMPTY)
        return err_set(err, ERR_USAGE, _("backup %s: exists already; name a new folder"), to);
    return err_set(err, ERR_SYSTEM, _("backup %s: cannot be made: %s"), to, strerror(errno));
}

static bool write_backup(struct env *env, const char *temporary, struct progress *progress, struct err *err)
{
    struct snapshot *s = snapshot_open(env, err);
    bool ok = s && copy_store(s, temporary, progress, err);
    snapshot_close(s);
    if (!ok)
        return false;
    char *lock = mem_alloc(strlen(temporary) + 10);
    sprintf(lock, "%s/lock.mdb", temporary); /* readers of this moment; made again when needed */
    unlink(lock);
    free(lock);
    return copy_sync_folder(temporary, err);
}

static bool make_backup(struct env *env, const char *to, struct progress *progress, struct err *err)
{
    if (!*to)
        return err_set(err, ERR_USAGE, _("a backup needs the name of a new folder"));
    if (!refuse_existing(to, err))
        return false;
    char *folder = folder_of(to), *temporary = mem_alloc(strlen(to) + 14);
    sprintf(temporary, "%s.part-XXXXXX", to);
    bool ok = mkdtemp(temporary) != NULL ||
              err_set(err, ERR_SYSTEM, _("backup %s: cannot be made: %s"), to, strerror(errno));
    if (ok) {
        ok = write_backup(env, temporary, progress, err) && give_name(temporary, to, err);
        if (!ok)
            copy_remove(temporary);
        ok = ok && copy_sync_folder(folder, err);
    }
    free(temporary);
    free(folder);
    return ok;
}

bool store_backup(struct env *env, const char *to, struct progress *progress, struct err *err)
{
    size_t n = strlen(to);
    while (n > 1 && to[n - 1] == '/')
        n--;
    char *name = mem_zalloc(n + 1);
    memcpy(name, to, n);
    bool ok = make_backup(env, name, progress, err);
    free(name);
    return ok;
}
