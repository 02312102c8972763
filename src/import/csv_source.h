/* csv_source.h - bytes of a CSV file to records and fields, strictly.
 *
 * The grammar is libcsv's strict one: fields are parted by one delimiter byte; a field may stand in double
 * quotes, with "" for a quote, and then hold delimiters and line ends; LF, CR and CRLF end a record; blank
 * lines are skipped; blanks and tabs around a field that is not quoted do not belong to it. A record that
 * breaks these rules costs its first line only: reading goes on with the next line, so that one stray quote
 * never swallows a file.
 *
 * Buffers handed in must be readable (any content) for CSV_SLACK bytes beyond their end. */
#ifndef WM_CSV_SOURCE_H
#define WM_CSV_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/str.h"
#include "import/rejects.h"

#define CSV_SLACK 64
#define CSV_FIELD_MAX ((size_t)64 << 10) /* bytes of one field */
#define CSV_RECORD_MAX ((size_t)1 << 20) /* bytes of one record */
#define CSV_FIELDS_MAX ((size_t)4096)    /* fields of one record */

/* Bytes of whole records (and blank lines) at the front of [p, p + n), p being the start of a record; the
 * rest must be seen again together with what follows it. last: nothing follows, so everything is whole. 0:
 * one record fills it all. */
size_t csv_source_cut(const char *p, size_t n, bool last, char delimiter);

/* Line ends (LF, CR, CRLF) in [p, p + n). */
uint64_t csv_source_count(const char *p, size_t n);
/* Behind the n-th line end, or `end`. */
const char *csv_source_behind(const char *p, const char *end, uint64_t n);

struct csv_record {
    const struct str *field; /* borrowed until the next csv_source_next */
    size_t n;
    struct str raw;  /* the bytes as they were, line end included */
    uint64_t line;   /* of its first byte; 1-based in what csv_source_start was given */
    enum reject why; /* REJECT_NONE, or what is wrong; then `field` is not to be used */
};

struct csv_source;
struct csv_source *csv_source_new(char delimiter);
void csv_source_free(struct csv_source *r); /* NULL is fine */
/* Reads [p, p + n): whole records, as csv_source_cut made them. plain = false: all through libcsv, for tests.
 */
void csv_source_start(struct csv_source *r, const char *p, size_t n, bool plain);
void csv_source_delimiter(struct csv_source *r, char delimiter);
bool csv_source_next(struct csv_source *r, struct csv_record *out); /* false: no more */
uint64_t csv_source_lines(const struct csv_source *r);              /* lines passed so far */

#endif
