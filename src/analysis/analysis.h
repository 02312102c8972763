/* analysis.h - what an analysis is to the engine: a constant record at the end of its file, found by its id
 * in analysis.def. */
#ifndef WM_ANALYSIS_H
#define WM_ANALYSIS_H

#include "analysis/ask.h"
#include "analysis/crowd.h"
#include "analysis/scan.h"
#include "model/result.h"

/* The life of a run: plan, then for every pass of the scan init (per thread), feed, merge into the first
 * state and `again`, which may ask for one more pass; then finish, or crowd when the question is who; done
 * for every state. An analysis that looks at no events has neither init nor feed, merge, again or done: its
 * plan is its state. */
struct analysis {
    enum picture picture;
    bool of_customers; /* looks at no events of its own: --from, --to and --where are refused */
    /* Reads the parameters into a plan in the ask's arena and declares the scan (all but snapshot, feed and
     * state). NULL on error. */
    void *(*plan)(struct ask *a, struct scan *scan, struct err *err);
    void *(*init)(void *plan); /* NULL, and the four to its like: no scan */
    void (*feed)(void *state, const struct journeys *j);
    void (*merge)(void *into, void *from);
    /* After a merge: keeps in the plan what the pass found, and says whether the scan is to run again (with
     * new states). NULL: one pass. */
    bool (*again)(void *plan, void *state, struct scan *scan);
    bool (*finish)(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err);
    /* The users found when ask->who is not NULL; NULL: this analysis has no users to list. */
    struct crowd *(*crowd)(void *state);
    bool crowd_steps; /* the list says how far each user got */
    void (*done)(void *state);
    void (*close)(void *plan); /* frees what the plan holds outside the ask's arena; NULL: nothing */
};

/* By id; NULL: none. */
const struct analysis *analysis_named(const char *id);

#endif
