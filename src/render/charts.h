/* charts.h - the constant records of the charts, for the table in chart.c. */
#ifndef WM_CHARTS_H
#define WM_CHARTS_H

#include "render/chart.h"

extern const struct chart chart_table, chart_list, chart_funnel, chart_sankey, chart_series, chart_sequence, chart_matrix,
    chart_tree, chart_around, chart_failure,
    chart_profile, chart_cross, chart_tags, chart_times, chart_chains;

#endif
