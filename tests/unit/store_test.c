/* Parts, batches and snapshots: what was appended is what is read; imports appear whole or not at all. */
#include "config.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "../store/store_place.h"
#include "../store/store_world.h"
#include "base/rand.h"
#include "store/record.h"
#include "store/snapshot_open.h"
#include "store/verify.h"

static struct err err;

/* Imports 1..n of the world are in the store, no more, and no key without owner. */
static void assert_world(struct env *env, unsigned n, unsigned rows)
{
    const struct import_def *import;
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(s);
    assert_int_equal(snapshot_imports(s, &import), n);
    for (unsigned i = 1; i <= n; i++) {
        uint64_t sum;
        assert_int_equal(import[i - 1].id, i);
        assert_int_equal(import[i - 1].users, i);
        assert_int_equal(import[i - 1].table, i % 4 == 3 ? TABLE_USERS : TABLE_EVENTS);
        assert_done(world_found(s, i, &sum, &err));
        assert_true(sum == world_expected(i, rows));
    }
    snapshot_close(s);
}

static void assert_tidy(struct env *env)
{
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(s);
    assert_int_equal(world_keys(s), world_live_keys(s));
    snapshot_close(s);
}

/* ---- parts */

struct table_rows {
    size_t n;
    uint32_t *user;
    int64_t *time, *event;
};

/* Users with the given numbers of rows, in turn. */
static struct table_rows rows_of(const uint32_t *lengths, size_t users, uint64_t seed)
{
    struct table_rows t = {0};
    struct rand r;
    rand_seed(&r, seed);
    for (size_t u = 0; u < users; u++)
        t.n += lengths[u];
    t.user = calloc(t.n, sizeof(*t.user));
    t.time = calloc(t.n, sizeof(*t.time));
    t.event = calloc(t.n, sizeof(*t.event));
    size_t row = 0;
    for (size_t u = 0; u < users; u++) {
        int64_t time = 1000000 * (int64_t)rand_below(&r, 1000);
        for (uint32_t i = 0; i < lengths[u]; i++, row++) {
            t.user[row] = (uint32_t)u;
            t.time[row] = time += 1000 * (int64_t)rand_below(&r, 3);
            t.event[row] = rand_below(&r, 5) ? rand_below(&r, 4) : rand_below(&r, 100);
        }
    }
    return t;
}

static void add_codes(struct batch *b, uint16_t column, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char text[24];
        uint32_t code;
        snprintf(text, sizeof(text), "%zu", i);
        assert_done(batch_code(b, column, str_of(text), &code, &err));
    }
}

static void write_rows(struct env *env, const struct table_rows *t, size_t users, size_t piece)
{
    static const uint16_t columns[] = {COL_EVENT, COL_TIME}; /* any order */
    struct batch *b = batch_begin(env, TABLE_EVENTS, 0, &err);
    assert_done(b);
    add_codes(b, COL_USER, users);
    add_codes(b, COL_EVENT, 100);
    struct part_writer *w = part_begin(b, columns, 2, &err);
    assert_done(w);
    for (size_t at = 0; at < t->n; at += piece) {
        const int64_t *value[] = {t->event + at, t->time + at};
        assert_done(part_append(w, t->n - at < piece ? t->n - at : piece, t->user + at, value, &err));
    }
    assert_done(part_end(w, &err));
    struct import_def info = {.rows = t->n, .stored = t->n, .source = STR("rows")};
    assert_done(batch_commit(b, &info, &err));
}

