/* profile_chart.h - what the two pictures of a profile share. */
#ifndef WM_PROFILE_CHART_H
#define WM_PROFILE_CHART_H

#include "render/chart.h"

/* "586 customers against 5,000" in the first row of `at`. */
void profile_chart_who(const struct result *r, const struct chart_view *v, struct canvas *c, struct rect at,
                       struct arena *a, struct spots *spots);

#endif
