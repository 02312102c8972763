/* analysis_ask.c - asks the engine in tests, and says which seed and query failed. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "analysis/local.h"
#include "analysis_log.h"
#include "base/date.h"

bool log_next_user(const struct log *l, size_t *at, const struct log_row **row, size_t *n)
{
    if (*at >= l->row.n)
        return false;
    *row = &l->row.at[*at];
    for (*n = 0; *at < l->row.n && l->row.at[*at].user == (*row)->user; ++*at)
        ++*n;
    return true;
}

void log_random_gap(struct rand *r, struct query *q, int64_t *gap)
{
    static const char *const text[] = {"none", "30m", "2s", "1ms", "3h"};
    static const int64_t us[] = {INT64_MAX, 1800000000, 2000000, 1000, 10800000000};
    uint32_t k = rand_below(r, 5);
    *gap = us[k];
    query_add(q, "gap", text[k]);
}

static bool random_cond(struct rand *r, struct query *q, const char *name, struct log_cond *c)
{
    if (rand_below(r, 5))
        return false;
    log_cond_random(c, r);
    query_add(q, name, c->text);
    return true;
}

void log_random_sessions(struct rand *r, struct query *q, struct log_sessions *out)
{
    *out = (struct log_sessions){.midnight = rand_below(r, 4) == 0};
    log_random_gap(r, q, &out->gap);
    if (out->midnight)
        query_add(q, "midnight", "");
    out->has_opens = random_cond(r, q, "session-start", &out->opens);
    out->has_closes = random_cond(r, q, "session-end", &out->closes);
}

static int64_t local_day(const struct log *l, int64_t t)
{
    struct civil c;
    date_civil(zone_local(l->zone, t), &c);
    return (c.year * 16 + c.month) * 40 + c.day;
}

bool log_begins_session(const struct log *l, const struct log_sessions *s, const struct log_row *last,
                        const struct log_row *row)
{
    return row->time - last->time > s->gap || (s->has_opens && log_cond_holds(&s->opens, l, row)) ||
           (s->has_closes && log_cond_holds(&s->closes, l, last)) ||
           (s->midnight && local_day(l, last->time) != local_day(l, row->time));
}

void log_random_period(const struct log *l, struct rand *r, uint32_t seldom, struct query *q, int64_t *from,
                       int64_t *to)
{
    *from = INT64_MIN;
    *to = INT64_MAX;
    if (!l->row.n || rand_below(r, seldom))
        return;
    struct buf b = {0};
    *from = l->row.at[rand_below(r, (uint32_t)l->row.n)].time;
    zone_put_rfc3339(l->zone, &b, *from);
    query_add(q, "from", b.p);
    if (rand_below(r, 2)) {
        buf_clear(&b);
        *to = *from + 5000000;
        zone_put_rfc3339(l->zone, &b, *to);
        query_add(q, "to", b.p);
    }
    buf_done(&b);
}

static void describe(uint64_t seed, const struct query *q)
{
    struct arena a = {0};
    print_error("seed %llu: %s\n", (unsigned long long)seed, query_command(q, NULL, &a));
    arena_done(&a);
}

/* Threads are started once for a store, not for each question. */
static struct engine *engine;
static const struct env *engine_of;

void log_leave(const struct env *e)
{
    if (engine && engine_of == e) {
        engine->close(engine);
        engine = NULL;
    }
}

struct result *log_ask(struct env *e, const struct query *q, uint64_t seed)
{
    struct err err = {0};
    if (engine && engine_of != e)
        log_leave(engine_of);
    if (!engine)
        engine = engine_local(e, 2, &err);
    engine_of = e;
    struct result *r = engine->run(engine, q, NULL, &err);
    if (!r) {
        describe(seed, q);
        fail_msg("%s", err.text);
    }
    return r;
}

void log_expect_at(bool ok, uint64_t seed, const struct query *q, const char *what, const char *file,
                   int line)
{
    if (ok)
        return;
    describe(seed, q);
    print_error("%s\n", what);
    _fail(file, line);
}

static uint64_t from_env(const char *name, uint64_t otherwise)
{
    const char *v = getenv(name);
    return v && *v ? strtoull(v, NULL, 10) : otherwise;
}

uint64_t log_first_seed(void)
{
    return from_env("WAYMARK_SEED", 1);
}

uint64_t log_rounds(uint64_t rounds)
{
    return from_env("WAYMARK_ROUNDS", rounds * log_rounds_per_thousand / 1000);
}

struct log_shape log_small(struct rand *r)
{
    static const int64_t unit[] = {1, 1000000, 60000000, 7200000000, 250000};
    int64_t u = unit[rand_below(r, 5)];
    return (struct log_shape){.users = 1 + rand_below(r, 6),
                              .rows = rand_below(r, 40),
                              .imports = 1 + rand_below(r, rand_below(r, 8) ? 4 : 12),
                              .block_rows = 1 + rand_below(r, 9),
                              .span = u * (1 + rand_below(r, 30)),
                              .unit = u};
}
