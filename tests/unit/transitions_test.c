/* transitions_test.c - direct steps against a slow count over lists of names. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analysis/transitions_p.h"
#include "analysis_log.h"

struct question {
    uint64_t seed;
    struct log log;
    struct query query;
    struct log_cond where;
    bool has_where;
    struct log_sessions session;
    int64_t from, to, top;
};

struct counted {
    const char *name;
    int64_t n;
};

static int counted_cmp(const void *a, const void *b)
{
    const struct counted *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n ? 1 : -1) : strcmp(x->name, y->name);
}

/* So that small stores go every way: fine and coarse buckets, no room for what is kept. */
static void limits_random(struct rand *r)
{
    static const uint64_t buckets[] = {1, 1 << 10, 1 << 23}, room[] = {0, 4, 1 << 20};
    transitions_limits = (struct transitions_limits){buckets[rand_below(r, 3)], room[rand_below(r, 3)]};
}

static void question_random(struct question *a, uint64_t seed)
{
    struct rand r;
    char text[24];
    rand_seed(&r, seed);
    *a = (struct question){.seed = seed};
    log_random(&a->log, &r, log_small(&r));
    limits_random(&r);
    query_init(&a->query, "transitions");
    query_add(&a->query, "tz", a->log.tz);
    log_random_sessions(&r, &a->query, &a->session);
    log_random_period(&a->log, &r, 3, &a->query, &a->from, &a->to);
    a->top = rand_below(&r, LOG_EVENTS + 1);
    snprintf(text, sizeof(text), "%lld", (long long)a->top);
    query_add(&a->query, "top", text);
    if (rand_below(&r, 4) == 0) {
        a->has_where = true;
        log_cond_random(&a->where, &r);
        query_add(&a->query, "where", a->where.text);
    }
}

static void question_done(struct question *a)
{
    query_done(&a->query);
    log_done(&a->log);
}

static int64_t cell(const struct rows *t, size_t row, const char *column)
{
    return rows_get(t, row, column)->i;
}

struct step {
    uint32_t user;
    int from, to;
    int64_t pause;
};
struct steps {
    VEC(struct step) step;
    const char *shown[LOG_EVENTS];
};

static void list_steps(const struct question *a, struct steps *out)
{
    const struct log_row *row, *last = NULL;
    size_t at = 0, n;
    *out = (struct steps){0};
    for (; log_next_user(&a->log, &at, &row, &n); last = NULL)
        for (size_t i = 0; i < n; i++) {
            if (a->has_where && !log_cond_holds(&a->where, &a->log, &row[i]))
                continue;
            if (last && !log_begins_session(&a->log, &a->session, last, &row[i]) && last->time >= a->from &&
                last->time <= a->to)
                vec_push(&out->step,
                         (struct step){row[i].user, last->event, row[i].event, row[i].time - last->time});
            last = &row[i];
        }
}

static void show_steps(const struct question *a, struct steps *s)
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

static void compare_steps(const struct question *a, const struct steps *s, const struct rows *t)
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

static void compare_step_users(struct question *a, struct env *e, const struct result *r)
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
        struct question a;
        struct steps s;
        question_random(&a, first + i);
        list_steps(&a, &s);
        show_steps(&a, &s);
        struct env *e = log_fake(&a.log);
        struct result *r = log_ask(e, &a.query, a.seed);
        compare_steps(&a, &s, &r->rows);
        compare_step_users(&a, e, r);
        result_free(r);
        log_fake_free(e);
        vec_done(&s.step);
        question_done(&a);
    }
}

/* ---- before and after one event */

struct neighbour {
    uint32_t user;
    const char *name; /* "(start)", "(end)" */
    int64_t pause;
};
struct neighbours {
    VEC(struct neighbour) side[2];
};

