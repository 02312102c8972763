/* tagging.c - every condition of a catalogue parsed, all of them answered together. */
#include "config.h"
#include "analysis/tagging.h"

#include <stdlib.h>

#include "base/date.h"
#include "model/catalogue.h"

/* A tag about an attribute that was never imported is unknown, which is not the same as a tag of nobody. */
static const struct expr *condition_of(struct ask *a, const struct tag *t)
{
    struct err unknown = {0};
    return expr_parse(&a->arena, t->condition, EXPR_USER_COND, schema_vocabulary(a->schema), &unknown);
}

static struct userset *members(const struct ask *a, const struct expr *e, struct err *err)
{
    struct userset *set = audience_find(a->audience, e, err);
    if (!set || !a->chosen)
        return set;
    struct userset *both = userset_and(set, a->chosen);
    userset_free(set);
    return both;
}

bool tagging_load(struct tagging *t, struct ask *a, const struct catalogue *c, struct err *err)
{
    const struct expr **all = arena_array(&a->arena, const struct expr *, c->n + 1),
                      **known = arena_array(&a->arena, const struct expr *, c->n + 1);
    size_t n = 0;
    *t = (struct tagging){.at = mem_zalloc((c->n + 1) * sizeof(*t->at)), .n = c->n};
    for (size_t i = 0; i < c->n; i++) {
        t->at[i].tag = &c->tag[i];
        all[i] = condition_of(a, &c->tag[i]);
        if (all[i])
            known[n++] = all[i];
    }
    t->unknown = c->n - n;
    bool ok = audience_prepare(a->audience, known, n, err);
    for (size_t i = 0; ok && i < c->n; i++)
        ok = !all[i] || (t->at[i].set = members(a, all[i], err)) != NULL;
    if (!ok)
        tagging_done(t);
    return ok;
}

void tagging_done(struct tagging *t)
{
    for (size_t i = 0; i < t->n; i++)
        userset_free(t->at[i].set);
    free(t->at);
    *t = (struct tagging){0};
}

struct value tagging_category(struct arena *a, const struct tag *t)
{
    return value_shown(value_text(a, t->category), arena_str(a, catalogue_category(t->category)).p);
}

void tagging_crowd(struct crowd *c, const struct userset *s)
{
    uint32_t user[1024];
    size_t n;
    for (uint32_t from = 0; (n = userset_list(s, from, user, 1024)) > 0; from = user[n - 1] + 1)
        for (size_t i = 0; i < n; i++)
            crowd_add(c, user[i], 0, TIME_NONE);
}
