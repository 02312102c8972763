/* codemap.h - strings to dictionary codes while a batch runs: those it added and those it found in the store.
 *
 * Beside base/intern.h because codes are not dense here, and because look-ups come by the million: two cache
 * misses each, and a form for many at once that overlaps them. Not thread-safe. */
#ifndef WM_CODEMAP_H
#define WM_CODEMAP_H

#include <stdint.h>
#include "base/str.h"

#define CODEMAP_NONE UINT32_MAX

struct codemap;
struct codemap *codemap_new(void);
void codemap_free(struct codemap *m);
/* Code of a string or CODEMAP_NONE; hash is dict_hash(text). */
uint32_t codemap_find(const struct codemap *m, struct str text, uint64_t hash);
/* The same for n strings. */
void codemap_find_many(const struct codemap *m, size_t n, const struct str *text, const uint64_t *hash,
                       uint32_t *code);
/* Adds a string that codemap_find does not find, its bytes copied. Returns its place for codemap_text. */
uint32_t codemap_add(struct codemap *m, struct str text, uint64_t hash, uint32_t code);
struct str codemap_text(const struct codemap *m, uint32_t place);

#endif
