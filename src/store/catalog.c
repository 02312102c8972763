/* catalog.c - reads the small blocks that say what is live, and checks that they fit together.
 *
 * The root tells how many there must be of each kind and what their checksums add up to: so a record that is
 * lost, or comes from an older page, is noticed. */
#include "config.h"
#include <stdlib.h>
#include "base/nls.h"
#include "store/catalog.h"
#include "store/copies.h"

struct loading {
    struct env *env;
    const struct tree *t;
    struct catalog *c, *old; /* old: may be NULL */
    VEC(struct column_def) columns;
    VEC(struct catalog_import) imports;
    VEC(struct catalog_note) notes;
    VEC(struct catalog_dict) dicts;
    VEC(struct catalog_part *) parts;
    uint64_t digest;
    struct err *err;
};

/* What is left to read of a payload. */
struct rest {
    const char *p;
    size_t n;
};

static bool take(struct rest *r, void *to, size_t n)
{
    if (n > r->n)
        return false;
    memcpy(to, r->p, n);
    r->p += n;
    r->n -= n;
    return true;
}

static bool take_str(struct rest *r, struct arena *a, size_t n, struct str *out)
{
    if (n > r->n)
        return false;
    *out = arena_str(a, (struct str){r->p, n});
    r->p += n;
    r->n -= n;
    return true;
}

/* ---- look-up */

const struct catalog_dict *catalog_dict(const struct catalog *c, uint16_t column)
{
    for (size_t i = 0; i < c->dicts; i++)
        if (c->dict[i].column == column)
            return &c->dict[i];
    return NULL;
}

const struct catalog_part *catalog_part(const struct catalog *c, uint32_t id)
{
    size_t low = 0, high = c->live_parts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->by_id[middle]->part.id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->live_parts && c->by_id[low]->part.id == id ? c->by_id[low] : NULL;
}

uint32_t catalog_part_column(const struct part *p, uint16_t column)
{
    uint32_t i = 0;
    while (i < p->columns && p->column[i] != column)
        i++;
    return i;
}

static bool run_lives(const struct catalog *c, uint16_t column, uint32_t run)
{
    const struct catalog_dict *d = catalog_dict(c, column);
    for (uint32_t i = 0; d && i < d->runs; i++)
        if (d->run[i].run.run == run)
            return true;
    return false;
}

bool catalog_lives(const struct catalog *c, const struct key *k)
{
    struct key_numbers n;
    const struct catalog_dict *d;
    key_numbers(k, &n);
    switch (k->b[0]) {
    case BLOCK_IMPORT: return n.at[0] >= 1 && n.at[0] <= c->imports;
    case BLOCK_STRINGS: d = catalog_dict(c, (uint16_t)n.at[0]); return d && n.at[1] < d->count;
    case BLOCK_HASHES: return run_lives(c, (uint16_t)n.at[0], n.at[1]);
    case BLOCK_DIRECTORY:
    case BLOCK_CODES:
    case BLOCK_CELL: return catalog_part(c, n.at[0]) != NULL;
    default: return true; /* written by final commits only */
    }
}

/* ---- columns and notes */

static bool wrong(struct loading *l, const struct key *k)
{
    return env_block_damaged(l->env, k, N_("contents do not fit together"), l->err);
}

/* Whether the file can hold so many blocks: what forged records claim beyond that is not asked of memory. */
static bool may_have(const struct loading *l, uint64_t blocks)
{
    return blocks <= l->t->bytes / BLOCK_HEADER;
}

/* Begins a visit: the block checked, its payload to be taken from *r. */
static bool open_record(struct loading *l, const struct key *k, const struct tree_value *v, struct rest *r)
{
    const char *why = tree_load(l->t, v);
    if (!why)
        why = block_check(k, v->p, v->n);
    if (why)
        return env_block_damaged(l->env, k, why, l->err);
    struct str payload = block_payload(v->p);
    *r = (struct rest){payload.p, payload.n};
    l->digest += block_checksum(v->p);
    return true;
}

