/* source.h - the files of one import as a row of chunks, each made of whole records.
 *
 * Files are read with read(), never mapped: a file that shrinks meanwhile is an error then, not a crash. */
#ifndef WM_SOURCE_H
#define WM_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/str.h"

#define SOURCE_LINE_MAX ((size_t)64 << 20) /* a longer line is no CSV: the import fails */

#define SOURCE_FURTHER 4

struct source_file {
    const char *path;  /* as given; "-" is standard input */
    const char *label; /* for messages: the path, or "standard input" */
    int64_t size;      /* -1: unknown */
    struct str sample; /* the file's first bytes, without byte-order mark; readable CSV_SLACK bytes further */
    bool whole;        /* the sample is all there is */
    size_t mark;       /* bytes of the byte-order mark */
    /* Whole lines from further on in a large file, without quotes; n 0: none. A column may be empty for a
     * long time. */
    struct str further[SOURCE_FURTHER];
    /* Set by who looked at the sample, before the first source_next: */
    char delimiter;
    size_t header; /* bytes of the sample to skip: blank lines and header */
    uint64_t header_lines;
    struct str header_raw;
    const int *column; /* per field: number of the mapping's column, -1: not loaded */
    size_t fields;
};

struct source;
/* Opens all files, looks at their first bytes; refuses UTF-16 and gzip with advice. The paths are borrowed.
 */
struct source *source_open(const char *const *paths, size_t n, struct err *err);
void source_close(struct source *s);
size_t source_files(const struct source *s);
struct source_file *source_file(struct source *s, size_t i);
/* The samples are no longer needed: frees what can be read again. */
void source_looked(struct source *s);
uint64_t source_size(const struct source *s); /* bytes of all files, 0 when one is unknown */

struct source_chunk {
    char *buf; /* owned by the chunk, grows */
    size_t cap;
    const char *p; /* whole records, readable CSV_SLACK bytes further */
    size_t n;
    size_t bytes; /* of the file that this chunk stands for, header included */
    size_t file;
    bool first; /* of its file */
};
void source_chunk_done(struct source_chunk *c);

/* The next chunk, about 1 MiB; chunk->n 0: there is no more. */
bool source_next(struct source *s, struct source_chunk *c, struct err *err);

#endif
