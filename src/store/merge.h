/* merge.h - merging beyond what size classes ask for. */
#ifndef WM_MERGE_H
#define WM_MERGE_H

#include "store/upkeep.h"

/* All events become one part. Fails when another process writes. */
bool merge_everything(struct env *env, struct progress *progress, struct err *err);

#endif
