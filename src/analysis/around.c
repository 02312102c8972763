/* around.c - see around.h. A first scan counts, so that --top can fold and medians know how many pauses there
 * are. */
#include "config.h"
#include "analysis/around.h"

#include <stdlib.h>

#include "analysis/mark.h"
#include "analysis/middle.h"
#include "analysis/ranked.h"
#include "analysis/rule.h"
#include "analysis/session.h"
#include "analysis/tally.h"
#include "base/date.h"
#include "base/nls.h"
#include "model/node_name.h"

enum { BEFORE, AFTER, SIDES };
enum pass { PASS_FOLD, PASS_COUNT, PASS_TIMES };

struct around {
    struct ask *ask;
    struct select mark[3], where;
    uint64_t event; /* its bit */
    const char *text;
    struct session_rule rule;
    enum pass pass;
    uint32_t names;           /* then come (other) and the edge: (start) or (end) */
    uint32_t *node[SIDES];    /* per event; NULL: the event */
    uint32_t *code[SIDES];    /* per node; NULL: the node */
    struct tally kept[SIDES]; /* what PASS_COUNT found */
    bool has_kept;
    struct middle *middle; /* group: side * stride + node */
    bool has_who;
    int who_side;
    uint32_t who_code, who_node; /* who_code UINT32_MAX: by node */
};

struct around_state {
    struct around *plan;
    struct tally side[SIDES];
    struct crowd crowd;
};

static uint32_t other_of(const struct around *p)
{
    return p->names;
}

static uint32_t edge_of(const struct around *p)
{
    return p->names + 1;
}

static uint32_t stride(const struct around *p)
{
    return p->names + 2;
}

/* ---- scans */

/* The event's neighbour on one side: an event's code, or UINT32_MAX at the edge of the session. */
static void add_neighbour(struct around_state *st, int side, const struct journey *j, uint32_t code,
                          int64_t pause)
{
    struct around *p = st->plan;
    uint32_t node = code == UINT32_MAX ? edge_of(p) : p->node[side] ? p->node[side][code] : code;
    if (p->pass == PASS_TIMES) {
        if (node != edge_of(p))
            middle_add(p->middle, (size_t)side * stride(p) + node, pause);
    } else if (!p->has_who || p->pass == PASS_FOLD) {
        tally_add(&st->side[side], node, j->user);
    } else if (side == p->who_side &&
               (p->who_code == UINT32_MAX ? node == p->who_node : code == p->who_code) &&
               (!st->crowd.member.n || st->crowd.member.at[st->crowd.member.n - 1].user != j->user)) {
        crowd_add(&st->crowd, j->user, 0, TIME_NONE);
    }
}

static void add_session(struct around_state *st, const struct journey *j, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (!(j->mask[i] & st->plan->event) || !ask_in_period(st->plan->ask, j->time[i]))
            continue;
        bool first = i == from, last = i + 1 == to;
        add_neighbour(st, BEFORE, j, first ? UINT32_MAX : j->code[i - 1],
                      first ? 0 : j->time[i] - j->time[i - 1]);
        add_neighbour(st, AFTER, j, last ? UINT32_MAX : j->code[i + 1],
                      last ? 0 : j->time[i + 1] - j->time[i]);
    }
}

void around_feed(struct around_state *st, const struct journeys *js)
{
    for (size_t u = 0; u < js->users; u++) {
        struct journey j = journeys_at(js, u);
        for (size_t from = 0, to; from < j.n; from = to) {
            to = session_end(&st->plan->rule, &j, from);
            add_session(st, &j, from, to);
        }
    }
}

struct around_state *around_state_new(struct around *p)
{
    struct around_state *st = mem_zalloc(sizeof(*st));
    st->plan = p;
    for (int s = 0; s < SIDES; s++)
        tally_init(&st->side[s], stride(p));
    return st;
}

void around_state_free(struct around_state *st)
{
    if (!st)
        return;
    for (int s = 0; s < SIDES; s++)
        tally_done(&st->side[s]);
    crowd_done(&st->crowd);
    free(st);
}

void around_merge(struct around_state *into, const struct around_state *from)
{
    for (int s = 0; s < SIDES; s++)
        tally_merge(&into->side[s], &from->side[s]);
    crowd_merge(&into->crowd, (struct crowd *)&from->crowd);
}

