/* tagging.h - the tags of a catalogue as sets of users. */
#ifndef WM_TAGGING_H
#define WM_TAGGING_H

#include "analysis/ask.h"
#include "analysis/audience.h"
#include "analysis/crowd.h"
#include "model/catalogue.h"

struct tagged {
    const struct tag *tag;
    struct userset *set; /* NULL: this store has not what the condition speaks of */
};
struct tagging {
    struct tagged *at;
    size_t n, unknown;
};

/* All tags, counted in one pass per attribute and one scan; with a segment only its members. The catalogue
 * must outlive it. */
bool tagging_load(struct tagging *t, struct ask *a, const struct catalogue *c, struct err *err);
void tagging_done(struct tagging *t);
/* The category of a tag as a cell: its id, and what people see. */
struct value tagging_category(struct arena *a, const struct tag *t);
/* Adds the users of a set to a crowd. */
void tagging_crowd(struct crowd *c, const struct userset *s);

#endif
