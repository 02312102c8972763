/* sankey_fit.c - how much of a Sankey its place can carry (tui.md 10.3): how many steps at which width, how
 * many nodes per step, and from what size on flows are drawn. */
#include "config.h"

#include <math.h>
#include "render/sankey_fit.h"
#include "render/sankey_layout.h"

enum {
    CHANNEL = 18,      /* columns a channel should have */
    CHANNEL_GOOD = 20, /* what it has beyond goes to the names first */
    NAME_GOOD = 20,
    CHANNEL_MAX = 60, /* and at most */
    LABEL_MIN = 14,
    LABEL_MAX = 28,
    MIN_NODES = 3,
    MAX_NODES = 12, /* per layer, unless the reader folds more or less */
};

/* Share of the flow that should be drawn. */
#define COVERAGE 0.75
/* Share of a row from which on a flow is drawn however many there are. */
#define THICK 1.2

struct sankey_columns sankey_fit_columns(int w, int layers)
{
    struct sankey_columns c = {layers < 1 ? 1 : layers, 0, 0};

    for (; c.layers > 2; c.layers--) {
        c.label = w < 110 ? LABEL_MIN : w < 190 ? 15 : 16;
        if ((w - c.layers * c.label) / (c.layers - 1) >= CHANNEL)
            break;
    }
    if (c.layers == 1) {
        c.label = w < LABEL_MAX ? w : LABEL_MAX;
        return c;
    }
    if (c.layers == 2)
        c.label = (w - 2 * CHANNEL) / 2;
    c.label = c.label > LABEL_MAX ? LABEL_MAX : c.label < LABEL_MIN ? LABEL_MIN : c.label;
    c.channel = (w - c.layers * c.label) / (c.layers - 1);
    while (c.channel > CHANNEL_GOOD && c.label < NAME_GOOD)
        c.channel = (w - c.layers * ++c.label) / (c.layers - 1);
    if (c.channel > CHANNEL_MAX)
        c.channel = CHANNEL_MAX;
    return c;
}

static double threshold_of(int fold)
{
    double t = 0.4 * pow(1.5, fold);

    return t < 0.05 ? 0.05 : t > 8 ? 8 : t;
}

/* As many nodes per layer as the rows carry, but fewer when links would become too thin to draw: of a picture
 * that leaves out most of the flow nobody learns anything. Each try folds the one before further, so that all
 * links are looked at once. */
static int nodes_per_layer(struct sankey *full, int rows, struct arena *a)
{
    double most = -1;
    struct sankey s, before = *full;
    int k = (rows + 3) / 4, best = MIN_NODES;

    k = k < MIN_NODES ? MIN_NODES : k;
    for (k = k > MAX_NODES ? MAX_NODES : k; k >= MIN_NODES && most < COVERAGE; k--) {
        sankey_graph_fold(&s, &before, k, a);
        double covered = sankey_coverage(&s, rows, threshold_of(0), a);

        if (covered > most) {
            most = covered;
            best = k;
        }
        before = s;
    }
    full->looked = before.looked;
    return best;
}

/* Whether some channel has more knees side by side than can be followed by eye. */
static bool is_crowded(struct sankey *s, struct sankey_columns col, struct arena *a)
{
    for (int l = 0; l + 1 < s->layers; l++)
        if (sankey_route(s, l, a) > sankey_paint_knees(col.channel) / 2)
            return true;
    return false;
}

/* Thin flows give way until those left can be followed. */
static bool lay_out_clear(struct sankey *s, struct sankey_columns col, int rows, double threshold,
                          struct arena *a)
{
    bool ok = sankey_layout(s, rows, threshold, a);

    while (ok && threshold < THICK && is_crowded(s, col, a)) {
        threshold *= 1.2;
        ok = sankey_layout(s, rows, threshold, a);
    }
    return ok;
}

bool sankey_fit(struct sankey *s, const struct result *r, const struct chart_view *v,
                struct sankey_columns col, int rows, struct arena *a)
{
    struct sankey full;

    if (!sankey_graph_read(&full, r, v->scroll, col.layers, a))
        return false;
    if (v->through)
        sankey_graph_mark(&full, v->through, a);
    int k = nodes_per_layer(&full, rows, a) - v->fold, most = (rows + 1) / 2;

    sankey_graph_fold(s, &full, k < 2 ? 2 : k > most ? most : k, a);
    return lay_out_clear(s, col, rows, threshold_of(v->fold), a);
}