struct crowd *around_crowd(struct around_state *st)
{
    return &st->crowd;
}

/* ---- plan */

/* "before home", "after (end)". */
static bool read_who(struct around *p, struct err *err)
{
    static const char *const word[SIDES] = {"before ", "after "};
    const char *who = p->ask->who;
    if (!who)
        return true;
    p->has_who = true;
    for (int s = 0; s < SIDES; s++) {
        size_t n = strlen(word[s]);
        struct str name = str_of(who + (strncmp(who, word[s], n) == 0 ? n : 0));
        if (name.p == who)
            continue;
        p->who_side = s;
        p->who_code = UINT32_MAX;
        p->who_node = str_eq(name, STR("(other)")) ? other_of(p) : edge_of(p);
        if (str_eq(name, s == BEFORE ? STR("(start)") : STR("(end)")) || str_eq(name, STR("(other)")) ||
            (!node_name_is_special(name) &&
             dict_find(p->ask->snapshot, COL_EVENT, node_name_event(name, NULL, 0), &p->who_code, NULL) &&
             p->who_code < p->ask->events))
            return true;
    }
    return err_set(err, ERR_USAGE,
                   _("--users %s: write a side and a name as the table shows them, as in 'before home' or "
                     "'after (end)'"),
                   who);
}

struct around *around_plan(struct ask *a, struct scan *scan, struct err *err)
{
    struct around *p = arena_new(&a->arena, struct around);
    p->ask = a;
    p->names = a->events;
    p->pass = a->top > 0 && (uint64_t)a->top < a->events ? PASS_FOLD : PASS_COUNT;
    if (!mark_read(a, scan, p->mark, "event", &p->text, &p->event, err) ||
        !session_read(&p->rule, a, scan, p->mark, err) || !read_who(p, err))
        return NULL;
    scan->everything = true;
    if (a->where) {
        if (!ask_select(a, NULL, true, &p->where, err))
            return NULL;
        scan->where = &p->where;
    }
    return p;
}

void around_close(struct around *p)
{
    if (!p)
        return;
    for (int s = 0; s < SIDES && p->has_kept; s++)
        tally_done(&p->kept[s]);
    middle_free(p->middle);
}

/* The most frequent names of a side stay, all others become (other). */
static void fold_side(struct around *p, int side, const struct tally *t, uint32_t kept)
{
    uint32_t events = p->ask->events;
    struct ranked *list = mem_alloc((events + 1) * sizeof(*list));
    uint32_t *node = arena_array(&p->ask->arena, uint32_t, events),
             *code = arena_array(&p->ask->arena, uint32_t, kept);
    for (uint32_t e = 0; e < events; e++)
        list[e] = (struct ranked){tally_count(t, e), e, ask_event(p->ask, e)};
    ranked_sort(list, events);
    for (uint32_t e = 0; e < events; e++)
        node[list[e].code] = e < kept ? e : kept;
    for (uint32_t e = 0; e < kept; e++)
        code[e] = list[e].code;
    free(list);
    p->node[side] = node;
    p->code[side] = code;
}

static void fold(struct around *p, const struct around_state *st)
{
    uint32_t kept = (uint32_t)p->ask->top, was_edge = edge_of(p);
    for (int s = 0; s < SIDES; s++)
        fold_side(p, s, &st->side[s], kept);
    p->names = kept;
    if (p->has_who && p->who_code == UINT32_MAX)
        p->who_node = p->who_node == was_edge ? edge_of(p) : other_of(p);
    p->pass = PASS_COUNT;
}

static bool begin_times(struct around *p, struct around_state *st)
{
    uint64_t *count = mem_zalloc((SIDES * (size_t)stride(p) + 1) * sizeof(*count));
    int64_t span = p->ask->has_events ? p->ask->last - p->ask->first : 0;
    for (int s = 0; s < SIDES; s++) {
        p->kept[s] = st->side[s];
        tally_init(&st->side[s], 1);
        for (uint32_t n = 0; n < edge_of(p); n++)
            count[(size_t)s * stride(p) + n] = tally_count(&p->kept[s], n);
    }
    p->has_kept = true;
    p->middle = middle_new(count, SIDES * (size_t)stride(p), span < p->rule.gap ? span : p->rule.gap,
                           middle_unit(p->ask->snapshot, INT64_MIN, INT64_MAX));
    free(count);
    p->pass = PASS_TIMES;
    return middle_begin(p->middle);
}

