/* paths_test.c - paths against a slow count over lists of names (paths_world.c), with every option;
 * conservation at every node; from A to B as the funnel counts it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "model/registry.h"
#include "paths_world.h"

/* ---- sums over the slow paths */

struct sum {
    int64_t paths, users, began, events, ended;
    VEC(int64_t) pause;
};

/* Paths through a node, or along a link when `to` is given; only those whose `keep` is set, when there are
 * flags. */
static struct sum sum_up(const struct world_paths *ps, const bool *keep, int group, size_t place,
                         struct str from, const struct str *to)
{
    struct sum s = {0};
    int64_t last = -1;
    for (size_t i = 0; i < ps->path.n; i++) {
        const struct world_path *p = &ps->path.at[i];
        if (!p->in[group] || (keep && !keep[i]) || !world_goes(p, place, from, to))
            continue;
        s.paths++;
        s.users += p->user != last;
        s.began += p->begin == place;
        s.events += p->step[place].events;
        s.ended += p->end == place + 1 && !p->more;
        if (place + 1 < p->end)
            vec_push(&s.pause, llabs(p->step[place + 1].time - p->step[place].time));
        last = p->user;
    }
    return s;
}

static int64_t paths_in(const struct world_paths *ps, const bool *keep, int group)
{
    int64_t n = 0;
    for (size_t i = 0; i < ps->path.n; i++)
        n += ps->path.at[i].in[group] && (!keep || keep[i]);
    return n;
}

/* ---- links and nodes */

static void check_link(const struct world *w, const struct world_paths *ps, const bool *keep,
                       const struct rows *t, size_t row)
{
    struct str from = text(t, row, "from"), to = text(t, row, "to");
    size_t place = world_place_of(w, cell(t, row, "step"));
    struct sum s = sum_up(ps, keep, 0, place, from, &to);
    EXPECT(s.paths == cell(t, row, "count"), w, "count of a link");
    EXPECT(s.users == cell(t, row, "users"), w, "users of a link");
    if (w->times && s.pause.n)
        EXPECT(rows_get(t, row, "median_s")->d == world_median(s.pause.at, s.pause.n), w,
               "median_s of a link");
    if (w->comparing) {
        struct sum o = sum_up(ps, keep, 1, place, from, &to);
        EXPECT(o.paths == cell(t, row, "compare_count") && o.users == cell(t, row, "compare_users"), w,
               "compared link");
        EXPECT(rows_get(t, row, "share")->ratio.whole == paths_in(ps, keep, 0) &&
                   rows_get(t, row, "compare_share")->ratio.whole == paths_in(ps, keep, 1),
               w, "share of all paths");
        vec_done(&o.pause);
    } else {
        EXPECT(s.paths > 0, w, "an empty link");
    }
    for (size_t k = 0; k < row; k++)
        EXPECT(cell(t, k, "step") != cell(t, row, "step") || !str_eq(text(t, k, "from"), from) ||
                   !str_eq(text(t, k, "to"), to),
               w, "a link twice");
    vec_done(&s.pause);
}

static void check_links(const struct world *w, const struct world_paths *ps, const bool *keep,
                        const struct rows *t)
{
    int64_t total = 0, expected = 0;
    for (size_t i = 0; i < t->n; i++) {
        check_link(w, ps, keep, t, i);
        total += cell(t, i, "count");
    }
    for (size_t i = 0; i < ps->path.n; i++) {
        const struct world_path *p = &ps->path.at[i];
        if (p->in[0] && (!keep || keep[i]))
            expected +=
                (int64_t)(p->end - p->begin) - p->more; /* links between, and (end) when it is shown */
    }
    EXPECT(total == expected, w, "all links together");
}

