/* analysis_fake.c - a log as a store in memory: the functions of env.h and snapshot.h over blocks of a few
 * rows, so that users lie across many blocks and parts. Columns go through the real encoder, with all its
 * widths. */
#include "config.h"
#include "analysis_log.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "store/links.h"

const uint64_t log_rounds_per_thousand = 1000;

enum { COL_CHANNEL = COL_FIRST, COL_AMOUNT, COL_AGE, COLUMNS = COL_AGE - COL_FIRST + 1, KEPT = 8 };

struct fake_block {
    struct buf bytes[KEPT]; /* user, start, then the columns of fake_columns */
};
static const uint16_t event_columns[] = {COL_TIME, COL_EVENT, COL_CHANNEL, COL_AMOUNT};
static const uint16_t user_columns[] = {COL_AGE};

struct env {
    struct arena arena;
    struct part part[2][40];
    struct fake_block *block[2][40];
    size_t parts[2];
    uint32_t users;
    struct column_def def[COLUMNS];
    const char *sets; /* the note of page sets */
};
struct snapshot {
    struct env *env;
};

/* ---- filling */

static void encode(struct buf *out, enum column_type type, const int64_t *v, uint32_t n)
{
    column_encode(out, type, v, n);
}

struct fill {
    const struct log_row *row;
    uint32_t n;
};

static int64_t value_of(const struct log_row *r, uint16_t column)
{
    switch (column) {
    case COL_TIME: return r->time;
    case COL_EVENT: return r->event;
    case COL_CHANNEL: return r->channel == LOG_NONE ? COLUMN_NULL : r->channel;
    default: return r->has_amount ? column_of_number(r->amount) : COLUMN_NULL;
    }
}

static enum column_type type_of(uint16_t column)
{
    return column == COL_TIME                          ? COLUMN_TIME
           : column == COL_AMOUNT || column == COL_AGE ? COLUMN_NUMBER
                                                       : COLUMN_CODE;
}

static void fill_runs(struct fake_block *b, struct block_info *info, const struct log_row *row, uint32_t n)
{
    int64_t *user = mem_alloc(n * sizeof(*user)), *start = mem_alloc(n * sizeof(*start));
    uint32_t runs = 0;
    for (uint32_t i = 0; i < n; i++)
        if (!i || row[i].user != row[i - 1].user) {
            user[runs] = row[i].user;
            start[runs++] = i;
        }
    encode(&b->bytes[0], COLUMN_CODE, user, runs);
    encode(&b->bytes[1], COLUMN_CODE, start, runs);
    *info = (struct block_info){row[0].user, row[n - 1].user, n, runs, INT64_MAX, INT64_MIN};
    for (uint32_t i = 0; i < n; i++) {
        info->min_time = row[i].time < info->min_time ? row[i].time : info->min_time;
        info->max_time = row[i].time > info->max_time ? row[i].time : info->max_time;
    }
    free(user);
    free(start);
}

static void fill_columns(struct fake_block *b, const struct log_row *row, uint32_t n)
{
    int64_t *v = mem_alloc(n * sizeof(*v));
    for (size_t c = 0; c < 4; c++) {
        for (uint32_t i = 0; i < n; i++)
            v[i] = value_of(&row[i], event_columns[c]);
        encode(&b->bytes[2 + c], type_of(event_columns[c]), v, n);
    }
    free(v);
}

static void add_part(struct env *e, const struct log *l, uint32_t import, const struct log_row *row,
                     uint32_t n)
{
    uint32_t blocks = (n + l->block_rows - 1) / l->block_rows;
    size_t k = e->parts[TABLE_EVENTS]++;
    struct block_info *info = arena_array(&e->arena, struct block_info, blocks);
    struct fake_block *block = arena_array(&e->arena, struct fake_block, blocks);
    for (uint32_t b = 0; b < blocks; b++) {
        uint32_t at = b * l->block_rows, rows = n - at < l->block_rows ? n - at : l->block_rows;
        fill_runs(&block[b], &info[b], row + at, rows);
        fill_columns(&block[b], row + at, rows);
    }
    e->block[TABLE_EVENTS][k] = block;
    e->part[TABLE_EVENTS][k] =
        (struct part){(uint32_t)k + 1, import + 1, TABLE_EVENTS, n, blocks, info, 4, event_columns};
}

