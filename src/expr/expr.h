/* expr.h - the condition language: text to a checked tree and back (grammar: doc/LANGUAGE.md).
 *
 * One language serves event filters, funnel steps, segments and tags. This folder knows nothing of storage:
 * names are resolved through a vocabulary the caller gives; selectors are compiled from the tree one floor
 * up. Trees live in the caller's arena. */
#ifndef WM_EXPR_H
#define WM_EXPR_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum expr_kind { EXPR_EVENT_COND, EXPR_USER_COND }; /* which of the two dialects a text must be in */

enum expr_type { EXPR_TEXT = 1, EXPR_NUMBER, EXPR_BOOL, EXPR_TIME };

/* Truth has two values: a comparison with a missing value is false whichever the operator, != and !~
 * included, and `not` turns it round; so `not a = 1` holds where a is missing and `a != 1` does not. */
enum expr_op {
    /* `n` children >= 2, flattened: no child has the same op */
    EXPR_AND,
    EXPR_OR,
    /* one child */
    EXPR_NOT,
    /* field against literal[0]; order only for NUMBER and TIME */
    EXPR_EQ,
    EXPR_NE,
    EXPR_LT,
    EXPR_LE,
    EXPR_GT,
    EXPR_GE,
    /* field in a list of `n` literals: single values or ranges (of NUMBER and TIME) */
    EXPR_IN,
    /* field ~ "regex", field !~ "regex": literal[0].text; TEXT only, the pattern compiles */
    EXPR_MATCH,
    EXPR_NMATCH,
    /* no literal */
    EXPR_IS_NULL,
    EXPR_NOT_NULL,
    /* [page set]: field is `event`, literal[0].text the set's name, `definition` what it stands for */
    EXPR_SET,
    /* user conditions only */
    EXPR_TAG, /* tag.NAME, segment(NAME): literal[0].text the name, `definition` what it stands for */
    EXPR_SEGMENT,
    EXPR_SEQUENCE, /* sequence(…): `call`; n = 0 */
    EXPR_WHO,      /* who("…"): `question`; n = 0 */
    EXPR_OLDER,    /* field or call of type TIME: before literal[0].time; .text is the duration as written */
};

/* A date stands for its whole local day: = is time..time_end, < before time, <= up to time_end, > after
 * time_end, >= from time, a range from low.time to high.time_end. */
struct expr_literal {
    enum expr_type type;
    struct str text;  /* TEXT: the value; TIME: as the language writes it, for expr_print */
    double number;    /* NUMBER: finite; hour 0..23 and weekday 1 = Monday..7 are whole */
    int64_t time;     /* TIME: µs UTC; a date is the local day's first instant */
    int64_t time_end; /* TIME: for a date the local day's last instant, else = time */
    bool truth;       /* BOOL */
    /* EXPR_IN ranges: */
    bool is_range;
    struct expr_literal *high; /* inclusive upper end; NULL when !is_range */
};

struct expr_field {
    struct str name; /* as in the vocabulary: event, time, hour, weekday, a property or a user attribute */
    enum expr_type type;
    int id;         /* the vocabulary's handle */
    bool of_user;   /* user.<attribute> in an event condition, attribute in a user condition */
    bool qualified; /* written user.<attribute>: of_user in an event condition */
};

/* What a customer did. The values are those of the events that match, in the period: */
enum expr_function {
    EXPR_DID, /* how many; 0 for none */
    EXPR_SUM, /* of a property, missing values aside; 0 for none */
    EXPR_AVG, /* missing for none, like MIN, MAX, FIRST and LAST */
    EXPR_MIN,
    EXPR_MAX,
    EXPR_DISTINCT, /* different values of a property, or of `event`; missing is no value */
    EXPR_FIRST,    /* time of the first */
    EXPR_LAST,
    EXPR_DAYS,     /* local days with at least one */
    EXPR_IN_ORDER, /* sequence: whether a chain of different events fills all steps in order */
};

/* Both ends inclusive. Relative ones count back from the store's last event: whole local days (that event's
 * is the first of them) when the unit is d or w, else to the microsecond. */
enum expr_period_kind { EXPR_ALWAYS, EXPR_LAST_SPAN, EXPR_OLDER_SPAN, EXPR_BETWEEN };
struct expr_period {
    enum expr_period_kind kind;
    struct str text[2]; /* the duration; or the two times, the second empty for a single day */
    int64_t from, to;   /* INT64_MIN, INT64_MAX: open */
};

/* `event where where`; where may be NULL. In a sequence a step with `absent` must not occur between its
 * neighbours; the first and the last step are never absent. */
struct expr_step {
    bool absent;
    struct expr *event, *where;
};

struct expr_call {
    enum expr_function function;
    struct expr_field of;   /* SUM AVG MIN MAX DISTINCT: the property, or `event` */
    struct expr_step *step; /* one, for a sequence at least two that are not absent */
    size_t steps;
    struct str within_text;    /* sequence: as written; empty: no limit */
    int64_t within;            /* from the first event to the last, inclusive; INT64_MAX: no limit */
    struct expr_period period; /* of a sequence: when its first event happens */
};

