/* marks.h - bookmarks in sequences: events of customers, remembered by whose they are and when they happened,
 * so that they hold however a sequence is filtered. */
#ifndef WM_MARKS_H
#define WM_MARKS_H

#include "base/vec.h"
#include "base/str.h"
#include <stdint.h>

struct mark {
    char *user;
    int64_t time; /* µs UTC */
};
/* All zero is empty. */
struct marks {
    VEC(struct mark) list;
};

/* Sets the mark, or takes it away again; says whether it is there now. */
bool marks_toggle(struct marks *m, struct str user, int64_t time);
bool marks_has(const struct marks *m, struct str user, int64_t time);
/* The user's next mark after `time`, else his first; false: he has none. */
bool marks_next(const struct marks *m, struct str user, int64_t time, int64_t *next);
void marks_done(struct marks *m);

#endif
