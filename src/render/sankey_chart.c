/* sankey_chart.c - a Sankey that fits its place (tui.md 10): how many steps and nodes are shown, at which
 * width, and what the note says about the rest. Below 40 x 12 the table is drawn instead. */
#include "config.h"

#include <math.h>
#include "base/nls.h"
#include "base/num.h"
#include "render/charts.h"
#include "render/sankey_layout.h"
#include "render/sankey_paint.h"

enum {
    MIN_W = 40,
    MIN_H = 12,
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

static struct sankey_columns columns_for(int w, int layers)
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

static bool fits(int w, int h)
{
    return w >= MIN_W && h >= MIN_H;
}

static bool has_cursor(const struct chart_view *v)
{
    return v->focus || v->selected >= 0;
}

/* Rows for the nodes themselves: without the heading and the line about the focused node. */
static int body_rows(const struct chart_view *v, int h)
{
    return h - 1 - (has_cursor(v) ? 1 : 0);
}

static double threshold_of(int fold)
{
    double t = 0.4 * pow(1.5, fold);

    return t < 0.05 ? 0.05 : t > 8 ? 8 : t;
}

/* As many nodes per layer as the rows carry, but fewer when links would become too thin to draw: of a picture
 * that leaves out most of the flow nobody learns anything. */
static int nodes_per_layer(const struct sankey *full, int rows, struct arena *a)
{
    int k = (rows + 3) / 4, best = MIN_NODES;
    double most = -1;

    for (k = k < MIN_NODES ? MIN_NODES : k > MAX_NODES ? MAX_NODES : k; k >= MIN_NODES; k--) {
        struct sankey s;

        sankey_graph_fold(&s, full, k, a);
        double covered = sankey_coverage(&s, rows, threshold_of(0), a);

        if (covered >= COVERAGE)
            return k;
        if (covered > most) {
            most = covered;
            best = k;
        }
    }
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

static bool lay_out(struct sankey *s, const struct result *r, const struct chart_view *v,
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

static void sankey_draw(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                        struct arena *a, struct spots *spots)
{
    struct sankey_sketch k = {.v = v, .c = c, .a = a};
    int rows = body_rows(v, at.h);

    k.at = (struct rect){at.y + 1, at.x, rows, at.w};
    k.col = columns_for(at.w, sankey_graph_layers(r));
    if (!fits(at.w, at.h) || !lay_out(&k.s, r, v, k.col, rows, a)) {
        chart_table.draw(r, v, c, at, a, spots);
        return;
    }
    sankey_paint(&k, spots);
    if (has_cursor(v))
        sankey_paint_focus(&k, at.y + at.h - 1);
}

static int sankey_height(const struct result *r, const struct chart_view *v, int w)
{
    if (w < MIN_W || sankey_graph_layers(r) == 0)
        return chart_table.height(r, v, w);
    return w < 100 ? 26 : w < 160 ? 37 : 52;
}

static void sankey_note(const struct result *r, const struct chart_view *v, int w, int h, struct buf *out)
{
    struct arena a = {0};
    struct sankey s;
    int64_t shown = 0, folded = 0;

    if (!fits(w, h) || !lay_out(&s, r, v, columns_for(w, sankey_graph_layers(r)), body_rows(v, h), &a)) {
        arena_done(&a);
        chart_table.note(r, v, w, h, out);
        return;
    }
    for (int l = 0; l + 1 < s.layers; l++) {
        shown += s.channel_shown[l];
        folded += s.channel_folded[l];
    }
    buf_printf(out, _("steps %d-%d of %d   1 row = "), s.first + 1, s.first + s.layers, s.all_layers);
    if (s.ky > 0 && s.ky < 1)
        num_put_thousands(out, (int64_t)llround(1 / s.ky));
    else
        buf_printf(out, "%.2f", s.ky > 0 ? 1 / s.ky : 0);
    buf_puts(out, _(" paths"));
    if (shown + folded > 0) {
        buf_puts(out, _("   shown "));
        num_put_percent(out, shown, shown + folded, 1);
        buf_puts(out, _(", folded "));
        num_put_percent(out, folded, shown + folded, 1);
    }
    arena_done(&a);
}

const struct chart chart_sankey = {PICTURE_FLOW, sankey_height, sankey_draw, sankey_note};
