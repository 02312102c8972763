/* sankey_fit.h - a Sankey laid out for the place it has. */
#ifndef WM_SANKEY_FIT_H
#define WM_SANKEY_FIT_H

#include "render/chart.h"
#include "render/sankey_paint.h"

/* Steps shown in w columns of a result that has so many, and how the columns are shared. */
struct sankey_columns sankey_fit_columns(int w, int layers);
/* Reads, marks, folds and lays out `rows` rows of nodes. The work is linear in the rows of the result: what is drawn is bounded
 * by the place. False when nothing can be drawn. */
bool sankey_fit(struct sankey *s, const struct result *r, const struct chart_view *v, struct sankey_columns col, int rows,
                struct arena *a);

#endif
