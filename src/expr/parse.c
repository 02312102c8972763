/* parse.c - the grammar of doc/LANGUAGE.md by recursive descent, one function per rule.
 *
 * or < and < not < primary. A primary begins with a bracket, a page set or a name; what follows the name
 * decides: an operator makes it a field, an opening bracket a function (call.c), nothing an event or a tag.
 */
#include "config.h"
#include "expr/expr_p.h"

#include "base/nls.h"
#include "base/utf8.h"
#include "base/vec.h"

#define TEXT_MAX (1 << 20)
#define DEPTH_MAX 100

bool parse_advance(struct parser *p)
{
    p->end = p->now.column + p->now.width;
    return lex_next(&p->lex, &p->now, p->err);
}

struct expr *parse_new(struct parser *p, enum expr_op op, int column)
{
    struct expr *e = arena_new(p->arena, struct expr);
    e->op = op;
    e->column = column;
    p->parts++;
    return e;
}

struct expr *parse_finish(struct parser *p, struct expr *e)
{
    e->width = p->end - e->column;
    return e;
}

/* ---- a field, an operator, values ---- */

static bool take_value(struct parser *p, const struct expr_field *f, struct expr_literal *out)
{
    struct token t = p->now;
    return literal_value(p, f, &t, out) && parse_advance(p);
}

static bool one_literal(struct parser *p, struct expr *e)
{
    e->n = 1;
    e->literal = arena_new(p->arena, struct expr_literal);
    return take_value(p, &e->field, e->literal);
}

static enum expr_op comparison_of(enum token_kind k)
{
    switch (k) {
    case TOKEN_EQ: return EXPR_EQ;
    case TOKEN_NE: return EXPR_NE;
    case TOKEN_LT: return EXPR_LT;
    case TOKEN_LE: return EXPR_LE;
    case TOKEN_GT: return EXPR_GT;
    case TOKEN_GE: return EXPR_GE;
    case TOKEN_MATCH: return EXPR_MATCH;
    default: return EXPR_NMATCH;
    }
}

/* The text behind ~ is a pattern and no value of the field: event ~ "^fund_" names no event. */
static bool pattern(struct parser *p, struct expr *e)
{
    struct token t = p->now;
    if (t.kind != TOKEN_TEXT)
        return one_literal(p, e); /* says what is wrong */
    e->n = 1;
    e->literal = arena_new(p->arena, struct expr_literal);
    *e->literal = (struct expr_literal){.type = EXPR_TEXT, .text = t.text};
    return literal_pattern(p, &t) && parse_advance(p);
}

static bool comparison(struct parser *p, struct expr *e)
{
    struct token op = p->now;
    e->op = comparison_of(op.kind);
    if (!literal_allows(p, &e->field, &op) || !parse_advance(p))
        return false;
    return e->op == EXPR_MATCH || e->op == EXPR_NMATCH ? pattern(p, e) : one_literal(p, e);
}

/* value, or value..value */
static bool item(struct parser *p, const struct expr_field *f, struct expr_literal *out)
{
    struct expr_literal high;
    if (!take_value(p, f, out))
        return false;
    struct token dots = p->now;
    if (dots.kind != TOKEN_DOTS)
        return true;
    return parse_advance(p) && take_value(p, f, &high) && literal_range(p, f, out, &high, &dots);
}

static bool range(struct parser *p, struct expr *e)
{
    struct token first = p->now;
    e->n = 1;
    e->literal = arena_new(p->arena, struct expr_literal);
    if (!item(p, &e->field, e->literal))
        return false;
    if (e->literal->is_range)
        return true;
    if (p->now.kind == TOKEN_NUMBER && *p->now.source.p == '-') /* 18-30 */
        return err_at(p->err, first.column, p->now.column + p->now.width - first.column,
                      _("a range is written with two points: %s..%s"), lex_show(p->arena, first.source),
                      lex_show(p->arena, (struct str){p->now.source.p + 1, p->now.source.n - 1}));
    return err_at(p->err, first.column, first.width,
                  _("in takes a range a..b or a list in brackets: in (%s)"),
                  lex_show(p->arena, first.source));
}

