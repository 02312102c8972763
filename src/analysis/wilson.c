/* wilson.c - score intervals, and their combination for a weighted sum of independent shares. */
#include "config.h"
#include "analysis/wilson.h"

#include <math.h>

#define Z 1.959963984540054 /* 97.5 % of the normal distribution */

struct interval wilson_share(uint64_t n, uint64_t m)
{
    if (!m)
        return (struct interval){0, 1};
    double size = (double)m, p = (double)n / size, zz = Z * Z / size;
    double middle = p + zz / 2, half = Z * sqrt(p * (1 - p) / size + zz / (4 * size)), whole = 1 + zz;
    double low = (middle - half) / whole, high = (middle + half) / whole;
    return (struct interval){n == 0 || low < 0 ? 0 : low, n == m || high > 1 ? 1 : high};
}

/* Adds weight * share, and the squares of how far it may lie below and above. */
static void add(double weight, struct wilson_part part, double *sum, double *below, double *above)
{
    if (!part.users)
        return;
    double p = (double)part.hits / (double)part.users;
    struct interval i = wilson_share(part.hits, part.users);
    double down = weight * (weight > 0 ? p - i.low : i.high - p),
           up = weight * (weight > 0 ? i.high - p : p - i.low);
    *sum += weight * p;
    *below += down * down;
    *above += up * up;
}

double wilson_difference(struct wilson_part only_a, struct wilson_part only_b, struct wilson_part both,
                         struct interval *out)
{
    double a = (double)(only_a.users + both.users), b = (double)(only_b.users + both.users);
    double sum = 0, below = 0, above = 0;
    *out = (struct interval){0, 0};
    if (a == 0 || b == 0)
        return 0;
    add((double)only_a.users / a, only_a, &sum, &below, &above);
    add(-(double)only_b.users / b, only_b, &sum, &below, &above);
    add((double)both.users / a - (double)both.users / b, both, &sum, &below, &above);
    *out = (struct interval){sum - sqrt(below), sum + sqrt(above)};
    return sum;
}
