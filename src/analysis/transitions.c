/* transitions.c - every direct step from one event to the next inside a session.
 *
 * A step is in the period when its first event is. Scans: names are counted first when some must be folded;
 * then everything is counted; middle pauses that are not known by then take another scan, or those of
 * middle.h. With --event the steps to and from one event are counted instead (around.c). */
#include "config.h"

#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/ranked.h"
#include "analysis/transitions_p.h"
#include "base/nls.h"
#include "model/node_name.h"

/* ---- plan */

/* Depends on how many names there are, so it is planned again after folding. */
static void plan_names(struct transitions *p, uint32_t names)
{
    p->rule.names = names;
    p->direct = names <= NAMES_DIRECT;
    transitions_plan_buckets(p);
}

static bool find_name(const struct transitions *p, struct str name, uint32_t *out)
{
    uint32_t code;
    if (p->folded && str_eq(name, STR("(other)")))
        return *out = p->rule.names - 1, true;
    if (node_name_is_special(name))
        return false;
    name = node_name_event(name, NULL, 0);
    if (!dict_find(p->ask->snapshot, COL_EVENT, name, &code, NULL) || code >= p->ask->events)
        return false;
    *out = transitions_name(p, code);
    return true;
}

/* "home > card_tab". */
static bool find_who(struct transitions *p)
{
    struct str from, to;
    return node_name_read(str_of(p->ask->who), &from, &to, &p->ask->arena) &&
           find_name(p, from, &p->who_from) && find_name(p, to, &p->who_to);
}

static bool read_who(struct transitions *p, struct err *err)
{
    if (!p->ask->who)
        return true;
    p->has_who = true;
    p->folded = p->folding; /* (other) will be a name */
    bool known = find_who(p);
    p->folded = false;
    if (!known)
        return err_set(
            err, ERR_USAGE,
            _("--users %s: write two names as the table shows them, as in 'home > card_tab', and a > of "
              "its own in a name as \\>"),
            p->ask->who);
    return true;
}

static void *plan(struct ask *a, struct scan *scan, struct err *err)
{
    struct transitions *p = arena_new(&a->arena, struct transitions);
    p->ask = a;
    if (ask_text(a, "event"))
        return (p->around = around_plan(a, scan, err)) ? p : NULL;
    p->rule = (struct pairs_rule){.from = a->from, .to = a->to};
    p->folding = a->top > 0 && (uint64_t)a->top < a->events;
    p->pauses = arena_array(&a->arena, struct pauses, pool_threads(a->pool));
    if (!session_read(&p->rule.session, a, scan, p->mark, err) || !read_who(p, err))
        return NULL;
    plan_names(p, a->events);
    p->pass = p->folding ? PASS_FOLD : PASS_COUNT;
    scan->everything = true;
    if (a->where) {
        if (!ask_select(a, NULL, true, &p->where, err))
            return NULL;
        scan->where = &p->where;
    }
    return p;
}

/* ---- between the passes */

/* The names with the most steps from or to them stay, all others become (other). */
static void fold(struct transitions *p, const struct transitions_state *st)
{
    uint32_t events = p->ask->events, kept = (uint32_t)p->ask->top;
    struct ranked *list = mem_alloc(events * sizeof(*list));
    size_t i = 0;
    struct pair x;
    for (uint32_t e = 0; e < events; e++)
        list[e] = (struct ranked){0, e, ask_event(p->ask, e)};
    while (transitions_next(st, &i, &x)) {
        list[x.key / events].n += x.count;
        list[x.key % events].n += x.count;
    }
    ranked_sort(list, events);
    uint32_t *name = arena_array(&p->ask->arena, uint32_t, events);
    p->code = arena_array(&p->ask->arena, uint32_t, kept);
    for (uint32_t e = 0; e < events; e++)
        name[list[e].code] = e < kept ? e : kept;
    for (uint32_t e = 0; e < kept; e++)
        p->code[e] = list[e].code;
    free(list);
    p->rule.name = name;
    p->folding = false;
    p->folded = true;
    plan_names(p, kept + 1);
}

static bool again(void *plan, void *state, struct scan *scan)
{
    struct transitions *p = plan;
    struct transitions_state *st = state;
    (void)scan;
    if (p->around)
        return around_again(p->around, st->around);
    p->pauses[p->pieces++] = st->pauses;
    st->pauses = (struct pauses){{0}};
    switch (p->pass) {
    case PASS_FOLD:
        fold(p, st);
        transitions_drop_pauses(p);
        if (p->has_who && !find_who(p))
            bug("transitions: a name that was known is not known any more");
        p->pass = PASS_COUNT;
        return true;
    case PASS_COUNT:
        transitions_drop_pauses(p);
        if (!p->has_who)
            p->pass = transitions_list(p, st);
        return p->pass != PASS_COUNT;
    case PASS_KEEP: transitions_find_medians(p); return false;
    case PASS_MIDDLE:
    default: transitions_drop_pauses(p); return transitions_more_medians(p);
    }
}

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    struct transitions *p = plan;
    (void)totals, (void)err;
    if (p->around)
        around_put(p->around, ((struct transitions_state *)state)->around, r);
    else
        transitions_put(p, r);
    return true;
}

static void close(void *plan)
{
    struct transitions *p = plan;
    around_close(p->around);
    middle_free(p->middle);
    transitions_drop_pauses(p);
}

static struct crowd *crowd(void *state)
{
    struct transitions_state *st = state;
    return st->around ? around_crowd(st->around) : &st->crowd;
}

const struct analysis analysis_transitions = {
    .picture = PICTURE_MATRIX,
    .plan = plan,
    .init = transitions_init,
    .feed = transitions_feed,
    .merge = transitions_merge,
    .again = again,
    .finish = finish,
    .crowd = crowd,
    .done = transitions_done,
    .close = close,
};
