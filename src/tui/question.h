/* question.h - changing a query by keys: steps, windows, finer and coarser, undo. No drawing, no terminal. */
#ifndef WM_QUESTION_H
#define WM_QUESTION_H

#include "base/vec.h"
#include "model/query.h"

/* The versions of a question; `at` is the present one. */
struct question {
    VEC(struct query *) version;
    size_t at;
};

void question_init(struct question *h, const struct query *first);
void question_done(struct question *h);
const struct query *question_now(const struct question *h);
/* Adds a changed copy behind the present version, dropping what was undone. The caller edits the returned query. */
struct query *question_change(struct question *h);
bool question_undo(struct question *h);
bool question_redo(struct question *h);

/* The next value up (+1) or down (-1) of what makes this analysis finer or coarser: a funnel's window, a Sankey's nodes, a trend's
 * buckets. False when there is none; else the parameter's name and new value. */
bool question_step(const struct query *q, int direction, const char **name, const char **value);
/* Swaps the nth and the n+1st step. */
void question_swap_steps(struct query *q, size_t n);

#endif
