/* sankey_graph.c - see sankey_graph.h. */
#include "config.h"

#include <stdlib.h>
#include "render/sankey_graph.h"
#include "render/show.h"

static const struct str other_name = {"(other)", 7}, end_name = {"(end)", 5};

/* The nodes of the result, whether the analysis gave a table or a list of objects. */
static size_t source_count(const struct value *nodes)
{
    return nodes->type == VALUE_ROWS ? nodes->rows->n : nodes->type == VALUE_LIST ? nodes->list.n : 0;
}

static const struct value *source_field(const struct value *nodes, size_t i, const char *name)
{
    static const struct value missing = {.type = VALUE_NONE};
    const struct value *v = NULL;

    if (nodes->type == VALUE_ROWS)
        v = rows_get(nodes->rows, i, name);
    else if (nodes->list.at[i].type == VALUE_OBJECT)
        v = object_get(nodes->list.at[i].object, name);
    return v ? v : &missing;
}

static int64_t source_number(const struct value *nodes, size_t i, const char *name)
{
    const struct value *v = source_field(nodes, i, name);

    return v->type == VALUE_INT ? v->i : 0;
}

static int compare_ints(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

/* The different step numbers in ascending order; returns how many. */
static int distinct_steps(const struct value *nodes, int *step)
{
    size_t n = source_count(nodes);
    int distinct = 0;

    for (size_t i = 0; i < n; i++)
        step[i] = (int)source_number(nodes, i, "step");
    qsort(step, n, sizeof *step, compare_ints);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || step[i] != step[i - 1])
            step[distinct++] = step[i];
    return distinct;
}

static int layer_of(const struct sankey *s, int64_t step)
{
    for (int l = 0; l < s->layers; l++)
        if (s->step[l] == step)
            return l;
    return -1;
}

static const char *first_who(const struct value *nodes, size_t i)
{
    const char *who = source_field(nodes, i, "users")->who;

    return who ? who : source_field(nodes, i, "count")->who;
}

static struct sankey_node read_node(const struct value *nodes, size_t i, int layer)
{
    const struct value *name = source_field(nodes, i, "name"), *in = source_field(nodes, i, "in");
    const struct value *users = source_field(nodes, i, "users");
    struct sankey_node n = {.layer = layer, .who = first_who(nodes, i)};

    n.name = name->type == VALUE_TEXT ? name->text : STR("(none)");
    n.shown = name->type == VALUE_TEXT ? value_seen(name) : n.name;
    n.value = in->type == VALUE_INT ? in->i : source_number(nodes, i, "count");
    n.ended = source_number(nodes, i, "ended");
    n.events = source_number(nodes, i, "events");
    n.users = users->type == VALUE_INT ? users->i : -1;
    n.other = n.open_ended = str_eq(n.name, other_name);
    return n;
}

/* By layer, the other last, then by value, then by name. */
static int compare_nodes(const void *a, const void *b)
{
    const struct sankey_node *x = a, *y = b;

    if (x->layer != y->layer)
        return x->layer < y->layer ? -1 : 1;
    if (x->other != y->other)
        return x->other ? 1 : -1;
    if (x->value != y->value)
        return x->value > y->value ? -1 : 1;
    return str_cmp(x->name, y->name);
}

static void read_nodes(struct sankey *s, const struct value *nodes, struct arena *a)
{
    size_t n = source_count(nodes);

    s->node = arena_array(a, struct sankey_node, n + (size_t)s->layers);
    for (size_t i = 0; i < n; i++) {
        int64_t step = source_number(nodes, i, "step");
        int layer = layer_of(s, step);

        if (layer >= 0 && source_number(nodes, i, "count") > 0) /* others are of the compared segment alone */
            s->node[s->nodes++] = read_node(nodes, i, layer);
    }
    qsort(s->node, s->nodes, sizeof *s->node, compare_nodes);
}

