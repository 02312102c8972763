/* node_name.h - what the nodes of paths and steps are called, so that every text in an answer, and in --users and --through,
 * means one node.
 *
 * Four nodes are no events: (start), (end), (other) and (...). Page sets in use are nodes, too: [wealth pages]. An event that is
 * really called so, behind backslashes or not, gets one more backslash before its name.
 *
 * A link is written "from > to". In names there, and where a name stands alone, a word that is nothing but ">", behind
 * backslashes or not, gets one more: `a \> b > c` leads from the event `a > b` to c. */
#ifndef WM_NODE_NAME_H
#define WM_NODE_NAME_H

#include "base/arena.h"
#include "base/buf.h"

bool node_name_is_special(struct str name);
/* Whether the text, backslashes before it aside, is special or one of the n sets. */
bool node_name_looks_special(struct str name, const struct str *set, size_t n);
/* The name of an event's node, in the arena when it differs. */
struct str node_name_of(struct str event, const struct str *set, size_t n, struct arena *a);
/* The event of a name that is neither special nor a set. */
struct str node_name_event(struct str name, const struct str *set, size_t n);

/* Adds a name, or a link, as --users takes it. */
void node_name_put(struct buf *b, struct str name);
void node_name_put_link(struct buf *b, struct str from, struct str to);
/* Reads such a text: a link's two names, or a node's in *from; false: it is no link. In the arena. */
bool node_name_read(struct str text, struct str *from, struct str *to, struct arena *a);

#endif
