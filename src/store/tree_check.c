/* tree_check.c - the structure of a whole store file, page by page.
 *
 * Run before every import, since LMDB aborts or overwrites live data when its own pages are damaged, and by
 * verify. It reads branch and leaf pages (some 1 in 1,000) and the heads of larger values. */
#include "config.h"
#include <stdlib.h>
#include "base/arena.h"
#include "base/nls.h"
#include "store/pager.h"
#include "store/tree_page.h"

struct check {
    const struct tree *t;
    unsigned char *seen; /* a bit per page */
    uint64_t bad;        /* page at which it went wrong */
    struct tree_root count;
    bool free_list;
    unsigned char last_key[KEY_MAX];
    unsigned last_key_bytes;
    bool at_separator; /* last_key is one: the next key may be the same */
    uint64_t free_txn;
};

static bool mark(struct check *c, uint64_t first, uint64_t n)
{
    for (uint64_t i = first; i < first + n; i++) {
        if (i < 2 || i > c->t->last_page || c->seen[i / 8] & 1u << i % 8)
            return false;
        c->seen[i / 8] |= (unsigned char)(1u << i % 8);
    }
    return true;
}

static const char *key_order(struct check *c, const struct node *n)
{
    if (n->key_bytes == 0 || n->key_bytes > KEY_MAX)
        return N_("impossible key");
    size_t both = n->key_bytes < c->last_key_bytes ? n->key_bytes : c->last_key_bytes;
    int cmp = memcmp(c->last_key, n->key, both);
    if (cmp == 0)
        cmp = (int)c->last_key_bytes - (int)n->key_bytes;
    if (c->last_key_bytes && (c->at_separator ? cmp > 0 : cmp >= 0))
        return N_("keys out of order");
    memcpy(c->last_key, n->key, n->key_bytes);
    c->last_key_bytes = n->key_bytes;
    c->at_separator = false;
    return NULL;
}

/* Keys of the list of free pages are numbers of transactions, in the machine's byte order. */
static const char *free_order(struct check *c, const struct node *n)
{
    uint64_t txn = n->key_bytes == 8 ? load64(n->key) : 0;
    if (txn > c->t->txnid || (c->at_separator ? txn < c->free_txn : txn <= c->free_txn))
        return N_("keys out of order");
    c->free_txn = txn;
    c->at_separator = false;
    return NULL;
}

/* A branch's key lies above all keys of the child before it, and none of its own child's is below it: a
 * search would miss those. The first node's key counts for nothing. */
static const char *check_separator(struct check *c, const struct node *n, unsigned index)
{
    if (index == 0)
        return NULL;
    const char *why = c->free_list ? free_order(c, n) : key_order(c, n);
    c->at_separator = true;
    return why;
}

/* A record of free pages: {count, numbers in falling order} under the number of the transaction that freed
 * them. */
static const char *free_record(struct check *c, const struct node *n, const struct tree_value *v)
{
    const char *why = tree_load(c->t, v);
    if (why)
        return why;
    if (n->key_bytes != 8 || v->n < 8 || v->n % 8 || load64(v->p) != v->n / 8 - 1)
        return N_("damaged list of free pages");
    if ((why = free_order(c, n)))
        return why;
    for (size_t i = 1; i < v->n / 8; i++)
        if (!mark(c, load64(v->p + 8 * i), 1))
            return N_("a free page is also in use");
    return NULL;
}

static const char *check_leaf(struct check *c, const struct page *p)
{
    c->count.leaf_pages++;
    for (unsigned i = 0; i < p->nodes; i++) {
        struct node n;
        struct tree_value v;
        uint64_t overflow;
        if (!tree_node(&n, p, i))
            return N_("damaged node");
        const char *why = tree_data(&v, &overflow, c->t, &n);
        uint64_t pages = overflow ? (v.n + PAGE_HEADER - 1) / c->t->page_size + 1 : 0;
        if (!why && !mark(c, overflow, pages))
            why = N_("a page is used twice");
        c->count.overflow_pages += pages;
        c->count.entries++;
        if (!why)
            why = c->free_list ? free_record(c, &n, &v) : key_order(c, &n);
        if (why)
            return why;
        if (overflow && c->t->pager)
            pager_release(c->t->pager, v.p, 1);
    }
    return NULL;
}

static const char *check_page(struct check *c, uint64_t number, unsigned level)
{
    struct page p;
    struct node n;
    c->bad = number;
    const char *why = tree_page(&p, c->t, number, level > 1 ? PAGE_BRANCH : PAGE_LEAF);
    if (!why && !mark(c, number, 1))
        why = N_("a page is used twice");
    if (why || level == 1)
        return why ? why : check_leaf(c, &p);
    c->count.branch_pages++;
    for (unsigned i = 0; i < p.nodes && !why; i++) {
        c->bad = number;
        why = tree_node(&n, &p, i) ? check_separator(c, &n, i) : N_("damaged node");
        if (!why)
            why = check_page(c, tree_child(&n), level - 1);
    }
    return why;
}

static const char *check_tree(struct check *c, const struct tree_root *r)
{
    c->count = (struct tree_root){.page = r->page, .depth = r->depth};
    if (r->page == TREE_NO_PAGE)
        return NULL;
    c->at_separator = false;
    const char *why = check_page(c, r->page, r->depth);
    if (why)
        return why;
    c->bad = r->page;
    bool same = c->count.entries == r->entries && c->count.branch_pages == r->branch_pages &&
                c->count.leaf_pages == r->leaf_pages && c->count.overflow_pages == r->overflow_pages;
    return same ? NULL : N_("counts of pages differ from the meta page");
}

const char *tree_check(const struct tree *t, uint64_t *page)
{
    *page = 0;
    /* LMDB may leave the file a little shorter than its last page (pages freed within the transaction that
     * made them); a claim far beyond the file is a damaged number that would make the next import write
     * there. */
    if (t->last_page > t->bytes / t->page_size + (64u << 20) / t->page_size)
        return N_("the meta page claims more pages than the file has");
    struct check c = {.t = t, .seen = mem_zalloc(t->last_page / 8 + 1)};
    const char *why = check_tree(&c, &t->main);
    if (!why) {
        c.free_list = true;
        why = check_tree(&c, &t->free);
    }
    *page = why ? c.bad : 0;
    free(c.seen);
    return why;
}
