/* rig.c - see rig.h. */
#include "config.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/arena.h"
#include "rig.h"

#define FAILURES_MOST (rig.all ? 1000u : 20u)

struct rig rig;

/* ---- words */

_Noreturn void rig_broken(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fputs("the test is broken: ", stdout);
    vprintf(fmt, args);
    va_end(args);
    printf(" (%s)\n", strerror(errno));
    rig_remove(rig.dir);
    exit(99);
}

void rig_fail(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    printf("FAILED (--seed %llu): ", (unsigned long long)rig.seed);
    vprintf(fmt, args);
    putchar('\n');
    va_end(args);
    fflush(stdout);
    if (++rig.failures >= FAILURES_MOST) {
        puts("too many failures");
        exit(rig_end());
    }
}

/* Names live as long as the test: short, and who passes them on need not think of them. */
static struct arena words;

const char *rig_path(const char *fmt, ...)
{
    char name[PATH_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(name, sizeof(name), fmt, args);
    va_end(args);
    return arena_printf(&words, "%s/%s", rig.dir, name);
}

const char *rig_so(const char *name)
{
    const char *path = arena_printf(&words, "%s/%s", rig.folder, name);
    if (access(path, R_OK) != 0)
        rig_broken("%s is missing", path);
    return path;
}

const char *rig_env(const char *name, const char *value)
{
    return arena_printf(&words, "%s=%s", name, value);
}

int64_t rig_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- files */

static FILE *create(const char *path)
{
    FILE *f = fopen(path, "w");
    if (!f)
        rig_broken("cannot write %s", path);
    return f;
}

static void close_file(FILE *f)
{
    if (fclose(f) != 0)
        rig_broken("cannot write");
}

void rig_write_events(const char *path, const char *prefix, unsigned users, unsigned each)
{
    rig_write_events_of(path, prefix, users, each, 2024);
}

void rig_write_events_of(const char *path, const char *prefix, unsigned users, unsigned each, unsigned year)
{
    static const char *const name[] = {"home", "card", "pay"};
    FILE *f = create(path);
    fputs("user,time,event,channel,amount\n", f);
    for (unsigned u = 0; u < users; u++)
        for (unsigned e = 0; e < each; e++)
            fprintf(f, "%s%u,%u-03-%02u %02u:%02u:00,%s,%s,%u.%02u\n", prefix, u, year, 1 + e / 1440 % 28,
                    e / 60 % 24, e % 60, name[e % 3], u % 2 ? "app" : "branch", (u + e) % 900, e % 100);
    close_file(f);
}

void rig_write_users(const char *path, const char *prefix, unsigned users)
{
    FILE *f = create(path);
    fputs("user,city,age,vip\n", f);
    for (unsigned u = 0; u < users; u++)
        fprintf(f, "%s%u,%s,%u,%s\n", prefix, u, u % 3 ? "Shenzhen" : "Beijing", 18 + u % 60,
                u % 5 ? "no" : "yes");
    close_file(f);
}

void rig_write_links(const char *path, const char *prefix, unsigned links)
{
    FILE *f = create(path);
    fputs("id,customer\n", f);
    for (unsigned i = 0; i < links; i++)
        fprintf(f, "%sdevice%u,%s%u\n", prefix, i, prefix, i / 3);
    close_file(f);
}

void rig_write(enum rig_kind kind, const char *path, const char *prefix, unsigned users, unsigned each)
{
    if (kind == RIG_EVENTS)
        rig_write_events(path, prefix, users, each);
    else if (kind == RIG_USERS)
        rig_write_users(path, prefix, users);
    else
        rig_write_links(path, prefix, users);
}

const char *rig_kind_name(enum rig_kind k)
{
    static const char *const name[] = {"events", "users", "links"};
    return name[k];
}

static void copy_file(const char *from, const char *to)
{
    char piece[65536];
    struct stat st;
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (in < 0 || out < 0 || fstat(in, &st) != 0)
        rig_broken("cannot copy %s", from);
    ssize_t n;
    while ((n = read(in, piece, sizeof(piece))) > 0)
        if (write(out, piece, (size_t)n) != n)
            rig_broken("cannot copy %s", from);
    close(in);
    close(out);
}

typedef void visit(const char *path, const struct stat *st, void *arg);

/* Calls fn for each entry of a folder; false when there is no such folder. */
static bool each_entry(const char *dir, visit *fn, void *arg)
{
    DIR *d = opendir(dir);
    if (!d)
        return false;
    for (struct dirent *e; (e = readdir(d));) {
        char path[PATH_MAX + 300];
        struct stat st;
        snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && lstat(path, &st) == 0)
            fn(path, &st, arg);
    }
    closedir(d);
    return true;
}

