/* tree.c - bounded look-up in LMDB 0.9 pages; see tree.h for why.
 *
 * Layout (little endian, 64-bit; LMDB 0.9.24 mdb.c): page header of 16 bytes {number u64, pad u16, flags u16,
 * lower u16, upper u16} then 2-byte offsets of nodes; an overflow page has {pages u32} instead of lower and
 * upper. A node is {lo u16, hi u16, flags u16, key bytes u16, key, data}: in a leaf lo and hi are the data's
 * length, in a branch lo, hi and flags are the child's number. */
#include "config.h"
#include "base/nls.h"
#include "store/pager.h"
#include "store/tree.h"
#include "store/tree_page.h"

#define META_MAGIC 0xbeefc0deu
#define META_VERSION 1

struct meta_db {
    uint32_t pad;
    uint16_t flags, depth;
    uint64_t branch_pages, leaf_pages, overflow_pages, entries, root;
};
struct meta {
    uint32_t magic, version;
    uint64_t address, map_size;
    struct meta_db db[2]; /* free pages; data */
    uint64_t last_page, txnid;
};
_Static_assert(sizeof(struct meta) == 136, "LMDB's meta has no padding");

/* ---- meta pages */

static struct tree_root root_of(const struct meta_db *d)
{
    return (struct tree_root){d->root,       d->entries,        d->branch_pages,
                              d->leaf_pages, d->overflow_pages, d->depth};
}

static bool root_plausible(const struct tree_root *r, uint64_t last_page)
{
    if (r->page == TREE_NO_PAGE)
        return r->depth == 0 && r->entries == 0;
    return r->page >= 2 && r->page <= last_page && r->depth >= 1 && r->depth <= TREE_DEPTH_MAX;
}

static const char *read_meta(struct tree *t, const unsigned char *page, unsigned index)
{
    struct meta m;
    memcpy(&m, page + PAGE_HEADER, sizeof(m));
    if (m.magic != META_MAGIC)
        return N_("no LMDB file");
    if (m.version != META_VERSION)
        return N_("LMDB file of another version");
    if (load64(page) != index || (load16(page + 10) & PAGE_KINDS) != PAGE_META)
        return N_("damaged meta page");
    uint32_t size = m.db[0].pad;
    if (size < 512 || size > 65536 || (size & (size - 1)) != 0)
        return N_("impossible page size");
    *t = (struct tree){.page_size = size, .last_page = m.last_page, .txnid = m.txnid, .map_size = m.map_size};
    t->free = root_of(&m.db[0]);
    t->main = root_of(&m.db[1]);
    if (m.last_page < 1 || m.last_page > (UINT64_MAX >> 17) || m.db[0].flags != 8 || m.db[1].flags != 0 ||
        m.map_size % 512 != 0 || m.map_size >> 46 || !root_plausible(&t->main, m.last_page) ||
        !root_plausible(&t->free, m.last_page))
        return N_("damaged meta page");
    return NULL;
}

const char *tree_meta(struct tree out[2], unsigned *newest, const unsigned char *bytes, size_t n)
{
    if (n < PAGE_HEADER + sizeof(struct meta))
        return N_("file too short");
    const char *why = read_meta(&out[0], bytes, 0);
    if (why)
        return why;
    size_t size = out[0].page_size;
    if (n < size + PAGE_HEADER + sizeof(struct meta))
        return N_("file too short");
    if ((why = read_meta(&out[1], bytes + size, 1)))
        return why;
    uint64_t even = out[0].txnid, odd = out[1].txnid;
    *newest = odd > even;
    /* Commits take turns: even numbers on page 0, odd ones on page 1, each one more than the last. A fresh
     * file has 0 in both. */
    bool turns = even % 2 == 0 && odd % 2 == 1 && (even + 1 == odd || odd + 1 == even);
    if (out[1].page_size != out[0].page_size || !(turns || (even == 0 && odd == 0)))
        return N_("the two meta pages do not fit together");
    return NULL;
}

bool tree_renumber(unsigned char *bytes, size_t n, uint64_t newest)
{
    struct tree t[2];
    unsigned late;
    if (tree_meta(t, &late, bytes, n) || newest % 2 != late || newest < t[late].txnid)
        return false;
    uint64_t before = newest - 1;
    memcpy(bytes + late * t[0].page_size + PAGE_HEADER + offsetof(struct meta, txnid), &newest,
           sizeof(newest));
    memcpy(bytes + !late * t[0].page_size + PAGE_HEADER + offsetof(struct meta, txnid), &before,
           sizeof(before));
    return true;
}

