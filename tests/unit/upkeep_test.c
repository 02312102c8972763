/* Merging, forgetting, copies: the same rows afterwards as before, in the order in which they came, but for
 * those that were to go. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "../store/store_place.h"
#include "../store/store_world.h"
#include "base/rand.h"
#include "store/layers.h"
#include "store/snapshot_open.h"
#include "store/upkeep.h"
#include "store/verify.h"
#include "store/writer_lock.h"

static struct err err;

static void assert_tidy(struct env *env)
{
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(s);
    assert_int_equal(world_keys(s), world_live_keys(s));
    snapshot_close(s);
}

static size_t parts_of(struct env *env, enum table t)
{
    const struct part *part;
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(s);
    size_t n = snapshot_parts(s, t, &part);
    snapshot_close(s);
    return n;
}

/* ---- a model: the events as they came, sorted by a second sort */

struct event {
    uint32_t user;
    int64_t time, value; /* value: COLUMN_NULL where the import's part has not the column */
    uint32_t import;
    size_t arrival; /* over all imports */
};
struct model {
    size_t n, arrivals;
    struct event *at;
};

static int by_order(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    if (x->user != y->user)
        return x->user < y->user ? -1 : 1;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->arrival < y->arrival ? -1 : x->arrival > y->arrival;
}

/* Few users and moments, so that the same moment comes in many imports. */
static void import_events(struct env *env, struct model *m, uint32_t import, uint32_t rows, struct rand *r)
{
    size_t from = m->n;
    bool valued = rand_below(r, 3) > 0; /* some imports have no such column */
    m->at = realloc(m->at, (m->n + rows) * sizeof(*m->at));
    for (uint32_t i = 0; i < rows; i++, m->n++)
        m->at[m->n] = (struct event){rand_below(r, 50), 1000 * (int64_t)rand_below(r, 200),
                                     valued ? (int64_t)rand_below(r, 2) : COLUMN_NULL, import, m->arrivals++};
    struct event *sorted = malloc((rows + 1) * sizeof(*sorted));
    memcpy(sorted, m->at + from, rows * sizeof(*sorted));
    qsort(sorted, rows, sizeof(*sorted), by_order);
    struct batch *b = batch_begin(env, TABLE_EVENTS, 0, &err);
    assert_done(b);
    uint32_t code;
    uint16_t columns[3] = {COL_TIME, COL_EVENT};
    for (unsigned i = 0; i < 50; i++) {
        char name[16];
        snprintf(name, sizeof(name), "%u", i);
        assert_done(batch_code(b, COL_USER, str_of(name), &code, &err));
        assert_int_equal(code, i);
    }
    assert_done(batch_code(b, COL_EVENT, STR("e"), &code, &err));
    assert_done(batch_column(b, STR("value"), COLUMN_BOOL, &columns[2], &err));
    struct part_writer *w = part_begin(b, columns, valued ? 3 : 2, &err);
    assert_done(w);
    for (uint32_t i = 0; i < rows; i++) {
        int64_t zero = 0;
        const int64_t *value[] = {&sorted[i].time, &zero, &sorted[i].value};
        assert_done(part_append(w, 1, &sorted[i].user, value, &err));
    }
    assert_done(part_end(w, &err));
    struct import_def info = {.rows = rows, .stored = rows, .source = STR("model")};
    assert_done(batch_commit(b, &info, &err));
    free(sorted);
}

static void model_forget(struct model *m, uint32_t import)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++)
        if (m->at[i].import != import)
            m->at[n++] = m->at[i];
    m->n = n;
}

