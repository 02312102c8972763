/* funnel_test.c - the funnel against a count that tries every chain of every user. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <inttypes.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analysis_log.h"
#include "base/date.h"

enum { STEPS_MOST = 5 };

struct ask {
    uint64_t seed;
    struct log log;
    struct query query;
    size_t steps;
    struct log_cond step[STEPS_MOST], where;
    bool has_where, same_day;
    int64_t window; /* INT64_MAX: none */
    int64_t from, to;
};

/* ---- the slow count */

struct chain {
    size_t n, at[STEPS_MOST];
};
struct walker {
    const struct ask *a;
    const struct log_row **row; /* visible to the query */
    size_t n;
    struct chain now, best;
};

static int64_t local_day(const struct log *l, int64_t t)
{
    struct civil c;
    date_civil(zone_local(l->zone, t), &c);
    return date_days(c.year, c.month, c.day);
}

static bool in_window(const struct ask *a, int64_t start, int64_t t)
{
    if (a->same_day)
        return local_day(&a->log, start) == local_day(&a->log, t);
    return a->window == INT64_MAX || t <= start + a->window;
}

/* Deepest, then completed earliest, then begun latest, then each step between at its first chance. */
static bool is_better(const struct chain *x, const struct chain *y)
{
    if (x->n != y->n)
        return x->n > y->n;
    if (x->n == 0)
        return false;
    if (x->at[x->n - 1] != y->at[x->n - 1])
        return x->at[x->n - 1] < y->at[x->n - 1];
    if (x->at[0] != y->at[0])
        return x->at[0] > y->at[0];
    for (size_t k = 1; k < x->n; k++)
        if (x->at[k] != y->at[k])
            return x->at[k] < y->at[k];
    return false;
}

static void try_all(struct walker *w, size_t from)
{
    if (is_better(&w->now, &w->best))
        w->best = w->now;
    if (w->now.n == w->a->steps)
        return;
    for (size_t i = from; i < w->n; i++) {
        int64_t t = w->row[i]->time;
        if (!log_cond_holds(&w->a->step[w->now.n], &w->a->log, w->row[i]))
            continue;
        if (w->now.n == 0 ? t < w->a->from || t > w->a->to : !in_window(w->a, w->row[w->now.at[0]]->time, t))
            continue;
        w->now.at[w->now.n++] = i;
        try_all(w, i + 1);
        w->now.n--;
    }
}

static bool still_open(const struct walker *w, int64_t last)
{
    if (!w->a->same_day && w->a->window == INT64_MAX)
        return false;
    for (size_t i = 0; i < w->n; i++)
        if (log_cond_holds(&w->a->step[0], &w->a->log, w->row[i]) && w->row[i]->time >= w->a->from &&
            w->row[i]->time <= w->a->to && in_window(w->a, w->row[i]->time, last))
            return true;
    return false;
}

struct answer {
    int64_t considered, reached[STEPS_MOST + 1], lost[STEPS_MOST + 1], open[STEPS_MOST + 1];
    VEC(int64_t) gap[STEPS_MOST];
    VEC(int64_t) total;
    VEC(uint32_t) level;               /* per user; times beside */
    VEC(int64_t) times;                /* STEPS_MOST per user */
    VEC(const struct log_row *) chain; /* the same */
    VEC(bool) is_open;
};

static void add_user(struct answer *n, const struct walker *w, uint32_t user, int64_t last)
{
    const struct chain *c = &w->best;
    bool open = c->n && c->n < w->a->steps && still_open(w, last);
    n->considered++;
    n->level.at[user] = (uint32_t)c->n;
    n->is_open.at[user] = open;
    for (size_t k = 1; k <= c->n; k++)
        n->reached[k]++;
    if (c->n && c->n < w->a->steps)
        (open ? n->open : n->lost)[c->n]++;
    for (size_t k = 0; k < c->n; k++) {
        n->times.at[user * STEPS_MOST + k] = w->row[c->at[k]]->time;
        n->chain.at[user * STEPS_MOST + k] = w->row[c->at[k]];
        if (k)
            vec_push(&n->gap[k], w->row[c->at[k]]->time - w->row[c->at[k - 1]]->time);
    }
    if (c->n == w->a->steps)
        vec_push(&n->total, w->row[c->at[c->n - 1]]->time - w->row[c->at[0]]->time);
}

