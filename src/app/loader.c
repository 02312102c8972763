/* loader.c - each file is an import of its own: what was loaded before a failure stays, and every file has
 * its own progress and report.
 *
 * Which column is what is shown before a row is loaded: the thread that loads waits for the answer. Nothing
 * of the store is held then. */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/loader.h"
#include "app/loader_line.h"
#include "app/task.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/vec.h"
#include "import/load.h"

enum { ANSWER_MS = 100 }; /* so often a waiting thread looks whether it is cancelled */
enum answer { ANSWER_NONE, ANSWER_GO, ANSWER_LEAVE };

struct loader {
    char *dir;
    int wake_fd;
    VEC(struct loader_file *) file;
    struct loader_file *running;
    struct task *task;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool asks; /* under lock, as the next two */
    enum answer answer;
    char *mapping; /* of the one that asks or has asked */
    char *trusted; /* columns that were agreed to */
};

struct loader *loader_new(const char *dir, int wake_fd)
{
    struct loader *l = mem_zalloc(sizeof *l);
    l->dir = mem_strdup(dir);
    l->wake_fd = wake_fd;
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->answered, NULL);
    return l;
}

/* ---- the queue */

static void add_path(struct loader *l, const char *command, const struct query *q, const char *path)
{
    struct loader_file *f = mem_zalloc(sizeof *f);
    struct stat st;
    f->command = command;
    f->path = mem_strdup(path);
    f->bytes = stat(f->path, &st) == 0 && S_ISREG(st.st_mode) ? (int64_t)st.st_size : -1;
    query_copy(&f->query, q);
    query_add(&f->query, "file", f->path);
    vec_push(&l->file, f);
}

bool loader_add(struct loader *l, const char *command, const char *text, struct err *err)
{
    struct loader_line line;
    if (!loader_line_parse(&line, command, text, err))
        return false;
    for (size_t i = 0; i < line.path.n; i++)
        add_path(l, command, &line.query, line.path.at[i]);
    bool any = line.path.n > 0;
    loader_line_done(&line);
    return any || err_set(err, ERR_USAGE, _("no file is named; name at least one"));
}

static struct loader_file *next(const struct loader *l)
{
    for (size_t i = 0; i < l->file.n; i++)
        if (l->file.at[i]->state == LOADER_WAITING)
            return l->file.at[i];
    return NULL;
}

/* ---- asking about columns; on the thread that loads */

/* What was guessed of a file: without the line that names it. */
static const char *columns_of(const char *mapping)
{
    const char *end = strchr(mapping, '\n');
    return end ? end + 1 : mapping;
}

/* A saved mapping was agreed to when it was made; files of one kind ask once. */
static bool is_agreed(const struct loader *l, const char *mapping)
{
    return query_get(&l->running->query, "mapping") ||
           (l->trusted && strcmp(l->trusted, columns_of(mapping)) == 0);
}

static void wake(const struct loader *l)
{
    while (l->wake_fd >= 0 && write(l->wake_fd, "", 1) < 0 && errno == EINTR)
        ;
}

/* Under the lock. */
static void wait_a_little(struct loader *l)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_nsec += ANSWER_MS * 1000000L;
    at.tv_sec += at.tv_nsec / 1000000000L;
    at.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&l->answered, &l->lock, &at);
}

static bool agree(void *arg, const char *mapping)
{
    struct loader *l = arg;
    pthread_mutex_lock(&l->lock);
    free(l->mapping);
    l->mapping = mem_strdup(mapping);
    l->answer = ANSWER_GO;
    if (!is_agreed(l, mapping)) {
        l->asks = true;
        l->answer = ANSWER_NONE;
        wake(l);
        while (l->answer == ANSWER_NONE && !progress_cancelled(task_progress(l->task)))
            wait_a_little(l);
        l->asks = false;
    }
    bool go = l->answer == ANSWER_GO;
    pthread_mutex_unlock(&l->lock);
    return go;
}

void loader_answer(struct loader *l, bool go)
{
    pthread_mutex_lock(&l->lock);
    if (l->asks && l->answer == ANSWER_NONE) {
        l->answer = go ? ANSWER_GO : ANSWER_LEAVE;
        l->running->state = LOADER_RUNNING;
        l->running->begun_us = os_monotonic_us();
        if (go) {
            free(l->trusted);
            l->trusted = mem_strdup(columns_of(l->mapping));
        }
        pthread_cond_signal(&l->answered);
    }
    pthread_mutex_unlock(&l->lock);
}

/* Adds the options of `more` to those of the file, in place of the same ones. */
static void take_options(struct query *q, const struct query *more)
{
    for (size_t i = 0; i < more->n; i++)
        query_set(q, more->param[i].name, NULL);
    for (size_t i = 0; i < more->n; i++)
        query_add(q, more->param[i].name, more->param[i].value);
}

bool loader_change(struct loader *l, const char *options, struct err *err)
{
    struct loader_line line;
    struct loader_file *f = l->running;
    if (!f || f->state != LOADER_ASKING)
        return err_set(err, ERR_USAGE, _("the file is being loaded already"));
    if (!loader_line_parse(&line, f->command, options, err))
        return false;
    if (line.path.n) {
        err_set(err, ERR_USAGE, _("%s: only options can be changed, such as --user COLUMN"), line.path.at[0]);
        loader_line_done(&line);
        return false;
    }
    take_options(&f->query, &line.query);
    loader_line_done(&line);
    loader_answer(l, false);
    f->state = LOADER_WAITING; /* end() leaves it at that: it is the first that waits */
    return true;
}

