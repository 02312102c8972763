/* progress_line.h - how far long work is, in one line: nothing under 150 ms, then a share and a time, over a second a bar, the
 * rate and the time left. */
#ifndef WM_PROGRESS_LINE_H
#define WM_PROGRESS_LINE_H

#include "tui/screen.h"

enum { PROGRESS_SOON_US = 150000, PROGRESS_LONG_US = 1000000 };

/* ASCII only, so that it is the same in every tier; at most w columns; plain: without the bar. */
void progress_line_put(struct buf *out, const struct screen_progress *p, int w, bool plain);

#endif
