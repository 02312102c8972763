/* json_source_p.h - what json_source.c and json_slow.c share. */
#ifndef WM_JSON_SOURCE_P_H
#define WM_JSON_SOURCE_P_H

#include "base/buf.h"
#include "import/json_source.h"

struct json_source {
    const char *p, *end;
    uint64_t line; /* of p */
    bool plain;
    enum reject why;
    bool more;    /* the room did not suffice: it grows and the record is read again, so that nothing moves */
    bool repeats; /* jansson met a name twice */
    char *room;
    size_t room_n, room_cap;
    struct buf marked; /* for jansson */
    size_t n;
    struct json_field field[JSON_KEYS_MAX];
};

/* All three return false when reading cannot go on: `why` or `more` says why. */
char *json_room(struct json_source *r, size_t n); /* NULL: none */
bool json_put(struct json_source *r, struct str key, struct str value, enum json_kind kind);
bool json_join(struct json_source *r, struct str prefix, struct str key, struct str *out);

/* Behind the JSON number at p, NULL when there is none. */
const char *json_number(const char *p, const char *end);
/* By jansson. text is valid UTF-8. */
bool json_read_slowly(struct json_source *r, struct str text, struct str prefix);

#endif
