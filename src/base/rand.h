/* rand.h - seeded numbers, the same on every machine (xoshiro256**, seeded by splitmix64; Blackman and Vigna
 * 2018). */
#ifndef WM_RAND_H
#define WM_RAND_H

#include <stdint.h>

struct rand {
    uint64_t s[4];
};
void rand_seed(struct rand *r, uint64_t seed);
uint64_t rand_u64(struct rand *r);
uint32_t rand_below(struct rand *r, uint32_t n); /* uniform in 0..n-1 without bias; n > 0 */
double rand_unit(struct rand *r);                /* [0, 1) */

#endif
