/* sites.c - every allocation and every call on the store's files fails once, and from then on; whatever
 * happens, waymark ends by itself with a message that names the cause, and the store is whole, as it was
 * before or as it is after.
 *
 * A site is a scenario, a kind of fault and the number of the call it strikes. A plain run takes sites by
 * chance from all scenarios; --all takes each. shim.c does the damage. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "rig.h"
#include "shim.h"

/* BASE_MANY: one more import of either table, and its parts are merged. */
enum base { BASE_NONE, BASE_STORE, BASE_MANY, BASES };
enum effect { READS, ADDS_EVENTS, ADDS_USERS, ADDS_NAMES, WRITES_FILES };

struct scenario {
    const char *name;
    enum base base;
    enum effect effect;
    const char *arg[RIG_ARGS]; /* NULL ends them; @x stands for the file x of the scratch folder */
};

/* What base.csv, more.csv and next.csv hold: customers, events of each. */
enum { BASE_USERS = 40, BASE_EACH = 6, MORE_USERS = 30, MORE_EACH = 5, NEXT_USERS = 20, NEXT_EACH = 3 };

/* How the stores to begin with are made. */
static const struct made {
    enum base from;
    enum rig_kind kind;
    const char *file, *prefix;
    unsigned users, each;
} makings[] = {
    {BASE_STORE, RIG_EVENTS, "base.csv", "base", BASE_USERS, BASE_EACH},
    {BASE_MANY, RIG_EVENTS, "m1.csv", "second", 12, 2},
    {BASE_MANY, RIG_USERS, "m2.csv", "base", 9, 0},
    {BASE_MANY, RIG_EVENTS, "m3.csv", "third", 5, 7},
    {BASE_MANY, RIG_LINKS, "m4.csv", "second", 11, 0},
    {BASE_MANY, RIG_USERS, "m5.csv", "second", 14, 0},
};
enum { MAKINGS = sizeof(makings) / sizeof(*makings) };

static const struct scenario scenarios[] = {
    {"first import", BASE_NONE, ADDS_EVENTS, {"import", "events", "@base.csv", "--quiet"}},
    {"second import", BASE_STORE, ADDS_EVENTS, {"import", "events", "@more.csv", "--quiet"}},
    {"import of users", BASE_STORE, ADDS_USERS, {"import", "users", "@users.csv", "--quiet"}},
    {"import of links", BASE_STORE, ADDS_USERS, {"import", "links", "@links.csv", "--quiet"}},
    {"links that merge", BASE_MANY, ADDS_USERS, {"import", "links", "@links.csv", "--quiet"}},
    {"events that merge", BASE_MANY, ADDS_EVENTS, {"import", "events", "@more.csv", "--quiet"}},
    {"import of names", BASE_STORE, ADDS_NAMES, {"import", "names", "@names.csv", "--quiet"}},
    {"import with rejects", BASE_STORE, ADDS_EVENTS, {"import", "events", "@dirty.csv", "--quiet"}},
    {"info", BASE_STORE, READS, {"info", "--format", "json"}},
    {"check", BASE_STORE, READS, {"check", "--format", "json"}},
    {"funnel", BASE_STORE, READS, {"funnel", "--step", "home", "--step", "card", "--format", "json"}},
    {"events by channel", BASE_STORE, READS, {"events", "--by", "channel", "--format", "csv"}},
    {"paths", BASE_STORE, READS, {"paths", "--where", "amount >= 0", "--format", "json"}},
    {"one customer", BASE_STORE, READS, {"user", "base7", "--format", "json"}},
    {"generate", BASE_NONE, WRITES_FILES, {"generate", "@store", "--users", "200", "--quiet"}},
};
enum { SCENARIOS = sizeof(scenarios) / sizeof(*scenarios) };

