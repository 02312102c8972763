/* funnel.c - how far users get through steps in order; which chain of a user counts is chain.h's and
 * match.h's, or that of another system (dialect.h).
 *
 * A user who reached step K and not K+1 stands in row K as open when a chain of his could still go deeper
 * after the store's last event, else as lost. Without a window nothing stays open. */
#include "config.h"

#include <stdlib.h>

#include "analysis/funnel_p.h"
#include "base/nls.h"

/* ---- whole blocks */

static void add_gaps(struct funnel_state *st, struct funnel_tally *t, const struct chain *c)
{
    for (size_t k = 1; k < c->level; k++)
        vec_push(&t->gap[k], st->time[k] - st->time[k - 1]);
    if (c->level == st->plan->steps)
        vec_push(&t->gap[0], st->time[c->level - 1] - st->time[0]);
}

/* Who they are does not matter: only how many, and the times of those who went on. */
static void add_block(struct funnel_state *st, const struct journeys *js)
{
    struct chain_batch *b = &st->batch;
    struct funnel_tally *t = funnel_tally(&st->groups, st->plan, 0);
    chain_batch_best(b, &st->plan->counting[0].rule.chain, js);
    st->reached[1] += (int64_t)b->beginners;
    st->open[1] += (int64_t)b->beginners_open;
    struct journey all = {.n = js->start[js->users] - js->start[0],
                          .time = js->time + js->start[0],
                          .mask = js->mask + js->start[0]};
    for (size_t u = 0; u < b->n; u++) {
        struct chain c = {.level = (uint32_t)(b->best[u] >> 32), .begin = (uint32_t)b->best[u]};
        st->reached[c.level]++;
        st->open[c.level] += b->open[u];
        if (c.level < 2)
            continue;
        chain_times(&all, &c, st->time);
        add_gaps(st, t, &c);
    }
}

static void feed(void *state, const struct journeys *js)
{
    struct funnel_state *st = state;
    if (st->plan->whole && st->plan->plain) {
        add_block(st, js);
        return;
    }
    for (size_t i = 0; i < js->users; i++) {
        struct journey j = journeys_at(js, i);
        if (st->plan->explain)
            funnel_explain_feed(st, &j);
        else if (j.n)
            funnel_count(st, &j);
    }
}

/* ---- states */

static void *plan(struct ask *a, struct scan *scan, struct err *err)
{
    return funnel_plan(a, scan, err);
}

static void *init(void *plan)
{
    struct funnel_state *st = mem_zalloc(sizeof(*st));
    struct funnel_plan *p = st->plan = plan;
    size_t n = p->steps + 1;
    for (size_t c = 0; c < p->countings; c++)
        st->matcher[c] = matcher_new(&p->counting[c].rule);
    st->unbroken = matcher_new(&p->unbroken);
    st->trend = p->counting[0].rule;
    st->trending = matcher_new(&st->trend);
    st->reached = mem_zalloc(n * sizeof(*st->reached));
    st->open = mem_zalloc(n * sizeof(*st->open));
    return st;
}

static void piece_done(struct funnel_piece *w)
{
    vec_done(&w->time);
    vec_done(&w->mask);
    vec_done(&w->session);
    vec_done(&w->event);
    vec_done(&w->sorted);
}

static void done(void *state)
{
    struct funnel_state *st = state;
    for (size_t c = 0; c < st->plan->countings; c++)
        matcher_free(st->matcher[c]);
    matcher_free(st->unbroken);
    matcher_free(st->trending);
    dialect_done(&st->memory);
    piece_done(&st->unit);
    piece_done(&st->held);
    vec_done(&st->session);
    funnel_groups_done(&st->groups, st->plan);
    vec_done(&st->candidate);
    vec_done(&st->person);
    vec_done(&st->times);
    crowd_done(&st->crowd);
    chain_batch_done(&st->batch);
    funnel_next_done(st);
    funnel_explain_done(st);
    free(st->reached);
    free(st->open);
    free(st);
}

static void merge_people(struct funnel_state *a, const struct funnel_state *b)
{
    for (size_t i = 0; i < b->person.n; i++) {
        struct funnel_person x = b->person.at[i];
        x.at += (uint32_t)a->times.n;
        vec_push(&a->person, x);
    }
    for (size_t i = 0; i < b->times.n; i++)
        vec_push(&a->times, b->times.at[i]);
    for (size_t i = 0; i < b->candidate.n; i++)
        vec_push(&a->candidate, b->candidate.at[i]);
}

static void merge(void *into, void *from)
{
    struct funnel_state *a = into, *b = from;
    for (size_t k = 0; k <= a->plan->steps; k++) {
        a->reached[k] += b->reached[k];
        a->open[k] += b->open[k];
    }
    for (size_t c = 0; c < a->plan->countings; c++)
        a->differ[c] += b->differ[c];
    a->considered += b->considered;
    a->began += b->began;
    a->excluded += b->excluded;
    a->no_unit += b->no_unit;
    funnel_groups_close(&b->groups, a->plan);
    funnel_groups_merge(&a->groups, &b->groups, a->plan);
    merge_people(a, b);
    funnel_next_merge(a, b);
    if (b->explained) {
        a->explained = b->explained;
        b->explained = NULL;
    }
}

/* ---- result */

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    struct funnel_plan *p = plan;
    struct funnel_state *st = state;
    if (p->explain)
        return funnel_explain_rows(p, st, r, err);
    if (p->next) {
        funnel_next_rows(p, st, r);
        return true;
    }
    return funnel_result(p, st, totals, r, err);
}

static void close(void *plan)
{
    struct funnel_plan *p = plan;
    funnel_doubles_done(&p->doubles);
    userset_free(p->compared_set);
    free(p->compared);
}

const struct analysis analysis_funnel = {
    .picture = PICTURE_STEPS,
    .plan = plan,
    .init = init,
    .feed = feed,
    .merge = merge,
    .finish = finish,
    .crowd = funnel_who,
    .crowd_steps = true,
    .done = done,
    .close = close,
};
