/* fresh.h - a store that a command makes and then has no use for is taken away again. */
#ifndef WM_FRESH_H
#define WM_FRESH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct env;

struct fresh {
    char *dir;        /* NULL: it was there before */
    size_t kept;      /* bytes of the path that name what was there before */
    bool unused;      /* nothing was ever committed to it */
    struct stat data; /* its file then */
};

/* Before the store is opened. */
void fresh_note(struct fresh *f, const char *dir);
/* The command has failed; while the store is still open. env: NULL when it was not needed, as in a dry run. */
void fresh_look(struct fresh *f, struct env *env);
/* After it was closed: removes the store and the folders made for it, if fresh_look found nothing in it and
 * no one else has opened it since. Also ends f. */
void fresh_done(struct fresh *f);

#endif
