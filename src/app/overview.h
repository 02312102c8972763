/* overview.h - `info`: what the store holds. */
#ifndef WM_OVERVIEW_H
#define WM_OVERVIEW_H

#include "model/result.h"
#include "store/env.h"
#include "store/snapshot.h"

/* What an import brought: events, users, links. */
const char *overview_kind(const struct snapshot *s, const struct import_def *import);
struct result *overview_build(struct env *env, struct err *err);

#endif
