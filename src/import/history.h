/* history.h - what an import found that its journal entry has no room for: reasons of rejects, repairs, whose
 * file it went on with. Kept in a note of the store, which programs that do not know it leave alone. */
#ifndef WM_HISTORY_H
#define WM_HISTORY_H

#include "import/load.h"
#include "store/batch.h"
#include "store/snapshot.h"

struct history {
    struct arena arena;
    uint32_t begun_by; /* as load_report.begun_by */
    struct load_reason *reason, *repair;
    size_t reason_n, repair_n;
};

/* Of the import that `b` is; nothing is written when there is nothing to tell. */
bool history_write(struct batch *b, const struct load_report *r, struct err *err);
/* Of an earlier import, all empty when nothing is known of it. Lines that a newer program wrote are passed
 * over. */
void history_read(const struct snapshot *s, uint32_t import, struct history *out);
void history_done(struct history *h);

#endif
