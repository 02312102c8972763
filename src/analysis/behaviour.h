/* behaviour.h - what customers did, answered for all users in one scan of the events. */
#ifndef WM_BEHAVIOUR_H
#define WM_BEHAVIOUR_H

#include "analysis/audience.h"

/* Fills leaf[].set; all of them are calls. One scan serves as many as have 64 different conditions on events
 * between them; *scans counts the scans made. On failure some may be filled. */
bool behaviour_find(const struct audience *a, struct audience_leaf *leaf, size_t n, uint64_t *scans,
                    struct err *err);

#endif
