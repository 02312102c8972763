/* builder_pick.c - what picking a tag does to the tree: tags of one category are alternatives, as staff
 * expect of a list of ages; those of different categories are demands. */
#include "config.h"

#include "app/builder_p.h"

/* The category of a leaf that is a tag and not turned round; NULL: it is something else. */
static const struct str *category_of(const struct builder *b, const struct condition *c)
{
    for (size_t i = 0; c->op == CONDITION_LEAF && !c->negated && i < b->entries; i++)
        if (b->entry[i].tag.category.n && strcmp(b->entry[i].text, c->text) == 0)
            return &b->entry[i].tag.category;
    return NULL;
}

/* The category of a tag, or of tags joined by OR that are all of one category. */
static const struct str *choice_of(const struct builder *b, const struct condition *c)
{
    if (c->op != CONDITION_OR || c->negated || !c->child.n)
        return category_of(b, c);
    const struct str *first = category_of(b, c->child.at[0]);
    for (size_t i = 1; first && i < c->child.n; i++) {
        const struct str *one = category_of(b, c->child.at[i]);
        if (!one || !str_eq(*one, *first))
            return NULL;
    }
    return first;
}

/* The row of the last choice of this category among the demands of the root; SIZE_MAX: there is none. */
static size_t find_choice(const struct builder *b, const struct condition *root, struct str category)
{
    for (size_t i = root->op == CONDITION_AND ? root->child.n : 0; i-- > 0;) {
        const struct str *one = choice_of(b, root->child.at[i]);
        if (one && str_eq(*one, category))
            return condition_row(root, root->child.at[i]);
    }
    return SIZE_MAX;
}

/* Whether the row is a choice of several or in one: what is added belongs beside it, not inside. *row becomes
 * that of the whole choice. */
static bool is_choice(const struct builder *b, struct condition *root, size_t *row)
{
    struct condition_place at;
    if (!condition_at(root, *row, &at))
        return false;
    if (at.node->op == CONDITION_OR)
        return choice_of(b, at.node) != NULL;
    if (at.parent == root || at.parent->op != CONDITION_OR || !choice_of(b, at.parent))
        return false;
    *row = condition_row(root, at.parent);
    return true;
}

/* What is left of a choice of two is no group any more. */
static size_t take_out(const struct builder *b, struct condition *root, size_t row)
{
    struct condition_place at;
    condition_at(root, row, &at);
    bool choice = at.parent != root && at.parent->child.n == 2 && choice_of(b, at.parent);
    struct condition *other = choice ? at.parent->child.at[1 - at.index] : NULL;
    row = condition_delete(root, row);
    return other ? condition_ungroup(root, condition_row(root, other)) : row;
}

size_t builder_pick(struct builder *b, size_t row, size_t entry, bool demand, bool *either)
{
    struct condition *root = builder_edit(b);
    const struct builder_entry *e = &b->entry[entry];
    size_t there = condition_find(root, str_of(e->text));
    *either = false;
    if (there != SIZE_MAX && !demand)
        return builder_commit(b, take_out(b, root, there));
    struct condition *leaf = condition_leaf(str_of(e->text));
    size_t choice = !demand && e->tag.category.n ? find_choice(b, root, e->tag.category) : SIZE_MAX;
    *either = choice != SIZE_MAX;
    if (*either)
        return builder_commit(b, condition_join(root, choice, CONDITION_OR, leaf));
    if (is_choice(b, root, &row) || demand)
        return builder_commit(b, condition_join(root, row, CONDITION_AND, leaf));
    return builder_commit(b, condition_add(root, row, leaf));
}
