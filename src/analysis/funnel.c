/* funnel.c - how far users get through steps in order; which chain of a user counts is chain.h's.
 *
 * A user who reached step K and not K+1 stands in row K as open when a chain of his could still go deeper
 * after the store's last event (his latest first step is still within the window then), else as lost. Without
 * a window nothing stays open. */
#include "config.h"

#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/chain.h"
#include "analysis/quantile.h"
#include "analysis/rule.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"

enum who_kind { WHO_NOBODY, WHO_REACHED, WHO_LOST, WHO_OPEN };

struct plan {
    struct ask *ask;
    size_t steps;
    const char **name;
    const struct select *selector;
    struct chain_rule rule;
    bool detail;
    enum who_kind who;
    uint32_t who_step;
    bool whole; /* whole blocks of users at a time */
};

struct person {
    uint32_t user, level;
    size_t at; /* of `level` times in state->times */
};

struct state {
    struct plan *plan;
    int64_t *reached, *open; /* per level, index 1.. */
    VEC(int64_t) * gap;      /* [k]: from step k to step k + 1; [0]: from first to last */
    VEC(struct person) person;
    VEC(int64_t) times;
    struct crowd crowd;
    struct chain_batch batch;
    int64_t time[SCAN_SELECTORS]; /* of the chain at hand */
};

/* ---- users */

static void add_gaps(struct state *st, const struct chain *c, const int64_t *time)
{
    for (size_t k = 1; k < c->level; k++)
        vec_push(&st->gap[k], time[k] - time[k - 1]);
    if (c->level == st->plan->steps)
        vec_push(&st->gap[0], time[c->level - 1] - time[0]);
}

static bool is_wanted(const struct plan *p, const struct chain *c)
{
    switch (p->who) {
    case WHO_REACHED: return c->level >= p->who_step;
    case WHO_LOST: return c->level == p->who_step && c->level < p->steps && !c->open;
    case WHO_OPEN: return c->level == p->who_step && c->open;
    default: return false;
    }
}

static void add_person(struct state *st, uint32_t user, const struct chain *c)
{
    vec_push(&st->person, (struct person){user, c->level, st->times.n});
    vec_reserve(&st->times, c->level);
    memcpy(st->times.at + st->times.n, st->time, c->level * sizeof(*st->time));
    st->times.n += c->level;
}

static void add_user(struct state *st, const struct journey *j)
{
    const struct plan *p = st->plan;
    struct chain c = chain_best(&p->rule, j);
    if (!c.level)
        return;
    chain_times(j, &c, st->time);
    if (p->who) {
        if (is_wanted(p, &c))
            crowd_add(&st->crowd, j->user, c.level, st->time[c.level - 1]);
        return;
    }
    st->reached[c.level]++;
    st->open[c.level] += c.open;
    add_gaps(st, &c, st->time);
    if (p->detail)
        add_person(st, j->user, &c);
}

/* Who they are does not matter: only how many, and the times of those who went on. */
static void add_block(struct state *st, const struct journeys *js)
{
    struct chain_batch *b = &st->batch;
    chain_batch_best(b, &st->plan->rule, js);
    st->reached[1] += (int64_t)b->beginners;
    st->open[1] += (int64_t)b->beginners_open;
    struct journey all = {.n = js->start[js->users] - js->start[0],
                          .time = js->time + js->start[0],
                          .mask = js->mask + js->start[0]};
    for (size_t u = 0; u < b->n; u++) {
        struct chain c = {.level = (uint32_t)(b->best[u] >> 32), .begin = (uint32_t)b->best[u]};
        st->reached[c.level]++;
        st->open[c.level] += b->open[u];
        if (c.level < 2)
            continue;
        chain_times(&all, &c, st->time);
        add_gaps(st, &c, st->time);
    }
}

static void feed(void *state, const struct journeys *js)
{
    struct state *st = state;
    if (st->plan->whole) {
        add_block(st, js);
        return;
    }
    for (size_t i = 0; i < js->users; i++) {
        struct journey j = journeys_at(js, i);
        if (j.n)
            add_user(st, &j);
    }
}