static void keep_literals(struct parser *p, struct expr *e, const struct expr_literal *at, size_t n)
{
    e->n = n;
    e->literal = arena_array(p->arena, struct expr_literal, n);
    memcpy(e->literal, at, n * sizeof(*at));
}

static bool list(struct parser *p, struct expr *e)
{
    VEC(struct expr_literal) items = {0};
    struct expr_literal next;
    bool ok = true, more = true;
    while (ok && more) {
        ok = parse_advance(p) && item(p, &e->field, &next); /* over the bracket or comma */
        if (ok)
            vec_push(&items, next);
        more = p->now.kind == TOKEN_COMMA;
    }
    if (ok)
        keep_literals(p, e, items.at, items.n);
    vec_done(&items);
    if (!ok || p->now.kind == TOKEN_CLOSE)
        return ok && parse_advance(p);
    return err_at(p->err, p->now.column, p->now.width,
                  _("the list goes on with %s; write a comma or close it with )"),
                  p->now.kind == TOKEN_END ? _("nothing") : lex_show(p->arena, p->now.source));
}

static bool membership(struct parser *p, struct expr *e)
{
    e->op = EXPR_IN;
    if (!parse_advance(p))
        return false;
    if (p->now.kind == TOKEN_SET)
        return err_at(p->err, p->now.column, p->now.width, _("a list stands in round brackets: in (%s)"),
                      lex_show(p->arena, p->now.text));
    return p->now.kind == TOKEN_OPEN ? list(p, e) : range(p, e);
}

static bool null_test(struct parser *p, struct expr *e)
{
    if (!parse_advance(p))
        return false;
    e->op = EXPR_IS_NULL;
    if (p->now.kind == TOKEN_NOT) {
        e->op = EXPR_NOT_NULL;
        if (!parse_advance(p))
            return false;
    }
    if (p->now.kind == TOKEN_NULL)
        return parse_advance(p);
    return err_at(p->err, p->now.column, p->now.width,
                  _("after is stands null or not null; to compare, write ="));
}

/* name not in (…): the same tree as not name in (…) */
static struct expr *not_membership(struct parser *p, struct expr *e)
{
    if (!parse_advance(p))
        return NULL;
    if (p->now.kind != TOKEN_IN) {
        err_at(p->err, p->now.column, p->now.width,
               _("behind a name, not is followed by in; else write not before it"));
        return NULL;
    }
    if (!membership(p, e))
        return NULL;
    struct expr *not = parse_new(p, EXPR_NOT, e->column);
    not ->n = 1;
    not ->child = arena_array(p->arena, struct expr *, 1);
    not ->child[0] = parse_finish(p, e);
    return parse_finish(p, not );
}

bool parse_at_test(const struct parser *p)
{
    enum token_kind k = p->now.kind;
    if (k == TOKEN_GT && p->in_sequence)
        return false;
    return (k >= TOKEN_EQ && k <= TOKEN_NMATCH) || k == TOKEN_IN || k == TOKEN_IS || k == TOKEN_NOT ||
           (p->kind == EXPR_USER_COND && lex_word(&p->now, "older"));
}

struct expr *parse_test(struct parser *p, struct expr *e)
{
    bool ok = false;
    switch (p->now.kind) {
    case TOKEN_NOT: return not_membership(p, e);
    case TOKEN_IN: ok = membership(p, e); break;
    case TOKEN_IS: ok = null_test(p, e); break;
    case TOKEN_NAME: ok = call_older(p, e); break;
    default: ok = comparison(p, e);
    }
    return ok ? parse_finish(p, e) : NULL;
}

static struct expr *field_condition(struct parser *p, const struct token *name)
{
    struct expr *e = parse_new(p, EXPR_EQ, name->column);
    return resolve_field(p, name, &e->field) ? parse_test(p, e) : NULL;
}

/* ---- primaries ---- */

