/* value_test.c - from a comparison in a checked tree to a test of values. */
#include "config.h"
#include "analysis/value_test.h"

#include <math.h>

#include "analysis/pick.h"
#include "base/nls.h"
#include "base/os.h"
#include "expr/regex.h"

/* All values of a dictionary together have this long: a pattern that people would call slow at all takes a
 * few microseconds for one, and those that never end take milliseconds. So honest work on ten million values
 * goes through, and what would take hours ends soon. */
enum { PATIENCE_US = 2000000, VALUE_US = 20 };

struct maker {
    const struct snapshot *snapshot;
    struct arena *arena;
    const struct progress *progress;
    struct err *err;
};

/* ---- comparisons with constants */

static struct value_range range_all(void)
{
    return (struct value_range){INT64_MIN + 1, INT64_MAX, -HUGE_VAL, HUGE_VAL};
}

static void lowest(const struct expr_literal *l, struct value_range *r)
{
    r->lo = l->type == EXPR_TIME ? l->time : l->truth;
    r->low = l->number;
}

static void highest(const struct expr_literal *l, struct value_range *r)
{
    r->hi = l->type == EXPR_TIME ? l->time_end : l->truth;
    r->high = l->number;
}

/* A date stands for its whole day: `< d` ends before the day, `> d` begins after it. */
static struct value_range range_of(enum expr_op op, const struct expr_literal *l)
{
    struct value_range r = range_all(), e = r;
    lowest(l, &e);
    highest(l->is_range && l->high ? l->high : l, &e);
    switch (op) {
    case EXPR_OLDER:
    case EXPR_LT: r.hi = e.lo - 1, r.high = nextafter(e.low, -HUGE_VAL); break;
    case EXPR_LE: r.hi = e.hi, r.high = e.high; break;
    case EXPR_GT: r.lo = e.hi + 1, r.low = nextafter(e.high, HUGE_VAL); break;
    case EXPR_GE: r.lo = e.lo, r.low = e.low; break;
    default: r = e;
    }
    return r;
}

static void ranges_of(struct maker *m, const struct expr *e, enum value_test_kind kind, struct value_test *t)
{
    size_t n = e->op == EXPR_IN ? e->n : 1;
    struct value_range *r = arena_array(m->arena, struct value_range, n + 1);
    for (size_t i = 0; i < n; i++)
        r[i] = range_of(e->op, &e->literal[i]);
    *t = (struct value_test){.kind = kind, .range = r, .ranges = n};
}

/* ---- texts: text has neither order nor ranges (expr.h), so every literal is one look-up */

static bool fill_table(struct maker *m, const struct expr *e, uint16_t column, uint8_t *table, uint32_t codes)
{
    size_t n = e->op == EXPR_IN ? e->n : 1;
    for (size_t i = 0; i < n; i++) {
        uint32_t code;
        if (!dict_find(m->snapshot, column, e->literal[i].text, &code, m->err))
            return false;
        if (code < codes)
            table[code] = 1;
    }
    return true;
}

static bool match_table(struct maker *m, const struct expr *e, uint16_t column, uint8_t *table,
                        uint32_t codes)
{
    struct regex *re = regex_new(e->literal[0].text, m->err);
    if (!re)
        return false;
    int64_t latest = os_monotonic_us() + PATIENCE_US;
    bool ok = true;
    for (uint32_t k = 0; ok && k < codes; k++) {
        struct str s;
        bool hit = false;
        ok = dict_get(m->snapshot, column, k, &s, m->err) &&
             regex_match(re, s, latest + (int64_t)k * VALUE_US, &hit, m->err);
        table[k] = hit;
        if (ok && k % 64 == 0 && progress_cancelled(m->progress))
            ok = err_set(m->err, ERR_CANCELLED, _("cancelled"));
    }
    regex_free(re);
    return ok;
}

