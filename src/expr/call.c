/* call.c - functions of behaviour: what a customer did, how often, when, in which order.
 *
 * Their words (where, of, within, last, older, than) are keywords only here, so they remain good names for
 * events and attributes everywhere else. Inside the brackets the dialect is that of events. */
#include "config.h"
#include "expr/expr_p.h"

#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/vec.h"

#define STEPS_MAX 63

/* In the order of enum expr_function. */
static const struct {
    const char *name;
    bool takes_of;    /* values of a property */
    bool takes_any;   /* … of any type; else numbers, for min and max times too */
    bool may_be_none; /* missing when nothing matches */
    enum expr_type type;
} functions[] = {
    {"did", false, false, false, EXPR_NUMBER},  {"sum", true, false, false, EXPR_NUMBER},
    {"avg", true, false, true, EXPR_NUMBER},    {"min", true, false, true, EXPR_NUMBER},
    {"max", true, false, true, EXPR_NUMBER},    {"distinct", true, true, false, EXPR_NUMBER},
    {"first", false, false, true, EXPR_TIME},   {"last", false, false, true, EXPR_TIME},
    {"days", false, false, false, EXPR_NUMBER}, {"sequence", false, false, false, EXPR_BOOL},
};
static const char *const names[] = {"did",  "sum",  "avg",      "min",     "max", "distinct", "first",
                                    "last", "days", "sequence", "segment", "who", NULL};

bool call_wrong(struct parser *p, const char *what)
{
    struct token *t = &p->now;
    if (t->kind == TOKEN_END)
        return err_at(p->err, t->column, 1, _("the condition ends too early: %s"), what);
    return err_at(p->err, t->column, t->width, _("%s does not fit here: %s"), lex_show(p->arena, t->source),
                  what);
}

/* Takes a word that is expected here. */
static bool word(struct parser *p, const char *expected, const char *what)
{
    return lex_word(&p->now, expected) ? parse_advance(p) : call_wrong(p, what);
}

/* ---- durations and periods ---- */

/* As it is kept: the number in its shortest form and the unit as written, because 24h is not 1d. */
static bool duration(struct parser *p, struct str *text, int64_t *us, int64_t *days)
{
    struct token t = p->now;
    struct err bad = {0};
    double number;
    if (t.kind != TOKEN_DURATION)
        return call_wrong(p, _("write a duration such as 30d, 12h or 2w"));
    if (!duration_parse(t.text, us, &bad) || *us <= 0)
        return err_at(p->err, t.column, t.width, _("%s is no duration; write one above zero, such as 30d"),
                      lex_show(p->arena, t.source));
    size_t digits = t.text.n;
    while (t.text.p[digits - 1] >= 'a' && t.text.p[digits - 1] <= 'z')
        digits--;
    struct str unit = {t.text.p + digits, t.text.n - digits};
    struct buf b = {0};
    num_double((struct str){t.text.p, digits}, &number);
    num_put_double(&b, number);
    buf_str(&b, unit);
    *text = arena_str(p->arena, buf_view(&b));
    buf_done(&b);
    bool whole_days = (*unit.p == 'd' || *unit.p == 'w') && *us % US_PER_DAY == 0;
    *days = whole_days ? *us / US_PER_DAY : 0;
    return parse_advance(p);
}

/* First instant of the span that ends with the store's last event. */
static bool since(struct parser *p, struct str *text, int64_t *first)
{
    struct token t = p->now;
    int64_t us, days;
    if (!duration(p, text, &us, &days))
        return false;
    if (p->v->since && p->v->since(p->v->arg, us, days, first))
        return true;
    return err_at(p->err, t.column, t.width,
                  _("there is no event to count back from; load events, or write dates"));
}

bool call_older(struct parser *p, struct expr *e)
{
    if (e->field.type != EXPR_TIME)
        return err_at(p->err, p->now.column, p->now.width,
                      _("%s is %s; only a time can be older than another"), lex_show(p->arena, e->field.name),
                      literal_type_name(e->field.type));
    e->op = EXPR_OLDER;
    e->n = 1;
    e->literal = arena_new(p->arena, struct expr_literal);
    e->literal->type = EXPR_TIME;
    if (!parse_advance(p) || !word(p, "than", _("write: older than 30d")) ||
        !since(p, &e->literal->text, &e->literal->time))
        return false;
    e->literal->time_end = e->literal->time;
    return true;
}

static bool moment(struct parser *p, struct str *text, int64_t *first, int64_t *last)
{
    struct expr_literal l;
    if (p->now.kind != TOKEN_TIME)
        return call_wrong(p, _("write a day such as 2017-01-31"));
    if (!literal_value(p, &resolve_fixed[1], &p->now, &l))
        return false;
    *text = l.text;
    *first = l.time;
    *last = l.time_end;
    return parse_advance(p);
}

