/* paths.c - where users go, step by step: the numbers of a Sankey.
 *
 * A path is a session as trail.h cuts it. Its node at step s is its s-th event's name, or (other) when that
 * is not among the step's --top names, or when it came there by a link with fewer than --min paths. Folding
 * moves whole paths, never numbers, so at every node in = out + ended holds by construction, and the users of
 * (other) are distinct users.
 *
 * Passes: names per step are counted first when some must be folded; with --min the links of one step after
 * the other; then everything is counted. `--end` walks backwards: step 1 is the end event, a link leads to
 * the event before. */
#include "config.h"

#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/rule.h"
#include "analysis/tally.h"
#include "analysis/trail.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"

enum { TOP_DEFAULT = 8 };
enum pass { PASS_NAMES, PASS_LINKS, PASS_ALL };

/* A node that is asked for; one folded into (other) is told apart by its event. */
struct place {
    uint32_t node, code; /* code UINT32_MAX: any */
};

struct plan {
    struct ask *ask;
    struct trail_rule rule;
    const char *start, *end, *hide; /* canonical texts or NULL */
    struct select mark[3], where;
    int64_t top, min;
    enum pass pass;
    size_t link_step; /* PASS_LINKS: the step whose links are counted */
    /* Nodes of a step: 0..names-1 are events (by `of_name`), then (other), then (end). */
    uint32_t names;    /* of any step: the stride is names + 2 */
    uint32_t *node;    /* [step * events + code]: node of the event; NULL: the code */
    uint32_t *code;    /* [step * names + node]: its event; NULL: the node */
    struct tally thin; /* links folded by --min: those with a count */
    bool has_thin;
    bool has_who;
    size_t who_step;
    struct place who_from, who_to;
    bool who_link;
};

struct state {
    struct plan *plan;
    uint32_t user;
    uint64_t *name; /* PASS_NAMES: per step and event */
    struct tally link, at;
    uint64_t paths, sessions, users;
    uint32_t last_user; /* + 1, who had a path */
    struct crowd crowd;
};

static uint32_t other_of(const struct plan *p)
{
    return p->names;
}

static uint32_t end_of(const struct plan *p)
{
    return p->names + 1;
}

static uint64_t link_key(const struct plan *p, size_t step, uint32_t from, uint32_t to)
{
    uint64_t w = (uint64_t)p->names + 2;
    return (step * w + from) * w + to;
}

/* ---- one path */

/* The path's nodes; one more, (end), when it stops within the steps shown. */
static void find_nodes(struct plan *p, const struct trail *t, uint32_t *node)
{
    for (size_t s = 0; s < t->steps; s++) {
        node[s] = p->node ? p->node[s * p->ask->events + t->code[s]] : t->code[s];
        if (s && p->has_thin && tally_count(&p->thin, link_key(p, s - 1, node[s - 1], node[s])))
            node[s] = other_of(p);
    }
    node[t->steps] = t->more ? UINT32_MAX : end_of(p);
}

static void count_all(struct state *st, const struct trail *t, const uint32_t *node)
{
    const struct plan *p = st->plan;
    for (size_t s = 0; s < t->steps; s++) {
        tally_add(&st->at, s * ((uint64_t)p->names + 2) + node[s], st->user);
        if (node[s + 1] != UINT32_MAX)
            tally_add(&st->link, link_key(p, s, node[s], node[s + 1]), st->user);
    }
}

static bool is_at(const struct place *w, const struct trail *t, const uint32_t *node, size_t s)
{
    return node[s] == w->node && (w->code == UINT32_MAX || (s < t->steps && t->code[s] == w->code));
}

static bool is_wanted(const struct plan *p, const struct trail *t, const uint32_t *node)
{
    size_t s = p->who_step;
    return s < t->steps && is_at(&p->who_from, t, node, s) &&
           (!p->who_link || is_at(&p->who_to, t, node, s + 1));
}

static void add_path(struct state *st, const struct trail *t)
{
    struct plan *p = st->plan;
    uint32_t node[TRAIL_STEPS + 1];
    if (p->pass == PASS_NAMES) {
        for (size_t s = 0; s < t->steps; s++)
            st->name[s * p->ask->events + t->code[s]]++;
        return;
    }
    find_nodes(p, t, node);
    size_t s = p->link_step;
    if (p->pass == PASS_LINKS) {
        if (s + 1 < t->steps)
            tally_add(&st->link, link_key(p, s, node[s], node[s + 1]), st->user);
    } else if (!p->has_who) {
        count_all(st, t, node);
    } else if (is_wanted(p, t, node) &&
               (!st->crowd.member.n || st->crowd.member.at[st->crowd.member.n - 1].user != st->user)) {
        crowd_add(&st->crowd, st->user, 0, TIME_NONE);
    }
}

