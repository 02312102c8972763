/* flow_sample.c - see flow_sample.h. */
#include "config.h"

#include <stdio.h>
#include "base/arena.h"
#include "flow_sample.h"

enum { NAMES = 128, DEPTH = 12 };

static const char *const english[] = {"Mobile app",     "Home",     "Wealth",    "Accounts",
                                      "Transfer",       "Bills",    "WeChat",    "Campaign",
                                      "Product detail", "Web bank", "Risk quiz", "SMS link"};
static const char *const han[] = {"手机银行", "首页",   "理财频道", "我的账户", "转账",     "生活缴费",
                                  "微信银行", "活动页", "产品详情", "网上银行", "风险测评", "短信链接"};

struct tally {
    int64_t node[DEPTH][NAMES], ended[DEPTH][NAMES], link[DEPTH][NAMES][NAMES];
};

/* A few names have most of the traffic, and each name has two favourites, as in real journeys. */
static int next_name(struct rand *rng, const struct flow_shape *f, int from)
{
    uint32_t n = (uint32_t)f->names, luck = rand_below(rng, 10), low = rand_below(rng, n);

    if (from >= 0 && luck < 5)
        return (int)(((uint32_t)from * 2 + 1) % n);
    if (from >= 0 && luck < 7)
        return (int)(((uint32_t)from + 1) % n);
    for (int i = 0; i < 2; i++) {
        uint32_t again = rand_below(rng, n);

        low = again < low ? again : low;
    }
    return (int)low;
}

/* The whole path is drawn before it is known whether it counts, so that others stay the same. */
static void draw_path(struct rand *rng, const struct flow_shape *f, struct tally *t)
{
    int name[DEPTH], n = 0;
    bool ended = false;

    name[n++] = next_name(rng, f, -1);
    for (int step = 0; step < f->depth && !ended; step++) {
        ended = rand_below(rng, 5) == 0;
        if (!ended) {
            int to = next_name(rng, f, name[step]);

            if (step + 1 < f->depth)
                name[n++] = to;
        }
    }
    if (f->through_step && (f->through_step > n || name[f->through_step - 1] != f->through_name - 1))
        return;
    for (int step = 0; step < n; step++) {
        t->node[step][name[step]]++;
        if (step + 1 < n)
            t->link[step][name[step]][name[step + 1]]++;
    }
    if (ended)
        t->ended[n - 1][name[n - 1]]++;
}

static struct value name_of(struct result *r, const struct flow_shape *f, int name)
{
    if (name == f->names - 1)
        return value_static("(other)");
    if (name < 12)
        return value_static(f->chinese ? han[name] : english[name]);
    return value_text(&r->arena, str_of(arena_printf(&r->arena, "event_%02d", name)));
}

static void add_link(struct result *r, bool listed, int step, struct value from, struct value to,
                     int64_t count)
{
    struct value *row = result_row(r);

    row[0] = value_int(step + 1);
    row[1] = from;
    row[2] = to;
    row[3] = value_who(value_int(count), listed ? arena_printf(&r->arena, "link %zu", r->rows.n) : NULL);
    row[4] = value_int(count);
}

static void add_links(struct result *r, const struct flow_shape *f, const struct tally *t)
{
    for (int s = 0; s < f->depth; s++)
        for (int a = 0; a < f->names; a++) {
            for (int b = 0; b < f->names; b++)
                if (t->link[s][a][b])
                    add_link(r, f->links_listed, s, name_of(r, f, a), name_of(r, f, b), t->link[s][a][b]);
            if (t->ended[s][a])
                add_link(r, f->links_listed, s, name_of(r, f, a), value_static("(end)"), t->ended[s][a]);
        }
}

static void add_node(struct result *r, const struct flow_shape *f, const struct tally *t, int s, int a,
                     struct rows *nodes)
{
    struct value *row = rows_add(&r->arena, nodes);
    struct value name = name_of(r, f, a);
    int64_t in = t->node[s][a];

    row[0] = value_int(s + 1);
    row[1] = name;
    row[2] = value_int(in);
    row[3] =
        value_who(value_int(in), arena_printf(&r->arena, "%d %.*s", s + 1, (int)name.text.n, name.text.p));
    row[4] = value_int(in);
    row[5] = value_int(in - t->ended[s][a]);
    row[6] = value_int(t->ended[s][a]);
}

static void shuffle(struct rand *rng, struct rows *t)
{
    for (size_t i = t->n; i > 1; i--) {
        size_t j = rand_below(rng, (uint32_t)i);

        for (size_t c = 0; c < t->columns; c++) {
            struct value v = t->cell[(i - 1) * t->columns + c];

            t->cell[(i - 1) * t->columns + c] = t->cell[j * t->columns + c];
            t->cell[j * t->columns + c] = v;
        }
    }
}

static struct value as_list(struct arena *a, const struct rows *t)
{
    struct value v = {.type = VALUE_LIST};

    v.list.n = t->n;
    v.list.at = arena_array(a, struct value, t->n + 1);
    for (size_t i = 0; i < t->n; i++) {
        struct object *o = arena_new(a, struct object);

        for (size_t c = 0; c < t->columns; c++)
            object_add(a, o, t->column[c].name, t->cell[i * t->columns + c]);
        v.list.at[i] = (struct value){.type = VALUE_OBJECT, .object = o};
    }
    return v;
}

struct result *flow_sample(const struct flow_shape *f)
{
    static const struct column_info link_columns[] = {
        {"step", NULL, VALUE_INT},  {"from", NULL, VALUE_TEXT}, {"to", NULL, VALUE_TEXT},
        {"count", NULL, VALUE_INT}, {"users", NULL, VALUE_INT},
    };
    static const struct column_info node_columns[] = {
        {"step", NULL, VALUE_INT},  {"name", NULL, VALUE_TEXT}, {"count", NULL, VALUE_INT},
        {"users", NULL, VALUE_INT}, {"in", NULL, VALUE_INT},    {"out", NULL, VALUE_INT},
        {"ended", NULL, VALUE_INT},
    };
    struct result *r = result_new("paths", PICTURE_FLOW);
    struct tally *t = arena_new(&r->arena, struct tally);
    struct rows *nodes = arena_new(&r->arena, struct rows);
    struct rand rng;

    rand_seed(&rng, f->seed);
    for (int i = 0; i < f->paths; i++)
        draw_path(&rng, f, t);
    result_columns(r, link_columns, 5);
    add_links(r, f, t);
    *nodes = (struct rows){.column = node_columns, .columns = 7};
    for (int s = 0; s < f->depth; s++)
        for (int a = 0; a < f->names; a++)
            if (t->node[s][a])
                add_node(r, f, t, s, a, nodes);
    if (f->shuffled) {
        shuffle(&rng, nodes);
        shuffle(&rng, &r->rows);
    }
    object_add(&r->arena, &r->summary, "paths", value_int(f->paths));
    object_add(&r->arena, &r->summary, "nodes",
               f->nodes_listed ? as_list(&r->arena, nodes)
                               : (struct value){.type = VALUE_ROWS, .rows = nodes});
    r->rule = "Sessions cut at gaps over 30m, from their first event.";
    r->command = "waymark paths --depth 6";
    return r;
}

struct flow_shape flow_shape_random(struct rand *rng)
{
    return (struct flow_shape){
        .seed = rand_u64(rng),
        .names = 2 + (int)rand_below(rng, 30),
        .depth = 1 + (int)rand_below(rng, 9),
        .paths = 1 + (int)rand_below(rng, rand_below(rng, 2) ? 3000 : 30),
    };
}
