/* who.h - who("COMMAND LINE"): the customers behind a number of an analysis, as a set. */
#ifndef WM_WHO_H
#define WM_WHO_H

#include "analysis/audience.h"

/* Fills leaf[].set; all of them are questions, each asked by a run of its own over the audience's snapshot,
 * with the audience's zone unless it names one. On failure some may be filled. */
bool who_find(const struct audience *a, struct audience_leaf *leaf, size_t n, struct err *err);

#endif
