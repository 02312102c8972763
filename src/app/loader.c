/* loader.c - each file is an import of its own: what was loaded before a failure stays, and every file has
 * its own progress and report.
 *
 * Which column is what is shown before a row is loaded: the thread that loads waits for the answer. Nothing
 * of the store is held then. When a process of its own loads, that thread only follows it (load_remote.h). */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/command.h"
#include "app/load_remote.h"
#include "app/loader.h"
#include "app/loader_line.h"
#include "app/task.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/vec.h"
#include "import/load.h"
#include "render/writer.h"

enum {
    ANSWER_MS = 100, /* so often a waiting thread looks whether it is cancelled */
    REPORT_W = 76
};
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
    struct nursery *nursery;
    struct loading *loading; /* NULL: everything is loaded here */
    _Atomic bool leaving;    /* what a process of its own loads is let go */
};

struct loader *loader_new(const char *dir, int wake_fd, struct nursery *nursery)
{
    struct loader *l = mem_zalloc(sizeof *l);
    l->dir = mem_strdup(dir);
    l->wake_fd = wake_fd;
    l->nursery = nursery;
    l->loading = nursery ? loading_open(dir, NULL) : NULL;
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->answered, NULL);
    return l;
}

/* ---- the queue */

static char *this_folder(void)
{
    char path[4096];
    return mem_strdup(getcwd(path, sizeof path) ? path : "/");
}

/* What cannot be noted is loaded here. */
static void make_note(struct loader *l, struct loader_file *f)
{
    struct load_note n = {.state = LOADER_WAITING, .folder = this_folder()};
    query_copy(&n.query, &f->query);
    f->note = l->loading ? loading_add(l->loading, &n, NULL) : 0;
    load_note_done(&n);
}

static void drop_note(struct loader *l, struct loader_file *f)
{
    if (f->note)
        loading_remove(l->loading, f->note);
    f->note = 0;
}

static struct loader_file *add_file(struct loader *l, const struct query *q)
{
    struct loader_file *f = mem_zalloc(sizeof *f);
    struct stat st;
    const char *path = query_get(q, "file");
    f->command = command_find(q->analysis)->name;
    f->path = mem_strdup(path ? path : "");
    f->bytes = stat(f->path, &st) == 0 && S_ISREG(st.st_mode) ? (int64_t)st.st_size : -1;
    query_copy(&f->query, q);
    vec_push(&l->file, f);
    return f;
}

void loader_add_query(struct loader *l, const struct query *q)
{
    make_note(l, add_file(l, q));
}

static void add_path(struct loader *l, const struct query *q, const char *path)
{
    struct query one;
    query_copy(&one, q);
    query_add(&one, "file", path);
    loader_add_query(l, &one);
    query_done(&one);
}

bool loader_add(struct loader *l, const char *command, const char *text, struct err *err)
{
    struct loader_line line;
    if (!loader_line_parse(&line, command, text, err))
        return false;
    for (size_t i = 0; i < line.path.n; i++)
        add_path(l, &line.query, line.path.at[i]);
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
        while (l->answer == ANSWER_NONE && !l->leaving && !progress_cancelled(task_progress(l->task)))
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
    f->begun_us = 0;
    f->state = LOADER_WAITING; /* end() leaves it at that: it is the first that waits */
    return true;
}

/* ---- the one that runs */

static void put_outcome(const struct result *r, struct load_outcome *out)
{
    const struct {
        const char *name;
        uint64_t *to;
    } counts[] = {{"rows", &out->rows}, {"rejected", &out->rejected}, {"duplicates", &out->duplicates}};
    struct writer_options options = {.tier = TIER_UTF8, .w = REPORT_W};
    struct buf text = {0};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const struct value *v = object_get(&r->summary, counts[i].name);
        *counts[i].to = v && v->type == VALUE_INT && v->i > 0 ? (uint64_t)v->i : 0;
    }
    writer_named("text")->write(r, &options, &text);
    out->report = text.p;
}

static enum load_state load_here(struct loader *l, struct progress *p, struct err *err)
{
    struct result *r = workspace_import(l->dir, &l->running->query, agree, l, p, err);
    if (!r)
        return err->code == ERR_CANCELLED ? LOADER_CANCELLED : LOADER_FAILED;
    put_outcome(r, &l->running->outcome);
    result_free(r);
    return LOADER_DONE;
}

