/* zone_file.h - TZif files (RFC 8536): when a place changed its offset, and the rule for later. */
#ifndef WM_ZONE_FILE_H
#define WM_ZONE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/str.h"
#include "base/zone_rule.h"

struct zone_file {
    int32_t first;    /* offset before all changes, seconds east of UTC */
    int64_t *times;   /* owned, ascending: seconds since 1970 of each change */
    int32_t *offsets; /* owned: from that change on */
    size_t n;
    struct zone_rule rule; /* from the last change on, when has_rule */
    bool has_rule;
};

/* False when the bytes are no whole, sane TZif file, or count leap seconds ("right/..." zones). */
bool zone_file_parse(struct str bytes, struct zone_file *out);
struct zone_file zone_file_copy(const struct zone_file *f);
void zone_file_done(struct zone_file *f);

#endif
