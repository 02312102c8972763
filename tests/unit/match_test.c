/* match_test.c - the matcher against a count that tries every chain of short random customers, under every
 * order, tie policy, window, gap, exclusion, optional step and begin. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analysis/match.h"
#include "base/date.h"
#include "base/rand.h"

enum { EVENTS = 8, STEPS = 4 };

struct trial {
    uint64_t seed;
    struct match_rule rule;
    int64_t unit, time[EVENTS];
    uint64_t mask[EVENTS];
    uint32_t session[EVENTS];
    struct match_events events;
};

/* ---- what makes a chain */

static bool is_optional(const struct trial *t, size_t k)
{
    return t->rule.optional >> k & 1;
}

static bool same_window(const struct trial *t, size_t a, int64_t time, uint32_t session)
{
    const struct match_rule *r = &t->rule;
    if (r->chain.same_day) {
        struct civil x, y;
        date_civil(zone_local(r->chain.zone, t->time[a]), &x);
        date_civil(zone_local(r->chain.zone, time), &y);
        return x.year == y.year && x.month == y.month && x.day == y.day;
    }
    if (r->same_session)
        return t->session[a] == session;
    return r->chain.endless || time <= t->time[a] + r->chain.window;
}

/* Event e lies between p and i, where "between" is what the tie policy makes of it; i = n: after all. */
static bool between(const struct trial *t, size_t p, size_t e, size_t i)
{
    if (t->rule.ties == MATCH_ANY)
        return t->time[e] > t->time[p] && (i == t->events.n || t->time[e] < t->time[i]);
    return e > p && e < i;
}

/* Step k at event i (n: a future event) after step s at event p, apart from times. */
static bool nothing_between(const struct trial *t, size_t s, size_t p, size_t k, size_t i)
{
    const struct match_rule *r = &t->rule;
    for (size_t e = 0; e < t->events.n; e++) {
        if (!between(t, p, e, i))
            continue;
        if (r->order == MATCH_STRICT)
            return false;
        for (size_t x = 0; x < r->exclusions; x++)
            if ((t->mask[e] >> r->exclusion[x].bit & 1) && s + 1 < r->exclusion[x].to &&
                k + 1 > r->exclusion[x].from)
                return false;
    }
    return true;
}

static bool times_fit(const struct trial *t, size_t k, int64_t before, int64_t time)
{
    if (t->rule.ties == MATCH_LATER ? time <= before : time < before)
        return false;
    return time - before >= t->rule.least[k] && time - before <= t->rule.most[k];
}

/* ---- all chains */

struct picked {
    size_t n, step[STEPS], at[STEPS];
};
struct walk {
    const struct trial *t;
    struct picked now, best;
    uint32_t level; /* of best */
    bool open;      /* second walk: some chain goes on */
};

static uint32_t level_of(const struct trial *t, const struct picked *c)
{
    for (size_t i = c->n; i-- > 0;)
        if (!is_optional(t, c->step[i]))
            return (uint32_t)c->step[i] + 1;
    return 0;
}

/* Where chains of the best kind differ in the order of comparison; with free ties events of one time are one.
 */
static int64_t place(const struct trial *t, size_t event)
{
    return t->rule.ties == MATCH_ANY ? t->time[event] : (int64_t)event;
}

/* Both end with a step that must be done. */
static bool is_better(const struct trial *t, const struct picked *x, const struct picked *y)
{
    if (!y->n || level_of(t, x) != level_of(t, y))
        return !y->n || level_of(t, x) > level_of(t, y);
    int64_t xe = place(t, x->at[x->n - 1]), ye = place(t, y->at[y->n - 1]);
    int64_t xb = place(t, x->at[0]), yb = place(t, y->at[0]);
    if (xe != ye || xb != yb)
        return xe != ye ? xe < ye : xb > yb;
    for (size_t i = 2; i <= x->n && i <= y->n; i++) {
        size_t xs = x->step[x->n - i], ys = y->step[y->n - i], xa = x->at[x->n - i], ya = y->at[y->n - i];
        if (xs != ys || xa != ya)
            return xs != ys ? xs > ys : xa < ya;
    }
    return false;
}

