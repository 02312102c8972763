/* funnel_result.c - the numbers as rows: steps, by group where there are groups; a trend; times to convert.
 */
#include "config.h"

#include <stdlib.h>

#include "analysis/funnel_p.h"
#include "analysis/partial.h"
#include "analysis/quantile.h"
#include "analysis/wilson.h"
#include "base/date.h"
#include "base/nls.h"

/* ---- cells */

struct value funnel_cell_who(const struct funnel_plan *p, struct result *r, int64_t n, const char *kind,
                             size_t step, const struct funnel_group *g)
{
    if (p->split == SPLIT_NONE)
        return value_who(value_int(n), arena_printf(&r->arena, "%s:%zu", kind, step));
    return value_who(value_int(n),
                     arena_printf(&r->arena, "%s:%zu %.*s", kind, step, (int)g->name.n, g->name.p));
}

struct value funnel_cell_median(const struct funnel_tally *t, size_t k)
{
    return t->gap[k].n ? value_seconds(t->median[k] / (double)US_PER_S) : value_none();
}

static struct value quantile_of(struct funnel_tally *t, size_t k, double q)
{
    if (!t->gap[k].n)
        return value_none();
    return value_seconds(quantile_at(t->gap[k].at, t->gap[k].n, q) / (double)US_PER_S);
}

struct value funnel_cell_group(const struct funnel_plan *p, struct result *r, const struct funnel_group *g)
{
    struct str name = p->grouped ? g->part : g->name;
    struct value v = ask_group_value(&r->arena, name);
    if (p->split == SPLIT_COMPARE && str_eq(g->name, STR("(all)")))
        return value_shown(v, _("everyone"));
    return p->grouped && !g->other && !g->none ? breakdown_cell(&p->by, &r->arena, name) : v;
}

/* With steps in any order a row says how many of them were done, not which. */
static struct value name_of(const struct funnel_plan *p, struct result *r, size_t k)
{
    if (p->counting[0].rule.order != MATCH_FREE)
        return ask_event_value(p->ask, &r->arena, str_of(p->name[k - 1]));
    struct value v = value_text(&r->arena, str_of(arena_printf(&r->arena, "any %zu", k)));
    return value_shown(v, arena_printf(&r->arena, _("%zu of the steps"), k));
}

/* ---- columns */

static void add_column(struct result *r, struct rows *t, const char *name, const char *title,
                       enum value_type type)
{
    struct column_info *c = arena_array(&r->arena, struct column_info, t->columns + 1);
    if (t->columns)
        memcpy(c, t->column, t->columns * sizeof(*c));
    c[t->columns++] = (struct column_info){name, title, type};
    t->column = c;
}

static const char *unit_title(const struct funnel_plan *p)
{
    return p->unit == FUNNEL_SESSION    ? N_("Sessions")
           : p->unit == FUNNEL_PROPERTY ? N_("Units")
                                        : N_("Customers");
}

static void step_columns(const struct funnel_plan *p, struct result *r)
{
    struct rows *t = &r->rows;
    add_column(r, t, "step", N_("Step"), VALUE_INT);
    add_column(r, t, "name", N_("Name"), VALUE_TEXT);
    if (p->split != SPLIT_NONE)
        add_column(r, t, "group", N_("Group"), VALUE_TEXT);
    add_column(r, t, "users", unit_title(p), VALUE_INT);
    add_column(r, t, "rate", N_("Of the step before"), VALUE_RATIO);
    add_column(r, t, "total_rate", N_("Of the first"), VALUE_RATIO);
    add_column(r, t, "lost", N_("Lost"), VALUE_INT);
    add_column(r, t, "open", N_("Open"), VALUE_INT);
    add_column(r, t, "median_s", N_("Median time"), VALUE_SECONDS);
    if (p->sum)
        add_column(r, t, "sum", N_("Sum"), VALUE_REAL);
    if (p->split == SPLIT_COMPARE) {
        add_column(r, t, "difference", N_("Difference"), VALUE_REAL);
        /* xgettext:no-c-format */
        add_column(r, t, "low", N_("95 % low"), VALUE_REAL);
        /* xgettext:no-c-format */
        add_column(r, t, "high", N_("95 % high"), VALUE_REAL);
    }
    if (p->split == SPLIT_RULE)
        add_column(r, t, "differ", N_("Counted otherwise"), VALUE_INT);
}

static struct value *cell(struct result *r, struct value *row, const char *name)
{
    for (size_t c = 0; c < r->rows.columns; c++)
        if (strcmp(r->rows.column[c].name, name) == 0)
            return &row[c];
    bug("a funnel has no such column");
}

/* ---- steps */

