/* dict.h - dictionaries from inside store/: what dict.c, dict_write.c and verify share. */
#ifndef WM_DICT_H
#define WM_DICT_H

#include "store/snapshot_open.h"

/* XXH3-64, the same as intern_hash of base/. On disk: buckets and tails of hash runs come from it. */
uint64_t dict_hash(struct str text);
uint32_t hash_bucket(uint64_t hash, uint32_t bits); /* the top `bits` */
uint32_t hash_tail(uint64_t hash, uint32_t bits);   /* the 32 bits below them */
/* dict_find with the hash known. */
bool dict_find_hashed(const struct snapshot *s, uint16_t column, struct str text, uint64_t hash,
                      uint32_t *code, struct err *err);
bool hashes_sound(struct str payload); /* lengths fit */

#endif
