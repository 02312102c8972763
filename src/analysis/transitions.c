/* transitions.c - every direct step from one event to the next inside a session.
 *
 * A step is in the period when its first event is. Medians are exact: the first pass spreads the pauses of
 * each pair of events over buckets (a pause in the store's own time unit when there are few of those, else
 * its leading bits); where a bucket holds several different pauses a second pass collects just those of the
 * bucket in the middle.
 *
 * With few event names pairs are counted over whole blocks of users in one loop without branches that depend
 * on the data: what is no step is counted too, in a cell of its own. With many names pairs are hashed and the
 * second pass collects all pauses. */
#include "config.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/quantile.h"
#include "analysis/rule.h"
#include "analysis/tally.h"
#include "base/date.h"
#include "base/nls.h"

enum {
    EVENTS_DIRECT = 256,  /* up to that many names pairs are counted directly */
    EXACT_MOST = 1 << 24, /* buckets of all pairs together when each is one pause */
    MANTISSA = 1,         /* leading bits that make a bucket, besides the highest */
};

enum pass { PASS_COUNT, PASS_COLLECT };

/* The pauses of a pair that the second pass collects. */
struct catch
{
    uint64_t low, high; /* pauses in units, inclusive */
    size_t at, n;       /* place in plan->caught */
    size_t rank;        /* of the lower middle one among them */
    _Atomic size_t filled;
};

/* Which pauses those are: low..low + width in units. */
struct aim {
    uint64_t low, width;
};

struct plan {
    struct ask *ask;
    int64_t gap;
    struct select where;
    enum pass pass;
    uint32_t events; /* names, after folding: (other) is the last */
    uint32_t *name;  /* name of an event's code; NULL: the code */
    uint32_t *code;  /* event of a name, when folded */
    bool folding, folded;
    bool direct;        /* buckets per pair */
    int64_t store_unit; /* all times of the store are equal modulo this many µs */
    int64_t unit;       /* of pauses in buckets */
    double per_us;      /* units */
    uint32_t buckets;
    bool exact;          /* a bucket is one pause */
    struct catch *catch; /* per pair (direct) or per entry of `pair` */
    struct aim *aim;     /* per pair, direct only */
    struct pair *pair;   /* pairs that occur, by key */
    size_t pairs;
    int64_t *caught;
    bool has_who;
    uint32_t who_from, who_to;
};

struct pair {
    uint64_t key;
    uint64_t count, users;
    double median; /* µs */
};

struct found {
    uint32_t key;
    int64_t units;
};

struct state {
    struct plan *plan;
    struct tally pair;   /* when direct one more than there are pairs, for what is no step */
    uint32_t *bucket;    /* direct: pair * buckets + bucket */
    uint32_t user;       /* direct: users met, as stamp */
    uint8_t *bump;       /* per hit: it is its user's first */
    struct found *found; /* per hit */
    size_t hits;         /* room */
    struct crowd crowd;
};

/* ---- one user */

static inline uint32_t bucket_of(bool exact, uint64_t units)
{
    unsigned shift = 63 - (unsigned)__builtin_clzll(units | 1u << MANTISSA) - MANTISSA;
    return exact ? (uint32_t)units : (shift << MANTISSA) + (uint32_t)(units >> shift);
}

/* The least pause of a bucket, in units. */
static uint64_t bucket_low(const struct plan *p, uint32_t b)
{
    if (p->exact || b < 2u << MANTISSA)
        return b;
    uint32_t shift = (b >> MANTISSA) - 1;
    return (uint64_t)((b & ((1u << MANTISSA) - 1)) | 1u << MANTISSA) << shift;
}

static inline uint64_t units_of(const struct plan *p, int64_t us)
{
    return p->unit == 1 ? (uint64_t)us : (uint64_t)((double)us * p->per_us + 0.5);
}

static struct catch *catch_of(const struct plan *p, uint64_t key)
{
    size_t lo = 0, hi = p->pairs;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (p->pair[mid].key < key)
            lo = mid + 1;
        else
            hi = mid;
    }
    return &p->catch[lo];
}

