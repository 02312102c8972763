/* layers.h - one column of the attributes: what every import said of every user.
 *
 * Imports of attributes lie over each other like sheets: of a user and a column the newest row counts whose
 * import had that column, also when its cell is empty. Parts may hold one import or, merged, several; here
 * that makes no difference. */
#ifndef WM_LAYERS_H
#define WM_LAYERS_H

#include "store/snapshot.h"

/* Rows of one part in the order (user, import). COLUMN_NULL: the import had the column, the cell was empty.
 */
struct layer_rows {
    uint32_t n;
    const uint32_t *user, *import;
    const int64_t *value;
};
typedef void layers_fn(void *arg, const struct layer_rows *rows);

/* Hands on all rows of users in [from, to) whose import had the column. Of one user the older come first.
 * False: damage. Thread-safe. */
bool layers_read(const struct snapshot *s, uint16_t column, uint32_t from, uint32_t to, layers_fn *each,
                 void *arg, struct err *err);

#endif
