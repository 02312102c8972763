/* crowd.c - lists users. Their events are counted by one more scan, over them alone. */
#include "config.h"
#include "analysis/crowd.h"

#include <stdlib.h>

#include "analysis/attr_list.h"
#include "analysis/rule.h"
#include "analysis/scan.h"
#include "base/date.h"
#include "base/nls.h"

struct line {
    uint64_t events;
    int64_t first, last;
};

/* All workers write to lines of different users. */
struct lines {
    const uint32_t *place; /* number of listed users before each word of the bitmap */
    const uint64_t *bit;
    struct line *line;
};

void crowd_merge(struct crowd *into, struct crowd *from)
{
    if (!from->member.n)
        return;
    vec_reserve(&into->member, from->member.n);
    memcpy(into->member.at + into->member.n, from->member.at, from->member.n * sizeof(*from->member.at));
    into->member.n += from->member.n;
}

void crowd_done(struct crowd *c)
{
    vec_done(&c->member);
}

static int member_cmp(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    return (x->user > y->user) - (x->user < y->user);
}

static void feed(void *state, const struct journeys *js)
{
    struct lines *l = state;
    for (size_t i = 0; i < js->users; i++) {
        struct journey j = journeys_at(js, i);
        if (!j.n)
            continue;
        uint64_t below = l->bit[j.user / 64] & ((UINT64_C(1) << (j.user % 64)) - 1);
        l->line[l->place[j.user / 64] + (unsigned)__builtin_popcountll(below)] =
            (struct line){j.n, j.time[0], j.time[j.n - 1]};
    }
}

static bool count(const struct crowd *c, size_t n, const struct ask *a, struct progress *progress,
                  struct line *line, struct err *err)
{
    size_t words = a->users / 64 + 1;
    uint64_t *bit = mem_zalloc(words * sizeof(*bit));
    uint32_t *place = mem_zalloc(words * sizeof(*place));
    for (size_t i = 0; i < n; i++)
        bit[c->member.at[i].user / 64] |= UINT64_C(1) << (c->member.at[i].user % 64);
    for (size_t w = 1; w < words; w++)
        place[w] = place[w - 1] + (uint32_t)__builtin_popcountll(bit[w - 1]);
    struct lines lines = {place, bit, line};
    unsigned threads = pool_threads(a->pool);
    void **state = mem_alloc(threads * sizeof(*state));
    for (unsigned t = 0; t < threads; t++)
        state[t] = &lines;
    struct scan scan;
    scan_init(&scan, a->snapshot);
    scan.everything = true;
    scan.member = bit;
    scan.feed = feed;
    scan.state = state;
    scan.user_from = n ? c->member.at[0].user : 0;
    scan.user_to = n ? c->member.at[n - 1].user + 1 : 0;
    bool ok = !n || scan_run(&scan, a->pool, progress, NULL, err);
    free(state);
    free(place);
    free(bit);
    return ok;
}

static const struct column_info columns[] = {
    {"user", N_("Customer"), VALUE_TEXT},     {"events", N_("Events"), VALUE_INT},
    {"first", N_("First event"), VALUE_TIME}, {"last", N_("Last event"), VALUE_TIME},
    {"step", N_("Step"), VALUE_INT},          {"reached", N_("Reached"), VALUE_TIME},
};
static const struct column_info timed[] = {
    {"user", N_("Customer"), VALUE_TEXT},     {"events", N_("Events"), VALUE_INT},
    {"first", N_("First event"), VALUE_TIME}, {"last", N_("Last event"), VALUE_TIME},
    {"at", N_("Matching event"), VALUE_TIME},
};
/* What is told of each beside his events. */
enum telling { TELL_NOTHING, TELL_STEPS, TELL_TIMES };

struct telling_of {
    const struct ask *ask;
    enum telling telling;
    struct attr_list attributes;
};

static bool put(const struct telling_of *t, const struct member *m, const struct line *l, struct result *r,
                struct err *err)
{
    struct str id;
    if (!dict_get(t->ask->snapshot, COL_USER, m->user, &id, err))
        return false;
    struct value *v = result_row(r);
    size_t at = 4;
    v[0] = value_text(&r->arena, id);
    v[1] = value_int((int64_t)l->events);
    if (l->events) { /* a customer may be known by attributes alone */
        v[2] = value_time(l->first);
        v[3] = value_time(l->last);
    }
    if (t->telling == TELL_STEPS)
        v[at++] = value_int(m->step);
    if (t->telling)
        v[at++] = value_time(m->time);
    return attr_list_put(&t->attributes, &r->arena, m->user, v + at, err);
}

static void put_columns(const struct telling_of *t, struct result *r)
{
    const struct column_info *own = t->telling == TELL_TIMES ? timed : columns;
    size_t n = t->telling == TELL_STEPS ? 6 : t->telling == TELL_TIMES ? 5 : 4, more = t->attributes.n;
    struct column_info *all = arena_array(&r->arena, struct column_info, n + more);
    memcpy(all, own, n * sizeof(*all));
    attr_list_columns(&t->attributes, &r->arena, own, n, all + n);
    result_columns(r, all, n + more);
}

static bool put_all(const struct telling_of *t, struct crowd *c, size_t n, struct progress *progress,
                    struct result *r, struct err *err)
{
    struct line *line = mem_zalloc((n + 1) * sizeof(*line));
    bool ok = count(c, n, t->ask, progress, line, err);
    put_columns(t, r);
    for (size_t i = 0; ok && i < n; i++)
        ok = put(t, &c->member.at[i], &line[i], r, err);
    free(line);
    return ok;
}

static void put_rule(struct ask *a, struct result *r)
{
    struct buf rule = {0};
    rule_add(&rule, _("The customers behind one number, by order of first appearance"));
    rule_add(&rule, _("events, first and last are those of the whole store"));
    rule_joined(&rule, a);
    rule_end(&rule, r);
}

bool crowd_list(struct crowd *c, bool steps, struct ask *a, struct progress *progress, struct result *r,
                struct err *err)
{
    size_t n = c->member.n;
    if (n)
        qsort(c->member.at, n, sizeof(*c->member.at), member_cmp);
    /* --top belongs to the numbers asked about, such as a Sankey's nodes; --limit to the list of people. */
    int64_t limit = INT64_MAX;
    if (ask_text(a, "limit") && !ask_number(a, "limit", 1, INT64_MAX, &limit, err))
        return false;
    n = (uint64_t)limit < n ? (size_t)limit : n;
    struct telling_of t = {.ask = a};
    t.telling = steps ? TELL_STEPS : n && c->member.at[0].time != TIME_NONE ? TELL_TIMES : TELL_NOTHING;
    r->picture = PICTURE_LIST;
    bool ok = attr_list_read(&t.attributes, a->snapshot, a->schema, ask_text(a, "columns"), err) &&
              put_all(&t, c, n, progress, r, err);
    attr_list_done(&t.attributes);
    put_rule(a, r);
    object_add(&r->arena, &r->summary, "users", value_int((int64_t)c->member.n));
    object_add(&r->arena, &r->summary, "shown", value_int((int64_t)n));
    return ok;
}
