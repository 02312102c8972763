/* action.c - the action table, expanded from action.def. */
#include "config.h"

#include <stddef.h>

#include "app/action.h"
#include "base/nls.h"

#define ACTION(id, name, keys, fkey, context, priority, label, help)                                         \
    [ACTION_##id] = {name, keys, fkey, context, priority, label, help},
static const struct action_info actions[ACTIONS] = {
    [ACTION_NONE] = {"none", "", NULL, 0, 0, "", ""},
#include "app/action.def"
};
#undef ACTION

const struct action_info *action_get(enum action a)
{
    return &actions[a < ACTIONS ? a : ACTION_NONE];
}

enum action action_named(struct str name)
{
    for (int a = ACTION_NONE + 1; a < ACTIONS; a++)
        if (str_eq(name, str_of(actions[a].name)))
            return (enum action)a;
    return ACTION_NONE;
}

static const struct {
    const char *name;
    unsigned context;
} contexts[] = {
    {"all", CONTEXT_ALL},
    {"home", CONTEXT_HOME},
    {"chart", CONTEXT_CHART},
    {"funnel", CONTEXT_FUNNEL},
    {"flow", CONTEXT_FLOW},
    {"list", CONTEXT_LIST},
    {"funnel-list", CONTEXT_FUNNEL_LIST},
    {"profile", CONTEXT_PROFILE},
    {"sequence", CONTEXT_SEQUENCE},
    {"text", CONTEXT_TEXT},
    {"builder", CONTEXT_BUILDER},
    {"data", CONTEXT_DATA},
    {"load", CONTEXT_LOAD},
    {"load-asks", CONTEXT_LOAD_ASKS},
    {"form", CONTEXT_FORM},
    {"result", CONTEXT_RESULT},
};

bool action_context(struct str name, unsigned *context)
{
    for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++)
        if (str_eq(name, str_of(contexts[i].name))) {
            *context = contexts[i].context;
            return true;
        }
    return false;
}

const char *action_context_name(unsigned context)
{
    for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++)
        if (contexts[i].context == context)
            return contexts[i].name;
    return contexts[0].name;
}
