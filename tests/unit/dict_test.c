/* Dictionaries: every string leads to its code and back, over several imports, with strings of every shape.
 */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "../store/store_world.h"
#include "base/vec.h"
#include "store/codemap.h"
#include "store/dict.h"

static struct err err;

#define assert_done(x)                                                                                       \
    do {                                                                                                     \
        if (!(x))                                                                                            \
            fail_msg("%s", err.text);                                                                        \
    } while (0)

/* The i-th string: short, long, empty, binary; all different. */
static struct str text_of(unsigned i, struct buf *b)
{
    buf_clear(b);
    if (i == 5) /* the empty string is one too */
        return (struct str){"", 0};
    buf_printf(b, "%u", i);
    if (i % 1000 == 7)
        for (unsigned n = 0; n < 70000; n += 7)
            buf_printf(b, "x%06u", i);
    if (i % 97 == 3) {
        buf_put(b, "\0\377\t", 3);
        buf_printf(b, "%u", i);
    }
    return buf_view(b);
}

/* Strings [0, end) asked for in another order than that of their numbers; codes as the store gave them. */
static void add_strings(struct env *env, unsigned first, unsigned end, uint32_t known)
{
    struct buf b = {0};
    struct batch *batch = batch_begin(env, TABLE_EVENTS, 0, &err);
    assert_done(batch);
    for (unsigned i = first; i < end; i++) {
        uint32_t code, again;
        assert_done(batch_code(batch, COL_USER, text_of(i, &b), &code, &err));
        assert_int_equal(code, i); /* new ones get the next number, known ones keep theirs */
        assert_done(batch_code(batch, COL_USER, text_of(i, &b), &again, &err));
        assert_int_equal(again, code);
    }
    assert_int_equal(batch_codes(batch, COL_USER), end > known ? end : known);
    assert_done(batch_commit(batch, NULL, &err));
    buf_done(&b);
}

static void check_strings(struct env *env, unsigned count)
{
    struct buf b = {0};
    struct snapshot *s = snapshot_open(env, &err);
    assert_done(s);
    assert_int_equal(dict_count(s, COL_USER), count);
    for (unsigned i = 0; i < count; i++) {
        struct str want = text_of(i, &b), got;
        uint32_t code;
        assert_done(dict_get(s, COL_USER, i, &got, &err));
        assert_true(str_eq(want, got));
        assert_done(dict_find(s, COL_USER, want, &code, &err));
        assert_int_equal(code, i);
    }
    for (unsigned i = count; i < count + 1000; i++) {
        uint32_t code = 0;
        assert_done(dict_find(s, COL_USER, text_of(i + 10, &b), &code, &err));
        assert_int_equal(code, UINT32_MAX);
    }
    struct str none;
    struct err beyond = {0};
    assert_false(dict_get(s, COL_USER, count, &none, &beyond));
    assert_int_equal(beyond.code, ERR_DAMAGED);
    assert_int_equal(world_keys(s), world_live_keys(s));
    snapshot_close(s);
    buf_done(&b);
}

static void sizes(void **state)
{
    (void)state;
    static const unsigned counts[] = {1, 2, 4096, 4097, 20000, 300000};
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
        char *dir = world_dir();
        struct env *env = env_open(dir, ENV_WRITE, &err);
        assert_done(env);
        check_strings(env, 0);
        add_strings(env, 0, counts[i], 0);
        check_strings(env, counts[i]);
        env_close(env);
        env = env_open(dir, ENV_READ, &err);
        check_strings(env, counts[i]);
        env_close(env);
        world_remove(dir);
        free(dir);
    }
}

/* Many imports, each with old and new strings: runs are merged, so their number stays small. */
static void many_imports(void **state)
{
    (void)state;
    char *dir = world_dir();
    struct env *env = env_open(dir, ENV_WRITE, &err);
    assert_done(env);
    uint32_t known = 0;
    for (unsigned i = 0; i < 60; i++) {
        unsigned first = known > 400 ? known - 400 : 0;
        uint32_t more = i % 7 ? 300 : 6000;
        add_strings(env, first, known + more, known);
        known += more;
    }
    check_strings(env, known);
    struct snapshot *s = snapshot_open(env, &err);
    assert_in_range(catalog_dict(s->catalog, COL_USER)->runs, 1, 8);
    snapshot_close(s);
    env_close(env);
    world_remove(dir);
    free(dir);
}

static void codes_many(void **state)
{
    (void)state;
    char *dir = world_dir();
    struct env *env = env_open(dir, ENV_WRITE, &err);
    assert_done(env);
    add_strings(env, 0, 500, 0);
    struct batch *batch = batch_begin(env, TABLE_EVENTS, 0, &err);
    assert_done(batch);
    enum { N = 1700 };
    static struct buf b[N];
    static struct str text[N];
    static uint64_t hash[N];
    static uint32_t code[N];
    for (unsigned i = 0; i < N; i++) {
        text[i] = text_of(i * 7 % 900, &b[i]); /* known, new, and new ones again */
        hash[i] = dict_hash(text[i]);
    }
    assert_done(batch_codes_many(batch, COL_USER, N, text, hash, code, &err));
    assert_int_equal(batch_codes(batch, COL_USER), 900);
    for (unsigned i = 0; i < N; i++) {
        uint32_t one;
        assert_done(batch_code(batch, COL_USER, text[i], &one, &err));
        assert_int_equal(code[i], one);
        if (i * 7 % 900 < 500)
            assert_int_equal(one, i * 7 % 900);
    }
    batch_abort(batch);
    for (unsigned i = 0; i < N; i++)
        buf_done(&b[i]);
    check_strings(env, 500);
    env_close(env);
    world_remove(dir);
    free(dir);
}

static void code_map(void **state)
{
    (void)state;
    struct codemap *m = codemap_new();
    struct buf b = {0};
    VEC(uint32_t) place = {0};
    for (unsigned i = 0; i < 200000; i++) {
        struct str s = text_of(i, &b);
        /* Few different hashes: equal hashes of unequal strings must not be mixed up. */
        uint64_t hash = i < 2000 ? dict_hash(s) % 50 : dict_hash(s);
        assert_int_equal(codemap_find(m, s, hash), CODEMAP_NONE);
        vec_push(&place, codemap_add(m, s, hash, i * 3));
    }
    for (unsigned i = 0; i < 200000; i++) {
        struct str s = text_of(i, &b);
        uint64_t hash = i < 2000 ? dict_hash(s) % 50 : dict_hash(s);
        assert_int_equal(codemap_find(m, s, hash), i * 3);
        assert_true(str_eq(codemap_text(m, place.at[i]), s));
    }
    vec_done(&place);
    buf_done(&b);
    codemap_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(many_imports),
        cmocka_unit_test(codes_many),
        cmocka_unit_test(code_map),
    };
    setenv("WAYMARK_MAP_SIZE", "1M", 1); /* grows on the way */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
