/* inside.c - how long a question takes inside a program that has the store open, as the explorer has, and as
 * the peers have theirs.
 *
 *     inside STORE id ID…                        opens each of these customers' sequences once
 *     inside STORE ask RUNS ANALYSIS KEY=VALUE…  asks one question so many times
 *
 * After one that does not count; nothing is answered from memory. Prints {"us": […], "rows": N}, and ends
 * with 3 when a question cannot be answered. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/workspace.h"
#include "base/os.h"

/* In microseconds, -1: no answer. */
static int64_t ask(struct workspace *w, const struct query *q, uint64_t *rows)
{
    struct err err = {0};
    int64_t begin = os_monotonic_us();
    struct result *r = workspace_run(w, q, NULL, &err);
    int64_t took = os_monotonic_us() - begin;
    if (!r) {
        fprintf(stderr, "inside: %s\n", err.text);
        return -1;
    }
    *rows += r->rows.n;
    result_free(r);
    return took;
}

static int64_t open_user(struct workspace *w, const char *id, uint64_t *rows)
{
    struct query q;
    query_init(&q, "user");
    query_add(&q, "id", id);
    int64_t took = ask(w, &q, rows);
    query_done(&q);
    return took;
}

static bool print_time(int64_t us, bool first)
{
    if (us >= 0)
        printf("%s%" PRId64, first ? "" : ", ", us);
    return us >= 0;
}

static bool open_users(struct workspace *w, char **id, int n, uint64_t *rows)
{
    bool ok = open_user(w, id[0], rows) >= 0;
    for (int i = 0; i < n && ok; i++)
        ok = print_time(open_user(w, id[i], rows), i == 0);
    return ok;
}

/* argument: RUNS ANALYSIS KEY=VALUE… */
static bool ask_often(struct workspace *w, char **argument, int n, uint64_t *rows)
{
    struct query q;
    query_init(&q, argument[1]);
    for (int i = 2; i < n; i++) {
        char *value = strchr(argument[i], '=');
        *value = 0;
        query_add(&q, argument[i], value + 1);
    }
    bool ok = ask(w, &q, rows) >= 0;
    for (int i = 0, runs = atoi(argument[0]); i < runs && ok; i++)
        ok = print_time(ask(w, &q, rows), i == 0);
    query_done(&q);
    return ok;
}

static bool is_sound(int argc, char **argv)
{
    if (argc < 4 || (strcmp(argv[2], "id") != 0 && (strcmp(argv[2], "ask") != 0 || argc < 5)))
        return false;
    for (int i = 5; i < argc && strcmp(argv[2], "ask") == 0; i++)
        if (!strchr(argv[i], '='))
            return false;
    return true;
}

int main(int argc, char **argv)
{
    struct err err = {0};
    uint64_t rows = 0;
    if (!is_sound(argc, argv)) {
        fprintf(stderr, "usage: inside STORE id ID... | inside STORE ask RUNS ANALYSIS KEY=VALUE...\n");
        return 2;
    }
    struct workspace *w = workspace_open(argv[1], false, &err);
    if (!w) {
        fprintf(stderr, "inside: %s\n", err.text);
        return 3;
    }
    printf("{\"us\": [");
    bool ok = strcmp(argv[2], "id") == 0 ? open_users(w, argv + 3, argc - 3, &rows)
                                         : ask_often(w, argv + 3, argc - 3, &rows);
    printf("], \"rows\": %" PRIu64 "}\n", rows);
    workspace_close(w);
    return ok ? 0 : 3;
}
