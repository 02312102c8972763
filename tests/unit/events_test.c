/* events_test.c - events over time and one user's sequence against slow counts. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analysis_log.h"
#include "base/date.h"
#include "base/num.h"

enum by { BY_NONE, BY_EVENT, BY_CHANNEL, BY_AMOUNT, BY_KINDS };
enum metric { M_EVENTS, M_USERS, M_PER_USER, M_SUM, M_AVG, M_KINDS };

struct ask {
    uint64_t seed;
    struct log log;
    struct query query;
    struct log_cond where;
    bool has_where, has_from, has_to, all;
    enum by by;
    enum metric metric;
    enum bucket_unit unit;
    int64_t from, to, top;
};

/* ---- the slow count */

static bool is_seen(const struct ask *a, const struct log_row *row)
{
    return row->time >= a->from && row->time <= a->to &&
           (!a->has_where || log_cond_holds(&a->where, &a->log, row));
}

/* The event's group before folding; good until the next call but three. */
static const char *raw_group(const struct ask *a, const struct log_row *row)
{
    static char text[4][32];
    static int turn;
    char *out = text[turn++ & 3];
    struct buf b = {0};
    switch (a->by) {
    case BY_EVENT: return log_event[row->event];
    case BY_CHANNEL: return row->channel == LOG_NONE ? "(none)" : log_channel[row->channel];
    case BY_AMOUNT:
        if (!row->has_amount)
            return "(none)";
        num_put_double(&b, row->amount);
        snprintf(out, 32, "%s", b.p);
        buf_done(&b);
        return out;
    default: return "";
    }
}

struct group {
    char name[32];
    int64_t n;
};

static int group_cmp(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    bool none_x = strcmp(x->name, "(none)") == 0, none_y = strcmp(y->name, "(none)") == 0;
    if (none_x != none_y)
        return none_x ? 1 : -1;
    return x->n != y->n ? (x->n < y->n ? 1 : -1) : strcmp(x->name, y->name);
}

struct groups {
    VEC(struct group) group; /* the largest first, (none) last */
};

static void list_groups(const struct ask *a, struct groups *out)
{
    *out = (struct groups){0};
    for (size_t i = 0; i < a->log.row.n; i++) {
        if (!is_seen(a, &a->log.row.at[i]))
            continue;
        const char *name = raw_group(a, &a->log.row.at[i]);
        size_t g = 0;
        while (g < out->group.n && strcmp(out->group.at[g].name, name) != 0)
            g++;
        if (g == out->group.n) {
            vec_push(&out->group, (struct group){.n = 0});
            snprintf(out->group.at[g].name, 32, "%s", name);
        }
        out->group.at[g].n++;
    }
    if (out->group.n)
        qsort(out->group.at, out->group.n, sizeof(*out->group.at), group_cmp);
}

static bool in_group(const struct ask *a, const struct groups *gs, const struct log_row *row, struct str name)
{
    const char *raw = raw_group(a, row);
    if (a->by == BY_NONE)
        return true;
    bool shown = strcmp(raw, "(none)") == 0;
    for (size_t g = 0; g < gs->group.n && (a->top <= 0 || (int64_t)g < a->top); g++)
        shown |= strcmp(gs->group.at[g].name, raw) == 0;
    return str_eq(name, str_of(shown ? raw : "(other)"));
}

struct count {
    int64_t events, users, valued;
    double sum;
};

static struct count count_slowly(const struct ask *a, const struct groups *gs, int64_t begin, int64_t end,
                                 struct str group)
{
    struct count c = {0};
    int64_t last = -1;
    for (size_t i = 0; i < a->log.row.n; i++) {
        const struct log_row *row = &a->log.row.at[i];
        if (!is_seen(a, row) || row->time < begin || row->time >= end || !in_group(a, gs, row, group))
            continue;
        c.events++;
        c.users += row->user != last;
        last = row->user;
        c.valued += row->has_amount;
        c.sum += row->has_amount ? row->amount * 100 : 0;
    }
    c.sum /= 100;
    return c;
}

/* ---- random questions */

