/* guard.c - the open guard: refuse what is not ours, not local or not whole, in words, before mapping
 * anything.
 *
 * LMDB maps and trusts what it is given; a file of unknown origin is an attack on it (reliability.md 1.3).
 * lock.mdb is only looked at by name: opening and closing it would drop LMDB's locks in this process. */
#include "config.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/nls.h"
#include "base/os.h"
#include "store/guard.h"
#include "store/tree.h"

enum { META_BYTES = 2 * 65536 };

off_t guard_size(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 ? st.st_size : 0;
}

static bool check_owner(const struct stat *st, const char *dir, const char *name, struct err *err)
{
    if (st->st_uid != geteuid())
        return err_set(err, ERR_STORE, _("store %s: %s belongs to another user; use a store of your own"),
                       dir, name);
    if (st->st_mode & 022)
        return err_set(
            err, ERR_STORE,
            _("store %s: others may write to %s; run 'chmod -R go-w %s' when that was not on purpose"), dir,
            name, dir);
    return true;
}

static bool check_file(int dirfd, const char *dir, const char *name, bool *exists, struct err *err)
{
    struct stat st;
    *exists = fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
    if (!*exists)
        return errno == ENOENT ||
               err_set(err, ERR_SYSTEM, _("store %s: cannot look at %s: %s"), dir, name, strerror(errno));
    if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
        return err_set(err, ERR_STORE,
                       _("store %s: %s is not a regular file with one name; this is no store of waymark"),
                       dir, name);
    return check_owner(&st, dir, name, err);
}

