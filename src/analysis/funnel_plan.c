/* funnel_plan.c - the options of a funnel, each read once, and what does not go together said in words. */
#include "config.h"

#include <stdlib.h>

#include "analysis/funnel_p.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"

static const char *const rule_names[] = {"best", "first", "latest"};

/* ---- helpers */

static bool is(const struct ask *a, const char *name, const char *word)
{
    const char *v = ask_text(a, name);
    return v && strcmp(v, word) == 0;
}

/* The number of a step as text, 1 … steps. */
static bool read_step(const struct funnel_plan *p, const char *option, const char *text, struct str s,
                      uint32_t least, uint32_t *step, struct err *err)
{
    int64_t k = 0;
    if (!s.p || !num_i64(s, &k) || k < least || k > (int64_t)p->steps)
        return err_set(err, ERR_USAGE, _("--%s %s: steps are numbered from %u to %zu"), option, text, least,
                       p->steps);
    *step = (uint32_t)k;
    return true;
}

/* A property of events as one of the scan's columns. */
static bool want(struct funnel_plan *p, const char *option, const char *name, bool number, int *place,
                 struct err *err)
{
    const struct expr_vocabulary *v = schema_vocabulary(p->ask->schema);
    struct expr_field f;
    if (!v->field(v->arg, str_of(name), false, &f) || (number && f.type != EXPR_NUMBER))
        return err_set(err, ERR_USAGE, _("--%s %s: events have no such property%s; there are: %s"), option,
                       name, number ? _(" that is a number") : "",
                       ask_properties(p->ask, str_of(name), number));
    for (size_t i = 0; i < p->columns; i++)
        if (p->column[i] == (uint16_t)f.id) {
            *place = (int)i;
            return true;
        }
    *place = (int)p->columns;
    p->column[p->columns++] = (uint16_t)f.id;
    return true;
}

/* ---- how a chain is made */

static bool read_window(struct funnel_plan *p, struct match_rule *r, struct err *err)
{
    const struct ask *a = p->ask;
    r->chain = (struct chain_rule){.steps = p->steps,
                                   .window = CHAIN_ENDLESS,
                                   .from = a->from,
                                   .to = a->to,
                                   .last = a->last,
                                   .zone = a->zone};
    r->chain.same_day = is(a, "window", "same-day");
    r->same_session = is(a, "window", "same-session");
    r->chain.endless = is(a, "window", "none");
    if (!ask_duration(a, "gap", &r->session_gap, err))
        return false;
    if (r->chain.same_day || r->same_session || r->chain.endless)
        return true;
    if (!ask_duration(a, "window", &r->chain.window, err))
        return false;
    r->chain.window = r->chain.window < CHAIN_ENDLESS ? r->chain.window : CHAIN_ENDLESS;
    return true;
}

/* "3=10m". */
static bool read_limit(const struct funnel_plan *p, const char *option, const char *text, int64_t *limit,
                       struct err *err)
{
    struct str rest = str_of(text), number = str_cut(&rest, '=');
    uint32_t step;
    int64_t us;
    if (!rest.p)
        return err_set(err, ERR_USAGE, _("--%s %s: write a step and a duration, such as 2=10m"), option,
                       text);
    if (!read_step(p, option, text, number, 2, &step, err))
        return false;
    if (!duration_parse(rest, &us, err))
        return err_prefix(err, "--%s %s", option, text);
    if (us < 0)
        return err_set(err, ERR_USAGE, _("--%s %s: a duration cannot be negative"), option, text);
    limit[step - 1] = us < CHAIN_ENDLESS ? us : CHAIN_ENDLESS;
    return true;
}

static bool read_limits(struct funnel_plan *p, struct match_rule *r, struct err *err)
{
    const struct query *q = p->ask->query;
    for (size_t k = 0; k < SCAN_SELECTORS; k++)
        r->most[k] = CHAIN_ENDLESS;
    for (size_t i = 0; i < query_count(q, "step-window"); i++)
        if (!read_limit(p, "step-window", query_nth(q, "step-window", i), r->most, err))
            return false;
    for (size_t i = 0; i < query_count(q, "step-gap"); i++)
        if (!read_limit(p, "step-gap", query_nth(q, "step-gap", i), r->least, err))
            return false;
    for (size_t k = 0; k < p->steps; k++)
        if (r->least[k] > r->most[k])
            return err_set(err, ERR_USAGE,
                           _("step %zu: --step-gap is longer than --step-window, so nobody can do it"),
                           k + 1);
    return true;
}

