/* attr_list.h - the attributes that stand beside customers in a list: --columns city,star. */
#ifndef WM_ATTR_LIST_H
#define WM_ATTR_LIST_H

#include "model/result.h"
#include "model/schema.h"
#include "store/links.h"

struct attr_list {
    const struct snapshot *snapshot;
    struct attr_list_column *column; /* in the order they were named */
    size_t n;
};

/* Reads `names`, separated by commas (NULL: none), with or without user. before them, each once however often
 * it is named; every value of each is loaded. False: there is no such attribute, or damage; then too
 * attr_list_done is due. The snapshot must outlive the list. */
bool attr_list_read(struct attr_list *l, const struct snapshot *s, struct schema *m, const char *names,
                    struct err *err);
void attr_list_done(struct attr_list *l);
/* l->n columns for a table that has `own` ones already: one that is called like those gets user. before its
 * name. */
void attr_list_columns(const struct attr_list *l, struct arena *a, const struct column_info *own,
                       size_t own_n, struct column_info *out);
/* The customer's l->n values. */
bool attr_list_put(const struct attr_list *l, struct arena *a, uint32_t user, struct value *out,
                   struct err *err);

#endif
