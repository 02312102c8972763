/* replay.c - runs the fuzz targets without a fuzzer: over their corpora, and over plain mutations of them.
 *
 *     replay [--seed N] [--runs N] [TARGET [FILE...]]
 *
 * Part of `make check`, so that every seed - each input that once broke something is one - stays harmless,
 * with whatever compiler and sanitizer the build has. When an input breaks a target its bytes are left in
 * replay-<target>.crash. */
#include "config.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/os.h"
#include "base/rand.h"
#include "base/vec.h"
#include "fuzz.h"

enum { PATIENCE_S = 30, INPUT_MOST = 1 << 20 };
#define MEMORY_MOST (UINT64_C(3) << 30)

#define TARGETS(X) X(column) X(csv) X(expr) X(guess) X(input) X(json) X(mapping) X(regex) X(store) X(time) X(tree) X(utf8) X(zone)
#define DECLARE(name) int fuzz_##name(const uint8_t *data, size_t n);
TARGETS(DECLARE)

static const struct target {
    const char *name;
    int (*run)(const uint8_t *data, size_t n);
} targets[] = {
#define ROW(name) {#name, fuzz_##name},
    TARGETS(ROW)};
enum { TARGET_N = sizeof(targets) / sizeof(*targets) };

struct input {
    uint8_t *p;
    size_t n;
};
typedef VEC(struct input) input_vec;

static struct rand chance;
static unsigned long long seed;
static char crash_file[64];
static struct input now;

/* ---- when a target breaks */

