/* same_failure.c - from one customer's failure to everyone's: how many had the same, day by day, and where it
 * concentrates.
 *
 * Two passes. The first counts the failures themselves, by day and by the value of every property they carry.
 * The second counts attempts: all events of the kinds that failed so, with whatever outcome. A value's lift
 * is its share among the failures over its share among the attempts; against all events it would only tell
 * that transfers are not made by SMS. */
#include "config.h"

#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/same_failure_p.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"

enum {
    DAYS_MOST = 3660,
    VALUES_MOST = 1000, /* a property with more different values among the failures tells no concentration */
    NUMBERS_MOST = 50,  /* the same for numbers: versions are few, amounts are not */
};

/* ---- planning */

static bool plan_days(struct failure_plan *p, struct err *err)
{
    struct ask *a = p->ask;
    int64_t days, next, at;
    if (!ask_number(a, "days", 1, DAYS_MOST, &days, err))
        return false;
    p->to = a->has_to ? a->to : a->has_events ? a->last : 0;
    at = zone_bucket(a->zone, UNIT_DAY, p->to, &next);
    p->to = a->has_to ? p->to : next - 1;
    for (int64_t i = 1; i < days && !a->has_from; i++)
        at = zone_bucket(a->zone, UNIT_DAY, at - 1, &next);
    p->from = a->has_from ? a->from : at;
    p->day = arena_array(&a->arena, int64_t, DAYS_MOST + 2);
    for (at = p->from; at <= p->to && p->days <= DAYS_MOST; at = next) {
        p->day[p->days++] = at;
        zone_bucket(a->zone, UNIT_DAY, at, &next);
    }
    p->day[p->days] = p->to + 1;
    if (p->days > DAYS_MOST)
        return err_set(err, ERR_USAGE, _("failure: at most %d days can be looked at; give a later --from"),
                       DAYS_MOST);
    p->before = p->from;
    for (size_t i = 0; i < p->days; i++)
        p->before = zone_bucket(a->zone, UNIT_DAY, p->before - 1, &next);
    return true;
}

/* Properties that are not themselves about failing. */
static void plan_sides(struct failure_plan *p)
{
    const struct column_def *c;
    size_t n = snapshot_columns(p->ask->snapshot, &c);
    p->side = arena_array(&p->ask->arena, struct failure_side, n + 1);
    p->column = arena_array(&p->ask->arena, uint16_t, n + 1);
    p->sides = 1;
    for (size_t i = 0; i < n; i++)
        if (c[i].table == TABLE_EVENTS && c[i].id >= COL_FIRST && c[i].type != COLUMN_TIME &&
            failing_find(&p->failing, c[i].id) == p->failing.n) {
            p->column[p->sides - 1] = c[i].id;
            p->side[p->sides++].def = &c[i];
        }
}

static size_t side_named(const struct failure_plan *p, struct str name)
{
    for (size_t k = 1; k < p->sides; k++)
        if (str_eq(p->side[k].def->name, name))
            return k;
    return str_eq(name, STR("event")) ? 0 : p->sides;
}

static bool side_value(const struct failure_plan *p, size_t k, struct str text, int64_t *out, struct err *err)
{
    const struct column_def *c = p->side[k].def;
    uint32_t code;
    double d;
    *out = COLUMN_NULL;
    if (k && str_eq(text, STR("(none)")))
        return true;
    if (!k || c->type == COLUMN_CODE) {
        if (!dict_find(p->ask->snapshot, k ? c->id : COL_EVENT, text, &code, err))
            return false;
        *out = code; /* UINT32_MAX: nobody has it */
    } else if (c->type == COLUMN_BOOL) {
        *out = str_eq(text, STR("true"));
    } else {
        *out = num_double(text, &d) ? column_of_number(d) : COLUMN_NULL;
    }
    return true;
}