/* Rows of all parts as a query sees them: user by user, time by time, part by part. */
static struct model read_all(struct env *env)
{
    struct model m = {0};
    const struct part *part;
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(s);
    size_t parts = snapshot_parts(s, TABLE_EVENTS, &part);
    const struct column_def *c = snapshot_column(s, TABLE_EVENTS, STR("value"));
    for (size_t p = 0; p < parts; p++)
        for (uint32_t block = 0; block < part[p].blocks; block++) {
            struct run_view runs;
            struct column_view time, value, import;
            assert_done(part_runs(s, &part[p], block, &runs, &err));
            assert_done(part_column(s, &part[p], block, COL_TIME, &time, &err));
            assert_done(part_column(s, &part[p], block, c->id, &value, &err));
            assert_done(part_column(s, &part[p], block, COL_IMPORT, &import, &err));
            uint32_t rows = part[p].block[block].rows;
            m.at = realloc(m.at, (m.n + rows) * sizeof(*m.at));
            for (uint32_t i = 0, run = 0; i < rows; i++, m.n++) {
                while (run + 1 < runs.n && column_at(&runs.start, run + 1) <= i)
                    run++;
                m.at[m.n] = (struct event){(uint32_t)column_at(&runs.user, run), column_at(&time, i),
                                           column_at(&value, i), (uint32_t)column_at(&import, i), m.n};
            }
        }
    snapshot_close(s);
    qsort(m.at, m.n, sizeof(*m.at), by_order); /* parts come in order of arrival */
    return m;
}

static void assert_model(struct env *env, const struct model *m)
{
    struct model seen = read_all(env);
    struct event *sorted = malloc((m->n + 1) * sizeof(*sorted));
    memcpy(sorted, m->at, m->n * sizeof(*sorted));
    qsort(sorted, m->n, sizeof(*sorted), by_order);
    assert_int_equal(seen.n, m->n);
    for (size_t i = 0; i < m->n; i++) {
        const struct event *a = &seen.at[i], *b = &sorted[i];
        if (a->user != b->user || a->time != b->time || a->value != b->value || a->import != b->import)
            fail_msg("row %zu: user %u import %u, expected user %u import %u", i, a->user, a->import, b->user,
                     b->import);
    }
    free(sorted);
    free(seen.at);
}

/* ---- merging */

static uint64_t seed_of(const char *name)
{
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 10) : 7;
}

/* Sizes of all kinds; merged or forgotten at random; after each step the store says what the model says. */
static void merged_rows_are_the_rows(void **state)
{
    struct place *p = *state;
    struct model m = {0};
    struct rand r;
    size_t most = 0;
    uint32_t n = 0;
    rand_seed(&r, seed_of("WAYMARK_TEST_SEED"));
    for (unsigned step = 0; step < 60; step++) {
        uint32_t rows = rand_below(&r, 6) ? 1 + rand_below(&r, 300) : 30000 + rand_below(&r, 9000);
        if (n > 3 && rand_below(&r, 5) == 0) {
            uint32_t import = 1 + rand_below(&r, n);
            struct forget_report report;
            struct err e;
            size_t before = m.n;
            bool ok = store_forget(p->env, import, NULL, &report, &e);
            model_forget(&m, import);
            assert_true(ok ? report.rows == before - m.n : e.code == ERR_USAGE && before == m.n);
        } else {
            import_events(p->env, &m, ++n, rows, &r);
            if (rand_below(&r, 3))
                assert_done(store_merge(p->env, NULL, &err));
        }
        assert_model(p->env, &m);
        most = parts_of(p->env, TABLE_EVENTS) > most ? parts_of(p->env, TABLE_EVENTS) : most;
    }
    assert_done(store_merge(p->env, NULL, &err));
    assert_model(p->env, &m);
    assert_tidy(p->env);
    assert_sound(p->dir);
    assert_in_range(parts_of(p->env, TABLE_EVENTS), 1, 12);
    assert_true(most > 4);
    free(m.at);
}

/* One import per file, day after day: parts stay few, and what is written follows what came. */
static void many_small_imports(void **state)
{
    struct place *p = *state;
    struct model m = {0};
    struct rand r;
    uint64_t moved = 0, rows = 0;
    rand_seed(&r, 3);
    for (uint32_t i = 1; i <= 150; i++) {
        struct progress progress = {0};
        import_events(p->env, &m, i, 4000, &r);
        rows += 4000;
        assert_done(store_merge(p->env, &progress, &err));
        moved += atomic_load(&progress.done);
        assert_int_equal(atomic_load(&progress.done), atomic_load(&progress.total));
        assert_in_range(parts_of(p->env, TABLE_EVENTS), 1, 9);
    }
    assert_model(p->env, &m);
    assert_in_range(moved, rows, 8 * rows);
    free(m.at);
}

/* One process that reads after each of very many small imports holds copies of the parts there are, not of
 * those there were; what an older reader holds stays. */