static void add_session(void *arg, const struct trail *t)
{
    struct state *st = arg;
    if (!ask_in_period(st->plan->ask, t->first))
        return;
    st->sessions++;
    if (!t->steps)
        return;
    st->paths++;
    st->users += st->last_user != st->user + 1;
    st->last_user = st->user + 1;
    add_path(st, t);
}

static void feed(void *state, const struct journeys *js)
{
    struct state *st = state;
    for (size_t i = 0; i < js->users; i++) {
        struct journey j = journeys_at(js, i);
        st->user = j.user;
        trail_each(&st->plan->rule, &j, add_session, st);
    }
}

/* ---- plan */

static bool read_marks(struct plan *p, struct scan *scan, struct err *err)
{
    static const char *const name[] = {"start", "end", "hide"};
    const char **text[] = {&p->start, &p->end, &p->hide};
    uint64_t *bit[] = {&p->rule.start, &p->rule.end, &p->rule.hide};
    for (int i = 0; i < 3; i++) {
        const char *given = ask_text(p->ask, name[i]);
        if (!given)
            continue;
        const struct expr *e = ask_condition(p->ask, name[i], given, err);
        if (!e || !ask_select(p->ask, e, false, &p->mark[scan->selectors], err))
            return false;
        *text[i] = ask_print(p->ask, e);
        *bit[i] = UINT64_C(1) << scan->selectors++;
    }
    scan->selector = p->mark;
    if (p->start && p->end)
        return err_set(err, ERR_USAGE, _("give --start or --end, not both"));
    return true;
}

static bool find_place(const struct plan *p, size_t step, struct str name, struct place *out)
{
    uint32_t code;
    *out = (struct place){str_eq(name, STR("(end)")) ? end_of(p) : other_of(p), UINT32_MAX};
    if (str_eq(name, STR("(other)")) || str_eq(name, STR("(end)")))
        return true;
    if (step >= p->rule.depth || !dict_find(p->ask->snapshot, COL_EVENT, name, &code, NULL) ||
        code >= p->ask->events)
        return false;
    out->node = p->node ? p->node[step * p->ask->events + code] : code;
    out->code = out->node == other_of(p) ? code : UINT32_MAX;
    return true;
}

/* "home", or "home > card_tab"; names may hold " > " themselves. */
static bool find_places(struct plan *p, struct str names)
{
    p->who_link = false;
    if (find_place(p, p->who_step, names, &p->who_from))
        return true;
    p->who_link = true;
    for (size_t i = 0; i + 3 < names.n; i++)
        if (memcmp(names.p + i, " > ", 3) == 0 &&
            find_place(p, p->who_step, (struct str){names.p, i}, &p->who_from) &&
            find_place(p, p->who_step + 1, (struct str){names.p + i + 3, names.n - i - 3}, &p->who_to))
            return true;
    return false;
}

/* Nodes get their numbers by folding, so this is done again after it. */
static void find_who(struct plan *p)
{
    struct str rest = str_of(p->ask->who);
    str_cut(&rest, ' ');
    if (!find_places(p, rest))
        bug("paths: a name that was known is not known any more");
}

static bool read_who(struct plan *p, struct err *err)
{
    int64_t step;
    if (!p->ask->who)
        return true;
    struct str rest = str_of(p->ask->who), word = str_cut(&rest, ' ');
    if (!num_i64(word, &step) || step < 1 || step > (int64_t)p->rule.depth || !rest.p || !rest.n)
        return err_set(err, ERR_USAGE,
                       _("--users %s: write a step from 1 to %zu and a name, as in '2 home', or a link, as "
                         "in '2 home > (end)'"),
                       p->ask->who, p->rule.depth);
    p->has_who = true;
    p->who_step = (size_t)step - 1;
    if (!find_places(p, rest))
        return err_set(err, ERR_USAGE,
                       _("--users %s: no event of that name; write names as the table shows them"),
                       p->ask->who);
    return true;
}

static void begin_counting(struct plan *p)
{
    p->pass = p->min > 0 && p->rule.depth > 1 ? PASS_LINKS : PASS_ALL;
    if (p->min > 0 && !p->has_thin) {
        tally_init(&p->thin, link_key(p, p->rule.depth, 0, 0));
        p->has_thin = true;
    }
}