/* in = out + ended; rows that leave add up to out, rows that arrive and paths that begin to in. */
static void check_conservation(const struct world *w, const struct rows *nodes, size_t i,
                               const struct rows *links, int64_t began)
{
    int64_t step = cell(nodes, i, "step"), leaving = 0, arriving = 0, in = cell(nodes, i, "in");
    struct str name = text(nodes, i, "name");
    EXPECT(in == cell(nodes, i, "out") + cell(nodes, i, "ended"), w, "in = out + ended");
    for (size_t k = 0; k < links->n; k++) {
        bool end = str_eq(text(links, k, "to"), STR("(end)"));
        if (cell(links, k, "step") == step && str_eq(text(links, k, "from"), name) && !end)
            leaving += cell(links, k, "count");
        if (cell(links, k, "step") == step - 1 && str_eq(text(links, k, "to"), name))
            arriving += cell(links, k, "count");
    }
    bool last = step == world_step_of(w, w->places - 1);
    EXPECT(last || leaving == cell(nodes, i, "out"), w, "rows that leave = out");
    EXPECT(arriving + began == in, w, "rows that arrive and paths that begin = in");
}

static void check_nodes(const struct world *w, const struct world_paths *ps, const bool *keep,
                        const struct rows *nodes, const struct rows *links)
{
    int64_t begun = 0;
    for (size_t i = 0; i < nodes->n; i++) {
        struct sum s =
            sum_up(ps, keep, 0, world_place_of(w, cell(nodes, i, "step")), text(nodes, i, "name"), NULL);
        EXPECT(s.paths == cell(nodes, i, "count"), w, "count of a node");
        EXPECT(s.users == cell(nodes, i, "users"), w, "users of a node");
        EXPECT(s.ended == cell(nodes, i, "ended"), w, "ended at a node");
        if (w->has_centre)
            EXPECT(s.began == cell(nodes, i, "began"), w, "began at a node");
        if (w->collapse)
            EXPECT(s.events == cell(nodes, i, "events"), w, "events of a node");
        check_conservation(w, nodes, i, links, s.began);
        begun += s.began;
        vec_done(&s.pause);
    }
    EXPECT(begun == paths_in(ps, keep, 0), w, "all paths begin");
}

static void check_flow(const struct world *w, const struct world_paths *ps, const bool *keep,
                       const struct result *r)
{
    EXPECT(object_get(&r->summary, "paths")->i == paths_in(ps, keep, 0), w, "paths");
    EXPECT(object_get(&r->summary, "sessions")->i == ps->sessions, w, "sessions");
    check_links(w, ps, keep, &r->rows);
    check_nodes(w, ps, keep, object_get(&r->summary, "nodes")->rows, &r->rows);
}

/* ---- who stands behind a number, and paths through it */

static void check_list_of_users(const struct world *w, const struct world_paths *ps, const bool *keep,
                                int group, size_t place, struct str from, const struct str *to,
                                const struct result *list)
{
    int64_t last = -1, users = 0;
    size_t at = 0;
    for (size_t i = 0; i < ps->path.n; i++) {
        const struct world_path *p = &ps->path.at[i];
        if (!p->in[group] || (keep && !keep[i]) || p->user == last || !world_goes(p, place, from, to))
            continue;
        last = p->user;
        users++;
        if (at < list->rows.n)
            EXPECT(str_eq(text(&list->rows, at, "user"), str_of(log_user((uint32_t)last))), w, "user listed");
        at++;
    }
    EXPECT(object_get(&list->summary, "users")->i == users, w, "size of the list");
}

static void check_users(struct world *w, struct env *e, const struct world_paths *ps, const struct result *r)
{
    if (!r->rows.n)
        return;
    size_t row = w->seed % r->rows.n;
    int group = w->comparing && w->seed % 2;
    const char *who = rows_get(&r->rows, row, group ? "compare_count" : "count")->who;
    struct str from = text(&r->rows, row, "from"), to = text(&r->rows, row, "to");
    if (!who)
        return;
    query_set(&w->query, "users", who);
    struct result *list = log_ask(e, &w->query, w->seed);
    check_list_of_users(w, ps, NULL, group, world_place_of(w, cell(&r->rows, row, "step")), from, &to, list);
    result_free(list);
    query_set(&w->query, "users", NULL);
}

/* Everyone with a path: the summary's own numbers have customers behind them too. */
static void check_everyone(struct world *w, struct env *e, const struct world_paths *ps,
                           const struct result *r)
{
    int group = w->comparing && w->seed % 2;
    const struct value *number = object_get(&r->summary, group ? "compare_users" : "users");
    int64_t last = -1, users = 0;
    for (size_t i = 0; i < ps->path.n; i++)
        if (ps->path.at[i].in[group] && ps->path.at[i].user != last) {
            last = ps->path.at[i].user;
            users++;
        }
    query_set(&w->query, "users", number->who);
    struct result *list = log_ask(e, &w->query, w->seed);
    EXPECT(object_get(&list->summary, "users")->i == users && number->i == users, w, "everyone");
    result_free(list);
    query_set(&w->query, "users", NULL);
}

