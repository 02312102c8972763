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

struct screen_type {
    const char *name;
    unsigned context; /* of its actions; a screen whose context changes sets screen.context */
    /* Title for the path in the first row. */
    void (*title)(const struct screen *s, struct buf *out);
    /* Second row: population, period, unit. */
    void (*subtitle)(const struct screen *s, struct buf *out);
    /* Draws into `at`; may set canvas->cursor. */
    void (*draw)(struct screen *s, struct canvas *c, struct rect at);
    /* Does an action; false when it is not for this screen. */
    bool (*act)(struct screen *s, enum action a);
    /* A wake-up: look after jobs. Returns true when something changed on screen. */
    bool (*tick)(struct screen *s);
    /* A job is running. */
    bool (*busy)(const struct screen *s);
    /* New data or a refresh: ask again. */
    void (*refresh)(struct screen *s);
    /* All screens now look at this segment (NULL: at everyone). */
    void (*carry)(struct screen *s, const char *condition);
    /* Something is running that Ctrl-C should cancel; true when it did. */
    bool (*cancel)(struct screen *s);
    void (*close)(struct screen *s); /* frees what the screen owns, not the struct */
};

struct screen {
    const struct screen_type *type;
    struct tui *tui;
    unsigned context;
    struct screen *below; /* on the stack */
};

#endif
