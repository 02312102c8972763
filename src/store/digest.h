/* digest.h - what tells one source file from another: its size and XXH3-128 of its bytes as they are on disk.
 */
#ifndef WM_DIGEST_H
#define WM_DIGEST_H

#include "base/progress.h"
#include "store/snapshot.h"

/* Bytes as they come, for input that can be read but once. */
struct digest;
struct digest *digest_new(void);
void digest_add(struct digest *d, const void *bytes, size_t n);
void digest_end(struct digest *d, struct import_file *out); /* and frees it */
void digest_drop(struct digest *d);                         /* gives up; NULL is fine */

/* A whole file; 2 GB a second and more. progress (may be NULL) only stops it. */
bool digest_file(const char *path, struct progress *progress, struct import_file *out, struct err *err);
/* Of its first `bytes` only, fewer when it ends before; *last: the last of them. */
bool digest_front(const char *path, uint64_t bytes, struct import_file *out, char *last, struct err *err);

#endif