/* ---- plan */

static bool read_window(struct plan *p, struct err *err)
{
    const struct ask *a = p->ask;
    struct chain_rule *r = &p->rule;
    const char *w = ask_text(a, "window");
    *r = (struct chain_rule){.steps = p->steps,
                             .window = CHAIN_ENDLESS,
                             .from = a->from,
                             .to = a->to,
                             .last = a->last,
                             .zone = a->zone};
    r->same_day = strcmp(w, "same-day") == 0;
    r->endless = strcmp(w, "none") == 0;
    if (r->same_day || r->endless)
        return true;
    if (!ask_duration(a, "window", &r->window, err))
        return false;
    r->window = r->window < CHAIN_ENDLESS ? r->window : CHAIN_ENDLESS;
    return true;
}

static bool read_who(struct plan *p, struct err *err)
{
    static const char *const kind[] = {[WHO_REACHED] = "reached", [WHO_LOST] = "lost", [WHO_OPEN] = "open"};
    if (!p->ask->who)
        return true;
    struct str rest = str_of(p->ask->who), word = str_cut(&rest, ':');
    int64_t k = 0;
    for (int i = WHO_REACHED; i <= WHO_OPEN; i++)
        if (str_eq(word, str_of(kind[i])))
            p->who = (enum who_kind)i;
    if (!p->who || !rest.p || !num_i64(rest, &k) || k < 1 || k > (int64_t)p->steps)
        return err_set(err, ERR_USAGE,
                       _("--users %s: write reached:K, lost:K or open:K with a step K from 1 to %zu"),
                       p->ask->who, p->steps);
    p->who_step = (uint32_t)k;
    return true;
}

static bool can_be_whole(const struct plan *p)
{
    if (p->rule.same_day || p->detail || p->who || p->steps < 2)
        return false;
    for (uint32_t c = 0; c < p->ask->events; c++) {
        size_t matches = 0;
        for (size_t k = 0; k < p->steps; k++)
            matches += p->selector[k].answer[c] != SELECT_NO;
        if (matches > 1)
            return false;
    }
    return true;
}

static void *plan(struct ask *a, struct scan *scan, struct err *err)
{
    struct plan *p = arena_new(&a->arena, struct plan);
    p->ask = a;
    p->steps = query_count(a->query, "step");
    if (p->steps < 1 || p->steps > SCAN_SELECTORS)
        return err_set(err, ERR_USAGE,
                       _("a funnel has 1 to %d steps, not %zu: give --step CONDITION for each"),
                       SCAN_SELECTORS, p->steps),
               NULL;
    struct select *s = arena_array(&a->arena, struct select, p->steps);
    p->name = arena_array(&a->arena, const char *, p->steps);
    for (size_t k = 0; k < p->steps; k++) {
        const struct expr *e = ask_condition(a, "step", query_nth(a->query, "step", k), err);
        if (!e || !ask_select(a, e, true, &s[k], err))
            return NULL;
        p->name[k] = ask_print(a, e);
    }
    p->selector = s;
    p->detail = ask_flag(a, "detail");
    if (!read_window(p, err) || !read_who(p, err))
        return NULL;
    p->whole = can_be_whole(p);
    scan->selector = s;
    scan->selectors = p->steps;
    scan->from = a->from; /* every step lies at or after the first, which is in the period */
    scan->no_codes = true;
    scan->count_users = true;
    scan->leads = p->whole;
    scan->lead_to = p->rule.to;
    scan->lead_late = p->rule.endless || !a->has_events ? INT64_MAX : p->rule.last - p->rule.window;
    return p;
}

static void *init(void *plan)
{
    struct state *st = mem_zalloc(sizeof(*st));
    st->plan = plan;
    size_t n = st->plan->steps + 1;
    st->reached = mem_zalloc(n * sizeof(*st->reached));
    st->open = mem_zalloc(n * sizeof(*st->open));
    st->gap = mem_zalloc(n * sizeof(*st->gap));
    return st;
}

