/* events.c - events and distinct users over time, in one or more groups.
 *
 * Users are exact: a worker sees all events of a user together, so a cell counts a user when its stamp is not
 * his yet. */
#include "config.h"

#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/events_p.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/vec.h"

enum { BUCKETS_MOST = 1000000, CELLS_MOST = 4000000 };

enum { TOGETHER = 2048 }; /* so many events at a time stay in the first-level cache */

/* What the loops over so many events hand on. */
struct stretches {
    uint32_t bucket[TOGETHER + 1]; /* one before the first */
    uint8_t flag[TOGETHER];
    uint32_t pos[TOGETHER + PICK_SLACK], before[TOGETHER / 64 + 1];
    uint64_t set[TOGETHER / 64 + 1];
};

struct state {
    struct plan *plan;
    struct breakdown_count count;
    struct cell *cell; /* bucket * groups + group */
    struct amount *sum;
    uint64_t events, users;
    uint8_t *mark; /* per event of a block: its user's first */
    size_t marks;  /* room */
    struct stretches together;
    struct crowd crowd;
};

/* ---- one user */

static inline size_t bucket_of(const struct plan *p, int64_t t)
{
    const int64_t *bound = p->bound;
    size_t b = (size_t)((double)(t - bound[0]) * p->per_us);
    b = b < p->buckets ? b : p->buckets - 1;
    while (t < bound[b])
        b--;
    while (t >= bound[b + 1])
        b++;
    return b;
}

/* One group, no sums: stretches of events in one bucket are counted at once. */
static void count_stretches(struct state *st, const struct journeys *js)
{
    const struct plan *p = st->plan;
    const int64_t *time = js->time;
    for (size_t u = 0; u < js->users; u++) {
        st->users += js->start[u + 1] > js->start[u];
        for (size_t i = js->start[u], n = js->start[u + 1], k; i < n; i = k) {
            size_t b = bucket_of(p, time[i]);
            int64_t end = p->bound[b + 1];
            for (k = i + 1; k < n && time[k] < end; k++)
                ;
            st->cell[b].events += k - i;
            st->cell[b].users++;
        }
    }
}

/* The same function as bucket_even in a loop that vectorises: times at most 2^51 µs from the origin. */
PICK_CLONES static void buckets_even(const int64_t *restrict time, size_t n, int64_t origin, double per_us,
                                     uint32_t *restrict bucket)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t bits =
            (uint64_t)(time[i] - origin) | UINT64_C(0x4330000000000000); /* 2^52 + it, as double */
        double d;
        memcpy(&d, &bits, sizeof(d));
        bucket[i] = (uint32_t)(int32_t)((d - 4503599627370496.0 + 0.5) * per_us);
    }
}

static uint32_t bucket_even(const struct plan *p, int64_t t)
{
    uint32_t b;
    buckets_even(&t, 1, p->bound[0], p->per_us, &b);
    return b;
}

/* Whether all buckets are so nearly of one length that a multiplication finds the right one for every time:
 * it is monotone, so right on both sides of each bound is right everywhere. */
static bool find_even(const struct plan *p)
{
    bool even = p->buckets > 0 && p->bound[p->buckets] - p->bound[0] < INT64_C(1) << 51;
    for (size_t b = 0; even && b < p->buckets; b++)
        even = bucket_even(p, p->bound[b]) == b && bucket_even(p, p->bound[b + 1] - 1) == b;
    return even;
}

/* Where a stretch began that is not counted yet. */
struct open_stretch {
    size_t at;
    uint32_t bucket;
};

/* bucket has an element before the first. */
PICK_CLONES static void flag_changes(const uint32_t *restrict bucket, const uint8_t *restrict marked,
                                     uint32_t n, uint8_t *restrict flag)
{
    for (uint32_t i = 0; i < n; i++)
        flag[i] = (uint8_t)(bucket[i + 1] != bucket[i]) | marked[i];
}

/* Stretches that begin among n events from `first` on; marked: the first events of users. */
static void count_some(struct state *st, const int64_t *time, const uint8_t *marked, size_t first, size_t n,
                       struct open_stretch *open)
{
    const struct plan *p = st->plan;
    struct stretches *s = &st->together;
    struct picked picked = {.pos = s->pos, .set = s->set, .before = s->before};
    s->bucket[0] = open->bucket;
    buckets_even(time + first, n, p->bound[0], p->per_us, s->bucket + 1);
    flag_changes(s->bucket, marked + first, (uint32_t)n, s->flag);
    pick_flags(s->flag, (uint32_t)n, s->set);
    pick_count(&picked, (uint32_t)n);
    pick_rows(&picked, (uint32_t)n, &p->table);
    struct open_stretch o = *open;
    for (uint32_t k = 0; k < picked.n; k++) {
        size_t at = first + s->pos[k];
        uint32_t b = s->bucket[s->pos[k] + 1];
        st->cell[o.bucket].events += at - o.at;
        st->cell[b].users++;
        o = (struct open_stretch){at, b};
    }
    *open = o;
}

