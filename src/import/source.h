/* source.h - the files of one import as a row of chunks, each made of whole records.
 *
 * Files are read with read(), never mapped: a file that shrinks meanwhile is an error then, not a crash. */
#ifndef WM_SOURCE_H
#define WM_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/intern.h"
#include "base/str.h"
#include "import/input.h"

#define SOURCE_LINE_MAX ((size_t)64 << 20) /* a longer line is no CSV: the import fails */

#define SOURCE_FURTHER 8

struct source_file {
    size_t number;     /* among the files */
    const char *path;  /* as given; "-" is standard input */
    const char *label; /* for messages: the path, or "standard input" */
    int64_t size;      /* on disk; -1: unknown */
    bool gzip;
    enum input_utf16 form;
    const char *encoding; /* as decode_named: given, or guessed */
    bool unsure;          /* guessed, and people should look */
    bool decode;          /* chunks are in that encoding, to be turned into UTF-8 */
    struct str
        sample;  /* the file's first text as UTF-8, without byte-order mark; readable CSV_SLACK bytes further
                  */
    bool whole;  /* the sample is all there is */
    size_t mark; /* bytes of the byte-order mark */
    /* Whole lines from further on in a large file, without quotes; n 0: none. A column may be empty for a
     * long time. */
    struct str further[SOURCE_FURTHER];
    /* Set by who looked at the sample, before the first source_next: */
    bool json; /* lines of JSON objects, else CSV */
    char delimiter;
    size_t header; /* bytes of the file to skip: blank lines and header; by source_header */
    uint64_t header_lines;
    struct str header_raw;
    int *column; /* per field: number of the mapping's column, -1: not loaded */
    size_t fields;
    const struct str
        *object; /* per field: NULL, or when p is set the field holds objects, and this is its name */
    struct intern *names; /* of members of objects; owned by the file */
    int *member;          /* per name: number of the mapping's column, -1: not loaded */
    size_t members;
    uint64_t from;     /* bytes at the front that were loaded before, whole lines, by ... */
    uint32_t begun_by; /* ... this import; 0: none */
    const int *part;   /* of a joined event name, per part: field, fields + name, or -1 */
    /* Known when source_next has passed the file: */
    bool passed;
    uint64_t bytes; /* on disk */
    uint64_t hash[2];
};

struct source;
/* Opens all files, looks at their first bytes. encoding: NULL or as the user wrote it. Both are borrowed. */
struct source *source_open(const char *const *paths, size_t n, const char *encoding, struct err *err);
void source_close(struct source *s);
size_t source_files(const struct source *s);
struct source_file *source_file(struct source *s, size_t i);
/* Sets header, header_lines and header_raw of a file (in the arena): [begin, end) of its sample. */
void source_header(struct source *s, size_t i, size_t begin, size_t end, struct arena *a);
/* The samples are no longer needed: frees what can be read again. */
void source_looked(struct source *s);
uint64_t source_size(const struct source *s); /* bytes of all files on disk, 0 when one is unknown */
uint64_t source_got(const struct source *s);  /* of those, taken so far */

struct source_chunk {
    char *buf; /* owned by the chunk, grows */
    size_t cap;
    const char *p; /* whole records, readable CSV_SLACK bytes further */
    size_t n;
    size_t file;
    bool first;   /* of its file */
    uint64_t got; /* bytes of its file on disk taken so far, this chunk included */
};
void source_chunk_done(struct source_chunk *c);

/* The next chunk, about 1 MiB; chunk->n 0: there is no more. */
bool source_next(struct source *s, struct source_chunk *c, struct err *err);

#endif
