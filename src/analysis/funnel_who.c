/* funnel_who.c - --users: of those that were counted, the ones behind one number. */
#include "config.h"

#include <stdlib.h>

#include "analysis/funnel_p.h"

/* What stands behind the step: a group, and with a trend the bucket, with next and last the event it is of.
 */
struct wanted {
    struct str group; /* p NULL: everyone */
    struct str part;  /* the bucket or event; p NULL: any */
    int64_t first;    /* the same as the first of a pair */
    int64_t key;      /* of the group */
    bool other, both;
    struct funnel_ranks ranks; /* for other */
};

static bool is_of_next(const struct funnel_plan *p)
{
    return p->who == WHO_NEXT || p->who == WHO_LAST;
}

static bool find_event(const struct funnel_plan *p, struct wanted *w)
{
    uint32_t code;
    w->first = p->ask->events;
    if (str_eq(w->part, STR("(end)")))
        return true;
    if (!dict_find(p->ask->snapshot, COL_EVENT, w->part, &code, NULL) || code == UINT32_MAX)
        return false;
    w->first = code;
    return true;
}

static bool find_bucket(struct funnel_state *st, struct wanted *w)
{
    struct funnel_plan *p = st->plan;
    for (size_t i = 0; i < st->groups.list.n; i++) {
        int64_t key = st->groups.list.at[i]->key;
        w->first = p->grouped ? funnel_double_of(&p->doubles, key).first : key;
        if (str_eq(w->part, funnel_day_name(p, w->first)))
            return true;
    }
    return false;
}

/* The groups of --by alone, as large as they are in the answer. */
static void sum_groups(struct funnel_state *st, struct funnel_groups *all)
{
    struct funnel_plan *p = st->plan;
    for (size_t i = 0; i < st->groups.list.n; i++) {
        const struct funnel_tally *t = st->groups.list.at[i];
        int64_t key = p->split == SPLIT_TREND ? funnel_double_of(&p->doubles, t->key).group : t->key;
        funnel_tally(all, p, key)->did[1] += t->did[1];
    }
}

static bool find_group(struct funnel_state *st, struct wanted *w)
{
    struct funnel_plan *p = st->plan;
    struct funnel_groups all = {0};
    bool found = false;
    sum_groups(st, &all);
    for (size_t i = 0; i < all.list.n && !found; i++) {
        w->key = all.list.at[i]->key;
        found = str_eq(w->group, funnel_by_name(p, w->key));
    }
    w->other = !found && str_eq(w->group, STR("(other)"));
    if (w->other)
        funnel_ranks_init(&w->ranks, &all, p);
    funnel_groups_done(&all, p);
    return found || w->other;
}

static bool find_compared(struct funnel_plan *p, struct wanted *w)
{
    w->both = true;
    w->key = str_eq(w->group, funnel_key_name(p, COMPARE_SECOND)) ? COMPARE_SECOND : COMPARE_FIRST;
    return w->key == COMPARE_SECOND || str_eq(w->group, funnel_key_name(p, COMPARE_FIRST));
}

/* "app > home" behind next:2; either name may hold such an arrow itself. */
static bool find_next(struct funnel_state *st, struct wanted *w)
{
    static const char arrow[] = " > ";
    enum { N = sizeof(arrow) - 1 };
    struct str text = st->plan->who_group;
    for (size_t i = text.n; st->plan->grouped && i-- > 0;) {
        if (text.n - i < N || memcmp(text.p + i, arrow, N) != 0)
            continue;
        w->group = (struct str){text.p, i};
        w->part = (struct str){text.p + i + N, text.n - i - N};
        if (find_event(st->plan, w) && find_group(st, w))
            return true;
    }
    w->group = (struct str){0};
    w->part = text;
    return find_event(st->plan, w);
}

/* "2019-06-03", broken down "2019-06-03 app". */
static bool find_trend(struct funnel_state *st, struct wanted *w)
{
    struct str text = st->plan->who_group;
    w->part = str_cut(&text, ' ');
    w->group = text;
    return find_bucket(st, w) && (!w->group.p || find_group(st, w));
}

/* False: nobody is meant. */
static bool find_wanted(struct funnel_state *st, struct wanted *w)
{
    struct funnel_plan *p = st->plan;
    *w = (struct wanted){.group = p->who_group};
    if (!p->who_group.p)
        return true;
    if (p->split == SPLIT_COMPARE)
        return find_compared(p, w);
    if (is_of_next(p))
        return find_next(st, w);
    return p->split == SPLIT_TREND ? find_trend(st, w) : find_group(st, w);
}

static bool is_wanted(const struct funnel_plan *p, const struct wanted *w, int64_t key)
{
    bool pair = p->grouped && (is_of_next(p) || p->split == SPLIT_TREND);
    if (w->part.p && w->first != (pair ? funnel_double_of(&p->doubles, key).first : key))
        return false;
    if (!w->group.p)
        return true;
    if (pair)
        key = funnel_double_of(&p->doubles, key).group;
    if (w->other)
        return funnel_ranks_find(&w->ranks, key) == w->ranks.other;
    return key == w->key || (w->both && key == COMPARE_BOTH);
}

/* The deepest of a customer's units. */
static int candidate_cmp(const void *a, const void *b)
{
    const struct funnel_candidate *x = a, *y = b;
    if (x->member.user != y->member.user)
        return x->member.user < y->member.user ? -1 : 1;
    if (x->member.step != y->member.step)
        return x->member.step > y->member.step ? -1 : 1;
    return (x->member.time > y->member.time) - (x->member.time < y->member.time);
}

struct crowd *funnel_who(void *state)
{
    struct funnel_state *st = state;
    uint32_t before = UINT32_MAX;
    struct wanted w;
    if (!find_wanted(st, &w))
        return &st->crowd;
    if (st->candidate.n)
        qsort(st->candidate.at, st->candidate.n, sizeof(*st->candidate.at), candidate_cmp);
    for (size_t i = 0; i < st->candidate.n; i++) {
        const struct funnel_candidate *c = &st->candidate.at[i];
        if (c->member.user == before || !is_wanted(st->plan, &w, c->key))
            continue;
        before = c->member.user;
        crowd_add(&st->crowd, c->member.user, c->member.step, c->member.time);
    }
    return &st->crowd;
}
