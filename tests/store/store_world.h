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

/* Imports links of other ids to customers, as round 1, 2, ...: some of a round name ids of the one before it,
 * so that chains arise. */
#define WORLD_LINKS 300
bool world_import_links(struct env *env, unsigned round, struct err *err);
/* How many of the ids linked in rounds 1 to `rounds` the store gives to somebody else than the chain of the
 * rounds not `gone` (by round; NULL: all are there) leads to. False when it cannot be read. */
bool world_links_wrong(const struct snapshot *s, unsigned rounds, const bool *gone, unsigned *wrong,
                       struct err *err);

/* Keys that a store of this state needs, no more and no less. Looks inside the store. */
uint64_t world_live_keys(const struct snapshot *s);
uint64_t world_keys(const struct snapshot *s);

#endif
