/* condition.h - a condition on customers as a tree that can be edited: groups of which all or any hold, and
 * single conditions at the leaves, each of them turned round or not.
 *
 * While being edited a tree may hold what text cannot say, such as a group of one; condition_put writes it
 * without that. No store and no screen here. */
#ifndef WM_CONDITION_H
#define WM_CONDITION_H

#include "base/vec.h"
#include "expr/expr.h"

enum condition_op { CONDITION_LEAF, CONDITION_AND, CONDITION_OR };

struct condition {
    enum condition_op op;
    bool negated;
    char *text; /* of a leaf, canonical */
    VEC(struct condition *) child;
};

struct condition *condition_group(enum condition_op op); /* empty */
struct condition *condition_leaf(struct str text); /* copied; must be canonical and a single condition */
struct condition *condition_copy(const struct condition *c);
void condition_free(struct condition *c); /* NULL is fine */

/* The root is a group that is not turned round; blank text gives an empty one. NULL: the text is wrong. */
struct condition *condition_parse(struct str text, const struct expr_vocabulary *v, struct err *err);
/* Canonical text, the same that expr_print gives after expr_parse; nothing for a tree without leaves. */
void condition_put(struct buf *out, const struct condition *c);

/* Rows are the nodes below the root from top to bottom, as an outline shows them. */
struct condition_place {
    struct condition *node, *parent;
    size_t index; /* among the parent's children */
    int depth;    /* 0: child of the root */
};
size_t condition_rows(const struct condition *root);
bool condition_at(struct condition *root, size_t row, struct condition_place *out); /* false: no such row */
size_t condition_row(const struct condition *root, const struct condition *node);   /* SIZE_MAX: not there */
/* Row of a leaf with this text; SIZE_MAX: none. */
size_t condition_find(struct condition *root, struct str text);

/* ---- edits; the row that the cursor should stand on afterwards, SIZE_MAX when nothing was changed. `row`
 * may lie beyond the last: then the root is meant. */
/* Puts `more` (taken over) behind the row, or at the end of the group the row is. */
size_t condition_add(struct condition *root, size_t row, struct condition *more);
/* The same as an alternative (OR) or a further demand (AND) to the row itself. */
size_t condition_join(struct condition *root, size_t row, enum condition_op op, struct condition *more);
size_t condition_replace(struct condition *root, size_t row, struct condition *by);
/* A group becomes one of that kind; a leaf gets a group of that kind of its own. */
size_t condition_wrap(struct condition *root, size_t row, enum condition_op op);
size_t condition_negate(struct condition *root, size_t row);
/* The row and the one behind it become a group of the other kind. */
size_t condition_group_with_next(struct condition *root, size_t row);
/* A group's children take its place; of a leaf: its group's. */
size_t condition_ungroup(struct condition *root, size_t row);
size_t condition_delete(struct condition *root, size_t row);
/* Up (-1) or down (+1) among its siblings. */
size_t condition_move(struct condition *root, size_t row, int direction);

#endif
