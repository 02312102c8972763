/* transitions.c - every direct step from one event to the next inside a session.
 *
 * A step is in the period when its first event is. Medians are exact: the first pass spreads the pauses of
 * each pair of names over buckets of like size, a second one collects just those of the bucket in the middle.
 * With many names pairs are hashed, without buckets, and middle.h looks for the medians. With --event the
 * steps to and from one event are counted instead (around.c). */
#include "config.h"

#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/ranked.h"
#include "analysis/rule.h"
#include "analysis/transitions_p.h"
#include "base/date.h"
#include "base/nls.h"

/* ---- users */

static size_t place_of(const struct transitions *p, uint64_t key)
{
    size_t lo = 0, hi = p->pairs;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (p->pair[mid].key < key)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static inline uint32_t name_of(const struct transitions *p, uint32_t code)
{
    return p->rule.name ? p->rule.name[code] : code;
}

static void count_block(struct transitions_state *st)
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

static void collect_block(struct transitions_state *st)
{
    const struct pairs *b = &st->block;
    const struct transitions *p = st->plan;
    uint16_t place[PAIRS_MOST];
    size_t found = 0;
    for (size_t i = 0; i < b->n; i++) {
        struct aim a = p->aim[b->key[i]];
        place[found] = (uint16_t)i;
        found += (b->bucket[i] >= a.low) & (b->bucket[i] <= a.high);
    }
    for (size_t k = 0; k < found; k++) {
        size_t i = place[k];
        transitions_catch(p, &p->catch[b->key[i]], b -> time[i] - b -> time[i - 1]);
    }
}

static bool is_step(const struct transitions *p, const struct journey *j, size_t i)
{
    return j->time[i] - j->time[i - 1] <= p->rule.gap && ask_in_period(p->ask, j->time[i - 1]);
}

/* Many names. */
static void count_user(struct transitions_state *st, const struct journey *j)
{
    const struct transitions *p = st->plan;
    for (size_t i = 1; i < j->n; i++) {
        uint64_t key = (uint64_t)name_of(p, j->code[i - 1]) * p->rule.names + name_of(p, j->code[i]);
        if (!is_step(p, j, i))
            continue;
        if (p->pass == PASS_COLLECT)
            middle_add(p->middle, place_of(p, key), j->time[i] - j->time[i - 1]);
        else
            tally_add(&st->pair, key, j->user);
    }
}

static void find_user(struct transitions_state *st, const struct journey *j)
{
    const struct transitions *p = st->plan;
    for (size_t i = 1; i < j->n; i++)
        if (name_of(p, j->code[i - 1]) == p->who_from && name_of(p, j->code[i]) == p->who_to &&
            is_step(p, j, i)) {
            crowd_add(&st->crowd, j->user, 0, TIME_NONE);
            return;
        }
}

static void feed(void *state, const struct journeys *js)
{
    struct transitions_state *st = state;
    const struct transitions *p = st->plan;
    bool searching = p->has_who && !p->folding;
    if (p->around) {
        around_feed(st->around, js);
        return;
    }
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
static void plan_buckets(struct transitions *p, uint32_t names)
{
    p->rule.names = names;
    p->direct = names <= NAMES_DIRECT;
    p->buckets = pairs_bucket(p->rule.gap) + 1;
}

static bool find_name(const struct transitions *p, struct str name, uint32_t *out)
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
static bool find_who(struct transitions *p)
{
    struct str w = str_of(p->ask->who);
    for (size_t i = 0; i + 3 < w.n; i++)
        if (memcmp(w.p + i, " > ", 3) == 0 && find_name(p, (struct str){w.p, i}, &p->who_from) &&
            find_name(p, (struct str){w.p + i + 3, w.n - i - 3}, &p->who_to))
            return true;
    return false;
}

static bool read_who(struct transitions *p, struct err *err)
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
    struct transitions *p = arena_new(&a->arena, struct transitions);
    p->ask = a;
    if (ask_text(a, "event"))
        return (p->around = around_plan(a, scan, err)) ? p : NULL;
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

static void *init(void *plan)
{
    struct transitions *p = plan;
    struct transitions_state *st = mem_zalloc(sizeof(*st));
    st->plan = p;
    if (p->around)
        st->around = around_state_new(p->around);
    if (p->pass == PASS_COLLECT || p->around)
        return st;
    if (!p->direct) {
        tally_init(&st->pair, UINT64_MAX);
        return st;
    }
    st->bucket = mem_zalloc((transitions_cells(p) + 1) * p->buckets * sizeof(*st->bucket));
    st->users = mem_zalloc((transitions_cells(p) + 1) * sizeof(*st->users));
    st->stamp = mem_zalloc((transitions_cells(p) + 1) * sizeof(*st->stamp));
    return st;
}

static void done(void *state)
{
    struct transitions_state *st = state;
    around_state_free(st->around);
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
    struct transitions_state *a = into, *b = from;
    const struct transitions *p = a->plan;
    crowd_merge(&a->crowd, &b->crowd);
    if (p->around)
        around_merge(a->around, b->around);
    if (p->pass == PASS_COLLECT || p->around)
        return;
    if (!p->direct)
        tally_merge(&a->pair, &b->pair);
    for (size_t k = 0; p->direct && k < transitions_cells(p); k++) {
        a->users[k] += b->users[k];
        for (size_t i = k * p->buckets; b->users[k] && i < (k + 1) * p->buckets; i++)
            a->bucket[i] += b->bucket[i];
    }
}

/* ---- between the passes */

/* The names with the most steps from or to them stay, all others become (other). */
static void fold(struct transitions *p, const struct transitions_state *st)
{
    uint32_t events = p->ask->events, kept = (uint32_t)p->ask->top;
    struct ranked *list = mem_alloc(events * sizeof(*list));
    size_t i = 0;
    struct pair x;
    for (uint32_t e = 0; e < events; e++)
        list[e] = (struct ranked){0, e, ask_event(p->ask, e)};
    while (transitions_next(st, &i, &x)) {
        list[x.key / events].n += x.count;
        list[x.key % events].n += x.count;
    }
    ranked_sort(list, events);
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

static bool again(void *plan, void *state, struct scan *scan)
{
    struct transitions *p = plan;
    (void)scan;
    if (p->around)
        return around_again(p->around, ((struct transitions_state *)state)->around);
    if (p->folding) {
        fold(p, state);
        if (p->has_who && !find_who(p))
            bug("transitions: a name that was known is not known any more");
        return true;
    }
    if (p->has_who)
        return false;
    if (p->pass == PASS_COUNT)
        return transitions_begin_medians(p, state);
    if (p->middle)
        middle_end(p->middle, p->ask->pool);
    return p->middle && middle_begin(p->middle);
}

/* ---- result */

static const struct column_info columns[] = {
    {"from", N_("From"), VALUE_TEXT},    {"to", N_("To"), VALUE_TEXT},
    {"count", N_("Steps"), VALUE_INT},   {"users", N_("Customers"), VALUE_INT},
    {"share", N_("Share"), VALUE_RATIO}, {"median_s", N_("Median pause"), VALUE_SECONDS},
};

static struct str event_of(const struct transitions *p, uint64_t name)
{
    if (p->folded && name + 1 == p->rule.names)
        return STR("(other)");
    return ask_event(p->ask, p->code ? p->code[name] : (uint32_t)name);
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

static void put_rows(struct transitions *p, struct result *r)
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

static void put_rule(struct transitions *p, struct result *r)
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
        rule_add(&b,
                 ngettext("the %lld busiest name, the rest as (other)",
                          "the %lld busiest names, the rest as (other)", (unsigned long)p->ask->top),
                 (long long)p->ask->top);
    rule_common(&b, p->ask, _("first event of a step"));
    rule_end(&b, r);
}

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    struct transitions *p = plan;
    uint64_t steps = 0;
    (void)state, (void)totals, (void)err;
    if (p->around) {
        around_put(p->around, ((struct transitions_state *)state)->around, r);
        return true;
    }
    transitions_find_medians(p);
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
    struct transitions *p = plan;
    around_close(p->around);
    middle_free(p->middle);
    free(p->catch);
    free(p->aim);
    free(p->caught);
}

static struct crowd *crowd(void *state)
{
    struct transitions_state *st = state;
    return st->around ? around_crowd(st->around) : &st->crowd;
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
