/* behaviour.c - did, sum, first, sequence …: one value per user, compared, one bit per user kept.
 *
 * Different conditions on events become selectors of one scan. For each stretch of users that the scan hands
 * over, each leaf first computes all its values in one loop and then puts its comparison to all of them. A
 * user without a hit is never seen, so bits say where the outcome differs from that of a user who did
 * nothing.
 *
 * A sequence needs no search: of all chains that fill the steps up to k, the one that began latest can do
 * whatever the others can, because only the time since the beginning and what comes next still matter. */
#include "config.h"
#include "analysis/behaviour.h"

#include <stdlib.h>

#include "analysis/amount.h"
#include "analysis/pick.h"
#include "analysis/scan.h"
#include "analysis/value_test.h"
#include "base/date.h"
#include "base/intern.h"
#include "base/nls.h"
#include "base/uncleared.h"
#include "base/vec.h"

struct deed {
    const struct expr_call *call;
    enum expr_op op;
    struct value_test test;
    uint64_t step[64]; /* selector bit of each step */
    uint64_t needed;   /* bits of the steps that must happen */
    size_t prop;       /* place among the scan's columns */
    bool of_event;     /* distinct(event of …) */
    bool idle;         /* the outcome for a user who did nothing of it */
    bool counts_all;   /* did() of the scan's only selector, always: every hit counts */
};

struct run {
    const struct audience *a;
    struct arena arena;
    uint32_t first, users; /* customers looked at: `users` from `first` on */
    struct deed *deed;
    size_t deeds;
    VEC(struct select) select;
    struct intern *text; /* of selectors; numbers are bits */
    VEC(uint16_t) column;
    int64_t from, to;
    int64_t *values; /* of the only deed, per user; NULL: outcomes are all that is wanted */
};

struct state {
    const struct run *run;
    uint64_t **word; /* per deed: bits of users whose outcome differs from idle */
    int64_t *value;  /* per user of a stretch */
    uint8_t *flag;
    size_t cap;
    int64_t *scratch; /* values of one user */
    size_t scratch_cap;
};

/* ---- one value per user */

static inline bool counts(const struct deed *d, const struct journey *j, size_t i)
{
    const struct expr_period *p = &d->call->period;
    return (j->mask[i] & d->step[0]) && j->time[i] >= p->from && j->time[i] <= p->to;
}

static int64_t did(const struct deed *d, const struct journey *j)
{
    size_t n = 0;
    for (size_t i = 0; i < j->n; i++)
        n += counts(d, j, i);
    return column_of_number((double)n);
}

static int64_t sum_of(const struct deed *d, const struct journey *j)
{
    const int64_t *v = j->prop[d->prop] + j->first;
    struct amount s = {0};
    for (size_t i = 0; i < j->n; i++)
        if (counts(d, j, i))
            amount_add(&s, v[i]);
    if (d->call->function == EXPR_SUM)
        return column_of_number(amount_value(&s));
    return s.n ? column_of_number(amount_value(&s) / (double)s.n) : COLUMN_NULL;
}

static bool is_less(const struct deed *d, int64_t a, int64_t b)
{
    return d->call->of.type == EXPR_TIME ? a < b : column_number(a) < column_number(b);
}

static int64_t extreme(const struct deed *d, const struct journey *j)
{
    const int64_t *v = j->prop[d->prop] + j->first;
    bool least = d->call->function == EXPR_MIN;
    int64_t best = COLUMN_NULL;
    for (size_t i = 0; i < j->n; i++)
        if (counts(d, j, i) && v[i] != COLUMN_NULL &&
            (best == COLUMN_NULL || (least ? is_less(d, v[i], best) : is_less(d, best, v[i]))))
            best = v[i];
    return best;
}

