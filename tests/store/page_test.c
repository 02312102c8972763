/* Damage with an aim: every bit of the meta pages, the heads of pages, the keys of branches, and what a
 * failed commit or a failed beginning leave. A store that LMDB can go on with is not refused, and no damage
 * takes imports away without a word. */
#include "config.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/os.h"
#include "store/snapshot_open.h"
#include "store/tree_page.h"
#include "store_world.h"

#define PAGE 4096u
#define IMPORTS 4
#define ROWS 500
/* Where LMDB's meta lies in its page, and ours in a file of 64 bits. */
enum {
    META_END = 152,
    META_SIZE = 40,
    META_ROOTS = 40,
    META_LAST = 136,
    META_TXNID = 144,
    SEAL = 512,
    SEAL_END = 528
};

struct place {
    char *dir;
    unsigned char *p;
    size_t n;
};

static struct err err;

#define assert_done(x)                                                                                       \
    do {                                                                                                     \
        if (!(x))                                                                                            \
            fail_msg("%s", err.text);                                                                        \
    } while (0)

/* ---- files */

static const char *file_of(const char *dir)
{
    static char name[600];
    snprintf(name, sizeof(name), "%s/data.mdb", dir);
    return name;
}

static void read_file(struct place *x)
{
    struct buf b = {0};
    assert_done(os_read_file(file_of(x->dir), 64u << 20, &b, &err));
    free(x->p);
    x->p = (unsigned char *)b.p;
    x->n = b.n;
}

