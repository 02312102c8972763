/* watch.c - inotify tells at once, a look at the folder every second finds what it missed. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/inotify.h>
#endif
#include "base/arena.h"
#include "base/buf.h"
#include "base/nls.h"
#include "base/os.h"
#include "base/vec.h"
#include "import/files.h"
#include "import/watch.h"

#define TICK_MS 200
#define LOOK_US 1000000LL

struct seen {
    char *name;
    int64_t size, changed_ns; /* as last looked at */
    int64_t since_us;         /* when it was seen like that first */
    bool closed;              /* the system has said that it is complete */
    bool given;
    bool there;
};
struct watch {
    char *dir;
    int fd; /* inotify; -1: none */
    int64_t looked_us;
    VEC(struct seen) seen;
    struct buf path;
};

static struct seen *find(struct watch *w, const char *name)
{
    for (size_t i = 0; i < w->seen.n; i++)
        if (strcmp(w->seen.at[i].name, name) == 0)
            return &w->seen.at[i];
    vec_push(&w->seen, (struct seen){.name = mem_strdup(name), .size = -1});
    return &w->seen.at[w->seen.n - 1];
}

static const char *path_of(struct watch *w, const char *name)
{
    buf_clear(&w->path);
    buf_printf(&w->path, "%s/%s", w->dir, name);
    return w->path.p;
}

/* What is there now; a file that has changed since is a new one. */
static void note_file(struct watch *w, const char *name, bool closed)
{
    struct stat st;
    if (!files_is_export(name) || stat(path_of(w, name), &st) != 0 || !S_ISREG(st.st_mode))
        return;
    struct seen *f = find(w, name);
    int64_t changed = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    if (f->size != st.st_size || f->changed_ns != changed) {
        f->size = st.st_size;
        f->changed_ns = changed;
        f->since_us = os_monotonic_us();
        f->given = f->closed = false;
    }
    f->there = true;
    f->closed |= closed;
}

static bool look(struct watch *w, struct err *err)
{
    DIR *d = opendir(w->dir);
    if (!d)
        return err_set(err, ERR_INPUT, _("%s: the folder cannot be read: %s"), w->dir, strerror(errno));
    for (size_t i = 0; i < w->seen.n; i++)
        w->seen.at[i].there = false;
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        note_file(w, e->d_name, false);
    closedir(d);
    size_t n = 0; /* what has gone may come again */
    for (size_t i = 0; i < w->seen.n; i++) {
        if (w->seen.at[i].there)
            w->seen.at[n++] = w->seen.at[i];
        else
            free(w->seen.at[i].name);
    }
    w->seen.n = n;
    w->looked_us = os_monotonic_us();
    return true;
}

#ifdef __linux__
static int open_inotify(const char *dir)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd >= 0 && inotify_add_watch(fd, dir, IN_CLOSE_WRITE | IN_MOVED_TO) < 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static void take_events(struct watch *w)
{
    _Alignas(struct inotify_event) char events[4096];
    ssize_t n;
    while ((n = read(w->fd, events, sizeof(events))) > 0) {
        for (char *p = events; p < events + n;) {
            const struct inotify_event *e = (const struct inotify_event *)(const void *)p;
            if (e->len && !(e->mask & IN_ISDIR))
                note_file(w, e->name, true);
            p += sizeof(*e) + e->len;
        }
    }
}
#else
static int open_inotify(const char *dir)
{
    (void)dir;
    return -1;
}

static void take_events(struct watch *w)
{
    (void)w;
}
#endif

/* Ends within a line; compressed files say themselves when they are cut. */
static bool is_cut(struct watch *w, const struct seen *f)
{
    char last = '\n';
    size_t n = strlen(f->name);
    if (f->size == 0 || (n > 3 && strcmp(f->name + n - 3, ".gz") == 0))
        return false;
    int fd = open(path_of(w, f->name), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    bool read_it = fd >= 0 && pread(fd, &last, 1, (off_t)f->size - 1) == 1;
    if (fd >= 0)
        close(fd);
    return read_it && last != '\n' && last != '\r' &&
           last != '\0'; /* NUL: the second half of a line end in UTF-16 */
}

static bool is_complete(struct watch *w, const struct seen *f, int64_t now)
{
    if (f->given || (!f->closed && now - f->since_us < WATCH_STILL_US))
        return false;
    return now - f->since_us >= WATCH_CUT_US || !is_cut(w, f);
}

/* Of the complete ones that were not given the first by name: exports are named by their day. */
static struct seen *next_complete(struct watch *w)
{
    struct seen *first = NULL;
    int64_t now = os_monotonic_us();
    for (size_t i = 0; i < w->seen.n; i++) {
        struct seen *f = &w->seen.at[i];
        if (is_complete(w, f, now) && (!first || strcmp(f->name, first->name) < 0))
            first = f;
    }
    return first;
}

static void wait_tick(const struct watch *w)
{
    struct pollfd p = {.fd = w->fd, .events = POLLIN};
    poll(&p, w->fd >= 0, TICK_MS); /* an interruption only shortens it */
}

struct watch *watch_open(const char *dir, bool poll_only, struct err *err)
{
    struct watch *w = mem_zalloc(sizeof(*w));
    w->dir = mem_strdup(dir);
    w->fd = poll_only ? -1 : open_inotify(dir); /* before the first look: nothing falls between */
    if (look(w, err))
        return w;
    watch_close(w);
    return NULL;
}

void watch_close(struct watch *w)
{
    if (!w)
        return;
    if (w->fd >= 0)
        close(w->fd);
    for (size_t i = 0; i < w->seen.n; i++)
        free(w->seen.at[i].name);
    vec_done(&w->seen);
    buf_done(&w->path);
    free(w->dir);
    free(w);
}

const char *watch_next(struct watch *w, struct progress *progress, struct err *err)
{
    for (;;) {
        if (progress_cancelled(progress)) {
            err_set(err, ERR_CANCELLED, _("%s: no longer watched"), w->dir);
            return NULL;
        }
        if (w->fd >= 0)
            take_events(w);
        if (os_monotonic_us() - w->looked_us >= LOOK_US && !look(w, err))
            return NULL;
        struct seen *f = next_complete(w);
        if (f) {
            f->given = true;
            return path_of(w, f->name);
        }
        wait_tick(w);
    }
}
