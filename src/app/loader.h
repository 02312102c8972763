/* loader.h - files being loaded one after the other in the background: a queue, a thread, reports.
 *
 * With a nursery each is loaded by a process of its own, which goes on when this one ends; the next loader takes it over. */
#ifndef WM_LOADER_H
#define WM_LOADER_H

#include "app/load_note.h"
#include "app/nursery.h"
#include "app/workspace.h"
#include "base/board.h"

struct loader_file {     /* or folder: one import */
    const char *command; /* "import events", "import users", "import names" */
    char *path;
    struct query query; /* what is asked, options included */
    int64_t bytes;      /* -1: unknown */
    enum load_state state;
    char *mapping;              /* which column is what, in words; NULL: not known yet */
    struct board *board;        /* its files and rejects, while it runs and after */
    struct load_outcome outcome; /* when done */
    struct err err;             /* when failed, cancelled or cut: the store is as before this file */
    int64_t begun_us, ended_us; /* monotonic; 0: not yet. Without the time it was paused */
    int64_t paused_us;          /* since when it waits; 0: it does not */
    unsigned note;              /* load_note.h; 0: it has none, and is loaded by this process */
    enum load_state ended;      /* set on the thread that loads */
};

struct loader;
/* wake_fd: as in task.h. nursery: borrowed; NULL: what runs ends with the loader. */
struct loader *loader_new(const char *dir, int wake_fd, struct nursery *nursery);
/* What a process of its own loads goes on, and after it what waits; else it is cancelled. NULL is fine. */
void loader_free(struct loader *l);
/* What an earlier loader left behind: ended, going on, or cut. How many files. */
size_t loader_adopt(struct loader *l);
bool loader_outlives(const struct loader *l); /* what is being loaded goes on when the program ends */
/* One that was cut is loaded after all, or forgotten. */
void loader_again(struct loader *l, size_t file);
void loader_forget(struct loader *l, size_t file);
/* line: one path, or several with blanks between them when there is no file of the whole name, and options as
 * on the command line behind or between them; quotes hold blanks together; ~/ is the home. False: an option
 * is wrong, nothing was added. Files of one line ask once, unless their columns differ. */
bool loader_add(struct loader *l, const char *command, const char *line, struct err *err);
void loader_add_query(struct loader *l, const struct query *q); /* as loader_add, of one file */
bool loader_tick(struct loader *l); /* true: a file is finished, begun, or asks */
bool loader_busy(const struct loader *l);
bool loader_asks(const struct loader *l); /* it goes on only when it is answered */
/* The file that asks is to be loaded, or left out. */
void loader_answer(struct loader *l, bool go);
/* Asks again with further options. */
bool loader_change(struct loader *l, const char *options, struct err *err);
/* Waiting keeps what is in memory. False: nothing is being loaded that can wait. */
bool loader_pause(struct loader *l, bool pause);
bool loader_paused(const struct loader *l);
bool loader_cancel(struct loader *l); /* this file and those that wait; false: nothing is being loaded */
size_t loader_files(const struct loader *l);
const struct loader_file *loader_file(const struct loader *l, size_t i);
const struct loader_file *loader_running(const struct loader *l); /* or asking; NULL: none */
const struct progress *loader_progress(const struct loader *l);   /* of the one that runs; NULL: none */
int64_t loader_age_us(const struct loader *l);                    /* of that one; 0: none */
/* progress->stage of an import in words, NULL beyond the last. */
const char *loader_stage(int stage);

#endif
