/* expr_world.h - a small world for tests of the condition language: its names, and rows to evaluate
 * conditions on.
 *
 * Events, properties, attributes, sets, tags and segments are the tables in expr_world.c; the zone is
 * Asia/Shanghai; the last event of the world happens on 2017-03-31 at 12:00. */
#ifndef WM_EXPR_WORLD_H
#define WM_EXPR_WORLD_H

#include "expr/expr.h"

struct world_field {
    const char *name;
    enum expr_type type;
};
extern const char *const world_events[]; /* end with NULL */
struct world_name {
    const char *name, *condition;
};
extern const struct world_name world_sets[]; /* these end with name NULL */
extern const struct world_name world_tags[];
extern const struct world_name world_segments[];
extern const struct world_field world_properties[]; /* end with name NULL */
extern const struct world_field world_attributes[];

void world_open(void);
void world_close(void);
extern struct expr_vocabulary world_vocabulary;

/* One event (or one user): written as `name=value name="text" …`; what is not written is missing. A user is
 * followed by what he did, oldest first: `; 2017-01-05T10:00 event name=value …; …`. */
struct world_row;
struct world_row *world_row_new(const char *text); /* NULL: the text is no row */
void world_row_free(struct world_row *r);
/* The obvious evaluator: walks the tree, compares value by value. */
bool world_eval(const struct expr *e, const struct world_row *r);
/* Same operators, fields, values and shape; columns aside. */
bool world_same(const struct expr *a, const struct expr *b);

#endif
