/* repairs.h - what was read with a decision of ours: counted by kind beside the rejects, with one example.
 * The rows are loaded. */
#ifndef WM_REPAIRS_H
#define WM_REPAIRS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/str.h"

enum repair {
    REPAIR_GAP,      /* dst-gap */
    REPAIR_OVERLAP,  /* dst-overlap */
    REPAIR_FUTURE,   /* future-time */
    REPAIR_NO_ZONE,  /* no-zone: counted always, told when other times of the import name a zone */
    REPAIR_ZONE,     /* a time that names its zone: never told */
    REPAIR_REPEAT,   /* duplicate-key */
    REPAIR_LATE,     /* late-column: counts columns, not rows */
    REPAIR_KEY,      /* unknown-key */
    REPAIR_OLDER,    /* older: left out, since the store knows newer (load_options.as_of) */
    REPAIR_CONFLICT, /* conflict: of links */
    REPAIR_COUNT
};

const char *repair_named(const char *id); /* its text, translated; NULL: there is none */

/* Of one chunk, by the thread that reads it. */
struct repair_tally {
    uint64_t n[REPAIR_COUNT];
    struct str raw[REPAIR_COUNT]; /* the first such row, in the chunk */
    uint64_t line[REPAIR_COUNT];
};
/* kinds: bits 1 << repair of one row. Inline: of an export without zones every row has one. */
static inline void repairs_note(struct repair_tally *t, unsigned kinds, struct str raw, uint64_t line)
{
    for (; kinds; kinds &= kinds - 1) {
        int k = __builtin_ctz(kinds);
        if (t->n[k]++ == 0)
            t->raw[k] = raw, t->line[k] = line;
    }
}

struct load_report;
struct repairs;
struct repairs *repairs_new(void);
void repairs_free(struct repairs *r); /* NULL is fine */
/* lines: those of the file before this chunk. Chunks come in order. */
void repairs_add(struct repairs *r, const struct repair_tally *t, const char *file, uint64_t lines);
void repairs_report(const struct repairs *r, struct load_report *report);

#endif
