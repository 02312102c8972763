/* sankey_paint.h - a laid-out Sankey onto a canvas: ribbons and wires, sides, labels, values, spots. */
#ifndef WM_SANKEY_PAINT_H
#define WM_SANKEY_PAINT_H

#include "render/chart.h"
#include "render/sankey_graph.h"

struct sankey_columns {
    int layers, label, channel; /* layers shown; columns of a node; columns between nodes */
};

/* All that painting needs; `s` is laid out in at.h rows. */
struct sankey_sketch {
    const struct chart_view *v;
    struct canvas *c;
    struct arena *a;
    struct rect at; /* below the headings */
    struct sankey_columns col;
    struct sankey s;
    size_t focus;      /* node; s.nodes: none (set by sankey_paint) */
    size_t focus_link; /* link; s.links: none */
};

/* Columns in which wires may turn in a channel so wide. */
int sankey_paint_knees(int channel);
/* Headings go to row at.y - 1; each node gets a spot, and each value on a link that has a `who`. */
void sankey_paint(struct sankey_sketch *k, struct spots *spots);
/* "Home@2  30,432 paths  in: ...  out: ...  exit 5,126" of the focused node on row y, if there is one. */
void sankey_paint_focus(const struct sankey_sketch *k, int y);

#endif
