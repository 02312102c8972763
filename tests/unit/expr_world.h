/* expr_world.h - a small world for tests of the condition language: its names, and rows to evaluate
 * conditions on.
 *
 * Events, properties, attributes and sets are the tables in expr_world.c; the zone is Asia/Shanghai. */
#ifndef WM_EXPR_WORLD_H
#define WM_EXPR_WORLD_H

#include "expr/expr.h"

struct world_field {
    const char *name;
    enum expr_type type;
};
extern const char *const world_events[];            /* end with NULL */
extern const char *const world_sets[];              /* end with NULL */
extern const struct world_field world_properties[]; /* end with name NULL */
extern const struct world_field world_attributes[];

void world_open(void);
void world_close(void);
extern struct expr_vocabulary world_vocabulary;

/* One event (or one user): written as `name=value name="text" …`; what is not written is missing. */
struct world_row;
struct world_row *world_row_new(const char *text); /* NULL: the text is no row */
void world_row_free(struct world_row *r);
/* The obvious evaluator: walks the tree, compares value by value. */
bool world_eval(const struct expr *e, const struct world_row *r);
/* Same operators, fields, values and shape; columns aside. */
bool world_same(const struct expr *a, const struct expr *b);

#endif
