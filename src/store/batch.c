/* batch.c - a batch from begin to its end: its columns, codes and notes.
 *
 * Until batch_live.c makes it live only blocks exist that no live record names; whatever stops the batch, the
 * next one collects them (sweep.c). */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/nls.h"
#include "base/os.h"
#include "store/batch_open.h"
#include "store/compact.h"
#include "store/writer_lock.h"

#define STRING_MAX (16u << 20)

/* ---- columns and dictionaries */

static const struct column_def *column_by_id(const struct batch *b, uint16_t column)
{
    for (size_t i = 0; i < b->column.n; i++)
        if (b->column.at[i].id == column)
            return &b->column.at[i];
    const struct catalog *c = b->base->catalog;
    for (size_t i = 0; i < c->columns; i++)
        if (c->column[i].id == column)
            return &c->column[i];
    return NULL;
}

enum column_type batch_type(const struct batch *b, uint16_t column)
{
    if (column == COL_TIME)
        return COLUMN_TIME;
    if (column == COL_USER || column == COL_EVENT || column == COL_IMPORT || column == COL_CANON ||
        column == COL_AGES)
        return COLUMN_CODE;
    const struct column_def *c = column_by_id(b, column);
    return c ? c->type : 0;
}

static const struct column_def *column_by_name(const struct batch *b, struct str name)
{
    for (size_t i = 0; i < b->column.n; i++)
        if (str_eq(b->column.at[i].name, name))
            return &b->column.at[i];
    return snapshot_column(b->base, b->table, name);
}

static const char *type_name(enum column_type t)
{
    switch (t) {
    case COLUMN_CODE: return _("text");
    case COLUMN_TIME: return _("time");
    case COLUMN_BOOL: return _("yes/no");
    default: return _("number");
    }
}

bool batch_column(struct batch *b, struct str name, enum column_type type, uint16_t *id, struct err *err)
{
    const struct column_def *c = column_by_name(b, name);
    if (c && c->type != type)
        return err_set(
            err, ERR_INPUT,
            _("column '%.*s': the store has it as %s, this import as %s; give it another name or type"),
            (int)(name.n < 200 ? name.n : 200), name.p, type_name(c->type), type_name(type));
    if (!c) {
        if (b->root.next_column >= UINT16_MAX)
            return err_set(err, ERR_STORE, _("store %s: no more columns are possible"), b->env->dir);
        struct column_def d = {(uint16_t)b->root.next_column++, b->table, type, arena_str(&b->arena, name)};
        vec_push(&b->column, d);
        c = &b->column.at[b->column.n - 1];
    }
    *id = c->id;
    return true;
}

static struct batch_dict *dict_for(struct batch *b, uint16_t column)
{
    while (b->dict.n <= column)
        vec_push(&b->dict, NULL);
    struct batch_dict *d = b->dict.at[column];
    if (!d) {
        if (batch_type(b, column) != COLUMN_CODE || column == COL_IMPORT || column == COL_CANON)
            bug("a column without dictionary");
        d = b->dict.at[column] = mem_zalloc(sizeof(*d));
        d->column = column;
        d->base = d->count = dict_count(b->base, column);
        d->map = codemap_new();
    }
    return d;
}

/* The string is not in the map: it is in the store, or new. */
static bool code_unseen(struct batch *b, struct batch_dict *d, struct str text, uint64_t hash, uint32_t *code,
                        struct err *err)
{
    *code = UINT32_MAX;
    if (d->base && !dict_find_hashed(b->base, d->column, text, hash, code, err))
        return false;
    if (*code != UINT32_MAX) {
        codemap_add(d->map, text, hash, *code);
        return true;
    }
    if (text.n > STRING_MAX)
        return err_set(err, ERR_INPUT, _("a text of %zu bytes is too long to be stored (at most %u)"), text.n,
                       STRING_MAX);
    if (d->count >= UINT32_MAX - 1)
        return err_set(err, ERR_STORE, _("store %s: a dictionary is full"), b->env->dir);
    *code = d->count++;
    d->bytes += text.n;
    vec_push(&d->place, codemap_add(d->map, text, hash, *code));
    return true;
}

bool batch_code_hashed(struct batch *b, uint16_t column, struct str text, uint64_t hash, uint32_t *code,
                       struct err *err)
{
    struct batch_dict *d =
        column < b->dict.n && b->dict.at[column] ? b->dict.at[column] : dict_for(b, column);
    *code = codemap_find(d->map, text, hash);
    return *code != CODEMAP_NONE || code_unseen(b, d, text, hash, code, err);
}

bool batch_code(struct batch *b, uint16_t column, struct str text, uint32_t *code, struct err *err)
{
    return batch_code_hashed(b, column, text, dict_hash(text), code, err);
}

bool batch_codes_many(struct batch *b, uint16_t column, size_t n, const struct str *text,
                      const uint64_t *hash, uint32_t *code, struct err *err)
{
    struct batch_dict *d = dict_for(b, column);
    codemap_find_many(d->map, n, text, hash, code);
    for (size_t i = 0; i < n; i++)
        if (code[i] == CODEMAP_NONE && !batch_code_hashed(b, column, text[i], hash[i], &code[i], err))
            return false;
    return true;
}

uint32_t batch_codes(const struct batch *b, uint16_t column)
{
    return column < b->dict.n && b->dict.at[column] ? b->dict.at[column]->count : dict_count(b->base, column);
}