static void collect(const struct plan *p, uint64_t key, uint64_t units)
{
    struct catch *c = catch_of(p, key);
    p->caught[c->at + atomic_fetch_add_explicit(&c->filled, 1, memory_order_relaxed)] = (int64_t)units;
}

static inline uint32_t name_of(const struct plan *p, uint32_t code)
{
    return p->name ? p->name[code] : code;
}

static void room_for_hits(struct state *st, size_t n)
{
    if (n <= st->hits)
        return;
    st->hits = n;
    free(st->bump);
    free(st->found);
    st->bump = mem_alloc(n + 1);
    st->found = mem_alloc((n + 1) * sizeof(*st->found));
}

static void mark_users(struct state *st, const struct journeys *js)
{
    size_t base = js->start[0], hits = js->start[js->users] - base;
    room_for_hits(st, hits);
    memset(st->bump, 0, hits + 1);
    for (size_t u = 0; u < js->users; u++)
        st->bump[js->start[u] - base] = 1;
}

/* What the loops over a block have at hand. */
struct walker {
    const struct plan *plan;
    uint64_t events, none; /* the cell of what is no step */
    uint32_t from;
    int64_t then;
};

static inline uint64_t step_key(struct walker *w, uint32_t to, int64_t t, bool first, int64_t *pause)
{
    const struct plan *p = w->plan;
    uint64_t ok = (uint64_t)!first & (uint64_t)(t - w->then <= p->gap) & (uint64_t)(w->then >= p->ask->from) &
                  (uint64_t)(w->then <= p->ask->to);
    uint64_t key = w->from * w->events + to;
    *pause = (t - w->then) & -(int64_t)ok;
    w->from = to;
    w->then = t;
    return w->none ^ ((w->none ^ key) & -ok);
}

__attribute__((noinline)) static void count_block(struct state *st, const struct journeys *js)
{
    const struct plan *p = st->plan;
    const uint32_t *code = js->code + js->start[0], *name = p->name;
    const int64_t *time = js->time + js->start[0];
    size_t n = js->start[js->users] - js->start[0];
    struct walker w = {p, p->events, (uint64_t)p->events * p->events, 0, 0};
    uint32_t *bucket = st->bucket, buckets = p->buckets, user = st->user;
    for (size_t i = 0; i < n; i++) {
        int64_t pause;
        uint64_t key = step_key(&w, name ? name[code[i]] : code[i], time[i], st->bump[i], &pause);
        struct tally_cell *c = &st->pair.cell[key];
        user += st->bump[i];
        c->count++;
        c->users += c->stamp != user;
        c->stamp = user;
        if (bucket)
            bucket[key * buckets + bucket_of(p->exact, units_of(p, pause))]++;
    }
    st->user = user;
}

__attribute__((noinline)) static void collect_block(struct state *st, const struct journeys *js)
{
    const struct plan *p = st->plan;
    const uint32_t *code = js->code + js->start[0], *name = p->name;
    const int64_t *time = js->time + js->start[0];
    size_t n = js->start[js->users] - js->start[0], found = 0;
    struct walker w = {p, p->events, (uint64_t)p->events * p->events, 0, 0};
    for (size_t i = 0; i < n; i++) {
        int64_t pause;
        uint64_t key = step_key(&w, name ? name[code[i]] : code[i], time[i], st->bump[i], &pause);
        uint64_t units = units_of(p, pause);
        const struct aim *a = &p->aim[key];
        st->found[found] = (struct found){(uint32_t)key, (int64_t)units};
        found += units - a->low <= a->width;
    }
    for (size_t i = 0; i < found; i++) {
        struct catch *c = &p->catch[st->found[i].key];
        p->caught[c->at + atomic_fetch_add_explicit(&c->filled, 1, memory_order_relaxed)] =
            st->found[i].units;
    }
}

