/* tree.c - bounded look-up in LMDB 0.9 pages; see tree.h for why.
 *
 * Layout (little endian, 64-bit; LMDB 0.9.24 mdb.c): page header of 16 bytes {number u64, pad u16, flags u16,
 * lower u16, upper u16} then 2-byte offsets of nodes; an overflow page has {pages u32} instead of lower and
 * upper. A node is {lo u16, hi u16, flags u16, key bytes u16, key, data}: in a leaf lo and hi are the data's
 * length, in a branch lo, hi and flags are the child's number. */
#include "config.h"
#include "base/nls.h"
#include "store/checksum.h"
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
#define META_END (PAGE_HEADER + sizeof(struct meta))
#define SEAL_AT 512u /* a sector that LMDB never writes again */
/* More pages than the first commit, which makes the store, can have written. */
#define UNBORN_PAGES 8u

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

static bool size_plausible(uint32_t size)
{
    return size >= 512 && size <= 65536 && (size & (size - 1)) == 0;
}

/* What LMDB looks at before it knows which page is the newest. It never writes a page's head again, so that
 * nothing is asked of it that LMDB does not ask. */
static const char *read_meta(struct tree *t, struct meta *m, const unsigned char *page)
{
    memcpy(m, page + PAGE_HEADER, sizeof(*m));
    if (m->magic != META_MAGIC || !(load16(page + 10) & PAGE_META))
        return N_("no LMDB file");
    if (m->version != META_VERSION)
        return N_("LMDB file of another version");
    *t = (struct tree){.page_size = m->db[0].pad,
                       .last_page = m->last_page,
                       .txnid = m->txnid,
                       .map_size = m->map_size,
                       .free = root_of(&m->db[0]),
                       .main = root_of(&m->db[1])};
    return NULL;
}

/* Of a state that is to be used. The older page may hold anything: when a commit fails in its very last
 * write, LMDB leaves a mixture of both states there. */
static const char *judge_meta(const struct tree *t, const struct meta *m)
{
    if (!size_plausible(t->page_size))
        return N_("impossible page size");
    if (m->last_page < 1 || m->last_page > (UINT64_MAX >> 17) || m->db[0].flags != 8 || m->db[1].flags != 0 ||
        m->map_size % 512 != 0 || m->map_size >> 46 || !root_plausible(&t->main, m->last_page) ||
        !root_plausible(&t->free, m->last_page))
        return N_("damaged meta page");
    return NULL;
}

/* ---- the number of the last commit, noted a second time */

struct seal {
    uint64_t txnid, check;
};

static uint64_t seal_check(uint64_t txnid)
{
    return checksum_seeded(&txnid, sizeof(txnid), UINT64_C(0x776d7365616c));
}

size_t tree_seal(unsigned char out[TREE_SEAL_BYTES], uint64_t txnid, uint32_t page_size)
{
    struct seal s = {txnid, seal_check(txnid)};
    memcpy(out, &s, sizeof(s));
    return (txnid % 2 ? 0 : page_size) + SEAL_AT;
}

/* 0 when there is none, or it is damaged. */
static uint64_t read_seal(const unsigned char *page, size_t n)
{
    struct seal s;
    if (n < SEAL_AT + sizeof(s))
        return 0;
    memcpy(&s, page + SEAL_AT, sizeof(s));
    return s.check == seal_check(s.txnid) ? s.txnid : 0;
}

/* Commits take turns: even numbers on page 0, odd ones on page 1, each one more than the last; a fresh file
 * has 0 in both. Another number on the older page does no harm - but it may be the newer one damaged, unless
 * the seal says that there is none. */
static const char *judge_order(uint64_t newest, unsigned index, uint64_t older, uint64_t sealed)
{
    if (sealed > newest)
        return N_("the last commits are missing");
    if (newest == 0)
        return NULL;
    if (newest % 2 != index || older == newest || (older + 1 != newest && sealed != newest))
        return N_("the two meta pages do not fit together");
    return NULL;
}

