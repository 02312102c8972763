/* find.c - which customer is it? By an id or a part of one, by attributes, by what happened; each narrows the
 * others.
 *
 * Parts of ids are looked for in the bytes of all ids (store/dict_search.c). The best matches are shown with
 * their last activity; how many there are is always said. */
#include "config.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/failing.h"
#include "analysis/rule.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/vec.h"
#include "store/links.h"

enum {
    SHOWN = 100,    /* matches, unless --top says otherwise */
    ORDERED = 2000, /* up to so many matches are ordered by their last activity */
};

enum likeness { WHOLE, BEGINS, INSIDE, LIKENESSES };

struct match {
    uint32_t user, id; /* the customer, and the id that matched */
    enum likeness like;
    int64_t time; /* of the last event asked for, or of the last event at all; TIME_NONE: none */
};
typedef VEC(struct match) matches;

struct plan {
    struct ask *ask;
    struct failing failing;
    struct select event;
    bool has_id, has_event, ordered;
    matches match;    /* the first of them by likeness and appearance, enough to order and show; all with
                         has_event */
    uint64_t *member; /* all customers that an id matched */
    uint64_t total;
};

/* ---- parts of ids */

/* Ids found, by how well they match: a bit per id, so that it does not matter which thread found it when. */
struct hunt {
    struct plan *plan;
    struct str part;
    uint32_t step; /* blocks per task */
    size_t words;
    _Atomic uint64_t *like[LIKENESSES];
    struct err *err; /* per worker */
};

static void note_id(void *arg, uint32_t code, struct str text)
{
    struct hunt *h = arg;
    struct str begin = {text.p, h->part.n};
    enum likeness like = !str_ieq(begin, h->part) ? INSIDE : text.n == h->part.n ? WHOLE : BEGINS;
    if (code < h->plan->ask->users)
        atomic_fetch_or_explicit(&h->like[like][code / 64], UINT64_C(1) << (code % 64), memory_order_relaxed);
}

static bool hunt_task(void *arg, size_t task, unsigned worker)
{
    struct hunt *h = arg;
    uint32_t from = (uint32_t)task * h->step;
    return dict_search(h->plan->ask->snapshot, COL_USER, from, from + h->step, h->part, note_id, h,
                       &h->err[worker]);
}

static void mark(uint64_t *word, uint32_t user)
{
    word[user / 64] |= UINT64_C(1) << (user % 64);
}

static bool marked(const uint64_t *word, uint32_t user)
{
    return word[user / 64] >> (user % 64) & 1;
}

/* How many matches are kept one by one. */
static size_t limit_of(const struct plan *p)
{
    int64_t top = p->ask->top;
    return p->has_event || p->ask->who || top == 0 ? SIZE_MAX : top > ORDERED ? (size_t)top : ORDERED + 1;
}

static void add_match(struct plan *p, uint32_t user, uint32_t id, enum likeness like)
{
    if (p->ask->member && !marked(p->ask->member, user))
        return;
    p->total++;
    if (p->match.n < limit_of(p))
        vec_push(&p->match, (struct match){user, id, like, TIME_NONE});
}

/* Ids of one likeness become their customers. */
static void join_ids(struct plan *p, const struct hunt *h, enum likeness like, const struct links *links)
{
    for (size_t w = 0; w < h->words; w++)
        for (uint64_t left = atomic_load_explicit(&h->like[like][w], memory_order_relaxed); left;
             left &= left - 1) {
            uint32_t id = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(left);
            uint32_t user = links_customer(links, id);
            if (marked(p->member, user))
                continue; /* by a better id already */
            mark(p->member, user);
            add_match(p, user, id, like);
        }
}

static bool join_all(struct plan *p, const struct hunt *h, struct err *err)
{
    const struct links *links;
    if (!snapshot_links(p->ask->snapshot, &links, err))
        return false;
    p->member = mem_zalloc(h->words * sizeof(*p->member));
    for (int like = 0; like < LIKENESSES; like++)
        join_ids(p, h, (enum likeness)like, links);
    return true;
}

