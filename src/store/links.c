/* links.c - layers of links laid over each other, chains followed to their ends. */
#include "config.h"
#include <stdlib.h>
#include "base/vec.h"
#include "store/links.h"
#include "store/rows.h"
#include "store/snapshot_open.h"

/* A link as a layer says it, in the order in which they say so: the last word counts. */
struct said {
    struct link link;
    size_t order;
};
typedef VEC(struct said) said_vec;

static int by_alias(const void *a, const void *b)
{
    const struct said *x = a, *y = b;
    if (x->link.alias != y->link.alias)
        return x->link.alias < y->link.alias ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Of each alias the last one said. */
static void keep_last(said_vec *v)
{
    size_t n = 0;
    if (v->n)
        qsort(v->at, v->n, sizeof(*v->at), by_alias);
    for (size_t i = 0; i < v->n; i++)
        if (i + 1 == v->n || v->at[i + 1].link.alias != v->at[i].link.alias)
            v->at[n++] = v->at[i];
    v->n = n;
}

static bool read_layer(const struct snapshot *s, const struct part *p, said_vec *out, struct err *err)
{
    static const uint16_t column[] = {COL_CANON};
    struct rows r;
    rows_init(&r, s, p, column, 1);
    bool ok = rows_fill(&r, err);
    while (ok && r.n) {
        for (uint32_t i = 0; i < r.n; i++)
            if (r.value[0][i] != COLUMN_NULL)
                vec_push(out, (struct said){{r.user[i], (uint32_t)r.value[0][i]}, out->n});
        ok = rows_fill(&r, err);
    }
    rows_done(&r);
    return ok;
}

static bool read_layers(const struct snapshot *s, said_vec *out, struct err *err)
{
    const struct part *part;
    size_t n = snapshot_parts(s, TABLE_USERS, &part);
    for (size_t i = 0; i < n; i++)
        if (catalog_part_column(&part[i], COL_CANON) < part[i].columns && !read_layer(s, &part[i], out, err))
            return false;
    return true;
}

static size_t find(const said_vec *v, uint32_t alias)
{
    size_t from = 0, to = v->n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (v->at[mid].link.alias < alias)
            from = mid + 1;
        else
            to = mid;
    }
    return from < v->n && v->at[from].link.alias == alias ? from : v->n;
}

enum { NEW, ON_PATH, DONE };

/* What is in a circle leads to its lowest number. */
static void close_circle(said_vec *v, size_t at)
{
    uint32_t lowest = v->at[at].link.alias, user = v->at[at].link.canonical;
    for (; user != v->at[at].link.alias; user = v->at[find(v, user)].link.canonical)
        lowest = user < lowest ? user : lowest;
    user = v->at[at].link.alias;
    do {
        size_t i = find(v, user);
        user = v->at[i].link.canonical;
        v->at[i].link.canonical = lowest;
    } while (user != v->at[at].link.alias);
}

/* Follows the chain from `at` to its end and shortens it for all on the way. */
static void follow(said_vec *v, size_t at, unsigned char *state, size_t **path, size_t *circle)
{
    size_t n = 0, i = at;
    while (i < v->n && state[i] == NEW && v->at[i].link.canonical != v->at[i].link.alias) {
        state[i] = ON_PATH;
        (*path)[n++] = i;
        i = find(v, v->at[i].link.canonical);
    }
    if (i < v->n && state[i] == ON_PATH) {
        *circle = i;
        close_circle(v, i);
    }
    uint32_t end = 0;
    for (size_t k = n; k-- > 0;) {
        struct link *l = &v->at[(*path)[k]].link;
        size_t next = find(v, l->canonical);
        end = next < v->n && state[next] == DONE ? v->at[next].link.canonical : l->canonical;
        l->canonical = end;
        state[(*path)[k]] = DONE;
    }
    if (n == 0)
        state[at] = DONE;
}

/* Resolves all; *circle: some place on a circle, or v->n. */
static void resolve(said_vec *v, size_t *circle)
{
    unsigned char *state = mem_zalloc(v->n + 1);
    size_t *path = mem_alloc((v->n + 1) * sizeof(*path));
    *circle = v->n;
    for (size_t i = 0; i < v->n; i++)
        if (state[i] == NEW)
            follow(v, i, state, &path, circle);
    free(path);
    free(state);
}

static struct catalog_links *make_links(const struct snapshot *s, struct err *err)
{
    said_vec v = {0};
    struct catalog_links *l = NULL;
    size_t circle;
    if (read_layers(s, &v, err)) {
        keep_last(&v);
        resolve(&v, &circle);
        l = mem_zalloc(sizeof(*l) + v.n * sizeof(*l->link));
        for (size_t i = 0; i < v.n; i++)
            if (v.at[i].link.alias != v.at[i].link.canonical)
                l->link[l->n++] = v.at[i].link;
    }
    vec_done(&v);
    return l;
}

bool snapshot_links(const struct snapshot *s, const struct link **out, size_t *n, struct err *err)
{
    struct catalog *c = s->catalog;
    struct catalog_links *l = atomic_load(&c->links), *before = NULL;
    if (!l) {
        l = make_links(s, err);
        if (!l)
            return false;
        if (!atomic_compare_exchange_strong(&c->links, &before, l)) { /* another thread was faster */
            free(l);
            l = before;
        }
    }
    *out = l->link;
    *n = l->n;
    return true;
}

bool links_circular(const struct snapshot *s, const struct link *more, size_t n, bool *circular,
                    uint32_t *circle, struct err *err)
{
    said_vec v = {0};
    size_t at;
    bool ok = read_layers(s, &v, err);
    for (size_t i = 0; i < n; i++)
        vec_push(&v, (struct said){more[i], v.n});
    keep_last(&v);
    resolve(&v, &at);
    *circular = ok && at < v.n;
    *circle = *circular ? v.at[at].link.alias : 0;
    vec_done(&v);
    return ok;
}
