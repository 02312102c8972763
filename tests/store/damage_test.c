/* Damages copies of a small store in all ways a disk might, and reads them in a child process. Whatever
 * happens, a value read is either an error or the value that was written, no signal ends the reading, and
 * verify finds what reading found.
 *
 * WAYMARK_TEST_MUTATIONS (default 540) and WAYMARK_TEST_SEED repeat or extend a run. */
#include "config.h"
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/os.h"
#include "base/rand.h"
#include "base/vec.h"
#include "store/dict.h"
#include "store/links.h"
#include "store/snapshot_open.h"
#include "store/upkeep.h"
#include "store/verify.h"
#include "store_world.h"

#define PAGE 4096u
#define IMPORTS 8
#define LINK_ROUNDS 3 /* imports of links behind them */
#define ROWS 2500
#define ITEMS_MAX 100000
#define ITEM_ERROR 1

static struct err err;

#define assert_done(x)                                                                                       \
    do {                                                                                                     \
        if (!(x))                                                                                            \
            fail_msg("%s", err.text);                                                                        \
    } while (0)

/* ---- everything a store says, as a list of numbers; ITEM_ERROR where it says that it is damaged */

struct items {
    uint64_t n, errors;
    uint64_t at[ITEMS_MAX];
};

static void add(struct items *list, bool ok, const void *bytes, size_t n)
{
    if (list->n < ITEMS_MAX)
        list->at[list->n++] = ok ? dict_hash((struct str){bytes, n}) | 2 : ITEM_ERROR;
    list->errors += !ok;
}

static void add_column(struct items *list, bool ok, const struct column_view *v)
{
    static int64_t values[70000];
    if (ok)
        column_decode(v, 0, v->rows, values);
    add(list, ok, values, ok ? v->rows * sizeof(*values) : 0);
}

static void add_part(struct items *list, const struct snapshot *s, const struct part *p)
{
    struct err e;
    add(list, true, p->block, p->blocks * sizeof(*p->block));
    add(list, true, p->column, p->columns * sizeof(*p->column));
    for (uint32_t block = 0; block < p->blocks; block++) {
        struct run_view runs = {0};
        struct column_view v = {0};
        bool ok = part_runs(s, p, block, &runs, &e);
        add_column(list, ok, &runs.user);
        add_column(list, ok, &runs.start);
        for (uint32_t c = 0; c < p->columns; c++) {
            ok = part_column(s, p, block, p->column[c], &v, &e);
            add_column(list, ok, &v);
        }
        for (uint32_t code = 0; code < 400; code++) {
            bool has = part_has_code(s, p, block, code);
            add(list, true, &has, sizeof(has));
        }
    }
}

static void add_dict(struct items *list, const struct snapshot *s, uint16_t column)
{
    struct err e;
    uint32_t n = dict_count(s, column), code;
    add(list, true, &n, sizeof(n));
    for (uint32_t i = 0; i < n; i++) {
        struct str t = {0};
        bool ok = dict_get(s, column, i, &t, &e);
        add(list, ok, t.p, t.n);
        char text[24];
        snprintf(text, sizeof(text), "u%u", i);
        ok = dict_find(s, column, str_of(text), &code, &e);
        add(list, ok, &code, sizeof(code));
    }
}

static void add_journal(struct items *list, const struct snapshot *s)
{
    const struct column_def *c;
    const struct import_def *m;
    size_t columns = snapshot_columns(s, &c), imports = snapshot_imports(s, &m);
    uint64_t version = snapshot_version(s);
    add(list, true, &version, sizeof(version));
    for (size_t i = 0; i < columns; i++) {
        add(list, true, &c[i].id, sizeof(c[i].id));
        add(list, true, c[i].name.p, c[i].name.n);
    }
    for (size_t i = 0; i < imports; i++) {
        add(list, true, &m[i].rows, sizeof(m[i].rows));
        add(list, true, m[i].source.p, m[i].source.n);
    }
    struct str note = snapshot_note(s, "last");
    add(list, true, note.p, note.n);
}

