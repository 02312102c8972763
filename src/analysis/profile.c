/* profile.c - who they are: every tag's share in a set of customers beside its share in another, and how
 * sure the difference is; or two categories of tags crossed. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/rule.h"
#include "analysis/tagging.h"
#include "analysis/wilson.h"
#include "base/nls.h"
#include "model/customers.h"

struct plan {
    struct ask *ask;
    struct userset *set, *base, *both;
    uint64_t set_users, base_users, both_users;
    struct str cross[2]; /* categories; empty: none */
    struct tagging tags;
    struct crowd crowd;
    struct userset *who;
};

/* ---- planning */

static struct userset *users_of(struct ask *a, const char *name, const char *text, const struct expr **tree,
                                struct err *err)
{
    *tree = ask_segment_condition(a, name, text, err);
    struct userset *set = *tree ? audience_find(a->audience, *tree, err) : NULL;
    if (!set || !a->chosen)
        return set;
    struct userset *within = userset_and(set, a->chosen);
    userset_free(set);
    return within;
}

static bool find_sets(struct plan *p, struct err *err)
{
    struct ask *a = p->ask;
    const char *against = ask_text(a, "against");
    const struct expr *tree;
    p->set = users_of(a, "condition", ask_text(a, "condition"), &tree, err);
    if (!p->set)
        return false;
    p->base = against     ? users_of(a, "against", against, &tree, err)
              : a->chosen ? userset_copy(a->chosen)
                          : customers_all(a->snapshot, err);
    if (!p->base)
        return false;
    p->both = userset_and(p->set, p->base);
    p->set_users = userset_count(p->set);
    p->base_users = userset_count(p->base);
    p->both_users = userset_count(p->both);
    return true;
}

static bool read_cross(struct plan *p, struct err *err)
{
    const char *text = ask_text(p->ask, "cross");
    const struct catalogue *c = schema_catalogue(p->ask->schema);
    if (!text)
        return true;
    struct str rest = str_of(text);
    p->cross[0] = catalogue_find_category(c, str_trim(str_cut(&rest, ',')));
    p->cross[1] = rest.p ? catalogue_find_category(c, str_trim(rest)) : (struct str){0};
    if (p->cross[0].n && p->cross[1].n)
        return true;
    return err_set(err, ERR_USAGE,
                   _("--cross %s: takes two categories of tags and a comma between them, of %s"), text,
                   catalogue_categories(c, &p->ask->arena));
}

/* ---- one side of two categories crossed */

struct side {
    struct str id, name;
    struct userset *set; /* owned */
};

/* The tags of a category, and last those who have none of them. */
static struct side *make_side(const struct plan *p, struct str category, size_t *n)
{
    struct side *s = mem_zalloc((p->tags.n + 1) * sizeof(*s));
    struct userset *any = userset_new();
    *n = 0;
    for (size_t i = 0; i < p->tags.n; i++) {
        const struct tagged *t = &p->tags.at[i];
        if (!t->set || !str_eq(t->tag->category, category))
            continue;
        struct userset *more = userset_or(any, t->set);
        userset_free(any);
        any = more;
        s[(*n)++] = (struct side){t->tag->id, catalogue_name(t->tag), userset_copy(t->set)};
    }
    s[(*n)++] = (struct side){STR("(none)"), str_of(_("(none)")), userset_not(any, p->ask->users)};
    userset_free(any);
    return s;
}

static void side_free(struct side *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        userset_free(s[i].set);
    free(s);
}

/* ---- who is behind a number */

/* The set of a side's tag; NULL: the category has no such tag. */
static struct userset *side_set(const struct plan *p, struct str category, struct str id)
{
    size_t n;
    struct side *s = make_side(p, category, &n);
    struct userset *set = NULL;
    for (size_t i = 0; i < n && !set; i++)
        if (str_eq(s[i].id, id))
            set = userset_copy(s[i].set);
    side_free(s, n);
    return set;
}

/* "age_23_25 star_7": those who have both. */
static struct userset *cell_set(const struct plan *p, struct str who)
{
    struct str id = str_cut(&who, ' ');
    struct userset *down = side_set(p, p->cross[0], id),
                   *across = who.p ? side_set(p, p->cross[1], who) : NULL,
                   *both = down && across ? userset_and(down, across) : NULL;
    userset_free(down);
    userset_free(across);
    return both;
}

static struct userset *tag_copy(const struct plan *p, struct str id)
{
    for (size_t i = 0; i < p->tags.n; i++)
        if (p->tags.at[i].set && str_eq(p->tags.at[i].tag->id, id))
            return userset_copy(p->tags.at[i].set);
    return NULL;
}

