/* dialect_test.c - other systems' countings: cases worked out by hand from their definitions, and strict_once
 * against a list of every chain there is. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analysis/dialect.h"
#include "base/date.h"
#include "base/rand.h"

enum { EVENTS = 16, STEPS = 4 };

/* "a0 b0 ab5 -7": letters are steps (a the first), - none, then the time in seconds; x is bit 6, an
 * exclusion. */
struct log {
    int64_t time[EVENTS];
    uint64_t mask[EVENTS];
    struct match_events events;
};

static void read_log(struct log *l, const char *text)
{
    *l = (struct log){.events = {.time = l->time, .mask = l->mask}};
    for (size_t n = 0; *text; l->events.n = ++n) {
        for (; (*text >= 'a' && *text <= 'x') || *text == '-'; text++)
            l->mask[n] |= *text == '-' ? 0 : UINT64_C(1) << (*text == 'x' ? 6 : *text - 'a');
        l->time[n] = strtoll(text, (char **)(uintptr_t)&text, 10) * US_PER_S;
        text += *text == ' ';
    }
}

struct sample {
    const char *rule, *log;
    size_t steps;
    int window_s;
    uint32_t level;
    enum match_order order;
    bool excludes; /* x between the first step and the last */
    uint64_t optional;
};

static const struct sample samples[] = {
    /* one row may be several steps, except with strict_once */
    {"clickhouse", "abc4", 3, 10, 3, 0, 0, 0},
    {"clickhouse:strict_once", "abc4", 3, 10, 1, 0, 0, 0},
    {"clickhouse:strict_once", "abc4 abc4 abc4", 3, 10, 3, 0, 0, 0},
    /* ties go by step, whatever came first */
    {"clickhouse", "b1 a1", 2, 10, 2, 0, 0, 0},
    {"doris", "b1 a1", 2, 10, 1, 0, 0, 0},
    /* the window is inclusive, from the first step of the chain */
    {"clickhouse", "a0 b10", 2, 10, 2, 0, 0, 0},
    {"clickhouse", "a0 b11", 2, 10, 1, 0, 0, 0},
    {"doris", "a0 b10", 2, 10, 2, 0, 0, 0},
    {"doris", "a0 b11", 2, 10, 1, 0, 0, 0},
    {"posthog", "a0 b10", 2, 10, 2, 0, 0, 0},
    {"posthog", "a0 b11", 2, 10, 1, 0, 0, 0},
    {"mixpanel", "a0 b10", 2, 10, 2, 0, 0, 0},
    {"mixpanel", "a0 b11", 2, 10, 1, 0, 0, 0},
    {"retentioneering", "a0 b1000000", 2, 10, 2, 0, 0, 0},
    /* a new first step overwrites: the chain of a0 is lost, although only it is strictly increasing */
    {"clickhouse:strict_increase", "a0 a1 b1", 2, 10, 1, 0, 0, 0},
    {"clickhouse:strict_increase+strict_once", "a0 a1 b1", 2, 10, 2, 0, 0, 0},
    {"doris:increase", "a0 a1 b1", 2, 10, 2, 0, 0, 0},
    {"doris:increase", "a0 b0 b1", 2, 10, 1, 0, 0, 0}, /* the next row of step 2 is b0, and it is not later */
    {"doris:increase", "a0 b1", 2, 10, 2, 0, 0, 0},
    /* repeated steps */
    {"clickhouse:strict_deduplication", "a0 b1 b2 c3", 3, 10, 2, 0, 0, 0},
    {"clickhouse", "a0 b1 b2 c3", 3, 10, 3, 0, 0, 0},
    {"doris:deduplication", "a0 b1 a2 c3", 3, 10, 2, 0, 0, 0},
    {"doris:deduplication", "a0 b1 c3", 3, 10, 3, 0, 0, 0},
    /* other rows between */
    {"clickhouse:strict_order", "a0 b1 -2 c3", 3, 10, 2, 0, 0, 0},
    {"clickhouse:strict_order", "-0 a0 b1 c3", 3, 10, 3, 0, 0, 0},
    {"clickhouse:strict_order", "a0 c1 b2 c3", 3, 10, 1, 0, 0, 0},
    {"clickhouse:strict_order+allow_reentry", "a0 c1 b2 c3", 3, 10, 3, 0, 0, 0},
    {"doris:fixed", "a0 -1 b2", 2, 10, 1, 0, 0, 0},
    {"doris:fixed", "a0 -1 a2 b3", 2, 10, 2, 0, 0, 0},
    {"posthog", "a0 -1 b2", 2, 10, 1, MATCH_STRICT, 0, 0},
    {"posthog", "a0 -1 a2 b3", 2, 10, 2, MATCH_STRICT, 0, 0},
    {"posthog", "a0 -1 b2", 2, 10, 2, 0, 0, 0},
    /* one event does not fill two consecutive steps */
    {"posthog", "ab0", 2, 10, 1, 0, 0, 0},
    {"posthog", "ab0 ab1", 2, 10, 2, 0, 0, 0},
    {"retentioneering", "ab0", 2, 10, 1, 0, 0, 0},
    {"retentioneering", "b0 a1 c2 b3", 3, 10, 2, 0, 0, 0},
    /* events of one instant are taken by step, each once, whatever lies between */
    {"posthog", "b0 a0", 2, 10, 2, 0, 0, 0},
    {"posthog", "a0 ab0", 2, 10, 2, 0, 0, 0},
    {"posthog", "ab0 a0", 2, 10, 1, 0, 0, 0}, /* the first one is step 1, and used */
    {"posthog", "c0 x0 b0 a0", 3, 10, 3, 0, true, 0},
    /* an exclusion takes the user out, unless a clean chain goes as deep */
    {"posthog", "a0 x1 b2", 2, 10, 0, 0, true, 0},
    {"posthog", "a0 x1", 2, 10, 0, 0, true, 0},
    {"posthog", "a0 x1 b2 a3 b4", 2, 10, 2, 0, true, 0},
    {"posthog", "a0 x11 a12 b13", 2, 10, 2, 0, true, 0},
    {"posthog", "a0 b1 x2", 2, 10, 2, 0, true, 0},
    /* optional steps */
    {"posthog", "a0 c1", 3, 10, 3, 0, 0, 2},
    {"posthog", "a0 b1 c2", 3, 10, 3, 0, 0, 2},
    {"posthog", "a0 b1", 3, 10, 1, 0, 0, 2},
    {"posthog", "a0 b1", 3, 10, 2, 0, 0, 4},
    /* the clock is not reset; two seconds of grace */
    {"mixpanel", "a0 a8 b12", 2, 10, 1, 0, 0, 0},
    {"posthog", "a0 a8 b12", 2, 10, 2, 0, 0, 0},
    {"mixpanel", "b8 a10", 2, 10, 2, 0, 0, 0},
    {"mixpanel", "b7 a10", 2, 10, 1, 0, 0, 0},
    {"mixpanel", "ab5", 2, 10, 1, 0, 0, 0},
    {"mixpanel", "a0 c3 b4", 3, 10, 3, 0, 0, 0},
};

