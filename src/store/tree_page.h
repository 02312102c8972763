/* tree_page.h - one LMDB page and its nodes, bounds checked: what tree.c and tree_check.c share. */
#ifndef WM_TREE_PAGE_H
#define WM_TREE_PAGE_H

#include <string.h>
#include "store/tree.h"

#define TREE_NO_PAGE UINT64_MAX
#define TREE_DEPTH_MAX 32
#define PAGE_HEADER 16u
#define NODE_HEADER 8u
enum { PAGE_BRANCH = 1, PAGE_LEAF = 2, PAGE_OVERFLOW = 4, PAGE_META = 8 };
enum { NODE_BIG = 1 };

static inline uint16_t load16(const unsigned char *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}
static inline uint32_t load32(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}
static inline uint64_t load64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

struct page {
    const unsigned char *p;
    uint64_t number;
    unsigned nodes, upper, size;
};
struct node {
    uint16_t low, high, flags, key_bytes;
    const unsigned char *key, *data;
    size_t room; /* from data to the end of the page */
};

/* NULL, or why page `number` cannot be a page of this kind. */
const char *tree_page(struct page *out, const struct tree *t, uint64_t number, unsigned kind);
/* index < p->nodes. False when the node does not lie in the page. */
bool tree_node(struct node *out, const struct page *p, unsigned index);
uint64_t tree_child(const struct node *n);
/* Value of a leaf's node; *overflow is its first page or 0. */
const char *tree_data(struct tree_value *out, uint64_t *overflow, const struct tree *t, const struct node *n);

#endif
