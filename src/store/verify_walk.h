/* verify_walk.h - the checks themselves; verify.c runs them in a child process. */
#ifndef WM_VERIFY_WALK_H
#define WM_VERIFY_WALK_H

#include "store/env_lmdb.h"
#include "store/verify.h"

struct walk_output {
    void (*found)(void *arg, const char *where, const char *what);
    void (*progress)(void *arg, uint64_t done, uint64_t total);
    void *arg;
    struct verify_report report;
};
/* Checks everything an open environment can show. False when no state could be read at all. */
bool verify_walk(struct env *env, struct walk_output *out, struct err *err);

#endif
