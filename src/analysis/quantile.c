/* quantile.c - selection by counting: values are spread over buckets by their leading bits, then only the
 * bucket with the wanted rank is looked at again. No comparison of two values, so nothing to mispredict. */
#include "config.h"
#include "analysis/quantile.h"

#include <stdbool.h>

enum { BUCKET_BITS = 11, BUCKETS = 1 << BUCKET_BITS, FEW = 64 };

static int64_t pick_few(int64_t *v, size_t n, size_t k)
{
    for (size_t i = 1; i < n; i++) {
        int64_t x = v[i];
        size_t j = i;
        for (; j > 0 && v[j - 1] > x; j--)
            v[j] = v[j - 1];
        v[j] = x;
    }
    return v[k];
}

/* Brings the values that share the leading bits of the k-th to the front, and returns how many they are;
 * *above takes the least of those beyond. All values stay: the next question may be about the same array. */
static size_t narrow(int64_t *v, size_t n, size_t *k, int shift, int64_t min, int64_t *above)
{
    uint32_t count[BUCKETS] = {0};
    for (size_t i = 0; i < n; i++)
        count[((uint64_t)v[i] - (uint64_t)min) >> shift]++;
    uint64_t b = 0;
    for (; *k >= count[b]; b++)
        *k -= count[b];
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t x = v[i];
        uint64_t bucket = ((uint64_t)x - (uint64_t)min) >> shift;
        *above = bucket > b && x < *above ? x : *above;
        v[i] = v[kept];
        v[kept] = x;
        kept += bucket == b;
    }
    return kept;
}

int64_t quantile_pick(int64_t *v, size_t n, size_t k, int64_t *next)
{
    int64_t above = INT64_MAX, kth;
    bool last = k + 1 == n;
    for (;;) {
        int64_t min = v[0], max = v[0];
        for (size_t i = 1; i < n; i++) {
            min = v[i] < min ? v[i] : min;
            max = v[i] > max ? v[i] : max;
        }
        uint64_t width = (uint64_t)max - (uint64_t)min;
        if (n <= FEW || width == 0) {
            kth = width ? pick_few(v, n, k) : min;
            if (k + 1 < n)
                above = v[k + 1];
            break;
        }
        int bits = 64 - __builtin_clzll(width);
        n = narrow(v, n, &k, bits > BUCKET_BITS ? bits - BUCKET_BITS : 0, min, &above);
    }
    if (next)
        *next = last ? kth : above;
    return kth;
}

double quantile_median(int64_t *v, size_t n)
{
    if (n == 0)
        return 0;
    int64_t next, low = quantile_pick(v, n, (n - 1) / 2, &next);
    return n % 2 ? (double)low : ((double)low + (double)next) / 2;
}

double quantile_at(int64_t *v, size_t n, double q)
{
    if (n == 0)
        return 0;
    double place = q * (double)(n - 1);
    size_t k = (size_t)place;
    int64_t next, low = quantile_pick(v, n, k, &next);
    return (double)low + (place - (double)k) * ((double)next - (double)low);
}
