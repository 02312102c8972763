/* sankey_graph.h - what a Sankey is made of: nodes in layers and links between neighbouring layers, read from a result
 * (semantics.md 5), cut to the layers shown and folded to a few nodes per layer (tui.md 10.2, 10.3).
 *
 * Everything is sorted canonically (layer, value, name), so the same paths in any order of rows give the same picture. */
#ifndef WM_SANKEY_GRAPH_H
#define WM_SANKEY_GRAPH_H

#include "model/result.h"

struct sankey_node {
    /* from the result */
    int layer;
    struct str name, shown; /* what identifies, what people see */
    int64_t value, ended; /* paths that arrive, paths that stop */
    int64_t users;        /* -1: unknown, the node was folded together */
    const char *who;      /* --users value; NULL none */
    int64_t events;       /* merged into it; 0: unknown, repeats are not merged */
    int64_t hot_value, hot_ended; /* of those, through the focus: sankey_graph_mark */
    int folded;           /* nodes of the result in it when it is the fold of several, else 0 */
    bool other;           /* the fold, or the analysis's own "(other)": last in its layer */
    bool open_ended;      /* it holds the analysis's own "(other)": `folded` is a lower bound */
    /* from the layout */
    int y, h;             /* rows */
    int exit_h;           /* rows at the bottom of its right side that are open */
    bool forced;          /* more rows than its value deserves: its visible links need them */
};

struct sankey_link {
    size_t from, to; /* nodes */
    int64_t value;
    const char *who; /* NULL: none, or folded together */
    size_t row;      /* of the result; the first when folded together */
    int64_t hot_value; /* of those, through the focus: sankey_graph_mark */
    double median;   /* seconds from one node to the other; < 0: not known */
    double points;   /* difference to the compared segment, in points of all paths */
    double hot;      /* 0..1: the share drawn as going through the focus */
    /* from the layout */
    bool shown;
    int y0, h0, y1, h1; /* rows at the source's right side and the target's left side */
    int track;          /* column of the knee when both ends are one row (a wire); -1: straight or a ribbon */
};

struct sankey {
    int layers, first, all_layers; /* shown; index of the first shown; in the result */
    int *step;                     /* per shown layer: its number in the result */
    struct sankey_node *node;      /* sorted by layer, `other` last in each, then by value and name */
    size_t nodes;
    size_t *begin;                 /* per shown layer: its first node; begin[layers] = nodes */
    struct sankey_link *link;      /* sorted by from, to once folded */
    size_t links;
    int64_t *total;                /* per shown layer: sum of its nodes' values */
    int64_t start;                 /* all paths: what percents are of */
    bool compared;                 /* links have points */
    bool marked;                   /* hot values are known */
    /* from the layout */
    size_t *order;                 /* node indexes, layer by layer, from the top */
    int64_t *channel_shown, *channel_folded; /* per channel: values of the links drawn and not drawn */
    int64_t cost_before, cost_after;         /* weighted crossings */
    double ky;                               /* rows per path */
    int h;
    /* Links shown: by source as out[out_begin[n]..], so by channel as well, and by target as in[in_begin[n]..]. */
    size_t *out, *out_begin, *in, *in_begin;
    size_t looked; /* at links so far: what the tests hold the work to */
};

/* The shown links of the channel after `layer`: out[*begin] .. out[*end - 1]. */
static inline void sankey_channel(const struct sankey *s, int layer, size_t *begin, size_t *end)
{
    *begin = s->out_begin[s->begin[layer]];
    *end = s->out_begin[s->begin[layer + 1]];
}

/* The nodes and links of `layers` layers from `first` (clamped to what there is), nothing folded, links in the order of the
 * rows. False when the result has no nodes. */
bool sankey_graph_read(struct sankey *s, const struct result *r, int first, int layers, struct arena *a);
/* How many of each node's and link's paths are among those of `through`, the answer to the same question of fewer paths. Before
 * folding. */
void sankey_graph_mark(struct sankey *s, const struct result *through, struct arena *a);
/* The same with at most max_nodes >= 2 nodes per layer, links between the same nodes summed and sorted. */
void sankey_graph_fold(struct sankey *s, const struct sankey *full, int max_nodes, struct arena *a);
/* Number of layers in the result. */
int sankey_graph_layers(const struct result *r);
static inline bool sankey_link_is_wire(const struct sankey_link *l)
{
    return l->h0 == 1 && l->h1 == 1;
}

#endif
