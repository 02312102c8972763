/* row.c - the inner loop of a load: one field after the other, straight into the row. */
#include "config.h"

#include <stdlib.h>
#include "base/os.h"
#include "base/utf8.h"
#include "import/row_p.h"
#include "import/types.h"

#define BOOL_MISSING 2
/* Nothing that is exported happened before 1970 or will after 2099: such times are a wrong format, a clock
 * that was never set, or "for ever", and one of them would stretch every answer over centuries. Of values,
 * which may be days of birth, anything the calendar has. */
#define EVENT_END (INT64_C(4102444800) * US_PER_S)

/* ---- Layout. */

static uint32_t width_of(const struct row_cell *c)
{
    return c->type == COLUMN_CODE ? 4 : c->type == COLUMN_BOOL ? 1 : 8;
}

/* Wide values first, so that only the end of a row needs filling. */
static uint32_t place_values(struct row_layout *l)
{
    uint32_t at = ROW_FIRST;
    for (uint32_t width = 8; width > 0; width = width == 8 ? 4 : width == 4 ? 1 : 0) {
        for (size_t i = 0; i < l->n; i++) {
            struct row_cell *c = &l->cell[i];
            if (c->role == ROLE_USER || c->role == ROLE_TIME || c->role == ROLE_IGNORE ||
                width_of(c) != width)
                continue;
            c->offset = at;
            at += width;
        }
    }
    return at;
}

static void put_missing(const struct row_cell *c, unsigned char *row)
{
    const uint32_t no_code = VOCAB_NONE;
    const int64_t none = COLUMN_NULL;
    if (c->type == COLUMN_CODE)
        memcpy(row + c->offset, &no_code, 4);
    else if (c->type == COLUMN_BOOL)
        row[c->offset] = BOOL_MISSING;
    else
        memcpy(row + c->offset, &none, 8);
}

static void init_cell(struct row_layout *l, size_t i)
{
    const struct map_column *c = &l->m->column[i];
    l->cell[i] = (struct row_cell){
        .role = c->role, .type = c->type, .format = c->format, .exact = !c->given, .vocab = -1};
    if (c->role == ROLE_USER)
        l->cell[i].vocab = 0;
    else if (c->type == COLUMN_CODE && c->role != ROLE_IGNORE)
        l->cell[i].vocab = (int)l->vocabs++;
}

void row_layout_init(struct row_layout *l, const struct mapping *m)
{
    *l = (struct row_layout){.n = m->n, .m = m, .vocabs = 1};
    l->cell = mem_zalloc(m->n * sizeof(*l->cell));
    for (size_t i = 0; i < m->n; i++)
        init_cell(l, i);
    l->stride = (place_values(l) + 3) / 4 * 4;
    l->empty = mem_zalloc(l->stride);
    for (size_t i = 0; i < m->n; i++) {
        if (l->cell[i].role == ROLE_USER)
            l->cell[i].offset = ROW_USER;
        else if (l->cell[i].role == ROLE_TIME)
            l->cell[i].offset = ROW_TIME;
        else if (l->cell[i].role != ROLE_IGNORE)
            put_missing(&l->cell[i], l->empty);
    }
    l->future_us = os_now_us() + US_PER_DAY;
}

void row_layout_grow(struct row_layout *l)
{
    size_t old = l->n;
    uint32_t at = l->stride;
    l->n = l->m->n;
    l->cell = mem_realloc(l->cell, l->n * sizeof(*l->cell));
    for (size_t i = old; i < l->n; i++) {
        init_cell(l, i);
        l->cell[i].offset = at;
        at += width_of(&l->cell[i]);
    }
    at = (at + 3) / 4 * 4;
    l->empty = mem_realloc(l->empty, at);
    memset(l->empty + l->stride, 0, at - l->stride);
    l->stride = at;
    for (size_t i = old; i < l->n; i++)
        put_missing(&l->cell[i], l->empty);
}

void row_widen(unsigned char *rows, size_t n, uint32_t from, uint32_t to, const unsigned char *empty)
{
    if (from == to)
        return;
    for (size_t i = n; i-- > 0;) { /* the last first: longer rows lie further back */
        memmove(rows + i * to, rows + i * from, from);
        memcpy(rows + i * to + from, empty + from, to - from);
    }
}

void row_layout_done(struct row_layout *l)
{
    free(l->cell);
    free(l->empty);
}

int64_t row_value(const struct row_cell *c, const unsigned char *row)
{
    uint32_t code;
    int64_t v;
    if (c->type == COLUMN_CODE) {
        memcpy(&code, row + c->offset, 4);
        return code == VOCAB_NONE ? COLUMN_NULL : code;
    }
    if (c->type == COLUMN_BOOL)
        return row[c->offset] == BOOL_MISSING ? COLUMN_NULL : row[c->offset];
    memcpy(&v, row + c->offset, 8);
    return v;
}

