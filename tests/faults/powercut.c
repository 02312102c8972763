/* powercut.c - the power goes at any moment: what the disk then holds must be a whole store with every
 * acknowledged import.
 *
 * tape.so writes down what imports do to data.mdb. A state is made of the changes up to a random point: those
 * that a sync made safe, and of the others any subset of 512-byte sectors, as disks and page caches may have
 * done; the file may end anywhere between. The program's own verifier judges it, then imports are counted,
 * and now and then another is made. The same with MDB_NOSYNC must be found bad: a simulation that cannot fail
 * shows nothing.
 *
 * Not simulated: a directory entry that is lost although the file behind it was synced. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/vec.h"
#include "rig.h"
#include "store/snapshot.h"
#include "store/verify.h"
#include "tape.h"

#define SECTOR 512u
#define FILE_MOST (64u << 20)
#define IMPORTS 20
#define NEXT_EVERY 16 /* states between two that get one more import */

/* Import i of a recording: its file and how many events it holds; of users and links, how many
 * rows. Enough of each that parts of both tables are merged. */
static const struct plan {
    const char *file;
    unsigned users, each;
    enum rig_kind kind;
    bool killed;
} plans[IMPORTS] = {
    {"p0.csv", 30, 4, RIG_EVENTS, false},    {"p1.csv", 400, 10, RIG_EVENTS, false},
    {"p2.csv", 300, 0, RIG_USERS, false},    {"p3.csv", 900, 12, RIG_EVENTS, true},
    {"p4.csv", 50, 30, RIG_EVENTS, false},   {"p5.csv", 200, 0, RIG_LINKS, false},
    {"p6.csv", 1, 2, RIG_EVENTS, false},     {"p7.csv", 2000, 9, RIG_EVENTS, true},
    {"p8.csv", 700, 0, RIG_USERS, true},     {"p9.csv", 2000, 3, RIG_EVENTS, false},
    {"p10.csv", 1200, 0, RIG_USERS, false},  {"p11.csv", 900, 0, RIG_LINKS, true},
    {"p12.csv", 10, 900, RIG_EVENTS, false}, {"p13.csv", 60, 0, RIG_LINKS, false},
    {"p14.csv", 3, 5, RIG_EVENTS, false},    {"p15.csv", 1500, 11, RIG_EVENTS, true},
    {"p16.csv", 90, 0, RIG_USERS, false},    {"p17.csv", 700, 6, RIG_EVENTS, false},
    {"p18.csv", 1, 0, RIG_LINKS, false},     {"p19.csv", 2, 2, RIG_EVENTS, false},
};

struct entry {
    struct tape_entry e;
    const unsigned char *bytes;
    uint64_t acknowledged, started; /* bits of plans, when this entry had been written */
};
struct recording {
    char *tape;
    VEC(struct entry) entry; /* changes of data.mdb */
    uint64_t acknowledged, started;
};

/* What is known to be on the disk, and what is not: entries from `first_unsafe` on that are not `safe`. */
struct disk {
    unsigned char *p;
    size_t n;
};

static struct {
    unsigned states, bad, unborn, unborn_refused, next;
} tally;

/* ---- recording */

static unsigned rows_of_plan(const struct plan *p)
{
    return p->kind == RIG_EVENTS ? p->users * p->each : p->users;
}

static void write_plan(const struct plan *p)
{
    char prefix[16];
    /* Half of the customers are known from earlier imports. */
    snprintf(prefix, sizeof(prefix), "c%u_", (unsigned)(p - plans) / 2);
    if (p->kind == RIG_USERS)
        rig_write_users(rig_path("%s", p->file), prefix, p->users);
    else if (p->kind == RIG_LINKS)
        rig_write_links(rig_path("%s", p->file), prefix, p->users);
    else
        rig_write_events_of(rig_path("%s", p->file), prefix, p->users, p->each,
                            2010 + (unsigned)(p - plans)); /* no events that come again */
}

static void note(const char *tape, uint64_t acknowledged, uint64_t started)
{
    struct tape_entry e[2] = {{.kind = TAPE_ACK, .at = acknowledged}, {.kind = TAPE_START, .at = started}};
    int fd = open(tape, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0 || write(fd, e, sizeof(e)) != sizeof(e) || close(fd) != 0)
        rig_broken("cannot write the tape");
}

