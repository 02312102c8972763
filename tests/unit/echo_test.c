/* Events that come again, against a comparison of everything with everything; files and links in the
 * journal's company. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "../store/store_place.h"
#include "../store/store_world.h"
#include "base/rand.h"
#include "store/batch.h"
#include "store/digest.h"
#include "store/echo.h"
#include "store/links.h"
#include "store/upkeep.h"
#include "store/verify.h"

static struct err err;

/* ---- echoes */

enum { COLUMNS = 4 }; /* time, event, two numbers that an import may lack */
struct row {
    uint32_t user, zero; /* no padding: rows are compared as bytes */
    int64_t value[COLUMNS];
};
struct table_rows {
    size_t n;
    struct row at[200000];
};

static int by_user_time(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->user != y->user)
        return x->user < y->user ? -1 : 1;
    return x->value[0] < y->value[0] ? -1 : x->value[0] > y->value[0];
}

static bool same(const struct row *a, const struct row *b)
{
    return a->user == b->user && memcmp(a->value, b->value, sizeof(a->value)) == 0;
}

static bool has(const struct table_rows *t, const struct row *r)
{
    for (size_t i = 0; i < t->n; i++)
        if (same(&t->at[i], r))
            return true;
    return false;
}

/* Rows of few values, so that much comes again and more nearly does. */
static void draw(struct rand *r, struct table_rows *t, size_t n, unsigned users, unsigned moments,
                 unsigned lacks)
{
    t->n = n;
    for (size_t i = 0; i < n; i++) {
        struct row *w = &t->at[i];
        w->user = rand_below(r, users);
        w->value[0] = 1000000 * (int64_t)rand_below(r, moments);
        w->value[1] = rand_below(r, 2);
        for (unsigned c = 2; c < COLUMNS; c++)
            w->value[c] =
                lacks & 1u << c || rand_below(r, 3) == 0 ? COLUMN_NULL : column_of_number(rand_below(r, 2));
    }
    qsort(t->at, n, sizeof(*t->at), by_user_time);
}

struct loading {
    struct batch *b;
    size_t columns;
    unsigned from[COLUMNS]; /* which of the row's values each column is */
    uint16_t column[COLUMNS];
};

static void begin_load(struct loading *l, struct env *env, unsigned lacks)
{
    uint16_t id[COLUMNS] = {COL_TIME, COL_EVENT};
    uint32_t code;
    *l = (struct loading){.b = batch_begin(env, TABLE_EVENTS, 0, &err)};
    assert_done(l->b);
    assert_done(batch_column(l->b, STR("a"), COLUMN_NUMBER, &id[2], &err));
    assert_done(batch_column(l->b, STR("b"), COLUMN_NUMBER, &id[3], &err));
    for (unsigned i = 0; i < 3000; i++) {
        char name[16];
        snprintf(name, sizeof(name), "%u", i);
        assert_done(batch_code(l->b, COL_USER, str_of(name), &code, &err));
        assert_int_equal(code, i);
        assert_done(i > 1 || batch_code(l->b, COL_EVENT, str_of(name), &code, &err));
    }
    for (unsigned c = COLUMNS; c-- > 0;) /* any order of columns will do */
        if (!(lacks & 1u << c)) {
            l->from[l->columns] = c;
            l->column[l->columns++] = id[c];
        }
}

