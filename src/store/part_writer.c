/* part_writer.c - rows of one part become blocks: sorted input, cut at users, each column encoded and handed
 * to the sink.
 *
 * A caller that brings many rows at once has them encoded where they lie; leftovers wait in the stage for the
 * next piece. No work per value here beyond the encoder's two passes; per row only order, runs of users and
 * codes. */
#include "config.h"
#include <stdlib.h>
#include "store/batch_open.h"
#include "store/column_layout.h"

/* One row more than a block holds shows whether the last user goes on. */
#define STAGE_ROWS (BLOCK_ROWS + 1)
/* A block may end this early so that it ends with a user. */
#define ROWS_MIN (BLOCK_ROWS / 4 * 3)

struct part_writer {
    struct batch *b;
    uint32_t id;
    size_t columns;
    uint16_t *column; /* in the caller's order */
    enum column_type *type;
    size_t time, event; /* indexes, or `columns` */
    size_t
        order; /* index of what ascends for one user: times, or imports of attributes; `columns`: nothing */
    uint32_t staged;
    uint32_t *stage_user;
    int64_t **stage; /* per column, STAGE_ROWS */
    const int64_t **slice;
    uint32_t last_user;
    int64_t last_order;
    bool any;
    uint64_t rows;
    VEC(struct block_info) block;
    struct buf codes; /* of the blocks not yet in a codes block */
    uint32_t chunks;
    VEC(uint32_t) seen; /* bitmap of codes in the block */
    int64_t *run_user, *run_start;
};

/* ---- order */

COLUMN_HOT static bool users_ascend(const uint32_t *user, size_t n)
{
    uint32_t bad = 0;
    for (size_t i = 1; i < n; i++)
        bad |= user[i] < user[i - 1];
    return !bad;
}

COLUMN_HOT static bool values_ascend(const uint32_t *user, const int64_t *value, size_t n)
{
    uint32_t bad = 0;
    for (size_t i = 1; i < n; i++)
        bad |= (uint32_t)(user[i] == user[i - 1]) & (uint32_t)(value[i] < value[i - 1]);
    return !bad;
}

COLUMN_HOT static bool users_distinct(const uint32_t *user, size_t n)
{
    uint32_t bad = 0;
    for (size_t i = 1; i < n; i++)
        bad |= user[i] == user[i - 1];
    return !bad;
}

static void check_order(struct part_writer *w, size_t rows, const uint32_t *user, const int64_t *const *value)
{
    const int64_t *order = w->order < w->columns ? value[w->order] : NULL;
    bool ok =
        users_ascend(user, rows) && (order ? values_ascend(user, order, rows) : users_distinct(user, rows));
    if (w->any && user[0] <= w->last_user)
        ok = ok && user[0] == w->last_user && order && order[0] >= w->last_order;
    if (!ok)
        bug("rows of a part must come sorted by user and time");
    w->any = true;
    w->last_user = user[rows - 1];
    w->last_order = order ? order[rows - 1] : 0;
}

/* ---- one block */

static bool put_block(struct part_writer *w, const struct key *k, struct buf *out, struct err *err)
{
    return sink_put(w->b->sink, k, out, err);
}

static bool put_runs(struct part_writer *w, const uint32_t *user, uint32_t rows, uint32_t *users,
                     struct err *err)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < rows; i++) { /* without branches: overwritten until the user changes */
        w->run_user[n] = user[i];
        n += i + 1 == rows || user[i + 1] != user[i];
    }
    for (uint32_t i = 0, m = 0; i < rows; i++) {
        w->run_start[m] = i;
        m += i == 0 || user[i] != user[i - 1];
    }
    struct runs_record h = {.count = n};
    struct key k = key_cell(w->id, (uint32_t)w->block.n, COL_USER);
    struct buf out = sink_buf(w->b->sink);
    block_begin(&out);
    size_t head = out.n;
    buf_put(&out, &h, sizeof(h));
    column_encode(&out, COLUMN_CODE, w->run_user, n);
    h.user_bytes = (uint32_t)(out.n - head - sizeof(h));
    memcpy(out.p + head, &h, sizeof(h));
    column_encode(&out, COLUMN_CODE, w->run_start, n);
    *users = n;
    return put_block(w, &k, &out, err);
}

static bool put_column(struct part_writer *w, size_t i, const int64_t *values, uint32_t rows,
                       struct column_view *v, struct err *err)
{
    struct key k = key_cell(w->id, (uint32_t)w->block.n, w->column[i]);
    struct buf out = sink_buf(w->b->sink);
    size_t head = block_begin(&out) + BLOCK_HEADER;
    column_encode(&out, w->type[i], values, rows);
    if (!column_open(v, out.p + head, out.n - head))
        bug("column_open refuses what column_encode wrote");
    return put_block(w, &k, &out, err);
}

