/* same_failure.c - from one customer's failure to everyone's: how many had the same, day by day, and where it
 * concentrates.
 *
 * Two passes. The first counts the failures themselves, by day and by the value of every property they carry.
 * The second counts attempts: all events of the kinds that failed so, with whatever outcome. A value's lift
 * is its share among the failures over its share among the attempts; against all events it would only tell
 * that transfers are not made by SMS. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/failing.h"
#include "analysis/rule.h"
#include "analysis/tally.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/vec.h"

enum {
    DAYS_MOST = 3660,
    VALUES_MOST = 1000, /* a property with more different values among the failures tells no concentration */
    NUMBERS_MOST = 50,  /* the same for numbers: versions are few, amounts are not */
    FEW = 5,            /* values of fewer failures come last: their lift is chance */
};

/* A property whose values are compared; the first is the event itself. */
struct side {
    const struct column_def *def; /* NULL: the event */
    bool dropped;
};

/* What a pass counts. */
struct counts {
    uint64_t events, users;
    uint64_t before, before_users; /* in as many days before */
    struct tally *side;            /* per side, by value */
    struct tally day;
};

enum who { WHO_NOBODY, WHO_ALL, WHO_DAY, WHO_SIDE };

struct plan {
    struct ask *ask;
    struct failing failing;
    const char *condition;
    size_t why; /* its column in `failing` */
    struct select select;
    struct side *side;
    size_t sides;
    uint16_t *column; /* of the sides but the first */
    int64_t from, to, before;
    int64_t *day; /* their first instants, days + 1 of them */
    size_t days;
    bool has_failures; /* the first pass is over */
    struct counts failures;
    enum who who;
    int64_t who_from, who_to;
    size_t who_side;
    int64_t who_value;
};

/* ---- planning */

static bool plan_days(struct plan *p, struct err *err)
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
static void plan_sides(struct plan *p)
{
    const struct column_def *c;
    size_t n = snapshot_columns(p->ask->snapshot, &c);
    p->side = arena_array(&p->ask->arena, struct side, n + 1);
    p->column = arena_array(&p->ask->arena, uint16_t, n + 1);
    p->sides = 1;
    for (size_t i = 0; i < n; i++)
        if (c[i].table == TABLE_EVENTS && c[i].id >= COL_FIRST && c[i].type != COLUMN_TIME &&
            failing_find(&p->failing, c[i].id) == p->failing.n) {
            p->column[p->sides - 1] = c[i].id;
            p->side[p->sides++].def = &c[i];
        }
}

static size_t side_named(const struct plan *p, struct str name)
{
    for (size_t k = 1; k < p->sides; k++)
        if (str_eq(p->side[k].def->name, name))
            return k;
    return str_eq(name, STR("event")) ? 0 : p->sides;
}

static bool side_value(const struct plan *p, size_t k, struct str text, int64_t *out, struct err *err)
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

static bool plan_who(struct plan *p, struct err *err)
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
    struct plan *p = arena_new(&a->arena, struct plan);
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
    struct plan *plan;
    struct counts counts;
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

static void counts_done(struct counts *c, size_t sides)
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
    struct plan *p = plan;
    counts_done(&p->failures, p->sides);
}

static size_t day_of(const struct plan *p, int64_t time)
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
    struct plan *p = st->plan;
    for (size_t k = 0; k < p->sides; k++) {
        uint64_t key = key_of(j, k, i);
        if (!p->side[k].dropped && tally_count(&p->failures.side[k], key))
            tally_add(&st->counts.side[k], key, j->user);
    }
}

static bool is_behind(const struct plan *p, const struct journey *j, size_t i)
{
    switch (p->who) {
    case WHO_DAY: return j->time[i] >= p->who_from && j->time[i] <= p->who_to;
    case WHO_SIDE: return key_of(j, p->who_side, i) == (uint64_t)p->who_value;
    default: return true;
    }
}

static void collect(struct state *st, const struct journey *j)
{
    for (size_t i = 0; i < j->n; i++)
        if (is_behind(st->plan, j, i)) {
            crowd_add(&st->crowd, j->user, 0, TIME_NONE);
            return;
        }
}