/* The step that must be done before step k; the first has none. */
static size_t step_before(const struct match_rule *r, size_t k)
{
    size_t b = k - 1;
    while (b > 1 && (r->optional >> (b - 1) & 1))
        b--;
    return b ? b : 1;
}

static void put_step(const struct funnel_plan *p, struct result *r, const struct funnel_group *g, size_t k)
{
    const struct funnel_tally *t = g->tally;
    const struct match_rule *rule = &p->counting[0].rule;
    struct value *row = result_row(r);
    bool ends = match_next_step(rule, (uint32_t)k) == 0, grouped = p->split != SPLIT_NONE;
    *cell(r, row, "step") = value_int((int64_t)k);
    *cell(r, row, "name") = name_of(p, r, k);
    if (grouped)
        *cell(r, row, "group") = funnel_cell_group(p, r, g);
    *cell(r, row, "users") = funnel_cell_who(p, r, t->did[k], "reached", k, g);
    *cell(r, row, "rate") = value_ratio(t->did[k], t->did[step_before(rule, k)]);
    *cell(r, row, "total_rate") = value_ratio(t->did[k], t->did[1]);
    *cell(r, row, "lost") = ends ? value_int(0) : funnel_cell_who(p, r, t->lost[k], "lost", k, g);
    *cell(r, row, "open") = ends ? value_int(0) : funnel_cell_who(p, r, t->open[k], "open", k, g);
    *cell(r, row, "median_s") = k == 1 ? value_none() : funnel_cell_median(g->tally, k - 1);
    if (p->sum)
        *cell(r, row, "sum") = value_real(amount_value(&t->sum[k]));
}

/* Second set minus first, of those who began; what both have in common counts once. */
static void put_difference(struct funnel_plan *p, struct funnel_state *st, struct result *r, size_t k)
{
    const int64_t *a = funnel_tally(&st->groups, p, COMPARE_FIRST)->did,
                  *b = funnel_tally(&st->groups, p, COMPARE_SECOND)->did,
                  *both = funnel_tally(&st->groups, p, COMPARE_BOTH)->did;
    struct value *row = r->rows.cell + (r->rows.n - 1) * r->rows.columns;
    struct interval i;
    struct wilson_part first = {(uint64_t)(a[k] - both[k]), (uint64_t)(a[1] - both[1])},
                       second = {(uint64_t)(b[k] - both[k]), (uint64_t)(b[1] - both[1])},
                       common = {(uint64_t)both[k], (uint64_t)both[1]};
    if (!a[1] || !b[1])
        return;
    *cell(r, row, "difference") = value_real(wilson_difference(second, first, common, &i));
    *cell(r, row, "low") = value_real(i.low);
    *cell(r, row, "high") = value_real(i.high);
}

static void put_differ(const struct funnel_plan *p, const struct funnel_state *st, struct result *r,
                       size_t way)
{
    struct value *row = r->rows.cell + (r->rows.n - 1) * r->rows.columns;
    *cell(r, row, "differ") =
        value_who(value_int(st->differ[way]), arena_printf(&r->arena, "differ:%s", p->counting[way].name));
    if (way) { /* only those behind our own are listed */
        cell(r, row, "users")->who = NULL;
        cell(r, row, "lost")->who = NULL;
        cell(r, row, "open")->who = NULL;
    }
    if (p->counting[way].dialect)
        *cell(r, row, "open") = value_none();
}

static void put_steps(struct funnel_plan *p, struct funnel_state *st, const struct funnel_group *g,
                      size_t groups, struct result *r)
{
    step_columns(p, r);
    for (size_t k = 1; k <= p->steps; k++)
        for (size_t i = 0; i < groups; i++) {
            put_step(p, r, &g[i], k);
            if (p->split == SPLIT_COMPARE && i && k > 1)
                put_difference(p, st, r, k);
            if (p->split == SPLIT_RULE)
                put_differ(p, st, r, i);
        }
}

/* ---- times to convert */

/* There is no column for the bucket of a trend. */
static struct value times_group(const struct funnel_plan *p, struct result *r, const struct funnel_group *g)
{
    return p->split == SPLIT_TREND ? ask_group_value(&r->arena, g->name) : funnel_cell_group(p, r, g);
}

static void put_times_of(const struct funnel_plan *p, const struct funnel_group *g, size_t k,
                         struct result *r)
{
    static const double quantile[] = {0, 0.25, 0.5, 0.75, 0.9, 1};
    struct value *row = result_row(r);
    size_t c = 0;
    row[c++] = k ? value_int((int64_t)k) : value_none();
    row[c++] = k ? name_of(p, r, k) : value_shown(value_static("(whole)"), _("first step to last"));
    if (p->split != SPLIT_NONE)
        row[c++] = times_group(p, r, g);
    row[c++] = value_int((int64_t)g->tally->gap[k ? k - 1 : 0].n);
    for (size_t q = 0; q < sizeof(quantile) / sizeof(*quantile); q++)
        row[c++] = quantile_of(g->tally, k ? k - 1 : 0, quantile[q]);
}

