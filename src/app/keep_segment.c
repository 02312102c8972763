/* keep_segment.c - segments: saved, listed, counted, exported. */
#include "config.h"

#include <stdlib.h>

#include "analysis/attr_list.h"
#include "app/keep_p.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "base/vec.h"
#include "model/customers.h"
#include "model/suggest.h"

#define FILE_MOST (64u << 20)

static struct str name_of(const struct keep *k)
{
    return str_of(query_get(k->query, "name"));
}

static bool unknown(struct str name, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   _("there is no segment %.*s; waymark segment list shows those that are saved"),
                   (int)name.n, name.p);
}

/* ---- list, show ---- */

static const struct column_info list_columns[] = {
    {"name", N_("Segment"), VALUE_TEXT},
    {"condition", N_("Condition"), VALUE_TEXT},
    {"users", N_("Customers"), VALUE_INT},
    {"saved", N_("Saved"), VALUE_TIME},
};

/* The present size; -1 when the condition speaks of what is no longer there. False: a failure. */
static bool size_of(struct keep *k, const struct segment *s, int64_t *users, struct err *err)
{
    struct err gone = {0};
    const struct expr *e =
        expr_parse(&k->arena, s->condition, EXPR_USER_COND, schema_vocabulary(k->schema), &gone);
    *users = -1;
    if (!e)
        return true;
    struct userset *set = audience_find(&k->audience, e, err);
    if (!set)
        return false;
    *users = (int64_t)userset_count(set);
    userset_free(set);
    return true;
}

/* New sizes are kept when the store can be written; that it cannot is no reason to fail. */
static bool put_list(struct keep *k, struct err *err)
{
    struct result *r = k->result;
    struct segments *all = schema_segments(k->schema);
    struct err unwritable = {0};
    bool changed = false;
    result_columns(r, list_columns, sizeof list_columns / sizeof *list_columns);
    for (size_t i = 0; i < all->n; i++) {
        const struct segment *s = &all->at[i];
        int64_t users;
        if (!size_of(k, s, &users, err))
            return false;
        struct value *v = result_row(r);
        v[0] = value_text(&r->arena, s->name);
        v[1] = keep_list_value(k, s);
        v[2] = users < 0 ? value_none() : value_int(users);
        v[3] = value_time(s->saved);
        changed |= users >= 0 && segments_size(all, s->name, (uint64_t)users, os_now_us());
    }
    if (changed)
        keep_segments(k, NOTE_SEGMENTS, all, &unwritable);
    return true;
}

bool keep_segment_list(struct keep *k, struct err *err)
{
    struct result *r = k->result;
    if (!put_list(k, err))
        return false;
    object_add(&r->arena, &r->summary, "segments", value_int((int64_t)r->rows.n));
    r->rule = _("Saved conditions on customers, counted now; a segment without a number speaks of what the "
                "store does not have.");
    return true;
}

static const struct column_info size_columns[] = {
    {"time", N_("Time"), VALUE_TIME},
    {"users", N_("Customers"), VALUE_INT},
    {"former", N_("Condition then saved"), VALUE_TEXT},
};

/* Sizes that were found and conditions that were saved before, in the order of time. */
static void put_history(struct result *r, const struct segment *s)
{
    for (size_t i = 0, k = 0; i < s->sizes || k < s->formers;) {
        struct value *v = result_row(r);
        bool size = k == s->formers || (i < s->sizes && s->size[i].at < s->former[k].saved);
        v[0] = value_time(size ? s->size[i].at : s->former[k].saved);
        v[1] = size ? value_int((int64_t)s->size[i].users) : value_none();
        v[2] = size ? value_none() : value_text(&r->arena, s->former[k].condition);
        i += size;
        k += !size;
    }
}

/* Its fields are parted by tabs, which people see as blanks. */
static struct value line_value(struct result *r, struct str line)
{
    struct buf seen = {0};
    for (size_t i = 0; i < line.n; i++)
        buf_puts(&seen, line.p[i] == '\t' ? "  " : (char[]){line.p[i], '\0'});
    struct value v = value_shown(value_text(&r->arena, line), arena_str(&r->arena, buf_view(&seen)).p);
    buf_done(&seen);
    return v;
}

bool keep_segment_show(struct keep *k, struct err *err)
{
    struct result *r = k->result;
    struct segments *all = schema_segments(k->schema);
    struct err unwritable = {0};
    const struct segment *s = segments_find(all, name_of(k));
    struct buf line = {0};
    int64_t users;
    if (!s)
        return unknown(name_of(k), err);
    if (!size_of(k, s, &users, err))
        return false;
    if (users >= 0 && segments_size(all, s->name, (uint64_t)users, os_now_us()))
        keep_segments(k, NOTE_SEGMENTS, all, &unwritable);
    result_columns(r, size_columns, sizeof size_columns / sizeof *size_columns);
    put_history(r, s);
    segment_put(&line, s);
    object_add(&r->arena, &r->summary, "name", value_text(&r->arena, s->name));
    object_add(&r->arena, &r->summary, "condition", keep_list_value(k, s));
    object_add(&r->arena, &r->summary, "users", users < 0 ? value_none() : value_int(users));
    object_add(&r->arena, &r->summary, "saved", value_time(s->saved));
    object_add(&r->arena, &r->summary, "line", line_value(r, str_trim(buf_view(&line))));
    r->rule = _("Sizes are kept when they are found to have changed, and conditions when another one is "
                "saved in their place; segment load "
                "reads the line back.");
    buf_done(&line);
    return true;
}