static bool read_optional(struct funnel_plan *p, struct match_rule *r, struct err *err)
{
    const struct query *q = p->ask->query;
    for (size_t i = 0; i < query_count(q, "optional"); i++) {
        const char *text = query_nth(q, "optional", i);
        uint32_t step;
        if (!read_step(p, "optional", text, str_of(text), 2, &step, err))
            return false;
        r->optional |= UINT64_C(1) << (step - 1);
    }
    return true;
}

static bool read_order(struct funnel_plan *p, struct match_rule *r, struct err *err)
{
    const struct ask *a = p->ask;
    r->order = is(a, "order", "strict") ? MATCH_STRICT : is(a, "order", "any") ? MATCH_FREE : MATCH_ORDERED;
    r->ties = is(a, "ties", "any") ? MATCH_ANY : is(a, "ties", "strict") ? MATCH_LATER : MATCH_ARRIVAL;
    if (r->order != MATCH_FREE)
        return true;
    if (r->ties == MATCH_LATER)
        return err_set(
            err, ERR_USAGE,
            _("--ties strict: with --order any no step comes before another; leave out one of them"));
    if (r->optional || query_count(a->query, "step-window") || query_count(a->query, "step-gap"))
        return err_set(
            err, ERR_USAGE,
            _("--optional, --step-window and --step-gap speak of the step before, and with --order "
              "any there is none; leave out one of them"));
    return true;
}

/* ---- exclusions */

/* "COND between 2 and 4" -> the condition; without `between` it holds for the whole chain. */
static bool read_span(const struct funnel_plan *p, const char *text, struct str *cond,
                      struct match_exclusion *x, struct err *err)
{
    static const char word[] = " between ", and[] = " and ";
    const char *at = NULL, *second;
    uint32_t from, to;
    for (const char *s = strstr(text, word); s; s = strstr(s + 1, word))
        at = s;
    *cond = str_of(text);
    x->from = 1;
    x->to = p->steps;
    second = at ? strstr(at + strlen(word), and) : NULL;
    if (!second || strspn(at + strlen(word), "0123456789") != (size_t)(second - at) - strlen(word))
        return true;
    *cond = (struct str){text, (size_t)(at - text)};
    struct str first = {at + strlen(word), (size_t)(second - at) - strlen(word)};
    if (!read_step(p, "exclude", text, first, 1, &from, err) ||
        !read_step(p, "exclude", text, str_of(second + strlen(and)), 2, &to, err))
        return false;
    x->from = from;
    x->to = to;
    return from < to ||
           err_set(err, ERR_USAGE, _("--exclude %s: the second step must come after the first"), text);
}

static bool read_exclusions(struct funnel_plan *p, struct match_rule *r, struct select *s, struct err *err)
{
    struct ask *a = p->ask;
    size_t n = query_count(a->query, "exclude");
    if (n > MATCH_EXCLUSIONS || n + p->steps >= SCAN_SELECTORS)
        return err_set(err, ERR_USAGE, _("--exclude: at most %d of them, and %d with all steps together"),
                       (int)MATCH_EXCLUSIONS, SCAN_SELECTORS - 1);
    for (size_t i = 0; i < n; i++) {
        struct match_exclusion *x = &r->exclusion[i];
        struct str cond;
        if (!read_span(p, query_nth(a->query, "exclude", i), &cond, x, err))
            return false;
        const struct expr *e = ask_condition(a, "exclude", arena_str(&a->arena, cond).p, err);
        if (!e || !ask_select(a, e, true, &s[p->steps + i], err))
            return false;
        x->bit = p->steps + i;
        p->excluded[i] = ask_print(a, e);
        if (r->order == MATCH_FREE && (x->from != 1 || x->to != p->steps))
            return err_set(err, ERR_USAGE,
                           _("--exclude: with --order any steps have no neighbours; leave out `between`"));
    }
    r->exclusions = n;
    p->unbroken = *r;
    p->unbroken.exclusions = 0;
    p->drop = is(a, "exclude-effect", "drop");
    return true;
}

