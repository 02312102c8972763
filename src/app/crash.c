/* crash.c - when the program breaks: the terminal is put right and one message is written.
 *
 * A damaged store is mapped memory, so a read can end in SIGBUS however careful the code is; the handler does
 * nothing but write and leave: what was prepared before the crash is all it can trust. The message is not
 * translated, since gettext must not be called there. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "app/crash.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif
#else
enum { SANITIZED = 0 };
#endif

static const char *(*restore)(void);
static struct termios modes; /* of the terminal as it was found */
static bool has_terminal;
static const char message[] = "\nwaymark: the program broke: a damaged store or a mistake in waymark; "
                              "imports that were finished are safe; run waymark check\n";

/* Libraries that never look whether they got memory break where there is none: errno still says so. */
static const char message_memory[] = "\nwaymark: out of memory; imports that were finished are safe; "
                                     "close other programs or ask for a smaller result\n";

static void say(const char *bytes)
{
    if (bytes && write(STDERR_FILENO, bytes, strlen(bytes)) < 0)
        return; /* nobody is looking */
}

static void on_crash(int signal)
{
    bool no_memory = errno == ENOMEM && (signal == SIGSEGV || signal == SIGABRT);
    const char *bytes = restore();
    say(bytes);
    if (bytes && has_terminal)
        tcsetattr(STDIN_FILENO, TCSANOW, &modes);
    say(no_memory ? message_memory : message);
    _exit(3);
}

/* On a stack of its own: the other one may be what ran out. */
static void catch_crashes(void)
{
    static char stack[65536];
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    struct sigaction act = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK};
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    sigfillset(&act.sa_mask);
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i], &act, NULL);
}

void crash_contain(const char *(*rescue)(void))
{
    restore = rescue;
    umask(077);
    if (SANITIZED)
        return;
    prctl(PR_SET_DUMPABLE, 0);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    has_terminal = tcgetattr(STDIN_FILENO, &modes) == 0;
    catch_crashes();
}
