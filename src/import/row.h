/* row.h - fields of records to rows of fixed size.
 *
 * A row while loading is `stride` bytes: time (8), user code (4), then event code and values, each 8, 4 or 1
 * bytes, in the order of the layout. Two rows are exact repeats when their bytes are equal. */
#ifndef WM_ROW_H
#define WM_ROW_H

#include "base/vec.h"
#include "import/csv_source.h"
#include "import/json_source.h"
#include "import/late.h"
#include "import/mapping.h"
#include "import/repairs.h"
#include "import/vocab.h"

#define ROW_TIME 0
#define ROW_USER 8
#define ROW_FIRST 12

struct row_cell {
    enum role role;
    enum column_type type;
    enum time_format format;
    bool exact; /* numbers: leading zeros were not seen when the type was guessed, so they are not to be lost
                   now */
    uint32_t offset;
    int vocab; /* of texts: number of its vocabulary */
};
struct row_layout {
    struct row_cell *cell; /* one per column of the mapping */
    size_t n;
    size_t vocabs; /* 0: users; then one per text column */
    uint32_t stride;
    unsigned char *empty; /* a row with everything missing */
    bool full;            /* no room for further columns: names that come late are counted only */
    const struct mapping *m;
    int64_t future_us;    /* later times are strange */
};
void row_layout_init(struct row_layout *l, const struct mapping *m);
/* Columns that the mapping has got since: rows made before are the front of the longer rows. */
void row_layout_grow(struct row_layout *l);
void row_layout_done(struct row_layout *l);
/* n rows of `from` bytes become rows of `to` bytes in place; what is new is as in `empty`. */
void row_widen(unsigned char *rows, size_t n, uint32_t from, uint32_t to, const unsigned char *empty);
/* The value as the store takes it: code, time, 0/1, bits of a double, COLUMN_NULL. */
int64_t row_value(const struct row_cell *c, const unsigned char *row);

/* Rows are at least 12 bytes; a call of memcpy would cost more than the copy. */
static inline void row_copy(unsigned char *restrict to, const unsigned char *restrict from, uint32_t stride)
{
    for (uint32_t i = 0; i + 8 <= stride; i += 8)
        memcpy(to + i, from + i, 8);
    memcpy(to + stride - 8, from + stride - 8, 8);
}

static inline int64_t row_time(const unsigned char *row)
{
    int64_t t;
    memcpy(&t, row + ROW_TIME, sizeof(t));
    return t;
}

static inline uint32_t row_user(const unsigned char *row)
{
    uint32_t u;
    memcpy(&u, row + ROW_USER, sizeof(u));
    return u;
}

/* A text whose code was not known when its row was made. */
struct row_pending {
    struct str text; /* readable 24 bytes; in the chunk or in the batch's arena */
    uint32_t row;
    uint32_t column; /* of the mapping */
};
struct row_reject {
    enum reject why;
    struct str raw;  /* in the chunk */
    struct str text; /* p NULL, or the row as UTF-8 when raw is not */
    uint64_t line;   /* 1: first line of the chunk */
};
struct row_batch {
    unsigned char *rows; /* owned */
    size_t n, cap;
    uint32_t stride; /* of the rows there is room for */
    uint64_t records, lines;
    VEC(struct row_pending) user;    /* in the order of the rows: new users are numbered by it */
    VEC(struct row_pending) pending; /* of the other columns */
    VEC(struct row_reject) reject;
    struct repair_tally repairs;
    struct late late; /* names the file did not have: the rows are to be made again with columns for them */
    struct arena texts;
};
void row_batch_done(struct row_batch *b);

struct row_reader { /* of one thread */
    struct csv_source *csv;
    struct json_source *json;
};
/* Makes rows of all records of a chunk, which is UTF-8. table: the pinned vocabularies. */
void row_make(struct row_batch *out, const struct row_layout *l, struct row_reader *reader,
              const struct source_file *file, const struct source_chunk *chunk,
              struct vocab_table *const *table);

#endif