/* "all", the id of a tag, or two of a cell: those of the set who have it. */
static bool find_who(struct plan *p, struct err *err)
{
    const char *who = p->ask->who;
    if (!who)
        return true;
    if (strcmp(who, "all") == 0) {
        p->who = userset_copy(p->set);
        return true;
    }
    struct userset *some = p->cross[0].n ? cell_set(p, str_of(who)) : tag_copy(p, str_of(who));
    if (some)
        p->who = userset_and(p->set, some);
    else if (p->cross[0].n)
        err_set(err, ERR_USAGE, _("--users %s: write all, or a tag of either category, such as '%s'"), who,
                "age_23_25 star_7");
    else
        err_set(err, ERR_USAGE, _("--users %s: write all, or the id of a tag that this store knows"), who);
    userset_free(some);
    return p->who != NULL;
}

static void close(void *plan)
{
    struct plan *p = plan;
    userset_free(p->set);
    userset_free(p->base);
    userset_free(p->both);
    userset_free(p->who);
    crowd_done(&p->crowd);
    tagging_done(&p->tags);
}

static void *make_plan(struct ask *a, struct scan *scan, struct err *err)
{
    struct plan *p = arena_new(&a->arena, struct plan);
    p->ask = a;
    (void)scan; /* sets are all there is to it */
    if (read_cross(p, err) && find_sets(p, err) &&
        tagging_load(&p->tags, a, schema_catalogue(a->schema), err) && find_who(p, err))
        return p;
    close(p);
    return NULL;
}

/* ---- all tags */

static const struct column_info columns[] = {
    {"category", N_("Category"), VALUE_TEXT},
    {"tag", N_("Tag"), VALUE_TEXT},
    {"name", N_("Name"), VALUE_TEXT},
    {"users", N_("Customers"), VALUE_INT},
    {"share", N_("Share"), VALUE_RATIO},
    {"base_users", N_("Base"), VALUE_INT},
    {"base_share", N_("Base share"), VALUE_RATIO},
    {"index", N_("Index"), VALUE_REAL},
    {"difference", N_("Difference"), VALUE_RATIO},
    {"low", N_("Low"), VALUE_RATIO},
    {"high", N_("High"), VALUE_RATIO},
};

struct line {
    const struct tagged *tag;
    uint64_t users, base_users;
    double difference;
    struct interval interval;
};

static struct line measure(const struct plan *p, const struct tagged *t)
{
    uint64_t both = userset_and_count(p->both, t->set);
    struct line l = {t, userset_and_count(p->set, t->set), userset_and_count(p->base, t->set), 0, {0, 0}};
    struct wilson_part only_set = {l.users - both, p->set_users - p->both_users},
                       only_base = {l.base_users - both, p->base_users - p->both_users};
    l.difference =
        wilson_difference(only_set, only_base, (struct wilson_part){both, p->both_users}, &l.interval);
    return l;
}

/* How far the interval stays from no difference at all. */
static double certain(const struct line *l)
{
    return l->interval.low > 0 ? l->interval.low : l->interval.high < 0 ? -l->interval.high : 0;
}

/* What sets the set apart: first by what is certain, then by what is seen, then by the order of the
 * catalogue. */
static int line_cmp(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (certain(x) != certain(y))
        return certain(x) < certain(y) ? 1 : -1;
    if (fabs(x->difference) != fabs(y->difference))
        return fabs(x->difference) < fabs(y->difference) ? 1 : -1;
    return (x->tag > y->tag) - (x->tag < y->tag);
}

static struct value index_of(uint64_t users, uint64_t set, uint64_t base_users, uint64_t base)
{
    if (!base_users || !set || !base)
        return value_none();
    return value_real((double)users * (double)base / ((double)set * (double)base_users) * 100);
}

/* A difference of shares, to be read as percentage points. */
static struct value points(double difference)
{
    enum { SCALE = 1000000000 };
    return value_ratio(llround(difference * SCALE), SCALE);
}

static void put_line(const struct plan *p, const struct line *l, struct result *r)
{
    struct value *v = result_row(r);
    v[0] = tagging_category(&r->arena, l->tag->tag);
    v[1] = value_text(&r->arena, l->tag->tag->id);
    v[2] = value_text(&r->arena, catalogue_name(l->tag->tag));
    v[3] = value_who(value_int((int64_t)l->users), arena_str(&r->arena, l->tag->tag->id).p);
    v[4] = value_ratio((int64_t)l->users, (int64_t)p->set_users);
    v[5] = value_int((int64_t)l->base_users);
    v[6] = value_ratio((int64_t)l->base_users, (int64_t)p->base_users);
    v[7] = index_of(l->users, p->set_users, l->base_users, p->base_users);
    if (!p->set_users || !p->base_users)
        return;
    v[8] = points(l->difference);
    v[9] = points(l->interval.low);
    v[10] = points(l->interval.high);
}