static void mark_layers(struct sankey *s)
{
    size_t i = 0;

    for (int l = 0; l <= s->layers; l++) {
        while (i < s->nodes && s->node[i].layer < l)
            i++;
        s->begin[l] = i;
    }
    for (int l = 0; l < s->layers; l++) {
        s->total[l] = 0;
        for (i = s->begin[l]; i < s->begin[l + 1]; i++)
            s->total[l] += s->node[i].value;
    }
}

/* Finding nodes by layer and name while rows are read. Rows come by source, so the last one is remembered. */
struct index {
    size_t *node; /* by layer and name: a layer's are [begin[l], begin[l + 1]) here, too */
    const struct sankey *s;
    int layer;
    struct str name;
    size_t last; /* node of that layer and name; s->nodes: none */
};

struct named {
    struct str name;
    size_t node;
};

static int compare_named(const void *a, const void *b)
{
    const struct named *x = a, *y = b;

    return str_cmp(x->name, y->name);
}

static struct index index_nodes(const struct sankey *s, struct arena *a)
{
    struct named *list = arena_array(a, struct named, s->nodes + 1);
    struct index x = {.node = arena_array(a, size_t, s->nodes + 1), .s = s, .layer = -1};

    for (size_t i = 0; i < s->nodes; i++)
        list[i] = (struct named){s->node[i].name, i};
    for (int l = 0; l < s->layers; l++)
        if (s->begin[l + 1] > s->begin[l])
            qsort(list + s->begin[l], s->begin[l + 1] - s->begin[l], sizeof *list, compare_named);
    for (size_t i = 0; i < s->nodes; i++)
        x.node[i] = list[i].node;
    return x;
}

