/* store_fuzz.c - a damaged store through the whole of store/: opened, read to the last byte, verified, and
 * written to when it lets itself be written to. Nothing of it may crash.
 *
 * One accident - a flipped bit, another byte, a page of zeros, a cut end - must be noticed or do no harm: a
 * wrong answer without an error is a failure. Forged files, with right checksums, need only not crash.
 *
 * Input: see patch.h. */
#include "config.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/buf.h"
#include "patch.h"
#include "store/batch.h"
#include "store/verify_walk.h"

static uint64_t sound_digest;
static struct buf folder, file;

/* Instead of libc's: guard.c waits, twenty times, for a commit of another process to mend what it finds
 * wrong. Nobody else writes here, and the waiting took more time than all the rest. */
int usleep(useconds_t us)
{
    (void)us;
    return 0;
}

static void write_file(const void *p, size_t n)
{
    /* Written over: cutting it to nothing first would free and fill its pages each time. */
    int fd = open(file.p, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, p, n) != (ssize_t)n || ftruncate(fd, (off_t)n) != 0 || close(fd) != 0)
        abort();
}

static void found(void *arg, const char *where, const char *what)
{
    FUZZ_PROMISE(*where && *what);
    ++*(unsigned *)arg;
}

static void on_progress(void *arg, uint64_t done, uint64_t total)
{
    (void)arg;
    (void)done;
    (void)total;
}

/* The number of findings. */
static unsigned verify(struct env *env)
{
    unsigned n = 0;
    struct err err = {0};
    struct walk_output out = {found, on_progress, &n, {0}};
    if (!verify_walk(env, &out, &err)) {
        FUZZ_PROMISE(err.code != ERR_NONE && err.text[0]);
        n++;
    }
    return n;
}

/* True when it says that the note is there. */
static bool add_note(struct env *env)
{
    struct err err = {0};
    struct batch *b = batch_begin(env, TABLE_EVENTS, 0, &err);
    bool ok = b && batch_note(b, "fuzz", STR("was here"), &err);
    if (b && !ok)
        batch_abort(b);
    else if (ok)
        ok = batch_commit(b, NULL, &err);
    FUZZ_PROMISE(ok || (err.code != ERR_NONE && err.text[0]));
    return ok;
}

static void use(struct env *env, const struct patched *f)
{
    struct err err = {0};
    uint64_t digest = 0, again = 0;
    bool ok = patch_read(env, &digest, &err);
    FUZZ_PROMISE(ok || (err.code != ERR_NONE && err.text[0]));
    if (f->changes <= 1 && !f->resealed)
        FUZZ_PROMISE(!ok || digest == sound_digest);
    unsigned findings = verify(env);
    FUZZ_PROMISE(f->changes || (ok && findings == 0));
    /* What cannot be read must be found by check, too. */
    FUZZ_PROMISE(ok || findings > 0);
    /* To write where damage was not noticed must not make more of it. */
    if (add_note(env) && ok && f->changes <= 1) {
        FUZZ_PROMISE(patch_read(env, &again, &err) && again == digest);
        FUZZ_PROMISE(findings > 0 || verify(env) == 0);
    }
}

static void begin(void)
{
    struct err err = {0};
    if (folder.n)
        return;
    struct str sound = patch_base();
    buf_printf(&folder, "%s/case", fuzz_dir());
    buf_printf(&file, "%s/data.mdb", folder.p);
    if (mkdir(folder.p, 0700) != 0)
        abort();
    write_file(sound.p, sound.n);
    struct env *env = env_open(folder.p, ENV_READ, &err);
    if (!env || !patch_read(env, &sound_digest, &err))
        abort();
    env_close(env);
}

FUZZ_TARGET(store)
{
    struct fuzz_input in = {data, n};
    struct patched f;
    struct err err = {0};
    begin();
    patch_make(&f, &in);
    write_file(f.p, f.n);
    struct env *env = env_open(folder.p, ENV_WRITE, &err);
    if (env) {
        if (f.n > 0) /* an empty file counts as no store: a new one has been made */
            use(env, &f);
        env_close(env);
    } else {
        FUZZ_PROMISE(err.code != ERR_NONE && err.text[0] && f.changes > 0);
    }
    return 0;
}
