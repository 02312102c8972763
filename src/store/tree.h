/* tree.h - reading LMDB's pages with every offset checked.
 *
 * LMDB 0.9 trusts each byte of its file: a flipped bit or a cut end becomes a wrong answer, an abort or a
 * SIGBUS (reliability.md 1). Writing stays LMDB's business, and so do transactions, which keep the pages of a
 * snapshot from reuse; but what we read we look up with this bounded search over our own mapping of the file.
 * The format it knows (data version 1) is frozen for all of LMDB 0.9. */
#ifndef WM_TREE_H
#define WM_TREE_H

#include "base/err.h"
#include "store/block.h"

struct tree_root {
    uint64_t page, entries, branch_pages, leaf_pages, overflow_pages;
    uint16_t depth;
};

/* One state of the file. Plain data; borrows the mapping. */
struct tree {
    const unsigned char *map;
    uint64_t bytes; /* that may be read: the shorter of file and mapping */
    uint32_t page_size;
    uint64_t last_page, txnid, map_size;
    struct tree_root main, free;
    struct pager *pager; /* NULL: map is a mapping of the file; else pages must be asked for */
};

struct tree_value {
    const unsigned char *p;
    size_t n;
    bool in_leaf; /* a small value: LMDB moves it when its page is copied; larger ones stay put while they
                     live */
};

/* Reads the two meta pages of a file from its first bytes (at least two pages, or all there is). *newest:
 * index of the later one, which is sound; the other need only be one that LMDB can do with. NULL, or what is
 * wrong with them. */
const char *tree_meta(struct tree out[2], unsigned *newest, const unsigned char *bytes, size_t n);
/* What to write, and where (returned), once transaction `txnid` is committed: its number, a second time.
 * Otherwise damage that makes the newest number smaller would look like a sound store without the last
 * commit. It goes to the page that the next commit overwrites, so that a page in use is never written. */
#define TREE_SEAL_BYTES 16
size_t tree_seal(unsigned char out[TREE_SEAL_BYTES], uint64_t txnid, uint32_t page_size);
/* Whether these n bytes, all of a file, are what a disk that was full or a power cut left of a store before
 * its first commit. */
bool tree_unborn(const unsigned char *bytes, size_t n, uint32_t page_size);
/* Gives a file of which nobody has anything open other numbers of transactions: the newest becomes `newest`,
 * the one before it that minus one, on the pages where LMDB looks for them. False when parity forbids it, or
 * a meta page is not sound. */
bool tree_renumber(unsigned char *bytes, size_t n, uint64_t newest);
/* The state of transaction `txnid` in the mapping; false when its meta page has been overwritten by a later
 * commit (begin again) or is damaged. */
bool tree_open(struct tree *t, const unsigned char *map, uint64_t bytes, uint64_t txnid);

enum tree_found { TREE_FOUND, TREE_NONE, TREE_BAD };
/* TREE_BAD: pages on the way are damaged, *why says how (translatable). */
enum tree_found tree_find(const struct tree *t, const struct key *k, struct tree_value *out,
                          const char **why);

/* Makes a value's bytes readable that was found by tree_each (tree_find has done so already); NULL, or why
 * not.
 */
const char *tree_load(const struct tree *t, const struct tree_value *v);

/* Calls fn for each key that begins with `prefix`, in order, until fn returns false. False when pages are
 * damaged. */
typedef bool tree_visit(void *arg, const struct key *k, const struct tree_value *v);
bool tree_each(const struct tree *t, const struct key *prefix, tree_visit *fn, void *arg, const char **why);
/* The same with NULL for the values, which are not looked at: a large one lies on pages of its own, and each
 * would be a page fault. */
bool tree_each_key(const struct tree *t, const struct key *prefix, tree_visit *fn, void *arg,
                   const char **why);

/* The whole structure of this state: every page in bounds, of its kind, in one place only (used pages and
 * free ones), keys in order, counts as claimed. What LMDB needs to be safe when it writes. *page: where it
 * went wrong. NULL when sound. */
const char *tree_check(const struct tree *t, uint64_t *page);

/* Bytes of pages in use. */
uint64_t tree_bytes(const struct tree *t);

#endif
