/* pick.h - the tight loops of the scan: choosing rows and fetching their values. */
#ifndef WM_PICK_H
#define WM_PICK_H

#include "store/column.h"

/* Lets the compiler make a second version of a loop for processors with AVX2, chosen at program start.
 * Needs indirect functions, which sanitizers and C libraries other than glibc do not get along with. */
#if defined(__x86_64__) && defined(__ELF__) && defined(__GLIBC__) && defined(__GNUC__) &&                    \
    !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PICK_CLONES __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define PICK_CLONES
#endif

enum { PICK_GROUP = 8, PICK_SLACK = 8 }; /* rows worked on together; room needed beyond the last hit */

/* Where the set bits of a byte are, and how many. */
struct pick_table {
    uint8_t place[256][PICK_GROUP], count[256];
};
void pick_table_init(struct pick_table *t);

/* The rows chosen among n. */
struct picked {
    uint32_t n;
    uint32_t *pos; /* their numbers; room for n + PICK_SLACK */
    uint8_t
        *bits; /* per group of rows, the least significant bit is its first; room for n / PICK_GROUP + 1 */
    uint32_t *before; /* hits before each group */
};
/* Hits before `row`, 0 <= row <= rows. */
static inline uint32_t picked_before(const struct picked *p, const struct pick_table *t, uint32_t row)
{
    uint32_t g = row / PICK_GROUP;
    return p->before[g] + t->count[p->bits[g] & ((1u << row % PICK_GROUP) - 1)];
}

/* flag[i] = 1 for the kept among n raw bytes, codes resp. `keep` says it per value; when few bytes are kept
 * (at most PICK_FEW) comparing is faster than looking up. Room for n + PICK_SLACK flags, the slack is
 * cleared. */
enum { PICK_FEW = 8 };
void pick_flag_bytes(const uint8_t *raw, uint32_t n, const uint8_t keep[256], uint8_t *flag);
void pick_flag_codes(const uint32_t *code, uint32_t n, const uint8_t *keep, uint8_t *flag);
/* Rows whose flag is 1. flag as above. */
void pick_flagged(const uint8_t *flag, uint32_t n, const struct pick_table *t, struct picked *out);

/* Sets of rows as words of bits, row 0 the lowest bit of word 0; words for n rows: */
static inline size_t pick_words(uint32_t n)
{
    return n / 64 + 1;
}
/* The rows whose flag is 1; flag[n .. n + PICK_SLACK) is 0. */
void pick_bits(const uint8_t *flag, uint32_t n, uint64_t *word);
/* Of the runs of rows whose last rows are `end`, the ends of those that have a bit of `row`. All have `words`
 * words. */
void pick_any(const uint64_t *row, const uint64_t *end, size_t words, uint64_t *any);
/* flag[i] = 1 when the column's value in row first + i is at least `limit`; flag as above, for a column
 * without missing values. */
void pick_at_least(const struct column_view *v, uint32_t first, uint32_t n, int64_t limit, uint8_t *flag);

uint32_t pick_largest(const uint32_t *code, uint32_t n); /* 0 of none */
/* out[i] = the column's value in row first + pos[i]. */
void pick_values(const struct column_view *v, uint32_t first, const uint32_t *pos, uint32_t n, int64_t *out);

#endif
