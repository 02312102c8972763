/* paths_test.c - paths and transitions against slow counts over lists of names, and conservation at every
 * node. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analysis_log.h"

enum { LENGTH_MOST = 64, DEPTH_MOST = 6 };

struct ask {
    uint64_t seed;
    struct log log;
    struct query query;
    struct log_cond start, end, hide, where;
    bool has_start, has_end, has_hide, has_where, collapse;
    int64_t gap, from, to;
    int64_t depth, top, min;
};

/* ---- the slow count: every path as a list of names */

struct path {
    uint32_t user;
    size_t n;
    const char *name[LENGTH_MOST];
    int64_t first;
};
struct paths {
    VEC(struct path) path;
    int64_t sessions;
};

static void cut_path(const struct ask *a, const struct log_row *const *row, size_t n, struct paths *out)
{
    const struct log_row *kept[LENGTH_MOST];
    size_t m = 0, from = 0;
    struct path p = {.user = row[0]->user};
    for (size_t i = 0; i < n; i++)
        if (!a->has_hide || !log_cond_holds(&a->hide, &a->log, row[i]))
            kept[m++] = row[i];
    if (a->has_start)
        while (from < m && !log_cond_holds(&a->start, &a->log, kept[from]))
            from++;
    if (a->has_end)
        while (m > 0 && !log_cond_holds(&a->end, &a->log, kept[m - 1]))
            m--;
    int64_t first = from < m ? kept[from]->time : row[0]->time;
    if (first < a->from || first > a->to)
        return;
    out->sessions++;
    for (size_t i = from; i < m; i++) {
        size_t k = a->has_end ? m - 1 - (i - from) : i;
        const char *name = log_event[kept[k]->event];
        if (!a->collapse || p.n == 0 || p.name[p.n - 1] != name)
            p.name[p.n++] = name;
    }
    if (p.n)
        vec_push(&out->path, p);
}

static void list_paths(const struct ask *a, struct paths *out)
{
    const struct log_row *row;
    size_t at = 0, n;
    *out = (struct paths){0};
    while (log_next_user(&a->log, &at, &row, &n)) {
        const struct log_row *seen[LENGTH_MOST];
        size_t m = 0;
        for (size_t i = 0; i < n; i++) {
            if (a->has_where && !log_cond_holds(&a->where, &a->log, &row[i]))
                continue;
            if (m && row[i].time - seen[m - 1]->time > a->gap) {
                cut_path(a, seen, m, out);
                m = 0;
            }
            seen[m++] = &row[i];
        }
        if (m)
            cut_path(a, seen, m, out);
    }
}

/* The name shown for a path's step: folded step by step, as documented. */
struct counted {
    const char *name;
    int64_t n;
};

static int counted_cmp(const void *a, const void *b)
{
    const struct counted *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n ? 1 : -1) : strcmp(x->name, y->name);
}

static void fold_top(const struct ask *a, const struct paths *ps, size_t step,
                     const char *(*shown)[DEPTH_MOST])
{
    struct counted c[LOG_EVENTS];
    for (int e = 0; e < LOG_EVENTS; e++) {
        c[e] = (struct counted){log_event[e], 0};
        for (size_t i = 0; i < ps->path.n; i++)
            c[e].n += ps->path.at[i].n > step && ps->path.at[i].name[step] == log_event[e];
    }
    qsort(c, LOG_EVENTS, sizeof(*c), counted_cmp);
    for (size_t i = 0; i < ps->path.n; i++) {
        if (ps->path.at[i].n <= step)
            continue;
        shown[i][step] = "(other)";
        for (int e = 0; e < LOG_EVENTS && (a->top == 0 || e < a->top); e++)
            if (c[e].name == ps->path.at[i].name[step])
                shown[i][step] = c[e].name;
    }
}

