/* load_remote.c - what the other process says is looked at a few dozen times a second; nothing here waits for
 * it. */
#include "config.h"

#include <time.h>

#include "app/load_remote.h"
#include "base/nls.h"

enum { LOOK_NS = 40000000 };

void load_remote_cut(struct err *err)
{
    err_set(err, ERR_SYSTEM, _("cut off, and nothing of it is stored; Enter loads it again, x forgets it"));
}

bool load_remote_begin(const struct load_remote *r)
{
    return loading_is_claimed(r->loading, r->note, CLAIM_WORK) ||
           (r->nursery && nursery_begin(r->nursery, r->store, r->note, NULL));
}

/* The file is read when it is another one than before. */
static void show(const struct load_note *n, struct progress *p)
{
    atomic_store(&p->done, n->done);
    atomic_store(&p->total, n->total);
    atomic_store(&p->rows, n->rows);
    atomic_store(&p->rejected, n->rejected);
    atomic_store(&p->stage, n->stage);
}

/* What has changed of it since. */
static void hand_on(const struct load_remote *r, const struct progress *p, struct load_wish *told)
{
    struct load_wish now = {progress_cancelled(p), atomic_load(&p->pause), told->answer};
    if (now.cancel == told->cancel && now.pause == told->pause)
        return;
    if (loading_put_wish(r->loading, r->note, &now))
        *told = now;
}

static void answer(const struct load_remote *r, const char *mapping, const struct progress *p,
                   struct load_wish *told)
{
    bool go = r->agree(r->arg, mapping);
    if (*r->leaving)
        return;
    told->answer = go ? LOAD_GO : LOAD_LEAVE;
    told->cancel = progress_cancelled(p);
    if (!loading_put_wish(r->loading, r->note, told))
        told->answer = LOAD_UNANSWERED; /* again, soon */
}

static enum load_state end(struct load_note *n, struct load_outcome *out, struct err *err)
{
    *out = n->outcome;
    n->outcome.report = NULL;
    *err = n->err;
    return n->state;
}

/* WAITING: it goes on. */
static enum load_state look(const struct load_remote *r, struct progress *p, struct load_wish *told,
                            struct load_outcome *out, struct err *err)
{
    struct load_note n;
    enum load_state state = LOADER_WAITING;
    bool worked_at =
        loading_is_claimed(r->loading, r->note, CLAIM_WORK); /* before the note: its end is the last word */
    if (loading_read(r->loading, r->note, &n, p->board)) {
        show(&n, p);
        if (load_note_over(&n))
            state = end(&n, out, err);
        else if (n.state == LOADER_ASKING && n.mapping && told->answer == LOAD_UNANSWERED)
            answer(r, n.mapping, p, told);
    } else {
        worked_at = false;
    }
    load_note_done(&n);
    if (state != LOADER_WAITING || worked_at)
        return state;
    load_remote_cut(err);
    return LOADER_CUT;
}

enum load_state load_remote_follow(const struct load_remote *r, struct progress *p, struct load_outcome *out,
                                   struct err *err)
{
    struct load_wish told = {0};
    enum load_state state = LOADER_WAITING;
    loading_put_wish(r->loading, r->note, &told); /* what another one wanted counts no more */
    while (state == LOADER_WAITING && !*r->leaving) {
        state = look(r, p, &told, out, err);
        hand_on(r, p, &told);
        if (state == LOADER_WAITING)
            nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
    }
    return state;
}
