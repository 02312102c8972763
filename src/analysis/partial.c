/* partial.c - see partial.h. */
#include "config.h"
#include "analysis/partial.h"

#include "analysis/rule.h"
#include "base/nls.h"

struct span {
    int64_t from, to; /* both within */
};

/* What the data and the period cover between them. */
static struct span covered(const struct ask *a)
{
    struct span s = {a->from, a->to};
    if (a->has_events) {
        int64_t next, first = zone_bucket(a->zone, UNIT_DAY, a->first, &next);
        zone_bucket(a->zone, UNIT_DAY, a->last, &next);
        s.from = first > s.from ? first : s.from;
        s.to = next - 1 < s.to ? next - 1 : s.to;
    }
    return s;
}

static bool is_covered(const struct ask *a, enum bucket_unit unit, struct span s, int64_t start)
{
    int64_t next;
    zone_bucket(a->zone, unit, start, &next);
    return start >= s.from && next - 1 <= s.to;
}

void partial_put(const struct ask *a, enum bucket_unit unit, const int64_t *start, size_t n, struct result *r)
{
    struct span s = covered(a);
    size_t whole = 0, found = 0;
    for (size_t i = 0; i < n; i++)
        whole += is_covered(a, unit, s, start[i]);
    if (whole == n)
        return;
    struct value *list = arena_array(&r->arena, struct value, n - whole);
    for (size_t i = 0; i < n; i++)
        if (!is_covered(a, unit, s, start[i]))
            list[found++] = value_time(start[i]);
    object_add(&r->arena, &r->summary, "partial", value_list(list, found));
}

/* "2026-09-28", and of an hour "2026-09-28 13:00". */
static void put_start(struct buf *b, const struct ask *a, int64_t start)
{
    size_t at = b->n;
    zone_put_local(a->zone, b, start);
    b->n = at + (memcmp(b->p + at + 10, " 00:00", 6) == 0 ? 10 : 16);
    b->p[b->n] = '\0';
}

void partial_rule(struct buf *b, const struct ask *a, const struct result *r)
{
    enum { NAMED = 3 };
    const struct value *v = object_get(&r->summary, "partial");
    if (!v)
        return;
    struct buf when = {0};
    for (size_t i = 0; i < v->list.n && i < NAMED; i++) {
        buf_puts(&when, i ? ", " : "");
        put_start(&when, a, v->list.at[i].i);
    }
    buf_puts(&when, v->list.n > NAMED ? ", ..." : "");
    rule_add(b, _("the data or the period do not wholly cover what begins on %s"), when.p);
    buf_done(&when);
}
