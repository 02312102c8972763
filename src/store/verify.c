/* verify.c - runs the checks in a child process and hands on what it says.
 *
 * The child reads the file by pread alone (pager.h) and walks its pages itself; of LMDB it uses the table of
 * readers, which keeps the pages of the state it looks at from reuse. Damage nobody foresaw kills the child,
 * and that is one more finding. The child tells by lines on a pipe: F where what, P done total, R blocks
 * damaged bytes, E code text, fields separated by tabs. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/nls.h"
#include "base/os.h"
#include "store/verify_walk.h"

enum { MEM_FAILED = 3 }; /* exit status of a process that ran out of memory (base/arena.h) */

struct parent {
    struct progress *progress;
    void (*found)(void *arg, const struct verify_finding *f);
    void *arg;
    struct verify_report *report;
    struct err *err;
    struct buf in;
    bool reported, refused;
};

/* ---- child */

static void say(int fd, struct buf *line)
{
    struct err unused;
    buf_putc(line, '\n');
    os_write_all(fd, line->p, line->n, "pipe", &unused);
    buf_done(line);
}

static void put_field(struct buf *line, const char *text)
{
    buf_putc(line, '\t');
    for (; *text; text++)
        buf_putc(line, *text == '\t' || *text == '\n' ? ' ' : *text);
}

static void child_found(void *arg, const char *where, const char *what)
{
    struct buf line = {0};
    buf_putc(&line, 'F');
    put_field(&line, where);
    put_field(&line, what);
    say(*(int *)arg, &line);
}

static void child_progress(void *arg, uint64_t done, uint64_t total)
{
    struct buf line = {0};
    buf_printf(&line, "P\t%llu\t%llu", (unsigned long long)done, (unsigned long long)total);
    say(*(int *)arg, &line);
}

static void child_report(int fd, const struct verify_report *r)
{
    struct buf line = {0};
    buf_printf(&line, "R\t%llu\t%llu\t%llu", (unsigned long long)r->blocks, (unsigned long long)r->damaged,
               (unsigned long long)r->bytes);
    say(fd, &line);
}

/* Damage that forbids opening is a finding; anything else means that nothing can be checked. */
static void child_failed(int fd, const struct err *err)
{
    if (err->code == ERR_DAMAGED) {
        child_found(&fd, "data.mdb", err->text);
        child_report(fd, &(struct verify_report){.damaged = 1});
        return;
    }
    struct buf line = {0};
    buf_printf(&line, "E\t%d", (int)err->code);
    put_field(&line, err->text);
    say(fd, &line);
}

/* The parent's handlers would restore a terminal that is not ours; LMDB's last words are not for the screen.
 */
static void child_prepare(void)
{
    static const int plain[] = {SIGSEGV, SIGBUS,  SIGABRT, SIGFPE,  SIGILL,
                                SIGINT,  SIGTERM, SIGHUP,  SIGALRM, SIGWINCH};
    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
        signal(plain[i], SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    env_on_fatal(NULL);
    mem_on_fail(NULL);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null >= 0)
        dup2(null, STDERR_FILENO);
}

/* A lock that the parent holds must end with the parent, not with a child that outlives it. */
static void close_inherited(unsigned keep)
{
    enum { FIRST = 3, ENOUGH = 4096 };
    if (keep > FIRST)
        close_range(FIRST, keep - 1, 0);
    if (close_range(keep + 1, ~0U, 0) == 0)
        return;
    for (unsigned fd = FIRST; fd < ENOUGH; fd++) /* kernels before 5.9 */
        if (fd != keep)
            close((int)fd);
}

_Noreturn static void child_run(const char *dir, int fd)
{
    struct err err = {0};
    struct walk_output out = {child_found, child_progress, &fd, {0}};
    close_inherited((unsigned)fd);
    child_prepare();
    struct env *env = env_open_check(dir, &err);
    if (env && verify_walk(env, &out, &err))
        child_report(fd, &out.report);
    else
        child_failed(fd, &err);
    if (env)
        env_close_private(env);
    _exit(0);
}

