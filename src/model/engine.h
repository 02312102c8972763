/* engine.h - the one way to a number: a query goes in, a result comes out. */
#ifndef WM_ENGINE_H
#define WM_ENGINE_H

#include "base/err.h"
#include "base/progress.h"
#include "model/query.h"
#include "model/result.h"

struct engine {
    const char *name; /* "local" */
    /* Runs on the caller's thread (and the engine's pool); the result is the caller's. NULL on error,
     * ERR_CANCELLED when progress->cancel was set. Runs from several threads take turns. */
    struct result *(*run)(struct engine *e, const struct query *q, struct progress *progress,
                          struct err *err);
    void (*close)(struct engine *e);
};

#endif
