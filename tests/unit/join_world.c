/* join_world.c - makes the two stores of join_world.h through batch.h. */
#include "config.h"
#include "join_world.h"

#include <stdio.h>
#include <stdlib.h>

#include "../store/store_world.h"
#include "base/str.h"
#include "store/batch.h"
#include "store/upkeep.h"

#define BEGIN 1709999990000000LL /* 2024-03-09 15:59:50 UTC: close to midnight in Shanghai */

enum { EVENTS = 5, CITIES = 3, COLUMNS = 4 };
static const char *const event_name[EVENTS] = {"home", "pay", "a b", "登录", "help"};
static const char *const channel_name[] = {"app", "web", "柜台"};
static const char *const city_name[CITIES] = {"上海", "Lyon", "x"};
static struct err err;

#define MUST(x)                                                                                              \
    do {                                                                                                     \
        if (!(x)) {                                                                                          \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #x, err.text);                            \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

static uint32_t below(struct join_world *w, uint32_t n)
{
    return rand_below(&w->rand, n);
}

/* ---- ids */

static void add_id(struct join_world *w, const char *name, uint32_t owner)
{
    struct join_id id = {.owner = owner};
    snprintf(id.name, sizeof(id.name), "%s", name);
    vec_push(&w->id, id);
}

/* Customers' own ids in order, the others anywhere among them. */
static void make_ids(struct join_world *w)
{
    VEC(struct join_id) other = {0};
    char name[32];
    w->customers = 1 + below(w, below(w, 4) ? 12 : 60);
    for (uint32_t c = 0; c < w->customers; c++) {
        uint32_t n = below(w, 3) ? 0 : below(w, below(w, 10) ? 4 : 80);
        for (uint32_t k = 0; k < n; k++) {
            struct join_id id = {.owner = c};
            snprintf(id.name, sizeof(id.name), "D%u_%u", c, k);
            vec_push(&other, id);
        }
    }
    for (size_t i = other.n; i > 1; i--) {
        size_t k = below(w, (uint32_t)i);
        struct join_id swap = other.at[k];
        other.at[k] = other.at[i - 1];
        other.at[i - 1] = swap;
    }
    for (uint32_t c = 0; c < w->customers; c++) {
        while (other.n && below(w, w->customers - c + 1) > 0 && below(w, 3)) {
            add_id(w, other.at[other.n - 1].name, other.at[other.n - 1].owner);
            other.n--;
        }
        snprintf(name, sizeof(name), "C%02u", c);
        w->own[c] = (uint32_t)w->id.n;
        add_id(w, name, c);
    }
    for (; other.n; other.n--)
        add_id(w, other.at[other.n - 1].name, other.at[other.n - 1].owner);
    vec_done(&other);
    for (uint32_t c = 0; c < w->customers; c++)
        vec_push(&w->of[c], w->own[c]);
    for (uint32_t i = 0; i < w->id.n; i++)
        if (i != w->own[w->id.at[i].owner])
            vec_push(&w->of[w->id.at[i].owner], i);
}

const char *join_world_any(struct join_world *w, uint32_t customer)
{
    return w->id.at[w->of[customer].at[below(w, (uint32_t)w->of[customer].n)]].name;
}

const char *join_world_own(const struct join_world *w, uint32_t customer)
{
    return w->id.at[w->own[customer]].name;
}

/* User number of an id in a store: in the second its customer's. Ids are numbered by the first import. */
static uint32_t number(const struct join_world *w, int store, uint32_t id)
{
    return store ? w->id.at[id].owner : id;
}

static void name_everyone(const struct join_world *w, struct batch *b, int store)
{
    uint32_t code, expected = 0;
    for (uint32_t i = 0; i < w->id.n; i++) {
        if (store && i != w->own[w->id.at[i].owner])
            continue;
        MUST(batch_code(b, COL_USER, str_of(w->id.at[i].name), &code, &err) && code == expected++);
    }
}

/* ---- events */

struct event {
    uint32_t id, order, user; /* user: of the store being written */
    int64_t time, value[3];   /* event, channel, amount */
};
typedef VEC(struct event) event_vec;

static int event_cmp(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    if (x->user != y->user)
        return x->user < y->user ? -1 : 1;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* At one moment a customer has one id within one import: among several the order of arrival would be lost. */
static uint32_t id_at(const struct join_world *w, uint32_t customer, int64_t time, uint32_t salt)
{
    uint64_t mix = (uint64_t)(time - BEGIN) * 0x9e3779b97f4a7c15u + salt * 0xff51afd7ed558ccdu + customer;
    mix ^= mix >> 29;
    return w->of[customer].at[mix * 0xc4ceb9fe1a85ec53u % w->of[customer].n];
}

static event_vec draw_events(struct join_world *w)
{
    event_vec v = {0};
    uint32_t n = below(w, below(w, 5) ? 120 : 2000), salt = below(w, 1000), ticks = 1 + below(w, 300);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t customer = below(w, w->customers);
        struct event e = {.order = i, .time = BEGIN + w->unit * below(w, ticks)};
        if (customer % 5 == 4)
            continue; /* known by attributes and links alone */
        e.id = id_at(w, customer, e.time, salt);
        e.value[0] = below(w, below(w, 2) ? 3 : EVENTS);
        e.value[1] = below(w, 4) ? (int64_t)below(w, 3) : COLUMN_NULL;
        e.value[2] = below(w, 3) ? column_of_number(below(w, 1000) / 100.0) : COLUMN_NULL;
        vec_push(&v, e);
    }
    return v;
}

static void put_events(const struct join_world *w, int store, event_vec *v, struct batch *b,
                       const uint16_t *column)
{
    struct part_writer *p = part_begin(b, column, 4, &err);
    MUST(p);
    for (size_t i = 0; i < v->n; i++)
        v->at[i].user = number(w, store, v->at[i].id);
    qsort(v->at, v->n, sizeof(*v->at), event_cmp);
    for (size_t i = 0; i < v->n; i++) {
        const struct event *e = &v->at[i];
        const int64_t *const value[] = {&e->time, &e->value[0], &e->value[1], &e->value[2]};
        MUST(part_append(p, 1, &e->user, value, &err));
    }
    MUST(part_end(p, &err));
}

static void add_codes(struct batch *b, uint16_t column, const char *const *text, uint32_t n)
{
    uint32_t code;
    for (uint32_t i = 0; i < n; i++)
        MUST(batch_code(b, column, str_of(text[i]), &code, &err) && code == i);
}

static void commit(struct batch *b)
{
    MUST(batch_commit(b, &(struct import_def){.source = STR("a test")}, &err));
}

static void import_events(struct join_world *w)
{
    event_vec v = draw_events(w);
    for (int store = 0; store < 2 && v.n; store++) {
        uint16_t column[4] = {COL_TIME, COL_EVENT};
        struct batch *b = batch_begin(w->env[store], TABLE_EVENTS, 0, &err);
        MUST(b && batch_column(b, STR("channel"), COLUMN_CODE, &column[2], &err));
        MUST(batch_column(b, STR("amount"), COLUMN_NUMBER, &column[3], &err));
        add_codes(b, COL_EVENT, event_name, EVENTS);
        add_codes(b, column[2], channel_name, 3);
        put_events(w, store, &v, b, column);
        commit(b);
    }
    vec_done(&v);
}

/* ---- attributes */

static const char *const column_name[COLUMNS] = {"age", "city", "vip", "since"};
static const enum column_type column_type[COLUMNS] = {COLUMN_NUMBER, COLUMN_CODE, COLUMN_BOOL, COLUMN_TIME};

struct layer {
    bool has[COLUMNS];
    bool *row;      /* per id */
    int64_t *value; /* per id, COLUMNS each */
};

static int64_t draw_value(struct join_world *w, int column)
{
    if (below(w, 4) == 0)
        return COLUMN_NULL;
    switch (column) {
    case 0: return column_of_number(below(w, 60));
    case 1: return below(w, CITIES);
    case 2: return below(w, 2);
    default: return BEGIN - (int64_t)below(w, 1000) * 3600000000;
    }
}

/* What stands for the customer in this layer: of the ids with a value the first, by the rule of attr.h. */
static bool replaced_row(const struct join_world *w, const struct layer *l, uint32_t customer, int64_t *value)
{
    bool any = false;
    for (int k = 0; k < COLUMNS; k++)
        value[k] = COLUMN_NULL;
    for (size_t i = 0; i < w->of[customer].n; i++) {
        uint32_t id = w->of[customer].at[i];
        any |= l->row[id];
        for (int k = 0; k < COLUMNS && l->row[id]; k++)
            if (value[k] == COLUMN_NULL)
                value[k] = l->value[id * COLUMNS + (uint32_t)k];
    }
    return any;
}

static void put_attributes(const struct join_world *w, int store, const struct layer *l, struct batch *b)
{
    uint16_t column[COLUMNS];
    size_t n = 0, place[COLUMNS];
    for (size_t k = 0; k < COLUMNS; k++)
        if (l->has[k]) {
            MUST(batch_column(b, str_of(column_name[k]), column_type[k], &column[n], &err));
            if (k == 1)
                add_codes(b, column[n], city_name, CITIES);
            place[n++] = k;
        }
    struct part_writer *p = part_begin(b, column, n, &err);
    MUST(p);
    uint32_t users = store ? w->customers : (uint32_t)w->id.n;
    for (uint32_t u = 0; u < users; u++) {
        int64_t row[COLUMNS];
        const int64_t *value[COLUMNS];
        if (store ? !replaced_row(w, l, u, row) : !l->row[u])
            continue;
        for (size_t k = 0; k < n; k++)
            value[k] = store ? &row[place[k]] : &l->value[u * COLUMNS + place[k]];
        MUST(part_append(p, 1, &u, value, &err));
    }
    MUST(part_end(p, &err));
}

static void import_attributes(struct join_world *w, bool first)
{
    struct layer l = {.row = mem_zalloc(w->id.n), .value = mem_zalloc(w->id.n * COLUMNS * sizeof(int64_t))};
    bool any = false;
    uint32_t density = 1 + below(w, 5);
    for (int k = 0; k < COLUMNS; k++)
        l.has[k] = first || below(w, 2);
    l.has[0] |= !l.has[1] && !l.has[2] && !l.has[3];
    for (uint32_t i = 0; i < w->id.n; i++) {
        any |= l.row[i] = below(w, density) == 0;
        for (int k = 0; k < COLUMNS; k++)
            l.value[i * COLUMNS + (uint32_t)k] = draw_value(w, k);
    }
    for (int store = 0; store < 2 && (any || first); store++) {
        struct batch *b = batch_begin(w->env[store], TABLE_USERS, 0, &err);
        MUST(b);
        if (first)
            name_everyone(w, b, store);
        put_attributes(w, store, &l, b);
        commit(b);
    }
    free(l.row);
    free(l.value);
}

/* ---- links */

/* to[id]: whom it is said to be; itself: nothing is said of it. */
static void put_links(struct join_world *w, const uint32_t *to, const bool *said)
{
    static const uint16_t column[] = {COL_CANON};
    struct batch *b = batch_begin(w->env[0], TABLE_USERS, 0, &err);
    MUST(b);
    struct part_writer *p = part_begin(b, column, 1, &err);
    MUST(p);
    for (uint32_t i = 0; i < w->id.n; i++) {
        int64_t canonical = to[i];
        const int64_t *value = &canonical;
        if (said[i])
            MUST(part_append(p, 1, &i, &value, &err));
    }
    MUST(part_end(p, &err));
    commit(b);
}

/* Ids lead to their customer, or to another of his that does. */
static void draw_links(struct join_world *w, uint32_t *to)
{
    for (uint32_t c = 0; c < w->customers; c++) {
        to[w->own[c]] = w->own[c];
        for (size_t i = 1; i < w->of[c].n; i++)
            to[w->of[c].at[i]] = w->of[c].at[below(w, below(w, 2) ? 1 : (uint32_t)i)];
    }
}

static void say_wrong(struct join_world *w)
{
    uint32_t *to = mem_zalloc(w->id.n * sizeof(*to));
    bool *said = mem_zalloc(w->id.n), any = false;
    for (uint32_t i = 1; i < w->id.n; i++) {
        any |= said[i] = below(w, 3) == 0;
        to[i] = below(w, i);
    }
    if (any)
        put_links(w, to, said);
    free(to);
    free(said);
}

static uint32_t count_imports(const struct join_world *w)
{
    const struct import_def *import;
    struct snapshot *s = snapshot_open(w->env[0], &err);
    MUST(s);
    size_t n = snapshot_imports(s, &import);
    snapshot_close(s);
    return (uint32_t)n;
}

/* Sometimes half of it is said first and the other half later, or everything wrong at first. */
void join_world_link(struct join_world *w)
{
    uint32_t *to = mem_alloc((w->id.n + 1) * sizeof(*to));
    bool *said = mem_zalloc(w->id.n + 1);
    uint32_t rounds = 1 + below(w, 3);
    w->links_from = count_imports(w) + 1;
    draw_links(w, to);
    bool wrong = below(w, 2);
    if (wrong)
        say_wrong(w);
    for (uint32_t k = 0; k < rounds; k++) {
        bool any = false;
        for (uint32_t i = 0; i < w->id.n; i++)
            any |= said[i] = (wrong || to[i] != i) && i % rounds == k;
        if (any)
            put_links(w, to, said);
    }
    w->links_to = count_imports(w);
    free(to);
    free(said);
}

/* ---- the whole */

void join_world_make(struct join_world *w, uint64_t seed)
{
    static const int64_t unit[] = {1, 1000000, 60000000, 7200000000, 250000};
    *w = (struct join_world){.seed = seed};
    rand_seed(&w->rand, seed);
    w->unit = unit[below(w, 5)];
    make_ids(w);
    for (int store = 0; store < 2; store++) {
        w->dir[store] = world_dir();
        w->env[store] = env_open(w->dir[store], ENV_WRITE, &err);
        MUST(w->env[store]);
    }
    import_attributes(w, true);
    for (uint32_t i = 1 + below(w, 8); i > 0; i--) {
        import_events(w);
        if (below(w, 2))
            import_attributes(w, false);
    }
    for (int store = 0; store < 2; store++)
        if (below(w, 2))
            MUST(store_merge(w->env[store], NULL, &err));
}

void join_world_done(struct join_world *w)
{
    for (int store = 0; store < 2; store++) {
        env_close(w->env[store]);
        world_remove(w->dir[store]);
        free(w->dir[store]);
    }
    for (uint32_t c = 0; c < w->customers; c++)
        vec_done(&w->of[c]);
    vec_done(&w->id);
}