static bool texts_of(struct maker *m, const struct expr *e, uint16_t column, struct value_test *t)
{
    uint32_t codes = dict_count(m->snapshot, column);
    uint8_t *table = arena_zalloc(m->arena, (size_t)codes + 1);
    *t = (struct value_test){.kind = TEST_TABLE, .table = table, .codes = codes};
    bool pattern = e->op == EXPR_MATCH || e->op == EXPR_NMATCH;
    return (pattern ? match_table : fill_table)(m, e, column, table, codes);
}

bool value_test_make(struct value_test *t, const struct expr *e, uint16_t column, bool flip,
                     const struct snapshot *s, struct arena *a, const struct progress *progress,
                     struct err *err)
{
    struct maker m = {s, a, progress, err};
    bool ok = true;
    if (e->op == EXPR_IS_NULL || e->op == EXPR_NOT_NULL)
        *t = (struct value_test){.kind = TEST_PRESENT};
    else if (e->field.type == EXPR_TEXT)
        ok = texts_of(&m, e, column, t);
    else
        ranges_of(&m, e, e->field.type == EXPR_NUMBER ? TEST_DOUBLES : TEST_INTS, t);
    t->negate = e->op == EXPR_NE || e->op == EXPR_NMATCH || e->op == EXPR_IS_NULL;
    t->flip = flip;
    return ok;
}

/* ---- running: one loop for each kind, without branches on values. Loops over BLOCK values have a length the
 * compiler knows, which is what it takes to work on several values at once. */

enum { BLOCK = 64 };

static inline __attribute__((always_inline)) void
block_table(const struct value_test *t, const int64_t *restrict v, uint8_t *restrict out)
{
    const uint8_t *table = t->table; /* one entry longer than there are codes: that one is 0 */
    uint64_t codes = t->codes;
    for (uint32_t i = 0; i < BLOCK; i++)
        out[i] = table[(uint64_t)v[i] < codes ? (uint64_t)v[i] : codes];
}

static inline __attribute__((always_inline)) void block_ints(const struct value_test *t,
                                                             const int64_t *restrict v, uint8_t *restrict out)
{
    uint64_t in[BLOCK] = {0};
    for (size_t k = 0; k < t->ranges; k++) {
        int64_t lo = t->range[k].lo, hi = t->range[k].hi;
        for (uint32_t i = 0; i < BLOCK; i++)
            in[i] |= (uint64_t)((v[i] >= lo) & (v[i] <= hi));
    }
    for (uint32_t i = 0; i < BLOCK; i++)
        out[i] = (uint8_t)in[i];
}

static inline __attribute__((always_inline)) void
block_doubles(const struct value_test *t, const int64_t *restrict v, uint8_t *restrict out)
{
    uint64_t in[BLOCK] = {0};
    double d[BLOCK];
    memcpy(d, v, sizeof(d));
    for (size_t k = 0; k < t->ranges; k++) {
        double lo = t->range[k].low, hi = t->range[k].high;
        for (uint32_t i = 0; i < BLOCK; i++)
            in[i] |= (uint64_t)((d[i] >= lo) & (d[i] <= hi));
    }
    for (uint32_t i = 0; i < BLOCK; i++)
        out[i] = (uint8_t)in[i];
}

/* Missing values fail, whatever was found; COLUMN_NULL as a double is -0.0, which ranges take for 0. */
static inline __attribute__((always_inline)) void
block_finish(const struct value_test *t, const int64_t *restrict v, uint8_t *restrict out)
{
    uint8_t negate = t->negate, flip = t->flip;
    for (uint32_t i = 0; i < BLOCK; i++)
        out[i] = (uint8_t)(((out[i] ^ negate) & (v[i] != COLUMN_NULL)) ^ flip);
}

static inline __attribute__((always_inline)) void
block_present(const struct value_test *t, const int64_t *restrict v, uint8_t *restrict out)
{
    uint8_t turn = t->negate != t->flip;
    for (uint32_t i = 0; i < BLOCK; i++)
        out[i] = (uint8_t)((v[i] != COLUMN_NULL) ^ turn);
}