static void copies_are_few(void **state)
{
    struct place *p = *state;
    struct model m = {0};
    struct rand r;
    size_t most = 0;
    rand_seed(&r, 5);
    for (uint32_t i = 1; i <= 400; i++) {
        import_events(p->env, &m, i, 20, &r);
        struct snapshot *held = i % 50 == 0 ? snapshot_open(p->env, &err) : NULL;
        assert_done(store_merge(p->env, NULL, &err));
        struct model now = read_all(p->env);
        assert_int_equal(now.n, m.n);
        free(now.at);
        if (p->env->kept.n > most)
            most = p->env->kept.n;
        snapshot_close(held);
    }
    assert_model(p->env, &m);
    assert_in_range(most, 1, 1024);
    free(m.at);
}

/* The world's imports, attributes among them, are all there after merging, and none after forgetting. */
static void worlds_merge_and_go(void **state)
{
    struct place *p = *state;
    struct snapshot *held = NULL;
    uint64_t sum;
    for (unsigned i = 1; i <= 12; i++) {
        assert_done(world_import(p->env, i, 1500, &err));
        if (i == 4)
            held = snapshot_open(p->env, &err);
        assert_done(store_merge(p->env, NULL, &err));
    }
    for (unsigned i = 1; i <= 4; i++) { /* of the parts that were merged since */
        assert_done(world_found(held, i, &sum, &err));
        assert_true(sum == world_expected(i, 1500));
    }
    snapshot_close(held);
    for (unsigned gone = 0; gone <= 12; gone++) {
        struct snapshot *s = snapshot_open(p->env, &err);
        const struct import_def *m;
        assert_done(s);
        assert_int_equal(snapshot_imports(s, &m), 12);
        for (unsigned i = 1; i <= 12; i++) {
            assert_done(world_found(s, i, &sum, &err));
            assert_true(sum == (i <= gone ? 0 : world_expected(i, 1500)));
            assert_int_equal(m[i - 1].forgotten, i <= gone);
            assert_int_equal(m[i - 1].stored, 1500);
            assert_int_equal(m[i - 1].forgotten_rows, i <= gone ? 1500 : 0);
        }
        snapshot_close(s);
        assert_tidy(p->env);
        assert_sound(p->dir);
        if (gone < 12)
            assert_done(store_forget(p->env, gone + 1, NULL, NULL, &err));
    }
    assert_int_equal(parts_of(p->env, TABLE_EVENTS) + parts_of(p->env, TABLE_USERS), 0);
    struct err e = {0};
    assert_false(store_forget(p->env, 12, NULL, NULL, &e));
    assert_non_null(strstr(e.text, "already"));
    assert_false(store_forget(p->env, 13, NULL, NULL, &e));
    assert_non_null(strstr(e.text, "1 to 12"));
    /* And on it goes. */
    assert_done(world_import(p->env, 13, 1500, &err));
    struct snapshot *s = snapshot_open(p->env, &err);
    assert_done(world_found(s, 13, &sum, &err));
    assert_true(sum == world_expected(13, 1500));
    snapshot_close(s);
}

/* ---- layers of attributes against a model: what each import said of each user, import after import */

enum { LAYER_USERS = 40, LAYER_COLUMNS = 3, LAYERS = 400 };
struct layer {
    bool gone, has[LAYER_COLUMNS], row[LAYER_USERS];
    int64_t value[LAYER_COLUMNS][LAYER_USERS];
};

static const char *layer_column(unsigned k)
{
    static const char *const name[] = {"a", "b", "c"};
    return name[k];
}

