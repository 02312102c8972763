/* ranked.c - see ranked.h. */
#include "config.h"
#include "analysis/ranked.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return str_cmp(x->name, y->name);
}

void ranked_sort(struct ranked *at, size_t n)
{
    if (n)
        qsort(at, n, sizeof(*at), compare);
}
