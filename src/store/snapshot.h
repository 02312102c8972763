/* snapshot.h - one consistent view of the store: what was live when it was opened.
 *
 * A snapshot holds an LMDB read transaction: open it for one query and close it (reliability.md 1.2 no. 6).
 * Everything it hands out is borrowed until snapshot_close. Readable from several threads at once after
 * opening, except where a function says otherwise. */
#ifndef WM_SNAPSHOT_H
#define WM_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/str.h"
#include "store/column.h"
#include "store/env.h"

/* Columns have a number in one name space for both tables. Those below COL_FIRST are built in:
 * snapshot_columns does not list them. */
enum {
    COL_USER = 0, /* dictionary of user ids; in parts: the runs of users (part_runs) */
    COL_TIME = 1,
    COL_EVENT = 2, /* dictionary of event names */
    /* Events: the number of the import that brought the row. In every part: where parts were merged it is
     * stored, elsewhere it is the part's. */
    COL_IMPORT = 3,
    /* Users: the number of the customer this id is another name of (snapshot_links). A code of COL_USER's
     * dictionary. */
    COL_CANON = 4,
    /* Users, beside attributes that say as of when they are true: a text that names those values of the row
     * that are older than it (import/compose.h). */
    COL_AGES = 5,
    COL_FIRST = 16, /* first property or attribute */
};
enum table { TABLE_EVENTS, TABLE_USERS };

struct column_def {
    uint16_t id;
    enum table table;
    enum column_type type; /* COLUMN_CODE columns have a dictionary of the same number */
    struct str name;
};

/* A source file as it was on disk; two files with the same three numbers are the same file. */
struct import_file {
    uint64_t size, hash[2]; /* XXH3-128, low half first: see digest.h */
};
struct import_def {
    uint32_t id; /* 1, 2, … in order of arrival, forgotten ones included: id i is at index i - 1 */
    enum table table;
    int64_t started_us, finished_us;
    uint64_t rows, stored, duplicates, rejected, users, new_users, bytes;
    struct str source; /* what the user loaded, for people */
    uint64_t echoes;   /* of the duplicates, those that an earlier import had brought (echo.h) */
    size_t files;
    const struct import_file *file;
    /* Attributes that were merged with others (TABLE_USERS): the columns this import had; else none. */
    size_t columns;
    const uint16_t *column;
    bool forgotten; /* its rows are gone (store_forget); the counts above say what they were */
    int64_t forgotten_us;
    uint64_t forgotten_rows;
};

struct snapshot;
struct snapshot *snapshot_open(struct env *env, struct err *err);
void snapshot_close(struct snapshot *s);
uint64_t snapshot_version(const struct snapshot *s); /* grows with every committed batch */
uint64_t snapshot_bytes(const struct snapshot *s);   /* bytes of the store in use on disk */

size_t snapshot_columns(const struct snapshot *s, const struct column_def **out);
const struct column_def *snapshot_column(const struct snapshot *s, enum table t,
                                         struct str name); /* NULL: none */
size_t snapshot_imports(const struct snapshot *s, const struct import_def **out);
/* Number of the first import after `after` (0: of all), not forgotten, that has loaded this very file; 0:
 * none. */
uint32_t snapshot_has_file(const struct snapshot *s, const struct import_file *file, uint32_t after);
/* Small named texts (time zone, mappings): empty str when absent. */
struct str snapshot_note(const struct snapshot *s, const char *key);

/* ---- dictionaries: code <-> string; code is dense from 0. Safe from several threads. */
uint32_t dict_count(const struct snapshot *s, uint16_t column);
/* Bytes of a code; an error (damage) when code >= count or the block is bad. */
bool dict_get(const struct snapshot *s, uint16_t column, uint32_t code, struct str *out, struct err *err);
/* Code of a string into *code; UINT32_MAX when absent. False only on damage. */
bool dict_find(const struct snapshot *s, uint16_t column, struct str text, uint32_t *code, struct err *err);

/* Strings that contain `part` somewhere, ASCII letters without case: found is called for each once, in order
 * of codes, over the blocks [from, to) of the dictionary, so that several threads can share the work. Nothing
 * is found for an empty part or one longer than DICT_PART_MAX bytes. */
#define DICT_PART_MAX 256
typedef void dict_found(void *arg, uint32_t code, struct str text);
uint32_t dict_blocks(const struct snapshot *s, uint16_t column);
bool dict_search(const struct snapshot *s, uint16_t column, uint32_t from, uint32_t to, struct str part,
                 dict_found *found, void *arg, struct err *err);

/* ---- parts: immutable, sorted by (user, time, arrival), cut in blocks. */
struct block_info {
    uint32_t first_user,
        last_user; /* a user may continue in the next block: then next.first_user == last_user */
    uint32_t rows, users;
    int64_t min_time, max_time; /* COLUMN_NULL both in TABLE_USERS */
};
struct part {
    uint32_t id;
    uint32_t import; /* the newest import whose rows it has; parts are listed in order of arrival */
    enum table table;
    uint64_t rows;
    uint32_t blocks;
    const struct block_info *block; /* array of `blocks` */
    uint32_t columns;
    const uint16_t
        *column; /* numbers of the columns it has, ascending; COL_TIME and COL_EVENT in events parts */
};
size_t snapshot_parts(const struct snapshot *s, enum table t, const struct part **out);

/* The users of a block: users[i] owns rows [start[i], start[i+1]). */
struct run_view {
    struct column_view user,
        start; /* each of `n` values; start ascending from 0; the last run ends at the block's rows */
    uint32_t n;
};
/* Both verify the block's checksum on first touch in this process (then remembered) and fail with
 * ERR_DAMAGED. */
bool part_runs(const struct snapshot *s, const struct part *p, uint32_t block, struct run_view *out,
               struct err *err);
/* A column the part does not have gives a view with rows values, all missing (width 0, has_null). */
bool part_column(const struct snapshot *s, const struct part *p, uint32_t block, uint16_t column,
                 struct column_view *out, struct err *err);
/* Whether event code `code` may occur in the block (from a list of codes present; true when unknown). */
bool part_has_code(const struct snapshot *s, const struct part *p, uint32_t block, uint32_t code);

#endif
