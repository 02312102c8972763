/* rand.c - xoshiro256** by D. Blackman and S. Vigna, seeded by splitmix64, as their papers describe them. */
#include "config.h"

#include "base/rand.h"

static uint64_t splitmix(uint64_t *state)
{
    *state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint64_t rotate(uint64_t x, unsigned by)
{
    return (x << by) | (x >> (64 - by));
}

void rand_seed(struct rand *r, uint64_t seed)
{
    for (int i = 0; i < 4; i++)
        r->s[i] = splitmix(&seed);
}

uint64_t rand_u64(struct rand *r)
{
    uint64_t *s = r->s;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 45);
    return result;
}

/* The high half of a 32 x 32 product (Lemire 2019); the few low halves that would favour a number are
 * redrawn. */
uint32_t rand_below(struct rand *r, uint32_t n)
{
    uint64_t product = (rand_u64(r) >> 32) * n;
    if ((uint32_t)product < n) {
        uint32_t unfair = (UINT32_MAX - n + 1) % n; /* 2^32 mod n */
        while ((uint32_t)product < unfair)
            product = (rand_u64(r) >> 32) * n;
    }
    return (uint32_t)(product >> 32);
}

double rand_unit(struct rand *r)
{
    return (double)(rand_u64(r) >> 11) * 0x1p-53;
}