static bool work(void *arg, struct progress *p, struct err *err)
{
    struct loader *l = arg;
    struct loader_file *f = l->running;
    struct load_remote r = {l->loading, l->nursery, l->dir, f->note, agree, l, &l->leaving};
    p->board = f->board;
    if (f->note && load_remote_begin(&r))
        f->ended = load_remote_follow(&r, p, &f->outcome, err);
    else
        f->ended = load_here(l, p, err);
    return f->ended == LOADER_DONE;
}

static bool begin(struct loader *l)
{
    struct loader_file *f = next(l);
    if (!f)
        return false;
    if (!f->note)
        make_note(l, f);
    f->state = LOADER_RUNNING;
    f->err = (struct err){0};
    if (!f->begun_us)
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
    task_end(l->task, &f->err);
    if (f->state != LOADER_WAITING) /* else it is to be loaded with other options */
        f->state = f->ended;
    if (f->ended != LOADER_CUT && !l->leaving)
        drop_note(l, f);
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

/* Its process was late. */
static void look_after_cut(struct loader *l)
{
    for (size_t i = 0; i < l->file.n; i++) {
        struct loader_file *f = l->file.at[i];
        if (f->state == LOADER_CUT && f->note && loading_is_claimed(l->loading, f->note, CLAIM_WORK))
            f->state = LOADER_WAITING;
    }
}

bool loader_tick(struct loader *l)
{
    look_after_cut(l);
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
        if (l->file.at[i]->state == LOADER_WAITING) {
            l->file.at[i]->state = LOADER_CANCELLED;
            drop_note(l, l->file.at[i]);
        }
    if (l->task)
        task_cancel(l->task);
    return busy;
}

/* ---- what an earlier loader left */

/* Where the monotonic clock stood then. */
static int64_t clock_at(int64_t wall_us)
{
    return wall_us ? os_monotonic_us() - (os_now_us() - wall_us) : 0;
}

static void adopt(struct loader *l, unsigned id)
{
    struct load_note n;
    struct board *board = board_new();
    bool ok = loading_read(l->loading, id, &n, board) && command_find(n.query.analysis);
    bool worked_at = loading_is_claimed(l->loading, id, CLAIM_WORK);
    if (!ok) {
        load_note_done(&n);
        board_free(board);
        loading_remove(l->loading, id);
        return;
    }
    struct loader_file *f = add_file(l, &n.query);
    f->note = id;
    f->board = board;
    f->begun_us = clock_at(n.begun_us);
    f->mapping = n.mapping;
    f->outcome = n.outcome;
    f->err = n.err;
    f->state = worked_at ? LOADER_WAITING : LOADER_CUT; /* the first that waits is followed */
    if (load_note_over(&n)) {
        f->state = n.state;
        f->ended_us = clock_at(n.ended_us);
        drop_note(l, f);
    } else if (!worked_at) {
        load_remote_cut(&f->err);
    }
    n.mapping = NULL;
    n.outcome.report = NULL;
    load_note_done(&n);
}

size_t loader_adopt(struct loader *l)
{
    size_t before = l->file.n;
    for (unsigned id = 0; l->loading && (id = loading_next(l->loading, id));)
        if (loading_claim(l->loading, id, CLAIM_SHOW))
            adopt(l, id);
    return l->file.n - before;
}

bool loader_outlives(const struct loader *l)
{
    return l->loading != NULL;
}

void loader_again(struct loader *l, size_t file)
{
    struct loader_file *f = l->file.at[file];
    if (f->state != LOADER_CUT)
        return;
    f->state = LOADER_WAITING;
    f->begun_us = f->ended_us = 0;
}

void loader_forget(struct loader *l, size_t file)
{
    struct loader_file *f = l->file.at[file];
    if (f->state != LOADER_CUT)
        return;
    f->state = LOADER_CANCELLED;
    f->err = (struct err){0};
    drop_note(l, f);
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
    l->leaving = l->loading != NULL;
    if (!l->leaving)
        loader_cancel(l);
    if (l->task) {
        if (!l->running->note)
            task_cancel(l->task);
        end(l);
    }
    for (size_t i = 0; i < l->file.n; i++) {
        struct loader_file *f = l->file.at[i];
        free(f->outcome.report);
        board_free(f->board);
        query_done(&f->query);
        free(f->mapping);
        free(f->path);
        free(f);
    }
    vec_done(&l->file);
    pthread_mutex_destroy(&l->lock);
    pthread_cond_destroy(&l->answered);
    loading_close(l->loading);
    free(l->mapping);
    free(l->trusted);
    free(l->dir);
    free(l);
}
