/* inside.c - how long a question takes inside a program that has the store open, as the explorer has.
 *
 *     inside STORE ID…
 *
 * Opens each of these customers' sequences once, after one that does not count: nothing is answered from
 * memory. Prints {"us": […], "rows": N}, and ends with 3 when one of them cannot be opened. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/workspace.h"
#include "base/os.h"

/* In microseconds, -1: not to be opened. */
static int64_t open_user(struct workspace *w, const char *id, uint64_t *rows)
{
    struct err err = {0};
    struct query q;
    query_init(&q, "user");
    query_add(&q, "id", id);
    int64_t begin = os_monotonic_us();
    struct result *r = workspace_run(w, &q, NULL, &err);
    int64_t took = os_monotonic_us() - begin;
    query_done(&q);
    if (!r) {
        fprintf(stderr, "inside: %s\n", err.text);
        return -1;
    }
    *rows += r->rows.n;
    result_free(r);
    return took;
}

int main(int argc, char **argv)
{
    struct err err = {0};
    uint64_t rows = 0;
    int64_t us = 0;
    struct workspace *w = argc > 2 ? workspace_open(argv[1], false, &err) : NULL;
    if (!w) {
        fprintf(stderr, "inside: %s\n", argc > 2 ? err.text : "usage: inside STORE ID...");
        return argc > 2 ? 3 : 2;
    }
    us = open_user(w, argv[2], &rows);
    printf("{\"us\": [");
    for (int i = 2; i < argc && us >= 0; i++)
        if ((us = open_user(w, argv[i], &rows)) >= 0)
            printf("%s%" PRId64, i > 2 ? ", " : "", us);
    printf("], \"rows\": %" PRIu64 "}\n", rows);
    workspace_close(w);
    return us < 0 ? 3 : 0;
}
