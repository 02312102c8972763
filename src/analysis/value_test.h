/* value_test.h - one comparison of the condition language made ready for columns of values.
 *
 * Texts and regular expressions are tried once per dictionary entry; what is left is a look-up or a
 * comparison of numbers. */
#ifndef WM_VALUE_TEST_H
#define WM_VALUE_TEST_H

#include "base/arena.h"
#include "base/progress.h"
#include "expr/expr.h"
#include "store/snapshot.h"

enum value_test_kind { TEST_TABLE, TEST_INTS, TEST_DOUBLES, TEST_PRESENT };

struct value_range {
    int64_t lo, hi;
    double low, high;
};

/* A missing value fails all but TEST_PRESENT, `negate` (!=, !~) or not; `flip` is a `not` around the
 * comparison and turns even that round. */
struct value_test {
    enum value_test_kind kind;
    bool negate, flip;
    const uint8_t *table; /* per dictionary code */
    uint32_t codes;
    const struct value_range *range; /* a value in any of them passes */
    size_t ranges;
};

/* Of a comparison (also of a call: then numbers are double bits, times µs). Texts are looked up in the
 * dictionary of `column`. All memory is the arena's. False on damage, when a pattern gives up (on one value,
 * or on all of them: two seconds and 20 us for each), or when progress (may be NULL) is cancelled. */
bool value_test_make(struct value_test *t, const struct expr *e, uint16_t column, bool flip,
                     const struct snapshot *s, struct arena *a, const struct progress *progress,
                     struct err *err);
/* out[i] = whether v[i] passes; COLUMN_NULL is missing. */
void value_test_run(const struct value_test *t, const int64_t *v, uint32_t n, uint8_t *out);
/* The same as bits: of 64 values for each word. */
void value_test_words(const struct value_test *t, const int64_t *v, uint32_t words, uint64_t *out);

#endif