static bool plan_who(struct failure_plan *p, struct err *err)
{
    struct err no_day = {0};
    const char *who = p->ask->who;
    struct str value = str_of(who);
    if (!who)
        return true;
    p->who = WHO_ALL;
    if (strcmp(who, "all") == 0)
        return true;
    p->who = WHO_DAY;
    if (zone_parse_bound(p->ask->zone, value, &p->who_from, &p->who_to, &no_day))
        return true;
    p->who = WHO_SIDE;
    p->who_side = side_named(p, str_cut(&value, '='));
    if (!value.p || p->who_side == p->sides)
        return err_set(err, ERR_USAGE,
                       _("--users %s: write all, a day such as 2026-10-31, or PROPERTY=VALUE"), who);
    return side_value(p, p->who_side, value, &p->who_value, err);
}

static void *plan(struct ask *a, struct scan *scan, struct err *err)
{
    struct failure_plan *p = arena_new(&a->arena, struct failure_plan);
    p->ask = a;
    failing_init(&p->failing, a);
    p->condition =
        failing_condition(&p->failing, ask_text(a, "reason"), ask_text(a, "property"), a, &p->why, err);
    const struct expr *tree = p->condition ? ask_condition(a, "reason", p->condition, err) : NULL;
    plan_sides(p);
    if (!tree || !plan_days(p, err) || !plan_who(p, err) || !ask_select(a, tree, true, &p->select, err))
        return NULL;
    scan->selector = &p->select;
    scan->selectors = 1;
    scan->column = p->column;
    scan->columns = p->sides - 1;
    scan->from = p->who == WHO_NOBODY ? p->before : p->from;
    scan->to = p->to;
    return p;
}

/* ---- counting */

struct state {
    struct failure_plan *plan;
    struct failure_counts counts;
    struct crowd crowd;
};

static void *init(void *plan)
{
    struct state *st = mem_zalloc(sizeof(*st));
    st->plan = plan;
    st->counts.side = mem_zalloc(st->plan->sides * sizeof(*st->counts.side));
    for (size_t k = 0; k < st->plan->sides; k++)
        tally_init(&st->counts.side[k], k ? UINT64_MAX : st->plan->ask->events);
    tally_init(&st->counts.day, st->plan->days);
    return st;
}

static void counts_done(struct failure_counts *c, size_t sides)
{
    for (size_t k = 0; c->side && k < sides; k++)
        tally_done(&c->side[k]);
    free(c->side);
    c->side = NULL;
    tally_done(&c->day);
}

static void done(void *state)
{
    struct state *st = state;
    counts_done(&st->counts, st->plan->sides);
    crowd_done(&st->crowd);
    free(st);
}

static void close_plan(void *plan)
{
    struct failure_plan *p = plan;
    counts_done(&p->failures, p->sides);
}

static size_t day_of(const struct failure_plan *p, int64_t time)
{
    size_t from = 0, to = p->days;
    while (to - from > 1) {
        size_t mid = from + (to - from) / 2;
        if (p->day[mid] <= time)
            from = mid;
        else
            to = mid;
    }
    return from;
}

static uint64_t key_of(const struct journey *j, size_t k, size_t i)
{
    return k ? (uint64_t)j->prop[k - 1][j->first + i] : j->code[i];
}

static void count_failure(struct state *st, const struct journey *j, size_t i)
{
    tally_add(&st->counts.day, day_of(st->plan, j->time[i]), j->user);
    for (size_t k = 0; k < st->plan->sides; k++)
        tally_add(&st->counts.side[k], key_of(j, k, i), j->user);
}

/* Only values that occur among the failures are of interest. */
static void count_attempt(struct state *st, const struct journey *j, size_t i)
{
    struct failure_plan *p = st->plan;
    for (size_t k = 0; k < p->sides; k++) {
        uint64_t key = key_of(j, k, i);
        if (!p->side[k].dropped && tally_count(&p->failures.side[k], key))
            tally_add(&st->counts.side[k], key, j->user);
    }
}

static bool is_behind(const struct failure_plan *p, const struct journey *j, size_t i)
{
    switch (p->who) {
    case WHO_DAY: return j->time[i] >= p->who_from && j->time[i] <= p->who_to;
    case WHO_SIDE: return key_of(j, p->who_side, i) == (uint64_t)p->who_value;
    default: return true;
    }
}

