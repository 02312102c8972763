/* board.h - what long work tells beside numbers while it goes on: its parts, and what it complains of.
 *
 * Workers write, a front end looks; both at any time, from any thread. */
#ifndef WM_BOARD_H
#define WM_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum board_state { BOARD_WAITING, BOARD_RUNNING, BOARD_DONE };

struct board_part { /* a file */
    const char *name;
    int64_t size; /* in any unit; -1: unknown */
    uint64_t done;
    uint64_t rows, bad;
    enum board_state state;
};
struct board_complaint { /* a reason, with the first of its rows */
    const char *id, *text;
    uint64_t count;
    const char *example, *file;
    uint64_t line;
};
struct board_view {
    const struct board_part *part;
    size_t parts;
    const struct board_complaint *complaint; /* most frequent first */
    size_t complaints;
    const char *kept; /* file in which the bad rows are; NULL: none yet */
};

struct board;
struct board *board_new(void);
void board_free(struct board *b); /* NULL is fine */

/* All take NULL for a board that nobody looks at. Texts are copied. */
void board_add(struct board *b, const char *name, int64_t size);
void board_set(struct board *b, size_t part, enum board_state state, uint64_t done, uint64_t rows,
               uint64_t bad);
/* The parts before this one are done. */
void board_done(struct board *b, size_t part);
/* count: of all so far. example, file, line: of the first; they count when the complaint is new. */
void board_complain(struct board *b, const struct board_complaint *c);
void board_keep(struct board *b, const char *path);

/* A copy of what is there now. */
void board_look(struct board *b, struct board_view *out);
void board_look_done(struct board_view *v);

#endif