static void count_slowly(const struct ask *a, struct answer *out)
{
    const struct log_row *row;
    size_t at = 0, n;
    int64_t last = INT64_MIN;
    *out = (struct answer){0};
    for (uint32_t u = 0; u < a->log.users; u++) {
        vec_push(&out->level, 0);
        vec_push(&out->is_open, false);
        for (int k = 0; k < STEPS_MOST; k++) {
            vec_push(&out->times, 0);
            vec_push(&out->chain, NULL);
        }
    }
    for (size_t i = 0; i < a->log.row.n; i++)
        last = a->log.row.at[i].time > last ? a->log.row.at[i].time : last;
    while (log_next_user(&a->log, &at, &row, &n)) {
        const struct log_row *seen[200];
        struct walker w = {.a = a, .row = seen};
        for (size_t i = 0; i < n; i++)
            if (!a->has_where || log_cond_holds(&a->where, &a->log, &row[i]))
                seen[w.n++] = &row[i];
        try_all(&w, 0);
        add_user(out, &w, row->user, last);
    }
}

static void answer_done(struct answer *n)
{
    for (int k = 0; k < STEPS_MOST; k++)
        vec_done(&n->gap[k]);
    vec_done(&n->total);
    vec_done(&n->level);
    vec_done(&n->times);
    vec_done(&n->chain);
    vec_done(&n->is_open);
}

/* ---- random questions */

static void random_period(struct ask *a, struct rand *r)
{
    a->from = INT64_MIN;
    a->to = INT64_MAX;
    if (!a->log.row.n || rand_below(r, 3))
        return;
    struct zone *utc = zone_open("UTC", NULL);
    int64_t x = a->log.row.at[rand_below(r, (uint32_t)a->log.row.n)].time;
    int64_t y = a->log.row.at[rand_below(r, (uint32_t)a->log.row.n)].time;
    struct buf b = {0};
    if (rand_below(r, 3)) {
        a->from = x < y ? x : y;
        zone_put_rfc3339(utc, &b, a->from);
        query_add(&a->query, "from", b.p);
    }
    buf_clear(&b);
    if (rand_below(r, 3)) {
        a->to = x < y ? y : x;
        zone_put_rfc3339(utc, &b, a->to);
        query_add(&a->query, "to", b.p);
    }
    buf_done(&b);
    zone_free(utc);
}

static void random_window(struct ask *a, struct rand *r)
{
    static const char *const text[] = {"none", "same-day", "5m", "2s", "3h", "1500ms", "1d"};
    static const int64_t us[] = {INT64_MAX, INT64_MAX, 300000000, 2000000, 10800000000, 1500000, US_PER_DAY};
    uint32_t k = rand_below(r, 7);
    a->same_day = k == 1;
    a->window = us[k];
    query_add(&a->query, "window", text[k]);
}

static void ask_random(struct ask *a, uint64_t seed)
{
    struct rand r;
    rand_seed(&r, seed);
    *a = (struct ask){.seed = seed};
    log_random(&a->log, &r, log_small(&r));
    query_init(&a->query, "funnel");
    query_add(&a->query, "tz", a->log.tz);
    a->steps = 1 + rand_below(&r, STEPS_MOST);
    for (size_t k = 0; k < a->steps; k++) {
        log_cond_random(&a->step[k], &r);
        query_add(&a->query, "step", a->step[k].text);
    }
    if ((a->has_where = rand_below(&r, 4) == 0)) {
        log_cond_random(&a->where, &r);
        query_add(&a->query, "where", a->where.text);
    }
    random_window(a, &r);
    random_period(a, &r);
}

