/* user_sequence.c - one user's events in order, cut in sessions, with everything the store knows about each.
 *
 * Sessions are those of the whole life: a filter, a period or `errors` only hides rows, it renumbers nothing.
 * What is hidden as a heart-beat (--hide, --beats hide) is as if it were not there: pauses are counted from
 * the event before. */
#include "config.h"

#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/attr.h"
#include "analysis/beats.h"
#include "analysis/event_reader.h"
#include "analysis/rule.h"
#include "analysis/user_tags.h"
#include "base/date.h"
#include "base/nls.h"

enum { AROUND = 50 }; /* events shown around --at */

struct plan {
    struct ask *ask;
    const struct links *links;
    uint32_t user; /* the customer, whichever of his ids was asked for */
    const char *id;
    int64_t gap;
    bool errors, centred, hide_beats;
    int64_t at;
    struct event_columns columns;
    struct select select[2]; /* where, hide */
    uint64_t where, hide;    /* their bits; 0: not given */
};

/* A copy of the user's events: there is one journey, and it ends with the scan. */
struct state {
    struct plan *plan;
    size_t n;
    int64_t *time, **prop;
    uint32_t *code;
    bool *shown, *hidden;
};

static void *copy(const void *from, size_t n, size_t size)
{
    void *to = mem_alloc(n * size + 1);
    memcpy(to, from, n * size);
    return to;
}

static void keep(struct state *st, const struct journey *j)
{
    const struct plan *p = st->plan;
    st->n = j->n;
    st->time = copy(j->time, j->n, sizeof(*j->time));
    st->code = copy(j->code, j->n, sizeof(*j->code));
    st->prop = mem_zalloc(sizeof(*st->prop) * (p->columns.n + 1));
    for (size_t k = 0; k < p->columns.n; k++)
        st->prop[k] = copy(j->prop[k] + j->first, j->n, sizeof(int64_t));
    st->shown = mem_alloc(j->n);
    st->hidden = mem_alloc(j->n);
    for (size_t k = 0; k < j->n; k++) {
        uint64_t mask = j->mask ? j->mask[k] : 0;
        st->hidden[k] = (mask & p->hide) != 0;
        st->shown[k] = ask_in_period(p->ask, j->time[k]) && (mask & p->where) == p->where && !st->hidden[k];
    }
}

static void feed(void *state, const struct journeys *js)
{
    struct state *st = state;
    for (size_t i = 0; i < js->users; i++) {
        struct journey j = journeys_at(js, i);
        if (j.n && !st->n)
            keep(st, &j);
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
                         "or look for a part of it with: waymark find %s"),
                       id, id);
    return find_customer(p, err);
}

static bool add_select(struct plan *p, struct scan *scan, const struct expr *tree, bool with_where,
                       uint64_t *bit, struct err *err)
{
    *bit = UINT64_C(1) << scan->selectors;
    if (!ask_select(p->ask, tree, with_where, &p->select[scan->selectors], err))
        return false;
    scan->selector = p->select;
    scan->selectors++;
    return true;
}

static bool read_filters(struct plan *p, struct scan *scan, struct err *err)
{
    const char *hide = ask_text(p->ask, "hide");
    const struct expr *tree = hide ? ask_condition(p->ask, "hide", hide, err) : NULL;
    if ((hide && !tree) || (p->ask->where && !add_select(p, scan, NULL, true, &p->where, err)))
        return false;
    return !hide || add_select(p, scan, tree, false, &p->hide, err);
}

