/* data.h - values in their exact form for CSV and JSON (semantics.md 3): numbers are numbers, a ratio is part / whole,
 * times are RFC 3339 with the zone's offset, durations seconds, what is missing is null.
 *
 * JSON text escapes everything a terminal must not see (controls, bidi, zero width, ...), so that it stays exact and yet is
 * safe to print; ill-formed bytes become U+FFFD. */
#ifndef WM_DATA_H
#define WM_DATA_H

#include "model/result.h"

void data_time(struct buf *out, const struct result *r, int64_t us);
void data_json_text(struct buf *out, struct str s);
/* One line, no blanks after separators except inside objects: {"a": 1, "b": [1, 2]}. */
void data_json(struct buf *out, const struct result *r, const struct value *v);
void data_json_row(struct buf *out, const struct result *r, const struct rows *t, size_t row);

#endif
