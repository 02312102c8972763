/* audience.c - a condition on customers as sets: leaves collected, answered, kept and put together. */
#include "config.h"
#include "analysis/audience.h"

#include <stdlib.h>

#include "analysis/behaviour.h"
#include "analysis/trait.h"
#include "analysis/who.h"
#include "base/buf.h"
#include "base/intern.h"
#include "base/nls.h"
#include "base/vec.h"
#include "model/customers.h"

#define CACHE_BYTES (512u << 20)

struct audience_cache {
    struct intern *key; /* numbers index `set` */
    VEC(struct userset *) set;
    struct userset *everyone; /* all customers; NULL: not looked at since the last change */
    uint64_t stamp[5];        /* of the data that the answers are about */
    size_t bytes;
    uint64_t scans;
    unsigned busy; /* preparations under way: a question inside a condition prepares conditions of its own */
};

/* ---- the cache ---- */

struct audience_cache *audience_cache_new(void)
{
    struct audience_cache *c = mem_zalloc(sizeof(*c));
    c->key = intern_new();
    return c;
}

static void forget(struct audience_cache *c)
{
    for (size_t i = 0; i < c->set.n; i++)
        userset_free(c->set.at[i]);
    c->set.n = c->bytes = 0;
    userset_free(c->everyone);
    c->everyone = NULL;
    intern_free(c->key);
    c->key = intern_new();
}

void audience_cache_free(struct audience_cache *c)
{
    if (!c)
        return;
    forget(c);
    intern_free(c->key);
    vec_done(&c->set);
    free(c);
}

uint64_t audience_cache_scans(const struct audience_cache *c)
{
    return c->scans;
}

/* Which parts and users there are. The store's version would do too, but it also changes when a segment is
 * saved, and that must not cost a recount. Parts are never changed and their numbers never used again. */
static void stamp_of(const struct snapshot *s, uint64_t stamp[5])
{
    uint64_t mix = 1469598103934665603u;
    for (int t = TABLE_EVENTS; t <= TABLE_USERS; t++) {
        const struct part *part;
        size_t n = snapshot_parts(s, (enum table)t, &part);
        stamp[t] = n;
        for (size_t i = 0; i < n; i++)
            mix = (mix ^ ((uint64_t)part[i].id << 32 | part[i].import)) * 1099511628211u;
    }
    stamp[2] = mix;
    stamp[3] = dict_count(s, COL_USER);
    stamp[4] = dict_count(s, COL_EVENT);
}

static bool refresh(const struct audience *a, struct err *err)
{
    struct audience_cache *c = a->cache;
    uint64_t now[5];
    if (a->cache->busy)
        return true; /* the one outside counts on what it found, and everyone is among that */
    stamp_of(a->snapshot, now);
    if (memcmp(now, c->stamp, sizeof(now)) != 0 || c->bytes > CACHE_BYTES) {
        forget(c);
        memcpy(c->stamp, now, sizeof(now));
    }
    if (!c->everyone)
        c->everyone = customers_all(a->snapshot, err);
    return c->everyone != NULL;
}

static bool is_inner(const struct expr *e)
{
    return e->op == EXPR_AND || e->op == EXPR_OR || e->op == EXPR_NOT;
}

/* What the names in e stand for now; they may stand for something else tomorrow. */
static void put_meanings(struct buf *b, const struct expr *e)
{
    if (e->definition) {
        buf_putc(b, '\n');
        expr_print(b, e->definition);
        put_meanings(b, e->definition);
    }
    if (is_inner(e))
        for (size_t i = 0; i < e->n; i++)
            put_meanings(b, e->child[i]);
    for (size_t i = 0; e->question && i < e->question->n; i++)
        put_meanings(b, e->question->asked[i].tree);
    for (size_t i = 0; e->call && i < e->call->steps; i++) {
        put_meanings(b, e->call->step[i].event);
        if (e->call->step[i].where)
            put_meanings(b, e->call->step[i].where);
    }
}

