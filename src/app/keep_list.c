/* keep_list.c - fixed lists of customers as segments: an attribute `segment.NAME` that is true for those on
 * the list. So a list is stored, backed up, checked and taken out again like any import. */
#include "config.h"

#include <stdlib.h>

#include "app/keep_p.h"
#include "base/nls.h"
#include "base/os.h"
#include "store/batch.h"
#include "store/links.h"
#include "store/upkeep.h"

#define FILE_MOST (1u << 30)
#define PIECE 65536

/* ---- storing ---- */

static struct str column_name(struct keep *k, struct str name)
{
    return str_of(arena_printf(&k->arena, "%s%.*s", SEGMENT_COLUMN, (int)name.n, name.p));
}

/* The condition that finds the list. */
static void put_condition(struct buf *out, struct str column)
{
    expr_put_name(out, column);
    buf_puts(out, " = true");
}

struct value keep_list_value(struct keep *k, const struct segment *s)
{
    struct buf text = {0};
    struct value v = value_text(&k->result->arena, s->condition);
    put_condition(&text, column_name(k, s->name));
    bool list = str_eq(s->condition, buf_view(&text));
    buf_done(&text);
    return list ? value_shown(v, _("fixed list")) : v;
}

/* Those the column is true for now: they need a new value, too. */
static struct userset *present(struct keep *k, struct str column, struct err *err)
{
    struct expr_field f;
    const struct expr_vocabulary *v = schema_vocabulary(k->schema);
    if (!v->field(v->arg, column, true, &f))
        return userset_new();
    struct buf text = {0};
    put_condition(&text, column);
    struct userset *set = keep_find(k, text.p, err);
    buf_done(&text);
    return set;
}

static bool write_rows(struct part_writer *w, const struct userset *touched, const struct userset *users,
                       struct err *err)
{
    uint32_t *user = mem_alloc(PIECE * sizeof *user);
    int64_t *value = mem_alloc(PIECE * sizeof *value);
    const int64_t *const values[] = {value};
    bool ok = true;
    size_t n;
    for (uint32_t from = 0; ok && (n = userset_list(touched, from, user, PIECE)) > 0;
         from = user[n - 1] + 1) {
        for (size_t i = 0; i < n; i++)
            value[i] = userset_has(users, user[i]);
        ok = part_append(w, n, user, values, err);
    }
    free(user);
    free(value);
    return ok;
}

static bool write_part(struct batch *b, struct str column, const struct userset *touched,
                       const struct userset *users, struct err *err)
{
    uint16_t id;
    if (!batch_column(b, column, COLUMN_BOOL, &id, err))
        return false;
    struct part_writer *w = part_begin(b, &id, 1, err);
    if (!w)
        return false;
    if (write_rows(w, touched, users, err))
        return part_end(w, err);
    part_drop(w);
    return false;
}

static bool fill(struct batch *b, struct keep *k, struct str column, const struct userset *touched,
                 const struct userset *users, struct err *err)
{
    struct buf text = {0};
    segments_put(&text, schema_segments(k->schema));
    bool ok =
        write_part(b, column, touched, users, err) && batch_note(b, NOTE_SEGMENTS, buf_view(&text), err);
    buf_done(&text);
    return ok;
}

/* The list and the segment that names it in one batch: neither is there without the other. */
static bool store(struct keep *k, struct str column, const struct userset *touched,
                  const struct userset *users, struct err *err)
{
    struct import_def info = {.started_us = os_now_us(), .source = column};
    struct batch *b = batch_begin(k->env, TABLE_USERS, userset_count(touched) * 8 + (1 << 16), err);
    if (!b)
        return false;
    if (!fill(b, k, column, touched, users, err)) {
        batch_abort(b);
        return false;
    }
    info.finished_us = os_now_us();
    info.rows = info.stored = info.users = userset_count(touched);
    if (!batch_commit(b, &info, err))
        return false;
    struct err later; /* what is not merged now is with the next import */
    (void)store_merge(k->env, NULL, &later);
    return true;
}

/* The list's segment, into those that are to be stored. */
static bool put_segment(struct keep *k, struct str name, struct str column, uint64_t users, struct err *err)
{
    struct segments *all = schema_segments(k->schema);
    struct buf condition = {0};
    int64_t now = os_now_us();
    put_condition(&condition, column);
    bool ok = segments_save(all, name, buf_view(&condition), now, err);
    if (ok)
        segments_size(all, name, users, now);
    buf_done(&condition);
    return ok;
}

