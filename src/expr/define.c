/* define.c - names that stand for conditions: page sets, tags, segments.
 *
 * What a name stands for is parsed once, where it is first met, and checked like the text around it, so that
 * whoever evaluates the tree meets no unknown names. Circles are found by the chain of definitions that are
 * being parsed; trees that double with every name by the number of their parts. */
#include "config.h"
#include "expr/expr_p.h"

#include "base/nls.h"

#define NESTED_MAX 16
#define PARTS_MAX 100000

struct definition {
    char kind;
    struct str name;
    struct expr *tree; /* NULL: being parsed */
    size_t parts;
    int depth;
    bool circle; /* it came back to itself: the message is complete as it is */
    const struct definition *outer;
    struct definition *next; /* of all that are known */
};

static const char *shown(struct parser *p, char kind, struct str name)
{
    const char *text = lex_show(p->arena, name);
    return arena_printf(p->arena, kind == 's' ? "[%s]" : kind == 't' ? "tag.%s" : _("segment %s"), text);
}

static struct definition *find(const struct parser *p, char kind, struct str name)
{
    struct definition *d = *p->known;
    while (d && (d->kind != kind || !str_eq(d->name, name)))
        d = d->next;
    return d;
}

/* "a → b → a" */
static bool circle(struct parser *p, struct definition *again, const struct token *at)
{
    again->circle = true;
    const char *way = shown(p, again->kind, again->name);
    for (const struct definition *d = p->inside; d != again; d = d->outer)
        way = arena_printf(p->arena, "%s → %s", shown(p, d->kind, d->name), way);
    way = arena_printf(p->arena, "%s → %s", shown(p, again->kind, again->name), way);
    return err_at(p->err, at->column, at->width,
                  _("%s: a condition cannot stand for itself; change one of them"), way);
}

static bool inside_fails(struct parser *p, const struct definition *d, struct str text,
                         const struct token *at, const struct err *inner)
{
    for (const struct definition *k = *p->known; k; k = k->next)
        if (k->circle)
            return err_at(p->err, at->column, at->width, "%s", inner->text);
    return err_at(p->err, at->column, at->width, _("%s stands for %s, and there column %d is wrong: %s"),
                  shown(p, d->kind, d->name), lex_show(p->arena, text), inner->column, inner->text);
}

static bool parse(struct parser *p, struct definition *d, struct str text, const struct token *at)
{
    struct err inner = {0};
    if (d->depth > NESTED_MAX)
        return err_at(p->err, at->column, at->width, _("names stand for names more than %d deep; simplify"),
                      NESTED_MAX);
    d->tree = parse_text(p, text, d->kind == 's' ? EXPR_EVENT_COND : EXPR_USER_COND, d, &d->parts, &inner);
    return d->tree || inside_fails(p, d, text, at, &inner);
}

static struct definition *learn(struct parser *p, char kind, struct str name, const struct token *at)
{
    struct str text;
    if (!p->v->definition || !p->v->definition(p->v->arg, kind, name, &text)) {
        resolve_no_definition(p, kind, name, at);
        return NULL;
    }
    struct definition *d = arena_new(p->arena, struct definition);
    *d = (struct definition){.kind = kind,
                             .name = name,
                             .depth = p->inside ? p->inside->depth + 1 : 1,
                             .outer = p->inside,
                             .next = *p->known};
    *p->known = d;
    return parse(p, d, text, at) ? d : NULL;
}

struct expr *define_use(struct parser *p, char kind, struct str name, const struct token *at)
{
    struct definition *d = find(p, kind, name);
    if (d && !d->tree) {
        circle(p, d, at);
        return NULL;
    }
    d = d ? d : learn(p, kind, name, at);
    if (!d)
        return NULL;
    p->parts += d->parts;
    if (p->parts > PARTS_MAX) {
        err_at(p->err, at->column, at->width,
               _("what these names stand for has more than %d parts; simplify"), PARTS_MAX);
        return NULL;
    }
    struct expr *e = parse_new(p, kind == 's' ? EXPR_SET : kind == 't' ? EXPR_TAG : EXPR_SEGMENT, at->column);
    e->n = 1;
    e->literal = arena_new(p->arena, struct expr_literal);
    *e->literal = (struct expr_literal){.type = EXPR_TEXT, .text = name};
    e->definition = d->tree;
    return parse_finish(p, e);
}
