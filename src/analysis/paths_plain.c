/* paths_plain.c - whole sessions cut by pauses alone, nothing hidden, merged or filtered: the common
 * question, some events at a time.
 *
 * Where a session ends cannot be predicted, so nothing here branches on it: loops over arrays say which
 * place, node and link an event is, and the last one counts. Every event adds to one node and one link: to
 * the link that leads to it, or, when it begins a session, to the end of the session before. What is not
 * shown goes to the cell behind the last, which nobody reads. */
#include "config.h"

#include "analysis/paths_p.h"
#include "analysis/pick.h"

/* Which names are frequent is asked of all paths, also when only some of them are counted then. */
bool paths_is_plain(const struct paths_plan *p, enum paths_pass pass)
{
    const struct trail_rule *r = &p->rule;
    bool whole = !r->start && !r->end && !r->centre && session_by_pause(&r->session) && !r->hide &&
                 !r->sets && !r->collapse && !p->by_user;
    bool all = !p->throughs && !p->has_who && !p->listing && p->groups == 1 && p->min == 0;
    return whole && (pass == PATHS_NAMES || (pass == PATHS_COUNT && all));
}

enum { CHUNK = 2048 };          /* events at a time: the arrays stay in the first-level cache */
#define FAR (UINT32_C(1) << 30) /* from this place on sessions lie outside the period */

/* Some neighbouring events of a block. */
struct chunk {
    size_t n;
    const int64_t *time; /* time[-1] too, unless the first event is the block's */
    const uint32_t *code;
    uint8_t bump[CHUNK];    /* 1: its user's first event */
    uint32_t keep[CHUNK];   /* all bits: goes on with the session of the event before; 0: begins one */
    uint32_t place[CHUNK];  /* at which its session began, while it is being made; then its own */
    uint32_t at[CHUNK + 1]; /* node and place; at[0] is of the event before the first */
    uint32_t link[CHUNK];
};

/* What goes on from chunk to chunk. */
struct carry {
    uint32_t place, at; /* of the event that comes next, of the last one */
    bool had;           /* the user has had a session in the period */
};

/* ---- places */

PICK_CLONES static void find_begins(struct chunk *restrict c, int64_t gap, int64_t from, int64_t to)
{
    const int64_t *restrict time = c->time;
    c->keep[0] = 0;
    for (size_t i = c->bump[0]; i < c->n; i++)
        c->keep[i] = -((uint32_t)(time[i] - time[i - 1] <= gap) & (c->bump[i] ^ 1u));
    for (size_t i = 0; i < c->n; i++) {
        uint32_t out = (uint32_t)(time[i] < from) | (uint32_t)(time[i] > to);
        c->place[i] = ~c->keep[i] & ((uint32_t)i - (out ? FAR : 0));
    }
}

/* Where sessions begin follows one from the other: the only loop that waits for itself. */
static void find_places(struct chunk *c, uint32_t begin)
{
    for (size_t i = 0; i < c->n; i++) {
        begin = (begin & c->keep[i]) | c->place[i];
        c->place[i] = (uint32_t)i - begin;
    }
}

/* The same for any period: sessions are those that begin at place 0. */
static void count_sessions(struct paths_state *st, const struct chunk *c, struct carry *y)
{
    uint64_t sessions = 0, users = 0, had = y->had;
    for (size_t i = 0; i < c->n; i++) {
        uint64_t begins = c->place[i] == 0;
        had &= c->bump[i] ^ 1u;
        sessions += begins;
        users += begins & (had ^ 1);
        had |= begins;
    }
    y->had = had;
    st->sessions += sessions;
    st->group[0].users += users;
}

PICK_CLONES static void count_all_sessions(struct paths_state *st, const struct chunk *c)
{
    uint32_t sessions = 0, users = 0;
    for (size_t i = 0; i < c->n; i++) {
        sessions += c->keep[i] + 1;
        users += c->bump[i];
    }
    st->sessions += sessions;
    st->group[0].users += users;
}

/* ---- names */

PICK_CLONES static void find_spots(struct chunk *restrict c, const struct paths_plan *p)
{
    const uint32_t *restrict code = c->code, *restrict name = p->rule.name;
    uint32_t places = (uint32_t)p->places, raw = p->raw;
    for (size_t i = 0; i < c->n; i++)
        c->link[i] = (c->place[i] < places ? c->place[i] : places) * raw;
    if (name)
        for (size_t i = 0; i < c->n; i++)
            c->link[i] += name[code[i]];
    else
        for (size_t i = 0; i < c->n; i++)
            c->link[i] += code[i];
}

