/* runs.h - all rows of an import, in whatever order they came, out again sorted by (user, time, arrival), in
 * bounded memory.
 *
 * Rows gather in memory; when the budget is used up they are sorted and written to a temporary file without a
 * name as a run, and in the end the runs are merged. Rows leave in windows: a window is taken (in order, one
 * thread), sorted (any thread) and used. */
#ifndef WM_RUNS_H
#define WM_RUNS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/pool.h"
#include "base/progress.h"
#include "import/run_file.h"

struct runs;
/* stride: bytes of a row; memory: bytes for rows in memory; dir: where temporary files go. */
struct runs *runs_new(uint32_t stride, uint64_t memory, const char *dir);
void runs_free(struct runs *r);

/* Copies rows in. Callers look at runs_full between calls and spill then. */
void runs_add(struct runs *r, const unsigned char *rows, size_t n);
bool runs_full(const struct runs *r);
/* Rows to come are longer; those that are there go on as in `empty` (a row, kept by the caller). False: the
 * rows in memory must be spilled first. */
bool runs_widen(struct runs *r, uint32_t stride, const unsigned char *empty);

struct run_window {
    unsigned char *rows; /* of `stride` bytes each, as they were gathered */
    size_t n, cap;       /* n: rows of the window, among others */
    struct run_key *key; /* key[i].at: which of `rows` is i-th in order */
    struct run_key *spare;
    size_t first;           /* of the order in memory */
    struct run_slice slice; /* of what was spilled */
};
void run_window_done(struct run_window *w);

/* After this windows of the rows in memory can be taken; nothing can be added until runs_spilled. When
 * progress (may be NULL) is cancelled meanwhile it ends early, and no window may be taken. */
void runs_order(struct runs *r, struct pool *pool, const struct progress *progress);
/* A window of the rows in memory; w->n 0: all were taken. A user's rows of one time are never parted. */
void runs_take(struct runs *r, struct run_window *w);
/* Brings a taken window in order; reads it first when it was spilled. Different windows at once from several
 * threads. */
bool runs_sort(const struct runs *r, struct run_window *w, struct err *err);

/* Spilling: runs_order, runs_spill, then take, sort, write each window, the last two by any thread, then
 * runs_spilled. */
bool runs_spill(struct runs *r, struct err *err);
bool runs_write(struct runs *r, const struct run_window *w, struct err *err);
void runs_spilled(struct runs *r);
size_t runs_count(const struct runs *r); /* runs written */

/* Merging what was spilled; afterwards windows as above, by runs_merge instead of runs_take. */
void runs_merge_begin(struct runs *r);
bool runs_merge(struct runs *r, struct run_window *w); /* false: all were taken */

#endif
