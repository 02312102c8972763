/* transitions_count.c - counts the direct steps of each pair of names, and keeps the pauses that may be in
 * the middle. */
#include "config.h"

#include <stdlib.h>

#include "analysis/crowd.h"
#include "analysis/transitions_p.h"
#include "base/date.h"

/* ---- few names: buckets for each pair */

/* Neither the pair nor the pause of a step can be predicted, so nothing branches on them. */
static void count_block(struct transitions_state *st)
{
    const struct pairs *b = &st->block;
    uint32_t *bucket = st->bucket, user = st->user;
    struct users *users = st->users;
    for (size_t i = 0; i < b->n; i++) {
        struct users *u = &users[b->key[i]];
        user += b->bump[i];
        bucket[b->spot[i]]++;
        u->n += u->stamp != user;
        u->stamp = user;
    }
    st->user = user;
}

/* What is aimed at; the first event of a block is no step. */
static void keep_block(struct transitions_state *st)
{
    const struct pairs *b = &st->block;
    const struct aim *aim = st->plan->aim;
    const int64_t *time = b->time;
    struct pauses *k = &st->pauses;
    uint16_t place[PAIRS_MOST];
    size_t found = 0;
    for (size_t i = 0; i < b->n; i++) {
        struct aim a = aim[b->key[i]];
        place[found] = (uint16_t)i;
        found += b->spot[i] - a.low <= a.high - a.low;
    }
    vec_reserve(&k->kept, found);
    for (size_t i = 0; i < found; i++) {
        size_t at = place[i];
        k->kept.at[k->kept.n++] = (struct kept){b->key[at], time[at] - time[at - 1]};
    }
}

static void feed_blocks(struct transitions_state *st, const struct journeys *js)
{
    pairs_begin(&st->block, &st->plan->rule, js);
    while (pairs_next(&st->block))
        (st->bucket ? count_block : keep_block)(st);
}

/* ---- many names, or one pair */

static bool is_step(const struct transitions *p, const struct journey *j, size_t i)
{
    return !session_begins(&p->rule.session, j, i) && ask_in_period(p->ask, j->time[i - 1]);
}

static uint64_t key_at(const struct transitions *p, const struct journey *j, size_t i)
{
    return (uint64_t)transitions_name(p, j->code[i - 1]) * p->rule.names + transitions_name(p, j->code[i]);
}

static void count_user(struct transitions_state *st, const struct journey *j)
{
    for (size_t i = 1; i < j->n; i++)
        if (is_step(st->plan, j, i))
            tally_add(&st->pair, key_at(st->plan, j, i), j->user);
}

/* The pair's place in the list; p->pairs: it is not listed. */
static size_t place_of(const struct transitions *p, uint64_t key)
{
    size_t lo = 0, hi = p->pairs;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (p->pair[mid].key < key)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void look_for_middle(struct transitions_state *st, const struct journey *j)
{
    const struct transitions *p = st->plan;
    for (size_t i = 1; i < j->n; i++)
        if (is_step(p, j, i))
            middle_add(p->middle, place_of(p, key_at(p, j, i)), j->time[i] - j->time[i - 1]);
}

static void look_for_who(struct transitions_state *st, const struct journey *j)
{
    const struct transitions *p = st->plan;
    for (size_t i = 1; i < j->n; i++)
        if (transitions_name(p, j->code[i - 1]) == p->who_from &&
            transitions_name(p, j->code[i]) == p->who_to && is_step(p, j, i)) {
            crowd_add(&st->crowd, j->user, 0, TIME_NONE);
            return;
        }
}

void transitions_feed(void *state, const struct journeys *js)
{
    struct transitions_state *st = state;
    const struct transitions *p = st->plan;
    bool searching = p->has_who && p->pass != PASS_FOLD;
    if (p->around) {
        around_feed(st->around, js);
        return;
    }
    if (st->bucket || p->pass == PASS_KEEP) {
        feed_blocks(st, js);
        return;
    }
    for (size_t i = 0; i < js->users; i++) {
        struct journey j = journeys_at(js, i);
        if (searching)
            look_for_who(st, &j);
        else if (p->pass == PASS_MIDDLE)
            look_for_middle(st, &j);
        else
            count_user(st, &j);
    }
}

/* ---- states */

static size_t spots_of(const struct transitions *p)
{
    return (transitions_cells(p) + 1) * p->rule.scale.buckets;
}

static void buckets_new(struct transitions_state *st)
{
    st->bucket = mem_zalloc(spots_of(st->plan) * sizeof(*st->bucket));
    st->users = mem_zalloc((transitions_cells(st->plan) + 1) * sizeof(*st->users));
}

void *transitions_init(void *plan)
{
    struct transitions *p = plan;
    struct transitions_state *st = mem_zalloc(sizeof(*st));
    st->plan = p;
    if (p->around)
        st->around = around_state_new(p->around);
    else if (p->pass == PASS_MIDDLE || p->pass == PASS_KEEP || (p->has_who && p->pass != PASS_FOLD))
        return st;
    else if (p->direct)
        buckets_new(st);
    else
        tally_init(&st->pair, UINT64_MAX);
    return st;
}

void transitions_done(void *state)
{
    struct transitions_state *st = state;
    around_state_free(st->around);
    free(st->bucket);
    free(st->users);
    pairs_done(&st->block);
    vec_done(&st->pauses.kept);
    tally_done(&st->pair);
    crowd_done(&st->crowd);
    free(st);
}

void transitions_merge(void *into, void *from)
{
    struct transitions_state *a = into, *b = from;
    crowd_merge(&a->crowd, &b->crowd);
    if (a->around) {
        around_merge(a->around, b->around);
        return;
    }
    if (a->pair.cap)
        tally_merge(&a->pair, &b->pair);
    uint32_t buckets = a->plan->rule.scale.buckets;
    for (size_t k = 0; a->bucket && k < transitions_cells(a->plan); k++) {
        a->users[k].n += b->users[k].n;
        for (size_t i = k * buckets; b->users[k].n && i < (k + 1) * buckets; i++)
            a->bucket[i] += b->bucket[i];
    }
    /* Kept pauses are not copied together: whoever sorts them takes one thread's after the other. */
    a->plan->pauses[a->plan->pieces++] = b->pauses;
    b->pauses = (struct pauses){{0}};
}

bool transitions_next(const struct transitions_state *st, size_t *i, struct pair *out)
{
    size_t cells = transitions_cells(st->plan), buckets = st->plan->rule.scale.buckets;
    const struct tally_cell *c;
    *out = (struct pair){0};
    if (!st->bucket) {
        bool more = tally_next(&st->pair, i, &out->key, &c);
        if (more)
            *out = (struct pair){.key = out->key, .count = c->count, .users = c->users};
        return more;
    }
    while (*i < cells && !st->users[*i].n)
        ++*i;
    if (*i == cells)
        return false;
    *out = (struct pair){.key = *i, .users = st->users[*i].n};
    for (size_t b = *i * buckets; b < (*i + 1) * buckets; b++)
        out->count += st->bucket[b];
    ++*i;
    return true;
}
