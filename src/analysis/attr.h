/* attr.h - attributes of customers: of each the newest import that has the column and a row of his counts.
 *
 * A customer's row may stand under any of his ids (store/links.h). Where one import has several, the one with
 * a value counts, the customer's own before others, and of those the lowest number: the first to appear. */
#ifndef WM_ATTR_H
#define WM_ATTR_H

#include "base/err.h"
#include "store/links.h"

/* value[u] for every known id (COLUMN_NULL: missing), `users` of them: other ids have their customer's. Freed
 * by the caller with free(). */
int64_t *attr_load(const struct snapshot *s, uint16_t column, uint32_t *users, struct err *err);
/* One customer's value of one column, by any of his ids. */
bool attr_read(const struct snapshot *s, uint16_t column, uint32_t user, int64_t *value, struct err *err);
/* The same with its last change: the import that brought the present value (0: no import has said anything),
 * and what was there before: the import that had said so (0: nothing had) and its value. An import that says
 * once more what is known changes nothing. */
struct attr_change {
    int64_t value, before;
    uint32_t import, before_import;
};
bool attr_change(const struct snapshot *s, uint16_t column, uint32_t user, struct attr_change *out,
                 struct err *err);
/* The values of customers with other ids, by group; for free(). */
int64_t *attr_joined(const struct snapshot *s, const struct links *l, uint16_t column, struct err *err);

#endif
