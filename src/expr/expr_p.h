/* expr_p.h - what the files of the parser share; private to this folder. */
#ifndef WM_EXPR_P_H
#define WM_EXPR_P_H

#include "expr/expr.h"
#include "expr/lex.h"

struct definition;

struct parser {
    struct arena *arena;
    const struct expr_vocabulary *v;
    enum expr_kind kind;
    struct lex lex;
    struct token now; /* not yet taken */
    int end;          /* column behind the last token taken */
    int depth;
    int questions;                   /* around this text */
    bool in_sequence;                /* > leads to the next step and compares only inside brackets */
    struct definition **known;       /* what names stand for, shared with the parsers of definitions */
    const struct definition *inside; /* the definition being parsed; NULL: the text itself */
    size_t parts;                    /* of the tree so far, with what its names stand for */
    struct err *err;
};

/* ---- parse.c: pieces of the grammar that calls are made of. NULL or false: p->err is set. */
bool parse_advance(struct parser *p);
struct expr *parse_new(struct parser *p, enum expr_op op, int column);
/* Sets the width up to the last token taken. */
struct expr *parse_finish(struct parser *p, struct expr *e);
struct expr *parse_condition(struct parser *p);
/* What stands between field (or call) and the end of a comparison: = 5, in (…), is null, older than 30d. */
struct expr *parse_test(struct parser *p, struct expr *e);
/* Whether a test goes on here. */
bool parse_at_test(const struct parser *p);
bool parse_deeper(struct parser *p);
/* A whole text as a parser of its own, inside a definition (or the one outer is in). */
struct expr *parse_text(struct parser *outer, struct str text, enum expr_kind kind,
                        const struct definition *d, size_t *parts, struct err *err);

/* ---- inquiry.c: who("…"), at the bracket behind the name. */
struct expr *inquiry_parse(struct parser *p, const struct token *name);

/* ---- call.c: functions of behaviour, and durations. */
/* At the bracket behind the name. */
struct expr *call_parse(struct parser *p, const struct token *name);
/* Nothing (or a bracket never closed) where `what` should be written. Returns false. */
bool call_wrong(struct parser *p, const char *what);
/* "older than 30d" behind a time. */
bool call_older(struct parser *p, struct expr *e);

/* Whether the name is one of a function. */
bool call_is_function(const struct token *name);

/* ---- hint.c: habits of other languages, where something is wrong anyway. */
/* Says what to write instead of the word that stands behind a name; false: it is none of those. */
bool hint_test(struct parser *p, const struct token *name);
/* The same for what stands behind a whole condition. */
bool hint_behind(struct parser *p);
/* The function that is meant by this name; NULL: nobody knows. */
const char *hint_function(const struct token *name);

/* ---- define.c: names that stand for conditions. kind is 's', 't' or 'g'; at is the name as written. */
struct expr *define_use(struct parser *p, char kind, struct str name, const struct token *at);

/* ---- resolve.c: names. All set p->err and return false on failure. */
/* The field a name in front of an operator means. */
bool resolve_field(struct parser *p, const struct token *name, struct expr_field *out);
/* A name that stands alone: *event is the event it names. */
bool resolve_event(struct parser *p, const struct token *name, struct str *event);
/* An event's name as a text: event = "login". */
bool resolve_event_text(struct parser *p, const struct token *text);
bool resolve_set(struct parser *p, const struct token *set);
/* name( … where there is no such function; functions is the list of those there are, ended by NULL. */
bool resolve_no_function(struct parser *p, const struct token *name, const char *const *functions);
/* There is no tag ('t') or segment ('g') of that name. */
bool resolve_no_definition(struct parser *p, char kind, struct str name, const struct token *at);
/* A property that values are taken of, or `event`. */
bool resolve_property(struct parser *p, const struct token *name, struct expr_field *out);
/* "tag.x" without the prefix; false when it has none. */
bool resolve_tag_name(struct str name, struct str *tag);
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
const char *literal_type_name(enum expr_type t);

#endif
