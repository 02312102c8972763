/* query.h - what is asked: plain data that a command line, a form, a saved text and a test can all write. */
#ifndef WM_QUERY_H
#define WM_QUERY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "expr/expr.h"

struct param {
    const char *name;  /* as the long option, without dashes */
    const char *value; /* "" for a switch */
    /* After query_parse: the column in its text of each character of the value, and of its end; else NULL. */
    const int *place;
};

/* All memory is in the query's own arena; copy with query_copy. Parameters keep their order: funnel steps. */
struct query {
    struct arena arena;
    const char *analysis; /* id in analysis.def */
    struct param *param;
    size_t n, cap;
};

void query_init(struct query *q, const char *analysis);
void query_done(struct query *q);
void query_copy(struct query *to, const struct query *from); /* `to` is initialised by this */

/* Appended; repeats allowed. */
void query_add(struct query *q, const char *name, const char *value);
/* Replaces all of that name; NULL removes them, and what means nothing without them. */
void query_set(struct query *q, const char *name, const char *value);
/* Before the nth of that name; at the end when there are fewer. */
void query_insert(struct query *q, const char *name, size_t nth, const char *value);
void query_remove(struct query *q, const char *name, size_t nth);
const char *query_get(const struct query *q, const char *name); /* the first, or NULL */
size_t query_count(const struct query *q, const char *name);
const char *query_nth(const struct query *q, const char *name, size_t nth); /* NULL beyond the last */

/* Every name must be a parameter of the analysis or a common one, switches and repeats as declared, numbers
 * and durations well formed. Conditions are checked later against a store. */
bool query_check(const struct query *q, struct err *err);
/* The command line that asks this: "waymark -s STORE funnel --step 'a b' ..." in the arena; no -s when
 * store is NULL. */
const char *query_command(const struct query *q, const char *store, struct arena *a);
/* Appends the ith parameter as there, with the blank in front; without value: up to where the value begins.
 */
void query_put_param(struct buf *out, const struct query *q, size_t i, bool value);
/* The inverse: initialises q with what such a command line asks, and checks it like query_check. Words may
 * stand in '…' or "…" as for a shell, "waymark" in front may be left out, -s must be: the store is known.
 * False: the error carries the column in text (err->column). */
bool query_parse(struct query *q, struct str text, struct err *err);
/* The vocabulary's `question` (expr.h): what query_parse takes, with --users, and no parameter that names a
 * file. */
bool query_question(void *unused, struct str line, struct arena *a, struct expr_question *out,
                    struct err *err);
/* Appends the condition on customers that names those behind a number of q, `users` being the value of
 * --users that lists them: who("funnel --step home --users lost:1"). False: this analysis has nobody to list.
 */
bool query_who(const struct query *q, const char *users, struct buf *out);

#endif
