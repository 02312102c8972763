/* Kills an importing process at random moments, again and again, on one store: every time the store is whole,
 * every import acknowledged is there, the one under way is all there or not at all, and the next one works
 * and tidies up.
 *
 * WAYMARK_TEST_KILLS (default 220) and WAYMARK_TEST_SEED repeat or extend a run. */
#include "config.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/os.h"
#include "base/rand.h"
#include "store/snapshot_open.h"
#include "store/upkeep.h"
#include "store/verify.h"
#include "store_world.h"

#define ROWS 800

static struct err err;

#define assert_done(x)                                                                                       \
    do {                                                                                                     \
        if (!(x))                                                                                            \
            fail_msg("%s", err.text);                                                                        \
    } while (0)

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

/* Imports without end, one byte on the pipe for each that batch_commit called done; every third is given up.
 * Parts are merged in between, and one import in seven is forgotten as soon as it is there, which nobody
 * acknowledges; now and then the file is compacted. */
static _Noreturn void import_for_ever(const char *dir, int fd)
{
    struct env *env = env_open(dir, ENV_WRITE, &err);
    if (!env)
        _exit(1);
    for (;;) {
        const struct import_def *import;
        struct snapshot *s = snapshot_open(env, &err);
        if (!s)
            _exit(2);
        unsigned next = (unsigned)snapshot_imports(s, &import) + 1;
        snapshot_close(s);
        struct batch *b = world_begin_import(env, next, ROWS, &err);
        if (!b)
            _exit(3);
        if (next % 3 == 0) {
            batch_abort(b);
            b = world_begin_import(env, next, ROWS, &err);
        }
        struct import_def info = {.rows = ROWS, .stored = ROWS, .source = STR("killed")};
        if (!b || !batch_commit(b, &info, &err) || write(fd, "x", 1) != 1)
            _exit(4);
        if (!store_merge(env, NULL, &err))
            _exit(5);
        if (next % 7 == 0 && !store_forget(env, next, NULL, NULL, &err))
            _exit(6);
        if (next % 5 == 0) {
            env_close(env);
            if (!store_compact(dir, NULL, NULL, &err) || !(env = env_open(dir, ENV_WRITE, &err)))
                _exit(7);
        }
    }
}

/* Runs it and kills it after `us`; returns the number of acknowledged imports. */
static unsigned run_and_kill(const char *dir, unsigned us)
{
    int fd[2], status;
    char acknowledged[256];
    unsigned n = 0;
    assert_int_equal(pipe(fd), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(fd[0]);
        import_for_ever(dir, fd[1]);
    }
    close(fd[1]);
    usleep(us);
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    if (!WIFSIGNALED(status))
        fail_msg("the importer ended by itself with %d", WEXITSTATUS(status));
    for (ssize_t got; (got = read(fd[0], acknowledged, sizeof(acknowledged))) > 0;)
        n += (unsigned)got;
    close(fd[0]);
    return n;
}

static void print_finding(void *arg, const struct verify_finding *f)
{
    (void)arg;
    print_error("%s: %s\n", f->where, f->what);
}

/* What is there: number of imports, all of them complete. *left: keys without owner. */
static unsigned look(const char *dir, unsigned from, uint64_t *left)
{
    const struct import_def *import;
    struct verify_report report;
    assert_done(verify_store(dir, NULL, print_finding, NULL, &report, &err));
    assert_int_equal(report.damaged, 0);
    struct env *env = env_open(dir, ENV_WRITE, &err); /* the very first kill may leave no store */
    assert_done(env);
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(s);
    unsigned n = (unsigned)snapshot_imports(s, &import);
    assert_true(n >= from);
    for (unsigned i = 1; i <= n; i++) { /* all: merging moves rows of old ones */
        uint64_t sum;
        assert_done(world_found(s, i, &sum, &err));
        assert_true(sum == (import[i - 1].forgotten ? 0 : world_expected(i, ROWS)));
        assert_true(!import[i - 1].forgotten || i % 7 == 0);
    }
    const struct part *part;
    assert_in_range(snapshot_parts(s, TABLE_EVENTS, &part), 0, UPKEEP_PARTS);
    *left = world_keys(s) - world_live_keys(s);
    snapshot_close(s);
    env_close(env);
    return n;
}

struct tally {
    unsigned kills, imports, with_left_overs, unacknowledged;
    uint32_t span; /* of one import, in microseconds */
};

/* A new store with one import in it. */
static char *begin_store(struct tally *t)
{
    char *dir = world_dir();
    struct env *env = env_open(dir, ENV_WRITE, &err);
    assert_done(env);
    int64_t begun = os_monotonic_us();
    assert_done(world_import(env, 1, ROWS, &err));
    t->span = (uint32_t)(os_monotonic_us() - begun) + 1000;
    env_close(env);
    return dir;
}

/* The next import works and tidies up. */
static void end_store(char *dir, unsigned known)
{
    uint64_t left;
    struct env *env = env_open(dir, ENV_WRITE, &err);
    assert_done(env);
    assert_done(world_import(env, known + 1, ROWS, &err));
    env_close(env);
    assert_int_equal(look(dir, 0, &left), known + 1);
    assert_int_equal(left, 0);
    world_remove(dir);
    free(dir);
}

/* Kills come within the time of a few imports, on slow and on busy machines too. */
static void kill_round(struct rand *r, unsigned kills, struct tally *t)
{
    char *dir = begin_store(t);
    unsigned known = 1;
    for (unsigned i = 0; i < kills; i++) {
        uint64_t left;
        unsigned done = run_and_kill(dir, 200 + rand_below(r, rand_below(r, 4) ? t->span : 4 * t->span));
        unsigned now = look(dir, known, &left);
        /* All acknowledged ones, and perhaps one whose acknowledgement the kill cut off. */
        assert_in_range(now, known + done, known + done + 1);
        t->unacknowledged += now == known + done + 1;
        t->with_left_overs += left > 0;
        t->imports += now - known;
        known = now;
    }
    t->kills += kills;
    end_store(dir, known);
}

static void killed_at_random(void **state)
{
    (void)state;
    uint64_t seed = from_environment("WAYMARK_TEST_SEED", (uint64_t)os_now_us());
    uint64_t kills = from_environment("WAYMARK_TEST_KILLS", 220);
    struct rand r;
    struct tally t = {0};
    rand_seed(&r, seed);
    print_message("seed %llu\n", (unsigned long long)seed);
    while (t.kills < kills)
        kill_round(&r, 20, &t);
    print_message(
        "%u kills: %u imports between them, %u times left-overs, %u times live but not acknowledged\n",
        t.kills, t.imports, t.with_left_overs, t.unacknowledged);
    assert_true(t.with_left_overs > 0 && t.imports > 0); /* else the kills hit nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(killed_at_random)};
    setenv("WAYMARK_MAP_SIZE", "16M", 1);
    setenv("WAYMARK_COMMIT_BYTES", "3K", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
