/* paths_world.c - see paths_world.h. */
#include "config.h"
#include "paths_world.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"

static int i64_cmp(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

double world_median(int64_t *v, size_t n)
{
    qsort(v, n, sizeof(*v), i64_cmp);
    return ((double)v[(n - 1) / 2] + (double)v[n / 2]) / 2 / 1e6;
}

/* ---- paths of a log */

static const char *name_of(const struct world *w, const struct log_row *row)
{
    for (size_t i = 0; i < w->sets; i++)
        if (w->set[i].saved ? log_cond_holds(&w->set[i].cond, &w->log, row)
                            : fnmatch(w->set[i].pattern, log_event[row->event], 0) == 0)
            return w->set[i].name;
    return log_event[row->event];
}

static bool holds(bool has, const struct log_cond *c, const struct world *w, const struct log_row *row)
{
    return has && log_cond_holds(c, &w->log, row);
}

struct seen {
    const struct log_row *row;
    size_t step; /* of the whole path */
};

/* All steps of a path, however long; returns how many. */
static size_t merge(const struct world *w, const struct log_row *const *row, size_t n, struct world_step *out,
                    size_t *step_of)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        const char *name = name_of(w, row[i]);
        if (w->collapse && m && out[m - 1].name == name)
            out[m - 1].events++;
        else
            out[m++] = (struct world_step){name, row[i]->time, 1};
        step_of[i] = m - 1;
    }
    return m;
}

/* The steps shown of `n`. */
static void show_part(const struct world *w, const struct world_step *all, size_t n, size_t centre,
                      struct world_path *p)
{
    size_t depth = (size_t)w->depth, first = 0, last = n < depth ? n : depth;
    if (w->has_centre) {
        first = centre > depth ? centre - depth : 0;
        last = centre + depth + 1 < n ? centre + depth + 1 : n;
        p->begin = depth - (centre - first);
    } else if (w->has_start && w->has_end && n > depth) {
        size_t head = depth / 2, tail = depth - head - 1;
        for (size_t i = 0; i < depth; i++)
            p->step[i] = i < head ? all[i] : i == head ? all[head] : all[n - tail + (i - head - 1)];
        p->step[head].name = "(...)";
        p->step[head].events = 1;
        p->end = depth;
        return;
    }
    p->end = p->begin + (last - first);
    p->more = w->has_end && !w->has_start ? n > depth : last < n;
    for (size_t i = 0; i < last - first; i++)
        p->step[p->begin + i] = w->has_end && !w->has_start ? all[n - 1 - i] : all[first + i];
}

static bool in_segment(const struct world *w, uint32_t user, int which)
{
    double age = w->log.age.at[user];
    if (which == 0)
        return !w->segmented || (age >= 0 && age < w->segment_below);
    return w->comparing && age >= w->compare_from;
}

static bool is_first(const struct world *w, const struct world_paths *out, uint32_t user)
{
    return !w->by_user || !out->path.n || out->path.at[out->path.n - 1].user != user;
}

static void one_session(const struct world *w, const struct log_row *const *row, size_t n,
                        struct world_paths *out)
{
    const struct log_row *kept[WORLD_LENGTH];
    struct world_step all[WORLD_LENGTH];
    struct world_path p = {.user = row[0]->user, .first = row[0]->time};
    size_t m = 0, from = 0, centre = 0, step_of[WORLD_LENGTH];
    for (size_t i = 0; i < n; i++)
        if (!holds(w->has_hide, &w->hide, w, row[i]))
            kept[m++] = row[i];
    while (w->has_start && from < m && !log_cond_holds(&w->start, &w->log, kept[from]))
        from++;
    while (w->has_end && m > from && !log_cond_holds(&w->end, &w->log, kept[m - 1]))
        m--;
    bool any = m > from + (w->has_start && w->has_end ? 1 : 0);
    for (centre = from; w->has_centre && centre < m && !log_cond_holds(&w->centre, &w->log, kept[centre]);)
        centre++;
    any = any && !(w->has_centre && centre == m);
    if (any) {
        p.first = kept[from]->time;
        p.last = kept[m - 1]->time;
    }
    if (p.first < w->from || p.first > w->to)
        return;
    out->sessions++;
    if (!any || !is_first(w, out, p.user))
        return;
    for (size_t i = 0; i < n; i++) /* hidden events may be the goal, too */
        if (w->has_goal && log_cond_holds(&w->goal, &w->log, row[i]) && row[i] >= kept[from])
            p.goal = true;
    size_t steps = merge(w, kept + from, m - from, all, step_of);
    show_part(w, all, steps, w->has_centre ? step_of[centre - from] : 0, &p);
    p.in[0] = in_segment(w, p.user, 0);
    p.in[1] = in_segment(w, p.user, 1);
    vec_push(&out->path, p);
}