/* Bounds people think in; the last one is open. */
static const int64_t bound_s[] = {0,      10,     30,     60,      120,     300,    600,
                                  1800,   3600,   7200,   21600,   43200,   86400,  172800,
                                  259200, 432000, 604800, 1209600, 2592000, 7776000};
enum { BOUNDS = sizeof(bound_s) / sizeof(*bound_s) };

/* How long those who converted took; from the first bin with anybody to the last. */
static void put_histogram(const struct funnel_plan *p, const struct funnel_group *g, struct rows *t,
                          struct result *r)
{
    int64_t count[BOUNDS] = {0};
    size_t first = BOUNDS, last = 0, n = g->tally->gap[0].n;
    for (size_t i = 0; i < n; i++) {
        size_t b = BOUNDS - 1;
        while (b && g->tally->gap[0].at[i] < bound_s[b] * US_PER_S)
            b--;
        count[b]++;
        first = b < first ? b : first;
        last = b > last ? b : last;
    }
    for (size_t b = first; b <= last; b++) {
        struct value *v = rows_add(&r->arena, t);
        size_t c = 0;
        if (p->split != SPLIT_NONE)
            v[c++] = times_group(p, r, g);
        v[c++] = value_seconds((double)bound_s[b]);
        v[c++] = b + 1 < BOUNDS ? value_seconds((double)bound_s[b + 1]) : value_none();
        v[c++] = value_int(count[b]);
        v[c++] = value_ratio(count[b], (int64_t)n);
    }
}

static void put_times(const struct funnel_plan *p, const struct funnel_group *g, size_t groups,
                      struct result *r)
{
    struct rows *t = &r->rows, *h = arena_new(&r->arena, struct rows);
    add_column(r, t, "step", N_("Step"), VALUE_INT);
    add_column(r, t, "name", N_("Time to"), VALUE_TEXT);
    if (p->split != SPLIT_NONE) {
        add_column(r, t, "group", N_("Group"), VALUE_TEXT);
        add_column(r, h, "group", N_("Group"), VALUE_TEXT);
    }
    add_column(r, t, "users", unit_title(p), VALUE_INT);
    add_column(r, t, "min_s", N_("Least"), VALUE_SECONDS);
    add_column(r, t, "p25_s", N_("25 %"), VALUE_SECONDS);
    add_column(r, t, "median_s", N_("Median"), VALUE_SECONDS);
    add_column(r, t, "p75_s", N_("75 %"), VALUE_SECONDS);
    add_column(r, t, "p90_s", N_("90 %"), VALUE_SECONDS);
    add_column(r, t, "max_s", N_("Most"), VALUE_SECONDS);
    add_column(r, h, "from_s", N_("From"), VALUE_SECONDS);
    add_column(r, h, "to_s", N_("To"), VALUE_SECONDS);
    add_column(r, h, "users", unit_title(p), VALUE_INT);
    add_column(r, h, "share", N_("Share"), VALUE_RATIO);
    for (size_t k = 2; k <= p->steps + 1; k++)
        for (size_t i = 0; i < groups; i++)
            put_times_of(p, &g[i], k <= p->steps ? k : 0, r);
    for (size_t i = 0; i < groups; i++)
        put_histogram(p, &g[i], h, r);
    object_add(&r->arena, &r->more, "histogram", value_rows(h));
    r->picture = PICTURE_TIMES;
}

/* ---- users */

