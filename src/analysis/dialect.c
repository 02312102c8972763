/* dialect.c - the table of other systems' countings, and the three that are a loop each. */
#include "config.h"
#include "analysis/dialect.h"

#include "base/date.h"
#include "base/nls.h"

/* ---- chains */

void dialect_done(struct dialect_memory *d)
{
    vec_done(&d->link);
    vec_done(&d->row);
    for (size_t k = 0; k < SCAN_SELECTORS; k++)
        vec_done(&d->path[k]);
}

uint32_t dialect_add(struct dialect_memory *d, uint32_t before, size_t event, size_t step)
{
    if (!d->link.n)
        vec_push(&d->link, (struct dialect_link){0});
    vec_push(&d->link, (struct dialect_link){before, (uint32_t)event, (uint32_t)step});
    return (uint32_t)d->link.n - 1;
}

void dialect_put(const struct dialect_memory *d, uint32_t link, struct match *out)
{
    for (; link; link = d->link.at[link].before) {
        const struct dialect_link *l = &d->link.at[link];
        out->did |= UINT64_C(1) << l->step;
        out->at[l->step] = l->event;
    }
}

uint64_t dialect_steps(const struct match_rule *r, const struct match_events *e, size_t i)
{
    uint64_t steps = e->mask[i] & (r->chain.steps == 64 ? UINT64_MAX : (UINT64_C(1) << r->chain.steps) - 1);
    return e->time[i] > r->chain.to || e->time[i] < r->chain.from ? steps & ~UINT64_C(1) : steps;
}

static bool is_step(const struct match_rule *r, const struct match_events *e, size_t i, size_t k)
{
    return dialect_steps(r, e, i) >> k & 1;
}

static void put_chain(struct match *out, size_t level)
{
    out->level = (uint32_t)level;
    out->did = level >= 64 ? UINT64_MAX : (UINT64_C(1) << level) - 1;
}

/* ---- retentioneering */

/* "Earliest strictly later occurrence by position, no window": the first step's first event, then always the
 * first event of the next step behind the one before. */
static void count_retentioneering(struct dialect_memory *d, const struct match_rule *r,
                                  const struct match_events *e, unsigned modes, struct match *out)
{
    size_t k = 0;
    (void)d, (void)modes;
    for (size_t i = 0; i < e->n && k < r->chain.steps; i++)
        if (is_step(r, e, i, k))
            out->at[k++] = i;
    put_chain(out, k);
}

const struct dialect dialect_retentioneering = {
    .name = "retentioneering",
    .sentence =
        N_("as retentioneering counts: from the first event of the first step on, each step is the next "
           "event of its kind; there is no window"),
    .count = count_retentioneering,
};

/* ---- Mixpanel */

enum { GRACE_S = 2 };

/* "The clock starts at the first step 1 and is not reset; 2 s grace": each step is the earliest event not yet
 * used that lies at most two seconds before the step before it, within the window of the first. */
static void count_mixpanel(struct dialect_memory *d, const struct match_rule *r, const struct match_events *e,
                           unsigned modes, struct match *out)
{
    size_t k = 0, i = 0;
    (void)d, (void)modes;
    while (i < e->n && !is_step(r, e, i, 0))
        i++;
    if (i == e->n)
        return;
    out->at[k++] = i;
    for (; k < r->chain.steps; k++) {
        int64_t earliest = e->time[out->at[k - 1]] - GRACE_S * US_PER_S;
        for (i = out->at[k - 1]; i > 0 && e->time[i - 1] >= earliest; i--)
            ;
        for (; i < e->n; i++) {
            bool used = false;
            for (size_t p = 0; p < k; p++)
                used |= out->at[p] == i;
            if (!used && is_step(r, e, i, k))
                break;
        }
        if (i == e->n || e->time[i] - e->time[out->at[0]] > r->chain.window)
            break;
        out->at[k] = i;
    }
    put_chain(out, k);
}

const struct dialect dialect_mixpanel = {
    .name = "mixpanel",
    .sentence =
        N_("as Mixpanel counts: the clock starts at the first event of the first step and is not reset; "
           "steps within two seconds may come in any order"),
    .count = count_mixpanel,
};

/* ---- Doris */

/* The first event of step k in [from, to). */
static size_t next_of(const struct match_rule *r, const struct match_events *e, size_t k, size_t from,
                      size_t to)
{
    while (from < to && !is_step(r, e, from, k))
        from++;
    return from;
}

