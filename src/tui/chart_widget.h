/* chart_widget.h - a result's picture with a cursor that stands on its numbers.
 *
 * The chart draws itself and says where its numbers are (spots); the widget moves the cursor among them, scrolls, and keeps the
 * cursor on the same item when the picture changes. */
#ifndef WM_CHART_WIDGET_H
#define WM_CHART_WIDGET_H

#include "app/action.h"
#include "render/chart.h"

struct chart_widget {
    const struct result *result; /* borrowed; set before drawing, never NULL then */
    struct chart_view view;
    struct spots spots;   /* of the last drawing */
    struct arena drawing; /* labels of spots */
    size_t row;           /* of the result, under the cursor */
    int group;            /* column of the picture, under the cursor */
    const char *who;      /* what stands behind the number under the cursor, borrowed from the result; NULL: nobody */
    int edge;             /* after scrolling: -1 first, 1 last spot of the group */
    int area_h, area_w;   /* as last drawn */
};

void chart_widget_init(struct chart_widget *p);
void chart_widget_done(struct chart_widget *p);
/* Another result to show, NULL for none; the cursor stays on the same row. Before the old one is freed or right after. */
void chart_widget_result(struct chart_widget *p, const struct result *r);
/* Draws the picture and, in the last row, what the cursor is on. */
void chart_widget_draw(struct chart_widget *p, struct canvas *c, struct rect at);
/* Moving actions; false when it is another. */
bool chart_widget_act(struct chart_widget *p, enum action a);
/* What the cursor is on; NULL when there is nothing to stand on. Until the next drawing. */
const struct spot *chart_widget_spot(const struct chart_widget *p);
/* Puts the cursor on a row of the result and scrolls there. */
void chart_widget_show(struct chart_widget *p, size_t row);
/* In a list of customers the one behind (1) or before (-1) `user`, or himself (0); the cursor goes there. *place is his from 1,
 * *of how many there are. False: `user` is not in it, or at its end. *out is borrowed from the result. */
bool chart_widget_neighbour(struct chart_widget *p, struct str user, int direction, struct str *out, size_t *place,
                            size_t *of);
/* From the nodes of a Sankey to its flows, and back. */
void chart_widget_flows(struct chart_widget *p);

#endif
