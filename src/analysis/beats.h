/* beats.h - heart-beats: events an app sends by itself, so often and so evenly that they drown all others. */
#ifndef WM_BEATS_H
#define WM_BEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether one event makes up more than half of a sequence of at least 20, and at least four fifths of the
 * pauses from one such event to the next that are no longer than `gap` lie within a quarter of their median.
 * *code_out is that event. */
bool beats_find(const int64_t *time, const uint32_t *code, size_t n, int64_t gap, uint32_t *code_out);

#endif
