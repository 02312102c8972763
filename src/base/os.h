/* os.h - the outside world in a few functions. */
#ifndef WM_OS_H
#define WM_OS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/buf.h"
#include "base/err.h"

int64_t os_now_us(void); /* wall clock */
int64_t os_monotonic_us(void);
/* Opens a regular file or FIFO for reading; refuses folders, devices and sockets before they are opened. A
 * FIFO without a writer yet is given five seconds, then reads as empty: it never blocks for ever. "-" is
 * stdin, whatever that is. *size (may be NULL) = bytes or -1 when unknown. Returns an fd, closed on exec, or
 * -1. */
int os_open_input(const char *path, int64_t *size, struct err *err);
/* Reads up to n bytes, retrying on EINTR; returns bytes read, 0 at the end, -1 on error (err set, names
 * path). */
ssize_t os_read(int fd, void *to, size_t n, const char *path, struct err *err);
bool os_write_all(int fd, const void *from, size_t n, const char *path, struct err *err);
/* The whole file, at most `limit` bytes, appended to out. */
bool os_read_file(const char *path, size_t limit, struct buf *out, struct err *err);
/* Writes to a temporary neighbour (0600, O_EXCL), syncs, renames over path, syncs the folder. A link is followed: what it
 * points to is replaced, not the link. A device or FIFO is never replaced but written to. */
bool os_replace_file(const char *path, struct str content, struct err *err);
/* The same without waiting for the disk: for what may be lost with the machine. */
bool os_renew_file(const char *path, struct str content, struct err *err);
/* mkdir -p with mode 0700 for what is made. */
bool os_make_dirs(const char *path, struct err *err);
bool os_exists(const char *path);
/* Whether it cannot even be looked at for want of permission; then the name of the user to ask, who owns it or the
 * folder that bars the way, goes to `owner`. */
bool os_is_barred(const char *path, struct buf *owner);
uint64_t os_free_bytes(const char *path); /* of the file system; UINT64_MAX when unknown */
bool os_is_network_fs(const char *path);
/* Whether a FUSE file system of this kind, as mountinfo names it ("fuse.sshfs"), lies on another machine. */
bool os_fuse_is_remote(const char *kind);
const char *os_home(void); /* $HOME or the password file's; never NULL */

#endif
