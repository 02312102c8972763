/* screen.h - what a screen is: a record of functions and a little state, on a stack.
 *
 * A screen never computes: it starts jobs and draws what it has. It reads actions, not keys. */
#ifndef WM_SCREEN_H
#define WM_SCREEN_H

#include "app/action.h"
#include "app/workspace.h"
#include "model/query.h"
#include "render/canvas.h"

struct tui;
struct screen;

struct screen_progress {
    uint64_t done, total; /* in any unit; total 0: unknown */
    int64_t age_us;
};

struct screen_type {
    const char *name;
    bool overlay;     /* a page or form over another screen: no place of its own in the history */
    unsigned context; /* of its actions; a screen whose context changes sets screen.context */
    /* Title for the path in the first row. */
    void (*title)(const struct screen *s, struct buf *out);
    /* Second row: population, period, unit. */
    void (*subtitle)(const struct screen *s, struct buf *out);
    /* Draws into `at`; may set canvas->cursor. */
    void (*draw)(struct screen *s, struct canvas *c, struct rect at);
    /* Does an action; false when it is not for this screen. */
    bool (*act)(struct screen *s, enum action a);
    /* Whether an action of its context leads nowhere on it, such as comparing where nothing is compared: then the footer
     * does not offer it. NULL: none. */
    bool (*lacks)(const struct screen *s, enum action a);
    /* A wake-up: look after jobs. Returns true when something changed on screen. */
    bool (*tick)(struct screen *s);
    /* A job is running. */
    bool (*busy)(const struct screen *s);
    /* New data or a refresh: ask again. */
    void (*refresh)(struct screen *s);
    /* Settings have changed that say what may be seen (mask): show what there is anew. */
    void (*look)(struct screen *s);
    /* All screens now look at this segment (NULL: at everyone). */
    void (*carry)(struct screen *s, const char *condition);
    /* Something is running that Ctrl-C should cancel; true when it did. */
    bool (*cancel)(struct screen *s);
    /* How far what runs is; false: unknown. NULL: never known. */
    bool (*progress)(const struct screen *s, struct screen_progress *out);
    /* The question it answers; NULL: none. It can be bookmarked, kept for the next start and asked again. */
    const struct query *(*question)(const struct screen *s);
    /* How many customers the answer is about; -1: unknown. */
    int64_t (*customers)(const struct screen *s);
    /* What the cursor is on, as text to be copied; false: the row it stands in will do. */
    bool (*item)(const struct screen *s, struct buf *out);
    /* The customer behind (1) or before (-1) another one in the list on this screen, whose cursor moves there; his place from 1
     * and how many there are (direction 0: of the other one himself). False: no list, or its end. NULL: no list. */
    bool (*neighbour)(struct screen *s, struct str user, int direction, struct str *out, size_t *place, size_t *of);
    /* When that happened for which the customer under the cursor of its list is in it; his sequence is opened there. False, or
     * NULL: there is no such time. */
    bool (*moment)(const struct screen *s, int64_t *us);
    /* In how many ms it wants to be woken, -1: when something happens. NULL: that. */
    int (*pace)(const struct screen *s);
    /* Shows this day or time; false: there is no time here, or err says why it makes no sense. */
    bool (*go_to)(struct screen *s, const char *when, struct err *err);
    void (*close)(struct screen *s); /* frees what the screen owns, not the struct */
};

enum { STALE_DATA = 1, STALE_SEGMENT = 2 };

struct screen {
    const struct screen_type *type;
    struct tui *tui;
    unsigned context;
    /* The frame's (places.c): */
    struct screen *below; /* on the stack */
    unsigned refs;
    int root;       /* the digit that leads to its first screen */
    unsigned stale; /* STALE_ bits: what happened while it was out of sight */
};

#endif
