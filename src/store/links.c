/* links.c - layers of links laid over each other, chains followed to their ends, ids put in groups.
 *
 * All of it in arrays by user number: a million links among five million users cost some 30 ms once per
 * version of the store, and asking whose an id is costs one look. */
#include "config.h"
#include <stdlib.h>
#include "base/nls.h"
#include "base/vec.h"
#include "store/layers.h"
#include "store/links.h"
#include "store/snapshot_open.h"

/* ---- what the layers say */

struct saying {
    uint32_t *to, users;
    bool bad;
};

static void say(void *arg, const struct layer_rows *rows)
{
    struct saying *y = arg;
    for (uint32_t i = 0; i < rows->n; i++) {
        y->bad |= rows->value[i] < 0 || rows->value[i] >= (int64_t)y->users;
        if (!y->bad)
            y->to[rows->user[i]] = (uint32_t)rows->value[i];
    }
}

/* to[u]: whom the newest layer that names u says he is; u himself when none does. Room for `more` users. */
static uint32_t *read_layers(const struct snapshot *s, uint32_t more, struct err *err)
{
    struct saying y = {.users = s ? dict_count(s, COL_USER) : 0};
    y.to = mem_alloc(((size_t)y.users + more + 1) * sizeof(*y.to));
    for (uint32_t u = 0; u < y.users + more; u++)
        y.to[u] = u;
    bool ok = !s || layers_read(s, COL_CANON, 0, y.users, say, &y, err);
    if (ok && !y.bad)
        return y.to;
    if (ok)
        err_set(err, ERR_DAMAGED,
                _("the store's links name a customer that it does not have; run check to see what is "
                  "damaged"));
    free(y.to);
    return NULL;
}

/* ---- chains */

enum { NEW, ON_PATH, DONE };

/* What is in a circle leads to its lowest number, and that one to itself. */
static void close_circle(uint32_t *to, uint32_t at)
{
    uint32_t lowest = at;
    for (uint32_t u = to[at]; u != at; u = to[u])
        lowest = u < lowest ? u : lowest;
    for (uint32_t u = at, next; u != lowest || to[u] != lowest; u = next) {
        next = to[u];
        to[u] = lowest;
    }
}

/* Follows every chain to its end and shortens it for all on the way; *circle: somebody in a circle, or n. */
static void resolve(uint32_t *to, uint32_t n, uint32_t *circle)
{
    uint8_t *state = mem_zalloc((size_t)n + 1);
    VEC(uint32_t) path = {0};
    *circle = n;
    for (uint32_t from = 0; from < n; from++) {
        uint32_t u = from;
        for (; to[u] != u && state[u] == NEW; u = to[u]) {
            state[u] = ON_PATH;
            vec_push(&path, u);
        }
        if (to[u] != u && state[u] == ON_PATH) {
            *circle = u;
            close_circle(to, u);
        }
        uint32_t end = to[u];
        while (path.n) {
            uint32_t x = path.at[--path.n];
            to[x] = end;
            state[x] = DONE;
        }
    }
    vec_done(&path);
    free(state);
}

/* ---- groups */

struct making {
    struct links *l;
    uint32_t *to, *start, *member, *place, *before, *group;
    uint64_t *joined, *alias; /* alias: ids that are somebody else's */
};

/* Every id of a set, ascending. */
#define EACH_BIT(set, words, u)                                                                              \
    for (size_t w_ = 0; w_ < (words); w_++)                                                                  \
        for (uint64_t left_ = (set)[w_], u = 0;                                                              \
             left_ && (u = w_ * 64 + (unsigned)__builtin_ctzll(left_), true); left_ &= left_ - 1)

static void mark_joined(struct making *m)
{
    struct links *l = m->l;
    size_t words = l->users / 64 + 1;
    m->alias = mem_zalloc(words * sizeof(*m->alias));
    m->joined = mem_zalloc(words * sizeof(*m->joined));
    m->before = mem_zalloc(words * sizeof(*m->before));
    for (uint32_t u = 0; u < l->users; u++) /* without branches: they would be guessed wrong */
        m->alias[u / 64] |= (uint64_t)(m->to[u] != u) << u % 64;
    memcpy(m->joined, m->alias, words * sizeof(*m->alias));
    EACH_BIT(m->alias, words, u)
    {
        m->joined[m->to[u] / 64] |= UINT64_C(1) << m->to[u] % 64;
        l->n++;
    }
    for (size_t w = 1; w < words; w++)
        m->before[w] = m->before[w - 1] + (uint32_t)__builtin_popcountll(m->joined[w - 1]);
    l->customer = m->to;
    l->joined = m->joined;
    l->before = m->before;
}

static size_t count_joined(const struct links *l)
{
    size_t last = l->users / 64;
    return l->before[last] + (size_t)__builtin_popcountll(l->joined[last]);
}

static bool is_alias(const struct making *m, uint64_t u)
{
    return m->alias[u / 64] >> u % 64 & 1;
}

/* Groups are numbered by their customers; the others then look theirs up. */
static void number_groups(struct making *m, size_t words)
{
    uint32_t place = 0, groups = 0;
    EACH_BIT(m->joined, words, u)
    {
        if (!is_alias(m, u))
            m->group[place] = groups++;
        place++;
    }
    place = 0;
    EACH_BIT(m->joined, words, u)
    {
        if (is_alias(m, u))
            m->group[place] = links_group(m->l, m->to[u]);
        m->start[m->group[place++] + 2]++;
    }
}