static void write_file(const char *dir, const unsigned char *p, size_t n)
{
    int fd = open(file_of(dir), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_done(os_write_all(fd, p, n, "data.mdb", &err));
    close(fd);
}

static void write_page(const struct place *x, unsigned page)
{
    int fd = open(file_of(x->dir), O_WRONLY);
    assert_int_equal(pwrite(fd, x->p + (size_t)page * PAGE, PAGE, (off_t)page * PAGE), PAGE);
    close(fd);
}

static int setup(void **state)
{
    struct place *x = calloc(1, sizeof(*x));
    x->dir = world_dir();
    struct env *env = env_open(x->dir, ENV_WRITE, &err);
    assert_done(env);
    for (unsigned i = 1; i <= IMPORTS; i++)
        assert_done(world_import(env, i, ROWS, &err));
    env_close(env);
    read_file(x);
    *state = x;
    return 0;
}

static int teardown(void **state)
{
    struct place *x = *state;
    world_remove(x->dir);
    free(x->dir);
    free(x->p);
    free(x);
    return 0;
}

/* ---- what a store says */

enum answer { RIGHT, REFUSED, WRONG };

/* Generated once: it takes longer than reading. */
static uint64_t expected(unsigned import)
{
    static uint64_t sum[IMPORTS + 2];
    if (!sum[import])
        sum[import] = world_expected(import, ROWS);
    return sum[import];
}

static enum answer ask(const char *dir, unsigned imports)
{
    const struct import_def *m;
    struct env *env = env_open(dir, ENV_READ, &err);
    struct snapshot *s = env ? snapshot_open(env, &err) : NULL;
    enum answer a = s ? RIGHT : REFUSED;
    if (s && snapshot_imports(s, &m) != imports)
        a = WRONG;
    for (unsigned i = 1; a == RIGHT && i <= imports; i++) {
        uint64_t sum;
        if (!world_found(s, i, &sum, &err))
            a = REFUSED;
        else if (sum != expected(i))
            a = WRONG;
    }
    snapshot_close(s);
    env_close(env);
    return a;
}

static bool import_more(const char *dir, unsigned number)
{
    struct env *env = env_open(dir, ENV_WRITE, &err);
    bool ok = env && world_import(env, number, ROWS, &err);
    env_close(env);
    return ok;
}

static unsigned newest_page(const struct place *x, struct tree out[2])
{
    unsigned newest;
    assert_null(tree_meta(out, &newest, x->p, x->n));
    return newest;
}

static struct tree newest_tree(const struct place *x)
{
    struct tree both[2], t;
    unsigned newest = newest_page(x, both);
    assert_true(tree_open(&t, x->p, x->n, both[newest].txnid));
    return t;
}

/* ---- meta pages */

static enum answer ask_flipped(const struct place *x, uint64_t txnid, unsigned page, size_t at, unsigned bit)
{
    unsigned char *byte = x->p + page * PAGE + at;
    *byte ^= (unsigned char)(1u << bit);
    struct tree both[2];
    unsigned newest;
    enum answer a = REFUSED;
    bool opens = !tree_meta(both, &newest, x->p, x->n); /* what the guard asks, 20 times before it refuses */
    if (opens) {
        write_page(x, page);
        a = ask(x->dir, IMPORTS);
    }
    /* A commit less is wrong also when it brought no import. */
    if (a == RIGHT && both[newest].txnid != txnid)
        a = WRONG;
    if (a == WRONG)
        print_message("page %u, byte %zu, bit %u: a wrong answer\n", page, at, bit);
    *byte ^= (unsigned char)(1u << bit);
    write_page(x, page);
    return a;
}

/* LMDB itself insists on these of the older page: what it is, and a number below the newest's; and the first
 * page says where the second lies. */
static bool may_refuse_older(unsigned page, size_t at)
{
    bool head = at == 10 || (at >= 16 && at < 24), number = at >= META_TXNID && at < META_END;
    return head || number || (page == 0 && at >= META_SIZE && at < META_SIZE + 4);
}

static void flip_every_bit(struct place *x)
{
    struct tree both[2];
    unsigned newest = newest_page(x, both), count[3] = {0}, needless = 0;
    for (unsigned page = 0; page < 2; page++)
        for (size_t at = 0; at < SEAL_END; at = at + 1 == META_END ? SEAL : at + 1)
            for (unsigned bit = 0; bit < 8; bit++) {
                enum answer a = ask_flipped(x, both[newest].txnid, page, at, bit);
                count[a]++;
                needless += a == REFUSED && page != newest && !may_refuse_older(page, at);
            }
    print_message("%u bits: %u right answers, %u refused\n", count[0] + count[1] + count[2], count[RIGHT],
                  count[REFUSED]);
    assert_int_equal(count[WRONG], 0);
    assert_int_equal(needless, 0);
    assert_true(count[REFUSED] > 100);
    assert_int_equal(ask(x->dir, IMPORTS), RIGHT);
}

static void commit_once(struct env *env)
{
    struct root_record root;
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(s && env_root(env, &s->tree, &root, &err));
    snapshot_close(s);
    MDB_txn *txn = env_write(env, 1u << 20, &err);
    assert_done(txn && env_commit(env, txn, &root, &err));
}

/* The newest number becomes one that leaves `rest` when divided by 4. */
static void commit_until(struct place *x, unsigned rest)
{
    struct tree t[2];
    struct env *env = env_open(x->dir, ENV_WRITE, &err);
    assert_done(env);
    for (unsigned newest = newest_page(x, t); t[newest].txnid % 4 != rest; newest = newest_page(x, t)) {
        commit_once(env);
        read_file(x);
    }
    env_close(env);
}

/* 2 and 3: with the second bit flipped the newest number is just below the older one, and that pair looks
 * sound. */
static void every_bit_with_the_first_page_newest(void **state)
{
    commit_until(*state, 2);
    flip_every_bit(*state);
}

static void every_bit_with_the_second_page_newest(void **state)
{
    commit_until(*state, 3);
    flip_every_bit(*state);
}

/* What LMDB leaves when the write of the meta page fails: the newer roots, with the older numbers. */
static void a_commit_that_failed_at_the_last(void **state)
{
    struct place *x = *state;
    struct tree both[2];
    unsigned newest = newest_page(x, both);
    unsigned char *older = x->p + !newest * PAGE;
    memcpy(older + META_ROOTS, x->p + newest * PAGE + META_ROOTS, META_LAST - META_ROOTS);
    uint64_t last = 3, root = 5; /* the file has grown since */
    memcpy(older + META_LAST, &last, sizeof(last));
    memcpy(older + META_LAST - 8, &root, sizeof(root));
    write_page(x, !newest);
    assert_int_equal(ask(x->dir, IMPORTS), RIGHT);
    assert_done(import_more(x->dir, IMPORTS + 1));
    assert_int_equal(ask(x->dir, IMPORTS + 1), RIGHT);
}

/* ---- heads of pages, keys of branches */

static bool first_large(void *arg, const struct key *k, const struct tree_value *v)
{
    (void)k;
    if (v->in_leaf)
        return true;
    *(const unsigned char **)arg = v->p;
    return false;
}

static bool sound(const struct place *x)
{
    uint64_t page;
    struct tree t = newest_tree(x);
    return !tree_check(&t, &page);
}

static unsigned flips_found(const struct place *x, unsigned char *from, size_t n)
{
    unsigned found = 0;
    for (size_t bit = 0; bit < 8 * n; bit++) {
        from[bit / 8] ^= (unsigned char)(1u << bit % 8);
        found += !sound(x);
        from[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    return found;
}

static void heads_of_pages(void **state)
{
    struct place *x = *state;
    struct tree t = newest_tree(x);
    struct key every = {.n = 0};
    const unsigned char *value = NULL;
    const char *why;
    assert_true(sound(x));
    assert_true(tree_each(&t, &every, first_large, &value, &why));
    assert_non_null(value);
    unsigned char *large = x->p + (value - x->p) - PAGE_HEADER, *root = x->p + t.main.page * PAGE;
    assert_int_equal(flips_found(x, large, 8), 64);      /* number */
    assert_int_equal(flips_found(x, large + 10, 2), 16); /* flags */
    assert_int_equal(flips_found(x, large + 12, 4), 32); /* pages */
    assert_int_equal(flips_found(x, root, 8), 64);
    assert_int_equal(flips_found(x, root + 10, 2), 16);
}

static unsigned char *key_of(const struct place *x, const struct tree *t, unsigned index)
{
    struct page p;
    struct node n;
    assert_null(tree_page(&p, t, t->main.page, PAGE_BRANCH));
    if (index >= p.nodes)
        return NULL;
    assert_true(tree_node(&n, &p, index));
    return x->p + (n.key - x->p);
}

static void keys_of_branches(void **state)
{
    struct place *x = *state;
    struct tree t = newest_tree(x);
    assert_in_range(t.main.depth, 2, TREE_DEPTH_MAX);
    unsigned char *key;
    unsigned i;
    for (i = 1; (key = key_of(x, &t, i)); i++) {
        unsigned char kind = *key;
        *key = 0; /* below all keys */
        assert_false(sound(x));
        *key = 255;
        assert_false(sound(x));
        *key = kind;
    }
    assert_true(i > 1);
    assert_true(sound(x));
}

/* ---- before the first commit */

static void expect_new(const char *dir, const unsigned char *p, size_t n)
{
    write_file(dir, p, n);
    assert_null(env_open(dir, ENV_READ, &err));
    assert_int_equal(err.code, ERR_STORE);
    assert_done(import_more(dir, 1));
    assert_int_equal(ask(dir, 1), RIGHT);
}

static void expect_damaged(const char *dir, const unsigned char *p, size_t n)
{
    write_file(dir, p, n);
    for (int mode = 0; mode < 2; mode++) {
        assert_null(env_open(dir, mode ? ENV_WRITE : ENV_READ, &err));
        assert_int_equal(err.code, ERR_DAMAGED);
    }
}

static void a_store_that_was_never_finished(void **state)
{
    struct place *x = *state;
    unsigned char begun[9 * PAGE] = {0};
    char *dir = world_dir();
    struct env *env = env_open(dir, ENV_WRITE, &err);
    assert_done(env);
    env_close(env);
    int fd = open(file_of(dir), O_RDONLY);
    assert_int_equal(pread(fd, begun, META_END, 0), META_END); /* the first page, as LMDB made it */
    close(fd);
    expect_new(dir, begun, 0);
    expect_new(dir, begun, PAGE / 2);
    expect_new(dir, begun, PAGE);
    expect_new(dir, begun, 2 * PAGE);
    expect_new(dir, begun, 3 * PAGE);
    expect_damaged(dir, begun, sizeof(begun)); /* more than the first commit writes */
    memset(begun, 0, META_END);
    expect_new(dir, begun, 2 * PAGE);
    expect_damaged(dir, x->p, 100);
    expect_damaged(dir, x->p, PAGE);
    expect_damaged(dir, x->p, PAGE + 100);
    world_remove(dir);
    free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_bit_with_the_first_page_newest, setup, teardown),
        cmocka_unit_test_setup_teardown(every_bit_with_the_second_page_newest, setup, teardown),
        cmocka_unit_test_setup_teardown(a_commit_that_failed_at_the_last, setup, teardown),
        cmocka_unit_test_setup_teardown(heads_of_pages, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_of_branches, setup, teardown),
        cmocka_unit_test_setup_teardown(a_store_that_was_never_finished, setup, teardown),
    };
    setenv("WAYMARK_MAP_SIZE", "16M", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
