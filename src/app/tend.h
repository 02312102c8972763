/* tend.h - the commands that look after a store: backup, compact, forget-import. */
#ifndef WM_TEND_H
#define WM_TEND_H

#include "base/progress.h"
#include "model/query.h"
#include "model/result.h"

/* q: a checked query of one of them. The result says what was done. */
struct result *tend_run(const char *dir, const struct query *q, struct progress *p, struct err *err);

#endif
