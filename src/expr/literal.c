/* literal.c - values in a condition, and whether they fit the field they are compared with.
 *
 * Like is compared with like and nothing is converted silently: "30" is text, 30 a number, 2017-01-01 a time.
 */
#include "config.h"
#include "expr/expr_p.h"

#include <math.h>
#include "base/nls.h"
#include "base/num.h"
#include "expr/regex.h"

const char literal_weekday[7][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

const char *literal_type_name(enum expr_type t)
{
    switch (t) {
    case EXPR_TEXT: return _("text");
    case EXPR_NUMBER: return _("a number");
    case EXPR_BOOL: return _("true or false");
    case EXPR_TIME: return _("a time");
    }
    bug("unknown type");
}

/* How a value of the field's type is written, for messages. */
static const char *way_to_write(const struct expr_field *f)
{
    if (f->id == EXPR_FIELD_WEEKDAY)
        return _("1 (Monday) to 7, or mon tue wed thu fri sat sun");
    if (f->id == EXPR_FIELD_HOUR)
        return _("a whole number from 0 to 23");
    switch (f->type) {
    case EXPR_TEXT: return _("text in \"double quotes\"");
    case EXPR_NUMBER: return _("a number such as 1000.50");
    case EXPR_BOOL: return _("true or false");
    case EXPR_TIME: return _("a time such as 2017-01-31 or 2017-01-31 09:30:00");
    }
    bug("unknown type");
}

static const char *field_shown(struct parser *p, const struct expr_field *f)
{
    return lex_show(p->arena, f->name);
}

static bool no_value(struct parser *p, const struct expr_field *f, const struct token *t)
{
    if (t->kind == TOKEN_NULL)
        return err_at(p->err, t->column, t->width,
                      _("nothing equals null; write: %s is null, or is not null"), field_shown(p, f));
    if (t->kind == TOKEN_END)
        return err_at(p->err, t->column, 1, _("a value is missing at the end; write %s"), way_to_write(f));
    if (f->type == EXPR_TEXT && t->kind == TOKEN_NAME)
        return err_at(p->err, t->column, t->width, _("text stands in double quotes; write \"%s\""),
                      lex_show(p->arena, t->source));
    return err_at(p->err, t->column, t->width, _("%s is no value; write %s"), lex_show(p->arena, t->source),
                  way_to_write(f));
}

/* ---- one function per type of value ---- */

static bool number(struct parser *p, const struct token *t, struct expr_literal *out)
{
    out->type = EXPR_NUMBER;
    if (!num_double(t->text, &out->number) || !isfinite(out->number))
        return err_at(p->err, t->column, t->width,
                      _("%s cannot be kept exactly; whole numbers go up to 9007199254740992"),
                      lex_show(p->arena, t->source));
    if (out->number == 0)
        out->number = 0; /* no -0 */
    return true;
}

static bool weekday(const struct token *t, struct expr_literal *out)
{
    for (int i = 0; i < 7; i++)
        if (str_ieq(t->text, str_of(literal_weekday[i]))) {
            out->type = EXPR_NUMBER;
            out->number = i + 1;
            return true;
        }
    return false;
}

static bool moment(struct parser *p, const struct token *t, struct expr_literal *out)
{
    out->type = EXPR_TIME;
    out->text = t->text;
    if (p->v->time(p->v->arg, t->text, &out->time, &out->time_end))
        return true;
    return err_at(p->err, t->column, t->width,
                  _("there is no time %s; write 2017-01-31 or 2017-01-31 09:30:00"),
                  lex_show(p->arena, t->source));
}

static bool read_value(struct parser *p, const struct expr_field *f, const struct token *t,
                       struct expr_literal *out)
{
    *out = (struct expr_literal){.type = EXPR_TEXT};
    switch (t->kind) {
    case TOKEN_TEXT: out->text = t->text; return true;
    case TOKEN_NUMBER: return number(p, t, out);
    case TOKEN_TIME: return moment(p, t, out);
    case TOKEN_TRUE:
    case TOKEN_FALSE:
        out->type = EXPR_BOOL;
        out->truth = t->kind == TOKEN_TRUE;
        return true;
    case TOKEN_NAME: return (f->id == EXPR_FIELD_WEEKDAY && weekday(t, out)) || no_value(p, f, t);
    default: return no_value(p, f, t);
    }
}

/* ---- does it fit ---- */

static bool in_calendar(const struct expr_field *f, double n)
{
    if (f->id == EXPR_FIELD_HOUR)
        return n >= 0 && n <= 23 && floor(n) == n;
    return f->id != EXPR_FIELD_WEEKDAY || (n >= 1 && n <= 7 && floor(n) == n);
}

bool literal_value(struct parser *p, const struct expr_field *f, const struct token *t,
                   struct expr_literal *out)
{
    if (!read_value(p, f, t, out))
        return false;
    if (out->type != f->type)
        return err_at(p->err, t->column, t->width, _("%s is %s, but %s is %s; write %s"), field_shown(p, f),
                      literal_type_name(f->type), lex_show(p->arena, t->source), literal_type_name(out->type),
                      way_to_write(f));
    if (f->type == EXPR_NUMBER && !in_calendar(f, out->number))
        return err_at(p->err, t->column, t->width, _("%s is never %s; write %s"), field_shown(p, f),
                      lex_show(p->arena, t->source), way_to_write(f));
    return f->id != EXPR_FIELD_EVENT || resolve_event_text(p, t);
}

bool literal_range(struct parser *p, const struct expr_field *f, struct expr_literal *low,
                   const struct expr_literal *high, const struct token *at)
{
    if (f->type != EXPR_NUMBER && f->type != EXPR_TIME)
        return err_at(p->err, at->column, at->width,
                      _("%s is %s and has no ranges; list the values: in (a, b)"), field_shown(p, f),
                      literal_type_name(f->type));
    bool empty = f->type == EXPR_TIME ? low->time > high->time_end : low->number > high->number;
    if (empty)
        return err_at(p->err, at->column, at->width,
                      _("the range ends before it begins; write the smaller value first"));
    low->is_range = true;
    low->high = arena_new(p->arena, struct expr_literal);
    *low->high = *high;
    return true;
}

bool literal_allows(struct parser *p, const struct expr_field *f, const struct token *op)
{
    bool pattern = op->kind == TOKEN_MATCH || op->kind == TOKEN_NMATCH;
    bool order = op->kind == TOKEN_LT || op->kind == TOKEN_LE || op->kind == TOKEN_GT || op->kind == TOKEN_GE;
    const char *shown = lex_show(p->arena, op->source);
    if (pattern && f->type != EXPR_TEXT)
        return err_at(p->err, op->column, op->width,
                      _("%s is %s; %s compares text with a pattern: use = or in"), field_shown(p, f),
                      literal_type_name(f->type), shown);
    if (order && f->type != EXPR_NUMBER && f->type != EXPR_TIME)
        return err_at(p->err, op->column, op->width, _("%s is %s and has no order for %s; use =, != or in"),
                      field_shown(p, f), literal_type_name(f->type), shown);
    return true;
}

/* Tried at once, so that a bad pattern is an error of the condition and not of some later scan. */
bool literal_pattern(struct parser *p, const struct token *t)
{
    struct err bad = {0};
    struct regex *r = regex_new(t->text, &bad);
    regex_free(r);
    if (r)
        return true;
    bool straight =
        t->text.n + 2 == t->source.n; /* no escapes: columns of pattern and source differ by the quote */
    bool inside = straight && bad.column > 0 && bad.column < t->width - 1;
    return err_at(p->err, inside ? t->column + bad.column : t->column, inside ? 1 : t->width, "%s", bad.text);
}