bool around_again(struct around *p, struct around_state *st)
{
    if (p->pass == PASS_FOLD)
        return fold(p, st), true;
    if (p->has_who)
        return false;
    if (p->pass == PASS_COUNT)
        return begin_times(p, st);
    middle_end(p->middle, p->ask->pool);
    return middle_begin(p->middle);
}

/* ---- result */

static const struct column_info columns[] = {
    {"side", N_("Side"), VALUE_TEXT},    {"name", N_("Event"), VALUE_TEXT},
    {"count", N_("Times"), VALUE_INT},   {"users", N_("Customers"), VALUE_INT},
    {"share", N_("Share"), VALUE_RATIO}, {"median_s", N_("Median pause"), VALUE_SECONDS},
};

struct line {
    uint32_t node;
    int rank; /* names, then (other), then the edge */
    struct str name;
    const struct tally_cell *cell;
};

static int line_cmp(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->cell->count != y->cell->count)
        return x->cell->count < y->cell->count ? 1 : -1;
    return str_cmp(x->name, y->name);
}

static struct str name_of(const struct around *p, int side, uint32_t node)
{
    if (node == edge_of(p))
        return side == BEFORE ? STR("(start)") : STR("(end)");
    if (node == other_of(p) && p->code[side])
        return STR("(other)");
    return node_name_of(ask_event(p->ask, p->code[side] ? p->code[side][node] : node), NULL, 0,
                        &p->ask->arena);
}

static void put_line(struct around *p, int side, const struct line *l, uint64_t all, struct result *r)
{
    const char *word = side == BEFORE ? "before" : "after";
    const char *who = arena_printf(&r->arena, "%s %.*s", word, (int)l->name.n, l->name.p);
    struct value *v = result_row(r);
    v[0] = value_shown(value_static(word), side == BEFORE ? _("before") : _("after"));
    v[1] = l->rank || node_name_looks_special(l->name, NULL, 0) ? ask_group_value(&r->arena, l->name)
                                                                : ask_event_value(p->ask, &r->arena, l->name);
    v[2] = value_who(value_int((int64_t)l->cell->count), who);
    v[3] = value_who(value_int((int64_t)l->cell->users), who);
    v[4] = value_ratio((int64_t)l->cell->count, (int64_t)all);
    if (l->node != edge_of(p))
        v[5] = value_seconds(middle_of(p->middle, (size_t)side * stride(p) + l->node) / (double)US_PER_S);
}

static uint64_t put_side(struct around *p, int side, struct result *r)
{
    struct line *line = arena_array(&p->ask->arena, struct line, (size_t)stride(p) + 1);
    uint64_t key, all = 0;
    size_t i = 0, n = 0;
    const struct tally_cell *c;
    while (tally_next(&p->kept[side], &i, &key, &c)) {
        uint32_t node = (uint32_t)key;
        int rank = node == edge_of(p) ? 2 : node == other_of(p) && p->code[side] ? 1 : 0;
        line[n++] = (struct line){node, rank, name_of(p, side, node), c};
        all += c->count;
    }
    if (n)
        qsort(line, n, sizeof(*line), line_cmp);
    for (i = 0; i < n; i++)
        put_line(p, side, &line[i], all, r);
    return all;
}

void around_put(struct around *p, struct around_state *st, struct result *r)
{
    struct buf b = {0};
    (void)st;
    r->picture = PICTURE_AROUND;
    result_columns(r, columns, sizeof(columns) / sizeof(columns[0]));
    uint64_t all = put_side(p, BEFORE, r);
    put_side(p, AFTER, r);
    object_add(&r->arena, &r->summary, "times", value_int((int64_t)all));
    rule_add(&b, _("What comes directly before and after each event where %s, inside a session"), p->text);
    if (p->rule.gap != INT64_MAX)
        rule_add(&b, _("a session ends where a pause exceeds %s"), rule_duration(p->ask, p->rule.gap, ""));
    session_put_cuts(&b, &p->rule);
    if (p->code[0])
        rule_add(&b, _("the %lld most frequent names of each side, the rest as (other)"),
                 (long long)p->ask->top);
    rule_add(&b, _("share is of all times the event occurs"));
    rule_common(&b, p->ask, _("the event"));
    rule_end(&b, r);
}
