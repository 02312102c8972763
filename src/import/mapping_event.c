/* mapping_event.c - an event column that is in no file: put together from others. */
#include "config.h"

#include "base/nls.h"
#include "import/mapping_look.h"

static bool part_columns(const struct look *l)
{
    struct mapping *m = l->m;
    int *column = arena_array(&m->arena, int, m->joined.n);
    for (size_t i = 0; i < m->joined.n; i++) {
        const char *name = m->joined.part[i].column;
        column[i] = name ? mapping_column_loosely(m, name) : -1;
        if (name && column[i] < 0)
            return err_set(l->err, ERR_INPUT, _("--event %s: there is no column \"%s\"%s"), l->o->event, name,
                           mapping_column_near(m, name));
    }
    m->joined_column = column;
    return true;
}

bool mapping_event_find(const struct look *l, const char *text, int *column)
{
    struct mapping *m = l->m;
    if (!event_name_is_joined(text) || mapping_column_loosely(m, text) >= 0)
        return false;
    *column = -1;
    if (!event_name_parse(&m->joined, &m->arena, text, l->err))
        return true;
    if (!part_columns(l)) {
        m->joined.n = 0;
        return true;
    }
    *column = mapping_column_add(m, arena_strdup(&m->arena, text));
    m->column[*column].role = ROLE_EVENT;
    return true;
}

static int place_in(const struct source_file *f, int column)
{
    for (size_t i = 0; i < f->fields; i++)
        if (f->column[i] == column)
            return (int)i;
    for (size_t i = 0; i < f->members; i++)
        if (f->member[i] == column)
            return (int)(f->fields + i);
    return -1;
}

void mapping_event_place(const struct look *l)
{
    struct mapping *m = l->m;
    for (size_t i = 0; m->joined.n && i < source_files(l->src); i++) {
        int *part = arena_array(&m->arena, int, m->joined.n);
        for (size_t k = 0; k < m->joined.n; k++)
            part[k] = m->joined_column[k] < 0 ? -1 : place_in(source_file(l->src, i), m->joined_column[k]);
        source_file(l->src, i)->part = part;
    }
}
