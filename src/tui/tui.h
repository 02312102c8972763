/* tui.h - the explorer: a stack of screens, the rows around them, the loop. */
#ifndef WM_TUI_H
#define WM_TUI_H

#include "app/kept.h"
#include "app/settings.h"
#include "tui/prompt_widget.h"
#include "tui/screen.h"
#include "tui/term.h"

struct tui_options {
    struct settings *settings; /* taken over */
    const char *glyphs;        /* --glyphs, before the setting; NULL: not given */
    bool no_color;
    bool keep_language; /* --lang was given: the terminal has no say */
    int probe_ms;       /* see struct term_options */
    struct nursery *nursery; /* borrowed; what is loaded goes on without the explorer; NULL: it does not */
};

/* Runs the explorer until the user leaves. Exit status as in semantics.md 3; on failure err is set. */
int tui_run(struct workspace *w, const struct tui_options *o, struct err *err);

/* Draws what the explorer shows after these keys (keymap_next), each answered before the next, without any terminal, on a canvas of the
 * size and tier wanted. settings are taken over. False: a key has no such name, or no screen is called so. */
bool tui_print(struct workspace *w, struct settings *settings, const char *screen, const char *keys, struct canvas *canvas,
               struct err *err);

/* Bytes that restore the terminal, for the crash handler; NULL when the explorer is not on screen. */
const char *tui_rescue(void);

/* ---- for screens */
struct tui *tui_new(struct workspace *w, enum tier tier); /* without a terminal: tests drive it by tui_key and tui_draw */
void tui_free(struct tui *t);
struct workspace *tui_workspace(struct tui *t);
int tui_wake_fd(struct tui *t);                 /* write end: a job writes here when done */
void tui_push(struct tui *t, struct screen *s); /* takes ownership (mem_alloc'ed, s->type set) */
void tui_pop(struct tui *t); /* one level back; an overlay is closed and freed, other screens can be had again by > */
/* One line in the status row until the next key; error: marked, and kept until answered. */
void tui_status(struct tui *t, enum role role, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void tui_fail(struct tui *t, const struct err *err);
/* Asks for a line of text; done(arg, text) is called with Enter, not with Esc. names: kind for completion ('e', 'p', 'a') or 0. */
void tui_ask(struct tui *t, const char *label, const char *initial, char names, void (*done)(void *arg, const char *text),
             void *arg);
/* Asks for one of a list, by its number, its first match or the cursor; done is told its text. The list is copied. */
void tui_choose(struct tui *t, const char *label, const struct prompt_choice *list, size_t n,
                void (*done)(void *arg, const char *text), void *arg);
/* Yes or no. */
void tui_confirm(struct tui *t, const char *question, void (*yes)(void *arg), void *arg);
/* Shows lines of text on a page of its own. */
void tui_page(struct tui *t, const char *title, const char *text);

/* What was said in the status row so far, with times. */
void tui_show_log(struct tui *t);
/* Answers a command that keeps conditions (workspace_keep) behind the screens; then says `done`, or what went wrong. Copied. */
void tui_keep(struct tui *t, const struct query *q, const char *done);
struct settings *tui_settings(struct tui *t);
/* Whether data may be shown as it came; says so when it may not. */
bool tui_may_reveal(struct tui *t);
/* Questions asked lately, the newest first; to be asked again. */
const struct kept_file *tui_recent(struct tui *t);
void tui_open_kept(struct tui *t, const struct kept_line *l);

/* The segment being edited, one for the whole session: going to another screen loses nothing. NULL: the store
 * cannot be read. */
struct builder *tui_builder(struct tui *t, struct err *err);
/* Events bookmarked in sequences, for the whole session. */
struct marks *tui_marks(struct tui *t);
/* What is being loaded; goes on whatever screen is shown. */
struct loader *tui_loader(struct tui *t);
/* The segment that all screens look at, NULL: everyone; label is what people see of it. Screens that can ask
 * again do. */
void tui_carry(struct tui *t, const char *condition, const char *label);
const char *tui_carried(const struct tui *t);
/* What the store holds (workspace_info), read once for each version; NULL: it cannot be read. Until the next refresh. */
const struct result *tui_info(struct tui *t, struct err *err);
/* The store has changed by our own doing: that is no news to offer. */
void tui_know_version(struct tui *t);

/* Does an action as if its key had been pressed (help, palette). */
void tui_act(struct tui *t, enum action a);

/* ---- the loop's parts, which tests drive without a terminal */
void tui_key(struct tui *t, uint32_t key);
void tui_draw(struct tui *t, struct canvas *c);
bool tui_tick(struct tui *t);   /* something to redraw */
bool tui_busy(const struct tui *t); /* a job of any screen runs */
bool tui_done(const struct tui *t);

#endif
