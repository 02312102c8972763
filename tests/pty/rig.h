/* rig.h - the real program in a pseudo-terminal, and a terminal of the kind the test wants around it: libvterm, with a
 * decoder in front of it (UTF-8 or GB18030), ambiguous characters drawn wide or narrow, answers given, held back or never.
 *
 * Tests wait for what must be on the screen, never for time. Failing is cmocka's, with the screen in the message. */
#ifndef WM_TESTS_RIG_H
#define WM_TESTS_RIG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/buf.h"

enum answers { ANSWERS_AT_ONCE, ANSWERS_HELD /* until rig_release */, ANSWERS_NEVER };

struct rig_options {
    const char *locale;   /* LC_ALL; NULL: C.UTF-8 */
    const char *term;     /* NULL: xterm-256color */
    bool gb;              /* the terminal reads GB18030, not UTF-8 */
    bool wide_ambiguous;  /* it draws ambiguous characters two columns wide */
    bool no_repeat;       /* it ignores REP */
    enum answers answers;
    bool no_shell; /* the program leads the session, as under ForceCommand: nobody could let it go on when it stops */
    const char *const *env; /* more variables, NAME=VALUE, ended by NULL */
    const char *type_ahead; /* typed before the program runs */
    int w, h;               /* 0: 80x24 */
};

struct rig;

/* Where the program finds the user's settings and keeps its session. */
void rig_use_home(const char *folder);
/* The program of this build with these arguments (ended by NULL). */
struct rig *rig_start(const struct rig_options *o, const char *const *arguments);
/* Ends the program if it runs, by its process id. */
void rig_free(struct rig *r);

void rig_type(struct rig *r, const char *bytes);
void rig_resize(struct rig *r, int w, int h);
void rig_signal(struct rig *r, int sig);
void rig_hang_up(struct rig *r); /* the line is cut */
void rig_release(struct rig *r); /* held answers go out now, and further ones at once */

/* Waits until the text is on the screen (is gone), at most 30 s. */
void rig_expect(struct rig *r, const char *text);
void rig_expect_gone(struct rig *r, const char *text);
/* Takes in what comes until the program has been silent for 100 ms: a frame is whole. */
void rig_settle(struct rig *r);
/* Waits for the end; the exit status, or 128 + signal. */
int rig_end(struct rig *r);
/* Waits until the program has been stopped by a signal. */
void rig_expect_stopped(struct rig *r);

bool rig_shows(struct rig *r, const char *text);
/* The screen as text, rows without trailing blanks; lines and blocks of the VT100 set as the terminal shows them. */
void rig_screen(struct rig *r, struct buf *out);
void rig_row(struct rig *r, int y, struct buf *out);
int rig_row_width(struct rig *r, int y); /* columns up to the last that is not blank */
void rig_cursor(const struct rig *r, int *y, int *x);
bool rig_reversed(struct rig *r, int y, int x);
bool rig_coloured(struct rig *r); /* any cell with a colour of its own */
bool rig_in_alternate_screen(const struct rig *r);
bool rig_is_cooked(const struct rig *r); /* the line is in canonical mode with echo, as a shell leaves it */

size_t rig_bytes(const struct rig *r);  /* from the program since the last rig_forget */
struct str rig_raw(const struct rig *r);  /* those bytes, until more come */
void rig_forget(struct rig *r);
size_t rig_four_byte(const struct rig *r); /* characters of GB18030 in four bytes that came */
size_t rig_repeats(const struct rig *r);   /* REP sequences that came */
size_t rig_misread(const struct rig *r);   /* bytes that are no character in the terminal's encoding */

size_t rig_ambiguous(const struct rig *r); /* characters of ambiguous width that came in UTF-8 */

/* A GB18030 locale for the program: the machine's, or one made in this folder. False when neither can be had. */
bool rig_has_gb_locale(const char *folder);

#endif
