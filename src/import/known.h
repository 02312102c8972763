/* known.h - files that the store has loaded already. */
#ifndef WM_KNOWN_H
#define WM_KNOWN_H

#include "import/load.h"
#include "import/source.h"
#include "store/snapshot.h"

/* False when a file was loaded before (and that import was not forgotten), or cannot be read. Only files
 * whose size the journal has are read. Standard input is left to known_passed. */
bool known_files(struct source *src, const struct snapshot *s, struct err *err);
/* The same for files that source_next has passed, by the bytes it saw. */
bool known_passed(struct source *src, const struct snapshot *s, struct err *err);

/* Files that have grown since an import of this kind loaded them by themselves under the same name: sets
 * `from` and `begun_by`, so that only what follows is loaded. What the import saw must be the file's
 * beginning, byte for byte, and end with a line; when it ended within one, its last row may be wrong: then
 * *cut is the import's number, and false. */
bool known_begun(struct source *src, const struct snapshot *s, enum load_kind kind, uint32_t *cut,
                 struct err *err);

#endif
