/* sankey_layout.c - see sankey_layout.h. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include "render/sankey_layout.h"

enum { BISECTIONS = 24, GAP_FROM = 14 /* rows from which nodes are kept apart */ };

struct ideal {
    size_t i;
    double rest; /* what the item would still like */
};

static int compare_rest(const void *a, const void *b)
{
    const struct ideal *x = a, *y = b;

    if (x->rest != y->rest)
        return x->rest > y->rest ? -1 : 1;
    return (x->i > y->i) - (x->i < y->i);
}

void sankey_share(const double *want, const int *least, int *rows, size_t n, int total, struct arena *a)
{
    struct ideal *ideal = arena_array(a, struct ideal, n + 1);
    int given = 0;

    for (size_t i = 0; i < n; i++) {
        int whole = (int)floor(want[i] + 1e-9);

        rows[i] = whole > least[i] ? whole : least[i];
        ideal[i] = (struct ideal){i, want[i] - rows[i]};
        given += rows[i];
    }
    qsort(ideal, n, sizeof *ideal, compare_rest);
    for (size_t k = 0; n > 0 && given < total; k = (k + 1) % n, given++)
        rows[ideal[k].i]++;
    while (given > total) { /* minimums took more than there was: the richest give */
        size_t rich = n;

        for (size_t i = 0; i < n; i++)
            if (rows[i] > least[i] && (rich == n || rows[i] - least[i] > rows[rich] - least[rich]))
                rich = i;
        if (rich == n)
            break;
        rows[rich]--;
        given--;
    }
}

static int gap_of(int h)
{
    return h >= GAP_FROM ? 1 : 0;
}

bool sankey_is_visible(int64_t value, double ky, double threshold)
{
    return value > 0 && (double)value * ky >= threshold;
}

struct heights {
    struct sankey *s;
    const struct sankey_link *
        *link; /* those that are visible at the largest scale: never more than rows allow */
    size_t links;
    double threshold;
    double *want; /* per node: rows at this scale */
    int *none, *rows, *need, *left, *right;
    struct arena *a;
};

/* Rows each node needs at both sides to keep its visible links, and its exits, at one row each. */
static void count_needs(struct heights *p, double ky)
{
    struct sankey *s = p->s;
    int *left = p->left, *right = p->right;

    memset(left, 0, s->nodes * sizeof *left);
    memset(right, 0, s->nodes * sizeof *right);
    s->looked += p->links;
    for (size_t i = 0; i < p->links; i++)
        if (sankey_is_visible(p->link[i]->value, ky, p->threshold)) {
            right[p->link[i]->from]++;
            left[p->link[i]->to]++;
        }
    for (size_t n = 0; n < s->nodes; n++) {
        if (s->node[n].layer + 1 < s->layers && sankey_is_visible(s->node[n].ended, ky, p->threshold))
            right[n]++;
        p->need[n] = left[n] > right[n] ? left[n] : right[n];
        p->need[n] = p->need[n] > 1 ? p->need[n] : 1;
    }
}

/* Heights at this scale; false when a layer does not fit in h rows. */
static bool try_scale(struct heights *p, double ky, int h)
{
    struct sankey *s = p->s;
    bool fits = true;

    count_needs(p, ky);
    for (size_t i = 0; i < s->nodes; i++)
        p->want[i] = (double)s->node[i].value * ky;
    for (int l = 0; l < s->layers; l++) {
        size_t begin = s->begin[l], n = s->begin[l + 1] - begin;
        int used = n ? (int)(n - 1) * gap_of(h) : 0;

        sankey_share(p->want + begin, p->none, p->rows + begin, n, (int)lround((double)s->total[l] * ky),
                     p->a);
        for (size_t i = begin; i < begin + n; i++)
            used += p->rows[i] > p->need[i] ? p->rows[i] : p->need[i];
        fits = fits && used <= h;
    }
    return fits;
}

static void take_heights(struct heights *p, double ky, int h)
{
    struct sankey *s = p->s;

    try_scale(p, ky, h);
    s->ky = ky;
    for (size_t i = 0; i < s->nodes; i++) {
        s->node[i].forced = p->need[i] > p->rows[i];
        s->node[i].h = s->node[i].forced ? p->need[i] : p->rows[i];
    }
    for (size_t i = 0; i < s->links; i++)
        s->link[i].shown = sankey_is_visible(s->link[i].value, ky, p->threshold);
}

static int64_t largest_total(const struct sankey *s)
{
    int64_t max = 1;

    for (int l = 0; l < s->layers; l++)
        max = s->total[l] > max ? s->total[l] : max;
    return max;
}

static void list_links(struct heights *p, double largest)
{
    struct sankey *s = p->s;

    p->link = arena_alloc(p->a, (s->links + 1) * sizeof *p->link);
    s->looked += s->links;
    for (size_t i = 0; i < s->links; i++)
        if (sankey_is_visible(s->link[i].value, largest, p->threshold))
            p->link[p->links++] = &s->link[i];
}

/* The largest scale at which every layer fits. */
static bool choose_heights(struct sankey *s, int h, double threshold, struct arena *a)
{
    struct heights p = {.s = s, .threshold = threshold, .a = a};
    double low = 0, high = (double)h / (double)largest_total(s);

    p.want = arena_array(a, double, s->nodes + 1);
    p.none = arena_array(a, int, s->nodes + 1);
    p.rows = arena_array(a, int, s->nodes + 1);
    p.need = arena_array(a, int, s->nodes + 1);
    p.left = arena_array(a, int, s->nodes + 1);
    p.right = arena_array(a, int, s->nodes + 1);
    list_links(&p, high);
    if (!try_scale(&p, 0, h))
        return false;
    if (try_scale(&p, high, h))
        low = high;
    for (int i = 0; i < BISECTIONS && low < high; i++) {
        double middle = (low + high) / 2;

        if (try_scale(&p, middle, h))
            low = middle;
        else
            high = middle;
    }
    take_heights(&p, low, h);
    return true;
}

