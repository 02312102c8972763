/* tag_pane.h - the tags and saved segments as a tree of categories that fold, with counts, and a search. */
#ifndef WM_TAG_PANE_H
#define WM_TAG_PANE_H

#include "app/action.h"
#include "app/builder.h"
#include "render/canvas.h"

struct tag_line {
    bool heading;
    size_t entry; /* of a heading the first of its category */
    size_t count; /* of a heading: how many are in it */
};

struct tag_pane {
    VEC(struct tag_line) lines; /* by tag_pane_update */
    VEC(char *) open;           /* categories that are unfolded */
    bool begun;                 /* the first category was opened */
    size_t line;                /* under the cursor */
    int top, height;            /* as last drawn */
    char *needle;               /* what is searched for, folded; NULL: everything is shown */
    enum tag_base { TAG_WITHIN, TAG_SHARE, TAG_ALL, TAG_BASES } base;
};

/* What the pane shows of the builder. */
struct tag_view {
    const struct builder_entry *entry;
    size_t entries;
    const struct builder_counts *counts; /* NULL: none yet */
    struct condition *tree;              /* what is in it is marked */
    bool focused;
};

void tag_pane_init(struct tag_pane *p);
void tag_pane_done(struct tag_pane *p);
void tag_pane_update(struct tag_pane *p, const struct tag_view *v); /* before drawing and acting */
void tag_pane_draw(struct tag_pane *p, const struct tag_view *v, struct canvas *c, struct rect at);
/* Moving and folding; false when it is another action, or leads out of the pane. */
bool tag_pane_act(struct tag_pane *p, const struct tag_view *v, enum action a);
void tag_pane_search(struct tag_pane *p, const struct tag_view *v, const char *needle); /* "" ends it */
/* Entry under the cursor; SIZE_MAX on a heading. */
size_t tag_pane_entry(const struct tag_pane *p);

#endif
