/* sankey_layout.h - heights, order, positions and ports of a Sankey in rows (tui.md 10.3 to 10.5). Pure arithmetic: no
 * canvas, no result, so that its invariants (10.7) are tested by themselves. */
#ifndef WM_SANKEY_LAYOUT_H
#define WM_SANKEY_LAYOUT_H

#include "render/sankey_graph.h"

/* Largest-remainder rounding: rows[i] is want[i] rounded down or up, but at least least[i], so that all add up to `total`, which
 * must be at least the sum of least. What is left over goes to the largest remainders, ties to the lower index. */
void sankey_share(const double *want, const int *least, int *rows, size_t n, int total, struct arena *a);

/* The share of all transitions that would be drawn in h rows; 0 when the nodes do not fit. */
double sankey_coverage(struct sankey *s, int h, double threshold, struct arena *a);

/* Lays out h rows. `threshold` is the share of a row below which a link is not drawn. False when the nodes alone need more rows. */
bool sankey_layout(struct sankey *s, int h, double threshold, struct arena *a);

/* Whether so much is drawn at a scale of ky rows. */
bool sankey_is_visible(int64_t value, double ky, double threshold);

/* Gives every link its rows at both ends, and every node those of its exits (sankey_ports.c). */
void sankey_ports(struct sankey *s, double threshold, struct arena *a);

/* Chooses s->order to have few weighted crossings (sankey_order.c); sets cost_before and cost_after. */
void sankey_order(struct sankey *s, struct arena *a);

/* Gives each wire that changes rows a track (sankey_route.c), left to right from 0; returns the tracks used in the channel
 * after layer `channel`. */
int sankey_route(struct sankey *s, int channel, struct arena *a);

/* Rows [*top, *bottom) of a ribbon in column x of a channel of `width` columns. Neighbouring columns always touch. */
void sankey_ribbon(const struct sankey_link *l, int x, int width, int *top, int *bottom);

#endif
