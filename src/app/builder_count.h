/* builder_count.h - all the numbers of the segment builder, found together on one thread. */
#ifndef WM_BUILDER_COUNT_H
#define WM_BUILDER_COUNT_H

#include "app/builder.h"
#include "base/progress.h"
#include "store/env.h"

/* What is kept from count to count: answered conditions, the sets of the entries, threads. */
struct counter;
struct counter *counter_new(struct env *env);
void counter_free(struct counter *c); /* NULL is fine */

/* One question and its answer. The entries are borrowed until it has run; the tree and `look` (may be NULL)
 * are copied. One count of a counter may run at a time. */
struct count;
struct count *count_new(struct counter *c, const struct builder_entry *entry, size_t entries,
                        const struct condition *tree, const char *look);
void count_free(struct count *c); /* NULL is fine */
bool count_run(struct count *c, struct progress *p, struct err *err);
const struct builder_counts *count_answer(const struct count *c);
const char *count_look(const struct count *c);

#endif
