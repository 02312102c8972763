/* condition.c - the tree, its text, its rows, its edits. */
#include "config.h"

#include <stdlib.h>

#include "app/condition.h"

/* ---- nodes */

struct condition *condition_group(enum condition_op op)
{
    struct condition *c = mem_zalloc(sizeof *c);
    c->op = op;
    return c;
}

struct condition *condition_leaf(struct str text)
{
    struct condition *c = condition_group(CONDITION_LEAF);
    c->text = mem_zalloc(text.n + 1);
    memcpy(c->text, text.p, text.n);
    return c;
}

struct condition *condition_copy(const struct condition *c)
{
    struct condition *copy = condition_group(c->op);
    copy->negated = c->negated;
    copy->text = c->text ? mem_strdup(c->text) : NULL;
    for (size_t i = 0; i < c->child.n; i++)
        vec_push(&copy->child, condition_copy(c->child.at[i]));
    return copy;
}

/* The node alone; its children have gone elsewhere. */
static void drop(struct condition *c)
{
    free(c->text);
    vec_done(&c->child);
    free(c);
}

void condition_free(struct condition *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->child.n; i++)
        condition_free(c->child.at[i]);
    drop(c);
}

static void insert(struct condition *parent, size_t at, struct condition *c)
{
    vec_push(&parent->child, c);
    for (size_t i = parent->child.n - 1; i > at; i--)
        parent->child.at[i] = parent->child.at[i - 1];
    parent->child.at[at] = c;
}

static struct condition *take(struct condition *parent, size_t at)
{
    struct condition *c = parent->child.at[at];
    parent->child.n--;
    for (size_t i = at; i < parent->child.n; i++)
        parent->child.at[i] = parent->child.at[i + 1];
    return c;
}

/* ---- from text */

static struct condition *of_expr(const struct expr *e)
{
    if (e->op == EXPR_NOT) {
        struct condition *c = of_expr(e->child[0]);
        c->negated = !c->negated;
        return c;
    }
    if (e->op == EXPR_AND || e->op == EXPR_OR) {
        struct condition *c = condition_group(e->op == EXPR_AND ? CONDITION_AND : CONDITION_OR);
        for (size_t i = 0; i < e->n; i++)
            vec_push(&c->child, of_expr(e->child[i]));
        return c;
    }
    struct buf text = {0};
    expr_print(&text, e);
    struct condition *leaf = condition_leaf(buf_view(&text));
    buf_done(&text);
    return leaf;
}

struct condition *condition_parse(struct str text, const struct expr_vocabulary *v, struct err *err)
{
    if (!str_trim(text).n)
        return condition_group(CONDITION_AND);
    struct arena arena = {0};
    const struct expr *e = expr_parse(&arena, text, EXPR_USER_COND, v, err);
    struct condition *c = e ? of_expr(e) : NULL;
    arena_done(&arena);
    if (!c || (c->op != CONDITION_LEAF && !c->negated))
        return c;
    struct condition *root = condition_group(CONDITION_AND);
    vec_push(&root->child, c);
    return root;
}

/* ---- to text */

/* c as text can say it, NULL when nothing is left: no empty groups, no groups of one, none inside its like.
 */
static struct condition *tidy(struct condition *c)
{
    if (c->op == CONDITION_LEAF)
        return c;
    struct condition *tidied = condition_group(c->op);
    tidied->negated = c->negated;
    for (size_t i = 0; i < c->child.n; i++) {
        struct condition *child = tidy(c->child.at[i]);
        if (child && child->op == c->op && !child->negated) {
            for (size_t k = 0; k < child->child.n; k++)
                vec_push(&tidied->child, child->child.at[k]);
            drop(child);
        } else if (child) {
            vec_push(&tidied->child, child);
        }
    }
    drop(c);
    if (tidied->child.n > 1)
        return tidied;
    struct condition *only = tidied->child.n ? tidied->child.at[0] : NULL;
    if (only)
        only->negated ^= tidied->negated;
    drop(tidied);
    return only;
}

