/* findings.h - what an import rejected and what it decided, as the rows of a result. */
#ifndef WM_FINDINGS_H
#define WM_FINDINGS_H

#include "import/load.h"
#include "model/result.h"
#include "store/env.h"

/* Columns and rows: rejects, then what was read with a decision of ours. */
void findings_put(struct result *r, const struct load_reason *reject, size_t rejects,
                  const struct load_reason *repair, size_t repairs);
/* `info --import N`: one import of the past. */
struct result *findings_of(struct env *env, const char *import, struct err *err);

#endif
