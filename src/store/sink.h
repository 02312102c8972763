/* sink.h - the thread that puts finished blocks into LMDB, so that whoever makes them does not wait for the
 * disk. */
#ifndef WM_SINK_H
#define WM_SINK_H

#include "store/env_lmdb.h"

/* One transaction holds at most this many bytes (or one block) and puts; WAYMARK_COMMIT_BYTES makes it
 * smaller, for tests. */
#define SINK_COMMIT_BYTES                                                                                    \
    (8u << 20) /* what the end of an import has to wait for: the rest is on disk by then */
#define SINK_COMMIT_PUTS 50000

struct sink;
/* Each commit repeats `root` with its own number. */
struct sink *sink_new(struct env *env, const struct root_record *root, struct err *err);
/* An empty buffer for a block; may have memory from one already written. */
struct buf sink_buf(struct sink *s);
/* Seals and takes the block (begun at offset 0; *block is empty afterwards). Waits while too much is queued.
 * False when writing has failed, now or earlier. */
bool sink_put(struct sink *s, const struct key *k, struct buf *block, struct err *err);
/* Puts the last records into the transaction, and commits or aborts it. */
typedef bool sink_last(void *arg, MDB_txn *txn, struct err *err);
/* Waits until all is committed. The sink takes nothing more. last: what goes into one commit with the blocks
 * that are not on disk yet, so that an import waits for the disk once; called in the sink's thread unless
 * writing has failed; NULL: nothing. */
bool sink_finish(struct sink *s, sink_last *last, void *arg, struct err *err);
/* What has not been committed is dropped. NULL is fine. */
void sink_free(struct sink *s);

#endif
