/* paths_list.c - whole paths: the frequent ones, or the unusual ones, with the rest as one line.
 *
 * There may be as many different paths as sessions, so memory is bounded: a table that grows too large
 * forgets all paths above some hash and meets no more of them in this scan; they have the next one. What a
 * scan leaves in the table is complete, of it the best are kept. A last scan takes the durations of those,
 * and who is behind the rest.
 *
 * How unusual a path is: the mean of -log2 P(next | this) over its steps, where P = (n(this, next) + 1/2) /
 * (n(this) + K/2), n counts steps of the paths considered, stopping among them, and K is the number of names
 * that occur, and one for stopping. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/paths_list_p.h"

enum { TABLE_FIRST = 1 << 12 };
size_t paths_list_most = 1 << 19;
#define HASHES (UINT64_C(1) << 63)
#define GOES_ON UINT32_MAX /* behind the names of a path that is longer than shown */

/* ---- tables */

static uint64_t hash_of(const uint32_t *name, size_t n)
{
    uint64_t h = UINT64_C(0x9E3779B97F4A7C15) * (n + 1);
    for (size_t i = 0; i < n; i++) {
        h = (h ^ name[i]) * UINT64_C(0xFF51AFD7ED558CCD);
        h ^= h >> 32;
    }
    return h >> 1;
}

static size_t place_of(const struct hashed *t, uint64_t hash, const uint32_t *name, size_t n)
{
    size_t i = (size_t)hash & (t->slots - 1);
    for (; t->slot[i]; i = (i + 1) & (t->slots - 1)) {
        const struct entry *e = &t->entry.at[t->slot[i] - 1];
        if (e->hash == hash && e->n == n && memcmp(t->name.at + e->at, name, n * sizeof(*name)) == 0)
            break;
    }
    return i;
}

static void hashed_slots(struct hashed *t, size_t slots)
{
    free(t->slot);
    t->slots = slots;
    t->slot = mem_zalloc(slots * sizeof(*t->slot));
    for (size_t i = 0; i < t->entry.n; i++) {
        const struct entry *e = &t->entry.at[i];
        t->slot[place_of(t, e->hash, t->name.at + e->at, e->n)] = (uint32_t)i + 1;
    }
}

static struct entry *hashed_at(struct hashed *t, uint64_t hash, const uint32_t *name, size_t n)
{
    if (2 * (t->entry.n + 1) > t->slots)
        hashed_slots(t, t->slots ? 2 * t->slots : TABLE_FIRST);
    size_t i = place_of(t, hash, name, n);
    if (!t->slot[i]) {
        struct entry e = {.hash = hash, .at = (uint32_t)t->name.n, .n = (uint32_t)n};
        vec_reserve(&t->name, n);
        memcpy(t->name.at + t->name.n, name, n * sizeof(*name));
        t->name.n += n;
        vec_push(&t->entry, e);
        t->slot[i] = (uint32_t)t->entry.n;
    }
    return &t->entry.at[t->slot[i] - 1];
}

static void hashed_done(struct hashed *t)
{
    vec_done(&t->entry);
    vec_done(&t->name);
    free(t->slot);
    *t = (struct hashed){0};
}

/* Forgets what lies at or above the limit. */
static void hashed_cut(struct hashed *t, uint64_t limit)
{
    struct hashed old = *t;
    *t = (struct hashed){0};
    for (size_t i = 0; i < old.entry.n; i++) {
        const struct entry *e = &old.entry.at[i];
        if (e->hash >= limit)
            continue;
        struct entry *to = hashed_at(t, e->hash, old.name.at + e->at, e->n), kept = *to;
        *to = *e;
        to->at = kept.at;
    }
    hashed_done(&old);
}

/* ---- one path */

static size_t names_of(const struct trail *t, uint32_t *name)
{
    size_t n = 0;
    for (size_t s = t->begin; s < t->end; s++)
        name[n++] = t->step[s].name;
    if (t->more)
        name[n++] = GOES_ON;
    return n;
}

/* What may stand in a path, and last its end. */
static uint64_t stride(const struct paths_plan *p)
{
    return (uint64_t)p->raw + 2;
}

static uint64_t number_of(const struct paths_plan *p, uint32_t name)
{
    return name == TRAIL_CUT ? p->raw : name;
}