static void copy_entry(const char *path, const struct stat *st, void *arg)
{
    char to[PATH_MAX + 300];
    snprintf(to, sizeof(to), "%s%s", (const char *)arg, strrchr(path, '/'));
    if (S_ISREG(st->st_mode))
        copy_file(path, to);
}

void rig_copy(const char *from, const char *to)
{
    char target[PATH_MAX];
    snprintf(target, sizeof(target), "%s", to);
    if (mkdir(to, 0700) != 0 || !each_entry(from, copy_entry, target))
        rig_broken("cannot copy the folder %s", from);
}

static void remove_entry(const char *path, const struct stat *st, void *arg)
{
    (void)st;
    (void)arg;
    rig_remove(path);
}

void rig_remove(const char *path)
{
    struct stat st;
    if (!*path || lstat(path, &st) != 0)
        return;
    if (S_ISDIR(st.st_mode)) {
        each_entry(path, remove_entry, NULL);
        rmdir(path);
    } else {
        unlink(path);
    }
}

static void add_bytes(const char *path, const struct stat *st, void *arg)
{
    if (S_ISDIR(st->st_mode))
        each_entry(path, add_bytes, arg);
    else
        *(uint64_t *)arg += (uint64_t)st->st_blocks * 512;
}

uint64_t rig_bytes(const char *dir)
{
    uint64_t n = 0;
    each_entry(dir, add_bytes, &n);
    return n;
}

/* ---- runs */

static void become(const struct rig_call *call, int out, int err)
{
    const char *argv[RIG_ARGS + 2] = {rig.waymark};
    for (size_t i = 0; i < RIG_ARGS && call->arg[i]; i++)
        argv[i + 1] = call->arg[i];
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        _exit(126);
    for (size_t i = 0; i < sizeof(call->env) / sizeof(*call->env) && call->env[i]; i++)
        putenv((char *)(uintptr_t)call->env[i]);
    execv(rig.waymark, (char **)(uintptr_t)argv);
    _exit(127);
}

/* Whether the process ended within this time. */
static bool ended(int pidfd, int64_t us)
{
    struct pollfd wait = {pidfd, POLLIN, 0};
    struct timespec t = {us / 1000000, us % 1000000 * 1000};
    return ppoll(&wait, 1, &t, NULL) > 0;
}

static char *contents(int fd, size_t *n)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *p = size < 0 ? NULL : malloc((size_t)size + 1);
    if (!p || pread(fd, p, (size_t)size, 0) != size)
        rig_broken("cannot read what the program printed");
    p[size] = '\0';
    *n = (size_t)size;
    close(fd);
    return p;
}

/* How long a process that has ended, and is not yet waited for, stood in line for a processor. */
static int64_t queued_us(pid_t pid)
{
    char path[64];
    unsigned long long ran, queued = 0;
    snprintf(path, sizeof(path), "/proc/%ld/schedstat", (long)pid);
    FILE *f = fopen(path, "r");
    if (f && fscanf(f, "%llu %llu", &ran, &queued) != 2)
        queued = 0;
    if (f)
        fclose(f);
    return (int64_t)(queued / 1000);
}

static void await(struct rig_exit *x, pid_t pid, int64_t begun, int64_t kill_after_us)
{
    int status;
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0)
        rig_broken("pidfd_open");
    int64_t patience = kill_after_us > 0 ? kill_after_us : RIG_PATIENCE_S * INT64_C(1000000);
    if (!ended(pidfd, patience)) {
        x->late = kill_after_us <= 0;
        kill(pid, SIGKILL);
    }
    x->us = rig_now_us() - begun;
    x->own_us = x->us - queued_us(pid);
    close(pidfd);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            rig_broken("waitpid");
    x->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    x->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

void rig_run(struct rig_exit *x, const struct rig_call *call)
{
    *x = (struct rig_exit){0};
    size_t err_n;
    int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
    if (out < 0 || err < 0)
        rig_broken("memfd_create");
    fflush(stdout);
    int64_t begun = rig_now_us();
    pid_t pid = fork();
    if (pid == 0)
        become(call, out, err);
    if (pid < 0)
        rig_broken("fork");
    await(x, pid, begun, call->kill_after_us);
    x->out = contents(out, &x->out_n);
    x->err = contents(err, &err_n);
    if (x->status == 126 || x->status == 127)
        rig_broken("%s cannot be run", rig.waymark);
}

void rig_exit_done(struct rig_exit *x)
{
    free(x->out);
    free(x->err);
    x->out = x->err = NULL;
}

/* ---- the store */

static uint64_t member(const json_t *summary, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(summary, name));
}

bool rig_state_eq(const struct rig_state *a, const struct rig_state *b)
{
    return a->exists == b->exists && a->imports == b->imports && a->forgotten == b->forgotten &&
           a->events == b->events && a->users == b->users;
}