bool batch_note(struct batch *b, const char *key, struct str text, struct err *err)
{
    struct str name = str_of(key);
    if (name.n == 0 || name.n > NOTE_NAME_MAX || text.n > STRING_MAX)
        return err_set(err, ERR_USAGE, _("note '%s': name or text too long"), key);
    struct catalog_note n = {.name = arena_str(&b->arena, name), .text = arena_str(&b->arena, text)};
    for (size_t i = 0; i < b->note.n; i++)
        if (str_eq(b->note.at[i].name, name)) {
            b->note.at[i] = n;
            return true;
        }
    vec_push(&b->note, n);
    return true;
}

static bool write_dicts(struct batch *b, struct err *err)
{
    for (size_t i = 0; i < b->dict.n; i++)
        if (b->dict.at[i] && !dict_write(b, b->dict.at[i], err))
            return false;
    return true;
}

static void dict_free(struct batch_dict *d)
{
    if (!d)
        return;
    codemap_free(d->map);
    vec_done(&d->place);
    vec_done(&d->run);
    free(d);
}

/* dirty: there may be blocks to collect. Failing to do so now does no harm: the next batch tries again. */
static void batch_free(struct batch *b, bool dirty)
{
    sink_free(b->sink);
    snapshot_close(b->base);
    struct err unused;
    if (dirty)
        sweep(b->env, &unused);
    for (size_t i = 0; i < b->dict.n; i++)
        dict_free(b->dict.at[i]);
    vec_done(&b->dict);
    vec_done(&b->column);
    vec_done(&b->note);
    vec_done(&b->part);
    vec_done(&b->replaced);
    arena_done(&b->arena);
    writer_unlock(b->lock);
    free(b);
}

struct live {
    struct batch *b;
    const struct import_def *info;
};

static bool make_live(void *arg, MDB_txn *txn, struct err *err)
{
    const struct live *l = arg;
    return batch_make_live(l->b, l->info, txn, err);
}

bool batch_commit(struct batch *b, const struct import_def *info, struct err *err)
{
    if (b->part.n && !info && !b->upkeep)
        bug("parts without an import");
    bool ok = !b->broken ||
              err_set(err, ERR_STORE, _("store %s: an import that failed cannot be completed"), b->env->dir);
    ok = ok && write_dicts(b, err) && sink_finish(b->sink, make_live, &(struct live){b, info}, err);
    batch_free(b, !ok || b->garbage);
    return ok;
}

void batch_abort(struct batch *b)
{
    if (b)
        batch_free(b, true);
}

/* ---- begin */

/* LMDB aborts, or writes over live data, when its own pages are damaged. */
static bool check_structure(struct env *env, struct err *err)
{
    MDB_txn *txn;
    struct tree t;
    uint64_t page;
    if (!env_read(env, &txn, &t, err))
        return false;
    const char *why = tree_check(&t, &page);
    mdb_txn_abort(txn);
    if (!why)
        return true;
    char where[40];
    snprintf(where, sizeof(where), _("page %llu"), (unsigned long long)page);
    return env_damaged(env, where, _(why), err);
}

static bool check_room(struct env *env, uint64_t expected, struct err *err)
{
    uint64_t have = os_free_bytes(env->dir), need = expected + expected / 10 + (1u << 20);
    if (have >= need)
        return true;
    return err_set(err, ERR_STORE,
                   _("store %s: this import needs about %llu MB of disk, %llu MB are free; free some space"),
                   env->dir, (unsigned long long)(need / 1000000 + 1), (unsigned long long)(have / 1000000));
}

/* With the lock held: a sound, tidy store with room enough. */
static bool prepare(struct env *env, uint64_t expected, struct err *err)
{
    int dead;
    mdb_reader_check(env->lmdb, &dead);
    compact_clean(env->dir);
    return check_structure(env, err) && sweep(env, err) && check_room(env, expected, err);
}

static bool check_writable(const struct env *env, struct err *err)
{
    return env->writable || env_read_only(env, err);
}

static struct batch *begin(struct env *env, enum table t, uint64_t expected_bytes, bool *busy,
                           struct err *err)
{
    *busy = false;
    if (!check_writable(env, err))
        return NULL;
    int lock = writer_lock(env->dir, busy, err);
    if (lock < 0)
        return NULL;
    struct batch *b = mem_zalloc(sizeof(*b));
    b->env = env;
    b->table = t;
    b->lock = lock;
    b->started_us = os_now_us();
    /* The root itself, not the catalog's: sweeping changes it without a new version. */
    if (prepare(env, expected_bytes, err) && (b->base = snapshot_open(env, err)) &&
        env_root(env, &b->base->tree, &b->root, err)) {
        b->import = b->root.imports + 1;
        b->root.format = FORMAT_VERSION;
        b->sink = sink_new(env, &b->root, err);
        if (b->sink)
            return b;
    }
    batch_free(b, false);
    return NULL;
}

struct batch *batch_begin(struct env *env, enum table t, uint64_t expected_bytes, struct err *err)
{
    bool busy;
    return begin(env, t, expected_bytes, &busy, err);
}

struct batch *batch_begin_upkeep(struct env *env, enum table t, bool *busy, struct err *err)
{
    struct batch *b = begin(env, t, 0, busy, err);
    if (b)
        b->upkeep = true;
    return b;
}

bool batch_expect(const struct batch *b, uint64_t bytes, struct err *err)
{
    return check_room(b->env, bytes, err);
}

void batch_replace(struct batch *b, uint32_t part, size_t by)
{
    vec_push(&b->replaced, (struct batch_replaced){part, by});
    b->garbage = true;
}

uint32_t batch_import(const struct batch *b)
{
    return b->import;
}

const struct snapshot *batch_snapshot(const struct batch *b)
{
    return b->base;
}