/* Who is whose other id. */
static void add_links(struct items *list, const struct snapshot *s)
{
    struct err e;
    const struct links *l = NULL;
    bool ok = snapshot_links(s, &l, &e);
    uint64_t counts[] = {l ? l->n : 0, l ? l->groups : 0};
    add(list, ok, counts, sizeof(counts));
    add(list, ok, l ? l->customer : NULL, l ? l->users * sizeof(*l->customer) : 0);
    add(list, ok, l ? l->start : NULL, l ? (l->groups + 1) * sizeof(*l->start) : 0);
    add(list, ok, l ? l->member : NULL, l ? l->start[l->groups] * sizeof(*l->member) : 0);
}

/* A store that cannot be opened is one error. */
static void read_all(const char *dir, struct items *list)
{
    struct err e;
    list->n = list->errors = 0;
    struct env *env = env_open(dir, ENV_READ, &e);
    struct snapshot *s = env ? snapshot_open(env, &e) : NULL;
    if (!s) {
        list->errors = 1;
    } else {
        add_journal(list, s);
        add_links(list, s);
        for (uint16_t column = 0; column < 30; column++)
            add_dict(list, s, column);
        for (int table = 0; table < 2; table++) {
            const struct part *p;
            size_t n = snapshot_parts(s, (enum table)table, &p);
            for (size_t i = 0; i < n; i++)
                add_part(list, s, &p[i]);
        }
    }
    snapshot_close(s);
    env_close(env);
}

/* ---- damage */

enum mutation {
    TRUNCATE,
    ZERO_PAGE,
    FLIP,
    FLIP_HEAD,
    FLIP_META,
    COPY_PAGE,
    SWAP_PAGES,
    NOISE,
    OLD_PAGE,
    MUTATIONS
};
static const char *const mutation_name[MUTATIONS] = {
    "truncate",  "zero page",  "flip a bit",         "flip a page head",        "flip meta",
    "copy page", "swap pages", "512 bytes of noise", "a page of an older state"};

struct image {
    unsigned char *p;
    size_t n;
};

static struct image read_image(const char *dir)
{
    struct buf b = {0}, name = {0};
    buf_printf(&name, "%s/data.mdb", dir);
    assert_done(os_read_file(name.p, 64u << 20, &b, &err));
    buf_done(&name);
    return (struct image){(unsigned char *)b.p, b.n};
}

static void write_image(const char *dir, struct image image)
{
    char name[600];
    snprintf(name, sizeof(name), "%s/data.mdb", dir);
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_done(os_write_all(fd, image.p, image.n, name, &err));
    close(fd);
}

static void flip(struct image *i, size_t at, struct rand *r)
{
    i->p[at] = (unsigned char)(i->p[at] ^ 1u << rand_below(r, 8));
}

static void swap_pages(unsigned char *a, unsigned char *b)
{
    unsigned char tmp[PAGE];
    memcpy(tmp, a, PAGE);
    memcpy(a, b, PAGE);
    memcpy(b, tmp, PAGE);
}

static void mutate(struct image *i, struct image old, enum mutation kind, struct rand *r)
{
    uint32_t pages = (uint32_t)(i->n / PAGE);
    size_t page = (size_t)rand_below(r, pages) * PAGE, other = (size_t)rand_below(r, pages) * PAGE;
    switch (kind) {
    case TRUNCATE: i->n = rand_below(r, 3) ? rand_below(r, (uint32_t)i->n) : page; break;
    case ZERO_PAGE: memset(i->p + page, 0, PAGE); break;
    case FLIP: flip(i, rand_below(r, (uint32_t)i->n), r); break;
    case FLIP_HEAD: flip(i, page + rand_below(r, 64), r); break;
    case FLIP_META: flip(i, rand_below(r, 2) * PAGE + rand_below(r, 152), r); break;
    case COPY_PAGE: memcpy(i->p + page, i->p + other, PAGE); break;
    case SWAP_PAGES: swap_pages(i->p + page, i->p + other); break;
    case OLD_PAGE:
        memcpy(i->p + page % (old.n / PAGE * PAGE), old.p + page % (old.n / PAGE * PAGE), PAGE);
        break;
    default:
        for (size_t k = 0; k < 512; k++)
            i->p[page + k] = (unsigned char)rand_u64(r);
    }
}