static void check_block(const struct snapshot *s, const struct part *p, uint32_t block,
                        const struct table_rows *t, size_t at)
{
    const struct block_info *info = &p->block[block];
    struct run_view runs;
    struct column_view time, event;
    bool present[100] = {false};
    assert_done(part_runs(s, p, block, &runs, &err));
    assert_done(part_column(s, p, block, COL_TIME, &time, &err));
    assert_done(part_column(s, p, block, COL_EVENT, &event, &err));
    assert_int_equal(info->first_user, t->user[at]);
    assert_int_equal(info->last_user, t->user[at + info->rows - 1]);
    uint32_t run = 0;
    int64_t min = INT64_MAX, max = INT64_MIN;
    for (uint32_t i = 0; i < info->rows; i++) {
        if (i > 0 && t->user[at + i] != t->user[at + i - 1])
            run++;
        assert_int_equal(column_at(&runs.user, run), t->user[at + i]);
        assert_in_range(column_at(&runs.start, run), 0, i);
        assert_true(column_at(&time, i) == t->time[at + i] && column_at(&event, i) == t->event[at + i]);
        present[t->event[at + i]] = true;
        min = t->time[at + i] < min ? t->time[at + i] : min;
        max = t->time[at + i] > max ? t->time[at + i] : max;
    }
    assert_int_equal(runs.n, run + 1);
    assert_int_equal(info->users, run + 1);
    assert_true(info->min_time == min && info->max_time == max);
    for (uint32_t code = 0; code < 100; code++)
        assert_int_equal(part_has_code(s, p, block, code), present[code]);
    assert_false(part_has_code(s, p, block, 5000));
}

static void check_rows(struct env *env, const struct table_rows *t, bool whole_users)
{
    const struct part *p;
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(s);
    assert_int_equal(snapshot_parts(s, TABLE_USERS, &p), 0);
    assert_int_equal(snapshot_parts(s, TABLE_EVENTS, &p), 1);
    assert_int_equal(p->rows, t->n);
    size_t at = 0;
    for (uint32_t block = 0; block < p->blocks; block++) {
        check_block(s, p, block, t, at);
        at += p->block[block].rows;
        if (whole_users && block > 0)
            assert_true(p->block[block].first_user > p->block[block - 1].last_user);
    }
    assert_int_equal(at, t->n);
    struct column_view missing;
    assert_done(part_column(s, p, 0, 77, &missing, &err));
    assert_int_equal(missing.rows, p->block[0].rows);
    assert_true(column_at(&missing, 3) == COLUMN_NULL);
    snapshot_close(s);
}

/* Short users, one who fills blocks alone, lengths around the block's; appended in one piece and in many. */
static void parts_cut_at_users(void **state)
{
    (void)state;
    static const uint32_t shapes[][6] = {
        {1, 1, 1, 1, 1, 1},
        {30000, 30000, 30000, 30000, 30000, 1},
        {100, 200000, 100, 40000, 40000, 3},
        {BLOCK_ROWS, BLOCK_ROWS, 1, BLOCK_ROWS - 1, BLOCK_ROWS + 1, 7},
        {BLOCK_ROWS - 1, 1, BLOCK_ROWS, 2, 5 * BLOCK_ROWS, 1},
    };
    static const size_t pieces[] = {1000000, 70000, BLOCK_ROWS, BLOCK_ROWS + 1, 999};
    for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
        struct table_rows t = rows_of(shapes[i], 6, i + 1);
        for (size_t j = 0; j < sizeof(pieces) / sizeof(*pieces); j++) {
            void *place;
            assert_int_equal(place_new(&place), 0);
            struct place *p = place;
            write_rows(p->env, &t, 6, pieces[j]);
            check_rows(p->env, &t, i < 2);
            assert_tidy(p->env);
            if (j == 0)
                assert_sound(p->dir);
            place_free(&place);
        }
        free(t.user);
        free(t.time);
        free(t.event);
    }
}

/* ---- batches */

static void several_imports(void **state)
{
    struct place *p = *state;
    for (unsigned i = 1; i <= 9; i++) {
        assert_done(world_import(p->env, i, 5000, &err));
        assert_world(p->env, i, 5000);
    }
    assert_tidy(p->env);
    assert_sound(p->dir);
    struct snapshot *s = snapshot_open(p->env, &err);
    assert_true(str_eq(snapshot_note(s, "last"), STR("note of 9")));
    assert_true(str_eq(snapshot_note(s, "none"), STR("")));
    assert_int_equal(snapshot_version(s), 9);
    const struct column_def *c = snapshot_column(s, TABLE_EVENTS, STR("amount"));
    assert_non_null(c);
    assert_int_equal(c->type, COLUMN_NUMBER);
    assert_ptr_not_equal(c, snapshot_column(s, TABLE_USERS, STR("amount")));
    assert_null(snapshot_column(s, TABLE_EVENTS, STR("nothing")));
    snapshot_close(s);
    env_close(p->env);
    p->env = env_open(p->dir, ENV_READ, &err);
    assert_done(p->env);
    assert_world(p->env, 9, 5000);
}