const char *tree_meta(struct tree out[2], unsigned *newest, const unsigned char *bytes, size_t n)
{
    struct meta m[2];
    if (n < META_END)
        return N_("file too short");
    const char *why = read_meta(&out[0], &m[0], bytes);
    if (why)
        return why;
    size_t size = out[0].page_size; /* LMDB, too, finds the second page with that of the first */
    if (!size_plausible(out[0].page_size))
        return N_("impossible page size");
    if (n < size + META_END)
        return N_("file too short");
    if ((why = read_meta(&out[1], &m[1], bytes + size)))
        return why;
    *newest = out[1].txnid > out[0].txnid;
    if ((why = judge_meta(&out[*newest], &m[*newest])))
        return why;
    if (out[*newest].page_size != size)
        return N_("the two meta pages do not fit together");
    uint64_t even = read_seal(bytes + size, n - size), odd = read_seal(bytes, size);
    return judge_order(out[*newest].txnid, *newest, out[!*newest].txnid, even > odd ? even : odd);
}

/* Whether what there is of a meta page is zeros, or as LMDB makes it, before any commit. */
static bool meta_unborn(const unsigned char *page, size_t n, size_t page_size)
{
    struct meta m;
    size_t used = 0;
    for (size_t i = 0; i < n && i < page_size; i++)
        used = page[i] ? i + 1 : used;
    if (used == 0)
        return true;
    if (used > META_END || n < META_END)
        return false;
    memcpy(&m, page + PAGE_HEADER, sizeof(m));
    return m.magic == META_MAGIC && m.txnid == 0 && m.last_page == 1 && m.db[0].root == TREE_NO_PAGE &&
           m.db[1].root == TREE_NO_PAGE;
}

bool tree_unborn(const unsigned char *bytes, size_t n, uint32_t page_size)
{
    if (n < META_END || n > UNBORN_PAGES * (size_t)page_size)
        return n == 0;
    return meta_unborn(bytes, n, page_size) &&
           (n <= page_size || meta_unborn(bytes + page_size, n - page_size, page_size));
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
    struct tree first, again;
    struct meta m;
    if (bytes < META_END || read_meta(&first, &m, map) || !size_plausible(first.page_size))
        return false;
    size_t page = txnid % 2 ? first.page_size : 0;
    if (bytes < page + META_END || read_meta(t, &m, map + page) || judge_meta(t, &m) ||
        t->page_size != first.page_size)
        return false;
    /* Unchanged when read twice: no commit was overwriting it meanwhile. */
    if (read_meta(&again, &m, map + page) || memcmp(t, &again, sizeof(again)) != 0)
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
    if (load64(p) != number || load16(p + 10) != kind)
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
    if (t->pager && !pager_need(t->pager, number * t->page_size, PAGE_HEADER))
        return N_("page cannot be read");
    /* LMDB frees as many pages as the head says. */
    const unsigned char *p = t->map + number * t->page_size;
    if (load64(p) != number || load16(p + 10) != PAGE_OVERFLOW || load32(p + 12) != pages)
        return N_("page of another kind in its place");
    *out = (struct tree_value){p + PAGE_HEADER, size, false};
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
    bool keys_only, stop;
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
        const char *why = NULL;
        if (!tree_node(&n, p, index) || !key_parse(&k, n.key, n.key_bytes))
            return N_("damaged node");
        if (!has_prefix(&k, w->prefix)) {
            w->stop = true; /* keys are in order: nothing more can follow */
            break;
        }
        if (!w->keys_only && (why = tree_data(&v, &overflow, w->t, &n)))
            return why;
        w->stop = !w->fn(w->arg, &k, w->keys_only ? NULL : &v);
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

static bool walk(struct walk *w, const char **why)
{
    const struct tree_root *main = &w->t->main;
    *why = main->page == TREE_NO_PAGE ? NULL : walk_page(w, main->page, main->depth);
    return *why == NULL;
}

bool tree_each(const struct tree *t, const struct key *prefix, tree_visit *fn, void *arg, const char **why)
{
    struct walk w = {.t = t, .prefix = prefix, .fn = fn, .arg = arg};
    return walk(&w, why);
}

bool tree_each_key(const struct tree *t, const struct key *prefix, tree_visit *fn, void *arg,
                   const char **why)
{
    struct walk w = {.t = t, .prefix = prefix, .fn = fn, .arg = arg, .keys_only = true};
    return walk(&w, why);
}
