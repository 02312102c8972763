/* result.h - what comes back: typed rows, a summary, a kind of picture, the rule in words, and who is behind
 * each number. */
#ifndef WM_RESULT_H
#define WM_RESULT_H

#include "base/arena.h"
#include "base/str.h"
#include "base/zone.h"

enum value_type {
    VALUE_NONE, /* missing: null in JSON, empty in CSV, "-" on screen */
    VALUE_INT,
    VALUE_REAL,
    VALUE_TEXT, /* raw text from data; renderers sanitise */
    VALUE_BOOL,
    VALUE_TIME,    /* i: µs UTC */
    VALUE_SECONDS, /* d: a duration in seconds */
    VALUE_RATIO,   /* i of whole: kept as two integers until display; whole 0 = missing */
    VALUE_LIST,    /* table.n values */
    VALUE_OBJECT,  /* named values */
    VALUE_ROWS,    /* a nested table */
};

struct value {
    enum value_type type;
    /* When not NULL: the value of `--users` that lists who is behind this number. */
    const char *who;
    /* What people see instead, such as an event's display name or a mask; NULL: the value itself, which is
     * what CSV and JSON give, and which alone identifies. */
    const char *shown;
    union {
        int64_t i;
        double d;
        struct {
            int64_t part, whole;
        } ratio;
        struct str text;
        bool truth;
        struct {
            struct value *at;
            size_t n;
        } list;
        struct object *object;
        struct rows *rows;
    };
};

struct field {
    const char *name; /* JSON key */
    struct value value;
};
struct object {
    struct field *at;
    size_t n, cap;
};

struct column_info {
    const char *name;     /* JSON key and CSV header: part of the contract, never translated */
    const char *title;    /* N_() heading for people */
    enum value_type type; /* what its cells hold when not NONE */
};
struct rows {
    const struct column_info *column;
    size_t columns;
    struct value *cell; /* n * columns, row after row */
    size_t n, cap;      /* rows */
};

enum picture {
    PICTURE_TABLE,
    PICTURE_STEPS,
    PICTURE_FLOW,
    PICTURE_SERIES,
    PICTURE_SEQUENCE,
    PICTURE_LIST,
    PICTURE_MATRIX,
    PICTURE_TREE,   /* rows with a `level`, children behind their parents */
    PICTURE_AROUND, /* what comes before and after one thing */
    PICTURE_FAILURE,
    PICTURE_PROFILE, /* tags of a set beside those of another */
    PICTURE_CROSS,   /* tags against tags: rows of one run through those of the other */
    PICTURE_TAGS,    /* a catalogue: rows by category */
    PICTURE_TIMES,   /* how long steps took, with `histogram` beside the rows */
    PICTURE_CHAINS,  /* one customer's chains, taken or not, with the `verdict` on each */
    PICTURE_NOTE
};

/* Owned by whoever asked; everything in it lives in its arena. */
struct result {
    struct arena arena;
    const char *analysis;
    enum picture picture;
    const char *rule; /* one sentence for the user: unit, period, window, ties, filters, who was left out */
    const char *command; /* reproduces it */
    struct object parameters, summary;
    struct rows rows;
    struct object more; /* further named tables beside rows in JSON: funnel --detail's "users" */
    struct zone *zone;  /* for showing times; owned */
    double elapsed_s;
};

struct result *result_new(const char *analysis, enum picture picture);
void result_free(struct result *r); /* NULL is fine */
/* The columns must outlive r (static). */
void result_columns(struct result *r, const struct column_info *columns, size_t n);
/* A new row, all cells NONE; the pointer is good until the next row. */
struct value *result_row(struct result *r);
struct value *rows_add(struct arena *a, struct rows *t);
/* The name is borrowed and must live as long as the object; a value of the same name is replaced. */
void object_add(struct arena *a, struct object *o, const char *name, struct value v);
const struct value *object_get(const struct object *o, const char *name); /* NULL: none */
/* Cell by column name; NULL when there is no such column. */
const struct value *rows_get(const struct rows *t, size_t row, const char *column);

static inline struct value value_int(int64_t i)
{
    return (struct value){.type = VALUE_INT, .i = i};
}
static inline struct value value_real(double d)
{
    return (struct value){.type = VALUE_REAL, .d = d};
}
static inline struct value value_seconds(double d)
{
    return (struct value){.type = VALUE_SECONDS, .d = d};
}
static inline struct value value_time(int64_t us)
{
    return (struct value){.type = VALUE_TIME, .i = us};
}
/* False: missing, or no time; v may be NULL. */
static inline bool value_is_time(const struct value *v, int64_t *us)
{
    bool is = v && v->type == VALUE_TIME;
    *us = is ? v->i : *us;
    return is;
}
static inline struct value value_bool(bool b)
{
    return (struct value){.type = VALUE_BOOL, .truth = b};
}
static inline struct value value_none(void)
{
    return (struct value){.type = VALUE_NONE};
}
static inline struct value value_ratio(int64_t part, int64_t whole)
{
    return (struct value){.type = VALUE_RATIO, .ratio = {part, whole}};
}
static inline struct value value_list(struct value *at, size_t n)
{
    return (struct value){.type = VALUE_LIST, .list = {at, n}};
}
static inline struct value value_object(struct object *o)
{
    return (struct value){.type = VALUE_OBJECT, .object = o};
}
static inline struct value value_rows(struct rows *t)
{
    return (struct value){.type = VALUE_ROWS, .rows = t};
}
struct value value_text(struct arena *a, struct str s); /* copied */
static inline struct value value_static(const char *s)
{
    return (struct value){.type = VALUE_TEXT, .text = str_of(s)};
}
static inline struct value value_shown(struct value v, const char *shown)
{
    v.shown = shown;
    return v;
}
/* What people see of a VALUE_TEXT. */
static inline struct str value_seen(const struct value *v)
{
    return v->shown ? str_of(v->shown) : v->text;
}
static inline struct value value_who(struct value v, const char *who)
{
    v.who = who;
    return v;
}

#endif