static void *plan(struct ask *a, struct scan *scan, struct err *err)
{
    struct plan *p = arena_new(&a->arena, struct plan);
    int64_t depth;
    p->ask = a;
    p->top = a->top >= 0 ? a->top : TOP_DEFAULT;
    p->names = a->events;
    p->rule.collapse = ask_flag(a, "collapse");
    if (!ask_number(a, "depth", 1, TRAIL_STEPS, &depth, err) ||
        !ask_number(a, "min", 0, INT64_MAX, &p->min, err) || !ask_duration(a, "gap", &p->rule.gap, err) ||
        !read_marks(p, scan, err))
        return NULL;
    p->rule.depth = (size_t)depth;
    if (!read_who(p, err))
        return NULL;
    scan->everything = true;
    if (a->where) {
        if (!ask_select(a, NULL, true, &p->where, err))
            return NULL;
        scan->where = &p->where;
    }
    if (p->top > 0 && (uint64_t)p->top < a->events)
        p->pass = PASS_NAMES;
    else
        begin_counting(p);
    return p;
}

static void *init(void *plan)
{
    struct plan *p = plan;
    struct state *st = mem_zalloc(sizeof(*st));
    st->plan = p;
    if (p->pass == PASS_NAMES) {
        st->name = mem_zalloc(p->rule.depth * p->ask->events * sizeof(*st->name));
    } else {
        tally_init(&st->link, link_key(p, p->rule.depth, 0, 0));
        tally_init(&st->at, p->rule.depth * ((uint64_t)p->names + 2));
    }
    return st;
}

static void done(void *state)
{
    struct state *st = state;
    free(st->name);
    tally_done(&st->link);
    tally_done(&st->at);
    crowd_done(&st->crowd);
    free(st);
}

static void merge(void *into, void *from)
{
    struct state *a = into, *b = from;
    for (size_t i = 0; a->name && i < a->plan->rule.depth * a->plan->ask->events; i++)
        a->name[i] += b->name[i];
    tally_merge(&a->link, &b->link);
    tally_merge(&a->at, &b->at);
    a->paths += b->paths;
    a->sessions += b->sessions;
    a->users += b->users;
    crowd_merge(&a->crowd, &b->crowd);
}

/* ---- folding */

struct named {
    uint64_t n;
    uint32_t code;
    struct str name;
};

static int named_cmp(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return str_cmp(x->name, y->name);
}

/* The largest names of a step get nodes 0.., all others share (other). */
static void fold_step(struct plan *p, size_t step, const uint64_t *count, struct named *list)
{
    uint32_t events = p->ask->events, kept = p->names;
    for (uint32_t c = 0; c < events; c++)
        list[c] = (struct named){count[c], c, ask_event(p->ask, c)};
    qsort(list, events, sizeof(*list), named_cmp);
    for (uint32_t i = 0; i < events; i++)
        p->node[step * events + list[i].code] = i < kept ? i : other_of(p);
    for (uint32_t i = 0; i < kept; i++)
        p->code[step * kept + i] = list[i].code;
}

static void fold_names(struct plan *p, const struct state *st)
{
    uint32_t events = p->ask->events;
    struct named *list = mem_alloc(events * sizeof(*list));
    p->names = (uint32_t)p->top;
    p->node = arena_array(&p->ask->arena, uint32_t, p->rule.depth * events);
    p->code = arena_array(&p->ask->arena, uint32_t, p->rule.depth * p->names);
    for (size_t s = 0; s < p->rule.depth; s++)
        fold_step(p, s, st->name + s * events, list);
    free(list);
}

static void fold_links(struct plan *p, const struct state *st)
{
    size_t i = 0;
    uint64_t key;
    const struct tally_cell *c;
    while (tally_next(&st->link, &i, &key, &c)) {
        uint32_t to = (uint32_t)(key % (p->names + 2));
        if (c->count < (uint64_t)p->min && to != other_of(p))
            tally_at(&p->thin, key)->count = 1;
    }
}

static bool again(void *plan, void *state, struct scan *scan)
{
    struct plan *p = plan;
    (void)scan;
    if (p->pass == PASS_ALL)
        return false;
    if (p->pass == PASS_NAMES) {
        fold_names(p, state);
        begin_counting(p);
    } else {
        fold_links(p, state);
        if (++p->link_step + 1 >= p->rule.depth)
            p->pass = PASS_ALL;
    }
    if (p->has_who)
        find_who(p);
    return true;
}