static void done(void *state)
{
    struct state *st = state;
    for (size_t k = 0; k <= st->plan->steps; k++)
        vec_done(&st->gap[k]);
    vec_done(&st->person);
    vec_done(&st->times);
    crowd_done(&st->crowd);
    chain_batch_done(&st->batch);
    free(st->reached);
    free(st->open);
    free(st->gap);
    free(st);
}

static void merge(void *into, void *from)
{
    struct state *a = into, *b = from;
    for (size_t k = 0; k <= a->plan->steps; k++) {
        a->reached[k] += b->reached[k];
        a->open[k] += b->open[k];
        vec_reserve(&a->gap[k], b->gap[k].n);
        if (b->gap[k].n)
            memcpy(a->gap[k].at + a->gap[k].n, b->gap[k].at, b->gap[k].n * sizeof(*b->gap[k].at));
        a->gap[k].n += b->gap[k].n;
    }
    for (size_t i = 0; i < b->person.n; i++) {
        struct person *x = &b->person.at[i];
        vec_push(&a->person, (struct person){x->user, x->level, a->times.n + x->at});
    }
    vec_reserve(&a->times, b->times.n);
    if (b->times.n)
        memcpy(a->times.at + a->times.n, b->times.at, b->times.n * sizeof(*b->times.at));
    a->times.n += b->times.n;
    crowd_merge(&a->crowd, &b->crowd);
}

/* ---- result */

static const struct column_info columns[] = {
    {"step", N_("Step"), VALUE_INT},
    {"name", N_("Name"), VALUE_TEXT},
    {"users", N_("Customers"), VALUE_INT},
    {"rate", N_("Of the step before"), VALUE_RATIO},
    {"total_rate", N_("Of the first"), VALUE_RATIO},
    {"lost", N_("Lost"), VALUE_INT},
    {"open", N_("Open"), VALUE_INT},
    {"median_s", N_("Median time"), VALUE_SECONDS},
};
static const struct column_info user_columns[] = {
    {"user", N_("Customer"), VALUE_TEXT},
    {"level", N_("Step"), VALUE_INT},
    {"times", N_("Times"), VALUE_LIST},
};

static struct value count_of(struct result *r, int64_t n, const char *kind, size_t step)
{
    return value_who(value_int(n), arena_printf(&r->arena, "%s:%zu", kind, step));
}

static struct value median_of(struct state *st, size_t k)
{
    if (!st->gap[k].n)
        return value_none();
    return value_seconds(quantile_median(st->gap[k].at, st->gap[k].n) / (double)US_PER_S);
}

static void put_rows(struct state *st, const int64_t *users, const struct value *median, struct result *r)
{
    const struct plan *p = st->plan;
    for (size_t k = 1; k <= p->steps; k++) {
        bool last = k == p->steps;
        struct value *v = result_row(r);
        v[0] = value_int((int64_t)k);
        v[1] = ask_event_value(p->ask, &r->arena, str_of(p->name[k - 1]));
        v[2] = count_of(r, users[k], "reached", k);
        v[3] = value_ratio(users[k], k == 1 ? users[1] : users[k - 1]);
        v[4] = value_ratio(users[k], users[1]);
        v[5] = last ? value_int(0) : count_of(r, st->reached[k] - st->open[k], "lost", k);
        v[6] = last ? value_int(0) : count_of(r, st->open[k], "open", k);
        v[7] = k == 1 ? value_none() : median[k - 1];
    }
}

static int person_cmp(const void *a, const void *b)
{
    const struct person *x = a, *y = b;
    return (x->user > y->user) - (x->user < y->user);
}

