/* term_wait.c - see term_wait.h. A signal must end the wait in whatever thread it arrives: its handler writes
 * into a pipe that is waited for, too. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "tui/term_wait.h"
#include "tui/typed.h"

static volatile sig_atomic_t hung_up, resized, stop_asked, continued;
static int signal_pipe[2] = {-1, -1};

/* ---- signals */

static void on_signal(int sig)
{
    int saved = errno;
    switch (sig) {
    case SIGWINCH: resized = 1; break;
    case SIGTSTP: stop_asked = 1; break;
    case SIGCONT: continued = 1; break;
    default: hung_up = 1;
    }
    ssize_t n = write(signal_pipe[1], "", 1);
    (void)n; /* full: then there is one waiting already */
    errno = saved;
}

static void handle(int sig, void (*how)(int sig))
{
    struct sigaction action = {.sa_handler = how};
    sigaction(sig, &action, NULL);
}

void term_wait_begin(void)
{
    static const int caught[] = {SIGHUP, SIGTERM, SIGWINCH, SIGTSTP, SIGCONT};
    if (signal_pipe[0] < 0 && pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        signal_pipe[0] = signal_pipe[1] = -1; /* then a signal is noticed at the next key */
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        handle(caught[i], on_signal);
}

bool term_wait_hung_up(void)
{
    return hung_up;
}

bool term_wait_take_stop(void)
{
    bool was = stop_asked;
    stop_asked = 0;
    return was;
}

bool term_wait_take_resize(void)
{
    bool was = resized;
    resized = 0;
    return was;
}

void term_wait_note_resize(void)
{
    resized = 1;
}

/* The others first, a script that waits for us for one: else the shell would take the job for a running one.
 * The kernel does not stop a job by SIGTSTP that no shell looks after. */
bool term_wait_stop(void)
{
    continued = 0;
    handle(SIGTSTP, SIG_IGN);
    kill(0, SIGTSTP);
    handle(SIGTSTP, SIG_DFL);
    raise(SIGTSTP);
    handle(SIGTSTP, on_signal);
    return continued;
}

/* ---- waiting */

static void read_away(int fd)
{
    char away[64];
    ssize_t got = read(fd, away, sizeof away);
    (void)got;
}

/* False at the end of the terminal. */
static bool read_typed(struct typed *typed)
{
    char bytes[1024];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    if (n > 0)
        typed_feed(typed, bytes, (size_t)n);
    return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

enum wake term_wait_for(struct typed *typed, int timeout_ms, int wake_fd)
{
    struct pollfd fds[3] = {{.fd = STDIN_FILENO, .events = POLLIN},
                            {.fd = signal_pipe[0], .events = POLLIN},
                            {.fd = wake_fd, .events = POLLIN}};
    int n = poll(fds, 3, timeout_ms); /* a negative descriptor is passed over */
    if (n < 0)
        return WAKE_SIGNAL;
    if (fds[1].revents & POLLIN) {
        read_away(fds[1].fd);
        return WAKE_SIGNAL;
    }
    if (fds[0].revents & POLLIN)
        return read_typed(typed) ? WAKE_INPUT : WAKE_GONE;
    if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
        return WAKE_GONE;
    if (fds[2].revents & POLLIN) {
        read_away(wake_fd);
        return WAKE_OTHER;
    }
    return WAKE_TIME;
}
