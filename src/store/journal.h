/* journal.h - one import as the journal has it: what came, from which files, and which parts are still its.
 *
 * Read by catalog.c, written by batch.c; entries are also written again when parts are merged or an import is
 * forgotten. */
#ifndef WM_JOURNAL_H
#define WM_JOURNAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/record.h"

struct journal_part {
    struct part_record record;
    const uint16_t *column; /* ascending */
};
struct journal {
    struct import_record head; /* its counts of source bytes and parts follow from what is below */
    struct str source;
    uint32_t parts;
    const struct journal_part *part;
    struct import_tail tail; /* its counts too */
    uint32_t files;
    const struct import_file *file;
    uint32_t columns; /* see import_def */
    const uint16_t *column;
};

/* False when the payload cannot be an entry; what is kept is copied into the arena. Parts are not judged. */
bool journal_read(struct journal *out, struct str payload, struct arena *a);
/* Appends the payload. A source longer than SOURCE_BYTES_MAX is cut. */
void journal_put(struct buf *out, const struct journal *j);
/* As readers see it; borrows from *j. */
struct import_def journal_def(const struct journal *j);
/* The other way round, without parts. */
struct journal journal_of(const struct import_def *d);

#endif
