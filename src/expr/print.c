/* print.c - a tree as text, in the one way that parses back to it; and the picture of an error below its
 * text. */
#include "config.h"
#include "expr/expr_p.h"

#include "base/num.h"
#include "base/utf8.h"

static void put_doubled(struct buf *out, struct str s, char mark)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == mark)
            buf_putc(out, mark);
        buf_putc(out, s.p[i]);
    }
}

static void put_back_quoted(struct buf *out, struct str name)
{
    buf_putc(out, '`');
    put_doubled(out, name, '`');
    buf_putc(out, '`');
}

/* A backslash is doubled where it would swallow what follows: before a backslash, a quote or the end. */
void expr_put_text(struct buf *out, struct str s)
{
    buf_putc(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        bool last = i + 1 == s.n;
        if (s.p[i] == '"' || (s.p[i] == '\\' && (last || s.p[i + 1] == '\\' || s.p[i + 1] == '"')))
            buf_putc(out, s.p[i]);
        buf_putc(out, s.p[i]);
    }
    buf_putc(out, '"');
}

static void put_field(struct buf *out, const struct expr_field *f)
{
    if (f->qualified)
        buf_puts(out, "user.");
    if (f->id >= 0 && !f->of_user && resolve_is_fixed(f->name))
        put_back_quoted(out, f->name); /* a property that is called hour */
    else
        expr_put_name(out, f->name);
}

static void put_value(struct buf *out, const struct expr_field *f, const struct expr_literal *l)
{
    switch (l->type) {
    case EXPR_TEXT: expr_put_text(out, l->text); return;
    case EXPR_BOOL: buf_puts(out, l->truth ? "true" : "false"); return;
    case EXPR_TIME: buf_str(out, l->text); return;
    case EXPR_NUMBER:
        if (f->id == EXPR_FIELD_WEEKDAY)
            buf_puts(out, literal_weekday[(int)l->number - 1]);
        else
            num_put_double(out, l->number);
    }
}

static void put_item(struct buf *out, const struct expr_field *f, const struct expr_literal *l)
{
    put_value(out, f, l);
    if (!l->is_range)
        return;
    buf_puts(out, "..");
    put_value(out, f, l->high);
}

static void put_in(struct buf *out, const struct expr *e)
{
    buf_puts(out, " in ");
    if (e->n == 1 && e->literal->is_range) {
        put_item(out, &e->field, e->literal);
        return;
    }
    for (size_t i = 0; i < e->n; i++) {
        buf_puts(out, i ? ", " : "(");
        put_item(out, &e->field, &e->literal[i]);
    }
    buf_putc(out, ')');
}

/* ---- calls ---- */

/* What can stand before > in a sequence without brackets. */
static bool is_plain(const struct expr *e)
{
    return e->op == EXPR_SET || (e->op == EXPR_EQ && e->field.id == EXPR_FIELD_EVENT && e->literal->text.n);
}

static void put_part(struct buf *out, const struct expr *e, bool brackets)
{
    if (brackets)
        buf_putc(out, '(');
    expr_print(out, e);
    if (brackets)
        buf_putc(out, ')');
}

static void put_step(struct buf *out, const struct expr_step *s, bool in_sequence)
{
    if (s->absent)
        buf_puts(out, "not ");
    put_part(out, s->event, in_sequence && !is_plain(s->event));
    if (!s->where)
        return;
    buf_puts(out, " where ");
    put_part(out, s->where, in_sequence && !is_plain(s->where));
}

static void put_period(struct buf *out, const struct expr_period *p)
{
    static const char *const words[] = {"", ", last ", ", older than ", ", "};
    buf_puts(out, words[p->kind]);
    buf_str(out, p->text[0]);
    if (!p->text[1].n)
        return;
    buf_puts(out, "..");
    buf_str(out, p->text[1]);
}

static void put_call(struct buf *out, const struct expr_call *c, struct str name)
{
    buf_str(out, name);
    buf_putc(out, '(');
    if (c->of.name.n) {
        put_field(out, &c->of);
        buf_puts(out, " of ");
    }
    for (size_t i = 0; i < c->steps; i++) {
        buf_puts(out, i ? " > " : "");
        put_step(out, &c->step[i], c->function == EXPR_IN_ORDER);
    }
    if (c->within_text.n) {
        buf_puts(out, " within ");
        buf_str(out, c->within_text);
    }
    put_period(out, &c->period);
    buf_putc(out, ')');
}

/* What is compared. */
void expr_put_subject(struct buf *out, const struct expr *e)
{
    if (e->call)
        put_call(out, e->call, e->field.name);
    else
        put_field(out, &e->field);
}

static void put_comparison(struct buf *out, const struct expr *e, const char *sign)
{
    expr_put_subject(out, e);
    buf_puts(out, sign);
    put_value(out, &e->field, e->literal);
}

/* event = "name" is written as the name alone. */
static void put_equal(struct buf *out, const struct expr *e)
{
    if (e->field.id == EXPR_FIELD_EVENT && e->literal->text.n)
        expr_put_name(out, e->literal->text);
    else
        put_comparison(out, e, " = ");
}