static void add_rates(struct paths_list *l, const struct paths_plan *p, const struct trail *t, uint32_t user)
{
    uint64_t w = stride(p);
    for (size_t s = t->begin; s < t->end; s++) {
        uint64_t from = number_of(p, t->step[s].name) * (w + 1);
        bool last = s + 1 == t->end;
        if (last && t->more)
            continue;
        tally_add(&l->rate, from + (last ? w - 1 : number_of(p, t->step[s + 1].name)), user);
        tally_add(&l->rate, from + w, user);
    }
}

/* The entry of the first n names; NULL: it has another scan. */
static struct entry *add_names(struct paths_list *l, const uint32_t *name, size_t n, uint32_t user)
{
    uint64_t hash = hash_of(name, n);
    if (hash < l->from || hash >= l->limit)
        return NULL;
    struct entry *e = hashed_at(&l->table, hash, name, n);
    e->count++;
    e->users += e->stamp != user + 1;
    e->stamp = user + 1;
    return e;
}

static void keep_small(struct paths_list *l)
{
    while (l->table.entry.n > paths_list_most) {
        l->limit = l->from + (l->limit - l->from) / 2;
        hashed_cut(&l->table, l->limit);
    }
}

static void add_path(struct paths_list *l, const struct trail *t, uint32_t user)
{
    uint32_t name[PATHS_PLACES + 1];
    struct entry *e = add_names(l, name, names_of(t, name), user);
    if (e)
        e->goals += t->goal;
    keep_small(l);
}

/* All beginnings of the path. */
static void add_branch(struct paths_list *l, const struct trail *t, uint32_t user)
{
    uint32_t name[PATHS_PLACES + 1];
    size_t n = names_of(t, name) - t->more;
    for (size_t k = 1; k <= n; k++) {
        struct entry *e = add_names(l, name, k, user);
        if (e && k == n && !t->more)
            e->ended++;
    }
    keep_small(l);
}

/* The row of these names, or the number of rows when they are not listed. */
static size_t row_of_names(const struct paths_list *l, const uint32_t *name, size_t n)
{
    if (!l->best.n)
        return 0;
    size_t i = place_of(&l->chosen, hash_of(name, n), name, n);
    return l->chosen.slot[i] ? l->chosen.slot[i] - 1 : l->best.n;
}

static size_t row_of(const struct paths_list *l, const struct trail *t)
{
    uint32_t name[PATHS_PLACES + 1];
    return row_of_names(l, name, names_of(t, name));
}

/* In a tree from the beginning to every step on the way. */
static void add_branch_times(struct paths_plan *p, const struct trail *t)
{
    uint32_t name[PATHS_PLACES + 1];
    size_t n = names_of(t, name) - t->more;
    for (size_t k = 1; k <= n; k++) {
        size_t row = row_of_names(p->list, name, k);
        int64_t time = t->step[t->begin + k - 1].time - t->step[t->begin].time;
        if (row == p->list->best.n)
            return; /* what follows is listed even less */
        middle_add(p->middle, row, time < 0 ? -time : time);
    }
}

static void add_time(struct paths_list *l, struct paths_plan *p, const struct trail *t, uint32_t user)
{
    size_t row = row_of(p->list, t);
    middle_add(p->middle, row, t->last - t->first);
    if (row == p->list->best.n) {
        l->other_users += l->other_stamp != user + 1;
        l->other_stamp = user + 1;
    }
}

void paths_list_add(struct paths_list *l, struct paths_plan *p, const struct trail *t, uint32_t user)
{
    if (p->pass == PATHS_RATES)
        add_rates(l, p, t, user);
    else if (p->pass == PATHS_LIST)
        (p->tree ? add_branch : add_path)(l, t, user);
    else if (p->tree)
        add_branch_times(p, t);
    else
        add_time(l, p, t, user);
}

bool paths_list_wants(const struct paths_plan *p, const struct trail *t)
{
    if (p->who_row >= p->list->best.n)
        return false;
    if (!p->tree)
        return row_of(p->list, t) == p->who_row;
    const struct row *r = &p->list->best.at[p->who_row];
    uint32_t name[PATHS_PLACES + 1];
    return names_of(t, name) >= r->entry.n && memcmp(name, r->name, r->entry.n * sizeof(*name)) == 0;
}

/* ---- between the scans */

