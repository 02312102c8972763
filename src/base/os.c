/* os.c - the outside world: clocks, files, folders.
 *
 * Nothing here trusts a path: inputs are opened without waiting and looked at before they are read; outputs
 * are written beside their place and renamed, so that a reader sees the old file or the new one, never half
 * of it. */
#include "config.h"

#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/nls.h"

#define FIFO_PATIENCE_MS 5000

static int64_t clock_us(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t os_now_us(void)
{
    return clock_us(CLOCK_REALTIME);
}

int64_t os_monotonic_us(void)
{
    return clock_us(CLOCK_MONOTONIC);
}

static bool fail(struct err *err, enum err_code code, const char *path, const char *doing)
{
    return err_set(err, code, "%s: %s: %s", path, doing, strerror(errno));
}

/* What a reader can do about errno of a failed open. */
static bool open_failed(struct err *err, const char *path)
{
    switch (errno) {
    case ENOENT: return err_set(err, ERR_INPUT, _("%s: no such file; check the name"), path);
    case EACCES:
    case EPERM:
        return err_set(err, ERR_INPUT, _("%s: no permission to read it; ask its owner or copy it"), path);
    default: return fail(err, ERR_INPUT, path, _("cannot be opened"));
    }
}

static bool input_kind_ok(const struct stat *st, const char *path, struct err *err)
{
    if (S_ISREG(st->st_mode) || S_ISFIFO(st->st_mode))
        return true;
    if (S_ISDIR(st->st_mode))
        return err_set(err, ERR_INPUT, _("%s: it is a folder; name the files in it"), path);
    return err_set(err, ERR_INPUT, _("%s: it is a device or socket; give a file or a pipe"), path);
}

/* A named pipe opened without waiting reads as empty until its writer has come: give the writer a moment. */
static void await_writer(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    poll(&p, 1, FIFO_PATIENCE_MS);
}

static int open_file(const char *path, struct stat *st, struct err *err)
{
    /* Looked at before opening as well: opening a device may already do something (rewind a tape). */
    if (stat(path, st) != 0) {
        open_failed(err, path);
        return -1;
    }
    if (!input_kind_ok(st, path, err))
        return -1;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        open_failed(err, path);
        return -1;
    }
    if (fstat(fd, st) != 0 || !input_kind_ok(st, path, err)) {
        close(fd);
        return -1;
    }
    if (S_ISFIFO(st->st_mode))
        await_writer(fd);
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0)
        fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    return fd;
}

int os_open_input(const char *path, int64_t *size, struct err *err)
{
    struct stat st;
    int fd;
    if (strcmp(path, "-") == 0) {
        fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        if (fd < 0 || fstat(fd, &st) != 0) {
            fail(err, ERR_INPUT, _("standard input"), _("cannot be read"));
            if (fd >= 0)
                close(fd);
            return -1;
        }
    } else {
        fd = open_file(path, &st, err);
        if (fd < 0)
            return -1;
    }
    if (size)
        *size = S_ISREG(st.st_mode) ? (int64_t)st.st_size : -1;
    return fd;
}

ssize_t os_read(int fd, void *to, size_t n, const char *path, struct err *err)
{
    for (;;) {
        ssize_t got = read(fd, to, n);
        if (got >= 0)
            return got;
        if (errno == EAGAIN || errno == EWOULDBLOCK) { /* standard input somebody else made non-blocking */
            struct pollfd p = {.fd = fd, .events = POLLIN};
            poll(&p, 1, -1);
        } else if (errno != EINTR) {
            fail(err, ERR_INPUT, path, _("cannot be read"));
            return -1;
        }
    }
}

bool os_write_all(int fd, const void *from, size_t n, const char *path, struct err *err)
{
    const char *p = from;
    while (n > 0) {
        ssize_t put = write(fd, p, n);
        if (put >= 0) {
            p += put;
            n -= (size_t)put;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return fail(err, ERR_SYSTEM, path, _("cannot be written"));
        }
    }
    return true;
}

bool os_read_file(const char *path, size_t limit, struct buf *out, struct err *err)
{
    int fd = os_open_input(path, NULL, err);
    if (fd < 0)
        return false;
    size_t before = out->n;
    ssize_t got;
    do {
        buf_reserve(out, 65536);
        got = os_read(fd, out->p + out->n, 65536, path, err);
        if (got > 0)
            out->n += (size_t)got;
    } while (got > 0 && out->n - before <= limit);
    close(fd);
    buf_reserve(out, 0);
    out->p[out->n] = '\0';
    if (got >= 0 && out->n - before <= limit)
        return true;
    if (got >= 0)
        err_set(err, ERR_INPUT, _("%s: it is larger than %zu bytes; is this the right file?"), path, limit);
    out->n = before;
    out->p[before] = '\0';
    return false;
}

