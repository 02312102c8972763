/* batch_open.h - a batch from inside store/: shared by batch.c, part_writer.c and dict_write.c. */
#ifndef WM_BATCH_OPEN_H
#define WM_BATCH_OPEN_H

#include "store/batch.h"
#include "store/codemap.h"
#include "store/dict.h"
#include "store/journal.h"
#include "store/sink.h"

struct batch_dict {
    uint16_t column;
    uint32_t base, count; /* codes in the store; now */
    uint64_t bytes;       /* of the strings added */
    struct codemap *map;
    VEC(uint32_t) place;        /* of the strings added, in order of codes */
    VEC(struct run_record) run; /* as they will be */
};

/* A part that is live before this batch and not after it. */
#define BATCH_NOTHING SIZE_MAX
struct batch_replaced {
    uint32_t part;
    size_t by; /* index of the batch's part that takes its place, or BATCH_NOTHING */
};

struct batch {
    struct env *env;
    struct snapshot *base;
    enum table table;
    int lock;
    struct sink *sink;
    struct arena arena;
    struct root_record root; /* as it will be */
    uint32_t import;
    int64_t started_us;
    bool marked;                   /* the journal has our `loading` record */
    bool broken;                   /* may only be aborted */
    bool garbage;                  /* live blocks became dead: merged hash runs */
    VEC(struct column_def) column; /* added */
    VEC(struct batch_dict *) dict; /* by column number; NULL: untouched */
    VEC(struct catalog_note) note;
    VEC(struct journal_part) part;
    bool upkeep; /* brings no import: replaces parts */
    VEC(struct batch_replaced) replaced;
    uint32_t forget; /* import that becomes forgotten; 0: none */
    uint64_t forget_rows;
};

/* Type of a column as the batch knows it; 0: unknown. */
enum column_type batch_type(const struct batch *b, uint16_t column);
/* A batch that brings no import but other parts for those there are. *busy: it
 * was refused since another process writes. */
struct batch *batch_begin_upkeep(struct env *env, enum table t, bool *busy, struct err *err);
/* False when the disk has no room for `bytes` more. */
bool batch_expect(const struct batch *b, uint64_t bytes, struct err *err);
void batch_replace(struct batch *b, uint32_t part, size_t by);
/* Commits everything that makes the batch live, with the blocks that the transaction holds; all others must
 * be on disk. */
bool batch_make_live(struct batch *b, const struct import_def *info, MDB_txn *txn, struct err *err);
/* Puts the `loading` record into the journal before the first block of a part. */
bool batch_mark(struct batch *b, struct err *err);
/* Writes the strings added and their hash runs. */
bool dict_write(struct batch *b, struct batch_dict *d, struct err *err);
/* Deletes, in slices, what no live record names: blocks of batches that never became live, merged hash runs.
 */
bool sweep(struct env *env, struct err *err);

#endif
