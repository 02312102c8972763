/* amount.h - sums of a property, the one rule for all that add up: charts, funnels, conditions.
 *
 * A value with up to six decimals, which money has, is added in millionths and so exactly, in any order of
 * threads. What is longer, or beyond 9e9, is added up as doubles are, with the error of each step kept
 * (Neumaier), so that only the last digit of the sum is rounded. */
#ifndef WM_AMOUNT_H
#define WM_AMOUNT_H

#include <float.h>
#include <math.h>
#include <stdint.h>

#include "store/column.h"

#define AMOUNT_MICRO 1e6
__extension__ typedef __int128 amount_micro;

struct amount {
    amount_micro micro;
    double rest, error; /* what is not in micro, and what its rounding lost */
    uint64_t n;         /* values that were not missing */
};

static inline void amount_add_double(struct amount *s, double v)
{
    double sum = s->rest + v;
    s->error += fabs(s->rest) >= fabs(v) ? s->rest - sum + v : v - sum + s->rest;
    s->rest = sum;
}

/* A value of a number column; a missing one adds nothing. */
static inline void amount_add(struct amount *s, int64_t value)
{
    if (value == COLUMN_NULL)
        return;
    double v = column_number(value), micro = v * AMOUNT_MICRO;
    int64_t whole = micro > -9e15 && micro < 9e15 ? (int64_t)(micro < 0 ? micro - 0.5 : micro + 0.5) : 0;
    if ((double)whole / AMOUNT_MICRO == v)
        s->micro += whole;
    else
        amount_add_double(s, v);
    s->n++;
}

static inline void amount_merge(struct amount *into, const struct amount *from)
{
    into->micro += from->micro;
    amount_add_double(into, from->rest);
    into->error += from->error;
    into->n += from->n;
}

/* Never infinite: what overflows is the largest number there is. The two parts may all but cancel out, so the
 * millionths are taken apart before they meet the rest. */
static inline double amount_value(const struct amount *s)
{
    struct amount all = *s;
    if (s->rest == 0 && s->error == 0)
        return (double)s->micro / AMOUNT_MICRO;
    amount_add_double(&all, (double)(s->micro / (int64_t)AMOUNT_MICRO));
    amount_add_double(&all, (double)(s->micro % (int64_t)AMOUNT_MICRO) / AMOUNT_MICRO);
    double sum = all.rest + all.error;
    return isfinite(sum) ? sum : all.rest > 0 ? DBL_MAX : -DBL_MAX;
}

#endif
