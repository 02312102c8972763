/* known.h - files that the store has loaded already. */
#ifndef WM_KNOWN_H
#define WM_KNOWN_H

#include "import/source.h"
#include "store/snapshot.h"

/* False when a file was loaded before (and that import was not forgotten), or cannot be read. Only files
 * whose size the journal has are read. Standard input is left to known_passed. */
bool known_files(struct source *src, const struct snapshot *s, struct err *err);
/* The same for files that source_next has passed, by the bytes it saw. */
bool known_passed(struct source *src, const struct snapshot *s, struct err *err);

#endif