static bool load_column(void *arg, const struct key *k, const struct tree_value *v)
{
    struct loading *l = arg;
    struct rest r;
    struct column_record c;
    struct column_def d = {0};
    if (!open_record(l, k, v, &r))
        return false;
    if (!take(&r, &c, sizeof(c)) || c.table > TABLE_USERS || c.type < COLUMN_CODE || c.type > COLUMN_NUMBER ||
        !take_str(&r, &l->c->arena, c.name_bytes, &d.name) || r.n)
        return wrong(l, k);
    d.id = c.column;
    d.table = c.table;
    d.type = c.type;
    vec_push(&l->columns, d);
    return true;
}

static bool load_note(void *arg, const struct key *k, const struct tree_value *v)
{
    struct loading *l = arg;
    struct rest r;
    struct catalog_note n;
    if (!open_record(l, k, v, &r))
        return false;
    n.name = arena_str(&l->c->arena, (struct str){(const char *)k->b + 1, k->n - 1u});
    take_str(&r, &l->c->arena, r.n, &n.text);
    n.checksum = block_checksum(v->p);
    vec_push(&l->notes, n);
    return true;
}

/* ---- parts */

static const struct catalog_part *old_part(const struct loading *l, uint32_t id)
{
    return l->old ? catalog_part(l->old, id) : NULL;
}

static void copy_slots(block_slot *to, block_slot *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        atomic_store_explicit(&to[i], atomic_load_explicit(&from[i], memory_order_acquire),
                              memory_order_relaxed);
}

static bool directory_sound(const struct part *p)
{
    uint64_t rows = 0;
    for (uint32_t i = 0; i < p->blocks; i++) {
        const struct block_info *b = &p->block[i];
        rows += b->rows;
        if (b->rows == 0 || b->rows > BLOCK_ROWS_MOST || b->users == 0 || b->users > b->rows ||
            b->first_user > b->last_user || (i > 0 && b->first_user < b[-1].last_user))
            return false;
    }
    return rows == p->rows;
}

static uint32_t chunks_of(uint32_t blocks)
{
    return (blocks + DIRECTORY_CHUNK - 1) / DIRECTORY_CHUNK;
}

static uint32_t chunk_blocks(uint32_t blocks, uint32_t chunk)
{
    uint32_t left = blocks - chunk * DIRECTORY_CHUNK;
    return left < DIRECTORY_CHUNK ? left : DIRECTORY_CHUNK;
}

static bool load_directory(struct loading *l, struct part *p)
{
    struct block_info *block = arena_array(&l->c->arena, struct block_info, p->blocks);
    for (uint32_t i = 0; i < chunks_of(p->blocks); i++) {
        struct key k = key_directory(p->id, i);
        struct str bytes;
        if (!env_block(l->env, l->t, &k, &bytes, l->err))
            return false;
        if (bytes.n != chunk_blocks(p->blocks, i) * sizeof(*block))
            return wrong(l, &k);
        memcpy(block + i * DIRECTORY_CHUNK, bytes.p, bytes.n);
    }
    struct key k = key_directory(p->id, 0);
    p->block = block;
    return directory_sound(p) || wrong(l, &k);
}

/* Splits one chunk of code lists; *word grows, at[] gets where each block's list begins. */
static bool split_codes(struct str bytes, uint32_t blocks, uint32_t *word, uint32_t *used, uint32_t *at)
{
    if (bytes.n % 4)
        return false;
    memcpy(word + *used, bytes.p, bytes.n);
    uint32_t end = *used + (uint32_t)(bytes.n / 4);
    for (uint32_t i = 0; i < blocks; i++) {
        if (*used >= end)
            return false;
        uint32_t head = word[*used], words = head == CODES_UNKNOWN ? 0 : head & CODES_WORDS;
        at[i] = *used;
        if (words >= end - *used)
            return false;
        *used += words + 1;
    }
    return *used == end;
}

