/* builder_count.c - the numbers of the segment builder.
 *
 * The sets of all tags are kept while the data stays what it is, and every condition once answered: so a
 * change costs what is new in it, set operations, and a count of each tag among the chosen, shared out over
 * the processors. */
#include "config.h"

#include <stdlib.h>

#include "analysis/audience.h"
#include "app/builder_count.h"
#include "base/nls.h"
#include "base/os.h"
#include "model/customers.h"
#include "model/schema.h"

struct counter {
    struct env *env;
    struct pool *pool;
    struct audience_cache *cache;
    uint64_t version; /* of the store, when the sets were found */
    const struct builder_entry *entry;
    size_t sets;
    struct userset **set; /* of each entry; NULL: not known */
    /* The last spread: it is about all customers, so other conditions do not change it. */
    struct spread spread;
    struct arena spread_arena;
    char *spread_look;
    uint64_t spread_version;
};

struct count {
    struct counter *counter;
    const struct builder_entry *entry;
    size_t entries;
    struct condition *tree;
    char *look;
    struct arena arena;
    struct builder_counts answer;
    struct spread spread;
};

/* While a count runs. */
struct run {
    struct count *c;
    struct snapshot *snapshot;
    struct schema *schema;
    struct audience audience;
    struct userset *chosen;
};

/* ---- the sets of the entries */

static void forget_sets(struct counter *c)
{
    for (size_t i = 0; i < c->sets; i++)
        userset_free(c->set[i]);
    free(c->set);
    c->set = NULL;
    c->sets = 0;
}

static const struct expr *parse(struct run *r, const char *text, struct err *err)
{
    return expr_parse(&r->c->arena, str_of(text), EXPR_USER_COND, schema_vocabulary(r->schema), err);
}

static bool find_sets(struct run *r, struct err *err)
{
    struct count *c = r->c;
    struct counter *k = c->counter;
    const struct expr **all = arena_array(&c->arena, const struct expr *, c->entries + 1),
                      **known = arena_array(&c->arena, const struct expr *, c->entries + 1);
    size_t n = 0;
    struct err unknown;
    for (size_t i = 0; i < c->entries; i++)
        if (c->entry[i].known && (all[i] = parse(r, c->entry[i].text, &unknown)))
            known[n++] = all[i];
    bool ok = audience_prepare(&r->audience, known, n, err);
    k->set = mem_zalloc((c->entries + 1) * sizeof *k->set);
    k->sets = c->entries;
    for (size_t i = 0; ok && i < c->entries; i++)
        ok = !all[i] || (k->set[i] = audience_find(&r->audience, all[i], err));
    if (!ok)
        forget_sets(k);
    return ok;
}

static bool have_sets(struct run *r, struct err *err)
{
    struct counter *k = r->c->counter;
    uint64_t version = snapshot_version(r->snapshot);
    if (k->set && k->version == version && k->entry == r->c->entry && k->sets == r->c->entries)
        return true;
    forget_sets(k);
    k->version = version;
    k->entry = r->c->entry;
    return find_sets(r, err);
}

static bool count_one(void *arg, size_t i, unsigned worker)
{
    struct run *r = arg;
    const struct userset *set = r->c->counter->set[i];
    struct builder_size *size = &r->c->answer.size[i];
    (void)worker;
    size->known = set != NULL;
    if (set) {
        size->users = userset_count(set);
        size->within = userset_and_count(set, r->chosen);
    }
    return true;
}

static void count_entries(struct run *r)
{
    struct count *c = r->c;
    c->answer.sizes = c->entries;
    c->answer.size = arena_array(&c->arena, struct builder_size, c->entries + 1);
    if (c->entries)
        pool_run(c->counter->pool, c->entries, count_one, r);
}

/* ---- the tree */

/* The users of a node by itself; an empty group asks for nothing and takes everyone. */
static struct userset *users_of(struct run *r, const struct condition *node, struct err *err)
{
    struct buf text = {0};
    condition_put(&text, node);
    const struct expr *e = text.n ? parse(r, text.p, err) : NULL;
    struct userset *set = e        ? audience_find(&r->audience, e, err)
                          : text.n ? NULL
                                   : customers_all(r->snapshot, err);
    buf_done(&text);
    return set;
}

/* All behaviour of the tree in one scan, before the rows are looked at one by one. */
static bool prepare_tree(struct run *r, struct err *err)
{
    struct buf text = {0};
    condition_put(&text, r->c->tree);
    const struct expr *e = text.n ? parse(r, text.p, err) : NULL;
    bool ok = !text.n || (e && audience_prepare(&r->audience, &e, 1, err));
    buf_done(&text);
    return ok;
}

static void join(struct run *r, const struct userset *set, bool first)
{
    struct userset *before = r->chosen;
    r->chosen = first                            ? userset_copy(set)
                : r->c->tree->op == CONDITION_OR ? userset_or(before, set)
                                                 : userset_and(before, set);
    userset_free(before);
}

