/* upkeep.h - keeping a store in shape: merging parts, forgetting imports, giving space back, backups.
 *
 * All of these are batches or copies of their own: readers keep what they have open, and a crash, a kill or a
 * cancel at any moment leaves the store as it was before or as it is afterwards. They exclude imports and
 * each other. */
#ifndef WM_UPKEEP_H
#define WM_UPKEEP_H

#include "base/progress.h"
#include "store/snapshot.h"

/* Merges parts of events by size class, so that there are never more than UPKEEP_PARTS: to be called after
 * each import. Reads and writes a few times the rows of that import on average, mostly nothing. Also true
 * when another import has begun meanwhile: that one will see to it. An error (disk full, damage,
 * ERR_CANCELLED) leaves all imports as they are. progress: rows. */
#define UPKEEP_PARTS 24
bool store_merge(struct env *env, struct progress *progress, struct err *err);

/* Takes the rows of an import out of the store: events wherever they were merged to, attributes by dropping
 * their layer, so that older ones show again. The journal keeps the entry, marked as forgotten. An event that
 * several imports brought is stored once, as the first one's: forgetting that one loses the event, although a
 * later one brought it too (report->echoes), until that one's file is loaded again. Ids and texts stay in
 * the dictionaries; pages are reused, and overwritten for good only by store_compact. */
struct forget_report {
    uint64_t rows;   /* taken out */
    uint64_t echoes; /* rows that later imports brought too without being credited: at most so many of them
                        went with this one and would come back by loading those files again */
};
bool store_forget(struct env *env, uint32_t import, struct progress *progress, struct forget_report *report,
                  struct err *err);

#endif
