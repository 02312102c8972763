/* run_file.h - sorted runs of rows in a temporary file without a name, and reading all of them side by side.
 *
 * Of each run the keys of some rows are kept in memory, its fences. Between two fences, whichever, lies a
 * slice of all runs; where it is in the file is known without reading anything else, so slices are read, as
 * runs are written, by several threads at once. */
#ifndef WM_RUN_FILE_H
#define WM_RUN_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

struct run_file;
struct run_key {
    int64_t time;
    uint32_t user;
    uint32_t at; /* which row */
};

struct run_file *run_file_new(const char *dir, uint32_t stride, struct err *err);
void run_file_close(struct run_file *f); /* NULL is fine; the space is free again */

/* Between runs: rows of the next ones are longer, those of the runs that are there go on as in `empty`, which
 * stays the caller's. */
void run_file_widen(struct run_file *f, uint32_t stride, const unsigned char *empty);
void run_file_begin(struct run_file *f, size_t rows); /* a run of so many rows */
/* Rows of the present run from its row `first` on. Several threads at once, each row once. */
bool run_file_put(struct run_file *f, size_t first, const unsigned char *rows, size_t n, struct err *err);
size_t run_file_runs(const struct run_file *f);

struct run_slice { /* all rows from one key on and before another; equal ones are never parted */
    struct run_key from, to;
    bool last; /* nothing comes behind: `to` does not count */
};
/* The next slice, of some `rows` rows; false: there are no more. One thread, once all is written. */
bool run_file_next(struct run_file *f, size_t rows, struct run_slice *s);
size_t run_file_room(const struct run_file *f, const struct run_slice *s); /* rows of room to read it */
/* Reads it, run after run, each in order: key[0] to key[*n - 1] say which of `rows` belong to it. Several
 * threads at once. */
bool run_file_read(const struct run_file *f, const struct run_slice *s, unsigned char *rows,
                   struct run_key *key, size_t *n, struct err *err);

#endif