static void count(struct state *st, const struct journey *j)
{
    struct plan *p = st->plan;
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
static bool is_scattered(const struct plan *p, size_t k)
{
    const struct tally *t = &p->failures.side[k];
    size_t values = values_of(t), most = VALUES_MOST;
    uint64_t present = p->failures.events - tally_count(t, (uint64_t)COLUMN_NULL);
    bool number = k && p->side[k].def->type == COLUMN_NUMBER;
    if (number)
        most = NUMBERS_MOST;
    return k && (values > most || (values > (number ? 2 : FEW) && 2 * values > present));
}

/* The second pass: all events of the kinds that failed, --where or not. */
static bool again(void *plan, void *state, struct scan *scan)
{
    struct plan *p = plan;
    struct state *st = state;
    if (p->has_failures || p->who)
        return false;
    p->failures = st->counts;
    st->counts = (struct counts){0};
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

/* ---- result */

static const struct column_info value_columns[] = {
    {"property", N_("Property"), VALUE_TEXT},
    {"value", N_("Value"), VALUE_TEXT},
    {"count", N_("Failures"), VALUE_INT},
    {"users", N_("Customers"), VALUE_INT},
    {"share", N_("Share"), VALUE_RATIO},
    {"attempts", N_("Attempts"), VALUE_INT},
    {"base_share", N_("Of attempts"), VALUE_RATIO},
    {"rate", N_("Failing"), VALUE_RATIO},
    {"lift", N_("Lift"), VALUE_REAL},
};
enum { VALUE_COLUMNS = sizeof(value_columns) / sizeof(value_columns[0]) };

static const struct column_info day_columns[] = {{"day", N_("Day"), VALUE_TIME},
                                                 {"count", N_("Failures"), VALUE_INT},
                                                 {"users", N_("Customers"), VALUE_INT}};

struct line {
    size_t side;
    uint64_t key;
    struct tally_cell failures, attempts;
    double lift;
    bool few;
};
typedef VEC(struct line) line_vec;

static int by_lift(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (x->few != y->few)
        return x->few ? 1 : -1;
    if (x->lift != y->lift)
        return x->lift > y->lift ? -1 : 1;
    if (x->failures.count != y->failures.count)
        return x->failures.count > y->failures.count ? -1 : 1;
    return x->side != y->side ? (x->side > y->side) - (x->side < y->side)
                              : (x->key > y->key) - (x->key < y->key);
}

/* A value that all attempts have concentrates nothing. */
static bool tells(const struct line *l, const struct counts *attempts)
{
    return l->side == 0 || l->attempts.count < attempts->events;
}

static void collect_lines(const struct plan *p, const struct counts *attempts, line_vec *out)
{
    for (size_t k = 0; k < p->sides; k++) {
        size_t i = 0;
        uint64_t key;
        const struct tally_cell *c;
        while (!p->side[k].dropped && tally_next(&p->failures.side[k], &i, &key, &c)) {
            struct line l = {.side = k, .key = key, .failures = *c, .few = c->count < FEW};
            l.attempts.count = tally_count(&attempts->side[k], key);
            l.lift = (double)c->count * (double)attempts->events /
                     ((double)p->failures.events * (double)l.attempts.count);
            if (tells(&l, attempts))
                vec_push(out, l);
        }
    }
    if (out->n)
        qsort(out->at, out->n, sizeof(*out->at), by_lift);
}

/* The value as data have it, and as --users wants it. */
static bool line_value(const struct plan *p, const struct line *l, struct arena *arena,
                       struct value *property, struct value *value, const char **who, struct err *err)
{
    const struct column_def *c = p->side[l->side].def;
    struct buf text = {0};
    struct str event;
    *property = l->side ? value_text(arena, c->name) : value_shown(value_static("event"), _("event"));
    bool ok = true;
    if (!l->side) {
        ok = dict_get(p->ask->snapshot, COL_EVENT, (uint32_t)l->key, &event, err);
        *value = ok ? ask_event_value(p->ask, arena, event) : value_none();
    } else if ((int64_t)l->key == COLUMN_NULL) {
        *value = ask_group_value(arena, STR("(none)"));
    } else {
        ok = failing_text(p->ask->snapshot, c, (int64_t)l->key, &text, err);
        *value = value_text(arena, buf_view(&text));
    }
    *who = ok ? arena_printf(arena, "%.*s=%.*s", (int)property->text.n, property->text.p, (int)value->text.n,
                             value->text.p)
              : NULL;
    buf_done(&text);
    return ok;
}

static bool put_line(const struct plan *p, const struct counts *attempts, const struct line *l,
                     struct result *r, struct err *err)
{
    struct value property, value;
    const char *who;
    if (!line_value(p, l, &r->arena, &property, &value, &who, err))
        return false;
    struct value *v = result_row(r);
    int64_t count = (int64_t)l->failures.count, tried = (int64_t)l->attempts.count;
    v[0] = property;
    v[1] = value;
    v[2] = value_who(value_int(count), who);
    v[3] = value_who(value_int(l->failures.users), who);
    v[4] = value_ratio(count, (int64_t)p->failures.events);
    v[5] = value_int(tried);
    v[6] = value_ratio(tried, (int64_t)attempts->events);
    v[7] = value_ratio(count, tried);
    v[8] = isfinite(l->lift) ? value_real(round(l->lift * 100) / 100) : value_none();
    return true;
}

static bool put_values(const struct plan *p, const struct counts *attempts, struct result *r, struct err *err)
{
    line_vec lines = {0};
    bool ok = true;
    collect_lines(p, attempts, &lines);
    size_t shown = p->ask->top > 0 && (size_t)p->ask->top < lines.n ? (size_t)p->ask->top : lines.n;
    for (size_t i = 0; ok && i < shown; i++)
        ok = put_line(p, attempts, &lines.at[i], r, err);
    object_add(&r->arena, &r->summary, "values", value_int((int64_t)lines.n));
    vec_done(&lines);
    return ok;
}

static void put_days(const struct plan *p, struct arena *arena, struct rows *t)
{
    t->column = day_columns;
    t->columns = 3;
    for (size_t d = 0; d < p->days; d++) {
        struct buf day = {0};
        zone_put_local(p->ask->zone, &day, p->day[d]);
        const char *who = arena_str(arena, (struct str){day.p, 10}).p;
        struct value *v = rows_add(arena, t);
        v[0] = value_shown(value_time(p->day[d]), who);
        v[1] = value_who(value_int((int64_t)p->failures.day.cell[d].count), who);
        v[2] = value_who(value_int(p->failures.day.cell[d].users), who);
        buf_done(&day);
    }
}

static void put_summary(const struct plan *p, const struct counts *attempts, struct result *r)
{
    struct value text, tell;
    struct str reason = str_trim(str_of(ask_text(p->ask, "reason")));
    int64_t failures = (int64_t)p->failures.events;
    failing_explain(p->ask, reason, &r->arena, &text, &tell);
    const struct {
        const char *name;
        struct value v;
    } all[] = {
        {"reason", value_text(&r->arena, reason)},
        {"property", value_text(&r->arena, p->failing.at[p->why].def->name)},
        {"text", text},
        {"tell", tell},
        {"users", value_who(value_int((int64_t)p->failures.users), "all")},
        {"failures", value_who(value_int(failures), "all")},
        {"users_before", value_int((int64_t)p->failures.before_users)},
        {"failures_before", value_int((int64_t)p->failures.before)},
        {"attempts", value_int((int64_t)attempts->events)},
        {"users_attempting", value_int((int64_t)attempts->users)},
        {"rate", value_ratio(failures, (int64_t)attempts->events)},
        {"from", value_time(p->from)},
        {"to", value_time(p->to)},
        {"days", value_int((int64_t)p->days)},
        {"condition", value_text(&r->arena, str_of(p->condition))},
    };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        object_add(&r->arena, &r->summary, all[i].name, all[i].v);
}

static void put_rule(const struct plan *p, struct result *r)
{
    struct buf b = {0}, from = {0}, to = {0};
    zone_put_local(p->ask->zone, &from, p->from);
    zone_put_local(p->ask->zone, &to, p->to - p->to % US_PER_S);
    rule_add(&b, _("Events where %s"), p->condition);
    rule_add(&b, _("from %s to %s"), from.p, to.p);
    rule_add(&b, _("attempts are all events of the same names, with any outcome"));
    rule_add(&b, _("lift is the share among the failures over the share among the attempts"));
    rule_add(&b, _("values with fewer than %d failures last"), FEW);
    rule_add(&b, _("days in %s"), zone_name(p->ask->zone));
    if (p->ask->segment)
        rule_add(&b, _("only customers where %s"), query_get(p->ask->query, "segment"));
    if (p->ask->where)
        rule_add(&b, _("only events where %s"), query_get(p->ask->query, "where"));
    rule_end(&b, r);
    buf_done(&from);
    buf_done(&to);
}

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    struct plan *p = plan;
    struct state *st = state;
    bool by_day = strcmp(ask_text(p->ask, "rows"), "day") == 0;
    (void)totals;
    struct rows *trend = arena_new(&r->arena, struct rows);
    put_days(p, &r->arena, trend);
    put_summary(p, &st->counts, r);
    put_rule(p, r);
    if (by_day) {
        r->picture = PICTURE_TABLE;
        r->rows = *trend;
        return true;
    }
    object_add(&r->arena, &r->more, "trend", value_rows(trend));
    result_columns(r, value_columns, VALUE_COLUMNS);
    return put_values(p, &st->counts, r, err);
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