static void run_plan(const struct plan *p, const char *tape, bool nosync, int64_t kill_after_us,
                     struct rig_exit *x)
{
    const char *kind = rig_kind_name(p->kind);
    rig_run(x, &(struct rig_call){
                   .arg = {"-s", rig_path("taped"), "import", kind, rig_path("%s", p->file), "--quiet"},
                   .env = {rig_env("LD_PRELOAD", rig_so("tape.so")), rig_env("TAPE_FILE", tape),
                           rig_env("TAPE_DIR", rig_path("taped")), rig_env("TAPE_NOSYNC", nosync ? "1" : "0"),
                           "WAYMARK_COMMIT_BYTES=4K", "WAYMARK_MAP_SIZE=64M"},
                   .kill_after_us = kill_after_us});
}

static void make_tape(bool nosync)
{
    uint64_t acknowledged = 0, started = 0;
    const char *tape = rig_path("tape");
    int fd = open(tape, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        rig_broken("cannot make the tape");
    close(fd);
    rig_remove(rig_path("taped"));
    for (size_t i = 0; i < IMPORTS; i++) {
        struct rig_exit x;
        note(tape, acknowledged, started |= UINT64_C(1) << i);
        run_plan(&plans[i], tape, nosync, plans[i].killed ? 2000 + rand_below(&rig.rand, 8000) : 0, &x);
        if (x.status == 0)
            acknowledged |= UINT64_C(1) << i;
        else if (!plans[i].killed)
            rig_broken("recording %s: status %d: %s", plans[i].file, x.status, x.err);
        rig_exit_done(&x);
        note(tape, acknowledged, started);
    }
}

static char *read_all(const char *path, size_t *n)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        rig_broken("cannot read %s", path);
    char *p = mem_alloc((size_t)st.st_size + 1);
    *n = (size_t)st.st_size;
    for (size_t at = 0; at < *n;) {
        ssize_t got = read(fd, p + at, *n - at);
        if (got <= 0)
            rig_broken("cannot read %s", path);
        at += (size_t)got;
    }
    close(fd);
    return p;
}

static void record(struct recording *r, bool nosync)
{
    size_t n;
    *r = (struct recording){0};
    make_tape(nosync);
    r->tape = read_all(rig_path("tape"), &n);
    for (size_t at = 0; at + sizeof(struct tape_entry) <= n;) {
        struct entry x = {.acknowledged = r->acknowledged, .started = r->started};
        memcpy(&x.e, r->tape + at, sizeof(x.e));
        at += sizeof(x.e);
        x.bytes = (const unsigned char *)r->tape + at;
        at += x.e.bytes;
        if (x.e.kind == TAPE_ACK)
            r->acknowledged = x.e.at;
        else if (x.e.kind == TAPE_START)
            r->started = x.e.at;
        else if (strcmp(x.e.file, "data.mdb") == 0)
            vec_push(&r->entry, x);
        else
            continue;
    }
    if (r->entry.n < 50)
        rig_broken("tape.so saw only %zu changes", r->entry.n);
}

/* ---- making a state */

static void disk_size(struct disk *d, size_t n)
{
    if (n > FILE_MOST)
        rig_broken("the recorded file is too large");
    if (n > d->n)
        memset(d->p + d->n, 0, n - d->n);
    d->n = n;
}

static void disk_put(struct disk *d, uint64_t at, const unsigned char *bytes, size_t n)
{
    if (at + n > d->n)
        disk_size(d, at + n);
    memcpy(d->p + at, bytes, n);
}

/* Each sector of a write reaches the disk or not. */
static void disk_put_some(struct disk *d, const struct entry *x, double chance)
{
    uint64_t at = x->e.at, end = at + x->e.bytes;
    while (at < end) {
        uint64_t next = (at / SECTOR + 1) * SECTOR;
        next = next < end ? next : end;
        if (rand_unit(&rig.rand) < chance)
            disk_put(d, at, x->bytes + (at - x->e.at), (size_t)(next - at));
        at = next;
    }
}

static void disk_apply(struct disk *d, const struct entry *x)
{
    if (x->e.kind == TAPE_SIZE)
        disk_size(d, x->e.at);
    else if (x->e.kind != TAPE_SYNC)
        disk_put(d, x->e.at, x->bytes, x->e.bytes);
}

