/* paths_list_test.c - whole paths, unusual ones, and how paths begin, against a slow count over lists of
 * names (paths_world.c). */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analysis/paths_list_p.h"
#include "paths_world.h"

/* ---- whole paths */

struct listed {
    const struct world_path *path;
    int64_t count, users, goals, last;
    double score;
    VEC(int64_t) time;
};
struct list {
    VEC(struct listed) at;
    int64_t count, rest, rest_users, rest_last;
};

static bool same_path(const struct world_path *a, const struct world_path *b)
{
    size_t n = a->end - a->begin;
    if (n != b->end - b->begin || a->more != b->more)
        return false;
    for (size_t i = 0; i < n; i++)
        if (strcmp(a->step[a->begin + i].name, b->step[b->begin + i].name) != 0)
            return false;
    return true;
}

static void list_up(const struct world_paths *ps, struct list *l)
{
    *l = (struct list){0};
    for (size_t i = 0; i < ps->path.n; i++) {
        const struct world_path *p = &ps->path.at[i];
        size_t k = 0;
        if (!p->in[0])
            continue;
        while (k < l->at.n && !same_path(l->at.at[k].path, p))
            k++;
        if (k == l->at.n)
            vec_push(&l->at, (struct listed){.path = p, .last = -1});
        struct listed *x = &l->at.at[k];
        x->count++;
        x->users += x->last != p->user;
        x->last = p->user;
        x->goals += p->goal;
        vec_push(&x->time, p->last - p->first);
        l->count++;
    }
}

/* -log2 of how often `to` (NULL: the end) follows `from`. */
static double surprisal(const struct world_paths *ps, const char *from, const char *to)
{
    double next = 0.5, all = 0;
    const char *kind[LOG_EVENTS + WORLD_SETS + 2];
    size_t kinds = 0;
    for (size_t i = 0; i < ps->path.n; i++) {
        const struct world_path *p = &ps->path.at[i];
        for (size_t s = p->begin; p->in[0] && s < p->end; s++) {
            bool last = s + 1 == p->end, here = strcmp(p->step[s].name, from) == 0;
            size_t k = 0;
            bool counts = !(last && p->more) || s > p->begin;
            while (k < kinds && strcmp(kind[k], p->step[s].name) != 0)
                k++;
            if (k == kinds && counts)
                kind[kinds++] = p->step[s].name;
            if (!here || (last && p->more))
                continue;
            all++;
            next += last ? !to : to && strcmp(p->step[s + 1].name, to) == 0;
        }
    }
    return -log2(next / (all + 0.5 * (double)(kinds + 1)));
}

static double score(const struct world_paths *ps, const struct world_path *p)
{
    double sum = 0;
    int n = 0;
    for (size_t s = p->begin; s < p->end; s++) {
        bool last = s + 1 == p->end;
        if (last && p->more)
            continue;
        sum += surprisal(ps, p->step[s].name, last ? NULL : p->step[s + 1].name);
        n++;
    }
    return n ? sum / n : 0;
}

static bool is_path(const struct world_path *p, const struct value *v)
{
    size_t n = p->end - p->begin;
    if (v->list.n != n + p->more || (p->more && !str_eq(v->list.at[n].text, STR("(...)"))))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!str_eq(v->list.at[i].text, str_of(p->step[p->begin + i].name)))
            return false;
    return true;
}

static struct listed *find_listed(struct list *l, const struct value *path)
{
    for (size_t i = 0; i < l->at.n; i++)
        if (is_path(l->at.at[i].path, path))
            return &l->at.at[i];
    return NULL;
}

static void check_row(const struct world *w, struct list *l, const struct rows *t, size_t row, bool rare)
{
    struct listed *x = find_listed(l, rows_get(t, row, "path"));
    EXPECT(x, w, "a path that nobody took");
    EXPECT(x->count == cell(t, row, "count") && x->users == cell(t, row, "users"), w,
           "count and users of a path");
    EXPECT(rows_get(t, row, "median_s")->d == world_median(x->time.at, x->time.n), w, "median_s of a path");
    EXPECT(!w->has_goal || cell(t, row, "goal") == x->goals, w, "paths that reach the goal");
    if (rare)
        EXPECT(fabs(rows_get(t, row, "surprisal")->d - x->score) < 0.00051, w, "surprisal");
}

