/* tree_fuzz.c - the page walker on damaged bytes in memory: it stays inside them and ends; pages it calls
 * sound can be read in both of its ways, with the same result.
 *
 * Input: see patch.h. */
#include "config.h"
#include <stdlib.h>
#include "patch.h"
#include "store/tree.h"

struct count {
    const struct tree *t;
    uint64_t keys, found;
};

static bool visit(void *arg, const struct key *k, const struct tree_value *v)
{
    struct count *c = arg;
    struct tree_value again;
    const char *why;
    c->keys++;
    if (v->n > 0) /* first and last byte: a sanitizer knows where the file ends */
        c->found += (v->p[0] ^ v->p[v->n - 1]) & 0;
    if (tree_find(c->t, k, &again, &why) == TREE_FOUND)
        c->found += again.p == v->p && again.n == v->n;
    return c->keys < 100000;
}

static void walk(const struct patched *f, uint64_t txnid)
{
    struct tree t;
    uint64_t page = 0;
    const char *why;
    struct key every = {.n = 0};
    if (!tree_open(&t, f->p, f->n, txnid))
        return;
    const char *unsound = tree_check(&t, &page);
    struct count c = {&t, 0, 0};
    bool ok = tree_each(&t, &every, visit, &c, &why);
    FUZZ_PROMISE(unsound || ok);
    FUZZ_PROMISE(unsound || c.keys == t.main.entries);
    /* Each key is found where the order of keys says it is: LMDB would write it there. */
    FUZZ_PROMISE(unsound || c.found == c.keys);
    FUZZ_PROMISE(f->changes || !unsound);
    (void)tree_bytes(&t);
}

FUZZ_TARGET(tree)
{
    struct fuzz_input in = {data, n};
    struct patched f;
    struct tree both[2];
    unsigned newest;
    patch_make(&f, &in);
    /* Exactly as long as it is, so that a sanitizer sees a step beyond the end. */
    char *exact = fuzz_copy((struct str){(char *)f.p, f.n}, 0);
    f.p = (unsigned char *)exact;
    const char *why = tree_meta(both, &newest, f.p, f.n);
    FUZZ_PROMISE(f.changes || !why);
    if (!why) {
        walk(&f, both[newest].txnid);
        walk(&f, both[!newest].txnid);
    }
    free(exact);
    return 0;
}