/* ---- rules */

static bool add_dialect(struct funnel_plan *p, const struct match_rule *r, const char *name, struct err *err)
{
    struct funnel_counting *c = &p->counting[p->countings++];
    *c = (struct funnel_counting){.name = name, .rule = *r};
    c->dialect = dialect_named(name, &c->modes, err);
    return c->dialect != NULL;
}

static void add_own(struct funnel_plan *p, const struct match_rule *r, size_t begin)
{
    struct funnel_counting *c = &p->counting[p->countings++];
    *c = (struct funnel_counting){.name = rule_names[begin], .rule = *r};
    c->rule.begin = (enum match_begin)begin;
}

/* What a rule of another system cannot be asked for. */
static bool check_dialect(const struct funnel_plan *p, const char *rule, const struct match_rule *r,
                          bool excludes, bool optional, bool strict, struct err *err)
{
    const struct ask *a = p->ask;
    const char *option = r->chain.same_day || r->same_session   ? "window"
                         : r->exclusions && !excludes           ? "exclude"
                         : p->drop                              ? "exclude-effect"
                         : r->optional && !optional             ? "optional"
                         : r->order != MATCH_ORDERED && !strict ? "order"
                         : r->ties != MATCH_ARRIVAL             ? "ties"
                         : query_count(a->query, "step-window") ? "step-window"
                         : query_count(a->query, "step-gap")    ? "step-gap"
                                                                : NULL;
    return !option || err_set(err, ERR_USAGE, _("--rule %s does not know --%s %s; leave one of them out"),
                              rule, option, ask_text(a, option) ? ask_text(a, option) : "");
}

static bool read_all_rules(struct funnel_plan *p, const struct match_rule *r, struct err *err)
{
    size_t n;
    const struct dialect *const *all = dialect_all(&n);
    if (!check_dialect(p, "all", r, false, false, false, err))
        return false;
    for (size_t b = 0; b < 3; b++)
        add_own(p, r, b);
    for (size_t i = 0; i < n; i++)
        if (!add_dialect(p, r, all[i]->name, err))
            return false;
    p->split = SPLIT_RULE;
    return true;
}

static bool read_rules(struct funnel_plan *p, const struct match_rule *r, struct err *err)
{
    const char *rule = ask_text(p->ask, "rule");
    if (strcmp(rule, "all") == 0)
        return read_all_rules(p, r, err);
    for (size_t b = 0; b < 3; b++)
        if (strcmp(rule, rule_names[b]) == 0) {
            add_own(p, r, b);
            if (b && r->order == MATCH_FREE)
                return err_set(err, ERR_USAGE, _("--rule %s: needs a first step; leave out --order any"),
                               rule);
            p->unbroken.begin = (enum match_begin)b;
            return true;
        }
    if (!add_dialect(p, r, rule, err))
        return false;
    const struct dialect *d = p->counting[0].dialect;
    return check_dialect(p, rule, r, d->excludes, d->optional, d->strict, err);
}

/* ---- units, held values, groups */

static bool read_unit(struct funnel_plan *p, struct err *err)
{
    const struct query *q = p->ask->query;
    const char *unit = ask_text(p->ask, "unit");
    p->unit = strcmp(unit, "user") == 0      ? FUNNEL_USER
              : strcmp(unit, "session") == 0 ? FUNNEL_SESSION
                                             : FUNNEL_PROPERTY;
    if (p->unit == FUNNEL_PROPERTY && !want(p, "unit", unit, false, &p->unit_column, err))
        return false;
    if (query_count(q, "hold") > FUNNEL_HOLDS)
        return err_set(err, ERR_USAGE, _("--hold: at most %d properties"), (int)FUNNEL_HOLDS);
    for (size_t i = 0; i < query_count(q, "hold"); i++)
        if (!want(p, "hold", query_nth(q, "hold", i), false, &p->hold[p->holds++], err))
            return false;
    p->sum = ask_text(p->ask, "sum");
    return !p->sum || want(p, "sum", p->sum, true, &p->sum_column, err);
}