static void put(struct buf *out, const struct condition *c, bool brackets)
{
    if (c->negated)
        buf_puts(out, "not ");
    if (c->op == CONDITION_LEAF) {
        buf_puts(out, c->text);
        return;
    }
    brackets = brackets || c->negated;
    if (brackets)
        buf_putc(out, '(');
    for (size_t i = 0; i < c->child.n; i++) {
        if (i)
            buf_puts(out, c->op == CONDITION_AND ? " and " : " or ");
        put(out, c->child.at[i], c->op == CONDITION_AND && c->child.at[i]->op == CONDITION_OR);
    }
    if (brackets)
        buf_putc(out, ')');
}

void condition_put(struct buf *out, const struct condition *c)
{
    struct condition *tidied = tidy(condition_copy(c));
    if (tidied)
        put(out, tidied, false);
    condition_free(tidied);
}

/* ---- rows */

size_t condition_rows(const struct condition *root)
{
    size_t n = root->child.n;
    for (size_t i = 0; i < root->child.n; i++)
        n += condition_rows(root->child.at[i]);
    return n;
}

static bool find_row(struct condition *parent, size_t *row, int depth, struct condition_place *out)
{
    for (size_t i = 0; i < parent->child.n; i++) {
        struct condition *c = parent->child.at[i];
        if (*row == 0) {
            *out = (struct condition_place){c, parent, i, depth};
            return true;
        }
        --*row;
        if (find_row(c, row, depth + 1, out))
            return true;
    }
    return false;
}

bool condition_at(struct condition *root, size_t row, struct condition_place *out)
{
    return find_row(root, &row, 0, out);
}

static bool count_to(const struct condition *parent, const struct condition *node, size_t *row)
{
    for (size_t i = 0; i < parent->child.n; i++) {
        if (parent->child.at[i] == node)
            return true;
        ++*row;
        if (count_to(parent->child.at[i], node, row))
            return true;
    }
    return false;
}

size_t condition_row(const struct condition *root, const struct condition *node)
{
    size_t row = 0;
    return count_to(root, node, &row) ? row : SIZE_MAX;
}

size_t condition_find(struct condition *root, struct str text)
{
    struct condition_place at;
    for (size_t row = 0; condition_at(root, row, &at); row++)
        if (at.node->op == CONDITION_LEAF && str_eq(str_of(at.node->text), text))
            return row;
    return SIZE_MAX;
}

/* ---- edits */

size_t condition_add(struct condition *root, size_t row, struct condition *more)
{
    struct condition_place at;
    if (!condition_at(root, row, &at))
        vec_push(&root->child, more);
    else if (at.node->op != CONDITION_LEAF)
        vec_push(&at.node->child, more);
    else
        insert(at.parent, at.index + 1, more);
    return condition_row(root, more);
}

/* Puts a group around the node, which stays where it was. */
static struct condition *enclose(const struct condition_place *at, enum condition_op op)
{
    struct condition *group = condition_group(op);
    vec_push(&group->child, at->node);
    at->parent->child.at[at->index] = group;
    return group;
}

/* All that the root holds goes into a group of its own. */
static void enclose_root(struct condition *root, enum condition_op op)
{
    struct condition *inner = condition_group(root->op);
    while (root->child.n)
        insert(inner, 0, root->child.at[--root->child.n]);
    vec_push(&root->child, inner);
    root->op = op;
}

size_t condition_join(struct condition *root, size_t row, enum condition_op op, struct condition *more)
{
    struct condition_place at;
    if (!condition_at(root, row, &at)) {
        if (root->op != op && root->child.n > 1)
            enclose_root(root, op);
        root->op = op;
        vec_push(&root->child, more);
    } else if (at.node->op == op) {
        vec_push(&at.node->child, more);
    } else if (at.parent->op == op) {
        insert(at.parent, at.index + 1, more);
    } else {
        struct condition *group = enclose(&at, op);
        vec_push(&group->child, more);
    }
    return condition_row(root, more);
}