/* ---- Values. */

/* The loop over fields, most of a load, and row_put each have their own copy. */
#define INLINE inline __attribute__((always_inline))

static enum reject check_text(struct str s)
{
    if (memchr(s.p, '\0', s.n))
        return REJECT_NUL;
    return utf8_valid(s) ? REJECT_NONE : REJECT_UTF8;
}

/* The text where it stays until the batch is put. */
static struct str keep_text(const struct maker *k, struct str s)
{
    if (s.p >= k->chunk->p && s.p < k->chunk->p + k->chunk->n)
        return s;
    char *copy =
        arena_alloc(&k->out->texts, s.n + CSV_SLACK); /* libcsv's buffer: gone with the next record */
    memcpy(copy, s.p, s.n);
    return (struct str){copy, s.n};
}

static enum reject unknown_text(struct maker *k, size_t column, struct str s)
{
    enum reject why = check_text(s);
    if (why == REJECT_NONE)
        vec_push(&k->out->pending,
                 (struct row_pending){keep_text(k, s), (uint32_t)k->out->n, (uint32_t)column});
    return why;
}

/* Up to 23 bytes of printable ASCII, as nearly all user ids are, need no closer look. */
static inline bool is_plain(const struct vocab_key *key, size_t n)
{
    const uint64_t high = 0x8080808080808080ULL, ones = 0x0101010101010101ULL;
    uint64_t bad = 0;
    if (n > VOCAB_INLINE)
        return false;
    for (size_t i = 0; i * 8 < n; i++) {
        uint64_t w = key->key[i], used = n - i * 8 >= 8 ? UINT64_MAX : UINT64_MAX >> (64 - 8 * (n - i * 8));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        used = __builtin_bswap64(used);
#endif
        w = (w & used) | (~used & ones);       /* padding counts as something */
        bad |= (w | ((w - ones) & ~w)) & high; /* beyond ASCII, or zero */
    }
    return bad == 0;
}

static INLINE enum reject put_user(struct maker *k, struct str s)
{
    struct late_user *u = &k->late[k->late_n % LATE];
    vocab_key_of(&u->key, s);
    enum reject why = is_plain(&u->key, s.n) ? REJECT_NONE : check_text(s);
    if (why != REJECT_NONE)
        return why;
    vocab_prefetch(k->table[0], &u->key);
    u->text = keep_text(k, s);
    u->row = (uint32_t)k->out->n;
    return REJECT_NONE;
}

/* Those before number `to`. */
static void put_late_users(struct maker *k, size_t to)
{
    for (; k->late_put < to; k->late_put++) {
        const struct late_user *u = &k->late[k->late_put % LATE];
        uint32_t code = vocab_lookup(k->table[0], &u->key, u->text);
        if (code == VOCAB_NONE)
            vec_push(&k->out->user, (struct row_pending){u->text, u->row, k->user_column});
        else
            memcpy(k->out->rows + (size_t)u->row * k->l->stride + ROW_USER, &code, 4);
    }
}

static INLINE enum reject put_text(struct maker *k, size_t column, struct str s, unsigned char *to)
{
    struct vocab_key key;
    const struct row_cell *c = &k->l->cell[column];
    vocab_key_of(&key, s);
    uint32_t code = vocab_lookup(k->table[c->vocab], &key, s);
    if (code == VOCAB_NONE)
        return unknown_text(k, column, s);
    memcpy(to, &code, 4);
    return REJECT_NONE;
}

/* An epoch that cannot be read is too far away. */
static bool is_epoch(struct str s)
{
    int64_t v;
    return types_number(s, false, &v) != REJECT_NUMBER;
}

static unsigned zone_repairs(enum zone_fit fit)
{
    return 1U << REPAIR_NO_ZONE | (fit == ZONE_GAP ? 1U << REPAIR_GAP : 0) |
           (fit == ZONE_OVERLAP ? 1U << REPAIR_OVERLAP : 0);
}

static enum reject put_time(struct maker *k, const struct row_cell *c, struct str s, unsigned char *to)
{
    struct time_text t;
    int64_t us;
    if (!time_parse(s, c->format, &t))
        return c->role != ROLE_TIME                                                     ? REJECT_TIME_VALUE
               : c->format >= TIME_EPOCH_S && c->format <= TIME_EPOCH_US && is_epoch(s) ? REJECT_TIME_RANGE
                                                                                        : REJECT_TIME;
    us = t.us;
    if (t.has_offset)
        k->kinds |= 1U << REPAIR_ZONE;
    else
        k->kinds |= zone_repairs(zone_utc(k->l->m->zone, t.us, &us));
    if (c->role == ROLE_TIME ? us < 0 || us >= EVENT_END : us < TIME_MIN || us > TIME_MAX)
        return REJECT_TIME_RANGE;
    if (us > k->l->future_us && c->role == ROLE_TIME)
        k->kinds |= 1U << REPAIR_FUTURE;
    memcpy(to, &us, 8);
    return REJECT_NONE;
}

