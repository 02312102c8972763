/* paths_flow.c - the numbers of a Sankey: nodes and links, counted and put into rows. */
#include "config.h"

#include <stdlib.h>

#include "analysis/paths_p.h"
#include "base/date.h"
#include "base/nls.h"

/* ---- counting */

static void count_in(struct paths_group *g, const struct paths_state *st, const struct trail *t,
                     const uint32_t *node)
{
    const struct paths_plan *p = st->plan;
    for (size_t s = t->begin; s < t->end; s++) {
        uint64_t at = paths_at_key(p, s, node[s]);
        tally_add(&g->at, at, st->user);
        if (p->rule.collapse)
            tally_at(&g->events, at)->count += t->step[s].events;
        if (node[s + 1] != UINT32_MAX)
            tally_add(&g->link, paths_link_key(p, s, node[s], node[s + 1]), st->user);
    }
    if (p->rule.centre)
        tally_add(&g->began, paths_at_key(p, t->begin, node[t->begin]), st->user);
}

void paths_count(struct paths_state *st, const struct trail *t, const uint32_t *node)
{
    for (unsigned g = 0; g < st->plan->groups; g++)
        if (st->in >> g & 1)
            count_in(&st->group[g], st, t, node);
}

/* ---- pauses on links */

static bool is_end(const struct paths_plan *p, uint64_t link_key)
{
    return link_key % paths_stride(p) == paths_end(p);
}

void paths_begin_times(struct paths_plan *p)
{
    const struct tally *link = &p->group[0].link;
    size_t i = 0, n = 0;
    uint64_t key, *count;
    const struct tally_cell *c;
    tally_init(&p->link_group, paths_link_key(p, p->places, 0, 0));
    while (tally_next(link, &i, &key, &c))
        n += !is_end(p, key);
    count = mem_alloc((n + 1) * sizeof(*count));
    for (i = n = 0; tally_next(link, &i, &key, &c);)
        if (!is_end(p, key)) {
            count[n++] = c->count;
            tally_at(&p->link_group, key)->count = n;
        }
    int64_t span = p->ask->has_events ? p->ask->last - p->ask->first : 0;
    p->middle = middle_new(count, n, span, middle_unit(p->ask->snapshot, INT64_MIN, INT64_MAX));
    free(count);
}

void paths_add_times(struct paths_plan *p, const struct trail *t, const uint32_t *node)
{
    for (size_t s = t->begin; s + 1 < t->end; s++) {
        uint64_t group = tally_count(&p->link_group, paths_link_key(p, s, node[s], node[s + 1]));
        int64_t pause = t->step[s + 1].time - t->step[s].time;
        middle_add(p->middle, (size_t)group - 1, pause < 0 ? -pause : pause);
    }
}

/* ---- lists */

/* Behind all names comes what a path leaves out, then (other), last (end). */
enum rank { RANK_NAME, RANK_CUT, RANK_OTHER, RANK_END };

struct count {
    uint64_t paths[PATHS_GROUPS], users[PATHS_GROUPS];
};
struct node {
    size_t place;
    uint32_t number;
    enum rank rank;
    struct str name;
    struct count count;
    uint64_t ended, began, events;
};
struct link {
    size_t from; /* among the nodes as listed */
    enum rank rank;
    struct str name; /* where it leads */
    struct count count;
    uint64_t key;
};
struct flow {
    struct paths_plan *plan;
    struct result *result;
    struct node *node;
    struct link *link;
    size_t nodes, links;
};

static enum rank rank_of(const struct paths_plan *p, uint32_t node)
{
    return node == paths_end(p)     ? RANK_END
           : node == paths_other(p) ? RANK_OTHER
           : node == paths_cut(p)   ? RANK_CUT
                                    : RANK_NAME;
}

static int compare_at(enum rank xr, uint64_t xn, struct str xs, enum rank yr, uint64_t yn, struct str ys)
{
    if (xr != yr)
        return xr < yr ? -1 : 1;
    if (xn != yn)
        return xn < yn ? 1 : -1;
    return str_cmp(xs, ys);
}

static int node_cmp(const void *a, const void *b)
{
    const struct node *x = a, *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return compare_at(x->rank, x->count.paths[0], x->name, y->rank, y->count.paths[0], y->name);
}

static int link_cmp(const void *a, const void *b)
{
    const struct link *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return compare_at(x->rank, x->count.paths[0], x->name, y->rank, y->count.paths[0], y->name);
}

static struct count count_of(const struct paths_plan *p, const struct tally *const tally[PATHS_GROUPS],
                             uint64_t key)
{
    struct count c = {0};
    for (unsigned g = 0; g < p->groups; g++) {
        const struct tally_cell *cell = tally_find(tally[g], key);
        c.paths[g] = cell ? cell->count : 0;
        c.users[g] = cell ? cell->users : 0;
    }
    return c;
}

