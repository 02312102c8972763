/* customers.h - who counts as a customer: every known id, except those that are another id of somebody
 * (store/links.h). */
#ifndef WM_CUSTOMERS_H
#define WM_CUSTOMERS_H

#include "model/userset.h"
#include "store/links.h"

/* How many there are. False: damage. */
bool customers_count(const struct snapshot *s, uint32_t *n, struct err *err);
/* All of them, for the caller to free; NULL: damage. */
struct userset *customers_all(const struct snapshot *s, struct err *err);

#endif