/* The folder part of a path, "." when it has none; to be freed. */
static char *folder_of(const char *path)
{
    char *copy = mem_strdup(path);
    char *slash = strrchr(copy, '/');
    if (!slash)
        strcpy(copy, "."); /* a path has room for it: it is not empty */
    else
        slash[slash == copy] = '\0';
    return copy;
}

static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = fsync(fd) == 0 || errno == EINVAL || errno == EROFS; /* not all file systems can */
    close(fd);
    return ok;
}

/* A new file of ours beside `path`; its name, which no one can foresee, goes to *name. */
static int open_neighbour(const char *path, struct buf *name)
{
    for (int tries = 0; tries < 100; tries++) {
        uint64_t random;
        if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
            return -1;
        buf_clear(name);
        buf_printf(name, "%s.%016llx.tmp", path, (unsigned long long)random);
        int fd = open(name->p, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

/* /dev/stdout, a terminal, a FIFO: there is nothing to replace. */
static bool write_to_device(const char *path, struct str content, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return fail(err, ERR_SYSTEM, path, _("cannot be written"));
    bool ok = os_write_all(fd, content.p, content.n, path, err);
    if (close(fd) != 0 && ok)
        ok = fail(err, ERR_SYSTEM, path, _("cannot be written"));
    return ok;
}

static bool replace(const char *path, struct str content, bool sync, struct err *err)
{
    struct buf name = {0};
    char *folder = folder_of(path);
    int fd = open_neighbour(path, &name);
    bool ok = fd >= 0 || fail(err, ERR_SYSTEM, path, _("cannot be written"));
    if (ok) {
        ok = os_write_all(fd, content.p, content.n, path, err) &&
             (!sync || fsync(fd) == 0 || fail(err, ERR_SYSTEM, path, _("cannot be written")));
        if (close(fd) != 0 && ok)
            ok = fail(err, ERR_SYSTEM, path, _("cannot be written"));
        ok = ok && (rename(name.p, path) == 0 || fail(err, ERR_SYSTEM, path, _("cannot be replaced")));
        if (!ok)
            unlink(name.p);
        ok = ok && (!sync || sync_folder(folder) || fail(err, ERR_SYSTEM, folder, _("cannot be synced")));
    }
    free(folder);
    buf_done(&name);
    return ok;
}

static bool replace_any(const char *path, struct str content, bool sync, struct err *err)
{
    struct stat st;
    if (!*path)
        return err_set(err, ERR_USAGE, _("a file cannot be written: its name is empty"));
    if (stat(path, &st) != 0)
        return replace(path, content, sync, err);
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return fail(err, ERR_SYSTEM, path, _("cannot be written"));
    }
    if (!S_ISREG(st.st_mode))
        return write_to_device(path, content, err);
    char *real = realpath(path, NULL);
    bool ok = real ? replace(real, content, sync, err) : fail(err, ERR_SYSTEM, path, _("cannot be written"));
    free(real);
    return ok;
}

bool os_replace_file(const char *path, struct str content, struct err *err)
{
    return replace_any(path, content, true, err);
}

bool os_renew_file(const char *path, struct str content, struct err *err)
{
    return replace_any(path, content, false, err);
}

static bool make_dir(const char *path, struct err *err)
{
    struct stat st;
    if (mkdir(path, 0700) == 0)
        return true;
    int why = errno;
    if (stat(path, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            return true;
        why = ENOTDIR;
    }
    errno = why;
    return fail(err, ERR_SYSTEM, path, _("the folder cannot be made"));
}

bool os_make_dirs(const char *path, struct err *err)
{
    if (!*path)
        return err_set(err, ERR_USAGE, _("a folder cannot be made: its name is empty"));
    char *copy = mem_strdup(path);
    bool ok = true;
    for (char *p = copy + 1; ok && *p; p++) {
        if (*p == '/' && p[-1] != '/') {
            *p = '\0';
            ok = make_dir(copy, err);
            *p = '/';
        }
    }
    ok = ok && make_dir(copy, err);
    free(copy);
    return ok;
}

bool os_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static void put_user(struct buf *out, uid_t uid)
{
    char text[4096];
    struct passwd entry, *found = NULL;
    if (getpwuid_r(uid, &entry, text, sizeof(text), &found) == 0 && found)
        buf_puts(out, found->pw_name);
    else
        buf_printf(out, "%lu", (unsigned long)uid);
}

bool os_is_barred(const char *path, struct buf *owner)
{
    struct stat st;
    if (stat(path, &st) == 0 || errno != EACCES)
        return false;
    char *place = mem_strdup(path), *above = folder_of(path);
    while (stat(above, &st) != 0 && strcmp(above, place) != 0) {
        free(place);
        place = above;
        above = folder_of(place);
    }
    put_user(owner, stat(above, &st) == 0 ? st.st_uid : 0);
    free(place);
    free(above);
    return true;
}

uint64_t os_free_bytes(const char *path)
{
    struct statvfs fs;
    if (statvfs(path, &fs) != 0)
        return UINT64_MAX;
    uint64_t bytes;
    if (__builtin_mul_overflow((uint64_t)fs.f_bavail, (uint64_t)fs.f_frsize, &bytes))
        return UINT64_MAX;
    return bytes;
}

#define FUSE 0x65735546u

bool os_fuse_is_remote(const char *kind)
{
    static const char *const remote[] = {"sshfs",     "rclone",   "s3fs",      "goofys", "gcsfuse",
                                         "glusterfs", "davfs",    "curlftpfs", "cephfs", "juicefs",
                                         "mount.s3",  "smbnetfs", "blobfuse2", "afpfs",  "moosefs",
                                         "mfs",       "geesefs",  "beegfs"};
    if (strncmp(kind, "fuse.", 5) != 0)
        return false;
    for (size_t i = 0; i < sizeof(remote) / sizeof(*remote); i++)
        if (strcmp(kind + 5, remote[i]) == 0)
            return true;
    return false;
}

/* The kind of file system on a device, from its line in mountinfo: "36 35 98:0 / /mnt rw - fuse.sshfs …". */
static bool kind_on(char *line, dev_t device, char **kind)
{
    unsigned high, low;
    char *dash = strstr(line, " - ");
    if (sscanf(line, "%*u %*u %u:%u", &high, &low) != 2 || makedev(high, low) != device || !dash)
        return false;
    *kind = dash + 3;
    (*kind)[strcspn(*kind, " \n")] = 0;
    return true;
}

/* statfs(2) tells only that it is FUSE. */
static bool fuse_is_remote(const char *path)
{
    struct stat st;
    char *line = NULL, *kind;
    size_t cap = 0;
    bool remote = false;
    FILE *f = stat(path, &st) == 0 ? fopen("/proc/self/mountinfo", "re") : NULL;
    while (f && getline(&line, &cap, f) > 0)
        if (kind_on(line, st.st_dev, &kind))
            remote = os_fuse_is_remote(kind);
    free(line);
    if (f)
        fclose(f);
    return remote;
}

/* By the numbers of statfs(2). Layers (overlay) are as local as what they lie on, which statfs does not tell.
 */
bool os_is_network_fs(const char *path)
{
    static const uint32_t kinds[] = {
        0x00006969, /* NFS */
        0x0000517B, /* SMB */
        0xFE534D42, /* SMB2 */
        0xFF534D42, /* CIFS */
        0x01021997, /* 9P */
        0x00C36400, /* Ceph */
        0x5346414F, /* AFS */
        0x6B414653, /* kAFS */
        0x73757245, /* Coda */
        0x0BD00BD0, /* Lustre */
        0x01161970, /* GFS2 */
        0x7461636F, /* OCFS2 */
        0x47504653, /* GPFS */
    };
    struct statfs fs;
    if (statfs(path, &fs) != 0)
        return false;
    if ((uint32_t)fs.f_type == FUSE) /* programs that are file systems: of networks, or of local disks */
        return fuse_is_remote(path);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if ((uint32_t)fs.f_type == kinds[i])
            return true;
    }
    return false;
}

const char *os_home(void)
{
    const char *home = getenv("HOME");
    if (home && home[0] == '/')
        return home;
    static char kept[4096];
    char text[4096];
    struct passwd entry, *found = NULL;
    if (getpwuid_r(getuid(), &entry, text, sizeof(text), &found) == 0 && found && found->pw_dir[0] == '/' &&
        strlen(found->pw_dir) < sizeof(kept)) {
        memcpy(kept, found->pw_dir, strlen(found->pw_dir) + 1);
        return kept;
    }
    return "/";
}
