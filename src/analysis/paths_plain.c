/* paths_plain.c - whole sessions cut by pauses alone, nothing hidden, merged or filtered: the common
 * question, in one loop over a block of events.
 *
 * Where a session ends cannot be predicted, so nothing here branches on it. Every event adds to one node and
 * one link: to the link that leads to it, or, when it begins a session, to the end of the session before.
 * What is not shown goes to the cell behind the last, which nobody reads. */
#include "config.h"

#include "analysis/paths_p.h"

bool paths_is_plain(const struct paths_plan *p)
{
    const struct trail_rule *r = &p->rule;
    bool whole = !r->start && !r->end && !r->centre && session_by_pause(&r->session);
    bool all =
        !r->hide && !r->sets && !r->collapse && !p->by_user && !p->throughs && !p->has_who && !p->listing;
    return whole && all && p->groups == 1 && p->min == 0;
}

/* The last event seen, and the session at hand. */
struct at {
    uint64_t place, key; /* key: of its node, shifted to begin a link's */
    uint32_t user;
    uint64_t shown; /* 1: the event is, so an end here is seen */
    uint64_t in;    /* 1: the session is in the period */
};

static void add(struct tally_cell *cell, uint64_t key, uint32_t user)
{
    struct tally_cell *c = &cell[key];
    c->count++;
    c->users += c->stamp != user + 1;
    c->stamp = user + 1;
}

static uint64_t pick(uint64_t condition, uint64_t yes, uint64_t no)
{
    return no ^ ((no ^ yes) & -condition);
}

static void count_names(struct paths_state *st, const struct journey *j)
{
    const struct paths_plan *p = st->plan;
    const struct ask *a = p->ask;
    const uint32_t *name = p->rule.name;
    uint64_t place = 0, in = 0, places = p->places, raw = p->raw;
    for (size_t i = 0; i < j->n; i++) {
        uint64_t begins = i == 0 || j->time[i] - j->time[i - 1] > p->rule.session.gap;
        in = pick(begins, (uint64_t)ask_in_period(a, j->time[i]), in);
        place = pick(begins, 0, place + 1);
        uint64_t row = pick(in & (uint64_t)(place < places), place, places);
        st->count[row * raw + (name ? name[j->code[i]] : j->code[i])]++;
    }
}

/* The session before has ended. */
static uint64_t end_key(const struct paths_plan *p, const struct paths_group *g, const struct at *at)
{
    return pick(at->shown, at->key + paths_end(p), g->link.cap);
}

static void count_user(struct paths_state *st, const struct journey *j, struct at *at)
{
    const struct paths_plan *p = st->plan;
    struct paths_group *g = &st->group[0];
    const struct ask *a = p->ask;
    const uint32_t *name = p->rule.name, *node = p->node;
    uint64_t w = paths_stride(p), places = p->places, none = g->link.cap, nowhere = g->at.cap,
             sessions = st->sessions;
    for (size_t i = 0; i < j->n; i++) {
        uint64_t begins = i == 0 || j->time[i] - j->time[i - 1] > p->rule.session.gap;
        uint64_t n = name ? name[j->code[i]] : j->code[i], before = at->key, ends = end_key(p, g, at);
        at->in = pick(begins, (uint64_t)ask_in_period(a, j->time[i]), at->in);
        at->place = pick(begins, 0, at->place + 1);
        at->shown = at->in & (uint64_t)(at->place < places);
        uint64_t place = pick(at->shown, at->place, 0);
        n = node ? node[place * p->raw + n] : n;
        add(g->at.cell, pick(at->shown, place * w + n, nowhere), j->user);
        add(g->link.cell, pick(begins, ends, pick(at->shown, before + n, none)), at->user);
        at->key = (place * w + n) * w;
        at->user = j->user;
        sessions += begins & at->in;
    }
    g->users += sessions > st->sessions;
    st->sessions = sessions;
}

void paths_feed_plain(struct paths_state *st, const struct journeys *js)
{
    struct paths_group *g = &st->group[0];
    bool names = st->plan->pass == PATHS_NAMES;
    struct at at = {.user = 0};
    for (size_t u = 0; u < js->users; u++) {
        struct journey j = journeys_at(js, u);
        if (names)
            count_names(st, &j);
        else
            count_user(st, &j, &at);
    }
    if (names)
        return;
    add(g->link.cell, end_key(st->plan, g, &at), at.user);
    g->paths = st->had_path = st->sessions;
}