static bool between(struct parser *p, struct expr_period *out)
{
    int64_t unused;
    struct token dots;
    out->kind = EXPR_BETWEEN;
    if (!moment(p, &out->text[0], &out->from, &out->to))
        return false;
    dots = p->now;
    if (dots.kind != TOKEN_DOTS)
        return true;
    if (!parse_advance(p) || !moment(p, &out->text[1], &unused, &out->to))
        return false;
    return out->from <= out->to || err_at(p->err, dots.column, dots.width,
                                          _("the range ends before it begins; write the earlier day first"));
}

/* Behind the comma. */
static bool period(struct parser *p, struct expr_period *out)
{
    if (lex_word(&p->now, "last")) {
        out->kind = EXPR_LAST_SPAN;
        return parse_advance(p) && since(p, &out->text[0], &out->from);
    }
    if (lex_word(&p->now, "older")) {
        out->kind = EXPR_OLDER_SPAN;
        if (!parse_advance(p) || !word(p, "than", _("write: older than 30d")) ||
            !since(p, &out->text[0], &out->to))
            return false;
        out->to--;
        return true;
    }
    if (p->now.kind == TOKEN_TIME)
        return between(p, out);
    return call_wrong(p, _("a period is last 30d, older than 30d, or 2017-01-01..2017-01-31"));
}

/* ---- what happened ---- */

static bool where_part(struct parser *p, struct expr_step *step)
{
    if (!lex_word(&p->now, "where"))
        return true;
    return parse_advance(p) && (step->where = parse_condition(p)) != NULL;
}

static bool event_part(struct parser *p, struct expr_step *step)
{
    return (step->event = parse_condition(p)) != NULL && where_part(p, step);
}

static bool one_step(struct parser *p, struct expr_call *c)
{
    c->steps = 1;
    c->step = arena_new(p->arena, struct expr_step);
    return event_part(p, c->step);
}

static bool check_of(struct parser *p, struct expr_call *c, const struct token *name, enum expr_type *type)
{
    bool ordered = c->function == EXPR_MIN || c->function == EXPR_MAX;
    if (functions[c->function].takes_any)
        return true;
    if (ordered && c->of.type == EXPR_TIME)
        *type = EXPR_TIME;
    else if (c->of.type != EXPR_NUMBER)
        return err_at(p->err, name->column, name->width, _("%s is %s; %s takes numbers"),
                      lex_show(p->arena, name->source), literal_type_name(c->of.type),
                      functions[c->function].name);
    return true;
}

/* amount of transfer … */
static bool values_of(struct parser *p, struct expr_call *c, enum expr_type *type)
{
    struct token name = p->now;
    if (name.kind != TOKEN_NAME && name.kind != TOKEN_QUOTED && name.kind != TOKEN_ATTRIBUTE)
        return call_wrong(
            p, arena_printf(p->arena, _("write: %s(property of event)"), functions[c->function].name));
    if (!resolve_property(p, &name, &c->of) || !check_of(p, c, &name, type) || !parse_advance(p))
        return false;
    const char *way = arena_printf(p->arena, _("write: %s(%s of event)"), functions[c->function].name,
                                   lex_show(p->arena, name.source));
    return word(p, "of", way) && one_step(p, c);
}

/* ---- sequences ---- */

typedef VEC(struct expr_step) steps;

static bool next_step(struct parser *p, steps *all)
{
    struct expr_step s = {0};
    struct token at = p->now;
    if (at.kind == TOKEN_NOT) {
        s.absent = true;
        if (!parse_advance(p))
            return false;
    }
    if (!event_part(p, &s))
        return false;
    if (s.absent && !all->n)
        return err_at(p->err, at.column, at.width,
                      _("a sequence cannot begin with what must not happen; write the first event"));
    if (s.absent && p->now.kind != TOKEN_GT)
        return err_at(p->err, at.column, at.width,
                      _("a sequence cannot end with what must not happen; write > and the last event"));
    if (all->n == STEPS_MAX)
        return err_at(p->err, at.column, at.width, _("a sequence has at most %d steps"), STEPS_MAX);
    vec_push(all, s);
    return true;
}

static bool list_steps(struct parser *p, steps *all)
{
    bool ok = next_step(p, all);
    while (ok && p->now.kind == TOKEN_GT)
        ok = parse_advance(p) && next_step(p, all);
    return ok;
}

static bool in_order(struct parser *p, struct expr_call *c, const struct token *name)
{
    steps all = {0};
    p->in_sequence = true;
    bool ok = list_steps(p, &all);
    p->in_sequence = false;
    c->steps = all.n;
    c->step = arena_array(p->arena, struct expr_step, all.n + 1);
    if (all.n)
        memcpy(c->step, all.at, all.n * sizeof(*all.at));
    vec_done(&all);
    if (!ok)
        return false;
    if (c->steps < 2)
        return err_at(p->err, name->column, name->width,
                      _("a sequence has two steps or more: sequence(a > b); for one event write did(a)"));
    int64_t unused;
    c->within = INT64_MAX;
    return !lex_word(&p->now, "within") ||
           (parse_advance(p) && duration(p, &c->within_text, &c->within, &unused));
}

