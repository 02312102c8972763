/* cursor_p.h - what the files of the cursor share. */
#ifndef WM_CURSOR_P_H
#define WM_CURSOR_P_H

#include "analysis/cursor.h"

/* A loaded block's rows that belong to the cursor's users. */
struct clip {
    uint32_t block, row, rows;
};

/* The event column of a clip, a byte per row, and what its bytes mean; `code` only where `keep` says so. */
struct event_bytes {
    const uint8_t *raw;
    uint8_t keep[256];
    uint32_t code[256];
    uint64_t mask[256];
};

/* cursor.c: the column's values in the chosen rows. */
bool cursor_fetch(struct cursor *c, uint16_t column, const struct clip *clip, int64_t *out, struct err *err);

/* early.c: whether all tests of the plan can be made before rows are chosen: no event may be asked about by
 * two selectors. */
bool early_can(const struct cursor_plan *p);
/* Makes them, where the block allows it: then c->tested is set, and events that fail are no hits. */
bool early_test(struct cursor *c, struct event_bytes *e, const struct clip *clip, struct err *err);

/* lone.c: chooses rows like the cursor, but users who did nothing but lead are only counted, or told to the
 * scan's `lead`, and are no longer among the cursor's users; nor are those told to its `pair`, nor those
 * without hits. Times without gaps.
 * edge: the first user's rows began in the block before. */
bool lone_choose(struct cursor *c, const struct event_bytes *e, const struct column_view *time,
                 const struct clip *clip, bool edge, struct err *err);

#endif