/* ---- result */

static const struct column_info columns[] = {
    {"step", N_("Step"), VALUE_INT},   {"from", N_("From"), VALUE_TEXT},      {"to", N_("To"), VALUE_TEXT},
    {"count", N_("Paths"), VALUE_INT}, {"users", N_("Customers"), VALUE_INT},
};
static const struct column_info node_columns[] = {
    {"step", N_("Step"), VALUE_INT},   {"name", N_("Name"), VALUE_TEXT},
    {"count", N_("Paths"), VALUE_INT}, {"users", N_("Customers"), VALUE_INT},
    {"in", N_("In"), VALUE_INT},       {"out", N_("Out"), VALUE_INT},
    {"ended", N_("Ended"), VALUE_INT},
};

/* Behind all names comes (other), last (end). */
enum rank { RANK_NAME, RANK_OTHER, RANK_END };

struct node {
    size_t step;
    uint32_t number;
    enum rank rank;
    struct str name;
    uint64_t count, users, ended;
};
struct link {
    size_t from; /* among the nodes as listed */
    enum rank rank;
    struct str name; /* where it leads */
    uint64_t count, users;
};

static enum rank rank_of(const struct plan *p, uint32_t node)
{
    return node == end_of(p) ? RANK_END : node == other_of(p) ? RANK_OTHER : RANK_NAME;
}

static struct str name_of(const struct plan *p, size_t step, uint32_t node)
{
    if (node == other_of(p))
        return STR("(other)");
    if (node == end_of(p))
        return STR("(end)");
    return ask_event(p->ask, p->code ? p->code[step * p->names + node] : node);
}

static int node_cmp(const void *a, const void *b)
{
    const struct node *x = a, *y = b;
    if (x->step != y->step)
        return x->step < y->step ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return str_cmp(x->name, y->name);
}

static int link_cmp(const void *a, const void *b)
{
    const struct link *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return str_cmp(x->name, y->name);
}

static size_t count_cells(const struct tally *t)
{
    size_t i = 0, n = 0;
    uint64_t key;
    const struct tally_cell *c;
    while (tally_next(t, &i, &key, &c))
        n++;
    return n;
}

static struct node *list_nodes(const struct plan *p, const struct state *st, size_t *n)
{
    size_t i = 0;
    uint64_t key, w = (uint64_t)p->names + 2;
    const struct tally_cell *c;
    struct node *list = arena_array(&p->ask->arena, struct node, count_cells(&st->at) + 1);
    for (*n = 0; tally_next(&st->at, &i, &key, &c); ++*n) {
        size_t step = (size_t)(key / w);
        uint32_t node = (uint32_t)(key % w);
        list[*n] = (struct node){step,
                                 node,
                                 rank_of(p, node),
                                 name_of(p, step, node),
                                 c->count,
                                 c->users,
                                 tally_count(&st->link, link_key(p, step, node, end_of(p)))};
    }
    if (*n)
        qsort(list, *n, sizeof(*list), node_cmp);
    return list;
}

static struct link *list_links(const struct plan *p, const struct state *st, const struct node *node,
                               size_t nodes, size_t *n)
{
    size_t i = 0;
    uint64_t key, w = (uint64_t)p->names + 2;
    const struct tally_cell *c;
    struct link *list = arena_array(&p->ask->arena, struct link, count_cells(&st->link) + 1);
    size_t *place = arena_array(&p->ask->arena, size_t, p->rule.depth * w);
    for (size_t k = 0; k < nodes; k++)
        place[node[k].step * w + node[k].number] = k;
    for (*n = 0; tally_next(&st->link, &i, &key, &c); ++*n) {
        uint32_t to = (uint32_t)(key % w);
        size_t step = (size_t)(key / w / w);
        list[*n] =
            (struct link){place[key / w], rank_of(p, to), name_of(p, step + 1, to), c->count, c->users};
    }
    if (*n)
        qsort(list, *n, sizeof(*list), link_cmp);
    return list;
}

static const char *who_of(struct result *r, const struct node *n, const struct str *to)
{
    struct buf b = {0};
    buf_printf(&b, "%zu ", n->step + 1);
    buf_str(&b, n->name);
    if (to) {
        buf_puts(&b, " > ");
        buf_str(&b, *to);
    }
    const char *who = arena_str(&r->arena, buf_view(&b)).p;
    buf_done(&b);
    return who;
}