/* Nothing but what an attempt to make a store may have left, so that a second attempt works. */
static bool is_ours(const char *name)
{
    static const char *const names[] = {".", "..", "lock.mdb", "data.mdb", "writer"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* False also when that cannot be told: *failed, with errno. */
static bool directory_empty(const char *dir, bool *failed)
{
    bool empty = true;
    DIR *d = opendir(dir);
    *failed = !d;
    errno = d ? 0 : errno;
    for (struct dirent *e; d && empty && (e = readdir(d));)
        empty = is_ours(e->d_name);
    int saved = errno;
    *failed = *failed || (empty && saved);
    if (d)
        closedir(d);
    errno = saved;
    return empty && !*failed;
}

static uint32_t page_size(void)
{
    return (uint32_t)sysconf(_SC_PAGESIZE);
}

/* The first `most` bytes of the file, or all there is; -1 with errno. */
static ssize_t read_start(int fd, unsigned char *bytes, size_t most)
{
    ssize_t n;
    do
        n = pread(fd, bytes, most, 0);
    while (n < 0 && errno == EINTR);
    return n;
}

/* Killed, disk full or power cut while the store was made: nothing was ever there. */
static bool unborn(int fd, const unsigned char *bytes, ssize_t n)
{
    return n >= 0 && n == guard_size(fd) && tree_unborn(bytes, (size_t)n, page_size());
}

static enum guard_found judge_meta(const char *dir, const struct tree *newest, const char *why,
                                   struct err *err)
{
    if (why)
        err_set(err, ERR_DAMAGED,
                _("store %s: data.mdb: %s; restore a backup or import again into a new store"), dir, _(why));
    else if (newest->page_size != page_size())
        err_set(err, ERR_STORE, _("store %s: written on a machine with pages of %u bytes; import again here"),
                dir, newest->page_size);
    else
        return GUARD_STORE;
    return GUARD_REFUSED;
}

static enum guard_found check_meta(int fd, const char *dir, struct err *err)
{
    unsigned char *bytes = mem_alloc(META_BYTES);
    struct tree t[2];
    unsigned newest = 0;
    ssize_t n = 0;
    const char *why = "";
    /* Two pages of this machine's size are enough for nearly every store. A commit may change both between
     * two reads: only what stays wrong is wrong. */
    for (int attempt = 0; attempt < 20 && why && n >= 0; attempt++) {
        n = read_start(fd, bytes, attempt ? META_BYTES : 2 * (size_t)page_size());
        if (n >= 0)
            why = tree_meta(t, &newest, bytes, (size_t)n);
        if (why && attempt > 0)
            usleep(1000);
    }
    int saved = errno;
    bool empty = why && unborn(fd, bytes, n);
    free(bytes);
    if (empty)
        return GUARD_EMPTY;
    if (n >= 0)
        return judge_meta(dir, &t[newest], why, err);
    err_set(err, ERR_SYSTEM, _("store %s: data.mdb cannot be read: %s; look after the disk"), dir,
            strerror(saved));
    return GUARD_REFUSED;
}

static enum guard_found check_data(int dirfd, const char *dir, bool *writable, struct err *err)
{
    int fd = openat(dirfd, "data.mdb", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        err_set(err, ERR_SYSTEM, _("store %s: cannot open data.mdb: %s"), dir, strerror(errno));
        return GUARD_REFUSED;
    }
    *writable =
        faccessat(dirfd, "data.mdb", W_OK, AT_EACCESS) == 0 && faccessat(dirfd, ".", W_OK, AT_EACCESS) == 0;
    enum guard_found found = check_meta(fd, dir, err);
    close(fd);
    return found;
}

static enum guard_found check_directory(int dirfd, const char *dir, bool *writable, struct err *err)
{
    struct stat st;
    bool data, other;
    if (fstat(dirfd, &st) != 0) {
        err_set(err, ERR_SYSTEM, _("store %s: %s"), dir, strerror(errno));
        return GUARD_REFUSED;
    }
    if (!check_owner(&st, dir, _("the directory"), err) || !check_file(dirfd, dir, "data.mdb", &data, err) ||
        !check_file(dirfd, dir, "lock.mdb", &other, err) || !check_file(dirfd, dir, "writer", &other, err))
        return GUARD_REFUSED;
    const char *allow = getenv("WAYMARK_ALLOW_NETWORK_FS");
    if (!(allow && strcmp(allow, "1") == 0) && os_is_network_fs(dir)) {
        err_set(err, ERR_STORE,
                _("store %s: lies on a network or overlay file system, where its locks and memory map do not "
                  "hold; use a local "
                  "disk (or set WAYMARK_ALLOW_NETWORK_FS=1 and accept the risk)"),
                dir);
        return GUARD_REFUSED;
    }
    if (data)
        return check_data(dirfd, dir, writable, err);
    *writable = true;
    bool failed;
    if (directory_empty(dir, &failed))
        return GUARD_EMPTY;
    if (failed)
        err_set(err, ERR_SYSTEM, _("store %s: cannot be opened: %s"), dir, strerror(errno));
    else
        err_set(err, ERR_STORE, _("%s: not a store of waymark and not empty; name another directory"), dir);
    return GUARD_REFUSED;
}

enum guard_found guard_check(const char *dir, bool *writable, struct err *err)
{
    *writable = true;
    int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dirfd < 0 && errno == ENOENT)
        return GUARD_EMPTY;
    if (dirfd < 0) {
        err_set(err, errno == ENOTDIR ? ERR_STORE : ERR_SYSTEM, _("store %s: cannot be opened: %s"), dir,
                strerror(errno));
        return GUARD_REFUSED;
    }
    enum guard_found found = check_directory(dirfd, dir, writable, err);
    close(dirfd);
    return found;
}

/* ---- making room for a new store */

/* LMDB's own lock on lock.mdb, alone: no process has the store open, or is making it. -1: not to be had. */
static int lock_alone(int dirfd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = openat(dirfd, "lock.mdb", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &whole) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool empty_file(int dirfd)
{
    int fd = openat(dirfd, "data.mdb", O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT;
    unsigned char *bytes = mem_alloc(META_BYTES);
    bool ok = !unborn(fd, bytes, read_start(fd, bytes, META_BYTES)) || ftruncate(fd, 0) == 0;
    int saved = errno;
    free(bytes);
    close(fd);
    errno = saved;
    return ok;
}

bool guard_clear(const char *dir, struct err *err)
{
    int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), lock = dirfd < 0 ? -1 : lock_alone(dirfd);
    bool ok = lock < 0 || empty_file(dirfd) ||
              err_set(err, ERR_SYSTEM, _("store %s: data.mdb cannot be emptied: %s"), dir, strerror(errno));
    if (lock >= 0)
        close(lock);
    if (dirfd >= 0)
        close(dirfd);
    return ok;
}
