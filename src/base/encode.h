/* encode.h - UTF-8 text in the codeset of the locale. */
#ifndef WM_ENCODE_H
#define WM_ENCODE_H

#include "base/buf.h"

bool encode_is_utf8(void); /* whether the locale's codeset is UTF-8 */
/* Appends text as the locale writes it; '?' for each column of what it cannot. */
void encode_locale(struct buf *out, struct str text);

#endif