static void fold_min(const struct ask *a, const struct paths *ps, size_t step,
                     const char *(*shown)[DEPTH_MOST])
{
    const char **to = mem_alloc((ps->path.n + 1) * sizeof(*to));
    for (size_t i = 0; i < ps->path.n; i++) {
        int64_t same = 0;
        if (ps->path.at[i].n <= step + 1)
            continue;
        for (size_t k = 0; k < ps->path.n; k++)
            same += ps->path.at[k].n > step + 1 && shown[k][step] == shown[i][step] &&
                    shown[k][step + 1] == shown[i][step + 1];
        to[i] = same < a->min ? "(other)" : shown[i][step + 1];
    }
    for (size_t i = 0; i < ps->path.n; i++)
        if (ps->path.at[i].n > step + 1)
            shown[i][step + 1] = to[i];
    free(to);
}

static void show(const struct ask *a, const struct paths *ps, const char *(*shown)[DEPTH_MOST])
{
    for (size_t s = 0; s < (size_t)a->depth; s++)
        fold_top(a, ps, s, shown);
    for (size_t s = 0; a->min > 0 && s + 1 < (size_t)a->depth; s++)
        fold_min(a, ps, s, shown);
}

/* Paths, and users, at a node (to NULL) or on a link. */
struct sum {
    int64_t paths, users;
};

static bool goes(const struct ask *a, const struct path *p, const char *const *shown, size_t step,
                 struct str from, const struct str *to)
{
    if (p->n <= step || !str_eq(str_of(shown[step]), from))
        return false;
    if (!to)
        return true;
    if (p->n == step + 1)
        return str_eq(*to, STR("(end)"));
    return step + 1 < (size_t)a->depth && str_eq(*to, str_of(shown[step + 1]));
}

static struct sum sum_up(const struct ask *a, const struct paths *ps, const char *(*shown)[DEPTH_MOST],
                         size_t step, struct str from, const struct str *to)
{
    struct sum s = {0};
    int64_t last = -1;
    for (size_t i = 0; i < ps->path.n; i++)
        if (goes(a, &ps->path.at[i], shown[i], step, from, to)) {
            s.paths++;
            s.users += ps->path.at[i].user != last;
            last = ps->path.at[i].user;
        }
    return s;
}

/* ---- random questions */

static void maybe_cond(struct ask *a, struct rand *r, const char *name, struct log_cond *c, bool *has)
{
    *has = true;
    log_cond_random(c, r);
    query_add(&a->query, name, c->text);
}

static void random_gap(struct ask *a, struct rand *r)
{
    static const char *const text[] = {"none", "30m", "2s", "1ms", "3h"};
    static const int64_t us[] = {INT64_MAX, 1800000000, 2000000, 1000, 10800000000};
    uint32_t k = rand_below(r, 5);
    a->gap = us[k];
    query_add(&a->query, "gap", text[k]);
}

static void add_number(struct query *q, const char *name, int64_t v)
{
    char text[24];
    snprintf(text, sizeof(text), "%lld", (long long)v);
    query_add(q, name, text);
}

static void random_period(struct ask *a, struct rand *r)
{
    a->from = INT64_MIN;
    a->to = INT64_MAX;
    if (!a->log.row.n || rand_below(r, 3))
        return;
    struct buf b = {0};
    a->from = a->log.row.at[rand_below(r, (uint32_t)a->log.row.n)].time;
    zone_put_rfc3339(a->log.zone, &b, a->from);
    query_add(&a->query, "from", b.p);
    if (rand_below(r, 2)) {
        buf_clear(&b);
        a->to = a->from + 5000000;
        zone_put_rfc3339(a->log.zone, &b, a->to);
        query_add(&a->query, "to", b.p);
    }
    buf_done(&b);
}

