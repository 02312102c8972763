/* behaviour.h - what customers did, answered for all users in one scan of the events. */
#ifndef WM_BEHAVIOUR_H
#define WM_BEHAVIOUR_H

#include "analysis/audience.h"

/* Fills leaf[].set; all of them are calls. One scan serves as many as have 64 different conditions on events
 * between them; *scans counts the scans made. On failure some may be filled. */
bool behaviour_find(const struct audience *a, struct audience_leaf *leaf, size_t n, uint64_t *scans,
                    struct err *err);
/* The same for one customer, whose blocks alone are read: holds[i] for the call e[i]. */
bool behaviour_of(const struct audience *a, uint32_t customer, const struct expr *const *e, size_t n,
                  bool *holds, struct err *err);
/* What e, a comparison of a call, compares: for every user a number (bits of a double) or a time, COLUMN_NULL
 * where it is missing; for free(). NULL: damage, a pattern that gives up, or cancelled. */
int64_t *behaviour_values(const struct audience *a, const struct expr *e, struct err *err);

#endif
