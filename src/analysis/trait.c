/* trait.c - reads a column of attributes in stretches of 65,536 users: the layers of imports are laid over
 * one another, oldest first, then every test runs over the stretch. Stretches are shared out over the
 * threads; each has its own words of the answer. */
#include "config.h"
#include "analysis/trait.h"

#include <stdlib.h>

#include "analysis/value_test.h"
#include "base/nls.h"
#include "base/vec.h"

enum { STRETCH = 65536, STRETCH_WORDS = STRETCH / 64, DECODE = 4096 };

struct trait {
    struct value_test test;
    uint64_t *word;
};

struct worker {
    int64_t *value;
    uint8_t *flag;
    struct err err;
};

struct pass {
    const struct audience *a;
    uint16_t column;
    uint32_t users;
    struct trait *trait;
    size_t traits;
    struct worker *worker;
};

static bool has_column(const struct part *p, uint16_t column)
{
    for (uint32_t i = 0; i < p->columns; i++)
        if (p->column[i] == column)
            return true;
    return false;
}

static bool damaged(const struct part *p, uint32_t block, struct err *err)
{
    return err_set(err, ERR_DAMAGED,
                   _("part %u block %u of the store: its contents contradict each other; run check to see "
                     "what is damaged"),
                   p->id, block);
}