/* Keys that occur in any group, each once. */
static bool next_key(const struct paths_plan *p, const struct tally *const tally[PATHS_GROUPS], unsigned *g,
                     size_t *i, uint64_t *key)
{
    const struct tally_cell *c;
    for (; *g < p->groups; ++*g, *i = 0)
        while (tally_next(tally[*g], i, key, &c))
            if (*g == 0 || !tally_count(tally[0], *key))
                return true;
    return false;
}

static void list_nodes(struct flow *f)
{
    const struct paths_plan *p = f->plan;
    const struct paths_group *group = p->group;
    const struct tally *const at[] = {&group[0].at, &group[1].at};
    unsigned g = 0;
    size_t i = 0, n = 0;
    uint64_t key;
    while (next_key(p, at, &g, &i, &key))
        n++;
    f->node = arena_array(&p->ask->arena, struct node, n + 1);
    for (g = 0, i = 0; next_key(p, at, &g, &i, &key); f->nodes++) {
        size_t place = (size_t)(key / paths_stride(p));
        uint32_t node = (uint32_t)(key % paths_stride(p));
        f->node[f->nodes] = (struct node){
            .place = place,
            .number = node,
            .rank = rank_of(p, node),
            .name = paths_name(p, place, node),
            .count = count_of(p, at, key),
            .ended = tally_count(&group[0].link, paths_link_key(p, place, node, paths_end(p))),
            .began = p->rule.centre ? tally_count(&group[0].began, key) : 0,
            .events = p->rule.collapse ? tally_count(&group[0].events, key) : 0,
        };
    }
    if (f->nodes)
        qsort(f->node, f->nodes, sizeof(*f->node), node_cmp);
}

static void list_links(struct flow *f)
{
    const struct paths_plan *p = f->plan;
    const struct tally *const link[] = {&p->group[0].link, &p->group[1].link};
    uint64_t key, w = paths_stride(p);
    unsigned g = 0;
    size_t i = 0, n = 0, *place = arena_array(&p->ask->arena, size_t, p->places * w);
    for (size_t k = 0; k < f->nodes; k++)
        place[f->node[k].place * w + f->node[k].number] = k;
    while (next_key(p, link, &g, &i, &key))
        n++;
    f->link = arena_array(&p->ask->arena, struct link, n + 1);
    for (g = 0, i = 0; next_key(p, link, &g, &i, &key); f->links++) {
        uint32_t to = (uint32_t)(key % w);
        f->link[f->links] =
            (struct link){place[key / w], rank_of(p, to), paths_name(p, (size_t)(key / w / w) + 1, to),
                          count_of(p, link, key), key};
    }
    if (f->links)
        qsort(f->link, f->links, sizeof(*f->link), link_cmp);
}

/* ---- rows */

static const struct column_info link_columns[] = {
    {"step", N_("Step"), VALUE_INT},   {"from", N_("From"), VALUE_TEXT},      {"to", N_("To"), VALUE_TEXT},
    {"count", N_("Paths"), VALUE_INT}, {"users", N_("Customers"), VALUE_INT},
};
static const struct column_info time_columns[] = {{"median_s", N_("Median time"), VALUE_SECONDS}};
static const struct column_info compare_columns[] = {
    {"share", N_("Share"), VALUE_RATIO},
    {"compare_count", N_("Paths, other"), VALUE_INT},
    {"compare_users", N_("Customers, other"), VALUE_INT},
    {"compare_share", N_("Share, other"), VALUE_RATIO},
    {"difference", N_("Difference, points"), VALUE_REAL},
};
static const struct column_info node_columns[] = {
    {"step", N_("Step"), VALUE_INT},   {"name", N_("Name"), VALUE_TEXT},
    {"count", N_("Paths"), VALUE_INT}, {"users", N_("Customers"), VALUE_INT},
    {"in", N_("In"), VALUE_INT},       {"out", N_("Out"), VALUE_INT},
    {"ended", N_("Ended"), VALUE_INT},
};
static const struct column_info began_columns[] = {{"began", N_("Began here"), VALUE_INT}};
static const struct column_info event_columns[] = {{"events", N_("Events"), VALUE_INT}};

struct columns {
    struct column_info at[16];
    size_t n;
};

static void add_columns(struct columns *c, const struct column_info *more, size_t n)
{
    memcpy(c->at + c->n, more, n * sizeof(*more));
    c->n += n;
}
#define ADD_COLUMNS(c, list) add_columns(c, list, sizeof(list) / sizeof((list)[0]))

