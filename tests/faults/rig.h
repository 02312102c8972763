/* rig.h - what the programs of this folder share: a scratch folder, exports to load, runs of waymark with a
 * limit on their time, and what a store says it holds.
 *
 * Each program runs a short selection when called without arguments (`make check`) and everything with --all.
 * The seed is printed when something fails; --seed repeats the run. */
#ifndef WM_RIG_H
#define WM_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/rand.h"

struct rig {
    char waymark[4096]; /* the program under test */
    char folder[4096];  /* where the test's .so files are */
    char dir[4096];     /* scratch, removed at the end */
    uint64_t seed;
    unsigned runs;    /* how many, by --runs or the default given */
    bool all;         /* --all */
    const char *only; /* --only: what has this in its name; NULL: everything */
    unsigned failures;
    struct rand rand;
};
extern struct rig rig;

/* Reads --seed N, --runs N, --only NAME and --all; makes the scratch folder. */
void rig_begin(int argc, char **argv, unsigned runs, unsigned runs_of_all);
/* Removes the scratch folder; the program's exit status. */
int rig_end(void);
/* A test in a sanitizer build cannot be run with a preloaded library: says so and exits with 77. */
void rig_need_preload(void);
/* Prints the message, the seed and what the program said; too many end the test. */
void rig_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A test that cannot go on: exit status 99. */
_Noreturn void rig_broken(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "<scratch>/name". These three texts live until rig_end. */
const char *rig_path(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A library of this folder, to be preloaded. */
const char *rig_so(const char *name);
/* "NAME=value" for rig_call. */
const char *rig_env(const char *name, const char *value);

#define RIG_ARGS 24
struct rig_call {
    const char *arg[RIG_ARGS]; /* behind "waymark"; NULL ends them */
    const char *env[12];       /* "NAME=value"; NULL ends them */
    int64_t kill_after_us;     /* SIGKILL then; 0: not */
};
struct rig_exit {
    int status, signal; /* status -1 when a signal ended it */
    bool late;          /* had to be ended by us: RIG_PATIENCE_S passed */
    int64_t us;         /* from beginning to end */
    int64_t own_us;     /* the same without waiting for a processor, which is the machine's doing */
    char *out, *err;    /* what it printed; NUL-terminated */
    size_t out_n;
};
#define RIG_PATIENCE_S 60
void rig_run(struct rig_exit *x, const struct rig_call *call);
void rig_exit_done(struct rig_exit *x);

/* What a store holds, as `waymark info` tells. */
struct rig_state {
    bool exists; /* false: there is no store */
    uint64_t imports, forgotten, events, users;
    int64_t own_us; /* that it took to ask */
};
bool rig_state_eq(const struct rig_state *a, const struct rig_state *b);
/* False when it cannot be told: *why says what happened (static). */
bool rig_state(const char *store, struct rig_state *s, const char **why);
/* NULL when `waymark check` finds the store whole, else why not (static). */
const char *rig_check(const char *store);

/* ---- files */
enum rig_kind { RIG_EVENTS, RIG_USERS, RIG_LINKS };
const char *rig_kind_name(enum rig_kind k); /* as `waymark import` calls it */
/* An export of `users` customers with `each` events of the names home, card, pay in turn, one a minute;
 * customers are named by `prefix` and a number. */
void rig_write_events(const char *path, const char *prefix, unsigned users, unsigned each);
/* The same in another year than 2024: the same events would not be imported twice. */
void rig_write_events_of(const char *path, const char *prefix, unsigned users, unsigned each, unsigned year);
void rig_write_users(const char *path, const char *prefix, unsigned users);
/* Any of them; each: of events. */
void rig_write(enum rig_kind kind, const char *path, const char *prefix, unsigned users, unsigned each);
/* `links` further ids, three to a customer of this prefix. */
void rig_write_links(const char *path, const char *prefix, unsigned links);
void rig_copy(const char *from, const char *to); /* a folder's regular files */
void rig_remove(const char *path);               /* a file or a folder, or nothing */
uint64_t rig_bytes(const char *dir);             /* of the regular files in it, on disk */
int64_t rig_now_us(void);

#endif
