/* reasons.h - what error codes mean in plain words, and what to tell the customer: a table people edit.
 *
 * The form is CSV with the header code,zh,en,tell_zh,tell_en (data/errors.csv). The program carries that
 * file's codes; a bank's own table stands in the store's note and comes first, code by code. */
#ifndef WM_REASONS_H
#define WM_REASONS_H

#include "base/err.h"
#include "base/str.h"

#define NOTE_ERRORS "errors" /* the text of a table; absent: the built-in one alone */

struct reason {
    struct str code, zh, en, tell_zh, tell_en; /* all but the code may be empty */
};

struct reasons;
/* Owned by the caller. Errors name `source` and the line: columns missing, a code empty or given twice.
 * `text` is copied.
 */
struct reasons *reasons_parse(struct str text, const char *source, struct err *err);
/* Read when first wanted, for the life of the program. */
const struct reasons *reasons_builtin(void);
void reasons_free(struct reasons *r); /* NULL is fine */
size_t reasons_count(const struct reasons *r);
const struct reason *reasons_find(const struct reasons *r, struct str code); /* NULL: none */
/* In the current language, else in the other; n 0: nothing is said. */
struct str reason_text(const struct reason *r);
struct str reason_tell(const struct reason *r);

#endif