/* Loads what is no echo, in pieces of `piece` rows; adds it to `all`. Returns how many echoes there were. */
static size_t load(struct env *env, const struct table_rows *t, unsigned lacks, size_t piece,
                   struct table_rows *all)
{
    struct loading l;
    size_t echoes = 0;
    begin_load(&l, env, lacks);
    struct echo *e = echo_new(batch_snapshot(l.b), l.column, l.columns);
    struct part_writer *w = part_begin(l.b, l.column, l.columns, &err);
    uint32_t *user = malloc(piece * sizeof(*user));
    int64_t *value[COLUMNS];
    for (size_t c = 0; c < l.columns; c++)
        value[c] = malloc(piece * sizeof(**value));
    for (size_t at = 0; at < t->n; at += piece) {
        size_t n = t->n - at < piece ? t->n - at : piece, left = n;
        for (size_t i = 0; i < n; i++) {
            user[i] = t->at[at + i].user;
            for (size_t c = 0; c < l.columns; c++)
                value[c][i] = t->at[at + i].value[l.from[c]];
        }
        if (e)
            assert_done(echo_drop(e, n, user, value, &left, &err));
        echoes += n - left;
        assert_done(part_append(w, left, user, (const int64_t *const *)value, &err));
        for (size_t i = 0; all && i < left; i++) {
            struct row *r = &all->at[all->n++];
            *r = (struct row){user[i], 0, {0, 0, COLUMN_NULL, COLUMN_NULL}};
            for (size_t c = 0; c < l.columns; c++)
                r->value[l.from[c]] = value[c][i];
        }
    }
    assert_done(part_end(w, &err));
    struct import_def info = {
        .rows = t->n, .stored = t->n - echoes, .duplicates = echoes, .echoes = echoes, .source = STR("echo")};
    assert_done(batch_commit(l.b, &info, &err));
    echo_free(e);
    for (size_t c = 0; c < l.columns; c++)
        free(value[c]);
    free(user);
    return echoes;
}

static void what_came_before_is_dropped(void **state)
{
    struct place *p = *state;
    static struct table_rows new, all, fresh;
    struct rand r;
    size_t echoes = 0;
    rand_seed(&r, 5);
    for (unsigned step = 0; step < 40; step++) {
        unsigned lacks = (rand_below(&r, 3) ? 0 : 4u) | (rand_below(&r, 3) ? 0 : 8u);
        draw(&r, &new, 1 + rand_below(&r, 400), 40, 12, lacks);
        size_t expected = 0, before = all.n;
        fresh.n = 0;
        for (size_t i = 0; i < new.n; i++) {
            if (has(&all, &new.at[i]))
                expected++;
            else
                fresh.at[fresh.n++] = new.at[i];
        }
        assert_int_equal(load(p->env, &new, lacks, 1 + rand_below(&r, 90), &all), expected);
        assert_int_equal(all.n - before, fresh.n);
        assert_memory_equal(all.at + before, fresh.at, fresh.n * sizeof(*fresh.at));
        echoes += expected;
        if (step % 5 == 4)
            assert_done(store_merge(p->env, NULL, &err));
    }
    assert_true(echoes > 2000 && all.n > 500); /* both happened */
    assert_sound(p->dir);
}

/* Parts of several blocks, users that go on from one block to the next, everything twice. */
static void the_same_again(void **state)
{
    struct place *p = *state;
    static struct table_rows t;
    struct rand r;
    rand_seed(&r, 6);
    draw(&r, &t, 200000, 2500, 100000, 0);
    for (size_t i = 0; i < 150000; i++) /* one who fills blocks alone */
        t.at[i].user = 17;
    qsort(t.at, t.n, sizeof(*t.at), by_user_time);
    assert_int_equal(load(p->env, &t, 0, 16384, NULL), 0);
    assert_int_equal(load(p->env, &t, 0, 16384, NULL), t.n);
    /* Another day, other users: nothing comes again. */
    for (size_t i = 0; i < t.n; i++)
        t.at[i].value[0] += INT64_C(100000) * 1000000;
    assert_int_equal(load(p->env, &t, 0, 16384, NULL), 0);
    for (size_t i = 0; i < t.n; i++) {
        t.at[i].value[0] -= INT64_C(100000) * 1000000;
        t.at[i].user += 400;
    }
    assert_in_range(load(p->env, &t, 0, 10000, NULL), 0, t.n / 1000); /* by chance */
    /* What was forgotten is no echo. */
    assert_done(store_forget(p->env, 1, NULL, NULL, &err));
    for (size_t i = 0; i < t.n; i++)
        t.at[i].user -= 400;
    assert_int_equal(load(p->env, &t, 0, 16384, NULL), 0);
}

/* ---- files */

