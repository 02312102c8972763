/* cursor_p.h - what the files of the cursor share. */
#ifndef WM_CURSOR_P_H
#define WM_CURSOR_P_H

#include "analysis/cursor.h"

/* A loaded block's rows that belong to the cursor's users. */
struct clip {
    uint32_t block, row, rows;
};

/* lone.c: chooses rows like the cursor, but users who did nothing but lead are only counted, and are no
 * longer among the cursor's users; nor are those without hits. `mask` and `raw`: of an event column with a
 * byte per row. edge: the first user's rows began in the block before. False: nothing was done, as times are
 * missing. */
bool lone_choose(struct cursor *c, const uint64_t mask[256], const uint8_t *raw,
                 const struct column_view *time, const struct clip *clip, bool edge);

#endif
