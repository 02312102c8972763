/* window.h - a sorted window of rows without its repeats, as columns for the store. */
#ifndef WM_WINDOW_H
#define WM_WINDOW_H

#include "import/row.h"
#include "import/runs.h"

enum window_repeats {
    WINDOW_KEEP,  /* store repeats too */
    WINDOW_FIRST, /* of rows that are equal byte for byte the first counts */
    WINDOW_LAST,  /* of a user's rows the last counts */
};

struct window_columns {
    size_t n;         /* rows kept */
    uint64_t repeats; /* rows dropped */
    uint64_t users;   /* distinct ones among the rows kept */
    uint32_t *user;
    int64_t **value; /* `columns` arrays */
    size_t columns, cap;
};

/* cell: the layout's cells to give out, in this order; NULL: a column without values, filled later. */
void window_make(struct window_columns *out, const struct run_window *w, uint32_t stride,
                 const struct row_cell *const *cell, size_t columns, enum window_repeats repeats);
/* Counts the users again, when rows were taken out. */
void window_count(struct window_columns *c);
void window_done(struct window_columns *c);

#endif
