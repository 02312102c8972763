/* upkeep.h - keeping a store in shape: merging parts, forgetting imports, giving space back, backups.
 *
 * All of these are batches or copies of their own: readers keep what they have open, and a crash, a kill or a
 * cancel at any moment leaves the store as it was before or as it is afterwards. They exclude imports and
 * each other. */
#ifndef WM_UPKEEP_H
#define WM_UPKEEP_H

#include "base/progress.h"
#include "store/snapshot.h"

/* Merges parts of events, and parts of attributes, by size class, so that of each there are never more than
 * UPKEEP_PARTS: to be called after each import. Reads and writes a few times the rows of that import on
 * average, mostly nothing. Also true when another import has begun meanwhile: that one will see to it. An
 * error (disk full, damage, ERR_CANCELLED) leaves all imports as they are. progress: rows. */
#define UPKEEP_PARTS 24
bool store_merge(struct env *env, struct progress *progress, struct err *err);

/* Takes the rows of an import out of the store, wherever they were merged to; older attributes show again.
 * The journal keeps the entry, marked as forgotten. An event that several imports brought is stored once, as
 * the first one's: forgetting that one loses the event, although a later one brought it too (report->echoes),
 * until that one's file is loaded again. Ids and texts stay in the dictionaries; pages are reused, and
 * overwritten for good only by store_compact. */
struct forget_report {
    uint64_t rows;   /* taken out */
    uint64_t echoes; /* rows that later imports brought too without being credited: at most so many of them
                        went with this one and would come back by loading those files again */
};
bool store_forget(struct env *env, uint32_t import, struct progress *progress, struct forget_report *report,
                  struct err *err);

/* Writes the store as it is now into the new folder `to`: every live block, its checksum looked at, nothing
 * else; then reads the copy back and checks it as verify_store does. The folder appears under its name when
 * all of that is on disk, or not at all; one that exists is refused. It is a store like any other. Imports go
 * on meanwhile (the file grows while the copy holds on to its state). progress: bytes, then what verify_store
 * counts. */
bool store_backup(struct env *env, const char *to, struct progress *progress, struct err *err);

/* Merges all events into one part and all attributes into another, then gives unused pages back by replacing
 * the file with a copy of its live blocks, checked as a backup is. The second step needs the store for
 * itself: when another process has it open, report->shared is set and the file keeps its pages for later
 * imports. Needs room for the copy. This process must not have the store open. A crash leaves one file or the
 * other, each the whole store. */
struct compact_report {
    uint64_t before, after; /* bytes of the file */
    bool shared;            /* not shortened: another process has the store open */
};
bool store_compact(const char *dir, struct progress *progress, struct compact_report *report,
                   struct err *err);

#endif
