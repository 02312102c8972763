/* compose_test.c - attributes with --as-of in random order, in one import or many, against the plain rule: of
 * a customer and a column the value with the latest time, of one time that which came last; empty cells say
 * nothing. */
#include "config.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/os.h"
#include "base/rand.h"
#include "import/load.h"
#include "store/layers.h"
#include "store/upkeep.h"

static char place[] = "/tmp/waymark-compose-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static int make_place(void **state)
{
    (void)state;
    return mkdtemp(place) ? 0 : 1;
}

static int remove_place(void **state)
{
    (void)state;
    return nftw(place, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

enum { USERS = 30, COLUMNS = 3 };

/* The world as the rule has it: value 0 is missing. */
static int want[USERS][COLUMNS], when[USERS][COLUMNS], row_time[USERS];

static void put_row(struct rand *r, struct buf *out, unsigned columns)
{
    unsigned user = rand_below(r, USERS);
    int day = 1 + (int)rand_below(r, 25);
    buf_printf(out, "u%u,2026-03-%02d", user, day);
    row_time[user] = day > row_time[user] ? day : row_time[user];
    for (unsigned c = 0; c < COLUMNS; c++) {
        int value = rand_below(r, 3) ? 1 + (int)rand_below(r, 90) : 0;
        if (!(columns >> c & 1))
            continue;
        buf_putc(out, ',');
        if (!value)
            continue;
        buf_printf(out, "%d", value);
        if (!want[user][c] || day >= when[user][c])
            want[user][c] = value, when[user][c] = day;
    }
    buf_putc(out, '\n');
}

static void load(struct env *env, struct str text, unsigned threads)
{
    struct buf path = {0};
    struct err err = {0};
    struct load_report r;
    buf_printf(&path, "%s/in.csv", place);
    const char *file = path.p;
    assert_true(os_replace_file(file, text, &err));
    struct load_options o = {.kind = LOAD_USERS,
                             .files = &file,
                             .file_n = 1,
                             .user = "user",
                             .as_of = "at",
                             .tz = "UTC",
                             .threads = threads,
                             .again = true};
    if (!load_run(env, &o, NULL, &r, &err))
        fail_msg("%s", err.text);
    assert_int_equal(r.rejected, 0);
    assert_int_equal(r.rows, r.stored + r.duplicates);
    load_report_done(&r);
    buf_done(&path);
}

struct seen {
    int64_t value[USERS];
    int number[USERS]; /* of the dictionary's users */
};

static void see(void *arg, const struct layer_rows *rows)
{
    struct seen *x = arg;
    for (uint32_t i = 0; i < rows->n; i++)
        x->value[x->number[rows->user[i]]] = rows->value[i];
}

/* What the newest layers say, as every analysis reads them. */
static void compare(struct env *env, uint64_t seed, int step)
{
    static const char *const names[COLUMNS] = {"a", "b", "c"};
    struct err err = {0};
    struct seen x = {0};
    struct str text;
    struct snapshot *s = snapshot_open(env, &err);
    assert_non_null(s);
    uint32_t users = dict_count(s, COL_USER);
    for (uint32_t u = 0; u < users; u++) {
        assert_true(dict_get(s, COL_USER, u, &text, &err));
        for (size_t i = 1; i < text.n; i++)
            x.number[u] = x.number[u] * 10 + (text.p[i] - '0');
    }
    for (int c = 0; c < COLUMNS; c++) {
        const struct column_def *d = snapshot_column(s, TABLE_USERS, str_of(names[c]));
        for (int u = 0; u < USERS; u++)
            x.value[u] = COLUMN_NULL;
        if (d)
            assert_true(layers_read(s, d->id, 0, users, see, &x, &err));
        for (int u = 0; u < USERS; u++) {
            double got = x.value[u] == COLUMN_NULL ? 0 : column_number(x.value[u]);
            if ((int)got != want[u][c])
                fail_msg("seed %llu, import %d: u%d.%s is %g, not %d", (unsigned long long)seed, step, u,
                         names[c], got, want[u][c]);
        }
    }
    const struct column_def *at = snapshot_column(s, TABLE_USERS, STR("at"));
    for (int u = 0; u < USERS; u++)
        x.value[u] = COLUMN_NULL;
    assert_true(layers_read(s, at->id, 0, users, see, &x, &err));
    for (int u = 0; u < USERS; u++)
        if (row_time[u] && x.value[u] != (20512 + row_time[u]) * INT64_C(86400000000)) /* 2026-03-01: 20513 */
            fail_msg("seed %llu, import %d: u%d is as of %lld, not day %d", (unsigned long long)seed, step, u,
                     (long long)x.value[u], row_time[u]);
    snapshot_close(s);
}

static void any_order(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct rand r;
        struct buf dir = {0}, text = {0};
        struct err err = {0};
        rand_seed(&r, seed);
        memset(want, 0, sizeof want);
        memset(when, 0, sizeof when);
        memset(row_time, 0, sizeof row_time);
        buf_printf(&dir, "%s/store-%d", place, (int)seed);
        struct env *env = env_open(dir.p, ENV_WRITE, &err);
        assert_non_null(env);
        for (int step = 0; step < 6; step++) {
            unsigned columns = step ? 1 + rand_below(&r, 7) : 7, rows = 1 + rand_below(&r, 60);
            buf_clear(&text);
            buf_puts(&text, "user,at");
            for (int c = 0; c < COLUMNS; c++)
                if (columns >> c & 1)
                    buf_printf(&text, ",%c", 'a' + c);
            buf_putc(&text, '\n');
            for (unsigned i = 0; i < rows; i++)
                put_row(&r, &text, columns);
            load(env, buf_view(&text), 1 + (unsigned)seed % 2);
            compare(env, seed, step);
            if (seed % 3 == 0) { /* a merge changes nothing */
                assert_true(store_merge(env, NULL, &err));
                compare(env, seed, step);
            }
        }
        env_close(env);
        buf_done(&dir);
        buf_done(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_order)};
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