static bool hunt_ids(struct plan *p, const char *part, struct err *err)
{
    unsigned threads = pool_threads(p->ask->pool);
    uint32_t blocks = dict_blocks(p->ask->snapshot, COL_USER);
    struct hunt h = {.plan = p, .part = str_trim(str_of(part)), .words = p->ask->users / 64 + 1};
    if (h.part.n > DICT_PART_MAX)
        return err_set(err, ERR_USAGE, _("--id: no id is that long; write at most %d bytes"), DICT_PART_MAX);
    h.step = blocks / (threads * 8) + 1;
    h.err = arena_array(&p->ask->arena, struct err, threads);
    for (int like = 0; like < LIKENESSES; like++)
        h.like[like] = arena_zalloc(&p->ask->arena, h.words * sizeof(*h.like[like]));
    if (pool_run(p->ask->pool, blocks / h.step + 1, hunt_task, &h))
        return join_all(p, &h, err);
    for (unsigned t = 0; t < threads && err; t++)
        if (h.err[t].code)
            *err = h.err[t];
    return false;
}

/* ---- planning */

static void take_segment(struct plan *p)
{
    uint32_t user[1024];
    size_t n = 1;
    for (uint32_t from = 0; n > 0 && p->match.n < limit_of(p); from = n ? user[n - 1] + 1 : from) {
        n = userset_list(p->ask->chosen, from, user, 1024);
        for (size_t i = 0; i < n; i++)
            vec_push(&p->match, (struct match){user[i], user[i], WHOLE, TIME_NONE});
    }
    p->total = userset_count(p->ask->chosen);
}

static bool add_condition(struct plan *p, const char *name, const char *text, const struct expr **tree,
                          size_t *n, struct err *err)
{
    if (text)
        tree[*n] = ask_condition(p->ask, name, text, err);
    if (text && !tree[*n])
        return false;
    *n += text != NULL;
    return true;
}

static bool plan_event(struct plan *p, struct scan *scan, struct err *err)
{
    struct ask *a = p->ask;
    const struct expr *tree[3];
    const char *error = ask_text(a, "error"), *condition = NULL;
    size_t n = 0, k;
    p->has_event = error || ask_text(a, "did") || a->where || a->has_from || a->has_to;
    if (!p->has_event)
        return true;
    if (error && !(condition = failing_condition(&p->failing, error, NULL, a, &k, err)))
        return false;
    if (!add_condition(p, "error", condition, tree, &n, err) ||
        !add_condition(p, "did", ask_text(a, "did"), tree, &n, err))
        return false;
    if (a->where)
        tree[n++] = a->where;
    scan->selector = &p->event;
    scan->selectors = 1;
    scan->from = a->from;
    scan->to = a->to;
    return select_compile(&p->event, tree, n, a->snapshot, a->zone, &a->arena, a->audience->progress, err);
}

/* Only those that an id matched are looked at. */
static void narrow(struct plan *p, struct scan *scan)
{
    uint32_t first = UINT32_MAX, last = 0;
    for (size_t i = 0; i < p->match.n; i++) {
        first = p->match.at[i].user < first ? p->match.at[i].user : first;
        last = p->match.at[i].user > last ? p->match.at[i].user : last;
    }
    scan->member = p->member;
    scan->user_from = p->match.n ? first : 0;
    scan->user_to = p->match.n ? last + 1 : 0;
}

static bool read_plan(struct plan *p, struct scan *scan, struct err *err)
{
    const char *id = ask_text(p->ask, "id");
    failing_init(&p->failing, p->ask);
    p->has_id = id && *id;
    if (!plan_event(p, scan, err) || (p->has_id && !hunt_ids(p, id, err)))
        return false;
    if (!p->has_id && !p->has_event && !p->ask->segment)
        return err_set(err, ERR_USAGE,
                       _("find: say whom to look for: an id or a part of one, --segment CONDITION, --error "
                         "CODE or --did "
                         "CONDITION"));
    if (!p->has_id && !p->has_event)
        take_segment(p);
    if (!p->has_event)
        scan->user_to = 0; /* nothing to scan */
    else if (p->has_id)
        narrow(p, scan);
    return true;
}

static void close_plan(void *plan)
{
    struct plan *p = plan;
    vec_done(&p->match);
    free(p->member);
}

