/* failing.h - which events failed and why, from the columns of their properties.
 *
 * What a failure looks like is the schema's business (schema_is_failure); here each value of a dictionary is
 * judged once. An event failed when any column says so; its reason is what the column of the highest rank
 * says (model/failure.h). */
#ifndef WM_FAILING_H
#define WM_FAILING_H

#include "analysis/ask.h"

struct failing_column {
    const struct column_def *def;
    enum failure_rank rank;
    _Atomic uint8_t *verdict; /* per code of its dictionary; NULL: not a column of codes */
    uint32_t codes;
};

struct failing {
    const struct ask *ask;
    struct failing_column *at; /* highest rank first, then in order of the store's columns */
    uint16_t *id;              /* their numbers, to be fetched by a scan */
    size_t n;
};

/* Finds the columns of events that can say so; all memory is the ask's. */
void failing_init(struct failing *f, struct ask *a);
/* Whether the value of column k says that its event failed. Thread-safe. */
bool failing_says(const struct failing *f, size_t k, int64_t value);
/* The first column whose value in `row` says so, f->n when none does. prop has an array per column of f. */
static inline size_t failing_why(const struct failing *f, const int64_t *const *prop, size_t row)
{
    size_t k = 0;
    while (k < f->n && !failing_says(f, k, prop[k][row]))
        k++;
    return k;
}
/* The column of events of that number, f->n: none of these. */
size_t failing_find(const struct failing *f, uint16_t column);

/* A property's value as it came; false: damage. */
bool failing_value(const struct snapshot *s, const struct column_def *c, int64_t raw, struct arena *arena,
                   struct value *out, struct err *err);
/* The same as text, as the schema reads it when it looks for failures; in `out` until it is changed. */
bool failing_text(const struct snapshot *s, const struct column_def *c, int64_t raw, struct buf *out,
                  struct err *err);
/* The explanation of a reason in the user's language, and what to tell the customer; missing when no table
 * knows it. */
void failing_explain(const struct ask *a, struct str reason, struct arena *arena, struct value *text,
                     struct value *tell);
/* The condition on events with this failure, `property = "reason"`: of the column named `property`, or when
 * that is NULL of the first that has the value and calls it a failure. *k is the column. NULL: there is none;
 * the message says which reasons there are. */
const char *failing_condition(const struct failing *f, const char *reason, const char *property,
                              struct ask *a, size_t *k, struct err *err);

#endif