/* Many names. */
static void count_user(struct state *st, const struct journey *j)
{
    const struct plan *p = st->plan;
    struct walker w = {p, p->events, UINT64_MAX, 0, 0};
    for (size_t i = 0; i < j->n; i++) {
        int64_t pause;
        uint64_t key = step_key(&w, name_of(p, j->code[i]), j->time[i], i == 0, &pause);
        if (key == UINT64_MAX)
            continue;
        if (p->pass == PASS_COLLECT)
            collect(p, key, units_of(p, pause));
        else
            tally_add(&st->pair, key, j->user);
    }
}

static void find_user(struct state *st, const struct journey *j)
{
    const struct plan *p = st->plan;
    for (size_t i = 1; i < j->n; i++)
        if (name_of(p, j->code[i - 1]) == p->who_from && name_of(p, j->code[i]) == p->who_to &&
            j->time[i] - j->time[i - 1] <= p->gap && ask_in_period(p->ask, j->time[i - 1])) {
            crowd_add(&st->crowd, j->user, 0, TIME_NONE);
            return;
        }
}

static void feed(void *state, const struct journeys *js)
{
    struct state *st = state;
    const struct plan *p = st->plan;
    bool searching = p->has_who && !p->folding;
    if (p->direct && !searching) {
        mark_users(st, js);
        if (p->pass == PASS_COLLECT)
            collect_block(st, js);
        else
            count_block(st, js);
        return;
    }
    for (size_t i = 0; i < js->users; i++) {
        struct journey j = journeys_at(js, i);
        if (j.n < 2)
            continue;
        if (searching)
            find_user(st, &j);
        else
            count_user(st, &j);
    }
}

/* ---- plan */

static int64_t gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t r = a % b;
        a = b;
        b = r;
    }
    return a < 0 ? -a : a;
}

/* Every time is some first base plus a multiple of this. */
static bool find_unit(struct plan *p, struct err *err)
{
    const struct part *part;
    size_t parts = snapshot_parts(p->ask->snapshot, TABLE_EVENTS, &part);
    int64_t unit = 0, base = 0;
    bool any = false;
    for (size_t i = 0; i < parts; i++)
        for (uint32_t b = 0; b < part[i].blocks; b++) {
            struct column_view v;
            if (!part_column(p->ask->snapshot, &part[i], b, COL_TIME, &v, err))
                return false;
            if (!any)
                base = v.base;
            any = true;
            unit = gcd(unit, v.width ? (int64_t)v.step : 0);
            unit = gcd(unit, v.base - base);
        }
    p->store_unit = unit > 0 ? unit : 1;
    return true;
}

/* How pauses are told apart: depends on how many names there are, so it is planned again after folding. */
static void plan_buckets(struct plan *p)
{
    uint64_t most = p->gap == INT64_MAX ? UINT64_MAX : (uint64_t)p->gap / (uint64_t)p->store_unit;
    uint64_t pairs = (uint64_t)p->events * p->events + 1;
    p->direct = p->events <= EVENTS_DIRECT;
    p->exact = p->direct && most < EXACT_MOST / pairs;
    /* Doubles are exact only so far: rough buckets keep microseconds. */
    p->unit = p->exact ? p->store_unit : 1;
    p->per_us = 1.0 / (double)p->unit;
    p->buckets = p->exact ? (uint32_t)most + 1
                          : bucket_of(false, p->gap == INT64_MAX ? UINT64_MAX : (uint64_t)p->gap) + 1;
}

static bool find_name(const struct plan *p, struct str name, uint32_t *out)
{
    uint32_t code;
    if (p->folded && str_eq(name, STR("(other)")))
        return *out = p->events - 1, true;
    if (!dict_find(p->ask->snapshot, COL_EVENT, name, &code, NULL) || code >= p->ask->events)
        return false;
    *out = name_of(p, code);
    return true;
}

