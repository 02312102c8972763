/* copies.h - copies of small verified blocks that no slot points to any more. */
#ifndef WM_COPIES_H
#define WM_COPIES_H

#include "store/catalog.h"

/* Frees them, when there may be many and c, whose only user is the caller, is the only catalog. */
void copies_sweep(struct env *env, struct catalog *c);

#endif
