/* same_failure_rows.c - says who had the same failure: values by lift, days, the explanation. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/rule.h"
#include "analysis/same_failure_p.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/vec.h"

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
static bool tells(const struct line *l, const struct failure_counts *attempts)
{
    return l->side == 0 || l->attempts.count < attempts->events;
}

static void collect_lines(const struct failure_plan *p, const struct failure_counts *attempts, line_vec *out)
{
    for (size_t k = 0; k < p->sides; k++) {
        size_t i = 0;
        uint64_t key;
        const struct tally_cell *c;
        while (!p->side[k].dropped && tally_next(&p->failures.side[k], &i, &key, &c)) {
            struct line l = {.side = k, .key = key, .failures = *c, .few = c->count < FAILURE_FEW};
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
static bool line_value(const struct failure_plan *p, const struct line *l, struct arena *arena,
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

static bool put_line(const struct failure_plan *p, const struct failure_counts *attempts,
                     const struct line *l, struct result *r, struct err *err)
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

static bool put_values(const struct failure_plan *p, const struct failure_counts *attempts, struct result *r,
                       struct err *err)
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

static void put_days(const struct failure_plan *p, struct arena *arena, struct rows *t)
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

static void put_summary(const struct failure_plan *p, const struct failure_counts *attempts, struct result *r)
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

static void put_rule(const struct failure_plan *p, struct result *r)
{
    struct buf b = {0}, from = {0}, to = {0};
    zone_put_local(p->ask->zone, &from, p->from);
    zone_put_local(p->ask->zone, &to, p->to - p->to % US_PER_S);
    rule_add(&b, _("Events where %s"), p->condition);
    rule_add(&b, _("from %s to %s"), from.p, to.p);
    rule_add(&b, _("attempts are all events of the same names, with any outcome"));
    rule_add(&b, _("lift is the share among the failures over the share among the attempts"));
    rule_add(&b, _("values with fewer than %d failures last"), FAILURE_FEW);
    rule_filters(&b, p->ask);
    rule_end(&b, r);
    buf_done(&from);
    buf_done(&to);
}

bool same_failure_put(const struct failure_plan *p, const struct failure_counts *attempts, struct result *r,
                      struct err *err)
{
    struct rows *trend = arena_new(&r->arena, struct rows);
    put_days(p, &r->arena, trend);
    put_summary(p, attempts, r);
    put_rule(p, r);
    if (strcmp(ask_text(p->ask, "rows"), "day") == 0) {
        r->picture = PICTURE_TABLE;
        r->rows = *trend;
        return true;
    }
    object_add(&r->arena, &r->more, "trend", value_rows(trend));
    result_columns(r, value_columns, VALUE_COLUMNS);
    return put_values(p, attempts, r, err);
}