static void count_channels(struct sankey *s, struct arena *a)
{
    s->channel_shown = arena_array(a, int64_t, s->layers);
    s->channel_folded = arena_array(a, int64_t, s->layers);
    for (size_t i = 0; i < s->links; i++) {
        int channel = s->node[s->link[i].from].layer;

        if (s->link[i].shown)
            s->channel_shown[channel] += s->link[i].value;
        else
            s->channel_folded[channel] += s->link[i].value;
    }
}

static void sum_up(size_t *begin, size_t n)
{
    for (size_t i = 0; i < n; i++)
        begin[i + 1] += begin[i];
}

/* Links are sorted by source already. */
static void index_shown(struct sankey *s, struct arena *a)
{
    size_t shown = 0, *fill = arena_array(a, size_t, s->nodes + 1);

    s->out_begin = arena_array(a, size_t, s->nodes + 1);
    s->in_begin = arena_array(a, size_t, s->nodes + 1);
    s->out = arena_array(a, size_t, s->links + 1);
    s->in = arena_array(a, size_t, s->links + 1);
    s->looked += s->links;
    for (size_t i = 0; i < s->links; i++)
        if (s->link[i].shown) {
            s->out[shown++] = i;
            s->out_begin[s->link[i].from + 1]++;
            s->in_begin[s->link[i].to + 1]++;
        }
    sum_up(s->out_begin, s->nodes);
    sum_up(s->in_begin, s->nodes);
    memcpy(fill, s->in_begin, s->nodes * sizeof *fill);
    for (size_t i = 0; i < shown; i++)
        s->in[fill[s->link[s->out[i]].to]++] = s->out[i];
}

/* Where the middle of a node's sources is, weighted by flow; -1 without visible sources. */
static double source_centre(const struct sankey *s, size_t node)
{
    double sum = 0, weight = 0;

    for (size_t i = s->in_begin[node]; i < s->in_begin[node + 1]; i++) {
        const struct sankey_link *l = &s->link[s->in[i]];

        sum += (double)l->value * (s->node[l->from].y + s->node[l->from].h / 2.0);
        weight += (double)l->value;
    }
    return weight > 0 ? sum / weight : -1;
}

static void stack_layer(struct sankey *s, int layer)
{
    int y = 0;

    for (size_t i = s->begin[layer]; i < s->begin[layer + 1]; i++) {
        s->node[s->order[i]].y = y;
        y += s->node[s->order[i]].h + gap_of(s->h);
    }
}

/* From the bottom up, each node sinks towards its sources while there is room; none rises. */
static void sink_layer(struct sankey *s, int layer)
{
    int floor_y = s->h;

    for (size_t i = s->begin[layer + 1]; i > s->begin[layer]; i--) {
        struct sankey_node *n = &s->node[s->order[i - 1]];
        double centre = source_centre(s, s->order[i - 1]);
        int want = centre < 0 ? n->y : (int)lround(centre - n->h / 2.0);

        if (want > floor_y - n->h)
            want = floor_y - n->h;
        if (want > n->y)
            n->y = want;
        floor_y = n->y - gap_of(s->h);
    }
}

static void place_nodes(struct sankey *s)
{
    for (int l = 0; l < s->layers; l++) {
        stack_layer(s, l);
        if (l > 0)
            sink_layer(s, l);
    }
}

double sankey_coverage(struct sankey *s, int h, double threshold, struct arena *a)
{
    int64_t shown = 0, all = 0;

    if (!choose_heights(s, h, threshold, a))
        return 0;
    for (size_t i = 0; i < s->links; i++) {
        all += s->link[i].value;
        shown += s->link[i].shown ? s->link[i].value : 0;
    }
    return all ? (double)shown / (double)all : 1;
}

bool sankey_layout(struct sankey *s, int h, double threshold, struct arena *a)
{
    s->h = h;
    if (!choose_heights(s, h, threshold, a))
        return false;
    count_channels(s, a);
    index_shown(s, a);
    sankey_order(s, a);
    place_nodes(s);
    sankey_ports(s, threshold, a);
    return true;
}

static double smoothstep(double t)
{
    return t * t * (3 - 2 * t);
}

static void raw_ribbon(const struct sankey_link *l, int x, int width, int *top, int *bottom)
{
    double t = smoothstep((x + 0.5) / width);

    *top = (int)lround(l->y0 + (l->y1 - l->y0) * t);
    *bottom = (int)lround(l->y0 + l->h0 + (l->y1 + l->h1 - l->y0 - l->h0) * t);
    if (*bottom <= *top)
        *bottom = *top + 1;
}

void sankey_ribbon(const struct sankey_link *l, int x, int width, int *top, int *bottom)
{
    int before_top, before_bottom;

    raw_ribbon(l, x, width, top, bottom);
    if (x == 0) {
        before_top = l->y0;
        before_bottom = l->y0 + l->h0;
    } else {
        raw_ribbon(l, x - 1, width, &before_top, &before_bottom);
    }
    if (*top >= before_bottom)
        *top = before_bottom - 1;
    if (*bottom <= before_top)
        *bottom = before_top + 1;
}