static void put_links(const struct plan *p, const struct link *link, size_t n, const struct node *node, struct result *r)
{
    for (size_t i = 0; i < n; i++) {
        const struct node *from = &node[link[i].from];
        const char *who = who_of(r, from, &link[i].name);
        struct value *v = result_row(r);
        v[0] = value_int((int64_t)from->step + 1);
        v[1] = ask_event_value(p->ask, &r->arena, from->name);
        v[2] = ask_event_value(p->ask, &r->arena, link[i].name);
        v[3] = value_who(value_int((int64_t)link[i].count), who);
        v[4] = value_who(value_int((int64_t)link[i].users), who);
    }
}

static void put_nodes(const struct plan *p, const struct node *node, size_t n, struct result *r)
{
    static const struct str end = {"(end)", 5};
    struct rows *t = arena_new(&r->arena, struct rows);
    *t = (struct rows){.column = node_columns, .columns = sizeof(node_columns) / sizeof(node_columns[0])};
    for (size_t i = 0; i < n; i++) {
        const char *who = who_of(r, &node[i], NULL);
        struct value *v = rows_add(&r->arena, t);
        v[0] = value_int((int64_t)node[i].step + 1);
        v[1] = ask_event_value(p->ask, &r->arena, node[i].name);
        v[2] = value_who(value_int((int64_t)node[i].count), who);
        v[3] = value_who(value_int((int64_t)node[i].users), who);
        v[4] = value_who(value_int((int64_t)node[i].count), who);
        v[5] = value_int((int64_t)(node[i].count - node[i].ended));
        v[6] = value_who(value_int((int64_t)node[i].ended), node[i].ended ? who_of(r, &node[i], &end) : NULL);
    }
    object_add(&r->arena, &r->summary, "nodes", (struct value){.type = VALUE_ROWS, .rows = t});
}

static void put_rule(struct plan *p, const struct state *st, struct result *r)
{
    struct buf b = {0};
    if (p->rule.gap == INT64_MAX)
        rule_add(&b, _("Paths are whole lives of users"));
    else
        rule_add(&b, _("Paths are sessions, which end where a pause exceeds %s"),
                 rule_duration(p->ask, p->rule.gap, ""));
    if (p->start)
        rule_add(&b, _("from the first event where %s on"), p->start);
    if (p->end)
        rule_add(&b, _("up to the last event where %s, counted backwards from it"), p->end);
    if (p->hide)
        rule_add(&b, _("without events where %s"), p->hide);
    if (p->rule.collapse)
        rule_add(&b, _("repeats in a row merged"));
    rule_add(&b, _("%zu steps shown"), p->rule.depth);
    if (p->top > 0)
        rule_add(&b, _("the %lld most frequent names of each step, the rest as (other)"), (long long)p->top);
    if (p->min > 0)
        rule_add(&b, _("links of fewer than %lld paths lead to (other)"), (long long)p->min);
    rule_common(&b, p->ask, _("first event of a path"));
    rule_add(&b, _("%s sessions considered, %s left out as they have no path"),
             rule_count(p->ask, (int64_t)st->sessions),
             rule_count(p->ask, (int64_t)(st->sessions - st->paths)));
    rule_end(&b, r);
}

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    struct plan *p = plan;
    struct state *st = state;
    size_t nodes, links;
    (void)totals, (void)err;
    const struct node *node = list_nodes(p, st, &nodes);
    const struct link *link = list_links(p, st, node, nodes, &links);
    result_columns(r, columns, sizeof(columns) / sizeof(columns[0]));
    put_links(p, link, links, node, r);
    object_add(&r->arena, &r->parameters, "top", value_int(p->top));
    object_add(&r->arena, &r->summary, "paths", value_int((int64_t)st->paths));
    object_add(&r->arena, &r->summary, "users", value_int((int64_t)st->users));
    object_add(&r->arena, &r->summary, "sessions", value_int((int64_t)st->sessions));
    put_nodes(p, node, nodes, r);
    put_rule(p, st, r);
    return true;
}

static void close(void *plan)
{
    tally_done(&((struct plan *)plan)->thin);
}

static struct crowd *crowd(void *state)
{
    return &((struct state *)state)->crowd;
}

const struct analysis analysis_paths = {
    .picture = PICTURE_FLOW,
    .plan = plan,
    .init = init,
    .feed = feed,
    .merge = merge,
    .again = again,
    .finish = finish,
    .crowd = crowd,
    .done = done,
    .close = close,
};