/* The disk when power goes while entry `now` is under way. `safe` holds all entries before `first`. */
static void make_state(struct disk *out, const struct disk *safe, const struct recording *r, size_t first,
                       size_t now)
{
    static const double chances[] = {0, 0.1, 0.5, 0.9, 1};
    double chance = chances[rand_below(&rig.rand, 5)];
    size_t longest = safe->n;
    out->n = safe->n;
    memcpy(out->p, safe->p, safe->n);
    for (size_t i = first; i <= now && i < r->entry.n; i++) {
        const struct entry *x = &r->entry.at[i];
        if (x->e.kind == TAPE_SYNC_WRITE && i < now)
            disk_apply(out, x);
        else if (x->e.kind == TAPE_WRITE || x->e.kind == TAPE_SYNC_WRITE)
            disk_put_some(out, x, chance);
        else if (x->e.kind == TAPE_SIZE && rand_unit(&rig.rand) < chance)
            disk_apply(out, x);
        if (x->e.kind != TAPE_SYNC && x->e.at + x->e.bytes > longest)
            longest = x->e.at + x->e.bytes;
    }
    /* The new length may be on the disk before the bytes are. */
    if (longest > out->n && rand_below(&rig.rand, 4) == 0)
        disk_size(out,
                  out->n + (1 + rand_below(&rig.rand, (uint32_t)((longest - out->n) / SECTOR + 1))) * SECTOR);
}

/* Takes what the sync at entry `now` made safe. */
static void make_safe(struct disk *safe, const struct recording *r, size_t *first, size_t now)
{
    for (; *first <= now; ++*first)
        disk_apply(safe, &r->entry.at[*first]);
}

/* ---- judging a state */

static void write_file(const char *path, const void *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || close(fd) != 0)
        rig_broken("cannot write %s", path);
}

/* lock.mdb and writer hold nothing that must survive: they are absent, or left over. */
static void write_store(const struct disk *d)
{
    static const char zero[8192];
    rig_remove(rig_path("state"));
    if (mkdir(rig_path("state"), 0700) != 0)
        rig_broken("cannot make a folder");
    write_file(rig_path("state/data.mdb"), d->p, d->n);
    if (rand_below(&rig.rand, 2)) {
        write_file(rig_path("state/lock.mdb"), zero, sizeof(zero));
        write_file(rig_path("state/writer"), "12345\n", 6);
    }
}

static void remember(void *arg, const struct verify_finding *f)
{
    char *said = arg;
    if (!*said)
        snprintf(said, 400, "%.150s: %.240s", f->where, f->what);
}

static const struct plan *plan_of(struct str source)
{
    for (size_t i = 0; i < IMPORTS; i++) {
        size_t n = strlen(plans[i].file);
        if (source.n >= n && memcmp(source.p + source.n - n, plans[i].file, n) == 0)
            return &plans[i];
    }
    return NULL;
}

static uint64_t rows_of(const struct snapshot *s, enum table t)
{
    const struct part *part;
    uint64_t rows = 0;
    size_t n = snapshot_parts(s, t, &part);
    for (size_t i = 0; i < n; i++)
        rows += part[i].rows;
    return rows;
}

/* NULL when exactly what was acknowledged is there, or that and what was under way. */
static const char *count_imports(const struct snapshot *s, const struct entry *x)
{
    const struct import_def *d;
    size_t n = snapshot_imports(s, &d);
    uint64_t there = 0, events = 0, users = 0;
    for (size_t i = 0; i < n; i++) {
        const struct plan *p = plan_of(d[i].source);
        if (!p || d[i].stored != rows_of_plan(p))
            return "an import is not as it was made";
        there |= UINT64_C(1) << (p - plans);
        *(p->kind == RIG_EVENTS ? &events : &users) += d[i].stored;
    }
    if (x->acknowledged & ~there)
        return "an acknowledged import is missing";
    if (there & ~x->started)
        return "an import is there before it began";
    return events == rows_of(s, TABLE_EVENTS) && users == rows_of(s, TABLE_USERS) ? NULL : "rows are missing";
}

static const char *look_inside(const char *dir, const struct entry *x, char said[400])
{
    struct err err = {0};
    const char *why = said;
    struct env *env = env_open(dir, ENV_READ, &err);
    struct snapshot *s = env ? snapshot_open(env, &err) : NULL;
    if (s) {
        why = count_imports(s, x);
        snapshot_close(s);
    } else {
        snprintf(said, 400, "%.390s", err.text);
    }
    env_close(env);
    return why;
}

