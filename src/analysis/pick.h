/* pick.h - the tight loops of the scan: choosing rows and fetching their values. */
#ifndef WM_PICK_H
#define WM_PICK_H

#include "store/column.h"

/* Lets the compiler make a second version of a loop for processors with AVX2, chosen at program start.
 * Needs indirect functions, which sanitizers and C libraries other than glibc do not get along with. */
#if defined(__x86_64__) && defined(__ELF__) && defined(__GLIBC__) && defined(__GNUC__) &&                    \
    !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PICK_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define PICK_CLONES
#endif

/* Rows whose byte (whose code) is kept: their numbers go to pos, and off[i] = hits before row i, for i in
 * 0..n. pos needs room for n + 1, off for n + 1. Returns the number of hits. */
uint32_t pick_bytes(const uint8_t *raw, uint32_t n, const uint8_t keep[256], uint32_t *pos, uint32_t *off);
uint32_t pick_codes(const uint32_t *code, uint32_t n, const uint8_t *keep, uint32_t *pos, uint32_t *off);
uint32_t pick_flags(const uint8_t *flag, uint32_t n, uint32_t *pos, uint32_t *off);

/* out[i] = the column's value in row first + pos[i]. */
void pick_values(const struct column_view *v, uint32_t first, const uint32_t *pos, uint32_t n, int64_t *out);

#endif
