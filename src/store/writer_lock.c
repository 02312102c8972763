/* writer_lock.c - an open-file-description lock, so that two batches in one process exclude each other too,
 * and a killed process lets go by itself. The file stays: removing it would race with the next one to open
 * it. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/nls.h"
#include "store/writer_lock.h"

static int open_in(const char *dir, const char *name, int flags)
{
    int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dirfd < 0)
        return -1;
    int fd = openat(dirfd, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    int saved = errno;
    close(dirfd);
    errno = saved;
    return fd;
}

static int say_busy(int fd, const char *dir, struct err *err)
{
    char text[24] = "";
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
    long pid = n > 0 ? strtol(text, NULL, 10) : 0;
    if (pid > 0)
        err_set(err, ERR_STORE, _("store %s: process %ld is writing to it; wait until it is done"), dir, pid);
    else
        err_set(err, ERR_STORE, _("store %s: another process is writing to it; wait until it is done"), dir);
    close(fd);
    return -1;
}

int writer_lock(const char *dir, bool *busy, struct err *err)
{
    *busy = false;
    int fd = open_in(dir, "writer", O_RDWR | O_CREAT);
    if (fd < 0) {
        err_set(err, ERR_SYSTEM, _("store %s: cannot open its file 'writer': %s"), dir, strerror(errno));
        return -1;
    }
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_SETLK, &whole) != 0) {
        *busy = errno == EAGAIN || errno == EACCES;
        if (*busy)
            return say_busy(fd, dir, err);
        err_set(err, ERR_SYSTEM, _("store %s: cannot lock its file 'writer': %s"), dir, strerror(errno));
        close(fd);
        return -1;
    }
    /* Only for the message above: a failure here does no harm. */
    char text[24];
    int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
        errno = 0;
    return fd;
}

void writer_unlock(int fd)
{
    if (fd < 0)
        return;
    if (ftruncate(fd, 0) != 0)
        errno = 0;
    close(fd);
}
