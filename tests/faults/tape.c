/* tape.c - preloaded into waymark: writes down what reaches the store's files, and in which order.
 *   TAPE_FILE    what is written to; appended, so that several runs make one tape
 *   TAPE_DIR     the store's folder; an absolute path without symbolic links
 *   TAPE_NOSYNC  1: LMDB environments are opened with MDB_NOSYNC, which the tests must then find fault with
 *
 * A change and its entry are one step under a lock; entries are single appending writes. Files in subfolders
 * (rejected rows) and nameless ones do not count: an import does not need them to be whole. */
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "tape.h"

static int tape = -1;
static char dir[4096];
static size_t dir_n;
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

#define EACH(X) X(write) X(pwrite) X(writev) X(pwritev) X(fsync) X(fdatasync) X(ftruncate) X(mdb_env_open)
#define DECLARE(name) static __typeof__(name) *real_##name;
EACH(DECLARE)

static void find(void *to, const char *name)
{
    void *p = dlsym(RTLD_NEXT, name);
    memcpy(to, &p, sizeof(p));
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("TAPE_FILE"), *folder = getenv("TAPE_DIR");
#define FIND(name) find(&real_##name, #name);
    EACH(FIND)
    if (!path || !folder || strlen(folder) >= sizeof(dir))
        return;
    strcpy(dir, folder);
    dir_n = strlen(dir);
    tape = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CLOEXEC);
}

/* The file's name when it lies in the store's folder. */
static int is_ours(int fd, char name[TAPE_NAME])
{
    char link[40], path[4096];
    if (tape < 0 || fd == tape)
        return 0;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof(path) - 1);
    if (n < 0)
        return 0;
    path[n] = '\0';
    if (strncmp(path, dir, dir_n) != 0 || path[dir_n] != '/')
        return 0;
    const char *base = path + dir_n + 1;
    if (strchr(base, '/') || strchr(base, ' ') || strlen(base) >= TAPE_NAME)
        return 0;
    strcpy(name, base);
    return 1;
}

static void put(enum tape_kind kind, const char *name, uint64_t at, const struct iovec *v, int n,
                size_t bytes)
{
    struct tape_entry e = {.kind = kind, .bytes = (uint32_t)bytes, .at = at};
    struct iovec all[66] = {{&e, sizeof(e)}};
    memcpy(e.file, name, strlen(name));
    size_t left = bytes;
    int used = 1;
    for (int i = 0; i < n && left > 0; i++) {
        size_t take = v[i].iov_len < left ? v[i].iov_len : left;
        all[used++] = (struct iovec){v[i].iov_base, take};
        left -= take;
    }
    if (n > 64 || syscall(SYS_writev, tape, all, used) != (long)(sizeof(e) + bytes))
        abort(); /* a tape with a gap proves nothing */
}

static int is_safe(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && (flags & (O_DSYNC | O_SYNC));
}

static void put_write(int fd, const char *name, off_t at, const struct iovec *v, int n, ssize_t done)
{
    if (done > 0)
        put(is_safe(fd) ? TAPE_SYNC_WRITE : TAPE_WRITE, name, (uint64_t)at, v, n, (size_t)done);
}

/* call: the real function's result; at: where it wrote. */
#define RECORDED(fd, call, where, v, n)                                                                      \
    char name[TAPE_NAME];                                                                                    \
    if (!is_ours(fd, name))                                                                                  \
        return call;                                                                                         \
    pthread_mutex_lock(&order);                                                                              \
    off_t at = where;                                                                                        \
    ssize_t done = call;                                                                                     \
    put_write(fd, name, at, v, n, done);                                                                     \
    pthread_mutex_unlock(&order);                                                                            \
    return done

ssize_t write(int fd, const void *p, size_t n)
{
    struct iovec one = {(void *)(size_t)p, n};
    RECORDED(fd, real_write(fd, p, n), lseek(fd, 0, SEEK_CUR), &one, 1);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t to)
{
    struct iovec one = {(void *)(size_t)p, n};
    RECORDED(fd, real_pwrite(fd, p, n, to), to, &one, 1);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t to)
{
    return pwrite(fd, p, n, to);
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
    RECORDED(fd, real_writev(fd, v, n), lseek(fd, 0, SEEK_CUR), v, n);
}

ssize_t pwritev(int fd, const struct iovec *v, int n, off_t to)
{
    RECORDED(fd, real_pwritev(fd, v, n, to), to, v, n);
}

ssize_t pwritev64(int fd, const struct iovec *v, int n, off64_t to)
{
    return pwritev(fd, v, n, to);
}

static int recorded_sync(int fd, int (*sync)(int))
{
    char name[TAPE_NAME];
    if (!is_ours(fd, name))
        return sync(fd);
    pthread_mutex_lock(&order);
    int rc = sync(fd);
    if (rc == 0)
        put(TAPE_SYNC, name, 0, NULL, 0, 0);
    pthread_mutex_unlock(&order);
    return rc;
}

int fsync(int fd)
{
    return recorded_sync(fd, real_fsync);
}

int fdatasync(int fd)
{
    return recorded_sync(fd, real_fdatasync);
}

int ftruncate(int fd, off_t n)
{
    char name[TAPE_NAME];
    if (!is_ours(fd, name))
        return real_ftruncate(fd, n);
    pthread_mutex_lock(&order);
    int rc = real_ftruncate(fd, n);
    if (rc == 0)
        put(TAPE_SIZE, name, (uint64_t)n, NULL, 0, 0);
    pthread_mutex_unlock(&order);
    return rc;
}

int ftruncate64(int fd, off64_t n)
{
    return ftruncate(fd, n);
}

int mdb_env_open(MDB_env *env, const char *path, unsigned int flags, mdb_mode_t mode)
{
    const char *nosync = getenv("TAPE_NOSYNC");
    return real_mdb_env_open(env, path, flags | (nosync && *nosync == '1' ? MDB_NOSYNC : 0u), mode);
}