static void import_layer(struct env *env, struct layer *l, struct rand *r)
{
    uint16_t column[LAYER_COLUMNS];
    size_t n = 0, place[LAYER_COLUMNS];
    uint32_t code;
    struct batch *b = batch_begin(env, TABLE_USERS, 0, &err);
    assert_done(b);
    for (unsigned u = 0; u < LAYER_USERS; u++) {
        char name[16];
        snprintf(name, sizeof(name), "%u", u);
        assert_done(batch_code(b, COL_USER, str_of(name), &code, &err));
    }
    unsigned sure = rand_below(r, LAYER_COLUMNS), density = 1 + rand_below(r, 6);
    for (unsigned k = 0; k < LAYER_COLUMNS; k++)
        if ((l->has[k] = k == sure || rand_below(r, 2))) {
            assert_done(batch_column(b, str_of(layer_column(k)), COLUMN_NUMBER, &column[n], &err));
            place[n++] = k;
        }
    struct part_writer *w = part_begin(b, column, n, &err);
    assert_done(w);
    for (uint32_t u = 0; u < LAYER_USERS; u++) {
        const int64_t *value[LAYER_COLUMNS];
        l->row[u] = rand_below(r, density) == 0;
        for (unsigned k = 0; k < LAYER_COLUMNS; k++)
            l->value[k][u] = rand_below(r, 4) ? column_of_number(rand_below(r, 1000)) : COLUMN_NULL;
        for (size_t k = 0; k < n; k++)
            value[k] = &l->value[place[k]][u];
        if (l->row[u])
            assert_done(part_append(w, 1, &u, value, &err));
    }
    assert_done(part_end(w, &err));
    assert_done(batch_commit(b, &(struct import_def){.source = STR("layer")}, &err));
}

/* What layers_read hands on, user by user, each with its import: the whole history. */
struct told {
    uint32_t user, import;
    int64_t value;
};
struct telling {
    size_t n;
    struct told at[LAYERS * LAYER_USERS];
};

static void tell(void *arg, const struct layer_rows *rows)
{
    struct telling *t = arg;
    for (uint32_t i = 0; i < rows->n; i++)
        t->at[t->n++] = (struct told){rows->user[i], rows->import[i], rows->value[i]};
}

static int by_user_import(const void *a, const void *b)
{
    const struct told *x = a, *y = b;
    if (x->user != y->user)
        return x->user < y->user ? -1 : 1;
    return x->import < y->import ? -1 : x->import > y->import;
}

static void assert_layers(struct env *env, const struct layer *l, uint32_t n)
{
    struct telling *t = malloc(sizeof(*t)), *m = malloc(sizeof(*m));
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(s);
    for (unsigned k = 0; k < LAYER_COLUMNS; k++) {
        const struct column_def *c = snapshot_column(s, TABLE_USERS, str_of(layer_column(k)));
        t->n = m->n = 0;
        if (!c)
            continue;
        assert_done(layers_read(s, c->id, 0, LAYER_USERS, tell, t, &err));
        for (size_t i = 0; i < t->n; i++) /* of one user the older come first */
            for (size_t j = 0; j < i; j++)
                assert_true(t->at[j].user != t->at[i].user || t->at[j].import < t->at[i].import);
        for (uint32_t u = 0; u < LAYER_USERS; u++)
            for (uint32_t i = 0; i < n; i++)
                if (!l[i].gone && l[i].has[k] && l[i].row[u])
                    m->at[m->n++] = (struct told){u, i + 1, l[i].value[k][u]};
        qsort(t->at, t->n, sizeof(*t->at), by_user_import);
        assert_int_equal(t->n, m->n);
        for (size_t i = 0; i < m->n; i++)
            assert_true(t->at[i].user == m->at[i].user && t->at[i].import == m->at[i].import &&
                        t->at[i].value == m->at[i].value);
    }
    snapshot_close(s);
    free(t);
    free(m);
}

/* Day after day attributes, merged: few parts, and still each import's rows, with the cells it left empty. */
static void layers_stay_layers(void **state)
{
    struct place *p = *state;
    struct layer *l = calloc(LAYERS, sizeof(*l));
    struct rand r;
    uint32_t n = 0;
    rand_seed(&r, seed_of("WAYMARK_TEST_SEED"));
    while (n < 60) {
        import_layer(p->env, &l[n++], &r);
        if (rand_below(&r, 3))
            assert_done(store_merge(p->env, NULL, &err));
        if (rand_below(&r, 4) == 0) {
            uint32_t gone = rand_below(&r, n);
            struct err e;
            assert_int_equal(store_forget(p->env, gone + 1, NULL, NULL, &e), !l[gone].gone);
            l[gone].gone = true;
        }
        assert_layers(p->env, l, n);
    }
    assert_done(store_merge(p->env, NULL, &err));
    assert_layers(p->env, l, n);
    assert_in_range(parts_of(p->env, TABLE_USERS), 1, 3);
    assert_tidy(p->env);
    assert_sound(p->dir);
    free(l);
}

