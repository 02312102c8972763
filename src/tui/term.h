/* term.h - the terminal: a canvas goes out, keys come in. term.c is the only file that knows curses.
 *
 * There is one terminal per process; all calls from the main thread. */
#ifndef WM_TERM_H
#define WM_TERM_H

#include "base/err.h"
#include "render/canvas.h"
#include "tui/probe.h"
#include "render/theme.h"

/* A key: a Unicode character (control characters as themselves, see TERM_CTRL), or one of these. */
enum term_key {
    TERM_NONE = 0, /* time-out, or the wake descriptor became readable */
    TERM_SPECIAL = 0x110000,
    TERM_UP, TERM_DOWN, TERM_LEFT, TERM_RIGHT, TERM_PAGE_UP, TERM_PAGE_DOWN, TERM_HOME, TERM_END,
    TERM_ENTER, TERM_ESC, TERM_BACKSPACE, TERM_DELETE, TERM_TAB, TERM_BACKTAB,
    TERM_RESIZE,
    TERM_HANGUP, /* the terminal is gone or SIGTERM came: save and leave */
    TERM_F0 = TERM_SPECIAL + 64, /* F1 is TERM_F0 + 1 */
    TERM_PASTE_BEGIN = TERM_F0 + 32, TERM_PASTE_END,
};
#define TERM_CTRL(letter) ((uint32_t)(letter) & 31u)

struct term_options {
    bool no_color;
    bool keep_language; /* somebody chose it: the terminal has no say */
    enum theme theme;
    bool insist;      /* somebody chose `tier`: it is offered whatever the terminal seems to be able to show */
    enum tier tier;
    int probe_ms; /* how long the terminal may take to answer; 0: half a second, negative: it is not asked */
};

/* What was found out about the terminal, for term_open and waymark termcheck. */
struct term_survey {
    struct probe_found found;   /* in the encoding that is used now */
    struct probe_choice choice;
    char locale_codeset[24], codeset[24]; /* what the environment says, what is used */
    int colors;
    const char *lines_on, *lines_off; /* VT100 line drawing; NULL: the terminal has none */
    bool widths_agree;                /* the C library counts our glyphs as we do */
};
/* Asks the terminal and takes the locale it really reads for LC_CTYPE. Fails without a terminal. What people typed
 * meanwhile is kept for term_key. */
bool term_survey(const struct term_options *o, struct term_survey *out, struct err *err);
/* What was found out when full screen began; NULL when it is not open. */
const struct term_survey *term_surveyed(void);

/* Enters full screen. Fails (nothing changed) when there is no terminal, or one that cannot address its cursor. */
bool term_open(const struct term_options *o, struct err *err);
void term_close(void); /* leaves full screen; harmless when not open */
/* Stops the process as Ctrl-Z does elsewhere; when it goes on, the screen is as it was. False: it was not stopped, since no shell
 * could let it go on. */
bool term_suspend(void);
void term_size(int *w, int *h);
/* The tier this terminal and locale can show without doubt. */
enum tier term_tier(void);
/* The next tier a person may choose; all in turn when no terminal is open. */
enum tier term_next_tier(enum tier now);
/* Whether tier can be shown at all (HD needs colours, utf8 a UTF-8 locale). */
bool term_has_tier(enum tier t);
bool term_shows_chinese(void); /* the locale has Chinese characters; true when no terminal is open */
/* What the person should know about the terminal, in their language; NULL: nothing. */
const char *term_notice(void);
/* What the next term_show looks like. */
void term_set_theme(enum theme t);
/* Sends the difference to what is shown. */
void term_show(const struct canvas *c);
void term_redraw(void); /* next term_show repaints everything */
/* Waits for a key, for wake_fd to become readable (its bytes are read away), or for timeout_ms (-1: for ever). */
uint32_t term_key(int timeout_ms, int wake_fd);
/* Leaves full screen, prints the text in the locale's encoding and waits for Enter; then full screen again. Nothing when not
 * open. */
void term_print(struct str text);
/* The same with bytes that are in that encoding already. */
void term_print_bytes(struct str bytes);
/* Bytes for the terminal itself, such as a clipboard sequence; nothing when not open. */
void term_send(struct str bytes);
/* Bytes that put the terminal back, for a crash handler: async-signal-safe to write; NULL when not open. */
const char *term_rescue(void);

#endif