static uint64_t count_forgotten(const json_t *imports)
{
    size_t i;
    const json_t *row;
    uint64_t n = 0;
    json_array_foreach(imports, i, row) n += json_is_string(json_object_get(row, "forgotten"));
    return n;
}

static bool read_state(const char *text, struct rig_state *s)
{
    json_t *root = json_loads(text, 0, NULL);
    const json_t *summary = json_object_get(root, "summary"), *rows = json_object_get(root, "rows");
    bool ok = json_is_integer(json_object_get(summary, "events"));
    *s = (struct rig_state){.exists = true,
                            .imports = json_array_size(rows),
                            .forgotten = count_forgotten(rows),
                            .events = member(summary, "events"),
                            .users = member(summary, "users")};
    json_decref(root);
    return ok;
}

bool rig_state(const char *store, struct rig_state *s, const char **why)
{
    static char said[900];
    struct rig_exit x;
    rig_run(&x, &(struct rig_call){.arg = {"-s", store, "info", "--format", "json", NULL}});
    bool none = x.status == 3 && (strstr(x.err, "there is no store") || strstr(x.err, "no store here"));
    *s = (struct rig_state){0};
    bool ok = none || (x.status == 0 && x.signal == 0 && read_state(x.out, s));
    s->own_us = x.own_us;
    snprintf(said, sizeof(said), "info: status %d, signal %d: %.700s", x.status, x.signal, x.err);
    *why = said;
    rig_exit_done(&x);
    return ok;
}

const char *rig_check(const char *store)
{
    static char said[900];
    struct rig_exit x;
    rig_run(&x, &(struct rig_call){.arg = {"-s", store, "check", "--quiet", NULL}});
    bool ok = x.status == 0 && x.signal == 0;
    snprintf(said, sizeof(said), "check: status %d, signal %d: %.300s%.500s", x.status, x.signal, x.err,
             x.out);
    rig_exit_done(&x);
    return ok ? NULL : said;
}

/* ---- begin and end */

static void scratch(void)
{
    const char *base = getenv("TMPDIR");
    char template[PATH_MAX];
    if (!base)
        base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(template, sizeof(template), "%s/waymark-test-XXXXXX", base);
    /* The real path, since the shims compare names. */
    if (!mkdtemp(template) || !realpath(template, rig.dir))
        rig_broken("cannot make a folder in %s", base);
}

static void find_program(void)
{
    const char *build = getenv("top_builddir");
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/waymark", build ? build : ".");
    if (!realpath(path, rig.waymark) || access(rig.waymark, X_OK) != 0)
        rig_broken("%s is missing; build it first", path);
    snprintf(path, sizeof(path), "%s/tests/faults", build ? build : ".");
    if (!realpath(path, rig.folder))
        rig_broken("%s is missing", path);
}

static unsigned long long argument(int argc, char **argv, int i)
{
    if (i >= argc)
        rig_broken("%s wants a number", argv[i - 1]);
    return strtoull(argv[i], NULL, 10);
}

static void read_arguments(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--all") == 0)
            rig.all = true;
        else if (strcmp(argv[i], "--seed") == 0)
            rig.seed = argument(argc, argv, ++i);
        else if (strcmp(argv[i], "--runs") == 0)
            rig.runs = (unsigned)argument(argc, argv, ++i);
        else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
            rig.only = argv[++i];
        else
            rig_broken("unknown argument %s; known: --all, --only NAME, --seed N, --runs N", argv[i]);
    }
}

void rig_begin(int argc, char **argv, unsigned runs, unsigned runs_of_all)
{
    errno = 0;
    rig.seed = (uint64_t)time(NULL);
    read_arguments(argc, argv);
    if (!rig.runs)
        rig.runs = rig.all ? runs_of_all : runs;
    rand_seed(&rig.rand, rig.seed);
    find_program();
    scratch();
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TZ", "UTC", 1);
    /* Nobody's own store or settings. */
    setenv("HOME", rig.dir, 1);
    setenv("WAYMARK_STORE", rig_path("nowhere"), 1);
    unsetenv("XDG_DATA_HOME");
    unsetenv("COLUMNS");
    setvbuf(stdout, NULL, _IOLBF, 0);
}

void rig_need_preload(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    puts("skipped: a sanitizer's own allocator goes before any preloaded library");
    rig_remove(rig.dir);
    exit(77);
#endif
}

int rig_end(void)
{
    rig_remove(rig.dir);
    arena_done(&words);
    if (rig.failures)
        printf("%u failed; repeat with --seed %llu\n", rig.failures, (unsigned long long)rig.seed);
    return rig.failures ? 1 : 0;
}