/* Two layers of ages: the older one is wrong for everyone the newer one knows. */
static void add_ages(struct env *e, const struct log *l, bool newest)
{
    int64_t *user = mem_alloc((l->users + 1) * sizeof(*user)),
            *age = mem_alloc((l->users + 1) * sizeof(*age));
    uint32_t n = 0;
    for (uint32_t u = 0; u < l->users; u++) {
        bool second = u % 3 != 0;
        if (newest && !second)
            continue;
        double a = l->age.at[u];
        user[n] = u;
        age[n++] = newest || !second ? (a < 0 ? COLUMN_NULL : column_of_number(a)) : column_of_number(1000);
    }
    struct fake_block *block = arena_new(&e->arena, struct fake_block);
    struct block_info *info = arena_new(&e->arena, struct block_info);
    if (n) {
        size_t k = e->parts[TABLE_USERS]++;
        *info = (struct block_info){(uint32_t)user[0], (uint32_t)user[n - 1], n, n, COLUMN_NULL, COLUMN_NULL};
        encode(&block->bytes[0], COLUMN_CODE, user, n);
        encode(&block->bytes[2], COLUMN_NUMBER, age, n);
        for (uint32_t i = 0; i < n; i++)
            user[i] = i;
        encode(&block->bytes[1], COLUMN_CODE, user, n);
        e->block[TABLE_USERS][k] = block;
        e->part[TABLE_USERS][k] =
            (struct part){(uint32_t)k + 1, 100 + newest, TABLE_USERS, n, 1, info, 1, user_columns};
    }
    free(user);
    free(age);
}

struct env *log_fake(const struct log *l)
{
    struct env *e = mem_zalloc(sizeof(*e));
    struct log_row *row = mem_alloc((l->row.n + 1) * sizeof(*row));
    e->users = l->users;
    e->sets = l->sets;
    e->def[0] = (struct column_def){COL_CHANNEL, TABLE_EVENTS, COLUMN_CODE, STR("channel")};
    e->def[1] = (struct column_def){COL_AMOUNT, TABLE_EVENTS, COLUMN_NUMBER, STR("amount")};
    e->def[2] = (struct column_def){COL_AGE, TABLE_USERS, COLUMN_NUMBER, STR("age")};
    for (uint32_t i = 0; i < l->imports; i++) {
        uint32_t n = 0;
        for (size_t k = 0; k < l->row.n; k++)
            if (l->row.at[k].import == i)
                row[n++] = l->row.at[k];
        if (n)
            add_part(e, l, i, row, n);
    }
    add_ages(e, l, false);
    add_ages(e, l, true);
    free(row);
    return e;
}

void log_fake_free(struct env *e)
{
    log_leave(e);
    for (int t = 0; t < 2; t++)
        for (size_t p = 0; p < e->parts[t]; p++)
            for (uint32_t b = 0; b < e->part[t][p].blocks; b++)
                for (int k = 0; k < KEPT; k++)
                    buf_done(&e->block[t][p][b].bytes[k]);
    arena_done(&e->arena);
    free(e);
}

/* ---- env.h and snapshot.h */

const char *env_dir(const struct env *env)
{
    (void)env;
    return "fake";
}

struct snapshot *snapshot_open(struct env *env, struct err *err)
{
    (void)err;
    struct snapshot *s = mem_zalloc(sizeof(*s));
    s->env = env;
    return s;
}

void snapshot_close(struct snapshot *s)
{
    free(s);
}

size_t snapshot_columns(const struct snapshot *s, const struct column_def **out)
{
    *out = s->env->def;
    return COLUMNS;
}

const struct column_def *snapshot_column(const struct snapshot *s, enum table t, struct str name)
{
    for (size_t i = 0; i < COLUMNS; i++)
        if (s->env->def[i].table == t && str_eq(s->env->def[i].name, name))
            return &s->env->def[i];
    return NULL;
}