/* No path left out is worth more than one listed; what is left out is in the last row. */
static void check_rest(const struct world *w, struct list *l, const struct world_paths *ps,
                       const struct rows *t, size_t listed, bool rare)
{
    int64_t rest = l->count, users = 0, last = -1;
    double least = 1e9;
    for (size_t i = 0; i < listed; i++) {
        double worth = rare ? rows_get(t, i, "surprisal")->d : (double)cell(t, i, "count");
        EXPECT(worth <= least, w, "order of the list");
        least = worth;
        rest -= cell(t, i, "count");
    }
    for (size_t i = 0; i < ps->path.n; i++) {
        const struct world_path *p = &ps->path.at[i];
        bool in_list = !p->in[0];
        for (size_t k = 0; k < listed && !in_list; k++)
            in_list = is_path(p, rows_get(t, k, "path"));
        users += !in_list && p->user != last;
        last = in_list ? last : p->user;
    }
    for (size_t i = 0; i < l->at.n; i++) {
        bool in_list = false;
        for (size_t k = 0; k < listed; k++)
            in_list |= is_path(l->at.at[i].path, rows_get(t, k, "path"));
        EXPECT(in_list || (rare ? l->at.at[i].score <= least + 0.001 : (double)l->at.at[i].count <= least), w,
               "a path that belongs into the list");
    }
    EXPECT((t->n > listed) == (rest > 0), w, "a row for the rest");
    if (rest)
        EXPECT(cell(t, listed, "count") == rest && cell(t, listed, "users") == users, w, "the rest");
}

/* By the definition, over all paths. */
static int64_t count_abnormal(const struct list *l)
{
    VEC(double) all = {0};
    int64_t abnormal = 0;
    for (size_t i = 0; i < l->at.n; i++)
        for (int64_t k = 0; k < l->at.at[i].count; k++)
            vec_push(&all, (double)llround(l->at.at[i].score * 1000));
    for (int pass = 0; pass < 1 && all.n; pass++) {
        double *v = mem_alloc(all.n * sizeof(*v));
        int64_t *sorted = mem_alloc(all.n * sizeof(*sorted));
        for (size_t i = 0; i < all.n; i++)
            sorted[i] = (int64_t)all.at[i];
        double middle = world_median(sorted, all.n) * 1e6;
        for (size_t i = 0; i < all.n; i++)
            sorted[i] = (int64_t)fabs(2 * (all.at[i] - middle));
        double mad = world_median(sorted, all.n) * 1e6 / 2;
        for (size_t i = 0; i < all.n; i++) {
            size_t as_high = 0;
            for (size_t k = 0; k < all.n; k++)
                as_high += all.at[k] >= all.at[i];
            abnormal += as_high * 100 <= all.n || (mad > 0 && 0.6745 * (all.at[i] - middle) / mad > 3.5);
        }
        free(v);
        free(sorted);
    }
    vec_done(&all);
    return abnormal;
}

static void check_path_users(struct world *w, struct env *e, struct list *l, const struct rows *t,
                             size_t listed)
{
    char who[32];
    if (!listed)
        return;
    size_t row = w->seed % listed;
    snprintf(who, sizeof(who), "path %zu", row + 1);
    query_set(&w->query, "users", who);
    struct result *users = log_ask(e, &w->query, w->seed);
    EXPECT(object_get(&users->summary, "users")->i == find_listed(l, rows_get(t, row, "path"))->users, w,
           "users of a path");
    result_free(users);
    query_set(&w->query, "users", NULL);
}

static void list_round(uint64_t seed)
{
    struct world w;
    struct world_paths ps;
    struct list l;
    bool rare = seed % 2;
    world_random(&w, seed, true);
    query_add(&w.query, rare ? "rare" : "list", "");
    world_paths(&w, &ps);
    list_up(&ps, &l);
    for (size_t i = 0; rare && i < l.at.n; i++)
        l.at.at[i].score = score(&ps, l.at.at[i].path);
    struct env *e = log_fake(&w.log);
    struct result *r = log_ask(e, &w.query, seed);
    size_t listed = w.top && l.at.n > (size_t)w.top ? (size_t)w.top : l.at.n;
    EXPECT(object_get(&r->summary, "paths")->i == l.count, &w, "paths");
    EXPECT(object_get(&r->summary, "different")->i == (int64_t)l.at.n, &w, "different paths");
    EXPECT(r->rows.n == listed || r->rows.n == listed + 1, &w, "rows");
    for (size_t i = 0; i < listed; i++)
        check_row(&w, &l, &r->rows, i, rare);
    check_rest(&w, &l, &ps, &r->rows, listed, rare);
    if (rare)
        EXPECT(object_get(&r->summary, "abnormal")->i == count_abnormal(&l), &w, "abnormal paths");
    check_path_users(&w, e, &l, &r->rows, listed);
    result_free(r);
    log_fake_free(e);
    for (size_t i = 0; i < l.at.n; i++)
        vec_done(&l.at.at[i].time);
    vec_done(&l.at);
    vec_done(&ps.path);
    world_done(&w);
}

