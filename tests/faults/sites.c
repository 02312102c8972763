/* sites.c - every allocation and every call on files - the store's, those read, those written - fails once,
 * and from then on; whatever happens, waymark ends by itself with a message that names the cause, and the
 * store is whole, and answers as before or as afterwards.
 *
 * A site is a scenario, a kind of fault and the number of the call it strikes. A plain run takes sites by
 * chance from all scenarios; --all takes each, --all --only NAME those of the scenarios with this in their
 * names. shim.c does the damage. */
#include "config.h"
#include <dirent.h>
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
enum effect { READS, ADDS_EVENTS, ADDS_USERS, FORGETS, KEEPS_COUNTS, COPIES, WRITES_FILES };

struct scenario {
    const char *name;
    enum base base;
    enum effect effect;
    const char *arg[RIG_ARGS]; /* NULL ends them; @x stands for the file x of the scratch folder */
    const char *ask[RIG_ARGS]; /* what the store is asked before and after */
};
#define ASK_USERS                                                                                            \
    {                                                                                                        \
        "segment", "export", "age >= 0", "--columns", "city,age,vip", "--format", "csv"                      \
    }
#define ASK_EVENTS                                                                                           \
    {                                                                                                        \
        "events", "--by", "channel", "--format", "csv"                                                       \
    }

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
    {"first import", BASE_NONE, ADDS_EVENTS, {"import", "events", "@base.csv", "--quiet"}, ASK_EVENTS},
    {"second import", BASE_STORE, ADDS_EVENTS, {"import", "events", "@more.csv", "--quiet"}, ASK_EVENTS},
    {"import of users", BASE_STORE, ADDS_USERS, {"import", "users", "@users.csv", "--quiet"}, ASK_USERS},
    {"import of links", BASE_STORE, ADDS_USERS, {"import", "links", "@links.csv", "--quiet"}, ASK_EVENTS},
    {"links that merge", BASE_MANY, ADDS_USERS, {"import", "links", "@links.csv", "--quiet"}, ASK_USERS},
    {"events that merge", BASE_MANY, ADDS_EVENTS, {"import", "events", "@more.csv", "--quiet"}, ASK_EVENTS},
    {"import of names",
     BASE_STORE,
     KEEPS_COUNTS,
     {"import", "names", "@names.csv", "--quiet"},
     {"funnel", "--step", "home", "--step", "card", "--lang", "zh", "--quiet"}},
    {"import with rejects",
     BASE_STORE,
     ADDS_EVENTS,
     {"import", "events", "@dirty.csv", "--rejects", "@rejects.csv", "--quiet"},
     ASK_EVENTS},
    {"forgetting events", BASE_MANY, FORGETS, {"forget-import", "1", "--quiet"}, ASK_EVENTS},
    {"forgetting links", BASE_MANY, FORGETS, {"forget-import", "5", "--quiet"}, ASK_USERS},
    {"compacting", BASE_MANY, KEEPS_COUNTS, {"compact", "--quiet"}, ASK_USERS},
    {"backup", BASE_MANY, COPIES, {"backup", "@copy", "--quiet"}, ASK_EVENTS},
    {"a fixed segment",
     BASE_MANY,
     ADDS_USERS,
     {"segment", "save", "old", "age >= 20", "--fixed", "--quiet"},
     {"segment", "count", "segment(\"old\")", "--format", "csv"}},
    {"info", BASE_STORE, READS, {"info", "--format", "json"}, ASK_EVENTS},
    {"check", BASE_STORE, READS, {"check", "--format", "json"}, ASK_EVENTS},
    {"funnel",
     BASE_STORE,
     READS,
     {"funnel", "--step", "home", "--step", "card", "--format", "json"},
     ASK_EVENTS},
    {"events by channel", BASE_STORE, READS, {"events", "--by", "channel", "--format", "csv"}, ASK_EVENTS},
    {"paths", BASE_STORE, READS, {"paths", "--where", "amount >= 0", "--format", "json"}, ASK_EVENTS},
    {"one customer", BASE_STORE, READS, {"user", "base7", "--format", "json"}, ASK_EVENTS},
    {"customers of parts", BASE_MANY, READS, ASK_USERS, ASK_USERS},
    {"generate", BASE_NONE, WRITES_FILES, {"generate", "@store", "--users", "200", "--quiet"}, ASK_EVENTS},
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
    char *said_before, *said_after; /* asked what the scenario asks */
    uint64_t allocations, calls;
};

