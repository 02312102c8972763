/* audience_test.c - conditions on customers against a slow count that walks the tree for every customer and
 * every event; the laws of sets; what is kept and what is asked again. WAYMARK_SEED repeats a run. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/audience.h"
#include "analysis_log.h"
#include "base/date.h"
#include "model/schema.h"

/* ---- the slow count ---- */

struct customer {
    const struct log *log;
    uint32_t user;
    const struct expr *const *who; /* what the questions of questions[] mean */
    const struct log_row *row;
    size_t rows;
};

struct cell {
    bool missing;
    double number;
    int64_t time;
    struct str text;
};

static double clock_of(const struct log *l, int64_t time, int id)
{
    struct civil c;
    date_civil(zone_local(l->zone, time), &c);
    return id == EXPR_FIELD_HOUR ? c.hour : date_weekday(date_days(c.year, c.month, c.day)) + 1;
}

static struct cell cell_of(const struct expr_field *f, const struct customer *c, const struct log_row *r)
{
    double age = c->log->age.at[c->user];
    if (f->of_user)
        return (struct cell){.missing = age < 0, .number = age};
    switch (f->id) {
    case EXPR_FIELD_EVENT: return (struct cell){.text = str_of(log_event[r->event])};
    case EXPR_FIELD_TIME: return (struct cell){.time = r->time};
    case EXPR_FIELD_HOUR:
    case EXPR_FIELD_WEEKDAY: return (struct cell){.number = clock_of(c->log, r->time, f->id)};
    default: break;
    }
    if (str_eq(f->name, STR("amount")))
        return (struct cell){.missing = !r->has_amount, .number = r->amount};
    if (r->channel == LOG_NONE)
        return (struct cell){.missing = true};
    return (struct cell){.text = str_of(log_channel[r->channel])};
}

static int compare(const struct cell *v, const struct expr_literal *l)
{
    switch (l->type) {
    case EXPR_TEXT: return str_eq(v->text, l->text) ? 0 : 1;
    case EXPR_NUMBER: return (v->number > l->number) - (v->number < l->number);
    case EXPR_TIME: return (v->time > l->time_end) - (v->time < l->time);
    case EXPR_BOOL: break;
    }
    abort();
}

static bool is_in(const struct cell *v, const struct expr *e)
{
    for (size_t i = 0; i < e->n; i++) {
        const struct expr_literal *l = &e->literal[i];
        if (l->is_range ? compare(v, l) >= 0 && compare(v, l->high) <= 0 : compare(v, l) == 0)
            return true;
    }
    return false;
}

/* One alternative of a pattern of the kind the tests write: plain text, anchored or not. */
static bool finds(struct str text, struct str pattern)
{
    bool from = pattern.n && pattern.p[0] == '^', to = pattern.n && pattern.p[pattern.n - 1] == '$';
    struct str plain = {pattern.p + from, pattern.n - from - to};
    for (size_t i = 0; i + plain.n <= text.n; i++)
        if (memcmp(text.p + i, plain.p, plain.n) == 0 && (!from || i == 0) && (!to || i + plain.n == text.n))
            return true;
    return false;
}

static bool matches(struct str text, struct str pattern)
{
    bool found = false;
    while (pattern.p && !found)
        found = finds(text, str_cut(&pattern, '|'));
    return found;
}

static bool passes(const struct expr *e, const struct cell *v)
{
    if (e->op == EXPR_IS_NULL || e->op == EXPR_NOT_NULL)
        return v->missing == (e->op == EXPR_IS_NULL);
    if (v->missing)
        return false;
    switch (e->op) {
    case EXPR_EQ: return compare(v, e->literal) == 0;
    case EXPR_NE: return compare(v, e->literal) != 0;
    case EXPR_LT: return compare(v, e->literal) < 0;
    case EXPR_LE: return compare(v, e->literal) <= 0;
    case EXPR_GT: return compare(v, e->literal) > 0;
    case EXPR_GE: return compare(v, e->literal) >= 0;
    case EXPR_IN: return is_in(v, e);
    case EXPR_OLDER: return v->time < e->literal->time;
    case EXPR_MATCH: return matches(v->text, e->literal->text);
    case EXPR_NMATCH: return !matches(v->text, e->literal->text);
    default: abort();
    }
}