bool keep_list_save(struct keep *k, struct str name, const struct userset *users, struct err *err)
{
    struct str column = column_name(k, name);
    struct userset *old = present(k, column, err);
    if (!old)
        return false;
    struct userset *touched = userset_or(old, users);
    bool ok = userset_count(touched) > 0 ||
              err_set(err, ERR_INPUT, _("nobody is on the list, so nothing was saved"));
    ok = ok && put_segment(k, name, column, userset_count(users), err) &&
         store(k, column, touched, users, err);
    userset_free(old);
    userset_free(touched);
    return ok;
}

/* ---- reading a list of ids ---- */

struct list {
    struct userset *users;
    uint64_t ids, matched;
    struct str example; /* of an id that is not known */
};

/* The first field of the line. */
static struct str id_of(struct str line)
{
    line = str_trim(line);
    if (line.n && *line.p == '"') {
        struct str rest = {line.p + 1, line.n - 1};
        return str_cut(&rest, '"');
    }
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] == ',' || line.p[i] == '\t' || line.p[i] == ';')
            return str_trim((struct str){line.p, i});
    return line;
}

/* The customer whose id it is. */
static bool find_customer(struct keep *k, uint32_t *user, struct err *err)
{
    const struct links *l;
    if (!snapshot_links(k->snapshot, &l, err))
        return false;
    *user = links_customer(l, *user);
    return true;
}

/* Our own CSV guards ids such as +8613800 with an apostrophe, so that no spreadsheet computes them. */
static bool find_id(struct keep *k, struct str id, uint32_t *user, struct err *err)
{
    if (!dict_find(k->snapshot, COL_USER, id, user, err))
        return false;
    if (*user != UINT32_MAX || id.n < 2 || *id.p != '\'')
        return true;
    return dict_find(k->snapshot, COL_USER, (struct str){id.p + 1, id.n - 1}, user, err);
}

static bool take_id(struct keep *k, struct list *l, struct str id, struct err *err)
{
    uint32_t user;
    if (!find_id(k, id, &user, err))
        return false;
    l->ids++;
    if (user == UINT32_MAX) {
        if (!l->example.p)
            l->example = id;
        return true;
    }
    l->matched++;
    if (!find_customer(k, &user, err))
        return false;
    userset_add(l->users, user);
    return true;
}

/* The first line is a heading when it is no known id but the second is one. */
static bool skip_heading(struct keep *k, struct str *text, struct err *err)
{
    struct str rest = *text, first = id_of(str_cut(&rest, '\n'));
    uint32_t user, next;
    if (!rest.p || !first.n)
        return true;
    struct str after = rest;
    if (!find_id(k, first, &user, err) || !find_id(k, id_of(str_cut(&after, '\n')), &next, err))
        return false;
    if (user == UINT32_MAX && next != UINT32_MAX)
        *text = rest;
    return true;
}

static bool read_list(struct keep *k, struct list *l, struct str text, struct err *err)
{
    if (text.n >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0)
        text = (struct str){text.p + 3, text.n - 3};
    if (!skip_heading(k, &text, err))
        return false;
    while (text.p && text.n) {
        struct str id = id_of(str_cut(&text, '\n'));
        if (id.n && !take_id(k, l, id, err))
            return false;
    }
    return true;
}

static void report(struct keep *k, const struct list *l)
{
    struct result *r = k->result;
    object_add(&r->arena, &r->summary, "ids", value_int((int64_t)l->ids));
    object_add(&r->arena, &r->summary, "matched", value_int((int64_t)l->matched));
    object_add(&r->arena, &r->summary, "unmatched", value_int((int64_t)(l->ids - l->matched)));
    object_add(&r->arena, &r->summary, "users", value_int((int64_t)userset_count(l->users)));
    if (l->example.p)
        object_add(&r->arena, &r->summary, "unmatched_example", value_text(&r->arena, l->example));
    r->rule = _("A fixed list: customers with an id of the file; unmatched ids are not known to the store.");
}

bool keep_import_segment(struct keep *k, struct err *err)
{
    const char *path = query_get(k->query, "file");
    struct list l = {.users = userset_new()};
    struct buf text = {0};
    bool ok = os_read_file(path, FILE_MOST, &text, err) && read_list(k, &l, buf_view(&text), err);
    if (ok && !l.matched)
        ok = err_set(err, ERR_INPUT, _("%s: none of its %llu ids is known to this store; nothing was saved"),
                     path, (unsigned long long)l.ids);
    ok = ok && keep_list_save(k, str_of(query_get(k->query, "name")), l.users, err);
    if (ok)
        report(k, &l);
    userset_free(l.users);
    buf_done(&text);
    return ok;
}
