/* watch.h - a folder in which exports appear: says which of them are complete.
 *
 * Complete is a file that was closed after writing or moved there (inotify), or, where the system does not
 * say so, one whose size and time have stayed for WATCH_STILL_US. Files that are there at the beginning count
 * like those found by polling. Only what files_is_export names. */
#ifndef WM_WATCH_H
#define WM_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/progress.h"

#define WATCH_STILL_US 2000000LL
/* One that ends within a line, though closed, is waited for longer: who writes it may open it once more. */
#define WATCH_CUT_US 10000000LL

struct watch;
/* poll_only: as on systems without inotify; for tests and file systems of other hosts. */
struct watch *watch_open(const char *dir, bool poll_only, struct err *err);
void watch_close(struct watch *w); /* NULL is fine */
/* The path of the next complete file, each once per content it had; waits. NULL: cancelled (err
 * ERR_CANCELLED), or the folder has gone. Borrowed until the next call. */
const char *watch_next(struct watch *w, struct progress *progress, struct err *err);

#endif
