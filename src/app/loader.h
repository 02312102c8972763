/* loader.h - files being loaded one after the other in the background: a queue, a thread, reports. */
#ifndef WM_LOADER_H
#define WM_LOADER_H

#include "app/workspace.h"

enum loader_state { LOADER_WAITING, LOADER_RUNNING, LOADER_DONE, LOADER_FAILED, LOADER_CANCELLED };

struct loader_file {
    const char *command; /* "import events", "import users", "import names" */
    char *path;
    int64_t bytes; /* -1: unknown */
    enum loader_state state;
    struct result *report; /* when done */
    struct err err;        /* when failed or cancelled: the store is as before this file */
};

struct loader;
/* wake_fd: as in task.h. */
struct loader *loader_new(const char *dir, int wake_fd);
void loader_free(struct loader *l); /* cancels what runs; NULL is fine */
/* One path, or several with blanks between them when there is no file of the whole name; ~/ is the home. */
void loader_add(struct loader *l, const char *command, const char *paths);
bool loader_tick(struct loader *l); /* true: a file is finished or begun */
bool loader_busy(const struct loader *l);
bool loader_cancel(struct loader *l); /* this file and those that wait; false: nothing is being loaded */
size_t loader_files(const struct loader *l);
const struct loader_file *loader_file(const struct loader *l, size_t i);
const struct progress *loader_progress(const struct loader *l); /* of the one that runs; NULL: none */
int64_t loader_age_us(const struct loader *l);

#endif