static enum reject put_number(const struct row_cell *c, struct str s, unsigned char *to)
{
    int64_t v;
    enum reject why = types_number(s, c->exact, &v);
    if (why == REJECT_NONE)
        memcpy(to, &v, 8);
    return why;
}

static enum reject put_bool(struct str s, unsigned char *to)
{
    int64_t v;
    if (!types_bool(s, true, &v))
        return REJECT_BOOLEAN;
    *to = (unsigned char)v;
    return REJECT_NONE;
}

static INLINE enum reject put_value(struct maker *k, size_t column, struct str s, unsigned char *row)
{
    const struct row_cell *c = &k->l->cell[column];
    if (mapping_is_null(k->l->m, s)) {
        static const enum reject needed[] = {[ROLE_USER] = REJECT_USER,
                                             [ROLE_TIME] = REJECT_TIME,
                                             [ROLE_EVENT] = REJECT_EVENT,
                                             [ROLE_AS_OF] = REJECT_TIME};
        return c->role == ROLE_IGNORE ? REJECT_NONE : needed[c->role];
    }
    switch (c->type) {
    case COLUMN_CODE: return c->role == ROLE_USER ? put_user(k, s) : put_text(k, column, s, row + c->offset);
    case COLUMN_TIME: return put_time(k, c, s, row + c->offset);
    case COLUMN_NUMBER: return put_number(c, s, row + c->offset);
    case COLUMN_BOOL: return put_bool(s, row + c->offset);
    }
    return REJECT_NONE;
}

enum reject row_put(struct maker *k, size_t column, struct str s, unsigned char *row)
{
    return put_value(k, column, s, row);
}

void row_clear(const struct maker *k, size_t column, unsigned char *row)
{
    if (k->l->cell[column].role == ROLE_VALUE)
        put_missing(&k->l->cell[column], row);
}

/* ---- Rows. */

/* A field that holds an object. */
static enum reject put_object(struct maker *k, struct str s, struct str name, struct json_record *rec,
                              unsigned char *row)
{
    rec->n = 0;
    if (mapping_is_null(k->l->m, s))
        return REJECT_NONE;
    json_source_object(k->json, s, name, true, rec);
    return rec->why == REJECT_NONE ? row_put_members(k, rec, row) : rec->why;
}

enum reject row_put_joined(struct maker *k, const struct csv_record *r, const struct json_record *rec,
                           unsigned char *row)
{
    const struct event_name *e = &k->l->m->joined;
    const struct source_file *f = k->file;
    struct buf b = {0};
    bool any = false, constant = true;
    for (size_t i = 0; i < e->n; i++) {
        int at = f->part[i];
        struct str s = {"", 0};
        if (e->part[i].column && at >= 0)
            s = (size_t)at < f->fields ? r->field[at] : row_member(k, rec, (size_t)at - f->fields);
        if (e->part[i].column && mapping_is_null(k->l->m, s))
            s.n = 0;
        constant &= e->part[i].column == NULL;
        any |= s.n > 0;
        buf_str(&b, e->part[i].column ? s : e->part[i].text);
    }
    buf_reserve(&b, CSV_SLACK);
    enum reject why =
        (any || constant) && b.n ? row_put(k, (size_t)k->l->m->event, buf_view(&b), row) : REJECT_EVENT;
    buf_done(&b);
    return why;
}

static inline enum reject put_fields(struct maker *k, const struct csv_record *r, unsigned char *row)
{
    const struct source_file *f = k->file;
    for (size_t i = 0; i < f->fields; i++) {
        enum reject why =
            f->column[i] >= 0 ? put_value(k, (size_t)f->column[i], r->field[i], row) : REJECT_NONE;
        if (why != REJECT_NONE)
            return why;
    }
    return REJECT_NONE;
}

/* What every row must have may be in the objects: then they must have brought it since `before`. */
static bool lacks(const struct maker *k, int column, uint64_t before)
{
    const struct source_file *f = k->file;
    if (column < 0)
        return false;
    for (size_t i = 0; i < f->fields; i++)
        if (f->column[i] == column)
            return false;
    return k->stamp[column] <= before;
}

static enum reject lacks_role(const struct maker *k, uint64_t before)
{
    const struct mapping *m = k->l->m;
    if (lacks(k, m->user, before))
        return REJECT_USER;
    if (lacks(k, m->time, before) || lacks(k, m->as_of, before))
        return REJECT_TIME;
    return m->joined.n == 0 && lacks(k, m->event, before) ? REJECT_EVENT : REJECT_NONE;
}

