/* flow_name.h - from a node of a Sankey back to the events it stands for. */
#ifndef WM_FLOW_NAME_H
#define WM_FLOW_NAME_H

#include "base/buf.h"
#include "model/query.h"

/* The name in a `who`: of "2 home" and of "2 home > pay" home, or pay when `last`. Empty: none. */
struct str flow_name_of(const char *who, bool last);
/* The event condition for a node called so in the answer to q: one event, or the page set that q makes a node. False when it is
 * no name: (other), (end), (...). */
bool flow_name_condition(const struct query *q, struct str name, struct buf *out);
/* The event's own name; false for page sets, too. */
bool flow_name_event(const struct query *q, struct str name, struct buf *out);

#endif
