/* suggest.h - the names somebody may have meant, for messages. */
#ifndef WM_SUGGEST_H
#define WM_SUGGEST_H

#include "expr/expr.h"

/* Names of the kind that expr_vocabulary.names knows by this letter, those most like `wrong` first and of
 * many only the first; "none" when there are none. numbers: only properties ('p') and attributes ('a') that
 * hold numbers. */
const char *suggest_names(struct arena *a, const struct expr_vocabulary *v, char kind, struct str wrong,
                          bool numbers);

#endif