static const struct kind {
    const char *name, *fault; /* fault NULL: memory */
    bool once;
} kinds[] = {
    {"out of memory, once", NULL, true},
    {"out of memory from then on", NULL, false},
    {"disk full, once", "ENOSPC", true},
    {"disk full from then on", "ENOSPC", false},
    {"I/O error, once", "EIO", true},
    {"I/O error from then on", "EIO", false},
    {"interrupted, once", "EINTR", true},
    {"short write, once", "SHORT", true},
    {"short writes from then on", "SHORT", false},
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

struct sound { /* of each scenario without faults */
    struct rig_exit exit;
    struct rig_state before, after;
    uint64_t allocations, calls;
};

static struct sound sound[SCENARIOS];
static struct shim_report *report;
static struct {
    unsigned runs, hits, failed, harmless, done_though_failed;
} tally;

/* ---- one run */

static const char *store(void)
{
    return rig_path("store");
}

static const char *base_store(enum base b)
{
    return rig_path("base%d", (int)b);
}

static void set_up(const struct scenario *s)
{
    rig_remove(store());
    if (s->base != BASE_NONE)
        rig_copy(base_store(s->base), store());
}

static void fill_call(struct rig_call *call, const struct scenario *s)
{
    size_t n = 0;
    if (s->effect != WRITES_FILES) {
        call->arg[n++] = "-s";
        call->arg[n++] = store();
    }
    for (size_t i = 0; s->arg[i]; i++)
        call->arg[n++] = *s->arg[i] == '@' ? rig_path("%s", s->arg[i] + 1) : s->arg[i];
}

/* at 0: nothing fails, calls are counted. */
static void strike(struct rig_exit *x, const struct scenario *s, const struct kind *k, uint64_t at)
{
    char number[32];
    memset(report, 0, sizeof(*report));
    snprintf(number, sizeof(number), "%llu", (unsigned long long)at);
    struct rig_call call = {
        .env = {rig_env("LD_PRELOAD", rig_so("shim.so")), rig_env("SHIM_REPORT", rig_path("report")),
                rig_env("SHIM_DIR", store()), rig_env(k->fault ? "IO_AT" : "OOM_AT", number),
                rig_env("IO_FAULT", k->fault ? k->fault : ""), rig_env("IO_ONCE", k->once ? "1" : "0")}};
    fill_call(&call, s);
    rig_run(x, &call);
}

/* ---- what must hold afterwards */

static bool says_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strstr(text, *words))
            return true;
    return false;
}

/* What a message about this may say. LMDB turns a short write into EIO; a mapping fails for lack of memory
 * whatever the kind, and a read with EIO (shim.c); when all later calls fail too, the message may be about
 * any of them. */
static bool names_cause(const char *err, const struct kind *k)
{
    static const char *const memory[] = {"memory", "address space", "Cannot allocate",
                                         "cannot start a thread", NULL};
    static const char *const full[] = {"disk full", "No space left", NULL};
    static const char *const io[] = {"Input/output error", NULL};
    static const char *const interrupted[] = {"Interrupted", NULL};
    bool is_short = k->fault && strcmp(k->fault, "SHORT") == 0;
    if (!k->fault || !k->once || strcmp(report->call, "mmap") == 0)
        if (says_one_of(err, memory))
            return true;
    if (!k->fault)
        return false;
    if (strcmp(k->fault, "EINTR") == 0)
        return says_one_of(err, interrupted);
    if (strcmp(k->fault, "EIO") == 0 || is_short || !k->once || strstr(report->call, "read"))
        if (says_one_of(err, io))
            return true;
    return strcmp(k->fault, "EIO") != 0 && says_one_of(err, full);
}

#define FAIL(what, ...)                                                                                      \
    rig_fail("%s, %s, call %llu (%s): " what, s->name, k->name, (unsigned long long)at, report->call,        \
             __VA_ARGS__)

static bool same(const struct rig_state *a, const struct rig_state *b)
{
    return a->exists == b->exists && a->imports == b->imports && a->events == b->events &&
           a->users == b->users;
}

static void judge_end(const struct scenario *s, const struct kind *k, uint64_t at, const struct rig_exit *x)
{
    const char *broke = strstr(x->err, "the program broke") ? x->err : NULL;
    if (x->late)
        FAIL("still running after %d s", RIG_PATIENCE_S);
    else if (x->signal || broke)
        FAIL("ended by a signal (%d): %.300s", x->signal, x->err);
    else if (x->status != 0 && x->status != 3)
        FAIL("exit status %d: %.300s%.300s", x->status, x->err, x->out);
    else if (x->status == 3 && strncmp(x->err, "waymark: ", 9) != 0)
        FAIL("failed with no message of waymark's: '%.300s'", x->err);
    else if (x->status == 3 && !names_cause(x->err, k))
        FAIL("the message does not name the cause: %.400s", x->err);
}

static void judge_answer(const struct scenario *s, const struct kind *k, uint64_t at,
                         const struct rig_exit *x)
{
    const struct sound *ok = &sound[s - scenarios];
    if (x->status == 0 && s->effect == READS && strcmp(x->out, ok->exit.out) != 0)
        FAIL("said done, but answered: %.300s", x->out);
}

