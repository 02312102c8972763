#include "config.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/rand.h"
#include "base/vec.h"
#include "store/dict.h"
#include "store/links.h"
#include "store/snapshot_open.h"
#include "store_world.h"

/* ---- directories */

char *world_dir(void)
{
    const char *tmp = getenv("TMPDIR");
    struct buf b = {0};
    buf_printf(&b, "%s/waymark-store-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(b.p))
        abort();
    return b.p;
}

void world_remove(const char *dir)
{
    static const char *const names[] = {"data.mdb", "lock.mdb", "writer"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct buf b = {0};
        buf_printf(&b, "%s/%s", dir, names[i]);
        unlink(b.p);
        buf_done(&b);
    }
    rmdir(dir);
}

/* ---- rows */

enum { VALUES = 6 }; /* time, event, channel, amount, ok, due */
struct row {
    char user[24], event[24], channel[24];
    int64_t time, amount, ok, due; /* COLUMN_NULL: missing */
    uint32_t user_code;
    int64_t value[VALUES];
};

static void draw_row(struct rand *r, struct row *row, bool attributes, unsigned i)
{
    *row = (struct row){.due = COLUMN_NULL, .amount = COLUMN_NULL};
    /* Attributes: one row per user; events: users of this import and those of others mixed, some with many
     * rows. */
    unsigned user = attributes ? 3 * i : rand_below(r, 3) ? rand_below(r, 4000) : rand_below(r, 7);
    snprintf(row->user, sizeof(row->user), "u%u", user);
    row->time = 1500000000000000 + (int64_t)rand_below(r, 864000) * 100000;
    snprintf(row->event, sizeof(row->event), "event%u", rand_below(r, 40) * rand_below(r, 40));
    if (rand_below(r, 4))
        snprintf(row->channel, sizeof(row->channel), "channel%u", rand_below(r, 5));
    if (rand_below(r, 12) == 0)
        row->amount = column_of_number(rand_below(r, 1000000) / 100.0);
    row->ok = rand_below(r, 2);
    if (rand_below(r, 3))
        row->due = row->time + (int64_t)rand_below(r, 1000) * 86400000000;
}

static bool attributes_of(unsigned number)
{
    return number % 4 == 3;
}

/* What the row says, as one number; no printf: it is asked of every row again and again. */
static uint64_t row_hash(bool attributes, const struct row *w)
{
    struct {
        char user[24], event[24], channel[24];
        int64_t time, amount, ok, due;
    } said = {.time = attributes ? 0 : w->time, .amount = w->amount, .ok = w->ok, .due = w->due};
    memcpy(said.user, w->user, strlen(w->user));
    memcpy(said.channel, w->channel, strlen(w->channel));
    if (!attributes)
        memcpy(said.event, w->event, strlen(w->event));
    return dict_hash((struct str){(const char *)&said, sizeof(said)});
}

uint64_t world_expected(unsigned number, unsigned rows)
{
    struct rand r;
    uint64_t sum = 0;
    rand_seed(&r, number);
    for (unsigned i = 0; i < rows; i++) {
        struct row row;
        draw_row(&r, &row, attributes_of(number), i);
        sum += row_hash(attributes_of(number), &row);
    }
    return sum;
}

/* ---- writing */

static bool code(struct batch *b, uint16_t column, const char *text, int64_t *out, struct err *err)
{
    uint32_t c;
    *out = COLUMN_NULL;
    if (!*text)
        return true;
    if (!batch_code(b, column, str_of(text), &c, err))
        return false;
    *out = c;
    return true;
}

static bool encode_row(struct batch *b, struct row *w, bool attributes, const uint16_t *column,
                       struct err *err)
{
    int64_t user;
    if (!code(b, COL_USER, w->user, &user, err) ||
        (!attributes && !code(b, COL_EVENT, w->event, &w->value[1], err)) ||
        !code(b, column[2], w->channel, &w->value[2], err))
        return false;
    w->user_code = (uint32_t)user;
    w->value[0] = w->time;
    w->value[3] = w->amount;
    w->value[4] = w->ok;
    w->value[5] = w->due;
    return true;
}

static int by_user_time(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->user_code != y->user_code)
        return x->user_code < y->user_code ? -1 : 1;
    return x->time < y->time ? -1 : x->time > y->time;
}

static bool write_part(struct batch *b, const struct row *row, unsigned rows, const uint16_t *column,
                       bool attributes, struct err *err)
{
    unsigned skip = attributes ? 2 : 0; /* no time, no event */
    struct part_writer *w = part_begin(b, column + skip, VALUES - skip, err);
    if (!w)
        return false;
    uint32_t user[512];
    int64_t value[VALUES][512];
    const int64_t *given[VALUES];
    for (unsigned at = 0; at < rows;) {
        unsigned n = rows - at < 512 ? rows - at : 512;
        for (unsigned i = 0; i < n; i++) {
            user[i] = row[at + i].user_code;
            for (unsigned c = skip; c < VALUES; c++)
                value[c][i] = row[at + i].value[c];
        }
        for (unsigned c = skip; c < VALUES; c++)
            given[c - skip] = value[c];
        if (!part_append(w, n, user, given, err)) {
            part_drop(w);
            return false;
        }
        at += n;
    }
    return part_end(w, err);
}