static bool may_begin(const struct trial *t, size_t i)
{
    size_t only = SIZE_MAX;
    if (!(t->mask[i] & 1) || t->time[i] < t->rule.chain.from || t->time[i] > t->rule.chain.to)
        return false;
    for (size_t e = 0; e < t->events.n; e++)
        if ((t->mask[e] & 1) && t->time[e] >= t->rule.chain.from && t->time[e] <= t->rule.chain.to &&
            (only == SIZE_MAX || t->rule.begin == MATCH_LATEST))
            only = e;
    return t->rule.begin == MATCH_BEST || place(t, only) == place(t, i);
}

static bool is_used(const struct picked *c, size_t event)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i] == event)
            return true;
    return false;
}

static bool can_follow(const struct trial *t, const struct picked *c, size_t k, size_t i)
{
    size_t s = c->step[c->n - 1], p = c->at[c->n - 1];
    if (!(t->mask[i] >> k & 1) || is_used(c, i) || (t->rule.ties != MATCH_ANY && i < p))
        return false;
    return times_fit(t, k, t->time[p], t->time[i]) && nothing_between(t, s, p, k, i) &&
           same_window(t, c->at[0], t->time[i], t->session[i]);
}

static void push(struct picked *c, size_t step, size_t event)
{
    c->step[c->n] = step;
    c->at[c->n++] = event;
}

/* Events of the future that would take the chain beyond `level`; times in units from the store's last event
 * on. */
static bool goes_on(const struct trial *t, const struct picked *c, size_t step, int64_t before, bool real,
                    uint32_t level)
{
    for (size_t k = step + 1; k < t->rule.chain.steps; k++) {
        for (int64_t j = 0; j < 24; j++) {
            int64_t time = j < 12 ? t->rule.chain.last + j * t->unit : before + 1 + (j - 12) * t->unit;
            if (time < t->rule.chain.last || !times_fit(t, k, before, time) ||
                (real && !nothing_between(t, step, c->at[c->n - 1], k, t->events.n)) ||
                !same_window(t, c->at[0], time, t->events.last_session))
                continue;
            if ((!is_optional(t, k) && k + 1 > level) || goes_on(t, c, k, time, false, level))
                return true;
        }
        if (!is_optional(t, k))
            break;
    }
    return false;
}

static bool has_end(const struct trial *t)
{
    const struct match_rule *r = &t->rule;
    if (r->same_session)
        return r->chain.last - t->events.session_end <= r->session_gap;
    return r->chain.same_day || !r->chain.endless;
}

static void visit(struct walk *w, bool second)
{
    const struct trial *t = w->t;
    struct picked *c = &w->now;
    size_t last = c->step[c->n - 1];
    if (!second && !is_optional(t, last) && is_better(t, c, &w->best))
        w->best = *c;
    if (second && has_end(t) && !w->open)
        w->open = goes_on(t, c, last, t->time[c->at[c->n - 1]], true, w->level);
    for (size_t k = last + 1; k < t->rule.chain.steps; k++) {
        for (size_t i = 0; i < t->events.n; i++)
            if (can_follow(t, c, k, i)) {
                push(c, k, i);
                visit(w, second);
                c->n--;
            }
        if (!is_optional(t, k))
            break;
    }
}

static void try_all(struct walk *w, bool second)
{
    for (size_t i = 0; i < w->t->events.n; i++)
        if (may_begin(w->t, i)) {
            w->now.n = 0;
            push(&w->now, 0, i);
            visit(w, second);
        }
}

static void add_optional(struct walk *w)
{
    struct picked *c = &w->best;
    for (size_t k = c->step[c->n - 1] + 1; k < w->t->rule.chain.steps && is_optional(w->t, k); k++)
        for (size_t i = 0; i < w->t->events.n; i++)
            if (can_follow(w->t, c, k, i)) {
                push(c, k, i);
                break;
            }
}