static const struct column_info *keep_columns(const struct columns *c, struct result *r)
{
    struct column_info *kept = arena_array(&r->arena, struct column_info, c->n);
    memcpy(kept, c->at, c->n * sizeof(*kept));
    return kept;
}

static const char *who_of(const struct flow *f, const struct node *n, const struct str *to, unsigned group)
{
    struct buf b = {0};
    buf_printf(&b, "%s%lld ", group ? "compare " : "", (long long)paths_step(f->plan, n->place));
    if (to)
        node_name_put_link(&b, n->name, *to);
    else
        node_name_put(&b, n->name);
    const char *who = arena_str(&f->result->arena, buf_view(&b)).p;
    buf_done(&b);
    return who;
}

static struct value counted(uint64_t n, const char *who)
{
    return value_who(value_int((int64_t)n), n ? who : NULL);
}

static double points(const struct count *c, const struct paths_group *g)
{
    double a = g[0].paths ? (double)c->paths[0] / (double)g[0].paths : 0;
    double b = g[1].paths ? (double)c->paths[1] / (double)g[1].paths : 0;
    return 100 * (a - b);
}

static size_t put_comparison(const struct flow *f, const struct link *l, struct value *v)
{
    const struct paths_group *g = f->plan->group;
    const char *who = who_of(f, &f->node[l->from], &l->name, 1);
    v[0] = value_ratio((int64_t)l->count.paths[0], (int64_t)g[0].paths);
    v[1] = counted(l->count.paths[1], who);
    v[2] = counted(l->count.users[1], who);
    v[3] = value_ratio((int64_t)l->count.paths[1], (int64_t)g[1].paths);
    v[4] = value_real(points(&l->count, g));
    return 5;
}

static void put_links(struct flow *f)
{
    struct paths_plan *p = f->plan;
    struct result *r = f->result;
    struct columns c = {.n = 0};
    ADD_COLUMNS(&c, link_columns);
    if (p->times)
        ADD_COLUMNS(&c, time_columns);
    if (p->groups > 1)
        ADD_COLUMNS(&c, compare_columns);
    result_columns(r, keep_columns(&c, r), c.n);
    for (size_t i = 0; i < f->links; i++) {
        const struct link *l = &f->link[i];
        const struct node *from = &f->node[l->from];
        const char *who = who_of(f, from, &l->name, 0);
        struct value *v = result_row(r);
        v[0] = value_int(paths_step(p, from->place));
        v[1] = paths_value(p, &r->arena, from->name);
        v[2] = paths_value(p, &r->arena, l->name);
        v[3] = counted(l->count.paths[0], who);
        v[4] = counted(l->count.users[0], who);
        v += 5;
        if (p->times && l->rank != RANK_END && l->count.paths[0])
            v[0] = value_seconds(middle_of(p->middle, (size_t)tally_count(&p->link_group, l->key) - 1) /
                                 (double)US_PER_S);
        v += p->times;
        if (p->groups > 1)
            put_comparison(f, l, v);
    }
}

static void put_nodes(struct flow *f)
{
    static const struct str end = {"(end)", 5};
    struct paths_plan *p = f->plan;
    struct result *r = f->result;
    struct rows *t = arena_new(&r->arena, struct rows);
    struct columns c = {.n = 0};
    ADD_COLUMNS(&c, node_columns);
    if (p->rule.centre)
        ADD_COLUMNS(&c, began_columns);
    if (p->rule.collapse)
        ADD_COLUMNS(&c, event_columns);
    *t = (struct rows){.column = keep_columns(&c, r), .columns = c.n};
    for (size_t i = 0; i < f->nodes; i++) {
        const struct node *n = &f->node[i];
        uint64_t in = n->count.paths[0];
        const char *who = who_of(f, n, NULL, 0);
        struct value *v = rows_add(&r->arena, t);
        v[0] = value_int(paths_step(p, n->place));
        v[1] = paths_value(p, &r->arena, n->name);
        v[2] = counted(in, who);
        v[3] = counted(n->count.users[0], who);
        v[4] = counted(in, who);
        v[5] = value_int((int64_t)(in - n->ended));
        v[6] = counted(n->ended, who_of(f, n, &end, 0));
        v += 7;
        if (p->rule.centre)
            *v++ = value_int((int64_t)n->began);
        if (p->rule.collapse)
            *v++ = value_int((int64_t)n->events);
    }
    object_add(&r->arena, &r->summary, "nodes", (struct value){.type = VALUE_ROWS, .rows = t});
}

void paths_put_flow(struct paths_plan *p, struct result *r)
{
    struct flow f = {.plan = p, .result = r};
    list_nodes(&f);
    list_links(&f);
    put_links(&f);
    put_nodes(&f);
}
