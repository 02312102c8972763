/* user_tags.c - every condition of the catalogue, and every segment, tried on one customer.
 *
 * Opening a customer must not cost a pass over all of them, so this walks the trees with that customer's
 * attributes and events alone; sets of users (audience.h) are for questions about many. */
#include "config.h"
#include "analysis/user_tags.h"

#include "analysis/attr.h"
#include "analysis/behaviour.h"
#include "analysis/value_test.h"
#include "model/catalogue.h"

/* What a condition comes to; OPEN: it asks about all customers. */
enum outcome { NO, YES, OPEN, FAILED };

/* A tag or a segment, and its condition; NULL: one that this store cannot read, which holds for nobody. */
struct claim {
    struct value name;
    const struct expr *tree;
};

struct wearer {
    struct ask *ask;
    uint32_t user;
    struct claim *claim;
    size_t claims;
    const struct expr **deed; /* comparisons of what he did, each place in a tree once */
    bool *did;                /* whether they hold */
    size_t deeds;
    struct err *err;
};

/* ---- the conditions */

static void add_claim(struct wearer *w, struct value name, struct str condition)
{
    struct err unknown = {0};
    w->claim[w->claims++] = (struct claim){name, expr_parse(&w->ask->arena, condition, EXPR_USER_COND,
                                                            schema_vocabulary(w->ask->schema), &unknown)};
}

static void read_claims(struct wearer *w, struct arena *arena)
{
    const struct catalogue *c = schema_catalogue(w->ask->schema);
    const struct segments *s = schema_segments(w->ask->schema);
    w->claim = arena_array(&w->ask->arena, struct claim, c->n + s->n + 1);
    for (size_t i = 0; i < c->n; i++)
        add_claim(
            w, value_shown(value_text(arena, c->tag[i].id), arena_str(arena, catalogue_name(&c->tag[i])).p),
            c->tag[i].condition);
    for (size_t i = 0; i < s->n; i++)
        add_claim(w, value_text(arena, s->at[i].name), s->at[i].condition);
}

/* How many comparisons of behaviour there are, with repeats. */
static size_t count_deeds(const struct expr *e)
{
    size_t n = e->call != NULL;
    if (e->definition)
        return count_deeds(e->definition);
    for (size_t i = 0; e->child && i < e->n; i++)
        n += count_deeds(e->child[i]);
    return n;
}

static size_t find_deed(const struct wearer *w, const struct expr *e)
{
    size_t k = 0;
    while (k < w->deeds && w->deed[k] != e)
        k++;
    return k;
}

static void gather_deeds(struct wearer *w, const struct expr *e)
{
    if (e->call && find_deed(w, e) == w->deeds)
        w->deed[w->deeds++] = e;
    if (e->definition)
        gather_deeds(w, e->definition);
    for (size_t i = 0; !e->definition && e->child && i < e->n; i++)
        gather_deeds(w, e->child[i]);
}

static bool judge_deeds(struct wearer *w)
{
    size_t n = 0;
    for (size_t i = 0; i < w->claims; i++)
        n += w->claim[i].tree ? count_deeds(w->claim[i].tree) : 0;
    w->deed = arena_array(&w->ask->arena, const struct expr *, n + 1);
    w->did = arena_array(&w->ask->arena, bool, n + 1);
    for (size_t i = 0; i < w->claims; i++)
        if (w->claim[i].tree)
            gather_deeds(w, w->claim[i].tree);
    return behaviour_of(w->ask->audience, w->user, w->deed, w->deeds, w->did, w->err);
}

/* ---- judging */

static enum outcome compare(const struct wearer *w, const struct expr *e)
{
    struct value_test test;
    int64_t value;
    uint8_t passes;
    uint16_t column = (uint16_t)e->field.id;
    if (e->question)
        return OPEN;
    if (e->call)
        return w->did[find_deed(w, e)] ? YES : NO;
    if (!value_test_make(&test, e, column, false, w->ask->snapshot, &w->ask->arena,
                         w->ask->audience->progress, w->err) ||
        !attr_read(w->ask->snapshot, column, w->user, &value, w->err))
        return FAILED;
    value_test_run(&test, &value, 1, &passes);
    return passes ? YES : NO;
}

static enum outcome holds(const struct wearer *w, const struct expr *e);

/* AND ends at the first NO, OR at the first YES; what is open stays so unless the rest decides. */
static enum outcome combine(const struct wearer *w, const struct expr *e, enum outcome decides)
{
    enum outcome all = decides == YES ? NO : YES;
    for (size_t i = 0; i < e->n; i++) {
        enum outcome one = holds(w, e->child[i]);
        if (one == decides || one == FAILED)
            return one;
        if (one == OPEN)
            all = OPEN;
    }
    return all;
}

static enum outcome holds(const struct wearer *w, const struct expr *e)
{
    enum outcome one;
    if (e->definition)
        return holds(w, e->definition);
    switch (e->op) {
    case EXPR_AND: return combine(w, e, NO);
    case EXPR_OR: return combine(w, e, YES);
    case EXPR_NOT: one = holds(w, e->child[0]); return one == YES ? NO : one == NO ? YES : one;
    default: return compare(w, e);
    }
}

/* The names of the claims [from, to) that come to this. */
static struct value names_of(const struct wearer *w, const enum outcome *outcome, enum outcome wanted,
                             size_t from, size_t to, struct arena *arena)
{
    struct value *name = arena_array(arena, struct value, to - from + 1);
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        if (outcome[i] == wanted)
            name[n++] = w->claim[i].name;
    return value_list(name, n);
}

bool user_tags_put(struct ask *a, uint32_t user, struct result *r, struct err *err)
{
    struct wearer w = {.ask = a, .user = user, .err = err};
    read_claims(&w, &r->arena);
    if (!judge_deeds(&w))
        return false;
    enum outcome *outcome = arena_array(&a->arena, enum outcome, w.claims + 1);
    size_t tags = schema_catalogue(a->schema)->n;
    for (size_t i = 0; i < w.claims; i++)
        if ((outcome[i] = w.claim[i].tree ? holds(&w, w.claim[i].tree) : NO) == FAILED)
            return false;
    object_add(&r->arena, &r->summary, "tags", names_of(&w, outcome, YES, 0, tags, &r->arena));
    object_add(&r->arena, &r->summary, "segments", names_of(&w, outcome, YES, tags, w.claims, &r->arena));
    struct value open = names_of(&w, outcome, OPEN, 0, w.claims, &r->arena);
    if (open.list.n)
        object_add(&r->arena, &r->summary, "not_judged", open);
    return true;
}
