/* user_sequence.c - one user's events in order, cut in sessions, with everything the store knows about each.
 *
 * Sessions and gaps are those of the whole life: a filter, a period or `errors` only hides rows, it renumbers
 * nothing. */
#include "config.h"

#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/attr.h"
#include "analysis/rule.h"
#include "analysis/user_tags.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"

enum { AROUND = 50 }; /* events shown around --at */

struct plan {
    struct ask *ask;
    const struct links *links;
    uint32_t user; /* the customer, whichever of his ids was asked for */
    const char *id;
    int64_t gap;
    bool errors, centred;
    int64_t at;
    const struct column_def **column; /* the events' properties */
    const char **name;                /* theirs, in the result's arena */
    size_t columns;
    struct select where;
    bool has_where;
};

/* A copy of the user's events: there is one journey, and it ends with the scan. */
struct state {
    struct plan *plan;
    size_t n;
    int64_t *time, **prop;
    uint32_t *code;
    bool *shown;
};

static void *copy(const void *from, size_t n, size_t size)
{
    void *to = mem_alloc(n * size + 1);
    memcpy(to, from, n * size);
    return to;
}

static void feed(void *state, const struct journeys *js)
{
    struct state *st = state;
    for (size_t i = 0; i < js->users; i++) {
        struct journey j = journeys_at(js, i);
        if (!j.n || st->n)
            continue;
        st->n = j.n;
        st->time = copy(j.time, j.n, sizeof(*j.time));
        st->code = copy(j.code, j.n, sizeof(*j.code));
        st->prop = mem_zalloc(sizeof(*st->prop) * (st->plan->columns + 1));
        for (size_t k = 0; k < st->plan->columns; k++)
            st->prop[k] = copy(j.prop[k] + j.first, j.n, sizeof(int64_t));
        st->shown = mem_alloc(j.n);
        for (size_t k = 0; k < j.n; k++)
            st->shown[k] = ask_in_period(st->plan->ask, j.time[k]) && (!j.mask || (j.mask[k] & 1));
    }
}

/* Any of his ids will do. */
static bool find_customer(struct plan *p, struct err *err)
{
    struct str id;
    if (!snapshot_links(p->ask->snapshot, &p->links, err))
        return false;
    p->user = links_customer(p->links, p->user);
    if (!dict_get(p->ask->snapshot, COL_USER, p->user, &id, err))
        return false;
    p->id = arena_str(&p->ask->arena, id).p;
    return true;
}

static bool find_user(struct plan *p, struct err *err)
{
    const char *id = ask_text(p->ask, "id");
    if (!dict_find(p->ask->snapshot, COL_USER, str_of(id), &p->user, err))
        return false;
    if (p->user == UINT32_MAX)
        return err_set(err, ERR_ABSENT,
                       _("user %s: the store knows no such customer; write the id exactly as in the export, "
                         "or list customers "
                         "with --users on any number"),
                       id);
    return find_customer(p, err);
}

