/* attr.h - attributes of users: layers of imports, the newest part that has the column wins for the users in
 * it. */
#ifndef WM_ATTR_H
#define WM_ATTR_H

#include "base/err.h"
#include "store/snapshot.h"

/* value[u] for every user of the dictionary (COLUMN_NULL: missing), `users` of them; freed by the caller with
 * free(). */
int64_t *attr_load(const struct snapshot *s, uint16_t column, uint32_t *users, struct err *err);
/* One user's value of one column. */
bool attr_get(const struct snapshot *s, uint16_t column, uint32_t user, int64_t *value, struct err *err);

#endif
