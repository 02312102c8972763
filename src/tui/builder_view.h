/* builder_view.h - the panes of the segment builder beside the tags: conditions with their sizes, how what
 * the cursor is on is spread, some customers, the text. Drawing only. */
#ifndef WM_BUILDER_VIEW_H
#define WM_BUILDER_VIEW_H

#include "app/builder.h"
#include "app/settings.h"
#include "render/canvas.h"

struct builder_view {
    struct condition *tree;
    const struct builder_entry *entry;
    size_t entries;
    const struct builder_counts *counts; /* NULL: none yet */
    bool fresh;                          /* the counts are those of this tree */
    bool focused;                        /* the cursor is among the conditions */
    size_t row;                          /* under it; condition_rows: the line that adds one */
    size_t top;                          /* first row drawn; kept by the drawing */
    size_t near;                         /* entry whose category is shown; SIZE_MAX: the spread of `counts` */
    const char *text;                    /* of the tree */
    const char *draft;                   /* text that could not be taken, NULL: none; and why */
    const struct err *wrong;
    const struct settings *settings; /* whether ids may be seen */
};

void builder_view_conditions(struct builder_view *v, struct canvas *c, struct rect at);
void builder_view_spread(const struct builder_view *v, struct canvas *c, struct rect at);
void builder_view_sample(const struct builder_view *v, struct canvas *c, struct rect at);
void builder_view_text(const struct builder_view *v, struct canvas *c, struct rect at);
/* Entry that a condition's text stands for; SIZE_MAX: none. */
size_t builder_view_entry(const struct builder_view *v, const char *text);

#endif