static void make_rule(struct match_rule *r, size_t steps, int64_t window)
{
    *r = (struct match_rule){
        .chain = {.steps = steps, .window = window, .from = INT64_MIN, .to = INT64_MAX, .last = 0}};
    for (size_t k = 0; k < SCAN_SELECTORS; k++)
        r->most[k] = CHAIN_ENDLESS;
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        const struct sample *s = &samples[i];
        struct dialect_memory memory = {0};
        struct match_rule r;
        struct match m = {0};
        struct log l;
        struct err err;
        unsigned modes;
        const struct dialect *d = dialect_named(s->rule, &modes, &err);
        assert_non_null(d);
        read_log(&l, s->log);
        make_rule(&r, s->steps, s->window_s * US_PER_S);
        r.order = s->order;
        r.optional = s->optional;
        r.exclusion[0] = (struct match_exclusion){6, 1, s->steps};
        r.exclusions = s->excludes;
        d->count(&memory, &r, &l.events, modes, &m);
        if (m.level != s->level)
            fail_msg("%s of \"%s\": level %u, expected %u", s->rule, s->log, m.level, s->level);
        dialect_done(&memory);
    }
}

/* The period is for first steps alone; PostHog wants every step in it. */
static void test_period(void **state)
{
    static const char *const rule[] = {"clickhouse", "doris", "mixpanel", "retentioneering", "posthog"};
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct dialect_memory memory = {0};
        struct match_rule r;
        struct match m = {0};
        struct log l;
        struct err err;
        unsigned modes;
        const struct dialect *d = dialect_named(rule[i], &modes, &err);
        read_log(&l, "a1 a4 b8 a9 b10");
        make_rule(&r, 2, 10 * US_PER_S);
        r.chain.from = 2 * US_PER_S;
        r.chain.to = 5 * US_PER_S;
        d->count(&memory, &r, &l.events, modes, &m);
        assert_int_equal(m.level, i == 4 ? 1 : 2);
        assert_int_equal(m.at[0], 1);
        dialect_done(&memory);
    }
}