/* start[g + 1] is where the next of g goes, so that in the end it is where g + 1 begins. */
static void place_members(struct making *m, size_t words)
{
    for (size_t g = 1; g <= m->l->groups; g++)
        m->start[g + 1] += m->start[g];
    for (int alias = 0; alias < 2; alias++) {
        uint32_t place = 0;
        EACH_BIT(m->joined, words, u)
        {
            uint32_t g = m->group[place];
            if (is_alias(m, u) == alias) {
                m->place[m->start[g + 1]] = place;
                m->member[m->start[g + 1]++] = (uint32_t)u;
            }
            place++;
        }
    }
}

static void fill_groups(struct making *m)
{
    struct links *l = m->l;
    size_t all = count_joined(l), words = l->users / 64 + 1;
    m->group = mem_alloc((all + 1) * sizeof(*m->group));
    l->group = m->group;
    l->groups = all - l->n;
    m->start = mem_zalloc((l->groups + 2) * sizeof(*m->start));
    m->member = mem_alloc((all + 1) * sizeof(*m->member));
    m->place = mem_alloc((all + 1) * sizeof(*m->place));
    number_groups(m, words);
    place_members(m, words);
    free(m->alias);
    l->start = m->start;
    l->member = m->member;
    l->place = m->place;
}

void links_free(struct links *l)
{
    if (!l)
        return;
    free((void *)(uintptr_t)l->customer);
    free((void *)(uintptr_t)l->start);
    free((void *)(uintptr_t)l->member);
    free((void *)(uintptr_t)l->place);
    free((void *)(uintptr_t)l->joined);
    free((void *)(uintptr_t)l->before);
    free((void *)(uintptr_t)l->group);
    free(l);
}

static bool any_links(const struct snapshot *s)
{
    const struct part *part;
    size_t n = snapshot_parts(s, TABLE_USERS, &part);
    for (size_t i = 0; i < n; i++)
        if (catalog_part_column(&part[i], COL_CANON) < part[i].columns)
            return true;
    return false;
}

/* Merged or forgotten, an import is noted with its columns; else its part has them, and no column of imports.
 */
bool links_brought(const struct snapshot *s, const struct import_def *import)
{
    const struct part *part;
    size_t n = snapshot_parts(s, TABLE_USERS, &part);
    for (size_t i = 0; i < import->columns; i++)
        if (import->column[i] == COL_CANON)
            return true;
    for (size_t i = 0; i < n; i++)
        if (part[i].import == import->id && catalog_part_column(&part[i], COL_CANON) < part[i].columns &&
            catalog_part_column(&part[i], COL_IMPORT) == part[i].columns)
            return true;
    return false;
}

static struct links *make_links(const struct snapshot *s, struct err *err)
{
    struct making m = {.l = mem_zalloc(sizeof(*m.l))};
    uint32_t circle;
    m.l->users = dict_count(s, COL_USER);
    m.to = read_layers(s, 0, err);
    if (!m.to) {
        free(m.l);
        return NULL;
    }
    resolve(m.to, m.l->users, &circle);
    mark_joined(&m);
    fill_groups(&m);
    return m.l;
}

bool snapshot_links(const struct snapshot *s, const struct links **out, struct err *err)
{
    struct catalog *c = s->catalog;
    *out = NULL;
    if (!any_links(s))
        return true;
    struct links *l = atomic_load(&c->links), *before = NULL;
    if (!l) {
        l = make_links(s, err);
        if (!l)
            return false;
        if (!atomic_compare_exchange_strong(&c->links, &before, l)) { /* another thread was faster */
            links_free(l);
            l = before;
        }
    }
    *out = l->n ? l : NULL;
    return true;
}

/* Counts each customer's other ids; all chains are at their ends. */
static void count_ids(const uint32_t *to, uint32_t n, struct links_trial *out)
{
    uint32_t *ids = mem_zalloc(((size_t)n + 1) * sizeof(*ids));
    for (uint32_t u = 0; u < n; u++)
        ids[to[u]] += to[u] != u;
    for (uint32_t u = 0; u < n; u++) {
        out->crowded += ids[u] > LINKS_MANY;
        if (ids[u] > out->largest_ids) {
            out->largest_ids = ids[u];
            out->largest = u;
        }
    }
    free(ids);
}

bool links_try(const struct snapshot *s, const struct links_pair *more, size_t n, struct links_trial *out,
               struct err *err)
{
    uint32_t users = s ? dict_count(s, COL_USER) : 0, most = users;
    *out = (struct links_trial){0};
    for (size_t i = 0; i < n; i++) {
        most = more[i].alias >= most ? more[i].alias + 1 : most;
        most = more[i].canonical >= most ? more[i].canonical + 1 : most;
    }
    uint32_t *to = read_layers(s, most - users, err);
    if (!to)
        return false;
    for (size_t i = 0; i < n; i++)
        to[more[i].alias] = more[i].canonical;
    resolve(to, most, &out->circle);
    out->circular = out->circle < most;
    count_ids(to, most, out);
    free(to);
    return true;
}
