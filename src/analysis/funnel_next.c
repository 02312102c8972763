/* funnel_next.c - what the customers lost after a step did next, and where they were last of all.
 *
 * Next is the first event in view after the last event of their chain, as long as the chain's window holds;
 * last is their last event in view. An event of the same time that arrived later is a next one. */
#include "config.h"

#include <stdlib.h>

#include "analysis/funnel_p.h"
#include "base/nls.h"

enum { SHOWN = 10 };

/* ---- one customer */

uint32_t funnel_next_code(const struct funnel_plan *p, const struct funnel_view *v, const struct match *m,
                          bool last)
{
    const struct match_rule *r = &p->counting[0].rule;
    size_t first = SIZE_MAX, end = 0;
    for (uint64_t left = m->did; left; left &= left - 1) {
        size_t at = m->at[__builtin_ctzll(left)];
        first = at < first ? at : first;
        end = at > end ? at : end;
    }
    size_t i = last ? v->e.n - 1 : end + 1;
    if (i >= v->e.n || (!last && !match_in_window(r, &v->e, first, i)))
        return p->ask->events;
    return v->j->code[funnel_event(v, i)];
}

/* ---- counts */

static size_t place_of(const struct funnel_counts *c, int64_t key, uint32_t event)
{
    uint64_t mixed = ((uint64_t)key * UINT64_C(0x9E3779B97F4A7C15)) ^ event;
    size_t i = (size_t)(mixed * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (c->cap - 1);
    while (c->place[i]) {
        const struct funnel_count *x = &c->list.at[c->place[i] - 1];
        if (x->key == key && x->event == event)
            break;
        i = (i + 1) & (c->cap - 1);
    }
    return i;
}

static void grow(struct funnel_counts *c)
{
    free(c->place);
    c->cap = c->cap ? 2 * c->cap : 64;
    c->place = mem_zalloc(c->cap * sizeof(*c->place));
    for (size_t i = 0; i < c->list.n; i++)
        c->place[place_of(c, c->list.at[i].key, c->list.at[i].event)] = (uint32_t)i + 1;
}

static void add(struct funnel_counts *c, int64_t key, uint32_t event, uint64_t n)
{
    if (2 * (c->list.n + 1) > c->cap)
        grow(c);
    size_t at = place_of(c, key, event);
    if (!c->place[at]) {
        vec_push(&c->list, (struct funnel_count){key, event, 0});
        c->place[at] = (uint32_t)c->list.n;
    }
    c->list.at[c->place[at] - 1].n += n;
}

void funnel_next_add(struct funnel_state *st, const struct funnel_view *v, const struct match *m, int64_t key)
{
    add(&st->next, key, funnel_next_code(st->plan, v, m, false), 1);
    add(&st->last, key, funnel_next_code(st->plan, v, m, true), 1);
}

static void merge(struct funnel_counts *into, const struct funnel_counts *from)
{
    for (size_t i = 0; i < from->list.n; i++)
        add(into, from->list.at[i].key, from->list.at[i].event, from->list.at[i].n);
}

void funnel_next_merge(struct funnel_state *into, const struct funnel_state *from)
{
    merge(&into->next, &from->next);
    merge(&into->last, &from->last);
}

static void counts_done(struct funnel_counts *c)
{
    vec_done(&c->list);
    free(c->place);
}

void funnel_next_done(struct funnel_state *st)
{
    counts_done(&st->next);
    counts_done(&st->last);
}

/* ---- rows */

struct event_count {
    uint64_t users;
    struct str name;
};

static int count_cmp(const void *a, const void *b)
{
    const struct event_count *x = a, *y = b;
    if (x->users != y->users)
        return x->users < y->users ? 1 : -1;
    return str_cmp(x->name, y->name);
}

/* One table: what was done next, or last, by the customers of one group. */
struct next_table {
    struct funnel_plan *plan;
    struct result *result;
    const char *when, *shown;
    const struct funnel_group *group; /* NULL: there are none */
};

/* "next:2 home", of a group "next:2 app > home". */
static const char *who(const struct next_table *t, struct str event)
{
    struct str g = t->group ? t->group->name : STR("");
    return arena_printf(&t->result->arena, "%s:%zu %.*s%s%.*s", t->when, t->plan->next, (int)g.n, g.p,
                        t->group ? " > " : "", (int)event.n, event.p);
}

static void put(const struct next_table *t, const struct event_count *e, uint64_t all, bool other)
{
    struct value *v = result_row(t->result);
    size_t c = 0;
    v[c++] = value_shown(value_static(t->when), t->shown);
    if (t->group)
        v[c++] = funnel_cell_group(t->plan, t->result, t->group);
    v[c++] = ask_event_value(t->plan->ask, &t->result->arena, e->name);
    v[c] = value_int((int64_t)e->users);
    if (!other)
        v[c].who = who(t, e->name);
    v[c + 1] = value_ratio((int64_t)e->users, (int64_t)all);
}

/* The largest first, the rest as (other). */
static void put_events(const struct next_table *t, struct event_count *e, size_t n)
{
    struct event_count other = {.name = STR("(other)")};
    int64_t asked = t->plan->ask->top;
    size_t top = t->group || asked < 0 ? SHOWN : (size_t)asked; /* of groups --top is how many of them */
    uint64_t all = 0;
    for (size_t i = 0; i < n; i++)
        all += e[i].users;
    if (n)
        qsort(e, n, sizeof(*e), count_cmp);
    for (size_t i = 0; i < n; i++)
        if (!top || i < top)
            put(t, &e[i], all, false);
        else
            other.users += e[i].users;
    if (other.users)
        put(t, &other, all, true);
}

/* A count with the place of its group. */
struct ranked {
    size_t rank;
    uint32_t event;
    uint64_t n;
};

static int ranked_cmp(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return (x->event > y->event) - (x->event < y->event);
}

static void put_counts(struct next_table *t, const struct funnel_counts *counts,
                       const struct funnel_ranks *ranks)
{
    struct ask *a = t->plan->ask;
    size_t n = counts->list.n;
    struct ranked *c = arena_array(&a->arena, struct ranked, n + 1);
    struct event_count *e = arena_array(&a->arena, struct event_count, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct funnel_count *x = &counts->list.at[i];
        c[i] = (struct ranked){ranks ? funnel_ranks_find(ranks, x->key) : 0, x->event, x->n};
    }
    if (n)
        qsort(c, n, sizeof(*c), ranked_cmp);
    for (size_t from = 0, i = 0; from < n; from = i) {
        size_t events = 0;
        for (; i < n && c[i].rank == c[from].rank; i++)
            if (i > from && c[i].event == c[i - 1].event)
                e[events - 1].users += c[i].n; /* of (other) */
            else
                e[events++] = (struct event_count){c[i].n, c[i].event < a->events ? ask_event(a, c[i].event)
                                                                                  : STR("(end)")};
        t->group = ranks ? &ranks->group[c[from].rank] : NULL;
        put_events(t, e, events);
    }
}

static void put_columns(const struct funnel_plan *p, struct result *r)
{
    static const struct column_info columns[] = {
        {"when", N_("When"), VALUE_TEXT},    {"group", N_("Group"), VALUE_TEXT},
        {"event", N_("Event"), VALUE_TEXT},  {"users", N_("Customers"), VALUE_INT},
        {"share", N_("Share"), VALUE_RATIO},
    };
    enum { N = sizeof(columns) / sizeof(*columns) };
    struct column_info *shown = arena_array(&r->arena, struct column_info, N);
    size_t n = 0;
    for (size_t i = 0; i < N; i++)
        if (p->grouped || strcmp(columns[i].name, "group") != 0)
            shown[n++] = columns[i];
    result_columns(r, shown, n);
}

void funnel_next_rows(struct funnel_plan *p, struct funnel_state *st, struct result *r)
{
    uint64_t lost = 0;
    struct funnel_ranks ranks;
    for (size_t i = 0; i < st->next.list.n; i++)
        lost += st->next.list.at[i].n;
    if (p->grouped)
        funnel_ranks_init(&ranks, &st->groups, p);
    put_columns(p, r);
    struct next_table next = {p, r, "next", _("next"), NULL}, last = {p, r, "last", _("last of all"), NULL};
    put_counts(&next, &st->next, p->grouped ? &ranks : NULL);
    put_counts(&last, &st->last, p->grouped ? &ranks : NULL);
    object_add(&r->arena, &r->summary, "step", value_int((int64_t)p->next));
    object_add(&r->arena, &r->summary, "lost",
               value_who(value_int((int64_t)lost), arena_printf(&r->arena, "lost:%zu", p->next)));
    r->picture = PICTURE_TABLE;
    funnel_rule(p, st, r);
}