static void wanted_columns(struct plan *p, struct scan *scan)
{
    const struct column_def *c;
    size_t n = snapshot_columns(p->ask->snapshot, &c);
    uint16_t *id = arena_array(&p->ask->arena, uint16_t, n + 1);
    p->column = arena_array(&p->ask->arena, const struct column_def *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (c[i].table == TABLE_EVENTS && c[i].id >= COL_FIRST) {
            id[p->columns] = c[i].id;
            p->column[p->columns++] = &c[i];
        }
    scan->column = id;
    scan->columns = p->columns;
}

static void *plan(struct ask *a, struct scan *scan, struct err *err)
{
    struct plan *p = arena_new(&a->arena, struct plan);
    int64_t last;
    p->ask = a;
    p->errors = ask_flag(a, "errors");
    p->centred = ask_text(a, "at") != NULL;
    if (!find_user(p, err) || !ask_duration(a, "gap", &p->gap, err) ||
        (p->centred && !ask_bound(a, "at", &p->at, &last, err)))
        return NULL;
    wanted_columns(p, scan);
    scan->everything = true;
    scan->user_from = p->user;
    scan->user_to = p->user + 1;
    if (a->where) {
        if (!ask_select(a, NULL, true, &p->where, err))
            return NULL;
        scan->selector = &p->where;
        scan->selectors = 1;
    }
    return p;
}

static void *init(void *plan)
{
    struct state *st = mem_zalloc(sizeof(*st));
    st->plan = plan;
    return st;
}

static void done(void *state)
{
    struct state *st = state;
    for (size_t k = 0; st->prop && k < st->plan->columns; k++)
        free(st->prop[k]);
    free(st->prop);
    free(st->time);
    free(st->code);
    free(st->shown);
    free(st);
}

static void merge(void *into, void *from)
{
    struct state *a = into, *b = from;
    if (a->n || !b->n)
        return;
    struct state swap = *a;
    *a = *b;
    *b = swap;
}

/* ---- result */

static const struct column_info columns[] = {
    {"time", N_("Time"), VALUE_TIME},
    {"session", N_("Session"), VALUE_INT},
    {"event", N_("Event"), VALUE_TEXT},
    {"name", N_("Name"), VALUE_TEXT},
    {"gap_s", N_("Gap"), VALUE_SECONDS},
    {"failed", N_("Failed"), VALUE_BOOL},
    {"properties", N_("Properties"), VALUE_OBJECT},
};

static bool value_of(const struct ask *a, const struct column_def *c, int64_t v, struct arena *arena,
                     struct value *out, struct err *err)
{
    struct str s;
    if (c->type == COLUMN_CODE) {
        if (!dict_get(a->snapshot, c->id, (uint32_t)v, &s, err))
            return false;
        *out = value_text(arena, s);
    } else if (c->type == COLUMN_NUMBER) {
        *out = value_real(column_number(v));
    } else {
        *out = c->type == COLUMN_TIME ? value_time(v) : value_bool(v != 0);
    }
    return true;
}

/* The value as the schema reads it when it looks for failures. */
static struct str text_of(const struct value *v, struct buf *scratch)
{
    buf_clear(scratch);
    if (v->type == VALUE_TEXT)
        return v->text;
    if (v->type == VALUE_BOOL)
        return v->truth ? STR("true") : STR("false");
    if (v->type == VALUE_REAL)
        num_put_double(scratch, v->d);
    return buf_view(scratch);
}

struct event_view {
    struct object *properties;
    bool failed;
};

static bool read_event(struct state *st, size_t i, struct arena *arena, struct buf *scratch,
                       struct event_view *out, struct err *err)
{
    const struct plan *p = st->plan;
    *out = (struct event_view){arena_new(arena, struct object), false};
    out->properties->cap = p->columns;
    out->properties->at = arena_array(arena, struct field, p->columns + 1);
    for (size_t k = 0; k < p->columns; k++) {
        struct value v;
        if (st->prop[k][i] == COLUMN_NULL)
            continue;
        if (!value_of(p->ask, p->column[k], st->prop[k][i], arena, &v, err))
            return false;
        out->failed |= schema_is_failure(p->ask->schema, p->column[k]->name, text_of(&v, scratch));
        out->properties->at[out->properties->n++] = (struct field){p->name[k], v};
    }
    return true;
}

static bool put_row(struct state *st, size_t i, int64_t session, struct result *r, const struct event_view *e,
                    struct err *err)
{
    struct str id;
    const struct ask *a = st->plan->ask;
    if (!dict_get(a->snapshot, COL_EVENT, st->code[i], &id, err))
        return false;
    struct value *v = result_row(r);
    v[0] = value_time(st->time[i]);
    v[1] = value_int(session);
    v[2] = value_text(&r->arena, id);
    v[3] = value_text(&r->arena, schema_event_name(a->schema, id));
    v[4] = i ? value_seconds((double)(st->time[i] - st->time[i - 1]) / (double)US_PER_S) : value_none();
    v[5] = value_bool(e->failed);
    v[6] = (struct value){.type = VALUE_OBJECT, .object = e->properties};
    return true;
}

/* 0: all. */
static int64_t top_of(const struct plan *p)
{
    return p->ask->top >= 0 ? p->ask->top : p->centred ? AROUND : 0;
}

/* Which of the rows that could be shown are: --top N of them, around --at when given, else from the first on.
 */
struct span {
    size_t from, to;
};

static struct span choose_span(const struct state *st, const size_t *row, size_t n)
{
    const struct plan *p = st->plan;
    int64_t top = top_of(p);
    if (top <= 0 || (uint64_t)top >= n)
        return (struct span){0, n};
    size_t want = (size_t)top, at = 0;
    if (p->centred)
        while (at < n && st->time[row[at]] < p->at)
            at++;
    size_t from = at > want / 2 ? at - want / 2 : 0;
    from = from + want > n ? n - want : from;
    return (struct span){from, from + want};
}

static bool put_attributes(struct plan *p, struct result *r, struct err *err)
{
    const struct column_def *c;
    size_t n = snapshot_columns(p->ask->snapshot, &c);
    struct object *o = arena_new(&r->arena, struct object);
    for (size_t i = 0; i < n; i++) {
        int64_t raw;
        struct value v = value_none();
        if (c[i].table != TABLE_USERS || c[i].id < COL_FIRST)
            continue;
        if (!attr_get(p->ask->snapshot, c[i].id, p->user, &raw, err) ||
            (raw != COLUMN_NULL && !value_of(p->ask, &c[i], raw, &r->arena, &v, err)))
            return false;
        object_add(&r->arena, o, arena_str(&r->arena, c[i].name).p, v);
    }
    object_add(&r->arena, &r->summary, "attributes", (struct value){.type = VALUE_OBJECT, .object = o});
    struct value tags;
    if (!user_tags(p->ask, p->user, &r->arena, &tags, err))
        return false;
    object_add(&r->arena, &r->summary, "tags", tags);
    return true;
}

/* His other ids, when he has some. */
static bool put_ids(struct plan *p, struct result *r, struct err *err)
{
    const struct links *l = p->links;
    if (!l || !links_is_joined(l, p->user))
        return true;
    uint32_t g = links_group(l, p->user), n = l->start[g + 1] - l->start[g] - 1;
    struct value *id = arena_array(&r->arena, struct value, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        struct str text;
        if (!dict_get(p->ask->snapshot, COL_USER, l->member[l->start[g] + 1 + i], &text, err))
            return false;
        id[i] = value_text(&r->arena, text);
    }
    object_add(&r->arena, &r->summary, "user", value_text(&r->arena, str_of(p->id)));
    object_add(&r->arena, &r->summary, "other_ids", value_list(id, n));
    return true;
}

static void put_summary(const struct state *st, int64_t sessions, size_t shown, struct result *r)
{
    bool any = st->n > 0;
    object_add(&r->arena, &r->summary, "sessions", value_int(sessions));
    object_add(&r->arena, &r->summary, "events", value_int((int64_t)st->n));
    object_add(&r->arena, &r->summary, "first", any ? value_time(st->time[0]) : value_none());
    object_add(&r->arena, &r->summary, "last", any ? value_time(st->time[st->n - 1]) : value_none());
    object_add(&r->arena, &r->summary, "shown", value_int((int64_t)shown));
}

static void put_rule(struct plan *p, struct result *r)
{
    struct buf b = {0};
    rule_add(&b, _("All events of customer %s in order"), p->id);
    if (p->gap == INT64_MAX)
        rule_add(&b, _("in one session"));
    else
        rule_add(&b, _("a session ends where a pause exceeds %s"), rule_duration(p->ask, p->gap, ""));
    if (p->errors)
        rule_add(&b, _("only failures are shown"));
    rule_common(&b, p->ask, _("shown"));
    rule_end(&b, r);
}

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    struct plan *p = plan;
    struct state *st = state;
    (void)totals;
    int64_t *session = mem_alloc((st->n + 1) * sizeof(*session));
    size_t *row = mem_alloc((st->n + 1) * sizeof(*row)), rows = 0;
    struct event_view *view = mem_alloc((st->n + 1) * sizeof(*view));
    struct buf scratch = {0};
    bool ok = true;
    p->name = arena_array(&p->ask->arena, const char *, p->columns + 1);
    for (size_t k = 0; k < p->columns; k++)
        p->name[k] = arena_str(&r->arena, p->column[k]->name).p;
    for (size_t i = 0; i < st->n; i++)
        session[i] = i ? session[i - 1] + (st->time[i] - st->time[i - 1] > p->gap) : 1;
    for (size_t i = 0; ok && i < st->n; i++) {
        if (!st->shown[i])
            continue;
        ok = !p->errors || read_event(st, i, &p->ask->arena, &scratch, &view[i], err);
        if (ok && (!p->errors || view[i].failed))
            row[rows++] = i;
    }
    struct span span = choose_span(st, row, rows);
    result_columns(r, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t k = span.from; ok && k < span.to; k++)
        ok = read_event(st, row[k], &r->arena, &scratch, &view[row[k]], err) &&
             put_row(st, row[k], session[row[k]], r, &view[row[k]], err);
    ok = ok && put_ids(p, r, err) && put_attributes(p, r, err);
    object_add(&r->arena, &r->parameters, "top", value_int(top_of(p)));
    put_summary(st, st->n ? session[st->n - 1] : 0, span.to - span.from, r);
    put_rule(p, r);
    free(session);
    free(row);
    free(view);
    buf_done(&scratch);
    return ok;
}

const struct analysis analysis_user = {
    .picture = PICTURE_SEQUENCE,
    .plan = plan,
    .init = init,
    .feed = feed,
    .merge = merge,
    .finish = finish,
    .done = done,
};
