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

/* Sets of rows as words of bits, row 0 the lowest bit of word 0; bits behind the rows are 0. Words for n
 * rows: */
static inline size_t pick_words(uint32_t n)
{
    return n / 64 + 1;
}
/* The rows among n whose raw byte, or code, is kept: `keep` says it per value. When few bytes are kept, up to
 * PICK_FEW, comparing is faster than looking up. */
enum { PICK_FEW = 8 };
void pick_bytes(const uint8_t *raw, uint32_t n, const uint8_t keep[256], uint64_t *word);
void pick_codes(const uint32_t *code, uint32_t n, const uint8_t *keep, uint64_t *word);
/* The rows whose flag is 1; the others are 0. */
void pick_flags(const uint8_t *flag, uint32_t n, uint64_t *word);
/* The rows first + 0 .. first + n - 1 of a column without missing values that have at least `limit`. */
void pick_at_least(const struct column_view *v, uint32_t first, uint32_t n, int64_t limit, uint64_t *word);
/* Those of them whose value the next one of them has, too. */
void pick_repeated(const struct column_view *v, uint32_t first, uint32_t n, uint64_t *word);

/* The rows chosen. */
struct picked {
    uint32_t n;
    uint64_t *set;
    uint32_t *before; /* of each word: rows chosen before it */
    uint32_t *pos;    /* their numbers, where they are asked for; room for n + PICK_SLACK */
};
void pick_count(struct picked *p, uint32_t rows);                            /* n and before from the set */
void pick_rows(struct picked *p, uint32_t rows, const struct pick_table *t); /* then pos */
/* Numbers of rows, 0 <= start <= rows, become numbers of chosen rows before them. */
void pick_starts(const struct picked *p, uint32_t *start, uint32_t n);

/* Of the runs of rows whose last rows are `end`, the ends of those that have a row of `row`. A word after the
 * other, *carry 0 at first: adding a run's rows to all ones up to its last row but one carries into the last
 * row when there is a row to add, so one addition answers 64 rows, however many runs they are. */
static inline uint64_t pick_any(uint64_t row, uint64_t end, uint64_t *carry)
{
    uint64_t inner = ~end, some = row & inner, sum = some + inner, whole = sum + *carry;
    *carry = (uint64_t)(sum < some) | (uint64_t)(whole < sum);
    return (whole | row) & end;
}
/* From each row of `from`, of which a run has one at most, on: the first row of the run that is in `row`.
 * Adding a row to the rows passed by, which end where one is wanted or the run is over, carries to that row.
 */
static inline uint64_t pick_next(uint64_t from, uint64_t row, uint64_t end, uint64_t *carry)
{
    uint64_t pass = ~(row | end), sum = pass + from, whole = sum + *carry;
    *carry = (uint64_t)(sum < pass) | (uint64_t)(whole < sum);
    return whole & ~pass & row;
}
/* Of each run the first row that is in `row`. Runs begin at row 0 and behind every `end`: *begin 1 at first.
 */
static inline uint64_t pick_first(uint64_t row, uint64_t end, uint64_t *begin, uint64_t *carry)
{
    uint64_t from = end << 1 | *begin;
    *begin = end >> 63;
    return pick_next(from, row, end, carry);
}
/* The rows of a set, ascending, into pos, which has room for them; returns how many. For sets of few. */
uint32_t pick_list(const uint64_t *set, size_t words, uint32_t *pos);

uint32_t pick_largest(const uint32_t *code, uint32_t n); /* 0 of none */
/* out[i] = the column's value in row first + pos[i]. */
void pick_values(const struct column_view *v, uint32_t first, const uint32_t *pos, uint32_t n, int64_t *out);

#endif
