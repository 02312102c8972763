/* intern.h - strings to dense numbers, in memory: the n-th new string gets number first + n.
 *
 * One table serves dictionaries while loading, vocabularies and group-by keys. Not thread-safe. */
#ifndef WM_INTERN_H
#define WM_INTERN_H

#include <stdint.h>
#include "base/str.h"

#define INTERN_NONE UINT32_MAX

struct intern;

struct intern *intern_new(void);
void intern_free(struct intern *t);
/* The number of s, added (its bytes copied) when new. At most 2^32 - 2 strings. */
uint32_t intern_add(struct intern *t, struct str s);
/* The number of s or INTERN_NONE. */
uint32_t intern_find(const struct intern *t, struct str s);
/* The same two when the caller already has intern_hash(s). */
uint64_t intern_hash(struct str s);
uint32_t intern_add_hashed(struct intern *t, struct str s, uint64_t hash);
uint32_t intern_find_hashed(const struct intern *t, struct str s, uint64_t hash);
/* The string of a number < intern_count(t); its bytes stay put until intern_free. */
struct str intern_get(const struct intern *t, uint32_t number);
uint64_t intern_hash_of(const struct intern *t, uint32_t number);
uint32_t intern_count(const struct intern *t);

#endif
