/* probe.h - what the terminal really does, asked in one round trip, and what follows from it.
 *
 * A locale says what somebody once set; how wide a terminal draws a line, and in which encoding it reads, only the
 * terminal knows. It is told to print a few characters and to say where its cursor stands (tui.md 3.1). Everything
 * here but probe_ask is a function of bytes and settings, without a terminal. */
#ifndef WM_PROBE_H
#define WM_PROBE_H

#include "render/canvas.h"

struct typed;

enum probe_charset { PROBE_UTF8, PROBE_GB, PROBE_OTHER /* ASCII, or what we have no tables for */ };
enum probe_charset probe_charset(const char *codeset); /* of nl_langinfo(CODESET) */

/* Columns each sample took; -1: no answer. */
enum probe_sample {
    PROBE_HAN,    /* 中文 as the locale writes it: 4; 6 where UTF-8 meets a GB terminal */
    PROBE_TWIN,   /* bytes that are 模模 in GBK and two narrow letters in UTF-8: 4 or 2; asked in GB locales */
    PROBE_LINE,   /* ─ */
    PROBE_BLOCK,  /* █ */
    PROBE_SYMBOL, /* ①· */
    PROBE_ACS,    /* a line of the VT100 set */
    PROBE_REPEAT, /* # repeated thrice by REP: 4 */
    PROBE_SAMPLES
};
struct probe_found {
    bool asked;                /* there was a terminal to ask */
    bool answered;             /* and it said something */
    signed char columns[PROBE_SAMPLES];
    int64_t round_trip_us;
};

/* What the terminal is sent, in the encoding of the locale. */
void probe_question(struct buf *out, enum probe_charset charset);
/* Takes the answers out of what came in; what is left was typed by somebody. True when all have come. */
bool probe_answers(struct probe_found *found, struct buf *in, enum probe_charset charset);
/* Asks the terminal on these descriptors, at most timeout_ms long; what people type meanwhile goes to typed. */
void probe_ask(struct probe_found *found, int in_fd, int out_fd, enum probe_charset charset, int timeout_ms,
               struct typed *typed);

struct probe_setting {
    enum probe_charset charset;
    const char *term;      /* $TERM */
    const char *utf8, *gb; /* locales installed here for these encodings; NULL: none */
    bool tmux;             /* inside tmux, which answers for the terminal outside */
    bool has_lines;        /* terminfo knows line drawing */
    bool chinese;          /* the language of the environment */
};
struct probe_choice {
    enum tier tier;
    bool tiers[TIERS];     /* which of them the person may choose; utf8 and hd also where nothing is known */
    const char *ctype;     /* the locale to use for characters instead: ask again in its encoding; NULL: none */
    bool narrow_only;      /* Chinese cannot be shown */
    bool english;          /* speak English unless told otherwise */
    bool slow;             /* the line takes more than 150 ms there and back */
    const char *notice;    /* what the person should know, untranslated (N_); NULL: nothing */
};
struct probe_choice probe_choose(const struct probe_found *found, const struct probe_setting *s);
/* One word on a sample for people: "2 columns", "no answer". */
const char *probe_sample_title(enum probe_sample s); /* translated */

#endif
