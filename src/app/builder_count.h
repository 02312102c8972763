/* builder_count.h - the numbers of the segment builder, found on a thread: first those of the condition
 * itself, which a key was pressed for, then what stands around them. */
#ifndef WM_BUILDER_COUNT_H
#define WM_BUILDER_COUNT_H

#include "app/builder.h"
#include "base/progress.h"
#include "store/env.h"

/* What is kept from count to count: answered conditions, the sets of the entries, threads. */
struct counter;
struct counter *counter_new(struct env *env);
void counter_free(struct counter *c); /* NULL is fine */

/* One question and its answer. The entries are borrowed; the tree is copied. One count of a counter may run,
 * or find its details, at a time. */
struct count;
struct count *count_new(struct counter *c, const struct builder_entry *entry, size_t entries,
                        const struct condition *tree);
void count_free(struct count *c); /* NULL is fine */
/* On the thread: how many the condition takes, and each of its rows. */
bool count_run(struct count *c, struct progress *p, struct err *err);
const struct builder_counts *count_answer(const struct count *c);

/* ---- the tags, some customers, the spread. While they are found the answer may be looked at. */
/* Before they are: whose spread is wanted (NULL: nobody's). */
void count_look(struct count *c, const char *look);
const char *count_looked(const struct count *c);
/* On the thread, after count_run. */
bool count_detail(struct count *c, struct progress *p, struct err *err);
/* Afterwards: makes them part of the answer. */
void count_show_detail(struct count *c);
/* Until then the tags have the sizes that they have in another count of the same entries. */
void count_borrow(struct count *c, const struct count *from);

#endif
