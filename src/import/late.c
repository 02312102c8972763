/* late.c - new names gathered while rows are made; widen_stage.c makes columns of them. */
#include "config.h"

#include "import/late.h"
#include "import/types.h"

enum { IS_TEXT = 1, IS_NUMBER = 2, IS_BOOL = 4 };

static unsigned kind_of(const struct json_field *f)
{
    int64_t v;
    if (f->kind == JSON_IS_BOOL)
        return IS_BOOL;
    return f->kind == JSON_IS_NUMBER && types_number(f->value, true, &v) == REJECT_NONE ? IS_NUMBER : IS_TEXT;
}

static void add(struct late *l, struct str name, unsigned kinds)
{
    if (!l->name)
        l->name = intern_new();
    uint32_t at = intern_add(l->name, name);
    if (at == l->kinds.n)
        vec_push(&l->kinds, 0);
    l->kinds.at[at] |= kinds;
}

void late_note(struct late *l, const struct json_field *f)
{
    if (f->kind != JSON_IS_NULL)
        add(l, f->key, kind_of(f));
}

size_t late_count(const struct late *l)
{
    return l->kinds.n;
}

void late_done(struct late *l)
{
    intern_free(l->name);
    l->name = NULL;
    vec_done(&l->kinds);
}

enum column_type late_type(const struct late *l, size_t i)
{
    return l->kinds.at[i] == IS_NUMBER ? COLUMN_NUMBER
           : l->kinds.at[i] == IS_BOOL ? COLUMN_BOOL
                                       : COLUMN_CODE;
}