/* ---- trials */

enum outcome { SAME, REPORTED, WRONG, SIGNAL };

/* Runs fn in a child; its exit status, or -signal. */
static int in_child(int (*fn)(const char *dir, void *arg), const char *dir, void *arg)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDERR_FILENO);
        _exit(fn(dir, arg));
    }
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int child_read(const char *dir, void *arg)
{
    read_all(dir, arg);
    return 0;
}

static int child_import(const char *dir, void *arg)
{
    (void)arg;
    struct err e;
    struct env *env = env_open(dir, ENV_WRITE, &e);
    if (!env)
        return 1;
    bool ok = world_import(env, IMPORTS + 1, ROWS, &e);
    env_close(env);
    return ok ? 0 : 1;
}

static enum outcome compare(const struct items *truth, const struct items *seen, int status)
{
    if (status < 0)
        return SIGNAL;
    if (seen->n == 0)
        return REPORTED;
    if (seen->n != truth->n)
        return WRONG;
    for (uint64_t i = 0; i < truth->n; i++)
        if (seen->at[i] != truth->at[i] && seen->at[i] != ITEM_ERROR)
            return WRONG;
    return seen->errors ? REPORTED : SAME;
}

static void count_finding(void *arg, const struct verify_finding *f)
{
    (void)f;
    ++*(unsigned *)arg;
}

struct tally {
    unsigned outcome[4], missed, alarms, imports, import_signal, import_done, import_lost, n;
};

struct trial {
    struct items *truth, *seen; /* seen is shared with the child */
    struct image image, old;
    char *dir;
};

/* Import number i of the world is the store's import i; that made into the damaged store comes behind the
 * links. */
static bool import_fits(const struct snapshot *s, unsigned i)
{
    struct err e;
    uint64_t sum;
    return !world_found(s, i <= IMPORTS ? i : i + LINK_ROUNDS, &sum, &e) || sum == world_expected(i, ROWS);
}

/* Whether each import says what it should, or that it is damaged. */
static int child_check(const char *dir, void *arg)
{
    const unsigned *imports = arg;
    const struct import_def *m;
    unsigned wrong;
    struct err e;
    struct env *env = env_open(dir, ENV_READ, &e);
    struct snapshot *s = env ? snapshot_open(env, &e) : NULL;
    if (s && snapshot_imports(s, &m) != *imports + LINK_ROUNDS)
        return 1;
    for (unsigned i = 1; s && i <= *imports; i++)
        if (!import_fits(s, i))
            return 1;
    if (s && world_links_wrong(s, LINK_ROUNDS, NULL, &wrong, &e) && wrong)
        return 1;
    snapshot_close(s);
    env_close(env);
    return 0;
}

/* An import into the damaged store is refused or succeeds; it never kills, and what the store holds says
 * afterwards what it said before, or that it is damaged. */
static void try_import(struct trial *t, struct tally *sum)
{
    int status = in_child(child_import, t->dir, NULL);
    unsigned imports = IMPORTS + (status == 0);
    sum->import_signal += status < 0;
    sum->import_lost += status >= 0 && in_child(child_check, t->dir, &imports) != 0;
    sum->import_done += status == 0;
}

static void try_one(struct trial *t, enum mutation kind, uint64_t seed, struct tally *sum)
{
    struct rand r;
    unsigned findings = 0;
    struct verify_report report;
    struct image copy = {malloc(t->image.n), t->image.n};
    rand_seed(&r, seed);
    memcpy(copy.p, t->image.p, copy.n);
    mutate(&copy, t->old, kind, &r);
    bool changed = copy.n != t->image.n || memcmp(copy.p, t->image.p, copy.n) != 0;
    write_image(t->dir, copy);
    free(copy.p);
    t->seen->n = t->seen->errors = 0;
    enum outcome o = compare(t->truth, t->seen, in_child(child_read, t->dir, t->seen));
    bool checked = verify_store(t->dir, NULL, count_finding, &findings, &report, &err);
    sum->missed += o == REPORTED && checked && findings == 0;
    sum->alarms += !changed && findings > 0;
    if (o == WRONG || o == SIGNAL || (o == REPORTED && checked && findings == 0))
        print_message("%s, seed %llu: outcome %d, %u findings\n", mutation_name[kind],
                      (unsigned long long)seed, o, findings);
    sum->outcome[o]++;
    if (sum->n++ % 3 == 0) {
        sum->imports++;
        try_import(t, sum);
    }
}

