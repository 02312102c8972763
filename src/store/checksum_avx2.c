/* checksum_avx2.c - checksum.c's function for processors with AVX2. Nothing else may be defined here: it
 * would be compiled for them too. */
#include "config.h"
#include "store/checksum_avx2.h"

#ifdef CHECKSUM_AVX2
#pragma GCC target("avx2")
#define XXH_INLINE_ALL
/* Blocks are read for the first time here. Processors' own prefetching ends with each page; three quarters of a
 * page ahead has the next one under way in time (a quarter less time than the library's 384 bytes). */
#define XXH_PREFETCH_DIST 3072
#include <xxhash.h>

uint64_t checksum_avx2(const void *bytes, size_t n, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, n, seed);
}
#endif