bool tree_open(struct tree *t, const unsigned char *map, uint64_t bytes, uint64_t txnid)
{
    struct tree first;
    if (bytes < PAGE_HEADER + sizeof(struct meta) || read_meta(&first, map, 0))
        return false;
    size_t page = txnid % 2 ? first.page_size : 0;
    if (bytes < page + PAGE_HEADER + sizeof(struct meta) || read_meta(t, map + page, txnid % 2))
        return false;
    /* Unchanged when read twice: no commit was overwriting it meanwhile. */
    struct tree again;
    if (read_meta(&again, map + page, txnid % 2) || memcmp(t, &again, sizeof(again)) != 0)
        return false;
    t->map = map;
    t->bytes = bytes;
    return t->txnid == txnid;
}

uint64_t tree_bytes(const struct tree *t)
{
    uint64_t pages = 2;
    pages += t->main.branch_pages + t->main.leaf_pages + t->main.overflow_pages;
    pages += t->free.branch_pages + t->free.leaf_pages + t->free.overflow_pages;
    return pages * t->page_size;
}

/* ---- one page */

const char *tree_page(struct page *out, const struct tree *t, uint64_t number, unsigned kind)
{
    if (number < 2 || number > t->last_page)
        return N_("page number out of range");
    if ((number + 1) * t->page_size > t->bytes)
        return N_("page beyond the end of the file");
    if (t->pager && !pager_need(t->pager, number * t->page_size, t->page_size))
        return N_("page cannot be read");
    const unsigned char *p = t->map + number * t->page_size;
    unsigned lower = load16(p + 12), upper = load16(p + 14);
    if (load64(p) != number || (load16(p + 10) & PAGE_KINDS) != kind)
        return N_("page of another kind in its place");
    if (lower < PAGE_HEADER || lower > upper || upper > t->page_size || lower % 2)
        return N_("damaged page header");
    *out = (struct page){p, number, (lower - PAGE_HEADER) / 2, upper, t->page_size};
    return out->nodes < (kind == PAGE_BRANCH ? 2u : 1u) ? N_("empty page") : NULL;
}

bool tree_node(struct node *out, const struct page *p, unsigned index)
{
    unsigned at = load16(p->p + PAGE_HEADER + 2 * (size_t)index);
    if (at < p->upper || at + NODE_HEADER > p->size)
        return false;
    const unsigned char *n = p->p + at;
    *out = (struct node){.low = load16(n), .high = load16(n + 2), .flags = load16(n + 4)};
    out->key_bytes = load16(n + 6);
    out->key = n + NODE_HEADER;
    out->data = out->key + out->key_bytes;
    out->room = p->size - at - NODE_HEADER;
    if (out->key_bytes > out->room)
        return false;
    out->room -= out->key_bytes;
    return true;
}

uint64_t tree_child(const struct node *n)
{
    return (uint64_t)n->low | (uint64_t)n->high << 16 | (uint64_t)n->flags << 32;
}

const char *tree_data(struct tree_value *out, uint64_t *overflow, const struct tree *t, const struct node *n)
{
    size_t size = (size_t)n->low | (size_t)n->high << 16;
    *overflow = 0;
    if (n->flags == 0) {
        *out = (struct tree_value){n->data, size, true};
        return size > n->room ? N_("value crosses its page") : NULL;
    }
    if (n->flags != NODE_BIG || n->room < 8)
        return N_("damaged node");
    uint64_t number = load64(n->data), pages = (size + PAGE_HEADER - 1) / t->page_size + 1;
    if (number < 2 || number > t->last_page || pages > t->last_page - number + 1)
        return N_("page number out of range");
    if (number * t->page_size + PAGE_HEADER + size > t->bytes)
        return N_("value beyond the end of the file");
    *out = (struct tree_value){t->map + number * t->page_size + PAGE_HEADER, size, false};
    *overflow = number;
    return NULL;
}

const char *tree_load(const struct tree *t, const struct tree_value *v)
{
    if (!t->pager || v->in_leaf || pager_need(t->pager, (uint64_t)(v->p - t->map), v->n))
        return NULL;
    return N_("value cannot be read");
}

/* ---- search */

