/* sankey_ports.c - where flows leave and reach a node: each side's rows are shared out by largest remainder,
 * in the order of the other ends, so that flows of one node do not cross (tui.md 10.5). */
#include "config.h"

#include <stdlib.h>
#include "render/sankey_layout.h"

struct port {
    size_t link;
    int y; /* of the other end */
    size_t node;
};

static int compare_ports(const void *a, const void *b)
{
    const struct port *x = a, *y = b;

    if (x->y != y->y)
        return x->y < y->y ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

/* Visible links on one side of a node, from the top. */
static size_t collect_ports(struct sankey *s, size_t node, bool right, struct port *port)
{
    const size_t *list = right ? s->out : s->in, *begin = right ? s->out_begin : s->in_begin;
    size_t n = begin[node + 1] - begin[node];

    s->looked += n;
    for (size_t i = 0; i < n; i++) {
        size_t link = list[begin[node] + i], other = right ? s->link[link].to : s->link[link].from;

        port[i] = (struct port){link, s->node[other].y, other};
    }
    qsort(port, n, sizeof *port, compare_ports);
    return n;
}

/* Working memory for one side of one node. */
struct side {
    struct port *port;
    int64_t *weight;
    double *want;
    int *least, *rows;
    struct arena *a;
};

static struct side side_new(const struct sankey *s, struct arena *a)
{
    size_t n = s->out_begin[s->nodes] + 2; /* ports of one node, folded, exits */

    return (struct side){arena_array(a, struct port, n), arena_array(a, int64_t, n),
                         arena_array(a, double, n),      arena_array(a, int, n),
                         arena_array(a, int, n),         a};
}

/* Rows for n weights that fill h rows. */
static void fill_side(struct side *p, size_t n, int h)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)p->weight[i];
    for (size_t i = 0; i < n; i++)
        p->want[i] = sum > 0 ? (double)p->weight[i] / sum * h : 0;
    sankey_share(p->want, p->least, p->rows, n, h, p->a);
}

/* Shares a side's rows out: visible links, then what is folded away, then (on the right) the exits. */
static void share_side(struct sankey *s, size_t node, bool right, double threshold, struct side *p)
{
    struct sankey_node *n = &s->node[node];
    size_t ports = collect_ports(s, node, right, p->port);
    bool exits = right && n->layer + 1 < s->layers;
    int64_t rest = n->value - (exits ? n->ended : 0);
    int y = n->y;

    for (size_t i = 0; i < ports; i++) {
        p->weight[i] = s->link[p->port[i].link].value;
        p->least[i] = 1;
        rest -= p->weight[i];
    }
    p->weight[ports] = rest > 0 ? rest : 0;
    p->least[ports] = 0;
    p->weight[ports + 1] = exits ? n->ended : 0;
    p->least[ports + 1] = exits && sankey_is_visible(n->ended, s->ky, threshold);
    fill_side(p, ports + 2, n->h);
    for (size_t i = 0; i < ports; y += p->rows[i++]) {
        struct sankey_link *l = &s->link[p->port[i].link];

        *(right ? &l->y0 : &l->y1) = y;
        *(right ? &l->h0 : &l->h1) = p->rows[i];
    }
    if (right)
        n->exit_h = p->rows[ports + 1];
}

void sankey_ports(struct sankey *s, double threshold, struct arena *a)
{
    struct side side = side_new(s, a);

    for (size_t i = 0; i < s->nodes; i++) {
        share_side(s, i, false, threshold, &side);
        share_side(s, i, true, threshold, &side);
    }
}