/* ---- any order: every way to give steps to events */

struct subset {
    const struct trial *t;
    bool in[EVENTS];
    size_t n, best_n, at[EVENTS];
};

static void judge(struct subset *s)
{
    const struct trial *t = s->t;
    size_t at[EVENTS], n = 0;
    for (size_t i = 0; i < t->events.n; i++)
        if (s->in[i])
            at[n++] = i;
    if (!n || t->time[at[0]] < t->rule.chain.from || t->time[at[0]] > t->rule.chain.to ||
        !same_window(t, at[0], t->time[at[n - 1]], t->session[at[n - 1]]))
        return;
    for (size_t e = at[0] + 1; e < at[n - 1]; e++)
        for (size_t x = 0; x < t->rule.exclusions; x++)
            if (t->mask[e] >> t->rule.exclusion[x].bit & 1)
                return;
    bool better = n > s->best_n;
    if (n == s->best_n && at[n - 1] != s->at[n - 1])
        better = at[n - 1] < s->at[n - 1];
    else if (n == s->best_n && at[0] != s->at[0])
        better = at[0] > s->at[0];
    else if (n == s->best_n)
        for (size_t i = 1; i < n && !better && at[i] <= s->at[i]; i++)
            better = at[i] < s->at[i];
    if (better) {
        s->best_n = n;
        memcpy(s->at, at, sizeof(at));
    }
}

static void deal(struct subset *s, size_t step)
{
    if (step == s->t->rule.chain.steps) {
        judge(s);
        return;
    }
    deal(s, step + 1);
    for (size_t i = 0; i < s->t->events.n; i++)
        if (!s->in[i] && (s->t->mask[i] >> step & 1)) {
            s->in[i] = true;
            deal(s, step + 1);
            s->in[i] = false;
        }
}

/* An event that may begin, and room for another one at the store's last event. */
static bool free_is_open(const struct trial *t)
{
    uint64_t steps = (UINT64_C(1) << t->rule.chain.steps) - 1;
    for (size_t i = 0; i < t->events.n && has_end(t); i++) {
        bool ok = (t->mask[i] & steps) && t->time[i] >= t->rule.chain.from &&
                  t->time[i] <= t->rule.chain.to &&
                  same_window(t, i, t->rule.chain.last, t->events.last_session);
        for (size_t e = i + 1; e < t->events.n; e++)
            for (size_t x = 0; x < t->rule.exclusions; x++)
                ok &= !(t->mask[e] >> t->rule.exclusion[x].bit & 1);
        if (ok)
            return true;
    }
    return false;
}

/* ---- random trials */

static void random_window(struct trial *t, struct rand *r)
{
    struct match_rule *rule = &t->rule;
    uint32_t kind = rand_below(r, 6);
    rule->chain.window = CHAIN_ENDLESS;
    rule->session_gap = rand_below(r, 4) * t->unit;
    if (kind == 0)
        rule->chain.same_day = true;
    else if (kind == 1)
        rule->same_session = true;
    else if (kind == 2)
        rule->chain.endless = true;
    else
        rule->chain.window = rand_below(r, 12) * t->unit;
}

static void random_limits(struct match_rule *rule, struct rand *r, int64_t unit)
{
    bool limits = rand_below(r, 3) == 0;
    for (size_t k = 0; k < STEPS; k++) {
        rule->most[k] = CHAIN_ENDLESS;
        if (limits && k && rand_below(r, 2))
            rule->least[k] = rand_below(r, 3) * unit;
        if (limits && k && rand_below(r, 2))
            rule->most[k] = rule->least[k] + rand_below(r, 4) * unit;
    }
    rule->exclusions = rand_below(r, 3) ? 0 : 1 + rand_below(r, 2);
    for (size_t x = 0; x < rule->exclusions; x++) {
        size_t bit = rand_below(r, 4) ? rule->chain.steps + x : rand_below(r, (uint32_t)rule->chain.steps);
        size_t from = rule->chain.steps < 2 ? 1 : 1 + rand_below(r, (uint32_t)rule->chain.steps - 1);
        size_t room = rule->chain.steps > from ? rule->chain.steps - from : 1;
        rule->exclusion[x] = (struct match_exclusion){bit, from, from + 1 + rand_below(r, (uint32_t)room)};
    }
}

