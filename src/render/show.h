/* show.h - values in words for people: thousands separators, percents with two decimals, local times. Not sanitised:
 * the canvas does that. CSV and JSON have their own exact forms in data.h. */
#ifndef WM_SHOW_H
#define WM_SHOW_H

#include "model/result.h"
#include "render/canvas.h"
#include "render/chart.h"

void show_value(struct buf *out, const struct result *r, const struct value *v);
/* The same for an attribute of a customer or a property of an event: a midnight is a day. */
void show_field(struct buf *out, const struct result *r, const struct value *v);
/* The same in an arena. */
struct str show_str(struct arena *a, const struct result *r, const struct value *v);
/* 1,204,338 as a C string, for whole sentences with %s. */
const char *show_thousands(struct arena *a, int64_t n);
/* Right-aligned on screen. */
bool show_is_number(enum value_type t);
/* The number itself for sums and sizes: INT, the part of a RATIO, rounded REAL and SECONDS; -1 when there is none. */
int64_t show_count(const struct value *v);
/* The same as a double; 0 when there is none. */
double show_amount(const struct value *v);
/* Heading of a column, or of a summary or attribute key, in the user's language. */
const char *show_column(const struct column_info *c);
const char *show_key(const char *key);

/* Cell of a row by column name; a missing column reads as a missing value. Never NULL. */
const struct value *show_cell(const struct result *r, size_t row, const char *column);
/* Summary field; never NULL. */
const struct value *show_summary(const struct result *r, const char *name);

/* Adds the spot and, when it is the selected one, marks it: reverse video, '>' left of it when mark_x >= 0, hardware cursor. */
void show_spot(struct canvas *c, struct spots *spots, const struct chart_view *v, struct spot s, int mark_x);

#endif
