/* rule.c - puts the rule of a result into words (semantics.md 1.9). */
#include "config.h"
#include "analysis/rule.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"

void rule_add(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap); /* conditions have any length */
    va_end(ap);
    if (n <= 0)
        return;
    buf_puts(b, b->n ? "; " : "");
    buf_reserve(b, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
}

const char *rule_duration(struct ask *a, int64_t us, const char *none)
{
    if (us == INT64_MAX)
        return none;
    struct buf b = {0};
    duration_put(&b, us);
    const char *text = arena_str(&a->arena, buf_view(&b)).p;
    buf_done(&b);
    return text;
}

const char *rule_count(struct ask *a, int64_t n)
{
    struct buf b = {0};
    num_put_thousands(&b, n);
    const char *text = arena_str(&a->arena, buf_view(&b)).p;
    buf_done(&b);
    return text;
}

void rule_joined(struct buf *b, struct ask *a)
{
    uint32_t others = a->users - a->customers;
    if (others)
        rule_add(b,
                 others == 1 ? _("%s other id joined to its customer")
                             : _("%s other ids joined to their customers"),
                 rule_count(a, others));
}

void rule_segment(struct buf *b, const struct ask *a)
{
    if (a->segment)
        rule_add(b, _("only customers where %s"), query_get(a->query, "segment"));
}

void rule_filters(struct buf *b, struct ask *a)
{
    rule_add(b, _("days in %s"), zone_name(a->zone));
    rule_segment(b, a);
    if (a->where)
        rule_add(b, _("only events where %s"), query_get(a->query, "where"));
    rule_joined(b, a);
}

void rule_common(struct buf *b, struct ask *a, const char *what)
{
    const char *from = query_get(a->query, "from"), *to = query_get(a->query, "to");
    if (from && to)
        rule_add(b, _("%s from %s to %s"), what, from, to);
    else if (from)
        rule_add(b, _("%s from %s on"), what, from);
    else if (to)
        rule_add(b, _("%s up to %s"), what, to);
    else
        rule_add(b, _("whole store"));
    rule_filters(b, a);
}

void rule_end(struct buf *b, struct result *r)
{
    buf_puts(b, _("."));
    r->rule = arena_str(&r->arena, buf_view(b)).p;
    buf_done(b);
}