/* Whether a question is in e: its options may speak of page sets and of tags, too. */
static bool asks(const struct expr *e)
{
    bool any = e->question != NULL || (e->definition && asks(e->definition));
    for (size_t i = 0; is_inner(e) && i < e->n && !any; i++)
        any = asks(e->child[i]);
    return any;
}

/* Days and hours in a condition depend on the zone. */
static void put_key(struct buf *b, const struct audience *a, const struct expr *e)
{
    buf_puts(b, zone_name(a->zone));
    buf_putc(b, '\n');
    expr_print(b, e);
    put_meanings(b, e);
    if (asks(e)) {
        buf_putc(b, '\n');
        buf_str(b, snapshot_note(a->snapshot, NOTE_SETS));
        buf_str(b, snapshot_note(a->snapshot, NOTE_TAGS));
    }
}

static const struct userset *cached(const struct audience *a, const struct expr *e)
{
    struct buf key = {0};
    put_key(&key, a, e);
    uint32_t number = intern_find(a->cache->key, buf_view(&key));
    buf_done(&key);
    return number == INTERN_NONE ? NULL : a->cache->set.at[number];
}

/* Takes the set over. */
static const struct userset *keep(const struct audience *a, const struct expr *e, struct userset *set)
{
    struct audience_cache *c = a->cache;
    struct buf key = {0};
    put_key(&key, a, e);
    uint32_t number = intern_add(c->key, buf_view(&key));
    buf_done(&key);
    if (number < c->set.n) { /* the same leaf twice in one condition */
        userset_free(set);
        return c->set.at[number];
    }
    vec_push(&c->set, set);
    c->bytes += userset_bytes(set);
    return set;
}

/* ---- leaves ---- */

struct gather {
    const struct audience *a;
    VEC(struct audience_leaf) trait, behaviour, who;
    VEC(const struct expr *) seen; /* definitions walked already */
    struct intern *text;           /* leaves collected already */
};

static bool first_time(struct gather *g, const struct expr *definition)
{
    for (size_t i = 0; i < g->seen.n; i++)
        if (g->seen.at[i] == definition)
            return false;
    vec_push(&g->seen, definition);
    return true;
}

static void gather_leaf(struct gather *g, const struct expr *e)
{
    struct buf text = {0};
    expr_print(&text, e);
    uint32_t known = intern_count(g->text);
    bool is_new = intern_add(g->text, buf_view(&text)) == known;
    buf_done(&text);
    if (!is_new || cached(g->a, e))
        return;
    if (e->question)
        vec_push(&g->who, (struct audience_leaf){e, NULL});
    else if (e->call)
        vec_push(&g->behaviour, (struct audience_leaf){e, NULL});
    else
        vec_push(&g->trait, (struct audience_leaf){e, NULL});
}

static void gather(struct gather *g, const struct expr *e)
{
    if (e->definition) {
        if (first_time(g, e->definition) && !cached(g->a, e->definition))
            gather(g, e->definition);
    } else if (is_inner(e)) {
        for (size_t i = 0; i < e->n; i++)
            gather(g, e->child[i]);
    } else {
        gather_leaf(g, e);
    }
}

/* What was asked of every id becomes an answer about customers: their other ids are nobody. */
static struct userset *of_customers(const struct audience *a, struct userset *set)
{
    if (userset_count(a->cache->everyone) == dict_count(a->snapshot, COL_USER))
        return set;
    struct userset *some = userset_and(set, a->cache->everyone);
    userset_free(set);
    return some;
}

static void keep_leaves(const struct audience *a, struct audience_leaf *leaf, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (leaf[i].set)
            keep(a, leaf[i].e, of_customers(a, leaf[i].set));
}