static void *plan(struct ask *a, struct scan *scan, struct err *err)
{
    struct plan *p = arena_new(&a->arena, struct plan);
    p->ask = a;
    if (read_plan(p, scan, err))
        return p;
    close_plan(p);
    return NULL;
}

/* ---- scanning for events */

struct state {
    struct plan *plan;
    matches found;
    struct crowd crowd;
};

static void *init(void *plan)
{
    struct state *st = mem_zalloc(sizeof(*st));
    st->plan = plan;
    return st;
}

static void feed(void *state, const struct journeys *js)
{
    struct state *st = state;
    for (size_t i = 0; i < js->users; i++) {
        struct journey j = journeys_at(js, i);
        if (j.n)
            vec_push(&st->found, (struct match){.user = j.user, .id = j.user, .time = j.time[j.n - 1]});
    }
}

static void merge(void *into, void *from)
{
    struct state *a = into, *b = from;
    vec_reserve(&a->found, b->found.n + 1);
    if (b->found.n)
        memcpy(a->found.at + a->found.n, b->found.at, b->found.n * sizeof(*b->found.at));
    a->found.n += b->found.n;
}

static void done(void *state)
{
    struct state *st = state;
    vec_done(&st->found);
    crowd_done(&st->crowd);
    free(st);
}

static int by_customer(const void *a, const void *b)
{
    const struct match *x = a, *y = b;
    return (x->user > y->user) - (x->user < y->user);
}

static void sort_by_customer(matches *m)
{
    if (m->n)
        qsort(m->at, m->n, sizeof(*m->at), by_customer);
}

/* Both kinds of matches must hold: the time is of the one, the id of the other. */
static void meet(matches *by_id, const matches *by_event)
{
    size_t n = 0, at = 0;
    for (size_t i = 0; i < by_id->n; i++) {
        while (at < by_event->n && by_event->at[at].user < by_id->at[i].user)
            at++;
        if (at == by_event->n || by_event->at[at].user != by_id->at[i].user)
            continue;
        by_id->at[n] = by_id->at[i];
        by_id->at[n++].time = by_event->at[at].time;
    }
    by_id->n = n;
}

static void take_found(struct plan *p, struct state *st)
{
    if (!p->has_event)
        return;
    if (p->has_id) {
        sort_by_customer(&st->found);
        sort_by_customer(&p->match);
        meet(&p->match, &st->found);
    } else {
        matches swap = p->match;
        p->match = st->found;
        st->found = swap;
    }
    p->total = p->match.n;
}

static struct crowd *crowd(void *state)
{
    struct state *st = state;
    take_found(st->plan, st);
    for (size_t i = 0; i < st->plan->match.n; i++)
        crowd_add(&st->crowd, st->plan->match.at[i].user, 0, TIME_NONE);
    return &st->crowd;
}

/* ---- what is told of a match */

struct activity {
    const struct failing *failing;
    uint64_t events, failures;
    int64_t last;
    uint32_t code;
};

static void count_activity(void *state, const struct journeys *js)
{
    struct activity *a = state;
    for (size_t u = 0; u < js->users; u++) {
        struct journey j = journeys_at(js, u);
        if (!j.n)
            continue;
        a->events += j.n;
        a->last = j.time[j.n - 1];
        a->code = j.code[j.n - 1];
        for (size_t i = 0; i < j.n; i++)
            a->failures += failing_why(a->failing, j.prop, j.first + i) < a->failing->n;
    }
}

/* One customer's blocks alone: the cost does not grow with the store. */
static bool look_at(struct plan *p, uint32_t user, struct activity *out, struct err *err)
{
    unsigned threads = pool_threads(p->ask->pool);
    void *state[64];
    struct scan scan;
    *out = (struct activity){.failing = &p->failing, .last = TIME_NONE};
    for (unsigned t = 0; t < threads && t < 64; t++)
        state[t] = out; /* one customer is one worker's */
    scan_init(&scan, p->ask->snapshot);
    scan.everything = true;
    scan.column = p->failing.id;
    scan.columns = p->failing.n;
    scan.user_from = user;
    scan.user_to = user + 1;
    scan.feed = count_activity;
    scan.state = state;
    return scan_run(&scan, p->ask->pool, NULL, NULL, err);
}

