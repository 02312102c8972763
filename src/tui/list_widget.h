/* list_widget.h - a cursor in a list of lines: the moves every such page has in common, and the whole text of one line beneath
 * the list, where beside it there is no room. */
#ifndef WM_LIST_WIDGET_H
#define WM_LIST_WIDGET_H

#include "app/action.h"
#include "render/canvas.h"

struct list_widget {
    int selected, top, height; /* height: rows of the last drawing */
};

/* Moves the cursor among so many lines; false: no move. */
bool list_widget_act(struct list_widget *l, enum action a, int lines);
/* Takes the place for drawing and scrolls so that rows from..to of the page are seen: those of the selected line. */
void list_widget_fit(struct list_widget *l, int h, int from, int to);
/* Draws a text at the foot of a place that is high enough for it; what is left of the place for the list. */
struct rect list_widget_foot(struct canvas *c, struct rect at, const char *text);

#endif