/* The same question through one of its nodes, or along one of its links: exact membership. */
static void check_through(struct world *w, struct env *e, const struct world_paths *ps,
                          const struct result *r)
{
    const struct rows *nodes = object_get(&r->summary, "nodes")->rows, *t = w->seed % 3 ? nodes : &r->rows;
    if (!t->n)
        return;
    size_t row = (w->seed / 3) % t->n, place = world_place_of(w, cell(t, row, "step"));
    bool link = t != nodes;
    struct str from = text(t, row, link ? "from" : "name"), to = link ? text(t, row, "to") : STR("");
    const char *who = rows_get(t, row, "count")->who;
    bool *keep = mem_zalloc(ps->path.n + 1);
    if (who) {
        for (size_t i = 0; i < ps->path.n; i++)
            keep[i] = world_goes(&ps->path.at[i], place, from, link ? &to : NULL);
        query_set(&w->query, "through", who);
        struct result *through = log_ask(e, &w->query, w->seed);
        check_flow(w, ps, keep, through);
        EXPECT(object_get(&through->summary, "paths")->i == cell(t, row, "count"), w,
               "paths through a node = its count");
        result_free(through);
        query_set(&w->query, "through", NULL);
    }
    free(keep);
}

static void flow_round(uint64_t seed)
{
    struct world w;
    struct world_paths ps;
    world_random(&w, seed, false);
    world_paths(&w, &ps);
    world_fold(&w, &ps);
    struct env *e = log_fake(&w.log);
    struct result *r = log_ask(e, &w.query, seed);
    check_flow(&w, &ps, NULL, r);
    check_users(&w, e, &ps, r);
    check_everyone(&w, e, &ps, r);
    check_through(&w, e, &ps, r);
    result_free(r);
    log_fake_free(e);
    vec_done(&ps.path);
    world_done(&w);
}

static void test_flow(void **state)
{
    (void)state;
    uint64_t first = log_first_seed();
    for (uint64_t i = 0; i < log_rounds(6000); i++)
        flow_round(first + i);
}

/* ---- from A to B as the funnel counts it */

static int64_t ask_number(struct env *e, const struct query *q, uint64_t seed, const char *field)
{
    struct result *r = log_ask(e, q, seed);
    int64_t n = object_get(&r->summary, field)->i;
    result_free(r);
    return n;
}

static bool has_window(const char *word)
{
    const struct param_info *p = registry_param(registry_find("funnel"), "window");
    return registry_choice(p->choices, word);
}

static void funnel_round(uint64_t seed, bool session)
{
    struct rand r;
    struct log log;
    struct log_cond a, b;
    struct query paths, funnel;
    rand_seed(&r, seed);
    log_random(&log, &r, log_small(&r));
    log_cond_random(&a, &r);
    log_cond_random(&b, &r);
    query_init(&paths, "paths");
    query_add(&paths, "start", a.text);
    query_add(&paths, "end", b.text);
    query_add(&paths, "gap", session ? "30m" : "none");
    query_init(&funnel, "funnel");
    query_add(&funnel, "step", a.text);
    query_add(&funnel, "step", b.text);
    query_add(&funnel, "window", session ? "same-session" : "none");
    struct env *e = log_fake(&log);
    log_expect(ask_number(e, &paths, seed, "users") == ask_number(e, &funnel, seed, "converted"), seed,
               &paths, "customers from A to B = the funnel's");
    log_fake_free(e);
    query_done(&paths);
    query_done(&funnel);
    log_done(&log);
}

static void test_funnel(void **state)
{
    (void)state;
    uint64_t first = log_first_seed();
    for (uint64_t i = 0; i < log_rounds(2000); i++) {
        funnel_round(first + i, false);
        if (has_window("same-session"))
            funnel_round(first + i, true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_flow), cmocka_unit_test(test_funnel)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