void world_paths(const struct world *w, struct world_paths *out)
{
    const struct log_row *row;
    size_t at = 0, n;
    *out = (struct world_paths){0};
    while (log_next_user(&w->log, &at, &row, &n)) {
        const struct log_row *seen[WORLD_LENGTH];
        size_t m = 0;
        if (!in_segment(w, row->user, 0) && !in_segment(w, row->user, 1))
            continue;
        for (size_t i = 0; i < n; i++) {
            if (w->has_where && !log_cond_holds(&w->where, &w->log, &row[i]))
                continue;
            if (m && log_begins_session(&w->log, &w->session, seen[m - 1], &row[i])) {
                one_session(w, seen, m, out);
                m = 0;
            }
            seen[m++] = &row[i];
        }
        if (m)
            one_session(w, seen, m, out);
    }
}

/* ---- folding */

struct counted {
    const char *name;
    int64_t n;
};

static int counted_cmp(const void *a, const void *b)
{
    const struct counted *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n ? 1 : -1) : strcmp(x->name, y->name);
}

static bool is_name(const char *name)
{
    return strcmp(name, "(...)") != 0 && strcmp(name, "(other)") != 0;
}

static bool has(const struct world_path *p, size_t place)
{
    return place >= p->begin && place < p->end;
}

static void fold_top(const struct world *w, struct world_paths *ps, size_t place)
{
    struct counted c[LOG_EVENTS + WORLD_SETS];
    int names = 0;
    for (int e = 0; e < LOG_EVENTS + (int)w->sets; e++) {
        const char *name = e < LOG_EVENTS ? log_event[e] : w->set[e - LOG_EVENTS].name;
        c[names++] = (struct counted){name, 0};
        for (size_t i = 0; i < ps->path.n; i++)
            c[names - 1].n += has(&ps->path.at[i], place) && ps->path.at[i].step[place].name == name;
    }
    qsort(c, (size_t)names, sizeof(*c), counted_cmp);
    for (size_t i = 0; i < ps->path.n; i++) {
        struct world_path *p = &ps->path.at[i];
        if (!has(p, place))
            continue;
        p->shown[place] = is_name(p->step[place].name) && w->top > 0 ? "(other)" : p->step[place].name;
        for (int e = 0; e < names && e < w->top; e++)
            if (c[e].name == p->step[place].name)
                p->shown[place] = c[e].name;
    }
}

static bool same_link(const struct world_path *a, const struct world_path *b, size_t place)
{
    return has(b, place) && has(b, place + 1) && strcmp(a->shown[place], b->shown[place]) == 0 &&
           strcmp(a->shown[place + 1], b->shown[place + 1]) == 0;
}

static void fold_min(const struct world *w, struct world_paths *ps, size_t place)
{
    const char **to = mem_alloc((ps->path.n + 1) * sizeof(*to));
    for (size_t i = 0; i < ps->path.n; i++) {
        const struct world_path *p = &ps->path.at[i];
        int64_t same = 0;
        if (!has(p, place) || !has(p, place + 1))
            continue;
        for (size_t k = 0; k < ps->path.n; k++)
            same += same_link(p, &ps->path.at[k], place);
        to[i] = same < w->min && is_name(p->shown[place + 1]) ? "(other)" : p->shown[place + 1];
    }
    for (size_t i = 0; i < ps->path.n; i++)
        if (has(&ps->path.at[i], place) && has(&ps->path.at[i], place + 1))
            ps->path.at[i].shown[place + 1] = to[i];
    free(to);
}

void world_fold(const struct world *w, struct world_paths *ps)
{
    for (size_t s = 0; s < w->places; s++)
        fold_top(w, ps, s);
    for (size_t s = 0; w->min > 0 && s + 1 < w->places; s++)
        fold_min(w, ps, s);
}

/* ---- looking */

int64_t world_step_of(const struct world *w, size_t place)
{
    return w->has_centre ? (int64_t)place - w->depth : (int64_t)place + 1;
}

size_t world_place_of(const struct world *w, int64_t step)
{
    return (size_t)(w->has_centre ? step + w->depth : step - 1);
}

bool world_goes(const struct world_path *p, size_t place, struct str from, const struct str *to)
{
    if (!has(p, place) || !str_eq(str_of(p->shown[place]), from))
        return false;
    if (!to)
        return true;
    if (place + 1 == p->end)
        return !p->more && str_eq(*to, STR("(end)"));
    return str_eq(*to, str_of(p->shown[place + 1]));
}

/* ---- random questions */

static void add_cond(struct world *w, struct rand *r, const char *name, struct log_cond *c, bool *given)
{
    *given = true;
    log_cond_random(c, r);
    query_add(&w->query, name, c->text);
}

static void maybe_cond(struct world *w, struct rand *r, uint32_t one_in, const char *name, struct log_cond *c,
                       bool *given)
{
    if (rand_below(r, one_in) == 0)
        add_cond(w, r, name, c, given);
}

static void add_number(struct query *q, const char *name, int64_t v)
{
    char text[24];
    snprintf(text, sizeof(text), "%lld", (long long)v);
    query_add(q, name, text);
}

static bool maybe_switch(struct world *w, struct rand *r, uint32_t one_in, const char *name)
{
    bool on = rand_below(r, one_in) == 0;
    if (on)
        query_add(&w->query, name, "");
    return on;
}