/* First run of a user >= `user`. */
static uint32_t find_run(const struct run_view *runs, uint32_t user)
{
    uint32_t lo = 0, hi = runs->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (column_at(&runs->user, mid) < (int64_t)user)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Users of runs [from, to) and the last row of each; a user with several rows in one import keeps the last.
 */
static bool last_rows(const struct run_view *runs, uint32_t from, uint32_t n, uint32_t rows, uint32_t *user,
                      uint32_t *row)
{
    column_decode_u32(&runs->user, from, n, user);
    column_decode_u32(&runs->start, from, n, row);
    for (uint32_t i = 0; i + 1 < n; i++)
        row[i] = row[i + 1] - 1;
    int64_t end = from + n < runs->n ? column_at(&runs->start, from + n) : (int64_t)rows;
    row[n - 1] = (uint32_t)(end - 1);
    return end > 0 && end <= (int64_t)rows;
}

/* Rows that follow one another: the usual case, one row for each user. */
static bool is_straight(const uint32_t *row, uint32_t n)
{
    bool straight = true;
    for (uint32_t i = 1; i < n; i++)
        straight &= row[i] == row[i - 1] + 1;
    return straight;
}

static bool lay_runs(const struct part *p, uint32_t block, const struct run_view *runs,
                     const struct column_view *view, uint32_t from, uint32_t n, uint32_t first,
                     int64_t *value, struct err *err)
{
    uint32_t user[DECODE], row[DECODE];
    int64_t got[DECODE];
    if (!last_rows(runs, from, n, view->rows, user, row))
        return damaged(p, block, err);
    bool straight = is_straight(row, n), bad = false;
    if (straight && row[n - 1] < view->rows)
        column_decode(view, row[0], n, got);
    for (uint32_t i = 0; i < n; i++) {
        if (row[i] >= view->rows || user[i] - first >= STRETCH) {
            bad = true;
            break;
        }
        value[user[i] - first] = straight ? got[i] : column_at(view, row[i]);
    }
    return bad ? damaged(p, block, err) : true;
}

static bool lay_block(const struct pass *p, const struct part *part, uint32_t block, uint32_t first,
                      int64_t *value, struct err *err)
{
    const struct snapshot *s = p->a->snapshot;
    struct run_view runs;
    struct column_view view;
    if (!part_runs(s, part, block, &runs, err) || !part_column(s, part, block, p->column, &view, err))
        return false;
    uint32_t end = p->users - first < STRETCH ? p->users : first + STRETCH;
    uint32_t from = find_run(&runs, first), to = find_run(&runs, end);
    for (; from < to; from += DECODE) {
        uint32_t n = to - from < DECODE ? to - from : DECODE;
        if (!lay_runs(part, block, &runs, &view, from, n, first, value, err))
            return false;
    }
    return true;
}

/* The values of users [first, first + STRETCH). */
static bool lay(const struct pass *p, uint32_t first, int64_t *value, struct err *err)
{
    const struct part *part;
    size_t parts = snapshot_parts(p->a->snapshot, TABLE_USERS, &part);
    for (uint32_t i = 0; i < STRETCH; i++)
        value[i] = COLUMN_NULL;
    for (size_t k = 0; k < parts; k++) {
        if (!has_column(&part[k], p->column))
            continue;
        for (uint32_t b = 0; b < part[k].blocks; b++) {
            const struct block_info *info = &part[k].block[b];
            bool meets =
                info->last_user >= first && (info->first_user < first || info->first_user - first < STRETCH);
            if (meets && !lay_block(p, &part[k], b, first, value, err))
                return false;
        }
    }
    return true;
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

static bool stretch(void *arg, size_t task, unsigned worker)
{
    const struct pass *p = arg;
    struct worker *w = &p->worker[worker];
    uint32_t first = (uint32_t)task * STRETCH;
    if (progress_cancelled(p->a->progress))
        return err_set(&w->err, ERR_CANCELLED, _("stopped"));
    if (!lay(p, first, w->value, &w->err))
        return false;
    for (size_t t = 0; t < p->traits; t++) {
        value_test_run(&p->trait[t].test, w->value, STRETCH, w->flag);
        for (size_t i = 0; i < STRETCH_WORDS; i++)
            p->trait[t].word[task * STRETCH_WORDS + i] = pack(w->flag + 64 * i);
    }
    return true;
}

static bool run_pass(struct pass *p, struct err *err)
{
    unsigned threads = pool_threads(p->a->pool);
    bool ok = true;
    p->worker = mem_zalloc(threads * sizeof(*p->worker));
    for (unsigned t = 0; t < threads; t++) {
        p->worker[t].value = mem_alloc(STRETCH * sizeof(int64_t));
        p->worker[t].flag = mem_alloc(STRETCH);
    }
    size_t tasks = ((size_t)p->users + STRETCH - 1) / STRETCH;
    if (tasks)
        ok = pool_run(p->a->pool, tasks, stretch, p);
    for (unsigned t = 0; t < threads; t++) {
        if (p->worker[t].err.code && err)
            *err = p->worker[t].err;
        free(p->worker[t].value);
        free(p->worker[t].flag);
    }
    free(p->worker);
    return ok;
}

/* All leaves of the column of leaf[0] among leaf[0..n). */
static bool one_column(const struct audience *a, struct audience_leaf *leaf, size_t n, struct err *err)
{
    struct arena arena = {0};
    struct pass p = {.a = a,
                     .column = (uint16_t)leaf->e->field.id,
                     .users = dict_count(a->snapshot, COL_USER),
                     .trait = arena_array(&arena, struct trait, n)};
    VEC(struct audience_leaf *) mine = {0};
    size_t words = (((size_t)p.users + STRETCH - 1) / STRETCH + 1) * STRETCH_WORDS;
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        if (leaf[i].e->field.id != p.column)
            continue;
        struct trait *t = &p.trait[p.traits++];
        ok = value_test_make(&t->test, leaf[i].e, p.column, false, a->snapshot, &arena, err);
        t->word = mem_alloc(words * sizeof(*t->word));
        vec_push(&mine, &leaf[i]);
    }
    ok = ok && run_pass(&p, err);
    for (size_t i = 0; i < p.traits; i++) {
        if (ok)
            mine.at[i]->set = userset_of_words(p.trait[i].word, p.users);
        free(p.trait[i].word);
    }
    vec_done(&mine);
    arena_done(&arena);
    return ok;
}

bool trait_find(const struct audience *a, struct audience_leaf *leaf, size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (!leaf[i].set && !one_column(a, leaf + i, n - i, err))
            return false;
    return true;
}