/* "home > card_tab"; names may hold " > " themselves. */
static bool find_who(struct plan *p)
{
    struct str w = str_of(p->ask->who);
    for (size_t i = 0; i + 3 < w.n; i++)
        if (memcmp(w.p + i, " > ", 3) == 0 && find_name(p, (struct str){w.p, i}, &p->who_from) &&
            find_name(p, (struct str){w.p + i + 3, w.n - i - 3}, &p->who_to))
            return true;
    return false;
}

static bool read_who(struct plan *p, struct err *err)
{
    if (!p->ask->who)
        return true;
    p->has_who = true;
    p->folded = p->folding; /* (other) will be a name */
    bool known = find_who(p);
    p->folded = false;
    if (!known)
        return err_set(err, ERR_USAGE,
                       _("--users %s: write two names as the table shows them, as in 'home > card_tab'"),
                       p->ask->who);
    return true;
}

static void *plan(struct ask *a, struct scan *scan, struct err *err)
{
    struct plan *p = arena_new(&a->arena, struct plan);
    p->ask = a;
    p->events = a->events;
    p->folding = a->top > 0 && (uint64_t)a->top < a->events;
    if (!ask_duration(a, "gap", &p->gap, err) || !find_unit(p, err) || !read_who(p, err))
        return NULL;
    plan_buckets(p);
    scan->everything = true;
    if (a->where) {
        if (!ask_select(a, NULL, true, &p->where, err))
            return NULL;
        scan->where = &p->where;
    }
    return p;
}

static void *init(void *plan)
{
    struct plan *p = plan;
    struct state *st = mem_zalloc(sizeof(*st));
    uint64_t pairs = (uint64_t)p->events * p->events + 1;
    st->plan = p;
    if (p->pass == PASS_COUNT)
        tally_init(&st->pair, pairs);
    if (p->pass == PASS_COUNT && p->direct && !p->folding && !p->has_who)
        st->bucket = mem_zalloc((size_t)pairs * p->buckets * sizeof(*st->bucket));
    return st;
}

static void done(void *state)
{
    struct state *st = state;
    free(st->bucket);
    free(st->bump);
    free(st->found);
    tally_done(&st->pair);
    crowd_done(&st->crowd);
    free(st);
}

static void merge(void *into, void *from)
{
    struct state *a = into, *b = from;
    const struct plan *p = a->plan;
    crowd_merge(&a->crowd, &b->crowd);
    if (p->pass == PASS_COLLECT)
        return;
    for (size_t k = 0; a->bucket && k < (size_t)p->events * p->events; k++)
        for (size_t i = k * p->buckets, end = i + p->buckets; b->pair.cell[k].count && i < end; i++)
            a->bucket[i] += b->bucket[i];
    tally_merge(&a->pair, &b->pair);
}

/* ---- between the passes */

static bool next_pair(const struct state *st, size_t *i, uint64_t *key, const struct tally_cell **c)
{
    return tally_next(&st->pair, i, key, c) && *key < (uint64_t)st->plan->events * st->plan->events;
}

struct named {
    uint64_t n;
    uint32_t code;
    struct str name;
};

static int named_cmp(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return str_cmp(x->name, y->name);
}

/* The names with the most steps from or to them stay, all others become (other). */
static void fold(struct plan *p, const struct state *st)
{
    uint32_t events = p->ask->events, kept = (uint32_t)p->ask->top;
    struct named *list = mem_alloc(events * sizeof(*list));
    size_t i = 0;
    uint64_t key;
    const struct tally_cell *c;
    for (uint32_t e = 0; e < events; e++)
        list[e] = (struct named){0, e, ask_event(p->ask, e)};
    while (next_pair(st, &i, &key, &c)) {
        list[key / events].n += c->count;
        list[key % events].n += c->count;
    }
    qsort(list, events, sizeof(*list), named_cmp);
    p->name = arena_array(&p->ask->arena, uint32_t, events);
    p->code = arena_array(&p->ask->arena, uint32_t, kept);
    for (uint32_t e = 0; e < events; e++)
        p->name[list[e].code] = e < kept ? e : kept;
    for (uint32_t e = 0; e < kept; e++)
        p->code[e] = list[e].code;
    free(list);
    p->events = kept + 1;
    p->folding = false;
    p->folded = true;
    plan_buckets(p);
}

