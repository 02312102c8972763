/* quantile.h - exact order statistics in linear time. */
#ifndef WM_QUANTILE_H
#define WM_QUANTILE_H

#include <stddef.h>
#include <stdint.h>

/* The k-th smallest (from 0) of n > k values; *next, when not NULL, the one after it (the same when k is the
 * last). The order of v changes. */
int64_t quantile_pick(int64_t *v, size_t n, size_t k, int64_t *next);
/* The middle value, or the mean of the middle two (type 7); 0 of none. The order of v changes. */
double quantile_median(int64_t *v, size_t n);
/* The value below which the share q lies, between two values by straight line (type 7); 0 of none. The order
 * of v changes. */
double quantile_at(int64_t *v, size_t n, double q);

#endif
