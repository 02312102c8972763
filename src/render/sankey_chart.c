/* sankey_chart.c - a Sankey as a chart: drawing it, and what the note says about the rest. Below 40 x 12 the
 * table is drawn instead. */
#include "config.h"

#include <math.h>
#include "base/nls.h"
#include "base/num.h"
#include "render/charts.h"
#include "render/sankey_fit.h"
#include "render/sankey_paint.h"

enum { MIN_W = 40, MIN_H = 12 };

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

static void sankey_draw(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                        struct arena *a, struct spots *spots)
{
    struct sankey_sketch k = {.v = v, .c = c, .a = a};
    int rows = body_rows(v, at.h);

    k.at = (struct rect){at.y + 1, at.x, rows, at.w};
    k.col = sankey_fit_columns(at.w, sankey_graph_layers(r));
    if (!fits(at.w, at.h) || !sankey_fit(&k.s, r, v, k.col, rows, a)) {
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

    if (!fits(w, h) ||
        !sankey_fit(&s, r, v, sankey_fit_columns(w, sankey_graph_layers(r)), body_rows(v, h), &a)) {
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

const struct chart chart_sankey = {PICTURE_FLOW, sankey_height, sankey_draw, sankey_note, true};