static void random_period(struct ask *a, struct rand *r)
{
    a->from = INT64_MIN;
    a->to = INT64_MAX;
    if (!a->log.row.n || rand_below(r, 2))
        return;
    struct buf b = {0};
    a->has_from = a->has_to = true;
    a->from = a->log.row.at[rand_below(r, (uint32_t)a->log.row.n)].time - 3600000000;
    a->to = a->from + (int64_t)rand_below(r, 4) * 3600000000;
    zone_put_rfc3339(a->log.zone, &b, a->from);
    query_add(&a->query, "from", b.p);
    buf_clear(&b);
    zone_put_rfc3339(a->log.zone, &b, a->to);
    query_add(&a->query, "to", b.p);
    buf_done(&b);
}

/* Over months and changes of the clock, where buckets differ in length; many events at the very begin of one.
 */
static void random_months(struct log *l, struct rand *r, enum bucket_unit unit)
{
    struct log_shape shape = log_small(r);
    struct err err;
    int64_t next;
    shape.unit = US_PER_DAY / 24;
    shape.span = 220 * US_PER_DAY;
    log_random(l, r, shape);
    if (rand_below(r, 2)) {
        zone_free(l->zone);
        l->tz = "Europe/Berlin";
        l->zone = zone_open(l->tz, &err);
    }
    for (size_t i = 0; i < l->row.n; i++)
        if (rand_below(r, 3) == 0)
            l->row.at[i].time = zone_bucket(l->zone, unit, l->row.at[i].time, &next);
    log_sort(l);
}

static void ask_random(struct ask *a, uint64_t seed)
{
    static const char *const unit[] = {"hour", "day", "week", "month", "all"};
    static const char *const by[] = {NULL, "event", "channel", "amount"};
    static const char *const metric[] = {"events", "users", "events_per_user", "sum(amount)", "avg(amount)"};
    struct rand r;
    rand_seed(&r, seed);
    *a = (struct ask){.seed = seed, .top = -1};
    bool wide = rand_below(&r, 8) == 0;
    uint32_t u = wide ? 1 + rand_below(&r, 3) : rand_below(&r, 5);
    if (wide)
        random_months(&a->log, &r, (enum bucket_unit)u);
    else
        log_random(&a->log, &r, log_small(&r));
    query_init(&a->query, "events");
    query_add(&a->query, "tz", a->log.tz);
    a->all = u == 4;
    a->unit = (enum bucket_unit)(u & 3);
    query_add(&a->query, "unit", unit[u]);
    if ((a->by = (enum by)rand_below(&r, BY_KINDS)))
        query_add(&a->query, "by", by[a->by]);
    a->metric = (enum metric)rand_below(&r, M_KINDS);
    query_add(&a->query, "metric", metric[a->metric]);
    if ((a->has_where = rand_below(&r, 3) == 0)) {
        log_cond_random(&a->where, &r);
        query_add(&a->query, "where", a->where.text);
    }
    if (rand_below(&r, 2)) {
        char text[8];
        a->top = rand_below(&r, 5);
        snprintf(text, sizeof(text), "%d", (int)a->top);
        query_add(&a->query, "top", text);
    }
    random_period(a, &r);
}

static void ask_done(struct ask *a)
{
    query_done(&a->query);
    log_done(&a->log);
}

/* ---- comparing */

static bool is_near(double a, double b)
{
    double d = a - b, s = (a < 0 ? -a : a) + 1;
    return d < 1e-9 * s && d > -1e-9 * s;
}

static bool same_metric(const struct ask *a, const struct count *c, const struct value *v)
{
    switch (a->metric) {
    case M_EVENTS: return v->type == VALUE_INT && v->i == c->events;
    case M_USERS: return v->type == VALUE_INT && v->i == c->users;
    case M_PER_USER:
        return c->users ? v->type == VALUE_REAL && is_near(v->d, (double)c->events / (double)c->users)
                        : v->type == VALUE_NONE;
    case M_SUM: return v->type == VALUE_REAL && is_near(v->d, c->sum);
    default:
        return c->valued ? v->type == VALUE_REAL && is_near(v->d, c->sum / (double)c->valued)
                         : v->type == VALUE_NONE;
    }
}