/* ---- calls ---- */

static bool inside(struct parser *p, struct expr_call *c, const struct token *name, enum expr_type *type)
{
    bool ok = c->function == EXPR_IN_ORDER      ? in_order(p, c, name)
              : functions[c->function].takes_of ? values_of(p, c, type)
                                                : one_step(p, c);
    c->period = (struct expr_period){.from = INT64_MIN, .to = INT64_MAX};
    return ok && (p->now.kind != TOKEN_COMMA || (parse_advance(p) && period(p, &c->period)));
}

/* The brackets and what is between them, as a condition on events. */
static bool arguments(struct parser *p, struct expr_call *c, const struct token *name, enum expr_type *type)
{
    struct token open = p->now;
    if (!parse_deeper(p))
        return false;
    p->kind = EXPR_EVENT_COND;
    bool ok = parse_advance(p) && inside(p, c, name, type);
    p->kind = EXPR_USER_COND;
    p->depth--;
    if (!ok || p->now.kind == TOKEN_CLOSE)
        return ok && parse_advance(p);
    if (p->now.kind == TOKEN_END)
        return err_at(p->err, open.column, open.width, _("this bracket is never closed; add )"));
    return call_wrong(p, _("here stands where, a comma and a period, or )"));
}

static struct expr *truth(struct parser *p, struct expr *e, const struct token *name)
{
    if (e->call->function == EXPR_IN_ORDER) {
        e->op = EXPR_SEQUENCE;
        return parse_finish(p, e);
    }
    if (e->call->function != EXPR_DID) {
        err_at(p->err, name->column, p->end - name->column,
               _("%s( … ) alone is no condition; compare it with a value"), lex_show(p->arena, name->source));
        return NULL;
    }
    e->op = EXPR_GE;
    e->n = 1;
    e->literal = arena_new(p->arena, struct expr_literal);
    *e->literal = (struct expr_literal){.type = EXPR_NUMBER, .number = 1};
    return parse_finish(p, e);
}

static struct expr *compared(struct parser *p, struct expr *e, const struct token *name)
{
    enum expr_function f = e->call->function;
    struct token at = p->now;
    if (f == EXPR_IN_ORDER) {
        err_at(p->err, at.column, at.width, _("a sequence happened or not; nothing is compared with it"));
        return NULL;
    }
    if (at.kind == TOKEN_IS && !functions[f].may_be_none) {
        err_at(p->err, at.column, at.width, _("%s is never missing: it is 0 when nothing matches"),
               lex_show(p->arena, name->source));
        return NULL;
    }
    return parse_test(p, e);
}

static struct expr *behaviour(struct parser *p, const struct token *name, enum expr_function f)
{
    struct expr *e = parse_new(p, EXPR_EQ, name->column);
    enum expr_type type = functions[f].type;
    e->call = arena_new(p->arena, struct expr_call);
    e->call->function = f;
    if (!arguments(p, e->call, name, &type))
        return NULL;
    e->field = (struct expr_field){.name = str_of(functions[f].name), .type = type, .id = EXPR_FIELD_CALL};
    return parse_at_test(p) ? compared(p, e, name) : truth(p, e, name);
}

static struct expr *segment(struct parser *p, const struct token *name)
{
    if (!parse_advance(p))
        return NULL;
    struct token at = p->now;
    if (at.kind != TOKEN_NAME && at.kind != TOKEN_QUOTED && at.kind != TOKEN_TEXT) {
        call_wrong(p, _("write: segment(\"name\")"));
        return NULL;
    }
    if (!parse_advance(p))
        return NULL;
    if (p->now.kind != TOKEN_CLOSE) {
        call_wrong(p, _("write: segment(\"name\")"));
        return NULL;
    }
    if (!parse_advance(p))
        return NULL;
    struct expr *e = define_use(p, 'g', at.text, &at);
    if (!e)
        return NULL;
    e->column = name->column;
    return parse_finish(p, e);
}

bool call_is_function(const struct token *name)
{
    size_t f = 0;
    while (names[f] && !lex_word(name, names[f]))
        f++;
    return names[f] != NULL;
}

struct expr *call_parse(struct parser *p, const struct token *name)
{
    size_t f = 0;
    while (names[f] && !(name->kind == TOKEN_NAME && str_ieq(name->text, str_of(names[f]))))
        f++;
    if (!names[f]) {
        resolve_no_function(p, name, names);
        return NULL;
    }
    if (p->kind == EXPR_EVENT_COND) {
        err_at(p->err, name->column, name->width,
               _("%s( … ) speaks of a customer; here stands a condition on one event"),
               lex_show(p->arena, name->source));
        return NULL;
    }
    if (strcmp(names[f], "segment") == 0)
        return segment(p, name);
    return strcmp(names[f], "who") == 0 ? inquiry_parse(p, name) : behaviour(p, name, (enum expr_function)f);
}
