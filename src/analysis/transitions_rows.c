/* transitions_rows.c - what `transitions` answers: a row for each pair of names, and the rule. */
#include "config.h"

#include <stdlib.h>

#include "analysis/rule.h"
#include "analysis/transitions_p.h"
#include "base/date.h"
#include "base/nls.h"
#include "model/node_name.h"

static const struct column_info columns[] = {
    {"from", N_("From"), VALUE_TEXT},    {"to", N_("To"), VALUE_TEXT},
    {"count", N_("Steps"), VALUE_INT},   {"users", N_("Customers"), VALUE_INT},
    {"share", N_("Share"), VALUE_RATIO}, {"median_s", N_("Median pause"), VALUE_SECONDS},
};

static struct str event_of(const struct transitions *p, uint64_t name)
{
    if (p->folded && name + 1 == p->rule.names)
        return STR("(other)");
    struct str event = ask_event(p->ask, p->code ? p->code[name] : (uint32_t)name);
    return node_name_of(event, NULL, 0, &p->ask->arena);
}

static struct value name_value(const struct transitions *p, struct result *r, struct str name)
{
    return node_name_looks_special(name, NULL, 0) ? ask_group_value(&r->arena, name)
                                                  : ask_event_value(p->ask, &r->arena, name);
}

struct line {
    const struct pair *pair;
    struct str from, to;
};

static int line_cmp(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (x->pair->count != y->pair->count)
        return x->pair->count < y->pair->count ? 1 : -1;
    int c = str_cmp(x->from, y->from);
    return c ? c : str_cmp(x->to, y->to);
}

static void put_rows(struct transitions *p, struct result *r)
{
    struct line *line = arena_array(&p->ask->arena, struct line, p->pairs + 1);
    uint64_t *leaving = arena_array(&p->ask->arena, uint64_t, (size_t)p->rule.names + 1);
    for (size_t i = 0; i < p->pairs; i++) {
        uint64_t key = p->pair[i].key;
        line[i] =
            (struct line){&p->pair[i], event_of(p, key / p->rule.names), event_of(p, key % p->rule.names)};
        leaving[key / p->rule.names] += p->pair[i].count;
    }
    if (p->pairs)
        qsort(line, p->pairs, sizeof(*line), line_cmp);
    for (size_t i = 0; i < p->pairs; i++) {
        const struct pair *x = line[i].pair;
        struct buf b = {0};
        node_name_put_link(&b, line[i].from, line[i].to);
        const char *who = arena_str(&r->arena, buf_view(&b)).p;
        buf_done(&b);
        struct value *v = result_row(r);
        v[0] = name_value(p, r, line[i].from);
        v[1] = name_value(p, r, line[i].to);
        v[2] = value_who(value_int((int64_t)x->count), who);
        v[3] = value_who(value_int((int64_t)x->users), who);
        v[4] = value_ratio((int64_t)x->count, (int64_t)leaving[x->key / p->rule.names]);
        v[5] = value_seconds(x->median / (double)US_PER_S);
    }
}

static void put_rule(struct transitions *p, struct result *r)
{
    struct buf b = {0};
    if (p->rule.session.gap == INT64_MAX)
        rule_add(&b, _("Direct steps from each event of a user to the next"));
    else
        rule_add(&b, _("Direct steps from each event of a user to the next, unless the pause exceeds %s"),
                 rule_duration(p->ask, p->rule.session.gap, ""));
    session_put_cuts(&b, &p->rule.session);
    rule_add(&b, _("equal times in order of arrival"));
    rule_add(&b, _("share is of all steps that leave the same event"));
    if (p->folded)
        rule_add(&b,
                 ngettext("the %lld busiest name, the rest as (other)",
                          "the %lld busiest names, the rest as (other)", (unsigned long)p->ask->top),
                 (long long)p->ask->top);
    rule_common(&b, p->ask, _("first event of a step"));
    rule_end(&b, r);
}

void transitions_put(struct transitions *p, struct result *r)
{
    uint64_t steps = 0;
    result_columns(r, columns, sizeof(columns) / sizeof(columns[0]));
    put_rows(p, r);
    for (size_t i = 0; i < p->pairs; i++)
        steps += p->pair[i].count;
    object_add(&r->arena, &r->summary, "steps", value_int((int64_t)steps));
    object_add(&r->arena, &r->summary, "pairs", value_int((int64_t)p->pairs));
    put_rule(p, r);
}
