/* keep_set.c - page sets, and the store's own catalogue of tags. */
#include "config.h"

#include "analysis/scan.h"
#include "app/keep_p.h"
#include "base/nls.h"
#include "base/os.h"

#define FILE_MOST (16u << 20)

static struct str name_of(const struct keep *k)
{
    return str_of(query_get(k->query, "name"));
}

/* ---- list: how many events each set has ---- */

static const struct column_info set_columns[] = {
    {"name", N_("Page set"), VALUE_TEXT},
    {"condition", N_("Condition"), VALUE_TEXT},
    {"events", N_("Events"), VALUE_INT},
};

static void count_nothing(void *state, const struct journeys *j)
{
    (void)state, (void)j;
}

static bool count_events(struct keep *k, const struct expr *e, int64_t *events, struct err *err)
{
    struct select select;
    struct scan scan;
    struct scan_totals totals;
    void **state = arena_array(&k->arena, void *, pool_threads(k->audience.pool));
    if (!select_compile(&select, &e, 1, k->snapshot, k->audience.zone, &k->arena, k->audience.progress, err))
        return false;
    scan_init(&scan, k->snapshot);
    scan.selector = &select;
    scan.selectors = 1;
    scan.feed = count_nothing;
    scan.state = state;
    bool ok = scan_run(&scan, k->audience.pool, k->audience.progress, &totals, err);
    *events = ok ? (int64_t)totals.hits : 0;
    return ok;
}

static bool put_set(struct keep *k, const struct segment *s, struct err *err)
{
    struct result *r = k->result;
    struct err gone = {0};
    const struct expr *e =
        expr_parse(&k->arena, s->condition, EXPR_EVENT_COND, schema_vocabulary(k->schema), &gone);
    int64_t events = 0;
    if (e && !count_events(k, e, &events, err))
        return false;
    struct value *v = result_row(r);
    v[0] = value_text(&r->arena, s->name);
    v[1] = value_text(&r->arena, s->condition);
    if (e)
        v[2] = value_int(events);
    return true;
}

bool keep_set_list(struct keep *k, struct err *err)
{
    struct result *r = k->result;
    const struct segments *all = schema_sets(k->schema);
    result_columns(r, set_columns, sizeof set_columns / sizeof *set_columns);
    for (size_t i = 0; i < all->n; i++)
        if (!put_set(k, &all->at[i], err))
            return false;
    object_add(&r->arena, &r->summary, "sets", value_int((int64_t)all->n));
    r->rule = _("Saved conditions on events, used as [NAME]; events of the whole store that match.");
    return true;
}

/* ---- save, drop ---- */

static bool check_set(struct keep *k, struct str name, struct err *err)
{
    struct buf text = {0};
    struct err inner = {0};
    buf_putc(&text, '[');
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == ']')
            buf_putc(&text, ']');
        buf_putc(&text, name.p[i]);
    }
    buf_putc(&text, ']');
    bool ok = expr_parse(&k->arena, buf_view(&text), EXPR_EVENT_COND, schema_vocabulary(k->schema), &inner);
    buf_done(&text);
    return ok || err_set(err, ERR_USAGE, "%s", inner.text);
}

bool keep_set_save(struct keep *k, struct err *err)
{
    struct segments *all = schema_sets(k->schema);
    const struct expr *e = keep_parse(k, query_get(k->query, "condition"), EXPR_EVENT_COND, err);
    if (!e || !segments_save(all, name_of(k), str_of(keep_print(k, e)), os_now_us(), err) ||
        !check_set(k, name_of(k), err) || !keep_segments(k, NOTE_SETS, all, err))
        return false;
    result_columns(k->result, set_columns, sizeof set_columns / sizeof *set_columns);
    k->result->rule = _("Saved; write [NAME] where a condition on events stands.");
    return put_set(k, segments_find(all, name_of(k)), err);
}

bool keep_set_drop(struct keep *k, struct err *err)
{
    struct segments *all = schema_sets(k->schema);
    struct str name = name_of(k);
    if (!segments_drop(all, name))
        return err_set(err, ERR_USAGE,
                       _("there is no page set %.*s; waymark set list shows those that are saved"),
                       (int)name.n, name.p);
    if (!keep_segments(k, NOTE_SETS, all, err))
        return false;
    object_add(&k->result->arena, &k->result->summary, "sets", value_int((int64_t)all->n));
    k->result->rule = _("The name is gone; events are as they were.");
    return true;
}

/* ---- tags ---- */

static bool load_tags(struct keep *k, const char *path, struct str text, struct err *err)
{
    struct catalogue *c = catalogue_parse(text, path, err);
    if (!c)
        return false;
    size_t n = c->n;
    schema_use_catalogue(k->schema, c); /* tags may speak of tags */
    if (!catalogue_check(c, path, schema_vocabulary(k->schema), err) || !keep_note(k, NOTE_TAGS, text, err))
        return false;
    object_add(&k->result->arena, &k->result->summary, "tags", value_int((int64_t)n));
    k->result->rule = _("These tags took the place of those the store had.");
    return true;
}

bool keep_tag_load(struct keep *k, struct err *err)
{
    const char *path = query_get(k->query, "file");
    struct buf text = {0};
    bool ok = os_read_file(path, FILE_MOST, &text, err) && load_tags(k, path, buf_view(&text), err);
    buf_done(&text);
    return ok;
}
