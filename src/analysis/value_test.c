/* value_test.c - from a comparison in a checked tree to a test of values. */
#include "config.h"
#include "analysis/value_test.h"

#include <math.h>

#include "expr/regex.h"

struct maker {
    const struct snapshot *snapshot;
    struct arena *arena;
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
    bool ok = true;
    for (uint32_t k = 0; ok && k < codes; k++) {
        struct str s;
        bool hit = false;
        ok = dict_get(m->snapshot, column, k, &s, m->err) && regex_match(re, s, 0, &hit, m->err);
        table[k] = hit;
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
                     const struct snapshot *s, struct arena *a, struct err *err)
{
    struct maker m = {s, a, err};
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

/* ---- running: one loop for each kind, without branches on values */

static void run_table(const struct value_test *t, const int64_t *v, uint32_t n, uint8_t *out)
{
    for (uint32_t i = 0; i < n; i++)
        out[i] = (uint64_t)v[i] < t->codes && t->table[v[i]];
}

static void run_ints(const struct value_test *t, const int64_t *v, uint32_t n, uint8_t *out)
{
    memset(out, 0, n);
    for (size_t k = 0; k < t->ranges; k++) {
        int64_t lo = t->range[k].lo, hi = t->range[k].hi;
        for (uint32_t i = 0; i < n; i++)
            out[i] |= (uint8_t)((v[i] >= lo) & (v[i] <= hi));
    }
}

static void run_doubles(const struct value_test *t, const int64_t *v, uint32_t n, uint8_t *out)
{
    memset(out, 0, n);
    for (size_t k = 0; k < t->ranges; k++) {
        double lo = t->range[k].low, hi = t->range[k].high;
        for (uint32_t i = 0; i < n; i++) {
            double d;
            memcpy(&d, &v[i], sizeof(d));
            out[i] |= (uint8_t)((d >= lo) & (d <= hi));
        }
    }
}

void value_test_run(const struct value_test *t, const int64_t *v, uint32_t n, uint8_t *out)
{
    uint8_t negate = t->negate, flip = t->flip;
    switch (t->kind) {
    case TEST_TABLE: run_table(t, v, n, out); break;
    case TEST_INTS: run_ints(t, v, n, out); break;
    case TEST_DOUBLES: run_doubles(t, v, n, out); break;
    case TEST_PRESENT:
        for (uint32_t i = 0; i < n; i++)
            out[i] = (uint8_t)(((v[i] != COLUMN_NULL) != negate) != flip);
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        out[i] = (uint8_t)(((out[i] ^ negate) & (v[i] != COLUMN_NULL)) ^ flip);
}
