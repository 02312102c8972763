/* A check that cries wolf is switched off. Stores of all kinds, made by random imports, links between ids,
 * aborts, merges, forgetting, backups and compaction in commits of random size: none of their states has a
 * finding, and every one reads as it should.
 *
 * WAYMARK_TEST_HEALTHY (default 150 states) and WAYMARK_TEST_SEED extend or repeat a run. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/os.h"
#include "base/rand.h"
#include "store/upkeep.h"
#include "store/verify.h"
#include "store_world.h"

#define STATES_PER_STORE 12

static struct err err;

#define assert_done(x)                                                                                       \
    do {                                                                                                     \
        if (!(x))                                                                                            \
            fail_msg("%s", err.text);                                                                        \
    } while (0)

struct shop {
    struct rand r;
    char *dir;
    struct env *env;
    unsigned imports, rounds, states, alarms;
    unsigned rows[STATES_PER_STORE + 1];
    unsigned round[STATES_PER_STORE + 1]; /* of an import of links; else 0 */
    bool gone[STATES_PER_STORE + 1], round_gone[STATES_PER_STORE + 1];
    unsigned steps[7];
};

static void print_finding(void *arg, const struct verify_finding *f)
{
    struct shop *s = arg;
    print_error("store %s, state %u: %s: %s\n", s->dir, s->states, f->where, f->what);
}

static void check(struct shop *s, const char *dir)
{
    struct verify_report report;
    assert_done(verify_store(dir, NULL, print_finding, s, &report, &err));
    s->alarms += report.damaged > 0;
    s->states++;
}

static void read_back(struct shop *s, struct env *env)
{
    unsigned wrong;
    struct snapshot *snapshot = snapshot_open(env, &err);
    assert_done(snapshot);
    for (unsigned i = 1; i <= s->imports; i++) {
        uint64_t sum;
        if (s->round[i])
            continue;
        assert_done(world_found(snapshot, i, &sum, &err));
        assert_true(sum == (s->gone[i] ? 0 : world_expected(i, s->rows[i])));
    }
    assert_done(world_links_wrong(snapshot, s->rounds, s->round_gone, &wrong, &err));
    assert_int_equal(wrong, 0);
    snapshot_close(snapshot);
}

static void import(struct shop *s)
{
    /* Mostly small ones, some of several blocks of strings, some of nothing. */
    unsigned rows = rand_below(&s->r, 5) ? rand_below(&s->r, 400) : rand_below(&s->r, 9000);
    unsigned number = s->imports + 1;
    assert_done(world_import(s->env, number, rows, &err));
    s->rows[number] = rows;
    s->imports = number;
}

static void link_ids(struct shop *s)
{
    assert_done(world_import_links(s->env, ++s->rounds, &err));
    s->round[++s->imports] = s->rounds;
}

static void give_up(struct shop *s)
{
    struct batch *b = world_begin_import(s->env, s->imports + 1, rand_below(&s->r, 3000), &err);
    assert_done(b);
    batch_abort(b);
}

static void forget(struct shop *s)
{
    unsigned i = s->imports ? 1 + rand_below(&s->r, s->imports) : 0;
    if (!i || s->gone[i])
        return;
    assert_done(store_forget(s->env, i, NULL, NULL, &err));
    s->gone[i] = true;
    s->round_gone[s->round[i]] = true;
}

static void back_up(struct shop *s)
{
    char to[600];
    snprintf(to, sizeof(to), "%s.backup", s->dir);
    assert_done(store_backup(s->env, to, NULL, &err));
    check(s, to);
    struct env *copy = env_open(to, ENV_READ, &err);
    assert_done(copy);
    read_back(s, copy);
    env_close(copy);
    world_remove(to);
}

static void compact(struct shop *s)
{
    env_close(s->env);
    assert_done(store_compact(s->dir, NULL, NULL, &err));
    s->env = env_open(s->dir, ENV_WRITE, &err);
    assert_done(s->env);
}

static void step(struct shop *s)
{
    char bytes[16];
    snprintf(bytes, sizeof(bytes), "%u", 1000 + rand_below(&s->r, rand_below(&s->r, 2) ? 5000 : 500000));
    setenv("WAYMARK_COMMIT_BYTES", bytes, 1);
    unsigned what = rand_below(&s->r, 14);
    if (what < 6) {
        import(s);
    } else if (what < 8) {
        assert_done(store_merge(s->env, NULL, &err));
    } else if (what == 8) {
        forget(s);
    } else if (what == 9) {
        give_up(s);
    } else if (what == 10) {
        back_up(s);
    } else if (what == 11) {
        compact(s);
    } else {
        link_ids(s);
    }
    s->steps[what < 6 ? 0 : what < 8 ? 1 : what < 12 ? what - 6 : 6]++;
}

static void one_store(struct shop *s)
{
    s->imports = s->rounds = 0;
    memset(s->round, 0, sizeof(s->round));
    memset(s->gone, 0, sizeof(s->gone));
    memset(s->round_gone, 0, sizeof(s->round_gone));
    s->dir = world_dir();
    s->env = env_open(s->dir, ENV_WRITE, &err);
    assert_done(s->env);
    for (unsigned i = 0; i < STATES_PER_STORE; i++) {
        step(s);
        check(s, s->dir);
    }
    read_back(s, s->env);
    env_close(s->env);
    world_remove(s->dir);
    free(s->dir);
}

static void no_false_alarm(void **state)
{
    (void)state;
    const char *text = getenv("WAYMARK_TEST_SEED"), *many = getenv("WAYMARK_TEST_HEALTHY");
    uint64_t seed = text ? strtoull(text, NULL, 10) : (uint64_t)os_now_us();
    unsigned states = many ? (unsigned)atoi(many) : 150;
    struct shop s = {.states = 0};
    rand_seed(&s.r, seed);
    print_message("seed %llu\n", (unsigned long long)seed);
    while (s.states < states)
        one_store(&s);
    print_message("%u states: %u imports, %u of links, %u merges, %u forgotten, %u given up, %u backups, %u "
                  "compacted; %u false alarms\n",
                  s.states, s.steps[0], s.steps[6], s.steps[1], s.steps[2], s.steps[3], s.steps[4],
                  s.steps[5], s.alarms);
    assert_int_equal(s.alarms, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_false_alarm)};
    setenv("WAYMARK_MAP_SIZE", "16M", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
