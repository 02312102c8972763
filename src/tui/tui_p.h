/* tui_p.h - what the files of the explorer's frame (tui.c, tui_act.c, tui_draw.c) share, and nobody else. */
#ifndef WM_TUI_P_H
#define WM_TUI_P_H

#include "app/builder.h"
#include "app/loader.h"
#include "tui/prompt_widget.h"
#include "tui/tui.h"

enum { MIN_W = 80, MIN_H = 24 };

struct tui {
    struct workspace *workspace;
    struct screen *top;
    enum tier tier;
    bool pasting; /* what comes in was pasted, not typed */
    int wake[2];
    bool done, redraw;
    struct buf status;
    enum role status_role;
    struct prompt *prompt;
    void (*answer)(void *arg, const char *text);
    char *question;
    void (*yes)(void *arg);
    void *arg; /* of answer and yes: one of them at a time */
    struct builder *builder;
    struct loader *loader;
    char *carried, *carried_label; /* the segment all screens look at; NULL: everyone */
    uint64_t version;              /* of the store, as the screens show it */
    int64_t looked_us;             /* when the store was last asked for its version */
};

/* All screens ask again. */
void tui_refresh(struct tui *t);

#endif
