/* shim.c - preloaded into waymark: the n-th allocation or the n-th call on the store's files fails.
 *
 * What to fail comes from the environment, what happened goes to a small shared file, so that the driver
 * learns of it also when the program ends by _exit or by a signal, and children count on where their parent
 * was. SHIM_REPORT  the shared file (struct shim_report) SHIM_DIR     files below this directory count; an
 * absolute path without symbolic links OOM_AT       this allocation fails           IO_AT    this call fails
 * (1, 2, ...; 0 or unset: none) IO_ONCE      1: only that one, else all later ones too (allocations likewise)
 *   IO_FAULT     ENOSPC, EIO, EINTR or SHORT (half of a write is done; one that cannot be halved fails with
 * ENOSPC)
 *
 * Only calls through the program's and its libraries' symbol tables are seen: what libc does inside fopen is
 * not. waymark opens nothing of a store that way. */
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "shim.h"

enum fault { FAULT_ENOSPC, FAULT_EIO, FAULT_EINTR, FAULT_SHORT };

static struct shim_report *report;
static uint64_t oom_at, io_at;
static int once;
static enum fault fault;
static char dir[4096];
static size_t dir_n;

/* ---- the real ones */

/* Found all at once, before anything can be made to fail: dlsym itself allocates. */
#define EACH(X)                                                                                              \
    X(write)                                                                                                 \
    X(pwrite)                                                                                                \
    X(pwrite64)                                                                                              \
    X(writev)                                                                                                \
    X(pwritev)                                                                                               \
    X(pwritev64) X(read) X(pread) X(pread64) X(fsync) X(fdatasync) X(ftruncate) X(ftruncate64) X(mmap)       \
        X(mmap64) X(open) X(open64) X(openat) X(openat64) X(rename) X(renameat2) X(mkdir) X(unlink)

#define DECLARE(name) static __typeof__(name) *real_##name;
EACH(DECLARE)

static void find(void *to, const char *name)
{
    void *p = dlsym(RTLD_NEXT, name);
    memcpy(to, &p, sizeof(p));
}

static void find_all(void)
{
#define FIND(name) find(&real_##name, #name);
    EACH(FIND)
}

#define REAL(name)                                                                                           \
    if (!real_##name)                                                                                        \
    find_all()

/* ---- what to fail */

static uint64_t number(const char *name)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : 0;
}

static enum fault fault_named(const char *name)
{
    static const char names[][8] = {"ENOSPC", "EIO", "EINTR", "SHORT"};
    for (unsigned i = 0; name && i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum fault)i;
    return FAULT_EIO;
}

/* Raw system calls: this must neither count nor fail. */
__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("SHIM_REPORT"), *below = getenv("SHIM_DIR");
    long fd = path ? syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *p = (void *)syscall(SYS_mmap, NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0L);
    syscall(SYS_close, fd);
    if (p == MAP_FAILED)
        return;
    find_all();
    oom_at = number("OOM_AT");
    io_at = number("IO_AT");
    once = number("IO_ONCE") == 1;
    fault = fault_named(getenv("IO_FAULT"));
    if (below && strlen(below) < sizeof(dir)) {
        strcpy(dir, below);
        dir_n = strlen(dir);
    }
    report = p; /* from here on things count */
}

/* Whether this is the call that has to fail; `name` is remembered as the first that did. */
static int due(_Atomic uint64_t *count, uint64_t at, const char *name)
{
    uint64_t n = ++*count;
    if (at == 0 || n < at || (once && n > at))
        return 0;
    if (++report->hits == 1)
        snprintf(report->call, sizeof(report->call), "%s", name);
    return 1;
}

/* ---- memory */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);
void *__libc_realloc(void *p, size_t n);

static int memory_gone(const char *name)
{
    if (!report || !due(&report->allocations, oom_at, name))
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t n)
{
    return memory_gone("malloc") ? NULL : __libc_malloc(n);
}

void *calloc(size_t count, size_t n)
{
    return memory_gone("calloc") ? NULL : __libc_calloc(count, n);
}

void *realloc(void *p, size_t n)
{
    return memory_gone("realloc") ? NULL : __libc_realloc(p, n);
}

/* ---- files */

static int below(const char *path)
{
    return dir_n && strncmp(path, dir, dir_n) == 0 && (path[dir_n] == '/' || path[dir_n] == '\0');
}

static int path_of(int fd, char *out, size_t cap)
{
    char link[40];
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    long n = syscall(SYS_readlinkat, AT_FDCWD, link, out, cap - 1);
    if (n < 0)
        return 0;
    out[n] = '\0';
    return 1;
}

static int file_counts(int fd)
{
    char path[4096];
    int saved = errno;
    int yes = report && path_of(fd, path, sizeof(path)) && below(path);
    errno = saved;
    return yes;
}

static int name_counts(int at, const char *name)
{
    char path[8200], folder[4096] = "";
    if (!report || !name)
        return 0;
    if (*name == '/' || at == AT_FDCWD)
        return below(name);
    if (!path_of(at, folder, sizeof(folder)))
        return 0;
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return below(path);
}

static int failure(void)
{
    errno = fault == FAULT_EIO ? EIO : fault == FAULT_EINTR ? EINTR : ENOSPC;
    return -1;
}

/* A read does not meet a full disk. */
static ssize_t read_failure(void)
{
    errno = fault == FAULT_EINTR ? EINTR : EIO;
    return -1;
}

static int io_fails(const char *name)
{
    return due(&report->calls, io_at, name);
}