static void abort_leaves_no_trace(void **state)
{
    struct place *p = *state;
    assert_done(world_import(p->env, 1, 3000, &err));
    struct snapshot *s = snapshot_open(p->env, &err);
    uint64_t version = snapshot_version(s), keys = world_keys(s);
    snapshot_close(s);
    setenv("WAYMARK_COMMIT_BYTES", "4K", 1); /* so that much is on disk when it stops */
    for (unsigned i = 0; i < 5; i++) {
        struct batch *b = world_begin_import(p->env, 2 + i, 20000, &err);
        assert_done(b);
        batch_abort(b);
    }
    unsetenv("WAYMARK_COMMIT_BYTES");
    s = snapshot_open(p->env, &err);
    assert_int_equal(snapshot_version(s), version);
    assert_int_equal(world_keys(s), keys);
    snapshot_close(s);
    assert_world(p->env, 1, 3000);
    assert_sound(p->dir);
    assert_done(world_import(p->env, 2, 3000, &err));
    assert_world(p->env, 2, 3000);
}

static void type_conflict(void **state)
{
    struct place *p = *state;
    uint16_t id, again;
    assert_done(world_import(p->env, 1, 10, &err));
    struct batch *b = batch_begin(p->env, TABLE_EVENTS, 0, &err);
    assert_done(b);
    struct err conflict = {0};
    assert_false(batch_column(b, STR("amount"), COLUMN_CODE, &id, &conflict));
    assert_int_equal(conflict.code, ERR_INPUT);
    assert_done(batch_column(b, STR("new"), COLUMN_CODE, &id, &err));
    assert_done(batch_column(b, STR("new"), COLUMN_CODE, &again, &err));
    assert_int_equal(id, again);
    assert_false(batch_column(b, STR("new"), COLUMN_TIME, &id, &conflict));
    batch_abort(b);
}

static void one_batch_at_a_time(void **state)
{
    struct place *p = *state;
    struct err busy = {0};
    char pid[24];
    snprintf(pid, sizeof(pid), "%ld", (long)getpid());
    struct batch *b = batch_begin(p->env, TABLE_EVENTS, 0, &err);
    assert_done(b);
    assert_null(batch_begin(p->env, TABLE_EVENTS, 0, &busy));
    assert_int_equal(busy.code, ERR_STORE);
    assert_non_null(strstr(busy.text, pid));
    batch_abort(b);
    b = batch_begin(p->env, TABLE_EVENTS, UINT64_C(1) << 60, &busy);
    assert_null(b);
    assert_non_null(strstr(busy.text, "disk"));
    assert_done(world_import(p->env, 1, 10, &err));
}

static void snapshots_stay_as_they_were(void **state)
{
    struct place *p = *state;
    struct snapshot *before[8];
    for (unsigned i = 0; i < 8; i++) {
        before[i] = snapshot_open(p->env, &err);
        assert_done(before[i]);
        assert_done(world_import(p->env, i + 1, 2000, &err));
    }
    for (unsigned i = 0; i < 8; i++) {
        const struct import_def *import;
        assert_int_equal(snapshot_imports(before[i], &import), i);
        for (unsigned n = 1; n <= i; n++) {
            uint64_t sum;
            assert_done(world_found(before[i], n, &sum, &err));
            assert_true(sum == world_expected(n, 2000));
        }
        snapshot_close(before[i]);
    }
}

struct watcher {
    struct env *env;
    _Atomic bool stop;
    unsigned looks;
    const char *wrong;
    struct err err;
};