static bool load_codes(struct loading *l, struct catalog_part *p)
{
    uint32_t chunks = chunks_of(p->part.blocks), used = 0;
    struct str *bytes = arena_array(&l->c->arena, struct str, chunks);
    size_t total = 0;
    for (uint32_t i = 0; i < chunks; i++) {
        struct key k = key_codes(p->part.id, i);
        if (!env_block(l->env, l->t, &k, &bytes[i], l->err))
            return false;
        total += bytes[i].n;
    }
    uint32_t *word = arena_alloc(&l->c->arena, total + 4),
             *at = arena_array(&l->c->arena, uint32_t, p->part.blocks);
    for (uint32_t i = 0; i < chunks; i++) {
        struct key k = key_codes(p->part.id, i);
        if (!split_codes(bytes[i], chunk_blocks(p->part.blocks, i), word, &used, at + i * DIRECTORY_CHUNK))
            return wrong(l, &k);
    }
    p->code_word = word;
    p->code_at = at;
    return true;
}

static bool columns_sound(const uint16_t *column, uint32_t n, enum table table)
{
    for (uint32_t i = 0; i < n; i++)
        if (column[i] == COL_USER || (i > 0 && column[i] <= column[i - 1]))
            return false;
    return table == TABLE_USERS || (n >= 2 && column[0] == COL_TIME && column[1] == COL_EVENT);
}

static bool load_part(struct loading *l, const struct key *k, const struct journal_part *d,
                      const struct import_record *import)
{
    const struct part_record *r = &d->record;
    struct arena *a = &l->c->arena;
    size_t cells = (size_t)r->blocks * (r->columns + 1u);
    if (r->part == 0 || r->part >= l->c->root.next_part || !may_have(l, cells) ||
        !columns_sound(d->column, r->columns, import->table))
        return wrong(l, k);
    struct catalog_part *p = arena_new(a, struct catalog_part);
    p->part = (struct part){.id = r->part,
                            .import = import->import,
                            .table = import->table,
                            .rows = r->rows,
                            .blocks = r->blocks,
                            .columns = r->columns,
                            .column = d->column};
    p->cell = arena_array(a, block_slot, cells);
    const struct catalog_part *old = old_part(l, r->part);
    if (old)
        copy_slots(p->cell, old->cell, cells);
    vec_push(&l->parts, p);
    return load_directory(l, &p->part) && (import->table == TABLE_USERS || load_codes(l, p));
}

static bool load_import(void *arg, const struct key *k, const struct tree_value *v)
{
    struct loading *l = arg;
    struct rest r;
    struct catalog_import e;
    if (!open_record(l, k, v, &r))
        return false;
    struct key_numbers n;
    if (!journal_read(&e.journal, (struct str){r.p, r.n}, &l->c->arena) || !key_numbers(k, &n) ||
        n.at[0] != e.journal.head.import)
        return wrong(l, k);
    e.checksum = block_checksum(v->p);
    if (e.journal.head.state == IMPORT_LOADING) {
        l->digest -= e.checksum;
        return true;
    }
    /* Numbers are given out without gaps, and entries of imports stay. */
    vec_push(&l->imports, e);
    if (e.journal.head.import != l->imports.n)
        return wrong(l, k);
    for (uint32_t i = 0; i < e.journal.parts; i++)
        if (!load_part(l, k, &e.journal.part[i], &e.journal.head))
            return false;
    return true;
}

/* ---- dictionaries */

static bool load_runs(struct loading *l, const struct key *k, struct rest *r, struct catalog_dict *d,
                      const struct catalog_dict *old)
{
    uint32_t covered = 0;
    d->run = arena_array(&l->c->arena, struct catalog_run, d->runs);
    for (uint32_t i = 0; i < d->runs; i++) {
        struct catalog_run *run = &d->run[i];
        if (!take(r, &run->run, sizeof(run->run)) || run->run.first != covered || run->run.bits > 24)
            return wrong(l, k);
        covered += run->run.count;
        size_t buckets = (size_t)1 << run->run.bits;
        if (!may_have(l, buckets))
            return wrong(l, k);
        run->bucket = arena_array(&l->c->arena, block_slot, buckets);
        for (uint32_t j = 0; old && j < old->runs; j++)
            if (old->run[j].run.run == run->run.run)
                copy_slots(run->bucket, old->run[j].bucket, buckets);
    }
    return (covered == d->count && r->n == 0) || wrong(l, k);
}