static void test_names(void **state)
{
    struct err err = {0};
    unsigned modes;
    (void)state;
    assert_null(dialect_named("clickhouse:strict", &modes, &err));
    assert_null(dialect_named("clickhouse:allow_reentry", &modes, &err));
    assert_null(dialect_named("doris:fixed+increase", &modes, &err));
    assert_null(dialect_named("posthog:strict", &modes, &err));
    assert_null(dialect_named("amplitude", &modes, &err));
    assert_non_null(dialect_named("clickhouse:strict_once+strict_order", &modes, &err));
    assert_int_equal(modes, CLICKHOUSE_ONCE | CLICKHOUSE_ORDER);
}

/* ---- strict_once: every chain of the list in ClickHouse's order */

struct entry {
    size_t step, event;
};
struct every {
    const struct match_rule *r;
    const struct log *l;
    struct entry entry[EVENTS * (STEPS + 1)];
    size_t n;
    bool increase;
    uint32_t best;
};

static void extend(struct every *e, size_t from, size_t k, const size_t *used)
{
    e->best = k > e->best ? (uint32_t)k : e->best;
    for (size_t i = from; i < e->n && k < e->r->chain.steps; i++) {
        size_t event = e->entry[i].event, path[STEPS];
        bool ok = e->entry[i].step == k;
        if (!ok)
            continue;
        for (size_t p = 0; p < k; p++) {
            ok &= used[p] != event;
            path[p] = used[p];
        }
        if (k && (e->l->time[event] - e->l->time[used[0]] > e->r->chain.window ||
                  (e->increase && e->l->time[event] <= e->l->time[used[k - 1]])))
            continue;
        path[k] = event;
        if (ok)
            extend(e, i + 1, k + 1, path);
    }
}

static int entry_cmp(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return x->step != y->step ? (x->step > y->step) - (x->step < y->step)
                              : (x->event > y->event) - (x->event < y->event);
}

static uint32_t count_every(const struct match_rule *r, const struct log *l, bool increase)
{
    struct every e = {.r = r, .l = l, .increase = increase};
    for (size_t i = 0, to; i < l->events.n; i = to) { /* time by time, within one by step, then by arrival */
        size_t first = e.n;
        for (to = i; to < l->events.n && l->time[to] == l->time[i]; to++)
            for (size_t k = 0; k < r->chain.steps; k++)
                if (l->mask[to] >> k & 1)
                    e.entry[e.n++] = (struct entry){k, to};
        qsort(e.entry + first, e.n - first, sizeof(*e.entry), entry_cmp);
    }
    extend(&e, 0, 0, NULL);
    return e.best;
}

static void test_once(void **state)
{
    (void)state;
    uint64_t first = getenv("WAYMARK_SEED") ? strtoull(getenv("WAYMARK_SEED"), NULL, 10) : 1;
    struct dialect_memory memory = {0};
    for (uint64_t seed = first; seed < first + 60000; seed++) {
        struct rand rand;
        struct match_rule r;
        struct match m = {0};
        struct log l = {.events = {.time = l.time, .mask = l.mask}};
        rand_seed(&rand, seed);
        bool increase = rand_below(&rand, 2);
        make_rule(&r, 1 + rand_below(&rand, STEPS), rand_below(&rand, 6));
        l.events.n = rand_below(&rand, 9);
        for (size_t i = 0; i < l.events.n; i++) {
            l.time[i] = (i ? l.time[i - 1] : 0) + (int64_t)rand_below(&rand, 3);
            l.mask[i] = rand_below(&rand, 1u << r.chain.steps);
        }
        dialect_clickhouse.count(&memory, &r, &l.events,
                                 CLICKHOUSE_ONCE | (increase ? CLICKHOUSE_INCREASE : 0), &m);
        uint32_t all = count_every(&r, &l, increase);
        if (m.level != all)
            fail_msg("seed %llu: level %u, every chain says %u", (unsigned long long)seed, m.level, all);
    }
    dialect_done(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_samples), cmocka_unit_test(test_period),
                                       cmocka_unit_test(test_names), cmocka_unit_test(test_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
