/* patch.c - see patch.h. */
#include "config.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/intern.h"
#include "base/os.h"
#include "patch.h"
#include "store/batch.h"
#include "store/links.h"
#include "store/tree.h"

#define PAGE 4096u
/* The fuzzer's is small, so that millions of them can be tried. */
#ifdef FUZZ_STANDALONE
enum { USERS = 24, EACH = 3, ROWS = USERS * EACH };
#else
enum { USERS = 300, EACH = 5, ROWS = USERS * EACH };
#endif

static struct buf base;

/* ---- the sound store: two imports of events, one of attributes, one of links, a note, and what a dead
 * import left */

static _Noreturn void broken(const struct err *err)
{
    fprintf(stderr, "the store to begin with: %s\n", err->text);
    abort();
}

static void must(bool ok, const struct err *err)
{
    if (!ok)
        broken(err);
}

static uint32_t code(struct batch *b, uint16_t column, const char *prefix, unsigned n)
{
    char text[40];
    uint32_t c;
    struct err err;
    snprintf(text, sizeof(text), "%s%u", prefix, n);
    must(batch_code(b, column, str_of(text), &c, &err), &err);
    return c;
}

static void write_part(struct batch *b, const uint16_t *column, size_t columns, size_t rows,
                       const uint32_t *user, const int64_t *const *value)
{
    struct err err;
    struct part_writer *w = part_begin(b, column, columns, &err);
    must(w && part_append(w, rows, user, value, &err) && part_end(w, &err), &err);
}

static void commit(struct batch *b, uint64_t rows)
{
    struct err err;
    struct import_def info = {.rows = rows, .stored = rows, .users = USERS, .source = STR("seed")};
    must(batch_commit(b, &info, &err), &err);
}

static void add_events(struct env *env, unsigned round)
{
    static int64_t time[ROWS], event[ROWS], channel[ROWS], amount[ROWS];
    static uint32_t user[ROWS];
    uint16_t column[4] = {COL_TIME, COL_EVENT, 0, 0};
    struct err err = {0};
    struct batch *b = batch_begin(env, TABLE_EVENTS, 0, &err);
    must(b && batch_column(b, STR("channel"), COLUMN_CODE, &column[2], &err) &&
             batch_column(b, STR("amount"), COLUMN_NUMBER, &column[3], &err) &&
             batch_note(b, "tz", STR("Asia/Shanghai"), &err),
         &err);
    uint32_t first = code(b, COL_USER, "customer", USERS * round);
    for (unsigned i = 1; i < USERS; i++)
        code(b, COL_USER, "customer", USERS * round + i);
    for (unsigned i = 0; i < ROWS; i++) {
        user[i] = first + i / EACH;
        time[i] = INT64_C(1700000000000000) + (int64_t)(i % EACH) * 60000000 + (int64_t)i * 7000;
        event[i] = code(b, COL_EVENT, "event", i * i % 7);
        channel[i] = i % 11 ? (int64_t)code(b, column[2], "channel", i % 3) : COLUMN_NULL;
        amount[i] = i % 9 ? COLUMN_NULL : column_of_number((double)i / 4);
    }
    write_part(b, column, 4, ROWS, user, (const int64_t *const[]){time, event, channel, amount});
    commit(b, ROWS);
}

static void add_users(struct env *env)
{
    static int64_t city[USERS], vip[USERS];
    static uint32_t user[USERS];
    uint16_t column[2];
    struct err err = {0};
    struct batch *b = batch_begin(env, TABLE_USERS, 0, &err);
    must(b && batch_column(b, STR("city"), COLUMN_CODE, &column[0], &err) &&
             batch_column(b, STR("vip"), COLUMN_BOOL, &column[1], &err),
         &err);
    for (unsigned i = 0; i < USERS; i++) {
        user[i] = i;
        city[i] = (int64_t)code(b, column[0], "city", i % 5);
        vip[i] = i % 2;
    }
    write_part(b, column, 2, USERS, user, (const int64_t *const[]){city, vip});
    commit(b, USERS);
}

/* Two other ids for every customer of the first import. */
static void add_links(struct env *env)
{
    static int64_t customer[2 * USERS];
    static uint32_t user[2 * USERS];
    uint16_t column = COL_CANON;
    struct err err = {0};
    struct batch *b = batch_begin(env, TABLE_USERS, 0, &err);
    must(b != NULL, &err);
    for (unsigned i = 0; i < 2 * USERS; i++) {
        user[i] = code(b, COL_USER, "device", i);
        customer[i] = i / 2;
    }
    write_part(b, &column, 1, 2 * USERS, user, (const int64_t *const[]){customer});
    commit(b, 2 * USERS);
}

