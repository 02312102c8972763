/* keep.h - the commands that keep conditions under names: segment …, set …, question …, tag load, import segment. */
#ifndef WM_KEEP_H
#define WM_KEEP_H

#include "base/progress.h"
#include "model/query.h"
#include "model/result.h"

/* Whether keep_run answers the command of this name. */
bool keep_knows(const char *command);
/* q: a query of such a command, with its parameters (command.def). The result is the report. */
struct result *keep_run(const char *dir, const struct query *q, struct progress *p, struct err *err);

#endif
