/* copy.c - writes a store anew, block by block, through the same sink that imports use.
 *
 * Not mdb_env_copy2: that one trusts the pages it reads, copies left-overs, and can neither be stopped nor
 * tell how far it is. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/nls.h"
#include "base/os.h"
#include "store/copy.h"
#include "store/sink.h"
#include "store/snapshot_open.h"
#include "store/verify.h"

struct copying {
    const struct snapshot *s;
    struct sink *sink;
    struct progress *progress;
    struct err *err;
    bool ok;
};

static bool fail(struct copying *c)
{
    c->ok = false;
    return false;
}

static bool copy_block(void *arg, const struct key *k, const struct tree_value *v)
{
    struct copying *c = arg;
    if (k->b[0] == BLOCK_ROOT || !catalog_lives(c->s->catalog, k))
        return true; /* the sink writes the root */
    if (progress_cancelled(c->progress)) {
        err_set(c->err, ERR_CANCELLED, _("stopped; the store is as before"));
        return fail(c);
    }
    const char *why = block_check(k, v->p, v->n);
    if (why) {
        env_block_damaged(c->s->env, k, why, c->err);
        return fail(c);
    }
    struct str payload = block_payload(v->p);
    struct buf out = sink_buf(c->sink);
    block_begin(&out);
    buf_put(&out, payload.p, payload.n);
    if (c->progress)
        atomic_fetch_add(&c->progress->done, v->n);
    return sink_put(c->sink, k, &out, c->err) || fail(c);
}

static bool copy_blocks(struct copying *c)
{
    struct key every = {.n = 0};
    const char *why;
    if (!tree_each(&c->s->tree, &every, copy_block, c, &why))
        return env_damaged(c->s->env, "data.mdb", _(why), c->err);
    return c->ok;
}

/* A commit more, so that there is one even when the store has no blocks. */
static bool seal(struct env *env, struct root_record *root, struct err *err)
{
    MDB_txn *txn = env_write(env, 1u << 20, err);
    return txn && env_commit(env, txn, root, err);
}

static bool write_copy(const struct snapshot *s, struct env *to, struct progress *progress, struct err *err)
{
    struct root_record root;
    if (!env_root(s->env, &s->tree, &root, err))
        return false;
    struct copying c = {.s = s, .progress = progress, .err = err, .ok = true};
    c.sink = sink_new(to, &root, err);
    if (!c.sink)
        return false;
    bool ok = copy_blocks(&c) && sink_finish(c.sink, NULL, NULL, err);
    sink_free(c.sink);
    return ok && seal(to, &root, err);
}

struct first_finding {
    struct buf text;
};

static void note_finding(void *arg, const struct verify_finding *f)
{
    struct first_finding *first = arg;
    if (first->text.n == 0)
        buf_printf(&first->text, "%s: %s", f->where, f->what);
}

static bool check_copy(const char *dir, struct progress *progress, struct err *err)
{
    struct first_finding first = {0};
    struct verify_report report;
    bool ok = verify_store(dir, progress, note_finding, &first, &report, err);
    if (ok && report.damaged)
        ok = err_set(
            err, ERR_DAMAGED,
            _("%s: the copy is damaged: %s; run 'waymark check' on the store, and look after the disk"), dir,
            first.text.p ? first.text.p : "");
    buf_done(&first.text);
    return ok;
}

static bool check_room(const struct snapshot *s, const char *dir, struct err *err)
{
    uint64_t have = os_free_bytes(dir), need = snapshot_bytes(s);
    need += need / 20 + (1u << 20);
    if (have >= need)
        return true;
    return err_set(err, ERR_STORE,
                   _("%s: the copy needs about %llu MB of disk, %llu MB are free; free some space or name "
                     "another disk"),
                   dir, (unsigned long long)(need / 1000000 + 1), (unsigned long long)(have / 1000000));
}

bool copy_store(const struct snapshot *s, const char *dir, struct progress *progress, struct err *err)
{
    if (!check_room(s, dir, err))
        return false;
    struct env *to = env_open_private(dir, ENV_WRITE, err);
    if (!to)
        return false;
    if (progress) {
        atomic_store(&progress->done, 0);
        atomic_store(&progress->total, snapshot_bytes(s));
    }
    bool ok = write_copy(s, to, progress, err);
    env_close_private(to);
    return ok && check_copy(dir, progress, err);
}

void copy_remove(const char *dir)
{
    static const char *const names[] = {"data.mdb", "lock.mdb", "writer"};
    int saved = errno, fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0) {
        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
            unlinkat(fd, names[i], 0);
        close(fd);
        rmdir(dir);
    }
    errno = saved;
}

bool copy_sync_folder(const char *dir, struct err *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL || errno == EROFS); /* not all file systems can */
    if (!ok)
        err_set(err, ERR_SYSTEM, _("%s: cannot be synced: %s"), dir, strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok;
}
