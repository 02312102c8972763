/* crowd.h - the users behind a number: collected by each worker, put in order, listed with what they did. */
#ifndef WM_CROWD_H
#define WM_CROWD_H

#include "analysis/ask.h"
#include "base/progress.h"
#include "base/vec.h"
#include "model/result.h"

struct member {
    uint32_t user;
    uint32_t step; /* funnel: the level reached; 0 elsewhere */
    int64_t time;  /* funnel: when it was reached; elsewhere when the event was that is meant, TIME_NONE: none
                      is */
};

/* Each user once; a worker meets users in ascending order within a task. All zero is empty. */
struct crowd {
    VEC(struct member) member;
};

static inline void crowd_add(struct crowd *c, uint32_t user, uint32_t step, int64_t time)
{
    vec_push(&c->member, (struct member){user, step, time});
}
void crowd_merge(struct crowd *into, struct crowd *from);
void crowd_done(struct crowd *c);
/* Fills r with a list: user, events, first, last of their events in the store, ascending by user number, and
 * with `steps` the step reached and when, else the time of the event that is meant, if one is, and the
 * attributes of
 * --columns; --limit of them, with the true size in the summary. */
bool crowd_list(struct crowd *c, bool steps, struct ask *a, struct progress *progress, struct result *r,
                struct err *err);

#endif