static void ask_random(struct ask *a, uint64_t seed, const char *analysis)
{
    struct rand r;
    rand_seed(&r, seed);
    *a = (struct ask){.seed = seed};
    log_random(&a->log, &r, log_small(&r));
    query_init(&a->query, analysis);
    query_add(&a->query, "tz", a->log.tz);
    random_gap(a, &r);
    random_period(a, &r);
    a->top = rand_below(&r, LOG_EVENTS + 1);
    add_number(&a->query, "top", a->top);
    if (rand_below(&r, 4) == 0)
        maybe_cond(a, &r, "where", &a->where, &a->has_where);
    if (strcmp(analysis, "paths") != 0)
        return;
    a->depth = 2 + rand_below(&r, DEPTH_MOST - 1);
    a->min = rand_below(&r, 2) ? 0 : rand_below(&r, 5);
    add_number(&a->query, "depth", a->depth);
    add_number(&a->query, "min", a->min);
    uint32_t side = rand_below(&r, 3);
    if (side == 1)
        maybe_cond(a, &r, "start", &a->start, &a->has_start);
    if (side == 2)
        maybe_cond(a, &r, "end", &a->end, &a->has_end);
    if (rand_below(&r, 4) == 0)
        maybe_cond(a, &r, "hide", &a->hide, &a->has_hide);
    if ((a->collapse = rand_below(&r, 3) == 0))
        query_add(&a->query, "collapse", "");
}

static void ask_done(struct ask *a)
{
    query_done(&a->query);
    log_done(&a->log);
}

/* ---- comparing paths */

static int64_t cell(const struct rows *t, size_t row, const char *column)
{
    return rows_get(t, row, column)->i;
}

static void compare_links(const struct ask *a, const struct paths *ps, const char *(*shown)[DEPTH_MOST],
                          const struct rows *t)
{
    int64_t total = 0, expected = 0;
    for (size_t i = 0; i < t->n; i++) {
        struct str from = rows_get(t, i, "from")->text, to = rows_get(t, i, "to")->text;
        struct sum s = sum_up(a, ps, shown, (size_t)cell(t, i, "step") - 1, from, &to);
        log_expect(s.paths == cell(t, i, "count") && s.paths > 0, a->seed, &a->query, "count of a link");
        log_expect(s.users == cell(t, i, "users"), a->seed, &a->query, "users of a link");
        total += s.paths;
        for (size_t k = 0; k < i; k++)
            log_expect(cell(t, k, "step") != cell(t, i, "step") ||
                           !str_eq(rows_get(t, k, "from")->text, from) ||
                           !str_eq(rows_get(t, k, "to")->text, to),
                       a->seed, &a->query, "a link twice");
    }
    for (size_t i = 0; i < ps->path.n; i++) {
        size_t n = ps->path.at[i].n;
        expected +=
            n > (size_t)a->depth ? a->depth - 1 : (int64_t)n; /* links between, and (end) when it is shown */
    }
    log_expect(total == expected, a->seed, &a->query, "all links together");
}

static void compare_nodes(const struct ask *a, const struct paths *ps, const char *(*shown)[DEPTH_MOST],
                          const struct rows *nodes, const struct rows *links)
{
    int64_t begun = 0;
    for (size_t i = 0; i < nodes->n; i++) {
        int64_t step = cell(nodes, i, "step"), leaving = 0, arriving = 0;
        struct str name = rows_get(nodes, i, "name")->text;
        struct sum s = sum_up(a, ps, shown, (size_t)step - 1, name, NULL);
        log_expect(s.paths == cell(nodes, i, "count"), a->seed, &a->query, "count of a node");
        log_expect(s.users == cell(nodes, i, "users"), a->seed, &a->query, "users of a node");
        log_expect(cell(nodes, i, "in") == cell(nodes, i, "out") + cell(nodes, i, "ended"), a->seed,
                   &a->query, "in = out + ended");
        for (size_t k = 0; k < links->n; k++) {
            bool end = str_eq(rows_get(links, k, "to")->text, STR("(end)"));
            if (cell(links, k, "step") == step && str_eq(rows_get(links, k, "from")->text, name) && !end)
                leaving += cell(links, k, "count");
            if (cell(links, k, "step") == step - 1 && str_eq(rows_get(links, k, "to")->text, name))
                arriving += cell(links, k, "count");
        }
        log_expect(step == a->depth || leaving == cell(nodes, i, "out"), a->seed, &a->query,
                   "rows that leave = out");
        log_expect(step == 1 || arriving == cell(nodes, i, "in"), a->seed, &a->query,
                   "rows that arrive = in");
        begun += step == 1 ? cell(nodes, i, "in") : 0;
    }
    log_expect(begun == (int64_t)ps->path.n, a->seed, &a->query, "all paths begin");
}