struct string_keys {
    VEC(uint32_t) first;
    uint32_t count; /* codes from here on belong to no live import */
};

static bool note_string_key(void *arg, const struct key *k, const struct tree_value *v)
{
    struct string_keys *s = arg;
    struct key_numbers n;
    (void)v;
    if (key_numbers(k, &n) && n.at[1] < s->count)
        vec_push(&s->first, n.at[1]);
    return true;
}

static bool load_strings(struct loading *l, const struct key *k, struct catalog_dict *d,
                         const struct catalog_dict *old)
{
    struct string_keys s = {.count = d->count};
    struct key prefix = key_strings(d->column, 0);
    const char *why;
    prefix.n = 3;
    bool ok = tree_each_key(l->t, &prefix, note_string_key, &s, &why);
    if (!ok)
        env_block_damaged(l->env, k, why, l->err);
    else if (d->count && (s.first.n == 0 || s.first.at[0] != 0))
        ok = wrong(l, k);
    d->blocks = (uint32_t)s.first.n;
    d->first = arena_array(&l->c->arena, uint32_t, s.first.n);
    d->strings = arena_array(&l->c->arena, block_slot, s.first.n);
    if (s.first.n)
        memcpy(d->first, s.first.at, s.first.n * sizeof(*d->first));
    for (uint32_t i = 0; old && i < d->blocks && i < old->blocks && old->first[i] == d->first[i]; i++)
        copy_slots(d->strings + i, old->strings + i, 1);
    vec_done(&s.first);
    return ok;
}

static bool load_dict(void *arg, const struct key *k, const struct tree_value *v)
{
    struct loading *l = arg;
    struct rest r;
    struct dict_record h;
    struct key_numbers n;
    if (!open_record(l, k, v, &r))
        return false;
    if (!take(&r, &h, sizeof(h)) || !key_numbers(k, &n) || r.n != (size_t)h.runs * sizeof(struct run_record))
        return wrong(l, k);
    struct catalog_dict d = {.column = (uint16_t)n.at[0], .count = h.count, .bytes = h.bytes, .runs = h.runs};
    const struct catalog_dict *old = l->old ? catalog_dict(l->old, d.column) : NULL;
    d.checksum = block_checksum(v->p);
    if (!load_runs(l, k, &r, &d, old) || !load_strings(l, k, &d, old))
        return false;
    vec_push(&l->dicts, d);
    return true;
}

/* ---- the whole */

static bool each(struct loading *l, enum block_kind kind, tree_visit *fn)
{
    struct key prefix = key_kind(kind);
    const char *why;
    l->err->code = ERR_NONE;
    if (!tree_each(l->t, &prefix, fn, l, &why))
        return env_block_damaged(l->env, &prefix, why, l->err);
    return l->err->code == ERR_NONE; /* a visit that failed has said so there */
}

static bool complete(struct loading *l)
{
    const struct root_record *r = &l->c->root;
    struct key k = key_root();
    if (l->columns.n != r->columns || l->imports.n != r->imports || l->notes.n != r->notes ||
        l->dicts.n != r->dicts)
        return env_block_damaged(l->env, &k, N_("records of the journal are missing"), l->err);
    return l->digest == r->digest ||
           env_block_damaged(l->env, &k, N_("records of the journal are not of this state"), l->err);
}

static int by_part_id(const void *a, const void *b)
{
    const struct catalog_part *const *x = a, *const *y = b;
    uint32_t i = (*x)->part.id, j = (*y)->part.id;
    return i < j ? -1 : i > j;
}

/* For catalog_part; false when two parts have one number. */
static bool number_parts(struct loading *l)
{
    struct catalog *c = l->c;
    struct key k = key_root();
    c->live_parts = l->parts.n;
    c->by_id = arena_array(&c->arena, struct catalog_part *, l->parts.n + 1);
    if (l->parts.n)
        memcpy(c->by_id, l->parts.at, l->parts.n * sizeof(*c->by_id));
    qsort(c->by_id, c->live_parts, sizeof(*c->by_id), by_part_id);
    for (size_t i = 1; i < c->live_parts; i++)
        if (c->by_id[i]->part.id == c->by_id[i - 1]->part.id)
            return wrong(l, &k);
    return true;
}

