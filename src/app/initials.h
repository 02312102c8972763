/* initials.h - finding Chinese names by the first letters of their sounds: "zc" finds 资产. */
#ifndef WM_INITIALS_H
#define WM_INITIALS_H

#include "base/str.h"

/* Whether `letters` (a-z) are, one after the other, initials of characters of `name` that stand together.
 * Characters with two sounds have both; letters and digits in the name stand for themselves, whatever else
 * there is is passed over. Only the 3,755 commonest characters are known; others match nothing. */
bool initials_match(struct str name, struct str letters);

#endif