static const char *judge_next(const char *dir, char said[400])
{
    struct rig_exit x;
    rig_run(&x, &(struct rig_call){.arg = {"-s", dir, "import", "events", rig_path("next.csv"), "--quiet"}});
    bool ok = x.status == 0;
    snprintf(said, 400, "the next import: status %d: %.300s", x.status, x.err);
    rig_exit_done(&x);
    if (!ok)
        return said;
    const char *why = rig_check(dir);
    snprintf(said, 400, "after the next import: %.300s", why ? why : "");
    return why ? said : NULL;
}

/* Before the first acknowledgement there may be no store yet, or one half made: nothing is lost by refusing
 * it. */
static const char *judge_unborn(bool refused)
{
    tally.unborn++;
    tally.unborn_refused += refused;
    return NULL;
}

static const char *judge(const struct entry *x, char said[400])
{
    const char *dir = rig_path("state");
    struct verify_report report;
    struct err err = {0};
    *said = '\0';
    bool checked = verify_store(dir, NULL, remember, said, &report, &err);
    if (!x->acknowledged && (!checked || strncmp(said, "data.mdb", 8) == 0))
        return judge_unborn(checked);
    if (!checked) {
        snprintf(said, 400, "%.390s", err.text);
        return said;
    }
    if (report.damaged)
        return said;
    const char *why = look_inside(dir, x, said);
    if (!why && tally.states % NEXT_EVERY == 0) {
        tally.next++;
        why = judge_next(dir, said);
    }
    return why;
}

/* ---- many states */

static int by_value(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* In the order of the tape, so that what is safe is put together once. */
static size_t *moments(const struct recording *r, unsigned n)
{
    size_t *at = mem_alloc(n * sizeof(*at));
    for (unsigned i = 0; i < n; i++)
        at[i] = rand_below(&rig.rand, (uint32_t)r->entry.n + 1);
    qsort(at, n, sizeof(*at), by_value);
    return at;
}

/* enough: stop after so many bad states. */
static void try_states(const struct recording *r, unsigned n, bool silent, unsigned enough)
{
    struct disk safe = {mem_alloc(FILE_MOST), 0}, state = {mem_alloc(FILE_MOST), 0};
    size_t first = 0, at = 0, *moment = moments(r, n);
    const struct entry last = {.acknowledged = r->acknowledged, .started = r->started};
    memset(&tally, 0, sizeof(tally));
    for (unsigned i = 0; i < n && tally.bad < enough; i++) {
        for (; at < moment[i]; at++)
            if (r->entry.at[at].e.kind == TAPE_SYNC)
                make_safe(&safe, r, &first, at);
        make_state(&state, &safe, r, first, moment[i]);
        write_store(&state);
        char said[400];
        const char *why = judge(moment[i] < r->entry.n ? &r->entry.at[moment[i]] : &last, said);
        tally.states++;
        tally.bad += why != NULL;
        if (why && !silent)
            rig_fail("power cut at change %zu of %zu: %s", moment[i], r->entry.n, why);
    }
    free(moment);
    free(safe.p);
    free(state.p);
}

static void recording_done(struct recording *r)
{
    free(r->tape);
    vec_done(&r->entry);
}

int main(int argc, char **argv)
{
    struct recording r;
    rig_begin(argc, argv, 300, 20000);
    rig_need_preload();
    setenv("WAYMARK_MAP_SIZE", "64M", 1);
    for (size_t i = 0; i < IMPORTS; i++)
        write_plan(&plans[i]);
    rig_write_events(rig_path("next.csv"), "next", 20, 3);
    record(&r, false);
    try_states(&r, rig.runs, false, UINT32_MAX);
    printf("%u states of %zu changes: %u bad; %u without a store yet (%u of these refused as damaged); %u "
           "more imports\n",
           tally.states, r.entry.n, tally.bad, tally.unborn, tally.unborn_refused, tally.next);
    recording_done(&r);
    record(&r, true);
    try_states(&r, rig.runs, true, rig.all ? UINT32_MAX : 20);
    printf("with MDB_NOSYNC: %u of %u states bad\n", tally.bad, tally.states);
    if (tally.bad < 5)
        rig_fail("a store without syncs passed: the simulation proves nothing");
    recording_done(&r);
    return rig_end();
}