struct paths_list *paths_list_new(const struct paths_plan *p)
{
    struct paths_list *l = mem_zalloc(sizeof(*l));
    l->from = p->list ? p->list->from : 0;
    l->limit = HASHES;
    if (p->rare)
        tally_init(&l->rate, (stride(p) + 1) * stride(p));
    return l;
}

void paths_list_free(struct paths_list *l)
{
    if (!l)
        return;
    hashed_done(&l->table);
    hashed_done(&l->chosen);
    tally_done(&l->rate);
    for (size_t i = 0; i < l->best.n; i++)
        free((void *)(uintptr_t)l->best.at[i].name);
    vec_done(&l->best);
    free(l->scores);
    free(l);
}

void paths_list_merge(struct paths_list *into, struct paths_list *from)
{
    uint64_t limit = into->limit < from->limit ? into->limit : from->limit;
    if (into->limit > limit)
        hashed_cut(&into->table, limit);
    into->limit = limit;
    for (size_t i = 0; i < from->table.entry.n; i++) {
        const struct entry *e = &from->table.entry.at[i];
        if (e->hash >= limit)
            continue;
        struct entry *to = hashed_at(&into->table, e->hash, from->table.name.at + e->at, e->n);
        to->count += e->count;
        to->goals += e->goals;
        to->ended += e->ended;
        to->users += e->users;
    }
    if (from->rate.cell)
        tally_merge(&into->rate, &from->rate);
    into->other_users += from->other_users;
}

/* Names that occur, and one for stopping. */
static void count_kinds(struct paths_list *l, const struct paths_plan *p, struct paths_list *found)
{
    struct tally swap = l->rate;
    bool *seen = mem_zalloc((size_t)stride(p) + 1);
    size_t i = 0;
    uint64_t key;
    const struct tally_cell *c;
    l->rate = found->rate; /* the state's goes with the state */
    found->rate = swap;
    while (tally_next(&l->rate, &i, &key, &c)) {
        seen[key / (stride(p) + 1)] = true;
        if (key % (stride(p) + 1) < stride(p))
            seen[key % (stride(p) + 1)] = true;
    }
    seen[stride(p) - 1] = true;
    for (size_t k = 0; k < stride(p); k++)
        l->kinds += seen[k];
    free(seen);
}

static double surprisal(const struct paths_list *l, const struct paths_plan *p, uint64_t from, uint64_t to)
{
    uint64_t base = from * (stride(p) + 1);
    double next = (double)tally_count(&l->rate, base + to) + 0.5;
    double all = (double)tally_count(&l->rate, base + stride(p)) + 0.5 * (double)l->kinds;
    return -log2(next / all);
}

static void score(const struct paths_list *l, const struct paths_plan *p, struct row *r)
{
    double sum = 0, most = -1;
    size_t steps = 0;
    for (size_t i = 0; i < r->entry.n; i++) {
        bool last = i + 1 == r->entry.n;
        if (r->name[i] == GOES_ON || (!last && r->name[i + 1] == GOES_ON))
            break;
        double s =
            surprisal(l, p, number_of(p, r->name[i]), last ? stride(p) - 1 : number_of(p, r->name[i + 1]));
        sum += s;
        steps++;
        if (s > most) {
            most = s;
            r->worst = (uint32_t)i;
        }
    }
    double mean = steps ? sum / (double)steps : 0;
    r->score = (uint64_t)llround((mean < BITS_MOST ? mean : BITS_MOST) * PER_BIT);
}

static int compare_names(const struct paths_plan *p, const struct row *x, const struct row *y)
{
    for (size_t i = 0; i < x->entry.n && i < y->entry.n; i++) {
        uint32_t a = x->name[i], b = y->name[i];
        if (a == b)
            continue;
        if (a >= p->raw || b >= p->raw)
            return a < b ? -1 : 1;
        return str_cmp(paths_raw_name(p, a), paths_raw_name(p, b));
    }
    return (x->entry.n > y->entry.n) - (x->entry.n < y->entry.n);
}

static int compare_rows(const void *a, const void *b, void *plan)
{
    const struct row *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    if (x->entry.count != y->entry.count)
        return x->entry.count < y->entry.count ? 1 : -1;
    return compare_names(plan, x, y);
}