static void list_neighbours(const struct question *a, const struct log_cond *event, struct neighbours *out)
{
    const struct log_row *row;
    size_t at = 0, n;
    *out = (struct neighbours){0};
    while (log_next_user(&a->log, &at, &row, &n)) {
        const struct log_row *seen[64];
        size_t m = 0;
        for (size_t i = 0; i < n; i++)
            if (!a->has_where || log_cond_holds(&a->where, &a->log, &row[i]))
                seen[m++] = &row[i];
        for (size_t i = 0; i < m; i++) {
            if (!log_cond_holds(event, &a->log, seen[i]) || seen[i]->time < a->from || seen[i]->time > a->to)
                continue;
            bool begins = i == 0 || log_begins_session(&a->log, &a->session, seen[i - 1], seen[i]);
            bool ends = i + 1 == m || log_begins_session(&a->log, &a->session, seen[i], seen[i + 1]);
            vec_push(&out->side[0],
                     (struct neighbour){row->user, begins ? "(start)" : log_event[seen[i - 1]->event],
                                        begins ? 0 : seen[i]->time - seen[i - 1]->time});
            vec_push(&out->side[1],
                     (struct neighbour){row->user, ends ? "(end)" : log_event[seen[i + 1]->event],
                                        ends ? 0 : seen[i + 1]->time - seen[i]->time});
        }
    }
}

static bool is_edge(const char *name)
{
    return strcmp(name, "(start)") == 0 || strcmp(name, "(end)") == 0;
}

/* Renames all but the --top most frequent names of a side. */
static void fold_side(const struct question *a, struct neighbours *n, int side)
{
    struct counted c[LOG_EVENTS];
    for (int e = 0; e < LOG_EVENTS; e++) {
        c[e] = (struct counted){log_event[e], 0};
        for (size_t i = 0; i < n->side[side].n; i++)
            c[e].n += n->side[side].at[i].name == log_event[e];
    }
    qsort(c, LOG_EVENTS, sizeof(*c), counted_cmp);
    for (size_t i = 0; i < n->side[side].n && a->top; i++) {
        const char **name = &n->side[side].at[i].name;
        bool kept = is_edge(*name);
        for (int e = 0; e < LOG_EVENTS && e < a->top; e++)
            kept |= c[e].name == *name;
        *name = kept ? *name : "(other)";
    }
}

static void compare_neighbours(const struct question *a, const struct neighbours *n, const struct rows *t)
{
    int64_t total[2] = {0};
    for (size_t i = 0; i < t->n; i++) {
        int side = str_eq(rows_get(t, i, "side")->text, STR("after"));
        int64_t count = 0, users = 0, last = -1;
        VEC(int64_t) pause = {0};
        for (size_t k = 0; k < n->side[side].n; k++) {
            const struct neighbour *x = &n->side[side].at[k];
            if (!str_eq(str_of(x->name), rows_get(t, i, "name")->text))
                continue;
            count++;
            users += x->user != last;
            last = x->user;
            vec_push(&pause, x->pause);
        }
        log_expect(count == cell(t, i, "count") && users == cell(t, i, "users") && count > 0, a->seed,
                   &a->query, "neighbour");
        log_expect(rows_get(t, i, "share")->ratio.whole == (int64_t)n->side[side].n, a->seed, &a->query,
                   "of all times");
        qsort(pause.at, pause.n, sizeof(*pause.at), i64_cmp);
        double median = ((double)pause.at[(pause.n - 1) / 2] + (double)pause.at[pause.n / 2]) / 2;
        log_expect(rows_get(t, i, "median_s")->type == VALUE_NONE ||
                       rows_get(t, i, "median_s")->d == median / 1e6,
                   a->seed, &a->query, "median pause");
        total[side] += count;
        vec_done(&pause);
    }
    log_expect(total[0] == (int64_t)n->side[0].n && total[1] == (int64_t)n->side[1].n, a->seed, &a->query,
               "both sides add up");
}

static void test_event(void **state)
{
    (void)state;
    uint64_t first = log_first_seed();
    for (uint64_t i = 0; i < log_rounds(3000); i++) {
        struct question a;
        struct rand r;
        struct log_cond event;
        struct neighbours n;
        question_random(&a, first + i);
        rand_seed(&r, first + i + 77);
        log_cond_random(&event, &r);
        query_add(&a.query, "event", event.text);
        list_neighbours(&a, &event, &n);
        fold_side(&a, &n, 0);
        fold_side(&a, &n, 1);
        struct env *e = log_fake(&a.log);
        struct result *result = log_ask(e, &a.query, a.seed);
        compare_neighbours(&a, &n, &result->rows);
        compare_step_users(&a, e, result);
        result_free(result);
        log_fake_free(e);
        vec_done(&n.side[0]);
        vec_done(&n.side[1]);
        question_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_transitions), cmocka_unit_test(test_event)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