/* What only some files need; after the plain fields. */
static enum reject put_special(struct maker *k, const struct csv_record *r, unsigned char *row)
{
    const struct source_file *f = k->file;
    struct json_record rec = {.n = 0};
    uint64_t before = k->object;
    for (size_t i = 0; f->object && i < f->fields; i++) {
        enum reject why = f->object[i].p ? put_object(k, r->field[i], f->object[i], &rec, row) : REJECT_NONE;
        if (why != REJECT_NONE)
            return why;
    }
    enum reject why = f->object ? lacks_role(k, before) : REJECT_NONE;
    return why == REJECT_NONE && k->l->m->joined.n ? row_put_joined(k, r, &rec, row) : why;
}

static enum reject make_row(struct maker *k, const struct csv_record *r, unsigned char *row)
{
    if (r->why != REJECT_NONE)
        return r->why;
    if (r->n != k->file->fields)
        return REJECT_FIELDS;
    row_copy(row, k->l->empty, k->l->stride);
    enum reject why = put_fields(k, r, row);
    if (why == REJECT_NONE && (k->file->object || k->l->m->joined.n))
        why = put_special(k, r, row);
    return why;
}

unsigned char *row_next(struct row_batch *b, uint32_t stride)
{
    if (b->n == b->cap) {
        b->cap = b->cap ? b->cap * 2 : 4096;
        b->rows = mem_realloc(b->rows, b->cap * stride);
    }
    return b->rows + b->n * stride;
}

/* A NUL or a byte that could not be decoded spoils any value: say that rather than "no time". */
static enum reject better_reason(enum reject why, struct str raw)
{
    if (memchr(raw.p, '\0', raw.n))
        return REJECT_NUL;
    return memchr(raw.p, 0xFF, raw.n) && why != REJECT_TOO_LONG ? REJECT_UTF8 : why;
}

static void reject_row(struct row_batch *out, enum reject why, struct str raw, uint64_t line, size_t pending)
{
    out->pending.n = pending;
    vec_push(&out->reject, (struct row_reject){.why = better_reason(why, raw), .raw = raw, .line = line});
}

static inline void end_row(struct maker *k, enum reject why, struct str raw, uint64_t line, size_t pending)
{
    struct row_batch *out = k->out;
    out->records++;
    if (why == REJECT_NONE) {
        out->n++;
        if (++k->late_n % (LATE / 2) == 0 && k->late_n >= LATE)
            put_late_users(k, k->late_n - LATE / 2);
        if (k->kinds)
            repairs_note(&out->repairs, k->kinds, raw, line);
    } else {
        reject_row(out, why, raw, line, pending);
    }
    k->kinds = 0;
}

void row_end(struct maker *k, enum reject why, struct str raw, uint64_t line, size_t pending)
{
    end_row(k, why, raw, line, pending);
}

static void make_csv(struct maker *k, struct csv_source *csv)
{
    struct csv_record r;
    csv_source_start(csv, k->chunk->p, k->chunk->n, true);
    while (csv_source_next(csv, &r)) {
        size_t pending = k->out->pending.n;
        enum reject why = make_row(k, &r, row_next(k->out, k->l->stride));
        end_row(k, why, r.raw, r.line, pending);
    }
    k->out->lines = csv_source_lines(csv);
}

void row_make(struct row_batch *out, const struct row_layout *l, struct row_reader *reader,
              const struct source_file *file, const struct source_chunk *chunk,
              struct vocab_table *const *table)
{
    struct maker k;
    k.out = out, k.l = l, k.chunk = chunk, k.table = table, k.late_n = k.late_put = 0;
    k.file = file, k.json = reader->json, k.kinds = 0, k.object = 0, k.stamp = NULL;
    k.user_column = (uint32_t)l->m->user;
    if (out->stride != l->stride) {
        free(out->rows);
        out->rows = NULL;
        out->cap = 0;
        out->stride = l->stride;
    }
    out->n = out->user.n = out->pending.n = out->reject.n = 0;
    out->records = 0;
    memset(&out->repairs, 0, sizeof(out->repairs));
    late_done(&out->late);
    arena_done(&out->texts);
    if (file->members) {
        k.stamp = arena_array(&out->texts, uint32_t, l->n);
        memset(k.next, 0, sizeof(k.next));
    }
    if (file->json)
        row_make_json(&k);
    else
        make_csv(&k, reader->csv);
    put_late_users(&k, k.late_n);
}

void row_batch_done(struct row_batch *b)
{
    free(b->rows);
    vec_done(&b->user);
    vec_done(&b->pending);
    vec_done(&b->reject);
    late_done(&b->late);
    arena_done(&b->texts);
}
