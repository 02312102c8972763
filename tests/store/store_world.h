/* store_world.h - imports whose contents follow from a number, for tests of the store: written through
 * batch.h, read back through snapshot.h, and compared with what the number says without asking the store. */
#ifndef WM_STORE_WORLD_H
#define WM_STORE_WORLD_H

#include "store/batch.h"
#include "store/snapshot.h"

/* A fresh directory under $TMPDIR (or /tmp); the store goes into it. Free the name. */
char *world_dir(void);
void world_remove(const char *dir);

/* Loads import `number` (events, or attributes when number % 4 == 3) of about `rows` rows. */
bool world_import(struct env *env, unsigned number, unsigned rows, struct err *err);
/* As world_import up to, but not with, batch_commit: for what stops in between. */
struct batch *world_begin_import(struct env *env, unsigned number, unsigned rows, struct err *err);

/* A sum over all rows of import `number`, whatever their order: of what was generated, and of what the store
 * holds in the parts of its n-th import (from 1). The second fails when a block is damaged. */
uint64_t world_expected(unsigned number, unsigned rows);
bool world_found(const struct snapshot *s, uint32_t import, uint64_t *sum, struct err *err);

/* Keys that a store of this state needs, no more and no less. Looks inside the store. */
uint64_t world_live_keys(const struct snapshot *s);
uint64_t world_keys(const struct snapshot *s);

#endif
