/* journal.c - the layout of journal entries.
 *
 * The tail came with format 2, its columns with format 3. Entries that need none are written without, so that
 * they are the same bytes in all formats. */
#include "config.h"
#include "store/journal.h"

/* What is left to read of a payload. */
struct rest {
    const char *p;
    size_t n;
};

static bool take(struct rest *r, void *to, size_t n)
{
    if (n > r->n)
        return false;
    if (n)
        memcpy(to, r->p, n);
    r->p += n;
    r->n -= n;
    return true;
}

static bool take_source(struct rest *r, struct journal *j, struct arena *a)
{
    if (j->head.source_bytes > r->n)
        return false;
    j->source = arena_str(a, (struct str){r->p, j->head.source_bytes});
    r->p += j->head.source_bytes;
    r->n -= j->head.source_bytes;
    return true;
}

static bool take_parts(struct rest *r, struct journal *j, struct arena *a)
{
    if (j->head.parts > r->n / sizeof(struct part_record))
        return false;
    struct journal_part *part = arena_array(a, struct journal_part, j->head.parts + 1u);
    j->parts = j->head.parts;
    j->part = part;
    for (uint32_t i = 0; i < j->parts; i++) {
        if (!take(r, &part[i].record, sizeof(part[i].record)))
            return false;
        size_t bytes = part[i].record.columns * sizeof(uint16_t);
        if (bytes > r->n)
            return false;
        uint16_t *column = arena_array(a, uint16_t, part[i].record.columns + 1u);
        take(r, column, bytes);
        part[i].column = column;
    }
    return true;
}

static bool take_tail(struct rest *r, struct journal *j, struct arena *a)
{
    if (r->n == 0)
        return true;
    if (!take(r, &j->tail, sizeof(j->tail)) ||
        r->n != j->tail.files * sizeof(struct import_file) + j->tail.columns * sizeof(uint16_t))
        return false;
    struct import_file *file = arena_array(a, struct import_file, j->tail.files + 1u);
    uint16_t *column = arena_array(a, uint16_t, j->tail.columns + 1u);
    take(r, file, j->tail.files * sizeof(*file));
    take(r, column, r->n);
    j->files = j->tail.files;
    j->file = file;
    j->columns = j->tail.columns;
    j->column = column;
    return true;
}

bool journal_read(struct journal *out, struct str payload, struct arena *a)
{
    struct rest r = {payload.p, payload.n};
    *out = (struct journal){.source = STR("")};
    return take(&r, &out->head, sizeof(out->head)) && out->head.table <= TABLE_USERS &&
           out->head.state >= IMPORT_LOADING && out->head.state <= IMPORT_FORGOTTEN &&
           take_source(&r, out, a) && take_parts(&r, out, a) && take_tail(&r, out, a) && r.n == 0;
}

static bool needs_tail(const struct journal *j)
{
    return j->files || j->columns || j->tail.echoes || j->tail.forgotten_us || j->tail.forgotten_rows;
}

void journal_put(struct buf *out, const struct journal *j)
{
    struct import_record head = j->head;
    struct import_tail tail = j->tail;
    head.source_bytes = (uint32_t)(j->source.n < SOURCE_BYTES_MAX ? j->source.n : SOURCE_BYTES_MAX);
    head.parts = j->parts;
    tail.files = j->files;
    tail.columns = j->columns;
    buf_put(out, &head, sizeof(head));
    buf_put(out, j->source.p, head.source_bytes);
    for (uint32_t i = 0; i < j->parts; i++) {
        buf_put(out, &j->part[i].record, sizeof(j->part[i].record));
        buf_put(out, j->part[i].column, j->part[i].record.columns * sizeof(*j->part[i].column));
    }
    if (!needs_tail(j))
        return;
    buf_put(out, &tail, sizeof(tail));
    buf_put(out, j->file, j->files * sizeof(*j->file));
    buf_put(out, j->column, j->columns * sizeof(*j->column));
}

struct import_def journal_def(const struct journal *j)
{
    const struct import_record *m = &j->head;
    return (struct import_def){
        .id = m->import,
        .table = m->table,
        .started_us = m->started_us,
        .finished_us = m->finished_us,
        .rows = m->rows,
        .stored = m->stored,
        .duplicates = m->duplicates,
        .rejected = m->rejected,
        .users = m->users,
        .new_users = m->new_users,
        .bytes = m->bytes,
        .source = j->source,
        .echoes = j->tail.echoes,
        .files = j->files,
        .file = j->file,
        .columns = j->columns,
        .column = j->column,
        .forgotten = m->state == IMPORT_FORGOTTEN,
        .forgotten_us = j->tail.forgotten_us,
        .forgotten_rows = j->tail.forgotten_rows,
    };
}

struct journal journal_of(const struct import_def *d)
{
    return (struct journal){
        .head = {.import = d->id,
                 .table = d->table,
                 .started_us = d->started_us,
                 .finished_us = d->finished_us,
                 .rows = d->rows,
                 .stored = d->stored,
                 .duplicates = d->duplicates,
                 .rejected = d->rejected,
                 .users = d->users,
                 .new_users = d->new_users,
                 .bytes = d->bytes},
        .source = d->source,
        .tail = {.echoes = d->echoes},
        .files = (uint32_t)d->files,
        .file = d->file,
    };
}