/* Appends the codes present: a bitmap from 0 to the highest, or a list when that is shorter. */
static void note_codes(struct part_writer *w, const int64_t *code, uint32_t rows, const struct column_view *v)
{
    uint32_t head = CODES_UNKNOWN;
    if (v->min > v->max || v->min < 0 || v->max >= CODES_LIMIT) {
        buf_put(&w->codes, &head, sizeof(head));
        return;
    }
    uint32_t words = (uint32_t)(v->max / 32 + 1), present = 0;
    w->seen.n = 0;
    vec_reserve(&w->seen, words);
    memset(w->seen.at, 0, words * sizeof(*w->seen.at));
    for (uint32_t i = 0; i < rows; i++)
        if (code[i] != COLUMN_NULL)
            w->seen.at[code[i] / 32] |= 1u << code[i] % 32;
    for (uint32_t i = 0; i < words; i++)
        present += (uint32_t)__builtin_popcount(w->seen.at[i]);
    head = words <= present ? words | CODES_BITS : present;
    buf_put(&w->codes, &head, sizeof(head));
    if (words <= present) {
        buf_put(&w->codes, w->seen.at, words * sizeof(*w->seen.at));
        return;
    }
    for (uint32_t i = 0; i < words; i++)
        for (uint32_t bits = w->seen.at[i]; bits; bits &= bits - 1) {
            uint32_t c = 32 * i + (uint32_t)__builtin_ctz(bits);
            buf_put(&w->codes, &c, sizeof(c));
        }
}

/* Writes the directory entries of the chunk that just became full, or of the last one. */
static bool put_directory(struct part_writer *w, struct err *err)
{
    size_t from = (size_t)w->chunks * DIRECTORY_CHUNK;
    struct key k = key_directory(w->id, w->chunks);
    struct buf out = sink_buf(w->b->sink);
    block_begin(&out);
    buf_put(&out, w->block.at + from, (w->block.n - from) * sizeof(*w->block.at));
    if (!put_block(w, &k, &out, err))
        return false;
    k = key_codes(w->id, w->chunks++);
    if (w->event == w->columns)
        return true;
    out = sink_buf(w->b->sink);
    block_begin(&out);
    buf_put(&out, w->codes.p, w->codes.n);
    buf_clear(&w->codes);
    return put_block(w, &k, &out, err);
}

static bool put_rows(struct part_writer *w, uint32_t rows, const uint32_t *user, const int64_t *const *value,
                     struct err *err)
{
    struct block_info info = {.first_user = user[0], .last_user = user[rows - 1], .rows = rows};
    info.min_time = info.max_time = COLUMN_NULL;
    if (!put_runs(w, user, rows, &info.users, err))
        return false;
    for (size_t i = 0; i < w->columns; i++) {
        struct column_view v;
        if (!put_column(w, i, value[i], rows, &v, err))
            return false;
        if (i == w->time) {
            info.min_time = v.min;
            info.max_time = v.max;
        }
        if (i == w->event)
            note_codes(w, value[i], rows, &v);
    }
    vec_push(&w->block, info);
    w->rows += rows;
    return w->block.n % DIRECTORY_CHUNK != 0 || put_directory(w, err);
}

/* ---- cutting */

/* Rows of the next block, given more than BLOCK_ROWS: whole users, unless the last one is too long for that.
 */
static uint32_t cut(const uint32_t *user)
{
    uint32_t n = BLOCK_ROWS;
    while (n > ROWS_MIN && user[n] == user[n - 1])
        n--;
    return user[n] != user[n - 1] ? n : BLOCK_ROWS;
}

static const int64_t *const *slices(struct part_writer *w, const int64_t *const *value, size_t from)
{
    for (size_t i = 0; i < w->columns; i++)
        w->slice[i] = value[i] + from;
    return w->slice;
}

static void stage_rows(struct part_writer *w, uint32_t n, size_t from, const uint32_t *user,
                       const int64_t *const *value)
{
    memcpy(w->stage_user + w->staged, user + from, n * sizeof(*user));
    for (size_t i = 0; i < w->columns; i++)
        memcpy(w->stage[i] + w->staged, value[i] + from, n * sizeof(**value));
    w->staged += n;
}

