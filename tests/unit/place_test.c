/* Where a store may lie and what it says when that is no good: full, read-only, foreign, remote, of another
 * version; and how large it becomes beside readers that died, or stand still.
 *
 * What needs a file system of its own is mounted in a namespace of its own, by root only. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "../store/store_place.h"
#include "../store/store_world.h"
#include "base/os.h"
#include "store/batch_open.h"
#include "store/upkeep.h"
#include "store/verify.h"

static struct err err;

/* ---- what the machine would say (linked with --wrap) */

static bool network;
static uint64_t free_bytes = UINT64_MAX;
bool __real_os_is_network_fs(const char *path);
bool __wrap_os_is_network_fs(const char *path);
uint64_t __real_os_free_bytes(const char *path);
uint64_t __wrap_os_free_bytes(const char *path);

bool __wrap_os_is_network_fs(const char *path)
{
    return network || __real_os_is_network_fs(path);
}

uint64_t __wrap_os_free_bytes(const char *path)
{
    return free_bytes != UINT64_MAX ? free_bytes : __real_os_free_bytes(path);
}

static int teardown(void **state)
{
    network = false;
    free_bytes = UINT64_MAX;
    return place_free(state);
}

/* Opening fails with this in its words. */
static void assert_refused(const char *dir, enum env_mode mode, const char *words)
{
    struct err e = {0};
    assert_null(env_open(dir, mode, &e));
    if (!strstr(e.text, words) || !strstr(e.text, dir))
        fail_msg("'%s' lacks '%s'", e.text, words);
}

static uint64_t file_bytes(const char *dir)
{
    char path[700];
    struct stat st;
    snprintf(path, sizeof(path), "%s/data.mdb", dir);
    assert_int_equal(stat(path, &st), 0);
    return (uint64_t)st.st_size;
}

/* ---- refusals */

static void network_file_system(void **state)
{
    struct place *p = *state;
    env_close(p->env);
    network = true;
    assert_refused(p->dir, ENV_READ, "network");
    assert_refused(p->dir, ENV_WRITE, "WAYMARK_ALLOW_NETWORK_FS=1");
    setenv("WAYMARK_ALLOW_NETWORK_FS", "1", 1);
    p->env = env_open(p->dir, ENV_WRITE, &err);
    unsetenv("WAYMARK_ALLOW_NETWORK_FS");
    assert_done(p->env);
}

static void foreign_files(void **state)
{
    struct place *p = *state;
    char path[700], link_path[700];
    if (geteuid() != 0)
        skip();
    env_close(p->env);
    snprintf(path, sizeof(path), "%s/data.mdb", p->dir);
    assert_int_equal(chown(path, 4711, 4711), 0);
    assert_refused(p->dir, ENV_READ, "belongs to another user");
    assert_int_equal(chown(path, 0, 0), 0);
    assert_int_equal(chown(p->dir, 4711, 4711), 0);
    assert_refused(p->dir, ENV_WRITE, "belongs to another user");
    assert_int_equal(chown(p->dir, 0, 0), 0);
    chmod(p->dir, 0770);
    assert_refused(p->dir, ENV_READ, "chmod");
    chmod(p->dir, 0700);
    /* A second name for the file, or a link in its place. */
    snprintf(link_path, sizeof(link_path), "%s.link", p->dir);
    assert_int_equal(link(path, link_path), 0);
    assert_refused(p->dir, ENV_READ, "regular file");
    assert_int_equal(unlink(path) | symlink(link_path, path), 0);
    assert_refused(p->dir, ENV_READ, "regular file");
    assert_int_equal(rename(link_path, path), 0);
    p->env = env_open(p->dir, ENV_WRITE, &err);
    assert_done(p->env);
}

static void set_format(struct env *env, uint32_t format)
{
    struct root_record root;
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(s && env_root(env, &s->tree, &root, &err));
    snapshot_close(s);
    root.format = format;
    MDB_txn *txn = env_write(env, 1 << 20, &err);
    assert_done(txn && env_commit(env, txn, &root, &err));
}

static uint32_t format_of(struct env *env)
{
    struct root_record root;
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(s && env_root(env, &s->tree, &root, &err));
    snapshot_close(s);
    return root.format;
}

