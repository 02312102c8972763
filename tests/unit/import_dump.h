/* import_dump.h - a store as text, to compare with what was to be loaded; reads by the plainest means there
 * are. */
#ifndef WM_TEST_IMPORT_DUMP_H
#define WM_TEST_IMPORT_DUMP_H

#include "base/buf.h"
#include "store/env.h"

/* Events, then users with attributes; one line each: user, time, event, name=value of what is not missing, in
 * order of names. sorted: lines in byte order, so that stores with other user numbers or orders of arrival
 * compare equal. */
void dump_store(struct env *env, bool sorted, struct buf *out);

#endif