/* ---- save, drop, load ---- */

/* Whether the name now stands for something, and not for itself. */
static bool check_name(struct keep *k, struct str name, struct err *err)
{
    struct buf text = {0};
    struct err inner = {0};
    expr_put_segment(&text, name);
    bool ok = expr_parse(&k->arena, buf_view(&text), EXPR_USER_COND, schema_vocabulary(k->schema), &inner);
    buf_done(&text);
    return ok || err_set(err, ERR_USAGE, "%s", inner.text);
}

static bool put_saved(struct keep *k, struct str name, uint64_t users)
{
    struct result *r = k->result;
    const struct segment *s = segments_find(schema_segments(k->schema), name);
    result_columns(r, list_columns, sizeof list_columns / sizeof *list_columns);
    struct value *v = result_row(r);
    v[0] = value_text(&r->arena, name);
    v[1] = keep_list_value(k, s);
    v[2] = value_int((int64_t)users);
    v[3] = value_time(s->saved);
    object_add(&r->arena, &r->summary, "users", value_int((int64_t)users));
    return true;
}

/* A condition on users; its name is checked where it can be used already. */
static bool save_condition(struct keep *k, const struct expr *e, uint64_t *users, struct err *err)
{
    struct segments *all = schema_segments(k->schema);
    int64_t now = os_now_us();
    if (!segments_save(all, name_of(k), str_of(keep_print(k, e)), now, err) ||
        !check_name(k, name_of(k), err))
        return false;
    struct userset *set = audience_find(&k->audience, e, err);
    if (!set)
        return false;
    *users = userset_count(set);
    segments_size(all, name_of(k), *users, now);
    userset_free(set);
    return keep_segments(k, NOTE_SEGMENTS, all, err);
}

/* A fixed segment holds the users of now, whatever they do later. */
static bool save_fixed(struct keep *k, const struct expr *e, uint64_t *users, struct err *err)
{
    struct userset *set = audience_find(&k->audience, e, err);
    if (!set)
        return false;
    *users = userset_count(set);
    bool ok = keep_list_save(k, name_of(k), set, err);
    userset_free(set);
    return ok;
}

bool keep_segment_save(struct keep *k, struct err *err)
{
    uint64_t users;
    bool fixed = query_get(k->query, "fixed") != NULL;
    const struct expr *e = keep_parse(k, query_get(k->query, "condition"), EXPR_USER_COND, err);
    if (!e || !(fixed ? save_fixed : save_condition)(k, e, &users, err))
        return false;
    k->result->rule = fixed ? _("Saved as a fixed list of the customers of now.")
                            : _("Saved as a condition; its customers are found anew whenever it is used.");
    return put_saved(k, name_of(k), users);
}

/* A segment that others are made of stays. */
static bool check_others(struct keep *k, const bool *sound, struct str dropped, struct err *err)
{
    struct segments *all = schema_segments(k->schema);
    struct err inner;
    for (size_t i = 0; i < all->n; i++)
        if (sound[i] && !expr_parse(&k->arena, all->at[i].condition, EXPR_USER_COND,
                                    schema_vocabulary(k->schema), &inner))
            return err_set(err, ERR_USAGE,
                           _("segment %.*s is used by segment %.*s; change or drop that first"),
                           (int)dropped.n, dropped.p, (int)all->at[i].name.n, all->at[i].name.p);
    return true;
}

bool keep_segment_drop(struct keep *k, struct err *err)
{
    struct segments *all = schema_segments(k->schema);
    bool *sound = arena_alloc(&k->arena, all->n + 1);
    struct err inner;
    size_t n = 0;
    if (!segments_find(all, name_of(k)))
        return unknown(name_of(k), err);
    for (size_t i = 0; i < all->n; i++)
        if (!str_eq(all->at[i].name, name_of(k)))
            sound[n++] = expr_parse(&k->arena, all->at[i].condition, EXPR_USER_COND,
                                    schema_vocabulary(k->schema), &inner) != NULL;
    segments_drop(all, name_of(k));
    if (!check_others(k, sound, name_of(k), err) || !keep_segments(k, NOTE_SEGMENTS, all, err))
        return false;
    object_add(&k->result->arena, &k->result->summary, "segments", value_int((int64_t)all->n));
    k->result->rule = _("The name is gone; customers and events are as they were.");
    return true;
}

