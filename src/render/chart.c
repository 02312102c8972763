/* chart.c - which chart draws a result; see chart.h. */
#include "config.h"

#include "render/charts.h"

static const struct chart *const charts[] = {
    &chart_table,    &chart_list,   &chart_funnel, &chart_sankey, &chart_series,
    &chart_sequence, &chart_matrix, &chart_tree,   &chart_around, &chart_failure,
    &chart_profile,  &chart_cross,  &chart_tags,   &chart_times,  &chart_chains,
};

const struct chart *chart_of(const struct result *r, const struct chart_view *v)
{
    if (v && v->table)
        return &chart_table;
    for (size_t i = 0; i < sizeof charts / sizeof *charts; i++)
        if (charts[i]->picture == r->picture)
            return charts[i];
    return &chart_table;
}

bool chart_is_drawn(const struct result *r)
{
    return chart_of(r, NULL)->drawn;
}