/* In one scan, or in as many as a small table needs. */
static void random_table(uint64_t seed)
{
    static const size_t most[] = {1, 3, 1 << 19};
    paths_list_most = most[seed / 2 % 3];
}

static void test_list(void **state)
{
    (void)state;
    uint64_t first = log_first_seed();
    for (uint64_t i = 0; i < log_rounds(3000); i++) {
        random_table(first + i);
        list_round(first + i);
    }
}

/* ---- how paths begin */

static bool begins(const struct world_path *p, const struct value *names)
{
    if (p->end - p->begin < names->list.n)
        return false;
    for (size_t i = 0; i < names->list.n; i++)
        if (!str_eq(names->list.at[i].text, str_of(p->step[p->begin + i].name)))
            return false;
    return true;
}

static void check_branch(const struct world *w, const struct world_paths *ps, const struct rows *t,
                         size_t row)
{
    const struct value *names = rows_get(t, row, "path");
    int64_t count = 0, users = 0, last = -1, ended = 0, children = 0, level = cell(t, row, "level");
    VEC(int64_t) time = {0};
    for (size_t i = 0; i < ps->path.n; i++) {
        const struct world_path *p = &ps->path.at[i];
        if (!p->in[0] || !begins(p, names))
            continue;
        count++;
        users += p->user != last;
        last = p->user;
        ended += !p->more && p->end - p->begin == names->list.n;
        vec_push(&time, llabs(p->step[p->begin + names->list.n - 1].time - p->step[p->begin].time));
    }
    EXPECT(count > 0 && count == cell(t, row, "count") && users == cell(t, row, "users"), w,
           "count and users of a beginning");
    EXPECT(ended == cell(t, row, "ended"), w, "paths that end so");
    EXPECT(rows_get(t, row, "median_s")->d == world_median(time.at, time.n), w, "median time to there");
    for (size_t i = row + 1; i < t->n && cell(t, i, "level") > level; i++)
        children += cell(t, i, "level") == level + 1 ? cell(t, i, "count") : 0;
    EXPECT(children + ended <= count, w, "children and ended within the row");
    EXPECT(row == 0 || level <= cell(t, row - 1, "level") + 1, w, "parents before children");
    vec_done(&time);
}

static size_t count_beginnings(const struct world_paths *ps)
{
    size_t n = 0;
    for (size_t i = 0; i < ps->path.n; i++)
        for (size_t k = 1; ps->path.at[i].in[0] && k <= ps->path.at[i].end - ps->path.at[i].begin; k++) {
            bool seen = false;
            for (size_t o = 0; o < i && !seen; o++) {
                const struct world_path *a = &ps->path.at[i], *b = &ps->path.at[o];
                seen = b->in[0] && b->end - b->begin >= k;
                for (size_t x = 0; x < k && seen; x++)
                    seen = strcmp(a->step[a->begin + x].name, b->step[b->begin + x].name) == 0;
            }
            n += !seen;
        }
    return n;
}

static void tree_round(uint64_t seed)
{
    struct world w;
    struct world_paths ps;
    world_random(&w, seed, true);
    query_set(&w.query, "goal", NULL);
    query_add(&w.query, "tree", "");
    world_paths(&w, &ps);
    struct env *e = log_fake(&w.log);
    struct result *r = log_ask(e, &w.query, seed);
    size_t all = count_beginnings(&ps), listed = w.top && all > (size_t)w.top ? (size_t)w.top : all;
    EXPECT(object_get(&r->summary, "different")->i == (int64_t)all && r->rows.n == listed, &w, "beginnings");
    for (size_t i = 0; i < r->rows.n; i++)
        check_branch(&w, &ps, &r->rows, i);
    if (r->rows.n) {
        size_t row = seed % r->rows.n;
        query_set(&w.query, "users", rows_get(&r->rows, row, "count")->who);
        struct result *users = log_ask(e, &w.query, seed);
        EXPECT(object_get(&users->summary, "users")->i == cell(&r->rows, row, "users"), &w,
               "users of a beginning");
        result_free(users);
    }
    result_free(r);
    log_fake_free(e);
    vec_done(&ps.path);
    world_done(&w);
}

static void test_tree(void **state)
{
    (void)state;
    uint64_t first = log_first_seed();
    for (uint64_t i = 0; i < log_rounds(2000); i++) {
        random_table(first + i);
        tree_round(first + i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_list), cmocka_unit_test(test_tree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
