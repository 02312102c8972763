/* manual.h - the manual page, made from the command tables. */
#ifndef WM_MANUAL_H
#define WM_MANUAL_H

#include "base/buf.h"

/* waymark(1) as troff, in the language of nls_lang(); the same bytes for the same program. */
void manual_put(struct buf *out);

#endif
