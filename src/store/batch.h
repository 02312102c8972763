/* batch.h - one import into the store: all of it becomes visible by batch_commit, or nothing.
 *
 * While it runs its blocks are committed in bounded LMDB transactions (at most 64 MiB) under an import number
 * marked `loading`; readers ignore them. What an aborted or killed batch left is collected by the next
 * batch_begin. One batch at a time per store (lock on the file `writer`). A batch and what hangs on it belong
 * to one thread at a time. */
#ifndef WM_BATCH_H
#define WM_BATCH_H

#include "store/snapshot.h"

struct batch;

/* Fails when another process is importing (names its pid), when disk or map head-room is short of
 * `expected_bytes` + 10 %, or the store is read-only. */
struct batch *batch_begin(struct env *env, enum table t, uint64_t expected_bytes, struct err *err);
uint32_t batch_import(const struct batch *b); /* the number the import will have */
/* The store as it was when the batch began: for types, dictionary look-ups. */
const struct snapshot *batch_snapshot(const struct batch *b);
/* Makes everything live in the last commit; `info` is stored in the journal (id and table are filled in).
 * NULL info: no import is recorded, for batches that bring notes or codes but no parts. The batch is gone
 * afterwards, also on failure (then the store is unchanged). */
bool batch_commit(struct batch *b, const struct import_def *info, struct err *err);
void batch_abort(struct batch *b); /* NULL is fine */

/* The column of this name in the batch's table, added when new. False when it exists with another type. */
bool batch_column(struct batch *b, struct str name, enum column_type type, uint16_t *id, struct err *err);
/* Code of a string in a dictionary, added when new. COL_USER: numbers of users. Not thread-safe.
 * Look-ups of known strings cost a hash probe; strings of older imports are fetched on first use. False on
 * damage. */
bool batch_code(struct batch *b, uint16_t column, struct str text, uint32_t *code, struct err *err);
/* The same with XXH3 of text (intern_hash) known. */
bool batch_code_hashed(struct batch *b, uint16_t column, struct str text, uint64_t hash, uint32_t *code,
                       struct err *err);
/* The same for n strings at once: overlaps the cache misses of the look-ups, about twice as fast as one by
 * one. */
bool batch_codes_many(struct batch *b, uint16_t column, size_t n, const struct str *text,
                      const uint64_t *hash, uint32_t *code, struct err *err);
uint32_t batch_codes(const struct batch *b, uint16_t column); /* size of the dictionary so far */
bool batch_note(struct batch *b, const char *key, struct str text, struct err *err);

/* ---- writing one part: rows arrive sorted by (user, time, arrival) in pieces of any size. */
struct part_writer;
/* columns: numbers of the value columns, COL_TIME and COL_EVENT among them for TABLE_EVENTS; types from the
 * store. */
struct part_writer *part_begin(struct batch *b, const uint16_t *columns, size_t n, struct err *err);
/* rows: user[i] and value[c][i] for each column c in the order given to part_begin. Checks the sort order
 * (bug()). */
bool part_append(struct part_writer *w, size_t rows, const uint32_t *user, const int64_t *const *value,
                 struct err *err);
/* Seals the last block and the directory; the writer is gone, also on failure. Parts of one batch are ordered
 * as begun. */
bool part_end(struct part_writer *w, struct err *err);
void part_drop(struct part_writer *w); /* gives up; the batch must then be aborted */

#endif