static void count_names(struct paths_state *st, const struct chunk *c)
{
    uint64_t *count = st->count;
    for (size_t i = 0; i < c->n; i++)
        count[c->link[i]]++;
}

/* ---- nodes and links */

/* Of a node not shown it is the cell behind the last. */
PICK_CLONES static void find_nodes(struct chunk *restrict c, const struct paths_plan *p, uint32_t nowhere)
{
    const uint32_t *restrict code = c->code, *restrict name = p->rule.name, *restrict node = p->node;
    uint32_t places = (uint32_t)p->places, raw = p->raw, w = (uint32_t)paths_stride(p);
    for (size_t i = 0; i < c->n; i++)
        c->link[i] = name ? name[code[i]] : code[i];
    if (node)
        for (size_t i = 0; i < c->n; i++)
            c->link[i] = node[(c->place[i] < places ? c->place[i] : 0) * raw + c->link[i]];
    for (size_t i = 0; i < c->n; i++)
        c->at[i + 1] = c->place[i] < places ? c->place[i] * w + c->link[i] : nowhere;
}

/* c->link holds the node; it becomes the link that leads there, or the end of the session before. */
PICK_CLONES static void find_links(struct chunk *restrict c, uint32_t w, uint32_t end, uint32_t nowhere,
                                   uint32_t none)
{
    for (size_t i = 0; i < c->n; i++) {
        uint32_t keep = c->keep[i], seen = (c->at[i + 1] & keep) | (c->at[i] & ~keep);
        uint32_t to = (c->link[i] & keep) | (end & ~keep);
        c->link[i] = seen != nowhere ? c->at[i] * w + to : none;
    }
}

static void add(struct tally_cell *cell, uint32_t user)
{
    cell->count++;
    cell->users += cell->stamp != user;
    cell->stamp = user;
}

/* A link is of the user of the event before. */
static void count_links(struct paths_state *st, const struct chunk *c)
{
    struct tally_cell *link = st->group[0].link.cell, *at = st->group[0].at.cell;
    uint32_t user = st->user;
    for (size_t i = 0; i < c->n; i++) {
        add(&link[c->link[i]], user);
        user += c->bump[i];
        add(&at[c->at[i + 1]], user);
    }
    st->user = user;
}

/* ---- a block */

/* Marks the first events of users; *u is the user that comes next. */
static void mark_users(struct chunk *c, const struct journeys *js, size_t *u, size_t from)
{
    memset(c->bump, 0, c->n);
    for (; *u < js->users && js->start[*u] < from + c->n; ++*u)
        c->bump[js->start[*u] - from] = 1;
}

static void feed_chunk(struct paths_state *st, struct chunk *c, struct carry *y)
{
    const struct paths_plan *p = st->plan;
    uint32_t nowhere = (uint32_t)st->group[0].at.cap, none = (uint32_t)st->group[0].link.cap;
    find_begins(c, p->rule.session.gap, p->ask->from, p->ask->to);
    find_places(c, 0 - y->place);
    y->place = c->place[c->n - 1] + 1;
    if (p->pass == PATHS_NAMES) {
        find_spots(c, p);
        count_names(st, c);
        return;
    }
    if (p->ask->from == INT64_MIN && p->ask->to == INT64_MAX)
        count_all_sessions(st, c);
    else
        count_sessions(st, c, y);
    c->at[0] = y->at;
    find_nodes(c, p, nowhere);
    find_links(c, (uint32_t)paths_stride(p), paths_end(p), nowhere, none);
    count_links(st, c);
    y->at = c->at[c->n];
}

void paths_feed_plain(struct paths_state *st, const struct journeys *js)
{
    struct paths_group *g = &st->group[0];
    struct carry y = {.at = (uint32_t)g->at.cap};
    struct chunk c;
    size_t u = 0, end = js->start[js->users];
    for (size_t from = js->start[0]; from < end; from += c.n) {
        c.n = end - from < CHUNK ? end - from : CHUNK;
        c.time = js->time + from;
        c.code = js->code + from;
        mark_users(&c, js, &u, from);
        feed_chunk(st, &c, &y);
    }
    if (st->plan->pass == PATHS_NAMES)
        return;
    if (y.at != g->at.cap)
        add(&g->link.cell[y.at * paths_stride(st->plan) + paths_end(st->plan)], st->user);
    g->paths = st->had_path = st->sessions;
}
