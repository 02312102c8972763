/* term_wait.h - what the owner of a terminal waits for: bytes, signals, a descriptor, time. From the main thread alone. */
#ifndef WM_TERM_WAIT_H
#define WM_TERM_WAIT_H

#include <stdbool.h>

struct typed;

enum wake {
    WAKE_TIME,
    WAKE_INPUT,  /* bytes were handed to typed */
    WAKE_SIGNAL, /* term_wait_hung_up, _take_stop and _take_resize say which */
    WAKE_OTHER,  /* the descriptor; its bytes are read away */
    WAKE_GONE    /* there is no terminal any more */
};

/* Catches SIGHUP, SIGTERM, SIGWINCH, SIGTSTP and SIGCONT from now on. */
void term_wait_begin(void);
/* timeout_ms -1: for ever; wake_fd -1: none. */
enum wake term_wait_for(struct typed *typed, int timeout_ms, int wake_fd);
bool term_wait_hung_up(void);     /* by SIGHUP or SIGTERM */
bool term_wait_take_stop(void);   /* SIGTSTP has come since the last call */
bool term_wait_take_resize(void); /* SIGWINCH, or term_wait_note_resize, since the last call */
void term_wait_note_resize(void);
/* Stops the process, and what runs with it in one job of a shell. False: it was not stopped, since there is no shell that could
 * let it go on. */
bool term_wait_stop(void);

#endif
