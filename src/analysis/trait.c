/* trait.c - reads a column of attributes in stretches of 65,536 users: the layers of imports are laid over
 * one another, oldest first, then every test runs over the stretch. Stretches are shared out over the
 * threads; each has its own words of the answer. */
#include "config.h"
#include "analysis/trait.h"

#include <stdlib.h>

#include "analysis/attr.h"
#include "analysis/value_test.h"
#include "base/nls.h"
#include "base/vec.h"
#include "store/layers.h"

enum {
    STRETCH = 65536,
    STRETCH_WORDS = STRETCH / 64,
    TOGETHER = 1024 /* values that stay in the first-level cache while all tests run over them */
};

struct trait {
    struct value_test test;
    uint64_t *word;
};

struct worker {
    int64_t *value;
    struct err err;
};

struct pass {
    const struct audience *a;
    uint16_t column;
    uint32_t users;
    const struct links *links; /* NULL: nobody has several ids */
    int64_t *joined;           /* values of those who have, by group */
    struct trait *trait;
    size_t traits;
    struct worker *worker;
};

/* ---- the values of a stretch */

struct laying {
    uint32_t first;
    int64_t *value;
};

static void lay_rows(void *arg, const struct layer_rows *rows)
{
    struct laying *l = arg;
    for (uint32_t i = 0; i < rows->n; i++)
        l->value[rows->user[i] - l->first] = rows->value[i];
}

/* Customers with several ids have one value for all of them. */
static void lay_joined(const struct pass *p, uint32_t first, uint32_t end, int64_t *value)
{
    const struct links *l = p->links;
    for (uint32_t u = first; u < end; u += 64 - u % 64)
        for (uint64_t word = l->joined[u / 64]; word; word &= word - 1) {
            uint32_t id = u + (uint32_t)__builtin_ctzll(word);
            value[id - first] = p->joined[links_group(l, id)];
        }
}

static uint32_t whole_words(uint32_t users)
{
    return (users + 63) / 64 * 64;
}

/* The values of users [first, end); behind them `value` is filled up to whole words of flags. */
static bool lay(const struct pass *p, uint32_t first, uint32_t end, int64_t *value, struct err *err)
{
    for (uint32_t i = 0; i < whole_words(end - first); i++)
        value[i] = COLUMN_NULL;
    if (!layers_read(p->a->snapshot, p->column, first, end, lay_rows, &(struct laying){first, value}, err))
        return false;
    if (p->links)
        lay_joined(p, first, end, value);
    return true;
}

static bool stretch(void *arg, size_t task, unsigned worker)
{
    const struct pass *p = arg;
    struct worker *w = &p->worker[worker];
    uint32_t first = (uint32_t)task * STRETCH, end = p->users - first < STRETCH ? p->users : first + STRETCH,
             n = whole_words(end - first);
    if (progress_cancelled(p->a->progress))
        return err_set(&w->err, ERR_CANCELLED, _("stopped"));
    if (!lay(p, first, end, w->value, &w->err))
        return false;
    for (uint32_t at = 0; at < n; at += TOGETHER)
        for (size_t t = 0; t < p->traits; t++)
            value_test_words(&p->trait[t].test, w->value + at, (n - at < TOGETHER ? n - at : TOGETHER) / 64,
                             p->trait[t].word + task * STRETCH_WORDS + at / 64);
    return true;
}

static bool run_pass(struct pass *p, struct err *err)
{
    unsigned threads = pool_threads(p->a->pool);
    bool ok = true;
    p->worker = mem_zalloc(threads * sizeof(*p->worker));
    for (unsigned t = 0; t < threads; t++)
        p->worker[t].value = mem_alloc(STRETCH * sizeof(int64_t));
    size_t tasks = ((size_t)p->users + STRETCH - 1) / STRETCH;
    if (tasks)
        ok = pool_run(p->a->pool, tasks, stretch, p);
    for (unsigned t = 0; t < threads; t++) {
        if (p->worker[t].err.code && err)
            *err = p->worker[t].err;
        free(p->worker[t].value);
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
        ok = value_test_make(&t->test, leaf[i].e, p.column, false, a->snapshot, &arena, a->progress, err);
        t->word = mem_zalloc(words * sizeof(*t->word));
        vec_push(&mine, &leaf[i]);
    }
    ok = ok && snapshot_links(a->snapshot, &p.links, err) &&
         (!p.links || (p.joined = attr_joined(a->snapshot, p.links, p.column, err))) && run_pass(&p, err);
    for (size_t i = 0; i < p.traits; i++) {
        if (ok)
            mine.at[i]->set = userset_of_words(p.trait[i].word, p.users);
        free(p.trait[i].word);
    }
    free(p.joined);
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
