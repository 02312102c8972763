/* segment.h - conditions saved under a name: segments of customers and page sets of events.
 *
 * Each kind is one note of the store: a line per name, which people can read, compare and keep under version
 * control, and which loads again as it stands:
 *
 *     name TAB condition TAB 2026-11-21T20:00:00Z TAB users@time users@time … [TAB time condition] …
 *
 * The third field says when the condition was saved, the fourth how large it was found, when; the others what it was before, the
 * oldest first. A fixed list of
 * users is an attribute column `segment.NAME` and its condition `segment.NAME = true`: no storage of its own.
 */
#ifndef WM_SEGMENT_H
#define WM_SEGMENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define NOTE_SEGMENTS "segments"
#define NOTE_SETS "sets"
#define SEGMENT_COLUMN "segment." /* before the name of a fixed list */

struct segment_size {
    uint64_t users;
    int64_t at; /* µs UTC */
};
struct segment_version {
    struct str condition;
    int64_t saved; /* µs UTC */
};
struct segment {
    struct str name, condition;
    int64_t saved;             /* µs UTC */
    struct segment_size *size; /* oldest first */
    size_t sizes;
    struct segment_version *former; /* what it was before, oldest first; at most twenty */
    size_t formers;
};
/* In order of saving. All zero is empty. */
struct segments {
    struct arena arena;
    struct segment *at;
    size_t n;
};

/* False when a line has not that shape; `source` and the line are named. */
bool segments_read(struct segments *s, struct str text, const char *source, struct err *err);
void segments_done(struct segments *s);
void segments_put(struct buf *out, const struct segments *s);                   /* the text that reads back */
void segment_put(struct buf *out, const struct segment *one);                   /* its line */
const struct segment *segments_find(const struct segments *s, struct str name); /* NULL: none */
/* Replaces the condition of that name, whose history goes on and keeps the former one, or adds it. Refuses names and conditions that
 * would break the line. */
bool segments_save(struct segments *s, struct str name, struct str condition, int64_t now, struct err *err);
bool segments_drop(struct segments *s, struct str name); /* false: there is none */
/* Adds to the history when the size is not the last one; says whether it was added. */
bool segments_size(struct segments *s, struct str name, uint64_t users, int64_t now);

#endif