/* How much of a write of n bytes is to be done: n all, -1 fail. */
static ssize_t share(int fd, size_t n, const char *name)
{
    if (!file_counts(fd) || !io_fails(name))
        return (ssize_t)n;
    if (fault == FAULT_SHORT && n > 1)
        return (ssize_t)(n / 2);
    return failure();
}

ssize_t write(int fd, const void *p, size_t n)
{
    REAL(write);
    ssize_t part = share(fd, n, "write");
    return part < 0 ? -1 : real_write(fd, p, (size_t)part);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
    REAL(pwrite);
    ssize_t part = share(fd, n, "pwrite");
    return part < 0 ? -1 : real_pwrite(fd, p, (size_t)part, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
    REAL(pwrite64);
    ssize_t part = share(fd, n, "pwrite");
    return part < 0 ? -1 : real_pwrite64(fd, p, (size_t)part, at);
}

/* A vector is shortened to whole elements, to half of its only one. */
static int shorten(int fd, const struct iovec *v, int n, struct iovec *half, const char *name)
{
    if (!file_counts(fd) || !io_fails(name))
        return n;
    if (fault != FAULT_SHORT || n < 1)
        return failure();
    *half = v[0];
    if (n > 1)
        return n / 2;
    half->iov_len /= 2;
    return 1;
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
    REAL(writev);
    struct iovec half;
    int part = shorten(fd, v, n, &half, "writev");
    return part < 0 ? -1 : real_writev(fd, part == 1 && n != part ? &half : v, part);
}

ssize_t pwritev(int fd, const struct iovec *v, int n, off_t at)
{
    REAL(pwritev);
    struct iovec half;
    int part = shorten(fd, v, n, &half, "pwritev");
    return part < 0 ? -1 : real_pwritev(fd, part == 1 && n != part ? &half : v, part, at);
}

ssize_t pwritev64(int fd, const struct iovec *v, int n, off64_t at)
{
    REAL(pwritev64);
    struct iovec half;
    int part = shorten(fd, v, n, &half, "pwritev");
    return part < 0 ? -1 : real_pwritev64(fd, part == 1 && n != part ? &half : v, part, at);
}

ssize_t read(int fd, void *p, size_t n)
{
    REAL(read);
    return file_counts(fd) && io_fails("read") ? read_failure() : real_read(fd, p, n);
}

ssize_t pread(int fd, void *p, size_t n, off_t at)
{
    REAL(pread);
    return file_counts(fd) && io_fails("pread") ? read_failure() : real_pread(fd, p, n, at);
}

ssize_t pread64(int fd, void *p, size_t n, off64_t at)
{
    REAL(pread64);
    return file_counts(fd) && io_fails("pread") ? read_failure() : real_pread64(fd, p, n, at);
}

int fsync(int fd)
{
    REAL(fsync);
    return file_counts(fd) && io_fails("fsync") ? failure() : real_fsync(fd);
}

int fdatasync(int fd)
{
    REAL(fdatasync);
    return file_counts(fd) && io_fails("fdatasync") ? failure() : real_fdatasync(fd);
}

int ftruncate(int fd, off_t n)
{
    REAL(ftruncate);
    return file_counts(fd) && io_fails("ftruncate") ? failure() : real_ftruncate(fd, n);
}

int ftruncate64(int fd, off64_t n)
{
    REAL(ftruncate64);
    return file_counts(fd) && io_fails("ftruncate") ? failure() : real_ftruncate64(fd, n);
}

void *mmap(void *p, size_t n, int protection, int flags, int fd, off_t at)
{
    REAL(mmap);
    if (fd >= 0 && file_counts(fd) && io_fails("mmap")) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return real_mmap(p, n, protection, flags, fd, at);
}

void *mmap64(void *p, size_t n, int protection, int flags, int fd, off64_t at)
{
    REAL(mmap64);
    if (fd >= 0 && file_counts(fd) && io_fails("mmap")) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return real_mmap64(p, n, protection, flags, fd, at);
}

/* ---- names */

static mode_t mode_of(int flags, va_list args)
{
    return flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;
}

#define OPEN(function, at, name)                                                                             \
    va_list args;                                                                                            \
    va_start(args, flags);                                                                                   \
    mode_t mode = mode_of(flags, args);                                                                      \
    va_end(args);                                                                                            \
    if (name_counts(at, name) && io_fails(function))                                                         \
    return failure()

int open(const char *name, int flags, ...)
{
    REAL(open);
    OPEN("open", AT_FDCWD, name);
    return real_open(name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
    REAL(open64);
    OPEN("open", AT_FDCWD, name);
    return real_open64(name, flags, mode);
}

int openat(int at, const char *name, int flags, ...)
{
    REAL(openat);
    OPEN("openat", at, name);
    return real_openat(at, name, flags, mode);
}

int openat64(int at, const char *name, int flags, ...)
{
    REAL(openat64);
    OPEN("openat", at, name);
    return real_openat64(at, name, flags, mode);
}

int rename(const char *from, const char *to)
{
    REAL(rename);
    int counts = name_counts(AT_FDCWD, from) || name_counts(AT_FDCWD, to);
    return counts && io_fails("rename") ? failure() : real_rename(from, to);
}

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags)
{
    REAL(renameat2);
    int counts = name_counts(from_at, from) || name_counts(to_at, to);
    return counts && io_fails("renameat2") ? failure() : real_renameat2(from_at, from, to_at, to, flags);
}

int mkdir(const char *name, mode_t mode)
{
    REAL(mkdir);
    return name_counts(AT_FDCWD, name) && io_fails("mkdir") ? failure() : real_mkdir(name, mode);
}

int unlink(const char *name)
{
    REAL(unlink);
    return name_counts(AT_FDCWD, name) && io_fails("unlink") ? failure() : real_unlink(name);
}
