/* compact.h - the working folder of store_compact. */
#ifndef WM_COMPACT_H
#define WM_COMPACT_H

/* Removes what a compaction that was killed left in the store's folder. The writer lock is held. */
void compact_clean(const char *dir);

#endif