/* One group, no sums, even buckets: without a branch that depends on the times. */
static void count_even(struct state *st, const struct journeys *js)
{
    size_t base = js->start[0], n = js->start[js->users] - base;
    struct open_stretch open = {0, 0};
    if (n > st->marks) {
        free(st->mark);
        st->mark = mem_alloc(st->marks = n);
    }
    memset(st->mark, 0, n);
    for (size_t u = 0; u < js->users; u++)
        if (js->start[u + 1] > js->start[u]) {
            st->mark[js->start[u] - base] = 1;
            st->users++;
        }
    for (size_t i = 0; i < n; i += TOGETHER)
        count_some(st, js->time + base, st->mark, i, n - i < TOGETHER ? n - i : TOGETHER, &open);
    st->cell[open.bucket].events += n - open.at;
}

/* What the events of a user are broken down by: a property of each, or one thing for all of them. */
struct by {
    const int64_t *value;
    size_t step;
};

static inline struct by by_of(const struct plan *p, const struct journey *j)
{
    static const int64_t nothing = 0;
    if (p->prop_by >= 0)
        return (struct by){j->prop[p->prop_by] + j->first, 1};
    return (struct by){p->by_what.of_user ? &p->by_what.of_user[j->user] : &nothing, 0};
}

static void count_cells(struct state *st, const struct journey *j)
{
    const struct plan *p = st->plan;
    struct by by = by_of(p, j);
    const int64_t *value = p->prop_value >= 0 ? j->prop[p->prop_value] + j->first : NULL;
    uint32_t groups = p->by_what.groups, stamp = j->user + 1;
    for (size_t i = 0; i < j->n; i++) {
        size_t at =
            bucket_of(p, j->time[i]) * groups +
            (groups == 1 ? 0 : breakdown_group(&p->by_what, j->code ? j->code[i] : 0, by.value[i * by.step]));
        struct cell *c = &st->cell[at];
        c->events++;
        c->users += c->stamp != stamp;
        c->stamp = stamp;
        if (value)
            amount_add(&st->sum[at], value[i]);
    }
}

static bool is_wanted(const struct plan *p, const struct journey *j)
{
    struct by by = by_of(p, j);
    for (size_t i = 0; i < j->n; i++)
        if ((p->who_bucket == SIZE_MAX || bucket_of(p, j->time[i]) == p->who_bucket) &&
            (!p->who_group.p ||
             breakdown_group(&p->by_what, j->code ? j->code[i] : 0, by.value[i * by.step]) == p->who_number))
            return true;
    return false;
}

static void feed(void *state, const struct journeys *js)
{
    struct state *st = state;
    const struct plan *p = st->plan;
    if (p->counting && p->by_what.of_user) {
        for (size_t i = 0; i < js->users; i++)
            breakdown_count_user(&st->count, &p->by_what, js->user[i], js->start[i + 1] - js->start[i]);
        return;
    }
    if (p->counting) {
        size_t at = js->start[0];
        breakdown_count_add(&st->count, &p->by_what, js->code + at,
                            p->prop_by >= 0 ? js->prop[p->prop_by] + at : NULL, js->start[js->users] - at);
        return;
    }
    st->events += js->start[js->users] - js->start[0];
    if (p->by_what.groups == 1 && p->prop_value < 0 && !p->ask->who) {
        (p->even ? count_even : count_stretches)(st, js);
        return;
    }
    for (size_t i = 0; i < js->users; i++) {
        struct journey j = journeys_at(js, i);
        st->users += j.n > 0;
        if (!p->ask->who)
            count_cells(st, &j);
        else if (is_wanted(p, &j))
            crowd_add(&st->crowd, j.user, 0, TIME_NONE);
    }
}

/* ---- plan */

static size_t count_buckets(const struct plan *p, int64_t from, int64_t to)
{
    size_t n = 1;
    int64_t next;
    zone_bucket(p->ask->zone, p->unit, from, &next);
    for (; !p->all && next <= to && n <= BUCKETS_MOST; n++)
        zone_bucket(p->ask->zone, p->unit, next, &next);
    return n;
}

