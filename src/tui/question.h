/* question.h - changing a query by keys: steps, windows, finer and coarser, undo. No drawing, no terminal. */
#ifndef WM_QUESTION_H
#define WM_QUESTION_H

#include "base/vec.h"
#include "model/query.h"

/* How the answer is looked at: what keys change without asking again. */
struct view_options {
    bool table;      /* instead of the picture */
    int base;        /* counts, share of the start, share of the parent */
    char sort[32];   /* a column's name; "": as they come */
    bool descending; /* the greatest first */
};

/* One version: what is asked and how the answer is looked at. */
struct question_version {
    struct query *query;
    struct view_options view;
    bool same; /* asks what the version before asks */
};

/* The versions of a question; `at` is the present one. */
struct question {
    VEC(struct question_version) version;
    size_t at;
};

void question_init(struct question *h, const struct query *first);
void question_done(struct question *h);
const struct query *question_now(const struct question *h);
/* Adds a changed copy behind the present version, dropping what was undone. The caller edits the returned query. */
struct query *question_change(struct question *h);
const struct view_options *question_view(const struct question *h);
/* The same for the way of looking: the query stays. */
struct view_options *question_change_view(struct question *h);
/* False: there is nothing to undo, or to do again. *asks: another query is the present one now. */
bool question_undo(struct question *h, bool *asks);
bool question_redo(struct question *h, bool *asks);

/* The next value up (+1) or down (-1) of what makes this analysis finer or coarser: a funnel's window, a Sankey's nodes, a trend's
 * buckets. False when there is none; else the parameter's name and new value. */
bool question_step(const struct query *q, int direction, const char **name, const char **value);
/* Swaps the nth and the n+1st step. */
void question_swap_steps(struct query *q, size_t n);

#endif