static void compare_users(struct ask *a, struct env *e, const struct paths *ps,
                          const char *(*shown)[DEPTH_MOST], const struct result *r)
{
    if (!r->rows.n)
        return;
    size_t row = a->seed % r->rows.n, at = 0;
    int64_t last = -1;
    const char *who = rows_get(&r->rows, row, "count")->who;
    struct str from = rows_get(&r->rows, row, "from")->text, to = rows_get(&r->rows, row, "to")->text;
    size_t step = (size_t)cell(&r->rows, row, "step") - 1;
    query_set(&a->query, "users", who);
    query_set(&a->query, "top", a->top ? query_get(&a->query, "top") : "0");
    struct result *list = log_ask(e, &a->query, a->seed);
    /* --top also cuts the list; its true size is in the summary. */
    log_expect(object_get(&list->summary, "users")->i == cell(&r->rows, row, "users"), a->seed, &a->query,
               "size of the list");
    for (size_t i = 0; i < ps->path.n; i++)
        if (goes(a, &ps->path.at[i], shown[i], step, from, &to) && ps->path.at[i].user != last) {
            last = ps->path.at[i].user;
            if (at < list->rows.n)
                log_expect(str_eq(rows_get(&list->rows, at, "user")->text, str_of(log_user((uint32_t)last))),
                           a->seed, &a->query, "user listed");
            at++;
        }
    result_free(list);
    query_set(&a->query, "users", NULL);
}

static void one_round(uint64_t seed)
{
    struct ask a;
    struct paths ps;
    ask_random(&a, seed, "paths");
    list_paths(&a, &ps);
    const char *(*shown)[DEPTH_MOST] = mem_zalloc((ps.path.n + 1) * sizeof(*shown));
    show(&a, &ps, shown);
    struct env *e = log_fake(&a.log);
    struct result *r = log_ask(e, &a.query, seed);
    log_expect(object_get(&r->summary, "paths")->i == (int64_t)ps.path.n, seed, &a.query, "paths");
    log_expect(object_get(&r->summary, "sessions")->i == ps.sessions, seed, &a.query, "sessions");
    compare_links(&a, &ps, shown, &r->rows);
    compare_nodes(&a, &ps, shown, object_get(&r->summary, "nodes")->rows, &r->rows);
    compare_users(&a, e, &ps, shown, r);
    result_free(r);
    log_fake_free(e);
    free(shown);
    vec_done(&ps.path);
    ask_done(&a);
}

static void test_paths(void **state)
{
    (void)state;
    uint64_t first = log_first_seed();
    for (uint64_t i = 0; i < log_rounds(4000); i++)
        one_round(first + i);
}

/* ---- transitions */

struct step {
    uint32_t user;
    int from, to;
    int64_t pause;
};
struct steps {
    VEC(struct step) step;
    const char *shown[LOG_EVENTS];
};

static void list_steps(const struct ask *a, struct steps *out)
{
    const struct log_row *row, *last = NULL;
    size_t at = 0, n;
    *out = (struct steps){0};
    for (; log_next_user(&a->log, &at, &row, &n); last = NULL)
        for (size_t i = 0; i < n; i++) {
            if (a->has_where && !log_cond_holds(&a->where, &a->log, &row[i]))
                continue;
            if (last && row[i].time - last->time <= a->gap && last->time >= a->from && last->time <= a->to)
                vec_push(&out->step,
                         (struct step){row[i].user, last->event, row[i].event, row[i].time - last->time});
            last = &row[i];
        }
}

