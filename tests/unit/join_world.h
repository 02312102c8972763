/* join_world.h - a random bank twice: once as its systems export it, with several ids for one customer and
 * links between them; and once with every id already replaced by its customer's. The second knows nothing of
 * links: whatever it answers, the first must answer, too. */
#ifndef WM_JOIN_WORLD_H
#define WM_JOIN_WORLD_H

#include "base/rand.h"
#include "base/vec.h"
#include "store/env.h"

struct join_id {
    char name[32];
    uint32_t owner; /* customer */
};

struct join_world {
    uint64_t seed;
    struct rand rand;
    VEC(struct join_id) id; /* in the order in which the stores meet them; customers ascend */
    uint32_t customers;
    uint32_t own[64];     /* place in id of each customer's own */
    VEC(uint32_t) of[64]; /* of all his ids: his own first, then ascending */
    char *dir[2];         /* as exported; replaced */
    struct env *env[2];
    int64_t unit;
    uint32_t links_from, links_to; /* numbers of the imports that brought links */
};

/* Stores with everything but links; the first has users that the second does not know. */
void join_world_make(struct join_world *w, uint64_t seed);
/* Loads the links into the first, in one or several imports, chains and corrections among them. */
void join_world_link(struct join_world *w);
void join_world_done(struct join_world *w);

/* An id of the customer, any; his own. */
const char *join_world_any(struct join_world *w, uint32_t customer);
const char *join_world_own(const struct join_world *w, uint32_t customer);

#endif
