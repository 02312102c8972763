/* beats.c - finds heart-beats in one customer's events. */
#include "config.h"
#include "analysis/beats.h"

#include <stdlib.h>

#include "analysis/quantile.h"
#include "base/arena.h"

enum { FEWEST = 20 };

/* The only code that can have a majority (Boyer and Moore): every other cancels out. */
static uint32_t candidate(const uint32_t *code, size_t n)
{
    uint32_t held = 0;
    size_t votes = 0;
    for (size_t i = 0; i < n; i++) {
        if (votes == 0)
            held = code[i];
        votes = code[i] == held ? votes + 1 : votes - 1;
    }
    return held;
}

static bool is_even(int64_t *pause, size_t n)
{
    size_t near = 0;
    int64_t median = quantile_pick(pause, n, n / 2, NULL);
    for (size_t i = 0; i < n; i++)
        near += llabs(pause[i] - median) <= median / 4;
    return median > 0 && near * 5 >= n * 4;
}

bool beats_find(const int64_t *time, const uint32_t *code, size_t n, int64_t gap, uint32_t *code_out)
{
    if (n < FEWEST)
        return false;
    *code_out = candidate(code, n);
    int64_t *pause = mem_alloc(n * sizeof(*pause)), last = 0;
    size_t beats = 0, pauses = 0;
    for (size_t i = 0; i < n; i++) {
        if (code[i] != *code_out)
            continue;
        if (beats++ && time[i] - last <= gap)
            pause[pauses++] = time[i] - last;
        last = time[i];
    }
    bool found = beats > n / 2 && pauses >= FEWEST / 2 && is_even(pause, pauses);
    free(pause);
    return found;
}