static bool put_detail(struct state *st, struct result *r, struct err *err)
{
    struct rows *t = arena_new(&r->arena, struct rows);
    *t = (struct rows){.column = user_columns, .columns = 3};
    if (st->person.n)
        qsort(st->person.at, st->person.n, sizeof(*st->person.at), person_cmp);
    for (size_t i = 0; i < st->person.n; i++) {
        const struct person *x = &st->person.at[i];
        struct str id;
        if (!dict_get(st->plan->ask->snapshot, COL_USER, x->user, &id, err))
            return false;
        struct value *times = arena_array(&r->arena, struct value, x->level);
        for (uint32_t k = 0; k < x->level; k++)
            times[k] = value_time(st->times.at[x->at + k]);
        struct value *v = rows_add(&r->arena, t);
        v[0] = value_text(&r->arena, id);
        v[1] = value_int(x->level);
        v[2] = (struct value){.type = VALUE_LIST, .list = {times, x->level}};
    }
    object_add(&r->arena, &r->more, "users", (struct value){.type = VALUE_ROWS, .rows = t});
    return true;
}

static void put_rule(struct plan *p, int64_t considered, int64_t began, struct result *r)
{
    struct ask *a = p->ask;
    struct buf b = {0};
    if (p->rule.endless)
        rule_add(&b, _("Users through %zu steps in order, without a time limit"), p->steps);
    else if (p->rule.same_day)
        rule_add(&b, _("Users through %zu steps in order, all on the local day of the first"), p->steps);
    else
        rule_add(&b, _("Users through %zu steps in order, the last at most %s after the first"), p->steps,
                 rule_duration(a, p->rule.window, ""));
    rule_add(&b,
             _("of a user's chains the deepest counts, then the earliest completed, then the latest begun"));
    rule_add(&b, _("one event fills one step"));
    rule_add(&b, _("equal times in order of arrival"));
    rule_common(&b, a, _("first step"));
    rule_add(&b, _("lost: reached the step, not the next, and no time is left"));
    rule_add(&b,
             p->rule.endless
                 ? _("open: nobody, as there is no window")
                 : _("open: the same, but the window of a first step is not over at the store's last event"));
    rule_add(&b, _("%s users considered, %s left out as they never did the first step"),
             rule_count(a, considered), rule_count(a, considered - began));
    rule_end(&b, r);
}

/* The medians are independent of each other: one task each. */
struct medians {
    struct state *st;
    struct value *value;
};

static bool median_task(void *arg, size_t task, unsigned worker)
{
    struct medians *m = arg;
    (void)worker;
    m->value[task] = median_of(m->st, task);
    return true;
}

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    struct plan *p = plan;
    struct state *st = state;
    int64_t users[SCAN_SELECTORS + 2] = {0};
    struct value median[SCAN_SELECTORS + 1];
    st->reached[1] += (int64_t)totals->lone.lead;
    st->open[1] += (int64_t)totals->lone.late;
    for (size_t k = p->steps; k > 0; k--)
        users[k] = users[k + 1] + st->reached[k];
    if (!pool_run(p->ask->pool, p->steps, median_task, &(struct medians){st, median}))
        return err_set(err, ERR_CANCELLED, _("stopped as asked"));
    result_columns(r, columns, sizeof(columns) / sizeof(columns[0]));
    put_rows(st, users, median, r);
    struct arena *m = &r->arena;
    object_add(m, &r->summary, "users_considered", value_int((int64_t)totals->users));
    object_add(m, &r->summary, "converted", count_of(r, users[p->steps], "reached", p->steps));
    object_add(m, &r->summary, "conversion", value_ratio(users[p->steps], users[1]));
    object_add(m, &r->summary, "median_total_s", median[0]);
    put_rule(p, (int64_t)totals->users, users[1], r);
    return !p->detail || put_detail(st, r, err);
}

static struct crowd *crowd(void *state)
{
    return &((struct state *)state)->crowd;
}

const struct analysis analysis_funnel = {
    .picture = PICTURE_STEPS,
    .plan = plan,
    .init = init,
    .feed = feed,
    .merge = merge,
    .finish = finish,
    .crowd = crowd,
    .crowd_steps = true,
    .done = done,
};