static bool repeats(const struct match_rule *r, const struct match_events *e, size_t k, size_t from,
                    size_t to)
{
    for (size_t p = 0; p < k; p++)
        if (next_of(r, e, p, from, to) < to)
            return true;
    return false;
}

static size_t doris_from(const struct match_rule *r, const struct match_events *e, size_t first,
                         unsigned modes, size_t *at)
{
    size_t k = 1, i = first;
    for (at[0] = first; k < r->chain.steps; at[k++] = i) {
        size_t before = i;
        i = modes & DORIS_FIXED ? i + 1 : next_of(r, e, k, i + 1, e->n);
        if (i >= e->n || !is_step(r, e, i, k) || e->time[i] - e->time[first] > r->chain.window)
            break;
        if ((modes & DORIS_INCREASE) && e->time[i] <= e->time[before])
            break;
        if ((modes & DORIS_DEDUPLICATION) && repeats(r, e, k, before + 1, i))
            break;
    }
    return k;
}

/* "A row serves one step": from each event of the first step on the next row of each step in order of
 * arrival, within the window; the deepest of these counts. `deduplication` ends a chain at a row that repeats
 * a step behind it, `fixed` at any other row, `increase` at a row that is not strictly later. */
static void count_doris(struct dialect_memory *d, const struct match_rule *r, const struct match_events *e,
                        unsigned modes, struct match *out)
{
    size_t at[SCAN_SELECTORS], best = 0;
    (void)d;
    for (size_t i = next_of(r, e, 0, 0, e->n); i < e->n && best < r->chain.steps;
         i = next_of(r, e, 0, i + 1, e->n)) {
        size_t level = doris_from(r, e, i, modes, at);
        if (level <= best)
            continue;
        best = level;
        memcpy(out->at, at, level * sizeof(*at));
    }
    put_chain(out, best);
}

const struct dialect dialect_doris = {
    .name = "doris",
    .modes = "deduplication|fixed|increase",
    .sentence = N_(
        "as window_funnel of Doris counts: from each event of the first step on always the next row of the "
        "next step, in order of arrival; the deepest counts"),
    .rows = DORIS_FIXED,
    .count = count_doris,
};

/* ---- the table */

const struct dialect *const *dialect_all(size_t *n)
{
    static const struct dialect *const all[] = {&dialect_clickhouse, &dialect_posthog, &dialect_mixpanel,
                                                &dialect_doris, &dialect_retentioneering};
    *n = sizeof(all) / sizeof(*all);
    return all;
}

/* Bit of a mode in "a|b|c". */
static bool read_mode(const struct dialect *d, struct str mode, unsigned *modes)
{
    struct str rest = str_of(d->modes ? d->modes : "");
    for (unsigned bit = 1; rest.p && rest.n; bit <<= 1)
        if (str_eq(str_cut(&rest, '|'), mode)) {
            *modes |= bit;
            return true;
        }
    return false;
}

static bool read_modes(const struct dialect *d, struct str text, unsigned *modes, struct err *err)
{
    size_t n = 0;
    for (struct str mode; text.p; n++) {
        mode = str_cut(&text, '+');
        if (!read_mode(d, mode, modes) || (n && !d->several))
            return err_set(err, ERR_USAGE, _("--rule %s: %.*s is none of its modes; use %s"), d->name,
                           (int)mode.n, mode.p, d->modes ? d->modes : _("none"));
    }
    return true;
}

const struct dialect *dialect_named(const char *text, unsigned *modes, struct err *err)
{
    struct str rest = str_of(text), name = str_cut(&rest, ':');
    size_t n;
    const struct dialect *const *all = dialect_all(&n);
    *modes = 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq(name, str_of(all[i]->name))) {
            if (!read_modes(all[i], rest, modes, err))
                return NULL;
            if (all[i] == &dialect_clickhouse && (*modes & CLICKHOUSE_REENTRY) &&
                !(*modes & CLICKHOUSE_ORDER)) {
                err_set(err, ERR_USAGE, _("--rule %s: allow_reentry is only for strict_order"), text);
                return NULL;
            }
            return all[i];
        }
    err_set(
        err, ERR_USAGE,
        _("--rule %s: there is no such rule; use best, first, latest, clickhouse, posthog, mixpanel, doris, "
          "retentioneering or all"),
        text);
    return NULL;
}
