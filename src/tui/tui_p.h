/* tui_p.h - what the files of the explorer's frame (tui.c, tui_act.c, tui_draw.c) share, and nobody else. */
#ifndef WM_TUI_P_H
#define WM_TUI_P_H

#include "app/builder.h"
#include "app/job.h"
#include "app/loader.h"
#include "app/kept.h"
#include "app/marks.h"
#include "app/settings.h"
#include "base/vec.h"
#include "tui/places.h"
#include "tui/prompt_widget.h"
#include "tui/tui.h"

enum { MIN_W = 80, MIN_H = 24, SMALL_W = 60, SMALL_H = 16 };

/* A line of the status row that was shown, for the log. */
struct said {
    int64_t time_us;
    enum role role;
    char *text;
};

struct tui {
    struct workspace *workspace;
    struct settings *settings;
    struct places places;
    enum tier tier;
    bool pasting; /* what comes in was pasted, not typed */
    int wake[2];
    bool done, redraw, maximised;
    int w, h; /* as last drawn */
    VEC(char *) lines; /* typed in the palette before */
    int han; /* Han characters typed in a row outside a text field */
    struct buf status;
    enum role status_role;
    int64_t status_us; /* when it was said */
    VEC(struct said) log;
    struct prompt *prompt;
    void (*answer)(void *arg, const char *text);
    char *question;
    void (*yes)(void *arg);
    void *arg; /* of answer and yes: one of them at a time */
    struct builder *builder;
    struct loader *loader;
    struct nursery *nursery;       /* borrowed; NULL: loading ends with the explorer */
    struct marks marks;            /* events that were bookmarked */
    char *carried, *carried_label; /* the segment all screens look at; NULL: everyone */
    uint64_t version;              /* of the store, as the screens show it */
    struct result *info;           /* what the store holds, as the screens show it; NULL: not read yet */
    int64_t looked_us;             /* when the store was last asked for its version */
    struct job *chore;             /* a segment being saved */
    char *chore_done;              /* what to say when it is */
    /* tui_session.c: */
    bool keeps; /* files are written at all */
    struct kept_file path, written, restored, recent, bookmarks;
    struct kept_line looking; /* the question on the screen, to be kept when it is left */
    const struct screen *looking_at;
    int64_t written_us, recent_us;
};

/* All screens ask again: this path at once, the others when they are looked at. */
void tui_refresh(struct tui *t);
/* What the screens on top have missed; after anything that may have changed them. */
void tui_catch_up(struct tui *t);
/* Settings have changed: what follows from them. */
void tui_apply_settings(struct tui *t);
/* The palette: all actions of this screen, and set, goto, segment with what they want. */
void tui_open_palette(struct tui *t);
void tui_command(struct tui *t, const char *line);
/* tui_copy.c: what the cursor is on, or the whole view, to a file and where allowed to the clipboard; or out of full screen. */
void tui_copy_item(struct tui *t);
void tui_copy_view(struct tui *t);
void tui_show_plain(struct tui *t);
struct screen *jobs_screen_new(void);
/* tui_session.c */
void tui_session_begin(struct tui *t); /* reads what is kept; from now on it is written too */
void tui_tell_loads(struct tui *t);    /* takes over what an earlier explorer left loading, and says so */
void tui_session_tick(struct tui *t, bool leaving);
void tui_session_end(struct tui *t);
bool tui_session_restore(struct tui *t); /* opens the path of the last time; false: there is none */
void tui_bookmark(struct tui *t);
void tui_ask_bookmark(struct tui *t);

#endif