static bool fill(struct batch *b, unsigned number, unsigned rows, struct err *err)
{
    bool attributes = attributes_of(number), ok = true;
    uint16_t column[VALUES] = {COL_TIME, COL_EVENT};
    if (!batch_column(b, STR("channel"), COLUMN_CODE, &column[2], err) ||
        !batch_column(b, STR("amount"), COLUMN_NUMBER, &column[3], err) ||
        !batch_column(b, STR("ok"), COLUMN_BOOL, &column[4], err) ||
        !batch_column(b, STR("due"), COLUMN_TIME, &column[5], err))
        return false;
    struct rand r;
    struct row *row = mem_alloc((rows + 1) * sizeof(*row));
    rand_seed(&r, number);
    for (unsigned i = 0; ok && i < rows; i++) {
        draw_row(&r, &row[i], attributes, i);
        ok = encode_row(b, &row[i], attributes, column, err);
    }
    if (ok) {
        qsort(row, rows, sizeof(*row), by_user_time);
        /* Several parts, cut anywhere but within attributes' users, which are distinct anyway. */
        unsigned third = rows / 3;
        ok = write_part(b, row, third, column, attributes, err) &&
             write_part(b, row + third, rows - third, column, attributes, err);
    }
    free(row);
    char text[32];
    snprintf(text, sizeof(text), "note of %u", number);
    return ok && batch_note(b, "last", str_of(text), err);
}

struct batch *world_begin_import(struct env *env, unsigned number, unsigned rows, struct err *err)
{
    struct batch *b = batch_begin(env, attributes_of(number) ? TABLE_USERS : TABLE_EVENTS, 0, err);
    if (b && !fill(b, number, rows, err)) {
        batch_abort(b);
        return NULL;
    }
    return b;
}

bool world_import(struct env *env, unsigned number, unsigned rows, struct err *err)
{
    struct batch *b = world_begin_import(env, number, rows, err);
    struct import_def info = {.rows = rows, .stored = rows, .users = number, .source = STR("world")};
    return b && batch_commit(b, &info, err);
}

/* ---- links */

struct link_name {
    char text[32];
};

static struct link_name alias_of(unsigned round, unsigned i)
{
    struct link_name n;
    snprintf(n.text, sizeof(n.text), "x%u_%u", round, i);
    return n;
}

/* Whom round `round` says that its i-th id is: a customer, or an id of the round before. */
static struct link_name target_of(unsigned round, unsigned i)
{
    struct link_name n;
    if (round > 1 && i % 5 == 0)
        return alias_of(round - 1, i);
    snprintf(n.text, sizeof(n.text), "u%u", 3 * i + round % 3);
    return n;
}

static bool fill_links(struct batch *b, unsigned round, struct err *err)
{
    uint32_t user[WORLD_LINKS];
    int64_t customer[WORLD_LINKS], alias;
    const uint16_t column = COL_CANON;
    /* All ids of a round are new: their codes ascend, as a part's rows have to. */
    for (unsigned i = 0; i < WORLD_LINKS; i++) {
        if (!code(b, COL_USER, alias_of(round, i).text, &alias, err))
            return false;
        user[i] = (uint32_t)alias;
    }
    for (unsigned i = 0; i < WORLD_LINKS; i++)
        if (!code(b, COL_USER, target_of(round, i).text, &customer[i], err))
            return false;
    struct part_writer *w = part_begin(b, &column, 1, err);
    if (!w)
        return false;
    if (part_append(w, WORLD_LINKS, user, (const int64_t *const[]){customer}, err))
        return part_end(w, err);
    part_drop(w);
    return false;
}

bool world_import_links(struct env *env, unsigned round, struct err *err)
{
    struct import_def info = {.rows = WORLD_LINKS, .stored = WORLD_LINKS, .source = STR("links")};
    struct batch *b = batch_begin(env, TABLE_USERS, 0, err);
    if (b && !fill_links(b, round, err)) {
        batch_abort(b);
        return false;
    }
    return b && batch_commit(b, &info, err);
}

/* Where the chain ends that begins at the i-th id of a round which is there. */
static struct link_name end_of(unsigned round, unsigned i, const bool *gone)
{
    struct link_name at = alias_of(round, i);
    for (; round > 0 && !(gone && gone[round]); round--) {
        at = target_of(round, i);
        if (*at.text != 'x')
            break;
    }
    return at;
}

static bool link_is_wrong(const struct snapshot *s, const struct links *l, unsigned round, unsigned i,
                          const bool *gone, bool *wrong, struct err *err)
{
    uint32_t alias, customer;
    if (!dict_find(s, COL_USER, str_of(alias_of(round, i).text), &alias, err) ||
        !dict_find(s, COL_USER, str_of(end_of(round, i, gone).text), &customer, err))
        return false;
    *wrong = alias == UINT32_MAX || customer == UINT32_MAX || links_customer(l, alias) != customer;
    return true;
}

