/* compose.h - attributes that say as of when they are true: of a customer and a column the latest value
 * counts, whatever came last, and an empty cell says nothing.
 *
 * What the store keeps of a customer is one row with one time, the latest of all its values. Values that are
 * older than that are named beside it, in COL_AGES, with their own time: "COLUMN:TIME COLUMN:TIME", COLUMN
 * being the number, TIME microseconds or - for a value of which no time is known. */
#ifndef WM_COMPOSE_H
#define WM_COMPOSE_H

#include "base/arena.h"
#include "base/vec.h"
#include "import/window.h"
#include "store/snapshot.h"

struct compose {
    const struct snapshot *s; /* NULL: there is no store */
    const uint16_t *id;       /* per column of the windows: its number in the store */
    size_t columns;
    size_t as_of; /* which of them holds the times, COL_AGES being the last of all */
};
struct composed_age {
    uint32_t row;
    struct str text;
};
struct composed {
    uint64_t older;               /* rows left out, since the store knows later values of every column */
    VEC(struct composed_age) age; /* texts for COL_AGES, by row */
    struct arena texts;
};
/* c: all rows of its users, by user and arrival; afterwards one row for each user who is not left out. */
bool compose_rows(const struct compose *k, struct window_columns *c, struct composed *out, struct err *err);
void composed_done(struct composed *c);

#endif
