/* flow_sample.h - paths drawn at random and counted naively into a result as `paths` makes it (semantics.md 5). */
#ifndef WM_FLOW_SAMPLE_H
#define WM_FLOW_SAMPLE_H

#include "base/rand.h"
#include "model/result.h"

struct flow_shape {
    uint64_t seed;
    int names, depth, paths;
    bool chinese;
    int through_step, through_name; /* only paths with this name (1..) at this step (1..); 0: all */
    bool shuffled;     /* rows and nodes in random order */
    bool links_listed; /* counts of links have a `who` too */
    bool nodes_listed; /* summary.nodes as a list of objects instead of a table */
};
struct flow_shape flow_shape_random(struct rand *rng);
struct result *flow_sample(const struct flow_shape *shape);

#endif
