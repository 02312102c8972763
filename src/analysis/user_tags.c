/* user_tags.c - every condition of the catalogue tried on one customer.
 *
 * Opening a customer must not cost a pass over all of them, so this walks the trees with that customer's
 * attributes alone; sets of users (audience.h) are for questions about many. */
#include "config.h"
#include "analysis/user_tags.h"

#include "analysis/attr.h"
#include "analysis/value_test.h"
#include "model/catalogue.h"

/* What a condition comes to; UNKNOWN: it speaks of behaviour, or of what this store has not. */
enum outcome { NO, YES, UNKNOWN, FAILED };

struct wearer {
    struct ask *ask;
    uint32_t user;
    struct err *err;
};

static enum outcome compare(const struct wearer *w, const struct expr *e)
{
    struct value_test test;
    int64_t value;
    uint8_t passes;
    uint16_t column = (uint16_t)e->field.id;
    if (e->field.id < 0 || e->op == EXPR_OLDER || e->op == EXPR_SEQUENCE)
        return UNKNOWN;
    if (!value_test_make(&test, e, column, false, w->ask->snapshot, &w->ask->arena,
                         w->ask->audience->progress, w->err) ||
        !attr_read(w->ask->snapshot, column, w->user, &value, w->err))
        return FAILED;
    value_test_run(&test, &value, 1, &passes);
    return passes ? YES : NO;
}

static enum outcome holds(const struct wearer *w, const struct expr *e);

/* AND ends at the first NO, OR at the first YES; what is unknown stays so unless the rest decides. */
static enum outcome combine(const struct wearer *w, const struct expr *e, enum outcome decides)
{
    enum outcome all = decides == YES ? NO : YES;
    for (size_t i = 0; i < e->n; i++) {
        enum outcome one = holds(w, e->child[i]);
        if (one == decides || one == FAILED)
            return one;
        if (one == UNKNOWN)
            all = UNKNOWN;
    }
    return all;
}

static enum outcome holds(const struct wearer *w, const struct expr *e)
{
    enum outcome one;
    switch (e->op) {
    case EXPR_AND: return combine(w, e, NO);
    case EXPR_OR: return combine(w, e, YES);
    case EXPR_NOT: one = holds(w, e->child[0]); return one == YES ? NO : one == NO ? YES : one;
    case EXPR_TAG: return e->definition ? holds(w, e->definition) : UNKNOWN;
    case EXPR_SEGMENT: return e->definition ? holds(w, e->definition) : UNKNOWN;
    default: return compare(w, e);
    }
}

/* Whether the condition holds; false in *ok: damage. A condition that this store cannot read holds for
 * nobody. */
static bool wears(const struct wearer *w, struct str condition, bool *ok)
{
    struct err unknown = {0};
    const struct expr *e =
        expr_parse(&w->ask->arena, condition, EXPR_USER_COND, schema_vocabulary(w->ask->schema), &unknown);
    enum outcome one = e ? holds(w, e) : UNKNOWN;
    *ok = one != FAILED;
    return one == YES;
}

bool user_tags(struct ask *a, uint32_t user, struct arena *arena, struct value *out, struct err *err)
{
    const struct catalogue *c = schema_catalogue(a->schema);
    struct wearer w = {a, user, err};
    struct value *tag = arena_array(arena, struct value, c->n + 1);
    size_t n = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < c->n; i++)
        if (wears(&w, c->tag[i].condition, &ok))
            tag[n++] =
                value_shown(value_text(arena, c->tag[i].id), arena_str(arena, catalogue_name(&c->tag[i])).p);
    *out = value_list(tag, n);
    return ok;
}

bool user_segments(struct ask *a, uint32_t user, struct arena *arena, struct value *out, struct err *err)
{
    const struct segments *s = schema_segments(a->schema);
    struct wearer w = {a, user, err};
    struct value *name = arena_array(arena, struct value, s->n + 1);
    size_t n = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < s->n; i++)
        if (wears(&w, s->at[i].condition, &ok))
            name[n++] = value_text(arena, s->at[i].name);
    *out = value_list(name, n);
    return ok;
}