static int compare(const struct key *k, const struct node *n)
{
    size_t both = k->n < n->key_bytes ? k->n : n->key_bytes;
    int c = memcmp(k->b, n->key, both);
    return c ? c : (int)k->n - (int)n->key_bytes;
}

/* Index of the first node with a key not below k, from `from` on; p->nodes when there is none. */
static bool lower_bound(const struct page *p, const struct key *k, unsigned from, unsigned *out)
{
    unsigned to = p->nodes;
    struct node n;
    while (from < to) {
        unsigned mid = from + (to - from) / 2;
        if (!tree_node(&n, p, mid))
            return false;
        if (compare(k, &n) > 0)
            from = mid + 1;
        else
            to = mid;
    }
    *out = from;
    return true;
}

/* The child that holds k: the last one whose key is not above it; the first node's key counts as lowest. */
static bool child_for(const struct page *p, const struct key *k, unsigned *index)
{
    struct node n;
    if (!lower_bound(p, k, 1, index))
        return false;
    if (*index < p->nodes && tree_node(&n, p, *index) && compare(k, &n) == 0)
        return true;
    --*index;
    return true;
}

enum tree_found tree_find(const struct tree *t, const struct key *k, struct tree_value *out, const char **why)
{
    if (t->main.page == TREE_NO_PAGE)
        return TREE_NONE;
    struct page p;
    struct node n;
    uint64_t number = t->main.page, overflow;
    unsigned index;
    for (unsigned level = t->main.depth; level > 1; level--) {
        if ((*why = tree_page(&p, t, number, PAGE_BRANCH)))
            return TREE_BAD;
        if (!child_for(&p, k, &index) || !tree_node(&n, &p, index))
            return *why = N_("damaged node"), TREE_BAD;
        number = tree_child(&n);
    }
    if ((*why = tree_page(&p, t, number, PAGE_LEAF)))
        return TREE_BAD;
    if (!lower_bound(&p, k, 0, &index))
        return *why = N_("damaged node"), TREE_BAD;
    if (index == p.nodes)
        return TREE_NONE;
    if (!tree_node(&n, &p, index))
        return *why = N_("damaged node"), TREE_BAD;
    if (compare(k, &n) != 0)
        return TREE_NONE;
    if (!(*why = tree_data(out, &overflow, t, &n)))
        *why = tree_load(t, out);
    return *why ? TREE_BAD : TREE_FOUND;
}

/* ---- walk */

struct walk {
    const struct tree *t;
    const struct key *prefix;
    tree_visit *fn;
    void *arg;
    bool stop;
};

static bool has_prefix(const struct key *k, const struct key *prefix)
{
    return k->n >= prefix->n && memcmp(k->b, prefix->b, prefix->n) == 0;
}

static const char *walk_leaf(struct walk *w, const struct page *p)
{
    unsigned index;
    if (!lower_bound(p, w->prefix, 0, &index))
        return N_("damaged node");
    for (; index < p->nodes && !w->stop; index++) {
        struct node n;
        struct key k;
        struct tree_value v;
        uint64_t overflow;
        if (!tree_node(&n, p, index) || !key_parse(&k, n.key, n.key_bytes))
            return N_("damaged node");
        if (!has_prefix(&k, w->prefix)) {
            w->stop = true; /* keys are in order: nothing more can follow */
            break;
        }
        const char *why = tree_data(&v, &overflow, w->t, &n);
        if (why)
            return why;
        w->stop = !w->fn(w->arg, &k, &v);
    }
    return NULL;
}

static const char *walk_page(struct walk *w, uint64_t number, unsigned level)
{
    struct page p;
    struct node n;
    unsigned index;
    const char *why = tree_page(&p, w->t, number, level > 1 ? PAGE_BRANCH : PAGE_LEAF);
    if (why || level == 1)
        return why ? why : walk_leaf(w, &p);
    if (!child_for(&p, w->prefix, &index))
        return N_("damaged node");
    for (; index < p.nodes && !w->stop && !why; index++)
        why = tree_node(&n, &p, index) ? walk_page(w, tree_child(&n), level - 1) : N_("damaged node");
    return why;
}

bool tree_each(const struct tree *t, const struct key *prefix, tree_visit *fn, void *arg, const char **why)
{
    struct walk w = {t, prefix, fn, arg, false};
    *why = t->main.page == TREE_NO_PAGE ? NULL : walk_page(&w, t->main.page, t->main.depth);
    return *why == NULL;
}
