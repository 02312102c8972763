/* attr.c - the layers of attributes laid over each other, the ids of a customer taken as one. */
#include "config.h"
#include "analysis/attr.h"

#include <stdlib.h>

#include "base/vec.h"
#include "store/layers.h"

/* ---- each id for itself */

static void overlay(void *arg, const struct layer_rows *rows)
{
    int64_t *value = arg;
    for (uint32_t i = 0; i < rows->n; i++)
        value[rows->user[i]] = rows->value[i];
}

/* ---- customers with several ids */

/* What is known of a customer so far, and from where. */
struct best {
    int64_t value;
    uint32_t import, user; /* import 0: nothing */
};

struct joining {
    const struct links *links;
    struct best *best; /* per group */
};

/* Whether a row of this import and id goes before what is there. */
static bool goes_before(const struct best *b, uint32_t import, uint32_t user, int64_t value,
                        uint32_t customer)
{
    if (import != b->import)
        return import > b->import;
    if ((value == COLUMN_NULL) != (b->value == COLUMN_NULL))
        return b->value == COLUMN_NULL;
    if ((user == customer) != (b->user == customer))
        return user == customer;
    return user < b->user;
}

static void improve(struct best *b, uint32_t import, uint32_t user, int64_t value, uint32_t customer)
{
    if (goes_before(b, import, user, value, customer))
        *b = (struct best){value, import, user};
}

static void join_rows(void *arg, const struct layer_rows *rows)
{
    struct joining *j = arg;
    const struct links *l = j->links;
    for (uint32_t i = 0; i < rows->n; i++) {
        uint32_t user = rows->user[i];
        if (user < l->users && links_is_joined(l, user))
            improve(&j->best[links_group(l, user)], rows->import[i], user, rows->value[i], l->customer[user]);
    }
}

int64_t *attr_joined(const struct snapshot *s, const struct links *l, uint16_t column, struct err *err)
{
    struct joining j = {l, mem_zalloc((l->groups + 1) * sizeof(*j.best))};
    int64_t *value = NULL;
    if (layers_read(s, column, 0, l->users, join_rows, &j, err)) {
        value = mem_alloc((l->groups + 1) * sizeof(*value));
        for (size_t g = 0; g < l->groups; g++)
            value[g] = j.best[g].import ? j.best[g].value : COLUMN_NULL;
    }
    free(j.best);
    return value;
}

static bool join_all(const struct snapshot *s, const struct links *l, uint16_t column, int64_t *value,
                     struct err *err)
{
    int64_t *joined = attr_joined(s, l, column, err);
    for (size_t g = 0; joined && g < l->groups; g++)
        for (uint32_t m = l->start[g]; m < l->start[g + 1]; m++)
            value[l->member[m]] = joined[g];
    free(joined);
    return joined != NULL;
}

int64_t *attr_load(const struct snapshot *s, uint16_t column, uint32_t *users, struct err *err)
{
    const struct links *l;
    if (!snapshot_links(s, &l, err))
        return NULL;
    *users = dict_count(s, COL_USER);
    int64_t *value = mem_alloc(sizeof(int64_t) * ((size_t)*users + 1));
    for (uint32_t i = 0; i < *users; i++)
        value[i] = COLUMN_NULL;
    if (layers_read(s, column, 0, *users, overlay, value, err) && (!l || join_all(s, l, column, value, err)))
        return value;
    free(value);
    return NULL;
}

/* ---- one customer */

struct one {
    VEC(struct best) said; /* by every import, in any order */
    uint32_t customer;
};

static void improve_one(void *arg, const struct layer_rows *rows)
{
    struct one *o = arg;
    for (uint32_t i = 0; i < rows->n; i++) {
        size_t k = 0;
        while (k < o->said.n && o->said.at[k].import != rows->import[i])
            k++;
        if (k == o->said.n)
            vec_push(&o->said, (struct best){.value = COLUMN_NULL, .user = UINT32_MAX});
        improve(&o->said.at[k], rows->import[i], rows->user[i], rows->value[i], o->customer);
    }
}

static int by_import(const void *a, const void *b)
{
    const struct best *x = a, *y = b;
    return (x->import > y->import) - (x->import < y->import);
}

/* All that was ever said of the customer, by any of his ids; ascending by import. */
static bool read_one(const struct snapshot *s, uint16_t column, uint32_t user, struct one *o, struct err *err)
{
    const struct links *l;
    if (!snapshot_links(s, &l, err))
        return false;
    o->customer = links_customer(l, user);
    const uint32_t *id = &user;
    size_t n = 1;
    if (l && links_is_joined(l, user)) {
        uint32_t g = links_group(l, user);
        id = l->member + l->start[g];
        n = l->start[g + 1] - l->start[g];
    }
    for (size_t i = 0; i < n; i++)
        if (!layers_read(s, column, id[i], id[i] + 1, improve_one, o, err))
            return false;
    if (o->said.n)
        qsort(o->said.at, o->said.n, sizeof(*o->said.at), by_import);
    return true;
}

static struct attr_change last_change(const struct one *o)
{
    struct attr_change c = {.value = COLUMN_NULL, .before = COLUMN_NULL};
    size_t i = o->said.n;
    if (!i)
        return c;
    c.value = o->said.at[i - 1].value;
    while (i && o->said.at[i - 1].value == c.value)
        c.import = o->said.at[--i].import;
    if (i) {
        c.before = o->said.at[i - 1].value;
        c.before_import = o->said.at[i - 1].import;
    }
    return c;
}

bool attr_change(const struct snapshot *s, uint16_t column, uint32_t user, struct attr_change *out,
                 struct err *err)
{
    struct one o = {.customer = user};
    bool ok = read_one(s, column, user, &o, err);
    *out = last_change(&o);
    vec_done(&o.said);
    return ok;
}

bool attr_read(const struct snapshot *s, uint16_t column, uint32_t user, int64_t *value, struct err *err)
{
    struct attr_change c;
    bool ok = attr_change(s, column, user, &c, err);
    *value = c.value;
    return ok;
}