/* who("COMMAND LINE"): the customers behind a number of an analysis. This folder does not know analyses: the
 * vocabulary takes the line apart, in the conditions it asks with and what stands between them, and the
 * parser checks those like the text around them. So names inside mean the same, and circles are found. */
struct expr_asked {
    struct str before; /* of the line, in front of the condition */
    struct str text;   /* as written, without the quotes of the line */
    enum expr_kind kind;
    const int *place;  /* the column in the line of each character of text, and of its end */
    struct expr *tree; /* the parser's part */
};
struct expr_question {
    struct expr_asked *asked;
    size_t n;
    struct str after; /* the rest of the line */
};

struct expr {
    enum expr_op op;
    int column, width; /* place in the source text, 1-based columns of characters */
    size_t n;          /* of children (AND OR NOT) or literals (0 for IS_NULL, NOT_NULL) */
    struct expr **child;
    struct expr_field field; /* with `call`: name and type of the function, id EXPR_FIELD_CALL */
    struct expr_literal *literal;
    struct expr_call *call;         /* NULL: the field itself is compared */
    struct expr_question *question; /* WHO */
    const struct expr *definition;  /* SET TAG SEGMENT; one tree however often the name occurs */
};

/* Handles the fixed fields get without asking the vocabulary. */
enum {
    EXPR_FIELD_EVENT = -1,
    EXPR_FIELD_TIME = -2,
    EXPR_FIELD_HOUR = -3,
    EXPR_FIELD_WEEKDAY = -4,
    EXPR_FIELD_CALL = -5
};

struct expr_vocabulary {
    void *arg;
    /* Fills id (>= 0) and type of a property (or attribute when of_user); false when there is no such name.
     */
    bool (*field)(void *arg, struct str name, bool of_user, struct expr_field *out);
    bool (*event)(void *arg, struct str name); /* whether an event of this name exists */
    /* The condition that a name stands for: 's' page set (of events), 't' tag, 'g' segment (of customers).
     * False: there is none; NULL: there are none at all. The text is borrowed during expr_parse. */
    bool (*definition)(void *arg, char kind, struct str name, struct str *text);
    /* For suggestions: each(ctx, name) for every known name of a kind: 'e' event, 'p' property, 'a'
     * attribute, 's' set, 't' tag, 'g' segment. */
    void (*names)(void *arg, char kind, void (*each)(void *ctx, struct str name), void *ctx);
    /* The event that is shown to people under this name; false: none. NULL: events are shown as they are
     * called. */
    bool (*event_shown)(void *arg, struct str shown, struct str *event);
    /* "2017-01-01" or a timestamp in the store's zone. */
    bool (*time)(void *arg, struct str text, int64_t *first, int64_t *last);
    /* Takes the line of a who("…") apart, in the arena; a mistake carries its column in the line. NULL:
     * nothing can be asked. */
    bool (*question)(void *arg, struct str line, struct arena *a, struct expr_question *out, struct err *err);
    /* The first instant of the last `us` (days > 0: of that many local days) up to the last event; false
     * when there are no events. NULL: nothing is relative. */
    bool (*since)(void *arg, int64_t us, int64_t days, int64_t *first);
};

/* Parses and checks. A name without an operator is an event name (event conditions only). Errors carry the
 * column (err->column, err->width) and the nearest known name; nothing unknown is silently false. The tree
 * owes nothing to `text`. Limits: 1 MiB of text, 100 levels of brackets and `not`; names may stand for
 * conditions with names 16 deep, never in a circle, and all that they stand for has at most 100,000 parts;
 * questions inside questions 8 deep. */
struct expr *expr_parse(struct arena *a, struct str text, enum expr_kind kind,
                        const struct expr_vocabulary *v, struct err *err);
/* Canonical text, which parses to the same tree. */
void expr_print(struct buf *out, const struct expr *e);
/* "  source line\n  ^^^^ message" for terminals (column in characters, wide characters counted double); no
 * newline at the end. Without a column the marks are left out. */
void expr_caret(struct buf *out, struct str text, const struct err *err);
/* A name as the language wants it: bare when it is an identifier and no keyword, else in back quotes. */
void expr_put_name(struct buf *out, struct str name);
/* What a comparison compares, without the comparison: age, did(login, last 30d). */
void expr_put_subject(struct buf *out, const struct expr *e);
/* A text in double quotes. */
void expr_put_text(struct buf *out, struct str text);
/* segment(NAME), in whatever quotes the name needs. */
void expr_put_segment(struct buf *out, struct str name);
/* The line of a question, which its conditions have in canonical form. */
void expr_put_question(struct buf *out, const struct expr_question *q);
/* Whether the name needs no quotes. */
bool expr_is_bare(struct str name);

#endif
