/* user_ids.h - the other ids that belong to a customer (store/links.h). */
#ifndef WM_USER_IDS_H
#define WM_USER_IDS_H

#include "base/err.h"
#include "model/result.h"
#include "store/snapshot.h"

/* The customer that `user` is another name of, or `user` itself. False: damage. */
bool user_ids_customer(const struct snapshot *s, uint32_t user, uint32_t *customer, struct err *err);
/* The ids linked with the user's, his own left out, as a list of texts in `arena`; at most 100 of them. */
bool user_ids(const struct snapshot *s, uint32_t user, struct arena *arena, struct value *out, struct err *err);

#endif