static void put_set(struct buf *out, struct str name)
{
    buf_putc(out, '[');
    put_doubled(out, name, ']');
    buf_putc(out, ']');
}

void expr_put_question(struct buf *out, const struct expr_question *q)
{
    struct buf inner = {0};
    for (size_t i = 0; i < q->n; i++) {
        buf_clear(&inner);
        expr_print(&inner, q->asked[i].tree);
        buf_str(out, q->asked[i].before);
        buf_shell(out, buf_view(&inner));
    }
    buf_str(out, q->after);
    buf_done(&inner);
}

static void put_who(struct buf *out, const struct expr_question *q)
{
    struct buf line = {0};
    expr_put_question(&line, q);
    buf_puts(out, "who(");
    expr_put_text(out, buf_view(&line));
    buf_putc(out, ')');
    buf_done(&line);
}

/* did(x) >= 1 is written as did(x) alone. */
static void put_at_least(struct buf *out, const struct expr *e)
{
    if (e->call && e->call->function == EXPR_DID && e->literal->number == 1)
        expr_put_subject(out, e);
    else
        put_comparison(out, e, " >= ");
}

static void put_chain(struct buf *out, const struct expr *e, const char *word)
{
    for (size_t i = 0; i < e->n; i++) {
        if (i)
            buf_puts(out, word);
        put_part(out, e->child[i], e->op == EXPR_AND && e->child[i]->op == EXPR_OR);
    }
}

static void put_not(struct buf *out, const struct expr *child)
{
    buf_puts(out, "not ");
    put_part(out, child, child->op == EXPR_AND || child->op == EXPR_OR);
}

void expr_print(struct buf *out, const struct expr *e)
{
    switch (e->op) {
    case EXPR_AND: put_chain(out, e, " and "); return;
    case EXPR_OR: put_chain(out, e, " or "); return;
    case EXPR_NOT: put_not(out, e->child[0]); return;
    case EXPR_EQ: put_equal(out, e); return;
    case EXPR_NE: put_comparison(out, e, " != "); return;
    case EXPR_LT: put_comparison(out, e, " < "); return;
    case EXPR_LE: put_comparison(out, e, " <= "); return;
    case EXPR_GT: put_comparison(out, e, " > "); return;
    case EXPR_GE: put_at_least(out, e); return;
    case EXPR_MATCH: put_comparison(out, e, " ~ "); return;
    case EXPR_NMATCH: put_comparison(out, e, " !~ "); return;
    case EXPR_SET: put_set(out, e->literal->text); return;
    case EXPR_TAG:
        buf_puts(out, "tag.");
        buf_str(out, e->literal->text);
        return;
    case EXPR_SEGMENT: expr_put_segment(out, e->literal->text); return;
    case EXPR_SEQUENCE: expr_put_subject(out, e); return;
    case EXPR_WHO: put_who(out, e->question); return;
    case EXPR_OLDER:
        expr_put_subject(out, e);
        buf_puts(out, " older than ");
        buf_str(out, e->literal->text);
        return;
    case EXPR_IN:
        expr_put_subject(out, e);
        put_in(out, e);
        return;
    case EXPR_IS_NULL:
    case EXPR_NOT_NULL:
        expr_put_subject(out, e);
        buf_puts(out, e->op == EXPR_IS_NULL ? " is null" : " is not null");
        return;
    }
}

void expr_put_name(struct buf *out, struct str name)
{
    if (lex_bare(name))
        buf_str(out, name);
    else
        put_back_quoted(out, name);
}

bool expr_is_bare(struct str name)
{
    return lex_bare(name);
}

/* ---- the caret line ---- */

/* The first n characters of s. */
static struct str characters(struct str s, int n)
{
    struct str rest = s;
    while (n-- > 0 && rest.n)
        utf8_next(&rest);
    return (struct str){s.p, s.n - rest.n};
}

/* Columns the first n characters take on the screen once sanitised. */
static int columns(struct str s, int n)
{
    struct buf clean = {0};
    utf8_clean(&clean, characters(s, n), CLEAN_LABEL);
    int width = utf8_width(buf_view(&clean));
    buf_done(&clean);
    return width;
}

void expr_caret(struct buf *out, struct str text, const struct err *err)
{
    buf_puts(out, "  ");
    utf8_clean(out, text, CLEAN_LABEL);
    buf_puts(out, "\n  ");
    if (err->column > 0) {
        int before = columns(text, err->column - 1);
        int marks = columns(text, err->column - 1 + err->width) - before;
        buf_printf(out, "%*s^", before, "");
        while (--marks > 0)
            buf_putc(out, '^');
        buf_putc(out, ' ');
    }
    buf_puts(out, err->text);
}

void expr_put_segment(struct buf *out, struct str name)
{
    buf_puts(out, "segment(");
    if (lex_bare(name))
        buf_str(out, name);
    else
        expr_put_text(out, name);
    buf_putc(out, ')');
}
