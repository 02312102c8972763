/* late.h - names of members that the sample of a JSON file did not have, and what their values look like. */
#ifndef WM_LATE_H
#define WM_LATE_H

#include "base/intern.h"
#include "base/vec.h"
#include "import/json_source.h"
#include "store/column.h"

struct late {
    struct intern *name; /* NULL: none yet */
    VEC(unsigned) kinds; /* per name: bits of what its values are */
};
void late_note(struct late *l, const struct json_field *f); /* null says nothing */
size_t late_count(const struct late *l);
void late_done(struct late *l);
/* What keeps all values seen: numbers and booleans only when JSON says so and nothing else was there. A text
 * may be anything next time, so it stays text. */
enum column_type late_type(const struct late *l, size_t i);

#endif
