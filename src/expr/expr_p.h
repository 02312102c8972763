/* expr_p.h - what the files of the parser share; private to this folder. */
#ifndef WM_EXPR_P_H
#define WM_EXPR_P_H

#include "expr/expr.h"
#include "expr/lex.h"

struct parser {
    struct arena *arena;
    const struct expr_vocabulary *v;
    enum expr_kind kind;
    struct lex lex;
    struct token now; /* not yet taken */
    int end;          /* column behind the last token taken */
    int depth;
    struct err *err;
};

/* ---- resolve.c: names. All set p->err and return false on failure. */
/* The field a name in front of an operator means. */
bool resolve_field(struct parser *p, const struct token *name, struct expr_field *out);
/* A name that stands alone: *event is the event it names. */
bool resolve_event(struct parser *p, const struct token *name, struct str *event);
/* An event's name as a text: event = "login". */
bool resolve_event_text(struct parser *p, const struct token *text);
bool resolve_set(struct parser *p, const struct token *set);
/* name( … : no function is known yet. */
bool resolve_function(struct parser *p, const struct token *name);
/* event, time, hour, weekday: the fields every event has. */
extern const struct expr_field resolve_fixed[4];
bool resolve_is_fixed(struct str name);

/* ---- literal.c: values. */
/* One value to compare the field with. */
bool literal_value(struct parser *p, const struct expr_field *f, const struct token *t,
                   struct expr_literal *out);
/* Makes low the range low..high. */
bool literal_range(struct parser *p, const struct expr_field *f, struct expr_literal *low,
                   const struct expr_literal *high, const struct token *at);
/* Whether a field of this type takes the operator at all. */
bool literal_allows(struct parser *p, const struct expr_field *f, const struct token *op);
bool literal_pattern(struct parser *p, const struct token *t);
extern const char literal_weekday[7][4]; /* mon … sun */

#endif
