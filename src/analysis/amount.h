/* amount.h - sums of a property.
 *
 * Sums are kept in millionths: exact for amounts with up to six decimals, and the same in any order of
 * threads. What is larger than 9e12, where a double has no millionths left, is added up as doubles are. */
#ifndef WM_AMOUNT_H
#define WM_AMOUNT_H

#include <stdint.h>

#include "store/column.h"

#define AMOUNT_MICRO 1e6
__extension__ typedef __int128 amount_micro;

struct amount {
    amount_micro micro;
    double large;
    uint64_t n; /* values that were not missing */
};

/* A value of a number column; a missing one adds nothing. */
static inline void amount_add(struct amount *s, int64_t value)
{
    if (value == COLUMN_NULL)
        return;
    double micro = column_number(value) * AMOUNT_MICRO;
    if (micro > -9e18 && micro < 9e18)
        s->micro += (int64_t)(micro < 0 ? micro - 0.5 : micro + 0.5);
    else
        s->large += column_number(value);
    s->n++;
}

static inline void amount_merge(struct amount *into, const struct amount *from)
{
    into->micro += from->micro;
    into->large += from->large;
    into->n += from->n;
}

static inline double amount_value(const struct amount *s)
{
    return (double)s->micro / AMOUNT_MICRO + s->large;
}

#endif
