/* question.c - changing a query by keys. */
#include "config.h"

#include "model/registry.h"
#include "tui/question.h"

static struct query *copy_of(const struct query *q)
{
    struct query *copy = mem_zalloc(sizeof *copy);
    query_copy(copy, q);
    return copy;
}

static void drop(struct query *q)
{
    query_done(q);
    free(q);
}

void question_init(struct question *h, const struct query *first)
{
    *h = (struct question){0};
    vec_push(&h->version, (struct question_version){.query = copy_of(first)});
}

void question_done(struct question *h)
{
    for (size_t i = 0; i < h->version.n; i++)
        drop(h->version.at[i].query);
    vec_done(&h->version);
}

const struct query *question_now(const struct question *h)
{
    return h->version.at[h->at].query;
}

const struct view_options *question_view(const struct question *h)
{
    return &h->version.at[h->at].view;
}

static struct question_version *add_version(struct question *h, bool same)
{
    struct question_version v = h->version.at[h->at];
    v.query = copy_of(v.query);
    v.same = same;
    while (h->version.n > h->at + 1)
        drop(h->version.at[--h->version.n].query);
    vec_push(&h->version, v);
    h->at = h->version.n - 1;
    return &h->version.at[h->at];
}

struct query *question_change(struct question *h)
{
    return add_version(h, false)->query;
}

struct view_options *question_change_view(struct question *h)
{
    return &add_version(h, true)->view;
}

bool question_undo(struct question *h, bool *asks)
{
    if (h->at == 0)
        return false;
    *asks = !h->version.at[h->at].same;
    h->at--;
    return true;
}

bool question_redo(struct question *h, bool *asks)
{
    if (h->at + 1 >= h->version.n)
        return false;
    h->at++;
    *asks = !h->version.at[h->at].same;
    return true;
}

static const struct ladder {
    const char *analysis, *name;
    const char *value[12]; /* coarse to fine for `-` to `+` */
} ladders[] = {
    {"funnel", "window", {"10m", "1h", "6h", "1d", "3d", "7d", "14d", "30d", "90d", "none"}},
    {"paths", "top", {"2", "3", "5", "8", "12", "20"}},
    {"events", "unit", {"month", "week", "day", "hour"}},
    {"transitions", "gap", {"1m", "5m", "15m", "30m", "1h", "1d", "none"}},
    {"user", "gap", {"1m", "5m", "15m", "30m", "1h", "1d", "none"}},
};

static const char *present_value(const struct query *q, const char *name)
{
    const char *value = query_get(q, name);
    if (value)
        return value;
    const struct analysis_info *info = registry_find(q->analysis);
    const struct param_info *param = info ? registry_param(info, name) : NULL;
    return param && param->def ? param->def : "8"; /* --top has no default of its own in the table */
}

bool question_step(const struct query *q, int direction, const char **name, const char **value)
{
    for (size_t i = 0; i < sizeof ladders / sizeof ladders[0]; i++) {
        const struct ladder *l = &ladders[i];
        if (strcmp(l->analysis, q->analysis) != 0)
            continue;
        const char *now = present_value(q, l->name);
        int at = 0;
        while (l->value[at] && strcmp(l->value[at], now) != 0)
            at++;
        if (!l->value[at])
            at = 3; /* a value of the user's own: begin in the middle */
        at += direction;
        if (at < 0 || !l->value[at])
            return false;
        *name = l->name;
        *value = l->value[at];
        return true;
    }
    return false;
}

void question_swap_steps(struct query *q, size_t n)
{
    const char *moved = query_nth(q, "step", n);
    if (!moved || !query_nth(q, "step", n + 1))
        return;
    query_remove(q, "step", n);
    query_insert(q, "step", n + 1, moved);
}