static bool read_by(struct funnel_plan *p, struct err *err)
{
    const struct ask *a = p->ask;
    const char *by = ask_text(a, "by"), *attribute = ask_text(a, "attribute");
    p->attribute = strcmp(attribute, "first") == 0  ? ATTRIBUTE_FIRST
                   : strcmp(attribute, "last") == 0 ? ATTRIBUTE_LAST
                                                    : ATTRIBUTE_STEP;
    if (p->attribute == ATTRIBUTE_STEP) {
        struct str rest = str_of(attribute);
        uint32_t step;
        if (strncmp(attribute, "step", 4) != 0)
            return err_set(err, ERR_USAGE, _("--attribute %s: write first, last, or a step such as step 2"),
                           attribute);
        rest = str_trim((struct str){rest.p + 4, rest.n - 4});
        if (!read_step(p, "attribute", attribute, rest, 1, &step, err))
            return false;
        p->attribute_step = step - 1;
    }
    if (!by)
        return true;
    p->split = SPLIT_BY;
    p->grouped = true;
    if (!breakdown_init(&p->by, p->ask, by, err))
        return false;
    return p->by.of_user || p->by.by_event || want(p, "by", by, false, &p->by_column, err);
}

/* The scan then sees the customers of both sets. */
static bool read_compare(struct funnel_plan *p, struct scan *scan, struct err *err)
{
    struct ask *a = p->ask;
    const char *text = ask_text(a, "compare");
    if (!text)
        return true;
    const struct expr *e = ask_segment_condition(a, "compare", text, err);
    p->compared_set = e ? audience_find(a->audience, e, err) : NULL;
    if (!p->compared_set)
        return false;
    p->split = SPLIT_COMPARE;
    p->compare_text = ask_print(a, e);
    p->compared = userset_words(p->compared_set, a->users);
    if (!a->member)
        return true;
    size_t words = a->users / 64 + 1;
    uint64_t *both = arena_array(&a->arena, uint64_t, words);
    for (size_t w = 0; w < words; w++)
        both[w] = a->member[w] | p->compared[w];
    scan->member = both;
    return true;
}

static bool read_trend(struct funnel_plan *p)
{
    static const char *const unit[] = {[UNIT_DAY] = "day", [UNIT_WEEK] = "week", [UNIT_MONTH] = "month"};
    if (!ask_text(p->ask, "trend"))
        return true;
    p->split = SPLIT_TREND;
    for (int u = UNIT_DAY; u <= UNIT_MONTH; u++)
        if (is(p->ask, "trend", unit[u]))
            p->trend = (enum bucket_unit)u;
    return true;
}

/* One thing at a time; a trend, and what the lost did next, may be broken down. */
static bool check_split(const struct funnel_plan *p, struct err *err)
{
    static const char *const option[] = {"trend", "next", "by", "compare", "explain"};
    const struct ask *a = p->ask;
    const char *given = is(a, "rule", "all") ? "rule all" : NULL;
    for (size_t i = 0; i < sizeof(option) / sizeof(*option); i++) {
        bool goes_with = strcmp(option[i], "by") == 0 && given && strcmp(given, "rule all") != 0;
        if (!ask_text(a, option[i]) || goes_with)
            continue;
        if (given)
            return err_set(err, ERR_USAGE, _("--%s and --%s: only one of them at a time"), given, option[i]);
        given = option[i];
    }
    if (ask_text(a, "trend") && p->counting[0].dialect)
        return err_set(err, ERR_USAGE, _("--trend: only with the rules best, first and latest"));
    return true;
}

/* ---- who */

static bool read_differ(struct funnel_plan *p, struct str name, struct err *err)
{
    for (size_t c = 0; c < p->countings; c++)
        if (str_eq(name, str_of(p->counting[c].name))) {
            p->who_counting = c;
            return true;
        }
    return err_set(err, ERR_USAGE, _("--users %s: write differ: and a rule, together with --rule all"),
                   p->ask->who);
}

