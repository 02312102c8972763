/* local.h - the engine that answers from the store in this process. */
#ifndef WM_LOCAL_H
#define WM_LOCAL_H

#include "model/engine.h"
#include "store/env.h"

/* Borrows env, which must outlive it. threads 0: one per processor. */
struct engine *engine_local(struct env *env, unsigned threads, struct err *err);

#endif