static void a_cancel_changes_nothing(void **state)
{
    struct place *p = *state;
    struct model m = {0};
    struct rand r;
    rand_seed(&r, 11);
    for (uint32_t i = 1; i <= 5; i++)
        import_events(p->env, &m, i, 9000, &r);
    struct progress progress = {.cancel = true};
    struct err e = {0};
    assert_false(store_merge(p->env, &progress, &e));
    assert_int_equal(e.code, ERR_CANCELLED);
    assert_int_equal(parts_of(p->env, TABLE_EVENTS), 5);
    assert_model(p->env, &m);
    assert_tidy(p->env);
    assert_done(store_merge(p->env, NULL, &err));
    assert_int_equal(parts_of(p->env, TABLE_EVENTS), 1);
    assert_false(store_forget(p->env, 2, &progress, NULL, &e));
    assert_int_equal(e.code, ERR_CANCELLED);
    assert_model(p->env, &m);
    assert_tidy(p->env);
    free(m.at);
}

/* While another process, or another thread, imports, merging is its business. */
static void not_beside_an_import(void **state)
{
    struct place *p = *state;
    for (unsigned i = 1; i <= 2; i++)
        assert_done(world_import(p->env, i, 300, &err));
    struct batch *b = batch_begin(p->env, TABLE_EVENTS, 0, &err);
    struct err e = {0};
    assert_done(b);
    assert_done(store_merge(p->env, NULL, &err));
    assert_int_equal(parts_of(p->env, TABLE_EVENTS), 4);
    assert_false(store_forget(p->env, 1, NULL, NULL, &e));
    assert_non_null(strstr(e.text, "is writing"));
    batch_abort(b);
    assert_done(store_merge(p->env, NULL, &err));
    assert_int_equal(parts_of(p->env, TABLE_EVENTS), 1);
}

/* ---- copies */

static uint64_t file_bytes(const char *dir)
{
    char path[700];
    struct stat st;
    snprintf(path, sizeof(path), "%s/data.mdb", dir);
    assert_int_equal(stat(path, &st), 0);
    return (uint64_t)st.st_size;
}

static void assert_worlds(struct env *env, unsigned from, unsigned n)
{
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(s);
    for (unsigned i = 1; i <= n; i++) {
        uint64_t sum;
        assert_done(world_found(s, i, &sum, &err));
        assert_true(sum == (i < from ? 0 : world_expected(i, 1500)));
    }
    snapshot_close(s);
}

