/* result.c - building and reading results. Everything a result holds lies in its arena and goes with it. */
#include "config.h"
#include "model/result.h"

#include <stdlib.h>

struct result *result_new(const char *analysis, enum picture picture)
{
    struct result *r = mem_zalloc(sizeof(*r));
    arena_init(&r->arena);
    r->analysis = arena_strdup(&r->arena, analysis);
    r->picture = picture;
    return r;
}

void result_free(struct result *r)
{
    if (!r)
        return;
    if (r->zone)
        zone_free(r->zone);
    arena_done(&r->arena);
    free(r);
}

void result_columns(struct result *r, const struct column_info *columns, size_t n)
{
    r->rows.column = columns;
    r->rows.columns = n;
}

struct value *result_row(struct result *r)
{
    return rows_add(&r->arena, &r->rows);
}

struct value *rows_add(struct arena *a, struct rows *t)
{
    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 16;
        struct value *cell = arena_array(a, struct value, cap * t->columns);
        if (t->n)
            memcpy(cell, t->cell, t->n * t->columns * sizeof(*cell));
        t->cell = cell;
        t->cap = cap;
    }
    return t->cell + t->n++ * t->columns;
}

static struct field *find_field(const struct object *o, const char *name)
{
    for (size_t i = 0; i < o->n; i++)
        if (strcmp(o->at[i].name, name) == 0)
            return &o->at[i];
    return NULL;
}

void object_add(struct arena *a, struct object *o, const char *name, struct value v)
{
    struct field *old = find_field(o, name);
    if (old) {
        old->value = v;
        return;
    }
    if (o->n == o->cap) {
        size_t cap = o->cap ? o->cap * 2 : 8;
        struct field *at = arena_array(a, struct field, cap);
        if (o->n)
            memcpy(at, o->at, o->n * sizeof(*at));
        o->at = at;
        o->cap = cap;
    }
    o->at[o->n++] = (struct field){name, v};
}

const struct value *object_get(const struct object *o, const char *name)
{
    const struct field *f = find_field(o, name);
    return f ? &f->value : NULL;
}

const struct value *rows_get(const struct rows *t, size_t row, const char *column)
{
    for (size_t c = 0; row < t->n && c < t->columns; c++)
        if (strcmp(t->column[c].name, column) == 0)
            return &t->cell[row * t->columns + c];
    return NULL;
}

struct value value_text(struct arena *a, struct str s)
{
    return (struct value){.type = VALUE_TEXT, .text = arena_str(a, s)};
}