static void other_versions(void **state)
{
    struct place *p = *state;
    uint64_t sum;
    assert_done(world_import(p->env, 1, 500, &err));
    set_format(p->env, 1); /* of such imports both versions have the same bytes */
    env_close(p->env);
    p->env = env_open(p->dir, ENV_WRITE, &err);
    assert_done(p->env);
    assert_int_equal(format_of(p->env), 1);
    assert_sound(p->dir);
    assert_done(world_import(p->env, 2, 500, &err));
    assert_int_equal(format_of(p->env), FORMAT_VERSION);
    struct snapshot *s = snapshot_open(p->env, &err);
    assert_done(world_found(s, 1, &sum, &err));
    assert_true(sum == world_expected(1, 500));
    snapshot_close(s);
    set_format(p->env, 77);
    env_close(p->env);
    assert_refused(p->dir, ENV_READ, "has format 77");
    assert_refused(p->dir, ENV_WRITE, "has format 77");
    struct verify_report report;
    struct err e = {0};
    assert_false(verify_store(p->dir, NULL, place_print_finding, NULL, &report, &e));
    assert_non_null(strstr(e.text, "has format 77"));
    p->env = NULL;
}

/* Asked before anything is written. */
static void head_room(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    char to[600];
    for (unsigned i = 1; i <= 3; i++)
        assert_done(world_import(p->env, i, 9000, &err));
    uint64_t bytes = file_bytes(p->dir);
    free_bytes = 50u << 20;
    struct batch *b = batch_begin(p->env, TABLE_EVENTS, 40u << 20, &err);
    assert_done(b);
    batch_abort(b);
    assert_null(batch_begin(p->env, TABLE_EVENTS, 100u << 20, &e));
    assert_non_null(strstr(e.text, "needs about"));
    assert_non_null(strstr(e.text, "free some space"));
    free_bytes = 200000;
    assert_false(world_import(p->env, 4, 10, &e));
    assert_false(store_merge(p->env, NULL, &e));
    assert_non_null(strstr(e.text, "needs about"));
    snprintf(to, sizeof(to), "%s.backup", p->dir);
    assert_false(store_backup(p->env, to, NULL, &e));
    assert_non_null(strstr(e.text, "another disk"));
    assert_int_equal(file_bytes(p->dir), bytes);
    free_bytes = UINT64_MAX;
    assert_done(store_merge(p->env, NULL, &err));
}

/* ---- file systems of their own */

/* Runs fn(dir) in a process with a file system of `size` at dir; its result, or -1 when it cannot be had. */
static int on_tmpfs(const char *size, int (*fn)(const char *dir))
{
    char *dir = world_dir(), data[64], below[600];
    int status;
    snprintf(data, sizeof(data), "size=%s,mode=0700", size);
    snprintf(below, sizeof(below), "%s/store", dir);
    pid_t pid = fork();
    if (pid == 0) {
        if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
            mount("tmpfs", dir, "tmpfs", 0, data))
            _exit(255);
        _exit(fn(below));
    }
    waitpid(pid, &status, 0);
    rmdir(dir);
    free(dir);
    return !WIFEXITED(status) ? -WTERMSIG(status) : WEXITSTATUS(status) == 255 ? -1 : WEXITSTATUS(status);
}

/* Imports until the disk is full; the store is whole, says what is wrong, and goes on when there is room. */
static int fill_disk(const char *dir)
{
    char ballast[600];
    struct err e = {0};
    struct env *env = env_open(dir, ENV_WRITE, &err);
    snprintf(ballast, sizeof(ballast), "%s/../ballast", dir);
    int fd = open(ballast, O_WRONLY | O_CREAT, 0600);
    if (!env || fd < 0 || posix_fallocate(fd, 0, 4 << 20) != 0)
        return 10;
    unsigned n = 0;
    while (n < 300 && world_import(env, n + 1, 20000, &e))
        n++;
    if (n == 0 || n == 300)
        return 11;
    if (!strstr(e.text, "disk full") && !strstr(e.text, "needs about"))
        return 12;
    struct err why = {0};
    if (store_merge(env, NULL, &why) && n > 3)
        return 13;
    env_close(env);
    struct verify_report report;
    if (!verify_store(dir, NULL, place_print_finding, NULL, &report, &err) || report.damaged)
        return 14;
    unlink(ballast);
    close(fd);
    env = env_open(dir, ENV_WRITE, &err);
    const struct import_def *m;
    struct snapshot *s = env ? snapshot_open(env, &err) : NULL;
    if (!s || snapshot_imports(s, &m) != n)
        return 15;
    for (unsigned i = 1; i <= n; i++) {
        uint64_t sum;
        if (!world_found(s, i, &sum, &err) || sum != world_expected(i, 20000))
            return 16;
    }
    snapshot_close(s);
    if (!world_import(env, n + 1, 20000, &err))
        return 17;
    env_close(env);
    return 0;
}

