/* intake.h - the import commands: a query becomes load_options, the load report becomes a result. */
#ifndef WM_INTAKE_H
#define WM_INTAKE_H

#include "base/progress.h"
#include "model/query.h"
#include "model/result.h"

struct intake_hook {
    bool (*on_mapping)(void *arg, const char *text); /* NULL: not told */
    void *arg;
};
/* q: a checked query of an import command. Makes the store when missing, unless it is a dry run. */
struct result *intake_run(const char *dir, const struct query *q, const struct intake_hook *hook,
                          struct progress *p, struct err *err);

#endif