/* Links in two layers, the older of them merged with attributes. */
static void build_links(struct env *env)
{
    for (unsigned round = 1; round <= LINK_ROUNDS; round++) {
        assert_done(world_import_links(env, round, &err));
        if (round == LINK_ROUNDS - 1)
            assert_done(store_merge(env, NULL, &err));
    }
}

static void build(struct trial *t)
{
    struct env *env = env_open(t->dir, ENV_WRITE, &err);
    assert_done(env);
    for (unsigned i = 1; i <= IMPORTS; i++) {
        assert_done(world_import(env, i, ROWS, &err));
        if (i == IMPORTS - 3)
            assert_done(store_merge(env, NULL, &err));
        if (i == IMPORTS - 2)
            t->old = read_image(t->dir);
    }
    build_links(env);
    env_close(env);
    t->image = read_image(t->dir);
}

static void damaged_stores(void **state)
{
    (void)state;
    const char *text = getenv("WAYMARK_TEST_SEED"), *many = getenv("WAYMARK_TEST_MUTATIONS");
    uint64_t seed = text ? strtoull(text, NULL, 10) : (uint64_t)os_now_us();
    unsigned each = (many ? (unsigned)atoi(many) : 540) / MUTATIONS + 1;
    struct trial t = {.truth = calloc(1, sizeof(*t.truth)), .dir = world_dir()};
    t.seen = mmap(NULL, sizeof(*t.seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    build(&t);
    assert_int_equal(in_child(child_read, t.dir, t.seen), 0);
    assert_int_equal(t.seen->errors, 0);
    assert_in_range(t.seen->n, 1000, ITEMS_MAX - 1);
    assert_int_equal(in_child(child_check, t.dir, &(unsigned){IMPORTS}), 0);
    *t.truth = *t.seen;
    print_message("seed %llu, file of %zu bytes, %llu items\n", (unsigned long long)seed, t.image.n,
                  (unsigned long long)t.truth->n);
    struct tally all = {0};
    for (int kind = 0; kind < MUTATIONS; kind++) {
        struct tally sum = {0};
        for (unsigned i = 0; i < each; i++)
            try_one(&t, (enum mutation)kind, seed + (uint64_t)kind * 100003 + i, &sum);
        print_message("%-26s %5u: %u no effect, %u reported, %u wrong, %u signals; %u not found by verify; "
                      "imports: %u, %u done, %u signals, %u wrong\n",
                      mutation_name[kind], sum.n, sum.outcome[SAME], sum.outcome[REPORTED],
                      sum.outcome[WRONG], sum.outcome[SIGNAL], sum.missed, sum.imports, sum.import_done,
                      sum.import_signal, sum.import_lost);
        for (int o = 0; o < 4; o++)
            all.outcome[o] += sum.outcome[o];
        all.missed += sum.missed;
        all.alarms += sum.alarms;
        all.import_signal += sum.import_signal;
        all.import_lost += sum.import_lost;
    }
    assert_int_equal(all.outcome[WRONG], 0);
    assert_int_equal(all.outcome[SIGNAL], 0);
    assert_int_equal(all.missed, 0);
    assert_int_equal(all.alarms, 0);
    assert_int_equal(all.import_signal, 0);
    assert_int_equal(all.import_lost, 0);
    assert_true(all.outcome[REPORTED] > all.outcome[SAME] / 4); /* the damage does hit something */
    munmap(t.seen, sizeof(*t.seen));
    free(t.truth);
    free(t.image.p);
    free(t.old.p);
    world_remove(t.dir);
    free(t.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(damaged_stores)};
    setenv("WAYMARK_MAP_SIZE", "16M", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
