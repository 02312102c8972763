/* guard.h - looking at a store's files before LMDB may touch them. */
#ifndef WM_GUARD_H
#define WM_GUARD_H

#include <sys/types.h>
#include "base/err.h"

enum guard_found { GUARD_REFUSED, GUARD_STORE, GUARD_EMPTY };

/* Owner, modes, links, file system of the directory and its files, and the meta pages. GUARD_EMPTY: the
 * directory is missing or empty, or holds what is left of a store before its first commit; so a store may be
 * made there. GUARD_REFUSED: err says why. *writable: this
 * process may write the store. */
enum guard_found guard_check(const char *dir, bool *writable, struct err *err);
/* Takes away what is left of such a store, which LMDB would not open. Does nothing while another process has
 * it open: that one is making it. */
bool guard_clear(const char *dir, struct err *err);
/* Bytes the open data file has; 0 on failure. */
off_t guard_size(int fd);

#endif