static bool read_who(struct funnel_plan *p, struct err *err)
{
    static const char *const kind[] = {
        [WHO_REACHED] = "reached",   [WHO_LOST] = "lost", [WHO_OPEN] = "open", [WHO_DIFFER] = "differ",
        [WHO_EXCLUDED] = "excluded", [WHO_NEXT] = "next", [WHO_LAST] = "last"};
    if (!p->ask->who)
        return true;
    struct str rest = str_of(p->ask->who), word = str_cut(&rest, ':'), number = rest;
    int64_t k = 0;
    for (int i = WHO_REACHED; i <= WHO_LAST; i++)
        if (str_eq(word, str_of(kind[i])))
            p->who = (enum funnel_who)i;
    if (p->who == WHO_DIFFER)
        return read_differ(p, rest, err);
    if (p->who == WHO_EXCLUDED && !rest.p)
        return true;
    if (rest.p)
        number = str_cut(&rest, ' ');
    p->who_group = rest;
    bool of_group = rest.p && p->who != WHO_NEXT && p->who != WHO_LAST;
    if (!p->who || p->who == WHO_EXCLUDED || !number.p || !num_i64(number, &k) || k < 1 ||
        k > (int64_t)p->steps || (of_group && p->split == SPLIT_NONE))
        return err_set(
            err, ERR_USAGE,
            _("--users %s: write reached:K, lost:K or open:K with a step K from 1 to %zu, after it a group "
              "of --by, --compare or --trend; next:K EVENT, with --by next:K GROUP > EVENT; differ:RULE; or "
              "excluded"),
            p->ask->who, p->steps);
    p->who_step = (uint32_t)k;
    return true;
}

static bool read_rest(struct funnel_plan *p, struct err *err)
{
    const struct ask *a = p->ask;
    int64_t next = 0;
    p->detail = ask_flag(a, "detail");
    p->times = ask_flag(a, "times");
    if (ask_text(a, "next") && !ask_number(a, "next", 1, (int64_t)p->steps, &next, err))
        return false;
    p->next = (size_t)next;
    const char *id = ask_text(a, "explain");
    p->explain = id != NULL;
    if (!id)
        return true;
    const struct links *links;
    if (!dict_find(a->snapshot, COL_USER, str_of(id), &p->explained, err) ||
        !snapshot_links(a->snapshot, &links, err))
        return false;
    if (p->explained == UINT32_MAX)
        return err_set(err, ERR_ABSENT, _("--explain %s: the store knows no such customer"), id);
    p->explained = links_customer(links, p->explained); /* any of his ids will do */
    return true;
}

/* ---- the scan */

static bool needs_everything(const struct funnel_plan *p)
{
    const struct match_rule *r = &p->counting[0].rule;
    bool all = r->order == MATCH_STRICT || r->same_session || p->unit == FUNNEL_SESSION || p->next ||
               p->who == WHO_NEXT || p->who == WHO_LAST || p->explain;
    for (size_t c = 0; c < p->countings; c++)
        all |= p->counting[c].dialect && (p->counting[c].modes & p->counting[c].dialect->rows);
    return all;
}

/* Steps in order, a window, and nothing else. */
static bool is_simple(const struct funnel_plan *p)
{
    const struct match_rule *r = &p->counting[0].rule;
    return p->countings == 1 && r->order == MATCH_ORDERED && r->ties == MATCH_ARRIVAL &&
           r->begin == MATCH_BEST && !r->optional && !r->exclusions && !r->same_session && !p->holds &&
           !query_count(p->ask->query, "step-window") && !query_count(p->ask->query, "step-gap");
}

/* windowFunnel without modes: up to the second step it differs from our rule by the order of rows of one time
 * alone. */
static bool is_unordered(const struct funnel_plan *p)
{
    return is_simple(p) && p->counting[0].dialect == &dialect_clickhouse && !p->counting[0].modes &&
           p->split == SPLIT_NONE;
}

/* Whether a customer who only takes the first step is no more than one more of a group. */
static bool can_lead(const struct funnel_plan *p)
{
    if ((!p->plain && !is_unordered(p)) || p->unit != FUNNEL_USER || p->split == SPLIT_TREND || p->sum ||
        p->next || p->explain || p->counting[0].rule.chain.same_day || p->detail || p->who || p->steps < 2)
        return false;
    for (uint32_t c = 0; c < p->ask->events; c++) {
        size_t matches = 0;
        for (size_t k = 0; k < p->steps; k++)
            matches += p->selector[k].answer[c] != SELECT_NO;
        if (matches > 1)
            return false;
    }
    return true;
}

