/* paths_node.c - which node a step of a path is, and what nodes are called.
 *
 * Folding moves whole paths, never numbers, so in = out + ended holds at every node by construction, and the
 * users of (other) are distinct users.
 *
 * What nodes are called, and how their names are read: model/node_name.h. */
#include "config.h"

#include "analysis/paths_p.h"
#include "analysis/ranked.h"
#include "base/nls.h"
#include "base/num.h"

static const struct str other_text = {"(other)", 7}, end_text = {"(end)", 5}, cut_text = {"(...)", 5};

/* ---- page sets */

/* '*' stands for any text, everything else for itself. */
static bool fits(struct str pattern, struct str name)
{
    size_t p = 0, n = 0, star = SIZE_MAX, mark = 0;
    while (n < name.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            mark = n;
        } else if (p < pattern.n && pattern.p[p] == name.p[n]) {
            p++, n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*')
        p++;
    return p == pattern.n;
}

static bool select_wildcard(struct ask *a, struct str pattern, struct select *out)
{
    uint8_t *answer = arena_zalloc(&a->arena, (size_t)a->events + 1);
    bool any = false;
    for (uint32_t c = 0; c < a->events; c++) {
        answer[c] = fits(pattern, ask_event(a, c)) ? SELECT_YES : SELECT_NO;
        any |= answer[c] == SELECT_YES;
    }
    *out = (struct select){.answer = answer, .codes = a->events, .zone = a->zone};
    return any;
}

/* A saved set is a condition, [name] for short. */
static bool select_saved(struct ask *a, struct str name, struct select *out, struct err *err)
{
    const char *text = arena_printf(&a->arena, "[%.*s]", (int)name.n, name.p);
    const struct expr *e = ask_condition(a, "set", text, err);
    return e && ask_select(a, e, false, out, err);
}

static bool read_set(struct paths_plan *p, struct str text, struct paths_set *set, struct err *err)
{
    struct str name = str_trim(text);
    bool wild = memchr(name.p, '*', name.n) != NULL;
    if (name.n >= 2 && name.p[0] == '[' && name.p[name.n - 1] == ']')
        name = (struct str){name.p + 1, name.n - 2};
    set->name = str_of(arena_printf(&p->ask->arena, "[%.*s]", (int)name.n, name.p));
    for (size_t i = 0; i < p->sets; i++)
        if (str_eq(p->set[i].name, set->name))
            return err_set(err, ERR_USAGE, _("--set %.*s: given twice"), (int)text.n, text.p);
    if (!wild)
        return select_saved(p->ask, name, &set->select, err);
    return select_wildcard(p->ask, name, &set->select) ||
           err_set(err, ERR_USAGE,
                   _("--set %.*s: no event is called like that; * stands for any text, everything else for "
                     "itself"),
                   (int)text.n, text.p);
}

/* Events alone decide: a table of names by code, and no work at all in the scan. */
static void name_by_code(struct paths_plan *p)
{
    uint32_t *name = arena_array(&p->ask->arena, uint32_t, p->ask->events + 1);
    for (uint32_t c = 0; c < p->ask->events; c++) {
        name[c] = c;
        for (size_t i = p->sets; i-- > 0;)
            if (p->set[i].select.answer[c] == SELECT_YES)
                name[c] = p->ask->events + (uint32_t)i;
    }
    p->rule.name = name;
}

static void name_by_test(struct paths_plan *p, struct scan *scan)
{
    uint32_t *name = arena_array(&p->ask->arena, uint32_t, 64);
    for (size_t i = 0; i < p->sets; i++) {
        name[scan->selectors] = p->ask->events + (uint32_t)i;
        p->rule.sets |= UINT64_C(1) << scan->selectors;
        p->mark[scan->selectors++] = p->set[i].select;
    }
    p->rule.set_name = name;
}

bool paths_read_sets(struct paths_plan *p, struct scan *scan, struct err *err)
{
    bool asks = false;
    size_t n = query_count(p->ask->query, "set");
    if (n > PATHS_SETS)
        return err_set(err, ERR_USAGE, _("--set: at most %d page sets at once"), PATHS_SETS);
    for (size_t i = 0; i < n; i++) {
        if (!read_set(p, str_of(query_nth(p->ask->query, "set", i)), &p->set[i], err))
            return false;
        asks |= p->set[i].select.asks;
        p->set_name[p->sets] = p->set[p->sets].name;
        p->sets++;
    }
    p->raw = p->ask->events + (uint32_t)p->sets;
    if (asks)
        name_by_test(p, scan);
    else if (n)
        name_by_code(p);
    return true;
}

/* ---- nodes of a path */

void paths_find_nodes(const struct paths_plan *p, const struct trail *t, uint32_t *node)
{
    for (size_t s = t->begin; s < t->end; s++) {
        uint32_t name = t->step[s].name;
        if (name == TRAIL_CUT)
            node[s] = paths_cut(p);
        else
            node[s] = p->node ? p->node[s * p->raw + name] : name;
        if (s > t->begin && p->has_thin && node[s] < p->names &&
            tally_count(&p->thin, paths_link_key(p, s - 1, node[s - 1], node[s])))
            node[s] = paths_other(p);
    }
    node[t->end] = t->more ? UINT32_MAX : paths_end(p);
}

static bool is_at(const struct paths_place *w, const struct trail *t, const uint32_t *node, size_t s)
{
    return node[s] == w->node && (w->name == UINT32_MAX || (s < t->end && t->step[s].name == w->name));
}

bool paths_passes(const struct paths_plan *p, const struct paths_point *x, const struct trail *t,
                  const uint32_t *node)
{
    (void)p;
    size_t s = x->place;
    return s >= t->begin && s < t->end && is_at(&x->from, t, node, s) &&
           (!x->link || is_at(&x->to, t, node, s + 1));
}

/* ---- folding */

/* The largest names of a step get nodes 0.., all others share (other). */
static void fold_place(struct paths_plan *p, size_t place, const uint64_t *count, struct ranked *list)
{
    uint32_t kept = p->names;
    for (uint32_t c = 0; c < p->raw; c++)
        list[c] = (struct ranked){count[c], c, paths_raw_name(p, c)};
    ranked_sort(list, p->raw);
    for (uint32_t i = 0; i < p->raw; i++)
        p->node[place * p->raw + list[i].code] = i < kept ? i : paths_other(p);
    for (uint32_t i = 0; i < kept; i++)
        p->name[place * kept + i] = list[i].code;
}

void paths_fold_names(struct paths_plan *p, const uint64_t *count)
{
    struct ranked *list = mem_alloc(((size_t)p->raw + 1) * sizeof(*list));
    p->names = (uint32_t)p->top;
    p->node = arena_array(&p->ask->arena, uint32_t, p->places * p->raw);
    p->name = arena_array(&p->ask->arena, uint32_t, p->places * p->names);
    for (size_t s = 0; s < p->places; s++)
        fold_place(p, s, count + s * p->raw, list);
    free(list);
}

void paths_fold_links(struct paths_plan *p, const struct tally *link)
{
    size_t i = 0;
    uint64_t key;
    const struct tally_cell *c;
    while (tally_next(link, &i, &key, &c))
        if (c->count < (uint64_t)p->min && key % paths_stride(p) < p->names)
            tally_at(&p->thin, key)->count = 1;
}

/* ---- what they are called */

struct str paths_raw_name(const struct paths_plan *p, uint32_t name)
{
    if (name >= p->ask->events)
        return p->set[name - p->ask->events].name;
    return node_name_of(ask_event(p->ask, name), p->set_name, p->sets, &p->ask->arena);
}

struct str paths_name(const struct paths_plan *p, size_t place, uint32_t node)
{
    if (node == paths_other(p))
        return other_text;
    if (node == paths_end(p))
        return end_text;
    if (node == paths_cut(p))
        return cut_text;
    return paths_raw_name(p, p->name ? p->name[place * p->names + node] : node);
}

struct value paths_value(const struct paths_plan *p, struct arena *a, struct str name)
{
    return node_name_looks_special(name, p->set_name, p->sets) ? ask_group_value(a, name)
                                                               : ask_event_value(p->ask, a, name);
}

int64_t paths_step(const struct paths_plan *p, size_t place)
{
    return p->rule.centre ? (int64_t)place - (int64_t)p->rule.depth : (int64_t)place + 1;
}

/* ---- nodes by what they are called */

static bool find_name(const struct paths_plan *p, struct str text, uint32_t *name)
{
    for (size_t i = 0; i < p->sets; i++)
        if (str_eq(text, p->set[i].name))
            return *name = p->ask->events + (uint32_t)i, true;
    if (node_name_is_special(text))
        return false;
    text = node_name_event(text, p->set_name, p->sets);
    return dict_find(p->ask->snapshot, COL_EVENT, text, name, NULL) && *name < p->ask->events;
}

static bool find_place(const struct paths_plan *p, size_t place, struct str text, bool end,
                       struct paths_place *out)
{
    *out = (struct paths_place){paths_other(p), UINT32_MAX};
    if (end && str_eq(text, end_text))
        return out->node = paths_end(p), true;
    if (place >= p->places)
        return false;
    if (str_eq(text, cut_text))
        return out->node = paths_cut(p), true;
    if (str_eq(text, other_text))
        return true;
    uint32_t name;
    if (!find_name(p, text, &name))
        return false;
    out->node = p->node ? p->node[place * p->raw + name] : name;
    out->name = out->node == paths_other(p) ? name : UINT32_MAX;
    return true;
}

/* "home", or "home > card_tab". */
static bool find_point(const struct paths_plan *p, struct paths_point *x)
{
    struct str from, to;
    x->link = node_name_read(str_of(x->text), &from, &to, &p->ask->arena);
    return find_place(p, x->place, from, false, &x->from) &&
           (!x->link || find_place(p, x->place + 1, to, true, &x->to));
}

bool paths_read_point(struct paths_plan *p, const char *name, const char *text, struct paths_point *out,
                      struct err *err)
{
    struct str rest = str_of(text), word = str_cut(&rest, ' ');
    int64_t step, least = paths_step(p, 0), most = paths_step(p, p->places - 1);
    if (!num_i64(word, &step) || step < least || step > most || !rest.p || !rest.n)
        return err_set(err, ERR_USAGE,
                       _("--%s %s: write a step from %lld to %lld and a name, as in '2 home', or a link, as "
                         "in '2 home > (end)'"),
                       name, text, (long long)least, (long long)most);
    *out = (struct paths_point){.text = rest.p, .place = (size_t)(step - least)};
    return find_point(p, out) ||
           err_set(
               err, ERR_USAGE,
               _("--%s %s: no event of that name; write names as the table shows them, and a > of its own "
                 "in a name as \\>"),
               name, text);
}

void paths_find_points(struct paths_plan *p)
{
    bool found = true;
    for (size_t i = 0; i < p->throughs; i++)
        found &= find_point(p, &p->through[i]);
    if (p->has_who && !p->who_listed && !p->who_all)
        found &= find_point(p, &p->who);
    if (!found)
        bug("paths: a name that was known is not known any more");
}
