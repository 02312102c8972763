/* fresh.c - see fresh.h. Somebody else may open the store the moment it is made. So it is only removed while
 * its lock file says that no one has it open and its data file is still as this process left it; and it is
 * moved out of the way before it is taken apart, so that whoever comes in between finds no store rather than
 * half of one. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/fresh.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/os.h"
#include "store/snapshot.h"

static const char *path_in(struct buf *path, const char *dir, const char *name)
{
    buf_clear(path);
    buf_printf(path, "%s/%s", dir, name);
    return path->p;
}

static bool look_at_data(const char *dir, struct stat *out)
{
    struct buf path = {0};
    bool ok = stat(path_in(&path, dir, "data.mdb"), out) == 0;
    buf_done(&path);
    return ok;
}

/* The longest beginning of the path that exists. */
static size_t existing(const char *dir)
{
    char *copy = mem_strdup(dir);
    size_t n = strlen(copy);
    while (n && !os_exists(copy)) {
        while (n && copy[n - 1] == '/')
            n--;
        while (n && copy[n - 1] != '/')
            n--;
        copy[n] = '\0';
    }
    free(copy);
    return n;
}

void fresh_note(struct fresh *f, const char *dir)
{
    *f = (struct fresh){.kept = existing(dir)};
    if (f->kept < strlen(dir))
        f->dir = mem_strdup(dir);
}

void fresh_look(struct fresh *f, struct env *env)
{
    const struct import_def *import;
    struct snapshot *s = f->dir && env ? snapshot_open(env, NULL) : NULL;
    if (!s)
        return;
    f->unused = snapshot_imports(s, &import) == 0 && look_at_data(f->dir, &f->data);
    snapshot_close(s);
}

/* Who has an LMDB store open holds a shared lock on this file. */
static int lock_alone(const char *dir)
{
    struct buf path = {0};
    int fd = open(path_in(&path, dir, "lock.mdb"), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    buf_done(&path);
    struct flock first = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    if (fd >= 0 && fcntl(fd, F_SETLK, &first) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool untouched(const struct fresh *f)
{
    struct stat now;
    return look_at_data(f->dir, &now) && now.st_ino == f->data.st_ino && now.st_size == f->data.st_size &&
           now.st_mtim.tv_sec == f->data.st_mtim.tv_sec && now.st_mtim.tv_nsec == f->data.st_mtim.tv_nsec;
}

static bool take_apart(const char *dir)
{
    static const char *const name[] = {"data.mdb", "lock.mdb", "writer"};
    struct buf path = {0};
    bool ok = rmdir(path_in(&path, dir, "rejects")) == 0 || errno == ENOENT;
    for (size_t i = 0; ok && i < sizeof name / sizeof *name; i++)
        ok = unlink(path_in(&path, dir, name[i])) == 0 || errno == ENOENT;
    buf_done(&path);
    return ok && rmdir(dir) == 0;
}

/* The folders above it that were made for it. */
static void remove_parents(char *dir, size_t kept)
{
    for (size_t n = strlen(dir); n > kept;) {
        while (n > kept && dir[n - 1] != '/')
            n--;
        while (n > kept && dir[n - 1] == '/')
            n--;
        dir[n] = '\0';
        if (n <= kept || rmdir(dir) != 0)
            return;
    }
}

static void remove_store(struct fresh *f)
{
    struct buf aside = {0};
    int lock = lock_alone(f->dir);
    for (size_t n = strlen(f->dir); n > 1 && f->dir[n - 1] == '/';)
        f->dir[--n] = '\0';
    buf_printf(&aside, "%s.%ld.tmp", f->dir, (long)getpid());
    if (lock >= 0 && untouched(f) && !os_exists(aside.p) && rename(f->dir, aside.p) == 0) {
        if (take_apart(aside.p))
            remove_parents(f->dir, f->kept);
        else
            (void)!rename(aside.p, f->dir);
    }
    if (lock >= 0)
        close(lock);
    buf_done(&aside);
}

void fresh_done(struct fresh *f)
{
    /* Opening the lock file of a store this process still has open would drop its locks. */
    if (f->dir && f->unused && !env_is_open(f->dir))
        remove_store(f);
    free(f->dir);
    *f = (struct fresh){0};
}
