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

void funnel_next_init(struct funnel_state *st)
{
    size_t n = (size_t)st->plan->ask->events + 1;
    if (!st->plan->next)
        return;
    st->next = mem_zalloc(n * sizeof(*st->next));
    st->last = mem_zalloc(n * sizeof(*st->last));
}

void funnel_next_add(struct funnel_state *st, const struct funnel_view *v, const struct match *m)
{
    st->next[funnel_next_code(st->plan, v, m, false)]++;
    st->last[funnel_next_code(st->plan, v, m, true)]++;
}

void funnel_next_merge(struct funnel_state *into, const struct funnel_state *from)
{
    for (size_t c = 0; into->next && c <= into->plan->ask->events; c++) {
        into->next[c] += from->next[c];
        into->last[c] += from->last[c];
    }
}

void funnel_next_done(struct funnel_state *st)
{
    free(st->next);
    free(st->last);
}

/* ---- rows */

static const struct column_info columns[] = {
    {"when", N_("When"), VALUE_TEXT},
    {"event", N_("Event"), VALUE_TEXT},
    {"users", N_("Customers"), VALUE_INT},
    {"share", N_("Share"), VALUE_RATIO},
};

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

static void put(const struct funnel_plan *p, struct result *r, const char *when, const char *shown,
                const struct event_count *e, uint64_t all, bool other)
{
    struct value *v = result_row(r);
    v[0] = value_shown(value_static(when), shown);
    v[1] = ask_event_value(p->ask, &r->arena, e->name);
    v[2] = value_int((int64_t)e->users);
    if (!other)
        v[2].who = arena_printf(&r->arena, "%s:%zu %.*s", when, p->next, (int)e->name.n, e->name.p);
    v[3] = value_ratio((int64_t)e->users, (int64_t)all);
}

/* The largest first, the rest as (other). */
static void put_counts(const struct funnel_plan *p, struct result *r, const char *when, const char *shown,
                       const uint64_t *count)
{
    struct ask *a = p->ask;
    struct event_count *e = arena_array(&a->arena, struct event_count, (size_t)a->events + 1);
    struct event_count other = {.name = STR("(other)")};
    size_t n = 0, top = a->top >= 0 ? (size_t)a->top : SHOWN;
    uint64_t all = 0;
    for (uint32_t c = 0; c <= a->events; c++) {
        all += count[c];
        if (count[c])
            e[n++] = (struct event_count){count[c], c < a->events ? ask_event(a, c) : STR("(end)")};
    }
    if (n)
        qsort(e, n, sizeof(*e), count_cmp);
    for (size_t i = 0; i < n; i++)
        if (!top || i < top)
            put(p, r, when, shown, &e[i], all, false);
        else
            other.users += e[i].users;
    if (other.users)
        put(p, r, when, shown, &other, all, true);
}

void funnel_next_rows(struct funnel_plan *p, struct funnel_state *st, struct result *r)
{
    uint64_t lost = 0;
    for (size_t c = 0; c <= p->ask->events; c++)
        lost += st->next[c];
    result_columns(r, columns, sizeof(columns) / sizeof(*columns));
    put_counts(p, r, "next", _("next"), st->next);
    put_counts(p, r, "last", _("last of all"), st->last);
    object_add(&r->arena, &r->summary, "step", value_int((int64_t)p->next));
    object_add(&r->arena, &r->summary, "lost",
               value_who(value_int((int64_t)lost), arena_printf(&r->arena, "lost:%zu", p->next)));
    r->picture = PICTURE_TABLE;
    funnel_rule(p, st, r);
}