/* ---- the one that runs */

static bool work(void *arg, struct progress *p, struct err *err)
{
    struct loader *l = arg;
    p->board = l->running->board;
    l->running->report = workspace_import(l->dir, &l->running->query, agree, l, p, err);
    return l->running->report != NULL;
}

static bool begin(struct loader *l)
{
    struct loader_file *f = next(l);
    if (!f)
        return false;
    f->state = LOADER_RUNNING;
    f->begun_us = os_monotonic_us();
    board_free(f->board);
    f->board = board_new();
    l->running = f;
    pthread_mutex_lock(&l->lock); /* the thread reads l->task */
    l->task = task_start(work, l, l->wake_fd);
    pthread_mutex_unlock(&l->lock);
    return true;
}

static void end(struct loader *l)
{
    struct loader_file *f = l->running;
    bool ok = task_end(l->task, &f->err);
    bool again = f->state == LOADER_WAITING;
    f->state = again                          ? LOADER_WAITING
               : ok                           ? LOADER_DONE
               : f->err.code == ERR_CANCELLED ? LOADER_CANCELLED
                                              : LOADER_FAILED;
    f->ended_us = os_monotonic_us();
    free(f->mapping);
    f->mapping = l->mapping;
    l->mapping = NULL;
    l->task = NULL;
    l->running = NULL;
}

/* True when the one that runs has come to ask. */
static bool look_for_question(struct loader *l)
{
    if (!l->running || l->running->state != LOADER_RUNNING)
        return false;
    pthread_mutex_lock(&l->lock);
    bool asks = l->asks && l->answer == ANSWER_NONE;
    if (asks) {
        free(l->running->mapping);
        l->running->mapping = mem_strdup(l->mapping);
        l->running->state = LOADER_ASKING;
    }
    pthread_mutex_unlock(&l->lock);
    return asks;
}

bool loader_tick(struct loader *l)
{
    bool changed = l->task && task_over(l->task);
    if (changed)
        end(l);
    if (!l->task)
        changed |= begin(l);
    return look_for_question(l) || changed;
}

bool loader_busy(const struct loader *l)
{
    return l->task || next(l);
}

bool loader_asks(const struct loader *l)
{
    return l->running && l->running->state == LOADER_ASKING;
}

bool loader_paused(const struct loader *l)
{
    return l->task && atomic_load(&task_progress(l->task)->pause);
}

bool loader_pause(struct loader *l, bool pause)
{
    if (!l->task || l->running->state != LOADER_RUNNING ||
        atomic_load(&task_progress(l->task)->stage) == LOAD_MERGING)
        return false;
    int64_t now = os_monotonic_us();
    if (pause && !loader_paused(l))
        l->running->paused_us = now;
    else if (!pause && loader_paused(l)) { /* time it waited is no time it took */
        l->running->begun_us += now - l->running->paused_us;
        l->running->paused_us = 0;
    }
    atomic_store(&task_progress(l->task)->pause, pause);
    return true;
}

bool loader_cancel(struct loader *l)
{
    bool busy = loader_busy(l);
    for (size_t i = 0; i < l->file.n; i++)
        if (l->file.at[i]->state == LOADER_WAITING)
            l->file.at[i]->state = LOADER_CANCELLED;
    if (l->task)
        task_cancel(l->task);
    return busy;
}

/* ---- looking at it */

size_t loader_files(const struct loader *l)
{
    return l->file.n;
}

const struct loader_file *loader_file(const struct loader *l, size_t i)
{
    return l->file.at[i];
}

const struct loader_file *loader_running(const struct loader *l)
{
    return l->running;
}

const struct progress *loader_progress(const struct loader *l)
{
    return l->task ? task_progress(l->task) : NULL;
}

int64_t loader_age_us(const struct loader *l)
{
    if (!l->task)
        return 0;
    int64_t now = l->running->paused_us ? l->running->paused_us : os_monotonic_us();
    return now - l->running->begun_us;
}

const char *loader_stage(int stage)
{
    static const char *const words[] = {
        [LOAD_LOOKING] = N_("looking"), [LOAD_READING] = N_("reading"),       [LOAD_SORTING] = N_("sorting"),
        [LOAD_WRITING] = N_("writing"), [LOAD_COMMITTING] = N_("committing"), [LOAD_MERGING] = N_("merging")};
    return stage >= 0 && stage <= LOAD_MERGING ? _(words[stage]) : NULL;
}

void loader_free(struct loader *l)
{
    if (!l)
        return;
    loader_cancel(l);
    if (l->task)
        end(l);
    for (size_t i = 0; i < l->file.n; i++) {
        struct loader_file *f = l->file.at[i];
        result_free(f->report);
        board_free(f->board);
        query_done(&f->query);
        free(f->mapping);
        free(f->path);
        free(f);
    }
    vec_done(&l->file);
    pthread_mutex_destroy(&l->lock);
    pthread_cond_destroy(&l->answered);
    free(l->mapping);
    free(l->trusted);
    free(l->dir);
    free(l);
}
