/* paths.c - where customers go, step by step: reads the question and leads through the scans.
 *
 * A path is a session as trail.h cuts it; its node at a step is the event's name, its page set's, or (other)
 * when that is not among the step's --top names, or when it came there by a link with fewer than --min paths
 * (paths_node.c).
 *
 * Scans: names per step are counted first when some must be folded; with --min the links of one step after
 * the other; then everything is counted (paths_flow.c), and with --times the middle pauses are looked for
 * (middle.h). --list counts whole paths instead (paths_list.c). */
#include "config.h"

#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/mark.h"
#include "analysis/paths_p.h"
#include "base/date.h"
#include "base/nls.h"
#include "base/num.h"

enum { TOP_NODES = 8, TOP_PATHS = 50, TOP_TREE = 500, AROUND = 3 };

/* ---- one path */

static void add_names(struct paths_state *st, const struct trail *t)
{
    const struct paths_plan *p = st->plan;
    for (size_t s = t->begin; s < t->end; s++)
        if (t->step[s].name != TRAIL_CUT)
            st->count[s * p->raw + t->step[s].name]++;
}

static void add_link(struct paths_state *st, const struct trail *t, const uint32_t *node)
{
    const struct paths_plan *p = st->plan;
    size_t s = p->link_place;
    if (s >= t->begin && s + 1 < t->end)
        tally_add(&st->group[0].link, paths_link_key(p, s, node[s], node[s + 1]), st->user);
}

static bool goes_through(const struct paths_plan *p, const struct trail *t, const uint32_t *node)
{
    for (size_t i = 0; i < p->throughs; i++)
        if (!paths_passes(p, &p->through[i], t, node))
            return false;
    return true;
}

static void add_member(struct paths_state *st)
{
    if (!st->crowd.member.n || st->crowd.member.at[st->crowd.member.n - 1].user != st->user)
        crowd_add(&st->crowd, st->user, 0, TIME_NONE);
}

static bool is_wanted(const struct paths_plan *p, const struct paths_state *st, const struct trail *t,
                      const uint32_t *node)
{
    if (!(st->in >> p->who_group & 1))
        return false;
    if (p->who_listed)
        return p->pass == PATHS_WHO && paths_list_wants(p, t);
    return p->who_all || paths_passes(p, &p->who, t, node);
}

/* A path that counts. */
static void add_counted(struct paths_state *st, const struct trail *t, const uint32_t *node)
{
    struct paths_plan *p = st->plan;
    for (unsigned g = 0; g < p->groups; g++)
        if (st->in >> g & 1) {
            st->group[g].paths++;
            st->group[g].users += !st->counted;
        }
    st->counted = true;
    if (p->has_who && (p->pass == PATHS_COUNT || p->pass == PATHS_WHO)) {
        if (is_wanted(p, st, t, node))
            add_member(st);
    } else if (p->listing) {
        paths_list_add(st->list, p, t, st->user);
    } else if (p->pass == PATHS_COUNT) {
        paths_count(st, t, node);
    } else if (st->in & 1) {
        paths_add_times(p, t, node);
    }
}

static void add_path(struct paths_state *st, const struct trail *t)
{
    struct paths_plan *p = st->plan;
    uint32_t node[PATHS_PLACES + 1];
    if (p->pass == PATHS_NAMES) {
        add_names(st, t);
        return;
    }
    paths_find_nodes(p, t, node);
    if (p->pass == PATHS_LINKS)
        add_link(st, t, node);
    else if (goes_through(p, t, node))
        add_counted(st, t, node);
}

static bool add_session(void *arg, const struct trail *t)
{
    struct paths_state *st = arg;
    if (!ask_in_period(st->plan->ask, t->first))
        return true;
    st->sessions++;
    st->had_path += t->begin < t->end;
    if (t->begin == t->end || (st->plan->by_user && st->had))
        return true;
    st->had = true;
    add_path(st, t);
    return true;
}

static bool is_member(const uint64_t *bit, uint32_t user)
{
    return !bit || (bit[user / 64] >> (user % 64) & 1);
}

