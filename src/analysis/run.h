/* run.h - one run of an analysis: its plan, and the scan as often as it asks; then the numbers, or who is
 * behind one of them. */
#ifndef WM_RUN_H
#define WM_RUN_H

#include "analysis/analysis.h"

struct run {
    const struct analysis *analysis;
    struct ask *ask;
    void *plan;
    struct scan scan;
    void **state; /* of each worker; the first has everything once the run has begun */
    unsigned threads;
    struct scan_totals totals;
};

/* Plans and scans for the ask's query, which is checked. False: the error is set, and nothing is to be ended.
 */
bool run_begin(struct run *r, struct ask *a, struct progress *progress, struct err *err);
/* What was asked for: the numbers, or with --users the list of customers. */
bool run_finish(struct run *r, struct progress *progress, struct result *out, struct err *err);
void run_end(struct run *r);

#endif