/* With its history; what it was before in another store only where it has none in this one. */
static bool take_segment(struct segments *all, const struct segment *one, struct err *err)
{
    bool known = segments_find(all, one->name) != NULL, ok = true;
    for (size_t i = 0; ok && !known && i < one->formers; i++)
        ok = segments_save(all, one->name, one->former[i].condition, one->former[i].saved, err);
    ok = ok && segments_save(all, one->name, one->condition, one->saved ? one->saved : os_now_us(), err);
    for (size_t i = 0; ok && i < one->sizes; i++)
        segments_size(all, one->name, one->size[i].users, one->size[i].at);
    return ok;
}

bool keep_segment_load(struct keep *k, struct err *err)
{
    const char *path = query_get(k->query, "file");
    struct segments *all = schema_segments(k->schema), more = {0};
    struct buf text = {0};
    bool ok = os_read_file(path, FILE_MOST, &text, err) && segments_read(&more, buf_view(&text), path, err);
    for (size_t i = 0; ok && i < more.n; i++)
        ok = take_segment(all, &more.at[i], err);
    for (size_t i = 0; ok && i < more.n; i++)
        ok = check_name(k, more.at[i].name, err) || err_prefix(err, "%s", path);
    ok = ok && keep_segments(k, NOTE_SEGMENTS, all, err);
    if (ok)
        object_add(&k->result->arena, &k->result->summary, "segments", value_int((int64_t)more.n));
    k->result->rule = _("Segments of the same name were replaced.");
    segments_done(&more);
    buf_done(&text);
    return ok;
}

/* ---- count, users, export ---- */

static const struct column_info count_columns[] = {
    {"users", N_("Customers"), VALUE_INT},
    {"of", N_("Of"), VALUE_INT},
    {"share", N_("Share"), VALUE_RATIO},
};

static const char *rule_of(struct keep *k)
{
    return arena_printf(&k->result->arena, _("Customers where %s, of all that are known."),
                        query_get(k->query, "condition"));
}

bool keep_segment_count(struct keep *k, struct err *err)
{
    struct result *r = k->result;
    uint32_t of;
    if (!customers_count(k->snapshot, &of, err))
        return false;
    struct userset *set = keep_find(k, query_get(k->query, "condition"), err);
    if (!set)
        return false;
    int64_t users = (int64_t)userset_count(set);
    userset_free(set);
    result_columns(r, count_columns, sizeof count_columns / sizeof *count_columns);
    struct value *v = result_row(r);
    v[0] = value_int(users);
    v[1] = value_int(of);
    v[2] = value_ratio(users, of);
    object_add(&r->arena, &r->summary, "users", value_int(users));
    object_add(&r->arena, &r->summary, "of", value_int(of));
    object_add(&r->arena, &r->summary, "share", value_ratio(users, of));
    r->rule = rule_of(k);
    return true;
}

static bool put_users(struct keep *k, const struct userset *set, const struct attr_list *attributes,
                      struct err *err)
{
    struct result *r = k->result;
    uint32_t user[1024];
    const char *top = query_get(k->query, "top");
    uint64_t most = UINT64_MAX;
    size_t got;
    if (top)
        num_u64(str_of(top), &most);
    most = most ? most : UINT64_MAX;
    for (uint32_t from = 0; r->rows.n < most && (got = userset_list(set, from, user, 1024)) > 0;
         from = user[got - 1] + 1)
        for (size_t i = 0; i < got && r->rows.n < most; i++) {
            struct str id;
            if (!dict_get(k->snapshot, COL_USER, user[i], &id, err))
                return false;
            struct value *v = result_row(r);
            v[0] = value_text(&r->arena, id);
            if (!attr_list_put(attributes, &r->arena, user[i], v + 1, err))
                return false;
        }
    return true;
}

static bool list_users(struct keep *k, const struct attr_list *attributes, struct err *err)
{
    struct result *r = k->result;
    struct column_info *columns = arena_array(&r->arena, struct column_info, attributes->n + 1);
    columns[0] = (struct column_info){"user", N_("Customer"), VALUE_TEXT};
    attr_list_columns(attributes, &r->arena, columns, 1, columns + 1);
    uint32_t of;
    if (!customers_count(k->snapshot, &of, err))
        return false;
    struct userset *set = keep_find(k, query_get(k->query, "condition"), err);
    if (!set)
        return false;
    result_columns(r, columns, attributes->n + 1);
    object_add(&r->arena, &r->summary, "users", value_int((int64_t)userset_count(set)));
    object_add(&r->arena, &r->summary, "of", value_int(of));
    bool ok = put_users(k, set, attributes, err);
    object_add(&r->arena, &r->summary, "shown", value_int((int64_t)r->rows.n));
    r->rule = rule_of(k);
    userset_free(set);
    return ok;
}

static bool list_with(struct keep *k, const char *columns, struct err *err)
{
    struct attr_list attributes;
    bool ok =
        attr_list_read(&attributes, k->snapshot, k->schema, columns, err) && list_users(k, &attributes, err);
    attr_list_done(&attributes);
    return ok;
}

bool keep_segment_users(struct keep *k, struct err *err)
{
    return list_with(k, NULL, err);
}

bool keep_segment_export(struct keep *k, struct err *err)
{
    return list_with(k, query_get(k->query, "columns"), err);
}