static void random_sets(struct world *w, struct rand *r)
{
    static const char *const pattern[] = {"*a*", "h*", "*p", "*"}, *const name[] = {"[*a*]", "[h*]", "[*p]",
                                                                                    "[*]"};
    bool saves = log_rounds_per_thousand == 1000; /* only the store in memory has notes */
    while (w->sets < WORLD_SETS && rand_below(r, 3) == 0) {
        struct world_set *s = &w->set[w->sets];
        uint32_t k = rand_below(r, 4);
        *s = (struct world_set){.saved = saves && rand_below(r, 2), .pattern = pattern[k], .name = name[k]};
        if (s->saved) {
            char line[256];
            s->name = w->sets ? "[second set]" : "[first]";
            log_cond_random(&s->cond, r);
            snprintf(line, sizeof(line), "%.*s\t%s\t2026-01-01T00:00:00Z\t\n", (int)strlen(s->name) - 2,
                     s->name + 1, s->cond.text);
            strcat(w->note, line);
        } else if (w->sets && strcmp(w->set[0].name, s->name) == 0) {
            return;
        }
        char text[64];
        snprintf(text, sizeof(text), "%.*s", (int)strlen(s->name) - 2, s->name + 1);
        query_add(&w->query, "set", text);
        w->sets++;
    }
    w->log.sets = w->note;
}

static void random_ends(struct world *w, struct rand *r)
{
    switch (rand_below(r, 6)) {
    case 1: add_cond(w, r, "start", &w->start, &w->has_start); break;
    case 2: add_cond(w, r, "end", &w->end, &w->has_end); break;
    case 3:
        add_cond(w, r, "start", &w->start, &w->has_start);
        add_cond(w, r, "end", &w->end, &w->has_end);
        break;
    case 4: add_cond(w, r, "centre", &w->centre, &w->has_centre); break;
    default: break;
    }
    w->depth = (w->has_start && w->has_end ? 3
                : w->has_centre            ? 1
                                           : 2) +
               (int64_t)rand_below(r, w->has_centre ? 4 : 6);
    w->places = w->has_centre ? 2 * (size_t)w->depth + 1 : (size_t)w->depth;
    add_number(&w->query, "depth", w->depth);
}

static void random_segments(struct world *w, struct rand *r)
{
    char text[64];
    w->segmented = rand_below(r, 4) == 0;
    w->segment_below = rand_below(r, 60);
    w->compare_from = rand_below(r, 60);
    snprintf(text, sizeof(text), "age < %g", w->segment_below);
    if (w->segmented)
        query_add(&w->query, "segment", text);
    snprintf(text, sizeof(text), "age >= %g", w->compare_from);
    if (w->comparing)
        query_add(&w->query, "compare", text);
}

static void random_plain(struct world *w, struct rand *r)
{
    log_random_gap(r, &w->query, &w->session.gap);
    log_random_period(&w->log, r, 4, &w->query, &w->from, &w->to);
    w->depth = 2 + (int64_t)rand_below(r, 6);
    w->places = (size_t)w->depth;
    w->top = rand_below(r, LOG_EVENTS + 1);
    add_number(&w->query, "depth", w->depth);
    add_number(&w->query, "top", w->top);
    maybe_cond(w, r, 4, "where", &w->where, &w->has_where);
    w->times = maybe_switch(w, r, 4, "times");
    random_segments(w, r);
}

void world_random(struct world *w, uint64_t seed, bool list)
{
    struct rand r;
    rand_seed(&r, seed);
    *w = (struct world){.seed = seed};
    log_random(&w->log, &r, log_small(&r));
    query_init(&w->query, "paths");
    query_add(&w->query, "tz", w->log.tz);
    if (!list && rand_below(&r, 4) == 0) { /* the common question has a way of its own */
        random_plain(w, &r);
        return;
    }
    log_random_sessions(&r, &w->query, &w->session);
    log_random_period(&w->log, &r, 4, &w->query, &w->from, &w->to);
    random_sets(w, &r);
    random_ends(w, &r);
    w->top = rand_below(&r, LOG_EVENTS + 1);
    add_number(&w->query, "top", w->top);
    maybe_cond(w, &r, 4, "where", &w->where, &w->has_where);
    maybe_cond(w, &r, 4, "hide", &w->hide, &w->has_hide);
    w->collapse = maybe_switch(w, &r, 3, "collapse");
    if ((w->by_user = rand_below(&r, 4) == 0))
        query_add(&w->query, "unit", "user");
    if (list) {
        maybe_cond(w, &r, 2, "goal", &w->goal, &w->has_goal);
    } else {
        w->min = rand_below(&r, 2) ? 0 : rand_below(&r, 5);
        add_number(&w->query, "min", w->min);
        w->times = maybe_switch(w, &r, 2, "times");
        w->comparing = rand_below(&r, 3) == 0;
    }
    random_segments(w, &r);
}

void world_done(struct world *w)
{
    query_done(&w->query);
    log_done(&w->log);
}
