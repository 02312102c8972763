/* kill.c - imports of all sizes, compaction and forgetting are killed with SIGKILL at any moment: each is
 * there wholly or not at all, what was acknowledged stays, the store opens within a second, and what dead
 * imports left is collected by the next one.
 *
 * A store takes a series of imports; then the same imports that survived are made undisturbed into a second
 * store, and both must be of like size. That a killed process loses nothing shows nothing about power cuts:
 * see powercut.c. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "rig.h"

#define SERIES 40      /* kills on one store */
#define UPKEEP_EVERY 4 /* imports between two compactions or forgettings, about */
#define OPEN_MOST_US 1000000
#define SLACK (256u << 10)

struct load { /* one export */
    unsigned number, users, each;
    enum rig_kind kind;
    bool there, forgotten;
};

static struct {
    unsigned kills, finished, there, absent;
    unsigned upkeep_kills, upkeep_done, upkeep_undone;
    int64_t slowest_us;
} tally;
/* How long an import takes on this machine as it is now: kept so that two in five finish before they are
 * killed. */
static double stretch = 1;

/* ---- exports */

static unsigned rows_of(const struct load *l)
{
    return l->users * l->each;
}

/* Few rows as often as many; attributes and links for customers of an earlier export. Enough of each kind
 * that their parts are merged, too. */
static struct load any_load(unsigned number)
{
    static const unsigned sizes[] = {1, 20, 300, 2000, 6000};
    unsigned most = sizes[rand_below(&rig.rand, 5)];
    struct load l = {.number = number, .users = 1 + rand_below(&rig.rand, most), .each = 1};
    static const enum rig_kind kinds[] = {RIG_EVENTS, RIG_EVENTS, RIG_EVENTS, RIG_USERS, RIG_LINKS};
    l.kind = kinds[rand_below(&rig.rand, 5)];
    if (l.kind == RIG_EVENTS)
        l.each = 1 + rand_below(&rig.rand, 12);
    return l;
}

static const char *write_load(const struct load *l)
{
    char prefix[24];
    const char *path = rig_path("load.csv");
    snprintf(prefix, sizeof(prefix), "k%u_", l->kind == RIG_EVENTS ? l->number : l->number / 2);
    rig_write(l->kind, path, prefix, l->users, l->each);
    return path;
}

static void import(struct rig_exit *x, const char *store, const struct load *l, int64_t kill_after_us)
{
    static const char *const commit[] = {"4K", "64K", "32M"};
    const char *path = write_load(l);
    rig_run(x, &(struct rig_call){
                   .arg = {"-s", store, "import", rig_kind_name(l->kind), path, "--quiet", "--again"},
                   .env = {rig_env("WAYMARK_COMMIT_BYTES", commit[rand_below(&rig.rand, 3)])},
                   .kill_after_us = kill_after_us});
}

/* ---- after a kill */

static bool look(const char *store, struct rig_state *is)
{
    const char *why;
    if (!rig_state(store, is, &why)) {
        rig_fail("%s", why);
        return false;
    }
    tally.slowest_us = is->own_us > tally.slowest_us ? is->own_us : tally.slowest_us;
    if (is->own_us > OPEN_MOST_US)
        rig_fail("opening took %.2f s", (double)is->own_us / 1e6);
    if (is->exists && (why = rig_check(store)))
        rig_fail("%s", why);
    return true;
}

/* Sets l->there; *was becomes what is now. */
static void judge(const char *store, struct load *l, const struct rig_exit *x, struct rig_state *was)
{
    struct rig_state is;
    if (!look(store, &is))
        return;
    uint64_t events = l->kind == RIG_EVENTS ? rows_of(l) : 0;
    bool before = rig_state_eq(&is, was) || (!was->exists && is.imports == 0 && is.events == 0);
    bool after =
        is.imports == was->imports + 1 && is.forgotten == was->forgotten && is.events == was->events + events;
    if (!before && !after)
        rig_fail("import of %u rows: %llu imports and %llu events before, %llu and %llu after", rows_of(l),
                 (unsigned long long)was->imports, (unsigned long long)was->events,
                 (unsigned long long)is.imports, (unsigned long long)is.events);
    if (x->status == 0 && !after)
        rig_fail("an acknowledged import of %u rows is missing", rows_of(l));
    if (x->status > 0)
        rig_fail("an import failed: status %d: %.300s", x->status, x->err);
    l->there = after;
    *was = is;
}

