/* suggest.c - see suggest.h. */
#include "config.h"
#include "model/suggest.h"

#include <stdlib.h>

#include "base/nls.h"
#include "base/vec.h"

enum { TOLD = 12 };

struct likeness {
    struct str name;
    size_t distance;
};

struct found {
    const struct expr_vocabulary *v;
    char kind;
    struct str wrong;
    bool numbers;
    VEC(struct likeness) name;
};

static void add_name(void *ctx, struct str name)
{
    struct found *f = ctx;
    struct expr_field field;
    if (!f->numbers || (f->v->field(f->v->arg, name, f->kind == 'a', &field) && field.type == EXPR_NUMBER))
        vec_push(&f->name, (struct likeness){name, str_distance(name, f->wrong, 64)});
}

static int likeness_cmp(const void *a, const void *b)
{
    const struct likeness *x = a, *y = b;
    return x->distance != y->distance ? (x->distance > y->distance) - (x->distance < y->distance)
                                      : str_cmp(x->name, y->name);
}

const char *suggest_names(struct arena *a, const struct expr_vocabulary *v, char kind, struct str wrong,
                          bool numbers)
{
    struct found f = {.v = v, .kind = kind, .wrong = wrong, .numbers = numbers};
    struct buf b = {0};
    v->names(v->arg, kind, add_name, &f);
    if (f.name.n)
        qsort(f.name.at, f.name.n, sizeof(*f.name.at), likeness_cmp);
    for (size_t i = 0; i < f.name.n && i < TOLD; i++) {
        buf_puts(&b, i ? ", " : "");
        buf_str(&b, f.name.at[i].name);
    }
    if (f.name.n > TOLD)
        buf_puts(&b, ", …");
    const char *text = b.n ? arena_str(a, buf_view(&b)).p : _("none");
    vec_done(&f.name);
    buf_done(&b);
    return text;
}