/* Sorts what there is and lets go of all but --top. */
static void keep_best(struct paths_list *l, struct paths_plan *p)
{
    if (l->best.n)
        qsort_r(l->best.at, l->best.n, sizeof(*l->best.at), compare_rows, p);
    while (p->top > 0 && l->best.n > (size_t)p->top)
        free((void *)(uintptr_t)l->best.at[--l->best.n].name);
}

static void take(struct paths_list *l, struct paths_plan *p, const struct hashed *t)
{
    size_t room = p->top > 0 ? 4 * (size_t)p->top + 1024 : SIZE_MAX;
    for (size_t i = 0; i < t->entry.n; i++) {
        const struct entry *e = &t->entry.at[i];
        uint32_t *name = mem_alloc((e->n + 1) * sizeof(*name));
        struct row r = {.entry = *e, .name = name};
        memcpy(name, t->name.at + e->at, e->n * sizeof(*name));
        if (p->rare) {
            score(l, p, &r);
            l->scores[r.score] += e->count;
        }
        vec_push(&l->best, r);
        l->different++;
        l->paths += p->tree && e->n > 1 ? 0 : e->count;
        l->goals += e->goals;
        if (l->best.n >= room)
            keep_best(l, p);
    }
    keep_best(l, p);
}

/* Rows in the order in which they are best: children behind their parents, the larger ones first. */
struct branches {
    struct paths_list *list;
    size_t *child, *next; /* SIZE_MAX: none; child[best.n] are the roots */
    struct row *out;
    size_t n;
};

static void put_branch(struct branches *b, size_t parent)
{
    for (size_t i = b->child[parent]; i != SIZE_MAX; i = b->next[i]) {
        b->out[b->n++] = b->list->best.at[i];
        put_branch(b, i);
    }
}

static void order_tree(struct paths_list *l)
{
    size_t n = l->best.n;
    struct branches b = {.list = l,
                         .child = mem_alloc((n + 1) * sizeof(size_t)),
                         .next = mem_alloc((n + 1) * sizeof(size_t)),
                         .out = mem_alloc((n + 1) * sizeof(struct row))};
    for (size_t i = 0; i <= n; i++)
        b.child[i] = b.next[i] = SIZE_MAX;
    for (size_t i = n; i-- > 0;) { /* backwards, as each goes to the front of its parent's */
        const struct row *r = &l->best.at[i];
        size_t parent = r->entry.n > 1 ? row_of_names(l, r->name, r->entry.n - 1) : n;
        b.next[i] = b.child[parent];
        b.child[parent] = i;
    }
    put_branch(&b, n);
    memcpy(l->best.at, b.out, n * sizeof(struct row));
    free(b.child);
    free(b.next);
    free(b.out);
}

static void choose(struct paths_list *l)
{
    hashed_done(&l->chosen);
    for (size_t i = 0; i < l->best.n; i++)
        hashed_at(&l->chosen, l->best.at[i].entry.hash, l->best.at[i].name, l->best.at[i].entry.n);
    if (!l->chosen.slots)
        hashed_slots(&l->chosen, TABLE_FIRST);
}

static void begin_times(struct paths_list *l, struct paths_plan *p)
{
    uint64_t *count = mem_alloc((l->best.n + 1) * sizeof(*count)), listed = 0;
    for (size_t i = 0; i < l->best.n; i++)
        listed += count[i] = l->best.at[i].entry.count;
    count[l->best.n] = p->tree ? 0 : l->paths - listed;
    p->middle = middle_new(count, l->best.n + 1, p->ask->has_events ? p->ask->last - p->ask->first : 0,
                           middle_unit(p->ask->snapshot, INT64_MIN, INT64_MAX));
    free(count);
}

bool paths_list_again(struct paths_plan *p, struct paths_list *found)
{
    struct paths_list *l = p->list;
    if (p->pass == PATHS_RATES) {
        count_kinds(l, p, found);
        l->scores = mem_zalloc((BITS_MOST * PER_BIT + 1) * sizeof(*l->scores));
        p->pass = PATHS_LIST;
        return true;
    }
    if (p->pass == PATHS_LIST) {
        take(l, p, &found->table);
        l->from = found->limit;
        if (l->from < HASHES)
            return true;
        choose(l);
        if (p->tree && l->best.n) {
            order_tree(l);
            choose(l);
        }
        if (p->who_listed)
            return p->pass = PATHS_WHO, true;
        begin_times(l, p);
        p->pass = PATHS_TIMES;
        return middle_begin(p->middle);
    }
    return false;
}
