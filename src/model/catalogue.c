/* catalogue.c - reads tables of tags. */
#include "config.h"
#include "model/catalogue.h"

#include <pthread.h>
#include <stdlib.h>
#include "base/intern.h"
#include "base/nls.h"
#include "base/vec.h"
#include "model/csv_text.h"

enum { ID, CATEGORY, NAME_ZH, NAME_EN, CONDITION };

/* data/tags.csv, byte for byte; made by src/model/local.mk. */
static const unsigned char builtin[] = {
#include "model/tags.inc"
};

struct reader {
    VEC(struct tag) tag;
    struct intern *ids;
};

/* tag.ID must read back as one name. */
static bool usable(const struct str id)
{
    struct buf b = {0};
    buf_puts(&b, "tag.");
    buf_str(&b, id);
    bool ok = id.n && expr_is_bare(buf_view(&b));
    buf_done(&b);
    return ok;
}

static bool add(struct csv_text *t, const struct str *field)
{
    struct reader *r = t->arg;
    if (!usable(field[ID]))
        return csv_text_wrong(t, _("the id must consist of letters, digits and _, so that tag.ID is a name"));
    if (intern_find(r->ids, field[ID]) != INTERN_NONE)
        return csv_text_wrong(t, _("this id stands in an earlier line already; ids are unique"));
    if (!field[CATEGORY].n || !field[CONDITION].n)
        return csv_text_wrong(t, _("category and condition cannot be empty"));
    intern_add(r->ids, field[ID]);
    vec_push(&r->tag, (struct tag){field[ID], field[CATEGORY], field[NAME_ZH], field[NAME_EN],
                                   field[CONDITION], t->line});
    return true;
}

struct catalogue *catalogue_parse(struct str text, const char *source, struct err *err)
{
    struct catalogue *c = mem_zalloc(sizeof(*c));
    struct reader r = {.ids = intern_new()};
    struct csv_text t = {.source = source,
                         .header = "id,category,name_zh,name_en,condition",
                         .row = add,
                         .arg = &r,
                         .arena = &c->arena,
                         .err = err};
    bool ok = csv_text_read(&t, text);
    if (ok && !r.tag.n)
        ok =
            csv_text_wrong(&t, _("there is no tag; write lines below id,category,name_zh,name_en,condition"));
    c->n = r.tag.n;
    c->tag = arena_array(&c->arena, struct tag, r.tag.n + 1);
    if (r.tag.n)
        memcpy(c->tag, r.tag.at, r.tag.n * sizeof(*r.tag.at));
    vec_done(&r.tag);
    intern_free(r.ids);
    if (ok)
        return c;
    catalogue_free(c);
    return NULL;
}

static struct catalogue *builtin_catalogue;

static void read_builtin(void)
{
    struct err err = {0};
    builtin_catalogue =
        catalogue_parse((struct str){(const char *)builtin, sizeof(builtin)}, "data/tags.csv", &err);
    if (!builtin_catalogue)
        bug("the built-in tags cannot be read");
}

const struct catalogue *catalogue_builtin(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_builtin);
    return builtin_catalogue;
}

void catalogue_free(struct catalogue *c)
{
    if (!c)
        return;
    arena_done(&c->arena);
    free(c);
}

const struct tag *catalogue_find(const struct catalogue *c, struct str id)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->tag[i].id, id))
            return &c->tag[i];
    return NULL;
}

struct str catalogue_name(const struct tag *t)
{
    bool zh = strcmp(nls_lang(), "zh_CN") == 0;
    struct str first = zh ? t->name_zh : t->name_en, second = zh ? t->name_en : t->name_zh;
    return first.n ? first : second.n ? second : t->id;
}

struct str catalogue_category(struct str id)
{
    static const struct {
        const char *id, *title;
    } known[] = {
        {"", N_("Saved segments")},       {"age", N_("Age")},
        {"occupation", N_("Occupation")}, {"assets", N_("Assets and products")},
        {"star", N_("Star level")},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(id, str_of(known[i].id)))
            return str_of(_(known[i].title));
    return id;
}

struct str catalogue_find_category(const struct catalogue *c, struct str text)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->tag[i].category, text))
            return text;
    for (size_t i = 0; i < c->n; i++)
        if (str_ieq(catalogue_category(c->tag[i].category), text))
            return c->tag[i].category;
    return (struct str){0};
}

static bool is_first_of_category(const struct catalogue *c, size_t tag)
{
    for (size_t i = 0; i < tag; i++)
        if (str_eq(c->tag[i].category, c->tag[tag].category))
            return false;
    return true;
}

const char *catalogue_categories(const struct catalogue *c, struct arena *a)
{
    struct buf b = {0};
    for (size_t i = 0; i < c->n; i++)
        if (is_first_of_category(c, i)) {
            buf_puts(&b, b.n ? ", " : "");
            buf_str(&b, c->tag[i].category);
        }
    const char *text = arena_str(a, buf_view(&b)).p;
    buf_done(&b);
    return text;
}

bool catalogue_check(const struct catalogue *c, const char *source, const struct expr_vocabulary *v,
                     struct err *err)
{
    struct arena a = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < c->n; i++) {
        const struct tag *t = &c->tag[i];
        struct err why = {0};
        ok = expr_parse(&a, t->condition, EXPR_USER_COND, v, &why) != NULL;
        if (!ok)
            err_set(err, ERR_INPUT, _("%s line %d: tag %.*s: column %d of the condition: %s"), source,
                    t->line, (int)t->id.n, t->id.p, why.column, why.text);
    }
    arena_done(&a);
    return ok;
}