static int person_cmp(const void *a, const void *b)
{
    const struct funnel_person *x = a, *y = b;
    if (x->user != y->user)
        return x->user < y->user ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static bool put_person(struct funnel_plan *p, const struct funnel_state *st, const struct funnel_person *x,
                       struct rows *t, struct result *r, struct err *err)
{
    struct str id;
    if (!dict_get(p->ask->snapshot, COL_USER, x->user, &id, err))
        return false;
    struct value *times = arena_array(&r->arena, struct value, x->steps);
    for (uint32_t k = 0; k < x->steps; k++)
        times[k] = x->did >> k & 1 ? value_time(st->times.at[x->at + k]) : value_none();
    struct value *v = rows_add(&r->arena, t);
    v[0] = value_text(&r->arena, id);
    v[1] = value_int(x->level);
    v[2] = value_list(times, x->steps);
    if (t->columns > 3)
        v[3] = value_text(&r->arena, funnel_key_name(p, x->key));
    return true;
}

static bool put_detail(struct funnel_plan *p, struct funnel_state *st, struct result *r, struct err *err)
{
    struct rows *t = arena_new(&r->arena, struct rows);
    add_column(r, t, "user", N_("Customer"), VALUE_TEXT);
    add_column(r, t, "level", N_("Step"), VALUE_INT);
    add_column(r, t, "times", N_("Times"), VALUE_LIST);
    if (p->split == SPLIT_BY || p->split == SPLIT_TREND || p->split == SPLIT_RULE)
        add_column(r, t, "group", N_("Group"), VALUE_TEXT);
    if (st->person.n)
        qsort(st->person.at, st->person.n, sizeof(*st->person.at), person_cmp);
    for (size_t i = 0; i < st->person.n; i++)
        if (!put_person(p, st, &st->person.at[i], t, r, err))
            return false;
    object_add(&r->arena, &r->more, "users", value_rows(t));
    return true;
}

/* ---- all of it */

/* The medians are independent of each other: one task each. */
struct medians {
    struct funnel_group *group;
    size_t steps;
};

static bool median_task(void *arg, size_t task, unsigned worker)
{
    struct medians *m = arg;
    struct funnel_tally *t = m->group[task / m->steps].tally;
    size_t k = task % m->steps;
    (void)worker;
    if (t->gap[k].n)
        t->median[k] = quantile_median(t->gap[k].at, t->gap[k].n);
    return true;
}

/* What the customers are counted in. */
static const char *considered_key(const struct funnel_plan *p)
{
    return p->unit == FUNNEL_SESSION    ? "sessions_considered"
           : p->unit == FUNNEL_PROPERTY ? "units_considered"
                                        : "users_considered";
}

static void put_summary(const struct funnel_plan *p, struct funnel_state *st, const struct funnel_group *g,
                        size_t groups, const struct scan_totals *totals, struct result *r)
{
    struct arena *m = &r->arena;
    size_t last = match_last_step(&p->counting[0].rule);
    int64_t began = 0, converted = 0;
    for (size_t i = 0; i < groups && !(p->split == SPLIT_RULE && i); i++) {
        began += g[i].tally->did[1];
        converted += g[i].tally->did[last];
    }
    int64_t considered = p->unit == FUNNEL_USER ? (int64_t)totals->users : st->considered;
    object_add(m, &r->summary, considered_key(p), value_int(considered));
    if (p->split != SPLIT_COMPARE && p->split != SPLIT_TREND) {
        object_add(m, &r->summary, "converted",
                   value_who(value_int(converted), arena_printf(m, "reached:%zu", last)));
        object_add(m, &r->summary, "conversion", value_ratio(converted, began));
    }
    if (groups == 1)
        object_add(m, &r->summary, "median_total_s", funnel_cell_median(g[0].tally, 0));
    if (p->counting[0].rule.exclusions && !p->counting[0].dialect)
        object_add(m, &r->summary, "excluded", value_who(value_int(st->excluded), "excluded"));
    if (p->unit == FUNNEL_PROPERTY)
        object_add(m, &r->summary, "events_without_unit", value_int(st->no_unit));
}

/* The fast way's counts join those of customers who were looked at, in the tally of the one group. */
static void take_levels(const struct funnel_plan *p, struct funnel_state *st,
                        const struct scan_totals *totals)
{
    struct funnel_tally *t = funnel_tally(&st->groups, p, 0);
    st->reached[1] += (int64_t)totals->lone.lead;
    st->open[1] += (int64_t)totals->lone.late;
    int64_t reached = 0;
    for (size_t k = p->steps; k > 0; k--) {
        reached += st->reached[k];
        t->did[k] += reached;
        t->open[k] += st->open[k];
        t->lost[k] += k < p->steps ? st->reached[k] - st->open[k] : 0;
    }
    st->began = t->did[1];
}

bool funnel_result(struct funnel_plan *p, struct funnel_state *st, const struct scan_totals *totals,
                   struct result *r, struct err *err)
{
    if (p->whole)
        take_levels(p, st, totals);
    else
        st->began += (int64_t)totals->lone.lead;
    funnel_groups_close(&st->groups, p);
    size_t groups;
    struct funnel_group *g = funnel_groups_list(&st->groups, p, &groups);
    if (p->unit == FUNNEL_USER)
        st->considered = (int64_t)totals->users;
    if (!pool_run(p->ask->pool, groups * p->steps, median_task, &(struct medians){g, p->steps}))
        return err_set(err, ERR_CANCELLED, _("stopped as asked"));
    if (p->times)
        put_times(p, g, groups, r);
    else if (p->split == SPLIT_TREND)
        funnel_trend_rows(p, g, groups, r);
    else
        put_steps(p, st, g, groups, r);
    put_summary(p, st, g, groups, totals, r);
    funnel_rule(p, st, r);
    return !p->detail || put_detail(p, st, r, err);
}
