/* run.c - the life of an analysis, the same for a result and for the customers behind a number. */
#include "config.h"
#include "analysis/run.h"

#include "base/nls.h"

/* An analysis that scans nothing has its plan for its state. */
static void states_new(struct run *r)
{
    if (!r->analysis->init)
        r->state[0] = r->plan;
    for (unsigned t = 0; r->analysis->init && t < r->threads; t++)
        r->state[t] = r->analysis->init(r->plan);
}

static void states_done(struct run *r)
{
    for (unsigned t = 0; r->analysis->done && t < r->threads; t++)
        r->analysis->done(r->state[t]);
}

static bool scan_once(struct run *r, struct progress *progress, struct err *err)
{
    r->scan.snapshot = r->ask->snapshot;
    r->scan.feed = r->analysis->feed;
    r->scan.state = r->state;
    if (progress) {
        atomic_store(&progress->done, 0);
        atomic_store(&progress->total, scan_rows(r->ask->snapshot));
    }
    if (!scan_run(&r->scan, r->ask->pool, progress, &r->totals, err))
        return false;
    for (unsigned t = 1; t < r->threads; t++)
        r->analysis->merge(r->state[0], r->state[t]);
    return true;
}

/* All passes; the merged state is the first. */
static bool scan_all(struct run *r, struct progress *progress, struct err *err)
{
    states_new(r);
    if (!r->analysis->feed)
        return true;
    while (scan_once(r, progress, err)) {
        if (!r->analysis->again || !r->analysis->again(r->plan, r->state[0], &r->scan))
            return true;
        states_done(r);
        states_new(r);
    }
    return false;
}

/* What would be left out without a word is an error. */
static bool check_events(const struct ask *a, struct err *err)
{
    const char *about = a->where ? "where" : a->has_from ? "from" : a->has_to ? "to" : NULL;
    return !about ||
           err_set(err, ERR_USAGE,
                   _("--%s: %s looks at customers, not at their events; write it where they are spoken of, "
                     "as in did(login where channel = \"app\", 2017-01-01..2017-01-31)"),
                   about, a->query->analysis);
}

bool run_begin(struct run *r, struct ask *a, struct progress *progress, struct err *err)
{
    *r = (struct run){
        .analysis = analysis_named(a->query->analysis), .ask = a, .threads = pool_threads(a->pool)};
    if (a->who && !r->analysis->crowd)
        bug("--users of an analysis that lists nobody");
    if (r->analysis->of_customers && !check_events(a, err))
        return false;
    scan_init(&r->scan, a->snapshot);
    r->scan.member = a->member;
    r->plan = r->analysis->plan(a, &r->scan, err);
    if (!r->plan)
        return false;
    r->state = arena_array(&a->arena, void *, r->threads);
    if (scan_all(r, progress, err))
        return true;
    run_end(r);
    return false;
}

bool run_finish(struct run *r, struct progress *progress, struct result *out, struct err *err)
{
    const struct analysis *an = r->analysis;
    if (r->ask->who)
        return crowd_list(an->crowd(r->state[0]), an->crowd_steps, r->ask, progress, out, err);
    return an->finish(r->plan, r->state[0], &r->totals, out, err);
}

void run_end(struct run *r)
{
    states_done(r);
    if (r->analysis->close)
        r->analysis->close(r->plan);
}
