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
