/* load_worker.c - a loader of its own (loader.h), without a nursery, whose state is written down a few times
 * a second and which is told what to do by wishes.
 *
 * Nobody there to be asked: the file is left for when somebody is. Nobody there to say go on: it goes on. */
#include "config.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "app/load_worker.h"
#include "app/loader.h"
#include "base/os.h"

enum { LOOK_NS = 20000000, WRITE_US = 200000, PER_PART_US = 100 };

struct work {
    struct loading *loading;
    struct loader *loader;
    unsigned id;
    size_t file; /* of the loader */
    struct load_note note;
    bool left;          /* nobody was there to be asked */
    bool cancelled;     /* was passed on */
    int64_t written_us; /* when */
};

static bool is_shown(const struct work *w)
{
    return loading_is_claimed(w->loading, w->id, CLAIM_SHOW);
}

/* ---- what is wanted */

static void answer(struct work *w, const struct load_wish *wish, bool shown)
{
    if (!loader_asks(w->loader))
        return;
    if (wish->answer != LOAD_UNANSWERED) {
        loader_answer(w->loader, wish->answer == LOAD_GO);
    } else if (!shown) {
        w->left = true;
        loader_answer(w->loader, false);
    }
}

static void obey(struct work *w)
{
    struct load_wish wish;
    bool shown = is_shown(w);
    loading_get_wish(w->loading, w->id, &wish);
    if (wish.cancel && !w->cancelled)
        w->cancelled = loader_cancel(w->loader);
    bool pause = wish.pause && shown;
    if (pause != loader_paused(w->loader))
        loader_pause(w->loader, pause);
    answer(w, &wish, shown);
}

/* ---- what is said of it */

static void note_progress(struct work *w)
{
    const struct progress *p = loader_progress(w->loader);
    if (!p)
        return;
    w->note.done = atomic_load(&p->done);
    w->note.total = atomic_load(&p->total);
    w->note.rows = atomic_load(&p->rows);
    w->note.rejected = atomic_load(&p->rejected);
    w->note.stage = atomic_load(&p->stage);
}

static void put_text(char **to, const char *text)
{
    free(*to);
    *to = text ? mem_strdup(text) : NULL;
}

static void write_down(struct work *w, bool last)
{
    const struct loader_file *f = loader_file(w->loader, w->file);
    struct err err;
    note_progress(w);
    w->note.ended_us = last ? os_now_us() : 0;
    w->note.state = w->left ? LOADER_WAITING : f->state;
    w->note.err = w->left ? (struct err){0} : f->err;
    w->note.outcome.rows = f->outcome.rows;
    w->note.outcome.rejected = f->outcome.rejected;
    w->note.outcome.duplicates = f->outcome.duplicates;
    put_text(&w->note.outcome.report, f->outcome.report);
    put_text(&w->note.mapping, f->mapping);
    loading_write(w->loading, w->id, &w->note, f->board, last,
                  &err); /* a full disk stops the telling, not the load */
    w->written_us = os_monotonic_us();
}

/* Thousands of files are not written down as often as one. */
static bool is_due(const struct work *w)
{
    struct board_view v = {0};
    const struct loader_file *f = loader_file(w->loader, w->file);
    if (os_monotonic_us() - w->written_us < WRITE_US)
        return false;
    if (f->board)
        board_look(f->board, &v);
    int64_t pace = WRITE_US + PER_PART_US * (int64_t)v.parts;
    board_look_done(&v);
    return os_monotonic_us() - w->written_us >= pace;
}

/* ---- one import */

static void work_at(struct work *w)
{
    w->left = w->cancelled = false;
    if (!loading_read(w->loading, w->id, &w->note, NULL))
        return;
    /* Where the folder is gone a relative name must find nothing, least of all a file of the note before. */
    if (w->note.folder && chdir(w->note.folder) != 0 && chdir("/") != 0)
        return;
    w->file = loader_files(w->loader);
    w->note.begun_us = os_now_us();
    w->note.process = getpid();
    loader_add_query(w->loader, &w->note.query);
    for (bool news; news = loader_tick(w->loader), loader_busy(w->loader);) {
        obey(w);
        if (news || is_due(w))
            write_down(w, false);
        nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
    }
    write_down(w, true); /* the end is written once: then the note is another's, to be removed */
    load_note_done(&w->note);
}

/* Those that wait behind it, when nobody is there to begin them. */
static bool go_on(struct work *w)
{
    struct load_note n;
    bool alone = !is_shown(w);
    loading_release(w->loading, w->id, CLAIM_WORK);
    while (alone && (w->id = loading_next(w->loading, w->id))) {
        if (is_shown(w) || !loading_claim(w->loading, w->id, CLAIM_WORK))
            continue;
        bool waits = loading_read(w->loading, w->id, &n, NULL) && n.state == LOADER_WAITING;
        load_note_done(&n);
        if (waits)
            return true;
        loading_release(w->loading, w->id, CLAIM_WORK);
    }
    return false;
}

static void tell(int fd, bool ok)
{
    if (fd >= 0 && send(fd, ok ? "1" : "0", 1, MSG_NOSIGNAL) != 1)
        ok = false; /* nobody waits any more; the work goes on */
    if (fd >= 0)
        close(fd);
}

void load_worker_run(const char *store, unsigned note, int ready)
{
    struct work w = {.id = note};
    char *dir = realpath(store, NULL); /* the working folder will change */
    w.loading = dir ? loading_open(dir, NULL) : NULL;
    bool ok = w.loading && loading_claim(w.loading, note, CLAIM_WORK);
    tell(ready, ok);
    if (ok) {
        w.loader = loader_new(dir, -1, NULL);
        do
            work_at(&w);
        while (go_on(&w));
        loader_free(w.loader);
    }
    loading_close(w.loading);
    free(dir);
}