static bool count_rows(struct run *r, struct err *err)
{
    struct count *c = r->c;
    struct condition_place at;
    bool first = true;
    c->answer.rows = condition_rows(c->tree);
    c->answer.row = arena_array(&c->arena, struct builder_row, c->answer.rows + 1);
    r->chosen = customers_all(r->snapshot, err);
    if (!r->chosen)
        return false;
    for (size_t row = 0; condition_at(c->tree, row, &at); row++) {
        struct userset *set = users_of(r, at.node, err);
        if (!set)
            return false;
        c->answer.row[row].alone = userset_count(set);
        bool blank = at.node->op != CONDITION_LEAF && !condition_rows(at.node);
        if (at.depth == 0 && !blank) {
            join(r, set, first);
            first = false;
        }
        if (at.depth == 0)
            c->answer.row[row].so_far = userset_count(r->chosen);
        userset_free(set);
    }
    return true;
}

/* ---- who, and how it is spread */

static bool pick_sample(struct run *r, struct err *err)
{
    struct builder_counts *a = &r->c->answer;
    uint32_t last = UINT32_MAX, user;
    for (uint64_t i = 0; i < BUILDER_SAMPLE; i++) {
        uint32_t from = (uint32_t)(i * a->users / BUILDER_SAMPLE);
        struct str id;
        if (last != UINT32_MAX && from <= last)
            from = last + 1;
        if (userset_list(r->chosen, from, &user, 1) == 0)
            continue;
        if (!dict_get(r->snapshot, COL_USER, user, &id, err))
            return false;
        a->sample[a->samples++] = arena_str(&r->c->arena, id).p;
        last = user;
    }
    return true;
}

static bool make_spread(struct run *r, const struct expr *e, const struct column_def *column, struct err *err)
{
    struct counter *k = r->c->counter;
    struct userset *taken = audience_find(&r->audience, e, err);
    if (!taken)
        return false;
    arena_done(&k->spread_arena);
    free(k->spread_look);
    k->spread_look = NULL;
    bool ok =
        spread_build(&k->spread, r->snapshot, schema_zone(r->schema), column, taken, &k->spread_arena, err);
    userset_free(taken);
    if (ok)
        k->spread_look = mem_strdup(r->c->look);
    k->spread_version = snapshot_version(r->snapshot);
    return ok;
}

/* The answer has its own copy: the counter's may change while it is looked at. */
static void copy_spread(struct count *c)
{
    c->spread = c->counter->spread;
    c->spread.attribute = arena_strdup(&c->arena, c->spread.attribute);
    for (size_t i = 0; i < c->spread.bars; i++)
        c->spread.bar[i].label = arena_strdup(&c->arena, c->spread.bar[i].label);
    c->answer.spread = &c->spread;
}

static bool find_spread(struct run *r, struct err *err)
{
    struct count *c = r->c;
    struct counter *k = c->counter;
    struct err wrong;
    const struct expr *e = c->look ? parse(r, c->look, &wrong) : NULL;
    if (!e || e->call || e->definition || !e->field.of_user || e->field.id < COL_FIRST)
        return true;
    const struct column_def *column = snapshot_column(r->snapshot, TABLE_USERS, e->field.name);
    bool known = k->spread_look && strcmp(k->spread_look, c->look) == 0 &&
                 k->spread_version == snapshot_version(r->snapshot);
    if (!column || (!known && !make_spread(r, e, column, err)))
        return !column;
    copy_spread(c);
    return true;
}

static bool run(struct run *r, struct err *err)
{
    uint32_t users;
    if (!customers_count(r->snapshot, &users, err) || !have_sets(r, err) || !prepare_tree(r, err) || !count_rows(r, err))
        return false;
    r->c->answer.users = users;
    r->c->answer.chosen = userset_count(r->chosen);
    count_entries(r);
    return pick_sample(r, err) && find_spread(r, err);
}

bool count_run(struct count *c, struct progress *p, struct err *err)
{
    int64_t begun = os_monotonic_us();
    struct run r = {.c = c, .snapshot = snapshot_open(c->counter->env, err)};
    r.schema = r.snapshot ? schema_new(r.snapshot, NULL, err) : NULL;
    bool ok = false;
    if (r.schema) {
        r.audience = (struct audience){r.snapshot,       r.schema,          schema_zone(r.schema),
                                       c->counter->pool, c->counter->cache, p};
        ok = run(&r, err);
    }
    userset_free(r.chosen);
    schema_free(r.schema);
    if (r.snapshot)
        snapshot_close(r.snapshot);
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
    forget_sets(c);
    arena_done(&c->spread_arena);
    free(c->spread_look);
    audience_cache_free(c->cache);
    pool_free(c->pool);
    free(c);
}

struct count *count_new(struct counter *counter, const struct builder_entry *entry, size_t entries,
                        const struct condition *tree, const char *look)
{
    struct count *c = mem_zalloc(sizeof *c);
    c->counter = counter;
    c->entry = entry;
    c->entries = entries;
    c->tree = condition_copy(tree);
    c->look = look ? mem_strdup(look) : NULL;
    return c;
}

void count_free(struct count *c)
{
    if (!c)
        return;
    condition_free(c->tree);
    arena_done(&c->arena);
    free(c->look);
    free(c);
}

const struct builder_counts *count_answer(const struct count *c)
{
    return &c->answer;
}

const char *count_look(const struct count *c)
{
    return c->look;
}
