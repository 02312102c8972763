/* tag.c - the tags with how many customers each has. No event is looked at unless a tag speaks of behaviour.
 */
#include "config.h"

#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/rule.h"
#include "analysis/tagging.h"
#include "base/nls.h"
#include "base/os.h"

#define CATALOGUE_MOST (16u << 20)

struct plan {
    struct ask *ask;
    struct tagging tags;
    struct crowd crowd;
    const struct tagged *who;
};

/* --catalogue takes the place of the store's own. */
static bool read_catalogue(struct ask *a, struct err *err)
{
    const char *path = ask_text(a, "catalogue");
    struct buf text = {0};
    if (!path)
        return true;
    struct catalogue *c =
        os_read_file(path, CATALOGUE_MOST, &text, err) ? catalogue_parse(buf_view(&text), path, err) : NULL;
    buf_done(&text);
    if (c)
        schema_use_catalogue(a->schema, c);
    return c != NULL;
}

static bool find_who(struct plan *p, struct err *err)
{
    const char *who = p->ask->who;
    if (!who)
        return true;
    for (size_t i = 0; i < p->tags.n; i++)
        if (str_eq(p->tags.at[i].tag->id, str_of(who)) && p->tags.at[i].set)
            p->who = &p->tags.at[i];
    return p->who || err_set(err, ERR_USAGE, _("--users %s: there is no such tag in this store"), who);
}

static void close(void *plan)
{
    struct plan *p = plan;
    crowd_done(&p->crowd);
    tagging_done(&p->tags);
}

static void *make_plan(struct ask *a, struct scan *scan, struct err *err)
{
    struct plan *p = arena_new(&a->arena, struct plan);
    p->ask = a;
    scan->user_to = 0; /* sets are all there is to it */
    if (!read_catalogue(a, err) || !tagging_load(&p->tags, a, schema_catalogue(a->schema), err))
        return NULL;
    if (find_who(p, err))
        return p;
    close(p);
    return NULL;
}

static const struct column_info columns[] = {
    {"id", N_("Tag"), VALUE_TEXT},         {"category", N_("Category"), VALUE_TEXT},
    {"name", N_("Name"), VALUE_TEXT},      {"condition", N_("Condition"), VALUE_TEXT},
    {"users", N_("Customers"), VALUE_INT},
};

static size_t categories(const struct tagging *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        bool known = false;
        for (size_t k = 0; k < i; k++)
            known = known || str_eq(t->at[i].tag->category, t->at[k].tag->category);
        n += !known;
    }
    return n;
}

static void put_rule(struct plan *p, struct result *r)
{
    struct buf b = {0};
    rule_add(&b, _("Customers for whom the condition of the tag holds, of all that are known"));
    rule_segment(&b, p->ask);
    if (p->tags.unknown)
        rule_add(&b, _("%s tags speak of what this store does not have"),
                 rule_count(p->ask, (int64_t)p->tags.unknown));
    rule_joined(&b, p->ask);
    rule_end(&b, r);
}

static bool finish(void *plan, void *state, const struct scan_totals *totals, struct result *r,
                   struct err *err)
{
    struct plan *p = plan;
    (void)state, (void)totals, (void)err;
    result_columns(r, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < p->tags.n; i++) {
        const struct tagged *t = &p->tags.at[i];
        struct value *v = result_row(r);
        v[0] = value_text(&r->arena, t->tag->id);
        v[1] = tagging_category(&r->arena, t->tag);
        v[2] = value_text(&r->arena, catalogue_name(t->tag));
        v[3] = value_text(&r->arena, t->tag->condition);
        if (t->set)
            v[4] = value_who(value_int((int64_t)userset_count(t->set)), arena_str(&r->arena, t->tag->id).p);
    }
    object_add(&r->arena, &r->summary, "tags", value_int((int64_t)p->tags.n));
    object_add(&r->arena, &r->summary, "categories", value_int((int64_t)categories(&p->tags)));
    object_add(&r->arena, &r->summary, "unknown", value_int((int64_t)p->tags.unknown));
    object_add(
        &r->arena, &r->summary, "users",
        value_int(p->ask->chosen ? (int64_t)userset_count(p->ask->chosen) : (int64_t)p->ask->customers));
    put_rule(p, r);
    return true;
}

static struct crowd *crowd(void *state)
{
    struct plan *p = state;
    tagging_crowd(&p->crowd, p->who->set);
    return &p->crowd;
}

const struct analysis analysis_tag = {
    .picture = PICTURE_TAGS,
    .of_customers = true,
    .plan = make_plan,
    .finish = finish,
    .crowd = crowd,
    .close = close,
};
