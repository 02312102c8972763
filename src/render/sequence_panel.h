/* sequence_panel.h - everything known of one event, and of the customer, in a pane beside a sequence. */
#ifndef WM_SEQUENCE_PANEL_H
#define WM_SEQUENCE_PANEL_H

#include "model/result.h"
#include "render/canvas.h"

/* Lines "title  value": when, the event, the reason of a failure and what to tell the customer, every
 * property. What has no room is left out and a '~' says so. */
void sequence_panel_event(const struct result *r, size_t row, struct canvas *c, struct rect at);
/* The customer's id and other ids, tags, segments, attributes. */
void sequence_panel_person(const struct result *r, struct canvas *c, struct rect at);
/* The i-th attribute that an import has set: since when, and what it was before; nothing in *out when it was
 * nothing. False: there are no more. */
bool sequence_panel_change(const struct result *r, size_t i, struct str *name, struct buf *out);

#endif
