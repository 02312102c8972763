/* session.c - see session.h. */
#include "config.h"
#include "analysis/session.h"

#include "base/date.h"

static int64_t local_day(const struct zone *z, int64_t t)
{
    int64_t local = zone_local(z, t);
    return local / US_PER_DAY - (local % US_PER_DAY < 0);
}

/* Whether event i begins a session for another reason than the pause before it. */
static bool is_cut(const struct session_rule *r, const struct journey *j, size_t i)
{
    if ((r->opens && (j->mask[i] & r->opens)) || (r->closes && (j->mask[i - 1] & r->closes)))
        return true;
    return r->midnight && local_day(r->midnight, j->time[i - 1]) != local_day(r->midnight, j->time[i]);
}

size_t session_end(const struct session_rule *r, const struct journey *j, size_t from)
{
    bool by_pause = !r->opens && !r->closes && !r->midnight;
    size_t to = from + 1;
    while (to < j->n && j->time[to] - j->time[to - 1] <= r->gap && (by_pause || !is_cut(r, j, to)))
        to++;
    return to;
}
