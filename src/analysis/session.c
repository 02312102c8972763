/* session.c - see session.h. */
#include "config.h"
#include "analysis/session.h"

#include "analysis/mark.h"
#include "analysis/rule.h"
#include "base/date.h"
#include "base/nls.h"

bool session_read(struct session_rule *r, struct ask *a, struct scan *scan, struct select *mark,
                  struct err *err)
{
    r->midnight = ask_flag(a, "midnight") ? a->zone : NULL;
    return ask_duration(a, "gap", &r->gap, err) &&
           mark_read(a, scan, mark, "session-start", &r->text_opens, &r->opens, err) &&
           mark_read(a, scan, mark, "session-end", &r->text_closes, &r->closes, err);
}

void session_put_cuts(struct buf *b, const struct session_rule *r)
{
    if (r->midnight)
        rule_add(b, _("at local midnight a new session begins"));
    if (r->opens)
        rule_add(b, _("an event where %s begins a new session"), r->text_opens);
    if (r->closes)
        rule_add(b, _("an event where %s ends its session"), r->text_closes);
}

static int64_t local_day(const struct zone *z, int64_t t)
{
    int64_t local = zone_local(z, t);
    return local / US_PER_DAY - (local % US_PER_DAY < 0);
}

bool session_is_cut(const struct session_rule *r, const int64_t *time, const uint64_t *mask, size_t i)
{
    if ((r->opens && (mask[i] & r->opens)) || (r->closes && (mask[i - 1] & r->closes)))
        return true;
    return r->midnight && local_day(r->midnight, time[i - 1]) != local_day(r->midnight, time[i]);
}

size_t session_end(const struct session_rule *r, const struct journey *j, size_t from)
{
    bool by_pause = session_by_pause(r);
    size_t to = from + 1;
    while (to < j->n && j->time[to] - j->time[to - 1] <= r->gap &&
           (by_pause || !session_is_cut(r, j->time, j->mask, to)))
        to++;
    return to;
}