struct str snapshot_note(const struct snapshot *s, const char *key)
{
    return str_of(s->env->sets && strcmp(key, "sets") == 0 ? s->env->sets : "");
}

uint32_t dict_count(const struct snapshot *s, uint16_t column)
{
    return column == COL_USER    ? s->env->users
           : column == COL_EVENT ? LOG_EVENTS
                                 : (uint32_t)(column == COL_CHANNEL ? LOG_CHANNELS : 0);
}

static const char *text_of(uint16_t column, uint32_t code)
{
    return column == COL_USER ? log_user(code) : column == COL_EVENT ? log_event[code] : log_channel[code];
}

bool dict_get(const struct snapshot *s, uint16_t column, uint32_t code, struct str *out, struct err *err)
{
    if (code >= dict_count(s, column))
        return err_set(err, ERR_DAMAGED, "code %u beyond dictionary %u", code, column);
    *out = str_of(text_of(column, code));
    return true;
}

bool dict_find(const struct snapshot *s, uint16_t column, struct str text, uint32_t *code, struct err *err)
{
    (void)err;
    uint32_t n = dict_count(s, column);
    for (*code = 0; *code < n; ++*code)
        if (str_eq(str_of(text_of(column, *code)), text))
            return true;
    *code = UINT32_MAX;
    return true;
}

/* Nobody has several ids, and no import was merged. */
bool snapshot_links(const struct snapshot *s, const struct links **out, struct err *err)
{
    (void)s, (void)err;
    *out = NULL;
    return true;
}

size_t snapshot_imports(const struct snapshot *s, const struct import_def **out)
{
    (void)s;
    *out = NULL;
    return 0;
}

uint32_t dict_blocks(const struct snapshot *s, uint16_t column)
{
    return dict_count(s, column) > 0;
}

static bool contains(struct str text, struct str part)
{
    for (size_t i = 0; i + part.n <= text.n; i++)
        if (str_ieq((struct str){text.p + i, part.n}, part))
            return true;
    return false;
}

bool dict_search(const struct snapshot *s, uint16_t column, uint32_t from, uint32_t to, struct str part,
                 dict_found *found, void *arg, struct err *err)
{
    struct str text;
    for (uint32_t code = 0; from == 0 && to > 0 && code < dict_count(s, column); code++)
        if (dict_get(s, column, code, &text, err) && contains(text, part))
            found(arg, code, text);
    return true;
}

size_t snapshot_parts(const struct snapshot *s, enum table t, const struct part **out)
{
    *out = s->env->part[t];
    return s->env->parts[t];
}

static const struct fake_block *block_of(const struct snapshot *s, const struct part *p, uint32_t block)
{
    return &s->env->block[p->table][p->id - 1][block];
}

static bool view_of(const struct buf *b, struct column_view *out)
{
    return column_open(out, b->p, b->n);
}

bool part_runs(const struct snapshot *s, const struct part *p, uint32_t block, struct run_view *out,
               struct err *err)
{
    const struct fake_block *b = block_of(s, p, block);
    out->n = p->block[block].users;
    return (view_of(&b->bytes[0], &out->user) && view_of(&b->bytes[1], &out->start)) ||
           err_set(err, ERR_DAMAGED, "runs");
}

bool part_column(const struct snapshot *s, const struct part *p, uint32_t block, uint16_t column,
                 struct column_view *out, struct err *err)
{
    for (uint32_t i = 0; i < p->columns; i++)
        if (p->column[i] == column)
            return view_of(&block_of(s, p, block)->bytes[2 + i], out) || err_set(err, ERR_DAMAGED, "column");
    *out = (struct column_view){.rows = p->block[block].rows, .has_null = true, .step = 1};
    return true;
}

bool part_has_code(const struct snapshot *s, const struct part *p, uint32_t block, uint32_t code)
{
    struct column_view v;
    struct err err;
    if (!part_column(s, p, block, COL_EVENT, &v, &err))
        return true;
    for (uint32_t i = 0; i < v.rows; i++)
        if (column_at(&v, i) == (int64_t)code)
            return true;
    return false;
}
