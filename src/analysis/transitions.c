/* transitions.c - every direct step from one event to the next inside a session.
 *
 * A step is in the period when its first event is. Medians are exact: the first pass spreads the pauses of
 * each pair of names over buckets of like size, a second one collects just those of the bucket in the middle.
 * With many names pairs are hashed, without buckets, and the second pass collects all pauses. */
#include "config.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/pairs.h"
#include "analysis/quantile.h"
#include "analysis/rule.h"
#include "analysis/tally.h"
#include "base/date.h"
#include "base/nls.h"

enum { NAMES_DIRECT = 256 }; /* more names than this are hashed */
enum pass { PASS_COUNT, PASS_COLLECT };

/* The pauses of a pair that the second pass collects. */
struct catch
{
    uint64_t low, high; /* pauses in units, inclusive */
    size_t at, n;       /* place in plan->caught */
    size_t rank;        /* of the lower middle one among them */
    _Atomic size_t filled;
};

/* The buckets they are in. */
struct aim {
    uint16_t low, high;
};

struct plan {
    struct ask *ask;
    struct select where;
    struct pairs_rule rule;
    enum pass pass;
    uint32_t *code;       /* event of a name, when folded */
    bool folding, folded; /* (other) is the last name */
    bool direct;          /* buckets per pair */
    uint32_t buckets;
    int64_t unit;        /* of pauses, in µs */
    struct aim *aim;     /* per pair, direct only */
    struct catch *catch; /* per pair (direct) or per entry of `pair` */
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

struct state {
    struct plan *plan;
    struct tally pair; /* hashed */
    /* direct: per pair, one more for what is no step */
    uint32_t *bucket; /* pair * buckets + bucket */
    uint32_t *users, *stamp;
    uint32_t user; /* users met so far, as stamp */
    struct pairs block;
    struct crowd crowd;
};

/* ---- users */

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

static void put_caught(const struct plan *p, struct catch *c, int64_t pause)
{
    p->caught[c->at + atomic_fetch_add_explicit(&c->filled, 1, memory_order_relaxed)] = pause;
}

static inline uint32_t name_of(const struct plan *p, uint32_t code)
{
    return p->rule.name ? p->rule.name[code] : code;
}

static void count_block(struct state *st)
{
    const struct pairs *b = &st->block;
    uint32_t *bucket = st->bucket, *users = st->users, *stamp = st->stamp, buckets = st->plan->buckets,
             user = st->user;
    for (size_t i = 0; i < b->n; i++) {
        uint32_t key = b->key[i];
        user += b->bump[i];
        bucket[(size_t)key * buckets + b->bucket[i]]++;
        users[key] += stamp[key] != user;
        stamp[key] = user;
    }
    st->user = user;
}

static void collect_block(struct state *st)
{
    const struct pairs *b = &st->block;
    const struct plan *p = st->plan;
    uint16_t place[PAIRS_MOST];
    size_t found = 0;
    for (size_t i = 0; i < b->n; i++) {
        struct aim a = p->aim[b->key[i]];
        place[found] = (uint16_t)i;
        found += (b->bucket[i] >= a.low) & (b->bucket[i] <= a.high);
    }
    for (size_t k = 0; k < found; k++) {
        size_t i = place[k];
        put_caught(p, &p->catch[b->key[i]], b -> time[i] - b -> time[i - 1]);
    }
}

static bool is_step(const struct plan *p, const struct journey *j, size_t i)
{
    return j->time[i] - j->time[i - 1] <= p->rule.gap && ask_in_period(p->ask, j->time[i - 1]);
}

/* Many names. */
static void count_user(struct state *st, const struct journey *j)
{
    const struct plan *p = st->plan;
    for (size_t i = 1; i < j->n; i++) {
        uint64_t key = (uint64_t)name_of(p, j->code[i - 1]) * p->rule.names + name_of(p, j->code[i]);
        if (!is_step(p, j, i))
            continue;
        if (p->pass == PASS_COLLECT)
            put_caught(p, catch_of(p, key), j->time[i] - j->time[i - 1]);
        else
            tally_add(&st->pair, key, j->user);
    }
}

static void find_user(struct state *st, const struct journey *j)
{
    const struct plan *p = st->plan;
    for (size_t i = 1; i < j->n; i++)
        if (name_of(p, j->code[i - 1]) == p->who_from && name_of(p, j->code[i]) == p->who_to &&
            is_step(p, j, i)) {
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
        pairs_begin(&st->block, &p->rule, js);
        while (pairs_next(&st->block))
            (p->pass == PASS_COLLECT ? collect_block : count_block)(st);
        return;
    }
    for (size_t i = 0; i < js->users; i++) {
        struct journey j = journeys_at(js, i);
        if (searching)
            find_user(st, &j);
        else
            count_user(st, &j);
    }
}

/* ---- plan */

/* Depends on how many names there are, so it is planned again after folding. */
static void plan_buckets(struct plan *p, uint32_t names)
{
    p->rule.names = names;
    p->direct = names <= NAMES_DIRECT;
    p->buckets = pairs_bucket(p->rule.gap) + 1;
}

static bool find_name(const struct plan *p, struct str name, uint32_t *out)
{
    uint32_t code;
    if (p->folded && str_eq(name, STR("(other)")))
        return *out = p->rule.names - 1, true;
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
    p->rule = (struct pairs_rule){.from = a->from, .to = a->to};
    p->folding = a->top > 0 && (uint64_t)a->top < a->events;
    if (!ask_duration(a, "gap", &p->rule.gap, err) || !read_who(p, err))
        return NULL;
    plan_buckets(p, a->events);
    scan->everything = true;
    if (a->where) {
        if (!ask_select(a, NULL, true, &p->where, err))
            return NULL;
        scan->where = &p->where;
    }
    return p;
}

static size_t cells(const struct plan *p)
{
    return (size_t)p->rule.names * p->rule.names;
}

static void *init(void *plan)
{
    struct plan *p = plan;
    struct state *st = mem_zalloc(sizeof(*st));
    st->plan = p;
    if (p->pass == PASS_COLLECT)
        return st;
    if (!p->direct) {
        tally_init(&st->pair, UINT64_MAX);
        return st;
    }
    st->bucket = mem_zalloc((cells(p) + 1) * p->buckets * sizeof(*st->bucket));
    st->users = mem_zalloc((cells(p) + 1) * sizeof(*st->users));
    st->stamp = mem_zalloc((cells(p) + 1) * sizeof(*st->stamp));
    return st;
}

static void done(void *state)
{
    struct state *st = state;
    free(st->bucket);
    free(st->users);
    free(st->stamp);
    pairs_done(&st->block);
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
    if (!p->direct)
        tally_merge(&a->pair, &b->pair);
    for (size_t k = 0; p->direct && k < cells(p); k++) {
        a->users[k] += b->users[k];
        for (size_t i = k * p->buckets; b->users[k] && i < (k + 1) * p->buckets; i++)
            a->bucket[i] += b->bucket[i];
    }
}

/* ---- between the passes */

/* Pairs that occur, from *i on. */
static bool next_pair(const struct state *st, size_t *i, struct pair *out)
{
    const struct plan *p = st->plan;
    const struct tally_cell *c;
    *out = (struct pair){0};
    if (!p->direct) {
        bool more = tally_next(&st->pair, i, &out->key, &c);
        if (more)
            *out = (struct pair){out->key, c->count, c->users, 0};
        return more;
    }
    while (*i < cells(p) && !st->users[*i])
        ++*i;
    if (*i == cells(p))
        return false;
    for (uint32_t b = 0; b < p->buckets; b++)
        out->count += st->bucket[*i * p->buckets + b];
    out->users = st->users[*i];
    out->key = (*i)++;
    return true;
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
    struct pair x;
    for (uint32_t e = 0; e < events; e++)
        list[e] = (struct named){0, e, ask_event(p->ask, e)};
    while (next_pair(st, &i, &x)) {
        list[x.key / events].n += x.count;
        list[x.key % events].n += x.count;
    }
    qsort(list, events, sizeof(*list), named_cmp);
    uint32_t *name = arena_array(&p->ask->arena, uint32_t, events);
    p->code = arena_array(&p->ask->arena, uint32_t, kept);
    for (uint32_t e = 0; e < events; e++)
        name[list[e].code] = e < kept ? e : kept;
    for (uint32_t e = 0; e < kept; e++)
        p->code[e] = list[e].code;
    free(list);
    p->rule.name = name;
    p->folding = false;
    p->folded = true;
    plan_buckets(p, kept + 1);
}

static int pair_cmp(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static void list_pairs(struct plan *p, const struct state *st)
{
    size_t i = 0;
    struct pair x;
    while (next_pair(st, &i, &x))
        p->pairs++;
    p->pair = arena_array(&p->ask->arena, struct pair, p->pairs + 1);
    for (size_t n = i = 0; next_pair(st, &i, &x); n++)
        p->pair[n] = x;
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

static int64_t gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t r = a % b;
        a = b;
        b = r;
    }
    return a < 0 ? -a : a;
}

/* All times that make steps are equal modulo this many µs: exports know whole seconds or milliseconds, and
 * their columns say so. */
static int64_t find_unit(const struct plan *p)
{
    const struct part *part;
    size_t parts = snapshot_parts(p->ask->snapshot, TABLE_EVENTS, &part);
    int64_t unit = 0, base = 0;
    bool any = false;
    for (size_t i = 0; i < parts; i++)
        for (uint32_t b = 0; b < part[i].blocks && unit != 1; b++) {
            const struct block_info *info = &part[i].block[b];
            struct column_view v;
            if (info->max_time < p->rule.from ||
                (info->min_time > p->rule.to && info->min_time - p->rule.to > p->rule.gap))
                continue;
            if (!part_column(p->ask->snapshot, &part[i], b, COL_TIME, &v, NULL))
                return 1; /* the second pass will say so */
            base = any ? base : v.base;
            any = true;
            unit = gcd(gcd(unit, v.bits ? (int64_t)v.step : 0), v.base - base);
        }
    return unit ? unit : 1;
}

/* The only pause that falls into a bucket; false when there are several. */
static bool only_pause(const struct plan *p, uint32_t bucket, double *pause)
{
    int64_t lo = 0, hi = (p->rule.gap < INT32_MAX ? p->rule.gap : INT32_MAX) / p->unit;
    while (lo < hi) { /* the least one that is not below the bucket */
        int64_t mid = lo + (hi - lo) / 2;
        if (pairs_bucket(mid * p->unit) < bucket)
            lo = mid + 1;
        else
            hi = mid;
    }
    *pause = (double)(lo * p->unit);
    return pairs_bucket(lo * p->unit) == bucket && pairs_bucket((lo + 1) * p->unit) != bucket;
}

/* The buckets of the middle pause, or of the middle two and what lies between. */
static void aim_at(struct plan *p, struct pair *pair, const uint32_t *bucket)
{
    struct catch *c = &p->catch[pair->key];
    uint64_t low = (pair->count - 1) / 2, before, unused;
    uint32_t a = bucket_with(bucket, low, &before), b = bucket_with(bucket, pair->count / 2, &unused);
    double first, second;
    if (only_pause(p, a, &first) && only_pause(p, b, &second)) {
        pair->median = pair->count % 2 ? first : (first + second) / 2;
        return;
    }
    p->aim[pair->key] = (struct aim){(uint16_t)a, (uint16_t)b};
    c->rank = (size_t)(low - before);
    for (uint32_t k = a; k <= b; k++)
        c->n += bucket[k];
}

/* What the second pass looks for; false: nothing. */
static bool aim_all(struct plan *p, const struct state *st)
{
    size_t total = 0, n = p->direct ? cells(p) + 1 : 0;
    list_pairs(p, st);
    p->unit = p->direct ? find_unit(p) : 1;
    p->catch = mem_zalloc((p->direct ? n : p->pairs + 1) * sizeof(*p->catch));
    p->aim = mem_alloc((n + 1) * sizeof(*p->aim));
    for (size_t k = 0; k < n; k++)
        p->aim[k] = (struct aim){1, 0}; /* nothing lies between */
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
    if (p->folded && name + 1 == p->rule.names)
        return STR("(other)");
    return ask_event(p->ask, p->code ? p->code[name] : (uint32_t)name);
}

/* Each pair's on its own, some at a time. */
enum { PAIRS_PER_TASK = 64 };

static bool median_task(void *arg, size_t task, unsigned worker)
{
    struct plan *p = arg;
    (void)worker;
    for (size_t i = task * PAIRS_PER_TASK; i < p->pairs && i < (task + 1) * PAIRS_PER_TASK; i++) {
        struct catch *c = &p->catch[p->direct ? p->pair[i].key : i];
        if (!c->n)
            continue; /* known without looking */
        int64_t next, low = quantile_pick(p->caught + c->at, c->n, c->rank, &next);
        p->pair[i].median = p->pair[i].count % 2 ? (double)low : ((double)low + (double)next) / 2;
    }
    return true;
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
    uint64_t *leaving = arena_array(&p->ask->arena, uint64_t, (size_t)p->rule.names + 1);
    for (size_t i = 0; i < p->pairs; i++) {
        uint64_t key = p->pair[i].key;
        line[i] =
            (struct line){&p->pair[i], event_of(p, key / p->rule.names), event_of(p, key % p->rule.names)};
        leaving[key / p->rule.names] += p->pair[i].count;
    }
    if (p->pairs)
        qsort(line, p->pairs, sizeof(*line), line_cmp);
    for (size_t i = 0; i < p->pairs; i++) {
        const struct pair *x = line[i].pair;
        const char *who = arena_printf(&r->arena, "%.*s > %.*s", (int)line[i].from.n, line[i].from.p,
                                       (int)line[i].to.n, line[i].to.p);
        struct value *v = result_row(r);
        v[0] = ask_event_value(p->ask, &r->arena, line[i].from);
        v[1] = ask_event_value(p->ask, &r->arena, line[i].to);
        v[2] = value_who(value_int((int64_t)x->count), who);
        v[3] = value_who(value_int((int64_t)x->users), who);
        v[4] = value_ratio((int64_t)x->count, (int64_t)leaving[x->key / p->rule.names]);
        v[5] = value_seconds(x->median / (double)US_PER_S);
    }
}

static void put_rule(struct plan *p, struct result *r)
{
    struct buf b = {0};
    if (p->rule.gap == INT64_MAX)
        rule_add(&b, _("Direct steps from each event of a user to the next"));
    else
        rule_add(&b, _("Direct steps from each event of a user to the next, unless the pause exceeds %s"),
                 rule_duration(p->ask, p->rule.gap, ""));
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
    pool_run(p->ask->pool, p->pairs / PAIRS_PER_TASK + 1, median_task, p);
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
