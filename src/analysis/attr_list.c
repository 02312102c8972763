/* attr_list.c - values of chosen attributes, each as it is shown. */
#include "config.h"
#include "analysis/attr_list.h"

#include <stdlib.h>

#include "analysis/attr.h"
#include "base/nls.h"
#include "base/num.h"
#include "model/suggest.h"

struct attr_list_column {
    const struct column_def *def;
    int64_t *value; /* by customer */
};

/* In conditions an attribute may be written user.city. */
static const struct column_def *find(const struct snapshot *s, struct str name)
{
    static const char prefix[] = "user.";
    const struct column_def *c = snapshot_column(s, TABLE_USERS, name);
    size_t n = sizeof(prefix) - 1;
    if (!c && name.n > n && memcmp(name.p, prefix, n) == 0)
        c = snapshot_column(s, TABLE_USERS, (struct str){name.p + n, name.n - n});
    return c && c->id >= COL_FIRST ? c : NULL;
}

static bool unknown(struct schema *m, struct str name, struct err *err)
{
    struct arena a = {0};
    err_set(err, ERR_USAGE, _("--columns: customers have no attribute %.*s; these they have: %s"),
            (int)name.n, name.p, suggest_names(&a, schema_vocabulary(m), 'a', name, false));
    arena_done(&a);
    return false;
}

/* Two columns of one name could not be told apart. */
static bool has(const struct attr_list *l, const struct column_def *def)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->column[i].def == def)
            return true;
    return false;
}

static bool add(struct attr_list *l, struct schema *m, struct str name, struct err *err)
{
    uint32_t users;
    const struct column_def *def = find(l->snapshot, name);
    if (!def)
        return unknown(m, name, err);
    if (has(l, def))
        return true;
    l->column[l->n++] = (struct attr_list_column){def, attr_load(l->snapshot, def->id, &users, err)};
    return l->column[l->n - 1].value != NULL;
}

bool attr_list_read(struct attr_list *l, const struct snapshot *s, struct schema *m, const char *names,
                    struct err *err)
{
    size_t most = 1;
    *l = (struct attr_list){.snapshot = s};
    if (!names)
        return true;
    for (const char *c = names; *c; c++)
        most += *c == ',';
    l->column = mem_zalloc(most * sizeof(*l->column));
    for (struct str rest = str_of(names); rest.p;)
        if (!add(l, m, str_trim(str_cut(&rest, ',')), err))
            return false;
    return true;
}

void attr_list_done(struct attr_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->column[i].value);
    free(l->column);
}

static bool is_taken(const struct column_info *own, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(str_of(own[i].name), name))
            return true;
    return false;
}

/* Names from the data have no title of their own, and a type by value. */
void attr_list_columns(const struct attr_list *l, struct arena *a, const struct column_info *own,
                       size_t own_n, struct column_info *out)
{
    for (size_t i = 0; i < l->n; i++) {
        struct str name = l->column[i].def->name;
        const char *text = is_taken(own, own_n, name) ? arena_printf(a, "user.%.*s", (int)name.n, name.p)
                                                      : arena_str(a, name).p;
        out[i] = (struct column_info){text, text, VALUE_NONE};
    }
}

static bool put_one(const struct attr_list *l, const struct attr_list_column *c, struct arena *a,
                    uint32_t user, struct value *out, struct err *err)
{
    int64_t v = c->value[user];
    struct str text;
    if (v == COLUMN_NULL) {
        *out = value_none();
        return true;
    }
    switch (c->def->type) {
    case COLUMN_BOOL: *out = value_bool(v != 0); return true;
    case COLUMN_TIME: *out = value_time(v); return true;
    case COLUMN_NUMBER: *out = value_real(column_number(v)); return true;
    case COLUMN_CODE: break;
    }
    if (!dict_get(l->snapshot, c->def->id, (uint32_t)v, &text, err))
        return false;
    *out = value_text(a, text);
    return true;
}

bool attr_list_put(const struct attr_list *l, struct arena *a, uint32_t user, struct value *out,
                   struct err *err)
{
    for (size_t i = 0; i < l->n; i++)
        if (!put_one(l, &l->column[i], a, user, &out[i], err))
            return false;
    return true;
}