static void *plan(struct ask *a, struct scan *scan, struct err *err)
{
    struct plan *p = arena_new(&a->arena, struct plan);
    int64_t last;
    p->ask = a;
    p->errors = ask_flag(a, "errors");
    p->hide_beats = strcmp(ask_text(a, "beats"), "hide") == 0;
    p->centred = ask_text(a, "at") != NULL;
    if (!find_user(p, err) || !ask_duration(a, "gap", &p->gap, err) ||
        (p->centred && !ask_bound(a, "at", &p->at, &last, err)))
        return NULL;
    event_columns_init(&p->columns, a);
    scan->column = p->columns.id;
    scan->columns = p->columns.n;
    scan->everything = true;
    scan->user_from = p->user;
    scan->user_to = p->user + 1;
    return read_filters(p, scan, err) ? p : NULL;
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
    for (size_t k = 0; st->prop && k < st->plan->columns.n; k++)
        free(st->prop[k]);
    free(st->prop);
    free(st->time);
    free(st->code);
    free(st->shown);
    free(st->hidden);
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
    {"reason", N_("Reason"), VALUE_OBJECT},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* The rows there could be, and which of them are. */
struct choice {
    int64_t *session;  /* per event */
    size_t *before;    /* per event: the one that the pause is counted from, SIZE_MAX: none */
    size_t *row, rows; /* events that may be shown */
    size_t from, to;   /* of those */
    size_t hidden, failures, failures_shown;
    bool has_beat;
    uint32_t beat;
};

/* 0: all. */
static int64_t top_of(const struct plan *p)
{
    return p->ask->top >= 0 ? p->ask->top : p->centred ? AROUND : 0;
}

/* --top N of the rows, around --at when given, else from the first on. */
static void choose_span(const struct state *st, struct choice *c)
{
    const struct plan *p = st->plan;
    int64_t top = top_of(p);
    size_t want = (size_t)top, at = 0;
    c->from = 0;
    c->to = c->rows;
    if (top <= 0 || want >= c->rows)
        return;
    if (p->centred)
        while (at < c->rows && st->time[c->row[at]] < p->at)
            at++;
    c->from = at > want / 2 ? at - want / 2 : 0;
    c->from = c->from + want > c->rows ? c->rows - want : c->from;
    c->to = c->from + want;
}

static void hide_beats(struct state *st, struct choice *c)
{
    c->has_beat = beats_find(st->time, st->code, st->n, st->plan->gap, &c->beat);
    if (!c->has_beat || !st->plan->hide_beats)
        return;
    for (size_t i = 0; i < st->n; i++)
        if (st->code[i] == c->beat) {
            st->hidden[i] = true;
            st->shown[i] = false;
        }
}

static void choose_rows(struct state *st, const struct event_reader *reader, struct choice *c)
{
    size_t before = SIZE_MAX;
    hide_beats(st, c);
    for (size_t i = 0; i < st->n; i++) {
        bool failed = event_reader_failed(reader, i);
        c->session[i] = i ? c->session[i - 1] + (st->time[i] - st->time[i - 1] > st->plan->gap) : 1;
        c->before[i] = before;
        before = st->hidden[i] ? before : i;
        c->hidden += st->hidden[i];
        c->failures += failed;
        if (st->shown[i] && (!st->plan->errors || failed))
            c->row[c->rows++] = i;
    }
    choose_span(st, c);
}

static bool put_row(struct state *st, const struct choice *c, size_t i, struct event_reader *reader,
                    struct result *r, struct err *err)
{
    struct value *v = result_row(r);
    if (!event_reader_name(reader, st->code[i], &v[2], &v[3], err) ||
        !event_reader_read(reader, i, &v[6], &v[7], err))
        return false;
    int64_t pause = c->before[i] == SIZE_MAX ? 0 : st->time[i] - st->time[c->before[i]];
    v[0] = value_time(st->time[i]);
    v[1] = value_int(c->session[i]);
    v[4] = c->before[i] == SIZE_MAX ? value_none() : value_seconds((double)pause / (double)US_PER_S);
    v[5] = value_bool(v[7].type == VALUE_OBJECT);
    return true;
}

static bool put_rows(struct state *st, struct choice *c, struct event_reader *reader, struct result *r,
                     struct err *err)
{
    bool ok = true;
    size_t n = c->to - c->from;
    result_columns(r, columns, COLUMNS);
    r->rows.cap = n + 1; /* at once: doubling would copy a long life several times */
    r->rows.cell =
        arena_alloc(&r->arena, r->rows.cap * COLUMNS * sizeof(*r->rows.cell)); /* put_row fills all of it */
    for (size_t k = c->from; ok && k < c->to; k++)
        if ((ok = put_row(st, c, c->row[k], reader, r, err)))
            c->failures_shown += r->rows.cell[(r->rows.n - 1) * COLUMNS + 5].truth;
    return ok;
}

/* A fixed list is told among the segments. */
static bool is_list(struct str column)
{
    struct str begin = STR(SEGMENT_COLUMN);
    return column.n > begin.n && memcmp(column.p, begin.p, begin.n) == 0;
}

static const struct column_info change_columns[] = {
    {"attribute", N_("Attribute"), VALUE_TEXT}, {"import", N_("Import"), VALUE_INT},
    {"since", N_("Since"), VALUE_TIME},         {"before", N_("Before"), VALUE_NONE},
    {"before_import", N_("By"), VALUE_INT},
};

/* Since which import he has the value, and what an import before had said. */
static bool put_change(struct plan *p, const struct column_def *c, const struct attr_change *h,
                       struct rows *t, struct result *r, struct err *err)
{
    const struct import_def *import;
    struct value before = value_none();
    size_t n = snapshot_imports(p->ask->snapshot, &import);
    if (!h->import || h->import > n)
        return true;
    if (h->before != COLUMN_NULL && !failing_value(p->ask->snapshot, c, h->before, &r->arena, &before, err))
        return false;
    struct value *v = rows_add(&r->arena, t);
    v[0] = value_text(&r->arena, c->name);
    v[1] = value_int(h->import);
    v[2] = value_time(import[h->import - 1].finished_us);
    v[3] = before;
    v[4] = h->before_import ? value_int(h->before_import) : value_none();
    return true;
}

static bool put_attributes(struct plan *p, struct result *r, struct err *err)
{
    const struct column_def *c;
    size_t n = snapshot_columns(p->ask->snapshot, &c);
    struct object *o = arena_new(&r->arena, struct object);
    struct rows *changes = arena_new(&r->arena, struct rows);
    *changes = (struct rows){.column = change_columns, .columns = 5};
    for (size_t i = 0; i < n; i++) {
        struct attr_change h;
        struct value v = value_none();
        if (c[i].table != TABLE_USERS || c[i].id < COL_FIRST || is_list(c[i].name))
            continue;
        if (!attr_change(p->ask->snapshot, c[i].id, p->user, &h, err) ||
            (h.value != COLUMN_NULL &&
             !failing_value(p->ask->snapshot, &c[i], h.value, &r->arena, &v, err)) ||
            !put_change(p, &c[i], &h, changes, r, err))
            return false;
        object_add(&r->arena, o, arena_str(&r->arena, c[i].name).p, v);
    }
    object_add(&r->arena, &r->summary, "attributes", value_object(o));
    object_add(&r->arena, &r->more, "changes", (struct value){.type = VALUE_ROWS, .rows = changes});
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
    object_add(&r->arena, &r->summary, "other_ids", value_list(id, n));
    return true;
}

/* Over which channel an event came, by the name of the property. */
static bool is_channel(struct str property)
{
    static const char *const name[] = {"channel", "channel_name", "platform", "terminal",
                                       "渠道",    "平台",         "终端"};
    for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
        if (str_ieq(property, str_of(name[i])))
            return true;
    return false;
}

/* What properties are about, so that a line tells the reason instead of three ways to say that it failed: the
 * channel; those that tell failures, the most telling first; and which of these say no more than that it
 * failed. */
static void put_roles(const struct plan *p, struct result *r)
{
    struct object *o = arena_new(&r->arena, struct object);
    struct value *failure = arena_array(&r->arena, struct value, p->columns.n + 1), channel = value_none();
    size_t n = 0, telling = 0;
    for (int rank = FAILURE_CODE; rank >= FAILURE_SILENT; rank--) {
        telling = rank == FAILURE_OUTCOME ? n : telling;
        for (size_t k = 0; k < p->columns.n; k++) {
            struct str name = p->columns.def[k]->name;
            if ((int)schema_failure_rank(p->ask->schema, name) != rank)
                continue;
            if (rank != FAILURE_SILENT)
                failure[n++] = value_text(&r->arena, name);
            else if (channel.type == VALUE_NONE && is_channel(name))
                channel = value_text(&r->arena, name);
        }
    }
    object_add(&r->arena, o, "channel", channel);
    object_add(&r->arena, o, "failure", value_list(failure, n));
    object_add(&r->arena, o, "outcome", value_list(failure + telling, n - telling));
    object_add(&r->arena, &r->summary, "roles", value_object(o));
}

static bool put_person(struct plan *p, struct result *r, struct err *err)
{
    return put_attributes(p, r, err) && user_tags_put(p->ask, p->user, r, err) && put_ids(p, r, err);
}

static int64_t sessions_shown(const struct choice *c)
{
    int64_t n = 0;
    for (size_t k = c->from; k < c->to; k++)
        n += k == c->from || c->session[c->row[k]] != c->session[c->row[k - 1]];
    return n;
}

static bool put_summary(const struct state *st, const struct choice *c, struct result *r, struct err *err)
{
    bool any = st->n > 0;
    struct str beat;
    if (c->has_beat && !dict_get(st->plan->ask->snapshot, COL_EVENT, c->beat, &beat, err))
        return false;
    object_add(&r->arena, &r->summary, "sessions", value_int(any ? c->session[st->n - 1] : 0));
    object_add(&r->arena, &r->summary, "events", value_int((int64_t)st->n));
    object_add(&r->arena, &r->summary, "failures", value_int((int64_t)c->failures));
    object_add(&r->arena, &r->summary, "first", any ? value_time(st->time[0]) : value_none());
    object_add(&r->arena, &r->summary, "last", any ? value_time(st->time[st->n - 1]) : value_none());
    object_add(&r->arena, &r->summary, "shown", value_int((int64_t)(c->to - c->from)));
    object_add(&r->arena, &r->summary, "sessions_shown", value_int(sessions_shown(c)));
    object_add(&r->arena, &r->summary, "failures_shown", value_int((int64_t)c->failures_shown));
    object_add(&r->arena, &r->summary, "hidden", value_int((int64_t)c->hidden));
    object_add(&r->arena, &r->summary, "heartbeat",
               c->has_beat ? ask_event_value(st->plan->ask, &r->arena, beat) : value_none());
    return true;
}

static void put_rule(struct plan *p, const struct choice *c, struct result *r)
{
    struct buf b = {0};
    rule_add(&b, _("All events of customer %s in order"), p->id);
    if (p->gap == INT64_MAX)
        rule_add(&b, _("in one session"));
    else
        rule_add(&b, _("a session ends where a pause exceeds %s"), rule_duration(p->ask, p->gap, ""));
    if (p->errors)
        rule_add(&b, _("only failures are shown"));
    if (p->hide)
        rule_add(&b, _("events where %s are left out"), ask_text(p->ask, "hide"));
    if (p->hide_beats && c->has_beat)
        rule_add(&b, _("heart-beats are left out"));
    rule_common(&b, p->ask, _("shown"));
    rule_end(&b, r);
}

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    struct plan *p = plan;
    struct state *st = state;
    (void)totals;
    struct choice c = {.session = mem_alloc((st->n + 1) * sizeof(*c.session)),
                       .before = mem_alloc((st->n + 1) * sizeof(*c.before)),
                       .row = mem_alloc((st->n + 1) * sizeof(*c.row))};
    struct event_reader *reader =
        event_reader_new(p->ask, &p->columns, (const int64_t *const *)st->prop, st->n, &r->arena);
    choose_rows(st, reader, &c);
    bool ok = put_rows(st, &c, reader, r, err) && put_person(p, r, err) && put_summary(st, &c, r, err);
    if (ask_flag(p->ask, "note"))
        r->picture = PICTURE_NOTE;
    object_add(&r->arena, &r->summary, "user", value_text(&r->arena, str_of(p->id)));
    object_add(&r->arena, &r->parameters, "top", value_int(top_of(p)));
    put_roles(p, r);
    put_rule(p, &c, r);
    event_reader_free(reader);
    free(c.session);
    free(c.before);
    free(c.row);
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
