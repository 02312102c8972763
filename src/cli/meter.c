/* meter.c - long work on the command line: a progress line on a terminal, and Ctrl-C.
 *
 * The work runs on the caller's thread, the line on one of its own: work need not remember to report. The
 * line is erased with blanks, not with an escape sequence, so that it is right on any terminal. */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "app/loader.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/encode.h"
#include "base/nls.h"
#include "base/num.h"
#include "base/os.h"
#include "base/utf8.h"
#include "cli/meter.h"
#include "cli/output.h"

enum { TICK_MS = 250 };

struct meter {
    struct progress progress;
    enum meter_kind kind;
    bool drawing; /* the thread runs */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool over, rests; /* under lock */
    int shown;        /* columns on the screen, under lock */
    int stage;        /* whose figures are below */
    int64_t begun_us; /* of this stage */
    uint64_t first;
};

/* ---- signals */
static _Atomic(struct progress *) target; /* what a signal cancels; NULL between works */
static const int stops[] = {SIGINT, SIGTERM, SIGHUP};
enum { STOPS = sizeof stops / sizeof *stops };
static struct sigaction before[STOPS];

static void on_stop(int signal)
{
    (void)signal;
    struct progress *p = atomic_load(&target);
    if (!p || atomic_exchange(&p->cancel, true))
        _exit(4);
}

static void catch_stops(struct meter *m)
{
    struct sigaction act = {.sa_handler = on_stop};
    sigemptyset(&act.sa_mask);
    atomic_store(&target, &m->progress);
    for (int i = 0; i < STOPS; i++) {
        sigaction(stops[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN) /* nohup */
            sigaction(stops[i], &act, NULL);
    }
}

static void release_stops(void)
{
    for (int i = 0; i < STOPS; i++)
        sigaction(stops[i], &before[i], NULL);
    atomic_store(&target, NULL);
}

/* ---- the line */
static const char *stage_name(const struct meter *m)
{
    const char *stage = m->kind == METER_IMPORT ? loader_stage(atomic_load(&m->progress.stage)) : NULL;
    return stage ? stage : _("working");
}

static void put_rate(struct buf *out, const struct meter *m, uint64_t done, double seconds)
{
    double per_second = seconds > 0 ? (double)(done - m->first) / seconds : 0;
    bool bytes = m->kind == METER_IMPORT && m->stage == 1;
    if (per_second <= 0)
        return;
    if (bytes)
        buf_printf(out, "  %.1f MB/s", per_second / 1e6);
    else if (m->kind == METER_EVENTS)
        buf_printf(out, _("  %.1f million/s"), per_second / 1e6);
}

static void put_left(struct buf *out, const struct meter *m, uint64_t done, uint64_t total, double seconds)
{
    if (!total || done > total)
        return;
    buf_puts(out, "  ");
    num_put_percent(out, (int64_t)done, (int64_t)total, 0);
    if (done <= m->first || seconds < 1)
        return;
    buf_puts(out, _("  left "));
    duration_put_human(out, seconds * (double)(total - done) / (double)(done - m->first));
}

/* A new stage counts in another unit, so rate and time left begin anew. */
static void follow_stage(struct meter *m, uint64_t done)
{
    int stage = atomic_load(&m->progress.stage);
    if (stage == m->stage)
        return;
    m->stage = stage;
    m->begun_us = os_monotonic_us();
    m->first = done;
}

static void describe(struct meter *m, struct buf *out)
{
    const struct progress *p = &m->progress;
    uint64_t done = atomic_load(&p->done), rows = atomic_load(&p->rows), rejected = atomic_load(&p->rejected);
    follow_stage(m, done);
    double seconds = (double)(os_monotonic_us() - m->begun_us) / US_PER_S;
    buf_puts(out, progress_cancelled(p) ? _("stopping") : stage_name(m));
    if (rows) {
        buf_puts(out, "  ");
        num_put_thousands(out, (int64_t)rows);
        buf_puts(out, _(" rows"));
    }
    if (rejected) {
        buf_puts(out, "  ");
        num_put_thousands(out, (int64_t)rejected);
        buf_puts(out, _(" rejected"));
    }
    put_rate(out, m, done, seconds);
    put_left(out, m, done, atomic_load(&p->total), seconds);
}

static void put_raw(const struct buf *b)
{
    if (b->n && write(STDERR_FILENO, b->p, b->n) < 0)
        return; /* nobody is looking */
}

/* Under the lock. */
static void erase(struct meter *m, struct buf *out)
{
    if (m->shown)
        buf_printf(out, "\r%*s\r", m->shown, "");
    m->shown = 0;
}

static void draw(struct meter *m)
{
    struct buf text = {0}, line = {0}, out = {0};
    describe(m, &text);
    int old = m->shown;
    m->shown = utf8_fit(&line, buf_view(&text), output_columns(STDERR_FILENO) - 1);
    buf_putc(&out, '\r');
    encode_locale(&out, buf_view(&line));
    buf_printf(&out, "%*s", old > m->shown ? old - m->shown : 0, "");
    put_raw(&out);
    buf_done(&text);
    buf_done(&line);
    buf_done(&out);
}

static void next_tick(struct timespec *at)
{
    clock_gettime(CLOCK_REALTIME, at);
    at->tv_nsec += TICK_MS * 1000000L;
    at->tv_sec += at->tv_nsec / 1000000000L;
    at->tv_nsec %= 1000000000L;
}

static void *tick(void *arg)
{
    struct meter *m = arg;
    struct timespec at;
    pthread_mutex_lock(&m->lock);
    next_tick(&at);
    while (!m->over) {
        if (pthread_cond_timedwait(&m->wake, &m->lock, &at) != ETIMEDOUT || m->over)
            continue;
        if (!m->rests)
            draw(m);
        next_tick(&at);
    }
    pthread_mutex_unlock(&m->lock);
    return NULL;
}

/* Signals are for the thread that works. */
static bool start_thread(struct meter *m)
{
    sigset_t every, old;
    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, &old);
    bool started = pthread_create(&m->thread, NULL, tick, m) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return started;
}

struct meter *meter_begin(enum meter_kind kind, bool quiet)
{
    struct meter *m = mem_zalloc(sizeof *m);
    m->kind = kind;
    m->begun_us = os_monotonic_us();
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->wake, NULL);
    catch_stops(m);
    m->drawing = !quiet && isatty(STDERR_FILENO) && start_thread(m);
    return m;
}

struct progress *meter_progress(struct meter *m)
{
    return &m->progress;
}

void meter_hide(struct meter *m)
{
    struct buf out = {0};
    pthread_mutex_lock(&m->lock);
    erase(m, &out);
    put_raw(&out);
    pthread_mutex_unlock(&m->lock);
    buf_done(&out);
}

void meter_rest(struct meter *m, bool rest)
{
    pthread_mutex_lock(&m->lock);
    m->rests = rest;
    pthread_mutex_unlock(&m->lock);
    if (rest)
        meter_hide(m);
}

void meter_end(struct meter *m)
{
    pthread_mutex_lock(&m->lock);
    m->over = true;
    pthread_cond_signal(&m->wake);
    pthread_mutex_unlock(&m->lock);
    if (m->drawing)
        pthread_join(m->thread, NULL);
    meter_hide(m);
    release_stops();
    pthread_mutex_destroy(&m->lock);
    pthread_cond_destroy(&m->wake);
    free(m);
}