/* An import that dies: its blocks are what the next one has to collect, freeing pages. In a process of its
 * own, which leaves without tidying up. */
static void add_orphans(const char *dir)
{
    struct err err = {0};
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        static int64_t time[ROWS], event[ROWS];
        static uint32_t user[ROWS];
        setenv("WAYMARK_COMMIT_BYTES", "1", 1);
        struct env *env = env_open(dir, ENV_WRITE, &err);
        struct batch *b = env ? batch_begin(env, TABLE_EVENTS, 0, &err) : NULL;
        must(b != NULL, &err);
        for (unsigned i = 0; i < ROWS; i++) {
            user[i] = code(b, COL_USER, "orphan", i);
            time[i] = (int64_t)i * i * 977;
            event[i] = code(b, COL_EVENT, "event", 0);
        }
        write_part(b, (const uint16_t[]){COL_TIME, COL_EVENT}, 2, ROWS, user,
                   (const int64_t *const[]){time, event});
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL); /* the blocks are written by a thread */
        _exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        abort();
}

struct str patch_base(void)
{
    if (base.n)
        return buf_view(&base);
    struct err err = {0};
    struct buf path = {0};
    setenv("WAYMARK_MAP_SIZE", "8M", 1);
    buf_printf(&path, "%s/base", fuzz_dir());
    struct env *env = env_open(path.p, ENV_WRITE, &err);
    must(env != NULL, &err);
    add_events(env, 0);
    add_users(env);
    add_links(env);
    add_events(env, 1);
    env_close(env);
    add_orphans(path.p);
    buf_puts(&path, "/data.mdb");
    must(os_read_file(path.p, 16u << 20, &base, &err), &err);
    buf_done(&path);
    return buf_view(&base);
}

/* ---- damage */

static void put64(struct patched *f, size_t at, uint64_t v)
{
    for (size_t i = 0; i < 8 && at + i < f->n; i++)
        f->p[at + i] = (unsigned char)(v >> 8 * i);
}

static void step(struct patched *f, struct fuzz_input *in)
{
    unsigned kind = fuzz_byte(in) % 7;
    uint32_t pages = (uint32_t)(f->n / PAGE);
    if (pages == 0)
        return;
    size_t page = fuzz_number(in, pages), at = page * PAGE + fuzz_number(in, PAGE);
    uint8_t value = fuzz_byte(in);
    switch (kind) {
    case 0: f->p[at] ^= (unsigned char)(1u << (value & 7)); break;
    case 1: f->p[at] = value; break;
    case 2: memset(f->p + page * PAGE, 0, PAGE); break;
    case 3: f->n = value & 1 ? page * PAGE : at; break;
    case 4: memcpy(f->p + page * PAGE, f->p + value % pages * PAGE, PAGE); break;
    case 5: put64(f, at & ~(size_t)7, value < 128 ? value : ~(uint64_t)0 - value); break;
    default: put64(f, at & ~(size_t)1, (uint64_t)value * 4096); break;
    }
    f->changes++;
}

struct resealing {
    struct patched *f;
    const unsigned char *map;
};

/* The block where it lay in the sound file gets a right checksum for what is there now. */
static bool reseal(void *arg, const struct key *k, const struct tree_value *v)
{
    struct resealing *r = arg;
    size_t at = (size_t)(v->p - r->map);
    if (v->n < BLOCK_HEADER || at + v->n > r->f->n)
        return true;
    struct buf b = {0};
    buf_put(&b, r->f->p + at, v->n);
    block_seal(&b, 0, k);
    memcpy(r->f->p + at, b.p, v->n);
    buf_done(&b);
    return true;
}

static void reseal_all(struct patched *f)
{
    struct str sound = patch_base();
    struct tree both[2], t;
    unsigned newest;
    const char *why;
    struct key every = {.n = 0};
    struct resealing r = {f, (const unsigned char *)sound.p};
    if (tree_meta(both, &newest, r.map, sound.n) || !tree_open(&t, r.map, sound.n, both[newest].txnid) ||
        !tree_each(&t, &every, reseal, &r, &why))
        abort();
}