static void random_rule(struct trial *t, struct rand *r)
{
    struct match_rule *rule = &t->rule;
    rule->chain.steps = 1 + rand_below(r, STEPS);
    rule->order = rand_below(r, 3) ? MATCH_ORDERED : rand_below(r, 2) ? MATCH_STRICT : MATCH_FREE;
    rule->ties = (enum match_ties)rand_below(r, 3);
    rule->begin = rand_below(r, 2) ? MATCH_BEST : (enum match_begin)rand_below(r, 3);
    random_window(t, r);
    random_limits(rule, r, t->unit);
    if (rand_below(r, 3) == 0)
        rule->optional = rand_below(r, 1u << STEPS) & ~1u & ((1u << rule->chain.steps) - 1);
    rule->chain.from = rand_below(r, 4) ? INT64_MIN : t->time[0] + (int64_t)rand_below(r, 6) * t->unit;
    rule->chain.to = rand_below(r, 4) ? INT64_MAX : t->time[0] + (int64_t)rand_below(r, 9) * t->unit;
    if (rule->order == MATCH_FREE) {
        rule->optional = 0;
        rule->begin = MATCH_BEST;
        rule->ties = MATCH_ARRIVAL;
    }
}

static void random_events(struct trial *t, struct rand *r)
{
    size_t n = rand_below(r, EVENTS + 1);
    int64_t now = 1709999990000000 / t->unit * t->unit;
    bool single = rand_below(r, 3) == 0;
    for (size_t i = 0; i < n; i++) {
        now += (int64_t)rand_below(r, 4) * t->unit;
        t->time[i] = now;
        t->mask[i] = single ? UINT64_C(1) << rand_below(r, STEPS + 2) : rand_below(r, 1u << (STEPS + 2));
        t->mask[i] &= rand_below(r, 1u << (STEPS + 2)) | (single ? UINT64_MAX : 0);
    }
    t->events.n = n;
}

static void number_sessions(struct trial *t)
{
    uint32_t session = 7;
    for (size_t i = 0; i < t->events.n; i++) {
        session += i && t->time[i] - t->time[i - 1] > t->rule.session_gap;
        t->session[i] = session;
    }
    t->events.last_session = session;
    t->events.session_end = t->events.n ? t->time[t->events.n - 1] : 0;
}

static void trial_random(struct trial *t, uint64_t seed, const struct zone *zone)
{
    struct rand r;
    rand_seed(&r, seed);
    *t = (struct trial){.seed = seed};
    t->unit = rand_below(&r, 4) ? 1 : US_PER_DAY / 4;
    random_events(t, &r);
    random_rule(t, &r);
    number_sessions(t);
    t->rule.chain.zone = zone;
    t->rule.chain.last =
        (t->events.n ? t->time[t->events.n - 1] : t->time[0]) + (int64_t)rand_below(&r, 3) * t->unit;
    t->events.time = t->time;
    t->events.mask = t->mask;
    t->events.session = t->session;
}

/* ---- comparing */

