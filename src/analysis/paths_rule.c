/* paths_rule.c - how paths were counted, in one sentence. */
#include "config.h"

#include "analysis/paths_p.h"
#include "analysis/rule.h"
#include "base/nls.h"

static void put_sessions(struct buf *b, struct paths_plan *p)
{
    const struct session_rule *s = &p->rule.session;
    if (s->gap == INT64_MAX && session_by_pause(s))
        rule_add(b, _("Paths are whole lives of users"));
    else if (s->gap == INT64_MAX)
        rule_add(b, _("Paths are sessions, which no pause ends"));
    else
        rule_add(b, _("Paths are sessions, ended by a pause of over %s"), rule_duration(p->ask, s->gap, ""));
    session_put_cuts(b, s);
    if (p->by_user)
        rule_add(b, _("only the first path of each customer"));
}

static void put_ends(struct buf *b, struct paths_plan *p)
{
    if (p->text_start && p->text_end) {
        rule_add(b, _("from the first event where %s to the last event where %s behind it"), p->text_start,
                 p->text_end);
        rule_add(b,
                 _("paths of more than %zu steps keep their first %zu and their last %zu, between them "
                   "stands (...)"),
                 p->rule.depth, p->rule.depth / 2, p->rule.depth - p->rule.depth / 2 - 1);
    } else if (p->text_start) {
        rule_add(b, _("from the first event where %s on"), p->text_start);
    } else if (p->text_end) {
        rule_add(b, _("up to the last event where %s, counted backwards from it"), p->text_end);
    } else if (p->text_centre) {
        rule_add(b, _("around the first event where %s, which is step 0"), p->text_centre);
    }
}

static void put_names(struct buf *b, struct paths_plan *p)
{
    if (p->text_hide)
        rule_add(b, _("without events where %s"), p->text_hide);
    for (size_t i = 0; i < p->sets; i++)
        rule_add(b, _("events of %.*s are one node"), (int)p->set[i].name.n, p->set[i].name.p);
    if (p->rule.collapse)
        rule_add(b, _("repeats in a row merged"));
}

static void put_flow(struct buf *b, struct paths_plan *p)
{
    if (!(p->text_start && p->text_end))
        rule_add(b,
                 p->text_centre
                     ? ngettext("%zu step shown on each side", "%zu steps shown on each side", p->rule.depth)
                     : ngettext("%zu step shown", "%zu steps shown", p->rule.depth),
                 p->rule.depth);
    if (p->top > 0)
        rule_add(b,
                 ngettext("the %lld most frequent name of each step, the rest as (other)",
                          "the %lld most frequent names of each step, the rest as (other)",
                          (unsigned long)p->top),
                 (long long)p->top);
    if (p->min > 0)
        rule_add(b, _("links of fewer than %lld paths lead to (other)"), (long long)p->min);
    if (p->times)
        rule_add(b, _("median time from reaching a step to reaching the next"));
    if (p->groups > 1)
        rule_add(b, _("compared with customers where %s by the share of all paths"), p->text_compare);
}

static void put_list(struct buf *b, struct paths_plan *p)
{
    if (p->tree)
        rule_add(b, _("%zu steps shown"), p->rule.depth);
    else
        rule_add(b, _("a path of more than %zu steps ends in (...)"), p->rule.depth);
    if (p->tree && p->top > 0)
        rule_add(b, _("the %lld most frequent beginnings of paths"), (long long)p->top);
    else if (p->top > 0)
        rule_add(b,
                 p->rare ? _("the %lld most unusual paths, the rest as (other)")
                         : _("the %lld most frequent paths, the rest as (other)"),
                 (long long)p->top);
    if (p->text_goal)
        rule_add(b, _("the goal is an event where %s in the session, from the path's first event on"),
                 p->text_goal);
    if (p->rare)
        rule_add(b, _("surprisal is the mean of -log2 of the share of each step among those that leave the "
                      "same event, one half added "
                      "to every count; abnormal: among the highest 1%%, or a robust z over 3.5"));
}

void paths_put_rule(struct paths_plan *p, const struct paths_state *st, struct result *r)
{
    struct buf b = {0};
    put_sessions(&b, p);
    put_ends(&b, p);
    put_names(&b, p);
    if (p->listing)
        put_list(&b, p);
    else
        put_flow(&b, p);
    for (size_t i = 0; i < p->throughs; i++)
        rule_add(&b, _("only paths through %s"), query_nth(p->ask->query, "through", i));
    rule_common(&b, p->ask, _("first event of a path"));
    rule_add(&b, _("%s sessions considered, %s left out as they have no path"),
             rule_count(p->ask, (int64_t)st->sessions),
             rule_count(p->ask, (int64_t)(st->sessions - st->had_path)));
    rule_end(&b, r);
}