static void the_same_file_again(void **state)
{
    struct place *p = *state;
    char path[600];
    struct import_file file[2], other;
    snprintf(path, sizeof(path), "%s.file", p->dir);
    FILE *f = fopen(path, "w");
    fputs("abc", f);
    fclose(f);
    assert_done(digest_file(path, NULL, &file[0], &err));
    /* XXH3-128 of "abc" as published with xxHash (xxh128sum prints high, then low). */
    assert_int_equal(file[0].size, 3);
    assert_true(file[0].hash[1] == UINT64_C(0x06b05ab6733a6185));
    assert_true(file[0].hash[0] == UINT64_C(0x78af5f94892f3950));
    struct digest *d = digest_new();
    digest_add(d, "ab", 2);
    digest_add(d, "c", 1);
    digest_end(d, &other);
    assert_memory_equal(&other, &file[0], sizeof(other));
    file[1] = (struct import_file){99, {1, 2}};
    for (unsigned i = 1; i <= 3; i++) {
        struct batch *b = world_begin_import(p->env, i, 50, &err);
        struct import_def info = {.rows = 50, .stored = 50, .source = STR("w"), .files = i == 2 ? 2 : 0};
        info.file = file;
        assert_done(b);
        assert_done(batch_commit(b, &info, &err));
    }
    env_close(p->env); /* from the disk, too */
    p->env = env_open(p->dir, ENV_WRITE, &err);
    struct snapshot *s = snapshot_open(p->env, &err);
    assert_int_equal(snapshot_has_file(s, &file[0], 0), 2);
    assert_int_equal(snapshot_has_file(s, &file[1], 0), 2);
    other.size++;
    assert_int_equal(snapshot_has_file(s, &other, 0), 0);
    snapshot_close(s);
    assert_done(store_merge(p->env, NULL, &err));
    assert_done(store_forget(p->env, 2, NULL, NULL, &err));
    s = snapshot_open(p->env, &err);
    const struct import_def *m;
    assert_int_equal(snapshot_imports(s, &m), 3);
    assert_int_equal(m[1].files, 2);
    assert_memory_equal(m[1].file, file, sizeof(file));
    assert_int_equal(snapshot_has_file(s, &file[0], 0), 0); /* forgotten: may be loaded again */
    snapshot_close(s);
    unlink(path);
}

/* ---- links */

static void link_users(struct env *env, const struct links_pair *l, size_t n)
{
    static const uint16_t column[] = {COL_CANON};
    struct batch *b = batch_begin(env, TABLE_USERS, 0, &err);
    uint32_t code;
    assert_done(b);
    for (unsigned i = 0; i < 10; i++) {
        char name[16];
        snprintf(name, sizeof(name), "%u", i);
        assert_done(batch_code(b, COL_USER, str_of(name), &code, &err));
    }
    struct part_writer *w = part_begin(b, column, 1, &err);
    assert_done(w);
    for (size_t i = 0; i < n; i++) {
        int64_t canonical = l[i].canonical;
        const int64_t *value = &canonical;
        assert_done(part_append(w, 1, &l[i].alias, &value, &err));
    }
    assert_done(part_end(w, &err));
    struct import_def info = {.rows = n, .stored = n, .source = STR("links")};
    assert_done(batch_commit(b, &info, &err));
}

/* Each joined id is in one group, its customer's, who comes first; the others ascend. */
static void assert_groups(const struct links *l)
{
    size_t members = 0;
    for (size_t g = 0; l && g < l->groups; g++) {
        const uint32_t *id = l->member + l->start[g];
        uint32_t n = l->start[g + 1] - l->start[g];
        assert_true(n >= 2 && (g == 0 || links_canonical(l, g - 1) < id[0]));
        for (uint32_t k = 0; k < n; k++) {
            assert_true(links_is_joined(l, id[k]) && links_group(l, id[k]) == g);
            assert_true(l->customer[id[k]] == id[0] && (k < 2 || id[k - 1] < id[k]));
        }
        members += n;
    }
    for (uint32_t u = 0; l && u < l->users; u++)
        members -= links_is_joined(l, u);
    assert_int_equal(members, 0);
}

