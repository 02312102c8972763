/* loader.c - each file is an import of its own: what was loaded before a failure stays, and every file has
 * its own progress and report. */
#include "config.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "app/loader.h"
#include "app/task.h"
#include "base/os.h"
#include "base/vec.h"

struct loader {
    char *dir;
    int wake_fd;
    VEC(struct loader_file *) file;
    struct loader_file *running;
    struct task *task;
    struct query query; /* of the running one */
};

struct loader *loader_new(const char *dir, int wake_fd)
{
    struct loader *l = mem_zalloc(sizeof *l);
    l->dir = mem_strdup(dir);
    l->wake_fd = wake_fd;
    return l;
}

static void add_path(struct loader *l, const char *command, struct str path)
{
    struct loader_file *f = mem_zalloc(sizeof *f);
    struct buf full = {0};
    struct stat st;
    if (path.n > 1 && path.p[0] == '~' && path.p[1] == '/') {
        buf_puts(&full, os_home());
        path = (struct str){path.p + 1, path.n - 1};
    }
    buf_str(&full, path);
    f->command = command;
    f->path = mem_strdup(full.p);
    f->bytes = stat(f->path, &st) == 0 && S_ISREG(st.st_mode) ? (int64_t)st.st_size : -1;
    buf_done(&full);
    vec_push(&l->file, f);
}

void loader_add(struct loader *l, const char *command, const char *paths)
{
    struct str rest = str_trim(str_of(paths));
    if (os_exists(paths)) {
        add_path(l, command, rest);
        return;
    }
    while (rest.p) {
        struct str path = str_cut(&rest, ' ');
        if (path.n)
            add_path(l, command, path);
    }
}

static bool work(void *arg, struct progress *p, struct err *err)
{
    struct loader *l = arg;
    l->running->report = workspace_import(l->dir, &l->query, NULL, NULL, p, err);
    return l->running->report != NULL;
}

static struct loader_file *next(const struct loader *l)
{
    for (size_t i = 0; i < l->file.n; i++)
        if (l->file.at[i]->state == LOADER_WAITING)
            return l->file.at[i];
    return NULL;
}

static bool begin(struct loader *l)
{
    struct loader_file *f = next(l);
    if (!f)
        return false;
    f->state = LOADER_RUNNING;
    l->running = f;
    query_init(&l->query, f->command);
    query_add(&l->query, "file", f->path);
    l->task = task_start(work, l, l->wake_fd);
    return true;
}

static void end(struct loader *l)
{
    struct loader_file *f = l->running;
    bool ok = task_end(l->task, &f->err);
    f->state = ok ? LOADER_DONE : f->err.code == ERR_CANCELLED ? LOADER_CANCELLED : LOADER_FAILED;
    query_done(&l->query);
    l->task = NULL;
    l->running = NULL;
}

bool loader_tick(struct loader *l)
{
    bool changed = l->task && task_over(l->task);
    if (changed)
        end(l);
    if (!l->task)
        changed |= begin(l);
    return changed;
}

bool loader_busy(const struct loader *l)
{
    return l->task || next(l);
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

size_t loader_files(const struct loader *l)
{
    return l->file.n;
}

const struct loader_file *loader_file(const struct loader *l, size_t i)
{
    return l->file.at[i];
}

const struct progress *loader_progress(const struct loader *l)
{
    return l->task ? task_progress(l->task) : NULL;
}

int64_t loader_age_us(const struct loader *l)
{
    return l->task ? task_age_us(l->task) : 0;
}

void loader_free(struct loader *l)
{
    if (!l)
        return;
    loader_cancel(l);
    if (l->task)
        end(l);
    for (size_t i = 0; i < l->file.n; i++) {
        result_free(l->file.at[i]->report);
        free(l->file.at[i]->path);
        free(l->file.at[i]);
    }
    vec_done(&l->file);
    free(l->dir);
    free(l);
}