/* Near its end is where an import becomes visible: most kills aim there. */
static int64_t moment(const struct load *l)
{
    double expected = (4000 + 0.5 * rows_of(l)) * stretch, part = rand_unit(&rig.rand);
    return 1 + (int64_t)(expected * (rand_below(&rig.rand, 3) ? 0.5 + part : part));
}

static void strike(const char *store, struct load *l, struct rig_state *was)
{
    struct rig_exit x;
    import(&x, store, l, moment(l));
    bool killed = x.signal == 9;
    tally.kills += killed;
    tally.finished += !killed;
    stretch *= killed ? 1.07 : 0.9;
    judge(store, l, &x, was);
    tally.there += killed && l->there;
    tally.absent += killed && !l->there;
    rig_exit_done(&x);
}

/* ---- forgetting and compaction */

/* The number of the import that load i became, when it is there. */
static unsigned number_of(const struct load *load, unsigned i)
{
    unsigned number = 0;
    for (unsigned k = 0; k <= i; k++)
        number += load[k].there;
    return number;
}

static void forget(struct rig_exit *x, const char *store, unsigned number, int64_t kill_after_us)
{
    char text[16];
    snprintf(text, sizeof(text), "%u", number);
    rig_run(x, &(struct rig_call){.arg = {"-s", store, "forget-import", text, "--quiet"},
                                  .kill_after_us = kill_after_us});
}

static void compact(struct rig_exit *x, const char *store, int64_t kill_after_us)
{
    rig_run(x,
            &(struct rig_call){.arg = {"-s", store, "compact", "--quiet"}, .kill_after_us = kill_after_us});
}

/* number 0: compaction. */
static void keep_up(struct rig_exit *x, const char *store, unsigned number, int64_t kill_after_us)
{
    if (number)
        forget(x, store, number, kill_after_us);
    else
        compact(x, store, kill_after_us);
    if (x->status > 0)
        rig_fail("%s: status %d: %.300s", number ? "forget-import" : "compact", x->status, x->err);
}

/* The undisturbed copy says what is to come of it, and how long it takes. */
static void strike_upkeep(const char *store, struct load *forgotten, unsigned number, struct rig_state *was)
{
    const char *copy = rig_path("copy"), *why;
    struct rig_exit x;
    struct rig_state is, after;
    rig_remove(copy);
    rig_copy(store, copy);
    keep_up(&x, copy, number, 0);
    int64_t took = x.us;
    rig_exit_done(&x);
    if (!rig_state(copy, &after, &why))
        rig_broken("%s", why);
    keep_up(&x, store, number, 1 + (int64_t)((0.3 + rand_unit(&rig.rand)) * (double)took));
    if (!look(store, &is))
        return;
    bool done = rig_state_eq(&is, &after);
    if (!done && !rig_state_eq(&is, was))
        rig_fail("half done: %llu imports, %llu forgotten, %llu events; before %llu, %llu, %llu",
                 (unsigned long long)is.imports, (unsigned long long)is.forgotten,
                 (unsigned long long)is.events, (unsigned long long)was->imports,
                 (unsigned long long)was->forgotten, (unsigned long long)was->events);
    if (x.status == 0 && !done)
        rig_fail("an acknowledged %s did not happen", number ? "forgetting" : "compaction");
    tally.kills += x.signal == 9;
    tally.upkeep_kills += x.signal == 9;
    tally.upkeep_done += x.signal == 9 && number && done;
    tally.upkeep_undone += x.signal == 9 && number && !done;
    if (number && done)
        forgotten->forgotten = true;
    *was = is;
    rig_exit_done(&x);
}