static bool make_buckets(struct plan *p, struct err *err)
{
    const struct ask *a = p->ask;
    if (!a->has_events && !(a->has_from && a->has_to))
        return true;
    int64_t from = a->has_from ? a->from : a->first, to = a->has_to ? a->to : a->last;
    if (from > to)
        return true;
    size_t n = count_buckets(p, from, to);
    if (n > BUCKETS_MOST)
        return err_set(
            err, ERR_USAGE,
            _("--unit %s: more than %d buckets in this period; choose a longer unit or a shorter period"),
            ask_text(a, "unit"), BUCKETS_MOST);
    p->bound = arena_array(&p->ask->arena, int64_t, n + 1);
    p->buckets = n;
    p->bound[0] = from;
    p->bound[n] = to + 1;
    int64_t next = from;
    for (size_t b = 0; !p->all && b < n; b++) {
        p->bound[b] = zone_bucket(a->zone, p->unit, next, &next);
        p->bound[b + 1] = next;
    }
    p->per_us = (double)p->buckets / (double)(p->bound[p->buckets] - p->bound[0]);
    p->even = find_even(p);
    pick_table_init(&p->table);
    return true;
}

static bool read_unit(struct plan *p)
{
    static const char *const name[] = {"hour", "day", "week", "month"};
    const char *unit = ask_text(p->ask, "unit");
    p->all = strcmp(unit, "all") == 0;
    for (int i = 0; i < 4; i++)
        if (strcmp(unit, name[i]) == 0)
            p->unit = (enum bucket_unit)i;
    return true;
}

/* "sum(amount)" -> "amount"; false when text is not fn(...). */
static bool call_of(struct str text, const char *fn, struct str *arg)
{
    size_t n = strlen(fn);
    if (text.n < n + 3 || memcmp(text.p, fn, n) != 0 || text.p[n] != '(' || text.p[text.n - 1] != ')')
        return false;
    *arg = str_trim((struct str){text.p + n + 1, text.n - n - 2});
    return true;
}

static bool read_metric(struct plan *p, struct err *err)
{
    static const char *const name[] = {"events", "users", "events_per_user"};
    struct str text = str_of(p->metric_text = ask_text(p->ask, "metric")), arg;
    struct expr_field field;
    const struct expr_vocabulary *v = schema_vocabulary(p->ask->schema);
    for (int i = 0; i < 3; i++)
        if (str_eq(text, str_of(name[i])))
            return p->metric = (enum metric)i, true;
    if (call_of(text, "sum", &arg))
        p->metric = METRIC_SUM;
    else if (call_of(text, "avg", &arg))
        p->metric = METRIC_AVG;
    else
        return err_set(err, ERR_USAGE,
                       _("--metric %s: write events, users, events_per_user, sum(PROPERTY) or avg(PROPERTY)"),
                       p->metric_text);
    if (!v->field(v->arg, arg, false, &field) || field.type != EXPR_NUMBER)
        return err_set(err, ERR_USAGE,
                       _("--metric %s: \"%.*s\" is no property that holds numbers; these do: %s"),
                       p->metric_text, (int)arg.n, arg.p, ask_properties(p->ask, arg, true));
    p->column = (uint16_t)field.id;
    return true;
}

/* "2019-06-01 login" or "2019-06-01T13:00:00+08:00": the start of a bucket, then the group. */
static bool read_who(struct plan *p, struct err *err)
{
    struct ask *a = p->ask;
    int64_t first, last;
    p->who_bucket = SIZE_MAX;
    if (!a->who)
        return true;
    struct str rest = str_of(a->who), word = str_cut(&rest, ' ');
    if (p->by)
        p->who_group = rest;
    if (p->by && !rest.p)
        return err_set(err, ERR_USAGE, _("--users %s: write the bucket, a blank and the group"), a->who);
    if (str_eq(word, STR("all")))
        return true;
    if (!zone_parse_bound(a->zone, word, &first, &last, err))
        return err_prefix(err, "--users %s", a->who);
    for (size_t b = 0; b < p->buckets; b++)
        if (first >= p->bound[b] && first < p->bound[b + 1])
            p->who_bucket = b;
    if (p->who_bucket == SIZE_MAX)
        return err_set(err, ERR_USAGE, _("--users %s: the period has no such bucket"), a->who);
    return true;
}