static bool put_stage(struct part_writer *w, uint32_t n, struct err *err)
{
    if (!put_rows(w, n, w->stage_user, (const int64_t *const *)w->stage, err))
        return false;
    w->staged -= n;
    memmove(w->stage_user, w->stage_user + n, w->staged * sizeof(*w->stage_user));
    for (size_t i = 0; i < w->columns; i++)
        memmove(w->stage[i], w->stage[i] + n, w->staged * sizeof(**w->stage));
    return true;
}

bool part_append(struct part_writer *w, size_t rows, const uint32_t *user, const int64_t *const *value,
                 struct err *err)
{
    if (rows == 0)
        return true;
    check_order(w, rows, user, value);
    for (size_t at = 0; at < rows;) {
        size_t left = rows - at;
        if (w->staged == 0 && left > BLOCK_ROWS) {
            uint32_t n = cut(user + at);
            if (!put_rows(w, n, user + at, slices(w, value, at), err))
                return false;
            at += n;
            continue;
        }
        uint32_t n = left < STAGE_ROWS - w->staged ? (uint32_t)left : STAGE_ROWS - w->staged;
        stage_rows(w, n, at, user, value);
        at += n;
        if (w->staged == STAGE_ROWS && !put_stage(w, cut(w->stage_user), err))
            return false;
    }
    return true;
}

/* ---- life of a writer */

static size_t index_of(const uint16_t *columns, size_t n, uint16_t column)
{
    size_t i = 0;
    while (i < n && columns[i] != column)
        i++;
    return i;
}

static void check_columns(const struct batch *b, const uint16_t *columns, size_t n,
                          const struct part_writer *w)
{
    for (size_t i = 0; i < n; i++)
        if (columns[i] == COL_USER || index_of(columns, n, columns[i]) != i || !batch_type(b, columns[i]))
            bug("columns of a part");
    bool events = b->table == TABLE_EVENTS;
    if (events != (w->time < n) || events != (w->event < n))
        bug("columns of a part");
}

struct part_writer *part_begin(struct batch *b, const uint16_t *columns, size_t n, struct err *err)
{
    if (!batch_mark(b, err))
        return NULL;
    struct part_writer *w = mem_zalloc(sizeof(*w));
    w->b = b;
    w->columns = n;
    w->time = index_of(columns, n, COL_TIME);
    w->event = index_of(columns, n, COL_EVENT);
    w->order = index_of(columns, n, b->table == TABLE_EVENTS ? COL_TIME : COL_IMPORT);
    check_columns(b, columns, n, w);
    w->id = b->root.next_part++;
    w->column = mem_alloc((n + 1) * sizeof(*w->column));
    w->type = mem_alloc((n + 1) * sizeof(*w->type));
    w->stage = mem_alloc((n + 1) * sizeof(*w->stage));
    w->slice = mem_alloc((n + 1) * sizeof(*w->slice));
    for (size_t i = 0; i < n; i++) {
        w->column[i] = columns[i];
        w->type[i] = batch_type(b, columns[i]);
        w->stage[i] = mem_alloc(STAGE_ROWS * sizeof(**w->stage));
    }
    w->stage_user = mem_alloc(STAGE_ROWS * sizeof(*w->stage_user));
    w->run_user = mem_alloc(STAGE_ROWS * sizeof(*w->run_user));
    w->run_start = mem_alloc(STAGE_ROWS * sizeof(*w->run_start));
    return w;
}

static void writer_free(struct part_writer *w)
{
    for (size_t i = 0; i < w->columns; i++)
        free(w->stage[i]);
    free(w->stage);
    free(w->slice);
    free(w->column);
    free(w->type);
    free(w->stage_user);
    free(w->run_user);
    free(w->run_start);
    vec_done(&w->block);
    vec_done(&w->seen);
    buf_done(&w->codes);
    free(w);
}

static int by_number(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* The part as the journal will name it. */
static void record_part(struct part_writer *w)
{
    uint16_t *column = arena_array(&w->b->arena, uint16_t, w->columns + 1);
    memcpy(column, w->column, w->columns * sizeof(*column));
    qsort(column, w->columns, sizeof(*column), by_number);
    vec_push(&w->b->part,
             (struct journal_part){{w->id, (uint32_t)w->block.n, (uint32_t)w->columns, 0, w->rows}, column});
}

bool part_end(struct part_writer *w, struct err *err)
{
    bool ok = w->staged == 0 || put_stage(w, w->staged, err);
    if (ok && w->block.n > (size_t)w->chunks * DIRECTORY_CHUNK)
        ok = put_directory(w, err);
    if (ok && w->rows)
        record_part(w);
    w->b->broken |= !ok;
    writer_free(w);
    return ok;
}

void part_drop(struct part_writer *w)
{
    if (!w)
        return;
    w->b->broken = true;
    writer_free(w);
}
