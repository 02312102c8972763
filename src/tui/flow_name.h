/* flow_name.h - from a node of a Sankey back to the events it stands for. */
#ifndef WM_FLOW_NAME_H
#define WM_FLOW_NAME_H

#include "base/buf.h"
#include "model/query.h"

/* The event condition for the node of a `who`, "2 home", or for one end of "2 home > pay", in the answer to q: one event, or the
 * page set that q makes a node. False when it is no name: (other), (end), (...). */
bool flow_name_condition(const struct query *q, const char *who, bool last, struct buf *out);
/* The event's own name; false for page sets, too. */
bool flow_name_event(const struct query *q, const char *who, bool last, struct buf *out);
bool flow_name_is_other(const char *who);

#endif
