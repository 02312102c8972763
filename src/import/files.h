/* files.h - the files an import was given: folders stand for the exports in them. */
#ifndef WM_FILES_H
#define WM_FILES_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct files {
    const char **path;
    size_t n;
    size_t skipped;   /* entries of folders that are no exports */
    const char *note; /* what was skipped, in words; NULL: nothing */
};

/* Replaces each folder among the paths by the exports directly in it, in order of their names' bytes.
 * Sub-folders, hidden files and files whose name does not end as an export's (files_is_export) are left out
 * and told. All in the arena. False: a folder cannot be read or holds none. */
bool files_find(struct files *out, struct arena *a, const char *const *paths, size_t n, struct err *err);
/* .csv .tsv .txt .dat .log .json .jsonl .ndjson, also with .gz behind; in any case. Not hidden. */
bool files_is_export(const char *name);

#endif