static struct expr *about_event(struct parser *p, const struct token *t, struct str text)
{
    struct expr *e = parse_new(p, EXPR_EQ, t->column);
    e->n = 1;
    e->field = resolve_fixed[0];
    e->literal = arena_new(p->arena, struct expr_literal);
    *e->literal = (struct expr_literal){.type = EXPR_TEXT, .text = text};
    return parse_finish(p, e);
}

/* did login: a function, and no bracket behind it. */
static bool check_brackets(struct parser *p, const struct token *name)
{
    if (p->kind != EXPR_USER_COND || !call_is_function(name) ||
        (p->now.kind != TOKEN_NAME && p->now.kind != TOKEN_QUOTED))
        return true;
    const char *function = lex_show(p->arena, name->source), *next = lex_show(p->arena, p->now.source);
    return err_at(p->err, name->column, name->width, _("what %s is about stands in brackets: %s(%s)"),
                  function, function, next);
}

static struct expr *name_first(struct parser *p)
{
    struct token name = p->now;
    struct str event;
    if (!parse_advance(p))
        return NULL;
    if (p->now.kind == TOKEN_OPEN)
        return call_parse(p, &name);
    if (parse_at_test(p))
        return field_condition(p, &name);
    if (hint_test(p, &name) || !check_brackets(p, &name))
        return NULL;
    struct str tag;
    if (p->kind == EXPR_USER_COND && name.kind == TOKEN_NAME && resolve_tag_name(name.text, &tag))
        return define_use(p, 't', tag, &name);
    return resolve_event(p, &name, &event) ? about_event(p, &name, event) : NULL;
}

static struct expr *page_set(struct parser *p)
{
    struct token set = p->now;
    if (!resolve_set(p, &set) || !parse_advance(p))
        return NULL;
    struct expr *e = define_use(p, 's', set.text, &set);
    if (e)
        e->field = resolve_fixed[0];
    return e;
}

bool parse_deeper(struct parser *p)
{
    if (p->depth++ < DEPTH_MAX)
        return true;
    return err_at(p->err, p->now.column, p->now.width, _("more than %d levels of brackets and not; simplify"),
                  DEPTH_MAX);
}

static struct expr *brackets(struct parser *p)
{
    struct token open = p->now;
    bool in_sequence = p->in_sequence;
    p->in_sequence = false;
    if (!parse_deeper(p) || !parse_advance(p))
        return NULL;
    struct expr *e = parse_condition(p);
    p->in_sequence = in_sequence;
    if (!e)
        return NULL;
    if (p->now.kind != TOKEN_CLOSE) {
        err_at(p->err, open.column, open.width, _("this bracket is never closed; add )"));
        return NULL;
    }
    p->depth--;
    return parse_advance(p) ? e : NULL;
}

static struct expr *no_condition(struct parser *p)
{
    const char *shown = lex_show(p->arena, p->now.source);
    int column = p->now.column, width = p->now.width;
    if (p->now.kind == TOKEN_END)
        err_at(p->err, column, 1, _("a condition is missing at the end"));
    else if (p->now.kind == TOKEN_TEXT)
        err_at(p->err, column, width, _("text alone is no condition; for an event write event = %s"), shown);
    else if (p->now.kind >= TOKEN_NUMBER && p->now.kind <= TOKEN_DURATION)
        err_at(p->err, column, width, _("a condition begins with a name: write name = %s"), shown);
    else
        err_at(p->err, column, width,
               _("a condition is missing before %s; a name that is a keyword stands in `back quotes`"),
               shown);
    return NULL;
}

static struct expr *primary(struct parser *p)
{
    switch (p->now.kind) {
    case TOKEN_OPEN: return brackets(p);
    case TOKEN_SET: return page_set(p);
    case TOKEN_NAME:
    case TOKEN_QUOTED:
    case TOKEN_ATTRIBUTE: return name_first(p);
    default: return no_condition(p);
    }
}

/* ---- not, and, or ---- */

static struct expr *parse_not(struct parser *p)
{
    if (p->now.kind != TOKEN_NOT)
        return primary(p);
    struct expr *e = parse_new(p, EXPR_NOT, p->now.column);
    if (!parse_deeper(p) || !parse_advance(p))
        return NULL;
    e->n = 1;
    e->child = arena_array(p->arena, struct expr *, 1);
    e->child[0] = parse_not(p);
    p->depth--;
    return e->child[0] ? parse_finish(p, e) : NULL;
}

