/* events_rows.c - says what happened when: a row for each bucket and group. */
#include "config.h"

#include <stdlib.h>

#include "analysis/events_p.h"
#include "analysis/partial.h"
#include "analysis/rule.h"
#include "base/nls.h"

enum { EMPTY_MOST = 1000 };

#define COLUMNS(type)                                                                                        \
    {                                                                                                        \
        {"bucket", N_("Time"), VALUE_TIME}, {"group", N_("Group"), VALUE_TEXT},                              \
            {"events", N_("Events"), VALUE_INT}, {"users", N_("Customers"), VALUE_INT},                      \
            {"value", N_("Value"), type},                                                                    \
    }
static const struct column_info int_columns[] = COLUMNS(VALUE_INT);
static const struct column_info real_columns[] = COLUMNS(VALUE_REAL);

static struct value metric_of(const struct plan *p, const struct cell *c, const struct amount *s)
{
    switch (p->metric) {
    case METRIC_EVENTS: return value_int((int64_t)c->events);
    case METRIC_USERS: return value_int(c->users);
    case METRIC_PER_USER: return c->users ? value_real((double)c->events / c->users) : value_none();
    case METRIC_SUM: return value_real(amount_value(s));
    default: return s->n ? value_real(amount_value(s) / (double)s->n) : value_none();
    }
}

struct order {
    uint64_t events;
    uint32_t group;
    int last; /* (other) and (none) come after all others */
    struct str name;
};

static int order_cmp(const void *a, const void *b)
{
    const struct order *x = a, *y = b;
    if (x->last != y->last)
        return x->last - y->last;
    if (x->events != y->events)
        return x->events < y->events ? 1 : -1;
    return str_cmp(x->name, y->name);
}

/* Groups that occur, the largest first. */
static size_t order_groups(struct plan *p, const struct counted *c, struct order **out)
{
    uint32_t groups = p->by_what.groups;
    struct order *o = arena_array(&p->ask->arena, struct order, (size_t)groups + 1);
    size_t n = 0;
    for (uint32_t g = 0; g < groups; g++) {
        o[n] =
            (struct order){.group = g, .last = g == p->by_what.none_group ? 2 : g == p->by_what.other_group};
        for (size_t b = 0; b < p->buckets; b++)
            o[n].events += c->cell[b * groups + g].events;
        if (p->by && o[n].events)
            o[n].name = breakdown_name(&p->by_what, g);
        n += !p->by || o[n].events > 0;
    }
    if (n)
        qsort(o, n, sizeof(*o), order_cmp);
    *out = o;
    return n;
}

static const char *who_of(struct plan *p, size_t bucket, const struct order *o, struct result *r)
{
    struct buf b = {0};
    if (p->all) {
        buf_puts(&b, "all");
    } else if (p->unit == UNIT_HOUR) {
        zone_put_rfc3339(p->ask->zone, &b, p->bound[bucket]);
    } else {
        zone_put_local(p->ask->zone, &b, p->bound[bucket]);
        b.n = b.n > 10 ? 10 : b.n; /* the day */
    }
    if (p->by) {
        buf_putc(&b, ' ');
        buf_str(&b, o->name);
    }
    const char *who = arena_str(&r->arena, buf_view(&b)).p;
    buf_done(&b);
    return who;
}

/* "whole period (2019-06-01..2019-07-02)": one bucket has no start that says anything. */
static const char *whole_period(const struct plan *p, struct result *r)
{
    struct buf from = {0}, to = {0};
    zone_put_local(p->ask->zone, &from, p->bound[0]);
    zone_put_local(p->ask->zone, &to, p->bound[1] - 1);
    const char *text = arena_printf(&r->arena, _("whole period (%.10s..%.10s)"), from.p, to.p);
    buf_done(&from);
    buf_done(&to);
    return text;
}

/* The bucket behind the last of a run of empty ones that begins at b. */
static size_t run_end(const struct plan *p, const struct counted *c, size_t b)
{
    uint32_t groups = p->by_what.groups;
    for (; b < p->buckets; b++)
        for (uint32_t g = 0; g < groups; g++)
            if (c->cell[b * groups + g].events)
                return b;
    return b;
}