/* Rows come bucket by bucket without holes; the n-th bucket's end is the next one's begin. */
static void compare_rows(const struct ask *a, const struct groups *gs, const struct rows *t)
{
    int64_t expected = 0, next = 0, events = 0;
    for (size_t i = 0; i < t->n; i++) {
        int64_t begin = rows_get(t, i, "bucket")->i, end = INT64_MAX;
        struct str group = a->by ? rows_get(t, i, "group")->text : STR("");
        if (!a->all)
            log_expect(zone_bucket(a->log.zone, a->unit, begin, &end) == begin, a->seed, &a->query,
                       "bucket begins");
        log_expect(i == 0 || begin == expected || begin == next, a->seed, &a->query, "no bucket is left out");
        expected = begin;
        next = end;
        struct count c = count_slowly(a, gs, a->all ? INT64_MIN : begin, end, group);
        log_expect(rows_get(t, i, "events")->i == c.events, a->seed, &a->query, "events");
        log_expect(rows_get(t, i, "users")->i == c.users, a->seed, &a->query, "users");
        log_expect(same_metric(a, &c, rows_get(t, i, "value")), a->seed, &a->query, "value");
        events += c.events;
    }
    struct count all = count_slowly(
        &(struct ask){
            .log = a->log, .where = a->where, .has_where = a->has_where, .from = a->from, .to = a->to},
        gs, INT64_MIN, INT64_MAX, STR(""));
    log_expect(events == all.events, a->seed, &a->query, "all events");
}

static void compare_range(const struct ask *a, const struct rows *t)
{
    if (!t->n || a->all || a->by)
        return;
    int64_t first = INT64_MAX, last = INT64_MIN, next;
    for (size_t i = 0; i < a->log.row.n; i++) {
        first = a->log.row.at[i].time < first ? a->log.row.at[i].time : first;
        last = a->log.row.at[i].time > last ? a->log.row.at[i].time : last;
    }
    first = a->has_from ? a->from : first;
    last = a->has_to ? a->to : last;
    log_expect(rows_get(t, 0, "bucket")->i == zone_bucket(a->log.zone, a->unit, first, &next), a->seed,
               &a->query, "first bucket");
    log_expect(rows_get(t, t->n - 1, "bucket")->i == zone_bucket(a->log.zone, a->unit, last, &next), a->seed,
               &a->query, "last bucket");
}

/* Whether every instant lies in the period and on a day that the data have. */
static bool is_whole(const struct ask *a, int64_t begin, int64_t first, int64_t last)
{
    int64_t end, from, to, unused;
    zone_bucket(a->log.zone, a->unit, begin, &end);
    from = zone_bucket(a->log.zone, UNIT_DAY, first, &unused);
    zone_bucket(a->log.zone, UNIT_DAY, last, &to);
    for (int64_t t = begin; t < end; t += 60000000)
        if (t < from || t >= to || t < a->from || t > a->to)
            return false;
    return end - 1 <= a->to;
}

static void compare_partial(const struct ask *a, const struct result *r)
{
    const struct value *list = object_get(&r->summary, "partial");
    int64_t first = INT64_MAX, last = INT64_MIN, before = INT64_MIN;
    size_t n = 0;
    for (size_t i = 0; i < a->log.row.n; i++) {
        first = a->log.row.at[i].time < first ? a->log.row.at[i].time : first;
        last = a->log.row.at[i].time > last ? a->log.row.at[i].time : last;
    }
    for (size_t i = 0; i < r->rows.n && !a->all && a->log.row.n; i++) {
        int64_t begin = rows_get(&r->rows, i, "bucket")->i;
        if (begin != before && !is_whole(a, begin, first, last))
            log_expect(list && n < list->list.n && list->list.at[n++].i == begin, a->seed, &a->query,
                       "a bucket not wholly covered");
        before = begin;
    }
    log_expect(!a->log.row.n || n == (list ? list->list.n : 0), a->seed, &a->query,
               "no other bucket is called partial");
}

static void compare_users(struct ask *a, struct env *e, const struct result *r)
{
    if (!r->rows.n)
        return;
    size_t row = a->seed % r->rows.n;
    query_set(&a->query, "users", rows_get(&r->rows, row, "users")->who);
    struct result *list = log_ask(e, &a->query, a->seed);
    log_expect(object_get(&list->summary, "users")->i == rows_get(&r->rows, row, "users")->i, a->seed,
               &a->query, "size of the list");
    result_free(list);
}