static int int_cmp(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static size_t count_distinct(int64_t *v, size_t n)
{
    size_t kinds = n > 0;
    if (n)
        qsort(v, n, sizeof(*v), int_cmp);
    for (size_t i = 1; i < n; i++)
        kinds += v[i] != v[i - 1];
    return kinds;
}

static int64_t distinct(struct state *st, const struct deed *d, const struct journey *j)
{
    const int64_t *v = d->of_event ? NULL : j->prop[d->prop] + j->first;
    size_t n = 0;
    if (j->n > st->scratch_cap) {
        st->scratch_cap = 2 * j->n;
        st->scratch = mem_realloc(st->scratch, st->scratch_cap * sizeof(*st->scratch));
    }
    for (size_t i = 0; i < j->n; i++)
        if (counts(d, j, i) && (!v || v[i] != COLUMN_NULL))
            st->scratch[n++] = v ? v[i] : (int64_t)j->code[i];
    return column_of_number((double)count_distinct(st->scratch, n));
}

static int64_t first_of(const struct deed *d, const struct journey *j)
{
    for (size_t i = 0; i < j->n; i++)
        if (counts(d, j, i))
            return j->time[i];
    return COLUMN_NULL;
}

static int64_t last_of(const struct deed *d, const struct journey *j)
{
    for (size_t i = j->n; i-- > 0;)
        if (counts(d, j, i))
            return j->time[i];
    return COLUMN_NULL;
}

/* Days come in order, like the times. */
static int64_t days(const struct run *r, const struct deed *d, const struct journey *j)
{
    size_t n = 0;
    int64_t next = INT64_MIN; /* where the day last counted ends */
    for (size_t i = 0; i < j->n; i++)
        if (counts(d, j, i) && j->time[i] >= next) {
            zone_bucket(r->a->zone, UNIT_DAY, j->time[i], &next);
            n++;
        }
    return column_of_number((double)n);
}

/* begin[k]: when the latest chain that fills the first k + 1 steps began. Steps are taken from the back, so
 * that one event fills one step only; an absent step lies between step k and k + 1 and ends the chains that
 * stand at k, but not one that this very event brought there. */
static bool in_order(const struct deed *d, const struct journey *j)
{
    const struct expr_call *c = d->call;
    uint64_t seen = 0;
    for (size_t i = 0; i < j->n; i++)
        seen |= j->mask[i];
    if ((seen & d->needed) != d->needed) /* nearly everyone lacks some step */
        return false;
    UNCLEARED int64_t begin[64];
    size_t k;
    for (k = 0; k < c->steps; k++)
        begin[k] = TIME_NONE;
    for (size_t i = 0; i < j->n; i++) {
        uint64_t mask = j->mask[i];
        int64_t t = j->time[i];
        for (k = c->steps; k-- > 0;) {
            if (c->step[k].absent)
                continue;
            size_t before = k; /* the step that leads here */
            bool broken = false;
            while (before > 0 && c->step[before - 1].absent)
                before--;
            int64_t came = TIME_NONE;
            if (mask & d->step[k])
                came =
                    k == 0 ? (t >= c->period.from && t <= c->period.to ? t : TIME_NONE) : begin[before - 1];
            if (came != TIME_NONE && c->within != INT64_MAX && t - came > c->within)
                came = TIME_NONE;
            for (size_t absent = k + 1; absent < c->steps && c->step[absent].absent; absent++)
                broken |= (mask & d->step[absent]) != 0;
            if (k + 1 == c->steps && came != TIME_NONE)
                return true;
            if (broken || came > begin[k])
                begin[k] = came;
        }
    }
    return false;
}

/* ---- all users of a stretch */

static int64_t value_of(struct state *st, const struct deed *d, const struct journey *j)
{
    switch (d->call->function) {
    case EXPR_DID: return did(d, j);
    case EXPR_SUM:
    case EXPR_AVG: return sum_of(d, j);
    case EXPR_MIN:
    case EXPR_MAX: return extreme(d, j);
    case EXPR_DISTINCT: return distinct(st, d, j);
    case EXPR_FIRST: return first_of(d, j);
    case EXPR_LAST: return last_of(d, j);
    case EXPR_DAYS: return days(st->run, d, j);
    case EXPR_IN_ORDER: break;
    }
    bug("a sequence has no value");
}

PICK_CLONES static void count_hits(const uint32_t *restrict start, size_t users, int64_t *restrict value)
{
    for (size_t i = 0; i < users; i++)
        value[i] = column_of_number((double)(start[i + 1] - start[i]));
}

static void answer(struct state *st, const struct deed *d, const struct journeys *js)
{
    if (d->counts_all)
        count_hits(js->start, js->users, st->value);
    for (size_t i = 0; !d->counts_all && i < js->users; i++) {
        struct journey j = journeys_at(js, i);
        if (d->op == EXPR_SEQUENCE)
            st->flag[i] = in_order(d, &j);
        else
            st->value[i] = value_of(st, d, &j);
    }
    for (size_t i = 0; st->run->values && i < js->users; i++)
        st->run->values[js->user[i]] = st->value[i];
    if (d->op != EXPR_SEQUENCE)
        value_test_run(&d->test, st->value, (uint32_t)js->users, st->flag);
}

/* Users ascend: a word is complete when the next is begun, and nothing waits for what was just written. */
static void mark_users(const struct journeys *js, uint32_t first, const uint8_t *flag, bool idle,
                       uint64_t *restrict word)
{
    size_t at = js->users ? (js->user[0] - first) / 64 : 0;
    uint64_t bits = word[at];
    for (size_t i = 0; i < js->users; i++) {
        uint32_t user = js->user[i] - first;
        size_t w = user / 64;
        bits = w == at ? bits : word[w];
        at = w;
        bits |= (uint64_t)(flag[i] != idle) << user % 64;
        word[w] = bits;
    }
}

static void feed(void *state, const struct journeys *js)
{
    struct state *st = state;
    const struct run *r = st->run;
    if (js->users > st->cap) {
        st->cap = 2 * js->users;
        st->value = mem_realloc(st->value, st->cap * sizeof(*st->value));
        st->flag = mem_realloc(st->flag, st->cap);
    }
    for (size_t k = 0; k < r->deeds; k++) {
        const struct deed *d = &r->deed[k];
        answer(st, d, js);
        mark_users(js, r->first, st->flag, d->idle, st->word[k]);
    }
}

/* ---- planning */

/* The bit of the step's selector; 64: there are 64 others already. */
static bool select_step(struct run *r, const struct expr_step *s, uint32_t *bit, struct err *err)
{
    struct buf text = {0};
    const struct expr *both[2] = {s->event, s->where};
    expr_print(&text, s->event);
    if (s->where) {
        buf_puts(&text, " where ");
        expr_print(&text, s->where);
    }
    *bit = intern_find(r->text, buf_view(&text));
    bool ok = true;
    if (*bit == INTERN_NONE && r->select.n == SCAN_SELECTORS)
        *bit = SCAN_SELECTORS;
    else if (*bit == INTERN_NONE) {
        struct select select;
        ok = select_compile(&select, both, s->where ? 2 : 1, r->a->snapshot, r->a->zone, &r->arena,
                            r->a->progress, err);
        *bit = intern_add(r->text, buf_view(&text));
        vec_push(&r->select, select);
    }
    buf_done(&text);
    return ok;
}

static size_t need_column(struct run *r, uint16_t column)
{
    for (size_t i = 0; i < r->column.n; i++)
        if (r->column.at[i] == column)
            return i;
    vec_push(&r->column, column);
    return r->column.n - 1;
}

/* The value, and the outcome, when nothing matches. */
static int64_t idle_value(const struct expr_call *c)
{
    bool zero = c->function == EXPR_DID || c->function == EXPR_SUM || c->function == EXPR_DISTINCT ||
                c->function == EXPR_DAYS;
    return zero ? column_of_number(0) : COLUMN_NULL;
}

static bool idle_outcome(const struct deed *d)
{
    int64_t value = idle_value(d->call);
    uint8_t flag = 0;
    if (d->op != EXPR_SEQUENCE)
        value_test_run(&d->test, &value, 1, &flag);
    return flag;
}

/* *fits is false when the scan has no selectors left for the leaf. */
static bool plan_deed(struct run *r, const struct expr *e, bool *fits, struct err *err)
{
    struct deed *d = &r->deed[r->deeds];
    *d = (struct deed){.call = e->call, .op = e->op};
    for (size_t i = 0; i < e->call->steps; i++) {
        uint32_t bit;
        if (!select_step(r, &e->call->step[i], &bit, err))
            return false;
        if (bit == SCAN_SELECTORS)
            return *fits = false, true;
        d->step[i] = UINT64_C(1) << bit;
        d->needed |= e->call->step[i].absent ? 0 : d->step[i];
    }
    if (e->op != EXPR_SEQUENCE &&
        !value_test_make(&d->test, e, 0, false, r->a->snapshot, &r->arena, r->a->progress, err))
        return false;
    d->of_event = e->call->of.name.n && e->call->of.id == EXPR_FIELD_EVENT;
    if (e->call->of.name.n && !d->of_event)
        d->prop = need_column(r, (uint16_t)e->call->of.id);
    d->idle = idle_outcome(d);
    r->from = e->call->period.from < r->from ? e->call->period.from : r->from;
    int64_t to = e->op == EXPR_SEQUENCE ? INT64_MAX : e->call->period.to; /* later events may lie behind */
    r->to = to > r->to ? to : r->to;
    r->deeds++;
    return *fits = true;
}

/* Takes as many of the leaves as one scan can carry. */
static bool plan(struct run *r, struct audience_leaf *leaf, size_t n, size_t *taken, struct err *err)
{
    bool fits = true;
    r->from = INT64_MAX;
    r->to = INT64_MIN;
    r->deed = arena_array(&r->arena, struct deed, n);
    for (*taken = 0; *taken < n && fits; *taken += fits)
        if (!plan_deed(r, leaf[*taken].e, &fits, err))
            return false;
    for (size_t k = 0; k < r->deeds; k++) {
        struct deed *d = &r->deed[k];
        d->counts_all = d->call->function == EXPR_DID && r->select.n == 1 &&
                        d->call->period.from <= r->from && d->call->period.to >= r->to;
    }
    return true;
}

/* ---- running */

static void states_new(struct run *r, struct state *st, unsigned threads)
{
    size_t words = (size_t)r->users / 64 + 1;
    for (unsigned t = 0; t < threads; t++) {
        st[t] = (struct state){.run = r, .word = mem_zalloc((r->deeds + 1) * sizeof(*st->word))};
        for (size_t k = 0; k < r->deeds; k++)
            st[t].word[k] = mem_zalloc(words * sizeof(**st->word));
    }
}

static void states_done(struct run *r, struct state *st, unsigned threads)
{
    for (unsigned t = 0; t < threads; t++) {
        for (size_t k = 0; k < r->deeds; k++)
            free(st[t].word[k]);
        free(st[t].word);
        free(st[t].value);
        free(st[t].flag);
        free(st[t].scratch);
    }
}

/* Each user was seen by one thread only. */
static struct userset *outcome(const struct run *r, struct state *st, unsigned threads, size_t k)
{
    size_t words = (size_t)r->users / 64 + 1;
    uint64_t *all = st[0].word[k];
    for (unsigned t = 1; t < threads; t++)
        for (size_t w = 0; w < words; w++)
            all[w] |= st[t].word[k][w];
    if (r->deed[k].idle)
        for (size_t w = 0; w < words; w++)
            all[w] = ~all[w];
    return userset_of_words(all, r->users);
}

/* Which hits they are does not matter: only how many. */
static bool counts_only(const struct run *r)
{
    bool only = true;
    for (size_t k = 0; k < r->deeds; k++)
        only &= r->deed[k].counts_all;
    return only;
}

static bool scan(struct run *r, struct audience_leaf *leaf, struct err *err)
{
    unsigned threads = pool_threads(r->a->pool);
    struct state *st = arena_array(&r->arena, struct state, threads);
    void **state = arena_array(&r->arena, void *, threads);
    struct scan s;
    for (unsigned t = 0; t < threads; t++)
        state[t] = &st[t];
    states_new(r, st, threads);
    scan_init(&s, r->a->snapshot);
    s.no_times = s.no_codes = s.no_masks = counts_only(r);
    s.selector = r->select.at;
    s.selectors = r->select.n;
    s.column = r->column.at;
    s.columns = r->column.n;
    s.from = r->from;
    s.to = r->to;
    s.user_from = r->first;
    s.user_to = r->first + r->users;
    s.feed = feed;
    s.state = state;
    if (r->a->progress && r->users > 1) {
        atomic_store(&r->a->progress->done, 0);
        atomic_store(&r->a->progress->total, scan_rows(r->a->snapshot));
    }
    bool ok = scan_run(&s, r->a->pool, r->a->progress, NULL, err);
    for (size_t k = 0; ok && k < r->deeds; k++)
        leaf[k].set = outcome(r, st, threads, k);
    states_done(r, st, threads);
    return ok;
}

static struct run run_of(const struct audience *a)
{
    return (struct run){.a = a, .users = dict_count(a->snapshot, COL_USER), .text = intern_new()};
}

static void run_done(struct run *r)
{
    intern_free(r->text);
    vec_done(&r->select);
    vec_done(&r->column);
    arena_done(&r->arena);
}

bool behaviour_find(const struct audience *a, struct audience_leaf *leaf, size_t n, uint64_t *scans,
                    struct err *err)
{
    bool ok = true;
    for (size_t at = 0, taken = 0; ok && at < n; at += taken) {
        struct run r = run_of(a);
        ok = plan(&r, leaf + at, n - at, &taken, err) && scan(&r, leaf + at, err);
        *scans += ok;
        run_done(&r);
    }
    return ok;
}

bool behaviour_of(const struct audience *a, uint32_t customer, const struct expr *const *e, size_t n,
                  bool *holds, struct err *err)
{
    bool ok = true;
    for (size_t at = 0, taken = 0; ok && at < n; at += taken) {
        struct run r = run_of(a);
        struct audience_leaf *leaf = arena_array(&r.arena, struct audience_leaf, n - at);
        for (size_t i = at; i < n; i++)
            leaf[i - at].e = e[i];
        r.first = customer;
        r.users = 1;
        ok = plan(&r, leaf, n - at, &taken, err) && scan(&r, leaf, err);
        for (size_t i = 0; ok && i < taken; i++) {
            holds[at + i] = userset_has(leaf[i].set, 0);
            userset_free(leaf[i].set);
        }
        run_done(&r);
    }
    return ok;
}

int64_t *behaviour_values(const struct audience *a, const struct expr *e, struct err *err)
{
    struct audience_leaf leaf = {e, NULL};
    struct run r = run_of(a);
    size_t taken;
    int64_t idle = idle_value(e->call), *values = mem_alloc(((size_t)r.users + 1) * sizeof *values);
    for (uint32_t u = 0; u < r.users; u++)
        values[u] = idle;
    r.values = values;
    bool ok = plan(&r, &leaf, 1, &taken, err) && scan(&r, &leaf, err);
    userset_free(leaf.set);
    run_done(&r);
    if (ok)
        return values;
    free(values);
    return NULL;
}