bool audience_prepare(const struct audience *a, const struct expr *const *e, size_t n, struct err *err)
{
    if (!refresh(a, err))
        return false;
    struct gather g = {.a = a, .text = intern_new()};
    for (size_t i = 0; i < n; i++)
        gather(&g, e[i]);
    a->cache->busy++;
    bool ok = trait_find(a, g.trait.at, g.trait.n, err) &&
              behaviour_find(a, g.behaviour.at, g.behaviour.n, &a->cache->scans, err);
    keep_leaves(a, g.trait.at, g.trait.n); /* what was found before a failure stays good */
    keep_leaves(a, g.behaviour.at, g.behaviour.n);
    ok = ok && who_find(a, g.who.at, g.who.n, err); /* last: questions may be about the same leaves */
    keep_leaves(a, g.who.at, g.who.n);
    a->cache->busy--;
    vec_done(&g.trait);
    vec_done(&g.behaviour);
    vec_done(&g.who);
    vec_done(&g.seen);
    intern_free(g.text);
    return ok;
}

/* ---- putting together ---- */

/* A set that is the cache's, or our own. */
struct part_set {
    const struct userset *set;
    struct userset *own;
};

static struct part_set owned(struct userset *set)
{
    return (struct part_set){set, set};
}

static struct part_set everyone(const struct audience *a)
{
    return (struct part_set){a->cache->everyone, NULL};
}

static struct part_set combine(const struct audience *a, const struct expr *e);

/* into = into op e, where `not x` is taken as x with the opposite operation: no complement is made. */
static void join(const struct audience *a, struct part_set *into, const struct expr *e,
                 struct userset *(*op)(const struct userset *, const struct userset *))
{
    struct part_set one = combine(a, e);
    struct userset *both = op(into->set, one.set);
    userset_free(into->own);
    userset_free(one.own);
    *into = owned(both);
}

static struct part_set combine_and(const struct audience *a, const struct expr *e)
{
    struct part_set all = {NULL, NULL};
    for (size_t i = 0; i < e->n; i++)
        if (e->child[i]->op != EXPR_NOT) {
            if (all.set)
                join(a, &all, e->child[i], userset_and);
            else
                all = combine(a, e->child[i]);
        }
    if (!all.set)
        all = everyone(a);
    for (size_t i = 0; i < e->n; i++)
        if (e->child[i]->op == EXPR_NOT)
            join(a, &all, e->child[i]->child[0], userset_andnot);
    return all;
}

static struct part_set combine_or(const struct audience *a, const struct expr *e)
{
    struct part_set any = combine(a, e->child[0]);
    for (size_t i = 1; i < e->n; i++)
        join(a, &any, e->child[i], userset_or);
    return any;
}

static struct part_set combine_not(const struct audience *a, const struct expr *e)
{
    struct part_set all = everyone(a);
    join(a, &all, e->child[0], userset_andnot);
    return all;
}

/* Tags and segments are kept like leaves: they are what conditions are made of. */
static struct part_set combine_name(const struct audience *a, const struct expr *e)
{
    const struct userset *set = cached(a, e->definition);
    if (set)
        return (struct part_set){set, NULL};
    struct part_set one = combine(a, e->definition);
    if (!one.own)
        return one;
    return (struct part_set){keep(a, e->definition, one.own), NULL};
}

static struct part_set combine(const struct audience *a, const struct expr *e)
{
    if (e->definition)
        return combine_name(a, e);
    switch (e->op) {
    case EXPR_AND: return combine_and(a, e);
    case EXPR_OR: return combine_or(a, e);
    case EXPR_NOT: return combine_not(a, e);
    default: return (struct part_set){cached(a, e), NULL};
    }
}

const struct userset *audience_see(const struct audience *a, const struct expr *e, struct userset **own,
                                   struct err *err)
{
    *own = NULL;
    if (!audience_prepare(a, &e, 1, err))
        return NULL;
    struct part_set all = combine(a, e);
    *own = all.own;
    return all.set;
}

struct userset *audience_find(const struct audience *a, const struct expr *e, struct err *err)
{
    struct userset *own;
    const struct userset *set = audience_see(a, e, &own, err);
    return own ? own : set ? userset_copy(set) : NULL;
}
