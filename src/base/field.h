/* field.h - lines of fields with tabs between them, for small files that people can read and mend: tabs, line ends and
 * backslashes in a field are written \t, \n and \\. */
#ifndef WM_FIELD_H
#define WM_FIELD_H

#include "base/buf.h"

void field_put(struct buf *out, const char *text); /* without a tab */
/* The next field of a line, the caller's; rest->p is NULL after the last. "" when there is none. */
char *field_take(struct str *rest);
/* The next field as a number; false: it is none, or there is none. */
bool field_take_number(struct str *rest, int64_t *n);

#endif
