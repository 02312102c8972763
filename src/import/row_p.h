/* row_p.h - what row.c and row_json.c share. */
#ifndef WM_ROW_P_H
#define WM_ROW_P_H

#include "import/row.h"

/* With hundreds of thousands of users each look-up misses the cache; so it is asked for at once and done some
 * rows later. */
#define LATE 64
#define ROW_NEXT_MOST 256

struct late_user {
    struct vocab_key key;
    struct str text;
    uint32_t row;
};
struct maker {
    struct row_batch *out;
    const struct row_layout *l;
    const struct source_file *file;
    const struct source_chunk *chunk;
    struct vocab_table *const *table;
    struct json_source *json;
    uint32_t user_column;
    unsigned kinds;              /* repairs of the row being made */
    size_t late_n, late_put;     /* rows made; those whose users were looked up */
    struct late_user late[LATE]; /* of the last rows; by turns */
    /* Of files with objects: */
    uint32_t *stamp; /* per column of the mapping: the object that last had it */
    uint32_t object;
    uint32_t next[ROW_NEXT_MOST]; /* name that stood at this place in the last object: likely it does again */
};

/* One value into its place in the row. */
enum reject row_put(struct maker *k, size_t column, struct str s, unsigned char *row);
void row_clear(const struct maker *k, size_t column, unsigned char *row); /* missing */
/* row_json.c: the members of an object into their places. */
enum reject row_put_members(struct maker *k, struct json_record *rec, unsigned char *row);
/* A value from the object that row_put_members has put last; empty when it has none. */
struct str row_member(const struct maker *k, const struct json_record *rec, size_t name);
void row_make_json(struct maker *k);
/* The event's name, put together from the record's fields (r may be NULL) and members. */
enum reject row_put_joined(struct maker *k, const struct csv_record *r, const struct json_record *rec,
                           unsigned char *row);

unsigned char *row_next(struct row_batch *b, uint32_t stride);
/* The row is whole, or rejected: what follows from it. pending: texts that waited before the row. */
void row_end(struct maker *k, enum reject why, struct str raw, uint64_t line, size_t pending);

#endif
