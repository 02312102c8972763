/* trail.h - from a user's events to the paths of a Sankey: sessions, cut, with events hidden and repeats
 * merged.
 *
 * Order of work: sessions are cut on all events; hidden ones are then taken out; the path begins at the
 * session's first start event, or ends at its last end event and is walked backwards; repeats in a row are
 * merged. */
#ifndef WM_TRAIL_H
#define WM_TRAIL_H

#include "analysis/scan.h"

#define TRAIL_STEPS 32

struct trail_rule {
    int64_t gap;               /* INT64_MAX: a whole life is one session */
    uint64_t start, end, hide; /* bits of journey masks; 0: none */
    bool collapse;
    size_t depth; /* steps kept, at most TRAIL_STEPS */
};

struct trail {
    size_t steps;               /* kept, 1..depth */
    bool more;                  /* the path goes on beyond them */
    int64_t first;              /* time of its chronologically first event */
    uint32_t code[TRAIL_STEPS]; /* step 1 first; backwards when the rule has an end */
};

/* Calls fn for every session of the journey in order, also for those without a path (steps 0; `first` is then
 * the session's). NULL-safe masks: without marks none of start, end, hide may be set. */
void trail_each(const struct trail_rule *r, const struct journey *j,
                void (*fn)(void *arg, const struct trail *t), void *arg);

#endif
