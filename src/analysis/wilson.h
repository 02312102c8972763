/* wilson.h - intervals for shares and their differences that stay honest for small sets. */
#ifndef WM_WILSON_H
#define WM_WILSON_H

#include <stdint.h>

struct interval {
    double low, high;
};

/* 95 % score interval of n successes among m (Wilson); m = 0: [0, 1]. */
struct interval wilson_share(uint64_t n, uint64_t m);

/* Share among set a minus share among set b, and its 95 % interval. The sets may overlap: only_a, only_b and
 * both are sizes of disjoint parts, each with how many of them are successes. For disjoint sets this is
 * Newcombe's hybrid score interval (1998, method 10); what the sets have in common counts once, with the
 * weight it has in the difference. */
struct wilson_part {
    uint64_t hits, users;
};
double wilson_difference(struct wilson_part only_a, struct wilson_part only_b, struct wilson_part both,
                         struct interval *out);

#endif