static bool find_who_group(struct plan *p)
{
    p->who_number = p->who_group.p ? breakdown_find(&p->by_what, p->who_group) : 0;
    return true;
}

static void wanted_columns(struct plan *p, struct scan *scan)
{
    uint16_t *column = arena_array(&p->ask->arena, uint16_t, 2);
    p->prop_by = p->prop_value = -1;
    if (p->by && !p->by_what.by_event && !p->by_what.of_user) {
        p->prop_by = (int)scan->columns;
        column[scan->columns++] = p->by_what.column;
    }
    if (p->metric == METRIC_SUM || p->metric == METRIC_AVG) {
        p->prop_value = (int)scan->columns;
        column[scan->columns++] = p->column;
    }
    scan->column = column;
}

static void *plan(struct ask *a, struct scan *scan, struct err *err)
{
    struct plan *p = arena_new(&a->arena, struct plan);
    p->ask = a;
    p->by = ask_text(a, "by");
    if (!read_unit(p) || !read_metric(p, err) || !make_buckets(p, err) || !read_who(p, err) ||
        !breakdown_init(&p->by_what, a, p->by, err))
        return NULL;
    wanted_columns(p, scan);
    scan->everything = true;
    if (a->where) {
        if (!ask_select(a, NULL, true, &p->where, err))
            return NULL;
        scan->where = &p->where;
    }
    scan->from = a->from;
    scan->to = a->to;
    scan->no_codes = !p->by_what.by_event;
    p->counting = p->by && (a->top > 0 || !breakdown_is_text(&p->by_what) ||
                            (uint64_t)p->by_what.groups * p->buckets > CELLS_MOST / 16);
    if (!p->counting)
        find_who_group(p);
    return p;
}

static void *init(void *plan)
{
    struct state *st = mem_zalloc(sizeof(*st));
    st->plan = plan;
    const struct plan *p = plan;
    if (p->counting) {
        breakdown_count_init(&st->count, &p->by_what);
        return st;
    }
    size_t cells = p->buckets * p->by_what.groups;
    st->cell = mem_zalloc((cells + 1) * sizeof(*st->cell));
    if (p->prop_value >= 0)
        st->sum = mem_zalloc((cells + 1) * sizeof(*st->sum));
    return st;
}

static void done(void *state)
{
    struct state *st = state;
    breakdown_count_done(&st->count);
    crowd_done(&st->crowd);
    free(st->cell);
    free(st->sum);
    free(st->mark);
    free(st);
}

static void merge(void *into, void *from)
{
    struct state *a = into, *b = from;
    const struct plan *p = a->plan;
    if (p->counting) {
        breakdown_count_merge(&a->count, &b->count, &p->by_what);
        return;
    }
    size_t cells = p->buckets * p->by_what.groups;
    for (size_t i = 0; i < cells; i++) {
        a->cell[i].events += b->cell[i].events;
        a->cell[i].users += b->cell[i].users;
    }
    for (size_t i = 0; a->sum && i < cells; i++)
        amount_merge(&a->sum[i], &b->sum[i]);
    a->users += b->users;
    a->events += b->events;
    crowd_merge(&a->crowd, &b->crowd);
}

static bool again(void *plan, void *state, struct scan *scan)
{
    struct plan *p = plan;
    struct state *st = state;
    (void)scan;
    if (!p->counting)
        return false;
    breakdown_fold(&p->by_what, &st->count, p->ask->top);
    p->counting = false;
    /* Too many groups still: finish says so; nothing is counted meanwhile. */
    if ((uint64_t)p->by_what.groups * p->buckets > CELLS_MOST)
        return false;
    return find_who_group(p);
}

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    struct plan *p = plan;
    struct state *st = state;
    (void)totals;
    bool fits = (uint64_t)p->by_what.groups * p->buckets <= CELLS_MOST;
    if (!fits || (!st->cell && p->buckets))
        return err_set(
            err, ERR_USAGE,
            _("%u groups in %zu buckets are more than can be shown: keep the largest with --top N, or choose "
              "a longer --unit"),
            p->by_what.groups, p->buckets);
    events_put(p, &(struct counted){st->cell, st->sum, st->events, st->users}, r);
    return true;
}

static struct crowd *crowd(void *state)
{
    return &((struct state *)state)->crowd;
}

const struct analysis analysis_events = {
    .picture = PICTURE_SERIES,
    .plan = plan,
    .init = init,
    .feed = feed,
    .merge = merge,
    .again = again,
    .finish = finish,
    .crowd = crowd,
    .done = done,
};