static bool plan_scan(struct funnel_plan *p, struct scan *scan, struct err *err)
{
    const struct ask *a = p->ask;
    const struct chain_rule *r = &p->counting[0].rule.chain;
    scan->selector = p->selector;
    scan->selectors = p->steps + p->counting[0].rule.exclusions;
    scan->from = a->from; /* every step lies at or after the first, which is in the period */
    scan->no_codes = !p->by.by_event && !p->next && !p->explain && p->who != WHO_NEXT && p->who != WHO_LAST;
    scan->count_users = true;
    scan->column = p->column;
    scan->columns = p->columns;
    scan->leads = p->leads;
    scan->lead = p->whole ? NULL : funnel_lead;
    scan->pair = funnel_pair;
    scan->pair_longest = r->window;
    scan->lead_to = r->to;
    scan->pair_second =
        p->attribute == ATTRIBUTE_LAST || (p->attribute == ATTRIBUTE_STEP && p->attribute_step == 1);
    scan->unordered = p->leads && !p->plain;
    scan->pair_last = scan->unordered && p->steps > 2; /* each chain overwrites the one before */
    scan->lead_late = r->endless || !a->has_events || !p->plain ? INT64_MAX : r->last - r->window;
    scan->everything = p->everything;
    if (p->explain) {
        scan->user_from = p->explained;
        scan->user_to = p->explained + 1;
        scan->member = NULL;
        scan->from = INT64_MIN;
    }
    if (p->everything && a->where) {
        struct select *where = arena_new(&p->ask->arena, struct select);
        if (!ask_select(p->ask, NULL, true, where, err))
            return false;
        scan->where = where;
    }
    return true;
}

/* A name that the language wants in back quotes is read without them. */
static const char *unquoted(struct ask *a, const char *name)
{
    size_t n = strlen(name);
    bool quoted = n > 2 && name[0] == '`' && strchr(name + 1, '`') == name + n - 1;
    return quoted ? arena_str(&a->arena, (struct str){name + 1, n - 2}).p : name;
}

static bool read_steps(struct funnel_plan *p, struct select *s, struct err *err)
{
    struct ask *a = p->ask;
    for (size_t k = 0; k < p->steps; k++) {
        const struct expr *e = ask_condition(a, "step", query_nth(a->query, "step", k), err);
        if (!e || !ask_select(a, e, true, &s[k], err))
            return false;
        p->name[k] = unquoted(a, ask_print(a, e));
    }
    p->selector = s;
    return true;
}

struct funnel_plan *funnel_plan(struct ask *a, struct scan *scan, struct err *err)
{
    struct funnel_plan *p = arena_new(&a->arena, struct funnel_plan);
    struct match_rule *r = arena_new(&a->arena, struct match_rule);
    p->ask = a;
    p->steps = query_count(a->query, "step");
    if (p->steps < 1 || p->steps > SCAN_SELECTORS) {
        err_set(err, ERR_USAGE, _("a funnel has 1 to %d steps, not %zu: give --step CONDITION for each"),
                SCAN_SELECTORS, p->steps);
        return NULL;
    }
    p->by_column = p->sum_column = p->unit_column = -1;
    funnel_doubles_init(&p->doubles);
    p->name = arena_array(&a->arena, const char *, p->steps);
    struct select *s = arena_array(&a->arena, struct select, p->steps + query_count(a->query, "exclude"));
    if (!read_steps(p, s, err) || !read_window(p, r, err) || !read_limits(p, r, err) ||
        !read_optional(p, r, err) || !read_order(p, r, err) || !read_exclusions(p, r, s, err) ||
        !read_rules(p, r, err) || !read_unit(p, err) || !read_by(p, err) || !read_compare(p, scan, err) ||
        !read_trend(p) || !read_rest(p, err) || !check_split(p, err) || !read_who(p, err))
        return NULL;
    p->plain = is_simple(p) && !p->counting[0].dialect; /* chain.h knows this rule */
    p->leads = can_lead(p);
    p->whole = p->leads && p->split == SPLIT_NONE;
    p->everything = needs_everything(p);
    p->beginners = p->plain && p->unit == FUNNEL_USER && p->split != SPLIT_TREND && !p->who && !p->next &&
                   !p->sum && !p->detail && !p->explain;
    return plan_scan(p, scan, err) ? p : NULL;
}