static void feed(void *state, const struct journeys *js)
{
    struct paths_state *st = state;
    const struct paths_plan *p = st->plan;
    bool direct = p->pass == PATHS_NAMES || (!st->group[0].link.key && !st->group[0].at.key);
    if (direct && paths_is_plain(p, p->pass)) {
        paths_feed_plain(st, js);
        return;
    }
    for (size_t i = 0; i < js->users; i++) {
        struct journey j = journeys_at(js, i);
        st->user = j.user;
        st->had = st->counted = false;
        st->in = 1;
        if (p->groups > 1)
            st->in = (unsigned)is_member(p->member[0], j.user) | (unsigned)is_member(p->member[1], j.user)
                                                                     << 1;
        if (j.n)
            trail_each(&p->rule, &j, add_session, st);
    }
}

/* ---- plan */

static bool read_mark(struct paths_plan *p, struct scan *scan, const char *name, const char **text,
                      uint64_t *bit, struct err *err)
{
    return mark_read(p->ask, scan, p->mark, name, text, bit, err);
}

static bool read_marks(struct paths_plan *p, struct scan *scan, struct err *err)
{
    struct trail_rule *r = &p->rule;
    bool ok = read_mark(p, scan, "start", &p->text_start, &r->start, err) &&
              read_mark(p, scan, "end", &p->text_end, &r->end, err) &&
              read_mark(p, scan, "centre", &p->text_centre, &r->centre, err) &&
              read_mark(p, scan, "hide", &p->text_hide, &r->hide, err) &&
              read_mark(p, scan, "goal", &p->text_goal, &r->goal, err) &&
              session_read(&r->session, p->ask, scan, p->mark, err) && paths_read_sets(p, scan, err);
    scan->selector = p->mark;
    if (ok && r->centre && (r->start || r->end))
        return err_set(
            err, ERR_USAGE,
            _("--centre goes without --start and --end: a path lies around one event, or between two"));
    if (ok && r->goal && !p->listing)
        return err_set(
            err, ERR_USAGE,
            _("--goal belongs to --list and --rare: it adds the share of each path that reaches it"));
    return ok;
}

static bool read_depth(struct paths_plan *p, struct err *err)
{
    struct trail_rule *r = &p->rule;
    int64_t depth = r->centre ? AROUND : TRAIL_STEPS, most = r->centre ? TRAIL_STEPS / 2 : TRAIL_STEPS;
    bool given = query_get(p->ask->query, "depth") != NULL;
    if ((given || (!p->listing && !r->centre)) && !ask_number(p->ask, "depth", 1, most, &depth, err))
        return false;
    if (r->start && r->end && depth < 3)
        return err_set(err, ERR_USAGE,
                       _("--depth %lld: from a start to an end takes 3 steps at least, as longer paths are "
                         "cut in the middle"),
                       (long long)depth);
    r->depth = (size_t)depth;
    p->places = trail_places(r);
    return true;
}

/* "2 home", "compare 2 home", "path 3" of a list, "all". */
static bool read_who(struct paths_plan *p, struct err *err)
{
    static const char path[] = "path ", compare[] = "compare ";
    const char *who = p->ask->who;
    int64_t row;
    if (!who)
        return true;
    p->has_who = true;
    if (p->groups > 1 && strncmp(who, compare, strlen(compare)) == 0) {
        p->who_group = 1;
        who += strlen(compare);
    }
    if (strcmp(who, "all") == 0)
        return p->who_all = true;
    if (!p->listing)
        return paths_read_point(p, "users", who, &p->who, err);
    p->who_listed = true;
    if (strncmp(who, path, strlen(path)) != 0 || !num_i64(str_of(who + strlen(path)), &row) || row < 1)
        return err_set(err, ERR_USAGE,
                       _("--users %s: write the number of a path in the list, as in 'path 3'"), p->ask->who);
    p->who_row = (size_t)row - 1;
    return true;
}

static bool read_through(struct paths_plan *p, struct err *err)
{
    size_t n = query_count(p->ask->query, "through");
    if (n > PATHS_THROUGH)
        return err_set(err, ERR_USAGE, _("--through: at most %d of them"), PATHS_THROUGH);
    for (; p->throughs < n; p->throughs++)
        if (!paths_read_point(p, "through", query_nth(p->ask->query, "through", p->throughs),
                              &p->through[p->throughs], err))
            return false;
    return true;
}

