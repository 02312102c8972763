/* spread.h - how the values of an attribute, or of what customers did, are spread over them, and which of
 * them a condition takes. */
#ifndef WM_SPREAD_H
#define WM_SPREAD_H

#include "base/arena.h"
#include "base/zone.h"
#include "model/userset.h"
#include "store/snapshot.h"

enum { SPREAD_BARS = 9 };

struct spread_bar {
    const char *label;
    uint64_t users;
    uint64_t taken; /* of them, by the condition */
};
/* What the values are: one for each of `users`. */
struct spread_of {
    const char *name;
    enum column_type type;
    uint16_t column; /* CODE: whose dictionary */
    uint32_t users;
};
struct spread {
    const char *name;
    struct spread_bar bar[SPREAD_BARS];
    size_t bars;
    uint64_t missing; /* customers without a value */
};

/* Numbers (bits of doubles) and times in steps of 1, 2, 5, 10, … between the rare extremes, which are in the
 * outer bars; texts by frequency, the rest together in the last bar. Labels are the arena's. False: damage.
 */
bool spread_build(struct spread *out, const struct snapshot *s, const struct zone *z,
                  const struct spread_of *of, int64_t *value, const struct userset *taken,
                  struct arena *a, struct err *err);

#endif
