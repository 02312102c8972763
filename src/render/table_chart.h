/* table_chart.h - a table longer than any screen on a page, without a canvas of its size. */
#ifndef WM_TABLE_CHART_H
#define WM_TABLE_CHART_H

#include "model/result.h"
#include "render/page.h"

/* The whole table at w columns, as the table chart draws it; memory for a few hundred rows at a time. */
void table_chart_write(const struct result *r, int w, enum tier tier, bool plain, struct page *out);

#endif
