/* batch_live.c - the records that make a batch live, in its last commit.
 *
 * It writes records only: new columns, notes, dictionaries, the import's journal entry, or, for upkeep, the
 * entries of the imports whose parts were replaced. Nothing of a batch is seen before it. */
#include "config.h"
#include <stdlib.h>
#include <unistd.h>
#include "store/batch_open.h"

/* ---- records */

static void put_import(struct buf *out, const struct batch *b, const struct import_def *d,
                       enum import_state state)
{
    struct journal j = journal_of(d);
    j.head.import = b->import;
    j.head.state = state;
    j.head.table = b->table;
    j.head.pid = (uint32_t)getpid();
    j.parts = (uint32_t)b->part.n;
    j.part = b->part.at;
    block_begin(out);
    journal_put(out, &j);
}

bool batch_mark(struct batch *b, struct err *err)
{
    if (b->marked || b->upkeep)
        return true;
    struct import_def d = {.started_us = b->started_us, .source = STR("")};
    struct key k = key_import(b->import);
    struct buf out = sink_buf(b->sink);
    put_import(&out, b, &d, IMPORT_LOADING);
    b->marked = true;
    return sink_put(b->sink, &k, &out, err);
}

/* ---- the last commit */

static bool put(struct batch *b, MDB_txn *txn, const struct key *k, struct buf *block, struct err *err)
{
    block_seal(block, 0, k);
    b->root.digest += block_checksum(block->p);
    bool ok = env_put(b->env, txn, k, buf_view(block), err);
    buf_done(block);
    return ok;
}

static bool put_columns(struct batch *b, MDB_txn *txn, struct err *err)
{
    for (size_t i = 0; i < b->column.n; i++) {
        const struct column_def *c = &b->column.at[i];
        struct column_record r = {c->id, (uint8_t)c->table, (uint8_t)c->type, (uint32_t)c->name.n};
        struct key k = key_column(c->id);
        struct buf out = {0};
        block_begin(&out);
        buf_put(&out, &r, sizeof(r));
        buf_str(&out, c->name);
        if (!put(b, txn, &k, &out, err))
            return false;
        b->root.columns++;
    }
    return true;
}

static const struct catalog_note *note_in_store(const struct batch *b, struct str name)
{
    const struct catalog *c = b->base->catalog;
    for (size_t i = 0; i < c->notes; i++)
        if (str_eq(c->note[i].name, name))
            return &c->note[i];
    return NULL;
}

static bool put_notes(struct batch *b, MDB_txn *txn, struct err *err)
{
    for (size_t i = 0; i < b->note.n; i++) {
        const struct catalog_note *n = &b->note.at[i];
        struct key k = key_note(n->name);
        struct buf out = {0};
        const struct catalog_note *old = note_in_store(b, n->name);
        block_begin(&out);
        buf_str(&out, n->text);
        if (!put(b, txn, &k, &out, err))
            return false;
        b->root.notes += old == NULL;
        b->root.digest -= old ? old->checksum : 0;
    }
    return true;
}

static bool put_dicts(struct batch *b, MDB_txn *txn, struct err *err)
{
    for (size_t i = 0; i < b->dict.n; i++) {
        const struct batch_dict *d = b->dict.at[i];
        if (!d || d->count == d->base)
            continue;
        const struct catalog_dict *old = catalog_dict(b->base->catalog, d->column);
        struct dict_record r = {d->count, (uint32_t)d->run.n, d->bytes + (old ? old->bytes : 0)};
        struct key k = key_dict(d->column);
        struct buf out = {0};
        block_begin(&out);
        buf_put(&out, &r, sizeof(r));
        buf_put(&out, d->run.at, d->run.n * sizeof(*d->run.at));
        if (!put(b, txn, &k, &out, err))
            return false;
        b->root.dicts += old == NULL;
        b->root.digest -= old ? old->checksum : 0;
    }
    return true;
}

