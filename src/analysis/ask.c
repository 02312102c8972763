/* ask.c - parameters of a query, read once, with messages that name the option. */
#include "config.h"
#include "analysis/ask.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/vec.h"
#include "model/customers.h"
#include "model/suggest.h"
#include "analysis/scan.h"

const char *ask_text(const struct ask *a, const char *name)
{
    const char *v = query_get(a->query, name);
    const struct param_info *p = v ? NULL : registry_param(a->info, name);
    return v ? v : p ? p->def : NULL;
}

bool ask_flag(const struct ask *a, const char *name)
{
    return query_get(a->query, name) != NULL;
}

bool ask_number(const struct ask *a, const char *name, int64_t low, int64_t high, int64_t *out,
                struct err *err)
{
    const char *v = ask_text(a, name);
    return registry_read_number(name, v ? v : "", low, high, out, err);
}

bool ask_duration(const struct ask *a, const char *name, int64_t *us, struct err *err)
{
    const char *v = ask_text(a, name);
    *us = INT64_MAX;
    if (!v || strcmp(v, "none") == 0)
        return true;
    if (!duration_parse(str_of(v), us, err))
        return err_prefix(err, "--%s %s", name, v);
    if (*us < 0)
        return err_set(err, ERR_USAGE, _("--%s %s: a duration cannot be negative"), name, v);
    return true;
}

bool ask_bound(const struct ask *a, const char *name, int64_t *first, int64_t *last, struct err *err)
{
    const char *v = ask_text(a, name);
    if (!zone_parse_bound(a->zone, str_of(v ? v : ""), first, last, err))
        return err_prefix(err, "--%s %s", name, v ? v : "");
    return true;
}

static const struct expr *condition(struct ask *a, const char *name, const char *text, enum expr_kind kind,
                                    struct err *err)
{
    const struct expr *e = expr_parse(&a->arena, str_of(text), kind, schema_vocabulary(a->schema), err);
    if (!e)
        err_prefix(err, "--%s %s", name, text);
    return e;
}

const struct expr *ask_condition(struct ask *a, const char *name, const char *text, struct err *err)
{
    return condition(a, name, text, EXPR_EVENT_COND, err);
}

const struct expr *ask_segment_condition(struct ask *a, const char *name, const char *text, struct err *err)
{
    return condition(a, name, text, EXPR_USER_COND, err);
}

bool ask_select(struct ask *a, const struct expr *tree, bool with_where, struct select *out, struct err *err)
{
    const struct expr *both[2];
    size_t n = 0;
    if (tree)
        both[n++] = tree;
    if (with_where && a->where)
        both[n++] = a->where;
    return select_compile(out, both, n, a->snapshot, a->zone, &a->arena,
                          a->audience ? a->audience->progress : NULL, err);
}

const char *ask_print(struct ask *a, const struct expr *tree)
{
    struct buf b = {0};
    expr_print(&b, tree);
    const char *text = arena_str(&a->arena, buf_view(&b)).p;
    buf_done(&b);
    return text;
}

const char *ask_properties(struct ask *a, struct str wrong, bool numbers)
{
    return suggest_names(&a->arena, schema_vocabulary(a->schema), 'p', wrong, numbers);
}

struct str ask_event(const struct ask *a, uint32_t code)
{
    struct str s;
    return dict_get(a->snapshot, COL_EVENT, code, &s, NULL) ? s : STR("?");
}

static bool read_period(struct ask *a, struct err *err)
{
    int64_t unused;
    a->from = INT64_MIN;
    a->to = INT64_MAX;
    a->has_from = query_get(a->query, "from") != NULL;
    a->has_to = query_get(a->query, "to") != NULL;
    if (a->has_from && !ask_bound(a, "from", &a->from, &unused, err))
        return false;
    if (a->has_to && !ask_bound(a, "to", &unused, &a->to, err))
        return false;
    if (a->from > a->to)
        return err_set(err, ERR_USAGE, _("--from %s lies after --to %s: exchange them"), ask_text(a, "from"),
                       ask_text(a, "to"));
    return true;
}

bool ask_init(struct ask *a, const struct query *q, const struct snapshot *s, struct schema *m,
              struct pool *pool, struct err *err)
{
    *a = (struct ask){.query = q, .snapshot = s, .schema = m, .pool = pool, .top = -1};
    a->info = registry_find(q->analysis);
    a->zone = schema_zone(m);
    a->who = query_get(q, "users");
    a->events = dict_count(s, COL_EVENT);
    a->users = dict_count(s, COL_USER);
    a->has_events = scan_span(s, &a->first, &a->last);
    if (!customers_count(s, &a->customers, err))
        return false;
    const char *where = query_get(q, "where");
    if (!read_period(a, err) || (where && !(a->where = ask_condition(a, "where", where, err))))
        return false;
    return !query_get(q, "top") || ask_number(a, "top", 0, INT32_MAX, &a->top, err);
}

/* What stands in the place of a name, in words; NULL: it is a name. */
static const char *special(struct str name)
{
    static const char *const word[] = {N_("(other)"), N_("(none)"), N_("(end)"), N_("(start)"), N_("(...)")};
    for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
        if (str_eq(name, str_of(word[i])))
            return _(word[i]);
    return NULL;
}

struct value ask_group_value(struct arena *arena, struct str group)
{
    return value_shown(value_text(arena, group), special(group));
}

struct value ask_event_value(const struct ask *a, struct arena *arena, struct str event)
{
    struct value v = value_text(arena, event);
    struct str seen = schema_event_name(a->schema, event);
    return str_eq(seen, event) ? ask_group_value(arena, event) : value_shown(v, arena_str(arena, seen).p);
}

bool ask_segment(struct ask *a, const struct audience *audience, struct err *err)
{
    const char *text = query_get(a->query, "segment");
    a->audience = audience;
    if (!text)
        return true;
    a->segment = ask_segment_condition(a, "segment", text, err);
    a->chosen = a->segment ? audience_find(audience, a->segment, err) : NULL;
    if (a->chosen)
        a->member = userset_words(a->chosen, a->users);
    return a->chosen != NULL;
}

void ask_done(struct ask *a)
{
    userset_free(a->chosen);
    free(a->member);
    arena_done(&a->arena);
}
