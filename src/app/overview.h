/* overview.h - `info`: what the store holds. */
#ifndef WM_OVERVIEW_H
#define WM_OVERVIEW_H

#include "model/result.h"
#include "store/env.h"

struct result *overview_build(struct env *env, struct err *err);

#endif