bool world_links_wrong(const struct snapshot *s, unsigned rounds, const bool *gone, unsigned *wrong,
                       struct err *err)
{
    const struct links *l;
    bool one;
    *wrong = 0;
    if (!snapshot_links(s, &l, err))
        return false;
    for (unsigned round = 1; round <= rounds; round++)
        for (unsigned i = 0; i < WORLD_LINKS; i++) {
            if (!link_is_wrong(s, l, round, i, gone, &one, err))
                return false;
            *wrong += one;
        }
    return true;
}

/* ---- reading */

struct reading {
    const struct snapshot *s;
    const struct part *p;
    uint32_t block, import;
    struct column_view view[VALUES], imports;
    uint16_t column[VALUES];
};

static bool text(const struct snapshot *s, uint16_t column, int64_t code_, char *out, size_t size,
                 struct err *err)
{
    struct str t;
    if (code_ == COLUMN_NULL)
        return true;
    if (!dict_get(s, column, (uint32_t)code_, &t, err))
        return false;
    snprintf(out, size, "%.*s", (int)t.n, t.p);
    return true;
}

static bool read_row(const struct reading *r, uint32_t i, uint32_t user, uint64_t *sum, struct err *err)
{
    struct row w = {.time = column_at(&r->view[0], i)};
    bool attributes = r->p->table == TABLE_USERS;
    if (!text(r->s, COL_USER, user, w.user, sizeof(w.user), err) ||
        (!attributes && !text(r->s, COL_EVENT, column_at(&r->view[1], i), w.event, sizeof(w.event), err)) ||
        !text(r->s, r->column[2], column_at(&r->view[2], i), w.channel, sizeof(w.channel), err))
        return false;
    w.amount = column_at(&r->view[3], i);
    w.ok = column_at(&r->view[4], i);
    w.due = column_at(&r->view[5], i);
    *sum += row_hash(attributes, &w);
    return true;
}

static bool read_block(struct reading *r, uint64_t *sum, struct err *err)
{
    struct run_view runs;
    if (!part_runs(r->s, r->p, r->block, &runs, err))
        return false;
    for (unsigned c = 0; c < VALUES; c++)
        if (!part_column(r->s, r->p, r->block, r->column[c], &r->view[c], err))
            return false;
    if (!part_column(r->s, r->p, r->block, COL_IMPORT, &r->imports, err))
        return false;
    uint32_t rows = r->p->block[r->block].rows;
    for (uint32_t run = 0; run < runs.n; run++) {
        uint32_t end = run + 1 < runs.n ? (uint32_t)column_at(&runs.start, run + 1) : rows;
        for (uint32_t i = (uint32_t)column_at(&runs.start, run); i < end; i++)
            if (column_at(&r->imports, i) == (int64_t)r->import &&
                !read_row(r, i, (uint32_t)column_at(&runs.user, run), sum, err))
                return false;
    }
    return true;
}

bool world_found(const struct snapshot *s, uint32_t import, uint64_t *sum, struct err *err)
{
    static const char *const name[VALUES] = {NULL, NULL, "channel", "amount", "ok", "due"};
    *sum = 0;
    for (int table = 0; table < 2; table++) {
        const struct part *part;
        size_t n = snapshot_parts(s, (enum table)table, &part);
        for (size_t i = 0; i < n; i++) {
            struct reading r = {.s = s, .p = &part[i], .import = import, .column = {COL_TIME, COL_EVENT}};
            for (unsigned c = 2; c < VALUES; c++) {
                const struct column_def *d = snapshot_column(s, (enum table)table, str_of(name[c]));
                r.column[c] = d ? d->id : UINT16_MAX;
            }
            for (r.block = 0; r.block < part[i].blocks; r.block++)
                if (!read_block(&r, sum, err))
                    return false;
        }
    }
    return true;
}

uint64_t world_live_keys(const struct snapshot *s)
{
    const struct catalog *c = s->catalog;
    uint64_t n = 1 + c->columns + c->imports + c->notes + c->dicts;
    for (size_t i = 0; i < c->dicts; i++) {
        n += c->dict[i].blocks;
        for (uint32_t j = 0; j < c->dict[i].runs; j++)
            n += UINT64_C(1) << c->dict[i].run[j].run.bits;
    }
    for (int table = 0; table < 2; table++)
        for (size_t i = 0; i < c->parts[table]; i++) {
            const struct part *p = &c->part[table][i];
            uint64_t chunks = (p->blocks + DIRECTORY_CHUNK - 1) / DIRECTORY_CHUNK;
            n += chunks * (table == TABLE_EVENTS ? 2 : 1) + (uint64_t)p->blocks * (p->columns + 1);
        }
    return n;
}

uint64_t world_keys(const struct snapshot *s)
{
    return s->tree.main.entries;
}
