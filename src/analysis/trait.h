/* trait.h - comparisons of attributes, answered for all users at once. */
#ifndef WM_TRAIT_H
#define WM_TRAIT_H

#include "analysis/audience.h"

/* Fills leaf[].set; all of them compare an attribute. Each attribute's column is read once, whatever the
 * number of leaves. On failure some may be filled. */
bool trait_find(const struct audience *a, struct audience_leaf *leaf, size_t n, struct err *err);

#endif
