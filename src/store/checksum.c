/* checksum.c - XXH3-64 with the widest vectors that the processor has.
 *
 * xxhash.h chooses its vectors when it is compiled, for amd64 those of 2003. So it is compiled a second time
 * for AVX2 (checksum_avx2.c) and the choice made when the program runs; the result is the same. */
#include "config.h"
#define XXH_INLINE_ALL
#include <xxhash.h>
#include "store/checksum.h"
#include "store/checksum_avx2.h"

uint64_t checksum_seeded(const void *bytes, size_t n, uint64_t seed)
{
#ifdef CHECKSUM_AVX2
    if (__builtin_cpu_supports("avx2"))
        return checksum_avx2(bytes, n, seed);
#endif
    return XXH3_64bits_withSeed(bytes, n, seed);
}