/* Compaction, or forgetting one of n loads that are there. */
static void some_upkeep(const char *store, struct load *load, unsigned n, struct rig_state *was)
{
    if (was->imports == 0)
        return;
    unsigned i = rand_below(&rig.rand, n);
    for (unsigned k = 0; k < n && (!load[i].there || load[i].forgotten); k++)
        i = (i + 1) % n;
    bool forgets = load[i].there && !load[i].forgotten && rand_below(&rig.rand, 3);
    strike_upkeep(store, &load[i], forgets ? number_of(load, i) : 0, was);
}

/* ---- a series on one store */

static void complete(const char *store, struct load *l, struct rig_state *was)
{
    struct rig_exit x;
    import(&x, store, l, 0);
    judge(store, l, &x, was);
    if (!l->there)
        rig_fail("an import without a kill: status %d: %.300s", x.status, x.err);
    rig_exit_done(&x);
}

static uint64_t file_bytes(const char *store)
{
    char path[sizeof(rig.dir) + 64];
    struct stat st;
    snprintf(path, sizeof(path), "%s/data.mdb", store);
    return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static void forget_all(const char *store, const struct load *load, unsigned n, struct rig_state *was)
{
    const char *why;
    struct rig_exit x;
    for (unsigned i = 0; i < n; i++)
        if (load[i].forgotten) {
            keep_up(&x, store, number_of(load, i), 0);
            rig_exit_done(&x);
        }
    if (!rig_state(store, was, &why))
        rig_fail("%s", why);
}

/* The survivors without kills, in a store of their own. */
static void compare_sizes(const char *store, struct load *load, unsigned n)
{
    struct rig_state was = {0}, is;
    const char *why, *clean = rig_path("clean");
    rig_remove(clean);
    for (unsigned i = 0; i < n; i++)
        if (load[i].there)
            complete(clean, &load[i], &was);
    forget_all(clean, load, n, &was);
    if (!rig_state(store, &is, &why) || !rig_state_eq(&is, &was))
        rig_fail("the store is not what its %u imports make: %llu forgotten, %llu events, %llu users; not "
                 "%llu, %llu, %llu",
                 (unsigned)is.imports, (unsigned long long)is.forgotten, (unsigned long long)is.events,
                 (unsigned long long)is.users, (unsigned long long)was.forgotten,
                 (unsigned long long)was.events, (unsigned long long)was.users);
    uint64_t got = file_bytes(store), want = file_bytes(clean);
    if (got > 3 * want + SLACK)
        rig_fail("%llu bytes after kills, %llu without: left-overs are not collected",
                 (unsigned long long)got, (unsigned long long)want);
}

static void series(unsigned n)
{
    struct load load[SERIES + 1];
    struct rig_state was = {0};
    const char *store = rig_path("store");
    rig_remove(store);
    for (unsigned i = 0; i < n; i++) {
        load[i] = any_load(i);
        strike(store, &load[i], &was);
        if (rand_below(&rig.rand, UPKEEP_EVERY) == 0)
            some_upkeep(store, load, i + 1, &was);
    }
    load[n] = any_load(n);
    complete(store, &load[n], &was);
    compare_sizes(store, load, n + 1);
}

static void print_tally(void)
{
    printf("%u kills: %u imports there, %u not; %u finished before; slowest opening %.0f ms\n", tally.kills,
           tally.there, tally.absent, tally.finished, (double)tally.slowest_us / 1e3);
    printf("%u of the kills: compaction or forgetting; forgotten then %u, not %u\n", tally.upkeep_kills,
           tally.upkeep_done, tally.upkeep_undone);
}

/* The long run says now and then how far it is. */
int main(int argc, char **argv)
{
    rig_begin(argc, argv, 100, 2000);
    for (unsigned tried = 0; tally.kills < rig.runs && tried < 20 * rig.runs; tried += SERIES) {
        series(rig.runs - tally.kills < SERIES ? rig.runs - tally.kills : SERIES);
        if (rig.all && tally.kills < rig.runs)
            print_tally();
    }
    print_tally();
    if (tally.kills < rig.runs || tally.absent == 0 || tally.upkeep_kills == 0)
        rig_fail("too few kills came in time to show anything");
    return rig_end();
}
