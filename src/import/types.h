/* types.h - values as text to typed values, and the type a column's values share. */
#ifndef WM_TYPES_H
#define WM_TYPES_H

#include "base/date.h"
#include "import/rejects.h"
#include "store/column.h"

/* true/false, yes/no, 是/否 in any case; 0/1 too when `digits`. */
bool types_bool(struct str s, bool digits, int64_t *out);
/* Why it is no number that can be kept as it is, or REJECT_NONE. exact: leading zeros and plus signs would be
 * lost too. */
enum reject types_number(struct str s, bool exact, int64_t *out);

/* The type all n values (none missing) can be kept in without loss; COLUMN_CODE when in doubt. *format for
 * times. */
enum column_type types_guess(struct str name, const struct str *value, size_t n, enum time_format *format);
/* The format most of n values are times in, TIME_AUTO when less than half of them are times. */
enum time_format types_time(const struct str *value, size_t n);
bool types_named(struct str name, enum column_type *out); /* "text", "number", "boolean", "time" */
const char *types_name(enum column_type t);

#endif
