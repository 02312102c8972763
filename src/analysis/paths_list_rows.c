/* paths_list_rows.c - the list of whole paths, the unusual ones with their scores, and the tree, as rows. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/paths_list_p.h"
#include "base/date.h"
#include "base/nls.h"

static const struct column_info columns[] = {
    {"path", N_("Path"), VALUE_LIST},
    {"count", N_("Paths"), VALUE_INT},
    {"users", N_("Customers"), VALUE_INT},
    {"share", N_("Share"), VALUE_RATIO},
    {"median_s", N_("Median time"), VALUE_SECONDS},
};
static const struct column_info goal_columns[] = {{"goal", N_("Reach the goal"), VALUE_INT},
                                                  {"conversion", N_("Conversion"), VALUE_RATIO}};
static const struct column_info rare_columns[] = {{"surprisal", N_("Surprisal"), VALUE_REAL},
                                                  {"z", N_("z"), VALUE_REAL},
                                                  {"abnormal", N_("Abnormal"), VALUE_BOOL},
                                                  {"unlikeliest", N_("Least likely step"), VALUE_TEXT}};

/* Scores of all paths: their middle, the middle distance from it, and how many are as high as one or higher.
 */
struct spread {
    uint64_t *at_least;
    double median, mad;
    uint64_t abnormal;
};

/* Middle of a histogram, the mean of the middle two. */
static double middle_score(const uint64_t *count, size_t n, uint64_t total)
{
    uint64_t seen = 0, low = (total - 1) / 2, high = total / 2;
    double a = -1;
    for (size_t i = 0; i < n; i++) {
        seen += count[i];
        if (a < 0 && seen > low)
            a = (double)i;
        if (seen > high)
            return (a + (double)i) / 2;
    }
    return 0;
}

static double z_of(const struct spread *s, uint64_t score_of)
{
    return s->mad > 0 ? 0.6745 * ((double)score_of - s->median) / s->mad : 0;
}

static bool is_abnormal(const struct paths_list *l, const struct spread *s, uint64_t score_of)
{
    return s->at_least[score_of] * 100 <= l->paths || z_of(s, score_of) > 3.5;
}

static struct spread spread_of(const struct paths_list *l, struct arena *a)
{
    enum { N = BITS_MOST * PER_BIT + 1 };
    struct spread s = {.at_least = arena_array(a, uint64_t, N + 1)};
    if (!l->paths)
        return s;
    uint64_t *far = mem_zalloc(2 * N * sizeof(*far)); /* half thousandths: the middle may lie between two */
    for (size_t i = N; i-- > 0;)
        s.at_least[i] = s.at_least[i + 1] + l->scores[i];
    s.median = middle_score(l->scores, N, l->paths);
    for (size_t i = 0; i < N; i++)
        far[(size_t)fabs(2 * ((double)i - s.median))] += l->scores[i];
    s.mad = middle_score(far, 2 * N, l->paths) / 2;
    free(far);
    for (size_t i = 0; i < N; i++)
        if (l->scores[i] && is_abnormal(l, &s, i))
            s.abnormal += l->scores[i];
    return s;
}

static struct str name_text(const struct paths_plan *p, uint32_t name)
{
    return name >= p->raw ? STR("(...)") : paths_raw_name(p, name);
}

/* A list for programs, a line with arrows for people. */
static struct value path_value(const struct paths_plan *p, struct result *r, const uint32_t *name, size_t n)
{
    struct value *at = arena_array(&r->arena, struct value, n + 1);
    struct buf b = {0};
    for (size_t i = 0; i < n; i++) {
        at[i] = paths_value(p, &r->arena, name_text(p, name[i]));
        buf_puts(&b, i ? " > " : "");
        buf_str(&b, value_seen(&at[i]));
    }
    struct value v = value_shown(value_list(at, n), arena_str(&r->arena, buf_view(&b)).p);
    buf_done(&b);
    return v;
}

static struct value *put_common(const struct paths_plan *p, struct result *r, size_t row, uint64_t count,
                                uint64_t users, const char *who)
{
    struct value *v = result_row(r);
    v[1] = value_who(value_int((int64_t)count), who);
    v[2] = value_who(value_int((int64_t)users), who);
    v[3] = value_ratio((int64_t)count, (int64_t)p->list->paths);
    v[4] = value_seconds(middle_of(p->middle, row) / (double)US_PER_S);
    return v;
}

static struct value *put_goal(struct value *v, uint64_t goals, uint64_t count)
{
    v[0] = value_int((int64_t)goals);
    v[1] = value_ratio((int64_t)goals, (int64_t)count);
    return v + 2;
}

static void put_unlikeliest(const struct paths_plan *p, struct result *r, const struct row *row,
                            struct value *v)
{
    struct str from = name_text(p, row->name[row->worst]);
    bool last = row->worst + 1 == row->entry.n;
    struct str to = last ? STR("(end)") : name_text(p, row->name[row->worst + 1]);
    *v = value_text(&r->arena,
                    str_of(arena_printf(&r->arena, "%.*s > %.*s", (int)from.n, from.p, (int)to.n, to.p)));
}

