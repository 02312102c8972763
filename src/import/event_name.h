/* event_name.h - an event's name put together: columns and constants joined by +.
 *
 *     page_no                    one column: its name is enough, whatever it holds
 *     code1 + "/" + code2        columns and texts
 *     "page view"                the same for every row
 *
 * A column's name stands bare when it has no blank, quote or + in it, else in `back quotes`; texts stand in
 * double quotes, with \" and \\ for a quote and a backslash. */
#ifndef WM_EVENT_NAME_H
#define WM_EVENT_NAME_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/err.h"

struct event_part {
    const char *column; /* NULL: a text */
    struct str text;
};
struct event_name {
    struct event_part *part; /* in the arena */
    size_t n;
};

/* Whether text is written as above and not just one column's name. */
bool event_name_is_joined(const char *text);
bool event_name_parse(struct event_name *out, struct arena *a, const char *text, struct err *err);

#endif