/* --segment beside --compare; whoever is in neither is not scanned. */
static bool read_comparison(struct paths_plan *p, struct scan *scan, struct err *err)
{
    const char *text = ask_text(p->ask, "compare");
    struct ask *a = p->ask;
    p->groups = 1;
    if (!text)
        return true;
    if (p->listing)
        return err_set(err, ERR_USAGE,
                       _("--compare goes without --list, --rare and --tree: it compares links"));
    const struct expr *e = ask_segment_condition(a, "compare", text, err);
    struct userset *set = e ? audience_find(a->audience, e, err) : NULL;
    if (!set)
        return false;
    p->groups = 2;
    p->text_compare = ask_print(a, e);
    p->member[0] = a->member;
    p->member[1] = userset_words(set, a->users);
    if (a->chosen) {
        struct userset *both = userset_or(a->chosen, set);
        p->both = userset_words(both, a->users);
        userset_free(both);
        scan->member = p->both;
    }
    userset_free(set);
    return true;
}

static void begin_counting(struct paths_plan *p)
{
    p->pass = p->min > 0 && p->places > 1 ? PATHS_LINKS : PATHS_COUNT;
    if (p->min > 0 && !p->has_thin) {
        tally_init(&p->thin, paths_link_key(p, p->places, 0, 0));
        p->has_thin = true;
    }
}

static void plan_passes(struct paths_plan *p)
{
    int64_t top = p->ask->top;
    p->top = top >= 0 ? top : p->tree ? TOP_TREE : p->listing ? TOP_PATHS : TOP_NODES;
    p->names = p->raw;
    if (p->listing) {
        p->pass = p->who_all ? PATHS_WHO : p->rare ? PATHS_RATES : PATHS_LIST;
        p->list = paths_list_new(p);
    } else if (p->top > 0 && (uint64_t)p->top < p->raw) {
        p->pass = PATHS_NAMES;
    } else {
        begin_counting(p);
    }
}

static void close(void *plan)
{
    struct paths_plan *p = plan;
    if (p->has_thin)
        tally_done(&p->thin);
    for (int g = 0; g < PATHS_GROUPS; g++) {
        tally_done(&p->group[g].link);
        tally_done(&p->group[g].at);
        tally_done(&p->group[g].began);
        tally_done(&p->group[g].events);
    }
    tally_done(&p->link_group);
    middle_free(p->middle);
    paths_list_free(p->list);
    free(p->member[1]);
    free(p->both);
}

static bool read_question(struct paths_plan *p, struct scan *scan, struct err *err)
{
    struct ask *a = p->ask;
    p->rare = ask_flag(a, "rare");
    p->tree = ask_flag(a, "tree");
    p->listing = p->tree || p->rare || ask_flag(a, "list");
    p->times = ask_flag(a, "times") && !p->listing && !a->who;
    p->by_user = strcmp(ask_text(a, "unit"), "user") == 0;
    p->rule.collapse = ask_flag(a, "collapse");
    if (!ask_number(a, "min", 0, INT64_MAX, &p->min, err) || !read_marks(p, scan, err) || !read_depth(p, err))
        return false;
    p->names = p->raw;
    if (p->listing)
        p->min = 0;
    scan->everything = true;
    if (a->where) {
        if (!ask_select(a, NULL, true, &p->where, err))
            return false;
        scan->where = &p->where;
    }
    return read_comparison(p, scan, err) && read_through(p, err) && read_who(p, err);
}

static void *plan(struct ask *a, struct scan *scan, struct err *err)
{
    struct paths_plan *p = arena_new(&a->arena, struct paths_plan);
    p->ask = a;
    if (!read_question(p, scan, err)) {
        close(p);
        return NULL;
    }
    plan_passes(p);
    return p;
}

/* ---- states */

static void *init(void *plan)
{
    struct paths_plan *p = plan;
    struct paths_state *st = mem_zalloc(sizeof(*st));
    st->plan = p;
    if (p->pass == PATHS_NAMES)
        st->count = mem_zalloc((p->places + 1) * ((size_t)p->raw + 1) * sizeof(*st->count));
    if (p->listing)
        st->list = paths_list_new(p);
    for (unsigned g = 0; g < p->groups && (p->pass == PATHS_COUNT || p->pass == PATHS_LINKS); g++) {
        uint64_t nodes = p->places * paths_stride(p);
        tally_init(&st->group[g].link, paths_link_key(p, p->places, 0, 0));
        tally_init(&st->group[g].at, nodes);
        tally_init(&st->group[g].began, p->rule.centre ? nodes : 1);
        tally_init(&st->group[g].events, p->rule.collapse ? nodes : 1);
    }
    return st;
}