static struct sound sound[SCENARIOS];
static struct shim_report *report;
static struct {
    unsigned runs, hits, failed, harmless, done_though_failed, untouched;
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
    rig_remove(rig_path("copy"));
    rig_remove(rig_path("rejects.csv"));
    if (s->base != BASE_NONE)
        rig_copy(base_store(s->base), store());
}

static void fill_call(struct rig_call *call, const char *at, const char *const *arg)
{
    size_t n = 0;
    if (at) {
        call->arg[n++] = "-s";
        call->arg[n++] = at;
    }
    for (size_t i = 0; arg[i]; i++)
        call->arg[n++] = *arg[i] == '@' ? rig_path("%s", arg[i] + 1) : arg[i];
}

/* What a store answers to the scenario's question; to be freed. */
static char *ask(const struct scenario *s, const char *at)
{
    struct rig_exit x;
    struct rig_call call = {0};
    fill_call(&call, at, s->ask);
    rig_run(&x, &call);
    char *said = x.out;
    x.out = NULL;
    rig_exit_done(&x);
    return said;
}

/* at 0: nothing fails, calls are counted. */
static void strike(struct rig_exit *x, const struct scenario *s, const struct kind *k, uint64_t at)
{
    char number[32];
    memset(report, 0, sizeof(*report));
    snprintf(number, sizeof(number), "%llu", (unsigned long long)at);
    struct rig_call call = {
        .env = {rig_env("LD_PRELOAD", rig_so("shim.so")), rig_env("SHIM_REPORT", rig_path("report")),
                rig_env("SHIM_DIR", rig.dir), rig_env(k->fault ? "IO_AT" : "OOM_AT", number),
                rig_env("IO_FAULT", k->fault ? k->fault : ""), rig_env("IO_ONCE", k->once ? "1" : "0")}};
    fill_call(&call, s->effect == WRITES_FILES ? NULL : store(), s->arg);
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

/* Behind what a library may have said. */
static bool has_message(const char *err)
{
    return strncmp(err, "waymark: ", 9) == 0 || strstr(err, "\nwaymark: ");
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
    else if (x->status == 3 && !has_message(x->err))
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

/* A first import that failed may leave a folder without a store, or a store without an import. */
static bool is_nothing(const struct rig_state *is)
{
    return is->imports == 0 && is->events == 0 && is->users == 0;
}

static void judge_said(const struct scenario *s, const struct kind *k, uint64_t at, bool before, bool after)
{
    const struct sound *ok = &sound[s - scenarios];
    char *said = ask(s, store());
    if (!(before && strcmp(said, ok->said_before) == 0) && !(after && strcmp(said, ok->said_after) == 0))
        FAIL("the store now answers: %.300s", said);
    free(said);
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
    bool nothing = s->base == BASE_NONE && is_nothing(&is), after = rig_state_eq(&is, &ok->after);
    bool before = rig_state_eq(&is, &ok->before) || nothing;
    if (!before && !after)
        FAIL("half done: %llu imports, %llu forgotten, %llu events, %llu users",
             (unsigned long long)is.imports, (unsigned long long)is.forgotten, (unsigned long long)is.events,
             (unsigned long long)is.users);
    if (x->status == 0 && !after)
        FAIL("said done, but the store is as before%s", "");
    tally.done_though_failed += x->status == 3 && after && !rig_state_eq(&ok->before, &ok->after);
    if (is.exists && (why = rig_check(store())))
        FAIL("%s", why);
    if (is.exists && !nothing)
        judge_said(s, k, at, before && x->status != 0, after);
    judge_next(s, k, at, is);
}

/* A copy is whole and answers as its store does, or there is none. */
static void judge_copy(const struct scenario *s, const struct kind *k, uint64_t at, const struct rig_exit *x)
{
    const char *copy = rig_path("copy"), *why;
    if (access(copy, F_OK) != 0) {
        if (x->status == 0)
            FAIL("said done, but there is no copy%s", "");
        return;
    }
    if ((why = rig_check(copy)))
        FAIL("the copy: %s", why);
    char *said = ask(s, copy);
    if (strcmp(said, sound[s - scenarios].said_before) != 0)
        FAIL("the copy answers: %.300s", said);
    free(said);
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

/* Every name in this folder is one in that folder, too. */
static bool nothing_more(const char *dir, const char *than)
{
    DIR *d = opendir(dir);
    int fd = open(than, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = d && fd >= 0;
    for (struct dirent *e; ok && (e = readdir(d));)
        ok = faccessat(fd, e->d_name, F_OK, 0) == 0;
    if (d)
        closedir(d);
    if (fd >= 0)
        close(fd);
    return ok;
}

/* No byte of the store changed, and nothing was left beside it: it is what it was, and needs no looking into.
 */
static bool is_untouched(const struct scenario *s)
{
    const char *base = base_store(s->base);
    return s->base != BASE_NONE && nothing_more(store(), base) &&
           equal_files(rig_path("store/data.mdb"), rig_path("base%d/data.mdb", (int)s->base));
}

static void judge_left(const struct scenario *s, const struct kind *k, uint64_t at, const struct rig_exit *x)
{
    bool untouched = s->effect != WRITES_FILES && is_untouched(s);
    tally.untouched += untouched;
    if (s->effect == WRITES_FILES)
        judge_files(s, k, at, x);
    else if (!untouched || (x->status == 0 && s->effect != READS && s->effect != COPIES))
        judge_store(s, k, at, x);
    else if (s->effect != READS)
        judge_next(s, k, at, sound[s - scenarios].before);
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
    if (s->effect == COPIES)
        judge_copy(s, k, at, &x);
    judge_left(s, k, at, &x);
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

static unsigned forgotten_events(const struct scenario *s)
{
    const struct made *m = &makings[strtoul(s->arg[1], NULL, 10) - 1];
    return m->users * m->each;
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
    if (s->effect == FORGETS)
        events -= forgotten_events(s);
    expect_state(s, &ok->after, imports, events);
    ok->said_after = ask(s, store());
    if ((ok->after.forgotten == 1) != (s->effect == FORGETS))
        rig_broken("%s without faults: %llu forgotten", s->name, (unsigned long long)ok->after.forgotten);
}

static void measure(const struct scenario *s, struct sound *ok)
{
    const char *why;
    set_up(s);
    if (!rig_state(store(), &ok->before, &why))
        rig_broken("%s: %s", s->name, why);
    ok->said_before = ask(s, store());
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

static bool is_wanted(const struct scenario *s)
{
    return !rig.only || strstr(s->name, rig.only);
}

static void every_site(void)
{
    for (size_t i = 0; i < SCENARIOS; i++) {
        if (!is_wanted(&scenarios[i]))
            continue;
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
        "%u runs, %u struck: %u ended with status 3 (in %u of them the import is there), %u were harmless; "
        "%u did not touch the store\n",
        tally.runs, tally.hits, tally.failed, tally.done_though_failed, tally.harmless, tally.untouched);
    for (size_t i = 0; i < SCENARIOS; i++) {
        rig_exit_done(&sound[i].exit);
        free(sound[i].said_before);
        free(sound[i].said_after);
    }
    return rig_end();
}
