/* trail.h - from a user's events to the paths of a Sankey: sessions, cut, with events named, hidden and merged.
 *
 * Order of work: sessions are cut on all events (session.h); hidden ones are then taken out; the path begins at the session's
 * first start event, ends at its last end event behind that, or lies around the first centre event; events get their names
 * (their own, or that of the first page set they are in); repeats of a name in a row are merged.
 *
 * With an end alone the path is walked backwards from it. With start and end a path of more than `depth` steps is cut in the
 * middle: its first depth/2 steps, one step TRAIL_CUT for what is left out, and its last (depth - 1)/2 steps, so that every path
 * still begins with the start and ends with the end. */
#ifndef WM_TRAIL_H
#define WM_TRAIL_H

#include "analysis/session.h"

#define TRAIL_STEPS 32
#define TRAIL_CUT (UINT32_MAX - 1) /* the name of the step for what a path leaves out in its middle */

struct trail_rule {
    struct session_rule session;
    uint64_t start, end, centre, hide, goal; /* bits of journey masks; 0: none */
    uint64_t sets;                           /* bits of page sets that the event alone does not decide */
    const uint32_t *set_name;                /* per bit number: the set's name */
    const uint32_t *name;                    /* per event code; NULL: the code itself */
    bool collapse;
    size_t depth; /* steps kept, at most TRAIL_STEPS; around a centre so many on each side of it */
};

struct trail_step {
    uint32_t name;
    uint32_t events; /* merged into it */
    int64_t time;    /* of the earliest of them */
};

struct trail {
    size_t begin, end; /* places [begin, end) are kept; begin > 0 only when the path begins late before a centre; none: no path */
    bool more;         /* the path goes on behind them */
    bool goal;         /* an event of the session that is the goal, at or after the path's first event */
    int64_t first, last; /* times of the path's first and last event; without a path those of the session */
    struct trail_step step[TRAIL_STEPS + 1]; /* backwards when the rule has an end alone */
};

/* The places a path can have. */
static inline size_t trail_places(const struct trail_rule *r)
{
    return r->centre ? 2 * r->depth + 1 : r->depth;
}

/* Calls fn for every session of the journey in order, also for those without a path; stops when it returns false. */
void trail_each(const struct trail_rule *r, const struct journey *j, bool (*fn)(void *arg, const struct trail *t), void *arg);

#endif