/* Most tests are one range: then what passes need not be kept between loops. */
static inline __attribute__((always_inline)) void
block_range(const struct value_test *t, const int64_t *restrict v, uint8_t *restrict out)
{
    double lo = t->range[0].low, hi = t->range[0].high, d[BLOCK];
    uint8_t in[BLOCK], there[BLOCK], negate = t->negate, flip = t->flip;
    memcpy(d, v, sizeof(d));
    for (uint32_t i = 0; i < BLOCK; i++)
        in[i] = (d[i] >= lo) & (d[i] <= hi);
    for (uint32_t i = 0; i < BLOCK; i++)
        there[i] = v[i] != COLUMN_NULL;
    for (uint32_t i = 0; i < BLOCK; i++)
        out[i] = (uint8_t)(((in[i] ^ negate) & there[i]) ^ flip);
}

PICK_CLONES static void run_blocks(const struct value_test *t, const int64_t *v, uint32_t blocks,
                                   uint8_t *out)
{
    for (uint32_t b = 0; b < blocks; b++, v += BLOCK, out += BLOCK) {
        switch (t->kind) {
        case TEST_TABLE: block_table(t, v, out); break;
        case TEST_INTS: block_ints(t, v, out); break;
        case TEST_DOUBLES:
            if (t->ranges == 1) {
                block_range(t, v, out);
                continue;
            }
            block_doubles(t, v, out);
            break;
        case TEST_PRESENT: block_present(t, v, out); continue;
        }
        block_finish(t, v, out);
    }
}

/* 64 flags of 0 or 1 as one word: a multiplication moves the lowest bits of eight bytes next to each other.
 */
static uint64_t pack(const uint8_t *flag)
{
    uint64_t word = 0;
    for (unsigned k = 0; k < 64; k += 8) {
        uint64_t eight;
        memcpy(&eight, flag + k, sizeof(eight));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        eight = __builtin_bswap64(eight);
#endif
        word |= (eight * UINT64_C(0x0102040810204080) >> 56) << k;
    }
    return word;
}

typedef int64_t four __attribute__((vector_size(32)));
typedef uint64_t four_words __attribute__((vector_size(32)));
typedef double four_doubles __attribute__((vector_size(32)));

/* One range of doubles, straight to bits: four values at a time, which compilers do not find by themselves.
 */
PICK_CLONES static void run_words(const struct value_test *t, const int64_t *v, uint32_t words, uint64_t *out)
{
    double lo = t->range[0].low, hi = t->range[0].high;
    int64_t negate = t->negate ? -1 : 0;
    uint64_t flip = t->flip ? UINT64_MAX : 0;
    for (uint32_t w = 0; w < words; w++) {
        four_words found = {0}, bit = {1, 2, 4, 8};
        for (uint32_t i = 0; i < BLOCK; i += 4, v += 4, bit <<= 4) {
            four x;
            four_doubles d;
            memcpy(&x, v, sizeof(x));
            memcpy(&d, v, sizeof(d));
            four in = (four)((d >= lo) & (d <= hi));
            found |= (four_words)((in ^ negate) & (four)(x != COLUMN_NULL)) & bit;
        }
        out[w] = (found[0] | found[1] | found[2] | found[3]) ^ flip;
    }
}

void value_test_words(const struct value_test *t, const int64_t *v, uint32_t words, uint64_t *out)
{
    uint8_t flag[BLOCK];
    if (t->kind == TEST_DOUBLES && t->ranges == 1) {
        run_words(t, v, words, out);
        return;
    }
    for (uint32_t w = 0; w < words; w++, v += BLOCK) {
        run_blocks(t, v, 1, flag);
        out[w] = pack(flag);
    }
}

void value_test_run(const struct value_test *t, const int64_t *v, uint32_t n, uint8_t *out)
{
    uint32_t whole = n / BLOCK * BLOCK;
    run_blocks(t, v, n / BLOCK, out);
    if (whole == n)
        return;
    int64_t rest[BLOCK] = {0};
    uint8_t flag[BLOCK];
    memcpy(rest, v + whole, (n - whole) * sizeof(*rest));
    run_blocks(t, rest, 1, flag);
    memcpy(out + whole, flag, n - whole);
}