static void assert_links(struct env *env, const struct links_pair *expected, size_t n)
{
    const struct links *l;
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(s);
    for (int again = 0; again < 2; again++) {
        assert_done(snapshot_links(s, &l, &err));
        assert_int_equal(l ? l->n : 0, n);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(links_customer(l, expected[i].alias), expected[i].canonical);
        assert_groups(l);
    }
    snapshot_close(s);
}

static bool circular(struct env *env, const struct links_pair *more, size_t n)
{
    struct links_trial t;
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(links_try(s, more, n, &t, &err));
    snapshot_close(s);
    assert_true(!t.circular || t.circle < 10);
    return t.circular;
}

#define LINKS(...)                                                                                           \
    (const struct links_pair[]){__VA_ARGS__},                                                                \
        sizeof((struct links_pair[]){__VA_ARGS__}) / sizeof(struct links_pair)

static void links_lead_to_customers(void **state)
{
    struct place *p = *state;
    assert_links(p->env, NULL, 0);
    link_users(p->env, LINKS({1, 2}, {3, 4})); /* import 1 */
    assert_links(p->env, LINKS({1, 2}, {3, 4}));
    link_users(p->env, LINKS({2, 3}, {5, 1})); /* import 2 */
    assert_links(p->env, LINKS({1, 4}, {2, 4}, {3, 4}, {5, 4}));
    assert_true(circular(p->env, LINKS({4, 5})));
    assert_true(circular(p->env, LINKS({8, 9}, {9, 8})));
    assert_false(circular(p->env, LINKS({4, 6})));
    assert_false(circular(p->env, LINKS({4, 5}, {1, 1})));
    assert_false(circular(p->env, LINKS({4, 4})));
    link_users(p->env, LINKS({1, 1}, {4, 5})); /* import 3: 1 stands for itself again */
    assert_links(p->env, LINKS({2, 1}, {3, 1}, {4, 1}, {5, 1}));
    assert_sound(p->dir);
    /* Forgetting lays bare a circle of 1, 2, 3, 4, 5: all are the lowest. */
    link_users(p->env, LINKS({1, 6})); /* import 4 */
    assert_links(p->env, LINKS({1, 6}, {2, 6}, {3, 6}, {4, 6}, {5, 6}));
    assert_done(store_forget(p->env, 4, NULL, NULL, &err));
    assert_links(p->env, LINKS({2, 1}, {3, 1}, {4, 1}, {5, 1}));
    link_users(p->env, LINKS({1, 2})); /* as if it had not been looked at */
    assert_links(p->env, LINKS({2, 1}, {3, 1}, {4, 1}, {5, 1}));
    assert_done(store_forget(p->env, 3, NULL, NULL, &err));
    assert_done(store_forget(p->env, 5, NULL, NULL, &err));
    assert_links(p->env, LINKS({1, 4}, {2, 4}, {3, 4}, {5, 4}));
    assert_done(store_forget(p->env, 2, NULL, NULL, &err));
    assert_links(p->env, LINKS({1, 2}, {3, 4}));
    assert_done(store_forget(p->env, 1, NULL, NULL, &err));
    assert_links(p->env, NULL, 0);
}

/* Customer 0 gets 51 other ids, one too many, and customer 100 50 of them. */
static void many_ids_are_told(void **state)
{
    struct links_pair more[101];
    struct links_trial t;
    (void)state;
    for (uint32_t i = 0; i < 101; i++)
        more[i] = (struct links_pair){i < 51 ? i + 1 : i + 60, i < 51 ? 0 : 100};
    assert_done(links_try(NULL, more, 101, &t, &err));
    assert_false(t.circular);
    assert_int_equal(t.crowded, 1);
    assert_int_equal(t.largest, 0);
    assert_int_equal(t.largest_ids, 51);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_came_before_is_dropped, place_new, place_free),
        cmocka_unit_test_setup_teardown(the_same_again, place_new, place_free),
        cmocka_unit_test_setup_teardown(the_same_file_again, place_new, place_free),
        cmocka_unit_test_setup_teardown(links_lead_to_customers, place_new, place_free),
        cmocka_unit_test(many_ids_are_told),
    };
    setenv("WAYMARK_MAP_SIZE", "16M", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
