/* measure.c - runs a program several times and says how long each run took and how much memory the largest
 * held.
 *
 *     measure [-n RUNS] [-w WARM-UPS] [-o FILE] PROGRAM ARGUMENT…
 *
 * A shell's `time` is too coarse for programs of a millisecond and a script's process calls add milliseconds
 * of their own; posix_spawn and wait4 add some hundred microseconds. Standard output of the last run goes to
 * FILE, of all others nowhere. Prints {"us": […], "rss_kib": N, "status": S} and ends with the first bad
 * status. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct run {
    long long us;
    long rss_kib;
    int status;
};

static long long now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void die(const char *what, int error)
{
    fprintf(stderr, "measure: %s: %s\n", what, strerror(error));
    exit(3);
}

static struct run run_once(char **argv, const char *output)
{
    posix_spawn_file_actions_t actions;
    struct rusage usage;
    struct run run = {0};
    pid_t pid;
    int status;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    long long begin = now_us();
    int error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    if (error)
        die(argv[0], error);
    while (wait4(pid, &status, 0, &usage) < 0)
        if (errno != EINTR)
            die("wait4", errno);
    run.us = now_us() - begin;
    run.rss_kib = usage.ru_maxrss; /* KiB on Linux and the BSDs */
    run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    posix_spawn_file_actions_destroy(&actions);
    return run;
}

int main(int argc, char **argv)
{
    int runs = 1, warm_ups = 0, option;
    const char *output = "/dev/null";
    while ((option = getopt(argc, argv, "+n:w:o:")) != -1) {
        if (option == 'n')
            runs = atoi(optarg);
        else if (option == 'w')
            warm_ups = atoi(optarg);
        else if (option == 'o')
            output = optarg;
        else
            return 2;
    }
    if (optind == argc || runs < 1) {
        fputs("measure: usage: measure [-n RUNS] [-w WARM-UPS] [-o FILE] PROGRAM ARGUMENT...\n", stderr);
        return 2;
    }
    struct run run = {0};
    long most = 0;
    for (int i = 0; i < warm_ups && run.status == 0; i++)
        run = run_once(argv + optind, "/dev/null");
    fputs("{\"us\": [", stdout);
    for (int i = 0; i < runs && run.status == 0; i++) {
        run = run_once(argv + optind, i + 1 == runs ? output : "/dev/null");
        most = run.rss_kib > most ? run.rss_kib : most;
        printf("%s%lld", i ? ", " : "", run.us);
    }
    printf("], \"rss_kib\": %ld, \"status\": %d}\n", most, run.status);
    return run.status;
}
