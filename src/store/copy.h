/* copy.h - the live blocks of one state of a store, in a store of their own. */
#ifndef WM_COPY_H
#define WM_COPY_H

#include "base/progress.h"
#include "store/snapshot.h"

/* Into `dir`, an empty folder of ours; every block's checksum is looked at on the way, and the copy is
 * checked as a whole when it is on disk. On failure the folder may hold anything: copy_remove. */
bool copy_store(const struct snapshot *s, const char *dir, struct progress *progress, struct err *err);
/* Removes the files of a store and then the folder. What else lies in it stays, and the folder then too. */
void copy_remove(const char *dir);
/* Makes what was done to a folder's entries last. */
bool copy_sync_folder(const char *dir, struct err *err);

#endif
