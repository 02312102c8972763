/* rewrite.h - several parts of one table become one. */
#ifndef WM_REWRITE_H
#define WM_REWRITE_H

#include "base/progress.h"
#include "store/batch_open.h"

/* Writes the rows of n neighbouring parts (as snapshot_parts lists them), ordered by user, time and arrival
 * (attributes: user and arrival), as one part of the upkeep batch, which remembers each row's import; rows of
 * import `without` (0: none) are left out. The new part takes the place of the last of them. *kept: rows
 * written. Adds to progress->done. */
bool rewrite_parts(struct batch *b, const struct part *part, size_t n, uint32_t without,
                   struct progress *progress, uint64_t *kept, struct err *err);
/* Whether rows of this import are among those of the part. */
bool rewrite_has(const struct snapshot *s, const struct part *part, uint32_t import, bool *has,
                 struct err *err);

#endif
