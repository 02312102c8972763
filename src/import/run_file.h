/* run_file.h - sorted runs of rows in a temporary file without a name, and reading all of them side by side.
 */
#ifndef WM_RUN_FILE_H
#define WM_RUN_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

struct run_file;
struct run_file *run_file_new(const char *dir, uint32_t stride, struct err *err);
void run_file_close(struct run_file *f); /* NULL is fine; the space is free again */

/* Between runs: rows of the next ones are longer, those of the runs that are there go on as in `empty`, which
 * stays the caller's. */
void run_file_widen(struct run_file *f, uint32_t stride, const unsigned char *empty);
bool run_file_put(struct run_file *f, const unsigned char *row, struct err *err);
bool run_file_end(struct run_file *f, struct err *err); /* of one run */
size_t run_file_runs(const struct run_file *f);

void run_file_begin(struct run_file *f); /* reading, from the start of every run */
/* Reads ahead until a non-empty set of rows is known to come before all others. *rows: room that
 * run_file_take needs; 0: the end. */
bool run_file_ahead(struct run_file *f, size_t *rows, struct err *err);
/* Hands that set out, run after run, each part in order; rows equal in (user, time) are all in it or none. */
size_t run_file_take(struct run_file *f, unsigned char *to);

#endif