static void backups_are_stores(void **state)
{
    struct place *p = *state;
    char to[600], slashed[700];
    struct stat st;
    struct err e = {0};
    struct progress progress = {0};
    snprintf(to, sizeof(to), "%s.backup", p->dir);
    snprintf(slashed, sizeof(slashed), "%s//", to);
    assert_done(store_backup(p->env, slashed, NULL, &err)); /* of nothing */
    assert_sound(to);
    world_remove(to);
    for (unsigned i = 1; i <= 9; i++)
        assert_done(world_import(p->env, i, 1500, &err));
    assert_done(store_forget(p->env, 1, NULL, NULL, &err));
    assert_done(store_backup(p->env, to, &progress, &err));
    assert_int_equal(atomic_load(&progress.done), atomic_load(&progress.total));
    assert_true(file_bytes(to) < file_bytes(p->dir));
    assert_int_equal(stat(to, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    /* What exists stays as it is. */
    assert_false(store_backup(p->env, to, NULL, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_done(world_import(p->env, 10, 1500, &err));
    struct env *copy = env_open(to, ENV_WRITE, &err);
    assert_done(copy);
    assert_worlds(copy, 2, 9);
    assert_tidy(copy);
    assert_done(world_import(copy, 10, 1500, &err)); /* lives on */
    assert_done(store_merge(copy, NULL, &err));
    assert_worlds(copy, 2, 10);
    env_close(copy);
    assert_sound(to);
    world_remove(to);
    /* Cancelled, or nowhere to go: nothing is left. */
    progress.cancel = true;
    assert_false(store_backup(p->env, to, &progress, &e));
    assert_int_equal(e.code, ERR_CANCELLED);
    assert_int_not_equal(stat(to, &st), 0);
    snprintf(slashed, sizeof(slashed), "%s/none/there", p->dir);
    assert_false(store_backup(p->env, slashed, NULL, &e));
    assert_int_equal(e.code, ERR_SYSTEM);
}

/* A damaged store makes no backup, and says where it is damaged. */
static void no_backup_of_damage(void **state)
{
    struct place *p = *state;
    char to[600], path[600];
    struct err e = {0};
    struct stat st;
    snprintf(to, sizeof(to), "%s.backup", p->dir);
    snprintf(path, sizeof(path), "%s/data.mdb", p->dir);
    assert_done(world_import(p->env, 1, 30000, &err));
    env_close(p->env);
    FILE *f = fopen(path, "r+");
    assert_non_null(f);
    fseek(f, (long)file_bytes(p->dir) / 2, SEEK_SET);
    fputs("damage of some bytes", f);
    fclose(f);
    p->env = env_open(p->dir, ENV_WRITE, &err);
    assert_done(p->env);
    assert_false(store_backup(p->env, to, NULL, &e));
    assert_int_equal(e.code, ERR_DAMAGED);
    assert_int_not_equal(stat(to, &st), 0);
}

static void compacted(void **state)
{
    struct place *p = *state;
    struct compact_report report;
    for (unsigned i = 1; i <= 14; i++)
        assert_done(world_import(p->env, i, 1500, &err));
    for (unsigned i = 1; i <= 10; i++)
        assert_done(store_forget(p->env, i, NULL, NULL, &err));
    env_close(p->env);
    for (unsigned round = 0; round < 4; round++) {
        assert_done(store_compact(p->dir, NULL, &report, &err));
        assert_false(report.shared);
        assert_true(round ? report.after <= report.before : report.after < report.before / 2);
        assert_int_equal(report.after, file_bytes(p->dir));
        assert_sound(p->dir);
        p->env = env_open(p->dir, ENV_WRITE, &err);
        assert_done(p->env);
        assert_int_equal(parts_of(p->env, TABLE_EVENTS), 1);
        assert_worlds(p->env, 11, 14 + round);
        assert_done(world_import(p->env, 15 + round, 1500, &err));
        assert_worlds(p->env, 11, 15 + round);
        env_close(p->env);
    }
    p->env = env_open(p->dir, ENV_WRITE, &err);
}

/* A reader in another process keeps what it has; the file is not taken away under it. */
static void not_under_a_reader(void **state)
{
    struct place *p = *state;
    struct compact_report report;
    int go[2], done[2], status;
    char c;
    for (unsigned i = 1; i <= 3; i++)
        assert_done(world_import(p->env, i, 1500, &err));
    env_close(p->env);
    assert_int_equal(pipe(go) | pipe(done), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct env *env = env_open(p->dir, ENV_READ, &err);
        struct snapshot *s = env ? snapshot_open(env, &err) : NULL;
        uint64_t sum;
        bool ok = s && write(done[1], "x", 1) == 1 && read(go[0], &c, 1) == 1;
        for (unsigned i = 1; ok && i <= 3; i++)
            ok = world_found(s, i, &sum, &err) && sum == world_expected(i, 1500);
        snapshot_close(s);
        /* Still a writer: what it imports is in the store that is there. */
        env_close(env);
        env = env_open(p->dir, ENV_WRITE, &err);
        ok = ok && env && world_import(env, 4, 1500, &err);
        env_close(env);
        _exit(!ok);
    }
    assert_int_equal(read(done[0], &c, 1), 1);
    assert_done(store_compact(p->dir, NULL, &report, &err));
    assert_true(report.shared);
    assert_int_equal(write(go[1], "x", 1), 1);
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    p->env = env_open(p->dir, ENV_WRITE, &err);
    assert_worlds(p->env, 1, 4);
    close(go[0]), close(go[1]), close(done[0]), close(done[1]);
}

/* Processes that open, import and read while another compacts again and again: none is refused but by the
 * writer lock, and no import is lost. */
static int import_and_look(const char *dir, unsigned n)
{
    for (unsigned i = 0; i < n;) {
        struct env *env = env_open(dir, ENV_WRITE, &err);
        if (!env)
            return 1;
        struct snapshot *s = snapshot_open(env, &err);
        const struct import_def *m;
        uint64_t sum;
        unsigned next = s ? (unsigned)snapshot_imports(s, &m) + 1 : 0;
        for (unsigned k = 1; s && k < next; k++)
            if (!world_found(s, k, &sum, &err) || sum != world_expected(k, 1500))
                return 2;
        snapshot_close(s);
        if (!s)
            return 3;
        if (world_import(env, next, 1500, &err))
            i++;
        else if (!strstr(err.text, "is writing"))
            return 4;
        env_close(env);
    }
    return 0;
}

static void compacted_while_others_come_and_go(void **state)
{
    struct place *p = *state;
    struct compact_report report;
    int status = 0;
    unsigned alone = 0;
    env_close(p->env);
    pid_t pid = fork();
    if (pid == 0)
        _exit(import_and_look(p->dir, 12));
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (store_compact(p->dir, NULL, &report, &err))
            alone += !report.shared;
        else
            assert_non_null(strstr(err.text, "is writing"));
    }
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_done(store_compact(p->dir, NULL, &report, &err));
    assert_sound(p->dir);
    print_message("compacted %u times meanwhile\n", alone);
    p->env = env_open(p->dir, ENV_WRITE, &err);
    assert_worlds(p->env, 1, 12);
}

static void stop_all(void *arg, const struct verify_finding *f)
{
    (void)arg;
    (void)f;
    kill(0, SIGSTOP);
}

static void spoil(const char *dir)
{
    enum { PAGE = 4096, METAS = 2 };
    char name[600];
    struct stat st;
    snprintf(name, sizeof(name), "%s/data.mdb", dir);
    int fd = open(name, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    for (off_t at = METAS * PAGE; at < st.st_size; at += PAGE)
        assert_int_equal(pwrite(fd, "spoilt spoilt spoilt", 20, at + PAGE / 2), 20);
    close(fd);
}

/* The check of a compaction runs in a process of its own, which may outlive a killed one. */
static void lock_ends_with_its_holder(void **state)
{
    struct place *p = *state;
    struct verify_report report;
    int status;
    bool busy;
    assert_done(world_import(p->env, 1, 500, &err));
    env_close(p->env);
    p->env = NULL;
    spoil(p->dir);
    pid_t holder = fork();
    if (holder == 0) {
        setpgid(0, 0);
        if (writer_lock(p->dir, &busy, &err) >= 0)
            verify_store(p->dir, NULL, stop_all, NULL, &report, &err);
        _exit(1);
    }
    assert_int_equal(waitpid(holder, &status, WUNTRACED), holder);
    assert_true(WIFSTOPPED(status)); /* and its child with it */
    assert_true(writer_lock(p->dir, &busy, &err) < 0 && busy);
    kill(holder, SIGKILL);
    assert_int_equal(waitpid(holder, &status, 0), holder);
    int lock = writer_lock(p->dir, &busy, &err);
    kill(-holder, SIGKILL);
    assert_true(lock >= 0);
    writer_unlock(lock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(merged_rows_are_the_rows, place_new, place_free),
        cmocka_unit_test_setup_teardown(many_small_imports, place_new, place_free),
        cmocka_unit_test_setup_teardown(copies_are_few, place_new, place_free),
        cmocka_unit_test_setup_teardown(worlds_merge_and_go, place_new, place_free),
        cmocka_unit_test_setup_teardown(layers_stay_layers, place_new, place_free),
        cmocka_unit_test_setup_teardown(a_cancel_changes_nothing, place_new, place_free),
        cmocka_unit_test_setup_teardown(not_beside_an_import, place_new, place_free),
        cmocka_unit_test_setup_teardown(backups_are_stores, place_new, place_free),
        cmocka_unit_test_setup_teardown(no_backup_of_damage, place_new, place_free),
        cmocka_unit_test_setup_teardown(compacted, place_new, place_free),
        cmocka_unit_test_setup_teardown(not_under_a_reader, place_new, place_free),
        cmocka_unit_test_setup_teardown(compacted_while_others_come_and_go, place_new, place_free),
        cmocka_unit_test_setup_teardown(lock_ends_with_its_holder, place_new, place_free),
    };
    setenv("WAYMARK_MAP_SIZE", "16M", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
