/* session.h - where one user's sessions are cut (semantics.md 1.5): by pauses, at local midnight, and by events that open or
 * close one. */
#ifndef WM_SESSION_H
#define WM_SESSION_H

#include "analysis/scan.h"
#include "base/zone.h"

struct session_rule {
    int64_t gap;                 /* a longer pause begins a new session; INT64_MAX: no pause does */
    const struct zone *midnight; /* a new local day begins one, too; NULL: it does not */
    uint64_t opens, closes;      /* bits of journey masks: such an event begins one, ends one; 0: none */
};

/* The index behind the last event of the session that begins at `from` < j->n. */
size_t session_end(const struct session_rule *r, const struct journey *j, size_t from);

#endif