static int by_interest(const void *a, const void *b)
{
    const struct match *x = a, *y = b;
    if (x->like != y->like)
        return x->like < y->like ? -1 : 1;
    if (x->time != y->time)
        return x->time > y->time ? -1 : 1;
    return (x->user > y->user) - (x->user < y->user);
}

static bool order(struct plan *p, struct err *err)
{
    struct activity seen;
    p->ordered = p->has_event || p->total <= ORDERED;
    for (size_t i = 0; !p->has_event && p->ordered && i < p->match.n; i++) {
        if (!look_at(p, p->match.at[i].user, &seen, err))
            return false;
        p->match.at[i].time = seen.last;
    }
    if (p->match.n)
        qsort(p->match.at, p->match.n, sizeof(*p->match.at), by_interest);
    return true;
}

static const struct column_info columns[] = {
    {"user", N_("Customer"), VALUE_TEXT},      {"last", N_("Last activity"), VALUE_TIME},
    {"event", N_("Last event"), VALUE_TEXT},   {"failures", N_("Failed"), VALUE_INT},
    {"events", N_("Events"), VALUE_INT},       {"at", N_("Matching event"), VALUE_TIME},
    {"matched", N_("Matched id"), VALUE_TEXT},
};

static bool put_match(struct plan *p, const struct match *m, struct result *r, struct err *err)
{
    struct str user, id, event = {0};
    struct activity seen;
    const struct snapshot *s = p->ask->snapshot;
    if (!look_at(p, m->user, &seen, err) || !dict_get(s, COL_USER, m->user, &user, err) ||
        !dict_get(s, COL_USER, m->id, &id, err) ||
        (seen.events && !dict_get(s, COL_EVENT, seen.code, &event, err)))
        return false;
    struct value *v = result_row(r);
    v[0] = value_text(&r->arena, user);
    v[3] = value_int((int64_t)seen.failures);
    v[4] = value_int((int64_t)seen.events);
    v[5] = p->has_event ? value_time(m->time) : value_none();
    v[6] = m->id == m->user ? value_none() : value_text(&r->arena, id);
    if (seen.events) { /* a customer may be known by attributes alone */
        v[1] = value_time(seen.last);
        v[2] = ask_event_value(p->ask, &r->arena, event);
    }
    return true;
}

static void put_rule(struct plan *p, struct result *r)
{
    struct buf b = {0};
    rule_add(&b, _("Customers found"));
    if (p->has_id)
        rule_add(&b, _("with an id that contains %s"), ask_text(p->ask, "id"));
    if (ask_text(p->ask, "error"))
        rule_add(&b, _("with an event that failed with %s"), ask_text(p->ask, "error"));
    if (ask_text(p->ask, "did"))
        rule_add(&b, _("with an event where %s"), ask_text(p->ask, "did"));
    if (p->has_event)
        rule_add(&b, _("the latest such event first"));
    else if (p->ordered)
        rule_add(&b, p->has_id ? _("the best match first, then by last activity") : _("by last activity"));
    else
        rule_add(&b, _("too many to order by activity, so by first appearance"));
    rule_common(&b, p->ask, _("event"));
    rule_end(&b, r);
}

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    struct plan *p = plan;
    (void)totals;
    take_found(p, state);
    if (!order(p, err))
        return false;
    size_t top = p->ask->top >= 0 ? (size_t)p->ask->top : SHOWN;
    size_t shown = !top || top > p->match.n ? p->match.n : top;
    result_columns(r, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < shown; i++)
        if (!put_match(p, &p->match.at[i], r, err))
            return false;
    object_add(&r->arena, &r->summary, "users", value_int((int64_t)p->total));
    object_add(&r->arena, &r->summary, "shown", value_int((int64_t)shown));
    put_rule(p, r);
    return true;
}

const struct analysis analysis_find = {
    .picture = PICTURE_LIST,
    .plan = plan,
    .init = init,
    .feed = feed,
    .merge = merge,
    .finish = finish,
    .crowd = crowd,
    .done = done,
    .close = close_plan,
};