static void collect(struct state *st, const struct journey *j)
{
    for (size_t i = j->n; i-- > 0;)
        if (is_behind(st->plan, j, i)) {
            crowd_add(&st->crowd, j->user, 0, j->time[i]); /* the last time that it happened */
            return;
        }
}

static void count(struct state *st, const struct journey *j)
{
    struct failure_plan *p = st->plan;
    uint64_t events = st->counts.events, before = st->counts.before;
    for (size_t i = 0; i < j->n; i++) {
        if (j->time[i] < p->from) {
            st->counts.before++;
            continue;
        }
        st->counts.events++;
        if (p->has_failures)
            count_attempt(st, j, i);
        else
            count_failure(st, j, i);
    }
    st->counts.users += st->counts.events > events;
    st->counts.before_users += st->counts.before > before;
}

static void feed(void *state, const struct journeys *js)
{
    struct state *st = state;
    for (size_t i = 0; i < js->users; i++) {
        struct journey j = journeys_at(js, i);
        if (j.n && st->plan->who)
            collect(st, &j);
        else if (j.n)
            count(st, &j);
    }
}

static void merge(void *into, void *from)
{
    struct state *a = into, *b = from;
    a->counts.events += b->counts.events;
    a->counts.users += b->counts.users;
    a->counts.before += b->counts.before;
    a->counts.before_users += b->counts.before_users;
    for (size_t k = 0; k < a->plan->sides; k++)
        tally_merge(&a->counts.side[k], &b->counts.side[k]);
    tally_merge(&a->counts.day, &b->counts.day);
    crowd_merge(&a->crowd, &b->crowd);
}

static size_t values_of(const struct tally *t)
{
    size_t i = 0, n = 0;
    uint64_t key;
    const struct tally_cell *c;
    while (n <= VALUES_MOST && tally_next(t, &i, &key, &c))
        n++;
    return n;
}

/* Whether nearly every failure has a value of its own, as amounts and numbers of orders do. */
static bool is_scattered(const struct failure_plan *p, size_t k)
{
    const struct tally *t = &p->failures.side[k];
    size_t values = values_of(t), most = VALUES_MOST;
    uint64_t present = p->failures.events - tally_count(t, (uint64_t)COLUMN_NULL);
    bool number = k && p->side[k].def->type == COLUMN_NUMBER;
    if (number)
        most = NUMBERS_MOST;
    return k && (values > most || (values > (number ? 2 : FAILURE_FEW) && 2 * values > present));
}

/* The second pass: all events of the kinds that failed, --where or not. */
static bool again(void *plan, void *state, struct scan *scan)
{
    struct failure_plan *p = plan;
    struct state *st = state;
    if (p->has_failures || p->who)
        return false;
    p->failures = st->counts;
    st->counts = (struct failure_counts){0};
    p->has_failures = true;
    for (size_t k = 0; k < p->sides; k++)
        p->side[k].dropped = is_scattered(p, k);
    if (!ask_select(p->ask, NULL, true, &p->select, NULL))
        bug("a condition that was compiled before");
    uint8_t *answer = arena_alloc(&p->ask->arena, (size_t)p->select.codes + 1);
    for (uint32_t c = 0; c < p->select.codes; c++)
        answer[c] = tally_count(&p->failures.side[0], c) ? p->select.answer[c] : SELECT_NO;
    p->select.answer = answer;
    scan->from = p->from;
    return true;
}

static struct crowd *crowd(void *state)
{
    return &((struct state *)state)->crowd;
}

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    (void)totals;
    return same_failure_put(plan, &((struct state *)state)->counts, r, err);
}

const struct analysis analysis_failure = {
    .picture = PICTURE_FAILURE,
    .plan = plan,
    .init = init,
    .feed = feed,
    .merge = merge,
    .again = again,
    .finish = finish,
    .crowd = crowd,
    .done = done,
    .close = close_plan,
};