void patch_make(struct patched *out, struct fuzz_input *in)
{
    static struct buf work;
    struct str sound = patch_base();
    work.n = 0;
    buf_str(&work, sound);
    *out = (struct patched){.p = (unsigned char *)work.p, .n = sound.n};
    out->resealed = fuzz_byte(in) & 1;
    while (in->n > 0)
        step(out, in);
    if (out->resealed)
        reseal_all(out);
}

/* ---- reading everything */

struct reader {
    const struct snapshot *s;
    uint64_t digest;
    struct err *err;
};

static void mix(struct reader *r, uint64_t x)
{
    r->digest = (r->digest ^ x) * UINT64_C(0x9E3779B97F4A7C15);
    r->digest ^= r->digest >> 29;
}

static void mix_text(struct reader *r, struct str s)
{
    mix(r, intern_hash(s));
    mix(r, s.n);
}

static void mix_view(struct reader *r, const struct column_view *v)
{
    int64_t value[512];
    mix(r, v->rows);
    for (uint32_t at = 0; at < v->rows; at += 512) {
        uint32_t n = v->rows - at < 512 ? v->rows - at : 512;
        column_decode(v, at, n, value);
        for (uint32_t i = 0; i < n; i++)
            mix(r, (uint64_t)value[i]);
    }
}

static bool read_dict(struct reader *r, uint16_t column)
{
    uint32_t n = dict_count(r->s, column);
    mix(r, n);
    for (uint32_t c = 0; c < n && c < 100000; c++) {
        struct str text;
        uint32_t back;
        if (!dict_get(r->s, column, c, &text, r->err) || !dict_find(r->s, column, text, &back, r->err))
            return false;
        mix_text(r, text);
        mix(r, back);
    }
    return true;
}

static bool read_part(struct reader *r, const struct part *p)
{
    struct run_view runs;
    struct column_view v;
    mix(r, p->rows);
    for (uint32_t b = 0; b < p->blocks; b++) {
        if (!part_runs(r->s, p, b, &runs, r->err))
            return false;
        mix_view(r, &runs.user);
        mix_view(r, &runs.start);
        for (uint32_t i = 0; i < p->columns; i++) {
            if (!part_column(r->s, p, b, p->column[i], &v, r->err))
                return false;
            mix(r, p->column[i]);
            mix_view(r, &v);
        }
        for (uint32_t c = 0; c < 16; c++)
            mix(r, part_has_code(r->s, p, b, c));
    }
    return true;
}

static bool read_columns(struct reader *r)
{
    const struct column_def *column;
    size_t n = snapshot_columns(r->s, &column);
    bool ok = read_dict(r, COL_USER) && read_dict(r, COL_EVENT);
    for (size_t i = 0; ok && i < n; i++) {
        mix_text(r, column[i].name);
        mix(r, column[i].type);
        ok = column[i].type != COLUMN_CODE || read_dict(r, column[i].id);
    }
    return ok;
}

static bool read_parts(struct reader *r)
{
    bool ok = true;
    for (int t = TABLE_EVENTS; ok && t <= TABLE_USERS; t++) {
        const struct part *part;
        size_t n = snapshot_parts(r->s, (enum table)t, &part);
        for (size_t i = 0; ok && i < n; i++)
            ok = read_part(r, &part[i]);
    }
    return ok;
}

static bool read_links(struct reader *r)
{
    const struct links *l;
    if (!snapshot_links(r->s, &l, r->err))
        return false;
    mix(r, l ? l->n : 0);
    for (uint32_t i = 0; l && i < l->users; i++)
        mix(r, l->customer[i]);
    for (size_t i = 0; l && i < l->start[l->groups]; i++)
        mix(r, l->member[i]);
    return true;
}

bool patch_read(struct env *env, uint64_t *digest, struct err *err)
{
    const struct import_def *d;
    struct snapshot *s = snapshot_open(env, err);
    if (!s)
        return false;
    struct reader r = {s, 1, err};
    size_t n = snapshot_imports(s, &d);
    for (size_t i = 0; i < n; i++) {
        mix_text(&r, d[i].source);
        mix(&r, d[i].stored);
    }
    mix_text(&r, snapshot_note(s, "tz"));
    bool ok = read_columns(&r) && read_parts(&r) && read_links(&r);
    *digest = r.digest;
    snapshot_close(s);
    return ok;
}
