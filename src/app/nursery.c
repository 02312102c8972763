/* nursery.c - requests and answers are datagrams on a pair of sockets; the end of the pair is the end of the
 * helper. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/load_worker.h"
#include "app/nursery.h"
#include "base/arena.h"
#include "base/nls.h"

enum { PATIENCE_MS = 10000 };

struct request {
    unsigned note;
    char lang[16];
    char store[4096];
};
struct nursery {
    int fd;
    pid_t pid;
    pthread_mutex_t lock; /* one question at a time */
};

/* ---- the helper */

/* Away from the terminal: neither its end nor its keys reach us, and nothing is printed. */
static void leave_terminal(void)
{
    static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGPIPE};
    setsid();
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; null >= 0 && fd <= 2; fd++)
        dup2(null, fd);
    if (null > 2)
        close(null);
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    signal(SIGCHLD, SIG_IGN); /* nobody asks how they ended */
}

static void begin(int fd, const struct request *r)
{
    pid_t pid = fork();
    if (pid < 0 && send(fd, "0", 1, MSG_NOSIGNAL) < 0)
        _exit(1);
    if (pid != 0)
        return;
    signal(SIGCHLD, SIG_DFL);
    nls_init(r->lang);
    load_worker_run(r->store, r->note, fd);
    _exit(0);
}

static _Noreturn void serve(int fd)
{
    static struct request r;
    leave_terminal();
    for (;;) {
        ssize_t n = recv(fd, &r, sizeof r, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            _exit(0);
        if (n == (ssize_t)sizeof r)
            begin(fd, &r);
    }
}

/* ---- the program's side */

struct nursery *nursery_open(void)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return NULL;
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        serve(pair[1]);
    }
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return NULL;
    }
    struct nursery *n = mem_zalloc(sizeof *n);
    n->fd = pair[0];
    n->pid = pid;
    pthread_mutex_init(&n->lock, NULL);
    return n;
}

void nursery_close(struct nursery *n)
{
    if (!n)
        return;
    close(n->fd);
    pthread_mutex_destroy(&n->lock);
    free(n);
}

pid_t nursery_process(const struct nursery *n)
{
    return n->pid;
}

static bool ask(struct nursery *n, const struct request *r)
{
    struct pollfd ready = {.fd = n->fd, .events = POLLIN};
    char answer = '0';
    while (recv(n->fd, &answer, 1, MSG_DONTWAIT) > 0) /* of one that came too late */
        ;
    answer = '0';
    return send(n->fd, r, sizeof *r, MSG_NOSIGNAL) == (ssize_t)sizeof *r &&
           poll(&ready, 1, PATIENCE_MS) > 0 && recv(n->fd, &answer, 1, 0) == 1 && answer == '1';
}

bool nursery_begin(struct nursery *n, const char *store, unsigned note, struct err *err)
{
    struct request r = {.note = note};
    if (strlen(store) >= sizeof r.store)
        return err_set(err, ERR_SYSTEM, _("%s: the name is too long"), store);
    snprintf(r.lang, sizeof r.lang, "%s", nls_lang());
    snprintf(r.store, sizeof r.store, "%s", store);
    pthread_mutex_lock(&n->lock);
    bool ok = ask(n, &r);
    pthread_mutex_unlock(&n->lock);
    return ok || err_set(err, ERR_SYSTEM,
                         _("no process could be begun to load it; close other programs and try again"));
}