static void test_events(void **state)
{
    (void)state;
    uint64_t first = log_first_seed();
    for (uint64_t i = 0; i < log_rounds(4000); i++) {
        struct ask a;
        struct groups gs;
        ask_random(&a, first + i);
        list_groups(&a, &gs);
        struct env *e = log_fake(&a.log);
        struct result *r = log_ask(e, &a.query, a.seed);
        compare_rows(&a, &gs, &r->rows);
        compare_range(&a, &r->rows);
        compare_partial(&a, r);
        struct count all = count_slowly(
            &(struct ask){
                .log = a.log, .where = a.where, .has_where = a.has_where, .from = a.from, .to = a.to},
            &gs, INT64_MIN, INT64_MAX, STR(""));
        log_expect(object_get(&r->summary, "users")->i == all.users, a.seed, &a.query,
                   "users of the whole period");
        compare_users(&a, e, r);
        result_free(r);
        log_fake_free(e);
        vec_done(&gs.group);
        ask_done(&a);
    }
}

/* ---- one user */

static void compare_sequence(struct ask *a, const struct log_row *row, size_t n, int64_t gap,
                             const struct result *r)
{
    int64_t session = 1, sessions = 1;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        session += i && row[i].time - row[i - 1].time > gap;
        sessions = session;
        if (a->has_where && !log_cond_holds(&a->where, &a->log, &row[i]))
            continue;
        log_expect(at < r->rows.n, a->seed, &a->query, "a row is missing");
        const struct rows *t = &r->rows;
        const struct object *p = rows_get(t, at, "properties")->object;
        const struct value *channel = object_get(p, "channel"), *amount = object_get(p, "amount");
        log_expect(rows_get(t, at, "time")->i == row[i].time, a->seed, &a->query, "time");
        log_expect(rows_get(t, at, "session")->i == session, a->seed, &a->query, "session");
        log_expect(str_eq(rows_get(t, at, "event")->text, str_of(log_event[row[i].event])), a->seed,
                   &a->query, "event");
        log_expect(i ? rows_get(t, at, "gap_s")->d == (double)(row[i].time - row[i - 1].time) / 1e6
                     : rows_get(t, at, "gap_s")->type == VALUE_NONE,
                   a->seed, &a->query, "gap_s");
        log_expect(row[i].channel == LOG_NONE ? !channel
                                              : str_eq(channel->text, str_of(log_channel[row[i].channel])),
                   a->seed, &a->query, "channel");
        log_expect(row[i].has_amount ? amount && amount->d == row[i].amount : !amount, a->seed, &a->query,
                   "amount");
        at++;
    }
    log_expect(at == r->rows.n, a->seed, &a->query, "a row too many");
    log_expect(object_get(&r->summary, "sessions")->i == sessions, a->seed, &a->query, "sessions");
    log_expect(object_get(&r->summary, "events")->i == (int64_t)n, a->seed, &a->query, "events");
    const struct value *age = object_get(object_get(&r->summary, "attributes")->object, "age");
    double known = a->log.age.at[row->user];
    log_expect(known < 0 ? age->type == VALUE_NONE : age->d == known, a->seed, &a->query, "age");
}

static void test_sequence(void **state)
{
    (void)state;
    uint64_t first = log_first_seed();
    for (uint64_t i = 0; i < log_rounds(2000); i++) {
        struct ask a;
        const struct log_row *row;
        size_t at = 0, n;
        ask_random(&a, first + i);
        struct env *e = log_fake(&a.log);
        while (log_next_user(&a.log, &at, &row, &n)) {
            query_done(&a.query);
            query_init(&a.query, "user");
            query_add(&a.query, "tz", a.log.tz);
            query_add(&a.query, "id", log_user(row->user));
            query_add(&a.query, "gap", a.seed % 2 ? "2s" : "1h");
            if (a.has_where)
                query_add(&a.query, "where", a.where.text);
            struct result *r = log_ask(e, &a.query, a.seed);
            compare_sequence(&a, row, n, a.seed % 2 ? 2000000 : 3600000000, r);
            result_free(r);
        }
        log_fake_free(e);
        ask_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_events), cmocka_unit_test(test_sequence)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
