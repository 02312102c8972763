/* user_tags.h - the tags that one customer has. */
#ifndef WM_USER_TAGS_H
#define WM_USER_TAGS_H

#include "analysis/ask.h"
#include "model/result.h"

/* A list of the ids of the catalogue's tags that hold for the user, in the catalogue's order; in `arena`.
 * Only tags about attributes are looked at: those about behaviour would take a scan of all events. False on
 * damage. */
bool user_tags(struct ask *a, uint32_t user, struct arena *arena, struct value *out, struct err *err);
/* The same for saved segments: their names, in order of saving. */
bool user_segments(struct ask *a, uint32_t user, struct arena *arena, struct value *out, struct err *err);

#endif