/* One event with a wrong clock must not make a million rows: of a very long run of empty buckets only both
 * ends are shown. Returns the bucket after b. */
static size_t next_bucket(const struct plan *p, const struct counted *c, size_t b, size_t *run,
                          size_t *left_out)
{
    if (b >= *run)
        *run = run_end(p, c, b);
    if (*run - b <= EMPTY_MOST)
        return b + 1;
    *left_out += *run - 1 - (b + 1);
    return *run - 1;
}

/* Returns the number of empty buckets that are left out. */
static size_t put_rows(struct plan *p, const struct counted *c, struct result *r)
{
    struct order *order;
    size_t n = order_groups(p, c, &order), run = 0, left_out = 0;
    const char *period = p->all && p->buckets ? whole_period(p, r) : NULL;
    for (size_t b = 0; b < p->buckets; b = next_bucket(p, c, b, &run, &left_out))
        for (size_t i = 0; i < n; i++) {
            size_t at = b * p->by_what.groups + order[i].group;
            const char *who = who_of(p, b, &order[i], r);
            struct value *v = result_row(r);
            v[0] = value_shown(value_time(p->bound[b]), period);
            v[1] = p->by ? breakdown_cell(&p->by_what, &r->arena, order[i].name) : value_none();
            v[2] = value_who(value_int((int64_t)c->cell[at].events), who);
            v[3] = value_who(value_int(c->cell[at].users), who);
            v[4] = value_who(metric_of(p, &c->cell[at], c->sum ? &c->sum[at] : NULL), who);
        }
    return left_out;
}

static void put_rule(struct plan *p, struct result *r, size_t left_out)
{
    static const char *const per[] = {
        [UNIT_HOUR] = N_("Events and distinct customers per hour"),
        [UNIT_DAY] = N_("Events and distinct customers per day"),
        [UNIT_WEEK] = N_("Events and distinct customers per week"),
        [UNIT_MONTH] = N_("Events and distinct customers per month"),
    };
    struct buf b = {0};
    if (p->all)
        rule_add(&b, _("Events and distinct customers in the whole period"));
    else
        rule_add(&b, "%s", _(per[p->unit]));
    if (p->by)
        rule_add(&b, _("by %s, missing values as (none)"), p->by);
    if (p->metric == METRIC_PER_USER)
        rule_add(&b, _("value: events per user who has any"));
    else if (p->metric == METRIC_SUM || p->metric == METRIC_AVG)
        rule_add(&b, _("value: %s over events that have it"), p->metric_text);
    else
        rule_add(&b, "%s", p->metric == METRIC_USERS ? _("value: customers") : _("value: events"));
    if (p->ask->top > 0 && p->by_what.other_group != UINT32_MAX)
        rule_add(&b,
                 ngettext("the %lld largest group, the rest as (other)",
                          "the %lld largest groups, the rest as (other)", (unsigned long)p->ask->top),
                 (long long)p->ask->top);
    rule_common(&b, p->ask, _("events"));
    partial_rule(&b, p->ask, r);
    if (left_out)
        rule_add(&b, _("%zu rows without any event are left out of very long empty stretches"), left_out);
    rule_add(&b, _("a user counts once in each row, so rows do not add up to the users of the whole period"));
    rule_end(&b, r);
}

void events_put(struct plan *p, const struct counted *c, struct result *r)
{
    result_columns(r, p->metric > METRIC_USERS ? real_columns : int_columns, 5);
    size_t left_out = put_rows(p, c, r);
    object_add(&r->arena, &r->summary, "events", value_int((int64_t)c->events));
    object_add(&r->arena, &r->summary, "users",
               value_who(value_int((int64_t)c->users), p->by ? NULL : "all"));
    object_add(&r->arena, &r->summary, "buckets", value_int((int64_t)p->buckets));
    if (left_out)
        object_add(&r->arena, &r->summary, "empty_left_out", value_int((int64_t)left_out));
    if (!p->all && r->rows.n)
        partial_put(p->ask, p->unit, p->bound, p->buckets, r);
    put_rule(p, r, left_out);
}