static void ask_done(struct ask *a)
{
    query_done(&a->query);
    log_done(&a->log);
}

/* ---- comparing */

static int i64_cmp(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static bool same_median(const struct value *v, int64_t *at, size_t n)
{
    if (!n)
        return v->type == VALUE_NONE;
    qsort(at, n, sizeof(*at), i64_cmp);
    double m = n % 2 ? (double)at[n / 2] : ((double)at[n / 2 - 1] + (double)at[n / 2]) / 2;
    return v->type == VALUE_SECONDS && v->d == m / 1e6;
}

static bool is_int(const struct value *v, int64_t i)
{
    return v && v->type == VALUE_INT && v->i == i;
}

static bool is_ratio(const struct value *v, int64_t part, int64_t whole)
{
    return v && v->type == VALUE_RATIO && v->ratio.part == part && v->ratio.whole == whole;
}

static void compare_rows(const struct ask *a, struct answer *n, const struct result *r)
{
    const struct rows *t = &r->rows;
    log_expect(t->n == a->steps, a->seed, &a->query, "number of rows");
    for (size_t k = 1; k <= a->steps; k++) {
        log_expect(is_int(rows_get(t, k - 1, "step"), (int64_t)k), a->seed, &a->query, "step");
        log_expect(is_int(rows_get(t, k - 1, "users"), n->reached[k]), a->seed, &a->query, "users");
        log_expect(is_int(rows_get(t, k - 1, "lost"), n->lost[k]), a->seed, &a->query, "lost");
        log_expect(is_int(rows_get(t, k - 1, "open"), n->open[k]), a->seed, &a->query, "open");
        log_expect(is_ratio(rows_get(t, k - 1, "rate"), n->reached[k], n->reached[k > 1 ? k - 1 : 1]),
                   a->seed, &a->query, "rate");
        log_expect(is_ratio(rows_get(t, k - 1, "total_rate"), n->reached[k], n->reached[1]), a->seed,
                   &a->query, "total_rate");
        if (k > 1)
            log_expect(same_median(rows_get(t, k - 1, "median_s"), n->gap[k - 1].at, n->gap[k - 1].n),
                       a->seed, &a->query, "median_s");
    }
    log_expect(is_int(object_get(&r->summary, "users_considered"), n->considered), a->seed, &a->query,
               "considered");
    log_expect(is_int(object_get(&r->summary, "converted"), n->reached[a->steps]), a->seed, &a->query,
               "converted");
    log_expect(same_median(object_get(&r->summary, "median_total_s"), n->total.at, n->total.n), a->seed,
               &a->query, "median_total_s");
}

static void compare_detail(const struct ask *a, const struct answer *n, const struct result *r)
{
    const struct rows *t = object_get(&r->more, "users")->rows;
    size_t at = 0;
    for (uint32_t u = 0; u < a->log.users; u++) {
        if (!n->level.at[u])
            continue;
        log_expect(at < t->n, a->seed, &a->query, "detail: a user is missing");
        const struct value *times = rows_get(t, at, "times");
        log_expect(str_eq(rows_get(t, at, "user")->text, str_of(log_user(u))), a->seed, &a->query,
                   "detail: user");
        log_expect(is_int(rows_get(t, at, "level"), n->level.at[u]), a->seed, &a->query, "detail: level");
        log_expect(times->list.n == n->level.at[u], a->seed, &a->query, "detail: times");
        for (size_t k = 0; k < times->list.n; k++)
            log_expect(times->list.at[k].i == n->times.at[u * STEPS_MOST + k], a->seed, &a->query,
                       "detail: time");
        at++;
    }
    log_expect(at == t->n, a->seed, &a->query, "detail: a user too many");
}

static void compare_users(struct ask *a, struct env *e, const struct answer *n, const char *kind, size_t step)
{
    char who[32];
    size_t at = 0;
    snprintf(who, sizeof(who), "%s:%zu", kind, step);
    query_set(&a->query, "users", who);
    struct result *r = log_ask(e, &a->query, a->seed);
    for (uint32_t u = 0; u < a->log.users; u++) {
        uint32_t level = n->level.at[u];
        bool stopped = level == step && step < a->steps;
        bool in = *kind == 'r' ? level >= step : stopped && n->is_open.at[u] == (*kind == 'o');
        if (!in)
            continue;
        log_expect(at < r->rows.n && str_eq(rows_get(&r->rows, at, "user")->text, str_of(log_user(u))),
                   a->seed, &a->query, "users listed");
        log_expect(is_int(rows_get(&r->rows, at, "step"), level), a->seed, &a->query, "step listed");
        int64_t events = 0;
        for (size_t i = 0; i < a->log.row.n; i++)
            events += a->log.row.at[i].user == u;
        log_expect(is_int(rows_get(&r->rows, at, "events"), events), a->seed, &a->query, "events listed");
        at++;
    }
    log_expect(at == r->rows.n, a->seed, &a->query, "a user too many");
    result_free(r);
    query_set(&a->query, "users", NULL);
}

static void one_round(uint64_t seed)
{
    struct ask a;
    struct answer n;
    ask_random(&a, seed);
    count_slowly(&a, &n);
    struct env *e = log_fake(&a.log);
    query_set(&a.query, "detail", "");
    struct result *r = log_ask(e, &a.query, seed);
    compare_rows(&a, &n, r);
    compare_detail(&a, &n, r);
    result_free(r);
    query_set(&a.query, "detail", NULL);
    r = log_ask(e, &a.query, seed); /* counts alone take another way */
    compare_rows(&a, &n, r);
    result_free(r);
    compare_users(&a, e, &n, "reached", 1 + seed % a.steps);
    compare_users(&a, e, &n, "lost", 1 + seed % a.steps);
    compare_users(&a, e, &n, "open", 1 + seed % a.steps);
    log_fake_free(e);
    answer_done(&n);
    ask_done(&a);
}

/* ---- groups */

/* Steps that are one event each, as a rule within one import: what most questions are like, and what is
 * counted without looking at each customer. */
static void ask_groups(struct ask *a, struct rand *r, uint64_t seed)
{
    *a = (struct ask){.seed = seed};
    struct log_shape shape = log_small(r);
    shape.imports = rand_below(r, 4) ? 1 : shape.imports;
    if (rand_below(r, 3) == 0) { /* many in one block */
        shape.users = 1 + rand_below(r, 30);
        shape.rows = rand_below(r, 200);
    }
    shape.block_rows = 1 + rand_below(r, (uint32_t)(shape.rows / 2 + 40));
    log_random(&a->log, r, shape);
    query_init(&a->query, "funnel");
    query_add(&a->query, "tz", a->log.tz);
    query_add(&a->query, "top", "0");
    a->steps = 2 + rand_below(r, 2);
    int shift = (int)rand_below(r, LOG_EVENTS);
    for (size_t k = 0; k < a->steps; k++) {
        log_cond_of_event(&a->step[k], r, ((int)k + shift) % LOG_EVENTS);
        query_add(&a->query, "step", a->step[k].text);
    }
    random_window(a, r);
    random_period(a, r);
}

struct grouping {
    const char *by;
    size_t step;        /* the property is that of this step's event; STEPS_MOST: of the last one */
    double over, under; /* compare: age >= over; segment: age < under */
};

static void random_grouping(struct ask *a, struct grouping *g, struct rand *r)
{
    static const char *const by[] = {"channel", "event", "user.age", "compare"};
    char text[32];
    *g = (struct grouping){.by = by[rand_below(r, 4)], .under = rand_below(r, 2) ? rand_below(r, 60) : 1000};
    if (strcmp(g->by, "compare") == 0) {
        g->over = rand_below(r, 60);
        snprintf(text, sizeof(text), "age >= %g", g->over);
        query_add(&a->query, "compare", text);
    } else {
        g->step = rand_below(r, 2) ? 0 : rand_below(r, 2) ? STEPS_MOST : rand_below(r, (uint32_t)a->steps);
        snprintf(text, sizeof(text), "step %zu", g->step + 1);
        query_add(&a->query, "by", g->by);
        query_add(&a->query, "attribute", g->step == STEPS_MOST ? "last" : text);
    }
    if (g->under < 1000) {
        snprintf(text, sizeof(text), "age < %g", g->under);
        query_add(&a->query, "segment", text);
    }
}

/* What the group of the user's chain is called. */
static const char *group_name(const struct ask *a, const struct answer *n, const struct grouping *g,
                              uint32_t u)
{
    static char text[32];
    size_t step = g->step == STEPS_MOST ? n->level.at[u] - 1 : g->step;
    const struct log_row *row = step < n->level.at[u] ? n->chain.at[u * STEPS_MOST + step] : NULL;
    snprintf(text, sizeof(text), "%g", a->log.age.at[u]);
    if (strcmp(g->by, "user.age") == 0)
        return a->log.age.at[u] < 0 ? "(none)" : text;
    if (strcmp(g->by, "event") == 0)
        return row ? log_event[row->event] : "(none)";
    return row && row->channel != LOG_NONE ? log_channel[row->channel] : "(none)";
}

static bool is_in_group(const struct ask *a, const struct answer *n, const struct grouping *g, uint32_t u,
                        const char *name, size_t nth)
{
    double age = a->log.age.at[u];
    bool in = g->under == 1000 || (age >= 0 && age < g->under);
    if (strcmp(g->by, "compare") == 0)
        return nth ? age >= g->over : in;
    return in && strcmp(group_name(a, n, g, u), name) == 0;
}

/* Row by row; *began counts customers in groups, for nobody to be in none. */
static void compare_group(const struct ask *a, const struct answer *n, const struct grouping *g,
                          const struct result *r, size_t row, size_t nth, int64_t *began)
{
    size_t step = (size_t)rows_get(&r->rows, row, "step")->i, gaps = 0;
    struct str name = rows_get(&r->rows, row, "group")->text;
    int64_t did = 0, lost = 0, open = 0, gap[64];
    char text[64];
    snprintf(text, sizeof(text), "%.*s", (int)name.n, name.p);
    for (uint32_t u = 0; u < a->log.users; u++) {
        size_t level = n->level.at[u];
        if (level < step || !is_in_group(a, n, g, u, text, nth))
            continue;
        did++;
        lost += level == step && step < a->steps && !n->is_open.at[u];
        open += level == step && step < a->steps && n->is_open.at[u];
        if (step > 1)
            gap[gaps++] = n->times.at[u * STEPS_MOST + step - 1] - n->times.at[u * STEPS_MOST + step - 2];
    }
    log_expect(is_int(rows_get(&r->rows, row, "users"), did), a->seed, &a->query, "users of a group");
    log_expect(is_int(rows_get(&r->rows, row, "lost"), lost), a->seed, &a->query, "lost of a group");
    log_expect(is_int(rows_get(&r->rows, row, "open"), open), a->seed, &a->query, "open of a group");
    if (step > 1)
        log_expect(same_median(rows_get(&r->rows, row, "median_s"), gap, gaps), a->seed, &a->query,
                   "median of a group");
    *began += step == 1 ? did : 0;
}

static void one_grouped(uint64_t seed)
{
    struct ask a;
    struct answer n;
    struct grouping g;
    struct rand r;
    int64_t began = 0, expected = 0;
    rand_seed(&r, seed);
    ask_groups(&a, &r, seed);
    random_grouping(&a, &g, &r);
    count_slowly(&a, &n);
    struct env *e = log_fake(&a.log);
    struct result *res = log_ask(e, &a.query, seed);
    size_t groups = res->rows.n / a.steps;
    for (size_t i = 0; i < res->rows.n; i++)
        compare_group(&a, &n, &g, res, i, i % groups, &began);
    for (uint32_t u = 0; u < a.log.users; u++)
        for (size_t nth = 0; nth <= (strcmp(g.by, "compare") == 0); nth++)
            expected += n.level.at[u] && is_in_group(&a, &n, &g, u, group_name(&a, &n, &g, u), nth);
    log_expect(began == expected, seed, &a.query, "somebody is in no group");
    result_free(res);
    log_fake_free(e);
    answer_done(&n);
    ask_done(&a);
}

static void test_groups(void **state)
{
    (void)state;
    uint64_t first = log_first_seed();
    for (uint64_t i = 0; i < log_rounds(2500); i++)
        one_grouped(first + i);
}

/* A window that just holds the time between two events of a customer. */
static void exact_window(struct ask *a, struct rand *r)
{
    char text[32];
    const struct log_row *x = &a->log.row.at[rand_below(r, (uint32_t)a->log.row.n)], *y = x;
    for (size_t i = 0; i < a->log.row.n && y->time <= x->time; i++)
        if (a->log.row.at[i].user == x->user && a->log.row.at[i].time > x->time)
            y = &a->log.row.at[i];
    if (y->time <= x->time)
        return;
    a->same_day = false;
    a->window = y->time - x->time;
    snprintf(text, sizeof(text), "%" PRId64 "us", a->window);
    query_set(&a->query, "window", text);
}

static bool same_value(const struct value *x, const struct value *y)
{
    return x->type == y->type &&
           (x->type == VALUE_INT ? x->i == y->i : x->type == VALUE_NONE || x->d == y->d);
}

/* As windowFunnel counts, which --detail does customer by customer. */
static void compare_unordered(struct ask *a, struct env *e)
{
    static const char *const column[] = {"users", "lost", "open", "median_s"};
    query_set(&a->query, "rule", "clickhouse");
    struct result *few = log_ask(e, &a->query, a->seed);
    query_set(&a->query, "detail", "");
    struct result *each = log_ask(e, &a->query, a->seed);
    log_expect(few->rows.n == a->steps && each->rows.n == a->steps, a->seed, &a->query, "number of rows");
    for (size_t k = 0; k < a->steps; k++)
        for (size_t c = 0; c < 4; c++)
            log_expect(same_value(rows_get(&few->rows, k, column[c]), rows_get(&each->rows, k, column[c])),
                       a->seed, &a->query, column[c]);
    result_free(few);
    result_free(each);
}

/* Whoever takes one step or two is counted without being looked at. */
static void test_few_steps(void **state)
{
    (void)state;
    uint64_t first = log_first_seed();
    for (uint64_t seed = first; seed < first + log_rounds(2500); seed++) {
        struct ask a;
        struct answer n;
        struct rand r;
        rand_seed(&r, seed);
        ask_groups(&a, &r, seed);
        if (a.log.row.n)
            exact_window(&a, &r);
        count_slowly(&a, &n);
        struct env *e = log_fake(&a.log);
        struct result *res = log_ask(e, &a.query, seed);
        compare_rows(&a, &n, res);
        result_free(res);
        if (!a.same_day && a.window < INT64_MAX) /* which it knows nothing of */
            compare_unordered(&a, e);
        log_fake_free(e);
        answer_done(&n);
        ask_done(&a);
    }
}

static void test_every_chain(void **state)
{
    (void)state;
    uint64_t first = log_first_seed();
    for (uint64_t i = 0; i < log_rounds(4000); i++)
        one_round(first + i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_chain), cmocka_unit_test(test_few_steps),
                                       cmocka_unit_test(test_groups)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