/* False when there is no such node: the end of a path, or a layer not shown. */
static bool find_node(const struct index *x, int layer, struct str name, size_t *node)
{
    size_t low = layer < 0 || layer >= x->s->layers ? 0 : x->s->begin[layer],
           high = layer < 0 || layer >= x->s->layers ? 0 : x->s->begin[layer + 1];

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = str_cmp(x->s->node[x->node[middle]].name, name);

        if (c == 0)
            return *node = x->node[middle], true;
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static bool find_source(struct index *x, int layer, struct str name, size_t *node)
{
    if (layer != x->layer || !str_eq(name, x->name)) {
        x->layer = layer;
        x->name = name;
        x->last = x->s->nodes;
        find_node(x, layer, name, &x->last);
    }
    *node = x->last;
    return x->last < x->s->nodes;
}

/* Columns of the result's rows, found once. */
struct link_columns {
    size_t step, from, to, count, users, points, median;
};

static bool find_column(const struct rows *t, const char *name, size_t *at)
{
    for (*at = 0; *at < t->columns; ++*at)
        if (strcmp(t->column[*at].name, name) == 0)
            return true;
    return false;
}

static bool find_columns(const struct rows *t, struct link_columns *c)
{
    if (!find_column(t, "users", &c->users))
        c->users = t->columns;
    if (!find_column(t, "difference", &c->points))
        c->points = t->columns;
    if (!find_column(t, "median_s", &c->median))
        c->median = t->columns;
    return find_column(t, "step", &c->step) && find_column(t, "from", &c->from) &&
           find_column(t, "to", &c->to) && find_column(t, "count", &c->count);
}

static bool read_link(const struct sankey *s, const struct rows *t, const struct link_columns *c, size_t row,
                      struct index *index, struct sankey_link *l)
{
    const struct value *cell = t->cell + row * t->columns, *count = &cell[c->count];

    if (cell[c->step].type != VALUE_INT || count->type != VALUE_INT || cell[c->from].type != VALUE_TEXT ||
        cell[c->to].type != VALUE_TEXT)
        return false;
    int layer = layer_of(s, cell[c->step].i);

    *l = (struct sankey_link){.value = count->i, .who = count->who, .row = row, .track = -1, .median = -1};
    if (!l->who && c->users < t->columns)
        l->who = cell[c->users].who;
    if (c->points < t->columns && cell[c->points].type == VALUE_REAL)
        l->points = cell[c->points].d;
    if (c->median < t->columns && cell[c->median].type == VALUE_SECONDS)
        l->median = cell[c->median].d;
    return layer >= 0 && layer + 1 < s->layers && !str_eq(cell[c->to].text, end_name) &&
           find_source(index, layer, cell[c->from].text, &l->from) &&
           find_node(index, layer + 1, cell[c->to].text, &l->to);
}

static void read_links(struct sankey *s, const struct rows *t, struct arena *a)
{
    struct index index = index_nodes(s, a);
    struct link_columns c;

    s->link = arena_array(a, struct sankey_link, t->n + 1);
    if (!find_columns(t, &c))
        return;
    s->compared = c.points < t->columns;
    s->looked += t->n;
    for (size_t row = 0; row < t->n; row++)
        if (read_link(s, t, &c, row, &index, &s->link[s->links]))
            s->links++;
}

static void absorb(struct sankey_node *fold, const struct sankey_node *n)
{
    fold->value += n->value;
    fold->ended += n->ended;
    fold->events += n->events;
    fold->hot_value += n->hot_value;
    fold->hot_ended += n->hot_ended;
    fold->folded += n->folded ? n->folded : n->other ? 0 : 1; /* n may be a fold itself */
    fold->open_ended = fold->open_ended || n->open_ended;
}

/* Keeps the largest max - 1 nodes of a layer that has more than max; to[] says where each node of `full`
 * went. */
static void fold_layer(struct sankey *s, const struct sankey *full, int layer, size_t max, size_t *to)
{
    size_t begin = full->begin[layer], end = full->begin[layer + 1];
    size_t keep = end - begin > max ? max - 1 : end - begin;

    for (size_t i = begin; i < begin + keep; i++) {
        to[i] = s->nodes;
        s->node[s->nodes++] = full->node[i];
    }
    if (keep == end - begin)
        return;
    s->node[s->nodes] = (struct sankey_node){.layer = layer, .name = other_name, .users = -1, .other = true};
    for (size_t i = begin + keep; i < end; i++) {
        absorb(&s->node[s->nodes], &full->node[i]);
        to[i] = s->nodes;
    }
    s->nodes++;
}

static size_t widest_layer(const struct sankey *s)
{
    size_t widest = 1;

    for (int l = 0; l < s->layers; l++)
        widest = s->begin[l + 1] - s->begin[l] > widest ? s->begin[l + 1] - s->begin[l] : widest;
    return widest;
}

static void add_to(struct sankey_link *sum, const struct sankey_link *l)
{
    sum->who = sum->value ? NULL : l->who;
    sum->row = sum->value && sum->row < l->row ? sum->row : l->row;
    sum->median = sum->value ? -1 : l->median;
    sum->value += l->value;
    sum->hot_value += l->hot_value;
    sum->points += l->points;
}

/* Sums links between the same two nodes: a table of sources by targets in the next layer, read out in
 * canonical order. */
static void fold_links(struct sankey *s, const struct sankey *full, const size_t *to, struct arena *a)
{
    size_t width = widest_layer(s);
    struct sankey_link *sum = arena_array(a, struct sankey_link, s->nodes * width + 1);

    s->looked += full->links + s->nodes * width;
    for (size_t i = 0; i < full->links; i++) {
        size_t from = to[full->link[i].from], target = to[full->link[i].to];

        add_to(&sum[from * width + target - s->begin[s->node[target].layer]], &full->link[i]);
    }
    s->link = sum;
    s->links = 0;
    for (size_t from = 0; from < s->nodes; from++)
        for (size_t i = 0; i < width; i++) {
            struct sankey_link l = sum[from * width + i];

            if (l.value == 0)
                continue;
            l.from = from;
            l.to = s->begin[s->node[from].layer + 1] + i;
            l.track = -1;
            s->link[s->links++] = l; /* never ahead of the reading */
        }
}

void sankey_graph_fold(struct sankey *s, const struct sankey *full, int max_nodes, struct arena *a)
{
    size_t *to = arena_array(a, size_t, full->nodes + 1);

    *s = *full;
    s->nodes = 0;
    s->node = arena_array(a, struct sankey_node, full->nodes + (size_t)full->layers);
    s->begin = arena_array(a, size_t, s->layers + 1);
    for (int l = 0; l < s->layers; l++)
        fold_layer(s, full, l, (size_t)max_nodes, to);
    mark_layers(s);
    fold_links(s, full, to, a);
}

/* Links by the nodes they join: a table in which places that are taken lead to the next one. */
struct joined {
    size_t *link; /* + 1; 0: none */
    size_t mask;
};

static size_t place_of(const struct joined *j, const struct sankey *s, size_t from, size_t to)
{
    uint64_t key = (uint64_t)from * s->nodes + to;
    size_t i = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & j->mask;

    while (j->link[i] && (s->link[j->link[i] - 1].from != from || s->link[j->link[i] - 1].to != to))
        i = (i + 1) & j->mask;
    return i;
}

static struct joined join_nodes(const struct sankey *s, struct arena *a)
{
    size_t places = 16;

    while (places < 2 * s->links)
        places *= 2;
    struct joined j = {arena_array(a, size_t, places), places - 1};
    for (size_t i = 0; i < s->links; i++)
        j.link[place_of(&j, s, s->link[i].from, s->link[i].to)] = i + 1;
    return j;
}

static void mark_links(struct sankey *s, const struct rows *t, const struct link_columns *c,
                       struct index *index, struct arena *a)
{
    struct joined j = join_nodes(s, a);

    s->looked += t->n + s->links;
    for (size_t row = 0; row < t->n; row++) {
        struct sankey_link hot;

        if (!read_link(s, t, c, row, index, &hot))
            continue;
        size_t i = j.link[place_of(&j, s, hot.from, hot.to)];
        if (i)
            s->link[i - 1].hot_value = hot.value;
    }
}

void sankey_graph_mark(struct sankey *s, const struct result *through, struct arena *a)
{
    const struct value *nodes = show_summary(through, "nodes");
    struct index index = index_nodes(s, a);
    struct link_columns c;
    size_t at;

    if (!find_columns(&through->rows, &c))
        return;
    s->marked = true;
    mark_links(s, &through->rows, &c, &index, a);
    for (size_t i = 0; i < source_count(nodes); i++) {
        const struct sankey_node hot = read_node(nodes, i, layer_of(s, source_number(nodes, i, "step")));

        if (!find_node(&index, hot.layer, hot.name, &at))
            continue;
        s->node[at].hot_value = hot.value;
        s->node[at].hot_ended = hot.ended;
    }
}

static int64_t total_of_step(const struct value *nodes, int step)
{
    int64_t total = 0;

    for (size_t i = 0; i < source_count(nodes); i++)
        if (source_number(nodes, i, "step") == step)
            total += read_node(nodes, i, 0).value;
    return total;
}

int sankey_graph_layers(const struct result *r)
{
    const struct value *nodes = show_summary(r, "nodes");
    struct arena a = {0};
    int layers = distinct_steps(nodes, arena_array(&a, int, source_count(nodes) + 1));

    arena_done(&a);
    return layers;
}

bool sankey_graph_read(struct sankey *s, const struct result *r, int first, int layers, struct arena *a)
{
    const struct value *nodes = show_summary(r, "nodes");
    int *step = arena_array(a, int, source_count(nodes) + 1);

    *s = (struct sankey){.all_layers = distinct_steps(nodes, step)};
    if (s->all_layers == 0)
        return false;
    s->layers = layers < s->all_layers ? layers : s->all_layers;
    s->first = first > s->all_layers - s->layers ? s->all_layers - s->layers : first < 0 ? 0 : first;
    s->step = step + s->first;
    const struct value *paths = show_summary(r, "paths");
    s->start = paths->type == VALUE_INT ? paths->i : total_of_step(nodes, step[0]);
    s->begin = arena_array(a, size_t, s->layers + 1);
    s->total = arena_array(a, int64_t, s->layers);
    read_nodes(s, nodes, a);
    mark_layers(s);
    read_links(s, &r->rows, a);
    return true;
}