/* The next import works, and its events are added to what was there. */
static void judge_next(const struct scenario *s, const struct kind *k, uint64_t at, struct rig_state is)
{
    const char *why;
    struct rig_exit x;
    struct rig_state then;
    rig_run(&x,
            &(struct rig_call){.arg = {"-s", store(), "import", "events", rig_path("next.csv"), "--quiet"}});
    if (x.status != 0)
        FAIL("the next import fails: status %d, signal %d: %.400s", x.status, x.signal, x.err);
    else if (!rig_state(store(), &then, &why))
        FAIL("after the next import: %s", why);
    else if (then.imports != is.imports + 1 || then.events != is.events + NEXT_USERS * NEXT_EACH)
        FAIL("after the next import: %llu imports, %llu events", (unsigned long long)then.imports,
             (unsigned long long)then.events);
    rig_exit_done(&x);
    if ((why = rig_check(store())))
        FAIL("after the next import: %s", why);
}

static void judge_store(const struct scenario *s, const struct kind *k, uint64_t at, const struct rig_exit *x)
{
    const struct sound *ok = &sound[s - scenarios];
    struct rig_state is;
    const char *why = NULL;
    if (!rig_state(store(), &is, &why)) {
        FAIL("%s", why);
        return;
    }
    bool before = same(&is, &ok->before), after = same(&is, &ok->after);
    /* A directory without a store in it is what a first import may leave that failed. */
    if (!is.exists && s->base == BASE_NONE)
        before = true;
    /* ... and so is a store without an import. */
    if (is.exists && s->base == BASE_NONE && is.imports == 0 && is.events == 0 && is.users == 0)
        before = true;
    if (!before && !after)
        FAIL("half an import: %llu imports, %llu events, %llu users", (unsigned long long)is.imports,
             (unsigned long long)is.events, (unsigned long long)is.users);
    if (x->status == 0 && !after)
        FAIL("said done, but the import is missing%s", "");
    tally.done_though_failed += x->status == 3 && after && !same(&ok->before, &ok->after);
    if (is.exists && (why = rig_check(store())))
        FAIL("%s", why);
    judge_next(s, k, at, is);
}

static bool equal_files(const char *a, const char *b)
{
    FILE *f = fopen(a, "r"), *g = fopen(b, "r");
    bool ok = f && g;
    for (int c = 0; ok && c != EOF;)
        ok = (c = getc(f)) == getc(g);
    if (f)
        fclose(f);
    if (g)
        fclose(g);
    return ok;
}

/* Files that bear their final name are complete. */
static void judge_files(const struct scenario *s, const struct kind *k, uint64_t at, const struct rig_exit *x)
{
    static const char *const names[] = {"events.csv", "users.csv", "names.csv"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *got = rig_path("store/%s", names[i]), *want = rig_path("generated/%s", names[i]);
        bool exists = access(got, F_OK) == 0;
        if (exists ? !equal_files(got, want) : x->status == 0)
            FAIL("status %d, and %s is %s", x->status, names[i],
                 exists ? "not what it should be" : "missing");
    }
}

/* Runs one site; false when the run had fewer calls than that. */
static bool try_site(const struct scenario *s, const struct kind *k, uint64_t at)
{
    struct rig_exit x;
    set_up(s);
    strike(&x, s, k, at);
    bool hit = report->hits > 0;
    tally.runs++;
    tally.hits += hit;
    tally.failed += hit && x.status != 0;
    tally.harmless += hit && x.status == 0;
    judge_end(s, k, at, &x);
    judge_answer(s, k, at, &x);
    if (s->effect == WRITES_FILES)
        judge_files(s, k, at, &x);
    else
        judge_store(s, k, at, &x);
    rig_exit_done(&x);
    return hit;
}

/* ---- without faults */

static void expect_state(const struct scenario *s, const struct rig_state *is, uint64_t imports,
                         uint64_t events)
{
    if (is->imports != imports || is->events != events)
        rig_broken("%s without faults: %llu imports, %llu events; expected %llu, %llu", s->name,
                   (unsigned long long)is->imports, (unsigned long long)is->events,
                   (unsigned long long)imports, (unsigned long long)events);
}

static void measure_store(const struct scenario *s, struct sound *ok)
{
    const char *why;
    if (!rig_state(store(), &ok->after, &why))
        rig_broken("%s without faults: %s", s->name, why);
    uint64_t imports = s->effect == ADDS_EVENTS || s->effect == ADDS_USERS, events = 0;
    for (size_t i = 0; i < MAKINGS; i++)
        if (s->base >= makings[i].from) {
            imports++;
            events += makings[i].users * makings[i].each;
        }
    if (s->effect == ADDS_EVENTS)
        events += s->base ? MORE_USERS * MORE_EACH : BASE_USERS * BASE_EACH;
    expect_state(s, &ok->after, imports, events);
}