static void show_steps(const struct ask *a, struct steps *s)
{
    struct counted c[LOG_EVENTS];
    for (int e = 0; e < LOG_EVENTS; e++) {
        c[e] = (struct counted){log_event[e], 0};
        for (size_t i = 0; i < s->step.n; i++)
            c[e].n += (s->step.at[i].from == e) + (s->step.at[i].to == e);
    }
    qsort(c, LOG_EVENTS, sizeof(*c), counted_cmp);
    for (int e = 0; e < LOG_EVENTS; e++) {
        s->shown[e] = "(other)";
        for (int k = 0; k < LOG_EVENTS && (a->top == 0 || k < a->top); k++)
            if (c[k].name == log_event[e])
                s->shown[e] = c[k].name;
    }
}

static int i64_cmp(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void compare_steps(const struct ask *a, const struct steps *s, const struct rows *t)
{
    int64_t total = 0;
    for (size_t i = 0; i < t->n; i++) {
        struct str from = rows_get(t, i, "from")->text, to = rows_get(t, i, "to")->text;
        VEC(int64_t) pause = {0};
        int64_t users = 0, last = -1, leaving = 0;
        for (size_t k = 0; k < s->step.n; k++) {
            const struct step *x = &s->step.at[k];
            bool same = str_eq(str_of(s->shown[x->from]), from);
            leaving += same;
            if (!same || !str_eq(str_of(s->shown[x->to]), to))
                continue;
            vec_push(&pause, x->pause);
            users += x->user != last;
            last = x->user;
        }
        log_expect((int64_t)pause.n == cell(t, i, "count"), a->seed, &a->query, "count");
        log_expect(users == cell(t, i, "users"), a->seed, &a->query, "users");
        log_expect(rows_get(t, i, "share")->ratio.part == (int64_t)pause.n &&
                       rows_get(t, i, "share")->ratio.whole == leaving,
                   a->seed, &a->query, "share");
        qsort(pause.at, pause.n, sizeof(*pause.at), i64_cmp);
        double median = ((double)pause.at[(pause.n - 1) / 2] + (double)pause.at[pause.n / 2]) / 2;
        log_expect(rows_get(t, i, "median_s")->d == median / 1e6, a->seed, &a->query, "median_s");
        total += (int64_t)pause.n;
        vec_done(&pause);
    }
    log_expect(total == (int64_t)s->step.n, a->seed, &a->query, "all steps");
}

static void compare_step_users(struct ask *a, struct env *e, const struct result *r)
{
    if (!r->rows.n)
        return;
    size_t row = a->seed % r->rows.n;
    query_set(&a->query, "users", rows_get(&r->rows, row, "users")->who);
    struct result *list = log_ask(e, &a->query, a->seed);
    log_expect(object_get(&list->summary, "users")->i == cell(&r->rows, row, "users"), a->seed, &a->query,
               "size of the list");
    result_free(list);
}

static void test_transitions(void **state)
{
    (void)state;
    uint64_t first = log_first_seed();
    for (uint64_t i = 0; i < log_rounds(4000); i++) {
        struct ask a;
        struct steps s;
        ask_random(&a, first + i, "transitions");
        list_steps(&a, &s);
        show_steps(&a, &s);
        struct env *e = log_fake(&a.log);
        struct result *r = log_ask(e, &a.query, a.seed);
        compare_steps(&a, &s, &r->rows);
        compare_step_users(&a, e, r);
        result_free(r);
        log_fake_free(e);
        vec_done(&s.step);
        ask_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_paths), cmocka_unit_test(test_transitions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
