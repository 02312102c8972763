/* inquiry.c - who("COMMAND LINE"): the customers behind a number of an analysis.
 *
 * What the line asks is the vocabulary's to know; the conditions in it are parsed here, inside the same
 * definitions as the text around them, so that a segment cannot stand for itself by way of a question. */
#include "config.h"
#include "expr/expr_p.h"

#include "base/nls.h"
#include "base/utf8.h"

#define QUESTIONS_MAX 8 /* each within the other */

/* An error with a place in the line gets that place in the text around it. */
static bool outside(struct parser *p, const struct token *line, const struct err *inner)
{
    if (inner->column <= 0)
        return err_at(p->err, line->column, line->width, "%s", inner->text);
    int first = lex_text_column(line, inner->column);
    int end = lex_text_column(line, inner->column + inner->width);
    return err_at(p->err, first, end - first, "%s", inner->text);
}

/* From a place in the condition to one in the line. */
static void in_line(const struct expr_asked *a, struct err *err)
{
    int n = utf8_count(a->text), first = err->column - 1, end = first + err->width;
    if (first < 0)
        return;
    first = first > n ? n : first;
    end = end > n ? n : end;
    err->column = a->place[first];
    err->width = end > first ? a->place[end] - a->place[first] : 1;
}

static bool ask(struct parser *p, const struct token *line, struct expr_asked *a)
{
    struct err inner = {0};
    size_t parts = 0;
    p->questions++;
    a->tree = parse_text(p, a->text, a->kind, p->inside, &parts, &inner);
    p->questions--;
    p->parts += parts;
    if (a->tree)
        return true;
    in_line(a, &inner);
    return outside(p, line, &inner);
}

static bool line_of(struct parser *p, const struct token *line, struct expr_question *q)
{
    struct err inner = {0};
    if (!p->v->question)
        return err_at(p->err, line->column, line->width, _("no question can be asked here"));
    if (p->questions == QUESTIONS_MAX)
        return err_at(p->err, line->column, line->width,
                      _("questions stand in questions more than %d deep; simplify"), QUESTIONS_MAX);
    if (!p->v->question(p->v->arg, line->text, p->arena, q, &inner))
        return outside(p, line, &inner);
    for (size_t i = 0; i < q->n; i++)
        if (!ask(p, line, &q->asked[i]))
            return false;
    return true;
}

struct expr *inquiry_parse(struct parser *p, const struct token *name)
{
    struct expr *e = parse_new(p, EXPR_WHO, name->column);
    e->question = arena_new(p->arena, struct expr_question);
    e->field = (struct expr_field){.name = STR("who"), .type = EXPR_BOOL, .id = EXPR_FIELD_CALL};
    struct token open = p->now;
    if (!parse_advance(p))
        return NULL;
    struct token line = p->now;
    if (line.kind != TOKEN_TEXT) {
        call_wrong(p, _("write: who(\"funnel --step home --step pay --users lost:1\")"));
        return NULL;
    }
    if (!line_of(p, &line, e->question) || !parse_advance(p))
        return NULL;
    if (p->now.kind != TOKEN_CLOSE) {
        if (p->now.kind == TOKEN_END)
            err_at(p->err, open.column, open.width, _("this bracket is never closed; add )"));
        else
            call_wrong(p, _("behind the question stands )"));
        return NULL;
    }
    return parse_advance(p) ? parse_finish(p, e) : NULL;
}
