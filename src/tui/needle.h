/* needle.h - what somebody searches for on a page: kept between searches, compared without regard to case. */
#ifndef WM_NEEDLE_H
#define WM_NEEDLE_H

#include "base/str.h"

/* Keeps the text in place of the one before; nothing when it is empty. */
void needle_set(char **needle, const char *text);
/* Whether the text has it; a NULL needle is nowhere. */
bool needle_is_in(const char *needle, struct str text);

#endif
