/* select.h - an event condition made ready for the scan.
 *
 * Most conditions are decided by the event's code alone: one byte per code says no, yes or ask. Only "ask"
 * needs the residual test, which works on columns of hits, never on strings: text comparisons and regular
 * expressions are evaluated once per dictionary entry, attributes of users once per user.
 *
 * Missing values are what doc/LANGUAGE.md says: they fail every comparison, `not` turns that round. */
#ifndef WM_SELECT_H
#define WM_SELECT_H

#include "base/arena.h"
#include "base/progress.h"
#include "base/zone.h"
#include "expr/expr.h"
#include "store/snapshot.h"

enum select_answer { SELECT_NO, SELECT_YES, SELECT_ASK };

struct select_node;

/* Lives in the arena given to select_compile. */
struct select {
    const uint8_t *answer; /* enum select_answer per event code */
    uint32_t codes;        /* as many as the event dictionary has */
    bool asks;             /* some answer is SELECT_ASK */
    const struct select_node *test;
    const struct zone *zone;
    const uint16_t *column; /* properties the test reads */
    size_t columns;
};

/* Hits in columns, as the scan has them when it asks. */
struct select_rows {
    uint32_t n;
    const uint32_t *code;
    const int64_t *time;
    const uint32_t *user; /* of each hit; only when select_needs_user */
    const int64_t *const
        *property; /* one array per column of the store that is asked for, NULL for the others */
};

/* Compiles the conjunction of n checked trees (n = 0: everything). The trees, zone and snapshot must outlive
 * *out. False on damage, when a regular expression gives up, or cancelled (progress may be NULL). */
bool select_compile(struct select *out, const struct expr *const *tree, size_t n, const struct snapshot *s,
                    const struct zone *zone, struct arena *a, const struct progress *progress,
                    struct err *err);
bool select_needs_user(const struct select *s);
bool select_needs_time(const struct select *s);
/* keep[i] = the test's outcome for row i, an event whose answer is not SELECT_NO. */
void select_test(const struct select *s, const struct select_rows *rows, uint8_t *keep);

#endif