/* ---- parent */

static void take_finding(struct parent *p, struct str where, struct str what)
{
    struct arena a = {0};
    struct verify_finding f = {arena_str(&a, where).p, arena_str(&a, what).p};
    p->report->damaged++;
    p->found(p->arg, &f);
    arena_done(&a);
}

static uint64_t number(struct str s)
{
    uint64_t n = 0;
    for (size_t i = 0; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
        n = 10 * n + (uint64_t)(s.p[i] - '0');
    return n;
}

static void take_line(struct parent *p, struct str line)
{
    struct str kind = str_cut(&line, '\t'), a = str_cut(&line, '\t'), b = str_cut(&line, '\t');
    switch (kind.n ? kind.p[0] : 0) {
    case 'F': take_finding(p, a, b); break;
    case 'P':
        if (p->progress) {
            atomic_store(&p->progress->total, number(b));
            atomic_store(&p->progress->done, number(a));
        }
        break;
    case 'R':
        p->report->blocks = number(a);
        p->report->bytes = number(line);
        p->reported = true;
        break;
    case 'E':
        p->refused = true;
        err_set(p->err, (enum err_code)number(a), "%.*s", (int)b.n, b.p);
        break;
    default: break;
    }
}

static void take_lines(struct parent *p)
{
    struct str rest = buf_view(&p->in);
    for (;;) {
        const char *end = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
        if (!end)
            break;
        take_line(p, (struct str){rest.p, (size_t)(end - rest.p)});
        rest.n -= (size_t)(end - rest.p) + 1;
        rest.p = end + 1;
    }
    memmove(p->in.p, rest.p, rest.n);
    p->in.n = rest.n;
}

/* Reads until the child has closed the pipe; false when cancelled. */
static bool listen_to(struct parent *p, int fd)
{
    char piece[4096];
    for (;;) {
        if (progress_cancelled(p->progress))
            return false;
        struct pollfd wait = {fd, POLLIN, 0};
        if (poll(&wait, 1, 50) <= 0)
            continue;
        ssize_t n = read(fd, piece, sizeof(piece));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return true;
        buf_put(&p->in, piece, (size_t)n);
        take_lines(p);
    }
}

static bool conclude(struct parent *p, bool cancelled, int status)
{
    if (cancelled)
        return err_set(p->err, ERR_CANCELLED, _("the check was stopped"));
    if (p->refused)
        return false;
    if (WIFSIGNALED(status)) {
        struct buf what = {0};
        buf_printf(&what, _("reading it is fatal (signal %d)"), WTERMSIG(status));
        take_finding(p, STR("data.mdb"), buf_view(&what));
        buf_done(&what);
        return true;
    }
    if (p->reported)
        return true;
    if (WEXITSTATUS(status) == MEM_FAILED)
        return err_set(p->err, ERR_SYSTEM, _("the check ran out of memory; close other programs"));
    return err_set(p->err, ERR_SYSTEM, _("the check ended without a result (status %d)"),
                   WEXITSTATUS(status));
}

bool verify_store(const char *dir, struct progress *progress,
                  void (*found)(void *arg, const struct verify_finding *f), void *arg,
                  struct verify_report *report, struct err *err)
{
    int fd[2];
    struct parent p = {progress, found, arg, report, err, {0}, false, false};
    *report = (struct verify_report){0};
    if (pipe2(fd, O_CLOEXEC) != 0)
        return err_set(err, ERR_SYSTEM, _("cannot make a pipe: %s"), strerror(errno));
    pid_t pid = fork();
    if (pid == 0) {
        close(fd[0]);
        child_run(dir, fd[1]);
    }
    close(fd[1]);
    if (pid < 0) {
        close(fd[0]);
        return err_set(err, ERR_SYSTEM, _("cannot start a process: %s"), strerror(errno));
    }
    bool cancelled = !listen_to(&p, fd[0]);
    close(fd[0]);
    if (cancelled)
        kill(pid, SIGKILL);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    buf_done(&p.in);
    return conclude(&p, cancelled, status);
}