static void show(const struct trial *t, const struct match *m, const char *what)
{
    const struct match_rule *r = &t->rule;
    print_error("seed %llu: %s; order %d ties %d begin %d steps %zu window %lld day %d session %d gap %lld "
                "optional %llx "
                "last %lld from %lld to %lld\n",
                (unsigned long long)t->seed, what, r->order, r->ties, r->begin, r->chain.steps,
                (long long)(r->chain.window / t->unit), r->chain.same_day, r->same_session,
                (long long)(r->session_gap / t->unit), (unsigned long long)r->optional,
                (long long)(r->chain.last / t->unit), (long long)r->chain.from, (long long)r->chain.to);
    for (size_t k = 0; k < r->chain.steps; k++)
        print_error("  step %zu: least %lld most %lld\n", k + 1, (long long)(r->least[k] / t->unit),
                    (long long)(r->most[k] / t->unit));
    for (size_t x = 0; x < r->exclusions; x++)
        print_error("  not bit %zu between %zu and %zu\n", r->exclusion[x].bit, r->exclusion[x].from,
                    r->exclusion[x].to);
    for (size_t i = 0; i < t->events.n; i++)
        print_error("  event %zu at %lld mask %llx session %u\n", i, (long long)(t->time[i] / t->unit),
                    (unsigned long long)t->mask[i], t->session[i]);
    print_error("  found level %u open %d:", m->level, m->open);
    for (size_t k = 0; k < STEPS; k++)
        if (m->did >> k & 1)
            print_error(" %zu@%zu", k + 1, m->at[k]);
    print_error("\n");
}

static void expect(bool ok, const struct trial *t, const struct match *m, const char *what)
{
    if (ok)
        return;
    show(t, m, what);
    fail();
}

/* With free ties several chains are as good; the one reported must be one of them. */
static void check_is_chain(const struct trial *t, const struct match *m)
{
    struct picked c = {0};
    for (size_t k = 0; k < t->rule.chain.steps; k++) {
        if (!(m->did >> k & 1))
            continue;
        expect(c.n ? can_follow(t, &c, k, m->at[k]) : k == 0 && may_begin(t, m->at[k]), t, m, "no chain");
        for (size_t skipped = c.n ? c.step[c.n - 1] + 1 : 0; skipped < k; skipped++)
            expect(is_optional(t, skipped), t, m, "a step is left out");
        push(&c, k, m->at[k]);
    }
}

static void compare_ordered(const struct trial *t, const struct match *m)
{
    struct walk w = {.t = t};
    try_all(&w, false);
    w.level = level_of(t, &w.best);
    expect(m->level == w.level, t, m, "level");
    if (!w.level) {
        expect(!m->did && !m->open, t, m, "something of nothing");
        return;
    }
    if (w.level < match_last_step(&t->rule))
        try_all(&w, true);
    expect(m->open == w.open, t, m, w.open ? "open" : "not open");
    check_is_chain(t, m);
    expect(place(t, m->at[w.level - 1]) == place(t, w.best.at[w.best.n - 1]), t, m, "completion");
    expect(place(t, m->at[0]) == place(t, w.best.at[0]), t, m, "begin");
    add_optional(&w);
    for (size_t i = 0; t->rule.ties != MATCH_ANY && i < w.best.n; i++)
        expect((m->did >> w.best.step[i] & 1) && m->at[w.best.step[i]] == w.best.at[i], t, m,
               "event of a step");
    if (t->rule.ties != MATCH_ANY)
        expect((size_t)__builtin_popcountll(m->did) == w.best.n, t, m, "steps filled");
}

static void compare_free(const struct trial *t, const struct match *m)
{
    struct subset s = {.t = t};
    deal(&s, 0);
    expect(m->level == s.best_n, t, m, "level");
    for (size_t i = 0; i < s.best_n; i++)
        expect(m->at[i] == s.at[i], t, m, "event");
    expect(m->open == (s.best_n && s.best_n < t->rule.chain.steps && free_is_open(t)), t, m, "open");
}

static uint64_t from_env(const char *name, uint64_t otherwise)
{
    const char *v = getenv(name);
    return v && *v ? strtoull(v, NULL, 10) : otherwise;
}

/* How many trials had what. */
struct met {
    uint64_t order[3], begin[3], ties[3], excluded, limited, optional, sessions, days;
};

