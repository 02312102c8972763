/* term.h - the terminal: a canvas goes out, keys come in. term.c is the only file that knows curses.
 *
 * There is one terminal per process; all calls from the main thread. */
#ifndef WM_TERM_H
#define WM_TERM_H

#include "base/err.h"
#include "render/canvas.h"

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
};

/* Enters full screen. Fails (nothing changed) when there is no terminal, or one that cannot address its cursor. */
bool term_open(const struct term_options *o, struct err *err);
void term_close(void); /* leaves full screen; harmless when not open */
void term_size(int *w, int *h);
/* The tier this terminal and locale can show without doubt: TIER_UTF8 or TIER_ASCII. */
enum tier term_tier(void);
/* Sends the difference to what is shown. */
void term_show(const struct canvas *c);
void term_redraw(void); /* next term_show repaints everything */
/* Waits for a key, for wake_fd to become readable (its bytes are read away), or for timeout_ms (-1: for ever). */
uint32_t term_key(int timeout_ms, int wake_fd);
/* Bytes that put the terminal back, for a crash handler: async-signal-safe to write; NULL when not open. */
const char *term_rescue(void);

#endif
