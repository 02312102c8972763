/* rows.h - the rows of a part in their order, decoded a window at a time. */
#ifndef WM_ROWS_H
#define WM_ROWS_H

#include "store/snapshot.h"

#define ROWS_WINDOW 4096

struct rows {
    const struct snapshot *s;
    const struct part *part;
    size_t columns;
    const uint16_t *column;
    uint32_t n, at; /* rows in the window, and the first of them not yet taken; n == 0: there are no more */
    uint32_t *user; /* of the window */
    int64_t **value;
    /* the block under way */
    uint32_t block, row, run;
    struct run_view runs;
    struct column_view *view;
};

/* Columns the part has not are missing in every row. */
void rows_init(struct rows *r, const struct snapshot *s, const struct part *part, const uint16_t *column,
               size_t columns);
/* The next window, when all of the last one was taken (at == n). */
bool rows_fill(struct rows *r, struct err *err);
void rows_done(struct rows *r);

#endif
