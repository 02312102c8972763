/* sankey_order.c - the order of nodes in each layer: barycentre sweeps, then swaps of neighbours while
 * crossings fall (tui.md 10.4). The first layer stays sorted by value, so that the reader's map of it is
 * stable, and the other is always last. A crossing costs the smaller of the two flows. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include "render/sankey_layout.h"

enum { SWEEPS = 16, SWAP_ROUNDS = 24 };

/* A link as far as crossings go: ranks at both ends. */
struct ends {
    int from, to;
    int64_t value;
};

struct ordering {
    struct sankey *s;
    int *rank;        /* per node: place in its layer */
    double *key;      /* per node: barycentre */
    struct ends *end; /* of the channel at hand */
};

static int64_t min_value(const struct sankey_link *a, const struct sankey_link *b)
{
    return a->value < b->value ? a->value : b->value;
}

/* Every pair of links is looked at, in a loop without branches. */
static int64_t channel_cost(const struct ordering *o, int layer)
{
    struct sankey *s = o->s;
    size_t begin, end, n;
    int64_t cost = 0;

    sankey_channel(s, layer, &begin, &end);
    n = end - begin;
    s->looked += n * n / 2;
    for (size_t i = 0; i < n; i++) {
        const struct sankey_link *l = &s->link[s->out[begin + i]];

        o->end[i] = (struct ends){o->rank[l->from], o->rank[l->to], l->value};
    }
    for (size_t i = 0; i < n; i++) {
        struct ends x = o->end[i];

        for (size_t j = i + 1; j < n; j++) {
            struct ends y = o->end[j];
            int64_t least = x.value < y.value ? x.value : y.value;

            cost += (x.from - y.from) * (x.to - y.to) < 0 ? least : 0;
        }
    }
    return cost;
}

static int64_t total_cost(const struct ordering *o)
{
    int64_t cost = 0;

    for (int l = 0; l + 1 < o->s->layers; l++)
        cost += channel_cost(o, l);
    return cost;
}

static void first_order(struct ordering *o)
{
    struct sankey *s = o->s;

    for (int l = 0; l < s->layers; l++)
        for (size_t i = s->begin[l]; i < s->begin[l + 1]; i++) {
            s->order[i] = i;
            o->rank[i] = (int)(i - s->begin[l]);
        }
}

/* Mean rank of the neighbours on one side, weighted by flow; without neighbours the node stays where it is.
 */
static double barycentre(const struct ordering *o, size_t node, bool from_left)
{
    const size_t *begin = from_left ? o->s->in_begin : o->s->out_begin;
    const size_t *list = from_left ? o->s->in : o->s->out;
    double sum = 0, weight = 0;

    for (size_t i = begin[node]; i < begin[node + 1]; i++) {
        const struct sankey_link *l = &o->s->link[list[i]];

        sum += (double)l->value * o->rank[from_left ? l->from : l->to];
        weight += (double)l->value;
    }
    return weight > 0 ? round(sum / weight * 1000) : o->rank[node] * 1000.0;
}

static bool goes_before(const struct ordering *o, size_t a, size_t b)
{
    if (o->s->node[a].other != o->s->node[b].other)
        return o->s->node[b].other;
    return o->key[a] != o->key[b] ? o->key[a] < o->key[b] : a < b; /* nodes are sorted by value and name */
}

static void sort_layer(struct ordering *o, int layer, bool from_left)
{
    struct sankey *s = o->s;
    size_t begin = s->begin[layer], end = s->begin[layer + 1];

    for (size_t i = begin; i < end; i++)
        o->key[i] = barycentre(o, i, from_left);
    for (size_t i = begin + 1; i < end; i++) { /* insertion: a dozen nodes */
        size_t node = s->order[i], j = i;

        for (; j > begin && goes_before(o, node, s->order[j - 1]); j--)
            s->order[j] = s->order[j - 1];
        s->order[j] = node;
    }
    for (size_t i = begin; i < end; i++)
        o->rank[s->order[i]] = (int)(i - begin);
}

static void sweep(struct ordering *o, bool from_left)
{
    for (int i = 1; i < o->s->layers; i++)
        sort_layer(o, from_left ? i : o->s->layers - i, from_left);
}

static void set_ranks(struct ordering *o)
{
    struct sankey *s = o->s;

    for (int l = 0; l < s->layers; l++)
        for (size_t i = s->begin[l]; i < s->begin[l + 1]; i++)
            o->rank[s->order[i]] = (int)(i - s->begin[l]);
}

static int64_t best_sweep(struct ordering *o, struct arena *a)
{
    struct sankey *s = o->s;
    size_t bytes = s->nodes * sizeof *s->order;
    size_t *best = arena_array(a, size_t, s->nodes + 1);
    int64_t least = total_cost(o);

    memcpy(best, s->order, bytes);
    for (int i = 0; i < SWEEPS && least > 0; i++) {
        sweep(o, i % 2 == 0);
        int64_t cost = total_cost(o);

        if (cost < least) {
            least = cost;
            memcpy(best, s->order, bytes);
        }
    }
    memcpy(s->order, best, bytes);
    set_ranks(o);
    return least;
}

/* Crossings between the links of two neighbours on one side when `upper` stands above `lower`. */
static int64_t crossings(const struct ordering *o, size_t upper, size_t lower, bool left)
{
    const struct sankey *s = o->s;
    const size_t *begin = left ? s->in_begin : s->out_begin, *list = left ? s->in : s->out;
    int64_t cost = 0;

    for (size_t i = begin[upper]; i < begin[upper + 1]; i++)
        for (size_t j = begin[lower]; j < begin[lower + 1]; j++) {
            const struct sankey_link *u = &o->s->link[list[i]], *d = &o->s->link[list[j]];

            if (o->rank[left ? u->from : u->to] > o->rank[left ? d->from : d->to])
                cost += min_value(u, d);
        }
    return cost;
}

static int64_t swap_gain(const struct ordering *o, size_t upper, size_t lower)
{
    return crossings(o, upper, lower, true) + crossings(o, upper, lower, false) -
           crossings(o, lower, upper, true) - crossings(o, lower, upper, false);
}

/* One round over all neighbours; returns how much the cost fell. */
static int64_t swap_round(struct ordering *o)
{
    struct sankey *s = o->s;
    int64_t fell = 0;

    for (int l = 1; l < s->layers; l++)
        for (size_t i = s->begin[l]; i + 1 < s->begin[l + 1]; i++) {
            size_t upper = s->order[i], lower = s->order[i + 1];
            int64_t gain = s->node[lower].other ? 0 : swap_gain(o, upper, lower);

            if (gain <= 0)
                continue;
            s->order[i] = lower;
            s->order[i + 1] = upper;
            o->rank[lower]--;
            o->rank[upper]++;
            fell += gain;
        }
    return fell;
}

void sankey_order(struct sankey *s, struct arena *a)
{
    struct ordering o = {.s = s};

    s->order = arena_array(a, size_t, s->nodes + 1);
    o.rank = arena_array(a, int, s->nodes + 1);
    o.key = arena_array(a, double, s->nodes + 1);
    o.end = arena_array(a, struct ends, s->out_begin[s->nodes] + 1);
    first_order(&o);
    s->cost_before = total_cost(&o);
    s->cost_after = best_sweep(&o, a);
    for (int i = 0; i < SWAP_ROUNDS; i++) {
        int64_t fell = swap_round(&o);

        s->cost_after -= fell;
        if (fell == 0)
            break;
    }
}