typedef VEC(struct expr *) children;

/* A child of the same operator (it stood in brackets) gives its own children instead. */
static void add_child(children *to, enum expr_op op, struct expr *child)
{
    if (child->op != op) {
        vec_push(to, child);
        return;
    }
    for (size_t i = 0; i < child->n; i++)
        vec_push(to, child->child[i]);
}

static struct expr *keep_children(struct parser *p, enum expr_op op, int column, const children *from)
{
    struct expr *e = parse_new(p, op, column);
    e->n = from->n;
    e->child = arena_array(p->arena, struct expr *, from->n);
    memcpy(e->child, from->at, from->n * sizeof(*from->at));
    return parse_finish(p, e);
}

static struct expr *chain(struct parser *p, enum token_kind word, enum expr_op op,
                          struct expr *(*part)(struct parser *))
{
    int column = p->now.column;
    struct expr *e = part(p);
    if (!e || p->now.kind != word)
        return e;
    children all = {0};
    add_child(&all, op, e);
    while (e && p->now.kind == word) {
        e = parse_advance(p) ? part(p) : NULL;
        if (e)
            add_child(&all, op, e);
    }
    if (e)
        e = keep_children(p, op, column, &all);
    vec_done(&all);
    return e;
}

static struct expr *parse_and(struct parser *p)
{
    return chain(p, TOKEN_AND, EXPR_AND, parse_not);
}

struct expr *parse_condition(struct parser *p)
{
    return chain(p, TOKEN_OR, EXPR_OR, parse_and);
}

/* ---- the whole ---- */

static bool check_text(struct str text, struct err *err)
{
    if (text.n > TEXT_MAX)
        return err_set(err, ERR_USAGE, _("the condition is longer than 1 MiB; shorten it"));
    int column = 1;
    for (struct str rest = text; rest.n; column++)
        if (utf8_next(&rest) == UTF8_BAD)
            return err_at(err, column, 1,
                          _("the condition is not valid UTF-8 here; check the encoding of the terminal"));
    return true;
}

static bool at_end(struct parser *p)
{
    if (p->now.kind == TOKEN_END)
        return true;
    const char *shown = lex_show(p->arena, p->now.source);
    if (p->now.kind == TOKEN_COMMA)
        return err_at(p->err, p->now.column, p->now.width,
                      _("a comma only stands in lists; write and, or, and numbers as 1_000"));
    if (p->now.kind == TOKEN_CLOSE)
        return err_at(p->err, p->now.column, p->now.width, _("this bracket was never opened; remove it"));
    if (hint_behind(p))
        return false;
    return err_at(p->err, p->now.column, p->now.width,
                  _("%s is one too many here; join conditions by and or or"), shown);
}

static struct expr *whole(struct parser *p, struct str text)
{
    lex_init(&p->lex, p->arena, arena_str(p->arena, text));
    if (!lex_next(&p->lex, &p->now, p->err))
        return NULL;
    struct expr *e = parse_condition(p);
    return e && at_end(p) ? e : NULL;
}

struct expr *parse_text(struct parser *outer, struct str text, enum expr_kind kind,
                        const struct definition *d, size_t *parts, struct err *err)
{
    struct parser p = {.arena = outer->arena,
                       .v = outer->v,
                       .kind = kind,
                       .known = outer->known,
                       .inside = d,
                       .questions = outer->questions,
                       .err = err,
                       .end = 1};
    struct expr *e = check_text(text, err) ? whole(&p, text) : NULL;
    *parts = p.parts;
    return e;
}

struct expr *expr_parse(struct arena *a, struct str text, enum expr_kind kind,
                        const struct expr_vocabulary *v, struct err *err)
{
    if (!check_text(text, err))
        return NULL;
    struct definition *known = NULL;
    struct parser p = {.arena = a, .v = v, .kind = kind, .known = &known, .err = err, .end = 1};
    return whole(&p, text);
}
