/* tree_chart.h - how paths begin, as a tree that opens and closes like a disk-usage browser. */
#ifndef WM_TREE_CHART_H
#define WM_TREE_CHART_H

#include "render/chart.h"

/* Which rows are open at first: those that a good share of all paths goes through. open[] has a place per row. */
void tree_chart_begin(const struct result *r, bool *open);
bool tree_chart_has_children(const struct result *r, size_t row);
size_t tree_chart_parent(const struct result *r, size_t row); /* rows.n: none */

#endif
