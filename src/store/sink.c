/* sink.c - a queue of sealed blocks and one thread that owns the write transaction (LMDB ties it to its
 * thread).
 *
 * Memory: at most QUEUE_BYTES wait, and one transaction's pages inside LMDB. Buffers go back to the maker
 * when written. */
#include "config.h"
#include <signal.h>
#include <stdlib.h>
#include "base/nls.h"
#include "base/num.h"
#include "store/sink.h"

#define QUEUE_BYTES (32u << 20)
#define SPARE_BUFFERS 64
#define LAST_BYTES (64u << 20) /* room for what sink_finish brings */

struct item {
    struct key key;
    struct buf block;
};
typedef VEC(struct item) item_vec;

struct sink {
    struct env *env;
    struct root_record root;
    uint64_t commit_bytes;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t more, less; /* there is more to write; there is less waiting */
    item_vec queue;
    uint64_t queued;
    bool finish, drop, failed, joined;
    sink_last *last;
    void *last_arg;
    VEC(struct buf) spare;
    struct err err;
    /* the thread's own */
    MDB_txn *txn;
    uint64_t bytes, puts;
};

static bool commit(struct sink *s, struct err *err)
{
    if (!s->txn)
        return true;
    MDB_txn *txn = s->txn;
    s->txn = NULL;
    s->bytes = s->puts = 0;
    return env_commit(s->env, txn, &s->root, err);
}

static bool begin(struct sink *s, uint64_t most, struct err *err)
{
    if (!s->txn)
        s->txn = env_write(s->env, 2 * most + LAST_BYTES, err);
    return s->txn != NULL;
}

static bool write_block(struct sink *s, const struct item *it, struct err *err)
{
    size_t n = it->block.n;
    if (s->txn && (s->bytes + n > s->commit_bytes || s->puts >= SINK_COMMIT_PUTS) && !commit(s, err))
        return false;
    if (!begin(s, n > s->commit_bytes ? n : s->commit_bytes, err))
        return false;
    s->bytes += n;
    s->puts++;
    return env_put(s->env, s->txn, &it->key, buf_view(&it->block), err);
}

static void fail(struct sink *s, const struct err *err)
{
    if (s->txn)
        mdb_txn_abort(s->txn);
    s->txn = NULL;
    pthread_mutex_lock(&s->mutex);
    s->failed = true;
    s->err = *err;
    pthread_cond_broadcast(&s->less);
    pthread_mutex_unlock(&s->mutex);
}

static bool commit_last(struct sink *s, struct err *err)
{
    if (!s->last || s->drop || s->failed)
        return commit(s, err);
    if (!begin(s, 0, err))
        return false;
    MDB_txn *txn = s->txn;
    s->txn = NULL;
    return s->last(s->last_arg, txn, err);
}

/* Gives the buffer back and makes room in the queue. */
static void recycle(struct sink *s, struct item *it)
{
    pthread_mutex_lock(&s->mutex);
    s->queued -= it->block.n;
    if (s->spare.n < SPARE_BUFFERS) {
        buf_clear(&it->block);
        vec_push(&s->spare, it->block);
        it->block = (struct buf){0};
    }
    pthread_cond_signal(&s->less);
    pthread_mutex_unlock(&s->mutex);
    buf_done(&it->block);
}

/* Takes all that waits into *batch (empty before); false when there will be no more. */
static bool next_items(struct sink *s, item_vec *batch, bool *failed)
{
    pthread_mutex_lock(&s->mutex);
    while (s->queue.n == 0 && !s->finish)
        pthread_cond_wait(&s->more, &s->mutex);
    item_vec swap = *batch;
    *batch = s->queue;
    s->queue = swap;
    *failed = s->failed || s->drop;
    pthread_mutex_unlock(&s->mutex);
    return batch->n > 0;
}

static void *run(void *arg)
{
    struct sink *s = arg;
    struct err err = {0};
    item_vec batch = {0};
    bool failed;
    while (next_items(s, &batch, &failed)) {
        for (size_t i = 0; i < batch.n; i++) {
            if (!failed && !write_block(s, &batch.at[i], &err)) {
                failed = true;
                fail(s, &err);
            }
            recycle(s, &batch.at[i]);
        }
        batch.n = 0;
    }
    vec_done(&batch);
    if (s->drop && s->txn) {
        mdb_txn_abort(s->txn);
        s->txn = NULL;
    }
    if (!commit_last(s, &err))
        fail(s, &err);
    return NULL;
}

static uint64_t commit_bytes(void)
{
    uint64_t n;
    const char *text = getenv("WAYMARK_COMMIT_BYTES");
    return text && num_size(str_of(text), &n) && n > 0 && n < SINK_COMMIT_BYTES ? n : SINK_COMMIT_BYTES;
}

struct sink *sink_new(struct env *env, const struct root_record *root, struct err *err)
{
    struct sink *s = mem_zalloc(sizeof(*s));
    s->env = env;
    s->root = *root;
    s->commit_bytes = commit_bytes();
    pthread_mutex_init(&s->mutex, NULL);
    pthread_cond_init(&s->more, NULL);
    pthread_cond_init(&s->less, NULL);
    /* Signals belong to the threads of the program, which wait for them. */
    sigset_t every, before;
    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, &before);
    int rc = pthread_create(&s->thread, NULL, run, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc) {
        s->joined = true;
        sink_free(s);
        err_set(err, ERR_SYSTEM, _("cannot start a thread: %s"), strerror(rc));
        return NULL;
    }
    return s;
}

struct buf sink_buf(struct sink *s)
{
    struct buf b = {0};
    pthread_mutex_lock(&s->mutex);
    if (s->spare.n)
        b = s->spare.at[--s->spare.n];
    pthread_mutex_unlock(&s->mutex);
    return b;
}

bool sink_put(struct sink *s, const struct key *k, struct buf *block, struct err *err)
{
    block_seal(block, 0, k);
    pthread_mutex_lock(&s->mutex);
    while (s->queued > QUEUE_BYTES && !s->failed)
        pthread_cond_wait(&s->less, &s->mutex);
    bool ok = !s->failed;
    if (ok) {
        s->queued += block->n;
        vec_push(&s->queue, (struct item){*k, *block});
        *block = (struct buf){0};
        pthread_cond_signal(&s->more);
    } else if (err) {
        *err = s->err;
    }
    pthread_mutex_unlock(&s->mutex);
    buf_done(block);
    return ok;
}

static void join(struct sink *s)
{
    if (s->joined)
        return;
    pthread_mutex_lock(&s->mutex);
    s->finish = true;
    pthread_cond_signal(&s->more);
    pthread_mutex_unlock(&s->mutex);
    pthread_join(s->thread, NULL);
    s->joined = true;
}

bool sink_finish(struct sink *s, sink_last *last, void *arg, struct err *err)
{
    s->last = last; /* read when the thread is told to finish */
    s->last_arg = arg;
    join(s);
    if (s->failed && err)
        *err = s->err;
    return !s->failed;
}

void sink_free(struct sink *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->mutex);
    s->drop = true;
    pthread_mutex_unlock(&s->mutex);
    join(s);
    for (size_t i = 0; i < s->queue.n; i++)
        buf_done(&s->queue.at[i].block);
    for (size_t i = 0; i < s->spare.n; i++)
        buf_done(&s->spare.at[i]);
    vec_done(&s->queue);
    vec_done(&s->spare);
    pthread_cond_destroy(&s->more);
    pthread_cond_destroy(&s->less);
    pthread_mutex_destroy(&s->mutex);
    free(s);
}
