/* event_reader.h - events of one customer as people read them: every property with its value, whether it
 * failed and why.
 *
 * A customer can have a hundred thousand events whose values are few: each value is looked up once and
 * shared. */
#ifndef WM_EVENT_READER_H
#define WM_EVENT_READER_H

#include "analysis/failing.h"

struct event_columns {
    const struct column_def **def; /* all properties of events */
    uint16_t *id;
    size_t n;
};
/* In the ask's arena. */
void event_columns_init(struct event_columns *c, struct ask *a);

struct event_reader;
/* Results go into `arena`; prop has an array of n values, one per event, for each column. Freed with
 * event_reader_free. */
struct event_reader *event_reader_new(struct ask *a, const struct event_columns *c,
                                      const int64_t *const *prop, size_t n, struct arena *arena);
void event_reader_free(struct event_reader *r);

/* Whether event i failed. */
bool event_reader_failed(const struct event_reader *r, size_t i);
/* Its properties as an object, and its reason as one {property, value, text, tell}, or missing. False:
 * damage. */
bool event_reader_read(struct event_reader *r, size_t i, struct value *properties, struct value *reason,
                       struct err *err);
/* The event's id, and its display name. */
bool event_reader_name(struct event_reader *r, uint32_t code, struct value *id, struct value *name,
                       struct err *err);

#endif