static bool holds(const struct expr *e, const struct customer *c, const struct log_row *r);

static bool happens(const struct expr_step *s, const struct customer *c, const struct log_row *r)
{
    return holds(s->event, c, r) && (!s->where || holds(s->where, c, r));
}

static bool in_period(const struct expr_call *f, int64_t t)
{
    return t >= f->period.from && t <= f->period.to;
}

/* Every chain is tried. */
static bool chain(const struct expr_call *f, const struct customer *c, size_t k, size_t at, int64_t begin)
{
    size_t next = k;
    if (k == f->steps)
        return true;
    while (f->step[next].absent)
        next++;
    for (size_t i = at; i < c->rows; i++) {
        int64_t from = k ? begin : c->row[i].time;
        bool fits = happens(&f->step[next], c, &c->row[i]) && (k || in_period(f, from)) &&
                    (f->within == INT64_MAX || c->row[i].time - from <= f->within);
        if (fits && chain(f, c, next + 1, i + 1, from))
            return true;
        for (size_t a = k; a < next; a++)
            if (happens(&f->step[a], c, &c->row[i]))
                return false;
    }
    return false;
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
    return a->number == b->number && a->time == b->time && str_eq(a->text, b->text);
}

static int64_t day_of(const struct log *l, int64_t time)
{
    struct civil c;
    date_civil(zone_local(l->zone, time), &c);
    return date_days(c.year, c.month, c.day);
}

static struct cell called(const struct expr_call *f, const struct customer *c)
{
    struct cell seen[64], first = {.missing = true}, last = {.missing = true};
    size_t n = 0, hits = 0, kinds = 0;
    double cents = 0, least = 0, most = 0;
    for (size_t i = 0; i < c->rows; i++) {
        const struct log_row *r = &c->row[i];
        if (!happens(f->step, c, r) || !in_period(f, r->time))
            continue;
        last = (struct cell){.time = r->time};
        first = hits++ ? first : last;
        struct cell v = f->function == EXPR_DAYS ? (struct cell){.time = day_of(c->log, r->time)}
                        : f->of.name.n           ? cell_of(&f->of, c, r)
                                                 : (struct cell){.missing = true};
        if (v.missing)
            continue;
        bool known = false;
        for (size_t k = 0; k < kinds; k++)
            known = known || same_cell(&seen[k], &v);
        if (!known)
            seen[kinds++] = v;
        cents += (double)(int64_t)(v.number * 100 + 0.5); /* amounts have two decimals: this is exact */
        least = !n || v.number < least ? v.number : least;
        most = !n || v.number > most ? v.number : most;
        n++;
    }
    switch (f->function) {
    case EXPR_DID: return (struct cell){.number = (double)hits};
    case EXPR_SUM: return (struct cell){.number = cents / 100};
    case EXPR_AVG: return (struct cell){.missing = !n, .number = cents / 100 / (double)n};
    case EXPR_MIN: return (struct cell){.missing = !n, .number = least};
    case EXPR_MAX: return (struct cell){.missing = !n, .number = most};
    case EXPR_DISTINCT:
    case EXPR_DAYS: return (struct cell){.number = (double)kinds};
    case EXPR_FIRST: return first;
    case EXPR_LAST: return last;
    case EXPR_IN_ORDER: break;
    }
    abort();
}