static void measure(const struct scenario *s, struct sound *ok)
{
    const char *why;
    set_up(s);
    if (!rig_state(store(), &ok->before, &why))
        rig_broken("%s: %s", s->name, why);
    strike(&ok->exit, s, &kinds[0], 0);
    if (ok->exit.status != 0)
        rig_broken("%s without faults: status %d: %s", s->name, ok->exit.status, ok->exit.err);
    ok->allocations = report->allocations;
    ok->calls = report->calls;
    if (ok->allocations == 0 || ok->calls == 0)
        rig_broken("%s: shim.so counted nothing", s->name);
    if (s->effect == WRITES_FILES)
        rig_copy(store(), rig_path("generated"));
    else
        measure_store(s, ok);
}

static void write_dirty(void)
{
    const char *from = rig_path("dirty.csv");
    rig_write_events(from, "more", MORE_USERS, MORE_EACH);
    FILE *f = fopen(from, "a");
    if (!f || fputs("nobody,never,home,app,1\nnobody,2024-03-01\n", f) < 0 || fclose(f) != 0)
        rig_broken("cannot write %s", from);
}

static void write_names(void)
{
    FILE *f = fopen(rig_path("names.csv"), "w");
    if (!f || fputs("event,zh,en\nhome,\xe9\xa6\x96\xe9\xa1\xb5,Home\ncard,,Card\n", f) < 0 || fclose(f) != 0)
        rig_broken("cannot write %s", rig_path("names.csv"));
}

static void make_import(enum base into, const struct made *m)
{
    struct rig_exit x;
    const char *to = base_store(into), *from = rig_path("%s", m->file);
    rig_write(m->kind, from, m->prefix, m->users, m->each);
    rig_run(&x, &(struct rig_call){.arg = {"-s", to, "import", rig_kind_name(m->kind), from, "--quiet"}});
    if (x.status != 0)
        rig_broken("the store to begin with: status %d: %s", x.status, x.err);
    rig_exit_done(&x);
}

/* Each has what those before it have. */
static void make_bases(void)
{
    for (int b = BASE_STORE; b < BASES; b++)
        for (size_t i = 0; i < MAKINGS; i++)
            if (b >= (int)makings[i].from)
                make_import((enum base)b, &makings[i]);
}

static void prepare(void)
{
    rig_write_events(rig_path("more.csv"), "more", MORE_USERS, MORE_EACH);
    rig_write_events(rig_path("next.csv"), "next", NEXT_USERS, NEXT_EACH);
    rig_write_users(rig_path("users.csv"), "base", BASE_USERS);
    rig_write_links(rig_path("links.csv"), "base", BASE_USERS);
    write_dirty();
    write_names();
    make_bases();
    int fd = open(rig_path("report"), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof(*report)) != 0)
        rig_broken("cannot make the report file");
    report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (report == MAP_FAILED)
        rig_broken("cannot map the report file");
    close(fd);
    for (size_t i = 0; i < SCENARIOS; i++)
        measure(&scenarios[i], &sound[i]);
}

/* ---- which sites */

static void every_site(void)
{
    for (size_t i = 0; i < SCENARIOS; i++) {
        printf("%s: %llu allocations, %llu calls on files\n", scenarios[i].name,
               (unsigned long long)sound[i].allocations, (unsigned long long)sound[i].calls);
        for (size_t k = 0; k < KINDS; k++) {
            uint64_t at = 1;
            while (try_site(&scenarios[i], &kinds[k], at))
                at++;
        }
    }
}

/* Half of them memory: there are far more allocations than calls on files. */
static void some_sites(void)
{
    for (unsigned n = 0; n < rig.runs; n++) {
        uint32_t i = n % SCENARIOS,
                 k = n / SCENARIOS % 2 ? rand_below(&rig.rand, 2) : 2 + rand_below(&rig.rand, KINDS - 2);
        uint64_t sites = kinds[k].fault ? sound[i].calls : sound[i].allocations;
        try_site(&scenarios[i], &kinds[k], 1 + rand_below(&rig.rand, (uint32_t)sites));
    }
}

int main(int argc, char **argv)
{
    rig_begin(argc, argv, 150, 0);
    rig_need_preload();
    prepare();
    if (rig.all)
        every_site();
    else
        some_sites();
    printf(
        "%u runs, %u struck: %u ended with status 3 (in %u of them the import is there), %u were harmless\n",
        tally.runs, tally.hits, tally.failed, tally.done_though_failed, tally.harmless);
    for (size_t i = 0; i < SCENARIOS; i++)
        rig_exit_done(&sound[i].exit);
    return rig_end();
}
