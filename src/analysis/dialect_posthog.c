/* dialect_posthog.c - PostHog's ordered and strict funnels.
 *
 * "Events in time order; a new step-1 event overwrites the start; step k is taken if step k−1 is held and ts
 * − start ≤ window; steps are tried from last to first so that one event does not fill two consecutive steps;
 * events of one instant are exploded, sorted by step, each used once, and exclusions and strictness are
 * ignored among them; the first full conversion ends the scan; an exclusion inside the window taints the
 * chain and if that chain is the user's best the user leaves the funnel altogether; a later clean chain may
 * replace a tainted one. Strict: an event that is not the next step clears progress. Optional steps: may be
 * skipped." The period holds for every step, not only the first. Any order is the same as our own. */
#include "config.h"
#include "analysis/dialect.h"

#include "base/nls.h"

/* A chain that fills steps up to some one. */
struct held {
    bool set, tainted;
    int64_t start;
    uint32_t link;
};

struct walk {
    struct dialect_memory *d;
    const struct match_rule *r;
    const struct match_events *e;
    struct held held[SCAN_SELECTORS + 1]; /* by number of the last step; 0: the instant at hand */
    size_t best;
    struct held best_held;
};

/* Steps from 1. */
static bool is_optional(const struct match_rule *r, size_t step)
{
    return r->optional >> (step - 1) & 1;
}

static uint64_t steps_of(const struct walk *w, size_t i)
{
    bool in = w->e->time[i] >= w->r->chain.from && w->e->time[i] <= w->r->chain.to;
    return in ? dialect_steps(w->r, w->e, i) : 0;
}

/* Steps k such that event i must not lie between k - 1 and k, as bits k - 1. */
static uint64_t bars_of(const struct walk *w, size_t i)
{
    uint64_t bars = 0;
    for (size_t x = 0; x < w->r->exclusions; x++) {
        const struct match_exclusion *ex = &w->r->exclusion[x];
        for (size_t k = ex->from + 1; (w->e->mask[i] >> ex->bit & 1) && k <= ex->to; k++)
            bars |= UINT64_C(1) << (k - 1);
    }
    return bars;
}

static bool in_match_window(const struct walk *w, size_t step, int64_t t)
{
    return w->held[step].set && t - w->held[step].start <= w->r->chain.window;
}

/* The step that `step` would follow: the one before it, or over optional ones without a live chain an earlier
 * one. False: none is live, or it leads here already. */
static bool find_before(const struct walk *w, size_t step, int64_t t, size_t *before)
{
    *before = step - 1;
    while (*before > 0 && !in_match_window(w, *before, t) && is_optional(w->r, *before))
        --*before;
    return in_match_window(w, *before, t) &&
           !(w->held[step].set && w->held[step].start == w->held[*before].start);
}

static void taint(struct walk *w, size_t step, int64_t t)
{
    size_t before;
    if (!find_before(w, step, t, &before) || w->held[before].tainted)
        return;
    w->held[before].tainted = true;
    if (w->best == before && t - w->best_held.start <= w->r->chain.window)
        w->best_held.tainted = true;
}

/* Among events of one instant an event is used once; optional steps do not count as use. */
static bool is_used(const struct walk *w, uint32_t link, size_t event)
{
    for (; link; link = w->d->link.at[link].before)
        if (w->d->link.at[link].event == event && !is_optional(w->r, w->d->link.at[link].step + 1))
            return true;
    return false;
}

static void take(struct walk *w, size_t step, size_t i, bool several)
{
    size_t before;
    if (!find_before(w, step, w->e->time[i], &before))
        return;
    const struct held *h = &w->held[before];
    if (several && is_used(w, h->link, i))
        return;
    struct held next = {true, h->tainted, h->start, dialect_add(w->d, h->link, i, step - 1)};
    if (!h->tainted)
        w->held[step] = next;
    if (step > w->best || (step == w->best && w->best_held.tainted)) {
        w->best = step;
        w->best_held = next;
    }
}

static void one_event(struct walk *w, size_t i)
{
    uint64_t steps = steps_of(w, i);
    for (uint64_t left = bars_of(w, i); left;) {
        unsigned k = 63 - (unsigned)__builtin_clzll(left);
        left &= ~(UINT64_C(1) << k);
        taint(w, k + 1, w->e->time[i]);
    }
    for (uint64_t left = steps; left;) {
        unsigned k = 63 - (unsigned)__builtin_clzll(left);
        left &= ~(UINT64_C(1) << k);
        take(w, k + 1, i, false);
    }
    for (size_t k = 1; w->r->order == MATCH_STRICT && k <= w->r->chain.steps; k++)
        if (!(steps >> (k - 1) & 1))
            w->held[k] = (struct held){0};
}

/* n events of one time. */
static void one_instant(struct walk *w, const struct dialect_row *row, size_t n)
{
    bool alike = true;
    w->held[0] = (struct held){.set = true, .start = row->time};
    for (size_t i = 1; i < n; i++)
        alike &= steps_of(w, row[i].event) == steps_of(w, row->event) &&
                 bars_of(w, row[i].event) == bars_of(w, row->event);
    for (size_t i = 0; alike && i < n; i++)
        one_event(w, row[i].event);
    for (size_t k = 0; !alike && k < w->r->chain.steps; k++)
        for (size_t i = 0; i < n; i++)
            if (steps_of(w, row[i].event) >> k & 1)
                take(w, k + 1, row[i].event, true);
}

static bool is_seen(const struct walk *w, size_t i)
{
    bool in = w->e->time[i] >= w->r->chain.from && w->e->time[i] <= w->r->chain.to;
    return in && (w->r->order == MATCH_STRICT || steps_of(w, i) || bars_of(w, i));
}

static void count(struct dialect_memory *d, const struct match_rule *r, const struct match_events *e,
                  unsigned modes, struct match *out)
{
    struct walk w = {.d = d, .r = r, .e = e};
    (void)modes;
    d->link.n = 0;
    d->row.n = 0;
    for (size_t i = 0; i < e->n; i++)
        if (is_seen(&w, i))
            vec_push(&d->row, (struct dialect_row){.time = e->time[i], .event = (uint32_t)i});
    for (size_t i = 0, to; i < d->row.n && !w.held[r->chain.steps].set; i = to) {
        for (to = i + 1; to < d->row.n && d->row.at[to].time == d->row.at[i].time; to++)
            ;
        one_instant(&w, &d->row.at[i], to - i);
    }
    if (!w.best || w.best_held.tainted)
        return;
    dialect_put(d, w.best_held.link, out);
    for (size_t k = w.best; k > 0 && !out->level; k--)
        out->level = is_optional(r, k) ? 0 : (uint32_t)k;
}

const struct dialect dialect_posthog = {
    .name = "posthog",
    .sentence =
        N_("as PostHog counts: every new first step begins again, all steps lie in the period, events of one "
           "time are taken in the order of the steps, and an excluded event takes the whole user out"),
    .excludes = true,
    .optional = true,
    .strict = true,
    .count = count,
};
