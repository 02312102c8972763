/* builder_screen_p.h - what the files of the segment builder's screen share; private to them. */
#ifndef WM_BUILDER_SCREEN_P_H
#define WM_BUILDER_SCREEN_P_H

#include "app/builder.h"
#include "tui/screen.h"
#include "tui/tag_pane.h"

struct builder_screen {
    struct screen screen;
    struct builder *builder; /* the explorer's; NULL: it could not be made, for the reason in err */
    struct err err;
    struct tag_pane tags;
    bool on_tags;
    size_t row, top; /* of the conditions */
    bool sample;
    char *draft; /* text that could not be taken, and why */
    struct err wrong;
};

/* After every change: keeps the cursor among the rows, and begins counting. */
void builder_screen_settle(struct builder_screen *s);

/* ---- builder_keys.c: edits of the condition. False: the action is none. */
bool builder_keys_act(struct builder_screen *s, enum action a);
/* Enter on a condition, or behind the last. */
void builder_keys_enter(struct builder_screen *s);
/* The tag under the cursor becomes a condition. */
void builder_keys_pick(struct builder_screen *s, enum action how);
/* The whole condition as text. */
void builder_keys_ask_text(struct builder_screen *s);
void builder_keys_drop_draft(struct builder_screen *s);

/* ---- builder_names.c: segments by name, and elsewhere with them. False: the action is none. */
bool builder_names_act(struct builder_screen *s, enum action a);
/* Opens the saved segment under the cursor. False: there is none. */
bool builder_names_open_here(struct builder_screen *s);

#endif
