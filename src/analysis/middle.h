/* middle.h - exact medians of many groups of values that a scan meets again and again, in bounded memory.
 *
 * How many values each group has is known from an earlier scan. Small groups are collected; a large one is narrowed down first:
 * a scan counts its values in 4,096 ranges, the next one looks at the range with the middle value alone. What has no room waits
 * for a later scan. So memory never depends on the number of events, and a store of whole seconds needs one scan. */
#ifndef WM_MIDDLE_H
#define WM_MIDDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "store/snapshot.h"

struct middle;

/* count[g] values in group g, all of them in [0, high] and multiples of `unit`. */
struct middle *middle_new(const uint64_t *count, size_t groups, int64_t high, int64_t unit);
void middle_free(struct middle *m); /* NULL is fine */
/* Makes ready for a scan; false when nothing is left to find. Every scan must add all values again. */
bool middle_begin(struct middle *m);
/* From any thread. */
void middle_add(struct middle *m, size_t group, int64_t value);
/* After a scan. */
void middle_end(struct middle *m, struct pool *pool);
/* The median, the mean of the middle two; 0 of none. Once middle_begin said that nothing is left. */
double middle_of(const struct middle *m, size_t group);

/* For tests: memory for so many values, and how small a group is to be collected at once. */
void middle_limits(struct middle *m, size_t values, size_t small);

/* All times of the store in [from, to] are equal modulo this many µs: exports know whole seconds or milliseconds, and their
 * columns say so. */
int64_t middle_unit(const struct snapshot *s, int64_t from, int64_t to);

#endif
