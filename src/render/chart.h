/* chart.h - a result becomes a picture on a canvas; the command line prints what the screen shows. */
#ifndef WM_CHART_H
#define WM_CHART_H

#include "base/vec.h"
#include "model/result.h"
#include "render/canvas.h"

/* A place on the picture that the cursor can stand on: a number, a node, a row. Only what is drawn has one: at the first
 * or last spot the caller scrolls and draws again. */
struct spot {
    struct rect at;
    const char *who;   /* --users value behind it, or NULL; borrowed from the result */
    const char *label; /* what it is, for the status row; borrowed from the result or the view's arena */
    int64_t count;     /* the number itself, -1 when there is none */
    size_t row;        /* row of the result it belongs to; of a Sankey node its number in the picture */
    int group;         /* column of the picture (Sankey step from 0, values on links from 1000; table column): left/right
                          moves between groups */
};
struct spots {
    VEC(struct spot) list;
};

struct chart_view {
    bool table;        /* the table instead of the picture (`t`) */
    bool rows_only;    /* a table without the summary on top, which stands elsewhere */
    bool whole;        /* on a page as long as it takes: long texts go on below instead of being cut */
    bool brief;        /* the picture without the numbers beneath it, for a small pane */
    size_t upto;       /* a sequence being replayed shows only so many rows; 0: all */
    int scroll;        /* first row, event or step shown; clamped to what there is */
    int selected;      /* index into spots of the last drawing, -1 none */
    const char *focus; /* `who` of the focused Sankey node or flow; NULL: the one under `selected`, if any */
    const struct result *through; /* the same question of the paths through `focus` alone: who of each flow passes it. NULL: not known
                                     (yet), the picture then marks what touches the focus */
    const bool *open;  /* of a tree: which rows are open; NULL: the larger ones */
    const char *sort;  /* column a table is in the order of; NULL: in its own */
    bool descending;
    int fold;          /* more (>0) or less (<0) folding than the default */
    int base;          /* 0 counts, 1 % of start, 2 % of parent */
};

struct chart {
    enum picture picture;
    /* Rows the whole picture would take at this width. */
    int (*height)(const struct result *r, const struct chart_view *v, int w);
    void (*draw)(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at, struct arena *a,
                 struct spots *spots /* appended; may be NULL */);
    /* Labels of the kind "1 row = 4,977 users" or "shown 84.7 %, folded 15.3 %" for context and status rows; "" when none. */
    void (*note)(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out);
    bool drawn; /* lines and areas say what it says: on a plain canvas the table stands for it */
};
/* The chart of a result: by its picture, or the table when view->table. Never NULL. */
const struct chart *chart_of(const struct result *r, const struct chart_view *v);
/* Whether on a plain canvas the table (view->table) is to stand for the result's picture. */
bool chart_is_drawn(const struct result *r);

#endif
