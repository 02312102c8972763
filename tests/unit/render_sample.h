/* render_sample.h - results to draw and a way to compare pictures with files in tests/screen. */
#ifndef WM_RENDER_SAMPLE_H
#define WM_RENDER_SAMPLE_H

#include "model/result.h"
#include "render/chart.h"
#include "render/writer.h"

struct result *sample_funnel(bool chinese);
struct result *sample_compared(bool difference); /* a funnel with two groups, and how they differ */
struct result *sample_table(void);
struct result *sample_days(int days, int groups); /* groups 1: no breakdown */
struct result *sample_sequence(bool chinese);
struct result *sample_matrix(void);
struct result *sample_tree(void);
struct result *sample_around(void);
struct result *sample_profile(void);
struct result *sample_cross(bool wide); /* wide: more tags across than down */
struct result *sample_tags(void);
struct result *sample_times(bool groups);
struct result *sample_chains(bool chinese);

/* Fails the running test when text differs from tests/screen/<name>.ref; REFRESH=1 in the environment rewrites the file. */
void golden_check(const char *name, struct str text);
/* The picture alone as text. */
void sample_draw(const struct result *r, const struct chart_view *v, int w, int h, enum tier tier, struct buf *out);

#endif
