/* catalogue.c - reads tables of tags. */
#include "config.h"
#include "model/catalogue.h"

#include <stdlib.h>
#include "base/intern.h"
#include "base/nls.h"
#include "base/utf8.h"
#include "base/vec.h"

enum { ID, CATEGORY, NAME_ZH, NAME_EN, CONDITION, FIELDS };
static const char *const names[FIELDS] = {"id", "category", "name_zh", "name_en", "condition"};

/* data/tags.csv, byte for byte; made by src/model/local.mk. */
static const unsigned char builtin[] = {
#include "model/tags.inc"
};

struct reader {
    struct catalogue *c;
    const char *source;
    int line;
    VEC(struct tag) tag;
    struct intern *ids;
    struct err *err;
};

static bool wrong(struct reader *r, const char *what)
{
    return err_set(r->err, ERR_INPUT, _("%s line %d: %s"), r->source, r->line, what);
}

/* One field; *rest begins with the comma behind it or is empty. False: quotes that do not close. */
static bool take_field(struct str *rest, struct buf *out)
{
    bool quoted = rest->n && *rest->p == '"', closed = !quoted;
    size_t i = quoted;
    for (; i < rest->n; i++) {
        if (!quoted && rest->p[i] == ',')
            break;
        if (quoted && rest->p[i] == '"') {
            if (i + 1 < rest->n && rest->p[i + 1] == '"')
                i++;
            else {
                closed = true;
                i++;
                break;
            }
        }
        buf_putc(out, rest->p[i]);
    }
    *rest = (struct str){rest->p + i, rest->n - i};
    return closed && (!rest->n || *rest->p == ',');
}

static bool split(struct reader *r, struct str line, struct str field[FIELDS])
{
    struct buf b = {0};
    bool ok = true, more = true;
    int n = 0;
    for (; ok && more && n <= FIELDS; n++) {
        buf_clear(&b);
        ok = take_field(&line, &b);
        if (n < FIELDS)
            field[n] = str_trim(arena_str(&r->c->arena, buf_view(&b)));
        more = line.n > 0;
        if (more)
            line = (struct str){line.p + 1, line.n - 1};
    }
    buf_done(&b);
    if (!ok)
        return wrong(r, _("a quote does not close; double the quotes inside a quoted field"));
    return n == FIELDS || wrong(r, _("a line has five fields: id,category,name_zh,name_en,condition"));
}

static bool header(struct reader *r, const struct str field[FIELDS])
{
    for (int i = 0; i < FIELDS; i++)
        if (!str_ieq(field[i], str_of(names[i])))
            return wrong(r, _("the header is not id,category,name_zh,name_en,condition"));
    return true;
}

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

static bool add(struct reader *r, const struct str field[FIELDS])
{
    if (!usable(field[ID]))
        return wrong(r, _("the id must consist of letters, digits and _, so that tag.ID is a name"));
    if (intern_find(r->ids, field[ID]) != INTERN_NONE)
        return wrong(r, _("this id stands in an earlier line already; ids are unique"));
    if (!field[CATEGORY].n || !field[CONDITION].n)
        return wrong(r, _("category and condition cannot be empty"));
    intern_add(r->ids, field[ID]);
    vec_push(&r->tag, (struct tag){field[ID], field[CATEGORY], field[NAME_ZH], field[NAME_EN],
                                   field[CONDITION], r->line});
    return true;
}

static bool read_line(struct reader *r, struct str line, bool *has_header)
{
    struct str field[FIELDS];
    r->line++;
    line = str_trim(line);
    if (!line.n || *line.p == '#')
        return true;
    if (!utf8_valid(line))
        return wrong(r, _("this is not UTF-8; save the file as UTF-8"));
    if (!split(r, line, field))
        return false;
    if (*has_header)
        return add(r, field);
    *has_header = true;
    return header(r, field);
}

static struct str without_mark(struct str s)
{
    return s.n >= 3 && memcmp(s.p, "\xEF\xBB\xBF", 3) == 0 ? (struct str){s.p + 3, s.n - 3} : s;
}

static bool read_all(struct reader *r, struct str text)
{
    bool ok = true, has_header = false;
    for (struct str rest = without_mark(text); ok && rest.p && rest.n;)
        ok = read_line(r, str_cut(&rest, '\n'), &has_header);
    if (ok && !r->tag.n)
        ok = wrong(r, _("there is no tag; write lines below id,category,name_zh,name_en,condition"));
    return ok;
}

struct catalogue *catalogue_parse(struct str text, const char *source, struct err *err)
{
    struct reader r = {.c = mem_zalloc(sizeof(*r.c)), .source = source, .ids = intern_new(), .err = err};
    bool ok = read_all(&r, text);
    r.c->n = r.tag.n;
    r.c->tag = arena_array(&r.c->arena, struct tag, r.tag.n + 1);
    if (r.tag.n)
        memcpy(r.c->tag, r.tag.at, r.tag.n * sizeof(*r.tag.at));
    vec_done(&r.tag);
    intern_free(r.ids);
    if (ok)
        return r.c;
    catalogue_free(r.c);
    return NULL;
}

struct catalogue *catalogue_builtin(void)
{
    struct err err = {0};
    struct catalogue *c =
        catalogue_parse((struct str){(const char *)builtin, sizeof(builtin)}, "data/tags.csv", &err);
    if (!c)
        bug("the built-in tags cannot be read");
    return c;
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
