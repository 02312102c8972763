/* session.h - where one user's sessions are cut (semantics.md 1.5): by pauses, at local midnight, and by events that open or
 * close one. The one mechanism of every analysis that looks inside sessions. */
#ifndef WM_SESSION_H
#define WM_SESSION_H

#include "analysis/ask.h"
#include "analysis/scan.h"
#include "base/zone.h"

struct session_rule {
    int64_t gap;                 /* a longer pause begins a new session; INT64_MAX: no pause does */
    const struct zone *midnight; /* a new local day begins one, too; NULL: it does not */
    uint64_t opens, closes;      /* bits of journey masks: such an event begins one, ends one; 0: none */
    const char *text_opens, *text_closes; /* their canonical texts, or NULL */
};

/* Reads --gap, --midnight, --session-start and --session-end. The events of the last two become selectors of
 * the scan (mark.h). */
bool session_read(struct session_rule *r, struct ask *a, struct scan *scan, struct select *mark, struct err *err);
/* Adds what cuts sessions besides pauses to a rule in words. */
void session_put_cuts(struct buf *b, const struct session_rule *r);

static inline bool session_by_pause(const struct session_rule *r)
{
    return !r->opens && !r->closes && !r->midnight;
}
/* Whether event i > 0 of a user begins a session for another reason than the pause before it. */
bool session_is_cut(const struct session_rule *r, const int64_t *time, const uint64_t *mask, size_t i);
/* Whether event i of the journey begins a session. */
static inline bool session_begins(const struct session_rule *r, const struct journey *j, size_t i)
{
    return i == 0 || j->time[i] - j->time[i - 1] > r->gap ||
           (!session_by_pause(r) && session_is_cut(r, j->time, j->mask, i));
}
/* The index behind the last event of the session that begins at `from` < j->n. */
size_t session_end(const struct session_rule *r, const struct journey *j, size_t from);

#endif
