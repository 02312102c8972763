/* late_test.c - names that come only when a file is half read become columns: against the same file loaded
 * with every name given beforehand, which goes another way. */
#include "config.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <zlib.h>
#include "base/rand.h"
#include "import/load.h"
#include "import_dump.h"

static char place[] = "/tmp/waymark-late-XXXXXX";

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

static void path_of(struct buf *out, const char *name)
{
    buf_clear(out);
    buf_printf(out, "%s/%s", place, name);
}

/* Packed, as only the beginning of a packed file is looked at before it is loaded. */
static void put_file(const char *path, struct str text)
{
    gzFile f = gzopen(path, "wb1");
    assert_non_null(f);
    assert_int_equal(gzwrite(f, text.p, (unsigned)text.n), (int)text.n);
    assert_int_equal(gzclose(f), Z_OK);
}

/* What a load of the file makes of it; the repair "late-column" counts `late` columns. */
static void load(const char *file, const char *store, struct load_options o, uint64_t late, struct buf *dump)
{
    struct buf path = {0};
    struct err err = {0};
    struct load_report r;
    uint64_t told = 0;
    path_of(&path, store);
    struct env *env = env_open(path.p, ENV_WRITE, &err);
    o.files = &file;
    o.file_n = 1;
    o.tz = "UTC";
    if (!env || !load_run(env, &o, NULL, &r, &err))
        fail_msg("%s", err.text);
    assert_int_equal(r.rejected, 0);
    for (size_t i = 0; i < r.repair_n; i++) {
        assert_string_not_equal(r.repair[i].id, "unknown-key");
        if (strcmp(r.repair[i].id, "late-column") == 0)
            told = r.repair[i].count;
    }
    assert_int_equal(told, late);
    load_report_done(&r);
    dump_store(env, true, dump);
    env_close(env);
    buf_done(&path);
}

enum { ROWS = 5000, KEYS = 40, FILLER = 1200 };

static void put_value(struct rand *r, struct buf *out, int k)
{
    switch (k % 3) {
    case 0: buf_printf(out, ",\"late%d\":%d.5", k, (int)rand_below(r, 1000)); break;
    case 1: buf_printf(out, ",\"late%d\":%s", k, rand_below(r, 2) ? "true" : "false"); break;
    default: buf_printf(out, ",\"late%d\":\"t%u\"", k, rand_below(r, 5)); break;
    }
}

/* Key k is a number, a boolean or a text by k % 3, and comes from row first[k] on, now and then; in the
 * file's sample of two megabytes none does. Texts stand in one object, as of two objects of one name the
 * last would count alone. */
static void put_rows(struct rand *r, struct buf *out)
{
    uint32_t first[KEYS];
    char filler[FILLER + 1];
    for (int k = 0; k < KEYS; k++)
        first[k] = 2500 + rand_below(r, ROWS - 2500 - 1);
    memset(filler, 'x', FILLER);
    filler[FILLER] = '\0';
    for (uint32_t i = 0; i < ROWS; i++) {
        struct buf inner = {0};
        buf_printf(out, "{\"user_id\":\"u%u\",\"time\":%u,\"event\":\"e%u\",\"filler\":\"%s\"",
                   rand_below(r, 500), 1700000000 + rand_below(r, 100000), rand_below(r, 9), filler);
        for (int k = 0; k < KEYS; k++)
            if (i == first[k] || (i > first[k] && rand_below(r, 8) == 0))
                put_value(r, k % 3 == 2 ? &inner : out, k);
        if (inner.n)
            buf_printf(out, ",\"o\":{%s}", inner.p + 1);
        buf_puts(out, "}\n");
        buf_done(&inner);
    }
}

static void as_if_known(void **state)
{
    static const char *const word[] = {"number", "boolean", "text"};
    (void)state;
    char given[KEYS][40];
    const char *types[KEYS];
    for (int k = 0; k < KEYS; k++) {
        snprintf(given[k], sizeof(given[k]), "%slate%d=%s", k % 3 == 2 ? "o." : "", k, word[k % 3]);
        types[k] = given[k];
    }
    for (uint64_t seed = 1; seed <= 3; seed++) {
        static const struct {
            unsigned threads;
            uint64_t memory;
        } ways[] = {{1, 0}, {2, 0}, {2, 1}, {4, 1}};
        struct rand r;
        struct buf text = {0}, file = {0}, known = {0};
        char name[40];
        rand_seed(&r, seed);
        put_rows(&r, &text);
        path_of(&file, "late.jsonl.gz");
        put_file(file.p, buf_view(&text));
        snprintf(name, sizeof(name), "known-%d", (int)seed);
        load(file.p, name, (struct load_options){.types = types, .type_n = KEYS}, 0, &known);
        assert_non_null(strstr(known.p, "late39="));
        for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
            struct buf late = {0};
            snprintf(name, sizeof(name), "late-%d-%zu", (int)seed, i);
            load(file.p, name, (struct load_options){.threads = ways[i].threads, .memory = ways[i].memory},
                 KEYS, &late);
            if (!str_eq(buf_view(&known), buf_view(&late)))
                fail_msg("seed %llu, way %zu: the stores differ", (unsigned long long)seed, i);
            buf_done(&late);
        }
        buf_done(&known);
        buf_done(&text);
        buf_done(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_if_known)};
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