static void put_tags(struct plan *p, struct result *r)
{
    struct line *line = arena_array(&r->arena, struct line, p->tags.n + 1);
    size_t n = 0;
    result_columns(r, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < p->tags.n; i++)
        if (p->tags.at[i].set)
            line[n++] = measure(p, &p->tags.at[i]);
    if (n)
        qsort(line, n, sizeof(*line), line_cmp);
    if (p->ask->top > 0 && (uint64_t)p->ask->top < n)
        n = (size_t)p->ask->top;
    for (size_t i = 0; i < n; i++)
        put_line(p, &line[i], r);
    object_add(&r->arena, &r->summary, "shown", value_int((int64_t)n));
}

/* ---- two categories crossed */

static const struct column_info cross_columns[] = {
    {"tag", N_("Tag"), VALUE_TEXT},        {"with", N_("With"), VALUE_TEXT},
    {"users", N_("Customers"), VALUE_INT}, {"share", N_("Share"), VALUE_RATIO},
    {"base_users", N_("Base"), VALUE_INT}, {"base_share", N_("Base share"), VALUE_RATIO},
    {"index", N_("Index"), VALUE_REAL},
};

static void put_cell(const struct plan *p, const struct side *a, const struct side *b, struct result *r)
{
    struct userset *cell = userset_and(a->set, b->set);
    uint64_t users = userset_and_count(cell, p->set), base = userset_and_count(cell, p->base);
    userset_free(cell);
    struct value *v = result_row(r);
    v[0] = value_shown(value_text(&r->arena, a->id), arena_str(&r->arena, a->name).p);
    v[1] = value_shown(value_text(&r->arena, b->id), arena_str(&r->arena, b->name).p);
    v[2] = value_who(value_int((int64_t)users),
                     arena_printf(&r->arena, "%.*s %.*s", (int)a->id.n, a->id.p, (int)b->id.n, b->id.p));
    v[3] = value_ratio((int64_t)users, (int64_t)p->set_users);
    v[4] = value_int((int64_t)base);
    v[5] = value_ratio((int64_t)base, (int64_t)p->base_users);
    v[6] = index_of(users, p->set_users, base, p->base_users);
}

static void put_cross(struct plan *p, struct result *r)
{
    size_t rows, across;
    struct side *a = make_side(p, p->cross[0], &rows), *b = make_side(p, p->cross[1], &across);
    r->picture = PICTURE_CROSS;
    result_columns(r, cross_columns, sizeof(cross_columns) / sizeof(cross_columns[0]));
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < across; k++)
            put_cell(p, &a[i], &b[k], r);
    side_free(a, rows);
    side_free(b, across);
}

/* ---- the result */

static void put_rule(struct plan *p, struct result *r)
{
    struct ask *a = p->ask;
    struct buf b = {0};
    rule_add(&b, _("Customers where %s, %s of them, against %s, %s of them"), ask_text(a, "condition"),
             rule_count(a, (int64_t)p->set_users), ask_text(a, "against") ? ask_text(a, "against") : _("all"),
             rule_count(a, (int64_t)p->base_users));
    rule_segment(&b, a);
    if (!p->cross[0].n)
        rule_add(&b,
                 _("index is share by base share times 100; low and high bound the difference of the "
                   "shares with 95 %% confidence (Newcombe-Wilson); first what differs most for certain"));
    if (p->tags.unknown)
        rule_add(&b, _("%s tags speak of what this store does not have"),
                 rule_count(a, (int64_t)p->tags.unknown));
    rule_joined(&b, a);
    rule_end(&b, r);
}

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    struct plan *p = plan;
    (void)state, (void)totals, (void)err;
    object_add(&r->arena, &r->summary, "users", value_who(value_int((int64_t)p->set_users), "all"));
    object_add(&r->arena, &r->summary, "base_users", value_int((int64_t)p->base_users));
    object_add(&r->arena, &r->summary, "tags", value_int((int64_t)p->tags.n));
    object_add(&r->arena, &r->summary, "unknown", value_int((int64_t)p->tags.unknown));
    if (p->cross[0].n)
        put_cross(p, r);
    else
        put_tags(p, r);
    put_rule(p, r);
    return true;
}

static struct crowd *crowd(void *state)
{
    struct plan *p = state;
    tagging_crowd(&p->crowd, p->who);
    return &p->crowd;
}

const struct analysis analysis_profile = {
    .picture = PICTURE_PROFILE,
    .of_customers = true,
    .plan = make_plan,
    .finish = finish,
    .crowd = crowd,
    .close = close,
};