/* Questions whose answer can be said without asking. */
static const struct {
    const char *text, *means;
} questions[] = {
    {"who(\"funnel --step home --step pay --window none --users lost:1\")",
     "did(home) and not sequence(home > pay)"},
    {"who(\"funnel --step home --step pay --window 2h --users reached:2\")",
     "sequence(home > pay within 2h)"},
    {"who(\"funnel --step home --step pay --order any --window none --users reached:2\")",
     "did(home) and did(pay)"},
    {"who(\"funnel --step home --segment 'age < 30' --users reached:1\")", "age < 30 and did(home)"},
    {"who(\"events --unit all --where 'channel = \"\"app\"\"' --users all\")", "did(channel = \"app\")"},
    {"who(\"profile 'days(pay) = 1' --against 'age is null' --users all\")", "days(pay) = 1"},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

static bool asked(const struct expr *e, const struct customer *c)
{
    struct buf text = {0};
    size_t i = 0;
    expr_print(&text, e);
    while (i < QUESTIONS && strcmp(questions[i].text, text.p) != 0)
        i++;
    if (i == QUESTIONS)
        fail_msg("%s: nobody said what that means", text.p);
    buf_done(&text);
    return holds(c->who[i], c, NULL);
}

/* Of an event, or with r == NULL of the customer. */
static bool holds(const struct expr *e, const struct customer *c, const struct log_row *r)
{
    struct cell v;
    if (e->definition)
        return holds(e->definition, c, r);
    switch (e->op) {
    case EXPR_NOT: return !holds(e->child[0], c, r);
    case EXPR_AND:
    case EXPR_OR:
        for (size_t i = 0; i < e->n; i++)
            if (holds(e->child[i], c, r) == (e->op == EXPR_OR))
                return e->op == EXPR_OR;
        return e->op == EXPR_AND;
    case EXPR_SEQUENCE: return chain(e->call, c, 0, 0, 0);
    case EXPR_WHO: return asked(e, c);
    default: v = e->call ? called(e->call, c) : cell_of(&e->field, c, r); return passes(e, &v);
    }
}

/* ---- random conditions ---- */

struct draw {
    struct rand *r;
    const struct log *log;
    struct buf out;
};

static int below(struct draw *d, int n)
{
    return (int)rand_below(d->r, (uint32_t)n);
}

static const char *one_of(struct draw *d, const char *const *list, int n)
{
    return list[below(d, n)];
}
#define ONE_OF(d, ...)                                                                                       \
    one_of(d, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void put_time(struct draw *d)
{
    int64_t t = d->log->row.n ? d->log->row.at[below(d, (int)d->log->row.n)].time : 0;
    if (below(d, 2))
        zone_put_local(d->log->zone, &d->out, t);
    else
        buf_puts(&d->out, ONE_OF(d, "2024-03-09", "2024-03-10", "2024-03-11"));
}

static void put_event(struct draw *d)
{
    buf_puts(&d->out, ONE_OF(d, "home", "pay", "`a b`", "登录", "`x > y`", "help", "home", "pay",
                             "(home or pay)", "(channel = \"app\")", "(event is not null)", "(not home)",
                             "[busy]", "(amount > 5)", "(user.age >= 30)", "(hour in 0..11)",
                             "(event in (\"pay\", \"登录\"))", "(event ~ \"^p|me$\")", "(event !~ \"a b\")",
                             "(amount in (1, 2.5, 4..7))", "(weekday = sat or hour != 3)"));
}

static void put_where(struct draw *d)
{
    if (below(d, 3))
        return;
    buf_puts(&d->out, " where ");
    buf_puts(&d->out, ONE_OF(d, "channel != \"app\"", "(amount < 4.5)", "amount is null",
                             "not channel in (\"web\", \"柜台\")", "(user.age < 20 or user.age is null)",
                             "weekday in sat..sun", "[busy]", "(channel ~ \"p$|^柜\")", "(channel !~ \"e\")",
                             "(hour in (0, 5..9, 23) and weekday in (mon, wed..sun))", "user.age is not null",
                             "(not user.age in 10..40 or amount >= 6)"));
    if (below(d, 4) == 0) {
        buf_printf(&d->out, " and (time %s ", ONE_OF(d, "=", "!=", "<", "<=", ">", ">="));
        put_time(d);
        buf_putc(&d->out, ')');
    }
}

static void put_span(struct draw *d)
{
    buf_puts(&d->out, ONE_OF(d, "1us", "3s", "1s", "250ms", "5m", "2h", "1d", "2d", "1w", "24h"));
}

/* From one event's time to another's: both ends belong to it. */
static void put_between(struct draw *d)
{
    if (!d->log->row.n)
        return;
    int64_t a = d->log->row.at[below(d, (int)d->log->row.n)].time;
    int64_t b = d->log->row.at[below(d, (int)d->log->row.n)].time;
    buf_puts(&d->out, ", ");
    zone_put_local(d->log->zone, &d->out, a < b ? a : b);
    buf_puts(&d->out, "..");
    zone_put_local(d->log->zone, &d->out, a < b ? b : a);
}

static void put_period(struct draw *d)
{
    switch (below(d, 7)) {
    case 0:
        buf_puts(&d->out, ", last ");
        put_span(d);
        break;
    case 1:
        buf_puts(&d->out, ", older than ");
        put_span(d);
        break;
    case 3: put_between(d); break;
    case 2: buf_puts(&d->out, ONE_OF(d, ", 2024-03-09", ", 2024-03-10", ", 2024-03-09..2024-03-10")); break;
    default: break;
    }
}

static void put_number_test(struct draw *d, int most)
{
    if (below(d, 5) == 0)
        buf_printf(&d->out, " in %d..%d", below(d, most), most + below(d, 3));
    else if (below(d, 6) == 0)
        buf_printf(&d->out, " in (%d, %d.5..%d)", below(d, most), below(d, most), most + below(d, 3));
    else
        buf_printf(&d->out, " %s %d%s", ONE_OF(d, "=", "!=", "<", "<=", ">", ">="), below(d, most + 1),
                   below(d, 4) ? "" : ".25");
}

static void put_time_test(struct draw *d)
{
    if (below(d, 3) == 0) {
        buf_puts(&d->out, " older than ");
        put_span(d);
        return;
    }
    if (below(d, 4) == 0) {
        buf_puts(&d->out, ONE_OF(d, " is null", " is not null", " in 2024-03-09..2024-03-10",
                                 " in (2024-03-09, 2024-03-11)"));
        return;
    }
    buf_printf(&d->out, " %s ", ONE_OF(d, "=", "!=", "<", "<=", ">", ">="));
    put_time(d);
}

static void put_of(struct draw *d)
{
    const char *name = ONE_OF(d, "sum", "avg", "min", "max", "distinct");
    bool distinct = strcmp(name, "distinct") == 0;
    buf_printf(&d->out, "%s(%s of ", name, distinct ? ONE_OF(d, "amount", "channel", "event") : "amount");
    put_event(d);
    put_where(d);
    put_period(d);
    buf_putc(&d->out, ')');
    if (below(d, 5) == 0 && (strcmp(name, "avg") == 0 || *name == 'm'))
        buf_puts(&d->out, ONE_OF(d, " is null", " is not null"));
    else
        put_number_test(d, distinct ? 3 : 12);
}

static void put_sequence(struct draw *d)
{
    int steps = 2 + below(d, 3);
    buf_puts(&d->out, "sequence(");
    for (int i = 0; i < steps; i++) {
        buf_puts(&d->out, i ? " > " : "");
        while (i && below(d, 4) == 0) {
            buf_puts(&d->out, "not ");
            put_event(d);
            put_where(d);
            buf_puts(&d->out, " > ");
        }
        put_event(d);
        put_where(d);
    }
    if (below(d, 2)) {
        buf_puts(&d->out, " within ");
        put_span(d);
    }
    put_period(d);
    buf_putc(&d->out, ')');
}

/* A sequence of plain events: often true, so that its limits are what decides. */
static void put_plain_sequence(struct draw *d)
{
    int steps = 2 + below(d, 2);
    buf_puts(&d->out, "sequence(");
    for (int i = 0; i < steps; i++) {
        buf_puts(&d->out, i ? " > " : "");
        if (i && below(d, 2))
            buf_printf(&d->out, "not %s > ", ONE_OF(d, "home", "pay", "`a b`", "help", "登录"));
        buf_puts(&d->out, ONE_OF(d, "home", "pay", "`a b`"));
    }
    if (below(d, 3)) {
        buf_puts(&d->out, " within ");
        put_span(d);
    }
    if (below(d, 3) == 0)
        put_between(d);
    buf_putc(&d->out, ')');
}

static void put_leaf(struct draw *d)
{
    int what = below(d, 10);
    if (below(d, 40) == 0) {
        buf_puts(&d->out, questions[below(d, QUESTIONS)].text);
    } else if (what == 0) {
        buf_puts(&d->out, "age");
        put_number_test(d, 60);
    } else if (what == 1) {
        buf_puts(&d->out, ONE_OF(d, "age is null", "age is not null", "tag.young", "segment(big)",
                                 "segment(\"both of them\")", "not age in (3, 10..20, 44)"));
    } else if (what <= 3) {
        put_of(d);
    } else if (what == 4) {
        put_sequence(d);
    } else if (what == 5) {
        put_plain_sequence(d);
    } else {
        bool time = what == 6;
        buf_printf(&d->out, "%s(", time ? ONE_OF(d, "first", "last") : ONE_OF(d, "did", "did", "days"));
        put_event(d);
        put_where(d);
        put_period(d);
        buf_putc(&d->out, ')');
        if (time)
            put_time_test(d);
        else
            put_number_test(d, 4);
    }
}

static void put_condition(struct draw *d, int depth)
{
    int what = depth ? below(d, 4) : 3;
    if (what == 3) {
        put_leaf(d);
        return;
    }
    buf_puts(&d->out, what == 0 ? "not (" : "(");
    put_condition(d, depth - 1);
    for (int more = what == 0 ? 0 : 1 + below(d, 2); more > 0; more--) {
        buf_puts(&d->out, what == 1 ? " and " : " or ");
        put_condition(d, depth - 1);
    }
    buf_putc(&d->out, ')');
}

/* ---- a world: a log as a store ---- */

struct world {
    struct log log;
    struct env *env;
    struct snapshot *snapshot;
    struct schema *schema;
    struct expr_vocabulary vocabulary;
    struct pool *pool;
    struct audience audience;
    struct arena arena;
    const struct expr *who[QUESTIONS];
    uint64_t seed;
};

static bool definition(void *arg, char kind, struct str name, struct str *text)
{
    static const struct {
        char kind;
        const char *name, *text;
    } all[] = {{'s', "busy", "home or 登录 and channel = \"web\""},
               {'t', "young", "age < 30"},
               {'g', "big", "sum(amount of [busy]) > 5"},
               {'g', "both of them", "segment(big) and not tag.young or did(pay, last 2h)"}};
    (void)arg;
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        if (all[i].kind == kind && str_eq(str_of(all[i].name), name)) {
            *text = str_of(all[i].text);
            return true;
        }
    return false;
}

static void world_open(struct world *w, uint64_t seed, struct rand *r, struct log_shape shape)
{
    struct err err = {0};
    *w = (struct world){.seed = seed};
    log_random(&w->log, r, shape);
    w->env = log_fake(&w->log);
    w->snapshot = snapshot_open(w->env, &err);
    w->schema = schema_new(w->snapshot, w->log.tz, &err);
    if (!w->schema)
        fail_msg("%s", err.text);
    w->vocabulary = *schema_vocabulary(w->schema);
    w->vocabulary.definition = definition;
    w->pool = pool_new(2);
    w->audience = (struct audience){.snapshot = w->snapshot,
                                    .schema = w->schema,
                                    .zone = schema_zone(w->schema),
                                    .pool = w->pool,
                                    .cache = audience_cache_new()};
}

static void world_close(struct world *w)
{
    audience_cache_free(w->audience.cache);
    pool_free(w->pool);
    schema_free(w->schema);
    snapshot_close(w->snapshot);
    log_fake_free(w->env);
    log_done(&w->log);
    arena_done(&w->arena);
}

static const struct expr *parse(struct world *w, const char *text)
{
    struct err err = {0};
    const struct expr *e = expr_parse(&w->arena, str_of(text), EXPR_USER_COND, &w->vocabulary, &err);
    if (!e)
        fail_msg("seed %llu: %s: %s", (unsigned long long)w->seed, text, err.text);
    return e;
}

/* What the questions mean, each once. */
static const struct expr *const *meanings(struct world *w)
{
    for (size_t i = 0; i < QUESTIONS && !w->who[i]; i++)
        w->who[i] = parse(w, questions[i].means);
    return w->who;
}

static struct userset *find(struct world *w, const struct expr *e)
{
    struct err err = {0};
    struct userset *set = audience_find(&w->audience, e, &err);
    if (!set)
        fail_msg("seed %llu: %s", (unsigned long long)w->seed, err.text);
    return set;
}

static struct customer customer(struct world *w, uint32_t user)
{
    const struct log *l = &w->log;
    struct customer c = {.log = l, .user = user, .who = meanings(w)};
    for (size_t i = 0; i < l->row.n; i++)
        if (l->row.at[i].user == user) {
            c.row = c.rows ? c.row : &l->row.at[i];
            c.rows++;
        }
    return c;
}

static void check(struct world *w, const char *text)
{
    const struct expr *e = parse(w, text);
    struct userset *set = find(w, e);
    for (uint32_t u = 0; u < w->log.users; u++) {
        struct customer c = customer(w, u);
        if (holds(e, &c, NULL) != userset_has(set, u))
            fail_msg("seed %llu: %s: customer %u: counted %d", (unsigned long long)w->seed, text, u,
                     userset_has(set, u));
    }
    assert_true(userset_count(set) <= w->log.users);
    userset_free(set);
}

/* ---- tests ---- */

static void test_random(void **state)
{
    (void)state;
    uint64_t first = log_first_seed(), rounds = log_rounds(1500);
    for (uint64_t seed = first; seed < first + rounds; seed++) {
        struct rand r;
        struct world w;
        rand_seed(&r, seed);
        world_open(&w, seed, &r, log_small(&r));
        for (int i = 0; i < 16 && w.log.row.n; i++) {
            struct draw d = {&r, &w.log, {0}};
            put_condition(&d, i % 4); /* alone, where nothing hides it, and in company */
            check(&w, d.out.p);
            buf_done(&d.out);
        }
        world_close(&w);
    }
}

/* More users than one stretch of attributes, so that stretches and words meet. */
static void test_many_users(void **state)
{
    (void)state;
    struct rand r;
    struct world w;
    rand_seed(&r, 7);
    world_open(&w, 7, &r,
               (struct log_shape){.users = 150001,
                                  .rows = 60000,
                                  .imports = 2,
                                  .block_rows = 4000,
                                  .span = 86400000000 * 40,
                                  .unit = 1000000});
    double sum = 0;
    struct userset *young = find(&w, parse(&w, "age < 30"));
    struct userset *none = find(&w, parse(&w, "age is null"));
    struct userset *old = find(&w, parse(&w, "age >= 30"));
    struct userset *quiet = find(&w, parse(&w, "did(event is not null) = 0"));
    struct userset *back = find(&w, parse(&w, "not not age < 30"));
    uint64_t naive[4] = {0};
    uint8_t *active = mem_zalloc(w.log.users);
    for (size_t i = 0; i < w.log.row.n; i++)
        active[w.log.row.at[i].user] = 1;
    for (uint32_t u = 0; u < w.log.users; u++) {
        double age = w.log.age.at[u];
        naive[0] += age >= 0 && age < 30;
        naive[1] += age < 0;
        naive[2] += age >= 30;
        naive[3] += !active[u];
        sum += userset_has(young, u) != (age >= 0 && age < 30);
    }
    assert_int_equal(userset_count(young), naive[0]);
    assert_int_equal(userset_count(none), naive[1]);
    assert_int_equal(userset_count(old), naive[2]);
    assert_int_equal(userset_count(quiet), naive[3]);
    assert_int_equal(userset_count(young), userset_count(back));
    assert_int_equal(userset_and_count(young, back), userset_count(young));
    assert_true(sum == 0);
    assert_int_equal(naive[0] + naive[1] + naive[2], w.log.users);
    free(active);
    userset_free(young);
    userset_free(none);
    userset_free(old);
    userset_free(quiet);
    userset_free(back);
    world_close(&w);
}

static uint64_t count(struct world *w, const char *text)
{
    struct userset *set = find(w, parse(w, text));
    uint64_t n = userset_count(set);
    userset_free(set);
    return n;
}

/* count(p) + count(not p) = all; count(a = x) + count(a != x) + count(a is null) = all; and the two of
 * De Morgan. */
static void test_laws(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct rand r;
        struct world w;
        char text[4096];
        rand_seed(&r, seed);
        world_open(&w, seed, &r, log_small(&r));
        for (int i = 0; i < 6 && w.log.row.n; i++) {
            struct draw p = {&r, &w.log, {0}}, q = {&r, &w.log, {0}};
            put_condition(&p, 1);
            put_condition(&q, 1);
            uint64_t all = w.log.users, n = count(&w, p.out.p);
            snprintf(text, sizeof(text), "not (%s)", p.out.p);
            assert_int_equal(n + count(&w, text), all);
            snprintf(text, sizeof(text), "(%s) and (%s)", p.out.p, q.out.p);
            uint64_t both = count(&w, text);
            snprintf(text, sizeof(text), "(%s) or (%s)", p.out.p, q.out.p);
            assert_int_equal(both + count(&w, text), n + count(&w, q.out.p));
            snprintf(text, sizeof(text), "not (not (%s) or not (%s))", p.out.p, q.out.p);
            assert_int_equal(count(&w, text), both);
            buf_done(&p.out);
            buf_done(&q.out);
        }
        assert_int_equal(count(&w, "age < 30") + count(&w, "age >= 30") + count(&w, "age is null"),
                         w.log.users);
        assert_int_equal(count(&w, "age = 7") + count(&w, "age != 7") + count(&w, "age is null"),
                         w.log.users);
        assert_int_equal(count(&w, "avg(amount of home) > 3") + count(&w, "avg(amount of home) <= 3") +
                             count(&w, "avg(amount of home) is null"),
                         w.log.users);
        world_close(&w);
    }
}

static struct world small_world(void)
{
    struct world w;
    struct rand r;
    rand_seed(&r, 3);
    world_open(&w, 3, &r,
               (struct log_shape){.users = 50,
                                  .rows = 900,
                                  .imports = 2,
                                  .block_rows = 64,
                                  .span = 86400000000 * 3,
                                  .unit = 1000000});
    return w;
}

/* All behaviour of a condition comes from one scan, and a changed condition asks only for what is new. */
static void test_one_scan(void **state)
{
    (void)state;
    struct world w = small_world();
    struct audience_cache *c = w.audience.cache;
    count(&w,
          "did(home) >= 3 and sum(amount of pay, last 2d) > 5 or sequence(home > not help > pay within 2h) "
          "and not days(登录) = 0 and segment(\"both of them\") and age < 40");
    assert_int_equal(audience_cache_scans(c), 1);
    count(&w, "age < 40 and not did(home) >= 3");
    count(&w, "segment(big) or age > 3 and sum(amount of pay, last 2d) > 5");
    assert_int_equal(audience_cache_scans(c), 1);
    count(&w, "did(home) >= 4");
    assert_int_equal(audience_cache_scans(c), 2);
    world_close(&w);
}

/* 70 different conditions on events do not fit one scan; two do it, with the same answer. */
static void test_many_selectors(void **state)
{
    (void)state;
    struct world w = small_world();
    struct buf text = {0};
    for (int i = 0; i < 70; i++)
        buf_printf(&text, "%sdid(pay where amount > %d.5) >= 1", i ? " and " : "", i % 8);
    for (int i = 0; i < 70; i++)
        buf_printf(&text, " or did(home where amount < %d.25) = 2", i);
    check(&w, text.p);
    assert_int_equal(audience_cache_scans(w.audience.cache), 2);
    buf_done(&text);
    world_close(&w);
}

/* A name that means something else tomorrow is asked again. */
static bool other_definition(void *arg, char kind, struct str name, struct str *text)
{
    (void)arg, (void)kind, (void)name;
    *text = kind == 's' ? STR("pay") : STR("age >= 30");
    return true;
}

static void test_changed_names(void **state)
{
    (void)state;
    struct world w = small_world();
    uint64_t young = count(&w, "tag.young"), old = count(&w, "age >= 30");
    uint64_t busy = count(&w, "did([busy]) >= 5"), pay = count(&w, "did(pay) >= 5");
    assert_int_not_equal(young, old);
    assert_int_not_equal(busy, pay);
    w.vocabulary.definition = other_definition;
    assert_int_equal(count(&w, "tag.young"), old);
    assert_int_equal(count(&w, "did([busy]) >= 5"), pay);
    world_close(&w);
}

static void test_cancel(void **state)
{
    (void)state;
    struct world w = small_world();
    struct progress progress = {0};
    struct err err = {0};
    atomic_store(&progress.cancel, true);
    w.audience.progress = &progress;
    assert_null(audience_find(&w.audience, parse(&w, "age < 30"), &err));
    assert_int_equal(err.code, ERR_CANCELLED);
    err.code = ERR_NONE;
    assert_null(audience_find(&w.audience, parse(&w, "did(home)"), &err));
    assert_int_equal(err.code, ERR_CANCELLED);
    atomic_store(&progress.cancel, false);
    assert_true(count(&w, "age < 30") > 0);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),         cmocka_unit_test(test_many_users),
        cmocka_unit_test(test_laws),           cmocka_unit_test(test_one_scan),
        cmocka_unit_test(test_many_selectors), cmocka_unit_test(test_changed_names),
        cmocka_unit_test(test_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