#define KEEP(to, from)                                                                                       \
    do {                                                                                                     \
        (to) = arena_alloc(&l->c->arena, (from).n * sizeof(*(from).at) + 1);                                 \
        if ((from).n)                                                                                        \
            memcpy((to), (from).at, (from).n * sizeof(*(from).at));                                          \
    } while (0)

/* Parts come by import; within one import in the order in which they were begun. */
static void keep_all(struct loading *l)
{
    struct catalog *c = l->c;
    KEEP(c->column, l->columns);
    KEEP(c->entry, l->imports);
    KEEP(c->note, l->notes);
    KEEP(c->dict, l->dicts);
    c->columns = l->columns.n;
    c->imports = l->imports.n;
    c->import = arena_array(&c->arena, struct import_def, c->imports + 1);
    for (size_t i = 0; i < c->imports; i++)
        c->import[i] = journal_def(&c->entry[i].journal);
    c->notes = l->notes.n;
    c->dicts = l->dicts.n;
    for (int table = 0; table < 2; table++)
        c->part[table] = arena_array(&c->arena, struct part, l->parts.n + 1);
    for (size_t i = 0; i < l->parts.n; i++) {
        const struct part *p = &l->parts.at[i]->part;
        c->part[p->table][c->parts[p->table]++] = *p;
    }
}

static bool load(struct loading *l)
{
    bool ok = each(l, BLOCK_COLUMN, load_column) && each(l, BLOCK_NOTE, load_note) &&
              each(l, BLOCK_IMPORT, load_import) && each(l, BLOCK_DICT, load_dict) && complete(l) &&
              number_parts(l);
    if (ok)
        keep_all(l);
    vec_done(&l->columns);
    vec_done(&l->imports);
    vec_done(&l->notes);
    vec_done(&l->dicts);
    vec_done(&l->parts);
    return ok;
}

static struct catalog *shared(struct env *env, const struct root_record *root, struct catalog **old)
{
    struct catalog *c = NULL;
    pthread_mutex_lock(&env->mutex);
    *old = env->catalog;
    if (*old)
        atomic_fetch_add(&(*old)->users, 1);
    if (*old && (*old)->root.version == root->version)
        c = *old;
    pthread_mutex_unlock(&env->mutex);
    return c;
}

static void publish(struct env *env, struct catalog *c)
{
    struct catalog *before = NULL;
    pthread_mutex_lock(&env->mutex);
    if (!env->catalog || env->catalog->root.version < c->root.version) {
        before = env->catalog;
        env->catalog = c;
        atomic_fetch_add(&c->users, 1);
    }
    pthread_mutex_unlock(&env->mutex);
    catalog_drop(before);
}

struct catalog *catalog_get(struct env *env, const struct tree *t, struct err *err)
{
    struct root_record root;
    struct catalog *old, *c;
    struct err unused;
    if (!env_root(env, t, &root, err))
        return NULL;
    if ((c = shared(env, &root, &old)))
        return c;
    c = mem_zalloc(sizeof(*c));
    c->env = env;
    atomic_fetch_add(&env->catalogs, 1);
    atomic_init(&c->users, 1);
    arena_init(&c->arena);
    c->root = root;
    struct loading l = {.env = env, .t = t, .c = c, .old = old, .err = err ? err : &unused};
    bool ok = load(&l);
    catalog_drop(old);
    if (!ok) {
        catalog_drop(c);
        return NULL;
    }
    publish(env, c);
    copies_sweep(env, c);
    return c;
}

void catalog_drop(struct catalog *c)
{
    if (c && atomic_fetch_sub(&c->users, 1) == 1) {
        links_free(atomic_load(&c->links));
        atomic_fetch_sub(&c->env->catalogs, 1);
        arena_done(&c->arena);
        free(c);
    }
}
