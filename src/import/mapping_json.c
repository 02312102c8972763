/* mapping_json.c - which columns the members of JSON objects are: of lines, and of fields of a CSV file.
 *
 * The members met in the sample become columns, and those an option names; names that come later become
 * columns then (mapping_widen). */
#include "config.h"

#include "base/nls.h"
#include "import/json_sheet.h"
#include "import/mapping_look.h"

static void add_given(struct intern *names, const struct load_options *o)
{
    const char *given[] = {o->user, o->time, o->event && !event_name_is_joined(o->event) ? o->event : NULL,
                           o->as_of};
    for (size_t i = 0; i < 4; i++)
        if (given[i])
            intern_add(names, str_of(given[i]));
    for (size_t i = 0; i < o->type_n; i++) {
        const char *equal = strrchr(o->types[i], '=');
        if (equal)
            intern_add(names, (struct str){o->types[i], (size_t)(equal - o->types[i])});
    }
}

static void add_saved(struct intern *names, const struct mapping_text *t)
{
    for (size_t i = 0; t && i < t->n; i++)
        intern_add(names, str_of(t->line[i].column));
}

void mapping_json_number(struct look *l, struct source_file *f)
{
    f->members = intern_count(f->names);
    f->member = arena_array(&l->m->arena, int, f->members + 1);
    for (size_t i = 0; i < f->members; i++) {
        struct str name = intern_get(f->names, (uint32_t)i);
        f->member[i] = mapping_column(l->m, name);
        if (f->member[i] < 0)
            f->member[i] = mapping_column_add(l->m, arena_str(&l->m->arena, name).p);
    }
}

static size_t late_column(struct mapping *m, struct str name, enum column_type type,
                          const struct snapshot *stored)
{
    int known = mapping_column(m, name);
    if (known >= 0)
        return (size_t)known;
    size_t i = (size_t)mapping_column_add(m, arena_str(&m->arena, name).p);
    m->column[i].type = type;
    mapping_column_rename(m, i);
    mapping_column_as_stored(m, i, stored);
    return i;
}

void mapping_widen(struct mapping *m, struct source_file *f, const struct late *late,
                   const struct snapshot *stored)
{
    size_t n = late_count(late);
    int *member = arena_array(&m->arena, int, f->members + n + 1);
    if (f->members)
        memcpy(member, f->member, f->members * sizeof(*member));
    f->member = member;
    for (size_t i = 0; i < n && m->n < MAPPING_MOST; i++) {
        struct str name = intern_get(late->name, (uint32_t)i);
        if (intern_add(f->names, name) < f->members)
            continue; /* another chunk brought it */
        size_t column = late_column(m, name, late_type(late, i), stored);
        member[f->members++] = m->column[column].role == ROLE_IGNORE ? -1 : (int)column;
    }
}

bool mapping_json_file(struct look *l, size_t i)
{
    struct source_file *f = source_file(l->src, i);
    struct sheet *t = &l->sheet[i];
    f->json = true;
    f->names = intern_new();
    json_sheet_read(t, f->names, f->sample, f->whole, mapping_rows(f));
    for (size_t k = 0; t->row.n && k < SOURCE_FURTHER; k++)
        json_sheet_add(t, f->names, f->further[k]);
    if (t->row.n == 0 && t->bad == 0)
        return true;
    /* An option's name only makes a column when some object may have it: else a mistyped one would go unseen.
     */
    if (!f->whole)
        add_given(f->names, l->o);
    if (!f->whole)
        add_saved(f->names, l->text);
    mapping_json_number(l, f);
    return true;
}

static bool holds_properties(const struct look *l, size_t i, size_t cell, const char *name)
{
    static const char *const usual[] = {"properties", "event_properties", "user_properties", "data",
                                        "属性",       "事件属性"};
    return mapping_named(str_of(name), usual, sizeof(usual) / sizeof(*usual)) &&
           json_sheet_holds(&l->sheet[i], l->first[i], cell);
}

void mapping_json_fields(struct look *l, size_t i, const char *const *name)
{
    struct source_file *f = source_file(l->src, i);
    struct str *object = NULL;
    for (size_t k = 0; k < f->fields; k++) {
        if (!name[k] || !holds_properties(l, i, k, name[k]))
            continue;
        object = object ? object : arena_array(&l->m->arena, struct str, f->fields);
        f->names = f->names ? f->names : intern_new();
        object[k] = str_of(name[k]);
        f->column[k] = -1;
        json_sheet_expand(&l->sheet[i], f->names, l->first[i], k, object[k]);
    }
    f->object = object;
}