static void done(void *state)
{
    struct paths_state *st = state;
    free(st->count);
    for (int g = 0; g < PATHS_GROUPS; g++) {
        tally_done(&st->group[g].link);
        tally_done(&st->group[g].at);
        tally_done(&st->group[g].began);
        tally_done(&st->group[g].events);
    }
    paths_list_free(st->list);
    crowd_done(&st->crowd);
    free(st);
}

static void merge_group(struct paths_group *a, const struct paths_group *b)
{
    a->paths += b->paths;
    a->users += b->users;
    tally_merge(&a->link, &b->link);
    tally_merge(&a->at, &b->at);
    tally_merge(&a->began, &b->began);
    tally_merge(&a->events, &b->events);
}

static void merge(void *into, void *from)
{
    struct paths_state *a = into, *b = from;
    for (size_t i = 0; a->count && i < a->plan->places * a->plan->raw; i++)
        a->count[i] += b->count[i];
    for (unsigned g = 0; g < a->plan->groups; g++)
        merge_group(&a->group[g], &b->group[g]);
    if (a->list)
        paths_list_merge(a->list, b->list);
    a->sessions += b->sessions;
    a->had_path += b->had_path;
    crowd_merge(&a->crowd, &b->crowd);
}

/* ---- from scan to scan */

/* Counts outlive the scans for medians. */
static void keep_counts(struct paths_plan *p, struct paths_state *st)
{
    memcpy(p->group, st->group, sizeof(p->group));
    memset(st->group, 0, sizeof(st->group));
}

static bool begin_times(struct paths_plan *p)
{
    p->pass = PATHS_TIMES;
    paths_begin_times(p);
    return middle_begin(p->middle);
}

static bool fold(struct paths_plan *p, struct paths_state *st)
{
    if (p->pass == PATHS_NAMES) {
        paths_fold_names(p, st->count);
        begin_counting(p);
        paths_find_points(p);
        return true;
    }
    paths_fold_links(p, &st->group[0].link);
    if (++p->link_place + 1 >= p->places)
        p->pass = PATHS_COUNT;
    return true;
}

static bool again(void *plan, void *state, struct scan *scan)
{
    struct paths_plan *p = plan;
    struct paths_state *st = state;
    (void)scan;
    switch (p->pass) {
    case PATHS_NAMES:
    case PATHS_LINKS: return fold(p, st);
    case PATHS_COUNT: keep_counts(p, st); return p->times && begin_times(p);
    case PATHS_TIMES: middle_end(p->middle, p->ask->pool); return middle_begin(p->middle);
    case PATHS_RATES:
    case PATHS_LIST: return paths_list_again(p, st->list);
    default: return false;
    }
}

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    struct paths_plan *p = plan;
    struct paths_state *st = state;
    const struct paths_group *g = p->listing ? st->group : p->group;
    (void)totals, (void)err;
    object_add(&r->arena, &r->parameters, "top", value_int(p->top));
    object_add(&r->arena, &r->parameters, "depth", value_int((int64_t)p->rule.depth));
    object_add(&r->arena, &r->summary, "paths", value_int((int64_t)g->paths));
    object_add(&r->arena, &r->summary, "users", value_who(value_int((int64_t)g->users), "all"));
    object_add(&r->arena, &r->summary, "sessions", value_int((int64_t)st->sessions));
    if (p->groups > 1) {
        object_add(&r->arena, &r->summary, "compare_paths", value_int((int64_t)g[1].paths));
        object_add(&r->arena, &r->summary, "compare_users",
                   value_who(value_int((int64_t)g[1].users), "compare all"));
    }
    if (p->listing) {
        r->picture = p->tree ? PICTURE_TREE : PICTURE_TABLE;
        paths_put_list(p, st->list, r);
    } else {
        paths_put_flow(p, r);
    }
    paths_put_rule(p, st, r);
    return true;
}

static struct crowd *crowd(void *state)
{
    return &((struct paths_state *)state)->crowd;
}

const struct analysis analysis_paths = {
    .picture = PICTURE_FLOW,
    .plan = plan,
    .init = init,
    .feed = feed,
    .merge = merge,
    .again = again,
    .finish = finish,
    .crowd = crowd,
    .done = done,
    .close = close,
};