static void full_disk(void **state)
{
    (void)state;
    int got = on_tmpfs("24m", fill_disk);
    if (got == -1)
        skip();
    assert_int_equal(got, 0);
}

static int read_only(const char *dir)
{
    char parent[600], other[600];
    struct err e = {0};
    uint64_t sum;
    struct env *env = env_open(dir, ENV_WRITE, &err);
    if (!env || !world_import(env, 1, 500, &err))
        return 10;
    env_close(env);
    snprintf(parent, sizeof(parent), "%s/..", dir);
    snprintf(other, sizeof(other), "%s/../other", dir);
    if (mount("none", parent, NULL, MS_REMOUNT | MS_RDONLY, NULL))
        return 11;
    env = env_open(dir, ENV_READ, &err);
    struct snapshot *s = env ? snapshot_open(env, &err) : NULL;
    if (!s || !world_found(s, 1, &sum, &err) || sum != world_expected(1, 500))
        return 12;
    snapshot_close(s);
    if (world_import(env, 2, 500, &e) || !strstr(e.text, "read-only"))
        return 13;
    if (store_forget(env, 1, NULL, NULL, &e) || !strstr(e.text, "read-only"))
        return 14;
    env_close(env);
    struct verify_report report;
    if (!verify_store(dir, NULL, place_print_finding, NULL, &report, &err) || report.damaged)
        return 15;
    if (env_open(other, ENV_WRITE, &e) || !strstr(e.text, "Read-only"))
        return 16;
    if (store_compact(dir, NULL, NULL, &e) || !strstr(e.text, "read-only"))
        return 17;
    return 0;
}

static void read_only_file_system(void **state)
{
    (void)state;
    int got = on_tmpfs("24m", read_only);
    if (got == -1)
        skip();
    assert_int_equal(got, 0);
}

/* ---- readers that do not go on */

/* A process that has a snapshot open and waits. */
static pid_t reader(const char *dir)
{
    int ready[2];
    char c;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct env *env = env_open(dir, ENV_READ, &err);
        struct snapshot *s = env ? snapshot_open(env, &err) : NULL;
        if (s && write(ready[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &c, 1), 1);
    close(ready[0]);
    return pid;
}

/* Rows come and go, so that the file need not grow. Returns its size. */
static uint64_t churn(struct place *p, unsigned *imports, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        unsigned n = ++*imports;
        assert_done(world_import(p->env, n, 4000, &err));
        assert_done(store_merge(p->env, NULL, &err));
        assert_done(store_forget(p->env, n, NULL, NULL, &err));
    }
    return file_bytes(p->dir);
}

static void end_reader(pid_t pid)
{
    int status;
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
}

static void growth(void **state)
{
    struct place *p = *state;
    unsigned n = 0;
    uint64_t settled = churn(p, &n, 15);
    /* Killed readers leave their slots; nothing keeps old pages because of them. */
    for (unsigned i = 0; i < 8; i++) {
        end_reader(reader(p->dir));
        churn(p, &n, 2);
    }
    uint64_t stale = file_bytes(p->dir);
    assert_in_range(stale, 1, 2 * settled);
    /* One that stands still keeps its state, so the file grows; nobody waits for it. */
    pid_t pid = reader(p->dir);
    kill(pid, SIGSTOP);
    uint64_t stopped = churn(p, &n, 15);
    end_reader(pid);
    assert_true(stopped > stale);
    /* When it has gone its pages are used again. */
    assert_in_range(churn(p, &n, 15), 1, stopped + stopped / 10);
    print_message("KiB settled %llu, beside dead readers %llu, beside a stopped one %llu\n",
                  (unsigned long long)settled / 1024, (unsigned long long)stale / 1024,
                  (unsigned long long)stopped / 1024);
    assert_sound(p->dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(network_file_system, place_new, teardown),
        cmocka_unit_test_setup_teardown(foreign_files, place_new, teardown),
        cmocka_unit_test_setup_teardown(other_versions, place_new, teardown),
        cmocka_unit_test_setup_teardown(head_room, place_new, teardown),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(read_only_file_system),
        cmocka_unit_test_setup_teardown(growth, place_new, teardown),
    };
    setenv("WAYMARK_MAP_SIZE", "16M", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
