/* action.h - what a key can do: one list (action.def) makes the footer, the help screen, the key map and its test. */
#ifndef WM_ACTION_H
#define WM_ACTION_H

#include <stdint.h>

#include "base/str.h"

#define ACTION(id, name, keys, fkey, context, priority, label, help) ACTION_##id,
enum action {
    ACTION_NONE,
#include "app/action.def"
    ACTIONS
};
#undef ACTION

enum context { /* where an action applies; screens name theirs */
    CONTEXT_ALL = 0,
    CONTEXT_HOME = 1,
    CONTEXT_CHART = 2,
    CONTEXT_FUNNEL = 4,
    CONTEXT_FLOW = 8,
    CONTEXT_LIST = 16,
    CONTEXT_SEQUENCE = 32,
    CONTEXT_TEXT = 64,
    CONTEXT_BUILDER = 128,
    CONTEXT_DATA = 256,
    CONTEXT_FORM = 512,
    CONTEXT_LOAD = 1024,
    CONTEXT_FIND = 2048,
    CONTEXT_FUNNEL_LIST = 4096, /* beside CONTEXT_LIST: the customers behind a number of a funnel */
    CONTEXT_PROFILE = 8192, /* beside CONTEXT_CHART */
    CONTEXT_LOAD_ASKS = 16384, /* beside CONTEXT_LOAD: nothing of the file is loaded yet */
    CONTEXT_PICTURE = CONTEXT_CHART | CONTEXT_FUNNEL | CONTEXT_FLOW | CONTEXT_SEQUENCE,
    CONTEXT_RESULT = CONTEXT_PICTURE | CONTEXT_LIST,
};

struct action_info {
    const char *name;  /* "drill-in": for the user's key file */
    const char *keys;  /* blank-separated: "Enter l Right"; "": found in the palette alone */
    const char *fkey;  /* "F1" or NULL */
    unsigned context;  /* any of these; 0 = everywhere */
    int priority;      /* footer order, 0 = not in the footer */
    const char *label; /* N_(): footer, one or two words */
    const char *help;  /* N_(): help screen */
};
const struct action_info *action_get(enum action a);
enum action action_named(struct str name); /* ACTION_NONE: there is no such action */
/* The context that key files call "home", "funnel", ...; "all" is CONTEXT_ALL. False: none is called so. */
bool action_context(struct str name, unsigned *context);
const char *action_context_name(unsigned context); /* of one context, or "all" */

#endif
