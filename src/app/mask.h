/* mask.h - customers' ids and what is personal of them, made unreadable: for whoever looks over a shoulder,
 * and in all that is written out.
 *
 * On when the setting `mask` is. Ids, the attributes and properties whose names are known to be personal
 * (names, telephone numbers, documents, cards, ...), those the setting `mask-names` adds, and numbers of
 * telephones, documents and cards inside any other text. What is masked cannot be told from another value of
 * its kind by its length. */
#ifndef WM_MASK_H
#define WM_MASK_H

#include "app/settings.h"
#include "model/query.h"
#include "model/result.h"

enum mask_depth {
    MASK_SEEN, /* people see the mask; the value itself stays, so that what stands behind it can be opened */
    MASK_WHOLE /* nothing but the mask is left, for files and pipes */
};

bool mask_is_on(const struct settings *s);
/* A customer's id as it is shown: masked or as it is. Appended. */
void mask_put_id(struct buf *out, const struct settings *s, struct str id);
/* r with its personal values masked, in *out; everything else is r's own, which must live as long. Without
 * the setting a plain copy. */
void mask_result(const struct settings *s, const struct result *r, enum mask_depth depth, struct arena *a,
                 struct result *out);
/* False, with err, when the answer would be grouped by something that is hidden: counts by value tell the
 * values. */
bool mask_allows(const struct settings *s, const struct query *q, struct err *err);

#endif
