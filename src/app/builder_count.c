/* builder_count.c - the numbers of a condition in the segment builder.
 *
 * Every condition once answered is kept, so a change costs what is new in it and set operations. */
#include "config.h"

#include <stdlib.h>

#include "app/builder_count_p.h"
#include "base/nls.h"
#include "base/os.h"
#include "model/customers.h"

const struct expr *count_parse(struct run *r, const char *text, struct err *err)
{
    return expr_parse(&r->c->arena, str_of(text), EXPR_USER_COND, schema_vocabulary(r->schema), err);
}

bool count_begin(struct run *r, struct count *c, struct progress *p, struct err *err)
{
    struct counter *k = c->counter;
    *r = (struct run){.c = c, .snapshot = snapshot_open(k->env, err), .progress = p};
    r->schema = r->snapshot ? schema_new(r->snapshot, NULL, err) : NULL;
    if (!r->schema)
        return false;
    r->audience = (struct audience){r->snapshot, r->schema, schema_zone(r->schema), k->pool, k->cache, p};
    return true;
}

void count_end(struct run *r)
{
    schema_free(r->schema);
    if (r->snapshot)
        snapshot_close(r->snapshot);
}

/* ---- the tree */

/* The users of a node by itself; an empty group asks for nothing and takes everyone. *own is to be freed. */
static const struct userset *users_of(struct run *r, const struct condition *node, struct userset **own,
                                      struct err *err)
{
    struct buf text = {0};
    const struct userset *set = NULL;
    *own = NULL;
    condition_put(&text, node);
    const struct expr *e = text.n ? count_parse(r, text.p, err) : NULL;
    if (e)
        set = audience_see(&r->audience, e, own, err);
    else if (!text.n)
        set = *own = customers_all(r->snapshot, err);
    buf_done(&text);
    return set;
}

/* All behaviour of the tree in one scan, before the rows are looked at one by one. */
static bool prepare_tree(struct run *r, struct err *err)
{
    struct buf text = {0};
    condition_put(&text, r->c->tree);
    const struct expr *e = text.n ? count_parse(r, text.p, err) : NULL;
    bool ok = !text.n || (e && audience_prepare(&r->audience, &e, 1, err));
    buf_done(&text);
    return ok;
}

static void join(struct count *c, const struct userset *set)
{
    struct userset *before = c->chosen;
    c->chosen = !before                       ? userset_copy(set)
                : c->tree->op == CONDITION_OR ? userset_or(before, set)
                                              : userset_and(before, set);
    userset_free(before);
}

static bool count_rows(struct run *r, struct err *err)
{
    struct count *c = r->c;
    struct condition_place at;
    struct userset *own;
    c->answer.rows = condition_rows(c->tree);
    c->answer.row = arena_array(&c->arena, struct builder_row, c->answer.rows + 1);
    for (size_t row = 0; condition_at(c->tree, row, &at); row++) {
        const struct userset *set = users_of(r, at.node, &own, err);
        if (!set)
            return false;
        bool blank = at.node->op != CONDITION_LEAF && !condition_rows(at.node);
        c->answer.row[row].alone = userset_count(set);
        if (at.depth == 0 && !blank)
            join(c, set);
        if (at.depth == 0)
            c->answer.row[row].so_far = c->chosen ? userset_count(c->chosen) : c->answer.users;
        userset_free(own);
    }
    if (!c->chosen)
        c->chosen = customers_all(r->snapshot, err);
    return c->chosen != NULL;
}

bool count_run(struct count *c, struct progress *p, struct err *err)
{
    int64_t begun = os_monotonic_us();
    struct run r;
    uint32_t users = 0;
    bool ok = count_begin(&r, c, p, err);
    if (ok) {
        c->version = snapshot_version(r.snapshot);
        ok = customers_count(r.snapshot, &users, err);
        c->answer.users = users;
        ok = ok && prepare_tree(&r, err) && count_rows(&r, err);
    }
    count_end(&r);
    if (ok)
        c->answer.chosen = userset_count(c->chosen);
    c->answer.seconds = (double)(os_monotonic_us() - begun) / 1e6;
    return ok;
}

/* ---- life */

struct counter *counter_new(struct env *env)
{
    struct counter *c = mem_zalloc(sizeof *c);
    c->env = env;
    c->pool = pool_new(0);
    c->cache = audience_cache_new();
    return c;
}

void counter_free(struct counter *c)
{
    if (!c)
        return;
    counter_forget(c);
    arena_done(&c->spread_arena);
    free(c->spread_look);
    audience_cache_free(c->cache);
    pool_free(c->pool);
    free(c);
}

struct count *count_new(struct counter *counter, const struct builder_entry *entry, size_t entries,
                        const struct condition *tree)
{
    struct count *c = mem_zalloc(sizeof *c);
    c->counter = counter;
    c->entry = entry;
    c->entries = entries;
    c->tree = condition_copy(tree);
    return c;
}

void count_free(struct count *c)
{
    if (!c)
        return;
    userset_free(c->chosen);
    condition_free(c->tree);
    arena_done(&c->arena);
    free(c->look);
    free(c);
}

const struct builder_counts *count_answer(const struct count *c)
{
    return &c->answer;
}