static void *watch(void *arg)
{
    struct watcher *w = arg;
    while (!w->stop && !w->wrong) {
        const struct import_def *import;
        struct snapshot *s = snapshot_open(w->env, &w->err);
        if (!s) {
            w->wrong = "open";
            break;
        }
        size_t n = snapshot_imports(s, &import);
        uint64_t sum;
        if (n > 0 &&
            (!world_found(s, (uint32_t)n, &sum, &w->err) || sum != world_expected((unsigned)n, 4000)))
            w->wrong = "contents";
        snapshot_close(s);
        w->looks++;
    }
    return NULL;
}

static void readers_during_imports(void **state)
{
    struct place *p = *state;
    struct watcher w[2] = {{.env = p->env}, {.env = p->env}};
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, watch, &w[i]), 0);
    setenv("WAYMARK_COMMIT_BYTES", "16K", 1);
    for (unsigned i = 1; i <= 12; i++)
        assert_done(world_import(p->env, i, 4000, &err));
    unsetenv("WAYMARK_COMMIT_BYTES");
    for (int i = 0; i < 2; i++) {
        w[i].stop = true;
        pthread_join(thread[i], NULL);
        if (w[i].wrong)
            fail_msg("%s: %s", w[i].wrong, w[i].err.text);
        assert_true(w[i].looks > 0);
    }
    assert_world(p->env, 12, 4000);
}

/* ---- limits and refusals */

