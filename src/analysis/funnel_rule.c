/* funnel_rule.c - how a funnel was counted, in one sentence (semantics.md 1.9). */
#include "config.h"

#include "analysis/funnel_p.h"
#include "analysis/partial.h"
#include "analysis/rule.h"
#include "base/nls.h"

static void put_subject(struct buf *b, const struct funnel_plan *p)
{
    const struct match_rule *r = &p->counting[0].rule;
    struct ask *a = p->ask;
    const char *unit = p->unit == FUNNEL_SESSION    ? _("Sessions")
                       : p->unit == FUNNEL_PROPERTY ? _("Units")
                                                    : _("Users");
    const char *order = r->order == MATCH_STRICT ? _("in order with no other event between")
                        : r->order == MATCH_FREE ? _("in any order")
                                                 : _("in order");
    if (r->chain.endless)
        rule_add(b,
                 ngettext("%s through %zu step %s, without a time limit",
                          "%s through %zu steps %s, without a time limit", p->steps),
                 unit, p->steps, order);
    else if (r->chain.same_day)
        rule_add(b,
                 ngettext("%s through %zu step %s, all on the local day of the first",
                          "%s through %zu steps %s, all on the local day of the first", p->steps),
                 unit, p->steps, order);
    else if (r->same_session)
        rule_add(b,
                 ngettext("%s through %zu step %s, all in the session of the first",
                          "%s through %zu steps %s, all in the session of the first", p->steps),
                 unit, p->steps, order);
    else
        rule_add(b,
                 ngettext("%s through %zu step %s within %s of the first",
                          "%s through %zu steps %s within %s of the first", p->steps),
                 unit, p->steps, order, rule_duration(a, r->chain.window, ""));
    if (r->same_session || p->unit == FUNNEL_SESSION)
        rule_add(b, _("a pause longer than %s begins a new session"),
                 rule_duration(a, r->session_gap, _("any")));
    if (p->unit == FUNNEL_PROPERTY)
        rule_add(b, _("a unit is a customer's events with one value of %s; events without it count nowhere"),
                 ask_text(a, "unit"));
}

static void put_chain(struct buf *b, const struct funnel_plan *p)
{
    const struct funnel_counting *c = &p->counting[0];
    if (c->dialect) {
        rule_add(b, "%s", _(c->dialect->sentence));
        return;
    }
    if (p->split == SPLIT_RULE)
        rule_add(
            b,
            _("every rule side by side, as each system counts it; counted otherwise: customers who come to "
              "another step than by best"));
    if (c->rule.begin == MATCH_FIRST)
        rule_add(b, _("the clock starts at the first event of the first step; then the deepest chain counts, "
                      "then the "
                      "earliest completed"));
    else if (c->rule.begin == MATCH_LATEST)
        rule_add(
            b,
            _("the clock starts at the last event of the first step; then the deepest chain counts, then the "
              "earliest completed"));
    else
        rule_add(
            b,
            _("of a user's chains the deepest counts, then the earliest completed, then the latest begun"));
    rule_add(b, _("one event fills one step"));
    rule_add(b, "%s",
             c->rule.ties == MATCH_ANY     ? _("events of one time in any order")
             : c->rule.ties == MATCH_LATER ? _("each step strictly later than the one before")
                                           : _("equal times in order of arrival"));
}

static void put_limits(struct buf *b, const struct funnel_plan *p)
{
    const struct match_rule *r = &p->counting[0].rule;
    const struct query *q = p->ask->query;
    for (size_t k = 1; k < p->steps; k++) {
        if (r->least[k])
            rule_add(b, _("step %zu at least %s after the step before"), k + 1,
                     rule_duration(p->ask, r->least[k], ""));
        if (r->most[k] < CHAIN_ENDLESS)
            rule_add(b, _("step %zu at most %s after the step before"), k + 1,
                     rule_duration(p->ask, r->most[k], ""));
        if (r->optional >> k & 1)
            rule_add(b, _("step %zu may be left out"), k + 1);
    }
    for (size_t x = 0; x < r->exclusions; x++)
        rule_add(b, _("an event %s between steps %zu and %zu breaks a chain"), p->excluded[x],
                 r->exclusion[x].from, r->exclusion[x].to);
    if (p->drop)
        rule_add(b, _("users whose best chain was broken are left out"));
    for (size_t i = 0; i < p->holds; i++)
        rule_add(b, _("all steps with the same %s; events without it fill none"), query_nth(q, "hold", i));
}

static void put_split(struct buf *b, const struct funnel_plan *p)
{
    static const char *const trend[] = {
        [UNIT_DAY] =
            N_("each day is counted as a period of its own, so that a customer may stand in several"),
        [UNIT_WEEK] =
            N_("each week is counted as a period of its own, so that a customer may stand in several"),
        [UNIT_MONTH] =
            N_("each month is counted as a period of its own, so that a customer may stand in several"),
    };
    const struct ask *a = p->ask;
    if (p->grouped && p->by.of_user)
        rule_add(b, _("by %s, missing values as (none)"), ask_text(a, "by"));
    else if (p->grouped && p->attribute == ATTRIBUTE_STEP)
        rule_add(b, _("by %s of step %zu, missing values and who did not come there as (none)"),
                 ask_text(a, "by"), p->attribute_step + 1);
    else if (p->grouped)
        rule_add(b,
                 p->attribute == ATTRIBUTE_LAST
                     ? _("by %s of the last step reached, missing values as (none)")
                     : _("by %s of the first step, missing values as (none)"),
                 ask_text(a, "by"));
    if (p->split == SPLIT_COMPARE)
        rule_add(b, "%s",
                 /* xgettext:no-c-format */
                 _("difference: share of those who began, second group minus first, with its 95 % interval "
                   "(Newcombe, Wilson); customers of both groups count in both"));
    if (p->split == SPLIT_TREND)
        rule_add(b, "%s", _(trend[p->trend]));
    if (p->times)
        rule_add(b, _("times from the step before; quantiles between two values by straight line (type 7)"));
    if (p->next)
        rule_add(b,
                 _("next: the first event after the chain of those lost after step %zu, while its window "
                   "holds; last: "
                   "their last event"),
                 p->next);
}

static void put_open(struct buf *b, const struct funnel_plan *p)
{
    const struct match_rule *r = &p->counting[0].rule;
    if (p->counting[0].dialect && p->counting[0].dialect != &dialect_posthog) {
        rule_add(b, _("open: nobody, as that system does not know them"));
        return;
    }
    rule_add(b, _("lost: reached the step, not the next, and no time is left"));
    rule_add(b,
             r->chain.endless
                 ? _("open: nobody, as there is no window")
                 : _("open: the same, but the window of a first step is not over at the store's last event"));
}

void funnel_rule(struct funnel_plan *p, const struct funnel_state *st, struct result *r)
{
    struct ask *a = p->ask;
    struct buf b = {0};
    put_subject(&b, p);
    put_chain(&b, p);
    put_limits(&b, p);
    put_split(&b, p);
    partial_rule(&b, a, r);
    rule_common(&b, a, _("first step"));
    put_open(&b, p);
    if (p->split == SPLIT_NONE && p->unit == FUNNEL_USER && !p->next && !p->explain)
        rule_add(&b, _("%s users considered, %s left out as they never did the first step"),
                 rule_count(a, st->considered), rule_count(a, st->considered - st->began));
    rule_end(&b, r);
}
