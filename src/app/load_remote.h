/* load_remote.h - an import at which another process works (load_worker.h), seen from the one that shows it. */
#ifndef WM_LOAD_REMOTE_H
#define WM_LOAD_REMOTE_H

#include "app/load_note.h"
#include "app/nursery.h"
#include "base/progress.h"

struct load_remote {
    struct loading *loading;
    struct nursery *nursery; /* NULL: none can be begun, only followed */
    const char *store;
    unsigned note; /* claimed for showing */
    bool (*agree)(void *arg, const char *mapping); /* waits for somebody's word */
    void *arg;
    const _Atomic bool *leaving; /* it is to be followed no longer */
};

/* Somebody works at it: already, or from now on. */
bool load_remote_begin(const struct load_remote *r);
/* Until it has ended, with progress and board in *p, whose wishes are handed on. Gives DONE with *out, FAILED or CANCELLED or
 * CUT with err; WAITING when it is left. */
enum load_state load_remote_follow(const struct load_remote *r, struct progress *p, struct load_outcome *out, struct err *err);
/* The words for one that was cut. */
void load_remote_cut(struct err *err);

#endif