static int fill_until_full(const char *dir)
{
    struct rlimit limit = {1 << 20, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    struct env *env = env_open(dir, ENV_WRITE, &err);
    if (!env || setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 10;
    unsigned done = 1;
    while (done < 500 && world_import(env, done + 1, 2000, &err))
        done++;
    if (done == 500 || done == 1 || !err.text[0])
        return 11;
    limit.rlim_cur = RLIM_INFINITY;
    setrlimit(RLIMIT_FSIZE, &limit);
    if (!world_import(env, done + 1, 2000, &err))
        return 12;
    env_close(env);
    return 0;
}

static void full_disk(void **state)
{
    struct place *p = *state;
    assert_done(world_import(p->env, 1, 2000, &err));
    env_close(p->env);
    pid_t pid = fork();
    if (pid == 0)
        _exit(fill_until_full(p->dir));
    int status;
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    p->env = env_open(p->dir, ENV_READ, &err);
    assert_done(p->env);
    const struct import_def *import;
    struct snapshot *s = snapshot_open(p->env, &err);
    unsigned n = (unsigned)snapshot_imports(s, &import);
    snapshot_close(s);
    assert_true(n > 2);
    assert_world(p->env, n, 2000);
    assert_tidy(p->env);
    assert_sound(p->dir);
}

static void small_map_grows(void **state)
{
    (void)state;
    void *place;
    setenv("WAYMARK_MAP_SIZE", "64K", 1);
    assert_int_equal(place_new(&place), 0);
    struct place *p = place;
    struct snapshot *held =
        snapshot_open(p->env, &err); /* growing does not pull the ground from under readers */
    for (unsigned i = 1; i <= 6; i++)
        assert_done(world_import(p->env, i, 60000, &err));
    const struct import_def *import;
    assert_int_equal(snapshot_imports(held, &import), 0);
    snapshot_close(held);
    assert_world(p->env, 6, 60000);
    setenv("WAYMARK_MAP_SIZE", "16M", 1);
    env_close(p->env);
    p->env = env_open(p->dir, ENV_WRITE, &err);
    assert_world(p->env, 6, 60000);
    place_free(&place);
}

/* A store of some four megabytes of ids, in blocks of their own. */
static void write_ids(struct env *env)
{
    static const uint16_t columns[] = {COL_EVENT, COL_TIME};
    const int64_t zero = 0, *value[] = {&zero, &zero};
    const uint32_t user = 0;
    struct batch *b = batch_begin(env, TABLE_EVENTS, 0, &err);
    assert_done(b);
    add_codes(b, COL_EVENT, 1);
    for (size_t i = 0; i < 60000; i++) {
        char text[72];
        uint32_t code;
        snprintf(text, sizeof text, "%064zu", i);
        assert_done(batch_code(b, COL_USER, str_of(text), &code, &err));
    }
    struct part_writer *w = part_begin(b, columns, 2, &err);
    assert_done(w && part_append(w, 1, &user, value, &err) && part_end(w, &err));
    struct import_def info = {.rows = 1, .stored = 1, .source = STR("ids")};
    assert_done(batch_commit(b, &info, &err));
}

/* Bytes of the store's file that this process has mapped in. */
static long mapped_in(void)
{
    char line[512];
    long kib, all = 0;
    bool ours = false;
    FILE *f = fopen("/proc/self/smaps", "re");
    if (!f)
        skip();
    while (fgets(line, sizeof line, f)) {
        if (strchr(line, '-') && strstr(line, " r"))
            ours = strstr(line, "data.mdb") != NULL;
        else if (ours && sscanf(line, "Rss: %ld kB", &kib) == 1)
            all += kib * 1024;
    }
    fclose(f);
    return all;
}

/* Opening a store looks at the keys of its texts, not at the texts: it must not cost more as customers grow.
 */
static void opening_reads_no_texts(void **state)
{
    struct place *p = *state;
    write_ids(p->env);
    env_close(p->env);
    p->env = env_open(p->dir, ENV_WRITE, &err);
    struct snapshot *s = snapshot_open(p->env, &err);
    assert_done(s);
    long mapped = mapped_in(), bytes = (long)snapshot_bytes(s);
    snapshot_close(s);
    print_message("%ld of %ld bytes mapped in\n", mapped, bytes);
    assert_true(bytes > 4000000);
    assert_true(mapped > 0 && mapped < bytes / 4);
}

static void refusals(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    char other[512], file[600];
    snprintf(other, sizeof(other), "%s/none", p->dir);
    assert_null(env_open(other, ENV_READ, &e));
    assert_int_equal(e.code, ERR_STORE);
    /* Shared and counted. */
    struct env *second = env_open(p->dir, ENV_READ, &err);
    assert_ptr_equal(second, p->env);
    env_close(second);
    assert_string_equal(env_dir(p->env), p->dir);
    env_close(p->env);
    snprintf(file, sizeof(file), "%s/data.mdb", p->dir);
    chmod(file, 0666);
    assert_null(env_open(p->dir, ENV_READ, &e));
    assert_non_null(strstr(e.text, "others may write"));
    chmod(file, 0600);
    /* A folder with something else in it. */
    char *dir = world_dir();
    snprintf(file, sizeof(file), "%s/letter", dir);
    fclose(fopen(file, "w"));
    assert_null(env_open(dir, ENV_WRITE, &e));
    assert_non_null(strstr(e.text, "not a store"));
    unlink(file);
    rmdir(dir);
    free(dir);
    struct verify_report report;
    assert_false(verify_store(other, NULL, place_print_finding, NULL, &report, &e));
    p->env = env_open(p->dir, ENV_WRITE, &err);
    assert_done(p->env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_cut_at_users),
        cmocka_unit_test_setup_teardown(several_imports, place_new, place_free),
        cmocka_unit_test_setup_teardown(abort_leaves_no_trace, place_new, place_free),
        cmocka_unit_test_setup_teardown(type_conflict, place_new, place_free),
        cmocka_unit_test_setup_teardown(one_batch_at_a_time, place_new, place_free),
        cmocka_unit_test_setup_teardown(snapshots_stay_as_they_were, place_new, place_free),
        cmocka_unit_test_setup_teardown(readers_during_imports, place_new, place_free),
        cmocka_unit_test_setup_teardown(full_disk, place_new, place_free),
        cmocka_unit_test(small_map_grows),
        cmocka_unit_test_setup_teardown(opening_reads_no_texts, place_new, place_free),
        cmocka_unit_test_setup_teardown(refusals, place_new, place_free),
    };
    setenv("WAYMARK_MAP_SIZE", "16M", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