/* ---- entries of imports whose parts change */

static const struct batch_replaced *replaced(const struct batch *b, uint32_t part)
{
    for (size_t i = 0; i < b->replaced.n; i++)
        if (b->replaced.at[i].part == part)
            return &b->replaced.at[i];
    return NULL;
}

static bool changes(const struct batch *b, const struct journal *j)
{
    bool any = j->head.import == b->forget;
    for (uint32_t i = 0; i < j->parts && !any; i++)
        any = replaced(b, j->part[i].record.part) != NULL;
    return any;
}

static int by_number(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* An import's attributes that lie in a part of their own no more: which columns it had, the merged part does
 * not say. */
static void note_columns(struct batch *b, struct journal *j, const struct journal_part *gone)
{
    uint32_t n = j->columns;
    uint16_t *column = arena_array(&b->arena, uint16_t, n + gone->record.columns + 1u);
    for (uint32_t i = 0; i < n; i++)
        column[i] = j->column[i];
    for (uint32_t i = 0; i < gone->record.columns; i++) {
        if (gone->column[i] == COL_IMPORT) /* merged before: rows of several imports */
            return;
        bool known = false;
        for (uint32_t k = 0; k < j->columns; k++)
            known |= column[k] == gone->column[i];
        if (!known)
            column[n++] = gone->column[i];
    }
    qsort(column, n, sizeof(*column), by_number);
    j->column = column;
    j->columns = n;
}

/* The parts that stay, and the new ones in the places of those they replace: so the list keeps the order of
 * arrival. */
static void change_parts(struct batch *b, struct journal *j)
{
    struct journal_part *part = arena_array(&b->arena, struct journal_part, j->parts + 1u);
    uint32_t n = 0;
    for (uint32_t i = 0; i < j->parts; i++) {
        const struct batch_replaced *r = replaced(b, j->part[i].record.part);
        if (r && b->table == TABLE_USERS)
            note_columns(b, j, &j->part[i]);
        if (!r)
            part[n++] = j->part[i];
        else if (r->by != BATCH_NOTHING)
            part[n++] = b->part.at[r->by];
    }
    j->part = part;
    j->parts = n;
}

static bool put_entry(struct batch *b, MDB_txn *txn, const struct catalog_import *old, struct err *err)
{
    struct journal j = old->journal;
    struct key k = key_import(j.head.import);
    struct buf out = {0};
    change_parts(b, &j);
    if (j.head.import == b->forget) {
        j.head.state = IMPORT_FORGOTTEN;
        j.tail.forgotten_us = b->started_us;
        j.tail.forgotten_rows = b->forget_rows;
    }
    block_begin(&out);
    journal_put(&out, &j);
    b->root.digest -= old->checksum;
    return put(b, txn, &k, &out, err);
}

static bool put_entries(struct batch *b, MDB_txn *txn, struct err *err)
{
    const struct catalog *c = b->base->catalog;
    for (size_t i = 0; i < c->imports; i++)
        if (changes(b, &c->entry[i].journal) && !put_entry(b, txn, &c->entry[i], err))
            return false;
    return true;
}

static bool put_journal(struct batch *b, MDB_txn *txn, const struct import_def *info, struct err *err)
{
    struct key k = key_import(b->import);
    struct buf out = {0};
    if (!info)
        return true;
    put_import(&out, b, info, IMPORT_LIVE);
    b->root.imports++;
    return put(b, txn, &k, &out, err);
}

bool batch_make_live(struct batch *b, const struct import_def *info, MDB_txn *txn, struct err *err)
{
    if (!put_columns(b, txn, err) || !put_notes(b, txn, err) || !put_dicts(b, txn, err) ||
        !put_journal(b, txn, info, err) || !put_entries(b, txn, err)) {
        mdb_txn_abort(txn);
        return false;
    }
    b->root.version++;
    return env_commit(b->env, txn, &b->root, err);
}