static int pair_cmp(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static void list_pairs(struct plan *p, const struct state *st)
{
    size_t i = 0;
    uint64_t key;
    const struct tally_cell *c;
    while (next_pair(st, &i, &key, &c))
        p->pairs++;
    p->pair = arena_array(&p->ask->arena, struct pair, p->pairs + 1);
    for (size_t n = i = 0; next_pair(st, &i, &key, &c); n++)
        p->pair[n] = (struct pair){key, c->count, c->users, 0};
    if (p->pairs)
        qsort(p->pair, p->pairs, sizeof(*p->pair), pair_cmp);
}

/* Bucket with the k-th smallest pause; *before: pauses in smaller ones. */
static uint32_t bucket_with(const uint32_t *bucket, uint64_t k, uint64_t *before)
{
    uint32_t b = 0;
    for (*before = 0; *before + bucket[b] <= k; b++)
        *before += bucket[b];
    return b;
}

/* The median when buckets are pauses; else what to collect for it. */
static void aim_at(struct plan *p, struct pair *pair, const uint32_t *bucket)
{
    struct catch *c = &p->catch[pair->key];
    uint64_t low = (pair->count - 1) / 2, high = pair->count / 2, before, unused;
    uint32_t a = bucket_with(bucket, low, &before), b = bucket_with(bucket, high, &unused);
    if (p->exact) {
        pair->median = ((double)a + (double)b) / 2 * (double)p->unit;
        return;
    }
    p->aim[pair->key] = (struct aim){bucket_low(p, a), bucket_low(p, b + 1) - 1 - bucket_low(p, a)};
    c->rank = (size_t)(low - before);
    for (uint32_t k = a; k <= b; k++)
        c->n += bucket[k];
}

/* What the second pass looks for; false: nothing. */
static bool aim_all(struct plan *p, const struct state *st)
{
    size_t total = 0, cells = p->direct ? (size_t)p->events * p->events + 1 : 0;
    list_pairs(p, st);
    p->catch = mem_zalloc((p->direct ? cells : p->pairs + 1) * sizeof(*p->catch));
    p->aim = mem_alloc((cells + 1) * sizeof(*p->aim));
    for (size_t k = 0; k < cells; k++)
        p->aim[k] = (struct aim){UINT64_MAX, 0}; /* no pause is that long */
    for (size_t i = 0; i < p->pairs; i++) {
        struct pair *x = &p->pair[i];
        struct catch *c = &p->catch[p->direct ? x->key : i];
        if (p->direct)
            aim_at(p, x, st->bucket + x->key * p->buckets);
        else
            *c = (struct catch){.n = x->count, .rank = (size_t)(x->count - 1) / 2};
        c->at = total;
        total += c->n;
    }
    p->caught = mem_alloc((total + 1) * sizeof(*p->caught));
    p->pass = PASS_COLLECT;
    return total > 0;
}

static bool again(void *plan, void *state, struct scan *scan)
{
    struct plan *p = plan;
    (void)scan;
    if (p->folding) {
        fold(p, state);
        if (p->has_who && !find_who(p))
            bug("transitions: a name that was known is not known any more");
        return true;
    }
    return !p->has_who && p->pass == PASS_COUNT && aim_all(p, state);
}

/* ---- result */

static const struct column_info columns[] = {
    {"from", N_("From"), VALUE_TEXT},    {"to", N_("To"), VALUE_TEXT},
    {"count", N_("Steps"), VALUE_INT},   {"users", N_("Customers"), VALUE_INT},
    {"share", N_("Share"), VALUE_RATIO}, {"median_s", N_("Median pause"), VALUE_SECONDS},
};

static struct str event_of(const struct plan *p, uint64_t name)
{
    if (p->folded && name + 1 == p->events)
        return STR("(other)");
    return ask_event(p->ask, p->code ? p->code[name] : (uint32_t)name);
}

static void find_medians(struct plan *p)
{
    for (size_t i = 0; i < p->pairs; i++) {
        struct catch *c = &p->catch[p->direct ? p->pair[i].key : i];
        int64_t next, low;
        if (!c->n)
            continue;
        low = quantile_pick(p->caught + c->at, c->n, c->rank, &next);
        p->pair[i].median =
            (p->pair[i].count % 2 ? (double)low : ((double)low + (double)next) / 2) * (double)p->unit;
    }
}

struct line {
    const struct pair *pair;
    struct str from, to;
};

static int line_cmp(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (x->pair->count != y->pair->count)
        return x->pair->count < y->pair->count ? 1 : -1;
    int c = str_cmp(x->from, y->from);
    return c ? c : str_cmp(x->to, y->to);
}

static void put_rows(struct plan *p, struct result *r)
{
    struct line *line = arena_array(&p->ask->arena, struct line, p->pairs + 1);
    uint64_t *leaving = arena_array(&p->ask->arena, uint64_t, (size_t)p->events + 1);
    for (size_t i = 0; i < p->pairs; i++) {
        uint64_t key = p->pair[i].key;
        line[i] = (struct line){&p->pair[i], event_of(p, key / p->events), event_of(p, key % p->events)};
        leaving[key / p->events] += p->pair[i].count;
    }
    if (p->pairs)
        qsort(line, p->pairs, sizeof(*line), line_cmp);
    for (size_t i = 0; i < p->pairs; i++) {
        const struct pair *x = line[i].pair;
        const char *who = arena_printf(&r->arena, "%.*s > %.*s", (int)line[i].from.n, line[i].from.p,
                                       (int)line[i].to.n, line[i].to.p);
        struct value *v = result_row(r);
        v[0] = value_text(&r->arena, line[i].from);
        v[1] = value_text(&r->arena, line[i].to);
        v[2] = value_who(value_int((int64_t)x->count), who);
        v[3] = value_who(value_int((int64_t)x->users), who);
        v[4] = value_ratio((int64_t)x->count, (int64_t)leaving[x->key / p->events]);
        v[5] = value_seconds(x->median / (double)US_PER_S);
    }
}

static void put_rule(struct plan *p, struct result *r)
{
    struct buf b = {0};
    if (p->gap == INT64_MAX)
        rule_add(&b, _("Direct steps from each event of a user to the next"));
    else
        rule_add(&b, _("Direct steps from each event of a user to the next, unless the pause exceeds %s"),
                 rule_duration(p->ask, p->gap, ""));
    rule_add(&b, _("equal times in order of arrival"));
    rule_add(&b, _("share is of all steps that leave the same event"));
    if (p->folded)
        rule_add(&b, _("the %lld busiest names, the rest as (other)"), (long long)p->ask->top);
    rule_common(&b, p->ask, _("first event of a step"));
    rule_end(&b, r);
}

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    struct plan *p = plan;
    uint64_t steps = 0;
    (void)state, (void)totals, (void)err;
    find_medians(p);
    result_columns(r, columns, sizeof(columns) / sizeof(columns[0]));
    put_rows(p, r);
    for (size_t i = 0; i < p->pairs; i++)
        steps += p->pair[i].count;
    object_add(&r->arena, &r->summary, "steps", value_int((int64_t)steps));
    object_add(&r->arena, &r->summary, "pairs", value_int((int64_t)p->pairs));
    put_rule(p, r);
    return true;
}

static void close(void *plan)
{
    struct plan *p = plan;
    free(p->catch);
    free(p->aim);
    free(p->caught);
}

static struct crowd *crowd(void *state)
{
    return &((struct state *)state)->crowd;
}

const struct analysis analysis_transitions = {
    .picture = PICTURE_MATRIX,
    .plan = plan,
    .init = init,
    .feed = feed,
    .merge = merge,
    .again = again,
    .finish = finish,
    .crowd = crowd,
    .done = done,
    .close = close,
};
