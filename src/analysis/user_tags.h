/* user_tags.h - the tags and segments that one customer is in. */
#ifndef WM_USER_TAGS_H
#define WM_USER_TAGS_H

#include "analysis/ask.h"
#include "model/result.h"

/* Puts into the summary `tags`, the ids of those of the catalogue that hold for the customer, in its order;
 * `segments`, the names of those saved, in order of saving; and `not_judged`, when there are such, the names
 * of both whose condition asks about all customers, who("…"), and which his own events do not decide. Reads
 * his attributes and his events, no one else's. False on damage. */
bool user_tags_put(struct ask *a, uint32_t user, struct result *r, struct err *err);

#endif