static void put_rows(struct paths_plan *p, struct result *r, const struct spread *s)
{
    const struct paths_list *l = p->list;
    bool goal = p->rule.goal != 0;
    for (size_t i = 0; i < l->best.n; i++) {
        const struct row *row = &l->best.at[i];
        const struct entry *e = &row->entry;
        struct value *v = put_common(p, r, i, e->count, e->users, arena_printf(&r->arena, "path %zu", i + 1));
        v[0] = path_value(p, r, row->name, e->n);
        v += 5;
        if (goal)
            v = put_goal(v, e->goals, e->count);
        if (!p->rare)
            continue;
        v[0] = value_real((double)row->score / PER_BIT);
        v[1] = s->mad > 0 ? value_real(round(100 * z_of(s, row->score)) / 100) : value_none();
        v[2] = value_bool(is_abnormal(l, s, row->score));
        put_unlikeliest(p, r, row, &v[3]);
    }
}

static void put_rest(struct paths_plan *p, const struct paths_list *last, struct result *r)
{
    const struct paths_list *l = p->list;
    uint64_t count = l->paths, goals = l->goals;
    for (size_t i = 0; i < l->best.n; i++) {
        count -= l->best.at[i].entry.count;
        goals -= l->best.at[i].entry.goals;
    }
    if (!count)
        return;
    struct value *v = put_common(p, r, l->best.n, count, last->other_users, NULL);
    struct value *at = arena_array(&r->arena, struct value, 1);
    at[0] = ask_group_value(&r->arena, STR("(other)"));
    v[0] = value_shown(value_list(at, 1), _("(other)"));
    if (p->rule.goal)
        put_goal(v + 5, goals, count);
}

static const struct column_info tree_columns[] = {
    {"path", N_("Path"), VALUE_LIST},    {"level", N_("Step"), VALUE_INT},
    {"count", N_("Paths"), VALUE_INT},   {"users", N_("Customers"), VALUE_INT},
    {"share", N_("Share"), VALUE_RATIO}, {"parent_share", N_("Of the step before"), VALUE_RATIO},
    {"ended", N_("Ended"), VALUE_INT},   {"median_s", N_("Median time"), VALUE_SECONDS},
};

static void put_tree(struct paths_plan *p, struct result *r)
{
    const struct paths_list *l = p->list;
    uint64_t above[PATHS_PLACES + 1] = {l->paths};
    result_columns(r, tree_columns, sizeof(tree_columns) / sizeof(tree_columns[0]));
    for (size_t i = 0; i < l->best.n; i++) {
        const struct row *row = &l->best.at[i];
        const struct entry *e = &row->entry;
        const char *who = arena_printf(&r->arena, "path %zu", i + 1);
        struct value *v = result_row(r);
        above[e->n] = e->count;
        v[0] = path_value(p, r, row->name, e->n);
        v[1] = value_int((int64_t)e->n);
        v[2] = value_who(value_int((int64_t)e->count), who);
        v[3] = value_who(value_int((int64_t)e->users), who);
        v[4] = value_ratio((int64_t)e->count, (int64_t)l->paths);
        v[5] = value_ratio((int64_t)e->count, (int64_t)above[e->n - 1]);
        v[6] = value_int((int64_t)e->ended);
        v[7] = value_seconds(middle_of(p->middle, i) / (double)US_PER_S);
    }
    object_add(&r->arena, &r->summary, "different", value_int((int64_t)l->different));
}

void paths_put_list(struct paths_plan *p, const struct paths_list *last, struct result *r)
{
    struct column_info *c = arena_array(&r->arena, struct column_info, 16);
    struct spread s = {0};
    if (p->tree) {
        put_tree(p, r);
        return;
    }
    size_t n = sizeof(columns) / sizeof(columns[0]);
    memcpy(c, columns, sizeof(columns));
    if (p->rule.goal) {
        memcpy(c + n, goal_columns, sizeof(goal_columns));
        n += 2;
    }
    if (p->rare) {
        memcpy(c + n, rare_columns, sizeof(rare_columns));
        n += 4;
        s = spread_of(p->list, &p->ask->arena);
    }
    result_columns(r, c, n);
    put_rows(p, r, &s);
    put_rest(p, last, r);
    object_add(&r->arena, &r->summary, "different", value_int((int64_t)p->list->different));
    if (p->rule.goal)
        object_add(&r->arena, &r->summary, "conversion",
                   value_ratio((int64_t)p->list->goals, (int64_t)p->list->paths));
    if (p->rare) {
        object_add(&r->arena, &r->summary, "abnormal", value_int((int64_t)s.abnormal));
        object_add(&r->arena, &r->summary, "median_surprisal", value_real(s.median / PER_BIT));
    }
}