static void on_crash(int number)
{
    static const char words[] = "replay: a target broke; its input is in ";
    int fd = open(crash_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t ignored = fd >= 0 ? write(fd, now.p, now.n) : 0;
    ignored += write(STDERR_FILENO, words, sizeof(words) - 1);
    ignored += write(STDERR_FILENO, crash_file, strlen(crash_file));
    ignored += write(STDERR_FILENO, "\n", 1);
    (void)ignored;
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_crashes(void)
{
    static const int crashes[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM};
    for (size_t i = 0; i < sizeof(crashes) / sizeof(*crashes); i++)
        signal(crashes[i], on_crash);
}

static void run(const struct target *t, const uint8_t *p, size_t n)
{
    now = (struct input){(uint8_t *)(uintptr_t)p, n};
    alarm(PATIENCE_S);
    t->run(p, n);
    alarm(0);
}

/* ---- inputs */

static bool add_file(input_vec *v, const char *path)
{
    struct buf b = {0};
    struct err err;
    if (!os_read_file(path, INPUT_MOST, &b, &err)) {
        fprintf(stderr, "replay: %s\n", err.text);
        return false;
    }
    vec_push(v, (struct input){(uint8_t *)b.p, b.n});
    return true;
}

static bool add_corpus(input_vec *v, const char *target)
{
    const char *top = getenv("top_srcdir");
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", top ? top : ".", target);
    DIR *d = opendir(path);
    bool ok = d != NULL;
    for (struct dirent *e; ok && (e = readdir(d));) {
        char file[PATH_MAX + 300];
        snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
        if (e->d_name[0] != '.')
            ok = add_file(v, file);
    }
    if (d)
        closedir(d);
    else
        fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
    return ok;
}

static void inputs_done(input_vec *v)
{
    for (size_t i = 0; i < v->n; i++)
        free(v->at[i].p);
    vec_done(v);
}

/* ---- mutations */

static void overwrite(struct input *x)
{
    static const uint8_t telling[] = {0,   1,   0x7f, 0x80, 0xff, '\n', '\r', '"',
                                      ',', ' ', '(',  '9',  '-',  '`',  '~',  0xe4};
    if (x->n)
        x->p[rand_below(&chance, (uint32_t)x->n)] = telling[rand_below(&chance, sizeof(telling))];
}

static void flip(struct input *x)
{
    if (x->n)
        x->p[rand_below(&chance, (uint32_t)x->n)] ^= (uint8_t)(1u << rand_below(&chance, 8));
}

static void erase(struct input *x)
{
    if (x->n < 2)
        return;
    size_t at = rand_below(&chance, (uint32_t)x->n), n = 1 + rand_below(&chance, (uint32_t)(x->n - at));
    n = n < 16 ? n : 16;
    memmove(x->p + at, x->p + at + n, x->n - at - n);
    x->n -= n;
}

/* x has room for 64 bytes more. */
static void insert(struct input *x, const struct input *from)
{
    uint8_t piece[64];
    size_t n = from->n < 1 + rand_below(&chance, 64) ? from->n : 1 + rand_below(&chance, 64);
    n = n < from->n ? n : from->n;
    size_t at = rand_below(&chance, (uint32_t)x->n + 1),
           begin = rand_below(&chance, (uint32_t)(from->n - n) + 1);
    if (n == 0)
        return;
    memcpy(piece, from->p + begin, n);
    memmove(x->p + at + n, x->p + at, x->n - at);
    memcpy(x->p + at, piece, n);
    x->n += n;
}

static void run_mutated(const struct target *t, const input_vec *v)
{
    const struct input *from = &v->at[rand_below(&chance, (uint32_t)v->n)];
    unsigned steps = 1 + rand_below(&chance, 4);
    struct input x = {mem_alloc(from->n + 64 * steps + 1), from->n};
    if (from->n)
        memcpy(x.p, from->p, from->n);
    for (unsigned i = 0; i < steps; i++)
        switch (rand_below(&chance, 5)) {
        case 0: flip(&x); break;
        case 1: erase(&x); break;
        case 2: insert(&x, &v->at[rand_below(&chance, (uint32_t)v->n)]); break;
        default: overwrite(&x); break;
        }
    run(t, x.p, x.n);
    free(x.p);
}

static bool replay(const struct target *t, char **file, int files, unsigned runs)
{
    input_vec v = {0};
    bool ok = true;
    snprintf(crash_file, sizeof(crash_file), "replay-%s.crash", t->name);
    if (files == 0)
        ok = add_corpus(&v, t->name);
    for (int i = 0; ok && i < files; i++)
        ok = add_file(&v, file[i]);
    if (ok && v.n == 0)
        ok = fprintf(stderr, "replay: %s: no seeds\n", t->name) < 0;
    for (size_t i = 0; ok && i < v.n; i++)
        run(t, v.at[i].p, v.at[i].n);
    rand_seed(&chance, seed);
    for (unsigned i = 0; ok && files == 0 && i < runs; i++)
        run_mutated(t, &v);
    if (ok)
        printf("%s: %zu seeds, %u mutations\n", t->name, v.n, files ? 0 : runs);
    inputs_done(&v);
    return ok;
}

/* An input that makes a target ask for all memory shall end that target, not the machine. Sanitizers take
 * terabytes of addresses. */
static void limit_memory(void)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    struct rlimit most = {MEMORY_MOST, MEMORY_MOST};
    setrlimit(RLIMIT_AS, &most);
#endif
}

/* In a process of its own, so that what breaks one target does not hide the others. */
static bool replay_apart(const struct target *t, char **file, int files, unsigned runs)
{
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        fuzz_dir_forget();
        limit_memory();
        catch_crashes();
        exit(replay(t, file, files, runs) ? 0 : 1);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int argc, char **argv)
{
    unsigned runs = 300;
    int at = 1;
    bool ok = true, any = false;
    seed = (unsigned long long)time(NULL);
    for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2)
        if (strcmp(argv[at], "--seed") == 0)
            seed = strtoull(argv[at + 1], NULL, 10);
        else if (strcmp(argv[at], "--runs") == 0)
            runs = (unsigned)strtoul(argv[at + 1], NULL, 10);
    const char *only = at < argc ? argv[at++] : NULL;
    setenv("TMPDIR", fuzz_dir(), 1); /* what a broken target leaves lies in ours, which we remove */
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("seed %llu\n", seed);
    for (size_t i = 0; i < TARGET_N; i++)
        if (!only || strcmp(only, targets[i].name) == 0) {
            any = true;
            ok = replay_apart(&targets[i], argv + at, argc - at, runs) && ok;
        }
    if (!any)
        fprintf(stderr, "replay: there is no target %s\n", only);
    return ok && any ? 0 : 1;
}