/* Before the node is freed, what takes its place stands there. */
size_t condition_replace(struct condition *root, size_t row, struct condition *by)
{
    struct condition_place at;
    if (!condition_at(root, row, &at)) {
        condition_free(by);
        return SIZE_MAX;
    }
    at.parent->child.at[at.index] = by;
    condition_free(at.node);
    return row;
}

size_t condition_wrap(struct condition *root, size_t row, enum condition_op op)
{
    struct condition_place at;
    if (!condition_at(root, row, &at)) {
        bool changed = root->op != op;
        root->op = op;
        return changed ? row : SIZE_MAX;
    }
    if (at.node->op == op)
        return SIZE_MAX;
    if (at.node->op == CONDITION_LEAF)
        enclose(&at, op);
    else
        at.node->op = op;
    return condition_row(root, at.node);
}

size_t condition_negate(struct condition *root, size_t row)
{
    struct condition_place at;
    if (!condition_at(root, row, &at))
        return SIZE_MAX;
    at.node->negated = !at.node->negated;
    return row;
}

size_t condition_group_with_next(struct condition *root, size_t row)
{
    struct condition_place at;
    if (!condition_at(root, row, &at) || at.index + 1 >= at.parent->child.n)
        return SIZE_MAX;
    struct condition *group = enclose(&at, at.parent->op == CONDITION_AND ? CONDITION_OR : CONDITION_AND);
    vec_push(&group->child, take(at.parent, at.index + 1));
    return condition_row(root, group);
}

/* Of a group that is turned round the children are turned round instead, all becoming any: the same
 * customers. */
static void turn_inside(struct condition *group)
{
    if (!group->negated)
        return;
    group->negated = false;
    group->op = group->op == CONDITION_AND ? CONDITION_OR : CONDITION_AND;
    for (size_t i = 0; i < group->child.n; i++)
        group->child.at[i]->negated = !group->child.at[i]->negated;
}

static struct condition *parent_of(struct condition *root, const struct condition *node, size_t *index)
{
    struct condition_place at;
    for (size_t row = 0; condition_at(root, row, &at); row++)
        if (at.node == node) {
            *index = at.index;
            return at.parent;
        }
    return NULL;
}

size_t condition_ungroup(struct condition *root, size_t row)
{
    struct condition_place at;
    size_t index;
    if (!condition_at(root, row, &at))
        return SIZE_MAX;
    struct condition *group = at.node->op == CONDITION_LEAF ? at.parent : at.node;
    struct condition *parent = parent_of(root, group, &index);
    if (!parent)
        return SIZE_MAX;
    turn_inside(group);
    take(parent, index);
    for (size_t i = 0; i < group->child.n; i++)
        insert(parent, index + i, group->child.at[i]);
    const struct condition *cursor = at.node != group          ? at.node
                                     : group->child.n          ? group->child.at[0]
                                     : index < parent->child.n ? parent->child.at[index]
                                                               : parent;
    row = condition_row(root, cursor);
    drop(group);
    return row == SIZE_MAX ? 0 : row;
}

size_t condition_delete(struct condition *root, size_t row)
{
    struct condition_place at;
    if (!condition_at(root, row, &at))
        return SIZE_MAX;
    condition_free(take(at.parent, at.index));
    size_t rows = condition_rows(root);
    return row < rows ? row : rows ? rows - 1 : 0;
}

size_t condition_move(struct condition *root, size_t row, int direction)
{
    struct condition_place at;
    if (!condition_at(root, row, &at) || (direction < 0 ? at.index == 0 : at.index + 1 >= at.parent->child.n))
        return SIZE_MAX;
    struct condition *node = take(at.parent, at.index);
    insert(at.parent, direction < 0 ? at.index - 1 : at.index + 1, node);
    return condition_row(root, node);
}