static void meet(struct met *n, const struct match_rule *r)
{
    bool limited = false;
    for (size_t k = 1; k < r->chain.steps; k++)
        limited |= r->least[k] > 0 || r->most[k] < CHAIN_ENDLESS;
    n->order[r->order]++;
    n->begin[r->begin] += r->order != MATCH_FREE;
    n->ties[r->ties] += r->order != MATCH_FREE;
    n->excluded += r->exclusions > 0;
    n->limited += limited && r->order != MATCH_FREE;
    n->optional += r->optional != 0;
    n->sessions += r->same_session;
    n->days += r->chain.same_day;
}

static void tell(const struct met *n)
{
    typedef unsigned long long number;
    print_message("ordered %llu, strict %llu, any %llu; best %llu, first %llu, latest %llu; ties order %llu, "
                  "any %llu, strict %llu\n",
                  (number)n->order[MATCH_ORDERED], (number)n->order[MATCH_STRICT],
                  (number)n->order[MATCH_FREE], (number)n->begin[MATCH_BEST], (number)n->begin[MATCH_FIRST],
                  (number)n->begin[MATCH_LATEST], (number)n->ties[MATCH_ARRIVAL], (number)n->ties[MATCH_ANY],
                  (number)n->ties[MATCH_LATER]);
    print_message("exclusions %llu, longest or shortest times %llu, optional %llu, same session %llu, same "
                  "day %llu\n",
                  (number)n->excluded, (number)n->limited, (number)n->optional, (number)n->sessions,
                  (number)n->days);
}

static void test_every_chain(void **state)
{
    (void)state;
    struct met met = {0};
    uint64_t first = from_env("WAYMARK_SEED", 1), rounds = from_env("WAYMARK_ROUNDS", 300000);
    struct zone *zone = zone_open("Asia/Shanghai", NULL);
    assert_non_null(zone);
    for (uint64_t i = 0; i < rounds; i++) {
        struct trial t;
        struct match m;
        trial_random(&t, first + i, zone);
        meet(&met, &t.rule);
        struct matcher *matcher = matcher_new(&t.rule);
        match_find(matcher, &t.events, &m);
        if (t.rule.order == MATCH_FREE)
            compare_free(&t, &m);
        else
            compare_ordered(&t, &m);
        matcher_free(matcher);
    }
    tell(&met);
    zone_free(zone);
}

/* The same chains as chain.h where the rule is plain. */
static void test_plain(void **state)
{
    (void)state;
    struct zone *zone = zone_open("Asia/Shanghai", NULL);
    uint64_t first = from_env("WAYMARK_SEED", 1), rounds = from_env("WAYMARK_ROUNDS", 300000) / 3;
    for (uint64_t i = 0; i < rounds; i++) {
        struct trial t;
        struct match m;
        int64_t times[STEPS];
        trial_random(&t, first + i, zone);
        struct match_rule plain = {.chain = t.rule.chain};
        if (t.rule.same_session || (t.events.n && t.time[0] < t.rule.chain.from))
            continue;
        for (size_t k = 0; k < STEPS; k++)
            plain.most[k] = CHAIN_ENDLESS;
        for (size_t e = 0; e < t.events.n; e++)
            t.mask[e] &= (UINT64_C(1) << plain.chain.steps) - 1;
        t.rule = plain;
        struct matcher *matcher = matcher_new(&t.rule);
        match_find(matcher, &t.events, &m);
        struct journey j = {.n = t.events.n, .time = t.time, .mask = t.mask};
        struct chain_rule rule = plain.chain;
        struct chain c = chain_best(&rule, &j);
        expect(c.level == m.level && c.open == m.open, &t, &m, "not the plain chain");
        chain_times(&j, &c, times);
        for (size_t k = 0; k < c.level; k++)
            expect(times[k] == t.time[m.at[k]], &t, &m, "not the plain times");
        matcher_free(matcher);
    }
    zone_free(zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_chain), cmocka_unit_test(test_plain)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
