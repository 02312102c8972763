/* json_source.h - lines of JSON objects to flat fields, strictly.
 *
 * One object per line (RFC 8259); blank lines are skipped. Members of nested objects become "a.b", arrays
 * their compact text, numbers keep their digits: nothing is rounded here. Limits: JSON_LINE_MAX bytes a line,
 * JSON_DEPTH_MAX levels, JSON_KEYS_MAX members, JSON_KEY_MAX bytes for a joined name, CSV_FIELD_MAX bytes for
 * a value. NUL, unpaired surrogates and bytes that are no UTF-8 make the line bad. Of a name that comes twice
 * the last value counts.
 *
 * Buffers handed in must be readable (any content) for CSV_SLACK bytes beyond their end. */
#ifndef WM_JSON_SOURCE_H
#define WM_JSON_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/str.h"
#include "import/rejects.h"

#define JSON_LINE_MAX ((size_t)4 << 20)
#define JSON_DEPTH_MAX 32
#define JSON_KEYS_MAX ((size_t)4096)
#define JSON_KEY_MAX ((size_t)1024)

/* Bytes of whole lines at the front of [p, p + n); last: nothing follows. */
size_t json_source_cut(const char *p, size_t n, bool last);

enum json_kind { JSON_IS_TEXT, JSON_IS_NUMBER, JSON_IS_BOOL, JSON_IS_NULL, JSON_IS_ARRAY };
struct json_field {
    struct str key, value; /* readable CSV_SLACK bytes further */
    enum json_kind kind;
};
struct json_record {
    struct json_field
        *field; /* borrowed until the next call; a name may come twice, see json_source_single */
    size_t n;
    bool repeats;    /* a name came twice, the last was kept */
    struct str raw;  /* the line as it was, line end included */
    uint64_t line;   /* 1-based in what json_source_start was given */
    enum reject why; /* REJECT_NONE, or what is wrong; then `field` is not to be used */
};

struct json_source;
struct json_source *json_source_new(void);
void json_source_free(struct json_source *r); /* NULL is fine */
/* plain = false: all through jansson, for tests. */
void json_source_start(struct json_source *r, const char *p, size_t n, bool plain);
bool json_source_next(struct json_source *r, struct json_record *out); /* false: no more */
uint64_t json_source_lines(const struct json_source *r);
/* The one object in `text`, names beginning with "prefix." (n 0: none); raw and line are not set. */
void json_source_object(struct json_source *r, struct str text, struct str prefix, bool plain,
                        struct json_record *out);
/* Keeps the last of fields with the same name and sets `repeats`. For who has seen one twice: looking always
 * would cost more than parsing. */
void json_source_single(struct json_record *rec);

#endif
